#!/usr/bin/python3
"""urbiome against its peers: the same question of the same cells, answers compared before anything is timed.

    versus.py [--cells 100000000] [--edges 200e3,2e6] [--threads 1,2] [--questions label,distance] [--repeat 5] [--build build/bench]
              [--data FOLDER] [--out versus.json] [--python exactextract=PATH] [--compress deflate] [--layout tiles]

A question is a folder beside this file, a contender a script in it. Every contender works once and leaves its answers; they
are compared with urbiome's, and where urbiome differs from the question's reference the run stops with exit 1. Then all take
turns (A B A B ...), every time in a process of its own: a run's figure is the best of its calls, loading left out; a
contender's figure is the median of its runs; a ratio is the median of the ratios of runs that stood beside each other.
Questions of streets (UNIT = "edges") are asked at every size of --edges, those of rasters at --cells.
Contenders that are not installed are skipped by name, those that would take hours are asked at fewer cells.
Another Python for a contender: --python NAME=PATH or URBIOME_PYTHON_NAME in the environment.
"""
import argparse
import datetime
import importlib.util
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import answers as answer_files  # noqa: E402
import made_data  # noqa: E402
import table  # noqa: E402


# A process inherits the peak memory of the one that starts it: so a small one starts contenders, not this one.
LAUNCH = "import subprocess, sys; sys.exit(abs(subprocess.run(sys.argv[1:]).returncode))"


class Contender:
    def __init__(self, question, file, a):
        self.name = file[:-3]
        self.path = os.path.join(HERE, question, file)
        self.ours = self.name.startswith("urbiome")
        peer = self.name.split("_")[0]
        self.python = a.python.get(peer) or os.environ.get(f"URBIOME_PYTHON_{peer.upper()}") or sys.executable
        self.environment = dict(os.environ, PYTHONPATH=HERE, PYTHONSAFEPATH="1", PYTHONDONTWRITEBYTECODE="1", **a.programs)
        self.lacks, self.about = None, {}

    def call(self, words, threads=1, patience=None):
        """(what it printed as JSON, wall seconds, words of failure)"""
        limits = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-I", "-S", "-c", LAUNCH, self.python, self.path, *map(str, words)], text=True,
                                   env={**self.environment, **limits}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        try:
            said, complaint = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None, time.perf_counter() - start, f"stopped after {patience:.0f} s"
        wall = time.perf_counter() - start
        if process.returncode != 0:
            return None, wall, (complaint.strip() or f"exit {process.returncode}").splitlines()[-1]
        return json.loads(said.strip().splitlines()[-1]), wall, None

    def describe(self):
        self.about, _, self.lacks = self.call(["--describe"])
        return self.lacks is None


def load_question(name):
    spec = importlib.util.spec_from_file_location(f"question_{name}", os.path.join(HERE, name, "question.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def all_questions():
    return sorted(name for name in os.listdir(HERE) if os.path.exists(os.path.join(HERE, name, "question.py")))


class Round:
    """One question at one size, with the contenders that take that size."""

    def __init__(self, name, question, contenders, size, a):
        self.name, self.question, self.contenders, self.a = name, question, contenders, a
        self.unit = unit_of(question)
        if self.unit == "edges":
            self.folder, self.made = made_data.streets(a.data, size)
        else:
            self.folder, self.made = made_data.city(a.data, size, a.compress, a.layout)
        made_data.with_needs(self.folder, question.NEEDS)
        self.verdicts, self.walls, self.published = {}, {}, {}

    def answer(self):
        """Asks every contender once and compares. False where ours is wrong."""
        with tempfile.TemporaryDirectory(dir=self.a.data) as scratch:
            left, failed = {}, []
            for contender in self.contenders:
                folder = os.path.join(scratch, contender.name)
                threads = self.threads_of(contender, max(self.a.threads))
                words = ["--data", self.folder, "--threads", threads, "--answers", folder]
                _, wall, lacks = contender.call(words, threads, self.a.patience)
                if lacks:
                    print(f"  {contender.name}: no answer: {lacks}")
                    failed.append(contender)
                    continue
                left[contender.name], self.walls[contender.name] = answer_files.load(folder), wall
            self.contenders = [c for c in self.contenders if c not in failed]
            if "urbiome" not in left:
                return None
            return self.compare(left)

    def compare(self, left):
        ours_right = True
        for name, theirs in left.items():
            if name == "urbiome":
                continue
            verdict = self.question.compare(left["urbiome"], theirs)
            if verdict is None:
                continue
            self.verdicts[name] = {"agrees": verdict.agrees, "words": verdict.words}
            if verdict.agrees:
                print(f"  answers agree: urbiome and {name}: {verdict.words}")
                continue
            trusted = name == self.question.REFERENCE or name.startswith("urbiome")
            print(f"  {'OUR ANSWER IS WRONG' if trusted else 'a peer is wrong'}: {name}: {verdict.words}")
            ours_right = ours_right and not trusted
        if self.question.REFERENCE and self.question.REFERENCE not in self.verdicts:
            print(f"  not held against its reference: {self.question.REFERENCE} gave no answer here")
        return ours_right

    @staticmethod
    def threads_of(contender, threads):
        return 1 if contender.about.get("one_thread") else threads

    def time(self, threads):
        """Takes turns; returns the record of this round."""
        runs = {c.name: {"version": c.about["version"], "threads": self.threads_of(c, threads), "seconds": [], "wall": [], "peak_mib": 0}
                for c in self.contenders}
        for turn in range(self.a.repeat):
            for contender in self.contenders:
                run = runs[contender.name]
                if turn > 1 and sum(run["wall"]) > self.a.patience / 4:
                    continue  # a slow one: two turns must do
                words = ["--data", self.folder, "--threads", run["threads"], "--calls", self.a.calls]
                said, wall, lacks = contender.call(words, run["threads"], self.a.patience)
                if lacks:
                    run["failed"] = lacks
                    continue
                run["seconds"].append(min(said["seconds"]))
                run["wall"].append(wall)
                run["whole_process"] = said.get("whole_process", False)
                run["peak_mib"] = max(run["peak_mib"], said["peak_mib"])
        return self.record(runs, threads)

    def record(self, runs, threads):
        runs = {name: run for name, run in runs.items() if run["seconds"]}
        for run in runs.values():
            run["median"] = statistics.median(run["seconds"])
        ratios = []
        for ours in (name for name in runs if name.startswith("urbiome")):
            for peer in runs:
                pairs = [p / o for o, p in zip(runs[ours]["seconds"], runs[peer]["seconds"])]
                if peer != ours:
                    ratios.append({"ours": ours, "peer": peer, "times": statistics.median(pairs), "least": min(pairs), "most": max(pairs)})
        return {"question": self.name, "title": self.question.TITLE, "threads": threads, "unit": self.unit, self.unit: self.made[self.unit],
                "file": {key: self.made[key] for key in made_data.KEPT[self.unit]}, "answers": self.verdicts, "contenders": runs,
                "ratios": ratios, "goals": self.question.GOALS,
                "published": getattr(self.question, "PUBLISHED", {})}


def unit_of(question):
    return getattr(question, "UNIT", "cells")


def rounds_of(name, a, skipped):
    question = load_question(name)
    files = sorted(f for f in os.listdir(os.path.join(HERE, name)) if f.endswith(".py") and f != "question.py")
    contenders = []
    for contender in (Contender(name, file, a) for file in files):
        if a.contenders and not contender.ours and contender.name not in a.contenders:
            continue
        if contender.describe():
            contenders.append(contender)
        else:
            print(f"  skipped: {contender.name}: {contender.lacks}")
            skipped.append({"question": name, "contender": contender.name, "why": contender.lacks})
    contenders.sort(key=lambda c: (not c.ours, c.name))
    if unit_of(question) == "edges":
        for size in sorted(a.edges):
            yield Round(name, question, list(contenders), size, a)
        return
    cells = min(a.cells, getattr(question, "CELLS_AT_MOST", a.cells))
    most = lambda c: min(cells, c.about.get("cells_at_most") or cells)
    for size in sorted({most(c) for c in contenders}, reverse=True):
        inside = [c for c in contenders if c.ours or most(c) == size or (size < cells and c.name == question.REFERENCE)]
        yield Round(name, question, inside, size, a)


def ask(name, a, result):
    print(f"\n== {name}: {load_question(name).TITLE}", flush=True)
    for round_ in rounds_of(name, a, result["skipped"]):
        print("  " + table.made_in_words(round_.unit, round_.made))
        right = round_.answer()
        if right is None:
            result["skipped"].append({"question": name, "contender": "urbiome", "why": "gave no answer"})
            print("  urbiome gave no answer: nothing is compared or timed")
            continue
        if not right:
            return False
        if not a.repeat:
            continue
        left = sum(round_.walls[c.name] for c in round_.contenders) * a.repeat * len(a.threads)
        print(f"  timing: at most about {left / 60:.1f} minutes", flush=True)
        for threads in a.threads:
            record = round_.time(threads)
            result["rounds"].append(record)
            print(table.round_in_words(record), flush=True)
    return True


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=lambda s: int(float(s)), default=16_000_000)
    parser.add_argument("--edges", type=lambda s: [int(float(n)) for n in s.split(",")], default=[200_000], help="of questions of streets")
    parser.add_argument("--threads", type=lambda s: [int(n) for n in s.split(",")], default=[1, 2])
    parser.add_argument("--questions", type=lambda s: s.split(","), default=None, help="default: all")
    parser.add_argument("--contenders", type=lambda s: s.split(","), default=None, help="peers to ask; default: all that are there")
    parser.add_argument("--repeat", type=int, default=5, help="turns; 0 compares answers only")
    parser.add_argument("--calls", type=int, default=3, help="calls in one process, of which the best counts")
    parser.add_argument("--patience", type=float, default=600, help="seconds after which a contender is stopped")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "bench"))
    parser.add_argument("--data", default=os.path.join(ROOT, "build", "versus"), help="folder for made-up cities; kept")
    parser.add_argument("--out", default=os.path.join(ROOT, "build", "versus", "versus.json"))
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--compress", default="deflate", choices=["deflate", "zstd", "lzw", "none"])
    parser.add_argument("--layout", default="tiles", choices=["tiles", "strips"])
    a = parser.parse_args()
    a.python = dict(word.split("=", 1) for word in a.python)
    a.programs = {variable: path for variable, path in (("URBIOME_COMMAND", os.path.join(a.build, "urbiome")),
                                                        ("URBIOME_CONTENDER", os.path.join(a.build, "bench", "bench_versus_contender")),
                                                        ("URBIOME_LIMIT", os.path.join(a.build, "bench", "bench_limit"))) if os.path.exists(path)}
    unknown = set(a.questions or []) - set(all_questions())
    if unknown:
        parser.error(f"no such question: {', '.join(sorted(unknown))}; there are {', '.join(all_questions())}")
    return a


def machine():
    model = platform.processor()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), model)
    return {"processor": model, "cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}


def main():
    a = arguments()
    os.makedirs(a.data, exist_ok=True)
    result = {"date": datetime.date.today().isoformat(), "machine": machine(), "repeat": a.repeat, "calls": a.calls, "rounds": [], "skipped": []}
    right = True
    for name in a.questions or all_questions():
        right = ask(name, a, result)
        if a.repeat:
            with open(a.out + ".part", "w", encoding="utf-8") as file:
                json.dump(result, file, indent=1)
            shutil.move(a.out + ".part", a.out)
        if not right:
            print(f"\nstopped: the answer to {name} is wrong; nothing of it was timed")
            break
    if a.repeat and result["rounds"]:
        print(f"\n{table.goals_in_markdown(result)}\nresults in {a.out}; bench/versus/table.py makes this table of them")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
