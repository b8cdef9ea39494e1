"""Raster tools that answer alike questions without people and zones together, each to a raster or table (uncompressed): classes by
zone, green patches, natural patches, distance to green up to 300 m, green within 300 m, people by zone."""
import os
import tempfile
import time

from contest import Command, Timed, contend, path, program

urbiome = program("URBIOME_COMMAND", "urbiome")
GREEN = ["--role", "green", "--legend", "worldcover", "--co", "COMPRESS=NONE"]
NATURAL = ["--role", "natural", *GREEN[2:]]


def load(data, threads):
    cover, zones, people = (path(data, name) for name in ("cover.tif", "zones.gpkg", "people.tif"))
    by_zone = ["--zone-id", "zone"]
    return threads, [
        ["tabulate", cover, "{}/classes.csv", "--zones", zones, *by_zone],
        ["label", cover, "{}/green.tif", "--table", "{}/green.csv", *GREEN],
        ["label", cover, "{}/natural.tif", "--table", "{}/natural.csv", *NATURAL],
        ["distance", cover, "{}/distance.tif", "--max-m", "300", *GREEN],
        ["window", cover, "{}/around.tif", "--radius-m", "300", "--shape", "disc", "--statistic", "share", *GREEN],
        ["zonal", people, zones, "{}/people.csv", "--statistics", "sum", *by_zone],
    ]


def run(state):
    threads, passes = state
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as out:
        for words in passes:
            Command([urbiome, "raster", *(w.format(out) for w in words), "--num-threads", threads, "-q"]).run()
        ok, seconds = len(os.listdir(out)) >= 7, time.perf_counter() - start
    return Timed(ok, seconds)


contend("urbiome raster, six tools", load, run, lambda ok: {"ok": ok}, whole_process=True)
