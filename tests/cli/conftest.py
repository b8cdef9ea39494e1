"""The command under test, and what every refusal must look like."""

import os
import re
import subprocess
from pathlib import Path

import pytest

import tiny_city

COMMAND = os.environ["URBIOME_COMMAND"]
DONE, SOME_FAILED, WRONG_USAGE, BAD_INPUT, CANCELLED = 0, 1, 2, 3, 130


class Command:
    """Runs urbiome in a folder and holds every run to its manners."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def run(self, *arguments, timeout=60, before=None):
        words = [COMMAND, *map(str, arguments)]
        return subprocess.run(words, cwd=self.folder, capture_output=True, timeout=timeout, preexec_fn=before, stdin=subprocess.DEVNULL)

    def done(self, *arguments, timeout=60):
        """It works: exit 0; stderr holds urbiome's own warnings and nothing of a library."""
        result = self.run(*arguments, timeout=timeout)
        error = result.stderr.decode()
        assert result.returncode == DONE, error
        if "-q" in arguments:
            for line in error.splitlines():
                assert line.startswith("urbiome: warning: "), error
        self.leaves_nothing_half_written()
        return result

    def refused(self, status, words, *arguments, timeout=60, before=None):
        """One sentence on stderr that holds the words, the status, nothing on stdout, nothing written."""
        files = snapshot(self.folder)
        result = self.run(*arguments, timeout=timeout, before=before)
        error = result.stderr.decode()
        assert result.returncode == status, f"{result.returncode}: {error}"
        assert result.stdout == b""
        assert error.count("\n") == 1 and error.startswith("urbiome: ") and error.endswith("\n"), error
        assert "defect" not in error and "exception" not in error, error
        for word in [words] if isinstance(words, str) else words:
            assert re.search(word, error), f"{word!r} is not said: {error}"
        assert snapshot(self.folder) == files
        return error

    def leaves_nothing_half_written(self):
        assert [p.name for p in self.folder.iterdir() if ".partial" in p.name or ".old-" in p.name] == []


def snapshot(folder):
    """Every file below a folder with its size and time."""
    paths = sorted(p for p in Path(folder).rglob("*"))
    return [(str(p), p.lstat().st_size if not p.is_dir() else 0, p.lstat().st_mtime_ns if not p.is_dir() else 0) for p in paths]


@pytest.fixture
def urbiome(tmp_path):
    return Command(tmp_path)


@pytest.fixture
def city(tmp_path):
    """A sound city in the folder that `urbiome` runs in."""
    return tiny_city.write_city(tmp_path)


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
