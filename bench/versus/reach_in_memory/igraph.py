import os

import igraph

from contest import contend
from street_arrays import Gates, Places, Streets, ways_home
from street_searches import IgraphSearch


def load(data, threads):
    streets, places = Streets(os.path.join(data, "streets.osm.pbf")), Places(data)
    gates = Gates(streets, places, threads)
    return streets, places, gates, IgraphSearch(streets, gates), threads


def run(state):
    streets, places, gates, search, threads = state
    metres, _ = search.run()
    return ways_home(streets, places, gates, metres, threads)


contend(f"igraph {igraph.__version__}", load, run, lambda ways: {"street_m": ways[0]})
