"""Limits of each supply and of groups of people in urbiome network supply: by hand, against plain numpy, and what is refused."""

import csv

import numpy as np
import pytest
from conftest import BAD_INPUT, WRONG_USAGE
from network_reach_test import put as put_layer, square
from network_supply_test import METHODS, PATHS, put
from supply_layers_test import STRAIGHT, STREETS, town, write as write_layers  # noqa: F401  town is a fixture

COSTS = [["north", "p", 100], ["north", "q", 400], ["south", "p", 450], ["south", "q", 200], ["west", "p", 900], ["west", "q", 500]]
GROUPS = ["--group", "short=400", "--group", "long=500"]


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def by_group(path, metric):
    """Values by id and group; everybody is ''."""
    return {(row["id"], row["group"]): float(row["value"]) if row["value"] else None for row in rows_of(path) if row["metric"] == metric}


@pytest.fixture
def parks(urbiome):
    """InVEST's worked example with two groups, and parks of which one is worth 300 m."""
    folder = urbiome.folder
    put(folder / "demand.csv", "id,people,short,long,zone", [["north", 500, 250, 250, "a"], ["south", 300, 0, 300, "a"], ["west", 200, 200, 0, "b"], ["moor", 0, 0, 0, "b"]])
    put(folder / "supply.csv", "id,amount,radius", [["p", 10000, 300], ["q", 30000, 500]])
    put(folder / "costs.csv", "origin,dest,cost", COSTS)
    return folder


def test_a_limit_for_each_supply_by_hand(urbiome, parks):
    # p serves the 500 of north alone; south is 450 m away.
    urbiome.done("network", "supply", *PATHS, "--radius-column", "radius", "-q")
    found = {row["id"]: float(row["value"]) for row in rows_of(parks / "out.csv")}
    assert found == {"north": 50, "south": 30, "west": 30, "moor": 0, "p": 20, "q": 30}


def test_a_limit_for_each_group_by_hand(urbiome, parks):
    # p: 500 of north and 300 of south; q: both groups of north at 400 m, south at 200 m, but not the short walkers of west.
    words = ["--demand", 40, "--zone-column", "zone", "--zones-out", "zones.csv"]
    said = urbiome.done("network", "supply", *PATHS, *GROUPS, *words).stderr.decode()
    assert list(rows_of(parks / "out.csv")[0]) == ["id", "group", "metric", "value"]
    access = by_group(parks / "out.csv", "2sfca")
    assert access == {("north", ""): 50, ("north", "short"): 50, ("north", "long"): 50, ("south", ""): 50, ("south", "short"): 37.5, ("south", "long"): 50,
                      ("west", ""): 0, ("west", "short"): 0, ("west", "long"): 37.5, ("moor", ""): None, ("moor", "short"): 0, ("moor", "long"): 0}
    assert by_group(parks / "out.csv", "supply_ratio") == {("p", ""): 12.5, ("q", ""): 37.5}
    assert by_group(parks / "out.csv", "balance")["north", "short"] == 2500 and by_group(parks / "out.csv", "balance")["west", ""] == -8000
    people = by_group(parks / "zones.csv", "people")
    assert people == {("a", ""): 800, ("a", "short"): 250, ("a", "long"): 550, ("b", ""): 200, ("b", "short"): 200, ("b", "long"): 0}
    assert by_group(parks / "zones.csv", "supply")["a", ""] == 40000 and by_group(parks / "zones.csv", "supply_per_person")["b", "long"] is None
    assert by_group(parks / "zones.csv", "people_undersupplied") == {("a", ""): 0, ("a", "short"): 0, ("a", "long"): 0, ("b", ""): 200, ("b", "short"): 200, ("b", "long"): 0}
    assert "200 of 1000 people reach less than 40 each, 800 reach more" in said


def test_a_place_shares_its_value_by_its_people(urbiome, parks):
    # 30 of 40 people reach nothing: the average person at x has a quarter of what the others have.
    put(parks / "demand.csv", "id,short,long", [["x", 30, 10]])
    put(parks / "costs.csv", "origin,dest,cost", [["x", "p", 450]])
    urbiome.done("network", "supply", *PATHS, *GROUPS, "-q")
    assert by_group(parks / "out.csv", "2sfca") == {("x", ""): 250, ("x", "short"): 0, ("x", "long"): 1000}


def weight(kernel, d, end):
    with np.errstate(divide="ignore", invalid="ignore"):
        shape = {"dichotomy": np.ones_like(d), "exponential": np.exp(-d / end), "density": 0.75 * (1 - (d / end) ** 2), "inverse": 1 / d,
                 "gaussian": (np.exp(-0.5 * (d / end) ** 2) - np.exp(-0.5)) / (1 - np.exp(-0.5))}[kernel]
    return np.where(np.isfinite(d), shape, 0)


def shared(method, kernel, people, amounts, cost, end):
    """Access of every place (rows) and group (the last axis of people and of end), and ratios: the formulas over full cubes."""
    d = np.repeat(cost[:, :, None], people.shape[1], axis=2)
    end = np.broadcast_to(end, d.shape)
    f = weight(kernel, d, end)
    if kernel not in ("inverse",):
        f = np.where(d <= end, f, 0)
    w = np.where(d <= end, f, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        a = b = w
        if method == "3sfca":
            a = b = np.nan_to_num(f / f.sum(1, keepdims=True)) * w
        if method == "bfca":
            a, b = np.nan_to_num(w / w.sum(1, keepdims=True)), np.nan_to_num(w / w.sum(0, keepdims=True))
        reached = np.einsum("ijg,ig->j", a, people)
        ratio = np.where(reached > 0, amounts / reached, 0)
    return np.einsum("ijg,j->ig", b, ratio), ratio


@pytest.mark.parametrize("kernel", ["dichotomy", "exponential", "gaussian", "density", "inverse"])
@pytest.mark.parametrize("method", METHODS)
def test_agrees_with_numpy(urbiome, method, kernel):
    folder, draw = urbiome.folder, np.random.default_rng(8)
    people, amounts, radii = draw.integers(0, 300, (60, 3)), draw.uniform(0, 5000, 20).round(2), draw.uniform(300, 1200, 20).round(1)
    cost = draw.uniform(1, 1500, (60, 20)).round(1)
    cost[draw.random(cost.shape) < 0.4] = np.inf
    put(folder / "demand.csv", "id,people,a,b,c", [[f"d{i}", p.sum(), *p] for i, p in enumerate(people)])
    put(folder / "supply.csv", "id,amount,r", [[f"s{j}", amounts[j], radii[j]] for j in range(20)])
    put(folder / "costs.csv", "origin,dest,cost", [[f"d{i}", f"s{j}", cost[i, j]] for i in range(60) for j in range(20) if np.isfinite(cost[i, j])])
    options = ["--method", method, "--kernel", kernel]

    access, ratio = shared(method, kernel, people.sum(1)[:, None], amounts, cost, radii[None, :, None])
    urbiome.done("network", "supply", *PATHS, *options, "--radius-column", "r", "-q")
    found = rows_of(folder / "out.csv")
    np.testing.assert_allclose([float(r["value"]) for r in found if r["metric"] == method], access[:, 0], rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose([float(r["value"]) for r in found if r["metric"] == "supply_ratio"], ratio, rtol=1e-11, atol=1e-14)

    access, ratio = shared(method, kernel, people, amounts, cost, np.array([350, 900, 600.5]))
    urbiome.done("network", "supply", *PATHS, *options, "--group", "a=350", "--group", "b", "--max", 900, "--group", "c=600.5", "-q", "--overwrite")
    found = by_group(folder / "out.csv", method)
    np.testing.assert_allclose([[found[f"d{i}", g] for g in "abc"] for i in range(60)], access, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(list(by_group(folder / "out.csv", "supply_ratio").values()), ratio, rtol=1e-11, atol=1e-14)
    whole = (access * people).sum(1) / people.sum(1)
    np.testing.assert_allclose([found[f"d{i}", ""] for i in range(60)], whole, rtol=1e-11, atol=1e-14)
    if method != "bfca":
        assert (access * people).sum() == pytest.approx(amounts[ratio > 0].sum(), rel=1e-11)


@pytest.mark.parametrize("method", METHODS)
def test_groups_with_one_limit_have_one_value(urbiome, parks, method):
    options = ["--method", method, "--kernel", "exponential"]
    urbiome.done("network", "supply", *PATHS, *options, "--max", 500, "-q")
    whole = {row["id"]: float(row["value"]) for row in rows_of(parks / "out.csv") if row["metric"] == method}
    urbiome.done("network", "supply", *PATHS, *options, "--group", "short=500", "--group", "long=500", "-q", "--overwrite")
    for (place, _), value in by_group(parks / "out.csv", method).items():
        assert value == pytest.approx(whole[place], rel=1e-12) or (place == "moor" and value is None)


@pytest.mark.parametrize("words", [STRAIGHT, STREETS])
def test_layers_by_hand(urbiome, town, words):  # noqa: F811
    # Straight: west is 200 m from the small park, 400 m from the large one; inside is 150 m from the small one.
    parks = [("small", square(200, 5, 100), 7), ("large", square(400, 5, 100), 1), ("large", square(500, 5, 100), 2)]
    put_layer(town.folder / "parks.json", "Polygon", [shape for _, shape, _ in parks], name=[name for name, _, _ in parks], amount=[a for _, _, a in parks], radius=[180, 450, 450])
    words = [*words, "--amount", "amount", *(["--entrance-within-m", 10] if words is STREETS else [])]
    town.done(*words, "--radius-column", "radius", "-q")
    found = {row["id"]: float(row["value"]) for row in rows_of(town.folder / "out.csv")}
    inside = 7 / 30 + 3 / 40 if words[-1] == "amount" else 3 / 40  # by street the small park is 205 m away
    assert found == pytest.approx({"west": 3 / 40, "inside": inside, "far": 0, "small": 7 / 30 if words[-1] == "amount" else 0, "large": 3 / 40}, rel=1e-6)
    put_layer(town.folder / "people.json", "Point", [[0, 0], [450, 50]], name=["west", "inside"], young=[4, 10], old=[6, 20])
    grouped = [word for word in words if word not in ("--people", "people")]
    town.done(*grouped, "--group", "young=450", "--group", "old", "--max", 0, "-q", "--overwrite")
    access = by_group(town.folder / "out.csv", "2sfca")
    assert access["inside", "old"] == pytest.approx(3 / 34, rel=1e-6) and access["west", "old"] == 0
    assert access["west", "young"] == access["inside", "young"] == pytest.approx(7 / 14 + 3 / 34, rel=1e-6)


@pytest.mark.parametrize("words, said", [
    (["--radius-column", "radius", "--max", 5], "--max does not go with --radius-column"), (["--radius-column", "radius", "--group", "short=5"], "--group short=5 does not go with --radius-column"),
    ([*GROUPS, "--max", 5], "--max is for nobody: each --group has its own limit"), (["--group", "short=5", "--group", "short"], "--group short is given twice"), (["--group", "=5"], "--group names no column"),
    (["--group", "short=far"], "--group short=far has no cost"), (["--group", "short="], "--group short= has no cost"), (["--group", "short=-1"], "--group short=-1 is no cost"), (["--group", "short=nan"], "short=nan is no cost"),
    (["--group", "short=0", "--kernel", "gaussian"], "--group short=0 is no end"), (["--group", "short=5", "--group", "long", "--kernel", "gaussian"], "--kernel gaussian has no end"), (["--group", "short=inf", "--kernel", "density"], "is no end")])
def test_wrong_usage(urbiome, parks, words, said):
    urbiome.refused(WRONG_USAGE, said, "network", "supply", *PATHS, *words)


def test_bad_input(urbiome, parks, town):  # noqa: F811
    words = ["network", "supply", *PATHS]
    urbiome.refused(BAD_INPUT, "no column walk", *words, "--radius-column", "walk")
    urbiome.refused(BAD_INPUT, "no column old", *words, "--group", "old=5")
    put(parks / "supply.csv", "id,amount,radius", [["p", 10000, 0], ["q", 30000, ""]])
    urbiome.refused(BAD_INPUT, "line 3 has nothing in the column radius", *words, "--radius-column", "radius")
    put(parks / "supply.csv", "id,amount,radius", [["p", 10000, 0], ["q", 30000, 5]])
    urbiome.refused(BAD_INPUT, "radius of p is 0, where weights of the kernel gaussian cannot end", *words, "--radius-column", "radius", "--kernel", "gaussian")
    put(parks / "supply.csv", "id,amount,radius", [["p", 10000, -3], ["q", 30000, 5]])
    urbiome.refused(BAD_INPUT, "line 2 has -3 in the column radius", *words, "--radius-column", "radius")
    put_layer(town.folder / "parks.json", "Polygon", [square(0, 0, 9), square(50, 0, 9)], name=["p", "p"], radius=[5, 6])
    town.refused(BAD_INPUT, "radius of p is 5 and 6", *STRAIGHT, "--radius-column", "radius")
    put_layer(town.folder / "parks.json", "Polygon", [square(0, 0, 9)], name=["p"], radius=[None])
    town.refused(BAD_INPUT, "radius of p is empty", *STRAIGHT, "--radius-column", "radius")
    grouped = [word for word in STRAIGHT if word not in ("--people", "people")]
    town.refused(WRONG_USAGE, "--people does not go with --group", *STRAIGHT, "--group", "people=5")
    town.refused(WRONG_USAGE, "--max is missing", *grouped, "--group", "people")
    town.refused(BAD_INPUT, "no column 'old'", *grouped, "--group", "old=5")
