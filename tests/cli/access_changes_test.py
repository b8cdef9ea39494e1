"""Who gains and who loses access between two runs, counted by hand in a city of a few households and tracts."""

import csv

import pytest
from conftest import change
from standards_test import HOUSEHOLDS, STREETS, line, point
from tiny_city import box, rewrite_layer, write_layer

PARK = (100, 700, 400, 900)
BEFORE, AFTER = ["assess", "city.toml", "-o", "before", "-q"], ["assess", "later.toml", "-o", "after", "-q"]
COMPARE = ["compare", "before", "after", "-o", "out"]


@pytest.fixture
def walkers(city):
    """The four households of standards_test, half of each women, with streets; and a copy of the recipe to change."""
    folder = city.parent
    rewrite_layer(folder / "people.gpkg", [(point(*at), {"people": n, "women": n // 2}) for at, n in HOUSEHOLDS])
    write_layer(folder / "streets.gpkg", [(line(points), {"highway": "residential"}) for points in STREETS])
    change(city, "[[population]]", '[streets]\npath = "streets.gpkg"\n\n[[population]]')
    change(city, 'column = "people"', 'column = "people"\ngroups = { women = "women" }')
    return city


def later(city, **changes):
    """A recipe that reads other files: later(city, parks=[...]) writes them to later_parks.gpkg."""
    text = city.read_text()
    for name, features in changes.items():
        write_layer(city.parent / f"later_{name}.gpkg", features)
        assert f'"{name}.gpkg"' in text
        text = text.replace(f'"{name}.gpkg"', f'"later_{name}.gpkg"')
    (city.parent / "later.toml").write_text(text)
    return city.parent / "later.toml"


def changes(folder, zone="Tiny", group=""):
    with open(folder / "out/access_changes.csv", newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:4] == ["zone_id", "group", "gained", "lost"]
    found = {(r["framework"], r["topic"]): r for r in rows if (r["zone_id"], r["group"]) == (zone, group)}
    return {key: (float(r["gained"]), float(r["lost"])) if r["status"] == "ok" else r["status"] for key, r in found.items()}


def test_people_gain_in_one_place_and_lose_in_another(urbiome, walkers):
    """The park moves from the north-west to the household of 1000 in the east."""
    later(walkers, parks=[(box(650, 320, 850, 600), {"access": "yes"})])
    urbiome.done(*BEFORE)
    urbiome.done(*AFTER)
    urbiome.done(*COMPARE)
    found = changes(walkers.parent)
    # Before, within 300 m: 100, 10 and the 10,000 in the park. After: 1000 in the new park; the 100 are 400 m away, the 10 are 350 m.
    assert found["uni", "5.2"] == (1000, 10110)
    # 400 m straight: before all; after 100 (400 m of map, <=), 10 (350 m) and 1000: the 10,000 lose.
    assert found["singapore", "13"] == (0, 10000)
    # On foot: the 1000 live in the new park, the 100 have 570 m to it.
    assert found["uni", "5.2/street"] == (1000, 10100)
    # Near green of the recipe: 300 m, half a hectare, open or not. The small park was 300 m south of the 1000.
    assert found["", ""] == (0, 10110)
    assert changes(walkers.parent, group="women")["uni", "5.2"] == (500, 5055)
    # Households: two in the south, one in the north-west, the 1000 in the south-east.
    assert changes(walkers.parent, "nw")["uni", "5.2"] == (0, 10000)
    assert changes(walkers.parent, "s")["uni", "5.2"] == (1000, 110)
    assert changes(walkers.parent, "ne")["uni", "5.2"] == (0, 0)


def test_gains_less_losses_are_the_difference_of_the_results(urbiome, walkers):
    tracts = [(box(0, 0, 370, 1000), {"people": 731, "women": 300}), (box(370, 0, 1000, 1000), {"people": 1234, "women": 777})]
    rewrite_layer(walkers.parent / "people.gpkg", [(point(*at), {"people": n, "women": n // 2}) for at, n in HOUSEHOLDS] + tracts)
    later(walkers, parks=[(box(300, 320, 850, 600), {"access": "yes"}), (box(120, 800, 180, 860), {"access": "yes"})])
    urbiome.done(*BEFORE)
    urbiome.done(*AFTER)
    urbiome.done(*COMPARE)
    with open(walkers.parent / "out/compare.csv", newline="", encoding="utf-8-sig") as file:
        compared = list(csv.DictReader(file))
    residents = {(r["zone_id"], r["group"]): float(r["base"]) for r in compared if r["indicator"] == "residents"}
    seen = 0
    for row in compared:
        if row["indicator"] != "people_within_reach" or not row["difference"]:
            continue
        gained, lost = changes(walkers.parent, row["zone_id"], row["group"])[row["framework"], row["topic"]]
        people = float(row["difference"]) / 100 * residents[row["zone_id"], row["group"]]
        assert gained - lost == pytest.approx(people, abs=1e-6)
        seen += gained > 0 and lost > 0
    assert seen > 10


def test_cells_of_tracts(urbiome, walkers):
    """1000 people evenly in 1 km2; a park of 300 x 200 m moves 100 m to the east, at 0 m distance."""
    rewrite_layer(walkers.parent / "people.gpkg", [(box(0, 0, 1000, 1000), {"people": 1000, "women": 500})])
    (walkers.parent / "mine.csv").write_text(
        "id,framework,topic,title,measure,places,min_area_ha,distance_m,route,unit,target,evidence,source\n"
        "a,mine,inside,In a park,people_within,public_green,0,0,straight,%,,unverified,\n")
    change(walkers, "[parameters]", '[frameworks]\nstandards = "mine.csv"\n\n[parameters]')
    later(walkers, parks=[(box(200, 700, 500, 900), {"access": "yes"})])
    urbiome.done(*BEFORE)
    urbiome.done(*AFTER)
    urbiome.done(*COMPARE)
    assert changes(walkers.parent)["mine", "inside"] == (pytest.approx(20, abs=1e-6), pytest.approx(20, abs=1e-6))
    assert changes(walkers.parent, "nw", "women")["mine", "inside"] == (pytest.approx(10, abs=1e-6), pytest.approx(10, abs=1e-6))


def test_a_new_street(urbiome, walkers):
    """A short cut from the household of 1000 at (700, 450) to the park's corner: 30 m to it, then to the gate at (400, 700)."""
    new = [[(700, 420), (400, 700)]]
    later(walkers, streets=[(line(points), {"highway": "residential"}) for points in STREETS + new])
    urbiome.done(*BEFORE)
    urbiome.done(*AFTER)
    urbiome.done(*COMPARE)
    found = changes(walkers.parent)
    assert found["parkserve", "10_minutes"] == (1000, 0)  # about 430 m instead of 1000
    assert found["uni", "5.2/street"] == (0, 0)
    assert found["uni", "5.2"] == (0, 0)


def test_other_people_are_those_of_the_base(urbiome, walkers):
    later(walkers, people=[(point(*at), {"people": 3 * n, "women": n}) for at, n in HOUSEHOLDS], parks=[(box(650, 320, 850, 600), {"access": "yes"})])
    urbiome.done(*BEFORE)
    urbiome.done(*AFTER)
    said = urbiome.done(*COMPARE).stderr.decode()
    assert "its population is another one: access_changes.csv counts the people of the base in both" in said
    assert changes(walkers.parent)["uni", "5.2"] == (1000, 10110)


def test_small_groups_are_suppressed(urbiome, walkers):
    change(walkers, "[parameters]", "[parameters]\nmin_group_size = 600")
    later(walkers)
    urbiome.done(*BEFORE)
    urbiome.done(*AFTER)
    urbiome.done(*COMPARE)
    assert changes(walkers.parent, group="women")["uni", "5.2"] == (0, 0)
    assert changes(walkers.parent, "s", "women")["uni", "5.2"] == "suppressed"


@pytest.mark.parametrize("options, said", [([], "has changed since"), (["--no-checksum"], "has changed since")])
def test_inputs_that_changed_are_named(urbiome, walkers, options, said):
    later(walkers)
    urbiome.done(*BEFORE, *options)
    rewrite_layer(walkers.parent / "parks.gpkg", [(box(650 + i, 320, 850, 600), {"access": "yes", "note": "x" * 9999}) for i in range(20)])
    urbiome.done(*AFTER, *options)
    told = urbiome.done(*COMPARE).stderr.decode()
    assert "who gains and loses access is not told: " in told and f"parks.gpkg {said}" in told
    assert not (walkers.parent / "out/access_changes.csv").exists() and (walkers.parent / "out/compare.csv").exists()


def test_only_on_request(urbiome, walkers):
    later(walkers)
    urbiome.done(*BEFORE)
    urbiome.done(*AFTER)
    urbiome.done(*COMPARE, "--no-access-changes")
    assert not (walkers.parent / "out/access_changes.csv").exists()


def test_without_land_cover_and_with_several_others(urbiome, walkers):
    change(walkers, '[[land_cover]]\npath = "cover.tif"\nlegend = "legend.csv"\n', "")
    later(walkers, parks=[(box(650, 320, 850, 600), {"access": "yes"})])
    urbiome.done(*BEFORE)
    urbiome.done(*AFTER)
    urbiome.done("compare", "before", "after", "before", "-o", "out")
    with open(walkers.parent / "out/access_changes.csv", newline="", encoding="utf-8-sig") as file:
        rows = [r for r in csv.DictReader(file) if (r["zone_id"], r["group"], r["topic"]) == ("Tiny", "", "5.2")]
    assert [(r["scenario"], float(r["gained"]), float(r["lost"])) for r in rows] == [("after", 1000, 10110), ("before", 0, 0)]


@pytest.mark.parametrize("threads", [1, 7])
def test_same_bytes(urbiome, walkers, threads):
    later(walkers, parks=[(box(300, 320, 850, 600), {"access": "yes"})])
    urbiome.done(*BEFORE)
    urbiome.done(*AFTER)
    urbiome.done(*COMPARE)
    urbiome.done("compare", "before", "after", "-o", "other", "--num-threads", str(threads))
    assert (walkers.parent / "out/access_changes.csv").read_bytes() == (walkers.parent / "other/access_changes.csv").read_bytes()
