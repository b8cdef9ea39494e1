#!/usr/bin/python3
"""A made-up city's streets as an OSM PBF, with people, parks and the parks' gates.

    make_streets.py OUT_FOLDER [--edges 200000] [--origins N] [--parks N] [--entrances N] [--seed 1]
    make_streets.py OUT_FOLDER --preset megacity        2 million edges, 500,000 origins, 5,000 parks, 50,000 entrances

Writes streets.osm.pbf, origins.csv (id, x, y, people), parks.gpkg (park) and entrances.gpkg (park), all but the streets in UTM
zone 33N. Without numbers of their own, origins, parks and entrances follow the edges in the shares of the megacity. Edges are
those of the graph that can be walked, between nodes where streets end or meet; their number comes out within a few per cent
of what is asked for, the exact one stands in OUT_FOLDER/made.json. The same seed writes the same bytes.
Nobody lives within 0.2 m of a park's outline, so that who is inside is no matter of rounding.
Needs the distribution's python3-pyosmium, python3-gdal, python3-numpy and python3-scipy.
"""
import argparse
import json
import math
import os

import numpy as np
import osmium
from osgeo import gdal, osr
from osmium.osm.mutable import Node, Way
from scipy.spatial import cKDTree

from made_layers import blob, write_points, write_polygons
from made_streets import Streets, graph_size, walked

MEGACITY = {"edges": 2_000_000, "origins": 500_000, "parks": 5_000, "entrances": 50_000}
MIDDLE = (540000.0, 4650000.0)  # UTM zone 33N, 40 km from its meridian
CORNERS = 60  # of a park
GATE_M, OUTLINE_M = 20.0, 0.2  # a gate's street is so near or nearer; people are so far from an outline or farther
AT_ONCE = 1 << 18
LIVED_IN = ("residential", "tertiary", "living_street", "unclassified", "primary", "secondary", "service")


def utm():
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return crs


def lonlats(x, y):
    """In pieces, as lists of (longitude, latitude)."""
    geographic = osr.SpatialReference()
    geographic.ImportFromEPSG(4326)
    geographic.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    to_lonlat = osr.CoordinateTransformation(utm(), geographic)
    for first in range(0, len(x), AT_ONCE):
        piece = np.column_stack([x[first : first + AT_ONCE], y[first : first + AT_ONCE]])
        yield first, [place[:2] for place in to_lonlat.TransformPoints(piece.tolist())]


def write_pbf(path, streets):
    if os.path.exists(path):
        os.remove(path)
    writer = osmium.SimpleWriter(path, 4 << 20)
    for first, places in lonlats(streets.x, streets.y):
        for number, place in enumerate(places, first + 1):
            writer.add_node(Node(id=number, location=place))
    refs, first, tag_of, tags = streets.lines.joined()
    refs = (refs + 1).tolist()
    first, tag_of = first.tolist(), tag_of.tolist()
    for i, tag in enumerate(tag_of):
        writer.add_way(Way(id=i + 1, nodes=refs[first[i] : first[i + 1]], tags=tags[tag]))
    writer.close()


def segments_of(refs, first):
    """Pairs of nodes that follow each other in a line."""
    follows = np.ones(len(refs), bool)
    follows[first[:-1]] = False
    end = np.flatnonzero(follows)
    return refs[end - 1], refs[end]


def lived_in(lines):
    refs, first, tag_of, tags = lines.joined()
    keep = np.array([tag.get("highway") in LIVED_IN and "bridge" not in tag and "access" not in tag for tag in tags])[tag_of]
    sizes = np.diff(first)
    return segments_of(refs[np.repeat(keep, sizes)], np.concatenate([[0], np.cumsum(sizes[keep])]))


class Park:
    """A star-shaped ring round `middle`, which lies so that the outline passes `street` at 8 to 15 m."""

    def __init__(self, rng, street):
        self.radius = 25 * 32 ** rng.random() ** 2
        self.ring = blob(rng, (0.0, 0.0), self.radius, CORNERS)
        self.reach = np.hypot(*self.ring[:-1].T)
        angle = rng.uniform(0, 2 * math.pi)
        away = self.outline(np.array([angle]))[0] + rng.uniform(8, 15)
        self.middle = street - away * np.array([math.cos(angle), math.sin(angle)])
        self.ring += self.middle

    def outline(self, angle):
        """How far from the middle the ring is in these directions."""
        step = 2 * math.pi / CORNERS
        sector = np.floor(angle % (2 * math.pi) / step).astype(int) % CORNERS
        within = angle % (2 * math.pi) - sector * step
        a, b = self.reach[sector], self.reach[(sector + 1) % CORNERS]
        return a * b * math.sin(step) / (a * np.sin(within) + b * np.sin(step - within))

    def gaps(self, points):
        """From the outline to points, outward, along rays from the middle; and the rays' angles."""
        x, y = (points - self.middle).T
        angle = np.arctan2(y, x)
        return np.hypot(x, y) - self.outline(angle), angle

    def at(self, angle):
        away = self.outline(angle)
        return self.middle + np.column_stack([away * np.cos(angle), away * np.sin(angle)])


def make_parks(rng, streets, number):
    from_, to = lived_in(streets.lines)
    chosen = rng.integers(0, len(from_), number)
    x, y = ((a[from_[chosen]] + a[to[chosen]]) / 2 for a in (streets.x, streets.y))
    return [Park(rng, place) for place in np.column_stack([x, y])]


def make_entrances(rng, streets, parks, number):
    """(park, place) of gates where the outline comes near a street: the nearest for every park, then by chance."""
    from_, to = segments_of(*walked(streets.lines))
    nodes = np.column_stack([streets.x, streets.y])
    points = np.concatenate([nodes[np.unique(from_)], (nodes[from_] + nodes[to]) / 2])
    tree = cKDTree(points)
    best, more = [], []
    for i, park in enumerate(parks):
        near = points[np.sort(tree.query_ball_point(park.middle, park.reach.max() + GATE_M))]
        gap, angle = park.gaps(near)
        order = np.argsort(np.abs(gap), kind="stable")
        order = order[np.abs(gap[order]) < GATE_M]
        places = park.at(angle[order])
        best += [(i, place) for place in places[:1]]
        more += [(i, place) for place in places[1:]]
    chosen = rng.permutation(len(more))[: max(0, number - len(best))]
    return sorted(best + [more[i] for i in chosen], key=lambda gate: gate[0])


def make_origins(rng, streets, parks, number):
    """(x, y, people) beside streets, 4 to 35 m from one; more people in the middle of the city."""
    from_, to = lived_in(streets.lines)
    nodes = np.column_stack([streets.x, streets.y])
    length = np.hypot(*(nodes[to] - nodes[from_]).T)
    wanted = number + number // 20 + 10
    chosen = rng.choice(len(from_), wanted, p=length / length.sum())
    a, along = nodes[from_[chosen]], nodes[to[chosen]] - nodes[from_[chosen]]
    across = np.column_stack([-along[:, 1], along[:, 0]]) / length[chosen, None]
    aside = rng.uniform(4, 35, wanted) * rng.choice([-1, 1], wanted)
    places = np.round(a + rng.random(wanted)[:, None] * along + aside[:, None] * across, 2)
    tree, clear = cKDTree(places), np.ones(wanted, bool)
    for park in parks:
        near = np.array(tree.query_ball_point(park.middle, park.reach.max() + 1), int)
        clear[near[np.abs(park.gaps(places[near])[0]) < 2 * OUTLINE_M]] = False
    places = places[clear][:number]
    away = np.hypot(*(places - nodes.mean(0)).T) / (np.ptp(nodes[:, 0]) / 2)
    return places, 1 + rng.poisson(30 * np.exp(-1.5 * away))


def write_origins(path, places, people):
    with open(path, "w", encoding="utf-8") as file:
        file.write("id,x,y,people\n")
        file.writelines(f"{i},{x:.2f},{y:.2f},{n}\n" for i, ((x, y), n) in enumerate(zip(places.tolist(), people.tolist()), 1))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    number = lambda s: int(float(s))
    parser.add_argument("out")
    parser.add_argument("--edges", type=number, default=200_000)
    for name in ("origins", "parks", "entrances"):
        parser.add_argument(f"--{name}", type=number, help=f"default: {name} of the megacity x edges / its edges")
    parser.add_argument("--preset", choices=["megacity"], help="2 million edges and what goes with them")
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    if a.preset:
        a.edges = MEGACITY["edges"]
    for name in ("origins", "parks", "entrances"):
        if getattr(a, name) is None:
            setattr(a, name, max(1, MEGACITY[name] * a.edges // MEGACITY["edges"]))
    return a


def main():
    a = arguments()
    os.makedirs(a.out, exist_ok=True)
    gdal.SetConfigOption("OGR_CURRENT_DATE", "2021-01-01T00:00:00.000Z")  # layers have the date of their last change in them
    at = lambda name: os.path.join(a.out, name)
    streets = Streets(a.edges, a.seed)
    streets.x, streets.y = streets.x + MIDDLE[0], streets.y + MIDDLE[1]
    write_pbf(at("streets.osm.pbf"), streets)

    rng = np.random.default_rng(1000 + a.seed)
    parks = make_parks(rng, streets, a.parks)
    entrances = make_entrances(rng, streets, parks, a.entrances)
    places, people = make_origins(rng, streets, parks, a.origins)
    name_of = lambda i: f"P{i:05}"
    wkt = utm().ExportToWkt()
    write_polygons(at("parks.gpkg"), "parks", wkt, ["park"], ((park.ring, [name_of(i)]) for i, park in enumerate(parks)))
    write_points(at("entrances.gpkg"), "entrances", wkt, ["park"], ((place, [name_of(i)]) for i, place in entrances))
    write_origins(at("origins.csv"), places, people)

    nodes, edges = graph_size(streets.lines)
    made = {"edges": edges, "nodes": nodes, "points": streets.count, "lines": sum(map(len, streets.lines.sizes)), "origins": len(places),
            "people": int(people.sum()), "parks": len(parks), "entrances": len(entrances), "bridges": streets.bridges, "flyovers": streets.flyovers,
            "seed": a.seed}
    print(", ".join(f"{value:,} {name}" for name, value in made.items() if name != "seed"), "in", a.out)
    with open(at("made.json"), "w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)


if __name__ == "__main__":
    main()
