"""The contests of the streets' questions, the same for every peer but for its search (street_searches.py)."""
import os
import tempfile

import reach_table
from contest import contend
from street_arrays import Gates, Homes, Places, Streets, ways_home, write_counts, write_table
from street_within import ways_within


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
        metres, park_of = search_of(streets, gates.steps(streets)).run()
        write_table(table, places, *ways_home(Homes(streets, places, threads), gates, metres, park_of))

    contend(name, lambda data, threads: (data, threads), run, lambda _: reach_table.answers(table))


def contend_within(name, search_of):
    """From files to a table of the nearest park, and one of how many are within the limit."""
    scratch = tempfile.TemporaryDirectory()
    near, counts = (os.path.join(scratch.name, table) for table in ("near.csv", "within.csv"))
    limit_m = reach_table.NEAR_M + reach_table.TOLERANCE_M  # so that it is known which are close to the limit

    def run(state):
        data, threads = state
        streets, places, gates = load(data, threads)
        homes = Homes(streets, places, threads)
        search = search_of(streets, gates.steps(streets))
        metres, park_of = search.run()
        write_table(near, places, *ways_home(homes, gates, metres, park_of))
        origin, metres = ways_within(homes, gates, search.within(streets, gates, metres, limit_m), limit_m)
        write_counts(counts, places, origin[metres <= reach_table.NEAR_M])
        return origin, metres

    contend(name, lambda data, threads: (data, threads), run, lambda ways: reach_table.answers(near, counts, ways))


def contend_in_memory(name, search_of):
    """Once everything is loaded."""

    def prepare(data, threads):
        streets, places, gates = load(data, threads)
        return streets, places, gates, search_of(streets, gates.steps(streets)), threads

    def run(state):
        streets, places, gates, search, threads = state
        metres, _ = search.run()
        return ways_home(Homes(streets, places, threads), gates, metres)

    contend(name, prepare, run, lambda ways: {"street_m": ways[0]})
