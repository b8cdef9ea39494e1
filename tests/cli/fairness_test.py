"""How evenly green is spread over the residents of zones, in a city small enough to count by hand.

    zone  residents  women  green       public green
    nw          300    155  200,000 m2  60,000 m2
    ne          200     75        0          0
    s           500    230        0          0
"""

import csv
import json
import math

import pytest
from conftest import BAD_INPUT, change
from tiny_city import box, districts, results, rewrite_layer, write_layer

ASSESS = ["assess", "city.toml", "-o", "out", "-q"]
PEOPLE = 'path = "people.gpkg"\ncolumn = "people"'
SPACES = "public_green_spaces/district"


def rows(folder, indicator, group=""):
    found = [r for r in results(folder) if r["indicator"] == f"green_per_resident_{indicator}" and (r.get("group") or "") == group]
    assert all(r["zone_level"] == "city" for r in found)
    return {r["variant"]: r for r in found}


def lorenz(folder):
    with open(folder / "lorenz.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def curve(folder, indicator="green_per_resident_m2", group=""):
    return [(float(r["people_share"]), float(r["provision_share"])) for r in lorenz(folder) if (r["indicator"], r["group"]) == (indicator, group)]


def income(city, features, more='column = "income"', path="income.gpkg"):
    write_layer(city.parent / path, features)
    change(city, "[parameters]", f'[layers.income]\npath = "{path}"\n{more}\n\n[parameters]')


def with_values(values):
    return [(shape, {"code": zone["code"], "income": value}) for (shape, zone), value in zip(districts(), values)]


@pytest.fixture
def grouped(city):
    halves = [(box(0, 0, 500, 1000), {"people": 600, "women": 310}), (box(500, 0, 1000, 1000), {"people": 400, "women": 150})]
    rewrite_layer(city.parent / "people.gpkg", halves)
    change(city, PEOPLE, PEOPLE + '\ngroups = { women = "women" }')
    return city


def test_figures_and_curve(urbiome, city):
    urbiome.done(*ASSESS)
    out = city.parent / "out"
    for variant in ("district", SPACES):
        assert rows(out, "gini")[variant]["value"] == pytest.approx(0.7, abs=1e-9)
        assert rows(out, "theil")[variant]["value"] == pytest.approx(math.log(1 / 0.3), abs=1e-9)
        assert rows(out, "palma")[variant]["status"] == "undefined"
        assert rows(out, "concentration")[variant]["status"] == "no_data"
    row = rows(out, "gini")["district"]
    assert (row["unit"], row["valid_share"], row["method"]) == ("index", 1, "green area / residents, between 3 zones")
    assert list(lorenz(out)[0]) == ["date", "zone_level", "group", "indicator", "people_share", "provision_share"]
    assert {r["zone_level"] for r in lorenz(out)} == {"district"}
    for indicator in ("green_per_resident_m2", "public_green_per_resident_m2"):
        assert curve(out, indicator) == [(0, 0), (pytest.approx(0.7), 0), (1, 1)]


def test_a_curve_gives_the_figure(urbiome, city):
    rewrite_layer(city.parent / "parks.gpkg", [(box(100 + 300 * i, 600 - 400 * (i % 2), 200 + 300 * i, 650 + 100 * i), {"access": "yes"}) for i in range(3)])
    urbiome.done(*ASSESS)
    points = curve(city.parent / "out", "public_green_per_resident_m2")
    trapezia = sum((b[0] - a[0]) * (a[1] + b[1]) for a, b in zip(points, points[1:]))
    assert len(points) == 4
    assert rows(city.parent / "out", "gini")[SPACES]["value"] == pytest.approx(1 - trapezia, abs=1e-14)


def test_groups_have_their_own_people(urbiome, grouped):
    change(grouped, "[parameters]", "[parameters]\nmin_group_size = 70")
    urbiome.done(*ASSESS)
    out = grouped.parent / "out"
    assert rows(out, "gini", "women")["district"]["value"] == pytest.approx(1 - 155 / 460, abs=1e-9)
    assert curve(out, group="women") == [(0, 0), (pytest.approx(305 / 460), 0), (1, 1)]
    # 75 women live in one of the zones: a curve would tell.
    change(grouped, "min_group_size = 70", "min_group_size = 80")
    urbiome.done(*ASSESS, "--overwrite")
    assert rows(out, "gini", "women")["district"]["status"] == "ok"
    assert not curve(out, group="women") and curve(out)
    change(grouped, "min_group_size = 80", "min_group_size = 461")
    urbiome.done(*ASSESS, "--overwrite")
    assert rows(out, "gini", "women")["district"]["status"] == "suppressed"


@pytest.mark.parametrize("values, index", [((300, 200, 100), 0.7), ((1, 2, 3), -0.7), ((-5, -5, -5), 0), ((2.0, 1.0, 3.0), -0.3)])
def test_zones_by_their_own_income(urbiome, city, values, index):
    income(city, with_values(values))
    urbiome.done(*ASSESS)
    # 2, 1, 3: ne with nothing, nw with all, s with nothing: 1 - (.3 x 1 + .5 x 2)
    assert rows(city.parent / "out", "concentration")["district"]["value"] == pytest.approx(index, abs=1e-9)
    assert "in the order of income" in rows(city.parent / "out", "concentration")[SPACES]["method"]


def test_income_of_other_polygons_is_a_mean_by_area(urbiome, city):
    # nw 100, ne 300, s 0.3 x 100 + 0.7 x 0, poorer than nw only as a mean.
    income(city, [(box(0, 500, 500, 1000), {"income": 100}), (box(500, 500, 1000, 1000), {"income": 300}),
                  (box(0, 0, 300, 500), {"income": 100}), (box(300, 0, 1000, 500), {"income": 0})])
    urbiome.done(*ASSESS)
    # s, nw, ne: 1 - (.3 x 1 + .2 x 2)
    assert rows(city.parent / "out", "concentration")["district"]["value"] == pytest.approx(0.3, abs=1e-9)


def test_borders_drawn_twice_do_not_mix_incomes(urbiome, city):
    # ne and s have one income, though each polygon reaches 10 cm into its neighbours.
    shapes = [box(-0.1, 499.9, 500.1, 1000.1), box(499.9, 499.9, 1000.1, 1000.1), box(-0.1, -0.1, 1000.1, 500.1)]
    income(city, [(shape, {"income": value}) for shape, value in zip(shapes, (900, 100, 100))])
    urbiome.done(*ASSESS)
    assert rows(city.parent / "out", "concentration")["district"]["value"] == pytest.approx(0.7, abs=1e-9)


def test_zones_without_income_are_left_out(urbiome, city):
    income(city, with_values((None, 2, 1))[::-1])
    urbiome.done(*ASSESS)
    assert rows(city.parent / "out", "concentration")["district"]["status"] == "undefined"  # no green in the others
    rewrite_layer(city.parent / "income.gpkg", with_values((5, 2, None)))
    said = urbiome.done("assess", "city.toml", "-o", "out", "--overwrite").stderr.decode()
    row = rows(city.parent / "out", "concentration")["district"]
    assert (row["value"], row["valid_share"]) == (pytest.approx(0.4, abs=1e-9), pytest.approx(0.5, abs=1e-9))  # ne, nw
    assert "1 of 3 polygons have no number for income" in said


@pytest.mark.parametrize("more, said", [
    ("", "names no column"),
    ('column = "incme"', "incme"),
    ('column = "code"', "holds no number"),
])
def test_layers_of_income_that_are_wrong(urbiome, city, more, said):
    income(city, with_values((1, 2, 3)), more)
    urbiome.refused(BAD_INPUT, ["income.gpkg", said], *ASSESS)


def test_an_income_raster_is_said_to_be_unused(urbiome, city):
    change(city, "[parameters]", '[layers.income]\npath = "cover.tif"\nband = 1\n\n[parameters]')
    assert "not used by this version" in urbiome.done("assess", "city.toml", "-o", "out").stderr.decode()
    assert rows(city.parent / "out", "concentration")["district"]["status"] == "no_data"


@pytest.mark.parametrize("zones", [
    [(box(0, 0, 600, 1000), {"code": "a", "name": "A"}), (box(500, 0, 1000, 1000), {"code": "b", "name": "B"})],
    [(box(0, 0, 1000, 1000), {"code": "a", "name": "A"})],
])
def test_zones_that_cannot_be_compared(urbiome, city, zones):
    rewrite_layer(city.parent / "zones.gpkg", zones)
    urbiome.done(*ASSESS)
    assert {r["status"] for r in rows(city.parent / "out", "gini").values()} == {"not_applicable"}
    assert not (city.parent / "out/lorenz.csv").exists()


def test_two_tables_of_one_level_that_overlap(urbiome, city):
    write_layer(city.parent / "more.gpkg", [(box(0, 0, 1000, 1000), {"code": "all", "name": "All"})])
    change(city, "[[land_cover]]", '[[zones]]\npath = "more.gpkg"\nid = "code"\nlevel = "district"\n\n[[land_cover]]')
    urbiome.done(*ASSESS)
    assert rows(city.parent / "out", "gini")["district"]["status"] == "not_applicable"


def test_spaces_of_unknown_access(urbiome, city):
    rewrite_layer(city.parent / "parks.gpkg", [(box(100, 700, 400, 900), {"access": "yes"}), (box(600, 700, 700, 900), {"access": "perhaps"})])
    urbiome.done(*ASSESS)
    assert rows(city.parent / "out", "gini")[SPACES]["value"] == pytest.approx(0.7, abs=1e-9)
    change(city, "[parameters]", '[parameters]\npublic_unknown = "public"')
    urbiome.done(*ASSESS, "--overwrite")
    # x 0 of 500, 100 of 200, 200 of 300: F .5 .7 1, L 0 .25 1
    assert rows(city.parent / "out", "gini")[SPACES]["value"] == pytest.approx(1 - (0.2 * 0.25 + 0.3 * 1.25), abs=1e-9)


def test_without_land_cover_mapped_spaces_are_compared(urbiome, city):
    change(city, '[[land_cover]]\npath = "cover.tif"\nlegend = "legend.csv"\n', "")
    urbiome.done(*ASSESS)
    assert rows(city.parent / "out", "gini")["district"]["status"] == "no_data"
    assert rows(city.parent / "out", "gini")[SPACES]["value"] == pytest.approx(0.7, abs=1e-9)


def test_without_land_cover_and_spaces_there_is_nothing_to_compare(urbiome, city):
    change(city, '[[land_cover]]\npath = "cover.tif"\nlegend = "legend.csv"\n', "")
    change(city, '[[green_spaces]]\npath = "parks.gpkg"\nrole = "green"\npublic = "access = \'yes\'"\n', "")
    urbiome.done(*ASSESS)
    assert {r["status"] for r in rows(city.parent / "out", "gini").values()} == {"no_data"}


def test_only_chosen_indicators(urbiome, city):
    change(city, "[parameters]", '[indicators]\nrun = ["green_share"]\n\n[parameters]')
    urbiome.done(*ASSESS)
    assert not rows(city.parent / "out", "gini") and not (city.parent / "out/lorenz.csv").exists()


@pytest.mark.parametrize("threads, tile", [(1, 7), (7, 64)])
def test_same_bytes_and_replay(urbiome, grouped, threads, tile):
    income(grouped, with_values((3, 1, 2)))
    urbiome.done(*ASSESS)
    urbiome.done("assess", "out/run.json", "-o", "other", "-q", "--num-threads", str(threads), "--tile-size", str(tile))
    for name in ("results.csv", "lorenz.csv"):
        assert (grouped.parent / "out" / name).read_bytes() == (grouped.parent / "other" / name).read_bytes()


def section(folder, name):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert f'<section id="{name}"' in page
    return page[page.index(f'<section id="{name}"') :].split("</section>")[0], page


def test_the_report_draws_the_curves_with_the_gini_in_words(urbiome, grouped):
    change(grouped, 'women = "women"', '"</script><b>women" = "women"')
    urbiome.done(*ASSESS)
    drawn, page = section(grouped.parent / "out", "fairness")
    assert "Green per resident, by District" in drawn
    # 70 % of residents have nothing; of 460 women 305 have nothing. A picture of 400 x 400, from the lower left.
    assert 'd="M0 400L280 400L400 0"' in drawn and f'd="M0 400L{400 * 305 / 460:.1f} 400L400 0"' in drawn
    assert "Gini 0.70. The half of residents whose zones have least has 0.0% of the green, the tenth whose zones have most has 33.3%." in drawn
    assert f"Gini {305 / 460:.2f}. " in drawn
    assert "<b>women" not in page and "&lt;/script&gt;&lt;b&gt;women" in drawn
    figures = json.loads(page.split('id="lorenz-data">')[1].split("</script>")[0])
    assert [figure["title"] for figure in figures] == ["Green per resident, by District", "Public green space per resident, by District"]
    assert figures[1]["curves"][0]["points"] == [[0, 400], [280, 400], [400, 0]]
    assert [curve["name"] for curve in figures[0]["curves"]] == ["All residents", "</script><b>women"]


def test_the_report_has_no_curve_where_there_is_none(urbiome, city):
    change(city, "[parameters]", '[indicators]\nrun = ["residents"]\n\n[parameters]')
    urbiome.done(*ASSESS)
    page = (city.parent / "out/report.html").read_text(encoding="utf-8")
    assert "How evenly green is shared" not in page and "lorenz" not in page.split("</style>")[1]


def test_a_damaged_curve_is_refused_by_the_report(urbiome, city):
    urbiome.done(*ASSESS)
    path = city.parent / "out/lorenz.csv"
    path.write_text(path.read_text().replace("people_share", "people"))
    urbiome.refused(BAD_INPUT, ["lorenz.csv has no column people_share"], "report", "out", "-q")
