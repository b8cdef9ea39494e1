"""raster distance, window and morphology: the command against SciPy, published truth and itself."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, ogr, osr

from conftest import BAD_INPUT, WRONG_USAGE

gdal.UseExceptions()
ogr.UseExceptions()
DATA = Path(os.environ.get("URBIOME_DATA", ""))


def write(path, cells, dx=10.0, dy=10.0, nodata=None, epsg=32631, options=(), origin=(500000.0, 5000000.0)):
    kinds = {"uint8": gdal.GDT_Byte, "int32": gdal.GDT_Int32, "float64": gdal.GDT_Float64, "float32": gdal.GDT_Float32}
    rows, cols = cells.shape
    raster = gdal.GetDriverByName("GTiff").Create(str(path), cols, rows, 1, kinds[cells.dtype.name], list(options))
    raster.SetGeoTransform((origin[0], dx, 0, origin[1], 0, -dy))
    if epsg:
        crs = osr.SpatialReference()
        crs.ImportFromEPSG(epsg)
        raster.SetProjection(crs.ExportToWkt())
    if nodata is not None:
        raster.GetRasterBand(1).SetNoDataValue(nodata)
    raster.GetRasterBand(1).WriteArray(cells)


def read(path):
    return gdal.Open(str(path)).ReadAsArray()


def patchy(rows, cols, classes=5, seed=1):
    random = np.random.default_rng(seed)
    small = random.integers(1, classes + 1, (rows // 4 + 1, cols // 5 + 1), dtype=np.uint8)
    cells = np.kron(small, np.ones((4, 5), np.uint8))[:rows, :cols].copy()
    spots = random.random(cells.shape) < 0.1
    cells[spots] = random.integers(1, classes + 1, spots.sum())
    return cells


def test_distance_is_the_published_truth(urbiome):
    truth = DATA.parent / "truth" / "edt"
    if not (truth / "edt_cases.json").exists():
        pytest.skip("no truth beside the data")
    cases = json.loads((truth / "edt_cases.json").read_text())
    expected = {}
    with open(truth / "expected_edt_scipy.csv") as file:
        for row in csv.DictReader(file):
            expected.setdefault(row["layer"], []).append(row)
    cells = np.zeros(cases["shape"], np.uint8)
    for row, col in cases["ones_rowcol"]:
        cells[row, col] = 1
    checked = 0
    for case in cases["cases"]:
        x, y = case["sampling_xy"]
        write(urbiome.folder / "in.tif", cells, x, y)
        urbiome.done("raster", "distance", "in.tif", "out.tif", "--classes", "1", "-q", "--overwrite")
        found = read(urbiome.folder / "out.tif")
        for row in expected[f"edt sampling x={x:g} y={y:g}"]:
            value = {"sum": np.sum, "max": np.max}.get(row["metric"])
            value = value(found) if value else found[tuple(int(i) for i in row["id"].split("_"))]
            assert value == pytest.approx(float(row["value"]), rel=1e-9), row
            checked += 1
    assert checked == 10


def test_distance_is_scipys_on_a_real_city(urbiome):
    ndimage = pytest.importorskip("scipy.ndimage")
    path = DATA / "yuexiu_cn" / "Yuexiu_worldcover_proj.tif"
    if not path.exists():
        pytest.skip("no real cities")
    raster = gdal.Open(str(path))
    cells = raster.ReadAsArray()
    _, dx, _, _, _, dy = raster.GetGeoTransform()
    for classes in ([10], [80], [10, 30]):
        member = np.isin(cells, classes)
        expected = ndimage.distance_transform_edt(~member, sampling=(abs(dy), dx))
        urbiome.done("raster", "distance", path, "d.tif", "--classes", ",".join(map(str, classes)), "-q", "--overwrite")
        found = read(urbiome.folder / "d.tif")
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=0)
        urbiome.done("raster", "distance", path, "c.tif", "--classes", ",".join(map(str, classes)), "--max-m", "300", "-q",
                     "--overwrite")
        np.testing.assert_array_equal(read(urbiome.folder / "c.tif"), np.where(found <= 300, found, np.nan))


def test_square_window_is_a_uniform_filter_on_a_real_city(urbiome):
    ndimage = pytest.importorskip("scipy.ndimage")
    path = DATA / "yuexiu_cn" / "Yuexiu_worldcover_proj.tif"
    if not path.exists():
        pytest.skip("no real cities")
    raster = gdal.Open(str(path))
    cells, nodata = raster.ReadAsArray(), raster.GetRasterBand(1).GetNoDataValue()
    _, dx, _, _, _, dy = raster.GetGeoTransform()
    known = (cells != nodata).astype(np.int64) if nodata is not None else np.ones(cells.shape, np.int64)
    rows, cols = int(300 / abs(dy)), int(300 / dx)
    ones = lambda what: ndimage.convolve1d(ndimage.convolve1d(what, np.ones(2 * rows + 1, int), 0, mode="constant"),
                                           np.ones(2 * cols + 1, int), 1, mode="constant")
    with np.errstate(invalid="ignore"):
        expected = ones((cells == 10).astype(np.int64)) / ones(known)
    urbiome.done("raster", "window", path, "w.tif", "--classes", "10", "--radius-m", "300", "--shape", "square", "--statistic",
                 "share", "-q")
    np.testing.assert_array_equal(read(urbiome.folder / "w.tif"), expected)


def test_disc_window_and_morphology_are_scipys(urbiome):
    ndimage = pytest.importorskip("scipy.ndimage")
    cells = patchy(90, 140)
    write(urbiome.folder / "in.tif", cells)
    y, x = np.mgrid[-4:5, -4:5]
    disc = (x * x + y * y) * 100 <= 45 * 45
    member = cells == 2
    count = lambda what: ndimage.convolve(what.astype(np.int64), disc.astype(np.int64), mode="constant")
    common = ["in.tif", "out.tif", "--classes", "2", "--radius-m", "45", "--overwrite", "-q"]
    urbiome.done("raster", "window", *common, "--statistic", "share")
    np.testing.assert_array_equal(read(urbiome.folder / "out.tif"), count(member) / count(np.ones_like(member)))
    urbiome.done("raster", "window", *common, "--statistic", "sum")
    np.testing.assert_array_equal(read(urbiome.folder / "out.tif"), count(member))
    dilate = lambda what: ndimage.binary_dilation(what, disc)
    erode = lambda what: ndimage.binary_erosion(what, disc, border_value=1)  # nothing is known beyond the edge
    for operation, expected in (("dilate", dilate(member)), ("erode", erode(member)), ("open", dilate(erode(member))),
                                ("close", erode(dilate(member)))):
        urbiome.done("raster", "morphology", *common, "--operation", operation)
        np.testing.assert_array_equal(read(urbiome.folder / "out.tif"), expected.astype(np.uint8), operation)


@pytest.mark.parametrize("words", [
    ["distance", "--classes", "3"],
    ["distance", "--classes", "3", "--measure", "edge", "--max-m", "60"],
    ["window", "--classes", "3", "--radius-m", "55", "--statistic", "share"],
    ["window", "--radius-m", "30", "--shape", "square", "--statistic", "diversity"],
    ["window", "--radius-m", "30", "--statistic", "majority"],
    ["window", "--radius-m", "30", "--statistic", "mean"],
    ["morphology", "--classes", "3", "--radius-m", "20", "--operation", "open"],
])
def test_same_bytes_for_threads_tiles_and_blocks(urbiome, words):
    cells = patchy(200, 333)
    cells[50:60, 100:220] = 0
    layouts = {"strips": [], "tiles": ["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=32", "COMPRESS=DEFLATE"],
               "lzw": ["COMPRESS=LZW", "BLOCKYSIZE=7"]}
    expected = None
    for name, options in layouts.items():
        write(urbiome.folder / f"{name}.tif", cells, nodata=0, options=options)
        for settings in (["--num-threads", "1"], ["--num-threads", "2", "--tile-size", "64"],
                         ["--num-threads", "7", "--tile-size", "9"], ["--num-threads", "2", "--tile-size", "4096"]):
            urbiome.done("raster", words[0], f"{name}.tif", "out.tif", *words[1:], *settings, "--overwrite", "-q")
            found = (urbiome.folder / "out.tif").read_bytes()
            expected = expected or found
            assert found == expected, (name, settings)


def test_nodata_counts_nowhere(urbiome):
    cells = np.array([[1, 0, 2, 2, 1]], np.uint8)
    write(urbiome.folder / "in.tif", cells, nodata=0)
    urbiome.done("raster", "window", "in.tif", "w.tif", "--classes", "1", "--radius-m", "10", "--statistic", "share", "-q")
    np.testing.assert_array_equal(read(urbiome.folder / "w.tif"), [[1, 0.5, 0, 1 / 3, 0.5]])
    urbiome.done("raster", "morphology", "in.tif", "m.tif", "--classes", "1", "--radius-m", "10", "--operation", "dilate", "-q")
    np.testing.assert_array_equal(read(urbiome.folder / "m.tif"), [[1, 255, 0, 1, 1]])
    urbiome.done("raster", "morphology", "in.tif", "e.tif", "--classes", "1", "--radius-m", "10", "--operation", "erode", "-q")
    np.testing.assert_array_equal(read(urbiome.folder / "e.tif"), [[1, 255, 0, 0, 0]])
    assert gdal.Open(str(urbiome.folder / "m.tif")).GetRasterBand(1).GetNoDataValue() == 255


def test_values_sum_without_drift(urbiome):
    random = np.random.default_rng(3)
    values = random.normal(0, 1e6, (60, 80))
    values[10:20, 30] = np.nan
    write(urbiome.folder / "v.tif", values, nodata=float("nan"))
    urbiome.done("raster", "window", "v.tif", "w.tif", "--radius-m", "20", "--shape", "square", "--statistic", "sum", "-q")
    found = read(urbiome.folder / "w.tif")
    padded = np.pad(np.nan_to_num(values), 2)
    expected = sum(padded[i:i + 60, j:j + 80].astype(np.longdouble) for i in range(5) for j in range(5))
    np.testing.assert_allclose(found, expected.astype(float), rtol=0, atol=1e-8)


def test_no_member_anywhere_is_all_nodata(urbiome):
    write(urbiome.folder / "in.tif", np.array([[1, 1], [2, 0]], np.uint8), nodata=0)
    (urbiome.folder / "legend.csv").write_text("code,class_name,green,blue,built,natural,vegetated,missing\n1,park,1,0,0,0,0,\n2,sea,0,1,0,0,0,\n3,wood,1,0,0,0,0,\n")
    urbiome.done("raster", "distance", "in.tif", "d.tif", "--classes", "3", "--legend", "legend.csv", "-q")
    assert np.isnan(read(urbiome.folder / "d.tif")).all()


@pytest.mark.parametrize("status, words, arguments", [
    (WRONG_USAGE, "no cells were chosen", ["distance", "in.tif", "o.tif"]),
    (WRONG_USAGE, "--role", ["distance", "in.tif", "o.tif", "--role", "green"]),
    (WRONG_USAGE, "no such class", ["distance", "in.tif", "o.tif", "--classes", "99"]),
    (WRONG_USAGE, "--max-m", ["distance", "in.tif", "o.tif", "--classes", "1", "--max-m", "-1"]),
    (WRONG_USAGE, "--max-m", ["distance", "in.tif", "o.tif", "--classes", "1", "--max-m", "nan"]),
    (WRONG_USAGE, "--radius-m", ["window", "in.tif", "o.tif", "--classes", "1", "--radius-m", "-5", "--statistic", "share"]),
    (WRONG_USAGE, "all classes", ["window", "in.tif", "o.tif", "--classes", "1", "--radius-m", "5", "--statistic", "majority"]),
    (WRONG_USAGE, "no cells were chosen", ["window", "in.tif", "o.tif", "--radius-m", "5", "--statistic", "share"]),
    (WRONG_USAGE, "no cells were chosen", ["morphology", "in.tif", "o.tif", "--radius-m", "5", "--operation", "erode"]),
    (WRONG_USAGE, "in.tif", ["distance", "in.tif", "in.tif", "--classes", "1", "--overwrite"]),
    (BAD_INPUT, "none.tif", ["distance", "none.tif", "o.tif", "--classes", "1"]),
    (BAD_INPUT, "lengths", ["distance", "mercator.tif", "o.tif", "--classes", "1"]),
    (BAD_INPUT, "infinite", ["window", "inf.tif", "o.tif", "--radius-m", "5", "--statistic", "sum"]),
])
def test_wrong_words_and_files_are_refused(urbiome, status, words, arguments):
    write(urbiome.folder / "in.tif", patchy(20, 20))
    write(urbiome.folder / "mercator.tif", patchy(20, 20), epsg=3857, origin=(0, 8000000))
    write(urbiome.folder / "inf.tif", np.array([[1.5, np.inf]]))
    urbiome.refused(status, words, "raster", *arguments, "-q")


def test_memory_that_cannot_suffice_is_refused_with_the_number(urbiome):
    gdal.GetDriverByName("GTiff").Create(str(urbiome.folder / "wide.tif"), 3000000, 300, 1, gdal.GDT_Byte, ["SPARSE_OK=TRUE"])
    urbiome.refused(BAD_INPUT, ["--memory", "MiB"], "raster", "window", "wide.tif", "o.tif", "--classes", "0", "--radius-m", "100",
                    "--statistic", "share", "--memory", "64MiB", "-q")


def test_a_truncated_file_leaves_nothing(urbiome):
    random = np.random.default_rng(1)
    write(urbiome.folder / "in.tif", random.integers(1, 9, (2000, 500)).astype(np.uint8), options=["COMPRESS=DEFLATE"])
    whole = (urbiome.folder / "in.tif").read_bytes()
    (urbiome.folder / "in.tif").write_bytes(whole[:len(whole) // 2])
    urbiome.refused(BAD_INPUT, "in.tif", "raster", "distance", "in.tif", "o.tif", "--classes", "1", "-q")


def write_polygons(path, shapes, epsg=32631):
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(epsg)
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = source.CreateLayer("parks", crs, ogr.wkbPolygon)
    for wkt in shapes:
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
        layer.CreateFeature(feature)


def test_distance_to_polygons_is_to_their_nearest_side(urbiome):
    shapes = ["POLYGON((500100 4999900, 500305 4999890, 500210 4999600, 500100 4999900))",
              "POLYGON((500250 4999880, 500500 4999800, 500500 4999700, 500250 4999700, 500250 4999880))"]  # they overlap
    write_polygons(urbiome.folder / "parks.gpkg", shapes)
    write(urbiome.folder / "in.tif", patchy(60, 70))
    urbiome.done("raster", "distance", "in.tif", "d.tif", "--to-vector", "parks.gpkg", "--measure", "edge", "-q")
    found = read(urbiome.folder / "d.tif")
    polygons = [ogr.CreateGeometryFromWkt(wkt) for wkt in shapes]
    inside = np.zeros(found.shape, bool)
    for row in range(60):
        for col in range(70):
            point = ogr.Geometry(ogr.wkbPoint)
            point.AddPoint_2D(500000 + 10 * col + 5, 5000000 - 10 * row - 5)
            distance = min(polygon.Distance(point) for polygon in polygons)
            inside[row, col] = distance == 0
            assert found[row, col] == pytest.approx(distance, abs=1e-8)
    ndimage = pytest.importorskip("scipy.ndimage")
    urbiome.done("raster", "distance", "in.tif", "c.tif", "--to-vector", "parks.gpkg", "-q")
    np.testing.assert_allclose(read(urbiome.folder / "c.tif"), ndimage.distance_transform_edt(~inside, sampling=10), rtol=1e-12)
    urbiome.done("raster", "distance", "in.tif", "m.tif", "--to-vector", "parks.gpkg", "--measure", "edge", "--max-m", "50",
                 "--num-threads", "7", "-q")
    np.testing.assert_array_equal(read(urbiome.folder / "m.tif"), np.where(found <= 50, found, np.nan))
    urbiome.refused(WRONG_USAGE, "--to-vector", "raster", "distance", "in.tif", "x.tif", "--to-vector", "parks.gpkg", "--classes", "1",
                    "-q")
    urbiome.refused(BAD_INPUT, "none.gpkg", "raster", "distance", "in.tif", "x.tif", "--to-vector", "none.gpkg", "-q")


def test_nearest_is_the_smallest_id_of_the_nearest_patches(urbiome):
    cells = patchy(70, 90, classes=12)
    write(urbiome.folder / "in.tif", cells)
    for directions in ("4", "8"):
        choice = ["--classes", "3,5", "--directions", directions, "-q", "--overwrite"]
        urbiome.done("raster", "label", "in.tif", "ids.tif", *choice)
        urbiome.done("raster", "distance", "in.tif", "d.tif", "--nearest", "n.tif", *choice)
        ids, found, distances = (read(urbiome.folder / name) for name in ("ids.tif", "n.tif", "d.tif"))
        rows, cols = np.nonzero(ids)
        y, x = np.mgrid[:70, :90]
        squared = (rows[:, None, None] - y) ** 2 + (cols[:, None, None] - x) ** 2
        least = squared.min(axis=0)
        expected = np.where(squared == least, ids[rows, cols][:, None, None], np.iinfo(np.int64).max).min(axis=0)
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(distances, np.sqrt(100.0 * least))
    for settings in (["--num-threads", "1"], ["--num-threads", "7", "--tile-size", "9"]):
        urbiome.done("raster", "distance", "in.tif", "d2.tif", "--nearest", "n2.tif", *choice, *settings)
        for name in "dn":
            assert (urbiome.folder / f"{name}.tif").read_bytes() == (urbiome.folder / f"{name}2.tif").read_bytes()
    urbiome.done("raster", "distance", "in.tif", "d3.tif", "--nearest", "n3.tif", "--max-m", "20", *choice)
    np.testing.assert_array_equal(read(urbiome.folder / "n3.tif"), np.where(distances <= 20, found, 0))
    urbiome.refused(WRONG_USAGE, "two files", "raster", "distance", "in.tif", "x.tif", "--nearest", "x.tif", "--classes", "3", "-q")


@pytest.mark.parametrize("latitude", [0.003, 47.5, -71.25])
@pytest.mark.parametrize("measure", ["centre", "edge"])
def test_nearest_on_a_lonlat_grid_is_the_patch_at_the_distance_printed(urbiome, latitude, measure):
    """Every patch is a class of its own, so the distance to each is printed by a run of its own."""
    cells = np.zeros((61, 83), np.uint8)
    patches = {7: (3, 5), 2: (30, 50), 9: (30, 30), 4: (55, 40), 3: (57, 41)}  # 2 and 9 tie at column 40; 3 is cut off from 4
    for code, (row, col) in patches.items():
        cells[row, col] = code
    cells[3:6, 5] = 7
    write(urbiome.folder / "in.tif", cells, 2e-4, 1e-4, nodata=0, epsg=4326, origin=(10, latitude))
    codes = ",".join(map(str, sorted(patches)))
    words = ["--measure", measure, "-q", "--overwrite"]
    urbiome.done("raster", "label", "in.tif", "ids.tif", "--classes", codes, "-q")
    ids = read(urbiome.folder / "ids.tif")
    to_each = {}
    for code, (row, col) in patches.items():
        urbiome.done("raster", "distance", "in.tif", "one.tif", "--classes", code, *words)
        to_each[int(ids[row, col])] = read(urbiome.folder / "one.tif")
    order = sorted(to_each)
    assert order == [1, 2, 3, 4, 5]
    all_of_them = np.stack([to_each[patch] for patch in order])
    expected = np.array(order)[all_of_them.argmin(axis=0)]  # the first, smallest id of those that tie
    assert expected[30, 40] == min(ids[30, 30], ids[30, 50])
    urbiome.done("raster", "distance", "in.tif", "d.tif", "--nearest", "n.tif", "--classes", codes, *words)
    np.testing.assert_array_equal(read(urbiome.folder / "n.tif"), expected)
    np.testing.assert_array_equal(read(urbiome.folder / "d.tif"), all_of_them.min(axis=0))
    urbiome.done("raster", "distance", "in.tif", "d2.tif", "--nearest", "n2.tif", "--classes", codes, *words, "--num-threads", "7",
                 "--tile-size", "9")
    for name in "dn":
        assert (urbiome.folder / f"{name}.tif").read_bytes() == (urbiome.folder / f"{name}2.tif").read_bytes()
    urbiome.done("raster", "distance", "in.tif", "d3.tif", "--nearest", "n3.tif", "--max-m", "200", "--classes", codes, *words)
    np.testing.assert_array_equal(read(urbiome.folder / "n3.tif"), np.where(all_of_them.min(axis=0) <= 200, expected, 0))
