"""Which patches does one role form (8 neighbours), and how many cells has each? Cells and labels in memory."""
from answers import same_patches

TITLE = "label + areas, one role, 8 neighbours"
NEEDS = ["green"]
REFERENCE = "scipy"
LIMITS = "painting four bytes a cell, then marking and labelling runs"
GOALS = [{"ours": "urbiome", "peer": "opencv", "threads": 1, "times": 6}, {"ours": "urbiome", "peer": "opencv", "threads": 2, "times": 5}]


def compare(ours, theirs):
    return same_patches(ours, theirs)
