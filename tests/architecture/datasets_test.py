#!/usr/bin/env python3
"""Every data file of datasets/ is the one of the manifest, with licence and source.

    datasets_test.py ROOT
"""

import csv
import hashlib
import sys
from pathlib import Path

DATA = {".tif", ".gpkg", ".shp", ".geojson"}


def problems_in(datasets):
    with open(datasets / "manifest.csv", newline="", encoding="utf-8") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    for path in sorted(datasets.rglob("*")):
        name = path.relative_to(datasets).as_posix()
        if path.suffix in DATA and name not in rows:
            yield f"{name} is not in manifest.csv"
    for name, row in rows.items():
        path = datasets / name
        if not path.is_file():
            yield f"{name} is missing"
            continue
        content = path.read_bytes()
        if len(content) != int(row["bytes"]) or hashlib.sha256(content).hexdigest() != row["sha256"]:
            yield f"{name} is not the file of manifest.csv"
        if not (row["url"].startswith("https://") and row["licence"] and row["attribution"]):
            yield f"{name} lacks its url, licence or attribution"


def main():
    problems = list(problems_in(Path(sys.argv[1]) / "datasets"))
    print("\n".join(problems) if problems else "every data file is the one of the manifest")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
