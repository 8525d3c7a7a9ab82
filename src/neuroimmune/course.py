"""The result of a simulation: named series with units, of one person or many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from neuroimmune.errors import InputError, nearest

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Variable:
    """Unit and meaning of one series."""

    unit: str
    meaning: str


class Course:
    """What became of people: `course["il6"]` is an `xarray.DataArray` (person, time) with its unit.

    `times` are hours since the first midnight; `values[name]` has shape (people, times); `failed` tells for each person
    whose solution failed the hour and why (they are NaN from there on); `not_at_rest` names those for whom no resting
    day was found to start from; `provenance` is what the result was made of.
    """

    def __init__(
        self, times: np.ndarray, values: Mapping[str, np.ndarray], variables: Mapping[str, Variable],
        people: np.ndarray, failed: Mapping[int, tuple[float, str]],
        not_at_rest: Sequence[int], provenance: Mapping[str, Any],
    ) -> None:  # fmt: skip
        self.times, self.values, self.variables, self.people = times, values, dict(variables), people
        self.failed, self.not_at_rest, self.provenance = dict(failed), list(not_at_rest), dict(provenance)

    @cached_property
    def dataset(self) -> "xr.Dataset":
        """Everything as an `xarray.Dataset` with dimensions person and time."""
        import xarray as xr

        return xr.Dataset(
            {
                n: (("person", "time"), v, {"units": self.variables[n].unit, "long_name": self.variables[n].meaning})
                for n, v in self.values.items()
            },
            {
                "person": self.people,
                "time": ("time", self.times, {"units": "hour", "long_name": "time since the first midnight"}),
            },
            dict(self.provenance),
        )

    def __getitem__(self, name: str) -> "xr.DataArray":
        self._check(name)
        return self.dataset[name]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def __len__(self) -> int:
        return len(self.people)

    def __repr__(self) -> str:
        who = f"{len(self)} people" if len(self) > 1 else "1 person"
        lost = f"\n{len(self.failed)} failed: {sorted(self.failed)[:10]}" if self.failed else ""
        when = f"{self.times[0]:g} to {self.times[-1]:g} hours"
        return f"<course of {who}, {when}, protocol {self.provenance['protocol']}: {', '.join(self.values)}>{lost}"

    def _repr_html_(self) -> str:
        return self.dataset._repr_html_()

    def _check(self, name: str) -> None:
        if not isinstance(name, str):
            raise InputError(f"a course gives one variable by its name, not {name!r}; course.dataset gives several")
        if name not in self.values:
            raise InputError(f"the course holds no {name!r}{nearest(name, self.values)}")

    def to_dataframe(self) -> "pd.DataFrame":
        """A table with a row for each person and time, a column for each variable; units in `.attrs["units"]`.

        >>> import neuroimmune as ni
        >>> ni.simulate(ni.Body(), days=1, every=12, keep=["il6"]).to_dataframe().shape
        (3, 1)
        """
        table = self.dataset.to_dataframe()
        table.attrs = {"units": {name: v.unit for name, v in self.variables.items()}}
        return table

    def plot(self, names: str | Sequence[str] = (), path: str | Path | None = None) -> "Figure":
        """A figure with a panel for each name (all, if none is given); of many people their median and 5 to 95 % range.

        It is saved if `path` is given.
        """
        from neuroimmune.plot import plot_course

        names = [names] if isinstance(names, str) else names
        for name in names:
            self._check(name)
        return plot_course(self, list(names) or list(self.values), path=path)

    def save(self, path: str | Path) -> Path:
        """Write everything to one file: a Zarr store in a zip, complete or not there at all.

        Raises `SavedFileError` if it cannot be written, saying why; `neuroimmune.load` reads it back.
        """
        from neuroimmune.storage import save_course

        return save_course(self, Path(path))
