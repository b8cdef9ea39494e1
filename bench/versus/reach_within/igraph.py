"""igraph's Dijkstra, which has no limit and does not tell which park is nearest: from all parks, and again among copies of the
streets round each (street_within.py).

Tried on 200,000 edges, processor time of the second search: 0.16 s; subgraphs cut by boxes of one park the same, of 4 or 16 parks
0.2 and 0.26 s.
"""
import igraph

from street_contest import contend_within
from street_within import IgraphWithin

contend_within(f"igraph {igraph.__version__}", IgraphWithin)
