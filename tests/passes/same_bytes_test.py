"""Every raster pass, run over and over: threads 1, 2, 7; tiles of 64 to 4096 cells and whole; strips and tiles; deflate, zstd,
lzw and none; a file and a mosaic of its parts. Every output has the bytes of the first run."""
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from osgeo import gdal

gdal.UseExceptions()
URBIOME = os.environ["URBIOME_COMMAND"]
MAKE_CITY = os.path.join(os.environ["URBIOME_SOURCE"], "bench", "make_city.py")
SIZE, COLS, ROWS = 700, 613, 587  # the city is cut, so that no tile or block fits

CHOICE = ["--role", "green", "--legend", "worldcover"]
ZONES = ["--zone-id", "zone"]
# What comes after `urbiome raster`; {0} is the folder of outputs.
PASSES = {
    "tabulate": ["tabulate", "{cover}", "{0}/t.csv"],
    "tabulate by zone": ["tabulate", "{cover}", "{0}/t.csv", "--zones", "{zones}", *ZONES],
    "transitions": ["tabulate", "{cover}", "{later}", "{0}/t.csv", "--zones", "{zones}", *ZONES],
    "adjacency": ["adjacency", "{cover}", "{0}/a.csv", "--directions", "8"],
    "label of a role": ["label", "{cover}", "{0}/l.tif", "--table", "{0}/l.csv", "--directions", "8", *CHOICE],
    "label of a class": ["label", "{cover}", "{0}/l.tif", "--table", "{0}/l.csv", "--directions", "4", "--classes", "30"],
    "label of snakes": ["label", "{snakes}", "{0}/l.tif", "--table", "{0}/l.csv", "--directions", "4", "--classes", "1"],
    "distance": ["distance", "{cover}", "{0}/d.tif", *CHOICE],
    "distance by edges, capped": ["distance", "{cover}", "{0}/d.tif", "--measure", "edge", "--max-m", "120", *CHOICE],
    "distance to one class, nearest": ["distance", "{cover}", "{0}/d.tif", "--classes", "80", "--nearest", "{0}/n.tif"],
    "share in discs": ["window", "{cover}", "{0}/w.tif", "--radius-m", "95", "--shape", "disc", "--statistic", "share", *CHOICE],
    "sum in squares": ["window", "{cover}", "{0}/w.tif", "--radius-m", "310", "--shape", "square", "--statistic", "sum", *CHOICE],
    "diversity": ["window", "{cover}", "{0}/w.tif", "--radius-m", "50", "--shape", "disc", "--statistic", "diversity"],
    "majority": ["window", "{cover}", "{0}/w.tif", "--radius-m", "50", "--shape", "square", "--statistic", "majority"],
    "opening": ["morphology", "{cover}", "{0}/m.tif", "--operation", "open", "--radius-m", "25", *CHOICE],
    "cost": ["cost", "{cover}", "{0}/c.tif", "--sources", "{snakes}", "--directions", "8"],
    "coverage": ["coverage", "{cover}", "{zones}", "{0}/c.csv", *ZONES],
    "zonal": ["zonal", "{cover}", "{zones}", "{0}/z.csv", "--statistics", "count,sum,mean,stdev,median,mode", *ZONES],
    "resample": ["resample", "{people}", "{0}/p.tif", "--like", "{cover}"],
}
CUTS = [["--num-threads", "2"], ["--num-threads", "7"], ["--num-threads", "1", "--tile-size", "64"],
        ["--num-threads", "7", "--tile-size", "64"], ["--num-threads", "2", "--tile-size", "100"],
        ["--num-threads", "2", "--tile-size", "256"], ["--num-threads", "7", "--tile-size", "4096"]]
STORED = {
    "strips, lzw": ["COMPRESS=LZW", "BLOCKYSIZE=7"],
    "one row a strip, none": ["COMPRESS=NONE", "BLOCKYSIZE=1"],
    "small tiles, zstd": ["COMPRESS=ZSTD", "TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=32"],
    "large tiles, none": ["COMPRESS=NONE", "TILED=YES", "BLOCKXSIZE=1024", "BLOCKYSIZE=1024"],
}


def snakes():
    """A snake over the whole map: every second row, joined at either end in turn."""
    cells = np.zeros((ROWS, COLS), np.uint8)
    cells[::2] = 1
    cells[1::4, -1] = 1
    cells[3::4, 0] = 1
    return cells


def like(path, source, cells):
    out = gdal.GetDriverByName("GTiff").CreateCopy(str(path), source)
    out.GetRasterBand(1).WriteArray(cells)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """The files by name; `cover` is the one that is stored in other ways."""
    folder = tmp_path_factory.mktemp("city")
    subprocess.run([sys.executable, MAKE_CITY, str(folder), "--size", str(SIZE)], check=True, capture_output=True)
    cut = lambda source, target: gdal.Translate(str(folder / target), str(folder / source), srcWin=[31, 50, COLS, ROWS])
    cut("cover.tif", "cut.tif")
    cover = gdal.Open(str(folder / "cut.tif"))
    cells = cover.ReadAsArray()
    like(folder / "later.tif", cover, np.roll(cells, 5, axis=1))
    like(folder / "snakes.tif", cover, snakes())
    return {"folder": folder, "cover": folder / "cut.tif", "later": folder / "later.tif", "snakes": folder / "snakes.tif",
            "zones": folder / "zones.gpkg", "people": folder / "people.tif"}


def stored_otherwise(city):
    """(how, path) of the same land cover."""
    for how, options in STORED.items():
        path = city["folder"] / f"{how.replace(', ', '_').replace(' ', '_')}.tif"
        if not path.exists():
            gdal.Translate(str(path), str(city["cover"]), creationOptions=options)
        yield how, path
    path = city["folder"] / "mosaic.vrt"
    if not path.exists():
        parts = []
        for i, window in enumerate(([0, 0, 300, ROWS], [300, 0, COLS - 300, 211], [300, 211, COLS - 300, ROWS - 211])):
            parts.append(str(city["folder"] / f"part{i}.tif"))
            gdal.Translate(parts[-1], str(city["cover"]), srcWin=window)
        gdal.BuildVRT(str(path), parts).FlushCache()
    yield "mosaic of parts", path


def known(words):
    """Whether this build has the verb and all options of a pass."""
    said = lambda *more: subprocess.run([URBIOME, "raster", *more, "--help"], capture_output=True, text=True).stdout.replace(",", " ").split()
    return words[0] in said() and {word for word in words if word.startswith("--")} <= set(said(words[0]))


def run(words, city, out, options=(), **replaced):
    """The outputs by name; None where this build has no such pass."""
    if not known(words):
        return None
    out.mkdir()
    names = {**city, **replaced}
    line = [URBIOME, "raster", *(word.format(out, **names) for word in words), "-q", *options]
    done = subprocess.run(line, capture_output=True, text=True)
    assert done.returncode == 0, (line, done.stderr)
    return {path.name: path for path in sorted(out.iterdir())}


def cells_of(path):
    if path.suffix != ".tif":
        return path.read_bytes()
    raster = gdal.Open(str(path))
    return json.dumps([raster.GetGeoTransform(), raster.GetProjection(), str(raster.GetRasterBand(1).GetNoDataValue())]), raster.ReadAsArray().tobytes()


@pytest.mark.parametrize("name", PASSES)
def test_threads_and_tiles_leave_every_byte_as_it_is(name, city, tmp_path):
    first = run(PASSES[name], city, tmp_path / "first", ["--num-threads", "1"])
    if first is None:
        pytest.skip(f"{name}: this build has no such pass of `raster {PASSES[name][0]}`")
    assert first
    for i, options in enumerate(CUTS):
        other = run(PASSES[name], city, tmp_path / str(i), options)
        assert list(other) == list(first)
        for file, path in first.items():
            assert other[file].read_bytes() == path.read_bytes(), (file, options)


@pytest.mark.parametrize("name", [name for name, words in PASSES.items() if "{cover}" in words])
def test_the_way_a_file_is_stored_changes_no_cell(name, city, tmp_path):
    first = run(PASSES[name], city, tmp_path / "first")
    if first is None:
        pytest.skip(f"{name}: this build has no such pass of `raster {PASSES[name][0]}`")
    for i, (how, path) in enumerate(stored_otherwise(city)):
        other = run(PASSES[name], city, tmp_path / str(i), cover=path)
        for file, made in first.items():
            assert cells_of(other[file]) == cells_of(made), (file, how)
