#!/usr/bin/env python3
"""Holds the source tree to the house's plan (docs/decisions/0001-house.md).

    architecture.py ROOT        prints every violation, exits 1 when there is one

- an include between modules follows an arrow of ARROWS (transitively); nothing includes the command
- a third-party header is included only in its door module; a header that shows one is private to that module, unless it
  is listed in SANCTIONED
- CMake's module list says the same as ARROWS
- file and folder names are snake_case and say what is in them; files stay below 800 lines
"""

import re
import sys
from pathlib import Path

# Module -> modules its files may include, besides what those may include in turn.
ARROWS = {
    "base": [],
    "raster": ["base"],
    "vector": ["raster"],
    "kernel": ["raster"],
    "graph": ["base"],
    "exec": ["raster"],
    "io": ["vector"],
    "facts": ["kernel", "graph", "exec", "vector"],
    "indicators": ["facts"],
    "frameworks": ["indicators"],
    "run": ["io", "frameworks"],
    "cli": ["run"],
}
# Plain-coordinate headers of vector that the array and graph algorithms share: no GEOS, no PROJ behind them.
COORDINATES = ["urbiome/vector/geometry.h", "urbiome/vector/ellipsoid.h", "urbiome/vector/segment_index.h"]
COORDINATE_USERS = ["kernel", "graph"]

# Third-party header (a pattern of its path) -> the modules that are its door.
DOORS = [
    (r"fmt/", list(ARROWS)),
    (r"geos_c\.h|geos/|proj\.h|proj/|proj_experimental\.h|geodesic\.h", ["vector"]),
    (r"tbb/|oneapi/", ["exec"]),
    (r"gdal.*\.h|ogr.*\.h|cpl_.*\.h|vrt.*\.h|memdataset\.h", ["io"]),
    (r"toml\+\+/|nlohmann/|xlsxwriter.*|libdeflate\.h|kainjow/|openssl/|sqlite3\.h|osmium/", ["io"]),
    (r"CLI/|spdlog/", ["cli"]),
    (r"hwy/", ["kernel"]),
    (r"Eigen/", ["graph"]),
]
# The operating system: threads, files, memory figures, signals.
SYSTEM = re.compile(r"unistd\.h|fcntl\.h|poll\.h|sched\.h|malloc\.h|dirent\.h|sys/.*\.h|linux/.*\.h")
SYSTEM_USERS = ["exec", "io", "cli"]
STANDARD = re.compile(r"[a-z0-9_]+")  # <vector>, <cmath>: no slash, no suffix

SANCTIONED = ["urbiome/io/json.h"]  # may show its library to other modules

LONGEST_FILE = 800
VAGUE_WORDS = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "stuff"}
SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def reachable(module, arrows=None):
    """The modules that `module` may include, itself among them."""
    arrows = ARROWS if arrows is None else arrows
    found, todo = set(), [module]
    while todo:
        current = todo.pop()
        if current not in found:
            found.add(current)
            todo += arrows[current]
    return found


def includes_of(path):
    """(line number, header, quoted) of every #include outside comments."""
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), path.read_text(encoding="utf-8"), flags=re.S)
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r"\s*#\s*include\s*(?:<([^>]+)>|\"([^\"]+)\")", line)
        if match:
            yield number, match.group(1) or match.group(2), match.group(2) is not None


def door_of(header):
    """The modules a third-party header is for, or None when no door is known."""
    for pattern, modules in DOORS:
        if re.match(pattern, header):
            return modules
    return None


def embedded_headers(root):
    """Headers that urbiome_embed() writes: {"sample_files.h": "run"}."""
    text = (root / "engine/CMakeLists.txt").read_text(encoding="utf-8")
    return {f"{symbol}.h": module for module, symbol in re.findall(r"urbiome_embed\(\s*urbiome_(\w+)\s+(\w+)", text)}


def private_headers(root):
    """Headers that show a third-party library, themselves or through another private header."""
    engine = root / "engine"
    shown = {p.relative_to(engine).as_posix(): {h for _, h, _ in includes_of(p)} for p in engine.glob("urbiome/**/*.h")}
    for name in SANCTIONED:
        shown.pop(name, None)
    private = set()
    while True:
        more = {n for n, headers in shown.items() if any(is_foreign(h) or h in private for h in headers)} - private
        if not more:
            return private
        private |= more


def is_foreign(header):
    return door_of(header) is not None and not header.startswith("fmt/")


def check_house_include(module, header, private):
    target = header.split("/")[1]
    if target == module:
        return None
    if header in private:
        return f"{header} shows a third-party library: it is private to its module {target}"
    if target not in ARROWS:
        return f"{header} is in no module of the plan"
    if target in reachable(module):
        return None
    if header in COORDINATES and module in COORDINATE_USERS:
        return None
    return f"module {module} must not include {header}: no arrow leads from {module} to {target}"


def check_outside_include(module, header):
    if STANDARD.fullmatch(header):
        return None
    if SYSTEM.fullmatch(header):
        if module in SYSTEM_USERS:
            return None
        return f"<{header}> of the operating system belongs in {', '.join(SYSTEM_USERS)}"
    doors = door_of(header)
    if doors is None:
        return f"<{header}> has no door in the plan"
    if module not in doors:
        return f"<{header}> outside its door {', '.join(doors)}"
    return None


def check_includes(root):
    problems, embedded, private = [], embedded_headers(root), private_headers(root)
    for path in sorted((root / "engine/urbiome").rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        module = path.relative_to(root / "engine/urbiome").parts[0]
        if module not in ARROWS:
            problems.append(f"{path.relative_to(root)}: no module of the plan")
            continue
        for number, header, quoted in includes_of(path):
            if header in embedded:
                problem = None if embedded[header] == module else f"{header} is embedded in module {embedded[header]}"
            elif header.startswith("urbiome/"):
                problem = check_house_include(module, header, private)
            elif quoted:
                problem = f'"{header}" is not written from urbiome/ on'
            else:
                problem = check_outside_include(module, header)
            if problem:
                problems.append(f"{path.relative_to(root)}:{number}: {problem}")
    return problems


def check_cmake(root):
    """Every module folder is a CMake target whose DEPENDS follow the arrows."""
    problems = []
    text = re.sub(r"#.*", "", (root / "engine/CMakeLists.txt").read_text(encoding="utf-8"))
    declared = {}
    for name, rest in re.findall(r"urbiome_module\(\s*(\w+)([^)]*)\)", text):
        match = re.search(r"DEPENDS((?:\s+[a-z]+)*)", rest)
        declared[name] = match.group(1).split() if match else []
    for name, depends in declared.items():
        for other in depends:
            allowed = name in ARROWS and (other in reachable(name) or (name in COORDINATE_USERS and other == "vector"))
            if not allowed:
                problems.append(f"engine/CMakeLists.txt: module {name} depends on {other}, against the plan")
    for folder in sorted((root / "engine/urbiome").iterdir()):
        if folder.is_dir() and folder.name not in declared and folder.name != "cli":
            problems.append(f"engine/urbiome/{folder.name}: no CMake module")
    return problems


def check_names_and_lengths(root):
    problems = []
    for top in ("engine", "bindings", "bench", "tests"):
        for path in sorted((root / top).rglob("*")):
            where = path.relative_to(root)
            if "__pycache__" in where.parts:
                continue
            if path.is_dir() or path.suffix in (".h", ".cpp", ".py"):
                stem = path.stem.strip("_")  # __init__.py, _errors.py
                if not SNAKE_CASE.fullmatch(stem):
                    problems.append(f"{where}: the name is not snake_case")
                vague = VAGUE_WORDS.intersection(stem.split("_"))
                if vague:
                    problems.append(f"{where}: '{vague.pop()}' does not say what is in it")
            if path.is_file() and path.suffix in (".h", ".cpp", ".py"):
                lines = path.read_text(encoding="utf-8").count("\n")
                if lines > LONGEST_FILE:
                    problems.append(f"{where}: {lines} lines; split it (at most {LONGEST_FILE})")
    return problems


def check(root):
    root = Path(root)
    return check_includes(root) + check_cmake(root) + check_names_and_lengths(root)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    problems = check(sys.argv[1])
    print("\n".join(problems) if problems else "the house stands as planned")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
