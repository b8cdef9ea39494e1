"""Which patches do all classes form at once (8 neighbours), and how many cells has each? Cells and labels in memory."""
from answers import same_patches

TITLE = "label + areas, all classes at once"
NEEDS = ["classes", "green"]
REFERENCE = "skimage"
LIMITS = "3.5 times the runs of one role, 8 times the patches"
GOALS = [{"ours": "urbiome", "peer": "urbiome_one_role", "times": 1 / 1.6, "why": "all classes within 1.6 x of one role"}]


def compare(ours, theirs):
    if "one_role" in theirs:
        return None  # it answers another question
    return same_patches(ours, theirs)
