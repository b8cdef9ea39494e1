"""What `network reach` says of everything within limits: targets, their area, by hand and by brute force."""

import csv
import math
import random

import numpy as np
import pytest
from conftest import WRONG_USAGE
from network_reach_test import CRS, put, scattered_town, square
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

WORDS = ["network", "reach", "out.csv", "--streets", "streets.json", "--origins", "people.json", "--origin-id", "name", "--people", "people",
         "--targets", "parks.json", "--target-id", "name", *CRS, "--overwrite"]


def opportunities(urbiome, *options):
    """Rows of the second table by origin, limit and unit; and what was said."""
    said = urbiome.done(*WORDS, "--opportunities", "more.csv", *options).stderr.decode()
    with open(urbiome.folder / "more.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["origin_id", "within", "unit", "people", "targets", "area_ha", "straight_targets", "straight_area_ha"]
    table = {(row["origin_id"], float(row["within"]), row["unit"]): row for row in rows}
    assert len(table) == len(rows)
    return table, said


def figures(row):
    return int(row["targets"]), float(row["area_ha"]), int(row["straight_targets"]), float(row["straight_area_ha"])


@pytest.fixture
def street(urbiome):
    """A street of 1 km. Along it a park of 1 ha at 200 m, one of 10 ha at 400 m in two features, a kiosk at 700 m; across a canal at 60 m, one
    of 1 ha that only a street from 1,000 m leads to."""
    put(urbiome.folder / "streets.json", "LineString", [[[0, 0], [1000, 0]], [[1000, 0], [1000, 160], [0, 160]]])
    put(urbiome.folder / "people.json", "Point", [[0, 0], [250, 50], [5000, 0]], name=["west", "inside", "far"], people=[10, 5, 3])
    put(urbiome.folder / "parks.json", "Polygon",
        [square(200, 5, 100), square(400, 5, 100), square(400, -305, 300), square(0, 60, 100)], name=["small", "large", "large", "across"])
    return urbiome


def test_a_street_by_hand(street):
    table, said = opportunities(street, "--within", "200,300,405,1000", "--within-min", "5,15", "--entrance-within-m", "10")
    assert len(table) == 3 * 6
    assert figures(table["west", 200, "m"]) == pytest.approx((0, 0, 1, 1))  # 5 m from the street to the park count
    assert figures(table["west", 300, "m"]) == pytest.approx((1, 1, 2, 2), abs=1e-6)
    assert figures(table["west", 405, "m"]) == pytest.approx((2, 1 + 1 + 9, 3, 12), abs=1e-5)
    assert figures(table["west", 1000, "m"]) == pytest.approx((2, 11, 3, 12), abs=1e-5)
    assert figures(table["west", 5, "min"]) == pytest.approx((1, 1, 2, 2), abs=1e-5)  # 400 m
    assert figures(table["west", 15, "min"]) == pytest.approx((2, 11, 3, 12), abs=1e-5)  # 1,200 m
    assert figures(table["inside", 200, "m"]) == pytest.approx((1, 1, 3, 12), abs=1e-5)  # to the large one: 50 + 150 + 5 m
    assert figures(table["inside", 300, "m"]) == pytest.approx((2, 11, 3, 12), abs=1e-5)
    assert figures(table["far", 1000, "m"]) == (0, 0, 0, 0) and table["far", 1000, "m"]["people"] == "3"
    assert "people that reach a target: 5 within 200 m, 15 within 300 m, 15 within 405 m, 15 within 1000 m, 15 within 5 min, 15 within 15 min" in said


def test_a_limit_that_is_met_exactly_counts(urbiome):
    put(urbiome.folder / "streets.json", "LineString", [[[0, 0], [1000, 0]]])
    put(urbiome.folder / "people.json", "Point", [[0, 0]], name=["home"], people=[None])
    put(urbiome.folder / "parks.json", "Point", [[400, 0]], name=["stop"])
    exact = opportunities(urbiome)[0]
    assert [figures(exact["home", within, "m"])[0] for within in (300, 500)] == [0, 1]
    with open(urbiome.folder / "out.csv", newline="") as file:
        street_m = float(next(csv.DictReader(file))["street_m"])
    table, said = opportunities(urbiome, "--within", f"{street_m + 1e-6},{street_m - 1e-6}")
    assert [int(row["targets"]) for row in table.values()] == [1, 0]
    assert all(row["people"] == "" for row in table.values())


def test_every_target_within_limits_by_brute_force(urbiome):
    dice = random.Random(8)
    place, number, edges, ends = scattered_town(dice, 9, 0.8)
    homes, parks = dice.sample(ends, 40), dice.sample(ends, 15)
    names = [str(i % 12) for i in range(15)]  # three targets are two points each
    put(urbiome.folder / "streets.json", "LineString", [[place[a], place[b]] for a, b in edges])
    put(urbiome.folder / "people.json", "Point", [place[h] for h in homes], name=[str(h) for h in homes], people=[1] * 40)
    put(urbiome.folder / "parks.json", "Point", [place[p] for p in parks], name=names)
    lengths = [math.dist(place[a], place[b]) for a, b in edges]
    graph = coo_matrix((lengths, ([number[a] for a, b in edges], [number[b] for a, b in edges])), shape=(len(place), len(place)))
    ways = dijkstra(graph, directed=False, indices=[number[h] for h in homes])
    table, _ = opportunities(urbiome, "--within", "150.5,333.3,700")
    for i, home in enumerate(homes):
        for within in (150.5, 333.3, 700):
            reached = {name for name, park in zip(names, parks) if ways[i, number[park]] <= within}
            straight = {name for name, park in zip(names, parks) if math.dist(place[home], place[park]) <= within}
            row = table[str(home), within, "m"]
            assert (int(row["targets"]), int(row["straight_targets"])) == (len(reached), len(straight))
    assert np.isfinite(ways).sum() > 1000


def test_limits_leave_the_next_word_alone(street):
    words = ["network", "reach", *WORDS[3:], "--opportunities", "more.csv", "--within-min", "5", "--within", "300,400", "out.csv"]
    assert b"within 300 m" in street.done(*words).stderr


def test_the_same_bytes_for_any_threads(street):
    dice = random.Random(9)
    put(street.folder / "people.json", "Point", [[dice.uniform(-50, 1050), dice.uniform(-350, 250)] for _ in range(9000)],
        name=[str(i) for i in range(9000)], people=[1] * 9000)
    tables = set()
    for threads in (1, 2, 7):
        opportunities(street, "--num-threads", str(threads), "-q")
        tables.add((street.folder / "more.csv").read_bytes())
    assert len(tables) == 1


def test_what_it_refuses(street):
    more = ["--opportunities", "more.csv"]
    street.refused(WRONG_USAGE, "--within has -5", *WORDS, *more, "--within", "300,-5")
    street.refused(WRONG_USAGE, "--within-min has 0", *WORDS, *more, "--within-min", "0")
    street.refused(WRONG_USAGE, "--within has nan", *WORDS, *more, "--within", "nan")
    street.refused(WRONG_USAGE, "--within has 300 twice", *WORDS, *more, "--within", "300,400,300")
    street.refused(WRONG_USAGE, "--within", *WORDS, *more, "--within", "near")
    street.refused(WRONG_USAGE, "--within is empty", *WORDS, *more, "--within", "")
    street.refused(WRONG_USAGE, "give --opportunities", *WORDS, "--within", "300")
    street.refused(WRONG_USAGE, "ends in .gpkg, but is written as CSV", *WORDS, "--opportunities", "more.gpkg")
    street.refused(WRONG_USAGE, "out.csv", *WORDS, "--opportunities", "out.csv")
    street.refused(WRONG_USAGE, "people.json", *WORDS, "--opportunities", "people.json")
