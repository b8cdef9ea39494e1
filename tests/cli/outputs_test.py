"""Outputs that cannot or must not be written, and runs that are stopped half-way."""

import os
import resource
import shutil
import signal
import subprocess
import time

import pytest
from conftest import BAD_INPUT, CANCELLED, COMMAND, DONE, WRONG_USAGE, Command, snapshot
from osgeo import gdal


ASSESS = ["assess", "city.toml", "-q", "-o"]


@pytest.mark.parametrize("out, said", [
    ("no/such/out", "make that folder first"), ("cover.tif/out", "is not a folder"), ("/proc/out", "cannot be made"), ("/vsimem/out", "not a folder"), ("x" * 300, "too long")])
def test_place_that_cannot_be_written(urbiome, city, out, said):
    urbiome.refused(BAD_INPUT, said, *ASSESS, out)


@pytest.mark.parametrize("out, said", [("cover.tif", "input"), ("city.toml/", "input|not a folder"), ("notes", "not a folder"), ("", "is empty"), (".", "input"), ("/", "root")])
@pytest.mark.parametrize("overwrite", [[], ["--overwrite"]])
def test_name_that_no_output_may_have(urbiome, city, out, said, overwrite):
    (urbiome.folder / "notes").write_text("mine")
    urbiome.refused(WRONG_USAGE, said, *ASSESS, out, *overwrite)


def test_existing_output_is_kept_unless_asked(urbiome, city):
    urbiome.done(*ASSESS, "out")
    urbiome.refused(WRONG_USAGE, ["exists and is not empty", "--overwrite"], *ASSESS, "out")
    (urbiome.folder / "out/mine.txt").write_text("left by me")
    urbiome.done(*ASSESS, "out", "--overwrite")
    assert not (urbiome.folder / "out/mine.txt").exists()
    (urbiome.folder / "empty").mkdir()
    urbiome.done(*ASSESS, "empty")


def test_overwrite_never_deletes_what_is_not_its_own(urbiome, city):
    (urbiome.folder / "home").mkdir()
    (urbiome.folder / "home/thesis.odt").write_text("years of work")
    urbiome.refused(WRONG_USAGE, "not an output of urbiome", *ASSESS, "home", "--overwrite")
    urbiome.refused(WRONG_USAGE, "not a folder of the sample", "sample", "home", "--overwrite")
    urbiome.refused(WRONG_USAGE, "not empty", "sample", "home")


def test_a_failed_run_keeps_the_old_output(urbiome, city):
    urbiome.done(*ASSESS, "out")
    (urbiome.folder / "zones.gpkg").write_bytes(b"garbage")
    urbiome.refused(BAD_INPUT, "zones.gpkg", *ASSESS, "out", "--overwrite")


def test_output_is_kept_apart_from_inputs(urbiome, city):
    """Inputs in an older output folder, the recipe in it, or an input itself as the output."""
    urbiome.done(*ASSESS, "out")
    shutil.copy(urbiome.folder / "cover.tif", urbiome.folder / "out/cover.tif")
    city.write_text(city.read_text().replace('"cover.tif"', '"out/cover.tif"'))
    urbiome.refused(WRONG_USAGE, "holds the input cover.tif", *ASSESS, "out", "--overwrite")
    city.write_text(city.read_text().replace('"out/cover.tif"', '"cover.tif"'))
    gdal.Translate(str(urbiome.folder / "cover.vrt"), str(urbiome.folder / "out/cover.tif"), format="VRT")
    city.write_text(city.read_text().replace('"cover.tif"', '"cover.vrt"'))
    urbiome.refused(WRONG_USAGE, "holds the input cover.tif", *ASSESS, "out", "--overwrite")
    city.write_text(city.read_text().replace('"cover.vrt"', '"cover.tif"').replace('"legend.csv"', '"out/legend.csv"'))
    shutil.copy(urbiome.folder / "legend.csv", urbiome.folder / "out/legend.csv")
    urbiome.refused(WRONG_USAGE, "holds the input legend.csv", *ASSESS, "out", "--overwrite")


@pytest.mark.parametrize("words", [
    ["raster", "tabulate", "cover.tif", "cover.tif"], ["raster", "tabulate", "cover.tif", "./zones.gpkg", "--zones", "zones.gpkg"],
    ["raster", "tabulate", "cover.tif", "legend.csv", "--legend", "legend.csv"], ["raster", "coverage", "cover.tif", "zones.gpkg", "-o", "zones.gpkg"],
    ["init", "zones.gpkg", "-o", "zones.gpkg"]])
def test_a_tool_never_writes_over_its_input(urbiome, city, words):
    urbiome.refused(WRONG_USAGE, "input too", *words, "--overwrite")


def test_compare_never_writes_over_its_input(urbiome, city):
    urbiome.done(*ASSESS, "a")
    urbiome.done(*ASSESS, "b")
    urbiome.refused(WRONG_USAGE, "holds|input too", "compare", "a", "b", "-o", "a", "--overwrite")
    (urbiome.folder / "link").symlink_to("b")
    urbiome.refused(WRONG_USAGE, "holds|input too", "compare", "a", "b", "-o", "link", "--overwrite")


@pytest.mark.parametrize("size", [0, 100, 4096, 20000, 60000, 120000, 200000])
def test_file_size_limit(urbiome, city, size):
    urbiome.refused(BAD_INPUT, ["cannot be written", "space"], *ASSESS, "out", before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))


@pytest.fixture
def small_disk(tmp_path_factory):
    """A mounted disk of 64 KiB; skipped where mounting is not allowed."""
    place = tmp_path_factory.mktemp("disk")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("mounting a small disk is not allowed here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_full_and_read_only_disk(urbiome, city, small_disk):
    urbiome.refused(BAD_INPUT, ["cannot be written", "space"], *ASSESS, small_disk / "out")
    urbiome.refused(BAD_INPUT, "cannot (be )?write", "sample", small_disk / "sample")
    assert list(small_disk.iterdir()) == []
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    urbiome.refused(BAD_INPUT, "Read-only", *ASSESS, small_disk / "out")
    urbiome.refused(BAD_INPUT, "Read-only", "raster", "tabulate", "cover.tif", small_disk / "t.csv")
    urbiome.refused(BAD_INPUT, "Read-only", "init", "cover.tif", "-o", small_disk / "city.toml")


@pytest.fixture
def long_city(urbiome, city):
    """The same city on 64 million cells: some seconds of work."""
    cover = urbiome.folder / "cover.tif"
    gdal.Translate(str(urbiome.folder / "fine.tif"), str(cover), width=8000, height=8000, creationOptions=["TILED=YES", "COMPRESS=DEFLATE", "ZLEVEL=1"])
    (urbiome.folder / "fine.tif").rename(cover)
    return urbiome


def start(command):
    process = subprocess.Popen([COMMAND, *ASSESS, "out", "--num-threads", "1"], cwd=command.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for _ in range(1000):
        if any(".out.partial" in p.name for p in command.folder.iterdir()) or process.poll() is not None:
            return process
        time.sleep(0.005)
    return process


@pytest.mark.parametrize("stop, seconds", [(signal.SIGINT, 0.02), (signal.SIGINT, 0.1), (signal.SIGTERM, 0.2)])
def test_interrupt_leaves_nothing(long_city, stop, seconds):
    before = snapshot(long_city.folder)
    process = start(long_city)
    time.sleep(seconds)
    process.send_signal(stop)
    out, error = process.communicate(timeout=60)
    if process.returncode == DONE:
        pytest.skip("this machine was done before the signal came")
    assert process.returncode == CANCELLED, error
    assert out == b"" and error.decode().count("\n") == 1 and b"stopped" in error
    assert snapshot(long_city.folder) == before


def test_a_killed_run_is_no_hindrance(long_city):
    process = start(long_city)
    time.sleep(0.3)
    process.kill()
    process.communicate()
    assert not (long_city.folder / "out").exists()
    subprocess.run([COMMAND, "raster", "tabulate", "cover.tif", "t.csv", "-q"], cwd=long_city.folder, check=True)
    gdal.Translate(str(long_city.folder / "small.tif"), str(long_city.folder / "cover.tif"), width=100, height=100)
    (long_city.folder / "small.tif").rename(long_city.folder / "cover.tif")
    assert long_city.run(*ASSESS, "out").returncode == DONE
    assert (long_city.folder / "out/results.csv").exists()


def test_two_runs_to_one_target(urbiome, city):
    words = [COMMAND, *ASSESS, "out"]
    runs = [subprocess.Popen(words, cwd=urbiome.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    ends = [(run.communicate(timeout=60)[1], run.returncode) for run in runs]
    assert sorted(code for _, code in ends)[0] == DONE and all(code in (DONE, WRONG_USAGE, BAD_INPUT) for _, code in ends), ends
    assert sum(code == DONE for _, code in ends) == 1
    assert "maps" in {p.name for p in (urbiome.folder / "out").iterdir()}
    urbiome.leaves_nothing_half_written()


def test_working_directory_as_output(urbiome, city):
    here = urbiome.folder / "here"
    here.mkdir()
    (here / "run.json").write_text("{}")
    inner = Command(here)
    inner.refused(WRONG_USAGE, "working directory", "assess", "../city.toml", "-q", "-o", ".", "--overwrite")
