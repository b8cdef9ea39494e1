"""igraph's Dijkstra, which does not tell which park is nearest; the rest of the script is in NumPy, with pyosmium, pyproj and pandas."""
import igraph

from street_contest import contend_from_files
from street_searches import IgraphSearch

contend_from_files(f"igraph {igraph.__version__}", IgraphSearch)
