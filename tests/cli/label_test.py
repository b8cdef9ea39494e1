"""`raster label` and `raster adjacency` on files: against scipy and numpy, and the same bytes whatever the file and the threads."""

import csv

import numpy as np
import pytest
from conftest import BAD_INPUT, WRONG_USAGE
from osgeo import gdal
from scipy import ndimage
from tiny_city import CELL, NORTH, WEST, write_layer, write_raster

COLUMNS = ["id", "class", "first_cell", "cells", "area_m2", "perimeter_m", "xmin", "ymin", "xmax", "ymax"]
LEGEND = "code,class_name,green,blue,built,natural,vegetated,missing\n0,none,0,0,0,0,0,nodata\n1,wood,1,0,0,1,1,\n2,lawn,1,0,0,0,1,\n3,houses,0,0,1,0,0,\n4,cloud,0,0,0,0,0,unknown\n"


def clumps(rows=150, cols=220, seed=1):
    """Classes 0 to 4 in clumps of a few cells."""
    random = np.random.default_rng(seed)
    smooth = ndimage.gaussian_filter(random.normal(size=(rows, cols)), 1.3)
    edges = np.quantile(smooth, [0.1, 0.35, 0.6, 0.9])
    return np.digitize(smooth, edges).astype(np.uint8)


@pytest.fixture
def cover(tmp_path):
    (tmp_path / "legend.csv").write_text(LEGEND)
    cells = clumps()
    write_raster(tmp_path / "cover.tif", cells, options=["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64", "COMPRESS=DEFLATE"])
    return cells


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def numbered_by_first_cell(parts):
    """Labels of several masks as one raster of ids in the order of first cells."""
    joined, offset = np.zeros(parts[0].shape, np.int64), 0
    for part in parts:
        joined[part > 0] = part[part > 0] + offset
        offset += part.max()
    values, first = np.unique(joined, return_index=True)
    inside = values > 0
    ids = np.zeros(offset + 1, np.int64)
    ids[values[inside][np.argsort(first[inside])]] = np.arange(1, inside.sum() + 1)
    return ids[joined]


def by_scipy(cells, groups, directions):
    structure = ndimage.generate_binary_structure(2, 1 if directions == 4 else 2)
    return numbered_by_first_cell([ndimage.label(np.isin(cells, group), structure)[0] for group in groups])


@pytest.mark.parametrize("directions", [4, 8])
@pytest.mark.parametrize("options, groups, kinds", [
    ([], [[1], [2], [3]], None), (["--classes", "1,3"], [[1, 3]], "1+3"), (["--role", "green"], [[1, 2]], "green")], ids=["all", "classes", "role"])
def test_patches_are_those_of_scipy(urbiome, cover, tmp_path, directions, options, groups, kinds):
    urbiome.done("raster", "label", "cover.tif", "ids.tif", "--table", "t.csv", "--legend", "legend.csv", "--directions", directions, *options, "--crs", "EPSG:32633")
    expected = by_scipy(cover, groups, directions)
    raster = gdal.Open(str(tmp_path / "ids.tif"))
    assert raster.GetRasterBand(1).DataType == gdal.GDT_UInt32 and raster.GetRasterBand(1).GetNoDataValue() == 0
    assert np.array_equal(raster.ReadAsArray(), expected)
    rows = rows_of(tmp_path / "t.csv")
    assert list(rows[0]) == COLUMNS and len(rows) == expected.max()
    cells = np.bincount(expected.ravel())[1:]
    assert [int(row["cells"]) for row in rows] == cells.tolist()
    assert [int(row["id"]) for row in rows] == list(range(1, len(rows) + 1))
    padded = np.pad(expected, 1)
    outline = np.zeros(expected.max() + 1)
    for axis in (0, 1):
        differ = np.diff(padded, axis=axis) != 0
        left, right = (padded[:-1], padded[1:]) if axis == 0 else (padded[:, :-1], padded[:, 1:])
        for side in (left, right):
            outline += np.bincount(side[differ], minlength=len(outline)) * CELL
    assert [float(row["perimeter_m"]) for row in rows] == outline[1:].tolist()
    for row, place in zip(rows, ndimage.find_objects(expected)):
        assert float(row["xmin"]) == WEST + CELL * place[1].start and float(row["xmax"]) == WEST + CELL * place[1].stop
        assert float(row["ymax"]) == NORTH - CELL * place[0].start and float(row["ymin"]) == NORTH - CELL * place[0].stop
        first = int(row["first_cell"])
        assert expected.ravel()[first] == int(row["id"]) and first == np.argmax(expected.ravel() == int(row["id"]))
        assert row["class"] == (kinds or str(cover.ravel()[first]))
        # EPSG:32633 keeps areas within a few parts in ten thousand at its central meridian
        assert float(row["area_m2"]) == pytest.approx(int(row["cells"]) * CELL * CELL, rel=1e-3)


def test_the_same_bytes_for_any_file_and_threads(urbiome, cover, tmp_path):
    kinds = {"strips": ["COMPRESS=LZW", "BLOCKYSIZE=7"], "none": [], "zstd": ["TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=48", "COMPRESS=ZSTD"]}
    for name, options in kinds.items():
        write_raster(tmp_path / f"{name}.tif", cover, options=options)
    gdal.BuildVRT(str(tmp_path / "v.vrt"), [str(tmp_path / "cover.tif")]).FlushCache()
    first = None
    for name in ["cover.tif", "v.vrt", *[f"{name}.tif" for name in kinds]]:
        for threads, tile in [(1, 64), (2, 100), (7, 4096), (2, 1)]:
            urbiome.done("raster", "label", name, "ids.tif", "--table", "t.csv", "--num-threads", threads, "--tile-size", tile, "--overwrite", "-q")
            urbiome.done("raster", "adjacency", name, "pairs.csv", "--directions", 8, "--num-threads", threads, "--tile-size", tile, "--overwrite", "-q")
            made = [(tmp_path / out).read_bytes() for out in ("ids.tif", "t.csv", "pairs.csv")]
            first = first or made
            assert made == first, (name, threads, tile)


def pairs_of(cells, directions, inside=None):
    """Ordered pairs of known neighbours, each looked at from both cells."""
    known = np.isin(cells, [1, 2, 3]) if inside is None else np.isin(cells, [1, 2, 3]) & inside
    counts = {}
    steps = [(0, 1), (1, 0)] + ([(1, 1), (1, -1)] if directions == 8 else [])
    for down, right in steps:
        a = (slice(0, cells.shape[0] - down), slice(max(0, -right), cells.shape[1] - max(0, right)))
        b = (slice(down, None), slice(max(0, right), cells.shape[1] + min(0, right)))
        both = known[a] & known[b]
        for one, other in zip(cells[a][both], cells[b][both]):
            counts[one, other] = counts.get((one, other), 0) + 1
            counts[other, one] = counts.get((other, one), 0) + 1
    return {key: count for key, count in counts.items() if count}


@pytest.mark.parametrize("directions", [4, 8])
def test_adjacency_is_that_of_cells_one_by_one(urbiome, cover, tmp_path, directions):
    urbiome.done("raster", "adjacency", "cover.tif", "pairs.csv", "--legend", "legend.csv", "--directions", directions)
    found = {(int(row["class_a"]), int(row["class_b"])): int(row["count"]) for row in rows_of(tmp_path / "pairs.csv")}
    assert found == pairs_of(cover, directions)


def test_adjacency_in_zones_counts_pairs_of_centres_inside(urbiome, cover, tmp_path):
    # A triangle over much of the map, and a square apart from it; x to the right, y down.
    shapes = {"t": [(13, 20), (2000, 100), (700, 1450), (13, 20)], "s": [(1800, 1200), (2100, 1200), (2100, 1450), (1800, 1450), (1800, 1200)]}
    wkt = {code: ",".join(f"{WEST + x} {NORTH - y}" for x, y in corners) for code, corners in shapes.items()}
    write_layer(tmp_path / "zones.gpkg", [(f"POLYGON(({corners}))", {"code": code}) for code, corners in wkt.items()])
    urbiome.done("raster", "adjacency", "cover.tif", "pairs.csv", "--legend", "legend.csv", "--zones", "zones.gpkg", "--zone-id", "code")
    y, x = np.mgrid[0:cover.shape[0], 0:cover.shape[1]] * CELL + CELL / 2

    def inside(corners):
        sides = [(x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) for (x1, y1), (x2, y2) in zip(corners, corners[1:])]
        return np.all([side > 0 for side in sides], axis=0)

    rows = rows_of(tmp_path / "pairs.csv")
    assert {row["zone_id"] for row in rows} == {"t", "s"}
    for code, corners in shapes.items():
        found = {(int(r["class_a"]), int(r["class_b"])): int(r["count"]) for r in rows if r["zone_id"] == code}
        assert found == pairs_of(cover, 4, inside(corners)), code


def test_a_table_alone_needs_no_raster(urbiome, cover, tmp_path):
    urbiome.done("raster", "label", "cover.tif", "--table", "alone.csv", "--legend", "legend.csv")
    urbiome.done("raster", "label", "cover.tif", "ids.tif", "--table", "both.csv", "--legend", "legend.csv")
    assert (tmp_path / "alone.csv").read_bytes() == (tmp_path / "both.csv").read_bytes()


def test_areas_sum_to_those_of_tabulate(urbiome, cover, tmp_path):
    urbiome.done("raster", "label", "cover.tif", "--table", "t.csv", "--legend", "legend.csv")
    urbiome.done("raster", "tabulate", "cover.tif", "areas.csv", "--legend", "legend.csv")
    sums = {}
    for row in rows_of(tmp_path / "t.csv"):
        sums[row["class"]] = sums.get(row["class"], 0) + float(row["area_m2"])
    assert sums == pytest.approx({row["class"]: float(row["area_m2"]) for row in rows_of(tmp_path / "areas.csv")}, rel=1e-12)


@pytest.mark.parametrize("status, words, said", [
    (WRONG_USAGE, ["label", "cover.tif"], "neither OUT.tif nor --table"), (WRONG_USAGE, ["label", "cover.tif", "i.tif", "--directions", "6"], "--directions"),
    (WRONG_USAGE, ["label", "cover.tif", "i.tif", "--classes", "1", "--role", "green", "--legend", "legend.csv"], "both"),
    (WRONG_USAGE, ["label", "cover.tif", "i.tif", "--classes", "9"], "no such class"), (WRONG_USAGE, ["label", "cover.tif", "i.tif", "--role", "green"], "--legend"),
    (WRONG_USAGE, ["label", "cover.tif", "i.tif", "--table", "cover.tif"], "input"), (WRONG_USAGE, ["label", "cover.tif", "--table", "legend.csv"], "overwrite|exists"),
    (BAD_INPUT, ["label", "none.tif", "i.tif"], "none.tif"), (WRONG_USAGE, ["adjacency", "cover.tif"], "files"),
    (BAD_INPUT, ["adjacency", "cover.tif", "p.csv", "--zones", "none.gpkg"], "none.gpkg")])
def test_refusals(urbiome, cover, status, words, said):
    urbiome.refused(status, said, "raster", *words, "-q")


def test_a_vrt_of_more_cells_than_32_bits_count(urbiome, cover, tmp_path):
    """One small file in the middle of 70,000 x 70,000 cells of nodata."""
    write_raster(tmp_path / "small.tif", cover)
    side, row, col = 70000, 68500, 41000
    (tmp_path / "huge.vrt").write_text(f"""<VRTDataset rasterXSize="{side}" rasterYSize="{side}"><GeoTransform>{WEST}, {CELL}, 0, {NORTH}, 0, -{CELL}</GeoTransform>
      <VRTRasterBand dataType="Byte" band="1"><NoDataValue>0</NoDataValue><SimpleSource><SourceFilename relativeToVRT="1">small.tif</SourceFilename><SourceBand>1</SourceBand>
      <SrcRect xOff="0" yOff="0" xSize="{cover.shape[1]}" ySize="{cover.shape[0]}"/><DstRect xOff="{col}" yOff="{row}" xSize="{cover.shape[1]}" ySize="{cover.shape[0]}"/>
      </SimpleSource></VRTRasterBand></VRTDataset>""")
    urbiome.done("raster", "label", "huge.vrt", "--table", "huge.csv", "--memory", "512M", "-q", timeout=280)
    urbiome.done("raster", "label", "small.tif", "--table", "small.csv", "-q")
    huge, small = rows_of(tmp_path / "huge.csv"), rows_of(tmp_path / "small.csv")
    kept = [row for row in small if row["class"] != "0"]
    assert len(huge) == len(kept) > 100
    for one, other in zip(huge, kept):
        assert [one[c] for c in ("class", "cells", "perimeter_m")] == [other[c] for c in ("class", "cells", "perimeter_m")]
        r, c = divmod(int(other["first_cell"]), cover.shape[1])
        assert int(one["first_cell"]) == (r + row) * side + c + col


@pytest.mark.parametrize("verb", ["tabulate", "adjacency", "label", "distance"])
def test_a_vrt_beyond_all_counting_is_refused(urbiome, verb, tmp_path):
    side = 2**31 - 1
    (tmp_path / "endless.vrt").write_text(f"""<VRTDataset rasterXSize="{side}" rasterYSize="{side}"><GeoTransform>{WEST}, {CELL}, 0, {NORTH}, 0, -{CELL}</GeoTransform>
      <VRTRasterBand dataType="Byte" band="1"><NoDataValue>0</NoDataValue></VRTRasterBand></VRTDataset>""")
    out = "out.csv" if verb in ("tabulate", "adjacency") else "out.tif"
    more = ["--classes", "1"] if verb == "distance" else []
    urbiome.refused(BAD_INPUT, [str(side), r"2\^44", "-srcwin"], "raster", verb, "endless.vrt", out, *more, "-q", timeout=20)
