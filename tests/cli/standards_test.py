"""Standards of access and provision in a city small enough to count by hand.

A park of 300 x 200 m, one street to its southern edge with a side street, and four households:
    100 people 250 m down the street                        250 m by street and straight
     10 people 300 m south, 50 m off the street             350 m by street, 300 m straight
  1,000 people 390 m to the south-east                    1,000 m by street
 10,000 people in the park
"""

import pytest
from conftest import BAD_INPUT, change
from tiny_city import NORTH, WEST, box, results, rewrite_layer, write_layer

ASSESS = ["assess", "city.toml", "-o", "out"]
SOUTH = NORTH - 1000
HOUSEHOLDS = [((250, 450), 100), ((300, 400), 10), ((700, 450), 1000), ((200, 800), 10000)]
STREETS = [[(250, 0), (250, 720)], [(250, 300), (950, 300)]]


def point(x, y):
    return f"POINT({WEST + x} {SOUTH + y})"


def line(points):
    return "LINESTRING(" + ",".join(f"{WEST + x} {SOUTH + y}" for x, y in points) + ")"


@pytest.fixture
def walkers(city):
    folder = city.parent
    rewrite_layer(folder / "people.gpkg", [(point(*at), {"people": n, "women": n // 2}) for at, n in HOUSEHOLDS])
    write_layer(folder / "streets.gpkg", [(line(points), {"highway": "residential"}) for points in STREETS])
    change(city, "[[population]]", '[streets]\npath = "streets.gpkg"\n\n[[population]]')
    return city


def standards(folder, zone="Tiny"):
    return {(r["framework"], r["topic"], r.get("group") or ""): r for r in results(folder) if r.get("framework") and r["zone_id"] == zone}


def share(people, of=11110):
    return pytest.approx(100 * people / of, rel=1e-12)


def test_street_and_straight_line_side_by_side(urbiome, walkers):
    urbiome.done(*ASSESS)
    found = standards(walkers.parent / "out")
    assert found["uni", "5.2", ""]["value"] == share(10110)  # straight, 300 m: <=
    assert found["uni", "5.2/street", ""]["value"] == share(10100)
    assert found["sdg11", "11.7.1/access", ""]["value"] == share(10110)  # street, 400 m
    assert found["singapore", "13", ""]["value"] == share(11110)  # straight, 400 m
    assert found["parkserve", "10_minutes", ""]["value"] == share(10110)
    assert found["3_30_300", "300", ""]["value"] == share(10100)
    assert found["natural_england", "local", ""]["value"] == share(10110)  # 6 ha count for 2 ha, not for 10
    assert found["natural_england", "neighbourhood", ""]["value"] == 0
    row = found["uni", "5.2/street", ""]
    assert (row["unit"], row["indicator"], row["variant"], row["status"]) == ("%", "people_within_reach", "300m_0ha_street", "ok")
    assert "along streets to public green and blue spaces" in row["method"]


def test_area_per_person_and_targets(urbiome, walkers):
    urbiome.done(*ASSESS)
    found = standards(walkers.parent / "out")
    # Half a hectare beside it is private. UTM's scale makes 6 ha of map 0.08 % larger on the ground here.
    park = found["china", "park_area_per_person", ""]
    assert park["value"] == pytest.approx(60000 / 11110, rel=1e-3)
    assert park["label"] == "not met"
    assert found["natural_england", "capacity", ""]["value"] == pytest.approx(park["value"] / 10, rel=1e-12)
    assert found["singapore", "12", ""]["label"] is None
    # Of zones only ground inside them counts: the park lies in the north-west.
    assert standards(walkers.parent / "out", "s")["china", "park_area_per_person", ""]["value"] == 0
    assert standards(walkers.parent / "out", "ne")["china", "park_area_per_person", ""]["status"] == "undefined"


def test_groups_have_rows_of_access(urbiome, walkers):
    change(walkers, 'column = "people"', 'column = "people"\ngroups = { women = "women" }')
    change(walkers, "[parameters]", "[parameters]\nmin_group_size = 600")
    urbiome.done(*ASSESS)
    found = standards(walkers.parent / "out")
    assert found["uni", "5.2/street", "women"]["value"] == share(5050, 5555)
    assert found["uni", "5.2/street", "women"]["status"] == "ok"
    assert standards(walkers.parent / "out", "s")["uni", "5.2", "women"]["status"] == "suppressed"  # 555 of them
    assert ("china", "park_area_per_person", "women") not in found


def test_unknown_access_gives_bounds(urbiome, walkers):
    parks = walkers.parent / "parks.gpkg"
    rewrite_layer(parks, [(box(100, 700, 400, 900), {"access": "yes"}), (box(650, 400, 750, 500), {"access": "perhaps"})])
    change(walkers, "public = \"access = 'yes'\"", "public = \"access = 'yes'\"\nprivate = \"access = 'no'\"")
    urbiome.done(*ASSESS)
    row = standards(walkers.parent / "out")["sdg11", "11.7.1/access", ""]
    assert (row["value"], row["lower"], row["upper"]) == (share(10110), share(10110), share(11110))
    assert "unknown access private and public" in row["method"]
    change(walkers, "[parameters]", '[parameters]\npublic_unknown = "public"')
    urbiome.done(*ASSESS, "--overwrite")
    assert standards(walkers.parent / "out")["sdg11", "11.7.1/access", ""]["value"] == share(11110)


def test_pieces_that_touch_are_one_place(urbiome, walkers):
    parks = walkers.parent / "parks.gpkg"
    parks.unlink()
    halves = [(box(100, 700, 250, 900), {"access": "yes"}), (box(250, 700, 400, 900), {"access": "yes"}), (box(240, 710, 300, 800), {"access": "yes"})]
    write_layer(parks, halves)
    (walkers.parent / "mine.csv").write_text(
        "id,framework,topic,title,measure,places,min_area_ha,distance_m,route,unit,target,evidence,source\n"
        "a,mine,whole,Whole park,people_within,public_green,5.9,300,straight,%,,unverified,\n"
        "b,mine,walk,Whole park on foot,people_within,public_green,5.9,300,street,%,50,unverified,\n")
    change(walkers, "[parameters]", '[frameworks]\nstandards = "mine.csv"\n\n[parameters]')
    urbiome.done(*ASSESS)
    found = standards(walkers.parent / "out")
    assert set(found) == {("mine", "whole", ""), ("mine", "walk", "")}
    assert found["mine", "whole", ""]["value"] == share(10110)
    assert (found["mine", "walk", ""]["value"], found["mine", "walk", ""]["label"]) == (share(10100), "met")


@pytest.mark.parametrize("gate, reached, said", [
    ((250, 700), 10100, b""),
    ((100, 800), 10000, b"1 of 1 entrances lie more than 30 m from every street"),
])
def test_a_park_with_one_gate(urbiome, walkers, gate, reached, said):
    write_layer(walkers.parent / "gates.gpkg", [(point(*gate), {"n": 1})])
    change(walkers, 'role = "green"', 'role = "green"\nentrances = "gates.gpkg"')
    assert said in urbiome.done(*ASSESS).stderr
    assert standards(walkers.parent / "out")["uni", "5.2/street", ""]["value"] == share(reached)


def test_an_island_is_not_reached(urbiome, walkers):
    streets = walkers.parent / "streets.gpkg"
    streets.unlink()
    broken = [[(250, 0), (250, 500)], [(250, 510), (250, 720)]]
    write_layer(streets, [(line(points), {"highway": "residential"}) for points in broken])
    urbiome.done(*ASSESS)
    assert standards(walkers.parent / "out")["uni", "5.2/street", ""]["value"] == share(10000)


def test_what_is_missing_is_said(urbiome, city):
    urbiome.done(*ASSESS)
    assert not [key for key in standards(city.parent / "out") if key[0] == "3_30_300"]  # no streets, and nobody asked
    change(city, "[parameters]", '[frameworks]\nrun = ["3_30_300"]\n\n[parameters]')
    urbiome.done(*ASSESS, "--overwrite")
    found = standards(city.parent / "out")
    assert list(found) == [("3_30_300", "300", "")]
    assert (found["3_30_300", "300", ""]["status"], found["3_30_300", "300", ""]["method"]) == ("no_data", "no streets")


def test_frameworks_are_left_out_on_request(urbiome, city):
    change(city, "[parameters]", "[frameworks]\nrun = []\n\n[parameters]")
    urbiome.done(*ASSESS)
    assert not standards(city.parent / "out")


def test_frameworks_beside_indicators_that_need_nobody(urbiome, walkers):
    change(walkers, "[parameters]", '[indicators]\nrun = ["green_share"]\n\n[parameters]')
    urbiome.done(*ASSESS)
    assert not standards(walkers.parent / "out")
    change(walkers, "[indicators]", '[frameworks]\nrun = ["uni"]\n\n[indicators]')
    urbiome.done(*ASSESS, "--overwrite")
    assert standards(walkers.parent / "out")["uni", "5.2/street", ""]["value"] == share(10100)


def test_a_run_is_replayed_with_its_frameworks(urbiome, walkers):
    change(walkers, "[parameters]", '[frameworks]\nrun = ["uni"]\n\n[parameters]')
    urbiome.done(*ASSESS)
    urbiome.done("assess", "out/run.json", "-o", "again")
    assert (walkers.parent / "out/results.csv").read_bytes() == (walkers.parent / "again/results.csv").read_bytes()


@pytest.mark.parametrize("threads, tile", [(1, 7), (2, 64), (7, 4096)])
def test_same_bytes(urbiome, walkers, threads, tile):
    urbiome.done(*ASSESS)
    urbiome.done("assess", "city.toml", "-o", "other", "--num-threads", str(threads), "--tile-size", str(tile))
    assert (walkers.parent / "out/results.csv").read_bytes() == (walkers.parent / "other/results.csv").read_bytes()


HEADER = "id,framework,topic,title,measure,places,min_area_ha,distance_m,route,unit,target,evidence,source\n"


@pytest.mark.parametrize("table, said", [
    ("id,framework\na,b\n", "has no column topic"),
    (HEADER + "a,mine,t,T,people_near,green,1,300,straight,%,,unverified,\n", "measure of standard 'a' is 'people_near'"),
    (HEADER + "a,mine,t,T,people_within,parks,1,300,straight,%,,unverified,\n", "one of green, green_blue"),
    (HEADER + "a,mine,t,T,people_within,green,-1,300,straight,%,,unverified,\n", "min_area_ha of standard 'a' is '-1'"),
    (HEADER + "a,mine,t,T,people_within,green,1,,straight,%,,unverified,\n", "distance_m of standard 'a' is missing"),
    (HEADER + "a,mine,t,T,people_within,green,1,300,by air,%,,unverified,\n", "one of straight, street"),
    (HEADER + "a,mine,t,T,people_within,green,1,300,straight,km,,unverified,\n", "unit of standard 'a' is 'km'"),
    (HEADER + "a,mine,t,T,people_within,green,1,300,straight,%,,true,\n", "evidence"),
    (HEADER + "a,mine,t,T,people_within,green,1,300,straight,%,,unverified,\n" * 2, "stands twice"),
])
def test_tables_that_are_wrong(urbiome, city, table, said):
    (city.parent / "mine.csv").write_text(table)
    change(city, "[parameters]", '[frameworks]\nstandards = "mine.csv"\n\n[parameters]')
    urbiome.refused(BAD_INPUT, [said, "expected"], *ASSESS, "-q")


def test_unknown_framework(urbiome, city):
    change(city, "[parameters]", '[frameworks]\nrun = ["natural_englnd"]\n\n[parameters]')
    urbiome.refused(BAD_INPUT, ["did you mean 'natural_england'"], *ASSESS, "-q")


def test_streets_without_crs(urbiome, walkers):
    rewrite_layer(walkers.parent / "streets.gpkg", [(line(points), {"highway": "residential"}) for points in STREETS], epsg=None)
    urbiome.refused(BAD_INPUT, ["streets.gpkg", "crs"], *ASSESS, "-q")
