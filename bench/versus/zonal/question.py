"""Count, sum and mean of a raster in 500 districts, every cell by its exact covered share. From files to table."""
from answers import all_of, same_numbers

TITLE = "exact zonal statistics, 500 districts, 172,500 vertices"
NEEDS = []
REFERENCE = "exactextract"
LIMITS = "tallying 40 %, laying 500 zones 12 %, decoding, start-up of 0.04 s"
GOALS = [{"ours": "urbiome", "peer": "exactextract", "times": 10}]
PUBLISHED = {"exactextract": {"cells": 100_000_000, "seconds": 5.1, "peak_mib": 156, "threads": 1}}


def compare(ours, theirs):
    # exactextract keeps the share of a cell as a 32-bit float: small zones with few whole cells show it.
    return all_of(*(same_numbers(name, ours[name], theirs[name], relative=1e-6) for name in ("count", "sum", "mean")))
