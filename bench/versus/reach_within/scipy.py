"""SciPy's Dijkstra: with min_only for the nearest park, with a limit from every park on streets cut by boxes (street_within.py).

Tried on 200,000 and 2 million edges, processor time of the second search: boxes of 16 parks 0.06 and 0.8 s, of one 0.15 and 2.9 s;
one search with min_only among copies of streets, as igraph does it, 0.15 and 2.3 s; with a limit on uncut streets 1.3 s on the smaller.
"""
import scipy

from street_contest import contend_within
from street_within import SciPyWithin

contend_within(f"SciPy {scipy.__version__}", SciPyWithin)
