"""Streets, people and parks for contenders that work in NumPy: the PBF by pyosmium, projected by pyproj, and the nearest point of a street by a k-d tree.

Only nodes at which lines end or meet are vertices of the graph, so that a search has a third of the nodes to visit. Places lie
on edges: every snapped place knows its edge, how far along it, and how far from it in metres.
"""
import array
import os

import numpy as np
import osmium
import pandas as pd
import pyproj
from osgeo import ogr
from scipy.spatial import cKDTree

ogr.UseExceptions()
PLANE = 32633  # UTM zone 33N, that of people and parks; conformal, so nearest points are true, and its scale is taken out of lengths
SAMPLES_M = 30.0  # points of streets in the k-d tree are at most so far apart
GATE_M, SNAP_M = 30.0, 250.0  # as urbiome's --entrance-within-m and --snap-max-m


class Ways(osmium.SimpleHandler):
    """Ways that can be walked: ids of their nodes, and coordinates as WKB, which is made in C++."""

    def __init__(self):
        super().__init__()
        self.wkb = osmium.geom.WKBFactory()
        self.refs, self.sizes, self.coordinates = array.array("q"), array.array("i"), []

    def way(self, way):
        tags = way.tags
        highway = tags.get("highway")
        if highway is None or highway in ("motorway", "motorway_link") or tags.get("access") in ("no", "private"):
            return
        nodes = [node.ref for node in way.nodes]
        self.refs.extend(nodes)
        self.sizes.append(len(nodes))
        self.coordinates.append(self.wkb.create_linestring(way, osmium.geom.use_nodes.ALL)[18:])  # after order, type and count


def metres_between(lon_a, lat_a, lon_b, lat_b):
    """True lengths of short lines: by the ellipsoid's two radii at the middle latitude, to 1e-9."""
    wgs84 = pyproj.Geod(ellps="WGS84")
    sin = np.sin(np.radians((lat_a + lat_b) / 2))
    w = 1 - wgs84.es * sin * sin
    north = np.radians(lat_b - lat_a) * wgs84.a * (1 - wgs84.es) / (w * np.sqrt(w))
    east = np.radians(lon_b - lon_a) * wgs84.a * np.sqrt(1 - sin * sin) / np.sqrt(w)
    return np.hypot(east, north)


class Streets:
    """Edges as from_, to, length; segments of their shapes as a, step (in the plane), edge, along (from the edge's start), metres."""

    def __init__(self, path):
        ways = Ways()
        ways.apply_file(path, locations=True)
        self.cut(np.frombuffer(ways.refs, np.int64), np.frombuffer(ways.sizes, np.int32),
                 np.frombuffer(bytes.fromhex("".join(ways.coordinates))).reshape(-1, 2))
        self.index()

    def cut(self, ids, sizes, lonlat):
        """Ways to segments, and segments to edges between vertices: ends of ways, and nodes that are in ways more than once."""
        ids, refs = np.unique(ids, return_inverse=True)
        end = np.cumsum(sizes)
        times = sum(np.bincount(some, minlength=len(ids)) for some in (refs, refs[end - sizes], refs[end - 1]))
        vertex = times > 1
        number = np.cumsum(vertex) - 1
        self.vertices = int(vertex.sum())

        start = np.delete(np.arange(len(refs)), end - 1)  # of each segment; it ends at the next node
        lon, lat = lonlat.T
        plane = np.column_stack(pyproj.Transformer.from_crs(4326, PLANE, always_xy=True).transform(lon, lat))
        self.a, self.step = plane[start], plane[start + 1] - plane[start]
        self.metres = metres_between(lon[start], lat[start], lon[start + 1], lat[start + 1])
        before = np.append(0, np.cumsum(self.metres))
        begins = vertex[refs[start]]
        opens = np.flatnonzero(begins)  # segments that begin an edge, and those after its last
        closes = np.append(opens[1:], len(start))
        self.edge = np.cumsum(begins) - 1
        self.along = before[:-1] - before[opens][self.edge]
        self.from_, self.to = number[refs[start[opens]]], number[refs[start[closes - 1] + 1]]
        self.length = before[closes] - before[opens]

    def index(self):
        """A k-d tree of points in the middle of equal pieces of segments."""
        pieces = np.maximum(np.ceil(self.metres / SAMPLES_M), 1).astype(np.int64)
        self.of_sample = np.repeat(np.arange(len(pieces)), pieces)
        piece = np.arange(len(self.of_sample)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        share = (piece + 0.5) / pieces[self.of_sample]
        self.tree = cKDTree(self.a[self.of_sample] + share[:, None] * self.step[self.of_sample], balanced_tree=False, compact_nodes=False)

    def on_segments(self, points, segments):
        """Share along each segment, and planar distance, of the nearest point; `segments` is points x candidates."""
        step = self.step[segments]
        to = points[:, None, :] - self.a[segments]
        share = np.clip((to * step).sum(2) / np.maximum((step * step).sum(2), 1e-30), 0, 1)
        return share, np.hypot(*np.moveaxis(to - share[..., None] * step, 2, 0))

    def nearest(self, points, threads):
        """The segment nearest to each point, share along it and planar distance."""
        segment, share, away = np.empty(len(points), np.int64), np.empty(len(points)), np.empty(len(points))
        left, candidates = np.arange(len(points)), 6
        while len(left):
            candidates = min(candidates, len(self.of_sample))
            reach, sample = self.tree.query(points[left], candidates, workers=threads)
            reach, found = reach.reshape(len(left), -1), self.of_sample[sample.reshape(len(left), -1)]
            shares, distances = self.on_segments(points[left], found)
            rows, best = np.arange(len(left)), distances.argmin(1)
            segment[left], share[left], away[left] = found[rows, best], shares[rows, best], distances[rows, best]
            # A nearer segment would have a sample within its distance and half the way between samples: are there more so near?
            more = (reach[:, -1] < away[left] + 0.51 * SAMPLES_M) & (candidates < len(self.of_sample))
            left, candidates = left[more], 4 * candidates
        return segment, share, away

    def of_vertices(self):
        """Where the vertices are, in the plane."""
        number = np.arange(len(self.length))
        first, last = np.searchsorted(self.edge, number), np.searchsorted(self.edge, number, side="right") - 1
        place = np.empty((self.vertices, 2))
        place[self.from_], place[self.to] = self.a[first], self.a[last] + self.step[last]
        return place

    def snap(self, points, within_m, threads):
        """(edge, metres along it, metres away; infinite beyond within_m) of the nearest point of any edge."""
        segment, share, away = self.nearest(points, threads)
        away *= self.metres[segment] / np.maximum(np.hypot(*self.step[segment].T), 1e-9)
        return self.edge[segment], self.along[segment] + share * self.metres[segment], np.where(away <= within_m, away, np.inf)


def features(path, name):
    """(values of a column, WKB) of a layer."""
    dataset = ogr.Open(path)
    with_name = [(feature.GetField(name), bytes(feature.GetGeometryRef().ExportToWkb())) for feature in dataset.GetLayer()]
    return [value for value, _ in with_name], [wkb for _, wkb in with_name]


def matches(ordered, wanted):
    """(i, k) of all pairs with ordered[k] == wanted[i], by i."""
    begin = np.searchsorted(ordered, wanted)
    number = np.searchsorted(ordered, wanted, side="right") - begin
    return np.repeat(np.arange(len(wanted)), number), np.arange(number.sum()) + np.repeat(begin - np.cumsum(number) + number, number)


def inside(ring, points):
    """Which points lie in a ring."""
    (ax, ay), (bx, by) = ring[:-1].T[:, :, None], ring[1:].T[:, :, None]
    x, y = points.T
    with np.errstate(divide="ignore", invalid="ignore"):
        crosses = ((ay > y) != (by > y)) & (x < ax + (y - ay) / (by - ay) * (bx - ax))
    return crosses.sum(0) % 2 == 1


class Places:
    """Origins and parks: points, people; names and rings; gates with the number of their park."""

    def __init__(self, folder):
        at = lambda name: os.path.join(folder, name)
        self.origins = pd.read_csv(at("origins.csv"))
        self.points = self.origins[["x", "y"]].to_numpy()
        self.parks, polygons = features(at("parks.gpkg"), "park")
        self.rings = [np.frombuffer(wkb, np.float64, offset=13).reshape(-1, 2) for wkb in polygons]  # of one ring each
        of_park, gates = features(at("entrances.gpkg"), "park")
        number = {name: i for i, name in enumerate(self.parks)}
        self.gates, self.park_of = np.array([np.frombuffer(wkb, np.float64, offset=5) for wkb in gates]), np.array([number[name] for name in of_park])

    def in_parks(self):
        """(origin, park) of all who are in a park, park by park."""
        order = np.argsort(self.points[:, 0], kind="stable")
        x = self.points[order, 0]
        found = [np.empty(0, np.int64)]
        for ring in self.rings:
            near = order[slice(*np.searchsorted(x, (ring[:, 0].min(), ring[:, 0].max())))]
            y = self.points[near, 1]
            near = near[(y >= ring[:, 1].min()) & (y <= ring[:, 1].max())]
            found.append(near[inside(ring, self.points[near])])
        return np.concatenate(found), np.repeat(np.arange(len(self.rings)), [len(origins) for origins in found[1:]])


class Homes:
    """Origins on their edges: metres to both ends (`to_ends`, of `ends`), metres away from the street; and who is in which park."""

    def __init__(self, streets, places, threads):
        self.edge, self.along, self.away = streets.snap(places.points, SNAP_M, threads)
        self.ends = np.stack([streets.from_[self.edge], streets.to[self.edge]])
        self.to_ends = np.stack([self.along, streets.length[self.edge] - self.along])
        self.in_park, self.park_round = places.in_parks()


class Gates:
    """Gates on edges, in the order of their edges; those too far from a street are left out."""

    def __init__(self, streets, places, threads):
        edge, along, away = streets.snap(places.gates, GATE_M, threads)
        kept = np.flatnonzero(np.isfinite(away))
        kept = kept[np.argsort(edge[kept], kind="stable")]
        self.edge, self.along, self.away = edge[kept], along[kept], away[kept]
        self.place, self.park = places.gates[kept], places.park_of[kept]

    def steps(self, streets):
        """(park, vertex, metres) from every gate to both ends of its edge."""
        return (np.concatenate([self.park, self.park]), np.concatenate([streets.from_[self.edge], streets.to[self.edge]]),
                np.concatenate([self.away + self.along, self.away + streets.length[self.edge] - self.along]))

    def on_edges(self, homes):
        """(origin, gate, metres) of all gates on origins' own edges, without going to the ends of those."""
        origin, gate = matches(self.edge, homes.edge)
        return origin, gate, np.abs(homes.along[origin] - self.along[gate]) + self.away[gate]

    def on_same_edge(self, homes):
        """(metres, gate) of the nearest gate on the origin's own edge; infinite where it has none."""
        origin, gate, metres = self.on_edges(homes)
        nearest_last = np.argsort(-metres, kind="stable")
        least, which = np.full(len(homes.edge), np.inf), np.full(len(homes.edge), -1)
        least[origin[nearest_last]], which[origin[nearest_last]] = metres[nearest_last], gate[nearest_last]
        return least, which


def ways_home(homes, gates, metres, park_of=None):
    """(street_m, park) of every origin from the metres between each vertex and its nearest gate; infinite and -1 where there is no way.

    `park_of`: the nearest park of each vertex, -1 for none; without it no parks are told.
    """
    ways = metres[homes.ends] + homes.to_ends
    nearer = ways.argmin(0)
    every = np.arange(len(nearer))
    best = ways[nearer, every]
    direct, direct_gate = gates.on_same_edge(homes)
    street = np.minimum(best, direct) + homes.away
    street[homes.in_park] = 0
    if park_of is None:
        return street, None
    park = np.where(direct < best, gates.park[direct_gate], park_of[homes.ends[nearer, every]])
    park[~np.isfinite(street)] = -1
    park[homes.in_park[::-1]] = homes.park_round[::-1]  # of several parks the first
    return street, park


def write_table(path, places, street, park):
    """One row for every origin, as `urbiome network reach` has them: to a micrometre, empty where no park is reached."""
    table = places.origins[["id", "people"]].rename(columns={"id": "origin_id"})
    table["street_m"] = np.where(np.isfinite(street), np.round(street, 6), np.nan)
    if park is not None:
        table["target_id"] = np.append(np.array(places.parks, object), "")[park]
    table.to_csv(path, index=False)


def write_counts(path, places, origins):
    """One row for every origin: how often it is in `origins`, as the column `targets`."""
    table = places.origins[["id", "people"]].rename(columns={"id": "origin_id"})
    table["targets"] = np.bincount(origins, minlength=len(table))
    table.to_csv(path, index=False)
