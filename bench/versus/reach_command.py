"""`urbiome network reach`, from files to tables: one run for whatever a question asks of it."""
import os
import tempfile

import reach_table
from contest import Command, contend, path, program


def contend_reach(within=False):
    """`within`: how many parks are within the limit as well, in a second table."""
    urbiome = program("URBIOME_COMMAND", "urbiome")
    scratch = tempfile.TemporaryDirectory()
    near = os.path.join(scratch.name, "near.csv")
    counts = os.path.join(scratch.name, "within.csv") if within else None
    more = ["--opportunities", counts, "--within", f"{reach_table.NEAR_M:g}"] if within else []

    def load(data, threads):
        return Command([urbiome, "network", "reach", near, "--streets", path(data, "streets.osm.pbf"),
                        "--origins", path(data, "origins.csv"), "--origins-crs", "EPSG:32633", "--origin-id", "id", "--origin-x", "x", "--origin-y", "y",
                        "--people", "people", "--targets", path(data, "parks.gpkg"), "--target-id", "park", "--entrances", path(data, "entrances.gpkg"),
                        *more, "--num-threads", threads, "-q", "--overwrite"])

    contend("urbiome network reach", load, Command.run, lambda _: reach_table.answers(near, counts), whole_process=True)
