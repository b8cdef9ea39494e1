"""The passes of assess one after another, each a run of its own that decodes the land cover itself."""
import csv
import os
import tempfile

from contest import Command, contend, path, program
from made_data import FACTS

urbiome = program("URBIOME_COMMAND", "urbiome")
scratch = tempfile.TemporaryDirectory()


def out(fact):
    return os.path.join(scratch.name, fact)


def load(data, threads):
    return [Command([urbiome, "assess", path(data, f"facts_{fact}.toml"), "-o", out(fact), "--only-results", "--num-threads", threads, "-q", "--overwrite"])
            for fact in FACTS]


def run(passes):
    for one in passes:
        one.run()


def answers(_):
    rows = {}
    for fact, indicators in FACTS.items():
        with open(os.path.join(out(fact), "results.csv"), encoding="utf-8") as file:
            rows.update({",".join(list(row.values())[:10]): row["value"] for row in csv.DictReader(file) if row["indicator"] in indicators})
    return {"rows": rows}


contend("urbiome assess, four times", load, run, answers, whole_process=True)
