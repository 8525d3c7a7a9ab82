"""Figures that a journal would take: one column wide, units on every axis, colours that the colour-blind tell apart."""

import io
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from neuroimmune.course import Course
from neuroimmune.errors import InputError
from neuroimmune.files import whole_file

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

COLUMN = 3.5  # inches: 89 mm
MODEL, MEASURED, OTHER = "#0072B2", "#D55E00", "#009E73"  # Okabe and Ito
LEGEND = 60  # letters that fit a line of the legend
STYLE: dict[Any, Any] = {
    "font.size": 7, "axes.titlesize": 7, "axes.labelsize": 7, "legend.fontsize": 6,
    "xtick.labelsize": 6, "ytick.labelsize": 6, "axes.spines.top": False, "axes.spines.right": False,
    "axes.linewidth": 0.6, "lines.linewidth": 1.1, "xtick.major.width": 0.6, "ytick.major.width": 0.6,
    "svg.fonttype": "none", "pdf.fonttype": 42,
}  # fmt: skip
NAMES = {
    "tnf": "TNF", "il6": "IL-6", "il8": "IL-8", "il10": "IL-10", "acth": "ACTH", "crp": "CRP", "crh": "CRH",
    "temperature": "Temperature rise", "cortisol_saliva": "Salivary cortisol", "rmssd": "RMSSD",
    "tspo": "TSPO signal", "pain_threshold": "Pressure pain threshold", "sickness": "Flu-like symptoms",
    "airway_titre": "Virus in the nose", "ebv_titre": "EBV in the throat",
    "held": "What keeps up illness", "post_exertional_malaise": "Post-exertional malaise",
    "envelope": "Exertion without debt", "vo2_peak": "Oxygen uptake at most",
    "post_exertional": "Post-exertional signal",
    "alt": "ALT", "igg": "IgG", "b_cells": "B cells", "infection_hazard": "Hazard of infection",
    "ebv_blood": "Memory B cells with EBV", "ebv_killers": "Killer T cells against EBV",
}  # fmt: skip
MARKERS = "osD^vP*X"
UNITS = {"kelvin": "K", "1": "relative", "hour": "h", "1/minute": "per minute"}
SYMPTOMS = (
    "fatigue", "sickness", "sleepiness", "negative_mood", "post_exertional_malaise", "unrefreshing_sleep",
    "cognitive_difficulty", "orthostatic_intolerance", "pain", "functional_symptoms",
)  # fmt: skip
AXES: dict[str, str] = dict.fromkeys(SYMPTOMS, "0 to 100") | {"envelope": "share of the most"}
AXES |= dict.fromkeys(("airway_titre", "ebv_titre"), "log10, 0: none") | {"ebv_blood": "share"}
MONTHS = 60 * 24.0  # hours from which on days blur, so that their means are drawn


class Line(NamedTuple):
    """A course to draw: from the hour `zero`, called `since`, with the `measured` points that belong to it."""

    course: Course
    zero: float = 0.0
    since: str = "midnight"
    measured: "pd.DataFrame | None" = None
    name: str = ""


def plot_course(
    course: Course,
    names: Sequence[str],
    *,
    zero: float = 0.0,
    since: str = "midnight",
    measured: "pd.DataFrame | None" = None,
    path: str | Path | None = None,
) -> "Figure":
    """A panel for each name, over hours (or days, of more than three) from the hour `zero`, called `since`.

    `measured` are rows with study, quantity, time_h after `zero`, value, rise, sd and checked, drawn over the curves: a
    marker for each study, hollow where the number is not verified. A panel with points ends soon after the last; the
    others show the whole course. Raises `InputError` if there is nothing to draw, `SavedFileError` if `path` cannot be
    written.
    """
    return plot_lines([Line(course, zero, since, measured)], names, path)


def plot_lines(lines: Sequence[Line], names: Sequence[str], path: str | Path | None = None) -> "Figure":
    """The same for courses side by side: each in its own colour, counted from its own zero."""
    import matplotlib
    from matplotlib.ticker import MultipleLocator

    if not names:
        raise InputError("there is nothing to draw: the course holds no variables")
    columns = min(2, len(names))
    rows = -(-len(names) // columns)
    studies = dict.fromkeys(study for line in lines if line.measured is not None for study in line.measured.study)
    markers = dict(zip(studies, itertools.cycle(MARKERS), strict=False))
    since = lines[0].since if len({line.since for line in lines}) == 1 else "each began"
    with matplotlib.rc_context(STYLE):
        handles = _handles(lines, markers)
        texts = [str(handle.get_label()) for handle in handles]
        beside = 2 if len(texts) > 1 and max(map(len, texts)) <= LEGEND // 2 else 1
        height = 1.2 * rows + 0.2 + 0.11 * (-(-len(texts) // beside) + sum(text.count("\n") for text in texts))
        figure = new_figure(COLUMN, height)
        axes = figure.subplots(rows, columns, squeeze=False)
        for axis, name in zip(axes.flat, names, strict=False):
            last = max(_end(line, name) for line in lines)
            unit, scale = ("days", 24.0) if last > 72 else ("h", 1.0)
            for line, (curve, points) in zip(lines, _colours(len(lines)), strict=False):
                _curve(axis, line, name, scale, last, curve, 2.2 if line is not lines[-1] else 1.1)  # none is hidden
                if line.measured is not None:
                    for study, some in line.measured.loc[line.measured["quantity"] == name].groupby("study"):
                        _points(axis, some, markers[study], scale, points)
            axis.set_title(_title(name), loc="left", pad=2)
            variable = lines[0].course.variables[name]
            axis.set_ylabel(AXES.get(name, UNITS.get(variable.unit, variable.unit)))
            axis.set_xlabel(f"{'Days' if unit == 'days' else 'Hours'} since {since}", labelpad=1)
            axis.xaxis.set_major_locator(MultipleLocator(_ticks(last / scale, unit)))
            first = min(line.course.times[0] - line.zero for line in lines)
            axis.set_xlim(max(first, -0.08 * last) / scale, last / scale)
        for axis in axes.flat[len(names) :]:
            axis.set_visible(False)
        figure.legend(
            handles=handles, loc="outside lower center", ncols=beside, frameon=False,
            handlelength=1.2, columnspacing=1.0, labelspacing=0.2,
        )  # fmt: skip
        if path is not None:
            save_figure(figure, Path(path))
    return figure


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure of so many inches, which a notebook shows without pyplot."""
    from matplotlib.figure import Figure

    class NotebookFigure(Figure):
        """A figure that shows itself."""

        def _repr_png_(self) -> bytes:
            file = io.BytesIO()
            self.savefig(file, format="png", dpi=200)
            return file.getvalue()

    return NotebookFigure(figsize=(width, height), layout="constrained", dpi=300)


def _colours(lines: int) -> list[tuple[str, str]]:
    """Of each line, the colour of its curve and of its points: told apart by kind, or by line if there are several."""
    return [(MODEL, MEASURED)] if lines == 1 else [(MODEL, MODEL), (OTHER, OTHER)]


def save_figure(figure: "Figure", path: Path) -> Path:
    """Write a figure, whole or not at all; its kind follows from the name (.png, .pdf, .svg)."""
    kind = path.suffix.lstrip(".").lower()
    if kind not in ("png", "pdf", "svg"):
        raise InputError(f"a figure can be saved as .png, .pdf or .svg, not {path.name!r}")
    with whole_file(path) as part:
        figure.savefig(part, format=kind, dpi=300)
    return path


def _end(line: Line, name: str) -> float:
    """The last hour of a panel, from its zero."""
    whole = float(line.course.times[-1]) - line.zero
    rows = line.measured
    hours = [] if rows is None else rows.loc[rows["quantity"] == name, "time_h"].dropna().tolist()
    return min(whole, max(12.0 if whole > 24 else whole, 1.05 * max(hours))) if hours else whole


def _title(name: str) -> str:
    """A quantity as it is written in print; of a daily summary, which."""
    plain, _, reduction = name.rpartition("_")
    if plain in NAMES and reduction in ("mean", "min", "max"):
        return f"{NAMES[plain]}, daily {reduction}"
    return NAMES.get(name, name.replace("_", " ").capitalize())


def _ticks(span: float, unit: str) -> float:
    """A spacing of about four ticks that suits a clock, or a calendar."""
    spacings = (1, 2, 3, 6, 12, 24) if unit == "h" else (1, 2, 4, 7, 14, 30, 60, 90, 180, 360, 720)
    return next((n for n in spacings if span / n <= 5), spacings[-1])


def _curve(axis: "Axes", line: Line, name: str, scale: float, last: float, colour: str, width: float) -> None:
    seen = line.course.times <= line.zero + last
    hours, values = (line.course.times[seen] - line.zero) / scale, line.course.values[name][:, seen]
    if last > MONTHS:
        day = (line.course.times[seen] // 24).astype(int)
        firsts = np.flatnonzero(np.diff(day, prepend=-1))
        readings = np.diff(firsts, append=len(day))
        values, hours = (np.add.reduceat(each, firsts, axis=-1) / readings for each in (values, hours))
        whole = slice(None, -1 if readings[-1] < readings.max() else None)  # the last moment is no day
        values, hours = values[:, whole], hours[whole]
    if len(line.course) > 1:
        low, middle, high = np.nanpercentile(values, [5, 50, 95], axis=0)
        axis.fill_between(hours, low, high, color=colour, alpha=0.2, linewidth=0)
    else:
        middle = values[0]
    axis.plot(hours, middle, color=colour, linewidth=width)


def _points(axis: "Axes", mine: "pd.DataFrame", marker: str, scale: float, colour: str) -> None:
    for peak in mine.loc[mine["time_h"].isna(), "value"]:  # at a time that was not published
        axis.axhline(peak, color=colour, linestyle=":", linewidth=0.8)
    for verified, fill in ((True, colour), (False, "white")):
        some = mine.loc[((mine["checked"] == "verified") == verified) & mine["time_h"].notna()]
        if len(some):
            axis.errorbar(
                some["time_h"] / scale, some["value"], some["sd"].fillna(0), fmt=marker, ms=2.6, color=colour,
                mfc=fill, elinewidth=0.6, capsize=1.2, mew=0.6, alpha=0.85,
            )  # fmt: skip


def _handles(lines: Sequence[Line], markers: dict[str, str]) -> "list[Line2D]":
    from textwrap import fill

    from matplotlib.lines import Line2D

    from neuroimmune.evidence.sources import sources

    people = len(lines[0].course)
    who = f"median and 5 to 95 % of {people:,}" if people > 1 else "one usual person"
    blurred = any(_end(line, name) > MONTHS for line in lines for name in line.course.values)
    who += ", daily means" if blurred else ""
    handles = [
        Line2D([], [], color=curve, label=fill(f"{line.name or 'model'}, {who}", LEGEND))
        for line, (curve, _) in zip(lines, _colours(len(lines)), strict=False)
    ]
    tables = [line.measured for line in lines if line.measured is not None]
    colour = MEASURED if len(lines) == 1 else "0.3"
    for study, marker in markers.items():
        sds = any(rows.loc[rows["study"] == study, "sd"].notna().any() for rows in tables)
        label = f"{sources()[study].short}{', mean (SD)' if sds else ''}"
        handles.append(Line2D([], [], color=colour, marker=marker, ms=2.6, mew=0.6, linestyle="", label=label))
    if any(rows["time_h"].isna().any() for rows in tables):
        handles.append(Line2D([], [], color=colour, linestyle=":", linewidth=0.8, label="peak, time not published"))
    if any("rise" in rows and rows["rise"].notna().any() for rows in tables):
        handles.append(Line2D([], [], linestyle="", label="rises stand on the model's rest"))
    return handles
