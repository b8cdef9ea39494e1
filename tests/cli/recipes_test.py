"""Bad recipes, and recipes in odd clothes."""

import json
import os

import pytest
from conftest import BAD_INPUT, change

ASSESS = ["assess", "city.toml", "-o", "out", "-q"]


@pytest.mark.parametrize("old, new, said", [
    ('legend = "legend.csv"', 'legned = "legend.csv"', "did you mean 'legend'"),
    ("[parameters]", "[paramters]", "did you mean 'parameters'"),
    ("min_green_area_ha = 0.5", "min_green_area = 0.5", "not a key of parameters"),
    ('name = "Tiny"', "name = 5", "city.name is 5"),
    ('level = "district"', 'level = "city"', "level"),
    ('path = "cover.tif"', 'path = ""', "path is missing"),
    ('path = "cover.tif"', 'path = "co\\u0000ver.tif"', "NUL"),
    ('path = "cover.tif"', 'path = "co\\nver.tif"', "does not exist"),
    ('path = "cover.tif"', 'path = "cover.tif"\nband = 7', "band 7"),
    ('path = "cover.tif"', 'path = "cover.tif"\nband = 0', "band is 0"),
    ('path = "cover.tif"', 'path = "/dev/zero"', "/dev/zero"),
    ('id = "code"', 'id = "coed"', "did you mean 'code'"),
    ('path = "zones.gpkg"', 'path = "zones.gpkg"\nlayer = "zonse"', "did you mean 'zones'"),
    ('column = "people"', 'column = "poeple"', "did you mean 'people'"),
    ("access = 'yes'", "acess = 'yes'", "column that is not there"),
    ("access = 'yes'", "1=1); DROP TABLE parks; --", "cannot be understood"),
    ('legend = "legend.csv"', 'legend = "worldcovr"', "did you mean 'worldcover'"),
])
def test_a_slip_of_the_pen(urbiome, city, old, new, said):
    change(city, old, new)
    urbiome.refused(BAD_INPUT, [said, "expected|check"], *ASSESS)


@pytest.mark.parametrize("key", ["near_distance_m", "exposure_radius_m", "connect_distance_m"])
@pytest.mark.parametrize("value", ["1e9", "1e308", "inf", "nan", "-1", '"300"', "[]", "9223372036854775808"])
def test_distances_out_of_range(urbiome, city, key, value):
    change(city, "min_green_area_ha = 0.5", f"{key} = {value}")
    urbiome.refused(BAD_INPUT, r"city\.toml:26", *ASSESS)


@pytest.mark.parametrize("content", [
    b"", b"\0", b"x = ", "name = 'Tiny'".encode("utf-16"), '[city]\nname = "M\u00fcnster"'.encode("latin-1"),
    b"x = " + b"[" * 100000 + b"]" * 100000, b"x = " + b"{a=" * 100000 + b"1" + b"}" * 100000, b"[" + b"a." * 100000 + b"a]\n",
    b"x" + b".x" * 100000 + b" = 1", b"x = [" + b"{a.a.a.a.a.a.a.a.a.a.a.a=[" * 200, b"\xef\xbb\xbf\xef\xbb\xbf[city]"],
    ids=["empty", "nul", "half", "utf-16", "latin-1", "arrays", "tables", "dotted table", "dotted key", "mixed", "two marks"])
def test_text_that_is_no_recipe(urbiome, city, content):
    city.write_bytes(content)
    urbiome.refused(BAD_INPUT, "city.toml", *ASSESS)
    urbiome.refused(BAD_INPUT, "city.toml", "audit", "city.toml")


def test_a_hundred_megabytes_of_garbage(urbiome, city):
    with open(city, "wb") as file:
        for _ in range(100):
            file.write(os.urandom(1 << 20))
    urbiome.refused(BAD_INPUT, "city.toml", *ASSESS)


def test_recipe_that_is_no_file(urbiome, city):
    urbiome.refused(BAD_INPUT, "none.toml cannot be read", "assess", "none.toml", "-o", "out")
    urbiome.refused(BAD_INPUT, "cannot be read", "assess", ".", "-o", "out")
    os.mkfifo(urbiome.folder / "pipe.toml")
    os.mkfifo(urbiome.folder / "pipe.json")
    urbiome.refused(BAD_INPUT, "pipe", "assess", "pipe.toml", "-o", "out", timeout=10)
    urbiome.refused(BAD_INPUT, "pipe", "assess", "pipe.json", "-o", "out", timeout=10)


@pytest.mark.parametrize("dress", [lambda t: t.replace("\n", "\r\n"), lambda t: "\ufeff" + t, lambda t: t + "# a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s\n"])
def test_recipes_in_odd_clothes_are_read(urbiome, city, dress):
    city.write_bytes(dress(city.read_text()).encode())
    urbiome.done(*ASSESS)


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", "[" * 100000, '{"recipe": 3}', '{"recipe": {"city": []}}', '{"recipe": {"city": {"name": "x"}}}'])
def test_replay_of_what_is_no_run(urbiome, content):
    (urbiome.folder / "run.json").write_text(content)
    urbiome.refused(BAD_INPUT, "run.json", "assess", "run.json", "-o", "out", "-q")


def test_replay(urbiome, city):
    urbiome.done(*ASSESS)
    urbiome.done("assess", "out/run.json", "-o", "again", "-q")
    assert (urbiome.folder / "again/results.csv").read_bytes() == (urbiome.folder / "out/results.csv").read_bytes()
    urbiome.done("assess", "out/run.json", "-o", "out", "--overwrite", "-q")
    with open(urbiome.folder / "legend.csv", "a") as file:
        file.write("7,more,0,0,0,0,0,\n")
    result = urbiome.run("assess", "out/run.json", "-o", "third", "-q")
    assert json.loads((urbiome.folder / "third/run.json").read_text())["city"]["name"] == "Tiny" and result.returncode == 0
