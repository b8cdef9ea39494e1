"""`urbiome raster tabulate`, from file to table."""
import csv
import os
import tempfile

from contest import Command, contend, path, program

urbiome = program("URBIOME_COMMAND", "urbiome")
scratch = tempfile.TemporaryDirectory()
table = os.path.join(scratch.name, "table.csv")


def load(data, threads):
    return Command([urbiome, "raster", "tabulate", path(data, "cover.tif"), table, "--num-threads", threads, "-q", "--overwrite"])


def answers(_):
    with open(table, encoding="utf-8") as file:
        return {"cells": {row["class"]: float(row["cells"]) for row in csv.DictReader(file)}}


contend("urbiome raster tabulate", load, Command.run, answers, whole_process=True)
