"""How many green cells lie within 30 cells of every cell, centre to centre? In memory."""
import numpy as np

from answers import same_cells

TITLE = "disc window, r = 30 cells"
NEEDS = ["green"]
REFERENCE = "scipy"
LIMITS = "some 130 bytes read and added for each cell, whatever its area"
GOALS = [{"ours": "urbiome", "peer": "opencv", "times": 10}, {"ours": "urbiome", "peer": "grass", "times": 1000}]


class Rounded:
    """Transforms in floats count in fractions: rounded to whole cells before they are compared."""

    def __init__(self, cells):
        self.cells, self.shape, self.size = cells, cells.shape, cells.size

    def __getitem__(self, rows):
        return np.rint(np.asarray(self.cells[rows], np.float64))


def compare(ours, theirs):
    return same_cells(ours["count"], Rounded(theirs["count"]))
