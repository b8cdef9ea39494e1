"""Which vertices are within a limit of which park, and which parks of which origin.

A vertex farther along streets from all gates than the limit is on no way to look for: the search for the nearest park has told
which those are, and what is left of the streets is small. Each peer then searches in the way that is quickest for it, of those that
were tried: SciPy bounded from every park on streets cut by boxes (on uncut streets it clears all vertices for every park),
igraph, which has no limit, from all parks at once among copies of streets (as quick as boxes of one park; larger ones are slower).
"""
import numpy as np
from scipy.spatial import cKDTree

from street_arrays import matches
from street_searches import IgraphSearch, SciPySearch

STRETCH = 1.01  # lengths in the plane are true within a hundredth
AT_ONCE = 16  # parks in one box: fewer are many calls, more are many vertices that none of them reaches


def boxes(gates):
    """(park, low, high) of all parks with gates: corners of the boxes of these."""
    order = np.argsort(gates.park, kind="stable")
    park, first = np.unique(gates.park[order], return_index=True)
    place = gates.place[order]
    return park, np.minimum.reduceat(place, first), np.maximum.reduceat(place, first)


def along_a_curve(points):
    """Their order along Morton's curve, on which those that follow each other are near each other."""
    cell = ((points - points.min(0)) / max(np.ptp(points, axis=0).max(), 1) * 1023).astype(np.int64)
    bits = cell[:, :, None] >> np.arange(10) & 1
    return np.argsort((bits << 2 * np.arange(10) + np.arange(2)[:, None]).sum((1, 2)), kind="stable")


class SciPyWithin(SciPySearch):
    """The nearest park as before; within the limit by bounded searches from some parks at a time, on the streets in their box."""

    def within(self, streets, gates, metres, limit_m):
        """(vertex, park, metres) of all pairs within the limit; `metres`: of every vertex to its nearest gate."""
        from scipy.sparse.csgraph import dijkstra

        near = np.flatnonzero(metres <= limit_m)
        place = streets.of_vertices()[near]
        order = np.argsort(place[:, 0])
        near, place = near[order], place[order]
        park, low, high = boxes(gates)
        kept = np.append(near, self.parks[park])
        matrix = self.matrix[kept][:, kept]
        low, high = low - STRETCH * limit_m, high + STRETCH * limit_m
        order, found = along_a_curve(low + high), []
        for first in range(0, len(order), AT_ONCE):
            some = order[first : first + AT_ONCE]
            (x, y), (right, top) = low[some].min(0), high[some].max(0)
            inside = np.arange(*np.searchsorted(place[:, 0], (x, right)))
            inside = inside[(place[inside, 1] >= y) & (place[inside, 1] <= top)]
            cut = np.append(inside, len(near) + some)
            metres = dijkstra(matrix[cut][:, cut], indices=len(inside) + np.arange(len(some)), limit=limit_m)[:, : len(inside)]
            row, col = np.nonzero(metres <= limit_m)
            found.append((near[inside[col]], park[some[row]], metres[row, col]))
        return tuple(np.concatenate(parts) for parts in zip(*found))


class Copies:
    """For every park its own copy of the vertices round it and of the edges between them: as Streets for a search, with its steps.

    Copies of different parks do not meet, so that one search from all parks does the work of a bounded search from each.
    """

    def __init__(self, streets, gates, metres, limit_m):
        near = np.flatnonzero(metres <= limit_m)
        park, low, high = boxes(gates)
        radius = np.hypot(*(high - low).T) / 2 + STRETCH * limit_m
        found = cKDTree(streets.of_vertices()[near]).query_ball_point((low + high) / 2, radius, return_sorted=True)
        self.park, self.vertex = np.repeat(park, [len(some) for some in found]), near[np.concatenate(found).astype(np.int64)]
        self.vertices = len(self.vertex)
        key = self.park * streets.vertices + self.vertex

        order = np.argsort(streets.from_, kind="stable")
        copy, edge = matches(streets.from_[order], self.vertex)
        edge = order[edge]
        begin, end = matches(key, self.park[copy] * streets.vertices + streets.to[edge])
        self.from_, self.to, self.length = copy[begin], end, streets.length[edge[begin]]

        park, vertex, metres = gates.steps(streets)
        step, copy = matches(key, park * streets.vertices + vertex)
        self.steps = park[step], copy, metres[step]


class IgraphWithin(IgraphSearch):
    """The nearest park as before; within the limit by the same search among copies of streets."""

    def within(self, streets, gates, metres, limit_m):
        """As of SciPyWithin."""
        copies = Copies(streets, gates, metres, limit_m)
        metres, _ = IgraphSearch(copies, copies.steps).run()
        near = metres <= limit_m
        return copies.vertex[near], copies.park[near], metres[near]


def ways_within(homes, gates, reached, limit_m):
    """(origin, metres) of all pairs of an origin and a park within the limit; `reached`: (vertex, park, metres) within it."""
    order = np.argsort(reached[0], kind="stable")
    vertex, park_of, metres_of = (values[order] for values in reached)
    origin, gate, direct = gates.on_edges(homes)
    ways = [(origin, gates.park[gate], direct + homes.away[origin]), (homes.in_park, homes.park_round, np.zeros(len(homes.in_park)))]
    for end, to_end in zip(homes.ends, homes.to_ends + homes.away):
        origin, at = matches(vertex, end)
        ways.append((origin, park_of[at], metres_of[at] + to_end[origin]))
    origin, park, metres = (np.concatenate(parts) for parts in zip(*ways))
    within = np.flatnonzero(metres <= limit_m)
    order = within[np.lexsort((metres[within], park[within], origin[within]))]
    origin, park, metres = origin[order], park[order], metres[order]
    least = np.append(True, (origin[1:] != origin[:-1]) | (park[1:] != park[:-1]))[: len(origin)]
    return origin[least], metres[least]
