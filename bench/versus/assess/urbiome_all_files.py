"""The same with parks, every indicator, maps, workbook, GeoPackage and report."""
import os
import tempfile

from contest import Command, contend, path, program

urbiome = program("URBIOME_COMMAND", "urbiome")
scratch = tempfile.TemporaryDirectory()
out = os.path.join(scratch.name, "out")


def load(data, threads):
    return Command([urbiome, "assess", path(data, "city.toml"), "-o", out, "--num-threads", threads, "-q", "--overwrite"])


contend("urbiome assess, everything", load, Command.run, lambda _: {"ok": os.path.exists(os.path.join(out, "report.html"))}, whole_process=True)
