"""How a city stands with nature: urban nature indicators as pandas tables.

    import urbiome
    table = urbiome.assess("city.toml")
    table[(table.indicator == "green_share") & (table.zone_level == "bairro")]

Names, units and columns are those of the engine: results.csv and this table hold the same rows.
"""

import os

import pandas

from urbiome import _urbiome
from urbiome._errors import Error

__all__ = ["assess", "catalogue", "Error", "__version__"]
__version__ = _urbiome.version()

_NUMBERS = ("value", "lower", "upper", "valid_share", "score")


def _frame(table):
    names, columns = table
    return pandas.DataFrame(dict(zip(names, columns)), columns=names)


def assess(recipe, out=None, overwrite=False, memory=None, num_threads=None):
    """Computes what the recipe asks for and returns the rows of results.csv as a DataFrame.

    recipe       path of a city.toml (or of a run.json, to replay it)
    out          folder to write everything into, as the command does; None writes nothing
    overwrite    replace `out` when it exists
    memory       bound on resident memory in bytes; None is a quarter of the machine
    num_threads  None uses all cores; the table is the same for any number

    The columns value, lower, upper, valid_share and score are floats (NaN where empty), all others text ("" where
    empty). Raises urbiome.Error with the engine's sentence; Ctrl-C stops the work and leaves nothing half-written.
    """
    for name, number in (("memory", memory), ("num_threads", num_threads)):
        if number is not None and number < 1:
            raise ValueError(f"{name} is {number}; expected at least 1, or None for the default")
    table = _frame(
        _urbiome.assess(
            recipe=os.fspath(recipe),
            out="" if out is None else os.fspath(out),
            overwrite=overwrite,
            memory=memory or 0,
            num_threads=num_threads or 0,
        )
    )
    for name in table.columns:
        if name in _NUMBERS:
            table[name] = pandas.to_numeric(table[name], errors="raise").astype("float64")
        else:
            table[name] = ["" if cell is None else str(cell) for cell in table[name]]
    return table


def catalogue():
    """Every indicator this version computes: id, unit, range and what it tells, a row each."""
    return _frame(_urbiome.catalogue()).fillna("")
