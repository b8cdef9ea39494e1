"""The data that questions are asked of: a made-up city of so many cells, and its rasters as plain bytes for contenders that
work in memory; or a city's streets of so many edges. Made once per size and seed, and used again."""
import json
import math
import os
import subprocess
import sys

import numpy as np
from osgeo import gdal

gdal.UseExceptions()
HERE = os.path.dirname(os.path.abspath(__file__))
GREEN = (10, 20, 30, 90, 95, 100)  # WorldCover codes with the role green in the shipped legend
BAND = 512
# Effort to cross a cell of each class: smooth on built land, dear through water.
RESISTANCE = {0: 100, 10: 12, 20: 8, 30: 3, 40: 4, 50: 1, 60: 5, 80: 60, 90: 30}


def side_of(cells):
    return max(64, int(round(math.sqrt(cells))))


def folder_of(root, cells, compress, layout, seed):
    return os.path.join(root, f"{side_of(cells)}_{compress}_{layout}_{seed}")


def city(root, cells, compress="deflate", layout="tiles", seed=1):
    """Folder of a made-up city with its made.json; made when it is not there."""
    folder = folder_of(root, cells, compress, layout, seed)
    done = os.path.join(folder, "made.json")
    if not os.path.exists(done):
        print(f"making {side_of(cells) ** 2:,} cells in {folder}", flush=True)
        maker = os.path.join(os.path.dirname(HERE), "make_city.py")
        subprocess.run([sys.executable, maker, folder, "--size", str(side_of(cells)), "--compress", compress, "--layout", layout,
                        "--seed", str(seed)], env=dict(os.environ, PYTHONPATH=os.path.dirname(maker)), check=True)
    with open(done, encoding="utf-8") as file:
        return folder, json.load(file)


def streets(root, edges, seed=1):
    """Folder of a made-up city's streets, people and parks (make_streets.py) with its made.json; made when it is not there."""
    folder = os.path.join(root, f"streets_{edges}_{seed}")
    done = os.path.join(folder, "made.json")
    if not os.path.exists(done):
        print(f"making about {edges:,} edges of streets in {folder}", flush=True)
        maker = os.path.join(os.path.dirname(HERE), "make_streets.py")
        subprocess.run([sys.executable, maker, folder, "--edges", str(edges), "--seed", str(seed)],
                       env=dict(os.environ, PYTHONPATH=os.path.dirname(maker)), check=True)
    with open(done, encoding="utf-8") as file:
        return folder, json.load(file)


# What results keep of made.json, by the unit in which a question's size is told.
KEPT = {"cells": ("bits_per_cell", "mean_run", "compress", "layout", "block", "seed"),
        "edges": ("nodes", "points", "lines", "origins", "parks", "entrances", "seed")}


def tables():
    tables = {name: np.zeros(256, np.uint8) for name in ("green", "resistance")}
    tables["green"][list(GREEN)] = 1
    for code, effort in RESISTANCE.items():
        tables["resistance"][code] = effort
    return tables


def sources_in(rows, cols, number=1000):
    """The same thousand cells for the same size."""
    places = np.random.default_rng(5).choice(rows * cols, min(number, rows * cols // 4), replace=False)
    cells = np.zeros(rows * cols, np.uint8)
    cells[places] = 1
    return cells.reshape(rows, cols)


def write_like(path, source, cells):
    out = gdal.GetDriverByName("GTiff").Create(path, source.RasterXSize, source.RasterYSize, 1, gdal.GDT_Byte,
                                               ["TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "COMPRESS=DEFLATE"])
    out.SetGeoTransform(source.GetGeoTransform())
    out.SetProjection(source.GetProjection())
    out.GetRasterBand(1).WriteArray(cells)


def with_bytes(folder, names):
    """Leaves the named rasters beside the city as NAME.bytes, row after row; resistance and sources as NAME.tif too."""
    lacking = [name for name in names if not os.path.exists(os.path.join(folder, name + ".bytes"))]
    if not lacking:
        return
    source, table = gdal.Open(os.path.join(folder, "cover.tif")), tables()
    for name in lacking:
        path = os.path.join(folder, name)
        if name == "sources":
            sources = sources_in(source.RasterYSize, source.RasterXSize)
            write_like(path + ".tif", source, sources)
            sources.tofile(path + ".bytes")
            continue
        with open(path + ".bytes.part", "wb") as file:
            for top in range(0, source.RasterYSize, BAND):
                rows = min(BAND, source.RasterYSize - top)
                codes = source.GetRasterBand(1).ReadAsArray(0, top, source.RasterXSize, rows)
                (codes if name == "classes" else table[name][codes]).tofile(file)
        os.rename(path + ".bytes.part", path + ".bytes")
        if name == "resistance":
            write_like(path + ".tif", source, np.fromfile(path + ".bytes", np.uint8).reshape(source.RasterYSize, source.RasterXSize))


NEAR_RECIPE = """[city]
name = "Made city"

[[land_cover]]
path = "cover.tif"
legend = "worldcover"

[[population]]
path = "people.tif"
band = 1

[parameters]
near_source = "land_cover"
min_green_area_ha = 0.5
near_distance_m = 300
measure = "centre"

[indicators]
run = ["people_near_green_share"]
"""


def with_near_recipe(folder):
    with open(os.path.join(folder, "near.toml"), "w", encoding="utf-8") as file:
        file.write(NEAR_RECIPE)


# What assess computes in one go, and the same passes one by one.
FACTS = {
    "areas": ["class_area_m2", "green_share"],
    "patches": ["patch_count", "patch_area_mean_ha", "largest_patch_share"],
    "mesh": ["effective_mesh_size_ha", "coherence"],
    "people": ["people_near_green_share", "residents"],
}
ASKED_FOR = """
[parameters]
near_source = "land_cover"

[indicators]
run = {indicators}
"""


def with_facts_recipes(folder):
    """The city's recipe without its parks: facts.toml asks for all of them, facts_areas.toml and so on for one pass each."""
    with open(os.path.join(folder, "city.toml"), encoding="utf-8") as file:
        before, parks = file.read().split("[[green_spaces]]")
    city = before + parks[parks.index("["):]
    for name, indicators in {"": sum(FACTS.values(), []), **{f"_{fact}": ids for fact, ids in FACTS.items()}}.items():
        with open(os.path.join(folder, f"facts{name}.toml"), "w", encoding="utf-8") as file:
            file.write(city + ASKED_FOR.format(indicators=json.dumps(indicators)))


def with_grid(folder):
    """The land cover's grid as a raster without nodata, for programs that pass over such cells."""
    path = os.path.join(folder, "grid.vrt")
    if not os.path.exists(path):
        gdal.Translate(path, os.path.join(folder, "cover.tif"), format="VRT", noData="none")


EXTRAS = {"near_recipe": with_near_recipe, "facts_recipes": with_facts_recipes, "grid": with_grid}


def with_needs(folder, needs):
    """Whatever a question needs besides the city."""
    for name in needs:
        if name in EXTRAS:
            EXTRAS[name](folder)
    with_bytes(folder, [name for name in needs if name not in EXTRAS])
