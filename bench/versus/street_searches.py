"""Searches from all parks at once: metres from every vertex to its nearest gate. Parks are vertices beyond those of the streets.

`streets` has vertices (their number), from_, to and length of edges; `steps` are (park, vertex, metres) through gates onto them.
"""
import numpy as np


class SciPySearch:
    """One Dijkstra with min_only: each park is a source, left through any gate. Of parallel edges the shortest is kept, for a matrix would add them up."""

    def __init__(self, streets, steps):
        from scipy.sparse import csr_matrix

        park, vertex, metres = steps
        self.parks = streets.vertices + np.arange(park.max(initial=-1) + 1)
        a = np.concatenate([streets.from_, streets.to, self.parks[park]])
        b = np.concatenate([streets.to, streets.from_, vertex])
        metres = np.concatenate([streets.length, streets.length, metres])
        order = np.lexsort((metres, b, a))
        a, b, metres = a[order], b[order], metres[order]
        first = np.append(True, (a[1:] != a[:-1]) | (b[1:] != b[:-1]))
        size = streets.vertices + len(self.parks)
        self.matrix = csr_matrix((metres[first], (a[first], b[first])), shape=(size, size))

    def run(self):
        """(metres, park) of every vertex, infinite and -1 where there is no way."""
        from scipy.sparse.csgraph import dijkstra

        metres, _, source = dijkstra(self.matrix, indices=self.parks, min_only=True, return_predecessors=True)
        park = np.where(source >= 0, source - self.parks[0], -1)
        return metres[: self.parks[0]], park[: self.parks[0]]


class IgraphSearch:
    """From one more vertex that is joined to both ends of every gate's edge; which park is nearest is not told."""

    def __init__(self, streets, steps):
        import igraph

        _, vertex, metres = steps
        self.vertices = streets.vertices
        ends = np.column_stack([np.append(streets.from_, np.full(len(vertex), self.vertices)), np.append(streets.to, vertex)])
        self.graph = igraph.Graph(self.vertices + 1, ends)
        self.metres = np.append(streets.length, metres)

    def run(self):
        return np.array(self.graph.distances(source=self.vertices, weights=self.metres)[0])[: self.vertices], None
