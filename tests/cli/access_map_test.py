"""The map of access: every cell against distances worked out from the drawing of a city of two streets and a park."""

import json

import numpy as np
import pytest
from conftest import change
from osgeo import gdal
from standards_test import ASSESS, walkers  # noqa: F401
from tiny_city import CELL, SIDE, box, rewrite_layer

SCALE = 0.9996  # of UTM on its central meridian, where the city lies: what the map shows of a true length
PARK = (100, 700, 400, 900)
X, Y = np.meshgrid((np.arange(SIDE) + 0.5) * CELL, (SIDE - np.arange(SIDE) - 0.5) * CELL)


def straight(x, y, rectangle=PARK):
    """Metres of the map from the middles of cells to a rectangle."""
    left, bottom, right, top = rectangle
    return np.hypot(np.maximum(np.maximum(left - x, x - right), 0), np.maximum(np.maximum(bottom - y, y - top), 0))


def on_foot():
    """True metres along the streets of standards_test to the only way in, at (250, 700); and cells as near to one street as to the other."""
    along = {"north": (np.full_like(X, 250), np.clip(Y, 0, 720)), "east": (np.clip(X, 250, 950), np.full_like(Y, 300))}
    away = {name: np.hypot(X - x, Y - y) for name, (x, y) in along.items()}
    walk = {"north": np.abs(along["north"][1] - 700), "east": along["east"][0] - 250 + 400}
    nearer = away["north"] <= away["east"]
    metres = np.where(nearer, away["north"] + walk["north"], away["east"] + walk["east"])
    metres[np.minimum(away["north"], away["east"]) > 250 * SCALE] = np.inf
    metres[straight(X, Y) == 0] = 0
    return metres / SCALE, np.abs(away["north"] - away["east"]) < 1e-6


def classes(metres, limits):
    """1 in the park, 2 up to the first limit, ..."""
    found = np.searchsorted(limits, metres) + 2
    found[metres == 0] = 1
    return found


def read(path):
    dataset = gdal.Open(str(path))
    return dataset, dataset.ReadAsArray()


def told(out):
    return json.loads((out / "run.json").read_text())["maps"]["access"]


def test_distances_along_streets(urbiome, walkers):  # noqa: F811
    urbiome.done(*ASSESS)
    out = walkers.parent / "out"
    dataset, cells = read(out / "maps/access.tif")
    # UNI 5.2 asks for 300 m and SDG 11.7.1 for 400 m of the same places on the same way.
    limits = [100, 200, 300, 400]
    assert told(out) == {
        "file": "maps/access.tif", "standard": "uni_access_street", "framework": "uni", "topic": "5.2/street", "route": "street",
        "title": "Residents within 300 m on foot of public nature", "limits_m": limits, "every_nth_cell": 1,
    }  # fmt: skip
    metres, tied = on_foot()
    expected = classes(metres, limits)
    assert tied.sum() < 100 and {1, 2, 3, 4, 5, 6} == set(expected[~tied])
    np.testing.assert_array_equal(cells[~tied], expected[~tied])
    assert dataset.GetMetadata("IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    band = dataset.GetRasterBand(1)
    names = [band.GetMetadataItem(f"class_{value}") for value in range(1, 7)]
    assert names == ["in a green or blue space", "up to 100 m", "100 to 200 m", "200 to 300 m", "300 to 400 m", "farther than 400 m"]
    colours = {band.GetColorTable().GetColorEntry(value) for value in range(1, 7)}
    assert len(colours) == 6 and band.GetNoDataValue() == 0
    page = (out / "report.html").read_text()
    assert "Access to green" in page and all(name in page for name in names)


def test_straight_lines_where_there_are_no_streets(urbiome, city):
    urbiome.done(*ASSESS)
    out = city.parent / "out"
    assert (told(out)["standard"], told(out)["limits_m"]) == ("uni_access", [50, 100, 150, 200, 250, 300])
    np.testing.assert_array_equal(read(out / "maps/access.tif")[1], classes(straight(X, Y), told(out)["limits_m"]))


def test_the_map_agrees_with_who_is_counted(urbiome, walkers):  # noqa: F811
    """One resident in the middle of every cell: the share within 300 m is that of the cells so far away."""
    everywhere = [(f"POINT({500000 + x} {5599000 + y})", {"people": 1}) for x, y in zip(X.ravel(), Y.ravel(), strict=True)]
    rewrite_layer(walkers.parent / "people.gpkg", everywhere)
    urbiome.done(*ASSESS)
    rows = json.loads((walkers.parent / "out/results.json").read_text())
    found = {r["topic"]: r["value"] for r in rows if r["framework"] and r["zone_id"] == "Tiny"}
    cells = read(walkers.parent / "out/maps/access.tif")[1]
    assert found["5.2/street"] == pytest.approx(100 * (cells <= 4).sum() / SIDE**2, rel=1e-12)
    assert found["11.7.1/access"] == pytest.approx(100 * (cells <= 5).sum() / SIDE**2, rel=1e-12)


def test_nothing_outside_the_city(urbiome, city):
    rewrite_layer(city.parent / "boundary.gpkg", [(box(200, 300, 700, 1000), {"name": "Tiny"})])
    urbiome.done(*ASSESS)
    cells = read(city.parent / "out/maps/access.tif")[1]
    expected = classes(straight(X, Y), told(city.parent / "out")["limits_m"])
    np.testing.assert_array_equal(cells, expected[:70, 20:70])
    rewrite_layer(city.parent / "boundary.gpkg", [("POLYGON((500000 5600000,501000 5600000,500000 5599000,500000 5600000))", {"name": "Tiny"})])
    urbiome.done(*ASSESS, "--overwrite")
    cells = read(city.parent / "out/maps/access.tif")[1]
    inside = np.add.outer(np.arange(SIDE), np.arange(SIDE)) < SIDE
    np.testing.assert_array_equal(cells[inside], expected[inside])
    assert not cells[~inside].any()


def test_large_cities_show_every_nth_cell(urbiome, city):
    """25 km square at 10 m: every second cell, which leaves the centres of odd rows and columns."""
    change(city, '[[land_cover]]\npath = "cover.tif"\nlegend = "legend.csv"\n', "")
    rewrite_layer(city.parent / "boundary.gpkg", [(box(0, 0, 25000, 25000), {"name": "Tiny"})])
    urbiome.done(*ASSESS, "-q", timeout=300)
    out = city.parent / "out"
    assert told(out)["every_nth_cell"] == 2
    dataset, cells = read(out / "maps/access.tif")
    assert cells.shape == (1250, 1250) and dataset.GetGeoTransform()[1] == 20
    x, y = np.meshgrid(np.arange(1250) * 20 + 15.0, 25000 - np.arange(1250) * 20 - 15.0)
    np.testing.assert_array_equal(cells, classes(straight(x, y), told(out)["limits_m"]))


def test_unknown_access_counts_as_the_recipe_says(urbiome, city):
    rewrite_layer(city.parent / "parks.gpkg", [(box(*PARK), {"access": "yes"}), (box(600, 100, 700, 150), {"access": "?"})])
    change(city, "public = \"access = 'yes'\"", "public = \"access = 'yes'\"\nprivate = \"access = 'no'\"")
    urbiome.done(*ASSESS)
    assert read(city.parent / "out/maps/access.tif")[1][87, 65] == 8
    change(city, "[parameters]", '[parameters]\npublic_unknown = "public"')
    urbiome.done(*ASSESS, "--overwrite")
    assert read(city.parent / "out/maps/access.tif")[1][87, 65] == 1


def test_no_map_where_nobody_asks(urbiome, city):
    urbiome.done(*ASSESS, "--only-results")
    assert not (city.parent / "out/maps").exists()
    change(city, "[parameters]", "[frameworks]\nrun = []\n\n[parameters]")
    urbiome.done(*ASSESS, "--overwrite")
    assert [p.name for p in (city.parent / "out/maps").iterdir() if p.suffix == ".tif"] == ["classes.tif"]
    assert "Access to green" not in (city.parent / "out/report.html").read_text()


@pytest.mark.parametrize("threads, tile", [(1, 7), (7, 4096)])
def test_same_bytes(urbiome, walkers, threads, tile):  # noqa: F811
    urbiome.done(*ASSESS)
    urbiome.done("assess", "city.toml", "-o", "other", "--num-threads", str(threads), "--tile-size", str(tile))
    out, other = walkers.parent / "out/maps/access.tif", walkers.parent / "other/maps/access.tif"
    assert out.read_bytes() == other.read_bytes()
