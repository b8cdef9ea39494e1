"""urbiome network supply from layers: by hand, against plain numpy over all pairs and SciPy's ways, and what it refuses."""

import csv
import math
import random

import numpy as np
import pytest
from conftest import BAD_INPUT, WRONG_USAGE
from network_reach_test import CRS, TOWN, put, scattered_town, square
from network_supply_test import KERNELS, METHODS, put as put_table, reference, rows_of
from osgeo import gdal, osr
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

LAYERS = ["--origins", "people.json", "--origin-id", "name", "--people", "people", "--targets", "parks.json", "--target-id", "name"]
PLACED = CRS[2:]  # of origins and targets
STRAIGHT = ["network", "supply", "out.csv", *LAYERS, *PLACED, "--straight"]
STREETS = ["network", "supply", "out.csv", *LAYERS, *CRS, "--streets", "streets.json"]


def values(urbiome, words, *options):
    """The values of places and the ratios of supplies by their ids."""
    urbiome.done(*words, *options, "-q", "--overwrite")
    found = {}
    for name, metric, value in rows_of(urbiome.folder):
        found.setdefault(metric, {})[name] = float(value) if value else None
    method = options[options.index("--method") + 1] if "--method" in options else "2sfca"
    assert list(found)[:2] == [method, "supply_ratio"]
    return found[method], found["supply_ratio"]


def write(folder, people, parks, kind="Point"):
    """People as (name, point, number), parks as (name, shape, amount)."""
    put(folder / "people.json", "Point", [at for _, at, _ in people], name=[n for n, _, _ in people], people=[p for _, _, p in people])
    put(folder / "parks.json", kind, [shape for _, shape, _ in parks], name=[n for n, _, _ in parks], amount=[a for _, _, a in parks])


def meeting(a, b, near, far):
    """The point `near` metres from a and `far` from b."""
    apart = math.dist(a, b)
    along = (near ** 2 - far ** 2 + apart ** 2) / (2 * apart)
    return [a[0] + along * (b[0] - a[0]) / apart, math.sqrt(near ** 2 - along ** 2)]


@pytest.fixture
def example(urbiome):
    """InVEST's worked example on the map: two parks 450 m apart; a tenth of a millimetre keeps rounding off the limit."""
    p, q = [0, 0], [450, 0]
    people = [("north", meeting(p, q, 100, 400), 500), ("south", meeting(p, q, 450, 200), 300), ("west", meeting(p, q, 900, 499.9999), 200)]
    write(urbiome.folder, people, [("p", p, 10000), ("q", q, 30000)])
    return urbiome


@pytest.mark.parametrize("kernel, ratio, access", [
    ("dichotomy", [12.5, 30], [42.5, 42.5, 30]), ("exponential", [18.820473, 60.079740], [42.404467, 47.924487, 22.102101]),
    ("gaussian", [19.196637, 76.261190], [41.414685, 64.308858, 0]), ("density", [24.829299, 92.592593], [42.877095, 61.871508, 0])])
def test_worked_example_on_the_map(example, kernel, ratio, access):
    options = ["--amount", "amount", "--max", 500, "--kernel", kernel]
    reached, ratios = values(example, STRAIGHT, *options)
    np.testing.assert_allclose(list(reached.values()), access, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(list(ratios.values()), ratio, rtol=1e-5)
    assert sum(people * reached[name] for name, people in [("north", 500), ("south", 300), ("west", 200)]) == pytest.approx(40000, rel=1e-12)
    assert list(reached) == ["north", "south", "west"] and list(ratios) == ["p", "q"]


@pytest.fixture
def town(urbiome):
    """A street of 1 km, with a home at its start, one inside a park of two parts, and one that nobody reaches."""
    put(urbiome.folder / "streets.json", "LineString", [[[0, 0], [1000, 0]]])
    write(urbiome.folder, [("west", [0, 0], 10), ("inside", [450, 50], 30), ("far", [0, 9000], 2)],
          [("small", square(200, 5, 100), 7), ("large", square(400, 5, 100), 1), ("large", square(500, 5, 100), 2), ("moor", square(5000, 5000, 200), 9)], "Polygon")
    return urbiome


def test_streets_by_hand(town):
    # west is 205 m from the small park, 405 m from the large one; inside is 50 + 150 + 5 m from the small one.
    near = ["--entrance-within-m", 10, "--max", 300]
    reached, ratios = values(town, STREETS, *near)
    assert ratios == pytest.approx({"small": 1e4 / 40, "large": 2e4 / 30, "moor": 0}, rel=1e-6)
    assert reached == pytest.approx({"west": 250, "inside": 250 + 2e4 / 30, "far": 0}, rel=1e-6)
    reached, ratios = values(town, STREETS, *near, "--amount", "amount")
    assert ratios == pytest.approx({"small": 7 / 40, "large": 3 / 30, "moor": 0}, rel=1e-12)
    said = town.done(*STREETS, *near, "--overwrite").stderr.decode()
    assert "3 places, 3 supplies, 3 costs along streets" in said
    assert "1 of 3 supplies are in nobody's reach" in said and "1 of 3 places reach no supply, 2 people in all" in said
    assert "1 of 3 places have no entrance" in said


def test_straight_by_hand(town):
    reached, ratios = values(town, STRAIGHT, "--max", 300)
    assert ratios == pytest.approx({"small": 1e4 / 40, "large": 2e4 / 30, "moor": 0}, rel=1e-6)
    said = town.done(*STRAIGHT, "--max", "inf", "--overwrite").stderr.decode()
    assert "9 costs in a straight line" in said and "nobody" not in said
    assert b"in nobody's reach" in town.done(*STRAIGHT, "--max", 0, "--overwrite").stderr  # inside still counts
    assert values(town, STRAIGHT, "--max", 0)[0]["inside"] == pytest.approx(2e4 / 30, rel=1e-6)


def to_square(point, box):
    """Metres from a point to a square, 0 inside."""
    (x0, y0), (x1, y1) = box[0][0], box[0][2]
    return math.hypot(max(x0 - point[0], 0, point[0] - x1), max(y0 - point[1], 0, point[1] - y1))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_straight_lines_by_brute_force(urbiome, method, kernel):
    dice = random.Random(3)
    homes = [("h%d" % i, [dice.uniform(-1500, 1500), dice.uniform(-1500, 1500)], dice.randrange(200)) for i in range(150)]
    parks = [("p%d" % j, square(dice.uniform(-1500, 1500), dice.uniform(-1500, 1500), dice.uniform(20, 300)), round(dice.uniform(0, 9e4), 1)) for j in range(25)]
    write(urbiome.folder, homes, parks, "Polygon")
    put_table(urbiome.folder / "steps.csv", "max_cost,weight", [[1200, 0.1], [300, 1], [600, 0.5]])
    cost = np.array([[to_square(at, shape) for _, shape, _ in parks] for _, at, _ in homes])
    cost[cost > 900] = np.inf  # longer ways are none
    weight, options = KERNELS[kernel]
    if kernel == "inverse":
        weight, options = lambda d: 1 / np.maximum(d, 20), ["--floor", 20]
    people, amounts = np.array([p for _, _, p in homes]), np.array([a for _, _, a in parks])
    expected = reference(method, weight, 900, people, amounts, cost)
    reached, ratios = values(urbiome, STRAIGHT, "--amount", "amount", "--method", method, "--kernel", kernel, "--max", 900, *options)
    np.testing.assert_allclose(list(reached.values()), expected[0], rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(list(ratios.values()), expected[1], rtol=1e-5, atol=1e-6)
    if method != "bfca":
        used = sum(a for a, ratio in zip(amounts, ratios.values()) if ratio > 0)
        assert np.dot(people, list(reached.values())) == pytest.approx(used, rel=1e-9)


def random_town(urbiome, seed=8, side=9):
    """Streets with homes and parks at their corners; the ways between them by SciPy."""
    dice = random.Random(seed)
    place, number, edges, ends = scattered_town(dice, side, 0.8)
    homes, parks = dice.sample(ends, 40), dice.sample(ends, 12)
    put(urbiome.folder / "streets.json", "LineString", [[place[a], place[b]] for a, b in edges])
    people, amounts = np.array([dice.randrange(90) for _ in homes]), np.array([dice.uniform(100, 9000) for _ in parks])
    write(urbiome.folder, [(f"h{i}", place[h], int(people[i])) for i, h in enumerate(homes)], [(f"p{j}", place[p], amounts[j]) for j, p in enumerate(parks)])
    lengths = [math.dist(place[a], place[b]) for a, b in edges]
    graph = coo_matrix((lengths, ([number[a] for a, b in edges], [number[b] for a, b in edges])), shape=(len(place), len(place)))
    return people, amounts, dijkstra(graph, directed=False, indices=[number[h] for h in homes])[:, [number[p] for p in parks]]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kernel", ["dichotomy", "gaussian", "exponential", "power"])
def test_streets_by_scipy(urbiome, method, kernel):
    people, amounts, cost = random_town(urbiome)
    cost[cost > 450.5] = np.inf
    weight = {"dichotomy": lambda d: (d <= 450.5) * 1.0, "exponential": lambda d: np.exp(-d / 450.5), "power": lambda d: (np.maximum(d, 30) / 30) ** -1.7,
              "gaussian": lambda d: (np.exp(-0.5 * (d / 450.5) ** 2) - np.exp(-0.5)) / (1 - np.exp(-0.5))}[kernel]
    options = ["--power", 1.7, "--floor", 30] if kernel == "power" else []
    expected = reference(method, weight, 450.5, people, amounts, cost)
    reached, ratios = values(urbiome, STREETS, "--amount", "amount", "--method", method, "--kernel", kernel, "--max", 450.5, *options)
    np.testing.assert_allclose(list(reached.values()), expected[0], rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(list(ratios.values()), expected[1], rtol=1e-5, atol=1e-6)
    assert np.isfinite(cost).sum() > 100


def test_the_same_digits_as_from_tables(urbiome):
    """The ways of `network reach` to one park, given as a table of costs."""
    random_town(urbiome)
    put(urbiome.folder / "parks.json", "Point", [[300, 300]], name=["only"], amount=[1234.5])
    urbiome.done("network", "reach", "ways.csv", *LAYERS, *CRS, "--streets", "streets.json", "-q")
    with open(urbiome.folder / "ways.csv", newline="") as file:
        ways = [row for row in csv.DictReader(file) if row["status"] == "ok"]
    put_table(urbiome.folder / "costs.csv", "origin,dest,cost", [[row["origin_id"], "only", row["street_m"]] for row in ways])
    put_table(urbiome.folder / "demand.csv", "id,people", [[row["origin_id"], row["people"]] for row in ways])
    put_table(urbiome.folder / "supply.csv", "id,amount", [["only", 1234.5]])
    options = ["--kernel", "gaussian", "--max", 500]
    reached, _ = values(urbiome, STREETS, "--amount", "amount", *options)
    urbiome.done("network", "supply", "demand.csv", "supply.csv", "costs.csv", "out.csv", *options, "--overwrite")
    by_table = {name: float(value) for name, metric, value in rows_of(urbiome.folder) if metric == "2sfca"}
    assert len(by_table) > 30
    for name, value in by_table.items():
        assert reached[name] == pytest.approx(value, rel=1e-6, abs=1e-7)


def test_the_same_bytes_for_any_threads(urbiome):
    random_town(urbiome)
    dice = random.Random(9)
    write_people = [("h%d" % i, [dice.uniform(-50, 750), dice.uniform(-50, 750)], dice.randrange(50)) for i in range(9000)]
    put(urbiome.folder / "people.json", "Point", [at for _, at, _ in write_people], name=[n for n, _, _ in write_people], people=[p for _, _, p in write_people])
    for words in (STREETS, STRAIGHT):
        tables = set()
        for threads in (1, 2, 7):
            values(urbiome, words, "--amount", "amount", "--method", "3sfca", "--max", 300, "--num-threads", threads)
            tables.add((urbiome.folder / "out.csv").read_bytes())
        assert len(tables) == 1


def test_people_of_a_raster_and_a_csv(town):
    crs = osr.SpatialReference()
    crs.SetFromUserInput(TOWN)
    raster = gdal.GetDriverByName("GTiff").Create(str(town.folder / "people.tif"), 2, 1, 1, gdal.GDT_Float32)
    raster.SetProjection(crs.ExportToWkt())
    raster.SetGeoTransform([-50, 500, 0, 50, 0, -100])  # centres at x = 200, 700
    raster.GetRasterBand(1).WriteArray(np.array([[7, 2.5]], dtype="f4"))
    raster = None
    words = ["network", "supply", "-o", "out.csv", "--targets", "parks.json", "--target-id", "name", "--targets-crs", TOWN, "--straight"]
    reached, _ = values(town, words, "--origins", "people.tif", "--max", 150)
    assert reached == pytest.approx({"0": 1e4 / 7, "1": 2e4 / 2.5}, rel=1e-6)
    town.refused(WRONG_USAGE, "people.tif is a raster", *words, "--origins", "people.tif", "--people", "people", "--max", 5, "--overwrite")
    put_table(town.folder / "people.csv", "name,lon,lat,n", [["a", -51, -30, 4]])
    reached, _ = values(town, words, "--origins", "people.csv", "--origin-x", "lon", "--origin-y", "lat", "--people", "n", "--max", 250)
    assert reached == pytest.approx({"1": 1e4 / 4}, rel=1e-6)


def test_who_has_no_place_is_said(town):
    text = (town.folder / "people.json").read_text().replace('{"type": "Point", "coordinates": [0, 9000]}', "null")
    (town.folder / "people.json").write_text(text)
    result = town.done(*STRAIGHT, "--max", 300)
    assert b"1 origins have no place" in result.stderr and b"2 people in all" in result.stderr
    assert [row[0] for row in rows_of(town.folder)][:3] == ["west", "inside", "far"]


@pytest.mark.parametrize("words, said", [
    ([*STRAIGHT, "--streets", "streets.json", "--max", 5], "--straight does not go with --streets"), ([*STRAIGHT, "--walkable", "w.csv", "--max", 5], "--straight does not go with --walkable"),
    ([*STRAIGHT[:-1], "--max", 5], "neither --streets nor --straight"), (STRAIGHT, "--max is missing"), ([*STRAIGHT, "--max", -5], "--max -5"),
    (["network", "supply", "a.csv", "b.csv", "c.csv", *STRAIGHT[2:], "--max", 5], "--origins does not go with tables .a.csv.*DEMAND SUPPLY COSTS"),
    (["network", "supply", "a.csv", "b.csv", "c.csv", "out.csv", "--straight"], "--straight does not go with tables"), (["network", "supply", "a.csv", "b.csv", "c.csv", "out.csv", "--streets", "streets.json"], "--streets does not go with tables"),
    (["network", "supply", "out.csv", "--straight", "--targets", "parks.json"], "--origins is missing"), (["network", "supply", "out.csv", "--straight", "--origins", "parks.json"], "--targets is missing"),
    (["network", "supply", *STRAIGHT[3:], "--max", 5], "no file to write"), ([*STREETS, "--snap-max-m", -1, "--max", 5], "--snap-max-m is -1"), ([*STREETS, "--entrance-spacing-m", 0, "--max", 5], "--entrance-spacing-m is 0"),
    (["network", "supply", "people.json", *STRAIGHT[3:], "--max", 5], "people.json"), (["network", "supply", "out.csv", "--origins", "people.json", "--targets", "parks.json", *PLACED, "--straight", "--max", 5], "--people is missing.*people.json"),
    ([*STRAIGHT, "--max", 5, "--kernel", "power"], "no exponent"), ([*STRAIGHT, "--max", "inf", "--kernel", "gaussian"], "has no end")])
def test_wrong_usage(town, words, said):
    town.refused(WRONG_USAGE, said, *words)


def test_bad_input(town):
    def people(*numbers):
        put(town.folder / "people.json", "Point", [[x, 0] for x in range(len(numbers))], name=[f"h{i}" for i in range(len(numbers))], people=list(numbers))

    words = [*STRAIGHT, "--max", 300]
    town.refused(BAD_INPUT, "no column 'size'", *words, "--amount", "size")
    town.refused(BAD_INPUT, "weighs without limit.*--floor", *words, "--kernel", "inverse")
    assert "inside lies 0 m from large" in town.refused(BAD_INPUT, "without limit", *words, "--kernel", "power", "--power", 2)
    people(3, -1)
    town.refused(BAD_INPUT, ["people of h1 is '-1'", "not negative"], *words)
    people(3, None)
    town.refused(BAD_INPUT, ["people of h1 is empty", "write 0"], *words)
    people(3, 1e16)
    town.refused(BAD_INPUT, ["h1 has 1e\\+16 people", "at most 1e\\+15"], *words)
    people(3, 4)
    for amount, said in ((-2, "amount of p is '-2'"), (None, "amount of p is empty"), (1e16, "amount of p is 1e\\+16")):
        put(town.folder / "parks.json", "Point", [[5, 5]], name=["p"], amount=[amount])
        town.refused(BAD_INPUT, said, *words, "--amount", "amount")
    town.refused(BAD_INPUT, ["p has no area", "--amount COLUMN"], *words)
    for name, said in (("streets.json", "streets.json holds no points or polygons"), ("none.json", "none.json")):
        town.refused(BAD_INPUT, said, *[name if word == "parks.json" else word for word in words])


def test_memory_is_kept(urbiome):
    count = 1800
    put(urbiome.folder / "people.json", "Point", [[i, 0] for i in range(count)], name=[str(i) for i in range(count)], people=[1] * count)
    put(urbiome.folder / "parks.json", "Point", [[i, 5] for i in range(count)], name=[str(i) for i in range(count)], amount=[1] * count)
    words = [*STRAIGHT, "--amount", "amount", "--max", 9000]
    urbiome.refused(BAD_INPUT, ["costs in a straight line takes", "--memory"], *words, "--memory", "48MiB", "--num-threads", 1)
    assert list(values(urbiome, words, "--memory", "256MiB")[0].values()) == [1] * count
