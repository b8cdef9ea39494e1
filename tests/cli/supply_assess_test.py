"""The table [supply] of a recipe: counted by hand in a tiny city, against plain numpy cell by cell, and what it refuses."""

import csv
import json

import numpy as np
import pytest
from conftest import BAD_INPUT, change
from osgeo import ogr
from standards_test import walkers  # noqa: F401  a fixture: four households, one park of 6 ha with a street to it
from supply_limits_test import shared
from tiny_city import box, results, rewrite_layer

ASSESS = ["assess", "city.toml", "-o", "out"]
TRUE = 1 / 0.9996  # metres on the ground for one of the map, in the middle of a UTM zone
PARK = 300 * TRUE * 200 * TRUE


def ask(recipe, text):
    change(recipe, "[parameters]", f"[supply]\n{text}\n\n[parameters]")


def rows(folder, group=""):
    """Rows of supply by indicator and zone."""
    return {(r["indicator"], r["zone_id"]): r for r in results(folder) if r.get("framework") == "floating_catchment" and (r.get("group") or "") == group}


def values(folder, indicator, group=""):
    return {zone: row["value"] for (name, zone), row in rows(folder, group).items() if name == indicator}


def near(value):
    return pytest.approx(value, rel=1e-6)


def test_streets_by_hand(urbiome, walkers):  # noqa: F811
    # Within 400 m by street: 100 and 10 people of the south, and 10,000 in the park in the north-west; 1,000 of the south are 1,000 m away.
    ask(walkers, "max_m = 400\ndemand_m2 = 5")
    urbiome.done(*ASSESS)
    out, each = walkers.parent / "out", PARK / 10110
    assert values(out, "supply_per_resident_m2") == {"Tiny": near(PARK / 11110), "nw": near(each), "ne": None, "s": near(each * 110 / 1110)}
    assert values(out, "supply_balance_per_resident_m2") == {"Tiny": near(PARK / 11110 - 5), "nw": near(each - 5), "ne": None, "s": near(each * 110 / 1110 - 5)}
    assert values(out, "people_undersupplied") == {"Tiny": 1000, "nw": 0, "ne": 0, "s": 1000}
    assert values(out, "people_oversupplied") == {"Tiny": 10110, "nw": 10000, "ne": 0, "s": 110}
    row = rows(out)["people_undersupplied", "Tiny"]
    assert (row["variant"], row["unit"], row["topic"], row["evidence"]) == ("2sfca_dichotomy_400m_street_5m2", "people", "undersupplied", "implementation")
    assert row["method"] == "along streets to public green spaces, shared by the city's residents; bounds: unknown access private and public"
    assert (row["lower"], row["upper"]) == (1000, 1000)  # the other park, of unknown access, lies off the street
    assert rows(out)["supply_per_resident_m2", "Tiny"]["variant"] == "2sfca_dichotomy_400m_street"
    assert rows(out)["supply_per_resident_m2", "ne"]["status"] == "undefined"


def test_distance_decay_by_hand(urbiome, walkers):  # noqa: F811
    # Straight lines: 0 m for 10,000, 250 m for 100, 300 m for 10; the 1,000 live 391.4 m away. Density: 3/4 (1 - (d/400)^2).
    ask(walkers, 'method = "e2sfca"\nkernel = "density"\nmax_m = 400\nmeasure = "straight"\ndemand_m2 = 2')
    urbiome.done(*ASSESS)
    out = walkers.parent / "out"
    people, d = np.array([100, 10, 1000, 10000]), TRUE * np.array([250, 300, np.hypot(300, 250), 0])
    weight = 0.75 * (1 - (d / 400) ** 2)
    access = weight * PARK / (weight @ people)
    assert values(out, "supply_per_resident_m2")["s"] == near(access[:3] @ people[:3] / 1110)
    assert values(out, "supply_per_resident_m2")["nw"] == near(access[3])
    assert (access < 2).tolist() == [False, False, True, False]
    assert values(out, "people_undersupplied")["Tiny"] == 1000 and values(out, "people_oversupplied")["s"] == 110
    assert rows(out)["people_undersupplied", "s"]["variant"] == "e2sfca_density_400m_straight_2m2"


def test_groups(urbiome, walkers):  # noqa: F811
    change(walkers, 'column = "people"', 'column = "people"\ngroups = { women = "women" }')
    change(walkers, "[parameters]", "[parameters]\nmin_group_size = 600")
    ask(walkers, "max_m = 400\ndemand_m2 = 5")
    urbiome.done(*ASSESS)
    out = walkers.parent / "out"
    assert values(out, "people_undersupplied", "women") == {"Tiny": 500, "nw": 0, "ne": None, "s": None}
    assert values(out, "supply_per_resident_m2", "women")["Tiny"] == near(PARK / 10110 * 5055 / 5555)  # they share with everybody
    assert rows(out, "women")["people_undersupplied", "s"]["status"] == "suppressed"  # 555 of them
    assert values(out, "people_undersupplied")["s"] == 1000


def test_without_a_demand_there_is_no_balance(urbiome, walkers):  # noqa: F811
    ask(walkers, "max_m = 400")
    urbiome.done(*ASSESS)
    assert {name for name, _ in rows(walkers.parent / "out")} == {"supply_per_resident_m2"}


def to_box(x, y, left, bottom, right, top):
    return TRUE * np.hypot(np.maximum(0, np.maximum(left - x, x - right)), np.maximum(0, np.maximum(bottom - y, y - top)))


@pytest.mark.parametrize("kernel, more", [("dichotomy", ""), ("exponential", ""), ("gaussian", ""), ("density", ""), ("inverse", "floor_m = 20"), ("power", "floor_m = 20\npower = 1.5")])
@pytest.mark.parametrize("method", ["2sfca", "e2sfca", "3sfca", "bfca"])
def test_agrees_with_numpy_cell_by_cell(urbiome, city, method, kernel, more):
    parks = [(100, 700, 400, 900), (600, 100, 700, 150), (820, 620, 880, 700)]
    rewrite_layer(city.parent / "parks.gpkg", [(box(*park), {"access": "yes"}) for park in parks])
    ask(city, f'method = "{method}"\nkernel = "{kernel}"\n{more}\nmax_m = 333\nmeasure = "straight"\ndemand_m2 = 60')
    urbiome.done(*ASSESS, "--only-results")
    middle = np.arange(5.0, 1000, 10)
    x, y = (axis.ravel() for axis in np.meshgrid(middle, middle))
    people = np.where(x < 500, 600, 400) / 5000
    cost = np.stack([to_box(x, y, *park) for park in parks], axis=1)
    cost[cost > 333] = np.inf
    amounts = np.array([(right - left) * (top - bottom) for left, bottom, right, top in parks]) * TRUE ** 2
    if kernel in ("inverse", "power"):  # of a power too: the formulas take it as the cost
        cost, kernel = np.maximum(cost, 20) ** (1.5 if kernel == "power" else 1), "inverse"
    end = 333 ** 1.5 if "power" in more else 333
    access = shared(method, kernel, people[:, None], amounts, cost, end)[0][:, 0]
    zones = {"Tiny": x > 0, "nw": (x < 500) & (y > 500), "ne": (x > 500) & (y > 500), "s": y < 500}
    out = city.parent / "out"
    for zone, inside in zones.items():
        mean = access[inside] @ people[inside] / people[inside].sum()
        assert values(out, "supply_per_resident_m2")[zone] == pytest.approx(mean, rel=2e-6)
        assert values(out, "supply_balance_per_resident_m2")[zone] == pytest.approx(mean - 60, rel=1e-5, abs=1e-5)
        assert values(out, "people_undersupplied")[zone] == pytest.approx(people[inside & (access < 60)].sum(), abs=0.3)
        assert values(out, "people_oversupplied")[zone] == pytest.approx(people[inside & (access > 60)].sum(), abs=0.3)
    assert 0 < values(out, "people_undersupplied")["Tiny"] < 1000 or method == "bfca"


def test_zones_add_up_to_the_city(urbiome, city):
    ask(city, 'method = "3sfca"\nmax_m = 700\ndemand_m2 = 80')
    urbiome.done(*ASSESS, "--only-results")
    out = city.parent / "out"
    people = {r["zone_id"]: r["value"] for r in results(out) if r["indicator"] == "residents"}
    supply = values(out, "supply_per_resident_m2")
    assert sum(people[z] * supply[z] for z in ("nw", "ne", "s")) == pytest.approx(PARK, rel=1e-6) == pytest.approx(people["Tiny"] * supply["Tiny"], rel=1e-6)
    for indicator in ("people_undersupplied", "people_oversupplied"):
        found = values(out, indicator)
        assert found["nw"] + found["ne"] + found["s"] == pytest.approx(found["Tiny"], rel=1e-12) and found["Tiny"] > 0
    assert values(out, "people_undersupplied")["Tiny"] + values(out, "people_oversupplied")["Tiny"] == pytest.approx(people["Tiny"], rel=1e-12)


def test_unknown_access_gives_bounds(urbiome, walkers):  # noqa: F811
    parks = walkers.parent / "parks.gpkg"
    rewrite_layer(parks, [(box(100, 700, 400, 900), {"access": "yes"}), (box(650, 400, 750, 500), {"access": "perhaps"})])
    change(walkers, "public = \"access = 'yes'\"", "public = \"access = 'yes'\"\nprivate = \"access = 'no'\"")
    ask(walkers, "max_m = 400\ndemand_m2 = 5")
    urbiome.done(*ASSESS)
    row = rows(walkers.parent / "out")["people_undersupplied", "Tiny"]
    assert (row["value"], row["lower"], row["upper"]) == (1000, 0, 1000)
    row = rows(walkers.parent / "out")["supply_per_resident_m2", "Tiny"]
    assert (row["value"], row["lower"], row["upper"]) == (near(PARK / 11110), near(PARK / 11110), near(PARK / 6 * 7 / 11110))
    assert "unknown access private and public" in row["method"]
    change(walkers, "[parameters]", '[parameters]\npublic_unknown = "public"')
    urbiome.done(*ASSESS, "--overwrite")
    assert rows(walkers.parent / "out")["people_undersupplied", "Tiny"]["value"] == 0


def test_private_spaces_on_request(urbiome, walkers):  # noqa: F811
    rewrite_layer(walkers.parent / "parks.gpkg", [(box(100, 700, 400, 900), {"access": "yes"}), (box(650, 400, 750, 500), {"access": "no"})])
    ask(walkers, 'max_m = 200\nplaces = "green"')
    urbiome.done(*ASSESS)
    found = values(walkers.parent / "out", "supply_per_resident_m2")
    assert (found["nw"], found["s"]) == (near(PARK / 10000), near(PARK / 6 / 1110))
    row = rows(walkers.parent / "out")["supply_per_resident_m2", "Tiny"]
    assert row["variant"] == "2sfca_dichotomy_200m_street_all" and "along streets to green spaces" in row["method"]


def test_what_nobody_reaches_is_said(urbiome, walkers):  # noqa: F811
    rewrite_layer(walkers.parent / "parks.gpkg", [(box(100, 700, 400, 900), {"access": "yes"}), (box(900, 900, 1000, 1000), {"access": "yes"})])
    ask(walkers, "max_m = 100")
    urbiome.done(*ASSESS)
    said = [entry["message"] for entry in json.loads((walkers.parent / "out/run.json").read_text())["audit"]]
    assert "[supply] 1 of 2 green spaces, 10008 m2 in all, are in no resident's reach" in said
    assert values(walkers.parent / "out", "supply_per_resident_m2")["s"] == 0


def test_what_is_missing_has_a_status(urbiome, city):
    ask(city, "max_m = 300\ndemand_m2 = 5")
    text = city.read_text()
    city.write_text(text.replace('[[population]]\npath = "people.gpkg"\ncolumn = "people"\n', ""))
    urbiome.done(*ASSESS)
    assert {(r["status"], r["method"]) for r in rows(city.parent / "out").values()} == {("no_data", "no population")}
    start, end = text.index("[[green_spaces]]"), text.index("[[population]]")
    city.write_text(text[:start] + text[end:])
    urbiome.done(*ASSESS, "--overwrite")
    assert {(r["status"], r["method"]) for r in rows(city.parent / "out").values()} == {("no_data", "no green_spaces")}
    assert len(rows(city.parent / "out")) == 16


def test_no_public_space_is_no_supply(urbiome, city):
    rewrite_layer(city.parent / "parks.gpkg", [(box(100, 700, 400, 900), {"access": "no"})])
    ask(city, "max_m = 300\ndemand_m2 = 5")
    urbiome.done(*ASSESS)
    assert values(city.parent / "out", "supply_per_resident_m2")["Tiny"] == 0
    assert values(city.parent / "out", "people_undersupplied")["Tiny"] == pytest.approx(1000, rel=1e-12)


def test_it_stands_beside_indicators_that_need_nobody(urbiome, walkers):  # noqa: F811
    change(walkers, "[parameters]", '[indicators]\nrun = ["green_share"]\n\n[parameters]')
    ask(walkers, "max_m = 400")
    urbiome.done(*ASSESS)
    assert {r["indicator"] for r in results(walkers.parent / "out")} == {"green_share", "supply_per_resident_m2"}


def test_files_that_hold_it(urbiome, walkers):  # noqa: F811
    ask(walkers, "max_m = 400\ndemand_m2 = 5")
    urbiome.done(*ASSESS)
    out = walkers.parent / "out"
    with open(out / "results.csv", newline="", encoding="utf-8-sig") as file:
        assert sum(row["framework"] == "floating_catchment" for row in csv.DictReader(file)) == 16
    dataset = ogr.Open(str(out / "zones.gpkg"))
    column = "people_undersupplied__floating_catchment_2sfca_dichotomy_400m_street_5m2"
    assert [feature[column] for feature in dataset.GetLayer("zones")] == [1000, 0, 0, 1000]
    titles = {s["topic"]: s["title"] for s in json.loads((out / "run.json").read_text())["standards"] if s["framework"] == "floating_catchment"}
    assert titles["undersupplied"] == "Residents who reach less than they need" and len(titles) == 4
    assert titles["undersupplied"] in (out / "report.html").read_text()


def test_a_run_is_replayed(urbiome, walkers):  # noqa: F811
    ask(walkers, 'method = "e2sfca"\nkernel = "power"\npower = 2\nfloor_m = 30\nmax_m = 400.5\ndemand_m2 = 5\nplaces = "green_blue"')
    urbiome.done(*ASSESS)
    assert rows(walkers.parent / "out")["supply_per_resident_m2", "Tiny"]["variant"] == "e2sfca_power2_floor30m_400.5m_street_all_green_blue"
    urbiome.done("assess", "out/run.json", "-o", "again")
    assert (walkers.parent / "out/results.csv").read_bytes() == (walkers.parent / "again/results.csv").read_bytes()


@pytest.mark.parametrize("threads, tile", [(1, 7), (2, 64), (7, 4096)])
def test_same_bytes(urbiome, city, threads, tile):
    ask(city, 'method = "3sfca"\nmax_m = 500\ndemand_m2 = 30')
    urbiome.done(*ASSESS, "--only-results")
    urbiome.done("assess", "city.toml", "-o", "other", "--only-results", "--num-threads", str(threads), "--tile-size", str(tile))
    assert (city.parent / "out/results.csv").read_bytes() == (city.parent / "other/results.csv").read_bytes()


@pytest.mark.parametrize("text, said", [
    ("demand_m2 = 5", ["max_m is missing", "add max_m"]), ('method = "4sfca"\nmax_m = 5', ['method is "4sfca"; expected one of 2sfca, e2sfca, 3sfca, bfca']),
    ('kernel = "gausian"\nmax_m = 5', ["gausian", "did you mean 'gaussian'"]), ("max_m = 0", ["max_m"]), ("max_m = -3", ["max_m"]), ('max_m = "far"', ["max_m"]), ("max_m = 5\ndemand_m2 = -1", ["demand_m2", "-1"]),
    ('max_m = 5\nmeasure = "street"', ['measure is "street", and there are no streets', "add it"]), ('max_m = 5\nmeasure = "air"', ["measure", "straight, street"]), ('max_m = 5\nplaces = "parks"', ["places", "public_green"]),
    ('max_m = 5\nkernel = "power"\nfloor_m = 2', ["power is missing"]), ("max_m = 5\npower = 2", ["power is given"]), ("max_m = 5\nfloor_m = 2", ["floor_m is given"]), ('max_m = 5\nkernel = "inverse"', ["floor_m is missing"]),
    ("max_m = 5\ndemand = 3", ["unknown key|demand", "did you mean 'demand_m2'"])])
def test_tables_that_are_wrong(urbiome, city, text, said):
    ask(city, text)
    urbiome.refused(BAD_INPUT, ["city.toml", *said], *ASSESS, "-q")


def test_a_city_without_land_cover_has_the_same_figures(urbiome, city):
    ask(city, "max_m = 300")
    urbiome.done(*ASSESS)
    text = city.read_text()
    start, end = text.index("[[land_cover]]"), text.index("[[green_spaces]]")
    city.write_text(text[:start] + text[end:])
    urbiome.done("assess", "city.toml", "-o", "blank")
    rows, blank = ([r for r in results(city.parent / folder) if r["framework"] == "floating_catchment"] for folder in ("out", "blank"))
    assert rows and rows == blank


def test_a_city_without_spaces_says_so(urbiome, city):
    text = city.read_text()
    start, end = text.index("[[land_cover]]"), text.index("[[population]]")
    city.write_text(text[:start] + text[end:])
    ask(city, "max_m = 300")
    assert b"[supply] is not computed without green_spaces" in urbiome.done(*ASSESS).stderr
