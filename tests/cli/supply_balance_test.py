"""urbiome network supply with a demand: balance of places and of zones, by hand and in exact fractions, and what it refuses."""

import csv
import random
from fractions import Fraction

import pytest
from conftest import BAD_INPUT, WRONG_USAGE
from network_reach_test import TOWN, put as put_layer, square
from network_supply_test import METHODS, PATHS, put
from supply_layers_test import STRAIGHT, town  # noqa: F401  a fixture

ZONES = ["--zone-column", "zone", "--zones-out", "zones.csv"]
OF_ZONES = ["people", "supply", "supply_per_person", "demand", "balance", "balance_per_person", "people_undersupplied", "people_oversupplied"]


def table(folder, name):
    """Values by id, then metric, in the order of the file."""
    found = {}
    with open(folder / name, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert row["metric"] not in found.setdefault(row["id"], {})
            found[row["id"]][row["metric"]] = float(row["value"]) if row["value"] else None
    return found


@pytest.fixture
def parks(urbiome):
    """InVEST's worked example: 2SFCA within 500 m gives 42.5, 42.5 and 30 m2 a person. Nobody lives on the moor."""
    folder = urbiome.folder
    put(folder / "demand.csv", "id,people,zone", [["north", 500, "a"], ["south", 300, "b"], ["moor", 0, "c"], ["west", 200, "a"], ["barn", 0, ""]])
    put(folder / "supply.csv", "id,amount", [["p", 10000], ["q", 30000]])
    put(folder / "costs.csv", "origin,dest,cost", [["north", "p", 100], ["north", "q", 400], ["south", "p", 450], ["south", "q", 200], ["west", "p", 900], ["west", "q", 500]])
    return folder


def test_balance_by_hand(urbiome, parks):
    said = urbiome.done("network", "supply", *PATHS, "--max", 500, "--demand", 40, *ZONES).stderr.decode()
    places = table(parks, "out.csv")
    assert places["north"] == {"2sfca": 42.5, "balance_per_person": 2.5, "balance": 1250}
    assert places["south"] == {"2sfca": 42.5, "balance_per_person": 2.5, "balance": 750}
    assert places["west"] == {"2sfca": 30, "balance_per_person": -10, "balance": -2000}
    assert places["moor"] == {"2sfca": 0, "balance_per_person": -40, "balance": 0}
    assert places["p"] == {"supply_ratio": 12.5}
    zones = table(parks, "zones.csv")
    assert list(zones) == ["a", "b", "c"] and all(list(zone) == OF_ZONES for zone in zones.values())
    assert list(zones["a"].values()) == [700, 27250, pytest.approx(27250 / 700, rel=1e-15), 28000, -750, pytest.approx(-750 / 700, rel=1e-15), 200, 500]
    assert list(zones["b"].values()) == [300, 12750, 42.5, 12000, 750, 2.5, 0, 300]
    assert list(zones["c"].values()) == [0, 0, None, 0, 0, None, 0, 0]
    assert "200 of 1000 people reach less than 40 each, 800 reach more" in said and "1 of 5 places lie in no zone" in said
    assert "17 rows in out.csv" in said and "24 rows in zones.csv" in said


def test_exactly_supplied_is_neither(urbiome, parks):
    urbiome.done("network", "supply", *PATHS, "--max", 500, "--demand", 42.5, *ZONES, "-q")
    zones = table(parks, "zones.csv")
    assert (zones["a"]["people_undersupplied"], zones["a"]["people_oversupplied"]) == (200, 0)
    assert (zones["b"]["people_undersupplied"], zones["b"]["people_oversupplied"], zones["b"]["balance"]) == (0, 0, 0)


def test_without_a_demand(urbiome, parks):
    urbiome.done("network", "supply", *PATHS, "--max", 500, *ZONES, "-q")
    assert table(parks, "zones.csv")["a"] == {"people": 700, "supply": 27250, "supply_per_person": pytest.approx(27250 / 700, rel=1e-15)}
    assert set(table(parks, "out.csv")["north"]) == {"2sfca"}
    urbiome.done("network", "supply", *PATHS, "--max", 500, "--demand", 0, "-q", "--overwrite")  # nobody needs anything
    assert table(parks, "out.csv")["west"] == {"2sfca": 30, "balance_per_person": 30, "balance": 6000}


@pytest.mark.parametrize("method", METHODS)
def test_zones_in_exact_fractions(urbiome, method):
    """Sums of zones, from the values of places: rounded once, whatever the order."""
    folder, dice = urbiome.folder, random.Random(4)
    demand = [[f"h{i}", round(dice.uniform(0, 500), 3), f"z{dice.randrange(7)}"] for i in range(300)]
    costs = [[f"h{i}", f"p{j}", dice.uniform(5, 900)] for i in range(300) for j in range(20) if dice.random() < 0.3]
    put(folder / "supply.csv", "id,amount", [[f"p{j}", dice.uniform(0, 9e4)] for j in range(20)])
    written, need = set(), None
    for _ in range(3):
        put(folder / "demand.csv", "id,people,zone", demand)
        put(folder / "costs.csv", "origin,dest,cost", costs)
        if need is None:  # what one of the places has: its people are neither under- nor oversupplied
            urbiome.done("network", "supply", *PATHS, "--method", method, "--max", 600, "-q")
            need = Fraction(sorted(place[method] for place in table(folder, "out.csv").values() if method in place)[150])
        urbiome.done("network", "supply", *PATHS, "--method", method, "--max", 600, "--demand", repr(float(need)), *ZONES, "-q", "--overwrite")
        access, zones = table(folder, "out.csv"), table(folder, "zones.csv")
        for name, found in zones.items():
            here = [(Fraction(people), Fraction(access[place][method])) for place, people, zone in demand if zone == name]
            people, supply = sum(p for p, _ in here), sum(p * a for p, a in here)
            assert found["people"] == float(people) and found["supply"] == float(supply) and found["demand"] == float(need * people)
            assert found["balance"] == float(supply - need * people)
            assert found["balance_per_person"] == pytest.approx(float((supply - need * people) / people), rel=1e-15)
            assert found["people_undersupplied"] == float(sum(p for p, a in here if a < need)) > 0
            assert found["people_oversupplied"] == float(sum(p for p, a in here if a > need)) > 0
        supplied = sum(zone["people_undersupplied"] + zone["people_oversupplied"] for zone in zones.values())
        assert supplied < sum(zone["people"] for zone in zones.values()) - 0.001
        written.add(tuple(sorted((name, *zone.items()) for name, zone in zones.items())))
        dice.shuffle(demand)
        dice.shuffle(costs)
    assert len(written) == 1


def test_zones_of_layers(urbiome, town):  # noqa: F811
    # west (10 people) reaches 1 ha / 40, inside (30 people) also 2 ha / 30, far (2 people) nothing.
    put_layer(town.folder / "zones.json", "Polygon", [square(-100, -100, 1000), square(400, 0, 200), square(5000, 5000, 9)], name=["all", "park", "moor"])
    words = ["--max", 300, "--demand", 500, "--zones", "zones.json", "--zone-id", "name", "--zones-crs", TOWN, "--zones-out", "zones.csv"]
    said = town.done(*STRAIGHT, *words).stderr.decode()
    zones = table(town.folder, "zones.csv")
    assert list(zones) == ["all", "park", "moor"]
    assert zones["all"] == pytest.approx({"people": 40, "supply": 30000, "supply_per_person": 750, "demand": 20000, "balance": 10000, "balance_per_person": 250,
                                          "people_undersupplied": 10, "people_oversupplied": 30}, rel=1e-6)
    assert zones["park"]["people"] == 30 and zones["park"]["people_oversupplied"] == 30 and zones["moor"]["people"] == 0
    assert "12 of 42 people reach less than 500 each, 30 reach more" in said and "1 of 3 places lie in no zone" in said


def test_zones_of_layers_by_a_column(town):  # noqa: F811
    words = ["--max", 300, "--demand", 500, "--zone-column", "name", "--zones-out", "zones.csv"]
    town.done(*STRAIGHT, *words, "-q")
    zones = table(town.folder, "zones.csv")
    assert [(name, zone["people"]) for name, zone in zones.items()] == [("west", 10), ("inside", 30), ("far", 2)]
    assert zones["far"]["balance"] == -1000 and zones["far"]["people_undersupplied"] == 2


@pytest.mark.parametrize("words, said", [
    (["--demand", -1], "--demand is -1; expected what each person needs, from 0"), (["--demand", "nan"], "--demand is nan"), (["--demand", "inf"], "--demand is inf"), (["--demand", "much"], "--demand"),
    (["--zone-column", "zone"], "--zones-out is missing"), (["--zones-out", "zones.csv"], "--zones-out has no zones"), (["--zone-id", "zone", "--zones-out", "zones.csv"], "--zones"),
    (["--zone-column", "zone", "--zones-out", "out.csv"], "out.csv"), (["--zone-column", "zone", "--zones-out", "demand.csv"], "input"), (["--zone-column", "zone", "--zones-out", "zones.txt"], "ends in .txt"),
    (["--zones", "zones.json", "--zones-out", "zones.csv"], "--zones does not go with tables"), (["--zones", "zones.json", *ZONES], "--zone-column does not go with --zones")])
def test_wrong_usage(urbiome, parks, words, said):
    urbiome.refused(WRONG_USAGE, said, "network", "supply", *PATHS, *words)
    assert not (parks / "zones.csv").exists()


def test_bad_input(urbiome, parks, town):  # noqa: F811
    urbiome.refused(BAD_INPUT, "no column area.*id, people, zone", "network", "supply", *PATHS, "--zone-column", "area", "--zones-out", "zones.csv")
    words = [*STRAIGHT, "--max", 300, "--zones-out", "zones.csv"]
    town.refused(BAD_INPUT, "no column 'area'", *words, "--zone-column", "area")
    put_layer(town.folder / "zones.json", "Polygon", [square(0, 0, 1000)], name=[""])
    town.refused(BAD_INPUT, "zones.json holds no polygons with an id", *words, "--zones", "zones.json", "--zone-id", "name", "--zones-crs", TOWN)
    town.refused(BAD_INPUT, "none.json", *words, "--zones", "none.json")
