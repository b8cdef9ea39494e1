"""GRASS for contenders: a location of its own, rasters brought in untimed, one module timed as a whole process."""
import json
import os
import subprocess
import tempfile
import time

import numpy as np

from contest import Timed, program

grass = program("GRASS", "grass")


def version():
    said = subprocess.run([grass, "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    return next((line.strip() for line in said.splitlines() if "GRASS" in line), "GRASS")


class Session:
    """`rasters`: name -> NAME.bytes in the data folder. Cells are one unit wide; cells outside the map are null."""

    def __init__(self, data, rasters):
        with open(os.path.join(data, "made.json"), encoding="utf-8") as file:
            made = json.load(file)
        self.rows, self.cols = made["rows"], made["cols"]
        self.keep = tempfile.TemporaryDirectory()
        self.location = os.path.join(self.keep.name, "location")
        self.call(["-c", "XY", "-e", self.location])
        box = [f"n={self.rows}", "s=0", f"e={self.cols}", "w=0", f"rows={self.rows}", f"cols={self.cols}"]
        self.module(["g.region"] + box)
        for name, file in rasters.items():
            self.module(["r.in.bin", f"input={os.path.join(data, file)}", f"output={name}", "bytes=1"] + box[:4] + box[4:])

    def call(self, words):
        done = subprocess.run([grass, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise SystemExit(f"grass {' '.join(words)}: {done.stdout[-600:]}")

    def module(self, words):
        self.call([os.path.join(self.location, "PERMANENT"), "--exec", *words])

    def run(self, raster, words):
        """Runs a module and brings `raster` back; nulls become NaN. Its start-up inside GRASS counts, that of GRASS does not."""
        clock, out = os.path.join(self.keep.name, "clock"), os.path.join(self.keep.name, "out")
        timed = f"a=$(date +%s.%N); {' '.join(words)} && b=$(date +%s.%N) && echo $a $b > {clock}"
        self.module(["bash", "-c", timed])
        self.module(["r.out.bin", "-f", "--overwrite", f"input={raster}", f"output={out}", "bytes=8", "null=nan"])
        with open(clock, encoding="utf-8") as file:
            start, end = (float(word) for word in file.read().split())
        return Timed(np.fromfile(out, np.float64).reshape(self.rows, self.cols), end - start)
