"""What decoding alone takes: every block through GDAL's own decoder, one handle per thread (bench/limit)."""
import json

from contest import Command, Timed, contend, path, program

limit = program("URBIOME_LIMIT", "bench_limit")


def load(data, threads):
    return Command([limit, path(data, "cover.tif"), "--threads", threads, "--repeat", 1, "--only", "decode"])


def run(command):
    return Timed(None, json.loads(command.run())["decode"]["median"])


contend("GDAL ReadBlock", load, run, lambda _: {})
