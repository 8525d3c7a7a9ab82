"""Published human results that the model is held against, one row a published number.

`role` is set for a whole study before anything is fitted to it: `fit` may be fitted, `check` never. `checked` is
`verified` when someone has seen the number in a source; an `unverified` row is shown, neither fitted nor counted.

How values are compared: assays differ by a shift (the same blood of the 20 men reads TNF 1.1 pg/mL on one scale and
6.2 on another), so where a study gives its own value before the dose, the rise above that is held against the rise of
the model above its own rest (`rise`). Where it gives none, the value itself is (`rise` is missing). Rises and changes
are from just before zero, or from the hour `baseline_h` if a row has one, such as the same hour of a day before. On a
quiet day nothing rises: its values are held against values.
"""

from importlib.resources import files
from typing import TYPE_CHECKING

from neuroimmune.errors import InputError, nearest
from neuroimmune.evidence.statistics import UNTIMED

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "id", "study", "protocol", "settings", "quantity", "statistic", "time_h", "baseline_h", "value", "sd", "se",
    "reading", "n", "unit", "population", "doi", "role", "checked", "note",
)  # fmt: skip
SAME_CURVE = ["study", "protocol", "settings", "quantity", "statistic", "population"]


def target_sets() -> list[str]:
    """The names of the tables of targets."""
    folder = files("neuroimmune.evidence").joinpath("targets")
    return sorted(f.name.removesuffix(".csv") for f in folder.iterdir() if f.name.endswith(".csv"))


def all_targets() -> "pd.DataFrame":
    """Every table of targets below the other."""
    import pandas as pd

    return pd.concat([targets(name) for name in target_sets()], ignore_index=True)


def targets(name: str) -> "pd.DataFrame":
    """A table of published numbers, one row each, with `rise`: the value above that of the same curve before the dose.

    `sd` is between people, as published of the value itself; `se` is given only where no `sd` is. `reading` is the
    error with which a number was read off a figure, assumed to be 2 % of the curve's highest.
    Raises `InputError` on an unknown name.

    >>> rows = targets("endotoxin").query("study == 'dobreva2021' and quantity == 'tnf' and time_h == 2")
    >>> float(rows["value"].iloc[0]), round(float(rows["rise"].iloc[0]), 3)
    (334.747, 333.629)
    """
    import pandas as pd

    if name not in target_sets():
        raise InputError(f"no targets {name!r}{nearest(name, target_sets())}")
    with files("neuroimmune.evidence").joinpath("targets", f"{name}.csv").open(encoding="utf-8") as file:
        rows = pd.read_csv(file, dtype={"note": str, "doi": str, "settings": str}, keep_default_na=True).fillna(
            {"settings": ""}
        )
    values = rows.loc[~rows["statistic"].isin(UNTIMED)].groupby([*SAME_CURVE, "time_h"])["value"].mean()
    own = [*(rows[column] for column in SAME_CURVE), rows["baseline_h"].fillna(0.0)]
    rise = rows["value"] - values.reindex(pd.MultiIndex.from_arrays(own)).to_numpy()
    rows["rise"] = rise.where(rows["protocol"] != "quiet-day")
    return rows


def treatment_targets() -> "pd.DataFrame":
    """Published courses of drugs and of what they do, one row a number, in the columns of `evidence.targets`.

    `settings` is a schedule (see `neuroimmune.schedule`), after "placebo of" where nothing acted; hours count from the
    first dose. `plasma` and `metabolite` are those of the drug.

    >>> rows = treatment_targets()
    >>> rows.query("study == 'mckenzie1998'").role.unique().tolist()
    ['check']
    """
    import pandas as pd

    with files("neuroimmune.evidence").joinpath("treatments", "pharmacology.csv").open(encoding="utf-8") as file:
        rows = pd.read_csv(file, dtype={"note": str, "doi": str, "settings": str})
    return rows.fillna({"settings": "", "note": "", "population": ""}).assign(rise=float("nan"))


def illness_targets() -> "pd.DataFrame":
    """Published numbers about illness, one row each, in the columns of `evidence.targets`.

    `time_h` counts from onset, or from infection in cohorts that do not wait for it.

    >>> rows = illness_targets()
    >>> rows.query("study == 'katz2009' and quantity == 'cfs_fukuda' and statistic == 'percent ill'").value.tolist()
    [13.0, 7.0, 4.0]
    """
    import pandas as pd

    folder = files("neuroimmune.evidence").joinpath("illness")
    tables = []
    for path in sorted((p for p in folder.iterdir() if p.name.endswith(".csv")), key=lambda p: p.name):
        with path.open(encoding="utf-8") as file:
            tables.append(pd.read_csv(file, dtype={"note": str, "doi": str, "settings": str}))
    rows = pd.concat(tables, ignore_index=True).fillna({"settings": "", "note": "", "population": ""})
    return rows.assign(rise=float("nan"))
