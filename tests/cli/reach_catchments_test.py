"""Catchments of `network reach`: the ground from which a target is reached, on streets drawn by hand."""

import math
import sqlite3

import pytest
from conftest import WRONG_USAGE
from network_reach_test import CRS, PORTO_ALEGRE, put, square
from osgeo import ogr

WORDS = ["network", "reach", "out.csv", "--streets", "streets.json", "--origins", "people.json", "--origin-id", "name", "--people", "people",
         "--targets", "parks.json", "--target-id", "name", *CRS, "--overwrite"]
CORNERS = 32  # of the circles round ends
ROUND_END = CORNERS / 4 * math.sin(2 * math.pi / CORNERS)  # area of half of such a circle of radius 1


def layers(path):
    """Both layers as (attributes, geometry)."""
    source = ogr.Open(str(path))
    return [[(feature.items(), feature.GetGeometryRef().Clone()) for feature in source.GetLayerByName(name)] for name in ("catchments", "streets")]


def catchments(urbiome, *options):
    said = urbiome.done(*WORDS, "--catchments", "ground.gpkg", *options).stderr.decode()
    return *layers(urbiome.folder / "ground.gpkg"), said


@pytest.fixture
def crossing(urbiome):
    """A T: a street of 2 km along y = 0, and from its middle a side street of 500 m to the north. A stop 100 m into the side street."""
    put(urbiome.folder / "streets.json", "LineString", [[[-1000, 0], [0, 0], [1000, 0]], [[0, 0], [0, 500]]])
    put(urbiome.folder / "people.json", "Point", [[0, 390], [250, 20], [1000, 0], [0, 5000]], name=["a", "b", "c", "d"], people=[10, 20, 40, 80])
    put(urbiome.folder / "parks.json", "Point", [[0, 100]], name=["stop"])
    return urbiome


def test_a_t_by_hand(crossing):
    areas, streets, said = catchments(crossing, "--within", "80,300", "--within-min", "5", "--catchment-width-m", "10")
    assert [items["within"] for items, _ in areas] == [80, 300, 5] and [items["unit"] for items, _ in areas] == ["m", "m", "min"]
    # 80 m: 160 m of the side street, round at both ends. 300 m: also 200 m of both arms, with three ends, and corners that lie on each other.
    assert areas[0][0]["area_ha"] == pytest.approx((160 * 20 + 2 * 100 * ROUND_END) / 1e4, rel=1e-5)
    assert areas[1][0]["area_ha"] == pytest.approx((400 * 20 + 390 * 20 + 3 * 100 * ROUND_END) / 1e4, rel=1e-5)
    x_min, x_max, y_min, y_max = areas[1][1].GetEnvelope()
    assert (x_min, x_max, y_min, y_max) == pytest.approx((-210, 210, -10, 410), abs=0.01)
    # a: 290 m; b: 20 + 250 + 100 m; c: 1,100 m; d: no street.
    assert [(items["origins"], items["people"]) for items, _ in areas] == [(0, 0), (1, 10), (2, 30)]
    assert "people that reach a target: 0 within 80 m, 10 within 300 m, 30 within 5 min" in said
    for within, unit, far in ((300, "m", 300), (5, "min", 5)):
        ends = sorted((round(items["from_start"], 6), round(items["from_end"], 6)) for items, _ in streets if items["unit"] == unit)
        assert len(ends) == 3 and {items["within"] for items, _ in streets if items["unit"] == unit} == {within}
        near = far * 100 / (300 if unit == "m" else 400)
        assert sorted(ends) == pytest.approx([(near, far), (near, far), (far, near)], abs=1e-5)
    lengths = sum(line.Length() for items, line in streets if items["unit"] == "m")
    assert lengths == pytest.approx(400 + 400, abs=1e-3)


def test_targets_are_in_it_and_the_crs_is_that_of_the_streets(crossing):
    put(crossing.folder / "parks.json", "Polygon", [square(-50, 100, 100)], name=["park"])  # the side street leads into it
    areas, _, _ = catchments(crossing, "--within", "50")
    assert areas[0][1].Area() > 100 * 100
    assert areas[0][1].Contains(ogr.CreateGeometryFromWkt("POINT (-45 195)"))
    assert "Transverse_Mercator" in areas[0][1].GetSpatialReference().ExportToWkt()


def test_the_same_bytes_for_any_threads(crossing):
    files = set()
    for threads in (1, 2, 7):
        catchments(crossing, "--num-threads", str(threads))
        files.add((crossing.folder / "ground.gpkg").read_bytes())
    assert len(files) == 1


def test_what_it_refuses(crossing):
    crossing.refused(WRONG_USAGE, "--catchment-width-m is 0", *WORDS, "--catchments", "ground.gpkg", "--catchment-width-m", "0")
    crossing.refused(WRONG_USAGE, "ends in .shp, but is written as GeoPackage", *WORDS, "--catchments", "ground.shp")
    crossing.refused(WRONG_USAGE, "parks.json", *WORDS, "--catchments", "parks.json")


def test_porto_alegre(urbiome):
    if not PORTO_ALEGRE.is_dir():
        pytest.skip(f"{PORTO_ALEGRE} is not here")
    urbiome.done("network", "reach", "out.csv", "--streets", PORTO_ALEGRE / "poa_osm.pbf", "--origins", PORTO_ALEGRE / "poa_hexgrid.csv",
                 "--origin-id", "id", "--origin-x", "lon", "--origin-y", "lat", "--people", "population", "--targets",
                 PORTO_ALEGRE / "poa_points_of_interest.csv", "--target-id", "id", "--target-x", "lon", "--target-y", "lat",
                 "--catchments", "ground.gpkg", "--opportunities", "more.csv", "-q")
    areas, streets = layers(urbiome.folder / "ground.gpkg")
    assert "EPSG\",\"4326" in areas[0][1].GetSpatialReference().ExportToWkt()
    grown = [geometry for _, geometry in areas]
    assert all(geometry.IsValid() for geometry in grown)
    assert grown[0].Difference(grown[1]).Area() < 1e-9 and grown[1].Difference(grown[2]).Area() < 1e-9
    with sqlite3.connect(urbiome.folder / "ground.gpkg") as base:
        people = [row[0] for row in base.execute("SELECT people FROM catchments ORDER BY within")]
    assert 0 < people[0] < people[1] < people[2] < 812935
    assert len(streets) > 1000
