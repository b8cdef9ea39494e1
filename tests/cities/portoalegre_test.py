"""Porto Alegre: people as points in a table and streets in a PBF, without any land cover; green spaces by their tags."""

import csv
import json

import numpy as np
import pytest
from agreement import Agreement
from conftest import HERE
from osgeo import gdal, ogr, osr

CLOSED = ("no", "private", "customers", "employee", "staff")


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


# --- green spaces by tags ------------------------------------------------------------------------------------------


def areas(pbf):
    """(tags, shape) of every area of an OSM file."""
    source = ogr.Open(str(pbf))
    layer = source.GetLayerByName("multipolygons")
    while feature := layer.GetNextFeature():
        tags = {key: value for key, value in feature.items().items() if value and not key.startswith("osm_")}
        others = tags.pop("other_tags", "")
        yield {**json.loads("{" + others.replace('"=>"', '":"') + "}"), **tags}, feature.GetGeometryRef().Clone()


def cif(leisure, boundary):
    def said(tags):
        if tags.get("leisure") in leisure or tags.get("boundary") in boundary:
            return "green", "private" if tags.get("access") in CLOSED else "public"
        return None

    return said


def cif_water(tags):
    if "water" in tags or "waterway" in tags or tags.get("natural") == "water":
        access = tags.get("access")
        return "blue", "private" if access in CLOSED else "public" if access in ("yes", "permissive") else "unknown"
    return None


def by_rows(name):
    with open(HERE.parents[1] / "datasets" / "green_spaces" / f"{name}.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def said(tags):
        def first(question):
            for row in rows:
                found = tags.get(row["key"], "")
                if row[question] and (found == row["value"] or (row["value"] == "*" and found)):
                    return row[question]
            return "unknown"

        return (first("role"), first("access")) if first("space") == "yes" else None

    return said


SETS = {
    "cif_open_space": cif({"park", "nature_reserve", "common", "playground", "pitch", "track"}, {"protected_area", "national_park"}),
    "cif_open_space_heat": cif(
        {"park", "nature_reserve", "common", "playground", "pitch", "garden", "golf_course", "dog_park", "recreation_ground", "disc_golf_course"},
        {"protected_area", "national_park", "forest_compartment", "forest"},
    ),
    "cif_water": cif_water,
    "ghsci": by_rows("ghsci"),
}  # fmt: skip


@pytest.fixture(scope="module")
def ground(cities):
    """Built-up cells of 30 m in UTM 22S over all areas of the file; the areas in the same plane."""
    utm = osr.SpatialReference()
    utm.ImportFromEPSG(32722)
    utm.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    found = []
    for tags, shape in areas(cities.data / "portoalegre_br" / "poa_osm.pbf"):
        shape.GetSpatialReference().SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        shape.TransformTo(utm)
        found.append((tags, shape))
    boxes = np.array([shape.GetEnvelope() for _, shape in found])
    x0, y1 = boxes[:, 0].min(), boxes[:, 3].max()
    width, height = int((boxes[:, 1].max() - x0) / 30) + 1, int((y1 - boxes[:, 2].min()) / 30) + 1
    cover = gdal.GetDriverByName("GTiff").Create(str(cities.folder / "built.tif"), width, height, 1, gdal.GDT_Byte)
    cover.SetGeoTransform((x0, 30, 0, y1, 0, -30))
    cover.SetProjection(utm.ExportToWkt())
    cover.GetRasterBand(1).Fill(1)
    cover = None
    (cities.folder / "built.csv").write_text("code,class_name,green,blue,built,natural,vegetated,missing\n1,built,0,0,1,0,0,\n")
    return found, width * height * 900.0


@pytest.mark.parametrize("name", SETS)
def test_spaces_by_tags_are_those_that_are_counted(cities, ground, name):
    found, whole_m2 = ground
    said = [(SETS[name](tags), shape) for tags, shape in found]
    spaces = [(*answer, shape) for answer, shape in said if answer]
    assert spaces

    def count(word):
        return sum(word in space[:2] for space in spaces)

    words = {"cover": cities.folder / "built.tif", "legend": cities.folder / "built.csv", "tags": name}
    recipe = cities.recipe("portoalegre/spaces.toml.in", f"portoalegre_{name}", **words)
    assert (
        f"{len(spaces)} of {len(found)} features are spaces by the tags {name}: {count('green')} green, {count('blue')} blue; "
        f"{count('public')} public, {count('private')} private, {count('unknown')} of unknown access"
    ) in " ".join(cities.audit(recipe).split())

    def share(words):
        union = ogr.Geometry(ogr.wkbMultiPolygon)
        for role, access, shape in spaces:
            if access in words:
                union = union.Union(shape.Buffer(0))
        return union.Area() / whole_m2

    # Of areas in one plane; the engine's are true areas, whose scale differs within the city by less.
    agreement = Agreement(cities.assess(recipe))
    open_ones = share(("public",))
    agreement.is_(open_ones, "", "public_green_blue_share", "gb_public/admin", relative=1e-3, absolute=1e-15)
    agreement.is_(share(("public", "unknown")), "", "public_green_blue_share", "gb_public/admin", relative=1e-3, absolute=1e-15, column="upper")
    agreement.settled()
