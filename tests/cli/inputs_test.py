"""Bad layers: each is refused with one sentence, or computed with its row and warning."""

import math
import os
import zipfile

import pytest
from conftest import BAD_INPUT, change
from osgeo import gdal, ogr
from tiny_city import (LEGEND, SIDE, UTM, box, classes, districts, people, results, write_layer, write_raster)

FILES = ["cover.tif", "zones.gpkg", "boundary.gpkg", "parks.gpkg", "people.gpkg", "legend.csv"]
ASSESS = ["assess", "city.toml", "-o", "out", "-q"]


def replace_layer(folder, name, features, **more):
    (folder / name).unlink(missing_ok=True)
    write_layer(folder / name, features, **more)


def rows(folder, **keys):
    return [r for r in results(folder) if all(r[k] == v for k, v in keys.items())]


def test_the_sound_city_is_computed(urbiome, city):
    urbiome.done(*ASSESS)
    assert rows(urbiome.folder / "out", zone_level="city", indicator="residents")[0]["value"] == pytest.approx(1000, rel=1e-9)
    assert rows(urbiome.folder / "out", zone_level="city", indicator="green_share")[0]["value"] == pytest.approx(0.2, abs=1e-6)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("fault", ["missing", "folder", "pipe", "garbage", "empty", "truncated"])
def test_unreadable_file(urbiome, city, name, fault):
    path = urbiome.folder / name
    content = path.read_bytes()
    path.unlink()
    if fault == "folder":
        path.mkdir()
    elif fault == "pipe":
        os.mkfifo(path)
    elif fault != "missing":
        path.write_bytes({"garbage": bytes(range(256)) * 20, "empty": b"", "truncated": content[: len(content) * 6 // 10]}[fault])
    said = {"missing": "does not exist|is neither", "pipe": "pipe"}.get(fault, "")
    urbiome.refused(BAD_INPUT, [name, said], *ASSESS, timeout=20)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
@pytest.mark.parametrize("options", [[], ["COMPRESS=DEFLATE", "TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"]])
def test_truncated_raster(urbiome, city, share, options):
    path = urbiome.folder / "cover.tif"
    write_raster(path, classes(), nodata=0, options=options)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    urbiome.refused(BAD_INPUT, "cover.tif", *ASSESS)
    urbiome.refused(BAD_INPUT, "cover.tif", "raster", "tabulate", "cover.tif", "t.csv")


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf", ".prj"])
@pytest.mark.parametrize("share", [0, 0.66])
def test_broken_shapefile(urbiome, city, part, share):
    write_layer(urbiome.folder / "zones.shp", districts(), driver="ESRI Shapefile", kind=ogr.wkbPolygon)
    change(city, "zones.gpkg", "zones.shp")
    path = urbiome.folder / ("zones" + part)
    if share == 0:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    urbiome.refused(BAD_INPUT, "zones", *ASSESS)


def test_truncated_geojson(urbiome, city):
    path = urbiome.folder / "zones.geojson"
    write_layer(path, districts(), driver="GeoJSON", epsg=4326)
    path.write_bytes(path.read_bytes()[:-200])
    change(city, "zones.gpkg", "zones.geojson")
    urbiome.refused(BAD_INPUT, "zones.geojson cannot be opened", *ASSESS)


LAYERS = {
    "zones.gpkg": districts(),
    "boundary.gpkg": [(box(0, 0, 1000, 1000), {"name": "Tiny"})],
    "parks.gpkg": [(box(100, 700, 400, 900), {"access": "yes"})],
    "people.gpkg": people(),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layer_without_crs(urbiome, city, name):
    replace_layer(urbiome.folder, name, LAYERS[name], epsg=None)
    urbiome.refused(BAD_INPUT, [name, "no coordinate reference system", "crs = "], *ASSESS)


@pytest.mark.parametrize("name", LAYERS)
def test_layer_elsewhere(urbiome, city, name):
    """The wrong UTM zone, as from a mixed-up CRS."""
    replace_layer(urbiome.folder, name, LAYERS[name], epsg=32618)
    urbiome.refused(BAD_INPUT, ["does not overlap|lies? (on|in)", "crs"], *ASSESS)


def test_land_cover_without_crs(urbiome, city):
    write_raster(urbiome.folder / "cover.tif", classes(), epsg=None, nodata=0)
    urbiome.refused(BAD_INPUT, ["cover.tif", "no coordinate reference system"], *ASSESS)
    change(city, 'path = "cover.tif"', f'path = "cover.tif"\ncrs = "EPSG:{UTM}"')
    urbiome.done(*ASSESS)


@pytest.mark.parametrize("crs", ["EPSG:999999", "banana", "EPSG:5703", "EPSG:4978"])
def test_crs_that_is_none(urbiome, city, crs):
    change(city, 'path = "cover.tif"', f'path = "cover.tif"\ncrs = "{crs}"')
    urbiome.refused(BAD_INPUT, [crs, "expected"], *ASSESS)


def test_web_mercator_is_refused_and_lat_lon_is_right(urbiome, city):
    cover = urbiome.folder / "cover.tif"
    urbiome.done("assess", "city.toml", "-o", "metric", "-q")
    original = cover.read_bytes()
    for crs in ("EPSG:3857", "EPSG:4326"):
        cover.write_bytes(original)
        fine = {"EPSG:3857": {}, "EPSG:4326": {"xRes": 5e-6, "yRes": 5e-6}}[crs]
        gdal.Warp(str(urbiome.folder / "warped.tif"), str(cover), dstSRS=crs, **fine)
        (urbiome.folder / "warped.tif").rename(cover)
        if crs == "EPSG:3857":
            urbiome.refused(BAD_INPUT, ["3857", "distances", "gdalwarp"], *ASSESS)
    urbiome.done(*ASSESS, timeout=120)
    for indicator in ("green_share", "people_near_green_share", "green_per_resident_m2", "public_green_blue_share"):
        for metric, degrees in zip(rows(urbiome.folder / "metric", indicator=indicator), rows(urbiome.folder / "out", indicator=indicator)):
            assert degrees["zone_id"] == metric["zone_id"]
            if metric["value"] is not None:
                assert degrees["value"] == pytest.approx(metric["value"], rel=0.02, abs=1.0 if indicator.endswith("_m2") else 1e-3), indicator


def test_code_that_the_legend_lacks(urbiome, city):
    (urbiome.folder / "legend.csv").write_text(LEGEND.replace("2,water,0,1,0,1,0,\n", ""))
    urbiome.refused(BAD_INPUT, ["lacks: 2,", "row 80, column 80", "unlisted"], *ASSESS)
    change(city, 'legend = "legend.csv"', 'legend = "legend.csv"\nunlisted = "unknown"')
    urbiome.done(*ASSESS)
    share = rows(urbiome.folder / "out", zone_level="city", indicator="green_share")[0]
    assert share["valid_share"] == pytest.approx(0.96, abs=1e-6)


@pytest.mark.parametrize("line", ["1,again,0,0,0,0,0,", "9,x,maybe,0,0,0,0,", "9,x,0,0,0,0,0,never", "9,x", "nine,x,0,0,0,0,0,"])
def test_bad_legend(urbiome, city, line):
    (urbiome.folder / "legend.csv").write_text(LEGEND + line + "\n")
    urbiome.refused(BAD_INPUT, "legend.csv:6: ", *ASSESS)


def test_zone_without_cells_keeps_its_rows(urbiome, city):
    replace_layer(urbiome.folder, "zones.gpkg", districts() + [(box(5000, 5000, 6000, 6000), {"code": "far", "name": "Far"})])
    result = urbiome.done(*ASSESS)
    assert b"zone far: lies outside" in result.stderr
    far = rows(urbiome.folder / "out", zone_id="far")
    assert far and all(r["status"] != "ok" or r["value"] == 0 for r in far)


def test_zones_that_share_an_id_are_one(urbiome, city):
    replace_layer(urbiome.folder, "zones.gpkg", districts() + [(box(0, 0, 10, 10), {"code": "", "name": "nobody's"})])
    (urbiome.folder / "twice.toml").write_text(city.read_text().replace('id = "code"', 'id = "half"').replace('name = "name"\n', "", 1))
    split = [(shape, {"half": "a" if i < 2 else "b"}) for i, (shape, _) in enumerate(districts())]
    result = urbiome.done(*ASSESS)
    assert b"empty code" in result.stderr
    replace_layer(urbiome.folder, "zones.gpkg", split)
    urbiome.done("assess", "twice.toml", "-o", "twice", "-q")
    got = {r["zone_id"]: r["value"] for r in rows(urbiome.folder / "twice", zone_level="district", indicator="residents")}
    assert got == {"a": pytest.approx(500, rel=1e-9), "b": pytest.approx(500, rel=1e-9)}


def test_nobody_lives_here(urbiome, city):
    replace_layer(urbiome.folder, "people.gpkg", [(box(0, 0, 100, 100), {"people": 0})])
    urbiome.done(*ASSESS)
    assert rows(urbiome.folder / "out", zone_level="city", indicator="green_per_resident_m2")[0]["status"] == "undefined"


@pytest.mark.parametrize("count", [-5.0, math.inf, 1e11, 1e308, "many"])
@pytest.mark.parametrize("shape", [box(0, 0, 1000, 1000), "POINT(500500 5599500)"])
def test_impossible_counts_of_people(urbiome, city, count, shape):
    replace_layer(urbiome.folder, "people.gpkg", [(shape, {"people": count})])
    urbiome.refused(BAD_INPUT, ["people.gpkg has", "feature 1", "expected"], *ASSESS, timeout=20)


@pytest.mark.parametrize("shape", [box(0, 0, 1000, 1000), "POINT(500500 5599500)"])
@pytest.mark.parametrize("land_cover", [True, False])
def test_many_people_in_one_place_do_not_overflow(urbiome, city, shape, land_cover):
    replace_layer(urbiome.folder, "people.gpkg", [(shape, {"people": 37_000_000.0})])
    if not land_cover:
        text = city.read_text()
        start, end = text.index("[[land_cover]]"), text.index("[[population]]")
        city.write_text(text[:start] + text[end:])
    urbiome.done(*ASSESS)
    assert rows(urbiome.folder / "out", zone_level="city", indicator="residents")[0]["value"] == pytest.approx(37e6, rel=1e-9)


@pytest.mark.parametrize("text, said", [
    ('500100,5599100,"1,000"', '"1,000" at feature 1'), ("500100,5599100,nan", "nan people"), ("500100,5599100,1e999", "1e999"), ("500100,5599100,-1", "-1 people")])
def test_bad_table_of_people(urbiome, city, text, said):
    (urbiome.folder / "p.csv").write_text("x,y,people\n" + text + "\n")
    change(city, 'path = "people.gpkg"', f'path = "p.csv"\nx = "x"\ny = "y"\ncrs = "EPSG:{UTM}"')
    urbiome.refused(BAD_INPUT, ["p.csv", said], *ASSESS)


def test_table_of_people_with_quotes_and_line_breaks(urbiome, city):
    (urbiome.folder / "p.csv").write_bytes(b'\xef\xbb\xbfx,y,people,"no\r\nte"\r\n500100,5599100,5,"a\r\nb ""q"""\r\n500200,5599100,"7","z, z"\r\n')
    change(city, 'path = "people.gpkg"', f'path = "p.csv"\nx = "x"\ny = "y"\ncrs = "EPSG:{UTM}"')
    urbiome.done(*ASSESS)
    assert rows(urbiome.folder / "out", zone_level="city", indicator="residents")[0]["value"] == 12


@pytest.mark.parametrize("name, shape, said", [
    ("boundary.gpkg", "LINESTRING(500000 5599000,501000 5600000)", "1 Line String"), ("zones.gpkg", "POINT(500500 5599500)", "1 Point")])
def test_layer_of_the_wrong_kind(urbiome, city, name, shape, said):
    replace_layer(urbiome.folder, name, [(shape, {"code": "x", "name": "x"})])
    urbiome.refused(BAD_INPUT, [name, said, "expected polygons"], *ASSESS)


def test_odd_zones_are_computed(urbiome, city):
    """A self-crossing one, one without a geometry, and one of 20,000 corners."""
    bowtie = "POLYGON((500000 5599000,501000 5600000,501000 5599000,500000 5600000,500000 5599000))"
    corners = [(500500 + 300 * math.cos(2 * math.pi * i / 20000), 5599500 + 300 * math.sin(2 * math.pi * i / 20000)) for i in range(20000)]
    circle = "POLYGON((" + ",".join(f"{x} {y}" for x, y in corners + corners[:1]) + "))"
    replace_layer(urbiome.folder, "zones.gpkg", [(bowtie, {"code": "b", "name": "b"}), (circle, {"code": "c", "name": "c"}), (None, {"code": "n", "name": "n"})])
    result = urbiome.done(*ASSESS, timeout=120)
    assert b"invalid and repaired" in result.stderr and b"no geometry" in result.stderr
    area = {r["zone_id"]: r["value"] for r in rows(urbiome.folder / "out", zone_level="district", indicator="residents")}
    assert area["b"] == pytest.approx(500, rel=1e-6)
    assert area["c"] == pytest.approx(1000 * math.pi * 0.09, rel=1e-3)


def test_zone_beyond_the_projection(urbiome, city):
    replace_layer(urbiome.folder, "zones.gpkg", [(box(-1e9, -1e9, 1e9, 1e9), {"code": "w", "name": "w"})])
    urbiome.refused(BAD_INPUT, "check the CRS|cut", *ASSESS)
    replace_layer(urbiome.folder, "zones.gpkg", [("POLYGON((-180 -80,180 -80,180 80,-180 80,-180 -80))", {"code": "w", "name": "w"})], epsg=4326)
    urbiome.refused(BAD_INPUT, "projection|outline|map", *ASSESS)


def across_the_antimeridian(folder):
    """A raster from 179 to 181 degrees, a zone written in two halves at +180 and -180."""
    write_raster(folder / "cover.tif", classes() * 0 + 3, epsg=4326, transform=(179, 0.02, 0, 1, 0, -0.02), nodata=0)
    halves = ["POLYGON((179.5 0,180 0,180 0.5,179.5 0.5,179.5 0))", "POLYGON((-180 0,-179.5 0,-179.5 0.5,-180 0.5,-180 0))"]
    (folder / "zones.gpkg").unlink(missing_ok=True)
    write_layer(folder / "zones.gpkg", [(half, {"code": "a", "name": "a"}) for half in halves], epsg=4326)


def test_antimeridian(urbiome):
    across_the_antimeridian(urbiome.folder)
    urbiome.done("raster", "tabulate", "cover.tif", "t.csv", "--zones", "zones.gpkg", "--zone-id", "code", "-q")
    assert (urbiome.folder / "t.csv").read_text().splitlines()[1].startswith("a,3,1250,")
    urbiome.done("raster", "coverage", "cover.tif", "zones.gpkg", "c.csv", "--zone-id", "code", "-q")
    assert len((urbiome.folder / "c.csv").read_text().splitlines()) == 1 + 1250
    (urbiome.folder / "legend.csv").write_text(LEGEND)
    (urbiome.folder / "city.toml").write_text(
        '[city]\nname = "Date line"\n[[zones]]\npath = "zones.gpkg"\nid = "code"\n[[land_cover]]\npath = "cover.tif"\nlegend = "legend.csv"\n')
    urbiome.done(*ASSESS)
    area = rows(urbiome.folder / "out", zone_id="a", indicator="class_area_m2", **{"class": "3"})[0]["value"]
    assert area == pytest.approx(111319.49 * 110574.0 * 0.5, rel=1e-3)


def test_pole(urbiome):
    write_raster(urbiome.folder / "cover.tif", classes()[:50, :1].repeat(360, axis=1) * 0 + 3, epsg=4326, transform=(-180, 1, 0, 90, 0, -1))
    write_layer(urbiome.folder / "z.gpkg", [("POLYGON((-180 89,180 89,180 90,-180 90,-180 89))", {"code": "cap"})], epsg=4326)
    urbiome.done("raster", "tabulate", "cover.tif", "t.csv", "--zones", "z.gpkg", "-q")
    cells, area = (urbiome.folder / "t.csv").read_text().splitlines()[1].split(",")[2:]
    assert cells == "360" and float(area) == pytest.approx(39192e6, rel=1e-4)   # the cap north of 89 on WGS 84
    write_raster(urbiome.folder / "past.tif", classes()[:20], epsg=4326, transform=(-180, 1, 0, 91, 0, -1))
    urbiome.refused(BAD_INPUT, "91", "raster", "tabulate", "past.tif", "p.csv")


@pytest.mark.parametrize("transform, said", [
    ((500000, 7, 7, 5600000, 7, -7), "rotated"), ((math.nan, 10, 0, 5600000, 0, -10), "not finite"), ((1e308, 1e307, 0, 5600000, 0, -10), "map"),
    ((500000, 1e12, 0, 5600000, 0, -1e12), "map")])
def test_impossible_grids(urbiome, transform, said):
    write_raster(urbiome.folder / "cover.tif", classes(), transform=transform)
    urbiome.refused(BAD_INPUT, ["expected", said], "raster", "tabulate", "cover.tif", "t.csv")


@pytest.mark.parametrize("rows_, cols", [(1, 1), (1, 3000), (3000, 1)])
def test_thin_rasters(urbiome, rows_, cols):
    write_raster(urbiome.folder / "cover.tif", classes()[:1, 60:61].repeat(rows_, axis=0).repeat(cols, axis=1))
    urbiome.done("raster", "tabulate", "cover.tif", "t.csv", "-q")
    assert (urbiome.folder / "t.csv").read_text().splitlines()[1].split(",")[2] == str(rows_ * cols)


def test_tiny_cells(urbiome, city):
    """Cells of 1e-12 m under zones of half a kilometre: no grid can hold them."""
    write_raster(urbiome.folder / "cover.tif", classes(), transform=(500000, 1e-12, 0, 5600000, 0, -1e-12), nodata=0)
    urbiome.done("raster", "tabulate", "cover.tif", "t.csv", "-q")
    urbiome.refused(BAD_INPUT, ["cells", "expected fewer"], *ASSESS)


def test_layers_in_an_archive(urbiome, city):
    names = [n for n in FILES if n != "legend.csv"]
    with zipfile.ZipFile(urbiome.folder / "city.zip", "w") as archive:
        for name in names:
            archive.write(urbiome.folder / name, name)
            (urbiome.folder / name).unlink()
            change(city, f'"{name}"', f'"/vsizip/{urbiome.folder}/city.zip/{name}"')
    urbiome.done(*ASSESS)
    urbiome.refused(BAD_INPUT, "none.tif", "raster", "tabulate", f"/vsizip/{urbiome.folder}/city.zip/none.tif", "t.csv")


def test_raster_of_something_else(urbiome):
    import numpy as np
    write_raster(urbiome.folder / "f.tif", np.random.default_rng(1).random((50, 50)).astype("f4"), kind=gdal.GDT_Float32)
    urbiome.refused(BAD_INPUT, "whole numbers", "raster", "tabulate", "f.tif", "t.csv")
    write_raster(urbiome.folder / "c.tif", np.zeros((5, 5), "c8"), kind=gdal.GDT_CFloat32)
    urbiome.refused(BAD_INPUT, "complex", "raster", "tabulate", "c.tif", "t.csv")
    write_raster(urbiome.folder / "many.tif", np.arange(SIDE * SIDE, dtype="i4").reshape(SIDE, SIDE), kind=gdal.GDT_Int32)
    urbiome.refused(BAD_INPUT, "254 distinct", "raster", "tabulate", "many.tif", "t.csv")
