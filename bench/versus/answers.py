"""Whether two answers to a question are the same: what `question.py` files compare with."""
import json
import os
from dataclasses import dataclass

import numpy as np

ROWS = 1024  # compared at a time, so that large answers are not copied


@dataclass
class Verdict:
    agrees: bool
    words: str


def load(folder):
    """What a contender left: arrays (memory-mapped) and plain values, by name."""
    answers = {}
    for name in sorted(os.listdir(folder)):
        full = os.path.join(folder, name)
        if name.endswith(".npy"):
            answers[name[:-4]] = np.load(full, mmap_mode="r")
        elif name == "answers.json":
            with open(full, encoding="utf-8") as file:
                answers.update(json.load(file))
    return answers


def same_numbers(name, ours, theirs, relative=0.0):
    """Two dictionaries of numbers: the same keys, values within `relative`."""
    if set(ours) != set(theirs):
        missing, more = sorted(set(theirs) - set(ours)), sorted(set(ours) - set(theirs))
        return Verdict(False, f"{name}: not the same keys, we lack {missing[:5]}, only we have {more[:5]}")
    worst, at = 0.0, ""
    for key, value in ours.items():
        error = abs(value - theirs[key]) / max(abs(value), abs(theirs[key]), 1e-300) if value != theirs[key] else 0.0
        if error > worst:
            worst, at = error, key
    words = f"{name}: {len(ours)} values, largest relative difference {worst:.2g}" + (f" ({at})" if at else "")
    return Verdict(worst <= relative, words)


def same_cells(ours, theirs, absolute=0.0, relative=0.0, unit="cells"):
    """Two rasters cell by cell; NaN and infinity both mean nowhere. The words tell how many differ, how much and where."""
    if ours.shape != theirs.shape:
        return Verdict(False, f"shapes {ours.shape} and {theirs.shape}")
    wrong, worst, first_col, last_col = 0, 0.0, ours.shape[1], -1
    for top in range(0, ours.shape[0], ROWS):
        a, b = ours[top : top + ROWS].astype(np.float64), theirs[top : top + ROWS].astype(np.float64)
        nowhere_a, nowhere_b = ~np.isfinite(a), ~np.isfinite(b)
        difference = np.abs(np.where(nowhere_a | nowhere_b, 0.0, a - b))
        difference[nowhere_a != nowhere_b] = np.inf
        bad = difference > absolute + relative * np.abs(np.where(nowhere_b, 0.0, b))
        worst = max(worst, float(difference.max()))
        if bad.any():
            cols = np.flatnonzero(bad.any(axis=0))
            wrong, first_col, last_col = wrong + int(bad.sum()), min(first_col, int(cols[0])), max(last_col, int(cols[-1]))
    if wrong == 0:
        return Verdict(True, f"every cell, largest difference {worst:.3g} {unit}")
    return Verdict(False, f"{wrong} of {ours.size} cells differ ({100 * wrong / ours.size:.3g} %), by up to {worst:.3g} {unit}, "
                          f"in columns {first_col} to {last_col}")


def same_patches(ours, theirs):
    """Label rasters with cells per patch: one patch of one is one patch of the other, with the same number of cells."""
    a, b, cells_a, cells_b = ours["labels"], theirs["labels"], np.asarray(ours["cells"]), np.asarray(theirs["cells"])
    if a.shape != b.shape or cells_a.size != cells_b.size:
        return Verdict(False, f"{cells_a.size} patches in {a.shape}, theirs {cells_b.size} in {b.shape}")
    to_theirs, to_ours = np.zeros(cells_a.size + 1, np.int64), np.zeros(cells_b.size + 1, np.int64)
    for top in range(0, a.shape[0], ROWS):
        x, y = a[top : top + ROWS], b[top : top + ROWS]
        to_theirs[x], to_ours[y] = y, x
    for top in range(0, a.shape[0], ROWS):
        x, y = a[top : top + ROWS], b[top : top + ROWS]
        bad = (to_theirs[x] != y) | (to_ours[y] != x)
        if bad.any():
            row, col = np.argwhere(bad)[0]
            return Verdict(False, f"patches divide differently, first at row {top + row}, column {col}")
    if to_theirs[0] != 0 or not np.array_equal(cells_a, cells_b[to_theirs[1:] - 1]):
        return Verdict(False, "patches are the same, their cells are not")
    return Verdict(True, f"{cells_a.size} patches with {int(cells_a.sum())} cells, every cell in the same patch")


def all_of(*verdicts):
    return Verdict(all(v.agrees for v in verdicts), "; ".join(v.words for v in verdicts))
