"""The generator of benchmark streets: the same bytes for the same seed, and a city in which ways are not straight lines."""
import collections
import csv
import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import osmium
import pytest
from osgeo import ogr, osr

MAKE_STREETS = os.path.join(os.environ["URBIOME_SOURCE"], "bench", "make_streets.py")
EDGES = 4000
FILES = ("streets.osm.pbf", "origins.csv", "parks.gpkg", "entrances.gpkg", "made.json")


def made(folder, *options):
    subprocess.run([sys.executable, MAKE_STREETS, str(folder), "--edges", str(EDGES), *options], check=True, capture_output=True)
    with open(folder / "made.json", encoding="utf-8") as file:
        return json.load(file)


def digests(folder):
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}


class Ways(osmium.SimpleHandler):
    def __init__(self, path):
        super().__init__()
        self.ways = []  # (tags, nodes, lonlats)
        self.apply_file(str(path), locations=True)

    def way(self, way):
        self.ways.append(({tag.k: tag.v for tag in way.tags}, [n.ref for n in way.nodes], [(n.lon, n.lat) for n in way.nodes]))


class Town:
    """What the files hold, in the metres of UTM zone 33N."""

    def __init__(self, folder):
        geographic, utm = osr.SpatialReference(), osr.SpatialReference()
        geographic.ImportFromEPSG(4326)
        geographic.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        utm.ImportFromEPSG(32633)
        to_utm = osr.CoordinateTransformation(geographic, utm)
        self.ways = [(tags, nodes, np.array(to_utm.TransformPoints(places))[:, :2]) for tags, nodes, places in Ways(folder / "streets.osm.pbf").ways]
        self.walked = [way for way in self.ways if "highway" in way[0] and way[0]["highway"] != "motorway" and way[0].get("access") != "private"]
        self.parks, self.gates = (self.shapes(folder / name) for name in ("parks.gpkg", "entrances.gpkg"))
        with open(folder / "origins.csv", encoding="utf-8") as file:
            self.origins = list(csv.DictReader(file))

    @staticmethod
    def shapes(path):
        dataset = ogr.Open(str(path))
        return [(feature.GetField("park"), feature.GetGeometryRef().Clone()) for feature in dataset.GetLayer()]

    def segments(self):
        return np.concatenate([np.hstack([places[:-1], places[1:]]) for _, _, places in self.walked])


def metres_to(segments, points):
    """From each point to the nearest segment, by trying all."""
    ax, ay, bx, by = segments.T
    found = []
    for x, y in points:
        share = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2), 0, 1)
        found.append(np.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay)).min())
    return np.array(found)


def crosses(a, b):
    return ogr_line(a).Crosses(ogr_line(b))


def ogr_line(places):
    line = ogr.Geometry(ogr.wkbLineString)
    for x, y in places:
        line.AddPoint_2D(x, y)
    return line


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    folder = tmp_path_factory.mktemp("first")
    said = made(folder)
    return folder, said, Town(folder)


def test_same_bytes_for_the_same_seed(first, tmp_path):
    made(tmp_path)
    assert digests(tmp_path) == digests(first[0])


def test_another_seed_is_another_city(first, tmp_path):
    made(tmp_path, "--seed", "2")
    assert all(one != other for one, other in zip(digests(tmp_path).values(), digests(first[0]).values()))


def test_numbers_are_those_asked_for(first, tmp_path):
    said = first[1]
    assert (said["origins"], said["parks"], said["entrances"]) == (EDGES // 4, EDGES // 400, EDGES // 40)
    assert said["edges"] == pytest.approx(EDGES, rel=0.1)
    said = made(tmp_path, "--origins", "7", "--parks", "3", "--entrances", "5")
    assert (said["origins"], said["parks"], said["entrances"]) == (7, 3, 5)


def test_what_it_says_is_what_it_made(first):
    _, said, town = first
    times = collections.Counter()
    for _, nodes, _ in town.walked:
        times.update(nodes + [nodes[0], nodes[-1]])
    vertices = {node for node, n in times.items() if n > 1}
    assert said["nodes"] == len(vertices)
    assert said["edges"] == sum(node in vertices for _, nodes, _ in town.walked for node in nodes[1:])
    assert said["lines"] == len(town.ways)
    assert (said["origins"], said["parks"], said["entrances"]) == (len(town.origins), len(town.parks), len(town.gates))
    assert said["people"] == sum(int(row["people"]) for row in town.origins)


def test_gates_lie_on_their_park_and_near_a_street(first):
    town = first[2]
    parks = dict(town.parks)
    assert {name for name, _ in town.gates} == set(parks)
    for name, gate in town.gates:
        assert gate.Distance(parks[name].GetBoundary()) < 1e-6
    assert metres_to(town.segments(), [gate.GetPoint_2D() for _, gate in town.gates]).max() < 30


def test_people_live_beside_streets_and_clear_of_outlines(first):
    town = first[2]
    places = [(float(row["x"]), float(row["y"])) for row in town.origins]
    assert 0 < metres_to(town.segments(), places).max() < 36
    outlines = ogr.Geometry(ogr.wkbGeometryCollection)
    for _, park in town.parks:
        outlines.AddGeometry(park.GetBoundary())
    for x, y in places:
        point = ogr.Geometry(ogr.wkbPoint)
        point.AddPoint_2D(x, y)
        assert outlines.Distance(point) > 0.2


def test_only_bridges_cross_the_river_and_paths_pass_below_them(first):
    _, said, town = first
    river, = (places for tags, _, places in town.ways if "waterway" in tags)
    bridges = [way for way in town.walked if way[0].get("bridge") == "yes" and crosses(way[2], river)]
    assert len(bridges) == said["bridges"] >= 1
    assert sum(crosses(places, river) for _, _, places in town.walked) == len(bridges)
    banks = [way for way in town.walked if way[0].get("surface") == "gravel"]
    assert len(banks) == 2
    for tags, nodes, places in bridges:
        assert tags["layer"] == "1"
        for _, bank_nodes, bank in banks:
            assert crosses(places, bank) and not set(nodes) & set(bank_nodes)


def test_streets_are_those_of_a_city(first):
    town = first[2]
    kinds = collections.Counter(tags.get("highway") for tags, _, _ in town.ways)
    assert {"primary", "secondary", "residential", "service", "footway", "steps", "motorway"} <= set(kinds)
    assert any(tags.get("access") == "private" for tags, _, _ in town.ways)
    degree = collections.Counter(end for _, nodes, _ in town.walked for pair in zip(nodes, nodes[1:]) for end in pair)
    assert 0.02 < sum(n == 1 for n in degree.values()) / len(degree) < 0.2  # dead ends
    lengths = np.hypot(*(town.segments()[:, 2:] - town.segments()[:, :2]).T)
    assert lengths.min() > 0.5 and np.percentile(lengths, 90) > 2 * np.percentile(lengths, 10)
