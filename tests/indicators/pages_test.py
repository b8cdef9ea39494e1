"""The pages of the indicators: their tables are those of the catalogue, and they say all that a page must say.

    python3 pages_test.py ROOT COMMAND
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT, COMMAND = pathlib.Path(sys.argv[1]), sys.argv[2]
PAGES = ROOT / "docs" / "indicators"
SECTIONS = ["What it tells", "Formula", "Parameters", "Unknown and nodata", "Map edge", "Data needed", "Sensitivity",
            "Worked example", "References"]


def check(folder):
    command = [sys.executable, "-B", str(PAGES / "make_tables.py"), "--check", "--command", COMMAND, "--folder", str(folder)]
    return subprocess.run(command, capture_output=True, text=True)


def expect(truth, message):
    if not truth:
        sys.exit(f"failed: {message}")


def copied(change):
    """What the check says of the pages after a change to a copy of them."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "pages"
        shutil.copytree(PAGES, folder)
        change(folder)
        return check(folder)


def spoil(folder):
    page = folder / "green_share.md"
    page.write_text(page.read_text(encoding="utf-8").replace("| Unit | 1", "| Unit | 2"), encoding="utf-8")


fresh = check(PAGES)
expect(fresh.returncode == 0, fresh.stderr)
stale = copied(spoil)
expect(stale.returncode == 1 and "green_share.md" in stale.stderr, "a wrong unit on a page goes unseen")
expect(copied(lambda folder: (folder / "coherence.md").unlink()).returncode != 0, "a missing page goes unseen")
expect(copied(lambda folder: (folder / "no_such.md").write_text("x")).returncode != 0, "a page of no indicator goes unseen")

for page in sorted(PAGES.glob("*.md")):
    if page.name == "README.md":
        continue
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"^## (.+)$", text, re.MULTILINE)
    expect(found == SECTIONS, f"{page.name} has the sections {found}, expected {SECTIONS}")
    expect(f"tests/cases/{page.stem}.case" in text, f"{page.name} does not name its case")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        expect(target.startswith("http") or (page.parent / target).exists(), f"{page.name} points at {target}, which is not there")
