"""Porto Alegre: people as points in a table and streets in a PBF, without any land cover."""

import csv

from agreement import Agreement


def test_people_are_summed_and_the_land_has_no_data(cities):
    found = Agreement(cities.assess(cities.recipe("portoalegre/city.toml.in")))
    with open(cities.data / "portoalegre_br" / "poa_hexgrid.csv", encoding="utf-8", newline="") as file:
        people = sum(int(row["population"]) for row in csv.DictReader(file))
    found.is_(people, "", "residents")
    found.settled()
    for key, row in found.rows.items():
        if key[2] != "residents":
            assert (row["status"], row["value"]) in (("no_data", ""), ("not_applicable", "")), row


def test_points_in_degrees_need_no_land_cover_but_must_have_their_columns(cities):
    recipe = cities.recipe("portoalegre/city.toml.in", "portoalegre_without_columns")
    recipe.write_text(recipe.read_text(encoding="utf-8").replace('x = "lon"', 'x = "longitude"'), encoding="utf-8")
    sentence = cities.refusal(recipe)
    assert "poa_hexgrid.csv" in sentence and "longitude" in sentence


def test_audit_tells_what_is_there(cities):
    told = cities.audit(cities.recipe("portoalegre/city.toml.in"))
    assert "poa_osm.pbf" in told and "streets can be walked" in told
    assert "no land cover" in told
    assert "812935 people" in told
