"""The same ways as in `reach`, once everything is loaded: streets as a graph in which nearest points are found, gates on their
streets, people and parks in memory. What is timed is the search, the nearest street of everyone and who is in a park."""
from reach_table import same_ways

TITLE = "nearest park along streets, loaded before"
UNIT = "edges"
NEEDS = []
REFERENCE = "scipy"
GOALS = [{"ours": "urbiome", "seconds": 5, "size_at_least": 1_900_000}]


def compare(ours, theirs):
    return same_ways(ours, theirs)
