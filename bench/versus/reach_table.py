"""Answers from tables with a row for every origin: origin_id, people, street_m and, where it is told, target_id; and with targets,
the number of parks within NEAR_M."""
import csv

import numpy as np

from answers import Verdict, all_of

NEAR_M = 400.0
TOLERANCE_M = 1e-3


def rows_of(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def answers(near, counts=None, ways=None):
    """`near`, `counts`: tables. `ways`: (origin, metres) to parks, of which those are counted that could be on either side of NEAR_M."""
    rows = rows_of(near)
    street = np.array([float(row["street_m"] or "nan") for row in rows])
    people = np.array([float(row["people"]) for row in rows])
    found = {"street_m": street, "share": float(people[street <= NEAR_M].sum() / people.sum())}
    if "target_id" in rows[0]:
        found["target"] = np.array([row["target_id"] for row in rows])
    if counts:
        found["targets"] = np.array([int(row["targets"]) for row in rows_of(counts)])
    if ways:
        origin, metres = ways
        found["close"] = np.bincount(origin[np.abs(metres - NEAR_M) <= TOLERANCE_M], minlength=len(rows))
    return found


def same_ways(ours, theirs):
    """Metres along streets, origin by origin; NaN or infinity is unreached."""
    a, b = np.ravel(ours["street_m"]), np.ravel(theirs["street_m"])
    if a.shape != b.shape:
        return Verdict(False, f"{a.size} origins and {b.size}")
    reached_a, reached_b = np.isfinite(a), np.isfinite(b)
    difference = np.abs(np.where(reached_a & reached_b, a, 0) - np.where(reached_a & reached_b, b, 0))
    wrong = (difference > TOLERANCE_M) | (reached_a != reached_b)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        return Verdict(False, f"{int(wrong.sum())} of {a.size} origins differ, first the one in row {first}: {a[first]} m and {b[first]} m")
    return Verdict(True, f"{a.size} origins, {int((~reached_a).sum())} of them unreached, largest difference {difference.max():.2g} m")


def same_tables(ours, theirs):
    verdicts = [same_ways(ours, theirs)]
    difference = abs(ours["share"] - theirs["share"])
    verdicts.append(Verdict(difference < 1e-9, f"shares within {NEAR_M:g} m {ours['share']:.6f} and {theirs['share']:.6f}"))
    if "target" in theirs:
        wrong = int((np.asarray(ours["target"]) != np.asarray(theirs["target"])).sum())
        verdicts.append(Verdict(wrong == 0, f"{wrong} targets differ"))
    return all_of(*verdicts)


def same_counts(ours, theirs):
    """Parks within NEAR_M, origin by origin; `close` to that distance are parks that may be in one count and not in the other."""
    a, b, close = (np.ravel(values) for values in (ours["targets"], theirs["targets"], theirs["close"]))
    if a.shape != b.shape:
        return Verdict(False, f"counts of {a.size} origins and {b.size}")
    wrong = np.abs(a - b) > close
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        return Verdict(False, f"{int(wrong.sum())} of {a.size} counts differ, first the one in row {first}: {a[first]} and {b[first]} parks")
    differ = f"{int((a != b).sum())} counts differ, {int(close.sum())} parks are within {TOLERANCE_M * 1e3:g} mm of {NEAR_M:g} m"
    return Verdict(True, f"{int(b.sum())} parks of {int((b > 0).sum())} origins within {NEAR_M:g} m, {differ}")
