#!/usr/bin/python3
"""A made-up city of any size: land cover with WorldCover codes in UTM, zones, parks, people and a recipe.

    make_city.py OUT_FOLDER [--size 10000] [--cell-m 10] [--seed 1] [--compress deflate|zstd|lzw|none]
                            [--layout tiles|strips] [--block 512] [--jobs N] [--only-cover]

10,000 x 10,000 cells of 10 m are 100 million cells; 31,623 x 31,623 are a billion. Patterns come from noise on scales of
20 m to 20 km round a built-up centre with a river, so that runs along a row are 4 to 8 cells long and patches have all
sizes, as in real land cover. The same seed writes the same bytes, whatever the number of jobs. Rows are made in bands:
memory grows with the width, not with the number of cells. What was made stands in OUT_FOLDER/made.json as well.
Needs the distribution's python3-gdal and python3-numpy.
"""
import argparse
import json
import multiprocessing
import os

import numpy as np
from osgeo import gdal, osr

from made_layers import COUNT_OPTIONS, blob, create_raster, write_polygons, zone_lattice

TREES, SHRUBS, GRASS, CROPS, BUILT, BARE, WATER, WETLAND = 10, 20, 30, 40, 50, 60, 80, 90
LEFT, TOP = 500000.0, 4650000.0  # UTM zone 33N, in the middle of its strip

RECIPE = """[city]
name = "Made city of {size} x {size} cells"

[[zones]]
path = "zones.gpkg"
id = "zone"
name = "zone"
level = "district"

[[land_cover]]
path = "cover.tif"
legend = "worldcover"
date = 2021

[[green_spaces]]
path = "parks.gpkg"
role = "green"
public = "access = 'open'"
private = "access = 'closed'"

[[population]]
path = "people.tif"
band = 1
"""


BAND = 64  # rows made at a time


def hashed(seed, row, cols):
    """Heights -1 .. 1 of places 0 .. cols - 1 in a row of a lattice: the bits of a hash, so that no lattice is kept."""
    x = np.arange(cols, dtype=np.uint64) + np.array([row << 32], np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x ^= np.uint64(seed * 0x632BE59BD9B4E019 % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    x ^= x >> np.uint64(31)
    return (x >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-23) - np.float32(1)


class Noise:
    """Smooth noise over the unit square: hashed heights on a lattice, bilinear between."""

    def __init__(self, seed, cells, size):
        self.seed, self.cells, self.size = seed, max(2, int(cells)), size
        self.left, self.right_share = self.places(np.arange(size))

    def places(self, index):
        at = (index + 0.5) / self.size * self.cells
        low = np.minimum(at.astype(np.int64), self.cells - 1)
        return low, (at - low).astype(np.float32)

    def rows(self, first, last):
        """Heights of rows first .. last - 1, as (last - first) x size."""
        top, down_share = self.places(np.arange(first, last))
        lattice = np.stack([hashed(self.seed, row, self.cells + 1) for row in range(int(top[0]), int(top[-1]) + 2)])
        v = down_share[:, None]
        heights = lattice[top - top[0]] * (1 - v) + lattice[top - top[0] + 1] * v
        steps = np.diff(heights, axis=1)
        return heights.take(self.left, axis=1) + steps.take(self.left, axis=1) * self.right_share


class City:
    """The land cover, row by row; nothing in it depends on which rows are asked for together."""

    def __init__(self, size, cell_m, seed):
        self.size, span = size, size * cell_m
        scale = lambda number, metres: Noise(1000 * seed + number, span / metres, size)
        self.region, self.quarter, self.block = scale(1, 20000), scale(2, 3000), scale(3, 400)
        self.yard, self.grain, self.kind = scale(4, 60), scale(5, 25), scale(6, 700)
        self.river = Noise(1000 * seed + 7, 6, size)

    def classes(self, first, last):
        """Codes of rows first .. last - 1."""
        x, y = (np.arange(self.size) + 0.5) / self.size, (np.arange(first, last) + 0.5) / self.size
        away = np.sqrt((x[None, :] - 0.5) ** 2 + (y[:, None] - 0.5) ** 2).astype(np.float32) * 2
        of = lambda noise: noise.rows(first, last)
        detail = 0.45 * of(self.yard) + 0.55 * of(self.grain)
        quarter, kind, block = of(self.quarter), of(self.kind), of(self.block)
        built = 0.75 - 1.05 * away + 0.25 * of(self.region) + 0.3 * quarter + 0.3 * block + detail
        moist = 0.5 * kind + 0.3 * quarter + 0.7 * detail
        cells = np.full(built.shape, GRASS, np.uint8)
        cells[moist > 0.0] = TREES
        cells[(moist > -0.05) & (moist <= 0.0)] = SHRUBS
        cells[(away > 0.8) & (kind > 0.05) & (detail < 0.35)] = CROPS
        cells[moist < -0.62] = BARE
        cells[built > 0.08] = BUILT
        stream = np.abs(y[:, None].astype(np.float32) - 0.55 - 0.12 * of(self.river) - 0.02 * quarter)
        cells[stream < 0.012] = WETLAND
        cells[stream < 0.009] = WATER
        cells[away + 0.03 * block > 1.3] = 0  # the survey's rounded corners
        return cells


city = None  # each job's own


def start_job(size, cell_m, seed):
    global city
    city = City(size, cell_m, seed)


def make_band(task):
    """One band: its codes, cells per code, runs, and built cells of each row by columns of `step` cells."""
    first, last, step = task
    cells = city.classes(first, last)
    whole = cells.shape[1] // step * step
    built = (cells[:, :whole] == BUILT).reshape(last - first, whole // step, step).sum(axis=2, dtype=np.uint16)
    runs = int((cells[:, 1:] != cells[:, :-1]).sum()) + cells.shape[0]
    return cells, np.bincount(cells.ravel(), minlength=256), runs, built


def class_options(compress, layout, block):
    options = ["BIGTIFF=IF_SAFER", f"COMPRESS={compress.upper()}", f"BLOCKYSIZE={block}"]
    options += ["ZLEVEL=6"] if compress == "deflate" else []
    return options + (["TILED=YES", f"BLOCKXSIZE={block}"] if layout == "tiles" else [])


def write_cover(path, a, wkt):
    """Returns cells per code, the number of runs along rows, and built cells by square of `step` cells."""
    size, step = a.size, max(1, round(100 / a.cell_m))
    transform = (LEFT, a.cell_m, 0, TOP, 0, -a.cell_m)
    out = create_raster(path, size, size, gdal.GDT_Byte, transform, wkt, 0, class_options(a.compress, a.layout, a.block))
    counts, runs, built = np.zeros(256, np.int64), 0, np.zeros((size // step + 1, size // step), np.int64)
    tasks = [(first, min(first + BAND, size), step) for first in range(0, size, BAND)]
    rows = max(a.block, BAND) // BAND * BAND  # written at a time, so that no block is compressed twice
    waiting, top = [], 0
    with multiprocessing.Pool(a.jobs, start_job, (size, a.cell_m, a.seed)) as pool:
        for (first, last, _), (cells, count, more, walls) in zip(tasks, pool.imap(make_band, tasks)):
            counts, runs = counts + count, runs + more
            np.add.at(built, np.arange(first, last) // step, walls)
            waiting.append(cells)
            if last % rows == 0 or last == size:
                out.GetRasterBand(1).WriteArray(np.vstack(waiting), 0, top)
                waiting, top = [], last
    return counts, runs, built[: size // step]


def write_people(path, built, cell_m, wkt, seed):
    """People on cells of 100 m, by built-up share and distance from the centre."""
    step = max(1, round(100 / cell_m))
    n = built.shape[0]
    at = np.linspace(-1, 1, n)
    away = np.sqrt(at[None, :] ** 2 + at[:, None] ** 2)
    people = 120 * (built / step**2) * np.exp(-1.5 * away) * np.random.default_rng(seed + 1).gamma(3.0, 1 / 3, (n, n))
    people[people < 0.5] = 0
    out = create_raster(path, n, n, gdal.GDT_Float32, (LEFT, cell_m * step, 0, TOP, 0, -cell_m * step), wkt, -1, COUNT_OPTIONS)
    out.GetRasterBand(1).WriteArray(people.astype(np.float32))
    return float(people.sum())


def parks(span, seed):
    """Overlapping parks of 0.2 to 200 hectares; a third of them closed or of unknown access."""
    rng = np.random.default_rng(seed + 2)
    for i in range(int(2000 * (span / 100000) ** 2) + 20):
        middle = (LEFT + span * rng.uniform(0.05, 0.95), TOP - span * rng.uniform(0.05, 0.95))
        radius = 25 * 32 ** rng.random() ** 2
        yield blob(rng, middle, radius, 60), [f"P{i:04}", rng.choice(["open", "closed", "unknown"], p=[0.67, 0.2, 0.13])]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    parser.add_argument("--size", type=int, default=10000, help="cells per side")
    parser.add_argument("--cell-m", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--compress", choices=["deflate", "zstd", "lzw", "none"], default="deflate")
    parser.add_argument("--layout", choices=["tiles", "strips"], default="tiles")
    parser.add_argument("--block", type=int, default=512, help="side of a tile (a multiple of 16) or rows of a strip")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--only-cover", action="store_true", help="no zones, parks, people or recipe")
    return parser.parse_args()


def main():
    a = arguments()
    gdal.SetCacheMax(128 << 20)
    os.makedirs(a.out, exist_ok=True)
    at = lambda name: os.path.join(a.out, name)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    wkt, span = crs.ExportToWkt(), a.size * a.cell_m

    counts, runs, built = write_cover(at("cover.tif"), a, wkt)
    cells = int(counts.sum())
    made = {"cells": cells, "rows": a.size, "cols": a.size, "bits_per_cell": round(8 * os.path.getsize(at("cover.tif")) / cells, 3),
            "mean_run": round(cells / runs, 2), "compress": a.compress, "layout": a.layout, "block": a.block, "seed": a.seed,
            "counts": {str(code): int(n) for code, n in enumerate(counts) if n}}
    shares = ", ".join(f"{code}: {100 * n / cells:.1f} %" for code, n in made["counts"].items())
    print(f"{cells:,} cells, {made['bits_per_cell']} bits per cell ({a.compress}, {a.layout}), mean run {made['mean_run']} cells; {shares}")
    if not a.only_cover:
        made["residents"] = write_people(at("people.tif"), built, a.cell_m, wkt, a.seed)
        box = (LEFT, TOP - span, LEFT + span, TOP)
        rings = ((ring, [f"D{i:03}"]) for i, ring in enumerate(zone_lattice(a.seed + 3, box, 20, 25, 85)))
        made["zones"], made["vertices"] = write_polygons(at("zones.gpkg"), "zones", wkt, ["zone"], rings)
        made["parks"], _ = write_polygons(at("parks.gpkg"), "parks", wkt, ["park", "access"], parks(span, a.seed))
        with open(at("city.toml"), "w", encoding="utf-8") as file:
            file.write(RECIPE.format(size=a.size))
        print(f"{made['zones']} zones with {made['vertices']:,} vertices, {made['parks']:,} parks, {made['residents']:,.0f} residents in {a.out}")
    with open(at("made.json"), "w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)


if __name__ == "__main__":
    main()
