import os

import scipy

from contest import contend
from street_arrays import Gates, Places, Streets, ways_home
from street_searches import SciPySearch


def load(data, threads):
    streets, places = Streets(os.path.join(data, "streets.osm.pbf")), Places(data)
    gates = Gates(streets, places, threads)
    return streets, places, gates, SciPySearch(streets, gates), threads


def run(state):
    streets, places, gates, search, threads = state
    metres, _ = search.run()
    return ways_home(streets, places, gates, metres, threads)


contend(f"SciPy {scipy.__version__}", load, run, lambda ways: {"street_m": ways[0]})
