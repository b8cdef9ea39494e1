"""Ctrl-C ends every verb within a second, whatever it is doing, and leaves nothing behind."""

import os
import signal
import subprocess
import time

import numpy as np
import pytest
from osgeo import gdal, osr

import tiny_city
from conftest import CANCELLED, COMMAND, snapshot

gdal.UseExceptions()
WITHIN_S = 1.0
PART = 1024
X0, Y0, CELL = 300000.0, 6000000.0, 10.0


def wkt():
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(tiny_city.UTM)
    return crs.ExportToWkt()


def write_mosaic(path, part, size, across, down):
    """One file over and over: so many cells that no verb is done before the signal comes."""
    parts = "".join(
        f'<SimpleSource><SourceFilename relativeToVRT="1">{part}</SourceFilename><SourceBand>1</SourceBand>'
        f'<SrcRect xOff="0" yOff="0" xSize="{size}" ySize="{size}"/>'
        f'<DstRect xOff="{col * size}" yOff="{row * size}" xSize="{size}" ySize="{size}"/></SimpleSource>'
        for row in range(down) for col in range(across))
    path.write_text(
        f'<VRTDataset rasterXSize="{across * size}" rasterYSize="{down * size}">'
        f'<SRS>{wkt().replace("&", "&amp;").replace("<", "&lt;")}</SRS>'
        f"<GeoTransform>{X0},{CELL},0,{Y0},0,-{CELL}</GeoTransform>"
        f'<VRTRasterBand dataType="Byte" band="1"><NoDataValue>0</NoDataValue>{parts}</VRTRasterBand></VRTDataset>')


def circle(x, y, radius, corners):
    turn = 2 * np.pi * np.arange(corners + 1) / corners
    wave = radius * (1 + 0.1 * np.cos(corners // 7 * turn))
    wave[-1] = wave[0]
    xs, ys = x + wave * np.cos(turn), y + wave * np.sin(turn)
    xs[-1], ys[-1] = xs[0], ys[0]
    return "POLYGON((" + ",".join(f"{a:.3f} {b:.3f}" for a, b in zip(xs, ys)) + "))"


@pytest.fixture(scope="module")
def endless(tmp_path_factory):
    """A folder of inputs that keep every verb busy for much longer than the test waits."""
    folder = tmp_path_factory.mktemp("endless")
    random = np.random.default_rng(1)
    lengths = random.integers(1, 12, PART * PART // 4)
    cells = np.repeat(random.integers(0, 4, lengths.size), lengths)[: PART * PART].reshape(PART, PART).astype(np.uint8)
    place = (X0, CELL, 0, Y0, 0, -CELL)
    tiny_city.write_raster(folder / "part.tif", cells, transform=place, nodata=0, options=["TILED=YES", "COMPRESS=DEFLATE"])
    seeds = np.zeros((PART, PART), np.uint8)
    seeds[500, 500] = 1
    tiny_city.write_raster(folder / "seeds.tif", seeds, transform=place, nodata=0, options=["COMPRESS=DEFLATE"])
    write_mosaic(folder / "some.vrt", "part.tif", PART, 16, 16)  # for verbs that hold something for every row or column
    write_mosaic(folder / "huge.vrt", "some.vrt", 16 * PART, 4, 64)  # 69 billion cells
    write_mosaic(folder / "large.vrt", "part.tif", PART, 5, 5)  # what `cost` holds in memory
    write_mosaic(folder / "sources.vrt", "seeds.tif", PART, 5, 5)
    side = 64 * PART * CELL
    x, y = X0 + side / 2, Y0 - side / 2
    tiny_city.write_layer(folder / "zones.gpkg", [(circle(x, y, side / 2.3, 5000), {"code": "a"}), (circle(x, y, side / 3, 50000), {"code": "b"})])
    (folder / "legend.csv").write_text(tiny_city.LEGEND)
    (folder / "city.toml").write_text(
        '[city]\nname = "Endless"\n[[zones]]\npath = "zones.gpkg"\nid = "code"\nlevel = "ring"\n'
        '[[land_cover]]\npath = "huge.vrt"\nlegend = "legend.csv"\n[[population]]\npath = "part.tif"\nband = 1\n')
    for name in ("out", "temporary", "scratch"):
        (folder / name).mkdir()
    return folder


def interrupted(folder, words, ready):
    """Seconds from the signal, which comes when ready(), to the end; everything else is held to its manners."""
    before = snapshot(folder)
    environment = dict(os.environ, TMPDIR=str(folder / "temporary"), CPL_TMPDIR=str(folder / "temporary"))
    process = subprocess.Popen([COMMAND, *words, "-q", "--num-threads", "2", "--memory", "1GiB", "--scratch", folder / "scratch"], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    ready(process)
    process.send_signal(signal.SIGINT)
    start = time.monotonic()
    out, error = process.communicate(timeout=60)
    seconds = time.monotonic() - start
    assert process.returncode == CANCELLED, f"{process.returncode}: {error}"
    assert out == b"" and error == b"urbiome: stopped on request; nothing was written\n"
    assert snapshot(folder) == before
    return seconds


def quick(folder, words, ready):
    """Another program may have had the processor: a second try has to be quick then."""
    if interrupted(folder, words, ready) >= WITHIN_S:
        assert interrupted(folder, words, ready) < WITHIN_S


def at_work(process):
    """After half a second, as far as this machine is not busy elsewhere: when it has worked so long."""
    hertz = os.sysconf("SC_CLK_TCK")
    give_up = time.monotonic() + 10
    while time.monotonic() < give_up:
        fields = open(f"/proc/{process.pid}/stat").read().rsplit(")", 1)[1].split()
        if (int(fields[11]) + int(fields[12])) / hertz > 0.5:
            return
        time.sleep(0.02)


VERBS = {
    "tabulate": "tabulate huge.vrt out/t.csv",
    "transitions": "tabulate huge.vrt huge.vrt out/t.csv",
    "tabulate by zone": "tabulate huge.vrt out/t.csv --zones zones.gpkg --zone-id code",
    "adjacency": "adjacency huge.vrt out/t.csv --directions 8",
    "label": "label huge.vrt out/t.tif --table out/t.csv --classes 1,2",
    "distance": "distance some.vrt out/t.tif --classes 3",
    "distance, capped": "distance huge.vrt out/t.tif --classes 3 --max-m 300",
    "distance to polygons": "distance huge.vrt out/t.tif --to-vector zones.gpkg --measure edge",
    "nearest": "distance huge.vrt out/t.tif --nearest out/n.tif --classes 1",
    "window": "window some.vrt out/t.tif --classes 1 --shape disc --radius-m 1500 --statistic share",
    "window of values": "window some.vrt out/t.tif --shape square --radius-m 1000 --statistic mean",
    "morphology": "morphology huge.vrt out/t.tif --classes 1,2 --operation close --radius-m 500",
    "cost": "cost large.vrt out/t.tif --sources sources.vrt",
    "coverage": "coverage huge.vrt zones.gpkg out/t.csv --zone-id code",
    "zonal": "zonal huge.vrt zones.gpkg out/t.csv --zone-id code --statistics mean,median",
    "resample": "resample part.tif out/t.tif --like huge.vrt",
}


@pytest.mark.parametrize("words", VERBS.values(), ids=VERBS.keys())
def test_a_raster_verb_stops_at_once(endless, words):
    quick(endless, ["raster", *words.split()], at_work)


def test_a_verb_stops_while_it_replaces_a_file_and_leaves_that(endless):
    (endless / "out/kept.tif").write_bytes(b"what was there")
    quick(endless, "raster distance some.vrt out/kept.tif --classes 3 --overwrite".split(), at_work)
    (endless / "out/kept.tif").unlink()


def test_assess_stops_while_it_reads(endless):
    quick(endless, ["assess", "city.toml", "-o", "out/city"], at_work)


@pytest.fixture(scope="module")
def wordy(tmp_path_factory):
    """A small city of very many zones: what takes long is to write them down."""
    folder = tmp_path_factory.mktemp("wordy")
    tiny_city.write_city(folder)
    (folder / "zones.gpkg").unlink()
    squares = [(tiny_city.box(10 * (i % 100), 10 * (i // 100), 10 * (i % 100) + 9, 10 * (i // 100) + 9), {"code": f"z{i}", "name": f"Square {i}"})
               for i in range(3000)]
    tiny_city.write_layer(folder / "zones.gpkg", squares)
    for name in ("out", "temporary", "scratch"):
        (folder / name).mkdir()
    return folder


@pytest.mark.parametrize("file", ["results.csv", "results.json", "results.xlsx", "zones.gpkg", "run.json"])
def test_assess_stops_while_it_writes(wordy, file):
    def written(process):
        while process.poll() is None and not list((wordy / "out").glob(f".city.partial-*/{file}")):
            time.sleep(0.005)

    quick(wordy, ["assess", "city.toml", "-o", "out/city"], written)
