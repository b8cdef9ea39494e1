"""`urbiome assess`: all passes in one run, to results.csv."""
import csv
import os
import tempfile

from contest import Command, contend, path, program

urbiome = program("URBIOME_COMMAND", "urbiome")
scratch = tempfile.TemporaryDirectory()
out = os.path.join(scratch.name, "out")


def load(data, threads):
    return Command([urbiome, "assess", path(data, "facts.toml"), "-o", out, "--only-results", "--num-threads", threads, "-q", "--overwrite"])


def answers(_):
    with open(os.path.join(out, "results.csv"), encoding="utf-8") as file:
        return {"rows": {",".join(list(row.values())[:10]): row["value"] for row in csv.DictReader(file)}}


contend("urbiome assess", load, Command.run, answers, whole_process=True)
