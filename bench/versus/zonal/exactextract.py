"""exactextract from the Python package index; of its two strategies the faster one on this data. Importing it is not timed."""
import exactextract

from contest import contend, path


def load(data, threads):
    return path(data, "cover.tif"), path(data, "zones.gpkg")


def run(files):
    return exactextract.exact_extract(*files, ["count", "sum", "mean"], include_cols="zone", output="pandas", strategy="raster-sequential")


def answers(table):
    return {name: dict(zip(table["zone"], map(float, table[name]))) for name in ("count", "sum", "mean")}


contend(f"exactextract {exactextract.__version__}", load, run, answers, one_thread=True)
