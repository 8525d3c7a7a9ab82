"""What fits have left open: draws of the parameters, a row a draw."""

from importlib.resources import files
from typing import TYPE_CHECKING

from neuroimmune.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def posterior(leave_out: str = "") -> "pd.DataFrame":
    """What fits have left open: a row a draw.

    A column is a parameter, `spread:parameter`, or `scale:study:quantity` (its logarithm).

    Tables in `evidence/posterior` are joined by row number, but for one to `leave_out` by name. Raises `InputError` if
    there are none, or they do not fit together.
    """
    import pandas as pd

    folder = files("neuroimmune.evidence").joinpath("posterior")
    names = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []
    paths = [name for name in names if name.endswith(".csv") and name != f"{leave_out}.csv"]
    if not paths:
        raise InputError("there are no tables of draws in evidence/posterior: run the fits (neuroimmune.calibrate)")
    tables = []
    for name in paths:
        with folder.joinpath(name).open(encoding="utf-8") as file:
            tables.append(pd.read_csv(file))
    joined = pd.concat(tables, axis=1)
    twice = sorted(set(joined.columns[joined.columns.duplicated()]))
    if twice or joined.isna().any(axis=None):
        raise InputError(
            f"the tables of draws {', '.join(paths)} must have as many rows each and no column twice"
            f"{': ' + ', '.join(twice) if twice else ''}"
        )
    return joined
