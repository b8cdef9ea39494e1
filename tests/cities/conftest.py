"""Recipes made from their templates, and the command run on them: once per recipe and options, in a folder of the test run."""

import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("URBIOME_DATA") or HERE.parents[2] / "shared" / "data").resolve()
ALL_SKIPPED = 77


def pytest_collection_modifyitems(items):
    if DATA.is_dir():
        return
    for item in items:
        if "needs_no_data" not in item.keywords:
            item.add_marker(pytest.mark.skip(reason=f"{item.name}: no real cities at {DATA}, set URBIOME_DATA"))


def pytest_configure(config):
    config.addinivalue_line("markers", "needs_no_data: the case runs without the folder of real cities")


def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == 0 and reporter.stats.get("skipped") and not reporter.stats.get("passed"):
        session.exitstatus = ALL_SKIPPED


class Cities:
    """recipe(...) writes a city.toml, assess(...) computes it and returns its folder, run(...) is the command itself."""

    def __init__(self, folder):
        self.folder, self.data, self.computed = folder, DATA, {}
        self.command = os.environ.get("URBIOME_COMMAND", "urbiome")

    def recipe(self, template, name=None, **words):
        text = (HERE / template).read_text(encoding="utf-8")
        for word, value in {"data": self.data, **words}.items():
            text = text.replace(f"@{word.upper()}@", str(value))
        assert "@" not in text, "a word of the template has no value"
        path = self.folder / f"{name or template.replace('/', '_').removesuffix('.toml.in')}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *arguments):
        done = subprocess.run(
            [self.command, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", cwd=self.folder, timeout=240
        )
        assert done.returncode in (0, 1, 2, 3), f"ended by {done.returncode}: {done.stderr}"
        return done

    def assess(self, recipe, *options):
        key = (recipe, recipe.read_text(encoding="utf-8"), options)
        if key not in self.computed:
            out = self.folder / f"out_{len(self.computed)}"
            done = self.run("assess", recipe, "-o", out, "-q", "--no-checksum", *options)
            assert done.returncode == 0, done.stderr
            self.computed[key] = out
        return self.computed[key]

    def refusal(self, recipe):
        """What the command says when it refuses a recipe: exit 3 and one sentence on stderr, no folder."""
        out = self.folder / "refused"
        done = self.run("assess", recipe, "-o", out, "-q")
        assert done.returncode == 3, (done.returncode, done.stderr)
        assert not out.exists()
        lines = [line for line in done.stderr.splitlines() if line.strip() and "warning" not in line]
        assert len(lines) == 1, done.stderr
        return lines[0]

    def audit(self, recipe):
        done = self.run("audit", recipe)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="session")
def cities(tmp_path_factory):
    return Cities(tmp_path_factory.mktemp("cities"))
