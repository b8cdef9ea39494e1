"""What does the way from the nearest of 1,000 starts cost, over 8 neighbours? A step costs the mean of both cells x its length."""
from answers import same_cells

TITLE = "least cost, 8 neighbours, 1,000 sources"
NEEDS = ["resistance", "sources"]
REFERENCE = "skimage"
LIMITS = "copying tiles in (38 %) and sweeping them (34 %); a tile is visited 2.7 times"
CELLS_AT_MOST = 16_000_000
GOALS = [{"ours": "urbiome", "peer": "skimage", "times": 10}, {"ours": "urbiome", "peer": "grass", "times": 10}]


def compare(ours, theirs):
    return same_cells(ours["cost"], theirs["cost"], relative=1e-6, unit="units of cost")
