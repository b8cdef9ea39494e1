"""Which share of every cell does each of 500 districts cover? Polygons in memory or a file, to shares."""
from answers import all_of, same_numbers

TITLE = "coverage shares, 500 districts"
NEEDS = ["grid"]
REFERENCE = "exactextract"
GOALS = []


def compare(ours, theirs):
    # exactextract keeps shares as 32-bit floats. Squares tell whether the shares lie in the same cells.
    return all_of(*(same_numbers(name, ours[name], theirs[name], relative=1e-6) for name in ("sum of shares", "sum of squared shares")))
