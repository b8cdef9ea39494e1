"""What the contenders written in Python share: cells to work on, a clock, answers on disk.

A contender is a script `<question>/<contender>.py` that ends with a call of `contend`. The driver runs it in three ways:

    <contender>.py --describe                                       its version and what it can take, as JSON
    <contender>.py --data FOLDER --threads N --answers FOLDER       works once, untimed, and leaves its answers
    <contender>.py --data FOLDER --threads N --calls K              works up to K times and prints the seconds of each, as JSON

Loading is never in the seconds; what a contender must make of the cells that all share (another type) is loading too.
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import time

ENOUGH_SECONDS = 4.0  # no further call once the calls took this long together


def cells(data, name):
    """A raster as rows x cols bytes: `green` (1 or 0 per cell, role green), `classes` (codes), `resistance`, `sources`."""
    import numpy as np

    with open(os.path.join(data, "made.json"), encoding="utf-8") as file:
        made = json.load(file)
    return np.fromfile(os.path.join(data, name + ".bytes"), np.uint8).reshape(made["rows"], made["cols"])


def path(data, name):
    return os.path.join(data, name)


class Command:
    """A program run from file to file; its seconds are those of the whole process."""

    def __init__(self, words, environment=None):
        self.words, self.environment = [str(word) for word in words], dict(os.environ, **(environment or {}))

    def run(self):
        done = subprocess.run(self.words, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(self.words)}: exit {done.returncode}: {done.stderr.strip()[-600:]}")
        return done.stdout


def program(variable, name):
    """A program that the driver names in an environment variable, or the one in PATH; exit 77 (not there) without."""
    import shutil

    found = os.environ.get(variable) or shutil.which(name)
    if not found or not os.path.exists(found):
        print(f"{name} is not installed", file=sys.stderr)
        sys.exit(77)
    return found


def save(folder, answers):
    """Arrays as NAME.npy, everything else in answers.json."""
    import numpy as np

    os.makedirs(folder, exist_ok=True)
    rest = {}
    for name, value in answers.items():
        if isinstance(value, np.ndarray) and value.size > 1:
            np.save(os.path.join(folder, name + ".npy"), value)
        else:
            rest[name] = value
    with open(os.path.join(folder, "answers.json"), "w", encoding="utf-8") as file:
        json.dump(rest, file)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--describe", action="store_true")
    parser.add_argument("--data")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--answers")
    parser.add_argument("--calls", type=int, default=3)
    return parser.parse_args()


def contend(version, load, run, answers, one_thread=False, cells_at_most=None, whole_process=False):
    """`load(data, threads)` makes a state, `run(state)` is timed, `answers(result)` is what gets compared.

    run may return (result, seconds) as a tuple subclass `Timed` when the clock is elsewhere. `whole_process`: the seconds
    are of another program from start to end. `one_thread`: it cannot use more. `cells_at_most`: more would take hours.
    """
    a = arguments()
    if a.describe:
        print(json.dumps({"version": version, "one_thread": one_thread, "cells_at_most": cells_at_most}))
        return
    state = load(a.data, a.threads)
    seconds = []
    while True:
        start = time.perf_counter()
        result = run(state)
        took = time.perf_counter() - start
        seconds.append(result.seconds if isinstance(result, Timed) else took)
        if a.answers or len(seconds) >= a.calls or sum(seconds) + seconds[-1] > ENOUGH_SECONDS:
            break
    if a.answers:
        save(a.answers, answers(result.result if isinstance(result, Timed) else result))
    who = [resource.RUSAGE_CHILDREN] if whole_process else [resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN]
    print(json.dumps({"version": version, "seconds": seconds, "whole_process": whole_process,
                      "peak_mib": round(max(resource.getrusage(one).ru_maxrss for one in who) / 1024)}))


class Timed:
    def __init__(self, result, seconds):
        self.result, self.seconds = result, seconds


def limit_step(step, about, answers=lambda _: {}):
    """A step of bench_limit on the city's land cover as a contender; `answers` of the counts where it counts."""
    limit = program("URBIOME_LIMIT", "bench_limit")

    def load(data, threads):
        return Command([limit, path(data, "cover.tif"), "--threads", threads, "--repeat", 1, "--only", step])

    def run(command):
        said = json.loads(command.run())
        return Timed(said.get("counts"), said[step]["median"])

    contend(about, load, run, answers)


def urbiome_in_memory(question, **options):
    """The engine's own contender (bench/versus/contender/*.cpp) speaks the same words: become it."""
    binary = program("URBIOME_CONTENDER", "bench_versus_contender")
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    os.execv(binary, [binary, question, *words, *sys.argv[1:]])
