"""What the raster tools say: of zones elsewhere, outputs by another format's name, files that are none, and what they wrote."""

import re

import numpy as np
import pytest
from conftest import BAD_INPUT, WRONG_USAGE, change
from osgeo import gdal
from tiny_city import box, classes, write_layer, write_raster

gdal.UseExceptions()
ONE = ["--classes", "1"]


@pytest.mark.parametrize("verb", [["tabulate", "cover.tif", "o.csv", "--zones", "far.gpkg"], ["adjacency", "cover.tif", "o.csv", "--zones", "far.gpkg"],
                                  ["zonal", "cover.tif", "far.gpkg", "o.csv"], ["coverage", "cover.tif", "far.gpkg", "o.csv"]], ids=lambda words: words[0])
def test_zones_that_touch_nothing_are_said_alike(urbiome, city, verb):
    write_layer(urbiome.folder / "far.gpkg", [(box(90000, 0, 91000, 900), {"i": "a"}), (box(0, 90000, 90, 91000), {"i": "b"})])
    said = urbiome.done("raster", *verb, "-q").stderr.decode()
    assert said == "urbiome: warning: far.gpkg: none of its 2 zones touches the raster\n"


@pytest.mark.parametrize("name, ending", [("o.png", "ends in .png"), ("o.csv", "ends in .csv"), ("o", "has no ending"), ("o.tif.gz", "ends in .gz")])
@pytest.mark.parametrize("verb", [["distance", *ONE], ["label"], ["window", *ONE, "--statistic", "share", "--radius-m", 20], ["morphology", *ONE, "--operation", "erode", "--radius-m", 20],
                                  ["cost", "--sources", "cover.tif"], ["resample", "--like", "cover.tif"]], ids=lambda words: words[0])
def test_a_raster_is_no_other_format(urbiome, city, verb, name, ending):
    urbiome.refused(WRONG_USAGE, f"{re.escape(ending)}, but is written as GeoTIFF; expected a name that ends in .tif", "raster", verb[0], "cover.tif", name, *verb[1:])


@pytest.mark.parametrize("verb", [["tabulate", "cover.tif"], ["adjacency", "cover.tif"], ["zonal", "cover.tif", "zones.gpkg"], ["coverage", "cover.tif", "zones.gpkg"], ["label", "cover.tif", "--table"]],
                         ids=lambda words: words[0])
def test_a_table_is_no_other_format(urbiome, city, verb):
    for name in ("o.xlsx", "o.tif", "o"):
        urbiome.refused(WRONG_USAGE, "but is written as CSV; expected a name that ends in .csv", "raster", *verb, name)
    urbiome.done("raster", *verb, "o.CSV")


def test_ids_of_patches_are_a_raster_too(urbiome, city):
    urbiome.refused(WRONG_USAGE, "ends in .csv", "raster", "distance", "cover.tif", "o.tif", *ONE, "--nearest", "n.csv")
    urbiome.done("raster", "distance", "cover.tif", "o.TIFF", *ONE, "--nearest", "n.gtiff")


@pytest.mark.parametrize("words, said", [
    (["distance", *ONE], "100 x 100 cells in o.tif"), (["distance", *ONE, "--nearest", "n.tif"], "100 x 100 cells in o.tif\nids of the nearest patches in n.tif"),
    (["window", *ONE, "--statistic", "share", "--radius-m", 20], "100 x 100 cells in o.tif"), (["morphology", *ONE, "--operation", "open", "--radius-m", 20], "100 x 100 cells in o.tif"),
    (["cost", "--sources", "zones.gpkg"], "100 x 100 cells in o.tif")])
def test_what_was_written_is_said(urbiome, city, words, said):
    assert urbiome.done("raster", words[0], "cover.tif", "o.tif", *words[1:]).stderr.decode().endswith(f"\n{said}\n")


def test_files_that_are_no_raster_say_what_to_do(urbiome, city):
    folder = urbiome.folder
    (folder / "text.tif").write_text("hello")
    (folder / "empty.tif").write_bytes(b"")
    for name, said in (("text.tif", "gdalinfo"), ("empty.tif", "empty.tif is empty; .*get the file again"), ("zones.gpkg", "it holds vector layers: give it as zones")):
        urbiome.refused(BAD_INPUT, said, "raster", "tabulate", name, "o.csv")
    urbiome.refused(BAD_INPUT, "it holds a raster", "raster", "tabulate", "cover.tif", "o.csv", "--zones", "cover.tif")


def test_a_file_whose_directory_is_cut_is_named_once(urbiome):
    write_raster(urbiome.folder / "whole.tif", np.random.default_rng(1).normal(size=(90, 90)), kind=gdal.GDT_Float64, options=["COMPRESS=DEFLATE"])
    gdal.GetDriverByName("GTiff").CreateCopy(str(urbiome.folder / "cut.tif"), gdal.Open(str(urbiome.folder / "whole.tif")))
    data = bytearray((urbiome.folder / "cut.tif").read_bytes())
    data[4:8] = (len(data) - 6).to_bytes(4, "little")  # the directory begins where the file ends
    (urbiome.folder / "cut.tif").write_bytes(data[: len(data) - 6])
    error = urbiome.refused(BAD_INPUT, "cut.tif is damaged or truncated: .+; expected a whole GeoTIFF; get the file again", "raster", "tabulate", "cut.tif", "o.csv")
    assert error.count("cut.tif") == 1


def test_remedies_are_spelt_as_the_caller_spells_them(urbiome, city):
    folder = urbiome.folder
    error = urbiome.refused(BAD_INPUT, "or give --unlisted-unknown$", "raster", "tabulate", "cover.tif", "o.csv", "--legend", "worldcover")
    assert "unlisted =" not in error
    urbiome.done("raster", "tabulate", "cover.tif", "o.csv", "--legend", "worldcover", "--unlisted-unknown")
    write_raster(folder / "ndvi.tif", np.full((9, 9), 0.3, np.float32), kind=gdal.GDT_Float32)
    assert "ndvi_min" not in urbiome.refused(BAD_INPUT, "raster of class codes", "raster", "tabulate", "ndvi.tif", "p.csv")
    change(city, '"legend.csv"', '"worldcover"')
    urbiome.refused(BAD_INPUT, 'say unlisted = "unknown"', "assess", "city.toml", "-q", "-o", "out")


@pytest.mark.parametrize("weights", ["area", "cover.tif"])
def test_weights_that_nothing_uses_are_said(urbiome, city, weights):
    words = ["raster", "zonal", "cover.tif", "zones.gpkg", "o.csv", "--weights", weights, "-q", "--overwrite"]
    said = urbiome.done(*words).stderr.decode()
    assert said == f"urbiome: warning: --weights {weights}: no statistic asked for uses the weights; name weighted_mean or weighted_sum\n"
    assert urbiome.done(*words, "--statistics", "mean,weighted_mean").stderr == b""


def test_a_raster_without_crs_says_the_remedy(urbiome, city):
    write_raster(urbiome.folder / "r.tif", classes(), epsg=None, nodata=0)
    for words in (["coverage", "r.tif", "zones.gpkg", "o.csv"], ["tabulate", "r.tif", "o.csv", "--zones", "zones.gpkg"], ["cost", "r.tif", "o.tif", "--sources", "zones.gpkg"],
                  ["distance", "r.tif", "o.tif", "--to-vector", "zones.gpkg"]):
        said = urbiome.done("raster", *words, "-q", "--overwrite").stderr.decode()
        assert "r.tif: names no coordinate reference system; its unit is taken as the metre; name it with --crs" in said
        assert "zones.gpkg: is taken to be in the coordinates of the raster, which names no CRS" in said
        assert urbiome.done("raster", *words, "-q", "--overwrite", "--crs", "EPSG:32633").stderr == b""


def test_the_like_without_crs_is_where_the_counts_are(urbiome, city):
    write_raster(urbiome.folder / "r.tif", classes(), epsg=None)
    said = urbiome.done("raster", "resample", "cover.tif", "o.tif", "--like", "r.tif", "-q").stderr.decode()
    assert said == "urbiome: warning: r.tif: names no coordinate reference system; that of the counts is taken\n"


def test_people_are_told_to_ten_digits(urbiome, city):
    write_raster(urbiome.folder / "people.tif", np.full((100, 100), 1 / 3), kind=gdal.GDT_Float64)
    said = urbiome.done("raster", "resample", "people.tif", "o.tif", "--like", "cover.tif").stderr.decode()
    assert said.endswith("\n3333.333333 of 3333.333333 people in o.tif\n")


def test_an_empty_option_names_the_whole_verb(urbiome, city):
    urbiome.refused(WRONG_USAGE, "--crs is empty; .*see urbiome raster window --help$", "raster", "window", "cover.tif", "o.tif", "--statistic", "diversity", "--radius-m", 20, "--crs", "")
    urbiome.refused(WRONG_USAGE, "--radius-m.*see urbiome raster window --help$", "raster", "window", "cover.tif", "o.tif", "--statistic", "diversity")


@pytest.mark.parametrize("sources", [["zones.gpkg", "--sources-layer", "none"], ["small.tif"], ["none.gpkg"]])
def test_what_is_wrong_with_sources_shows_before_the_plan(urbiome, city, sources):
    write_raster(urbiome.folder / "small.tif", classes()[:9, :9])
    urbiome.refused(BAD_INPUT, "none|different grids", "raster", "cost", "cover.tif", "o.tif", "--sources", *sources)


def test_a_quiet_audit_has_only_warnings(urbiome, city):
    write_layer(urbiome.folder / "more.gpkg", [(box(0, 0, 500, 500), {"code": "a", "name": "A"}), (box(90000, 0, 90100, 100), {"code": "far", "name": "Far"})])
    change(city, '"zones.gpkg"', '"more.gpkg"')
    told, quiet = urbiome.done("audit", "city.toml").stdout.decode(), urbiome.done("audit", "city.toml", "-q").stdout.decode()
    assert quiet == "".join(line + "\n" for line in told.splitlines() if line.startswith("warning  ")) and quiet
    assert quiet != told
    assert '"note"' not in urbiome.done("audit", "city.toml", "-q", "--json").stdout.decode()


@pytest.mark.parametrize("verb, words", [(["raster", "tabulate"], "IN [IN2] OUT.csv"), (["raster", "label"], "IN [OUT.tif]"), (["raster", "zonal"], "VALUES ZONES OUT.csv"), (["compare"], "BASE A B..."),
                                         (["assess"], "RECIPE OUT")])
def test_usage_shows_the_words(urbiome, verb, words):
    text = urbiome.run(*verb, "--help").stdout.decode()
    assert f"Usage: urbiome {' '.join(verb)} [OPTIONS] {words}\n" in text
    assert "x)" not in text.split("Options:")[0]


def test_a_run_is_replayed_with_its_folder_at_the_end(urbiome, city):
    urbiome.done("assess", "city.toml", "out", "-q")
    urbiome.done("assess", "out/run.json", "-o", "again", "-q")
    assert (urbiome.folder / "out/results.csv").read_bytes() == (urbiome.folder / "again/results.csv").read_bytes()
