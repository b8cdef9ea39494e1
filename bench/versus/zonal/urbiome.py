"""`urbiome raster zonal`, from files to table."""
import csv
import os
import tempfile

from contest import Command, contend, path, program

urbiome = program("URBIOME_COMMAND", "urbiome")
scratch = tempfile.TemporaryDirectory()
table = os.path.join(scratch.name, "table.csv")


def load(data, threads):
    return Command([urbiome, "raster", "zonal", path(data, "cover.tif"), path(data, "zones.gpkg"), table, "--zone-id", "zone",
                    "--statistics", "count,sum,mean", "--num-threads", threads, "-q", "--overwrite"])


def answers(_):
    found = {"count": {}, "sum": {}, "mean": {}}
    with open(table, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["statistic"]][row["zone_id"]] = float(row["value"])
    return found


contend("urbiome raster zonal", load, Command.run, answers, whole_process=True)
