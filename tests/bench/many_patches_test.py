"""More than 10^9 patches under 512 MiB: the checkerboard that outgrows every table."""
import os
import re
import resource
import subprocess

import numpy as np
from osgeo import gdal
from tiled_pattern import TILE, checkerboard_tile, write_tiled

COMMAND = os.environ["URBIOME_COMMAND"]
TILES = 88


def test_a_checkerboard_of_a_billion_patches(tmp_path):
    side = TILES * TILE
    write_tiled(tmp_path / "cover.tif", checkerboard_tile(), TILES, TILES)
    (tmp_path / "scratch").mkdir()
    run = subprocess.run([COMMAND, "raster", "label", "cover.tif", "ids.tif", "--classes", "1", "--directions", "4", "--memory", "512MiB", "--scratch", "scratch"],
                         cwd=tmp_path, stderr=subprocess.PIPE, text=True, check=True)
    assert f"{side * side // 2} patches" in run.stderr
    most, used = (int(re.search(pattern, run.stderr)[1]) for pattern in (r"scratch at most (\d+) MiB", r"(\d+) MiB of scratch"))
    assert 0 < used <= most
    assert list((tmp_path / "scratch").iterdir()) == []
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 512 * 1024
    # Every row holds half its cells as patches of their own, in order.
    ids = gdal.Open(str(tmp_path / "ids.tif"))
    assert ids.GetRasterBand(1).DataType == gdal.GDT_UInt32
    for row in (0, 1, side // 2 + 1, side - 1):
        cells = ids.ReadAsArray(0, row, side, 1)[0]
        expected = np.zeros(side, np.uint32)
        expected[(row + 1) % 2::2] = np.arange(row * side // 2 + 1, (row + 1) * side // 2 + 1)
        assert np.array_equal(cells, expected), row
