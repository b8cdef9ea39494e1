"""SciPy's Dijkstra with min_only; the rest of the script is in NumPy, with pyosmium, pyproj and pandas."""
import os
import tempfile

import scipy

import reach_table
from contest import contend
from street_arrays import Gates, Places, Streets, ways_home, write_table
from street_searches import SciPySearch

scratch = tempfile.TemporaryDirectory()
table = os.path.join(scratch.name, "table.csv")


def run(state):
    data, threads = state
    streets, places = Streets(os.path.join(data, "streets.osm.pbf")), Places(data)
    gates = Gates(streets, places, threads)
    metres, gate_of = SciPySearch(streets, gates).run()
    write_table(table, places, *ways_home(streets, places, gates, metres, threads, gate_of))


contend(f"SciPy {scipy.__version__}", lambda data, threads: (data, threads), run, lambda _: reach_table.answers(table))
