"""Figures of treatments: exposure, targets and what is watched; and twins in many worlds."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from neuroimmune.cards import Example
from neuroimmune.course import Course
from neuroimmune.plot import COLUMN, MODEL, OTHER, STYLE, new_figure, save_figure
from neuroimmune.systems.targets import TARGETS
from neuroimmune.treatment import CELLS, Treatment
from neuroimmune.twins import ASKED, OUTCOMES, Twins

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")  # Okabe and Ito
# What is drawn if treatment moves it by more than a fiftieth: read at which hour of the day, and called what.
WATCHED = {
    "acth": (8, "ACTH, 08:00"), "cortisol": (8, "Cortisol, 08:00"), "adrenal_mass": (8, "Adrenal mass"),
    "b_cells": (8, "B cells"), "igg": (8, "IgG"), "nk_cytotoxicity": (8, "NK killing"), "crp": (8, "CRP"),
    "neutrophils": (8, "Neutrophils"), "alt": (8, "ALT"), "heart_rate": (14, "Heart rate, 14:00"),
    "infection_hazard": (8, "Hazard of infection"), "vo2_peak": (8, "Oxygen uptake at most"),
    "activity": (14, "Activity"), "training": (8, "Activity of past weeks"),
}  # fmt: skip
MOVED = 0.02
TITLES = {
    "gr_agonist": "Steroid at GR", "mr_agonist": "MR taken", "tnf_blocked": "TNF blocked",
    "il1_blocked": "IL-1 blocked",
    "b_cell_killing": "CD20 taken", "plasma_cell_killing": "CD38 taken", "fcrn_blocked": "FcRn blocked",
    "mtor_blocked": "mTOR blocked", "cox_blocked": "COX-2 blocked", "cox1_blocked": "COX-1 blocked",
    "tlr3_agonist": "TLR3 taken", "alpha2_agonist": "Alpha-2 receptors taken",
}  # fmt: skip
WIDTH = 60  # letters of a schedule that fit a line above a figure
HOURLY = 4.0  # days up to which a figure counts hours


class Panel(NamedTuple):
    """One panel: its title, the label of its axis, hours, and lines over them."""

    title: str
    label: str
    hours: np.ndarray
    lines: dict[str, np.ndarray]


def plot_card(treatment: Treatment, example: Example, path: Path | None = None) -> "Figure":
    """Exposure, how far targets are reached, and what is watched relative to the same person without, over time."""
    import matplotlib

    panels = list(_panels(treatment, example))
    with matplotlib.rc_context(STYLE):
        figure = new_figure(COLUMN, 1.45 * len(panels) + 0.2)
        for axis, panel in zip(figure.subplots(len(panels), 1, squeeze=False)[:, 0], panels, strict=True):
            scale, unit = (1.0, "Hours") if panel.hours[-1] <= 24 * HOURLY else (24.0, "Days")
            for (name, values), colour in zip(panel.lines.items(), COLOURS, strict=False):
                axis.plot(panel.hours / scale, values, color=colour, label=name)
            axis.set_title(panel.title, loc="left", pad=2)
            axis.set_ylabel(panel.label)
            axis.set_xlabel(f"{unit} since the first midnight", labelpad=1)
            axis.set_xlim(0, panel.hours[-1] / scale)
            if name_needed(panel):
                low, high = axis.get_ylim()
                axis.set_ylim(low, high + (0.16 + 0.14 * ((len(panel.lines) + 1) // 2)) * (high - low))
                axis.legend(
                    frameon=False, ncols=2, handlelength=1.0, columnspacing=0.8, labelspacing=0.2, loc="upper right",
                    borderaxespad=0.0,
                )  # fmt: skip
        figure.suptitle(fill(treatment.file.example, WIDTH), fontsize=7, x=0.01, ha="left")
        if path is not None:
            save_figure(figure, path)
    return figure


def name_needed(panel: Panel) -> bool:
    """Whether the title of a panel does not already say what its line is."""
    return len(panel.lines) > 1 or not panel.title.lower().startswith(tuple(n.lower() for n in panel.lines))


def _panels(treatment: Treatment, example: Example) -> Iterator[Panel]:
    close, whole = example.first or example.whole, example.whole
    file = treatment.file
    if treatment.is_drug and file.kinetics is not None and file.kinetics.clearance is not None:
        where = "in the lung" if treatment.amount == CELLS else "in plasma"
        plasma = close.values[f"{treatment.slot}_plasma"][0]
        yield Panel(f"{file.title} {where}", treatment.units.plasma, close.times, {file.title: plasma})
    elif treatment.is_drug:
        yield Panel("Cortisol", "nmol/L", close.times, {"Cortisol": close.values["cortisol"][0]})
    if file.metabolite is not None:
        name = file.metabolite.name[:1].upper() + file.metabolite.name[1:]
        found = whole.values[f"{treatment.slot}_metabolite"][0]
        yield Panel(name, file.metabolite.unit, whole.times, {name: found})
    slow = whole if file.metabolite is not None and treatment.drug.metabolite_acts else close
    reached = {t: slow.values[f"reached_{t}"][0] for t in TARGETS}
    reached = {t: values for t, values in reached.items() if np.ptp(values) > 1e-6}
    shares = {_title(t): v for t, v in reached.items() if TARGETS[t].range}
    if shares:
        yield Panel("Targets reached", "share", slow.times, shares)
    for target in (t for t in reached if not TARGETS[t].range):
        name, unit = _title(target), TARGETS[target].unit
        yield Panel(name, "× usual cortisol" if unit == "1" else unit, slow.times, {name: reached[target]})
    signal = whole.values["post_exertional"][0]
    if signal.max() > 0.02:
        yield Panel("Post-exertional signal", "relative", whole.times, {"Post-exertional signal": signal})
    moved = _moved(whole, example.without)
    if moved:
        yield Panel("What is watched, relative to the same person without", "relative", whole.times, moved)
    if not (treatment.is_drug or shares or moved):
        yield Panel("Activity", "relative", whole.times, {"Activity": whole.values["activity"][0]})


def _title(target: str) -> str:
    return TITLES.get(target, target.replace("_", " ").capitalize())


def _moved(course: Course, other: Course) -> dict[str, np.ndarray]:
    """What treatment moves, at its hour of each day, relative to the same person without, at the saved times."""
    found = {}
    for name, (hour, title) in WATCHED.items():
        at = np.isclose(course.times % 24.0, hour)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = course.values[name][0, at] / other.values[name][0, at]
        if at.any() and np.isfinite(ratio).all() and np.abs(ratio - 1.0).max() > MOVED:
            found[title] = np.interp(course.times, course.times[at], ratio)
    largest = sorted(found, key=lambda n: -np.abs(np.log(np.maximum(found[n], 1e-3))).max())
    return {name: found[name] for name in largest[: len(COLOURS)]}


def plot_twins(twins: Twins, path: Path | None = None) -> "Figure":
    """Fatigue of both twins, and the difference of each outcome, over worlds."""
    import matplotlib

    with matplotlib.rc_context(STYLE):
        figure = new_figure(COLUMN, 3.6)
        above, below = figure.subplots(2, 1, height_ratios=(1.2, 1.0))
        days = twins.treated.times / 24.0
        for course, colour, name in ((twins.twin, OTHER, "twin"), (twins.treated, MODEL, "treated")):
            low, middle, high = np.percentile(course.values["fatigue"], [5, 50, 95], axis=0)
            above.fill_between(days, low, high, color=colour, alpha=0.2, linewidth=0)
            above.plot(days, middle, color=colour, label=name)
        for course in twins.courses:
            above.axvspan(course.first, min(course.last, days[-1]), color="0.9", zorder=-1)
        above.set_title(f"Fatigue at {ASKED}:00 in {twins.worlds} worlds", loc="left", pad=2)
        above.set_ylabel("0 to 100")
        above.set_xlabel("Days; median and 5 to 95 %; grey: treatment", labelpad=1)
        above.legend(frameon=False, loc="best", ncols=2)
        _boxes(below, twins)
        if path is not None:
            save_figure(figure, path)
    return figure


def _boxes(axis: "Axes", twins: Twins) -> None:
    names = list(OUTCOMES)
    every: list[Any] = [twins.differences[name] for name in names]
    for row, found in enumerate(every):
        low, first, middle, third, high = np.quantile(found, [0.05, 0.25, 0.5, 0.75, 0.95])
        axis.plot([low, high], [row, row], color=MODEL, linewidth=0.8)
        axis.plot([first, third], [row, row], color=MODEL, linewidth=3.0, solid_capstyle="butt")
        axis.plot([middle], [row], marker="|", color="black", ms=6)
    axis.axvline(0.0, color="0.5", linewidth=0.6, zorder=-1)
    axis.set_yticks(range(len(names)), [name.replace("_", " ").replace("post ", "post-") for name in names])
    axis.invert_yaxis()
    widest = max(1.0, *(float(np.abs(found).max()) for found in every))
    axis.set_xlim(-1.1 * widest, 1.1 * widest)
    axis.set_title("Treated less twin, last four weeks", loc="left", pad=2)
    axis.set_xlabel("of 100; bar: half, line: 90 % of worlds")


def names_to_show(courses: Sequence[Any]) -> list[str]:
    """Exposure and targets of some courses, worth drawing beside the protocol's own."""
    shown = []
    for course in courses:
        treatment = course.treatment
        if treatment.is_drug:
            own = treatment.file.kinetics.clearance is not None
            shown.append(f"{treatment.slot}_plasma" if own else "cortisol")
            shown += [f"{treatment.slot}_metabolite"] if treatment.file.metabolite else []
        shown += [f"reached_{t}" for t in treatment.targets if t in TARGETS]
    return list(dict.fromkeys(shown))
