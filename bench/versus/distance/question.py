"""How far is every cell from the nearest green one, centre to centre, in cells? Cells and distances in memory."""
from answers import same_cells

TITLE = "exact distance"
NEEDS = ["green"]
REFERENCE = "scipy"
GOALS = [{"ours": "urbiome", "peer": "scipy", "times": 20}, {"ours": "urbiome", "peer": "opencv", "times": 3}]


def compare(ours, theirs):
    return same_cells(ours["distance"], theirs["distance"], relative=2e-7)  # floats: one unit in the last place
