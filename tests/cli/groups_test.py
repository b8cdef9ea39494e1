"""Groups of residents: counted by columns or bands, each row beside that of everybody."""

import numpy as np
import pytest
from conftest import BAD_INPUT, change
from osgeo import gdal
from tiny_city import NORTH, WEST, box, results, rewrite_layer, write_raster

ASSESS = ["assess", "city.toml", "-o", "out", "-q"]
PEOPLE = 'path = "people.gpkg"\ncolumn = "people"'


def rows(folder, indicator, zone=None, group=""):
    found = [r for r in results(folder) if r["indicator"] == indicator and (r.get("group") or "") == group]
    return {r["zone_id"]: r for r in found if zone in (None, r["zone_id"])}


@pytest.fixture
def grouped(city):
    halves = [(box(0, 0, 500, 1000), {"people": 600, "women": 310, "old": 90}), (box(500, 0, 1000, 1000), {"people": 400, "women": 150, "old": 0})]
    rewrite_layer(city.parent / "people.gpkg", halves)
    change(city, PEOPLE, PEOPLE + '\ngroups = { women = "women", old = "old" }')
    return city


def test_groups_are_conserved_and_counted_like_everybody(urbiome, grouped):
    urbiome.done(*ASSESS)
    out = grouped.parent / "out"
    # The west half is 600 people over 0.5 km2: its north 300 in zone nw, its south 300 in zone s.
    women, old = rows(out, "residents", group="women"), rows(out, "residents", group="old")
    assert [women[z]["value"] for z in ("Tiny", "nw", "ne", "s")] == pytest.approx([460, 155, 75, 230], abs=1e-8)
    assert [old[z]["value"] for z in ("Tiny", "nw", "ne", "s")] == pytest.approx([90, 45, 0, 45], abs=1e-8)
    # Both halves are spread evenly, so each group is near green as everybody of its half is.
    everybody = rows(out, "people_near_green_share")
    assert rows(out, "people_near_green_share", group="old")["nw"]["value"] == pytest.approx(everybody["nw"]["value"])
    assert rows(out, "people_near_green_share", group="old")["ne"]["status"] == "undefined"
    # What is not about residents has no row for a group.
    assert not rows(out, "green_share", group="old")


def test_groups_too_small_are_suppressed(urbiome, grouped):
    change(grouped, "[parameters]", "[parameters]\nmin_group_size = 80")
    urbiome.done(*ASSESS)
    out = grouped.parent / "out"
    women = rows(out, "residents", group="women")
    assert (women["ne"]["status"], women["ne"]["value"]) == ("suppressed", None)
    assert women["nw"]["value"] == pytest.approx(155)
    assert rows(out, "people_near_green_share", group="women")["ne"]["value"] is None
    assert {r["status"] for z, r in rows(out, "residents", group="old").items() if z != "Tiny"} == {"suppressed"}
    assert rows(out, "residents")["ne"]["value"] == pytest.approx(200)  # everybody stays


def test_groups_of_bands_are_summed(urbiome, city):
    cells = np.full((10, 10), 10, np.float32)
    write_raster(city.parent / "all.tif", cells, transform=(WEST, 100, 0, NORTH, 0, -100), kind=gdal.GDT_Float32)
    stack = gdal.GetDriverByName("GTiff").Create(str(city.parent / "ages.tif"), 10, 10, 2, gdal.GDT_Float32)
    stack.SetGeoTransform((WEST, 100, 0, NORTH, 0, -100))
    stack.SetProjection(gdal.Open(str(city.parent / "all.tif")).GetProjection())
    stack.GetRasterBand(1).WriteArray(cells * 0.2)
    stack.GetRasterBand(2).WriteArray(np.triu(cells) * 0.3)
    stack = None
    change(city, PEOPLE, 'path = "all.tif"\ngroups = { young = [{ path = "ages.tif", band = 1 }, { path = "ages.tif", band = 2 }] }')
    urbiome.done(*ASSESS)
    out = city.parent / "out"
    assert rows(out, "residents")["Tiny"]["value"] == pytest.approx(1000, rel=1e-12)
    assert rows(out, "residents", group="young")["Tiny"]["value"] == pytest.approx(200 + 55 * 3, rel=1e-6)
    assert rows(out, "residents", group="young")["ne"]["value"] == pytest.approx(50 + 3 * 25, rel=1e-6)


def test_a_group_larger_than_all_is_refused(urbiome, grouped):
    change(grouped, 'women = "women", old = "old"', 'women = "people", all_twice = "twice"')
    halves = [(box(0, 0, 500, 1000), {"people": 600, "twice": 1200}), (box(500, 0, 1000, 1000), {"people": 400, "twice": 800})]
    rewrite_layer(grouped.parent / "people.gpkg", halves)
    urbiome.refused(BAD_INPUT, ["group all_twice counts 2000 people, all together are 1000", "expected"], *ASSESS)


def test_groups_that_overlap_are_said(urbiome, grouped):
    change(grouped, 'old = "old"', 'men = "people"')
    said = urbiome.done("assess", "city.toml", "-o", "out").stderr.decode()
    assert "groups count 1460 people together, 1000 in all" in said


@pytest.mark.parametrize("groups, said", [
    ('{ women = "womne" }', "womne"),
    ("{ women = [1, 2] }", "people.gpkg"),
    ('{ "" = "women" }', "a group without a name"),
])
def test_groups_that_are_not_there(urbiome, grouped, groups, said):
    change(grouped, '{ women = "women", old = "old" }', groups)
    urbiome.refused(BAD_INPUT, [said], *ASSESS)


def test_missing_and_negative_numbers(urbiome, grouped):
    halves = [(box(0, 0, 500, 1000), {"people": 600, "women": 310, "old": None}), (box(500, 0, 1000, 1000), {"people": 400, "women": 150, "old": 1})]
    rewrite_layer(grouped.parent / "people.gpkg", list(reversed(halves)))
    assert "1 of 2 rows have no number for group old" in urbiome.done("assess", "city.toml", "-o", "out").stderr.decode()
    halves[1][1]["old"] = -1
    rewrite_layer(grouped.parent / "people.gpkg", list(reversed(halves)))
    urbiome.refused(BAD_INPUT, ["-1 people", "counts from 0"], "assess", "city.toml", "-o", "out2", "-q")


@pytest.mark.parametrize("words, said", [
    ('band = 1\ngroups = { women = "w" }', "names column w for group women, and the people are bands"),
    ("band = 1\ngroups = { women = [1, 1] }", "each band once"),
])
def test_groups_that_cannot_be_counted(urbiome, city, words, said):
    write_raster(city.parent / "all.tif", np.full((10, 10), 10, np.float32), transform=(WEST, 100, 0, NORTH, 0, -100), kind=gdal.GDT_Float32)
    change(city, PEOPLE, f'path = "all.tif"\n{words}')
    urbiome.refused(BAD_INPUT, [said, "expected"], *ASSESS)
