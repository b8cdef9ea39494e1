"""The same bytes for any number of threads and any tile size."""

import pytest
from osgeo import gdal

gdal.UseExceptions()

OPTIONS = [
    ("--num-threads", "1"),
    ("--num-threads", "2"),
    ("--num-threads", "7"),
    ("--num-threads", "1", "--tile-size", "61"),
    ("--num-threads", "2", "--tile-size", "256"),
    ("--num-threads", "7", "--tile-size", "61"),
    ("--tile-size", "256"),
]


def cells_of(path):
    data = gdal.Open(str(path))
    return data.GetGeoTransform(), data.ReadAsArray().tobytes()


def recipe_of(cities, city):
    if city == "yuexiu":
        return cities.recipe("yuexiu/city.toml.in", "yuexiu_again", near_source="union", measure="edge")
    image = cities.data / "olinda_br" / "L7_ETMs.tif"
    words = {"land_cover": image, "cells": "exact", "measure": "edge", "min_patch_area_m2": 0}
    return cities.recipe("olinda/city.toml.in", "olinda_again", **words)


@pytest.mark.parametrize("city", ["yuexiu", "olinda"])
def test_threads_and_tiles_leave_every_byte_as_it_is(cities, city):
    recipe = recipe_of(cities, city)
    first = cities.assess(recipe)
    for options in OPTIONS:
        other = cities.assess(recipe, *options)
        for name in ("results.csv", "results.json"):
            assert (first / name).read_bytes() == (other / name).read_bytes(), (name, options)
        assert cells_of(first / "maps" / "classes.tif") == cells_of(other / "maps" / "classes.tif"), options
