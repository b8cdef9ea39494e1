"""Patches of real land cover at one metre (DRCOG, NE of Denver) against scipy.ndimage.label, and of copies with smaller cells."""

import csv

import numpy as np
import pytest
from osgeo import gdal
from scipy import ndimage

TILE = "bigraster/DRCOG_2018_LULC_E3220000_N1710000.tif"


def crop(cities, name, left, top, cols, rows, times=1):
    """Part of the tile, each cell cut into times x times."""
    source = cities.data / TILE
    if not source.exists():
        pytest.skip(f"{source} is absent")
    path = cities.folder / f"{name}_{times}.tif"
    size = {"width": cols * times, "height": rows * times} if times > 1 else {}
    gdal.Translate(str(path), str(source), srcWin=[left, top, cols, rows], resampleAlg="near", creationOptions=["TILED=YES", "COMPRESS=DEFLATE"], **size)
    return path


def labelled(cities, path, *options):
    """Rows of the table as columns of numbers, and the raster of ids."""
    table, ids = path.with_suffix(".csv"), path.with_name(path.stem + "_ids.tif")
    cities.run("raster", "label", path, ids, "--table", table, "--overwrite", *options)
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}, gdal.Open(str(ids)).ReadAsArray()


@pytest.mark.parametrize("directions", [4, 8])
def test_patches_of_every_class_are_those_of_scipy(cities, directions):
    path = crop(cities, "denver", 3000, 4000, 2500, 2000)
    cells = gdal.Open(str(path)).ReadAsArray()
    table, ids = labelled(cities, path, "--directions", directions)
    structure = ndimage.generate_binary_structure(2, 1 if directions == 4 else 2)
    patches = 0
    for code in np.unique(cells[cells > 0]):
        theirs, count = ndimage.label(cells == code, structure)
        mine = table["class"] == code
        assert mine.sum() == count
        patches += count
        sizes = np.bincount(theirs.ravel())[1:]
        assert np.array_equal(np.sort(table["cells"][mine]), np.sort(sizes))
        # One id to one label, all over the map.
        pairs = np.unique(np.stack([theirs[theirs > 0], ids[theirs > 0]]), axis=1)
        assert pairs.shape[1] == count and len(np.unique(pairs[1])) == count
    assert patches == len(table["id"]) > 1000
    assert np.array_equal(ids == 0, cells == 0)
    assert np.array_equal(np.argsort(table["first_cell"]), np.arange(patches))


def test_smaller_cells_keep_patches_areas_and_edges(cities):
    coarse, _ = labelled(cities, crop(cities, "keep", 100, 200, 900, 700), "--directions", 4)
    fine, _ = labelled(cities, crop(cities, "keep", 100, 200, 900, 700, times=4), "--directions", 4)
    assert len(coarse["id"]) == len(fine["id"]) > 300
    assert np.array_equal(coarse["class"], fine["class"]) and np.array_equal(16 * coarse["cells"], fine["cells"])
    assert np.allclose(coarse["area_m2"], fine["area_m2"], rtol=1e-9, atol=0)
    assert np.allclose(coarse["perimeter_m"], fine["perimeter_m"], rtol=1e-9, atol=0)
