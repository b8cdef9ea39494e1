"""All facts of a city in one run, against the same facts each with a decode of its own: what fusion brings."""
from answers import Verdict

TITLE = "assess: labels, patches, mesh, capped distance, 500 zones, people"
NEEDS = []
REFERENCE = None
GOALS = [{"ours": "urbiome", "peer": "passes_alone", "times": 1 / 0.8, "why": "<= 0.8 x the sum of its passes run alone"}]


def compare(ours, theirs):
    return Verdict(ours["ok"] and theirs["ok"], "both ended well (figures are held by the tests of assess)")
