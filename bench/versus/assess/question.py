"""All facts of a city in one run, against the same facts each with a run of its own: what fusion brings."""
from answers import same_numbers

TITLE = "assess: patches, mesh, people near green, 500 zones"
NEEDS = ["facts_recipes"]
REFERENCE = None
LIMITS = "patches and groups of the whole land grow on one thread each"
GOALS = [{"ours": "urbiome", "peer": "passes_alone", "times": 1 / 0.8, "why": "<= 0.8 x the sum of its passes run alone"}]


def numbers(rows):
    return {key: float(value) if value else -1.0 for key, value in rows.items()}


def compare(ours, theirs):
    if "rows" not in theirs:
        return None  # other questions
    return same_numbers("results", numbers(ours["rows"]), numbers(theirs["rows"]))
