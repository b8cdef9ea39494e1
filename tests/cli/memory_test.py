"""--memory bounds what the process holds, and changes nothing in the results."""

import os
import re
import resource
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from conftest import BAD_INPUT, CANCELLED, COMMAND, DONE
from tiled_pattern import TILE, bars_tile, checkerboard_tile, write_tiled
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


# Every row is a border of its own: what is known of them outgrows the share of --memory.
FULL_BORDERS = ["--tile-size", "1", "--memory", "128MiB"]


@pytest.mark.parametrize("tile, options, count", [
    (checkerboard_tile, ["--classes", 1, "--directions", 4], 1024 * 1024 // 2),
    (bars_tile, ["--classes", 1, "--directions", 4], 513 * 512), (bars_tile, ["--directions", 8], 2)])
def test_label_spills_and_gives_the_same_bytes(urbiome, tmp_path, tile, options, count):
    write_tiled(tmp_path / "cover.tif", tile(), 2, 2)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    outputs = ["ids.tif", "t.csv"]
    words = ["raster", "label", "cover.tif", "ids.tif", "--table", "t.csv", *options, "--scratch", "scratch", "--overwrite"]
    roomy = urbiome.done(*words, "--memory", "4GiB").stderr.decode()
    assert f"{count} patches" in roomy and "of scratch" not in roomy
    first = [(tmp_path / name).read_bytes() for name in outputs]
    for threads in (1, 2, 7):
        said = urbiome.done(*words, *FULL_BORDERS, "--num-threads", threads).stderr.decode()
        most, used = (int(re.search(pattern, said)[1]) for pattern in (r"scratch at most (\d+) MiB", r"(\d+) MiB of scratch"))
        assert 0 < used <= most
        assert [(tmp_path / name).read_bytes() for name in outputs] == first, threads
        assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("options", [["--memory", "160MiB"], FULL_BORDERS])
@pytest.mark.parametrize("threads", [1, 2, 7])
def test_label_stays_below_memory_however_full_of_patches(tmp_path, threads, options):
    write_tiled(tmp_path / "cover.tif", checkerboard_tile(), 2, 8)
    memory = int(options[-1].removesuffix("MiB")) * MIB
    status, peak = peak_of(tmp_path, "raster", "label", "cover.tif", "--table", "t.csv", "--classes", "1", "--directions", "4", *options, "--num-threads", str(threads))
    assert status == DONE
    assert peak < memory, f"{peak / MIB:.0f} MiB"


def lonely_cells_tile():
    """A cell here and there, so that most columns of a row see nothing near."""
    cells = np.zeros((TILE, TILE), "u1")
    cells[[100, 130, 400], [200, 20, 500]] = 1
    return cells


@pytest.mark.parametrize("outputs", [["d.tif"], ["d.tif", "ids.tif"]])
def test_distance_spills_and_gives_the_same_bytes(urbiome, tmp_path, outputs):
    write_tiled(tmp_path / "cover.tif", lonely_cells_tile(), 2, 12)
    (tmp_path / "scratch").mkdir()
    words = ["raster", "distance", "cover.tif", "d.tif", "--classes", "1", "--scratch", "scratch", "--overwrite"]
    words += ["--nearest", "ids.tif"] * (len(outputs) - 1)
    roomy = urbiome.done(*words, "--memory", "4GiB").stderr.decode()
    assert "scratch" not in roomy.splitlines()[-1]
    first = [(tmp_path / name).read_bytes() for name in outputs]
    narrow = ["--tile-size", "1", "--memory", "160MiB"]
    assert "scratch at most" in urbiome.done(*words, *narrow).stderr.decode()
    assert [(tmp_path / name).read_bytes() for name in outputs] == first
    status, peak = peak_of(tmp_path, *words, *narrow, "--num-threads", "2")
    assert status == DONE
    assert peak < 160 * MIB, f"{peak / MIB:.0f} MiB"
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_full_scratch_folder_is_refused(urbiome, tmp_path):
    write_tiled(tmp_path / "cover.tif", checkerboard_tile(), 4, 4)
    urbiome.refused(BAD_INPUT, ["scratch", "--scratch", "File too large"], "raster", "label", "cover.tif", "--table", "t.csv", "--classes", 1, "--directions", 4,
                    "-q", *FULL_BORDERS, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)))


def test_an_interrupted_label_leaves_no_scratch(tmp_path):
    write_tiled(tmp_path / "cover.tif", checkerboard_tile(), 40, 40)
    (tmp_path / "scratch").mkdir()
    words = [COMMAND, "raster", "label", "cover.tif", "--table", "t.csv", "--classes", "1", "--directions", "4", "-q", "--scratch", "scratch", *FULL_BORDERS]
    process = subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE)
    files = f"/proc/{process.pid}/fd"
    scratch = str(tmp_path / "scratch")

    def spills():
        return any(os.readlink(os.path.join(files, name)).startswith(scratch) for name in os.listdir(files))

    for _ in range(1000):
        if spills():
            break
        time.sleep(0.02)
    else:
        pytest.fail("it does not spill")
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    assert process.wait(timeout=30) == CANCELLED
    assert time.monotonic() - began < 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["cover.tif", "scratch"]
