"""Decoding and a plain histogram of 256 values, one handle per thread (bench/limit)."""
import json

from contest import Command, Timed, contend, path, program

limit = program("URBIOME_LIMIT", "bench_limit")


def load(data, threads):
    return Command([limit, path(data, "cover.tif"), "--threads", threads, "--repeat", 1, "--only", "histogram"])


def run(command):
    said = json.loads(command.run())
    return Timed(said["counts"], said["histogram"]["median"])


contend("GDAL ReadBlock and a histogram", load, run, lambda counts: {"cells": counts})
