"""`urbiome assess` of a recipe with land cover and people that asks for this figure alone; checksums of its inputs are in its time."""
import csv
import os
import tempfile

from contest import Command, contend, path, program

urbiome = program("URBIOME_COMMAND", "urbiome")
scratch = tempfile.TemporaryDirectory()
out = os.path.join(scratch.name, "out")


def load(data, threads):
    return Command([urbiome, "assess", path(data, "near.toml"), "-o", out, "--only-results", "--num-threads", threads, "-q", "--overwrite"])


def answers(_):
    with open(os.path.join(out, "results.csv"), encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["indicator"] == "people_near_green_share"]
    return {"share": float(rows[0]["value"])}


contend("urbiome assess", load, Command.run, answers, whole_process=True)
