"""r.cost of GRASS, with its memory raised so that nothing goes to disk."""
from contest import contend
from grass_session import Session, version


def load(data, threads):
    session = Session(data, {"resistance": "resistance.bytes", "all": "sources.bytes"})
    session.module(["r.null", "map=all", "setnull=0"])
    return session


def run(session):
    return session.run("cost", ["r.cost", "--overwrite", "input=resistance", "output=cost", "start_raster=all", "memory=4000"])


contend(version(), load, run, lambda cost: {"cost": cost}, one_thread=True)
