"""How many cells of each class does a compressed file hold? From file to table."""
from answers import same_numbers

TITLE = "class areas from the file"
NEEDS = []
REFERENCE = "numpy_blocks"
LIMITS = "libdeflate is 58 % of the time, true areas by column 25 %; of the command half is loading GDAL and reading the CRS"
GOALS = [
    {"ours": "urbiome", "peer": "raw_codec", "times": 0.85, "why": ">= 85 % of the raw codec at the same threads"},
    {"ours": "urbiome_command", "peer": "gdalinfo", "times": 6},
    {"ours": "urbiome_command", "mib": 64},
]


def compare(ours, theirs):
    if "cells" not in theirs:
        return None  # it only decodes
    whole = {code: n for code, n in ours["cells"].items() if n}
    return same_numbers("cells per class", whole, {code: n for code, n in theirs["cells"].items() if n and code != "0"})
