"""urbiome network reach: towns drawn by hand, SciPy's Dijkstra on random ones, and what it refuses."""

import csv
import json
import math
import os
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import BAD_INPUT, WRONG_USAGE
from osgeo import gdal, ogr, osr
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

# Metres on the map are metres on the ground round its middle.
TOWN = "+proj=tmerc +lat_0=-30 +lon_0=-51 +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +type=crs"
CRS = ["--streets-crs", TOWN, "--origins-crs", TOWN, "--targets-crs", TOWN]
PORTO_ALEGRE = Path(os.environ.get("URBIOME_DATA", "/nonexistent")) / "portoalegre_br"


def put(path, kind, shapes, **columns):
    """A GeoJSON file of shapes, with a column for each keyword."""
    features = [{"type": "Feature", "properties": {name: values[i] for name, values in columns.items()},
                 "geometry": {"type": kind, "coordinates": shape}} for i, shape in enumerate(shapes)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def scattered_town(dice, side, kept):
    """Junctions about 90 m apart, by column and row; their numbers; the streets between neighbours that are kept; where streets end."""
    place = {(x, y): (90.0 * x + dice.uniform(-20, 20), 90.0 * y + dice.uniform(-20, 20)) for x in range(side) for y in range(side)}
    number = {key: i for i, key in enumerate(place)}
    edges = [(a, b) for a in place for b in ((a[0] + 1, a[1]), (a[0], a[1] + 1)) if b in place and dice.random() < kept]
    return place, number, edges, sorted({end for edge in edges for end in edge})


def square(x, y, side):
    return [[[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]]


def reach(urbiome, *options):
    """Rows of the table, as dictionaries of numbers and words."""
    people = [] if "--origins" in options else ["--origins", "people.json", "--origin-id", "name"]
    urbiome.done("network", "reach", "out.csv", "--streets", "streets.json", *people,
                 "--targets", "parks.json", "--target-id", "name", *CRS, "-q", "--overwrite", *options)
    with open(urbiome.folder / "out.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for column in ("people", "straight_m", "street_m", "time_s", "snap_m"):
            row[column] = float(row[column]) if row[column] else None
    return rows


@pytest.fixture
def river(urbiome):
    """A river between two quays; the only bridge lies 1,400 m to the east."""
    put(urbiome.folder / "streets.json", "LineString", [[[0, 100], [1400, 100]], [[1400, 100], [1400, -100]], [[1400, -100], [0, -100]]])
    put(urbiome.folder / "people.json", "Point", [[0, 100]], name=["home"], people=[12])
    put(urbiome.folder / "parks.json", "Point", [[0, -100]], name=["park"])
    return urbiome


def test_a_park_across_a_river_is_200_m_away_and_3_km_to_walk(river):
    row, = reach(river, "--people", "people")
    assert row["status"] == "ok" and row["target_id"] == "park" and row["people"] == 12
    assert row["straight_m"] == pytest.approx(200, abs=1e-4)
    assert row["street_m"] == pytest.approx(3000, abs=1e-3)
    assert row["time_s"] == pytest.approx(3000 / 4.8 * 3.6, abs=1e-3)
    assert row["snap_m"] == pytest.approx(0, abs=1e-6)


def test_farther_than_max_is_unreached(river):
    assert reach(river, "--max-m", "2999")[0]["status"] == "unreached"
    assert reach(river, "--max-m", "3001")[0]["status"] == "ok"


def test_streets_that_cross_meet_and_a_bridge_does_not(urbiome):
    put(urbiome.folder / "people.json", "Point", [[0, 0]], name=["home"])
    put(urbiome.folder / "parks.json", "Point", [[100, 300]], name=["park"])
    lines = [[[0, 0], [200, 0]], [[100, -50], [100, 300]]]
    put(urbiome.folder / "streets.json", "LineString", lines, highway=["residential", "residential"], layer=[None, None])
    assert reach(urbiome)[0]["street_m"] == pytest.approx(400, abs=1e-3)
    put(urbiome.folder / "streets.json", "LineString", lines, highway=["residential", "residential"], layer=[None, "1"])
    assert reach(urbiome)[0]["status"] == "unreached"


def test_within_one_long_block_nobody_walks_to_its_end(urbiome):
    put(urbiome.folder / "streets.json", "LineString", [[[0, 0], [1000, 0]]])
    put(urbiome.folder / "people.json", "Point", [[400, -5]], name=["home"])
    put(urbiome.folder / "parks.json", "Point", [[700, 12]], name=["park"])
    row, = reach(urbiome)
    assert row["street_m"] == pytest.approx(5 + 300 + 12, abs=1e-3)  # not over node 0 or 1000, and both ways to the street count
    assert row["snap_m"] == pytest.approx(5, abs=1e-6)


def test_an_island_and_a_home_far_from_every_street_are_unreached(urbiome):
    put(urbiome.folder / "streets.json", "LineString", [[[0, 0], [100, 0]], [[0, 300], [100, 300]]])
    put(urbiome.folder / "people.json", "Point", [[10, 1], [10, 301], [10, 900]], name=["town", "island", "far"])
    put(urbiome.folder / "parks.json", "Point", [[100, 0]], name=["park"])
    town, island, far = reach(urbiome)
    assert town["status"] == "ok"
    assert island["status"] == "unreached" and island["snap_m"] == pytest.approx(1) and island["target_id"] == ""
    assert far["status"] == "unreached" and far["snap_m"] is None and far["straight_m"] == pytest.approx(math.hypot(90, 900))
    assert far["street_m"] is None and far["time_s"] is None


def test_short_islands_are_left_out(urbiome):
    put(urbiome.folder / "streets.json", "LineString", [[[0, 0], [100, 0]], [[0, 30], [50, 30]], [[200, 30], [210, 30]]])
    put(urbiome.folder / "people.json", "Point", [[10, 25]], name=["home"])
    put(urbiome.folder / "parks.json", "Point", [[100, 0]], name=["park"])
    assert reach(urbiome)[0]["status"] == "unreached"  # on the island of 50 m
    assert reach(urbiome, "--min-island-m", "49")[0]["status"] == "unreached"
    row, = reach(urbiome, "--min-island-m", "51")
    assert row["snap_m"] == pytest.approx(25) and row["street_m"] == pytest.approx(25 + 90, abs=1e-3)
    words = ["network", "reach", "out.csv", "--streets", "streets.json", "--origins", "people.json", "--targets", "parks.json", *CRS, "--overwrite"]
    said = urbiome.done(*words, "--min-island-m", "51").stderr.decode()
    assert "2 short islands of 0.1 km together are left out" in said and "cannot be walked to" not in said
    urbiome.refused(BAD_INPUT, ["every street lies on an island of less than 500 m", "--min-island-m"], *words, "--min-island-m", "500")
    urbiome.refused(WRONG_USAGE, "--min-island-m is -1", *words, "--min-island-m", "-1")


@pytest.fixture
def park(urbiome):
    """A street along the south side of a park of 200 x 200 m; its only gate is at the north, where another street ends."""
    put(urbiome.folder / "streets.json", "LineString", [[[0, -10], [200, -10], [300, -10], [300, 210], [100, 210], [100, 201]]])
    put(urbiome.folder / "people.json", "Point", [[100, -15], [100, 100]], name=["south", "inside"])
    put(urbiome.folder / "parks.json", "Polygon", [square(0, 0, 200)], name=["park"])
    put(urbiome.folder / "gates.json", "Point", [[100, 200]], name=["gate"])
    return urbiome


def test_entrances_are_made_where_streets_come_near(park):
    south, inside = reach(park)
    assert south["street_m"] == pytest.approx(5 + 10, abs=1e-3)
    assert inside["street_m"] == 0 and inside["straight_m"] == 0 and inside["snap_m"] == 0 and inside["status"] == "ok"


def test_a_street_that_crosses_the_outline_is_an_entrance(park):
    put(park.folder / "streets.json", "LineString", [[[-100, 50], [-40, 50], [50, 50]]])  # no step of the outline lies there
    put(park.folder / "people.json", "Point", [[-90, 50]], name=["west"])
    assert reach(park, "--entrance-spacing-m", "1000", "--entrance-within-m", "1")[0]["street_m"] == pytest.approx(90, abs=1e-3)


def test_a_park_with_one_gate(park):
    # GeoJSON's own CRS is degrees: gates have to be given in the town's.
    at = ogr.GetDriverByName("GPKG").CreateDataSource(str(park.folder / "gates.gpkg"))
    town = osr.SpatialReference()
    town.SetFromUserInput(TOWN)
    layer = at.CreateLayer("gates", town, ogr.wkbPoint)
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POINT (100 200)"))
    layer.CreateFeature(feature)
    del feature, layer, at
    south, _ = reach(park, "--entrances", "gates.gpkg")
    assert south["street_m"] == pytest.approx(5 + 200 + 220 + 200 + 9 + 1, abs=1e-3)
    put(park.folder / "gates.json", "Point", [[0, 0]], name=["in another ocean"])
    result = park.run("network", "reach", "out.csv", "--streets", "streets.json", "--origins", "people.json", "--targets", "parks.json",
                      *CRS, "--entrances", "gates.json", "--overwrite")
    assert result.returncode == 0 and b"1 of 1 entrances lie more than 30 m" in result.stderr


def test_scipy_walks_the_same_ways_in_random_towns(urbiome):
    dice = random.Random(4)
    for _ in range(3):
        place, number, edges, ends = scattered_town(dice, 12, 0.75)
        put(urbiome.folder / "streets.json", "LineString", [[place[a], place[b]] for a, b in edges])
        homes = dice.sample(ends, 60)
        parks = dice.sample(ends, 5)
        put(urbiome.folder / "people.json", "Point", [place[h] for h in homes], name=[str(h) for h in homes])
        put(urbiome.folder / "parks.json", "Point", [place[p] for p in parks], name=[str(p) for p in parks])
        ends = np.array([[number[a], number[b]] for a, b in edges])
        lengths = [math.dist(place[a], place[b]) for a, b in edges]
        graph = coo_matrix((lengths, (ends[:, 0], ends[:, 1])), shape=(len(place), len(place)))
        expected = dijkstra(graph, directed=False, indices=[number[p] for p in parks], min_only=True)
        rows = reach(urbiome)
        for home, row in zip(homes, rows):
            if np.isinf(expected[number[home]]):
                assert row["status"] == "unreached"
            else:
                assert row["street_m"] == pytest.approx(expected[number[home]], rel=1e-6, abs=1e-5)
        assert sum(row["status"] == "ok" for row in rows) > 30


def test_the_same_bytes_for_any_threads(park):
    dice = random.Random(9)
    put(park.folder / "people.json", "Point", [[dice.uniform(-50, 350), dice.uniform(-50, 250)] for _ in range(9000)],
        name=[str(i) for i in range(9000)])
    tables = set()
    for threads in (1, 2, 7):
        reach(park, "--num-threads", str(threads))
        tables.add((park.folder / "out.csv").read_bytes())
    assert len(tables) == 1


def test_walkable_streets_are_a_table(river):
    put(river.folder / "streets.json", "LineString", [[[0, 100], [50, 100]], [[50, 100], [50, -100], [0, -100]]],
        highway=["footway", "motorway"])
    near = ["--snap-max-m", "20"]  # the park lies at the end of the motorway
    assert reach(river, *near)[0]["status"] == "unreached"
    (river.folder / "mine.csv").write_text("key,value,walkable\nhighway,*,yes\n")
    assert reach(river, *near, "--walkable", "mine.csv")[0]["street_m"] == pytest.approx(300, abs=1e-3)
    (river.folder / "broken.csv").write_text("key,value,walkable\nhighway,*,perhaps\n")
    river.refused(BAD_INPUT, ["broken.csv:2", "yes or no"], "network", "reach", "x.csv", "--streets", "streets.json", "--origins",
                  "people.json", "--targets", "parks.json", "--walkable", "broken.csv")


def test_what_it_refuses(river):
    words = ["network", "reach", "x.csv", "--streets", "streets.json", "--origins", "people.json", "--targets", "parks.json", *CRS]

    def with_(option, value):
        changed = list(words)
        if option in changed:
            changed[changed.index(option) + 1] = value
        else:
            changed += [option, value]
        return changed

    river.refused(BAD_INPUT, "not.json", *with_("--streets", "not.json"))
    river.refused(BAD_INPUT, "no.osm.pbf is not there", *with_("--streets", "no.osm.pbf"))
    river.refused(BAD_INPUT, "holds no lines", *with_("--streets", "people.json"))
    river.refused(BAD_INPUT, "no points or polygons", *with_("--targets", "streets.json"))
    river.refused(BAD_INPUT, "has no column 'folk'", *with_("--people", "folk"))
    river.refused(WRONG_USAGE, "--max-m is 0", *with_("--max-m", "0"))
    river.refused(WRONG_USAGE, "--speed-kmh is -3", *with_("--speed-kmh", "-3"))
    river.refused(WRONG_USAGE, "--origins", *words[:5], "--targets", "parks.json")
    (river.folder / "cut.osm.pbf").write_bytes(b"\x00\x00\x00\x0d\x0a\x09OSMHeader")
    river.refused(BAD_INPUT, "cut.osm.pbf breaks off", *with_("--streets", "cut.osm.pbf"))
    for people in (-3, "many"):
        put(river.folder / "people.json", "Point", [[0, 100]], name=["home"], people=[people])
        river.refused(BAD_INPUT, [f"people of .* is '{people}'", "not negative"], *with_("--people", "people"))


def test_streets_without_a_crs_are_refused(river):
    driver = ogr.GetDriverByName("ESRI Shapefile")
    source = driver.CreateDataSource(str(river.folder / "bare.shp"))
    layer = source.CreateLayer("bare", None, ogr.wkbLineString)
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(ogr.CreateGeometryFromWkt("LINESTRING (0 0, 10 0)"))
    layer.CreateFeature(feature)
    del feature, layer, source
    river.refused(BAD_INPUT, ["names no coordinate reference system", "--streets-crs"], "network", "reach", "x.csv", "--streets", "bare.shp",
                  "--origins", "people.json", "--targets", "parks.json")


def test_people_of_a_raster_are_its_cells(river):
    town = osr.SpatialReference()
    town.SetFromUserInput(TOWN)
    raster = gdal.GetDriverByName("GTiff").Create(str(river.folder / "people.tif"), 3, 2, 1, gdal.GDT_Float32)
    raster.SetProjection(town.ExportToWkt())
    raster.SetGeoTransform([-50, 100, 0, 140, 0, -80])  # centres at x = 0, 100, 200 and y = 100, 20
    raster.GetRasterBand(1).WriteArray(np.array([[7, 0, 2.5], [0, 0, 1]], dtype="f4"))
    raster = None
    rows = reach(river, "--origins", "people.tif")
    assert [(row["origin_id"], row["people"]) for row in rows] == [("0", 7), ("2", 2.5), ("5", 1)]
    assert [row["street_m"] for row in rows] == pytest.approx([3000, 2800, 2880], abs=1e-3)
    raster = gdal.Open(str(river.folder / "people.tif"), gdal.GA_Update)
    raster.GetRasterBand(1).WriteArray(np.array([[-9999]], dtype="f4"), 1, 1)
    raster = None
    river.refused(BAD_INPUT, ["row 1, column 1 holds -9999 people", "nodata"], "network", "reach", "x.csv", "--streets", "streets.json",
                  "--origins", "people.tif", "--targets", "parks.json", *CRS)


def test_missing_people_are_said(river):
    put(river.folder / "people.json", "Point", [[0, 100], [5, 100]], name=["a", "b"], people=[4, None])
    result = river.done("network", "reach", "out.csv", "--streets", "streets.json", "--origins", "people.json", "--people", "people",
                        "--targets", "parks.json", *CRS)
    assert b"1 origins do not say how many people live there" in result.stderr


def test_porto_alegre(urbiome):
    if not PORTO_ALEGRE.is_dir():
        pytest.skip(f"{PORTO_ALEGRE} is not here")
    words = ["--origins", PORTO_ALEGRE / "poa_hexgrid.csv", "--origin-id", "id", "--origin-x", "lon", "--origin-y", "lat",
             "--people", "population", "--targets", PORTO_ALEGRE / "poa_points_of_interest.csv", "--target-id", "id",
             "--target-x", "lon", "--target-y", "lat"]
    urbiome.done("network", "reach", "out.csv", "--streets", PORTO_ALEGRE / "poa_osm.pbf", *words, "-q")
    with open(urbiome.folder / "out.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(float(row["people"]) for row in rows) == 812935  # as many as the source has
    reached = [row for row in rows if row["status"] == "ok"]
    assert len(reached) > 1150
    for row in reached:  # a way is never shorter than the straight line, but for what both round
        assert float(row["street_m"]) >= float(row["straight_m"]) * (1 - 1e-6)
    cut = urbiome.folder / "cut.osm.pbf"
    shutil.copy(PORTO_ALEGRE / "poa_osm.pbf", cut)
    os.truncate(cut, 500_000)
    urbiome.refused(BAD_INPUT, ["cut.osm.pbf breaks off", "get the file again"], "network", "reach", "x.csv", "--streets", cut, *words)


def test_streets_that_do_not_fit_the_memory_are_refused(river):
    lines = [[[50 * x, 40 * y], [50 * x + 50, 40 * y]] for x in range(250) for y in range(250)]
    put(river.folder / "streets.json", "LineString", lines)
    words = ["network", "reach", "out.csv", "--streets", "streets.json", "--origins", "people.json", "--targets", "parks.json", *CRS]
    river.refused(BAD_INPUT, ["the graph of the streets takes [0-9]+ MiB in all", "at most 32 MiB", "osmium extract"], *words, "--memory", "32MiB")
    river.done(*words, "--memory", "1GiB", "-q")
