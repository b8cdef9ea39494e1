"""Which share of the residents lives within 300 m of a green patch of 0.5 ha or more? From files to the figure."""
from answers import Verdict

TITLE = "people within 300 m of green >= 0.5 ha, file to figure"
NEEDS = ["near_recipe"]
REFERENCE = "scipy_script"
LIMITS = "people laid row by row (40 %), decoding and patches (35 %), start-up of 0.05 s"
GOALS = [{"ours": "urbiome", "peer": "scipy_script", "times": 25}, {"ours": "urbiome", "mib": 512}]


def compare(ours, theirs):
    difference = abs(ours["share"] - theirs["share"])
    return Verdict(difference < 1e-6, f"shares {ours['share']:.9f} and {theirs['share']:.9f}")
