"""The contest of the streets' questions, the same for every peer but for its search (street_searches.py)."""
import os
import tempfile

import reach_table
from contest import contend
from street_arrays import Gates, Places, Streets, ways_home, write_table


def load(data, threads):
    streets, places = Streets(os.path.join(data, "streets.osm.pbf")), Places(data)
    return streets, places, Gates(streets, places, threads)


def contend_from_files(name, search_of):
    """From files to a table."""
    scratch = tempfile.TemporaryDirectory()
    table = os.path.join(scratch.name, "table.csv")

    def run(state):
        data, threads = state
        streets, places, gates = load(data, threads)
        metres, gate_of = search_of(streets, gates).run()
        write_table(table, places, *ways_home(streets, places, gates, metres, threads, gate_of))

    contend(name, lambda data, threads: (data, threads), run, lambda _: reach_table.answers(table))


def contend_in_memory(name, search_of):
    """Once everything is loaded."""

    def prepare(data, threads):
        streets, places, gates = load(data, threads)
        return streets, places, gates, search_of(streets, gates), threads

    def run(state):
        streets, places, gates, search, threads = state
        metres, _ = search.run()
        return ways_home(streets, places, gates, metres, threads)

    contend(name, prepare, run, lambda ways: {"street_m": ways[0]})
