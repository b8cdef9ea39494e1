"""The generator of benchmark land cover: the same bytes for the same seed, and land cover that is like land cover."""
import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from osgeo import gdal

MAKE_CITY = os.path.join(os.environ["URBIOME_SOURCE"], "bench", "make_city.py")
SIZE = 1000


def made(folder, *options):
    subprocess.run([sys.executable, MAKE_CITY, str(folder), "--size", str(SIZE), "--only-cover", *options], check=True, capture_output=True)
    with open(folder / "made.json", encoding="utf-8") as file:
        return json.load(file)


def digest(folder):
    return hashlib.sha256((folder / "cover.tif").read_bytes()).hexdigest()


def cells_of(folder):
    return gdal.Open(str(folder / "cover.tif")).ReadAsArray()


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    folder = tmp_path_factory.mktemp("first")
    return folder, made(folder)


def test_same_bytes_for_the_same_seed_and_any_number_of_jobs(first, tmp_path):
    made(tmp_path, "--jobs", "3")
    assert digest(tmp_path) == digest(first[0])


def test_another_seed_is_another_city(first, tmp_path):
    made(tmp_path, "--seed", "2")
    assert (cells_of(tmp_path) != cells_of(first[0])).mean() > 0.1


@pytest.mark.parametrize("options", [("--compress", "zstd"), ("--compress", "lzw", "--layout", "strips", "--block", "7"),
                                     ("--compress", "none", "--block", "64"), ("--layout", "strips", "--block", "512")])
def test_same_cells_however_they_are_stored(first, tmp_path, options):
    made(tmp_path, *options)
    assert np.array_equal(cells_of(tmp_path), cells_of(first[0]))


def test_what_it_says_is_what_it_made(first):
    folder, said = first
    cells = cells_of(folder)
    codes, counts = np.unique(cells, return_counts=True)
    assert said["cells"] == cells.size == SIZE * SIZE
    assert said["counts"] == {str(code): int(n) for code, n in zip(codes, counts)}
    runs = (cells[:, 1:] != cells[:, :-1]).sum() + SIZE
    assert said["mean_run"] == pytest.approx(cells.size / runs, abs=0.01)
    assert said["bits_per_cell"] == pytest.approx(8 * os.path.getsize(folder / "cover.tif") / cells.size, abs=0.001)


def test_runs_and_shares_are_those_of_a_city(first):
    said = first[1]
    share = {code: n / said["cells"] for code, n in said["counts"].items()}
    assert 4 <= said["mean_run"] <= 8
    assert 0.25 <= share["50"] <= 0.6  # built
    assert 0.2 <= share["10"] + share["20"] + share["30"] <= 0.6  # green
    assert {"60", "80", "90"} <= set(share) and max(share.values()) < 0.6
