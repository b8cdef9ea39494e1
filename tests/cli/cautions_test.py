"""What audit warns of, assess says too: on stderr, in run.json and on the page."""

import csv
import json

import numpy as np
from tiny_city import box, classes, districts, write_layer, write_raster


def warnings_of(entries):
    return [f"{e['subject']}: {e['message']}" for e in entries if e["severity"] == "warning"]


def odd_city(folder):
    """A strip outside the survey, a sliver, and a zone that leaves the city with people in it."""
    cells = classes()
    cells[:, 98:] = 0
    write_raster(folder / "cover.tif", cells, nodata=0)
    (folder / "zones.gpkg").unlink()
    sliver = (box(500, 500, 500.0001, 500.1), {"code": "sliver", "name": "Sliver"})
    beyond = (box(1000, 0, 1200, 1000), {"code": "e", "name": "East"})
    write_layer(folder / "zones.gpkg", [*districts(), sliver, beyond])
    (folder / "people.gpkg").unlink()
    write_layer(folder / "people.gpkg", [(box(0, 0, 1000, 1000), {"people": 900}), (box(1000, 0, 1200, 1000), {"people": 100})])


def test_assess_says_what_audit_says(urbiome, city):
    odd_city(urbiome.folder)
    told = json.loads(urbiome.done("audit", "city.toml", "--json").stdout)
    result = urbiome.done("assess", "city.toml", "-o", "out", "-q")
    kept = json.loads((urbiome.folder / "out/run.json").read_text())["audit"]
    page = (urbiome.folder / "out/report.html").read_text()
    warnings = warnings_of(told)
    assert any("1 zones are slivers" in w for w in warnings) and any("2 % of the city is outside the survey" in w for w in warnings)
    assert sorted(warnings) == sorted(warnings_of(kept))
    for warning in warnings:
        assert "urbiome: warning: " + warning in result.stderr.decode()
        assert warning.split(": ", 1)[1] in page
    beyond = "100 of the 1000 people on the grid live outside the city, which has 900"
    assert all(any(beyond in e["message"] for e in entries) for entries in (told, kept)) and beyond in page


def test_a_run_of_few_indicators_says_what_it_knows(urbiome, city):
    odd_city(urbiome.folder)
    with open(city, "a") as recipe:
        recipe.write('\n[indicators]\nrun = ["residents"]\n')
    said = urbiome.done("assess", "city.toml", "-o", "out", "-q").stderr.decode()
    assert "1 zones are slivers" in said and "outside the survey" not in said
    rows = list(csv.DictReader(open(urbiome.folder / "out/results.csv", newline="")))
    assert {r["indicator"] for r in rows} == {"residents"}


def test_a_sound_city_has_no_warning(urbiome, city):
    assert np.count_nonzero(classes() == 0) == 0
    assert urbiome.done("assess", "city.toml", "-o", "out", "-q").stderr == b""
