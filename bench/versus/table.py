#!/usr/bin/python3
"""The tables of docs/performance.md from the results of versus.py.

    table.py versus.json [MORE.json ...] [--all] [--into docs/performance.md]

One row per goal: pass, peer, goal, measured, met or not, what it was measured on and what limits it (LIMITS of the
question). With --all every ratio as well. Rows of later files stand in for the same rows of earlier ones, so that a question
can be asked again alone. --into writes the tables between the marks `<!-- goals -->` and `<!-- ratios -->` of a page.
"""
import json
import os
import re
import sys


def size(record):
    """How large its data is, in cells or in the record's own unit."""
    return record[record.get("unit", "cells")]


def unit(record):
    return record.get("unit", "cells")[:-1]


def rate(record, seconds):
    per_second = size(record) / seconds / 1e6
    return f"{per_second / 1000:.2f} G{unit(record)}/s" if per_second >= 1000 else f"{per_second:.3g} M{unit(record)}/s"


def size_in_words(record):
    return f"{size(record) / 1e6:.4g} M{unit(record)}"


def file_in_words(record):
    file = record["file"]
    if unit(record) == "edge":
        return f"{size_in_words(record)}, {file['origins']:,} origins, {file['parks']:,} parks, {file['entrances']:,} entrances"
    return f"{size_in_words(record)}, {file['bits_per_cell']} bits/cell, mean run {file['mean_run']}"


def made_in_words(counted_in, made):
    if counted_in == "edges":
        return f"{made['edges']:,} edges between {made['nodes']:,} nodes, {made['origins']:,} origins, {made['parks']:,} parks, {made['entrances']:,} entrances"
    return f"{made['cells']:,} cells, {made['bits_per_cell']} bits per cell ({made['compress']}, {made['layout']}), mean run {made['mean_run']}"


def round_in_words(record):
    lines = [f"  {record['threads']} thread(s):"]
    for name, run in sorted(record["contenders"].items(), key=lambda item: item[1]["median"]):
        ratio = next((r for r in record["ratios"] if r["ours"] == "urbiome" and r["peer"] == name), None)
        against = f"{ratio['times']:8.2f} x ({ratio['least']:.2f} - {ratio['most']:.2f})" if ratio else " " * 8
        lines.append(f"    {name:18} {run['median']:9.4f} s  {rate(record, run['median']):>14}  {run['peak_mib']:>6} MiB  "
                     f"{run['threads']} thread(s)  {against}  {run['version']}")
    return "\n".join(lines)


def newest(rounds):
    """The last record of every question, size and number of threads."""
    return list({(r["question"], size(r), r["threads"]): r for r in rounds}.values())


def goal_rows(record):
    """(goal, measured, met) of one record; met is None where a published figure stands in for a peer."""
    for goal in record["goals"]:
        if goal.get("threads") not in (None, record["threads"]) or goal["ours"] not in record["contenders"]:
            continue
        if size(record) < goal.get("size_at_least", 0):
            continue
        ours = record["contenders"][goal["ours"]]
        if "mib" in goal:
            yield f"{goal['ours']}: under {goal['mib']} MiB", f"{ours['peak_mib']} MiB", ours["peak_mib"] < goal["mib"], ours
        elif "seconds" in goal:
            yield f"{goal['ours']}: at most {goal['seconds']} s", f"{ours['median']:.2f} s", ours["median"] <= goal["seconds"], ours
        else:
            ratio = next((r for r in record["ratios"] if r["ours"] == goal["ours"] and r["peer"] == goal["peer"]), None)
            words = goal.get("why") or f">= {goal['times']:g} x {goal['peer']}"
            if ratio:
                peer = record["contenders"][goal["peer"]]
                threads = f", {peer['threads']} thread(s) there" if peer["threads"] != record["threads"] else ""
                yield words, f"{ratio['times']:.3g} x ({ratio['least']:.3g} - {ratio['most']:.3g}){threads}", ratio["times"] >= goal["times"], ours
            elif goal["peer"] in record["published"]:
                figure = record["published"][goal["peer"]]
                times = figure["seconds"] * size(record) / figure["cells"] / ours["median"]
                yield words, f"{times:.3g} x its published {figure['seconds']} s per {figure['cells'] / 1e6:g} Mcell", None, ours


def limits_of(question):
    """The text that the question's file gives as LIMITS, read without running it."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), question, "question.py"), encoding="utf-8") as file:
        found = re.search(r'^LIMITS = \((.*?)\)$|^LIMITS = ("[^"\n]*")$', file.read(), re.M | re.S)
    return "".join(re.findall(r'"(.*)"', found.group(1) or found.group(2))) if found else ""


def goals_in_markdown(result):
    lines = ["| pass | threads | goal | measured | met | ours | on | what limits it |", "|---|--:|---|---|---|--:|---|---|"]
    for record in sorted(newest(result["rounds"]), key=lambda r: (r["question"], -size(r), r["threads"])):
        for goal, measured, met, ours in goal_rows(record):
            word = {True: "yes", False: "no", None: "by its published figure"}[met]
            speed = f"{ours['median']:.3g} s, {rate(record, ours['median'])}"
            lines.append(f"| {record['title']} | {record['threads']} | {goal} | {measured} | {word} | {speed} | {file_in_words(record)} | "
                         f"{limits_of(record['question'])} |")
    return "\n".join(lines)


def ratios_in_markdown(result):
    lines = ["| pass | threads | contender | median | rate | peak | urbiome is faster by | answers |", "|---|--:|---|--:|--:|--:|---|---|"]
    for record in sorted(newest(result["rounds"]), key=lambda r: (r["question"], -size(r), r["threads"])):
        for name, run in record["contenders"].items():
            ratio = next((r for r in record["ratios"] if r["ours"] == "urbiome" and r["peer"] == name), None)
            times = f"{ratio['times']:.3g} x ({ratio['least']:.3g} - {ratio['most']:.3g})" if ratio else ""
            verdict = record["answers"].get(name)
            words = "" if verdict is None else "agree" if verdict["agrees"] else f"differ: {verdict['words']}"
            lines.append(f"| {record['question']}, {size_in_words(record)} | {run['threads']} | {name} ({run['version']}) | {run['median']:.3g} s | "
                         f"{rate(record, run['median'])} | {run['peak_mib']} MiB | {times} | {words} |")
    return "\n".join(lines)


def put_into(page, mark, text):
    """Replaces what stands between <!-- mark --> and <!-- /mark -->."""
    with open(page, encoding="utf-8") as file:
        old = file.read()
    new, times = re.subn(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", lambda m: m.group(1) + text + "\n" + m.group(2), old, flags=re.S)
    if times != 1:
        sys.exit(f"{page} has {times} places between <!-- {mark} --> and <!-- /{mark} -->; one is needed")
    with open(page, "w", encoding="utf-8") as file:
        file.write(new)


def main():
    words = sys.argv[1:]
    page = words.pop(words.index("--into") + 1) if "--into" in words[:-1] else None
    files = [word for word in words if not word.startswith("-")]
    if not files:
        sys.exit(__doc__)
    result, heads = {"rounds": [], "skipped": []}, []
    for name in files:
        with open(name, encoding="utf-8") as file:
            one = json.load(file)
        result["rounds"] += one["rounds"]
        result["skipped"] += one["skipped"]
        heads.append(f"{one['date']}, {one['machine']['processor']}, {one['machine']['cores']} cores, {one['repeat']} turns, best of {one['calls']} calls")
    goals = "; ".join(sorted(set(heads))) + ".\n\n" + goals_in_markdown(result)
    ratios = ratios_in_markdown(result)
    if page:
        put_into(page, "goals", goals)
        put_into(page, "ratios", ratios)
        return
    print(goals)
    if "--all" in words:
        print("\n" + ratios)
    for one in result["skipped"]:
        print(f"\nnot asked: {one['question']}: {one['contender']}: {one['why']}")


if __name__ == "__main__":
    main()
