#!/usr/bin/env python3
"""Rewrites the tables of the indicator pages from the catalogue, so that pages and program cannot disagree.

    python3 docs/indicators/make_tables.py --command build/release/urbiome           # after a change of a spec
    python3 docs/indicators/make_tables.py --command build/release/urbiome --check   # changes nothing; 1 when a table is stale

What lies between the two lines `<!-- catalogue -->` of a page is made here; everything else is written by people.
"""
import argparse
import json
import pathlib
import subprocess
import sys

MARK = "<!-- catalogue -->"
UNITS = {"1": "1 (a share, 0 to 1)"}


def cell(text):
    return " ".join(str(text).split()).replace("|", "\\|")


def in_range(entry):
    return f"{entry['least']:g} to {entry['most']:g}"


def page_table(entry):
    rows = [
        ("Id", f"`{entry['id']}`"),
        ("Title", entry["title"]),
        ("Definition", entry["definition"]),
        ("Unit", UNITS.get(entry["unit"], entry["unit"])),
        ("Range", in_range(entry)),
        ("Needs", entry["needs"]),
        ("Evidence", entry["evidence"]),
        ("Source", entry["source"]),
    ]
    return ["| | |", "|---|---|"] + [f"| {name} | {cell(text)} |" for name, text in rows]


def index_table(entries):
    lines = ["| Indicator | What it is | Unit | Needs |", "|---|---|---|---|"]
    for entry in entries:
        link = f"[`{entry['id']}`]({entry['id']}.md)"
        lines.append(f"| {link} | {cell(entry['title'])} | {cell(entry['unit'])} | {cell(entry['needs'])} |")
    return lines


def with_table(path, table):
    """The page's text with its table replaced."""
    parts = path.read_text(encoding="utf-8").split(MARK)
    if len(parts) != 3:
        raise SystemExit(f"{path.name} holds {len(parts) - 1} lines {MARK}; expected two around its table")
    return parts[0] + MARK + "\n" + "\n".join(table) + "\n" + MARK + parts[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command", default="urbiome", help="the urbiome program")
    parser.add_argument("--folder", default=pathlib.Path(__file__).parent, type=pathlib.Path, help="the pages")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a table is stale")
    options = parser.parse_args()

    answer = subprocess.run([options.command, "catalogue", "--json"], check=True, capture_output=True, text=True)
    entries = json.loads(answer.stdout)["indicators"]
    pages = {options.folder / f"{entry['id']}.md": page_table(entry) for entry in entries}
    pages[options.folder / "README.md"] = index_table(entries)

    missing = [path.name for path in pages if not path.exists()]
    strangers = sorted(path.name for path in options.folder.glob("*.md") if path not in pages)
    if missing or strangers:
        raise SystemExit(f"pages missing: {missing}; pages of no indicator: {strangers}")
    stale = []
    for path, table in pages.items():
        text = with_table(path, table)
        if text == path.read_text(encoding="utf-8"):
            continue
        stale.append(path.name)
        if not options.check:
            path.write_text(text, encoding="utf-8")
    if options.check and stale:
        print(f"stale tables: {', '.join(stale)}; run docs/indicators/make_tables.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
