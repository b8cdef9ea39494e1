"""Ways along streets recomputed from their definitions (docs/streets.md), for lines of a conformal map in metres.

Every straight piece of a line is a segment; places where segments meet are found pair by pair; the search goes over single
segments with Python's heap. Lengths are those of the map times `ground`, the metres of ground in one of the map.
"""

import csv
import heapq
import math
from collections import defaultdict

import numpy as np
from osgeo import ogr

from reference import components

SQUARE = 50.0  # side of the squares by which segments find each other
ON_END = 1e-9  # of a segment's length: this near an end is the end


def walkable_lines(path, table, tags=("highway", "foot", "access", "area", "motorroad", "indoor")):
    """Point arrays of the lines that the table's first fitting rule lets people walk on."""
    with open(table, encoding="utf-8") as file:
        rules = [(row["key"], row["value"], row["walkable"] == "yes") for row in csv.DictReader(file)]
    out, data = [], ogr.Open(str(path))
    for feature in data.GetLayer(0):
        names = [feature.GetFieldDefnRef(i).GetName() for i in range(feature.GetFieldCount())]
        tag = {name: (feature.GetField(name) or "") if name in names else "" for name in tags}
        fits = (yes for key, value, yes in rules if (tag[key] != "" if value == "*" else tag[key] == value))
        if next(fits, False):
            shape = feature.GetGeometryRef()
            parts = [shape.GetGeometryRef(i) for i in range(shape.GetGeometryCount())] or [shape]
            out += [np.array(part.GetPoints(), dtype=float)[:, :2] for part in parts if part.GetPointCount() > 1]
    return out


class Segments:
    """Straight pieces with the squares that they pass: a (n x 2) to b."""

    def __init__(self, a, b):
        self.a, self.b = a, b
        self.squares = defaultdict(list)
        low, high = np.floor(np.minimum(a, b) / SQUARE).astype(int), np.floor(np.maximum(a, b) / SQUARE).astype(int)
        for i, (c0, r0, c1, r1) in enumerate(np.column_stack([low, high]).tolist()):
            for c in range(c0, c1 + 1):
                for r in range(r0, r1 + 1):
                    self.squares[c, r].append(i)
        self.squares = {at: np.array(found) for at, found in self.squares.items()}

    def pairs_with(self, other):
        """(mine, theirs) of all that pass a square together, each pair once."""
        mine, theirs = [np.empty(0, int)], [np.empty(0, int)]
        for at, found in self.squares.items():
            if at in other.squares:
                met = other.squares[at]
                mine.append(np.repeat(found, len(met)))
                theirs.append(np.tile(met, len(found)))
        pairs = np.unique(np.column_stack([np.concatenate(mine), np.concatenate(theirs)]), axis=0)
        return pairs[:, 0], pairs[:, 1]

    def around(self, x, y, limit):
        """Numbers of those that may come within `limit` of a point."""
        c0, c1, r0, r1 = (math.floor(v / SQUARE) for v in (x - limit, x + limit, y - limit, y + limit))
        found = [self.squares[c, r] for c in range(c0, c1 + 1) for r in range(r0, r1 + 1) if (c, r) in self.squares]
        return np.unique(np.concatenate(found)) if found else np.empty(0, int)

    def nearest_on(self, i, x, y):
        """(distance, how far along it from 0 to 1) of a point to each of the segments i."""
        dx, dy = (self.b[i] - self.a[i]).T
        along = (x - self.a[i, 0]) * dx + (y - self.a[i, 1]) * dy
        t = np.clip(along / np.maximum(dx * dx + dy * dy, 1e-300), 0, 1)
        return np.hypot(x - self.a[i, 0] - t * dx, y - self.a[i, 1] - t * dy), t


def crossings(one, other, i, j):
    """(i, t, j, u) where segments of the pairs cross or touch."""
    d, e, between = one.b[i] - one.a[i], other.b[j] - other.a[j], other.a[j] - one.a[i]
    turn = d[:, 0] * e[:, 1] - d[:, 1] * e[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (between[:, 0] * e[:, 1] - between[:, 1] * e[:, 0]) / turn
        u = (between[:, 0] * d[:, 1] - between[:, 1] * d[:, 0]) / turn
        met = (t >= -ON_END) & (t <= 1 + ON_END) & (u >= -ON_END) & (u <= 1 + ON_END)
    return i[met], np.clip(t[met], 0, 1), j[met], np.clip(u[met], 0, 1)


class Streets:
    """lines: point arrays; ground(x, y): metres of ground in a metre of the map."""

    def __init__(self, lines, ground, tolerance=0.1):
        self.ground = ground
        points = np.concatenate(lines)
        last = np.cumsum([len(line) for line in lines]) - 1
        first = np.concatenate([[0], last[:-1] + 1])
        start = np.setdiff1d(np.arange(len(points)), last)
        start = start[(points[start] != points[start + 1]).any(axis=1)]
        _, node = np.unique(points, axis=0, return_inverse=True)
        node = node.ravel()
        self.segments = Segments(points[start], points[start + 1])
        self.from_, self.to = node[start], node[start + 1]
        middle = (self.segments.a + self.segments.b) / 2
        self.metres = np.hypot(*(self.segments.b - self.segments.a).T) * ground(middle[:, 0], middle[:, 1])
        self.stops, self.same, self.nodes = [], [], node.max() + 1
        self._meet(tolerance, points[np.concatenate([first, last])], node[np.concatenate([first, last])])

    def _meet(self, tolerance, ends, end_nodes):
        i, j = self.segments.pairs_with(self.segments)
        apart = i < j
        for s, t, z, u in zip(*crossings(self.segments, self.segments, i[apart], j[apart])):
            self.same.append((self.stop_at(s, t), self.stop_at(z, u)))
        for (x, y), node in zip(ends, end_nodes):
            near = self.segments.around(x, y, tolerance)
            away, t = self.segments.nearest_on(near, x, y)
            for k in np.flatnonzero(away <= tolerance):
                if node not in (self.from_[near[k]], self.to[near[k]]):
                    self.same.append((node, self.stop_at(near[k], t[k])))

    def stop_at(self, segment, t):
        """The node there, a new one between the ends."""
        if t * self.metres[segment] <= 1e-7:
            return self.from_[segment]
        if (1 - t) * self.metres[segment] <= 1e-7:
            return self.to[segment]
        self.stops.append((segment, t, self.nodes))
        self.nodes += 1
        return self.nodes - 1

    def nearest(self, x, y, limit):
        """(segment, t, metres of ground) of the nearest street of one point, or None."""
        near = self.segments.around(x, y, limit * 1.01)
        if not len(near):
            return None
        away, t = self.segments.nearest_on(near, x, y)
        k = np.argmin(away)
        metres = away[k] * self.ground(x, y)
        return (near[k], t[k], metres) if metres <= limit else None

    def nearest_of_grid(self, grid, limit):
        """(segment or -1, t, metres) of the nearest street of every cell's centre."""
        shape = (grid.rows, grid.columns)
        best, segment, along = np.full(shape, np.inf), np.full(shape, -1), np.zeros(shape)
        far = limit * 1.01
        for i, ((ax, ay), (bx, by)) in enumerate(zip(self.segments.a, self.segments.b)):
            c0, c1 = max(0, math.floor((min(ax, bx) - far - grid.x0) / grid.w)), math.ceil((max(ax, bx) + far - grid.x0) / grid.w)
            r0, r1 = max(0, math.floor((grid.y0 - max(ay, by) - far) / grid.h)), math.ceil((grid.y0 - min(ay, by) + far) / grid.h)
            if c0 >= c1 or r0 >= r1:
                continue
            x, y = grid.x[None, c0:c1] - ax, grid.y[r0:r1, None] - ay
            dx, dy = bx - ax, by - ay
            t = np.clip((x * dx + y * dy) / (dx * dx + dy * dy), 0, 1)
            away = (x - t * dx) ** 2 + (y - t * dy) ** 2
            nearer = away < best[r0:r1, c0:c1]
            best[r0:r1, c0:c1][nearer], segment[r0:r1, c0:c1][nearer], along[r0:r1, c0:c1][nearer] = away[nearer], i, t[nearer]
        metres = np.sqrt(best) * self.ground(grid.x[None, :], grid.y[:, None])
        segment[metres > limit] = -1
        return segment, along, metres

    def doors(self, outlines, spacing=20.0, on_outline=0.1):
        """Points where streets cross or touch closed rings, and every corner with equal steps between, `spacing` at most."""
        found = [np.empty((0, 2))]
        for ring in outlines:
            sides = Segments(ring[:-1], ring[1:])
            side, along, _, _ = crossings(sides, self.segments, *sides.pairs_with(self.segments))
            found.append(sides.a[side] + along[:, None] * (sides.b[side] - sides.a[side]))
            found.append(self.points_near(sides, on_outline))
            for (ax, ay), (bx, by) in zip(sides.a, sides.b):
                metres = math.hypot(bx - ax, by - ay) * self.ground((ax + bx) / 2, (ay + by) / 2)
                steps = max(1, math.ceil(metres / spacing))
                share = np.arange(steps) / steps
                found.append(np.column_stack([ax + share * (bx - ax), ay + share * (by - ay)]))
        return np.concatenate(found)

    def points_near(self, sides, limit):
        """Points of streets at most `limit` from one of the sides."""
        near = [np.empty((0, 2))]
        for a, b in zip(sides.a, sides.b):
            low, high = np.minimum(a, b) - limit, np.maximum(a, b) + limit
            for points in (self.segments.a, self.segments.b):
                some = points[((points >= low) & (points <= high)).all(axis=1)]
                away = [Segments(a[None], b[None]).nearest_on(np.array([0]), x, y)[0][0] for x, y in some]
                near.append(some[np.array(away, dtype=float) <= limit])
        return np.concatenate(near)

    def entrances(self, points, within=30.0):
        """(segment, t, metres) of the nearest street of each point that has one so near."""
        return [found for found in (self.nearest(x, y, within) for x, y in points) if found]

    def metres_to(self, entrances, at):
        """Of every place `at` (segment or -1, t, metres to it) the way to the nearest entrance; inf where there is none."""
        kept = len(self.stops), self.nodes
        starts = [(metres, self.stop_at(segment, t)) for segment, t, metres in entrances]
        self.count = self.nodes
        one, other = np.array(self.same, dtype=int).reshape(-1, 2).T
        name = components(self.count, one, other)
        segment = np.concatenate([np.arange(len(self.from_)), np.arange(len(self.to)), [s for s, _, _ in self.stops]]).astype(int)
        t = np.concatenate([np.zeros(len(self.from_)), np.ones(len(self.to)), [t for _, t, _ in self.stops]])
        node = name[np.concatenate([self.from_, self.to, [n for _, _, n in self.stops]]).astype(int)]
        del self.stops[kept[0] :]
        self.nodes = kept[1]
        order = np.lexsort((t, segment))
        segment, t, node = segment[order], t[order], node[order]
        ways = defaultdict(list)
        for k in np.flatnonzero(segment[1:] == segment[:-1]):
            length = (t[k + 1] - t[k]) * self.metres[segment[k]]
            ways[node[k]].append((length, node[k + 1]))
            ways[node[k + 1]].append((length, node[k]))
        metres = search(len(name), [(way, name[n]) for way, n in starts], ways)
        where, along, away = (values.ravel() for values in at)
        known = where >= 0
        after = np.searchsorted(segment * 2 + t, where[known] * 2 + along[known], "left")
        after = np.maximum(after, np.searchsorted(segment, where[known], "left") + 1)  # each segment has a stop at 0 and one at 1
        before = after - 1
        out = np.full(where.shape, np.inf)
        to_before = metres[node[before]] + (along[known] - t[before]) * self.metres[where[known]]
        to_after = metres[node[after]] + (t[after] - along[known]) * self.metres[where[known]]
        out[known] = away[known] + np.minimum(to_before, to_after)
        return out.reshape(at[0].shape)


def search(count, starts, ways):
    """Dijkstra's search from all starts (metres, node) together."""
    metres = np.full(count, np.inf)
    heap = list(starts)
    heapq.heapify(heap)
    while heap:
        far, node = heapq.heappop(heap)
        if far < metres[node]:
            metres[node] = far
            for length, to in ways[node]:
                if far + length < metres[to]:
                    heapq.heappush(heap, (far + length, to))
    return metres


def joined_places(shapes):
    """Places of polygons that overlap, touch or meet in a corner, each as one geometry."""
    groups = grouped(shapes, lambda one, other: True)
    pieces = []
    for members in groups:
        joined = ogr.Geometry(ogr.wkbMultiPolygon)
        for member in members:
            for part in parts_of(member):
                joined.AddGeometry(part)
        if len(members) > 1:
            joined = joined.UnionCascaded()
        pieces += [part.Clone() for part in parts_of(joined)]
    out = []
    for members in grouped(pieces, lambda one, other: one.Intersects(other)):
        out.append(members[0] if len(members) == 1 else ogr.Geometry(ogr.wkbMultiPolygon))
        for member in members if len(members) > 1 else []:
            out[-1].AddGeometry(member)
    return out


def grouped(shapes, together):
    """Lists of shapes that are linked: by `together`, where their boxes meet, directly or by way of others."""
    boxes = np.array([shape.GetEnvelope() for shape in shapes]).reshape(-1, 4)
    links = [
        (i, j)
        for i, (x0, x1, y0, y1) in enumerate(boxes)
        for j in np.flatnonzero((boxes[:, 0] <= x1) & (x0 <= boxes[:, 1]) & (boxes[:, 2] <= y1) & (y0 <= boxes[:, 3]))
        if i < j and together(shapes[i], shapes[j])
    ]
    group = components(len(shapes), *np.array(links, dtype=int).reshape(-1, 2).T)
    return [[shapes[k] for k in np.flatnonzero(group == g)] for g in np.unique(group)]


def parts_of(shape):
    """Polygons of a polygon or multipolygon."""
    return [shape] if shape.GetGeometryName() == "POLYGON" else [shape.GetGeometryRef(i) for i in range(shape.GetGeometryCount())]
