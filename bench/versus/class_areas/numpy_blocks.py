"""A script over blocks: GDAL's Python and numpy.bincount."""
import numpy as np
from osgeo import gdal

from contest import contend, path

gdal.UseExceptions()


def load(data, threads):
    return path(data, "cover.tif")


def run(cover):
    raster, counts = gdal.Open(cover), np.zeros(256, np.int64)
    for top in range(0, raster.RasterYSize, 512):
        cells = raster.ReadAsArray(0, top, raster.RasterXSize, min(512, raster.RasterYSize - top))
        counts += np.bincount(cells.ravel(), minlength=256)
    return counts


contend(f"GDAL {gdal.__version__}, numpy {np.__version__}", load, run,
        lambda counts: {"cells": {str(code): int(n) for code, n in enumerate(counts)}}, one_thread=True)
