"""Green spaces by the tags of a layer, in a city of 1 km2 that is counted by hand.

    park    300 x 200 m   leisure=park                                          6.0 ha
    club    100 x  50 m   leisure=pitch, access=private                         0.5 ha
    garden  100 x 100 m   "leisure"=>"garden" among its other tags              1.0 ha
    pond    200 x 100 m   natural=water                                         2.0 ha
    house   100 x 100 m   building=yes, access=yes                              1.0 ha
"""

import hashlib
import json

import pytest
from conftest import BAD_INPUT, change
from osgeo import osr
from tiny_city import CELL, NORTH, SIDE, UTM, WEST, box, results, rewrite_layer, write_layer

ASSESS = ["assess", "city.toml", "-o", "out", "-q"]
PLACES = {"park": (100, 700, 400, 900), "club": (600, 100, 700, 150), "garden": (600, 700, 700, 800), "pond": (800, 800, 1000, 900), "house": (0, 0, 100, 100)}
TAGS = {
    "park": {"leisure": "park"},
    "club": {"leisure": "pitch", "access": "private"},
    "garden": {"other_tags": '"leisure"=>"garden","name"=>"\\"Le\\" jardin"'},
    "pond": {"natural": "water", "access": ""},
    "house": {"building": "yes", "access": "yes"},
}


def tagged(folder, **more):
    columns = {"name": "", "leisure": None, "natural": None, "building": None, "access": None, "other_tags": None}
    features = [(box(*PLACES[name]), {**columns, "name": name, **TAGS[name]}) for name in PLACES]
    write_layer(folder / "tagged.gpkg", features, **more)


@pytest.fixture
def tags(city):
    """The city's recipe, with `tags = "..."` to come in the place of `TAGS`."""
    tagged(city.parent)
    change(city, 'path = "parks.gpkg"\nrole = "green"\npublic = "access = \'yes\'"', 'path = "tagged.gpkg"\nTAGS')
    return city


def share(folder, variant="gb_public/admin"):
    return next(r for r in results(folder) if r["indicator"] == "public_green_blue_share" and r["variant"] == variant and r["zone_level"] == "city")


def told(urbiome):
    said = urbiome.done("audit", "city.toml")
    return said.stdout.decode() + said.stderr.decode()


def hectares(ha):
    """Of 100 ha. Shares are of true areas, and within 1 km the map's scale differs by (1 km / 6371 km)^2."""
    return pytest.approx(ha / 100, rel=2.5e-8)


def osm_hectares(ha):
    """An OSM file keeps degrees to 1e-7: sides of 50 m and more are right to 1 cm."""
    return pytest.approx(ha / 100, rel=2e-4)


@pytest.mark.parametrize("name, words, public, upper", [
    ("cif_open_space", "2 of 5 features are spaces by the tags cif_open_space: 2 green, 0 blue; 1 public, 1 private, 0 of unknown access", 6, 6),
    ("cif_open_space_heat", "3 of 5 features are spaces by the tags cif_open_space_heat: 3 green, 0 blue; 2 public, 1 private, 0 of unknown", 7, 7),
    ("cif_water", "1 of 5 features are spaces by the tags cif_water: 0 green, 1 blue; 0 public, 0 private, 1 of unknown access", 0, 2),
    ("ghsci", "2 of 5 features are spaces by the tags ghsci: 2 green, 0 blue; 1 public, 1 private, 0 of unknown access", 6, 6),
])  # fmt: skip
def test_shipped_sets(urbiome, tags, name, words, public, upper):
    change(tags, "TAGS", f'tags = "{name}"')
    assert words in told(urbiome)
    urbiome.done(*ASSESS)
    row = share(urbiome.folder / "out")
    assert row["value"] == row["lower"] == hectares(public)
    # Green and blue cells outside every space may be public too: wood 500 x 400 m and water 200 x 200 m, where no
    # space of the set lies on them; the park lies in the wood (300 x 200 m of it), the pond beside the water.
    wood = 20 - (0 if name == "cif_water" else 6)
    assert row["upper"] == hectares(upper + wood + 4)


def test_what_conditions_say_stands_above_tags(urbiome, tags):
    change(tags, "TAGS", """tags = "cif_open_space"\npublic = "name in ('club', 'house')"\nprivate = "name = 'park'\"""")
    assert "2 of 5 features are spaces by the tags cif_open_space: 2 green, 0 blue; 1 public, 1 private, 0 of unknown" in told(urbiome)
    urbiome.done(*ASSESS)
    assert share(urbiome.folder / "out")["value"] == hectares(0.5)  # a house that may be entered is still no space


def test_a_table_of_ones_own(urbiome, tags):
    (urbiome.folder / "mine.csv").write_text(
        "key,value,space,role,access\nname,house,yes,,\nleisure,*,yes,green,\nnatural,water,yes,blue,public\naccess,yes,,,unknown\nleisure,park,,,public\n"
    )
    change(tags, "TAGS", 'tags = "mine.csv"\nrole = "blue"')  # the role of what the table leaves open: the house
    words = told(urbiome)
    assert "5 of 5 features are spaces by the tags " in words
    assert "mine.csv: 3 green, 2 blue; 2 public, 0 private, 3 of unknown access" in words
    urbiome.done(*ASSESS)
    row = share(urbiome.folder / "out")
    assert (row["lower"], row["value"]) == (hectares(8), hectares(8))
    run = json.loads((urbiome.folder / "out" / "run.json").read_text())
    inputs = {entry["use"]: entry for entry in run["inputs"]}
    mine = inputs["tags"]["files"][0]
    assert mine["sha256"] == hashlib.sha256((urbiome.folder / "mine.csv").read_bytes()).hexdigest()
    assert inputs["green_spaces"]["tags"].endswith("mine.csv")
    assert "mine.csv" in run["recipe"]["green_spaces"][0]["tags"]
    (urbiome.folder / "mine.csv").write_text((urbiome.folder / "mine.csv").read_text() + "\n")
    again = urbiome.done("assess", "out/run.json", "-o", "again")
    assert "mine.csv has changed since" in again.stderr.decode()
    assert (urbiome.folder / "again" / "results.csv").read_bytes() == (urbiome.folder / "out" / "results.csv").read_bytes()


def test_a_shipped_set_is_recorded_and_replayed(urbiome, tags):
    change(tags, "TAGS", 'tags = "ghsci"')
    urbiome.done(*ASSESS)
    run = json.loads((urbiome.folder / "out" / "run.json").read_text())
    assert [entry.get("tags") for entry in run["inputs"] if entry["use"] in ("green_spaces", "tags")] == ["ghsci"]
    urbiome.done("assess", "out/run.json", "-o", "again", "-q")
    assert (urbiome.folder / "again" / "results.csv").read_bytes() == (urbiome.folder / "out" / "results.csv").read_bytes()


def test_tags_say_what_a_layer_sorted_by_hand_says(urbiome, tags):
    """Every row of the results, for any number of threads, is that of a layer with the right spaces and conditions."""
    layer = [(box(*PLACES[name]), {"who": who}) for name, who in (("park", "all"), ("club", "members"), ("garden", "all"))]
    rewrite_layer(urbiome.folder / "parks.gpkg", layer)
    text = tags.read_text()
    (urbiome.folder / "hand.toml").write_text(text.replace("tagged.gpkg", "parks.gpkg").replace("TAGS", "public = \"who = 'all'\"\nprivate = \"who = 'members'\""))
    change(tags, "TAGS", 'tags = "cif_open_space_heat"')
    urbiome.done("assess", "hand.toml", "-o", "hand", "-q")
    wanted = (urbiome.folder / "hand" / "results.csv").read_bytes()
    for threads in (1, 2, 7):
        urbiome.done("assess", "city.toml", "-o", f"out{threads}", "-q", "--num-threads", threads)
        assert (urbiome.folder / f"out{threads}" / "results.csv").read_bytes() == wanted


# --- OpenStreetMap's own files -------------------------------------------------------------------------------------


def write_osm(path, shapes):
    """shapes: (kind, id, place, tags); a relation has one way of its own as its border."""
    utm, degrees = osr.SpatialReference(), osr.SpatialReference()
    utm.ImportFromEPSG(UTM)
    degrees.ImportFromEPSG(4326)
    for crs in (utm, degrees):
        crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    way = osr.CoordinateTransformation(utm, degrees)
    nodes, ways, relations, node = [], [], [], 0
    for kind, number, (x0, y0, x1, y1), tags in shapes:
        refs = []
        for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1)):
            node += 1
            lon, lat, _ = way.TransformPoint(WEST + x, NORTH - SIDE * CELL + y)
            nodes.append(f'<node id="{node}" lat="{lat:.9f}" lon="{lon:.9f}" version="1"/>')
            refs.append(f'<nd ref="{node}"/>')
        words = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        outer = number if kind == "way" else 1000 + number
        ways.append((outer, f'<way id="{outer}" version="1">{"".join(refs)}{refs[0]}{words if kind == "way" else ""}</way>'))
        if kind == "relation":
            relations.append(f'<relation id="{number}" version="1"><member type="way" ref="{outer}" role="outer"/><tag k="type" v="multipolygon"/>{words}</relation>')
    path.write_text("\n".join(['<osm version="0.6">', *nodes, *(text for _, text in sorted(ways)), *relations, "</osm>"]))


OSM = [
    ("way", 7, PLACES["park"], {"leisure": "park", "name": "way"}),
    ("relation", 7, PLACES["club"], {"leisure": "pitch", "name": "relation"}),  # ids of ways and relations are apart
    ("way", 8, PLACES["garden"], {"leisure": "park", "access": "customers"}),
    ("way", 9, PLACES["house"], {"building": "yes"}),
    ("way", 10, PLACES["pond"], {"natural": "water"}),
]


def test_an_osm_file_needs_no_layer_name(urbiome, tags):
    write_osm(urbiome.folder / "city.osm", OSM)
    change(tags, "tagged.gpkg", "city.osm")
    change(tags, "TAGS", 'tags = "cif_open_space"')
    words = told(urbiome)
    assert "3 of 5 features are spaces by the tags cif_open_space: 3 green, 0 blue; 2 public, 1 private, 0 of unknown access" in words
    assert "layers" not in words.split("features are spaces")[0].splitlines()[-1]
    urbiome.done(*ASSESS)
    assert share(urbiome.folder / "out")["value"] == osm_hectares(6.5)


def test_a_way_and_a_relation_with_one_id_are_two_spaces(urbiome, tags):
    write_osm(urbiome.folder / "city.osm", OSM)
    change(tags, "tagged.gpkg", "city.osm")
    change(tags, "TAGS", """tags = "cif_open_space"\nprivate = "name = 'relation'\"""")
    assert "1 public, 2 private" in told(urbiome)
    urbiome.done(*ASSESS)
    assert share(urbiome.folder / "out")["value"] == osm_hectares(6)


# --- what is refused -----------------------------------------------------------------------------------------------


def test_unknown_sets_and_layers_without_tags(urbiome, tags):
    change(tags, "TAGS", 'tags = "gshci"')
    urbiome.refused(BAD_INPUT, [r"green_spaces\[1\].tags", "one of cif_open_space, cif_open_space_heat, cif_water, ghsci", "did you mean 'ghsci'"], *ASSESS)
    change(tags, "gshci", "mine.csv")
    urbiome.refused(BAD_INPUT, "mine.csv", *ASSESS)
    change(tags, "mine.csv", "cif_open_space")
    rewrite_layer(urbiome.folder / "tagged.gpkg", [(box(0, 0, 100, 100), {"kind": "park"})])
    urbiome.refused(BAD_INPUT, ["tagged.gpkg", "none of the columns that the tags cif_open_space ask for", "leisure, boundary, access, other_tags"], *ASSESS)
    rewrite_layer(urbiome.folder / "tagged.gpkg", [(box(0, 0, 100, 100), {"leisure": "marina"})])
    urbiome.refused(BAD_INPUT, "none of 1 features of .*tagged.gpkg .*is a green space by the tags cif_open_space", *ASSESS)


@pytest.mark.parametrize("table, words", [
    ("key,value,access\na,b,public\n", ["has no column space", "key,value,space"]),
    ("key,value,space,acess\na,b,yes,public\n", ["has a column 'acess'", "did you mean 'access'"]),
    ("key,value,space\na,b,maybe\n", ["mine.csv:2", "yes or no as space"]),
    ("key,value,space,access\na,b,yes,\nc,d,,open\n", ["mine.csv:3", "public or private or unknown as access"]),
    ("key,value,space\na,b,yes\na,b,no\n", ["mine.csv:3: a=b says space no, and above it in line 2 a=b says space yes", "keep one"]),
    ("key,value,space,access\na,*,yes,public\na,b,,private\n", ["mine.csv:3: a=b says access private", "narrower row above"]),
    ("", ["mine.csv is empty"]),
])  # fmt: skip
def test_tables_that_are_refused(urbiome, tags, table, words):
    change(tags, "TAGS", 'tags = "mine.csv"')
    (urbiome.folder / "mine.csv").write_text(table)
    urbiome.refused(BAD_INPUT, ["mine.csv", *words], *ASSESS)
