"""network reach --elevation: walking times up and down hill, by hand and by SciPy's Dijkstra on a tilted town."""

import csv
import math
import random

import numpy as np
import pytest
from conftest import BAD_INPUT, WRONG_USAGE
from network_reach_test import CRS, PORTO_ALEGRE, TOWN, put, scattered_town
from osgeo import gdal, osr
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

WORDS = ["network", "reach", "out.csv", "--streets", "streets.json", "--origins", "people.json", "--origin-id", "name",
         "--targets", "parks.json", "--target-id", "name", *CRS, "--overwrite"]
SECONDS_PER_M = 3.6 / 4.8


def tobler(slope):
    """How much longer than on flat ground: 6 exp(-3.5 |s + 0.05|) km/h."""
    return math.exp(-3.5 * 0.05) / math.exp(-3.5 * abs(slope + 0.05))


def put_heights(path, height_at, west=-1500, north=1500, side=50, cells=60, crs=TOWN, nodata=None):
    """A raster of height_at(x, y) at the centres of its cells."""
    system = osr.SpatialReference()
    if crs:
        system.SetFromUserInput(crs)
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    raster = gdal.GetDriverByName("GTiff").Create(str(path), cells, cells, 1, gdal.GDT_Float64)
    if crs:
        raster.SetProjection(system.ExportToWkt())
    raster.SetGeoTransform([west, side, 0, north, 0, -side])
    x = west + side * (np.arange(cells) + 0.5)
    y = north - side * (np.arange(cells) + 0.5)
    band = raster.GetRasterBand(1)
    if nodata is not None:
        band.SetNoDataValue(nodata)
    band.WriteArray(np.array([[height_at(a, b) for a in x] for b in y], dtype="f8"))


def reach(urbiome, *options):
    said = urbiome.done(*WORDS, *options).stderr.decode()
    with open(urbiome.folder / "out.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for column in ("street_m", "time_s"):
            row[column] = float(row[column]) if row[column] else None
    return rows, said


@pytest.fixture
def slope(urbiome):
    """A street of 1 km to the east, uphill at 10 % or whatever the heights say; a home at both ends and a stop at the other one."""
    put(urbiome.folder / "streets.json", "LineString", [[[0, 0], [1000, 0]], [[0, 300], [1000, 300]]])
    put(urbiome.folder / "people.json", "Point", [[0, 0], [1000, 300]], name=["below", "above"])
    put(urbiome.folder / "parks.json", "Point", [[1000, 0], [0, 300]], name=["top", "foot"])
    put_heights(urbiome.folder / "hill.tif", lambda x, y: 20 + 0.1 * x)
    return urbiome


def test_uphill_takes_longer_than_downhill(slope):
    (below, above), said = reach(slope, "--elevation", "hill.tif")
    assert "flat" not in said
    assert [below["target_id"], above["target_id"]] == ["top", "foot"]
    assert below["street_m"] == above["street_m"] == pytest.approx(1000, abs=1e-3)
    assert below["time_s"] == pytest.approx(1000 * SECONDS_PER_M * tobler(0.1), rel=1e-5)
    assert above["time_s"] == pytest.approx(1000 * SECONDS_PER_M * tobler(-0.1), rel=1e-5)
    put_heights(slope.folder / "hill.tif", lambda x, y: 20 + 0.05 * x)
    assert reach(slope, "--elevation", "hill.tif")[0][1]["time_s"] == pytest.approx(750 * math.exp(-0.175), rel=1e-5)  # quicker than flat


def test_flat_ground_changes_nothing(slope):
    put_heights(slope.folder / "flat.tif", lambda x, y: 7)
    without, with_ = reach(slope)[0], reach(slope, "--elevation", "flat.tif")[0]
    for a, b in zip(without, with_):
        assert a["time_s"] == pytest.approx(b["time_s"], abs=1e-5)
        assert {**a, "time_s": 0} == {**b, "time_s": 0}


def test_heights_in_another_crs(slope):
    put_heights(slope.folder / "degrees.tif", lambda lon, lat: (lon + 51) * 9000, west=-51.03, north=-29.97, side=0.001, crs="EPSG:4326")
    rows, _ = reach(slope, "--elevation", "degrees.tif")
    metres_per_degree = 111319.49 * math.cos(math.radians(30)) * (1 + 0.00335 * math.sin(math.radians(30)) ** 2)
    assert rows[0]["time_s"] == pytest.approx(750 * tobler(9000 / metres_per_degree), rel=1e-5)


def test_a_longer_way_round_a_ridge_is_quicker(urbiome):
    put(urbiome.folder / "streets.json", "LineString", [[[0, 0], [400, 0]], [[0, 0], [0, -100], [400, -100], [400, 0]]])
    put(urbiome.folder / "people.json", "Point", [[0, 0]], name=["home"])
    put(urbiome.folder / "parks.json", "Point", [[400, 0]], name=["stop"])
    put_heights(urbiome.folder / "ridge.tif", lambda x, y: 100 if y > -50 and abs(x - 200) < 50 else 0)
    over = ["--opportunities", "more.csv", "--within", "500", "--within-min", "6,9"]
    row = reach(urbiome)[0][0]
    assert row["street_m"] == pytest.approx(400, abs=1e-3)
    row = reach(urbiome, "--elevation", "ridge.tif", *over)[0][0]
    assert row["street_m"] == pytest.approx(600, abs=1e-3) and row["time_s"] == pytest.approx(450, rel=1e-3)  # 7.5 minutes
    with open(urbiome.folder / "more.csv", newline="") as file:
        assert [(row["within"], row["targets"]) for row in csv.DictReader(file)] == [("500", "1"), ("6", "0"), ("9", "1")]
    assert reach(urbiome, "--elevation", "ridge.tif", "--max-m", "500")[0][0]["status"] == "unreached"  # the quickest way is longer


def test_scipy_walks_as_long_in_a_tilted_town(urbiome):
    dice = random.Random(6)
    place, number, edges, ends = scattered_town(dice, 10, 0.8)
    homes, parks = dice.sample(ends, 50), dice.sample(ends, 4)
    put(urbiome.folder / "streets.json", "LineString", [[place[a], place[b]] for a, b in edges])
    put(urbiome.folder / "people.json", "Point", [place[h] for h in homes], name=[str(h) for h in homes])
    put(urbiome.folder / "parks.json", "Point", [place[p] for p in parks], name=[str(p) for p in parks])
    put_heights(urbiome.folder / "hill.tif", lambda x, y: 0.2 * x - 0.12 * y)

    def seconds(a, b):
        (ax, ay), (bx, by) = place[a], place[b]
        length = math.dist(place[a], place[b])
        return length * SECONDS_PER_M * tobler((0.2 * (bx - ax) - 0.12 * (by - ay)) / length)

    both = edges + [(b, a) for a, b in edges]
    graph = coo_matrix(([seconds(a, b) for a, b in both], ([number[a] for a, _ in both], [number[b] for _, b in both])),
                       shape=(len(place), len(place)))
    ways = dijkstra(graph, directed=True, indices=[number[h] for h in homes])[:, [number[p] for p in parks]]
    rows, _ = reach(urbiome, "--elevation", "hill.tif")
    for expected, row in zip(ways, rows):
        if np.isinf(expected).all():
            assert row["status"] == "unreached"
        else:
            assert row["time_s"] == pytest.approx(expected.min(), rel=1e-4, abs=1e-3)
            assert row["target_id"] == str(parks[expected.argmin()])


def test_streets_without_heights_are_flat_and_said(slope):
    put_heights(slope.folder / "half.tif", lambda x, y: -9999 if x > 500 else 0.1 * x, nodata=-9999)
    rows, said = reach(slope, "--elevation", "half.tif")
    # The last centre with a height is at 475 m; steps are of 25 m.
    assert rows[0]["time_s"] == pytest.approx(750 * (0.475 * tobler(0.1) + 0.525), rel=1e-5)
    assert "half.tif: 1.0 of 2.0 km of streets lie on nodata and are taken as flat" in said
    put_heights(slope.folder / "west.tif", lambda x, y: 0.1 * x, west=-2500)
    rows, said = reach(slope, "--elevation", "west.tif")
    assert rows[0]["time_s"] == pytest.approx(750 * (0.475 * tobler(0.1) + 0.025 * 1 + 0.5), rel=2e-2)
    assert "west.tif: 1.0 of 2.0 km of streets lie outside of it and are taken as flat" in said


def test_the_same_bytes_for_any_threads(slope):
    tables = set()
    for threads in (1, 2, 7):
        reach(slope, "--elevation", "hill.tif", "--num-threads", str(threads), "-q")
        tables.add((slope.folder / "out.csv").read_bytes())
    assert len(tables) == 1


def test_what_it_refuses(slope):
    slope.refused(BAD_INPUT, "no.tif", *WORDS, "--elevation", "no.tif")
    slope.refused(BAD_INPUT, "people.json", *WORDS, "--elevation", "people.json")
    slope.refused(BAD_INPUT, "band", *WORDS, "--elevation", "hill.tif", "--elevation-band", "2")
    slope.refused(WRONG_USAGE, "--elevation", *WORDS, "--elevation-band", "2")
    put_heights(slope.folder / "elsewhere.tif", lambda x, y: 5, west=50000)
    slope.refused(BAD_INPUT, ["elsewhere.tif has no height for any of the streets", "--elevation-crs"], *WORDS, "--elevation", "elsewhere.tif")
    put_heights(slope.folder / "bare.tif", lambda x, y: 0.1 * x, crs=None)
    slope.refused(BAD_INPUT, ["bare.tif names no coordinate reference system", "--elevation-crs"], *WORDS, "--elevation", "bare.tif")
    assert reach(slope, "--elevation", "bare.tif", "--elevation-crs", TOWN)[0] == reach(slope, "--elevation", "hill.tif")[0]
    with open(slope.folder / "hill.tif", "r+b") as file:
        file.truncate(2000)
    slope.refused(BAD_INPUT, "hill.tif", *WORDS, "--elevation", "hill.tif")


def test_porto_alegre(urbiome):
    if not PORTO_ALEGRE.is_dir():
        pytest.skip(f"{PORTO_ALEGRE} is not here")
    words = ["network", "reach", "out.csv", "--streets", PORTO_ALEGRE / "poa_osm.pbf", "--origins", PORTO_ALEGRE / "poa_hexgrid.csv",
             "--origin-id", "id", "--origin-x", "lon", "--origin-y", "lat", "--targets", PORTO_ALEGRE / "poa_points_of_interest.csv",
             "--target-id", "id", "--target-x", "lon", "--target-y", "lat", "--overwrite"]
    tables = []
    for heights in ([], ["--elevation", PORTO_ALEGRE / "poa_elevation.tif"]):
        urbiome.done(*words, *heights)
        with open(urbiome.folder / "out.csv", newline="") as file:
            tables.append([row for row in csv.DictReader(file) if row["status"] == "ok" and float(row["street_m"]) > 0])
    flat, hilly = ({row["origin_id"]: row for row in table} for table in tables)
    assert flat.keys() == hilly.keys()
    times = np.array([[float(flat[key]["time_s"]), float(hilly[key]["time_s"])] for key in flat])
    assert (times[:, 1] > times[:, 0] * math.exp(-0.175) - 1e-6).all()  # nothing is quicker than downhill at 5 %
    assert 1.0 < times[:, 1].sum() / times[:, 0].sum() < 1.3
    for key in flat:
        assert float(hilly[key]["street_m"]) >= float(flat[key]["street_m"]) - 1e-3  # the shortest way is not always the quickest
