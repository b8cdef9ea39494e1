"""bench/versus asks urbiome, SciPy and igraph who lives how far from a park along streets, and how many parks are near: all must
answer alike."""
import os
import re
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

for module in ("osmium", "pyproj", "pandas", "scipy"):
    pytest.importorskip(module)

COMMAND = os.environ["URBIOME_COMMAND"]
VERSUS = os.path.join(os.environ["URBIOME_SOURCE"], "bench", "versus", "versus.py")
sys.path.insert(0, os.path.dirname(VERSUS))

import made_data  # noqa: E402
import reach_table  # noqa: E402
import street_within  # noqa: E402
from street_arrays import Gates, Homes, Places, Streets, matches  # noqa: E402
from street_searches import SciPySearch  # noqa: E402


def asked(question, folder, edges):
    words = ["--questions", question, "--edges", edges, "--threads", "2", "--repeat", "0", "--build", os.path.dirname(COMMAND), "--data", str(folder)]
    return subprocess.run([sys.executable, VERSUS, *words], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("edges", ["1500", "15000"])
def test_from_files_to_table(tmp_path, edges):
    done = asked("reach", tmp_path, edges)
    assert done.returncode == 0, done.stdout
    assert "answers agree: urbiome and scipy" in done.stdout and "0 targets differ" in done.stdout
    assert "is wrong" not in done.stdout.lower()


def test_parks_within_400_m(tmp_path):
    done = asked("reach_within", tmp_path, "15000")
    assert done.returncode == 0, done.stdout
    assert "is wrong" not in done.stdout.lower()
    for peer in ["scipy"] + ["igraph"] * (find_spec("igraph") is not None):
        said = re.search(rf"answers agree: urbiome and {peer}: .*; (\d+) parks of (\d+) origins within 400 m, (\d+) counts differ", done.stdout)
        parks, origins, differ = map(int, said.groups())
        assert parks > origins > 100 and differ == 0  # some have more than one


@pytest.mark.parametrize("search_of", [street_within.SciPyWithin, street_within.IgraphWithin])
def test_bounded_searches_find_what_unbounded_ones_find(tmp_path, search_of, monkeypatch):
    """From every park one search over all streets, as far as it goes."""
    if search_of is street_within.IgraphWithin:
        pytest.importorskip("igraph")
    monkeypatch.setattr(street_within, "AT_ONCE", 2)
    folder, _ = made_data.streets(str(tmp_path), 6000)
    streets, places = Streets(os.path.join(folder, "streets.osm.pbf")), Places(folder)
    gates = Gates(streets, places, 1)
    search = search_of(streets, gates.steps(streets))
    nearest, _ = search.run()
    vertex, park, metres = search.within(streets, gates, nearest, 700.0)
    found = np.full((len(places.parks), streets.vertices), np.inf)
    found[park, vertex] = metres
    assert np.isfinite(found).sum() == len(vertex) > 1000
    for number in range(len(places.parks)):
        of, end, away = (values[gates.steps(streets)[0] == number] for values in gates.steps(streets))
        expected, _ = SciPySearch(streets, (np.zeros_like(of), end, away)).run()
        np.testing.assert_allclose(found[number], np.where(expected <= 700, expected, np.inf), rtol=0, atol=1e-9)


class Stub:
    def __init__(self, **values):
        vars(self).update(values)


def test_ways_within_by_hand():
    """A street of 100 m from vertex 0 to vertex 1; gates of parks 0 and 1 in its middle, park 2 beyond vertex 1."""
    gates = Stub(edge=np.array([0, 0]), along=np.array([40.0, 60.0]), away=np.array([5.0, 0.0]), park=np.array([0, 1]))
    gates.on_edges = lambda homes: Gates.on_edges(gates, homes)
    homes = Stub(edge=np.array([0, 0]), along=np.array([10.0, 90.0]), away=np.array([3.0, 0.0]), ends=np.array([[0, 0], [1, 1]]),
                 to_ends=np.array([[10.0, 90.0], [90.0, 10.0]]), in_park=np.array([1, 1]), park_round=np.array([3, 1]))
    reached = np.array([1, 0, 0, 1]), np.array([2, 0, 1, 1]), np.array([50.0, 45.0, 60.0, 40.0])
    origin, metres = street_within.ways_within(homes, gates, reached, 100.0)
    # Origin 0: park 0 directly 3 + 30 + 5, park 1 directly 3 + 50, park 2 by vertex 1 would be 143. Origin 1: 50 + 5, inside, 10 + 50, inside.
    assert list(zip(origin, metres)) == [(0, 38), (0, 53), (1, 55), (1, 0), (1, 60), (1, 0)]


def test_matches():
    i, k = matches(np.array([2, 2, 5, 7, 7, 7]), np.array([7, 3, 2]))
    assert list(zip(i, k)) == [(0, 3), (0, 4), (0, 5), (2, 0), (2, 1)]


@pytest.mark.parametrize("theirs, close, agree", [([0, 2, 1], [0, 0, 0], True), ([0, 1, 1], [0, 0, 0], False), ([0, 1, 1], [0, 1, 0], True),
                                                  ([1, 2, 1], [0, 1, 0], False), ([0, 2], [0, 0], False)])
def test_counts_differ_only_by_parks_close_to_the_limit(theirs, close, agree):
    verdict = reach_table.same_counts({"targets": np.array([0, 2, 1])}, {"targets": np.array(theirs), "close": np.array(close)})
    assert verdict.agrees == agree, verdict.words


def test_parks_close_to_the_limit_are_counted_from_the_ways(tmp_path):
    (tmp_path / "near.csv").write_text("origin_id,people,street_m\n1,2,399\n2,3,\n")
    (tmp_path / "within.csv").write_text("origin_id,people,targets\n1,2,1\n2,3,0\n")
    ways = np.array([0, 0, 0, 1]), np.array([399.0, 399.9995, 400.0005, 400.002])
    found = reach_table.answers(tmp_path / "near.csv", tmp_path / "within.csv", ways)
    assert list(found["targets"]) == [1, 0] and list(found["close"]) == [2, 0]


def test_in_memory(tmp_path):
    if not os.path.exists(os.path.join(os.path.dirname(COMMAND), "bench", "bench_versus_contender")):
        pytest.skip("bench_versus_contender is not built")
    done = asked("reach_in_memory", tmp_path, "1500")
    assert done.returncode == 0, done.stdout
    assert "answers agree: urbiome and scipy" in done.stdout
    assert "is wrong" not in done.stdout.lower()
