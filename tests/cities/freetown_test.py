"""Freetown: degrees, five dates, wards with broken rings, a boundary that is only a line, and residents of doubtful origin."""

import csv
import json
import shutil

import numpy as np
import pytest

from agreement import Agreement, Cover, check_land_of_window
from reference import ROLES, WGS84, covered_window, ground_m2, grown_grid, legend, placed, read_polygons, read_raster

YEARS = (2016, 2017, 2018, 2019, 2020)


def land_covers(cities, years, folder=None):
    entry = '[[land_cover]]\npath = "{}/SLE-Freetown_core-landcover{}.tif"\nlegend = "dynamic_world"\ndate = {}\n'
    return "\n".join(entry.format(folder or cities.data / "freetown_sl", year, year) for year in years)


def recipe_of(cities, years, extra="", folder=None):
    name = "freetown_" + "_".join(map(str, years)) + ("_other" if extra or folder else "")
    return cities.recipe("freetown/city.toml.in", name, land_cover=land_covers(cities, years, folder) + extra)


@pytest.fixture(scope="module")
def freetown(cities):
    return Freetown(cities.data / "freetown_sl")


class Freetown:
    def __init__(self, folder):
        self.folder = folder
        self.wards = {f"{values['Ward_No']:g}": (shape, values["SUM_Final_"]) for shape, values in read_polygons(
            folder / "Western_Area_Urban_Wards.shp", ["Ward_No", "SUM_Final_"])}  # fmt: skip
        self.zones = {"": read_polygons(folder / "SLE-Freetown_core-boundary.geojson")[0][0]}
        self.zones.update({ward: shape for ward, (shape, _) in self.wards.items()})
        values, transform, _ = read_raster(folder / "SLE-Freetown_core-landcover2020.tif")
        boxes = [shape.GetEnvelope() for shape in self.zones.values()]
        self.grid, self.top, self.left = grown_grid(transform, values.shape, boxes, ellipsoid=WGS84)
        self.shares = {zone: covered_window(shape, self.grid) for zone, shape in self.zones.items()}

    def cover(self, year):
        from conftest import HERE

        values, _, _ = read_raster(self.folder / f"SLE-Freetown_core-landcover{year}.tif")
        values = placed(values, self.grid, self.top, self.left, -1)
        classes = legend(HERE.parents[1] / "datasets" / "legends" / "legends.csv", "dynamic_world")
        roles = {role: np.isin(values, [code for code, entry in classes.items() if entry[role]]) for role in ROLES}
        return Cover(self.grid, values >= 0, roles, {code: values == code for code in classes})


@pytest.mark.parametrize("year", YEARS)
def test_land_of_every_ward_and_date_agrees_with_the_reference(cities, freetown, year):
    found = Agreement(cities.assess(recipe_of(cities, YEARS)), str(year))
    cover = freetown.cover(year)
    for zone, (window, share) in freetown.shares.items():
        if (share > 0)[cover.known[window]].any():
            check_land_of_window(found, cover, zone, window, share)
    found.settled()


def test_without_people_their_rows_say_so(cities):
    found = Agreement(cities.assess(recipe_of(cities, YEARS)), "2020")
    for indicator, variant in (("residents", ""), ("green_per_resident_m2", ""), ("people_weighted_green_share", "300m")):
        assert found.row("", indicator, variant)["status"] == "no_data"
        assert found.row("", indicator, variant)["value"] == ""


def test_a_line_as_boundary_is_refused(cities):
    sentence = cities.refusal(cities.recipe("freetown/line_boundary.toml.in"))
    assert "Freetown_Municipality_Boundary.shp" in sentence
    assert "Line String" in sentence and "polygon" in sentence


def test_residents_of_wards_agree_with_the_reference(cities, freetown):
    found = Agreement(cities.assess(cities.recipe("freetown/people.toml.in")), "2020")
    # Wards reach over one another and beyond the city: the part of each that lies inside a zone counts there.
    for zone, shape in freetown.zones.items():
        total = 0.0
        for ward, (other, people) in freetown.wards.items():
            if people and other.Intersects(shape):
                total += people * ground_m2(other.Intersection(shape), freetown.grid) / ground_m2(other, freetown.grid)
        found.is_(total, zone, "residents", relative=1e-8, absolute=1e-6)
    found.settled()


def test_audit_tells_what_is_odd(cities):
    told = cities.audit(recipe_of(cities, YEARS))
    assert "2 of 48 geometries were invalid and repaired" in told
    assert "zones' ground lies outside the city" in told
    told = cities.audit(cities.recipe("freetown/planning_areas.toml.in"))
    assert "12 of 24 features have no geometry" in told
    assert "1 of 24 geometries were invalid and repaired" in told


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_compare_of_two_dates_holds_their_differences(cities):
    before, after = (cities.assess(recipe_of(cities, [year])) for year in (2016, 2020))
    done = cities.run("compare", before, after, "-o", cities.folder / "compared")
    assert done.returncode == 0, done.stderr
    assert "differs" not in done.stderr
    base, value = Agreement(before, "2016"), Agreement(after, "2020")
    seen = 0
    for row in rows_of(cities.folder / "compared" / "compare.csv"):
        key = (row["zone_id"] if row["zone_level"] != "city" else "", row["indicator"], row["variant"], row["class"])
        assert row["base"] == base.row(*key)["value"] and row["value"] == value.row(*key)["value"]
        if row["base"] and row["value"]:
            assert float(row["difference"]) == float(row["value"]) - float(row["base"])
            seen += 1
    assert seen > 1000
    assert base.row("", "green_share")["value"] != value.row("", "green_share")["value"]


def test_compare_warns_where_definitions_differ(cities):
    before = cities.assess(recipe_of(cities, [2016]))
    other = cities.assess(recipe_of(cities, [2020], '\n[parameters]\ncells = "centre"\nconnect_distance_m = 50\n'))
    done = cities.run("compare", before, other, "-o", cities.folder / "compared_otherwise")
    assert done.returncode == 0, done.stderr
    assert "parameter cells differs" in done.stderr and "parameter connect_distance_m differs" in done.stderr
    assert "parameter measure" not in done.stderr


def test_a_run_is_replayed_and_changed_inputs_are_named(cities):
    folder = cities.folder / "copied"
    folder.mkdir()
    name = "SLE-Freetown_core-landcover{}.tif"
    shutil.copy(cities.data / "freetown_sl" / name.format(2020), folder)
    recipe = recipe_of(cities, [2020], folder=folder)
    first, second, third = (cities.folder / f"run_{i}" for i in (1, 2, 3))
    assert cities.run("assess", recipe, "-o", first, "-q").returncode == 0
    assert json.loads((first / "run.json").read_text(encoding="utf-8"))["inputs"]
    again = cities.run("assess", first / "run.json", "-o", second)
    assert again.returncode == 0 and "inputs are the same" in again.stdout + again.stderr
    assert (first / "results.csv").read_bytes() == (second / "results.csv").read_bytes()
    shutil.copy(cities.data / "freetown_sl" / name.format(2016), folder / name.format(2020))
    changed = cities.run("assess", first / "run.json", "-o", third)
    assert changed.returncode == 0
    assert f"{name.format(2020)} has changed" in changed.stderr
    assert (first / "results.csv").read_bytes() != (third / "results.csv").read_bytes()
