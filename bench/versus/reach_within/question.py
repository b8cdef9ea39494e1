"""How far along streets is the nearest park of everyone, and how many parks are within 400 m? From files to two tables.

The first table is that of `reach`. The second counts parks, not gates: a park is as far as its nearest gate, and 0 m from whoever is
in it, so that every park needs a search of its own. Peers read the same files; how long their imports take is left out.
urbiome's tables tell straight lines, times and areas besides.
"""
from answers import all_of
from reach_table import same_counts, same_tables

TITLE = "nearest park along streets and parks within 400 m, files to tables"
UNIT = "edges"
NEEDS = []
REFERENCE = "scipy"
GOALS = [{"ours": "urbiome", "peer": "scipy", "times": 20}, {"ours": "urbiome", "peer": "igraph", "times": 20}]


def compare(ours, theirs):
    return all_of(same_tables(ours, theirs), same_counts(ours, theirs))
