"""How many green cells lie in the square of 61 x 61 cells round every cell (fewer at the border)? In memory."""
from answers import same_cells

TITLE = "square window, r = 30 cells"
NEEDS = ["green"]
REFERENCE = "numpy"
LIMITS = "memory: three bytes a cell read and written past the caches"
GOALS = [{"ours": "urbiome", "peer": "opencv", "threads": 1, "times": 2}, {"ours": "urbiome", "peer": "opencv", "threads": 2, "times": 3}]


def compare(ours, theirs):
    return same_cells(ours["count"], theirs["count"])
