"""Inputs and words that look right and are not: refused in a sentence, or answered rightly, never taken in silence."""

import csv
import subprocess

import numpy as np
import pytest
from conftest import BAD_INPUT, COMMAND, DONE, WRONG_USAGE
from osgeo import gdal
from tiny_city import write_layer, write_raster

gdal.UseExceptions()


def cells(rows=12, cols=16):
    return (np.add.outer(np.arange(rows), np.arange(cols)) % 3 + 1).astype("u1")


def read(path):
    return gdal.Open(str(path)).ReadAsArray()


def counts(path):
    with open(path, encoding="utf-8") as file:
        return {row["class"]: float(row["cells"]) for row in csv.DictReader(file)}


@pytest.fixture
def raster(urbiome):
    write_raster(urbiome.folder / "in.tif", cells())
    return urbiome


@pytest.mark.parametrize("words", [
    ["label", "in.tif", "old.tif", "--table", "link.csv"], ["distance", "in.tif", "old.tif", "--nearest", "link.tif", "--classes", "2"],
    ["distance", "in.tif", "old.tif", "--nearest", "x/../old.tif", "--classes", "2"]])
def test_one_file_under_two_names_is_not_two_outputs(raster, words):
    (raster.folder / "old.tif").write_text("precious")
    for link in ("link.tif", "link.csv"):
        (raster.folder / link).symlink_to("old.tif")
    (raster.folder / "x").mkdir()
    raster.refused(WRONG_USAGE, "two outputs", "raster", *words, "--overwrite", "-q")


@pytest.mark.parametrize("other", [32724, 2227])
@pytest.mark.parametrize("words", [["tabulate", "in.tif", "other.tif", "o.csv"], ["cost", "in.tif", "o.tif", "--sources", "other.tif"]])
def test_the_same_numbers_in_another_crs_are_another_place(raster, words, other):
    write_raster(raster.folder / "other.tif", cells(), epsg=other)
    raster.refused(BAD_INPUT, ["other.tif is in", "CRS of in.tif"], "raster", *words, "-q")


@pytest.mark.parametrize("large", [3.4e38, 1e300])
def test_a_nodata_value_that_nobody_declared_does_not_drown_the_others(raster, large):
    values = cells().astype("f8")
    values[3, 4] = large
    write_raster(raster.folder / "values.tif", values, kind=gdal.GDT_Float64)
    words = ["raster", "window", "values.tif", "o.tif", "--radius-m", "25", "--statistic", "mean", "-q"]
    raster.refused(BAD_INPUT, ["row 3, column 4", "nodata"], *words)
    write_raster(raster.folder / "values.tif", values, kind=gdal.GDT_Float64, nodata=large)
    raster.done(*words)
    found = read(raster.folder / "o.tif")
    assert np.nanmin(found) >= 1 and np.nanmax(found) <= 3


@pytest.mark.parametrize("words", [["distance"], ["distance", "--nearest", "n.tif"], ["label"], ["morphology", "--radius-m", "20", "--operation", "dilate"]])
def test_cells_without_data_are_no_members(raster, words):
    holes = cells()
    holes[0, :5] = 0
    write_raster(raster.folder / "holes.tif", holes, nodata=0)
    raster.refused(WRONG_USAGE, "nothing is known", "raster", words[0], "holes.tif", "o.tif", *words[1:], "--classes", "0", "-q")


def test_a_mask_of_one_band_masks(raster):
    dataset = gdal.Open(str(raster.folder / "in.tif"), gdal.GA_Update)
    dataset.GetRasterBand(1).CreateMaskBand(0)
    mask = np.full((12, 16), 255, "u1")
    mask[:6] = 0
    dataset.GetRasterBand(1).GetMaskBand().WriteArray(mask)
    dataset = None
    raster.done("raster", "tabulate", "in.tif", "o.csv", "-q")
    assert counts(raster.folder / "o.csv") == {str(c): float((cells()[6:] == c).sum()) for c in (1, 2, 3)}


@pytest.mark.parametrize("west", [179.98, -180.02])
def test_sources_beyond_the_antimeridian_are_where_they_are(raster, west):
    write_raster(raster.folder / "flat.tif", np.ones((10, 40), "u1"), epsg=4326, transform=(west, 0.001, 0, -16.005, 0, -0.001))
    write_layer(raster.folder / "line.gpkg", [("LINESTRING (178716 8227638, 179416 8227638)", {"id": 1})], epsg=32701)
    write_layer(raster.folder / "points.gpkg", [("POINT (-179.9985 -16.0075)", {"id": 1}), ("POINT (179.9905 -16.0075)", {"id": 2})], epsg=4326)
    found = []
    for sources in ("line", "points"):
        raster.done("raster", "cost", "flat.tif", f"{sources}.tif", "--sources", f"{sources}.gpkg", "-q")
        found.append(np.unique(np.argwhere(read(raster.folder / f"{sources}.tif") == 0)[:, 1]).tolist())
    assert found == [list(range(18, 25)), [10, 21]]


def test_layers_are_found_whatever_their_case(raster):
    write_layer(raster.folder / "zones.gpkg", [("POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))", {"id": "Z"})], epsg=4326, layer="land")
    write_raster(raster.folder / "globe.tif", cells(), epsg=4326, transform=(0, 0.1, 0, 1.2, 0, -0.1))
    for layer in ("land", "Land"):
        raster.done("raster", "tabulate", "globe.tif", "o.csv", "--zones", "zones.gpkg", "--zones-layer", layer, "--zone-id", "id", "-q", "--overwrite")
        assert sum(counts(raster.folder / "o.csv").values()) == pytest.approx(100)


def test_a_part_of_a_name_is_no_crs(raster):
    for name in ("foo", "bar"):
        raster.refused(BAD_INPUT, "not known to PROJ", "raster", "tabulate", "in.tif", "o.csv", "--crs", name, "-q")
    for name in ("WGS 84", "wgs84", "CRS84", "British National Grid", "WGS_1984_UTM_Zone_33N", "EPSG:4326", "OGC:CRS84", "+proj=longlat +datum=WGS84", "ETRS89 / UTM zone 31N", "urn:ogc:def:crs:EPSG::4326"):
        write_raster(raster.folder / "globe.tif", cells(), epsg=None, transform=(0, 0.1, 0, 1.2, 0, -0.1))
        raster.done("raster", "tabulate", "globe.tif", "o.csv", "--crs", name, "-q", "--overwrite")


@pytest.mark.parametrize("transform, word", [((0, 0.1, 0, 90.3, 0, -0.1), "latitude"), ((0, 30, 0, 90, 0, -15), "longitude")])
@pytest.mark.parametrize("words", [["tabulate", "o.csv"], ["distance", "o.tif", "--classes", "2"],
                                   ["window", "o.tif", "--classes", "2", "--radius-m", "1e4", "--statistic", "share"],
                                   ["morphology", "o.tif", "--classes", "2", "--radius-m", "1e4", "--operation", "erode"]])
def test_no_grid_reaches_beyond_the_globe(raster, words, transform, word):
    write_raster(raster.folder / "globe.tif", cells(), epsg=4326, transform=transform)
    raster.refused(BAD_INPUT, word, "raster", words[0], "globe.tif", *words[1:], "-q")


@pytest.mark.parametrize("option", ["--zones", "--zone-id", "--crs", "--memory", "--legend", "--scratch"])
def test_a_variable_that_was_never_set_is_no_wish(raster, option):
    raster.refused(WRONG_USAGE, f"{option} is empty", "raster", "tabulate", "in.tif", "o.csv", *(["--zones", "z.gpkg"] if option == "--zone-id" else []),
                   option, "", "-q")


def test_a_column_of_zones_needs_zones(raster):
    raster.refused(WRONG_USAGE, "--zones", "raster", "tabulate", "in.tif", "o.csv", "--zone-id", "id", "-q")


def test_zones_elsewhere_and_without_a_name_are_said(raster):
    square = "POLYGON (({0} {1}, {2} {1}, {2} {3}, {0} {3}, {0} {1}))"
    write_layer(raster.folder / "far.gpkg", [(square.format(0, 0, 9, 9), {"id": "A"})])
    said = raster.done("raster", "zonal", "in.tif", "far.gpkg", "o.csv", "-q").stderr.decode()
    assert "none of its 1 zones touches the raster" in said
    write_layer(raster.folder / "nameless.gpkg", [(square.format(0, 0, 9, 9), {"id": "A"}), (square.format(0, 0, 9, 9), {"id": None})])
    said = raster.done("raster", "zonal", "in.tif", "nameless.gpkg", "p.csv", "--zone-id", "id", "-q").stderr.decode()
    assert "1 polygons have nothing in the column id" in said


@pytest.mark.parametrize("redirected, expected", [("2>/dev/full", DONE), ("2>&-", DONE)])
def test_notes_that_nobody_hears_stop_nothing(raster, redirected, expected):
    run = subprocess.run(f"'{COMMAND}' raster label in.tif o.tif {redirected}", shell=True, cwd=raster.folder, stdin=subprocess.DEVNULL)
    assert run.returncode == expected and (raster.folder / "o.tif").exists()


@pytest.mark.parametrize("words", ["catalogue", "catalogue --json", "raster label --json-usage"])
def test_text_that_was_asked_for_and_is_lost_is_an_error(raster, words):
    run = subprocess.run(f"'{COMMAND}' {words} >/dev/full", shell=True, cwd=raster.folder, capture_output=True, stdin=subprocess.DEVNULL)
    assert run.returncode == BAD_INPUT
    assert run.stderr == b"urbiome: standard output: No space left on device\n"
    assert subprocess.run(f"'{COMMAND}' {words} | head -n 1 >/dev/null", shell=True, cwd=raster.folder, stdin=subprocess.DEVNULL).returncode == 0


def damaged(kind, text):
    lines = text.splitlines(keepends=True)
    return {"header lost": "".join(lines[1:]), "column lost": text.replace(",value,", ",valeu,", 1), "cut": text[: len(text) // 2].rsplit(",", 2)[0],
            "cut in quotes": text[: text.rindex('"')], "twice": text + "".join(lines[1:])}[kind]


@pytest.mark.parametrize("kind", ["header lost", "column lost", "cut", "cut in quotes", "twice"])
def test_damaged_results_are_not_compared(urbiome, city, kind):
    for name in ("a", "b"):
        urbiome.done("assess", "city.toml", "-q", "-o", name, "--only-results")
    results = urbiome.folder / "b" / "results.csv"
    results.write_text(damaged(kind, results.read_text()))
    urbiome.refused(BAD_INPUT, "as urbiome assess writes it", "compare", "a", "b", "-o", "c", "-q")
