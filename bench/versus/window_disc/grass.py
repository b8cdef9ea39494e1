"""r.neighbors -c of GRASS, which looks at every cell of the disc for every cell: at most four million cells."""
from contest import contend
from grass_session import Session, version


def load(data, threads):
    return Session(data, {"green": "green.bytes"})


def run(session):
    return session.run("count", ["r.neighbors", "-c", "--overwrite", "input=green", "output=count", "size=61", "method=sum"])


contend(version(), load, run, lambda count: {"count": count}, one_thread=True, cells_at_most=4_000_000)
