"""What decoding alone takes when libdeflate is called directly, past GDAL, as urbiome does (bench/limit)."""
import json

from contest import Command, Timed, contend, path, program

limit = program("URBIOME_LIMIT", "bench_limit")


def load(data, threads):
    return Command([limit, path(data, "cover.tif"), "--threads", threads, "--repeat", 1, "--only", "inflate"])


def run(command):
    return Timed(None, json.loads(command.run())["inflate"]["median"])


contend("libdeflate", load, run, lambda _: {})
