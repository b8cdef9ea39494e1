"""A block that is cut off or garbled is named by every verb: which file, which block, at which byte; and nothing is written."""

import numpy as np
import pytest
from osgeo import gdal, osr

import tiny_city
from conftest import BAD_INPUT, Command

gdal.UseExceptions()
ROWS, COLS = 517, 389
TILES = ["TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=128"]
STRIPS = ["BLOCKYSIZE=7"]
# (options, the block, whether its bytes are garbled or the file ends within them)
LAYOUTS = {
    "tiles, deflate, garbled": (TILES + ["COMPRESS=DEFLATE"], (2, 3), "garbled"),
    "tiles, zstd, garbled": (TILES + ["COMPRESS=ZSTD"], (1, 2), "garbled"),
    "tiles, lzw, garbled": (TILES + ["COMPRESS=LZW"], (0, 0), "garbled"),
    "tiles, deflate, cut": (TILES + ["COMPRESS=DEFLATE"], (3, 4), "cut"),
    "tiles, zstd, cut": (TILES + ["COMPRESS=ZSTD"], (3, 4), "cut"),
    "tiles, plain, cut": (TILES, (3, 4), "cut"),
    "strips, deflate, garbled": (STRIPS + ["COMPRESS=DEFLATE", "PREDICTOR=2"], (0, 41), "garbled"),
    "strips, lzw, cut": (STRIPS + ["COMPRESS=LZW"], (0, 73), "cut"),
    "strips, plain, cut": (STRIPS, (0, 73), "cut"),
    "one strip, deflate, garbled": ([f"BLOCKYSIZE={ROWS}", "COMPRESS=DEFLATE"], (0, 0), "garbled"),
}


def write(path, cells, options):
    """With the directory before the cells, so that the file still opens when its end is missing."""
    memory = gdal.GetDriverByName("MEM").Create("", cells.shape[1], cells.shape[0], 1, gdal.GDT_Byte)
    memory.SetGeoTransform((tiny_city.WEST, 10, 0, tiny_city.NORTH, 0, -10))
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(tiny_city.UTM)
    memory.SetProjection(crs.ExportToWkt())
    memory.GetRasterBand(1).SetNoDataValue(0)
    memory.GetRasterBand(1).WriteArray(cells)
    gdal.GetDriverByName("GTiff").CreateCopy(str(path), memory, options=[*options, "COPY_SRC_OVERVIEWS=YES"])


def damage(path, block, how):
    """Returns where the block's bytes begin."""
    raster = gdal.Open(str(path))
    offset, size = (int(raster.GetRasterBand(1).GetMetadataItem(f"BLOCK_{what}_{block[0]}_{block[1]}", "TIFF")) for what in ("OFFSET", "SIZE"))
    raster = None
    data = path.read_bytes()
    if how == "cut":
        data = data[: offset + size // 2]
    else:
        data = data[:offset] + b"\xff" * size + data[offset + size :]
    path.write_bytes(data)
    assert gdal.Open(str(path)) is not None
    return offset


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    """(file, what must be said) of every layout, and of a mosaic of each."""
    folder = tmp_path_factory.mktemp("damaged")
    random = np.random.default_rng(4)
    cells = random.integers(1, 4, (ROWS, COLS)).astype(np.uint8)
    write(folder / "sound.tif", cells, TILES)
    sources = np.zeros_like(cells)
    sources[5, 7] = 1
    write(folder / "sources.tif", sources, TILES)
    west, north = tiny_city.WEST, tiny_city.NORTH
    box = f"POLYGON(({west} {north},{west + 10 * COLS} {north},{west + 10 * COLS} {north - 10 * ROWS},{west} {north - 10 * ROWS},{west} {north}))"
    tiny_city.write_layer(folder / "zones.gpkg", [(box, {"code": "all", "people": 5})])
    (folder / "legend.csv").write_text(tiny_city.LEGEND)
    cases = []
    for number, (options, block, how) in enumerate(LAYOUTS.values()):
        path = folder / f"d{number}.tif"
        write(path, cells, options)
        offset = damage(path, block, how)
        cases.append((path.name, f"block {block[0]}, {block[1]} of the file at byte {offset}\\)"))
        gdal.BuildVRT(str(folder / f"v{number}.vrt"), [str(path)]).FlushCache()
        cases.append((f"v{number}.vrt", f"block {block[0]}, {block[1]} of [^ ]*d{number}.tif at byte {offset}\\)"))
    return folder, cases


VERBS = {
    "tabulate": "tabulate {} t.csv",
    "transitions, first": "tabulate {} sound.tif t.csv",
    "transitions, second": "tabulate sound.tif {} t.csv",
    "tabulate by zone": "tabulate {} t.csv --zones zones.gpkg",
    "adjacency": "adjacency {} t.csv",
    "label": "label {} t.tif --table t.csv --classes 1",
    "distance": "distance {} t.tif --classes 1",
    "distance, capped": "distance {} t.tif --classes 1 --max-m 30",
    "nearest": "distance {} t.tif --nearest n.tif --classes 1",
    "share": "window {} t.tif --classes 1 --shape disc --radius-m 50 --statistic share",
    "diversity": "window {} t.tif --shape square --radius-m 50 --statistic diversity",
    "mean": "window {} t.tif --shape disc --radius-m 50 --statistic mean",
    "morphology": "morphology {} t.tif --classes 1 --operation open --radius-m 20",
    "cost": "cost {} t.tif --sources sources.tif",
    "cost, sources": "cost sound.tif t.tif --sources {}",
    "zonal": "zonal {} zones.gpkg t.csv --statistics mean,median",
    "zonal, weights": "zonal sound.tif zones.gpkg t.csv --statistics weighted_mean --weights {}",
    "resample": "resample {} t.tif --like sound.tif",
}


@pytest.mark.parametrize("words", VERBS.values(), ids=VERBS.keys())
def test_a_raster_verb_names_the_broken_block(damaged, words):
    folder, cases = damaged
    urbiome = Command(folder)
    for number, (path, said) in enumerate(cases):
        cut = [[], ["--tile-size", "100"], ["--num-threads", "1"]][number // 2 % 3]  # whole blocks, and parts of some
        urbiome.refused(BAD_INPUT, [path, said], "raster", *words.format(path).split(), "-q", *cut)


@pytest.mark.parametrize("use", ["land_cover", "population"])
def test_assess_names_the_broken_block(damaged, use):
    folder, cases = damaged
    urbiome = Command(folder)
    for path, said in cases:
        files = {"land_cover": "sound.tif", "population": "sound.tif", use: path}
        (folder / "city.toml").write_text(
            f'[city]\nname = "Broken"\n[[zones]]\npath = "zones.gpkg"\nid = "code"\nlevel = "all"\n'
            f'[[land_cover]]\npath = "{files["land_cover"]}"\nlegend = "legend.csv"\n'
            f'[[population]]\npath = "{files["population"]}"\nband = 1\n')
        urbiome.refused(BAD_INPUT, [path, said], "assess", "city.toml", "-o", "out", "-q")
