"""--memory bounds what the process holds, and changes nothing in the results."""

import subprocess
import sys

import numpy as np
import pytest
from conftest import BAD_INPUT, COMMAND, DONE
from tiny_city import NORTH, WEST, write_raster

SIDE = 4000
MIB = 1 << 20


def checkerboard():
    rows, cols = np.ogrid[:SIDE, :SIDE]
    return np.where((rows + cols) % 2 == 0, 1, 3).astype("u1")


def land_cover():
    """Patches of some cells across, and noise."""
    random = np.random.default_rng(3)
    cells = np.kron(random.integers(1, 4, (SIDE // 5, SIDE // 5)), np.ones((5, 5), int)).astype("u1")
    noise = random.random(cells.shape) < 0.05
    cells[noise] = 1
    return cells


# A child of a large process counts that one's memory as its own peak, so a small one stands between.
LAUNCHER = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL).returncode
print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def peak_of(folder, *arguments):
    """Exit status and peak resident bytes of one run of its own."""
    said = subprocess.run([sys.executable, "-S", "-c", LAUNCHER, COMMAND, *arguments], cwd=folder, capture_output=True, check=True)
    status, peak = said.stdout.split()
    return int(status), int(peak)


@pytest.mark.parametrize("cells", [checkerboard, land_cover])
def test_peak_stays_below_memory(urbiome, city, cells):
    write_raster(urbiome.folder / "cover.tif", cells(), transform=(WEST, 2.5, 0, NORTH, 0, -2.5), nodata=0,
                 options=["TILED=YES", "COMPRESS=DEFLATE"])
    results = []
    for name, memory in [("roomy", 2048), ("narrow", 256)]:
        status, peak = peak_of(urbiome.folder, "assess", "city.toml", "-q", "-o", name, "--memory", f"{memory}MiB", "--num-threads", "2")
        assert status == DONE
        assert peak < memory * MIB, f"{peak / MIB:.0f} MiB"
        results.append((urbiome.folder / name / "results.csv").read_bytes())
    assert results[0] == results[1]


def test_too_little_memory_is_refused_with_the_number(urbiome, city):
    write_raster(urbiome.folder / "cover.tif", checkerboard(), transform=(WEST, 0.25, 0, NORTH, 0, -0.25), nodata=0)
    urbiome.refused(BAD_INPUT, ["MiB", "--memory"], "assess", "city.toml", "-q", "-o", "out", "--memory", "32MiB", timeout=120)
