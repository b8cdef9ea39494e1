"""Searches from all gates at once: metres from every vertex to its nearest gate. Gates are vertices beyond those of the streets."""
import numpy as np


class SciPySearch:
    """One Dijkstra with min_only: each gate is a source. Of parallel edges the shortest is kept, for a matrix would add them up."""

    def __init__(self, streets, gates):
        from scipy.sparse import csr_matrix

        gate, vertex, metres = gates.steps(streets)
        self.gates = streets.vertices + np.arange(len(gates.edge))
        a = np.concatenate([streets.from_, streets.to, self.gates[gate]])
        b = np.concatenate([streets.to, streets.from_, vertex])
        metres = np.concatenate([streets.length, streets.length, metres])
        order = np.lexsort((metres, b, a))
        a, b, metres = a[order], b[order], metres[order]
        first = np.append(True, (a[1:] != a[:-1]) | (b[1:] != b[:-1]))
        size = streets.vertices + len(gates.edge)
        self.matrix = csr_matrix((metres[first], (a[first], b[first])), shape=(size, size))

    def run(self):
        """(metres, gate) of every vertex, infinite and -1 where there is no way."""
        from scipy.sparse.csgraph import dijkstra

        metres, _, source = dijkstra(self.matrix, indices=self.gates, min_only=True, return_predecessors=True)
        gate = np.where(source >= 0, source - self.gates[0], -1)
        return metres[: self.gates[0]], gate[: self.gates[0]]


class IgraphSearch:
    """From one more vertex that is joined to both ends of every gate's edge; which gate is nearest is not told."""

    def __init__(self, streets, gates):
        import igraph

        _, vertex, metres = gates.steps(streets)
        self.vertices = streets.vertices
        ends = np.column_stack([np.append(streets.from_, np.full(len(vertex), self.vertices)), np.append(streets.to, vertex)])
        self.graph = igraph.Graph(self.vertices + 1, ends)
        self.metres = np.append(streets.length, metres)

    def run(self):
        return np.array(self.graph.distances(source=self.vertices, weights=self.metres)[0])[: self.vertices], None
