"""Porto Alegre: people as points in a table and streets in a PBF, without any land cover."""

import csv
import json

import pytest
from agreement import Agreement
from osgeo import gdal, ogr, osr


def test_people_are_summed_and_the_land_has_no_data(cities):
    found = Agreement(cities.assess(cities.recipe("portoalegre/city.toml.in")))
    with open(cities.data / "portoalegre_br" / "poa_hexgrid.csv", encoding="utf-8", newline="") as file:
        people = sum(int(row["population"]) for row in csv.DictReader(file))
    found.is_(people, "", "residents")
    found.settled()
    for key, row in found.rows.items():
        if key[2] != "residents":
            assert (row["status"], row["value"]) in (("no_data", ""), ("not_applicable", "")), row


def test_points_in_degrees_need_no_land_cover_but_must_have_their_columns(cities):
    recipe = cities.recipe("portoalegre/city.toml.in", "portoalegre_without_columns")
    recipe.write_text(recipe.read_text(encoding="utf-8").replace('x = "lon"', 'x = "longitude"'), encoding="utf-8")
    sentence = cities.refusal(recipe)
    assert "poa_hexgrid.csv" in sentence and "longitude" in sentence


def test_audit_tells_what_is_there(cities):
    told = cities.audit(cities.recipe("portoalegre/city.toml.in"))
    assert "poa_osm.pbf" in told and "streets can be walked" in told
    assert "no land cover" in told
    assert "812935 people" in told


UTM22S = 31982


def system(code):
    out = osr.SpatialReference()
    out.ImportFromEPSG(code)
    out.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return out


@pytest.fixture(scope="module")
def parks(cities):
    """Park and garden of the PBF as a layer; and their outlines in a map of metres."""
    path = cities.folder / "poa_parks.gpkg"
    source = str(cities.data / "portoalegre_br" / "poa_osm.pbf")
    options = gdal.VectorTranslateOptions(format="GPKG", SQLStatement="SELECT osm_id, leisure FROM multipolygons WHERE leisure IN ('park', 'garden')", layerName="parks")
    gdal.VectorTranslate(str(path), source, options=options)
    move = osr.CoordinateTransformation(system(4326), system(UTM22S))
    shapes = []
    layer = ogr.Open(str(path))  # GDAL needs it to stay
    for feature in layer.GetLayer(0):
        shape = feature.GetGeometryRef().Clone().MakeValid()
        shape.Transform(move)
        shapes.append(shape)
    assert len(shapes) == 2
    return path, shapes


def test_access_without_land_cover(cities, parks):
    path, shapes = parks
    recipe = cities.recipe("portoalegre/city.toml.in", "portoalegre_parks")
    spaces = f"""[[green_spaces]]\npath = "{path}"\nrole = "green"\npublic = "leisure IN ('park', 'garden')"\n\n[[population]]"""
    recipe.write_text(recipe.read_text(encoding="utf-8").replace("[[population]]", spaces), encoding="utf-8")
    out = cities.assess(recipe)
    with open(out / "results.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {(r["framework"], r["topic"]): r for r in rows if r["framework"]}
    (grid,) = json.loads((out / "run.json").read_text())["grids"]
    assert grid["blank"] and grid["cell_width"] == 10 and grid["crs"].startswith("WGS 84 / equal area about 30.")
    assert (out / "maps" / "access.tif").exists()
    # A map's 300 m are up to 0.05 % more or less on the ground: between them lies the true count.
    move = osr.CoordinateTransformation(system(4326), system(UTM22S))
    near = {300: [0, 0], 400: [0, 0]}
    everybody = 0
    with open(cities.data / "portoalegre_br" / "poa_hexgrid.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            home = ogr.Geometry(ogr.wkbPoint)
            home.AddPoint_2D(*move.TransformPoint(float(row["lon"]), float(row["lat"]))[:2])
            metres = min(shape.Distance(home) for shape in shapes)
            everybody += int(row["population"])
            for limit, counts in near.items():
                for i, distance in enumerate((limit * 0.9995, limit * 1.0005)):
                    counts[i] += int(row["population"]) * (metres <= distance)
    assert [float(r["value"]) for r in rows if r["indicator"] == "residents"] == [everybody]
    for key, limit in ((("uni", "5.2"), 300), (("singapore", "13"), 400)):
        low, high = (100 * count / everybody for count in near[limit])
        assert 0 < low <= float(found[key]["value"]) + 1e-9 and float(found[key]["value"]) - 1e-9 <= high < 100
    on_foot = [float(found[key]["value"]) for key in (("uni", "5.2/street"), ("sdg11", "11.7.1/access"), ("parkserve", "10_minutes"))]
    assert 0 < on_foot[0] and on_foot == sorted(on_foot) and on_foot[0] <= float(found["uni", "5.2"]["value"])
