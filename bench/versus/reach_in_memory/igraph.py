import igraph

from street_contest import contend_in_memory
from street_searches import IgraphSearch

contend_in_memory(f"igraph {igraph.__version__}", IgraphSearch)
