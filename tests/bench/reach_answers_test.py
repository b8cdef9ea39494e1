"""bench/versus asks urbiome, SciPy and igraph who lives how far from a park along streets: all must answer alike."""
import os
import subprocess
import sys

import pytest

for module in ("osmium", "pyproj", "pandas", "scipy"):
    pytest.importorskip(module)

COMMAND = os.environ["URBIOME_COMMAND"]
VERSUS = os.path.join(os.environ["URBIOME_SOURCE"], "bench", "versus", "versus.py")


def asked(question, folder, edges):
    words = ["--questions", question, "--edges", edges, "--threads", "2", "--repeat", "0", "--build", os.path.dirname(COMMAND), "--data", str(folder)]
    return subprocess.run([sys.executable, VERSUS, *words], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("edges", ["1500", "15000"])
def test_from_files_to_table(tmp_path, edges):
    done = asked("reach", tmp_path, edges)
    assert done.returncode == 0, done.stdout
    assert "answers agree: urbiome and scipy" in done.stdout and "0 targets differ" in done.stdout
    assert "is wrong" not in done.stdout.lower()


def test_in_memory(tmp_path):
    if not os.path.exists(os.path.join(os.path.dirname(COMMAND), "bench", "bench_versus_contender")):
        pytest.skip("bench_versus_contender is not built")
    done = asked("reach_in_memory", tmp_path, "1500")
    assert done.returncode == 0, done.stdout
    assert "answers agree: urbiome and scipy" in done.stdout
    assert "is wrong" not in done.stdout.lower()
