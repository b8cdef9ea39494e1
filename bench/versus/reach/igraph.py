"""igraph's Dijkstra, which does not tell which park is nearest; the rest of the script is in NumPy, with pyosmium, pyproj and pandas."""
import os
import tempfile

import igraph

import reach_table
from contest import contend
from street_arrays import Gates, Places, Streets, ways_home, write_table
from street_searches import IgraphSearch

scratch = tempfile.TemporaryDirectory()
table = os.path.join(scratch.name, "table.csv")


def run(state):
    data, threads = state
    streets, places = Streets(os.path.join(data, "streets.osm.pbf")), Places(data)
    gates = Gates(streets, places, threads)
    metres, gate_of = IgraphSearch(streets, gates).run()
    write_table(table, places, *ways_home(streets, places, gates, metres, threads, gate_of))


contend(f"igraph {igraph.__version__}", lambda data, threads: (data, threads), run, lambda _: reach_table.answers(table))
