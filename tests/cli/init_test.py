"""What init guesses from layers, and that it says so."""

import os
import tomllib
from pathlib import Path

import numpy as np
import pytest
from conftest import change
from tiny_city import box, districts, write_layer, write_raster

DATA = Path(os.environ.get("URBIOME_DATA", "/nonexistent"))


def draft(urbiome, *layers):
    said = urbiome.run("init", *layers, "-o", "new.toml", "--overwrite").stderr.decode()
    text = (urbiome.folder / "new.toml").read_text()
    return tomllib.loads(text), text, said


def strips(columns):
    """Ten strips with a value of each column."""
    return [(box(100 * i, 0, 100 * i + 100, 1000), {name: values[i] for name, values in columns.items()}) for i in range(10)]


@pytest.mark.parametrize("columns, chosen", [
    ({"CODE_ISO": ["CH"] * 10, "NUMBER_NR": list("abcdefghij"), "AREA_HA": list(range(10))}, "NUMBER_NR"),
    ({"area": list(range(10)), "id": [None] * 10, "district": list("abcdefghij")}, "district"),
    ({"kind": ["a", "b"] * 5, "id": [None] * 10}, "kind"),
    ({"name": list("abcdefghij"), "code": list("klmnopqrst")}, "code"),
    ({"name": list("abcdefghij"), "code": ["k"] * 10}, "name"),
    ({"name": ["a"] * 10, "code": list("aabbccddee")}, "code"),
])
def test_the_id_tells_polygons_apart(urbiome, columns, chosen):
    write_layer(urbiome.folder / "z.gpkg", strips(columns))
    recipe, text, said = draft(urbiome, "z.gpkg")
    assert recipe["zones"][0]["id"] == chosen and f"zones by column {chosen}" in said
    repeats = len({v for v in columns[chosen]}) < 10
    assert ("polygons with one value are one zone" in text) == repeats == ("polygons with one value are one zone" in said)


def test_a_column_with_an_odd_name_stays_a_comment(urbiome):
    write_layer(urbiome.folder / "z.gpkg", strips({'id\n[x] = "': list("aabbccddee")}))
    recipe, _, _ = draft(urbiome, "z.gpkg")
    assert list(recipe) == ["city", "zones", "parameters"] and recipe["zones"][0]["id"].startswith("id")


def classes_of(*values):
    return np.array(values, np.uint8).repeat(50).reshape(len(values), 50)


def test_a_legend_is_set_where_few_fit(urbiome):
    write_raster(urbiome.folder / "cover.tif", classes_of(10, 20, 30, 40, 50, 60, 80))
    recipe, text, said = draft(urbiome, "cover.tif")
    assert recipe["land_cover"][0]["legend"] == "worldcover" and "legend worldcover" in said
    write_raster(urbiome.folder / "cover.tif", classes_of(*range(9)))
    recipe, text, said = draft(urbiome, "cover.tif")
    assert recipe["land_cover"][0]["legend"] == "dynamic_world"
    for told in (text, said):
        assert "its values also fit: jrc_gsw_transition" in told


def test_of_many_legends_none_is_set(urbiome):
    write_raster(urbiome.folder / "cover.tif", classes_of(1, 2))
    recipe, text, said = draft(urbiome, "cover.tif")
    assert "legend" not in recipe["land_cover"][0]
    assert '\n# legend = "dynamic_world"\n' in text and '\n# legend = "clcd"\n' in text and "choose one in the recipe" in said
    write_raster(urbiome.folder / "dynamic_world.tif", classes_of(1, 2))
    assert draft(urbiome, "dynamic_world.tif")[0]["land_cover"][0]["legend"] == "dynamic_world"


def test_the_city_and_the_levels_are_named(urbiome):
    write_layer(urbiome.folder / "districts.gpkg", districts())
    recipe, _, said = draft(urbiome, "districts.gpkg")
    assert recipe["zones"][0]["level"] == "zone" and f"the city is called {urbiome.folder.name}, after" in said
    (urbiome.folder / "b").mkdir()
    for name in ("wards.gpkg", "b/wards.gpkg", "city.gpkg"):
        write_layer(urbiome.folder / name, districts())
    recipe, _, said = draft(urbiome, "districts.gpkg", "wards.gpkg", "b/wards.gpkg", "city.gpkg")
    assert [z["level"] for z in recipe["zones"]] == ["districts", "wards", "wards_2", "city_2"]
    assert "its zones have level wards_2" in said


def test_two_tables_of_one_level_that_overlap_are_warned_of(urbiome, city):
    write_layer(urbiome.folder / "more.gpkg", [(box(0, 0, 500, 1000), {"code": "west"})])
    write_layer(urbiome.folder / "beside.gpkg", [(box(1000, 0, 1100, 1000), {"code": "east"})])
    table = '[[zones]]\npath = "{}.gpkg"\nid = "code"\nlevel = "{}"\n\n[[land_cover]]'
    whole = city.read_text()
    overlap = b'have one level, "district", and overlap on 50 % of their ground'
    for name, level, warned in (("beside", "district", False), ("more", "other", False), ("more", "district", True)):
        city.write_text(whole)
        change(city, "[[land_cover]]", table.format(name, level))
        assert (overlap in urbiome.done("audit", "city.toml", "-q").stdout) == warned
        assert (overlap in urbiome.done("assess", "city.toml", "-o", "out", "-q", "--overwrite").stderr) == warned


def test_municipalities_of_switzerland(urbiome):
    if not (DATA / "vaud_ch").is_dir():
        pytest.skip("the real city vaud_ch is not here")
    recipe, text, _ = draft(urbiome, DATA / "vaud_ch/g1a18.shp", DATA / "vaud_ch/vaud_g100_clc12_V18_5a.tif")
    assert recipe["zones"][0]["id"] == "GMDNR" and recipe["zones"][0]["name"] == "GMDNAME"
    assert "legend" not in recipe["land_cover"][0] and text.count("# legend = ") == 11
