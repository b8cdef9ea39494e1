"""`urbiome network reach`, from files to table."""
import os
import tempfile

import reach_table
from contest import Command, contend, path, program

urbiome = program("URBIOME_COMMAND", "urbiome")
scratch = tempfile.TemporaryDirectory()
table = os.path.join(scratch.name, "table.csv")


def load(data, threads):
    return Command([urbiome, "network", "reach", table, "--streets", path(data, "streets.osm.pbf"),
                    "--origins", path(data, "origins.csv"), "--origins-crs", "EPSG:32633", "--origin-id", "id", "--origin-x", "x", "--origin-y", "y",
                    "--people", "people", "--targets", path(data, "parks.gpkg"), "--target-id", "park", "--entrances", path(data, "entrances.gpkg"),
                    "--num-threads", threads, "-q", "--overwrite"])


contend("urbiome network reach", load, Command.run, lambda _: reach_table.answers(table), whole_process=True)
