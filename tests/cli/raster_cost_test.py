"""urbiome raster cost against scikit-image and by hand, and what it refuses."""

import numpy as np
import pytest
from osgeo import gdal, ogr, osr

from conftest import BAD_INPUT, WRONG_USAGE

gdal.UseExceptions()


def write(path, cells, cell=(2.0, 2.0), nodata=None, kind=gdal.GDT_Float64, crs=32633):
    rows, cols = cells.shape
    file = gdal.GetDriverByName("GTiff").Create(str(path), cols, rows, 1, kind, ["TILED=YES", "COMPRESS=DEFLATE"])
    file.SetGeoTransform((500000, cell[0], 0, 5000000, 0, -cell[1]))
    if crs:
        reference = osr.SpatialReference()
        reference.ImportFromEPSG(crs)
        file.SetProjection(reference.ExportToWkt())
    if nodata is not None:
        file.GetRasterBand(1).SetNoDataValue(nodata)
    file.GetRasterBand(1).WriteArray(cells)
    return path


def read(path):
    file = gdal.Open(str(path))
    assert file.GetRasterBand(1).DataType == gdal.GDT_Float64
    return file.ReadAsArray()


def test_by_hand(urbiome):
    write(urbiome.folder / "r.tif", np.array([[1.0, 3, -9, 5], [1, 1, -9, 5]]), nodata=-9)
    write(urbiome.folder / "s.tif", np.array([[1, 0, 0, 0], [0, 0, 0, 0]]), kind=gdal.GDT_Byte)
    urbiome.done("raster", "cost", "r.tif", "c.tif", "--sources", "s.tif", "--directions", 4, "-q")
    np.testing.assert_allclose(read(urbiome.folder / "c.tif"), [[0, 4, np.nan, np.nan], [2, 4, np.nan, np.nan]])
    urbiome.done("raster", "cost", "r.tif", "c.tif", "--sources", "s.tif", "--max-cost", 2.5, "-q", "--overwrite")
    np.testing.assert_allclose(read(urbiome.folder / "c.tif"), [[0, np.nan, np.nan, np.nan], [2, np.nan, np.nan, np.nan]])


@pytest.mark.parametrize("directions", [4, 8])
def test_agrees_with_scikit_image(urbiome, directions):
    graph = pytest.importorskip("skimage.graph")
    random = np.random.default_rng(directions)
    resistance = random.uniform(0.01, 100, (300, 411))
    resistance[random.random(resistance.shape) < 0.2] = -9
    sources = random.random(resistance.shape) < 0.0002
    sources[resistance < 0] = False
    sources[np.unravel_index(np.argmax(resistance), resistance.shape)] = True
    write(urbiome.folder / "r.tif", resistance, cell=(3.0, 5.0), nodata=-9)
    write(urbiome.folder / "s.tif", sources, cell=(3.0, 5.0), kind=gdal.GDT_Byte, nodata=0)
    urbiome.done("raster", "cost", "r.tif", "c.tif", "--sources", "s.tif", "--directions", directions, "-q")
    search = graph.MCP_Geometric(np.where(resistance < 0, -1, resistance), fully_connected=directions == 8, sampling=(5.0, 3.0))
    expected, _ = search.find_costs([tuple(map(int, place)) for place in zip(*np.nonzero(sources))])
    expected = np.where(np.isinf(expected), np.nan, expected)
    np.testing.assert_allclose(read(urbiome.folder / "c.tif"), expected, rtol=1e-9, atol=1e-9)


def test_points_lines_and_polygons_start_where_they_lie(urbiome):
    write(urbiome.folder / "r.tif", np.ones((40, 50)))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32633)
    x, y = 500000, 5000000
    shapes = {
        "point": (f"POINT({x + 7} {y - 11})", [(5, 3)]),
        "line": (f"LINESTRING({x + 1} {y - 1},{x + 9} {y - 1})", [(0, c) for c in range(5)]),
        "polygon": (f"POLYGON(({x} {y},{x + 4} {y},{x + 4} {y - 6},{x} {y - 6},{x} {y}))", [(r, c) for r in range(3) for c in range(2)]),
        "speck": (f"POLYGON(({x + 4.1} {y - 0.1},{x + 4.2} {y - 0.1},{x + 4.1} {y - 0.2},{x + 4.1} {y - 0.1}))", [(0, 2)]),
    }
    for name, (wkt, cells) in shapes.items():
        file = ogr.GetDriverByName("GPKG").CreateDataSource(str(urbiome.folder / f"{name}.gpkg"))
        layer = file.CreateLayer("starts", reference, ogr.wkbUnknown)
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
        layer.CreateFeature(feature)
        layer = file = None
        urbiome.done("raster", "cost", "r.tif", "c.tif", "--sources", f"{name}.gpkg", "-q", "--overwrite")
        assert sorted(map(tuple, np.argwhere(read(urbiome.folder / "c.tif") == 0))) == cells, name


def test_threads_tiles_and_layouts_give_the_same_bytes(urbiome):
    random = np.random.default_rng(4)
    write(urbiome.folder / "r.tif", random.uniform(0, 9, (300, 260)))
    write(urbiome.folder / "s.tif", random.random((300, 260)) < 0.001, kind=gdal.GDT_Byte)
    for directions in (8, 16):
        files = []
        for threads, tile in ((1, 240), (2, 64), (7, 17)):
            words = ["--num-threads", threads, "--tile-size", tile, "--directions", directions, "-q", "--overwrite"]
            urbiome.done("raster", "cost", "r.tif", "c.tif", "--sources", "s.tif", *words)
            files.append((urbiome.folder / "c.tif").read_bytes())
        assert len(set(files)) == 1


def test_refusals(urbiome):
    cells = np.ones((30, 20))
    cells[7, 11] = -2
    write(urbiome.folder / "negative.tif", cells)
    write(urbiome.folder / "s.tif", np.ones((30, 20)), kind=gdal.GDT_Byte)
    write(urbiome.folder / "none.tif", np.zeros((30, 20)), kind=gdal.GDT_Byte)
    write(urbiome.folder / "other.tif", np.ones((30, 21)), kind=gdal.GDT_Byte)
    write(urbiome.folder / "r.tif", np.ones((30, 20)))
    cost = ["raster", "cost"]
    urbiome.refused(BAD_INPUT, ["row 7, column 11 is -2"], *cost, "negative.tif", "c.tif", "--sources", "s.tif", "-q")
    urbiome.refused(BAD_INPUT, "no source", *cost, "r.tif", "c.tif", "--sources", "none.tif", "-q")
    urbiome.refused(BAD_INPUT, "different grids", *cost, "r.tif", "c.tif", "--sources", "other.tif", "-q")
    urbiome.refused(BAD_INPUT, "nowhere.gpkg", *cost, "r.tif", "c.tif", "--sources", "nowhere.gpkg", "-q")
    urbiome.refused(WRONG_USAGE, "directions", *cost, "r.tif", "c.tif", "--sources", "s.tif", "--directions", "5")
    urbiome.refused(WRONG_USAGE, "max-cost", *cost, "r.tif", "c.tif", "--sources", "s.tif", "--max-cost", "-1")
    urbiome.refused(WRONG_USAGE, "sources", *cost, "r.tif", "c.tif")


def test_what_does_not_fit_in_memory_goes_through_scratch_to_the_same_bytes(urbiome):
    random = np.random.default_rng(6)
    write(urbiome.folder / "r.tif", random.integers(1, 100, (2000, 2000)).astype(np.uint8), kind=gdal.GDT_Byte)
    write(urbiome.folder / "s.tif", random.random((2000, 2000)) < 1e-5, kind=gdal.GDT_Byte)
    scratch = urbiome.folder / "scratch"
    scratch.mkdir()
    files = []
    for words in (["--memory", "1GiB"], ["--memory", "60MiB", "--scratch", scratch]):
        done = urbiome.done("raster", "cost", "r.tif", "c.tif", "--sources", "s.tif", "--overwrite", *words)
        assert (b"scratch" in done.stderr) == ("--scratch" in words), done.stderr
        files.append((urbiome.folder / "c.tif").read_bytes())
    assert files[0] == files[1]
    assert not list(scratch.iterdir())
