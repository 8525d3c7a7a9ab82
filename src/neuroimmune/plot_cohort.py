"""The figure of a cohort: how many are still ill, with bands, and what cohorts of real people found."""

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from neuroimmune.cohorts import MONTH, SURVEYED, SURVEYED_AFTER, WEEKS_A_MONTH, History, bands, week_of
from neuroimmune.evidence.sources import sources
from neuroimmune.evidence.targets import illness_targets
from neuroimmune.plot import COLUMN, MARKERS, MEASURED, MODEL, OTHER, STYLE, new_figure, save_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

LABELS = {
    "postinfective_fatigue": "New lasting fatigue", "cfs_fukuda": "CFS, 1994", "iom": "ME/CFS, IOM 2015",
    "mecfs": "ME/CFS, either",
    "pem": "Post-exertional malaise",
}  # fmt: skip
DODGE = 0.35  # months between points that would hide each other, in two years
STUDY = 250  # people of a simulated study, whose shares the band holds, where no cohort says


def observed_shares(history: History) -> "pd.DataFrame":
    """What cohorts of real people found, as long as this one is followed, by its definitions; of `illness_targets`.

    A community that is followed for twelve years is held against surveys at its end.
    """
    rows = illness_targets()
    if history.name == SURVEYED and history.last_week >= week_of(SURVEYED_AFTER):
        surveys = rows.protocol.eq("population") & rows.population.str.endswith(" all")
        rows = rows.assign(protocol=rows.protocol.mask(surveys, SURVEYED), time_h=168.0 * week_of(SURVEYED_AFTER))
    mine = rows.protocol.eq(history.name) & rows.statistic.eq("percent ill")
    followed = rows.time_h <= 168.0 * (history.last_week + 0.5)
    return rows.loc[mine & followed & rows.quantity.isin(history.cohort.definitions)]


def plot_cohort(history: History, path: str | Path | None = None) -> "Figure":
    """A panel for each definition: the share ill over months, 95 % of studies of as many people, cohorts' points.

    A hollow point is a number that nobody has seen in a source.
    """
    import matplotlib
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MultipleLocator

    rows, weeks = observed_shares(history), np.arange(MONTH, history.last_week + 1, 2)
    definitions = history.cohort.definitions
    sizes = rows.groupby("quantity").n.median().dropna().to_dict()
    studies = dict(zip(dict.fromkeys(rows.study), itertools.cycle(MARKERS), strict=False))
    with matplotlib.rc_context(STYLE):
        figure = new_figure(COLUMN, 1.45 * len(definitions) + 0.35)
        axes = figure.subplots(len(definitions), 1, squeeze=False, sharex=True)[:, 0]
        since = "onset" if history.cohort.from_onset else "infection" if history.cohort.protocol else "the start"
        for axis, definition in zip(axes, definitions, strict=True):
            n = int(min(sizes.get(definition, STUDY), 2000))
            low, middle, high = bands(history, definition, weeks, n)
            months = weeks / WEEKS_A_MONTH
            axis.fill_between(months, low, high, color=MODEL, alpha=0.2, linewidth=0)
            axis.plot(months, 100.0 * history.ill(definition, weeks).mean(0), color=MODEL)
            mine = rows.loc[rows.quantity == definition]
            beside = (
                DODGE
                * max(months[-1] / 24.0, 1.0)
                * (mine.groupby("time_h").cumcount() - (mine.groupby("time_h").id.transform("count") - 1) / 2)
            )
            for row, shift in zip(mine.itertuples(), beside, strict=True):
                colour = MEASURED if row.role == "check" else OTHER
                axis.errorbar(
                    row.time_h / (168.0 * WEEKS_A_MONTH) + shift, row.value, 1.96 * np.nan_to_num(row.se), color=colour,
                    fmt=studies[row.study], ms=3, mew=0.6, elinewidth=0.6, capsize=1.5, clip_on=False,
                    mfc=colour if row.checked == "verified" else "white",
                )  # fmt: skip
            axis.set_title(f"{LABELS[definition]} (band: studies of {n:,})", loc="left", pad=2)
            axis.set_ylabel("Share ill (%)")
            axis.set_ylim(0, max(1.0, axis.get_ylim()[1]))
            axis.set_xlim(0, 1.02 * months[-1])
            axis.xaxis.set_major_locator(MultipleLocator(24 if months[-1] > 48 else 6 if months[-1] > 12 else 2))
        axes[-1].set_xlabel(f"Months since {since}")
        handles = [Line2D([], [], color=MODEL, label=f"model, {int(history.enrolled.sum()):,} people")]
        for study, marker in studies.items():
            role = rows.loc[rows.study == study, "role"].iloc[0]
            colour = MEASURED if role == "check" else OTHER
            label = f"{sources()[study].short} ({'fitted' if role == 'fit' else 'never fitted'})"
            handles.append(Line2D([], [], color=colour, marker=marker, ms=3, linestyle="", label=label))
        if (rows.checked != "verified").any():
            handles.append(
                Line2D([], [], color="0.4", marker="o", mfc="white", ms=3, linestyle="", label="recalled, not seen")
            )
        figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False, handlelength=1.2)
        if path is not None:
            save_figure(figure, Path(path))
    return figure
