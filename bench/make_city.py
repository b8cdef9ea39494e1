#!/usr/bin/env python3
"""A made-up city of any size: land cover with WorldCover codes in UTM, zones, parks, people and a recipe.

    make_city.py OUT_FOLDER [--size 10000] [--cell-m 10] [--seed 1]

10,000 x 10,000 cells of 10 m are 100 million cells. Patterns come from noise on scales of 20 m to 20 km round a built-up
centre with a river, so that runs along a row are 4 to 8 cells long and patches have all sizes, as in real land cover.
The same seed writes the same cells. Needs the distribution's python3-gdal and python3-numpy.
"""
import argparse
import os

import numpy as np
from osgeo import gdal, osr

from made_layers import CLASS_OPTIONS, COUNT_OPTIONS, blob, create_raster, write_polygons, zone_lattice

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


class Noise:
    """Smooth noise over the unit square: random heights on a lattice, bilinear between."""

    def __init__(self, rng, cells):
        self.cells = max(2, int(cells))
        self.heights = rng.uniform(-1, 1, (self.cells + 1, self.cells + 1)).astype(np.float32)

    def rows(self, y, x):
        """Heights at rows `y` and columns `x` (both 0..1), as y.size x x.size."""
        v, u = y * self.cells, x * self.cells
        i, j = np.minimum(v.astype(int), self.cells - 1), np.minimum(u.astype(int), self.cells - 1)
        fv, fu = (v - i).astype(np.float32)[:, None], (u - j).astype(np.float32)[None, :]
        across = lambda row: (row := self.heights[row])[:, j] * (1 - fu) + row[:, j + 1] * fu
        return across(i) * (1 - fv) + across(i + 1) * fv


class City:
    def __init__(self, size, cell_m, seed):
        rng = np.random.default_rng(seed)
        span = size * cell_m
        self.size = size
        scale = lambda metres: Noise(rng, span / metres)
        self.region, self.quarter, self.block = scale(20000), scale(3000), scale(400)
        self.yard, self.grain, self.kind = scale(60), scale(25), scale(700)
        self.river = Noise(rng, 6)

    def classes(self, first, last):
        """Codes of rows first .. last - 1."""
        y, x = (np.arange(first, last) + 0.5) / self.size, (np.arange(self.size) + 0.5) / self.size
        away = np.hypot(x[None, :] - 0.5, y[:, None] - 0.5).astype(np.float32) * 2
        detail = 0.45 * self.yard.rows(y, x) + 0.55 * self.grain.rows(y, x)
        quarter, kind = self.quarter.rows(y, x), self.kind.rows(y, x)
        built = 0.75 - 1.05 * away + 0.25 * self.region.rows(y, x) + 0.3 * quarter + 0.3 * self.block.rows(y, x) + detail
        moist = 0.5 * kind + 0.3 * quarter + 0.7 * detail
        cells = np.full(built.shape, GRASS, np.uint8)
        cells[moist > 0.0] = TREES
        cells[(moist > -0.05) & (moist <= 0.0)] = SHRUBS
        cells[(away > 0.8) & (kind > 0.05) & (detail < 0.35)] = CROPS
        cells[(moist < -0.62)] = BARE
        cells[built > 0.08] = BUILT
        stream = np.abs(y[:, None] - 0.55 - 0.12 * self.river.rows(y, x) - 0.02 * quarter)
        cells[stream < 0.012] = WETLAND
        cells[stream < 0.009] = WATER
        cells[(away + 0.03 * self.block.rows(y, x) > 1.3)] = 0  # the survey's rounded corners
        return cells


def write_cover(path, city, cell_m, wkt):
    """Returns cells per class and the mean length of runs."""
    out = create_raster(path, city.size, city.size, gdal.GDT_Byte, (LEFT, cell_m, 0, TOP, 0, -cell_m), wkt, 0, CLASS_OPTIONS)
    counts, runs, built = np.zeros(256, np.int64), 0, []
    for first in range(0, city.size, 500):
        cells = city.classes(first, min(first + 500, city.size))
        out.GetRasterBand(1).WriteArray(cells, 0, first)
        counts += np.bincount(cells.ravel(), minlength=256)
        runs += int((cells[:, 1:] != cells[:, :-1]).sum()) + cells.shape[0]
        built.append(cells == BUILT)
    return counts, counts.sum() / runs, np.vstack(built)


def write_people(path, built, cell_m, wkt, seed):
    """People on cells of 100 m, by built-up share and distance from the centre."""
    step = max(1, round(100 / cell_m))
    n = built.shape[0] // step
    share = built[: n * step, : n * step].reshape(n, step, n, step).mean(axis=(1, 3))
    at = np.linspace(-1, 1, n)
    away = np.hypot(at[None, :], at[:, None])
    people = 120 * share * np.exp(-1.5 * away) * np.random.default_rng(seed + 1).gamma(3.0, 1 / 3, (n, n))
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    parser.add_argument("--size", type=int, default=10000, help="cells per side")
    parser.add_argument("--cell-m", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    os.makedirs(a.out, exist_ok=True)
    at = lambda name: os.path.join(a.out, name)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    wkt, span = crs.ExportToWkt(), a.size * a.cell_m

    counts, run_length, built = write_cover(at("cover.tif"), City(a.size, a.cell_m, a.seed), a.cell_m, wkt)
    residents = write_people(at("people.tif"), built, a.cell_m, wkt, a.seed)
    box = (LEFT, TOP - span, LEFT + span, TOP)
    zones = zone_lattice(a.seed + 3, box, 20, 25, 85)
    count, vertices = write_polygons(at("zones.gpkg"), "zones", wkt, ["zone"], ((ring, [f"D{i:03}"]) for i, ring in enumerate(zones)))
    spaces, _ = write_polygons(at("parks.gpkg"), "parks", wkt, ["park", "access"], parks(span, a.seed))
    with open(at("city.toml"), "w", encoding="utf-8") as file:
        file.write(RECIPE.format(size=a.size))
    shares = ", ".join(f"{code}: {100 * n / counts.sum():.1f} %" for code, n in enumerate(counts) if n)
    print(f"{a.size} x {a.size} cells, runs of {run_length:.1f} cells; {shares}")
    print(f"{count} zones with {vertices} vertices, {spaces} parks, {residents:,.0f} residents in {a.out}")


if __name__ == "__main__":
    main()
