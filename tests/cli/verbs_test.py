"""Every verb: its help, its usage as JSON, wrong calls, and what it makes of odd folders and names."""

import csv
import json
import os
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from conftest import BAD_INPUT, DONE, SOME_FAILED, WRONG_USAGE, change
from osgeo import ogr
from tiny_city import box, classes, write_city, write_layer, write_raster

VERBS = [["assess"], ["audit"], ["init"], ["sample"], ["catalogue"], ["report"], ["compare"], ["raster", "tabulate"], ["raster", "coverage"], ["raster", "adjacency"], ["raster", "label"], ["network", "reach"]]
ASSESS = ["assess", "city.toml", "-q", "-o"]


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_help_and_usage_agree(urbiome, verb):
    text = urbiome.run(*verb, "--help")
    usage = urbiome.run(*verb, "--json-usage")
    assert text.returncode == usage.returncode == DONE and text.stderr == usage.stderr == b""
    tree = json.loads(usage.stdout)
    assert tree["name"] == verb[-1] and tree["description"]
    named = {name for argument in tree["arguments"] for name in argument["names"]}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text.stdout.decode().split("Options:")[1])) <= named | {"--memory"}
    tiles = {"--num-threads", "--memory", "--scratch", "--tile-size"} if verb[0] in ("assess", "audit", "compare", "raster", "network") else set()
    output = set() if verb[0] in ("audit", "catalogue", "report") else {"--overwrite"}
    common = {"--quiet", "--json-usage", "--overwrite", "--num-threads", "--memory", "--scratch", "--tile-size"}
    assert named & common == {"--quiet", "--json-usage"} | tiles | output
    assert all(argument["description"] for argument in tree["arguments"])


@pytest.mark.parametrize("words, said", [
    ([], "no verb"), (["frobnicate"], "frobnicate"), (["assess"], "RECIPE|output"), (["assess", "city.toml"], "output"), (["assess", "city.toml", "-o", "out", "--colour"], "--colour"),
    (["raster"], "subcommand"), (["raster", "tabulate"], "PATHS"), (["raster", "tabulate", "cover.tif"], "IN .IN2. OUT.csv"), (["raster", "tabulate", *["cover.tif"] * 4], "PATHS|files"),
    (["raster", "tabulate", *["cover.tif"] * 3, "-o", "t.csv"], "wrong number"), (["raster", "coverage", "cover.tif", "t.csv"], "GRID ZONES OUT.csv"),
    (["raster", "tabulate", "cover.tif", "legend.csv"], "--overwrite"), (["raster", "tabulate", "cover.tif", "."], "input"), (["raster", "tabulate", "cover.tif", "/dev/null"], "no ending"), (["init", "cover.tif", "-o", "/dev/null"], "not a regular file"),
    (["raster", "tabulate", "cover.tif", "t.csv", "--band", "0"], "--band"), (["catalogue", "no_such_id"], "no_such_id"), (["compare", "out"], "FOLDERS|output"),
    (["assess", "city.toml", "-o", "out", "--scratch", "none"], "--scratch none"), (["init", "-o", "x.toml"], "LAYERS")])
def test_wrong_usage(urbiome, city, words, said):
    error = urbiome.refused(WRONG_USAGE, said, *words)
    assert "see urbiome" in error or "expected" in error


@pytest.mark.parametrize("option", ["--num-threads", "--memory", "--tile-size"])
@pytest.mark.parametrize("value", ["0", "-1", "nonsense", "nan", "inf", "1e999", "2000000000000000000000x"])
def test_numbers_that_are_none(urbiome, city, option, value):
    urbiome.refused(WRONG_USAGE, option, *ASSESS, "out", option, value)


@pytest.mark.parametrize("words, said", [
    (["raster", "tabulate", "none.tif", "t.csv"], "none.tif does not exist"), (["raster", "tabulate", "cover.tif", "t.csv", "--band", "9"], "band 9"),
    (["raster", "tabulate", "cover.tif", "t.csv", "--legend", "worldcovr"], "worldcovr"), (["raster", "tabulate", "cover.tif", "t.csv", "--legend", "worldcover"], "lacks: 1, 3, 2"),
    (["raster", "tabulate", "cover.tif", "t.csv", "--zones", "legend.csv"], "expected polygons"), (["raster", "tabulate", "cover.tif", "t.csv", "--zones", "none.gpkg"], "none.gpkg"),
    (["raster", "tabulate", "cover.tif", "t.csv", "--zones", "zones.gpkg", "--zone-id", "x"], "no column 'x'"), (["raster", "tabulate", "cover.tif", "t.csv", "--crs", "banana"], "banana"),
    (["raster", "tabulate", "cover.tif", "no/t.csv"], "make that folder first"), (["raster", "coverage", "cover.tif", "people.csv", "t.csv"], "people.csv"),
    (["init", "none.gpkg", "-o", "x.toml"], "none.gpkg cannot be opened"), (["init", "legend.toml", "-o", "x.toml"], "legend.toml"), (["report", "none"], "none is not a folder"),
    (["report", "."], "run.json"), (["compare", ".", "cover.tif", "-o", "out"], "results.csv"), (["audit", "none.toml"], "none.toml")])
def test_inputs_that_are_none(urbiome, city, words, said):
    urbiome.refused(BAD_INPUT, said, *words)


def test_raster_without_crs(urbiome):
    write_raster(urbiome.folder / "r.tif", classes(), epsg=None, nodata=0)
    result = urbiome.done("raster", "tabulate", "r.tif", "t.csv", "-q")
    assert b"warning" in result.stderr and b"metre" in result.stderr
    rows = list(csv.reader(open(urbiome.folder / "t.csv", newline="")))[1:]
    assert [(r[1], int(r[2]), float(r[3])) for r in rows] == [("1", 2000, 2e5), ("2", 400, 4e4), ("3", 7600, 7.6e5)]


def test_coverage_of_small_and_far_zones(urbiome, city):
    write_layer(urbiome.folder / "small.gpkg", [(box(12, 12, 13, 13), {"i": "a"}), (box(90000, 12, 90001, 13), {"i": "far"})])
    urbiome.done("raster", "coverage", "cover.tif", "small.gpkg", "t.csv", "--zone-id", "i", "-q")
    rows = list(csv.reader(open(urbiome.folder / "t.csv", newline="")))[1:]
    assert len(rows) == 1 and rows[0][:3] == ["a", "98", "1"] and float(rows[0][3]) == pytest.approx(0.01, rel=1e-6)


def test_catalogue(urbiome):
    listed = json.loads(urbiome.done("catalogue", "--json").stdout)
    for entry in listed["indicators"]:
        assert entry["id"].encode() in urbiome.done("catalogue", entry["id"]).stdout


def test_compare(urbiome, city):
    urbiome.done(*ASSESS, "a")
    change(city, "min_green_area_ha = 0.5", "min_green_area_ha = 5.0")
    urbiome.done(*ASSESS, "b")
    result = urbiome.done("compare", "a", "b", "-o", "out", "-q")
    assert b"min_green_area_ha differs: 5.0 there, 0.5 in the base" in result.stderr
    rows = list(csv.DictReader(open(urbiome.folder / "out/compare.csv", newline="")))
    share = next(r for r in rows if r["indicator"] == "green_share" and r["zone_level"] == "city")
    assert float(share["difference"]) == 0 and float(share["base"]) == pytest.approx(0.2, abs=1e-6)


def test_compare_counts_what_differs(urbiome, city):
    urbiome.done(*ASSESS, "a")
    rows = len((urbiome.folder / "a/results.csv").read_text().splitlines()) - 1
    same = urbiome.done("compare", "a", "a", "-o", "out").stderr.decode()
    assert same == f"0 of {rows} rows differ; all are in out/compare.csv\n"
    cells = classes()
    cells[0, 99] = 2    # a house in the north-east gives way to water: no share of the other zones moves
    write_raster(urbiome.folder / "cover.tif", cells, nodata=0)
    urbiome.done(*ASSESS, "b")
    said = urbiome.done("compare", "a", "b", "-o", "out2", "--no-access-changes").stderr.decode()  # of a land cover that is gone
    table = list(csv.DictReader(open(urbiome.folder / "out2/compare.csv", newline="")))
    differing = [r for r in table if r["base"] != r["value"]]
    assert {r["zone_id"] for r in differing} == {"Tiny", "ne"} and said == f"{len(differing)} of {rows} rows differ; all are in out2/compare.csv\n"


def test_compare_warns_of_every_setting(urbiome, city):
    urbiome.done(*ASSESS, "a")
    change(city, 'name = "Tiny"', 'name = "Small"')
    change(city, "public = \"access = 'yes'\"", "public = \"access = 'no'\"")
    change(city, 'column = "people"', 'column = "people"\nspread = "built"')
    change(city, "min_green_area_ha = 0.5", "min_green_area_ha = 0.5\nmin_group_size = 3")
    urbiome.done(*ASSESS, "b")
    said = urbiome.done("compare", "a", "b", "-o", "out", "-q").stderr.decode()
    for warning in ('the city\'s name differs: "Small" there, "Tiny" in the base', "public of green_spaces differs", 'spread of population differs: "built" there', "parameter min_group_size differs: 3 there, 0 in the base"):
        assert f"urbiome: warning: b: {warning}" in said
    assert "its population is another one" in said  # spread otherwise
    assert said.count("\n") == 5


def test_compare_warns_of_thresholds(urbiome, city):
    write_raster(urbiome.folder / "red.tif", np.full((100, 100), 50, np.uint8))
    write_raster(urbiome.folder / "nir.tif", classes() * 25 + 25)
    change(city, 'path = "cover.tif"\nlegend = "legend.csv"', 'path = "red.tif"\nbands = { red = "red.tif", nir = "nir.tif" }\nndvi_min = 0.2')
    urbiome.done(*ASSESS, "a")
    change(city, "ndvi_min = 0.2", "ndvi_min = 0.3")
    urbiome.done(*ASSESS, "b")
    assert b"ndvi_min of land_cover differs: 0.3 there, 0.2 in the base" in urbiome.done("compare", "a", "b", "-o", "out", "-q").stderr


@pytest.mark.parametrize("name", ["run.json", "results.csv"])
@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"[[[", b"\xff\xfe", b"null", b'{"urbiome":1,"parameters":3,"grids":5}', b"city,value\nx,abc\n", b"city,value,lower\nx,1e999,3\n"])
def test_folders_that_someone_has_touched(urbiome, city, name, content):
    urbiome.done(*ASSESS, "a")
    shutil.copytree(urbiome.folder / "a", urbiome.folder / "b")
    (urbiome.folder / "b" / name).write_bytes(content)
    for words in (["compare", "a", "b", "-o", "out", "-q"], ["compare", "b", "a", "-o", "out2", "-q"], ["report", "b", "-q"]):
        result = urbiome.run(*words)
        assert result.returncode in (DONE, BAD_INPUT), (words, result)
        assert all(line.startswith("urbiome: ") and "defect" not in line for line in result.stderr.decode().splitlines()), (words, result)
        assert result.returncode == DONE or result.stderr.count(b"\n") == 1, (words, result)
    urbiome.leaves_nothing_half_written()


@pytest.mark.parametrize("name", ["run.json", "results.csv", "zones.gpkg", "maps/classes.tif"])
def test_report_of_a_folder_that_lacks_a_file(urbiome, city, name):
    urbiome.done(*ASSESS, "a")
    (urbiome.folder / "a" / name).unlink()
    urbiome.refused(BAD_INPUT, name, "report", "a")


def test_report_is_rebuilt_in_its_place(urbiome, city):
    urbiome.done(*ASSESS, "a")
    page = (urbiome.folder / "a/report.html").read_bytes()
    for more in ([], ["--overwrite", "--memory", "1GiB", "--num-threads", "1"]):   # taken, though they mean nothing here
        (urbiome.folder / "a/report.html").write_text("spoilt")
        urbiome.done("report", "a", "-q", *more)
        assert (urbiome.folder / "a/report.html").read_bytes() == page


def test_sample_is_whole_and_its_own(urbiome):
    urbiome.done("sample", "s", "-q")
    urbiome.refused(WRONG_USAGE, "not empty", "sample", "s")
    (urbiome.folder / "s/city.toml").write_text("spoilt")
    (urbiome.folder / "s/notes.txt").write_text("mine")
    urbiome.done("sample", "s", "-q", "--overwrite")
    assert "Olinda" in (urbiome.folder / "s/city.toml").read_text() and (urbiome.folder / "s/notes.txt").exists()


def choose_legend(recipe):
    recipe.write_text(recipe.read_text().replace('# legend = "dynamic_world"', 'legend = "dynamic_world"'))


def test_init_writes_what_audit_reads(urbiome, city):
    urbiome.done("init", "boundary.gpkg", "zones.gpkg", "parks.gpkg", "people.gpkg", "cover.tif", "-o", "new.toml", "-q")
    urbiome.refused(BAD_INPUT, "legend is missing", "audit", "new.toml", "-q")   # 1, 2 and 3 are codes of many legends
    choose_legend(urbiome.folder / "new.toml")
    urbiome.done("audit", "new.toml", "-q")
    assert f'name = "{urbiome.folder.name}"' in (urbiome.folder / "new.toml").read_text()


DATA = Path(os.environ.get("URBIOME_DATA", "/nonexistent"))


@pytest.mark.parametrize("name", ["freetown_sl", "olinda_br", "saomiguel_pt", "vaud_ch", "yuexiu_cn"])
def test_init_of_real_cities(urbiome, name):
    if not (DATA / name).is_dir():
        pytest.skip(f"the real city {name} is not here")
    layers = sorted(p for p in (DATA / name).iterdir() if p.suffix in (".tif", ".gpkg", ".shp", ".geojson"))
    urbiome.done("init", *layers, "-o", "city.toml", "-q")
    choose_legend(urbiome.folder / "city.toml")
    result = urbiome.run("audit", "city.toml", "-q")
    error = result.stderr.decode()
    assert result.returncode in (DONE, BAD_INPUT) and ".toml" not in error.split(";")[0], error   # it is a recipe; its layers may disagree
    assert error.count("\n") <= 1 or result.returncode == DONE


NAMES = ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "</script><script>alert(2)</script>", "../../etc/passwd", '"quoted","x"', "o'brien", "北京市 东城",
         "العربية", "a  b", "line\nbreak", "+1", "@x", "-2", "{{mustache}}", "%s%n", "\x1b[31mred", "--><img src=x onerror=alert(3)>", "\u202eabc", "x" * 3000, "007", "1e5", "NaN", "]]>"]


def test_hostile_names_of_zones_and_city(urbiome, city):
    width = 1000 / len(NAMES)
    (urbiome.folder / "zones.gpkg").unlink()
    write_layer(urbiome.folder / "zones.gpkg", [(box(i * width, 0, (i + 1) * width, 1000), {"code": n, "name": n}) for i, n in enumerate(NAMES)])
    title = "=2+5</title><script>alert(4)</script>城市"
    change(city, 'name = "Tiny"', "name = " + json.dumps(title, ensure_ascii=False))
    urbiome.done(*ASSESS, "out")
    out = urbiome.folder / "out"
    assert sorted(p.name for p in out.iterdir()) == sorted(["lorenz.csv", "maps", "report.html", "results.csv", "results.json", "results.xlsx", "run.json", "zones.gpkg"])
    cells = [cell for row in csv.reader(open(out / "results.csv", newline="")) for cell in row]
    assert not any(cell[:1] in ("=", "@", "\t", "\r") for cell in cells) and "'" + NAMES[0] in cells
    found = {r["zone_id"] for r in json.loads((out / "results.json").read_text())}
    assert set(NAMES) <= found
    page = (out / "report.html").read_text()
    for mark in ("alert(1)</script>", "<script>alert", "<img src=x", "</script><script>"):
        assert mark not in page, mark
    sheet = zipfile.ZipFile(out / "results.xlsx").read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"<hyperlink" not in sheet
    dataset = ogr.Open(str(out / "zones.gpkg"))
    layer = dataset.GetLayerByName("zones")
    assert set(NAMES) <= {feature.GetField("zone_id") for feature in layer}


@pytest.mark.parametrize("name", ["城市 文件", "שלום עולם", "a b", "=cmd", "<b>x", "-o", "..x", 'x"y', "x'y", "x\ny", "#x", "x%20y", "{a}", "x;y"])
def test_hostile_names_of_files(urbiome, name):
    city = write_city(urbiome.folder / ("in " + name))
    text = city.read_text()
    for old in ["zones.gpkg", "cover.tif", "people.gpkg", "parks.gpkg", "legend.csv", "boundary.gpkg"]:
        new = old[:2] + name + Path(old).suffix
        (city.parent / old).rename(city.parent / new)
        text = text.replace(f'"{old}"', json.dumps(new, ensure_ascii=False))
    city.write_text(text)
    urbiome.done("assess", "-q", "-o", "out " + name, "--", "./in " + name + "/city.toml")
    assert (urbiome.folder / ("out " + name) / "report.html").exists()
    layers = [str(p) for p in city.parent.iterdir() if p.suffix in (".gpkg", ".tif")]
    urbiome.done("init", "-q", "-o", "made.toml", "--", *layers)
    choose_legend(urbiome.folder / "made.toml")
    result = urbiome.run("audit", "made.toml", "-q")
    assert result.returncode in (DONE, SOME_FAILED, BAD_INPUT) and b"made.toml:" not in result.stderr, result.stderr


@pytest.mark.parametrize("name", ["城市", "a b", "select", "שלום"])
def test_odd_names_of_layers_and_columns(urbiome, city, name):
    (urbiome.folder / "zones.gpkg").unlink()
    write_layer(urbiome.folder / "zones.gpkg", [(box(0, 0, 1000, 1000), {name: "z", "name": "z"})], layer=name)
    change(city, 'id = "code"', f'id = "{name}"\nlayer = "{name}"')
    urbiome.done(*ASSESS, "out")
