#!/usr/bin/python3
"""One real tile of 1 m land cover, mirrored side by side into a dense raster of any size, with a legend, zones, people
and a recipe.

    make_mosaic.py DRCOG_2018_LULC_E3220000_N1710000.tif OUT_FOLDER [--across 4] [--down 4]

4 x 4 tiles are 36,576 x 36,576 = 1.338 billion cells; every second tile is mirrored, so patches go on over the seams.
Needs the distribution's python3-gdal and python3-numpy. Report figures as of a mirrored mosaic of one real tile.
"""
import argparse
import json
import os

import numpy as np
from osgeo import gdal

from made_layers import CLASS_OPTIONS, COUNT_OPTIONS, create_raster, write_polygons, zone_lattice

LEGEND = """code,class_name,green,blue,built,natural,vegetated,missing
0,outside the survey,0,0,0,0,0,nodata
1,structures,0,0,1,0,0,
2,impervious,0,0,1,0,0,
3,water,0,1,0,1,0,
4,prairie and grass,1,0,0,1,1,
5,tree canopy,1,0,0,1,1,
6,turf,1,0,0,0,1,
7,barren,0,0,0,1,0,
8,cropland,0,0,0,0,1,
"""

RECIPE = """[city]
name = "Mosaic of {across} x {down} mirrored tiles"

[[zones]]
path = "zones.gpkg"
id = "zone"
name = "zone"
level = "zone"

[[land_cover]]
path = "cover.tif"
legend = "legend.csv"
date = 2018

[[population]]
path = "people.tif"
band = 1
"""


def mosaic(source, path, across, down):
    tile = source.GetRasterBand(1).ReadAsArray()
    rows, cols = tile.shape
    strip = np.hstack([tile if i % 2 == 0 else tile[:, ::-1] for i in range(across)])
    out = create_raster(path, cols * across, rows * down, gdal.GDT_Byte, source.GetGeoTransform(), source.GetProjection(), 0, CLASS_OPTIONS)
    band = out.GetRasterBand(1)
    runs = ((strip[:, 1:] != strip[:, :-1]).sum(axis=1) + 1).astype(np.int64)  # of each row of a strip
    height, step = rows * down, 512  # rows of blocks, so that none is compressed twice
    for top in range(0, height, step):
        row = np.arange(top, min(top + step, height))
        number, inside = row // rows, row % rows
        inside = np.where(number % 2 == 0, inside, rows - 1 - inside)
        band.WriteArray(strip[inside], 0, top)
    return cols * across, height, int(runs.sum()) * down


def people_raster(path, cols, rows, source, cell):
    """People on cells `cell` times as large: a city's bell of density with noise, a tenth of the cells empty."""
    width, height = -(-cols // cell), -(-rows // cell)
    rng = np.random.default_rng(20)
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    people = 60 * np.exp(-2.5 * (x * x + y * y)) * rng.gamma(2.0, 0.5, (height, width))
    people[rng.random((height, width)) < 0.1] = 0
    t = source.GetGeoTransform()
    out = create_raster(path, width, height, gdal.GDT_Float32, (t[0], t[1] * cell, 0, t[3], 0, t[5] * cell), source.GetProjection(), -1, COUNT_OPTIONS)
    out.GetRasterBand(1).WriteArray(people.astype(np.float32))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tile")
    parser.add_argument("out")
    parser.add_argument("--across", type=int, default=4)
    parser.add_argument("--down", type=int, default=4)
    a = parser.parse_args()
    os.makedirs(a.out, exist_ok=True)
    at = lambda name: os.path.join(a.out, name)
    source = gdal.Open(a.tile)
    cols, rows, runs = mosaic(source, at("cover.tif"), a.across, a.down)
    people_raster(at("people.tif"), cols, rows, source, 96)
    t = source.GetGeoTransform()
    box = (t[0], t[3] + t[5] * rows, t[0] + t[1] * cols, t[3])
    zones = zone_lattice(7, box, 20, 25, 85)
    count, vertices = write_polygons(at("zones.gpkg"), "zones", source.GetProjection(), ["zone"], ((ring, [f"Z{i:03}"]) for i, ring in enumerate(zones)))
    for name, text in (("legend.csv", LEGEND), ("city.toml", RECIPE.format(across=a.across, down=a.down))):
        with open(at(name), "w", encoding="utf-8") as file:
            file.write(text)
    made = {"cells": cols * rows, "rows": rows, "cols": cols, "bits_per_cell": round(8 * os.path.getsize(at("cover.tif")) / (cols * rows), 3),
            "mean_run": round(cols * rows / runs, 2), "compress": "deflate", "layout": "tiles", "block": 512, "zones": count, "vertices": vertices}
    with open(at("made.json"), "w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)
    print(f"{cols} x {rows} cells ({cols * rows / 1e9:.3f} billion), {count} zones with {vertices} vertices, "
          f"{made['bits_per_cell']} bits per cell, mean run {made['mean_run']} cells in {a.out}")


if __name__ == "__main__":
    main()
