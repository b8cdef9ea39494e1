"""Standards of access of two cities, recomputed: who lives how far from which places, and how much of them there is."""

import csv
import json

import numpy as np
import pytest
from osgeo import ogr, osr

from conftest import HERE
from olinda_test import UTM25S, Olinda
from reference import PeopleRaster, centres_inside, ground_m2, read_polygons, rings_of, window_share, within_polygons
from streets_reference import Streets, joined_places, parts_of, walkable_lines
from yuexiu_test import MAP, Yuexiu

STANDARDS = HERE.parents[1] / "datasets" / "standards" / "standards.csv"
OPEN = ("park", "playground", "common", "nature_reserve")


def ground(x, y):
    return np.sqrt(MAP.area_factor(np.asarray(x, float), np.asarray(y, float)))


def asked(path=STANDARDS, measures=("people_within", "area_per_person")):
    with open(path, encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["measure"] in measures and not row["residents"]]
    return [{**row, **{key: float(row[key] or 0) for key in ("min_area_ha", "distance_m")}} for row in rows]


def answers(folder):
    """{(framework, topic, zone or "" for the city, group): row}"""
    with open(folder / "results.csv", encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["framework"]]
    return {
        (row["framework"], row["topic"], "" if row["zone_level"] == "city" else row["zone_id"], row["group"]): row for row in rows
    }


class Places:
    """Spaces of each kind with unknown access private (upper: public), joined; and those large enough."""

    def __init__(self, city, grid, **kinds):
        self.city, self.grid, self.kinds, self.joined, self.kept = city, grid, kinds, {}, {}

    def kind(self, places, upper):
        return places if places in ("green", "green_blue") else f"{places}_{'upper' if upper else 'lower'}"

    def of(self, places, upper, min_area_ha=0):
        kind = self.kind(places, upper)
        if kind not in self.joined:
            joined = joined_places(self.kinds[kind])
            self.joined[kind] = [(place, ground_m2(place, self.grid)) for place in joined]
        return [place for place, m2 in self.joined[kind] if m2 >= min_area_ha * 1e4]

    def once(self, key, compute):
        if key not in self.kept:
            self.kept[key] = compute()
        return self.kept[key]

    def near(self, places, upper, min_area_ha, metres):
        key = self.kind(places, upper), min_area_ha, metres
        return self.once(key, lambda: within_polygons(self.of(places, upper, min_area_ha), self.grid, metres))

    def m2_in(self, zone, shape, places, upper, min_area_ha):
        def measure():
            together = ogr.Geometry(ogr.wkbMultiPolygon)
            for place in self.of(places, upper, min_area_ha):
                for part in parts_of(place):
                    together.AddGeometry(part)
            return ground_m2(shape.Intersection(together), self.grid)

        return self.once((self.kind(places, upper), min_area_ha, "m2", zone), measure)


class Differences:
    def __init__(self):
        self.count, self.found = 0, []

    def check(self, row, column, expected, relative, absolute=1e-9):
        self.count += 1
        value = float(row[column])
        if abs(value - expected) > max(absolute, relative * abs(expected)):
            name = " ".join(row[key] for key in ("zone_id", "framework", "topic", "variant", "group"))
            self.found.append(f"{name} {column}: {value!r}, expected {expected!r}")

    def settled(self, least):
        assert self.count >= least
        assert not self.found, "\n".join(self.found[:40])


def bounds(standard):
    return [("value", False), ("lower", False), ("upper", True)] if "public" in standard["places"] else [("value", False)]


@pytest.fixture(scope="module")
def yuexiu(cities):
    city = Yuexiu(cities.data / "yuexiu_cn")
    green = read_polygons(city.folder / "Yuexiu_osm_green_proj.gpkg", ["leisure"])
    blue = [shape for shape, _ in read_polygons(city.folder / "Yuexiu_osm_water_polygon_proj.gpkg")]
    open_, all_ = [shape for shape, tags in green if tags["leisure"] in OPEN], [shape for shape, _ in green]
    city.places = Places(
        city, city.cover.grid, green=all_, green_blue=all_ + blue, public_green_lower=open_, public_green_blue_lower=open_,
        public_green_upper=all_, public_green_blue_upper=all_ + blue,
    )  # fmt: skip
    people = PeopleRaster(city.folder / "Yuexiu_worldpop_proj.tif", city.cover.grid)
    city.people = {zone: people.in_zone(city.zones[zone]) for zone in city.real}
    return city


@pytest.fixture(scope="module")
def streets(yuexiu):
    table = HERE.parents[1] / "datasets" / "streets" / "walkable.csv"
    out = Streets(walkable_lines(yuexiu.folder / "Yuexiu_osm_roads_proj.gpkg", table), ground)
    out.homes = out.nearest_of_grid(yuexiu.cover.grid, 250.0)
    return out


def yuexiu_answers(cities, name, entrances="", groups="", least=0):
    words = {"entrances": entrances, "groups": groups, "least": least}
    return answers(cities.assess(cities.recipe("standards/yuexiu.toml.in", f"standards_{name}", **words)))


def test_straight_lines_and_areas_agree(cities, yuexiu):
    found, differences = yuexiu_answers(cities, "plain"), Differences()
    for standard in asked():
        key = standard["places"], standard["min_area_ha"]
        if standard["route"] == "street" or standard["distance_m"] > 1000:  # slow ones say nothing new
            continue
        for zone in yuexiu.real:
            people = yuexiu.people[zone]
            for column, upper in bounds(standard):
                if standard["measure"] == "area_per_person":
                    per = yuexiu.places.m2_in(zone, yuexiu.zones[zone], key[0], upper, key[1]) / people.sum()
                    expected = per / (1 if standard["unit"] == "m2 per person" else 10)
                else:
                    expected = 100 * people[yuexiu.places.near(key[0], upper, key[1], standard["distance_m"])].sum() / people.sum()
                differences.check(found[standard["framework"], standard["topic"], zone, ""], column, expected, 1e-6)
    differences.settled(500)


def test_canopy_around_agrees(cities, yuexiu):
    (standard,) = asked(measures=("canopy_around",))
    found, differences, cover = yuexiu_answers(cities, "plain"), Differences(), yuexiu.cover
    trees = np.any([cover.codes[code] for code in cover.codes if str(code) in ("10", "95")], axis=0)
    share = window_share(trees, cover.known, cover.grid, standard["distance_m"])
    for zone in yuexiu.real:
        people = yuexiu.people[zone]
        expected = 100 * people[share >= float(standard["at_least"]) / 100].sum() / people.sum()
        differences.check(found[standard["framework"], standard["topic"], zone, ""], "value", expected, 1e-6)
    differences.settled(10)


def doors_of(streets, places):
    return [streets.doors([ring for ring, _ in rings_of(place)]) for place in places]


def street_metres(yuexiu, streets, places, doors):
    """Of every cell the metres to the nearest door; 0 in a place."""
    metres = streets.metres_to([entrance for points in doors for entrance in streets.entrances(points)], streets.homes)
    for place in places:
        metres[centres_inside(place, yuexiu.cover.grid)] = 0
    return metres


def street_rows(min_area_ha=None):
    return [
        row for row in asked()
        if row["route"] == "street" and "public" in row["places"] and min_area_ha in (None, row["min_area_ha"])
    ]  # fmt: skip


def test_streets_agree_where_gates_are_given(cities, yuexiu, streets):
    """The doors that the rule makes, handed over as gates: nothing is left to the choice of a first corner."""
    places = yuexiu.places.of("public_green", False)
    doors = doors_of(streets, places)
    write(cities.folder / "doors.gpkg", 4547, [(point(x, y), {}) for points in doors for x, y in points])
    found = yuexiu_answers(cities, "gates", f'entrances = "{cities.folder / "doors.gpkg"}"')
    metres, differences = street_metres(yuexiu, streets, places, doors), Differences()
    for standard in street_rows(0):
        for zone in yuexiu.real:
            people = yuexiu.people[zone]
            expected = 100 * people[metres <= standard["distance_m"]].sum() / people.sum()
            row = found[standard["framework"], standard["topic"], zone, ""]
            # Lines whose ends lie apart by centimetres meet without a step between them in the engine.
            differences.check(row, "value", expected, 1e-3 if zone else 1e-4, absolute=1e-3 if zone else 0)
    differences.settled(50)


def test_streets_agree_where_entrances_are_made(cities, yuexiu, streets):
    """Where streets cross or end on outlines, at corners and between them, of holes too."""
    found, differences = yuexiu_answers(cities, "plain"), Differences()
    for standard in street_rows():
        places = yuexiu.places.of(standard["places"], False, standard["min_area_ha"])
        metres = yuexiu.places.once(
            ("street", len(places)), lambda: street_metres(yuexiu, streets, places, doors_of(streets, places))
        )
        expected = 100 * yuexiu.people[""][metres <= standard["distance_m"]].sum() / yuexiu.people[""].sum()
        differences.check(found[standard["framework"], standard["topic"], "", ""], "value", expected, 1e-4)
    differences.settled(6)


# --- Olinda ----------------------------------------------------------------------------------------------------------------

# Metres east and north of the city's middle: access, shell, hole.
PARKS = [
    ("yes", (0, 0, 400, 300), (100, 100, 200, 200)),
    ("yes", (300, 200, 700, 500), None),  # overlaps the first
    ("yes", (700, 200, 800, 500), None),  # touches the second
    ("yes", (120, 120, 180, 180), None),  # in the hole, apart from all others
    ("no", (-1500, -800, -1200, -500), None),
    ("perhaps", (-1200, -800, -1000, -500), None),  # touches the private one
    ("yes", (-6000, 0, -4000, 1500), None),  # outside the city, still within reach
    ("yes", (-1000, 2000, -950, 2050), None),
]
HEADER = "id,framework,topic,title,measure,places,min_area_ha,distance_m,route,unit,target,evidence,source"
ASKED = [
    ("people_within", "green", 0, 300, "straight", "%"), ("people_within", "public_green", 0, 300, "straight", "%"),
    ("people_within", "public_green", 0.25, 500, "straight", "%"), ("people_within", "public_green", 5, 1000, "straight", "%"),
    ("people_within", "public_green", 26, 800, "straight", "%"), ("people_within", "public_green", 200, 4000, "straight", "%"),
    ("people_within", "public_green", 0, 0, "straight", "%"), ("area_per_person", "public_green", 0, "", "", "m2 per person"),
    ("area_per_person", "green", 10, "", "", "ha per 1000 people"),
]  # fmt: skip


def point(x, y):
    out = ogr.Geometry(ogr.wkbPoint)
    out.AddPoint_2D(x, y)
    return out


def write(path, epsg, features):
    """features: (geometry, {column: value}), the columns of the first."""
    if path.exists():
        path.unlink()
    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    data = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = data.CreateLayer("features", system)
    for name, value in features[0][1].items():
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTReal if isinstance(value, float) else ogr.OFTString))
    layer.StartTransaction()
    for shape, values in features:
        feature = ogr.Feature(layer.GetLayerDefn())
        for name, value in values.items():
            feature.SetField(name, value)
        feature.SetGeometry(shape)
        layer.CreateFeature(feature)
    layer.CommitTransaction()


def box(x, y, side):
    x0, y0, x1, y1 = side
    ring = ogr.Geometry(ogr.wkbLinearRing)
    for px, py in ((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)):
        ring.AddPoint_2D(x + px, y + py)
    return ring


def drawn(x, y):
    for access, shell, hole in PARKS:
        shape = ogr.Geometry(ogr.wkbPolygon)
        for side in (shell, hole) if hole else (shell,):
            shape.AddGeometry(box(x, y, side))
        yield shape, access


@pytest.fixture(scope="module")
def olinda(cities):
    city = Olinda(cities.data / "olinda_br")
    xmin, xmax, ymin, ymax = city.zones[""].GetEnvelope()
    parks = list(drawn(round((xmin + xmax) / 2), round((ymin + ymax) / 2)))
    write(cities.folder / "drawn.gpkg", 31985, [(shape, {"access": access}) for shape, access in parks])
    chosen = {kind: [s for s, access in parks if access in which] for kind, which in (
        ("green", ("yes", "no", "perhaps")), ("public_green_lower", ("yes",)), ("public_green_upper", ("yes", "perhaps"))
    )}  # fmt: skip
    city.places = Places(city, city.grid, **chosen)
    return city


def olinda_answers(cities, olinda, least=0):
    rows = [f"s{i},test,{i},T,{','.join(map(str, row))},,unverified," for i, row in enumerate(ASKED)]
    (cities.folder / "asked.csv").write_text("\n".join([HEADER, *rows, ""]))
    tracts = read_polygons(olinda.image.parent / "olinda1.shp", ["V014"])
    counts = [(shape, values["V014"] or 0) for shape, values in tracts]
    people = [(shape, {"V014": float(n), "half": n / 2, "third": float(n // 3)}) for shape, n in counts]
    write(cities.folder / "tracts.gpkg", 4674, people)
    files = {"parks": "drawn.gpkg", "people": "tracts.gpkg", "standards": "asked.csv"}
    words = {word: cities.folder / name for word, name in files.items()}
    folder = cities.assess(cities.recipe("standards/olinda.toml.in", f"standards_olinda_{least}", least=least, **words))
    return answers(folder), folder


def outside_grid(olinda, place):
    """Places beyond the grid: their ground by the map's scale at the middle, for sizes that are not close."""
    middle = place.Centroid()
    return place.Area() * UTM25S.area_factor(np.array([middle.GetX()]), np.array([middle.GetY()]))[0]


def test_drawn_parks_agree(cities, olinda):
    found, _ = olinda_answers(cities, olinda)
    everyone, differences = olinda.people(by_centre=False), Differences()
    for kind, shapes in olinda.places.kinds.items():
        olinda.places.joined[kind] = [(place, outside_grid(olinda, place)) for place in joined_places(shapes)]
    sizes = sorted(round(m2 / 1e4, 2) for _, m2 in olinda.places.joined["public_green_lower"])
    assert len(sizes) == 4, sizes  # three joined, the one in the hole, the one outside, the small one
    for number, (measure, places, min_area_ha, metres, _, unit) in enumerate(ASKED):
        for zone, people in everyone.items():
            for column, upper in bounds({"places": places}):
                if measure == "area_per_person":
                    m2 = olinda.places.m2_in(zone, olinda.zones[zone], places, upper, min_area_ha)
                    expected = m2 / people.sum() / (1 if unit == "m2 per person" else 10)
                else:
                    expected = 100 * people[olinda.places.near(places, upper, min_area_ha, metres)].sum() / people.sum()
                # People of a row's whole cells are spread evenly in the engine, by ground here: a few millionths in a tract.
                differences.check(found["test", str(number), zone, ""], column, expected, 5e-6)
    differences.settled(500)


def test_groups_add_up_and_small_ones_are_suppressed(cities, olinda):
    found, folder = olinda_answers(cities, olinda, least=3000)
    with open(folder / "results.csv", encoding="utf-8-sig", newline="") as file:
        counts = {
            ("" if row["zone_level"] == "city" else row["zone_id"], row["group"]): row
            for row in csv.DictReader(file) if row["indicator"] == "residents"
        }  # fmt: skip
    everyone = olinda.people(by_centre=False)
    suppressed = 0
    for zone, people in everyone.items():
        row = counts[zone, "half"]
        if people.sum() / 2 < 3000:
            suppressed += 1
            assert (row["status"], row["value"]) == ("suppressed", ""), row
        else:
            assert float(row["value"]) == pytest.approx(people.sum() / 2, rel=1e-9)
        for number, asked_row in enumerate(ASKED):
            if asked_row[0] == "people_within":
                answer = found["test", str(number), zone, "half"]
                assert (answer["status"] == "suppressed") == (row["status"] == "suppressed")
                if answer["status"] == "ok":  # a half of everybody lives as all do
                    assert float(answer["value"]) == pytest.approx(float(found["test", str(number), zone, ""]["value"]), rel=1e-9)
    assert 0 < suppressed < len(everyone)


def test_groups_of_zones_add_up_to_the_city(cities, olinda):
    _, folder = olinda_answers(cities, olinda)
    rows = json.loads((folder / "results.json").read_text())
    for group in ("half", "third"):
        of_group = [row for row in rows if row["indicator"] == "residents" and row.get("group") == group]
        counts = {(row["zone_level"], row["zone_id"]): row["value"] for row in of_group}
        city = next(value for (level, _), value in counts.items() if level == "city")
        nowhere = sum({"half": n / 2, "third": float(n // 3)}[group] for _, bairro, n in olinda.tracts if not bairro)
        of_zones = sum(value for (level, _), value in counts.items() if level != "city")
        assert of_zones + nowhere == pytest.approx(city, rel=1e-9)


def test_a_blank_grid_tells_nearly_the_same_and_areas_exactly(cities, olinda):
    """Cells of 10 m about the city's middle in the place of the image's 30 m: people move by metres, ground does not."""
    covered, _ = olinda_answers(cities, olinda)
    text = (cities.folder / "standards_olinda_0.toml").read_text(encoding="utf-8")
    recipe = cities.folder / "standards_olinda_blank.toml"
    recipe.write_text(text[: text.index("[[land_cover]]")] + text[text.index("[[green_spaces]]") :], encoding="utf-8")
    blank, differences = answers(cities.assess(recipe)), Differences()
    for key, row in covered.items():
        if row["value"] and key[2] == "":
            share = row["indicator"] == "people_within_reach"
            differences.check(blank[key], "value", float(row["value"]), 0 if share else 5e-6, absolute=0.2 if share else 1e-9)
    differences.settled(15)
