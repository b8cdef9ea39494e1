"""How far along streets is the nearest park of everyone, and who has one within 400 m? From files to table.

Peers read the same PBF, csv and GeoPackages, snap people and gates to the nearest point of a street, and write a row for every
origin; how long their imports take is left out. urbiome's table tells straight lines and times besides.
"""
from reach_table import same_tables

TITLE = "nearest park along streets, files to table"
UNIT = "edges"
NEEDS = []
REFERENCE = "scipy"
GOALS = [{"ours": "urbiome", "peer": "scipy", "times": 20}, {"ours": "urbiome", "peer": "igraph", "times": 20}]


def compare(ours, theirs):
    return same_tables(ours, theirs)
