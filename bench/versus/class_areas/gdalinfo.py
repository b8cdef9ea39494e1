"""gdalinfo -hist, which keeps nothing aside that a second call could use."""
import re

from contest import Command, contend, path, program

gdalinfo = program("GDALINFO", "gdalinfo")


def load(data, threads):
    return Command([gdalinfo, "-hist", path(data, "cover.tif")], {"GDAL_PAM_ENABLED": "NO", "GDAL_NUM_THREADS": str(threads)})


def answers(said):
    buckets = re.search(r"256 buckets from -0\.5 to 255\.5:\s*([\d ]+)", said)
    return {"cells": {str(code): int(n) for code, n in enumerate(buckets.group(1).split())}}


contend(Command([gdalinfo, "--version"]).run().split(",")[0], load, Command.run, answers, one_thread=True, whole_process=True)
