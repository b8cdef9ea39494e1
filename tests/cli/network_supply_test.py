"""urbiome network supply: by hand, against PySAL's published tables and plain numpy, and what it refuses."""

import csv
import io
import os
import random
from pathlib import Path

import numpy as np
import pytest
import verbs_test
from conftest import BAD_INPUT, WRONG_USAGE

TRUTH = Path(os.environ.get("URBIOME_DATA", "/nonexistent")).parent / "truth" / "access2sfca"
PATHS = ["demand.csv", "supply.csv", "costs.csv", "out.csv"]
METHODS = ["2sfca", "e2sfca", "3sfca", "bfca"]


def put(path, columns, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([columns.split(","), *rows])


def write(folder, demand, supply, costs):
    put(folder / "demand.csv", "id,people", demand)
    put(folder / "supply.csv", "id,amount", supply)
    put(folder / "costs.csv", "origin,dest,cost", costs)


def rows_of(folder):
    with open(folder / "out.csv", newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header == ["id", "metric", "value"]
    return rows


def values(urbiome, *options):
    """The values of places and the ratios of supplies, in the order of the file."""
    urbiome.done("network", "supply", *PATHS, *options, "-q", "--overwrite")
    rows = rows_of(urbiome.folder)
    method = options[options.index("--method") + 1] if "--method" in options else "2sfca"
    assert {metric for _, metric, _ in rows} == {method, "supply_ratio"}
    return [[float(value) for _, metric, value in rows if metric == name] for name in (method, "supply_ratio")]


@pytest.fixture
def parks(urbiome):
    """Three groups of people and two parks: the worked example of InVEST's Urban Nature Access."""
    write(urbiome.folder, [["north", 500], ["south", 300], ["west", 200]], [["p", 10000], ["q", 30000]],
          [["north", "p", 100], ["north", "q", 400], ["south", "p", 450], ["south", "q", 200], ["west", "p", 900], ["west", "q", 500]])
    return urbiome.folder


@pytest.fixture
def hospital(urbiome):
    """PySAL's three tracts with people and doctors; scenario 0 lies in the folder."""
    if not TRUTH.is_dir():
        pytest.skip(f"{TRUTH} is not here")
    tracts = list(csv.DictReader(open(TRUTH / "hospital_tracts.csv", newline="")))
    costs = list(csv.DictReader(open(TRUTH / "hospital_costs.csv", newline="")))

    def scenario(number):
        write(urbiome.folder, [[t["geoid"], t["pop"]] for t in tracts], [[t["geoid"], t["doc"]] for t in tracts],
              [[c["origin"], c["dest"], c["cost"]] for c in costs if c["scenario"] == str(number)])
    return scenario


def test_help_and_usage_agree(urbiome):
    verbs_test.test_help_and_usage_agree(urbiome, ["network", "supply"])


@pytest.mark.parametrize("kernel, ratio, access", [
    ("dichotomy", [12.5, 30], [42.5, 42.5, 30]), ("exponential", [18.820473, 60.079740], [42.404467, 47.924487, 22.102101]),
    ("gaussian", [19.196637, 76.261190], [41.414685, 64.308858, 0]), ("density", [24.829299, 92.592593], [42.877095, 61.871508, 0])])
def test_worked_example(urbiome, parks, kernel, ratio, access):
    found = values(urbiome, "--kernel", kernel, "--max", 500)
    np.testing.assert_allclose(found[0], access, atol=1e-6)
    np.testing.assert_allclose(found[1], ratio, atol=1e-6)
    assert np.dot(found[0], [500, 300, 200]) == pytest.approx(40000, rel=1e-12)
    assert [row[:2] for row in rows_of(parks)] == [["north", "2sfca"], ["south", "2sfca"], ["west", "2sfca"], ["p", "supply_ratio"], ["q", "supply_ratio"]]


@pytest.mark.parametrize("method", ["2sfca", "3sfca"])
@pytest.mark.parametrize("scenario", range(4))
def test_published_values_of_pysal(urbiome, hospital, method, scenario):
    hospital(scenario)
    with open(TRUTH / "expected_hospital.csv", newline="") as file:
        expected = [float(r["value"]) for r in csv.DictReader(file) if r["layer"] == f"scenario{scenario}" and r["metric"] == method]
    found, _ = values(urbiome, "--method", method, "--kernel", "inverse", "--max", 60)
    assert len(expected) == 3
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("metric, options", [
    ("2sfca infinite catchment", []), ("2sfca max_cost 0.9", ["--max", 0.9]), ("e2sfca infinite", ["--method", "e2sfca", "--kernel", "dichotomy"]),
    ("3sfca step weight 25 within 10", ["--method", "3sfca", "--kernel", "steps.csv"])])
def test_published_grid_of_pysal(urbiome, metric, options):
    if not TRUTH.is_dir():
        pytest.skip(f"{TRUTH} is not here")
    with open(TRUTH / "expected_small.csv", newline="") as file:
        expected = [float(r["value"]) for r in csv.DictReader(file) if r["metric"] == metric]
    cells = [(x, y) for x in range(5) for y in range(5)]
    people = random.Random(0).sample(cells, 5)
    write(urbiome.folder, [[f"{x} {y}", 1] for x, y in people], [[f"{x} {y}", 1] for x, y in cells],
          [[f"{x} {y}", f"{u} {v}", np.hypot(x - u, y - v)] for x, y in people for u, v in cells])
    put(urbiome.folder / "steps.csv", "max_cost,weight", [[10, 25]])
    np.testing.assert_allclose(values(urbiome, *options)[0], expected * 5, rtol=1e-9)


def test_weights_by_zones_of_e2sfca(urbiome, parks):
    """Zones of 10, 20 and 30 minutes in any order; the classic weights of Luo and Qi."""
    write(parks, [["a", 100], ["b", 50]], [["s", 10], ["t", 6]], [["a", "s", 10], ["a", "t", 10.5], ["b", "s", 30], ["b", "t", 31]])
    put(parks / "zones.csv", "name,max_cost,weight", [["far", 30, 0.22], ["near", 10, 1], ["middle", 20, 0.68]])
    access, ratio = values(urbiome, "--method", "e2sfca", "--kernel", "zones.csv")
    r = [10 / (100 + 0.22 * 50), 6 / (0.68 * 100)]
    assert ratio == pytest.approx(r, rel=1e-15) and access == pytest.approx([r[0] + 0.68 * r[1], 0.22 * r[0]], rel=1e-15)
    access, ratio = values(urbiome, "--method", "e2sfca", "--kernel", "zones.csv", "--max", 10)
    assert ratio == pytest.approx([0.1, 0]) and access == pytest.approx([0.1, 0])


def test_balanced_by_hand(urbiome, parks):
    write(parks, [["a", 10], ["b", 20]], [["s", 6], ["t", 70]], [["a", "s", 1], ["a", "t", 2], ["b", "t", 1]])
    access, ratio = values(urbiome, "--method", "bfca", "--kernel", "inverse")
    assert ratio == pytest.approx([0.9, 3], rel=1e-15) and access == pytest.approx([1.9, 2], rel=1e-15)


def test_power_and_floor_by_hand(urbiome, parks):
    write(parks, [["a", 10], ["b", 40]], [["s", 30]], [["a", "s", 0], ["b", "s", 100]])
    access, ratio = values(urbiome, "--kernel", "power", "--power", 2, "--floor", 50)
    assert ratio == pytest.approx([1.5], rel=1e-15) and access == pytest.approx([1.5, 0.375], rel=1e-15)
    access, ratio = values(urbiome, "--kernel", "inverse", "--floor", 50)
    assert ratio == pytest.approx([50], rel=1e-15) and access == pytest.approx([1, 0.5], rel=1e-15)


def reference(method, weight, limit, people, amounts, cost):
    """The formulas over full matrices; a cost that is not given is infinite."""
    f = np.where(np.isfinite(cost), weight(np.where(np.isfinite(cost), cost, 1)), 0)
    w = np.where(cost <= limit, f, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        if method in ("2sfca", "e2sfca"):
            a = b = w
        elif method == "3sfca":
            a = b = np.nan_to_num(f / f.sum(1, keepdims=True)) * w
        else:
            a, b = np.nan_to_num(w / w.sum(1, keepdims=True)), np.nan_to_num(w / w.sum(0))
        reached = people @ a
        ratio = np.where(reached > 0, amounts / reached, 0)
    return b @ ratio, ratio


KERNELS = {
    "dichotomy": (lambda d: (d <= 900) * 1.0, []), "exponential": (lambda d: np.exp(-d / 900) * (d <= 900), []),
    "gaussian": (lambda d: (np.exp(-0.5 * (d / 900) ** 2) - np.exp(-0.5)) / (1 - np.exp(-0.5)) * (d <= 900), []),
    "density": (lambda d: 0.75 * (1 - (d / 900) ** 2) * (d <= 900), []), "inverse": (lambda d: 1 / d, []),
    "power": (lambda d: (np.maximum(d, 30) / 30) ** -1.7, ["--power", 1.7, "--floor", 30]),
    "steps.csv": (lambda d: np.select([d <= 300, d <= 600, d <= 1200], [1, 0.5, 0.1], 0), [])}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_agrees_with_numpy_in_any_order(urbiome, method, kernel):
    draw = np.random.default_rng(5)
    people, amounts = draw.integers(0, 900, 80), draw.uniform(0, 5000, 25).round(2)
    cost = draw.uniform(1, 2000, (80, 25)).round(1)
    cost[draw.random(cost.shape) < 0.4] = np.inf
    put(urbiome.folder / "steps.csv", "max_cost,weight", [[1200, 0.1], [300, 1], [600, 0.5]])
    demand, supply = [[f"d{i}", p] for i, p in enumerate(people)], [[f"s{j}", a] for j, a in enumerate(amounts)]
    costs = [[f"d{i}", f"s{j}", cost[i, j]] for i in range(80) for j in range(25) if np.isfinite(cost[i, j])]
    weight, options = KERNELS[kernel]
    options = ["--method", method, "--kernel", kernel, "--max", 900, *options]
    write(urbiome.folder, demand, supply, costs)
    found = values(urbiome, *options)
    expected = reference(method, weight, 900, people, amounts, cost)
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-11, atol=1e-14)
    first = {tuple(row) for row in rows_of(urbiome.folder)}
    for rows in (demand, supply, costs):
        random.Random(6).shuffle(rows)
    write(urbiome.folder, demand, supply, costs)
    values(urbiome, *options)
    shuffled = rows_of(urbiome.folder)
    assert {tuple(row) for row in shuffled} == first                              # the same digits
    assert [row[0] for row in shuffled] == [row[0] for row in demand + supply]    # in the order of the files


def test_defaults(urbiome, parks):
    assert values(urbiome) == values(urbiome, "--method", "2sfca", "--kernel", "dichotomy", "--max", "inf")
    for method in METHODS[1:]:
        assert values(urbiome, "--method", method, "--max", 800) == values(urbiome, "--method", method, "--max", 800, "--kernel", "gaussian")
    assert values(urbiome, "--method", "e2sfca", "--kernel", "inverse") == values(urbiome, "--kernel", "inverse")


def test_what_nobody_reaches_is_said(urbiome, parks):
    write(parks, [["a", 10], ["empty", 0], ["b", 20.5]], [["s", 6], ["t", 70], ["u", 0.5], ["v", 3]], [["a", "s", 1], ["empty", "t", 1], ["b", "u", 9]])
    result = urbiome.done("network", "supply", *PATHS, "--max", 5)
    said = result.stderr.decode()
    assert "3 of 4 supplies are in nobody's reach, 73.5 in all" in said and "2 of 3 places reach no supply, 20.5 people in all" in said
    assert rows_of(parks) == [["a", "2sfca", "0.6"], ["empty", "2sfca", "0"], ["b", "2sfca", "0"],
                              ["s", "supply_ratio", "0.6"], ["t", "supply_ratio", "0"], ["u", "supply_ratio", "0"], ["v", "supply_ratio", "0"]]
    assert urbiome.done("network", "supply", *PATHS, "--max", 5, "-q", "--overwrite").stderr == b""


def test_ids_are_text(urbiome, parks):
    ids = ["007", "7", "7.0", "1e5", "北京", 'say "hi", you', "two\nlines", " x ", "NaN", "=1+1"]
    write(parks, [[i, 1] for i in ids], [["s", 10]], [[i, "s", 1] for i in ids])
    values(urbiome)
    assert [row[0] for row in rows_of(parks)] == [*ids[:-1], "'=1+1", "s"]      # what begins like a formula is escaped


def test_one_file_may_hold_both_tables(urbiome, parks):
    put(parks / "tracts.csv", "name,id,people,amount", [["A", 1, 10, 5], ["B", 2, 30, 15]])
    put(parks / "costs.csv", "dest,note,cost,origin", [[1, "x", 3, 1], [2, "y", 3, 2], [1, "z", 3, 2]])
    urbiome.done("network", "supply", "tracts.csv", "tracts.csv", "costs.csv", "-o", "out.csv", "-q")
    assert [float(row[2]) for row in rows_of(parks)] == [0.125, 0.625, 0.125, 0.5]


def test_line_ends_marks_and_a_missing_last_one(urbiome, parks):
    values(urbiome)
    expected = rows_of(parks)
    for name in PATHS[:3]:
        text = (parks / name).read_text()
        (parks / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    values(urbiome)
    assert rows_of(parks) == expected
    for name in PATHS[:3]:
        (parks / name).write_bytes((parks / name).read_bytes()[:-2])
    result = urbiome.done("network", "supply", *PATHS, "-q", "--overwrite")
    assert result.stderr.count(b"ends without a line break") == 3 and rows_of(parks) == expected


@pytest.mark.parametrize("words, said", [
    (["--method", "4sfca"], "--method"), (["--kernel", "gausian", "--max", 5], "gausian is no kernel.*did you mean 'gaussian'"), (["--kernel", "gaussian"], "gaussian has no end.*--max"),
    (["--kernel", "exponential", "--max", "inf"], "has no end"), (["--kernel", "density", "--max", 0], "has no end"), (["--method", "3sfca"], "gaussian, the default of 3sfca, has no end"),
    (["--max", -1], "--max -1"), (["--max", "nan"], "--max nan"), (["--max", "far"], "--max"), (["--kernel", "power"], "no exponent.*--power"), (["--power", 2], "--power does not go"),
    (["--kernel", "power", "--power", 0], "--power 0"), (["--kernel", "power", "--power", "inf"], "--power inf"), (["--kernel", "inverse", "--floor", -1], "--floor -1"), (["--kernel", "inverse", "--floor", "inf"], "--floor inf"),
    (["--floor", 3], "--floor does not go"), (["--kernel", "demand.csv", "--floor", 3], "--floor does not go"), (["--kernel", ""], "--kernel is empty")])
def test_wrong_usage(urbiome, parks, words, said):
    urbiome.refused(WRONG_USAGE, said, "network", "supply", *PATHS, *words)


def test_wrong_files(urbiome, parks):
    urbiome.refused(WRONG_USAGE, "subcommand", "network")
    urbiome.refused(WRONG_USAGE, "DEMAND SUPPLY COSTS OUT.csv", "network", "supply", *PATHS[:3])
    urbiome.refused(WRONG_USAGE, "DEMAND SUPPLY COSTS OUT.csv", "network", "supply", *PATHS, "-o", "more.csv")
    put(parks / "steps.csv", "max_cost,weight", [[10, 1]])
    for name in [*PATHS[:3], "steps.csv"]:
        urbiome.refused(WRONG_USAGE, "input", "network", "supply", *PATHS[:3], name, "--kernel", "steps.csv", "--overwrite")
    for name, ending in [("out.txt", "ends in .txt"), ("out", "has no ending"), ("out.csv.gz", "ends in .gz")]:
        urbiome.refused(WRONG_USAGE, f"{ending}, but is written as CSV; expected a name that ends in .csv", "network", "supply", *PATHS[:3], name)
    (parks / "out.csv").write_text("mine")
    urbiome.refused(WRONG_USAGE, "--overwrite", "network", "supply", *PATHS)
    urbiome.refused(BAD_INPUT, "make that folder first", "network", "supply", *PATHS[:3], "no/out.csv")


ODD = [
    ("demand.csv", "people", "residents", "no column people.*id, residents"), ("supply.csv", "amount", "size", "no column amount.*id, size"), ("costs.csv", "dest", "target", "no column dest"),
    ("costs.csv", "cost", "metres", "no column cost"), ("demand.csv", "id,people", "people,people", "no column id"), ("costs.csv", "cost", "origin", "two columns origin"), ("demand.csv", "id,people", "id;people", "no column id|no comma"),
    ("demand.csv", "south,300", "south,300\nnorth,1", "demand.csv has the id north on line 2 and on line 4"), ("supply.csv", "q,", "p,", "supply.csv has the id p on line 2 and on line 3"),
    ("costs.csv", "west,q,500", "north,q,500", "costs.csv has two costs from north to q"), ("costs.csv", "west,q", "east,q", "line 7 has the origin east; expected an id of demand.csv"),
    ("costs.csv", "west,q", "west,r", "line 7 has the dest r; expected an id of supply.csv"), ("demand.csv", "300", "-1", "line 3 has -1"), ("supply.csv", "30000", "-0.5", "line 3 has -0.5"),
    ("costs.csv", "450", "-450", "line 4 has the cost -450"), ("demand.csv", "300", "nan", 'line 3 has "nan"'), ("supply.csv", "30000", "inf", 'line 3 has "inf"'), ("costs.csv", "450", "inf", 'line 4 has "inf"'),
    ("costs.csv", "450", "NaN", 'line 4 has "NaN"'), ("costs.csv", "450", "1e999", 'line 4 has "1e999"'), ("costs.csv", "450", "far", 'line 4 has "far"'), ("demand.csv", "300", "1e16", "line 3 has 1e\\+16.*1e\\+15"),
    ("demand.csv", "300", "", "line 3 has nothing in the column people"), ("demand.csv", "south,", ",", "line 3 has nothing in the column id"), ("costs.csv", "west,q,500", "west,q", "line 7 ends before the column cost.*cut off"),
    ("costs.csv", "west,q,500", "we", "line 7 ends before the column dest"), ("costs.csv", "450", "450,", "line 4 has 4 cells"), ("costs.csv", "450", '"450', "quote")]


@pytest.mark.parametrize("name, old, new, said", ODD)
def test_odd_tables(urbiome, parks, name, old, new, said):
    text = (parks / name).read_text()
    assert old in text
    (parks / name).write_text(text.replace(old, new, 1))
    urbiome.refused(BAD_INPUT, [said, name], "network", "supply", *PATHS)


@pytest.mark.parametrize("name", PATHS[:3])
@pytest.mark.parametrize("content, said", [(b"", "is empty"), (b"id,people,amount,origin,dest,cost\n", "no rows"), (b"\xff\xfei\0d\0", "not UTF-8"), (b"\x89PNG\r\n\x1a\n", "not UTF-8"),
                                           (b"id,people,amount,origin,dest,cost\nS\xe3o,1,1,north,p,1\n", "line 2 is not UTF-8")])
def test_files_that_are_no_tables(urbiome, parks, name, content, said):
    (parks / name).write_bytes(content)
    urbiome.refused(BAD_INPUT, [name, said], "network", "supply", *PATHS)


@pytest.mark.parametrize("name", PATHS[:3])
def test_files_that_are_none(urbiome, parks, name):
    (parks / name).unlink()
    urbiome.refused(BAD_INPUT, f"{name} does not exist", "network", "supply", *PATHS)
    (parks / name).mkdir()
    urbiome.refused(BAD_INPUT, f"{name} is a folder", "network", "supply", *PATHS)
    (parks / name).rmdir()
    os.mkfifo(parks / name)
    urbiome.refused(BAD_INPUT, "pipe", "network", "supply", *PATHS)


@pytest.mark.parametrize("rows, said", [([[10, 1], [10, 2]], "max_cost 10 twice"), ([[-1, 1]], "negative max_cost"), ([[10, -1]], "weight -1"), ([[10, "nan"]], '"nan"'), ([["inf", 1]], '"inf"'), ([], "no rows")])
def test_odd_steps(urbiome, parks, rows, said):
    put(parks / "steps.csv", "max_cost,weight", rows)
    urbiome.refused(BAD_INPUT, ["steps.csv", said], "network", "supply", *PATHS, "--kernel", "steps.csv")


def test_steps_that_are_no_table(urbiome, parks):
    urbiome.refused(BAD_INPUT, "none.csv does not exist", "network", "supply", *PATHS, "--kernel", "none.csv")
    urbiome.refused(BAD_INPUT, "no column max_cost", "network", "supply", *PATHS, "--kernel", "supply.csv")


@pytest.mark.parametrize("cost, options", [(0, ["--kernel", "inverse"]), (0, ["--kernel", "power", "--power", 2]), ("-0", ["--kernel", "inverse"]), (0.01, ["--kernel", "power", "--power", 90])])
def test_costs_that_weigh_without_limit(urbiome, parks, cost, options):
    write(parks, [["a", 1]], [["s", 1]], [["a", "s", cost]])
    urbiome.refused(BAD_INPUT, "line 2 has the cost .* weighs without limit.*--floor", "network", "supply", *PATHS, *options)
    assert values(urbiome, *options, "--floor", 5)[0] == [1]


def test_memory_is_kept(urbiome):
    count = 1500
    put(urbiome.folder / "demand.csv", "id,people", [[i, 1] for i in range(count)])
    put(urbiome.folder / "supply.csv", "id,amount", [[i, 1] for i in range(count)])
    text = io.StringIO()
    text.write("origin,dest,cost\n")
    for i in range(count):
        text.write("".join(f"{i},{j},{1 + (i * 7 + j) % 91}\n" for j in range(count)))
    (urbiome.folder / "costs.csv").write_text(text.getvalue())
    urbiome.refused(BAD_INPUT, "the table of costs.*--memory", "network", "supply", *PATHS, "--memory", "32MiB")
    found = values(urbiome, "--memory", "64MiB")
    assert found[0][:1] == [1] and found[1] == [1 / count] * count
