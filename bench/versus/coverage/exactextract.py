"""exactextract hands out every cell with its share, zone by zone; it passes over nodata, so the grid has none."""
import exactextract
import numpy as np

from contest import contend, path


def load(data, threads):
    return path(data, "grid.vrt"), path(data, "zones.gpkg")


def run(files):
    return exactextract.exact_extract(*files, ["coverage"], include_cols="zone", output="pandas")


def answers(table):
    shares, squares = {}, {}
    for zone, coverage in zip(table["zone"], table["coverage"]):
        share = np.asarray(coverage, np.float64)
        shares[zone], squares[zone] = float(share.sum()), float((share * share).sum())
    return {"sum of shares": shares, "sum of squared shares": squares}


contend(f"exactextract {exactextract.__version__}", load, run, answers, one_thread=True)
