"""The mirrored mosaic of one real tile (DRCOG, 1.338 billion dense cells) against the tile itself: exact across every seam.

A patch of the tile is joined with its mirror images wherever it touches the tile's edge, and a corner that meets across a
mirrored seam meets by a side as well. So in a mosaic of 4 x 4 a patch stands in groups of columns: {0,1}{2,3} where it touches the
right edge, {1,2} where it touches the left one; and in groups of rows alike. Each pair of groups is one patch of the mosaic.
"""

import collections
import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from osgeo import gdal

SOURCE = Path(os.environ["URBIOME_SOURCE"])
DATA = Path(os.environ.get("URBIOME_DATA") or SOURCE.parent / "shared" / "data")
TILE = DATA / "bigraster" / "DRCOG_2018_LULC_E3220000_N1710000.tif"
SIDE = 4

# Sizes of the groups that SIDE places fall into, by whether (first edge, last edge) are touched.
GROUPS = {(False, False): [1, 1, 1, 1], (False, True): [2, 2], (True, False): [1, 2, 1], (True, True): [4]}


def raster(*arguments):
    done = subprocess.run([os.environ["URBIOME_COMMAND"], "raster", *map(str, arguments), "--memory", "512MiB", "-q"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def mosaic(tmp_path_factory):
    if not TILE.exists():
        pytest.skip(f"{TILE} is absent")
    folder = tmp_path_factory.mktemp("mosaic")
    subprocess.run([sys.executable, SOURCE / "bench" / "make_mosaic.py", TILE, folder, "--across", str(SIDE), "--down", str(SIDE)], check=True)
    return folder


def test_cells_of_every_class_are_sixteenfold(mosaic):
    raster("tabulate", TILE, mosaic / "tile.csv")
    raster("tabulate", mosaic / "cover.tif", mosaic / "classes.csv")
    tile, whole = ({row["class"]: float(row["cells"]) for row in rows_of(mosaic / name)} for name in ("tile.csv", "classes.csv"))
    assert sum(whole.values()) == SIDE**2 * 9144**2
    assert whole == {code: SIDE**2 * cells for code, cells in tile.items()}


@pytest.mark.parametrize("directions", [4, 8])
def test_patches_join_their_mirror_images_and_nothing_else(mosaic, directions):
    raster("label", TILE, "--table", mosaic / "tile_patches.csv", "--directions", directions, "--overwrite")
    raster("label", mosaic / "cover.tif", "--table", mosaic / "patches.csv", "--directions", directions, "--overwrite")
    left, dx, _, top, _, dy = gdal.Open(str(TILE)).GetGeoTransform()
    right, bottom = left + 9144 * dx, top + 9144 * dy
    half = dx / 2
    expected = collections.Counter()
    for row in rows_of(mosaic / "tile_patches.csv"):
        xmin, ymin, xmax, ymax = (float(row[name]) for name in ("xmin", "ymin", "xmax", "ymax"))
        across = GROUPS[abs(xmin - left) < half, abs(xmax - right) < half]
        down = GROUPS[abs(ymax - top) < half, abs(ymin - bottom) < half]
        for a in across:
            for b in down:
                expected[row["class"], int(row["cells"]) * a * b] += 1
    found = collections.Counter((row["class"], int(row["cells"])) for row in rows_of(mosaic / "patches.csv"))
    assert sum(found.values()) > 100_000
    assert found == expected
