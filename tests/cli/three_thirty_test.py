"""The 3-30-300 rule: trees in view, canopy around, green space on foot, and all of them; counted by hand and by brute force.

Residents at points of a city of 100 x 100 cells of 10 m, whose north-west is a wood.
"""

import numpy as np
import pytest
from conftest import BAD_INPUT, change
from tiny_city import LEGEND, NORTH, WEST, box, classes, results, rewrite_layer, write_layer, write_raster

ASSESS = ["assess", "city.toml", "-o", "out", "-q", "--overwrite"]
SOUTH = NORTH - 1000
HEADER = "id,framework,topic,title,measure,places,min_area_ha,distance_m,route,at_least,of,unit,target,evidence,source\n"


def point(x, y):
    return f"POINT({WEST + x} {SOUTH + y})"


def with_canopy(text):
    head, *lines = text.strip().split("\n")
    return "\n".join([head + ",canopy", *(f"{line},{int(line.startswith('1,'))}" for line in lines), ""])


@pytest.fixture
def wooded(city):
    (city.parent / "legend.csv").write_text(with_canopy(LEGEND))
    return city


def trees(city, features, path="trees.gpkg", **form):
    write_layer(city.parent / path, features, **form)
    change(city, "[parameters]", f'[layers.trees]\npath = "{path}"\n\n[parameters]')


def own(city, *rows):
    (city.parent / "mine.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows))
    change(city, "[parameters]", '[frameworks]\nstandards = "mine.csv"\n\n[parameters]')


def found(city, zone="Tiny"):
    return {(r["topic"], r.get("group") or ""): r for r in results(city.parent / "out") if r.get("framework") and r["zone_id"] == zone}


def test_shipped_rows(urbiome, wooded):
    """100 people at the wood's middle, 10 at its southern edge, 1 in the far south-east."""
    households = [((250, 800), 100), ((250, 600), 10), ((900, 300), 1)]
    rewrite_layer(wooded.parent / "people.gpkg", [(point(*at), {"people": n}) for at, n in households])
    write_layer(wooded.parent / "streets.gpkg", [(f"LINESTRING({WEST + 250} {SOUTH + 300},{WEST + 250} {SOUTH + 720})", {"highway": "residential"})])
    change(wooded, "[[population]]", '[streets]\npath = "streets.gpkg"\n\n[[population]]')
    # Three trees at 10, 20 and 29.9 m from the first, two at the second and one 31 m away, five at the third.
    near = [(260, 800), (250, 820), (279.9, 800), (250, 610), (255, 600), (281.1, 600)] + [(900 + k, 300) for k in range(5)]
    trees(wooded, [(point(*at), {"n": 1}) for at in near])
    urbiome.done(*ASSESS)
    rows = found(wooded)
    assert rows["3", ""]["value"] == pytest.approx(100 * 101 / 111, rel=1e-12)
    assert rows["30", ""]["value"] == pytest.approx(100 * 110 / 111, rel=1e-12)  # about half of the second's disc
    assert rows["300", ""]["value"] == pytest.approx(100 * 110 / 111, rel=1e-12)
    assert rows["all", ""]["value"] == pytest.approx(100 * 100 / 111, rel=1e-12)
    assert rows["3", ""]["indicator"] == "people_with_trees_in_view" and rows["3", ""]["variant"] == "30m_3trees"
    assert rows["30", ""]["variant"] == "300m_30percent" and "what stands between is not looked at" in rows["3", ""]["method"]
    assert rows["all", ""]["variant"] == "3_30_300_trees+3_30_300_canopy+3_30_300"
    canopy = next(r for r in results(wooded.parent / "out") if r["indicator"] == "canopy_share" and r["zone_level"] == "city")
    assert canopy["value"] == pytest.approx(0.2)


@pytest.mark.parametrize("epsg", [32633, 4326])
@pytest.mark.parametrize("spread", ["points", "polygons"])
def test_against_brute_force(urbiome, wooded, epsg, spread):
    """Random trees and cells; residents at points, or everywhere; on a grid of metres or of degrees."""
    random = np.random.default_rng(7)
    cover = np.where(random.random((100, 100)) < 0.1, 0, np.where(random.random((100, 100)) < random.random((100, 1)), 1, 3)).astype(np.uint8)
    scale, (west, north) = (1, (WEST, NORTH)) if epsg == 32633 else (1e-5, (15.0, 50.5))
    transform = (west, 10 * scale, 0, north, 0, -10 * scale)
    write_raster(wooded.parent / "cover.tif", cover, epsg=epsg, transform=transform, nodata=0)
    area = f"POLYGON(({west} {north},{west + 1000 * scale} {north},{west + 1000 * scale} {north - 1000 * scale},{west} {north - 1000 * scale},{west} {north}))"
    for name in ("boundary", "zones"):
        rewrite_layer(wooded.parent / f"{name}.gpkg", [(area, {"name": "all", "code": "a"})], epsg=epsg)
    rewrite_layer(wooded.parent / "parks.gpkg", [(area, {"access": "yes"})], epsg=epsg)
    stems = random.random((400, 2)) * 1000
    trees(wooded, [(f"POINT({west + x * scale} {north - y * scale})", {"n": 1}) for x, y in stems], epsg=epsg)
    homes = random.random((300, 2)) * 1000 if spread == "points" else np.stack(np.meshgrid(np.arange(5, 1000, 10), np.arange(5, 1000, 10)), -1).reshape(-1, 2)
    if spread == "points":
        people = [(f"POINT({west + x * scale} {north - y * scale})", {"people": 1}) for x, y in homes]
    else:
        people = [(area, {"people": len(homes)})]
    rewrite_layer(wooded.parent / "people.gpkg", people, epsg=epsg)
    own(wooded, "t,mine,trees,T,trees_in_view,,,40,,2,,%,,unverified,", "c,mine,canopy,C,canopy_around,,,95,,45,,%,,unverified,",
        "b,mine,both,B,all_of,,,,,,t c,%,,unverified,")  # fmt: skip
    urbiome.done(*ASSESS)
    east, south = ground(epsg, north - 500 * scale)
    in_view = ((np.hypot((homes[:, None, 0] - stems[None, :, 0]) * east, (homes[:, None, 1] - stems[None, :, 1]) * south) <= 40).sum(1)) >= 2
    middles = np.floor(homes / 10) * 10 + 5  # what surrounds a point is what surrounds the middle of its cell
    rows, cols = np.mgrid[0:100, 0:100] * 10 + 5
    near = np.hypot((middles[:, 0, None, None] - cols) * east, (middles[:, 1, None, None] - rows) * south) <= 95
    known = (near & (cover > 0)).sum((1, 2))
    green = 100 * (near & (cover == 1)).sum((1, 2)) >= 45 * known
    rows_found = found(wooded)
    tolerance = dict(rel=1e-9) if epsg == 32633 else dict(abs=0.5)  # some cells are a millimetre from the limit there
    for topic, expected in (("trees", in_view), ("canopy", green), ("both", in_view & green)):
        assert 0.05 < expected.mean() < 0.95
        assert rows_found[topic, ""]["value"] == pytest.approx(100 * expected.mean(), **tolerance), topic


def ground(epsg, lat):
    """Metres of ground in a metre of the map, east and south."""
    if epsg == 32633:
        return 1, 1
    a, e2, sin, cos = 6378137, 0.0066943799901413165, np.sin(np.radians(lat)), np.cos(np.radians(lat))
    w = np.sqrt(1 - e2 * sin * sin)
    return np.radians(1e-5) * a * cos / w, np.radians(1e-5) * a * (1 - e2) / w**3


def test_crowns_are_trees(urbiome, wooded):
    trees(wooded, [(box(500, 500, 504, 504), {"n": 1}), (box(510, 500, 514, 504), {"n": 1})])
    rewrite_layer(wooded.parent / "people.gpkg", [(point(505, 505), {"people": 3}), (point(5, 5), {"people": 1})])
    own(wooded, "t,mine,trees,T,trees_in_view,,,30,,2,,%,50,unverified,")
    urbiome.done(*ASSESS)
    assert (found(wooded)["trees", ""]["value"], found(wooded)["trees", ""]["label"]) == (75, "met")


def test_bounds_and_groups_of_all(urbiome, wooded):
    rewrite_layer(wooded.parent / "parks.gpkg", [(box(0, 0, 100, 100), {"access": "perhaps"})])
    rewrite_layer(wooded.parent / "people.gpkg", [(point(50, 50), {"people": 3, "old": 1}), (point(900, 900), {"people": 1, "old": 1})])
    change(wooded, 'column = "people"', 'column = "people"\ngroups = { old = "old" }')
    trees(wooded, [(point(50, 55), {"n": 1}), (point(50, 45), {"n": 1})])
    own(wooded, "t,mine,trees,T,trees_in_view,,,30,,1,,%,,unverified,", "g,mine,green,G,people_within,public_green,0,300,straight,,,%,,unverified,",
        "b,mine,both,B,all_of,,,,,,g t,%,,unverified,")  # fmt: skip
    change(wooded, "public = \"access = 'yes'\"", "public = \"access = 'yes'\"\nprivate = \"access = 'no'\"")
    urbiome.done(*ASSESS)
    row = found(wooded)["both", ""]
    assert (row["value"], row["lower"], row["upper"]) == (0, 0, 75)
    assert found(wooded)["both", "old"]["upper"] == 50


def test_what_is_missing(urbiome, city):
    urbiome.done(*ASSESS)
    assert not {"3", "30", "all"} & {topic for topic, _ in found(city)}
    change(city, "[parameters]", '[frameworks]\nrun = ["3_30_300"]\n\n[parameters]')
    urbiome.done(*ASSESS)
    assert {topic: row["method"] for (topic, _), row in found(city).items()} == {
        "3": "no layers.trees", "30": "no land cover that tells canopy", "300": "no streets", "all": "no layers.trees"}  # fmt: skip


@pytest.mark.parametrize("rows, said", [
    (["t,mine,a,T,trees_in_view,,,30,,,,%,,unverified,"], "at_least of standard 't' is missing"),
    (["t,mine,a,T,trees_in_view,,,30,,2.5,,%,,unverified,"], "at_least of standard 't' is '2.5'"),
    (["t,mine,a,T,canopy_around,,,30,,101,,%,,unverified,"], "at_least of standard 't' is '101'"),
    (["t,mine,a,T,canopy_around,green,,30,,10,,%,,unverified,"], "places of standard 't' is 'green'"),
    (["t,mine,a,T,all_of,,,,,,nothing,%,,unverified,"], "of of standard 't' names 'nothing'"),
    (["t,mine,a,T,all_of,,,,,,t,%,,unverified,"], "of of standard 't' names 't'"),
])
def test_rows_that_are_wrong(urbiome, city, rows, said):
    own(city, *rows)
    urbiome.refused(BAD_INPUT, [said, "expected"], "assess", "city.toml", "-o", "out", "-q")


def test_trees_that_are_none(urbiome, wooded):
    trees(wooded, [("LINESTRING(500000 5599000,500100 5599000)", {"n": 1})])
    urbiome.refused(BAD_INPUT, ["holds no points or polygons", "expected"], "assess", "city.toml", "-o", "out", "-q")


@pytest.mark.parametrize("marks, said", [("1,,0", "canopy is ''"), ("1,2,0", "canopy is '2'")])
def test_a_legend_that_tells_canopy_by_halves(urbiome, city, marks, said):
    head, nodata, *lines = LEGEND.strip().split("\n")
    text = [head + ",canopy", nodata + ",0", *(f"{line},{mark}" for line, mark in zip(lines, marks.split(",")))]
    (city.parent / "legend.csv").write_text("\n".join(text) + "\n")
    urbiome.refused(BAD_INPUT, [said, "expected"], "assess", "city.toml", "-o", "out", "-q")
