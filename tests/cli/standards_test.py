"""Standards of access and provision in a city small enough to count by hand.

A park of 300 x 200 m, one street to its southern edge with a side street, and four households:
    100 people 250 m down the street                        250 m by street and straight
     10 people 300 m south, 50 m off the street             350 m by street, 300 m straight
  1,000 people 390 m to the south-east                    1,000 m by street
 10,000 people in the park
"""

import pytest
from conftest import BAD_INPUT, change
from tiny_city import NORTH, WEST, box, districts, results, rewrite_layer, write_layer

ASSESS = ["assess", "city.toml", "-o", "out"]
SOUTH = NORTH - 1000
HOUSEHOLDS = [((250, 450), 100), ((300, 400), 10), ((700, 450), 1000), ((200, 800), 10000)]
STREETS = [[(250, 0), (250, 720)], [(250, 300), (950, 300)]]


def point(x, y):
    return f"POINT({WEST + x} {SOUTH + y})"


def line(points):
    return "LINESTRING(" + ",".join(f"{WEST + x} {SOUTH + y}" for x, y in points) + ")"


def corners(x0, y0, x1, y1):
    return ",".join(f"{WEST + x} {SOUTH + y}" for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)))


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


INCOME = '[layers.income]\npath = "income.gpkg"\ncolumn = "income"\n\n[parameters]'


@pytest.mark.parametrize("incomes, expected", [
    # Residents 10,000 north-west in the park, none north-east, 1,110 south: 100 at 250 m and 10 at 300 m are near.
    ((3, 1, 2), (110 + 1112) / 2222),  # the 1,110 of the south first, the other 1,112 of the fifth from the north-west
    ((1, 2, 3), 1.0),
    ((None, 1, 2), None),  # one zone with residents and income is left
])
def test_the_lowest_income_fifth(urbiome, walkers, incomes, expected):
    features = [(shape, {"income": value}) for (shape, _), value in zip(districts(), incomes)]
    write_layer(walkers.parent / "income.gpkg", sorted(features, key=lambda f: f[1]["income"] is None))
    change(walkers, "[parameters]", INCOME)
    urbiome.done(*ASSESS)
    found = {r["variant"]: r for r in results(walkers.parent / "out") if r.get("topic") == "5.2/lowest_fifth"}
    row = found.pop("300m_0ha_straight/district")
    assert not found and (row["zone_level"], row["group"]) == ("city", "lowest_income_fifth")
    if expected is None:
        assert (row["value"], row["status"]) == (None, "not_applicable")
    else:
        assert row["value"] == pytest.approx(100 * expected, rel=1e-12)
    change(walkers, "[parameters]", "[parameters]\nmin_group_size = 2223")
    urbiome.done(*ASSESS, "--overwrite")
    row = next(r for r in results(walkers.parent / "out") if r.get("topic") == "5.2/lowest_fifth")
    assert (row["value"], row["status"]) == (None, "not_applicable" if expected is None else "suppressed")


def test_no_income_no_lowest_fifth(urbiome, walkers):
    urbiome.done(*ASSESS)
    assert not [r for r in results(walkers.parent / "out") if r.get("group") == "lowest_income_fifth"]
    change(walkers, "[parameters]", '[frameworks]\nrun = ["uni"]\n\n[parameters]')
    urbiome.done(*ASSESS, "--overwrite")
    row = next(r for r in results(walkers.parent / "out") if r.get("topic") == "5.2/lowest_fifth")
    assert (row["status"], row["method"]) == ("no_data", "no layers.income")


def test_residential_land_within_the_service_radius(urbiome, walkers):
    """Two blocks east of a long park: of the first a strip of 50 m lies within 500 m of it."""
    parks = walkers.parent / "parks.gpkg"
    rewrite_layer(parks, [(box(0, 0, 50, 1000), {"access": "yes"}), (box(0, 990, 20, 999), {"access": "no"})])
    write_layer(walkers.parent / "homes.gpkg", [(box(500, 300, 700, 500), {"n": 1}), (box(600, 400, 1000, 500), {"n": 1}), (box(2000, 0, 2100, 100), {"n": 1})])
    change(walkers, "[parameters]", '[layers.residential]\npath = "homes.gpkg"\n\n[parameters]')
    urbiome.done(*ASSESS)
    found = standards(walkers.parent / "out")
    row = found["china", "service_radius_500/land", ""]
    # A square of 200 m and 300 x 100 m beside it.
    scale = 1 / 0.9996  # UTM at its middle: 500 m of ground are 499.8 of the map
    inside = 200 * (550 - 500 - (500 - 500 / scale)) / (200 * 200 + 300 * 100)
    assert row["value"] == pytest.approx(100 * inside, rel=1e-5)
    assert (row["indicator"], row["variant"], row["label"]) == ("residential_land_within_reach", "500m_0.5ha_straight", "not met")
    assert standards(walkers.parent / "out", "ne")["china", "service_radius_500/land", ""]["status"] == "undefined"
    rewrite_layer(walkers.parent / "homes.gpkg", [("POINT(500000 5599500)", {"n": 1})])
    urbiome.refused(BAD_INPUT, ["layer residential", "expected polygons"], *ASSESS, "-q", "--overwrite")


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


def assess_mine(urbiome, city, rows):
    """Rows of results for standards that are given as (measure, places, least hectares, metres, route)."""
    header = "id,framework,topic,title,measure,places,min_area_ha,distance_m,route,unit,target,evidence,source"
    lines = [f"s{i},mine,{i},T,{','.join(map(str, row))},%,,unverified," for i, row in enumerate(rows)]
    (city.parent / "mine.csv").write_text("\n".join([header, *lines, ""]))
    change(city, "[parameters]", '[frameworks]\nstandards = "mine.csv"\n\n[parameters]')
    done = urbiome.done(*ASSESS)
    found = standards(city.parent / "out")
    return [found["mine", str(i), ""] for i in range(len(rows))], done


@pytest.mark.parametrize("east, gap, joined", [(400, 0, True), (401, 0, False), (410, 9, False), (410, 11, True)])
def test_pieces_that_meet_in_a_corner_or_over_a_gap_are_one_place(urbiome, walkers, east, gap, joined):
    """A park of 6 ha and one of 2 ha at its corner, or a step away: 8 ha together."""
    parks = walkers.parent / "parks.gpkg"
    rewrite_layer(parks, [(box(100, 700, 400, 900), {"access": "yes"}), (box(east, 600, east + 200, 700), {"access": "yes"})])
    change(walkers, "[parameters]", f"[parameters]\nmerge_gap_m = {gap}")
    rows = [("people_within", "public_green", 7.9, 300, route) for route in ("straight", "street")]
    (straight, street), _ = assess_mine(urbiome, walkers, rows)
    assert (straight["value"] > 0, street["value"] > 0) == (joined, joined)


@pytest.mark.parametrize("end, reached", [(699.95, 100), (699.5, 0)])
def test_a_path_that_ends_on_the_outline_is_an_entrance(urbiome, walkers, end, reached):
    """Steps along the southern edge lie 5 m beside the path, too far for 251 m."""
    streets = walkers.parent / "streets.gpkg"
    streets.unlink()
    write_layer(streets, [(line([(250, 450), (250, end)]), {"highway": "residential"})])
    rewrite_layer(walkers.parent / "people.gpkg", [(point(250, 450), {"people": 100})])
    rewrite_layer(walkers.parent / "parks.gpkg", [(box(155, 700, 355, 900), {"access": "yes"})])
    (street,), _ = assess_mine(urbiome, walkers, [("people_within", "public_green", 0, 251, "street")])
    assert street["value"] == reached


def test_a_hole_has_entrances(urbiome, walkers):
    """A street inside a hole of the park, and seven people at its beginning: 80 m to its end, 20 m to the edge of the hole, 22 to a step."""
    ring = f"POLYGON(({corners(0, 0, 950, 950)}),({corners(400, 400, 600, 600)}))"
    parks, streets = walkers.parent / "parks.gpkg", walkers.parent / "streets.gpkg"
    rewrite_layer(parks, [(ring, {"access": "yes"})])
    streets.unlink()
    write_layer(streets, [(line([(500, 500), (580, 500)]), {"highway": "residential"})])
    rewrite_layer(walkers.parent / "people.gpkg", [(point(500, 500), {"people": 7})])
    rows = [("people_within", "public_green", 0, metres, "street") for metres in (99, 103)]
    (near, far), _ = assess_mine(urbiome, walkers, rows)
    assert (near["value"], far["value"]) == (0, 100)


@pytest.mark.parametrize("access", ["yes", "no"])
def test_a_gate_leads_into_the_space_that_it_stands_at(urbiome, walkers, access):
    """The only gate is that of a playground too small to count, or of a private garden, on the way to the park."""
    parks = walkers.parent / "parks.gpkg"
    rewrite_layer(parks, [(box(100, 700, 400, 900), {"access": "yes"}), (box(240, 660, 260, 690), {"access": access})])
    write_layer(walkers.parent / "gates.gpkg", [(point(250, 688), {"n": 1})])
    change(walkers, 'role = "green"', 'role = "green"\nentrances = "gates.gpkg"')
    (street,), _ = assess_mine(urbiome, walkers, [("people_within", "public_green", 1, 300, "street")])
    assert street["value"] == share(10000)


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
    assert {key[0] for key in found} == {"3_30_300"} and ("3_30_300", "300", "") in found
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
    (HEADER + " ,mine,t,T,people_within,green,1,300,straight,%,,unverified,\n", "id of standard ' ' is missing"),
    (HEADER + "a,mine,t,T,area_per_person,green,1,300,,m2 per person,,unverified,\n", "distance_m of standard 'a' is '300'"),
    (HEADER + "a,mine,t,T,people_within,green,1,300,straight,%,,unverified,\nb,mine,t,T,people_within,public_green,1,300,straight,%,,unverified,\n", "cannot tell the standards 'a' and 'b' apart"),
    (HEADER, "holds 0 standards"),
    (HEADER + "".join(f"s{i},mine,{i},T,people_within,green,1,300,straight,%,,unverified,\n" for i in range(501)), "holds 501 standards"),
])
def test_tables_that_are_wrong(urbiome, city, table, said):
    (city.parent / "mine.csv").write_text(table)
    change(city, "[parameters]", '[frameworks]\nstandards = "mine.csv"\n\n[parameters]')
    urbiome.refused(BAD_INPUT, [said, "expected"], *ASSESS, "-q")


def test_unknown_framework(urbiome, city):
    change(city, "[parameters]", '[frameworks]\nrun = ["natural_englnd"]\n\n[parameters]')
    urbiome.refused(BAD_INPUT, ["did you mean 'natural_england'"], *ASSESS, "-q")


@pytest.mark.parametrize("streets, epsg, said", [
    ([[(0, 250000), (0, 250500)]], 32633, "no street of .*streets.gpkg lies within 250 m of the city"),
    ([[(250, 0), (250, 0)], [(7, 7), (7, 7)]], 32633, "none of 2 streets that can be walked has a length"),
])
@pytest.mark.parametrize("verb", [ASSESS, ["audit", "city.toml"]])
def test_streets_that_are_nowhere(urbiome, walkers, streets, epsg, said, verb):
    rewrite_layer(walkers.parent / "streets.gpkg", [(line(points), {"highway": "residential"}) for points in streets], epsg=epsg)
    urbiome.refused(BAD_INPUT, [said, "expected"], *verb, "-q")


def test_what_is_named_for_nothing_is_a_warning(urbiome, city):
    write_layer(city.parent / "gates.gpkg", [(point(250, 700), {"n": 1})])
    change(city, 'role = "green"', 'role = "green"\nentrances = "gates.gpkg"')
    change(city, "[parameters]", '[frameworks]\nrun = ["uni", "target12"]\n\n[parameters]')
    said = urbiome.done(*ASSESS).stderr
    assert b"gates.gpkg: entrances are not used without [streets]" in said
    assert b'lists "target12", of which the shipped table of standards holds nothing' in said


def test_gates_without_crs(urbiome, walkers):
    write_layer(walkers.parent / "gates.gpkg", [(point(250, 700), {"n": 1})], epsg=None)
    change(walkers, 'role = "green"', 'role = "green"\nentrances = "gates.gpkg"')
    urbiome.refused(BAD_INPUT, ["gates.gpkg", "write it into the file of entrances"], *ASSESS, "-q")


def test_streets_without_crs(urbiome, walkers):
    rewrite_layer(walkers.parent / "streets.gpkg", [(line(points), {"highway": "residential"}) for points in STREETS], epsg=None)
    urbiome.refused(BAD_INPUT, ["streets.gpkg", "crs"], *ASSESS, "-q")
