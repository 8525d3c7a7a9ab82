"""The overlap of case definitions, as an UpSet figure: a column is a group of people who meet the same definitions."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from neuroimmune.diagnose.definitions import DEFINITIONS
from neuroimmune.diagnose.kleene import CANNOT_SAY, YES
from neuroimmune.diagnose.verdict import NOTICE, Results
from neuroimmune.errors import InputError
from neuroimmune.files import whole_file

_INK, _PALE, _BAND, _ACCENT = "#1d2b3a", "#cfd6dc", "#f3f5f7", "#2f6f8f"
_GREY = "#5a6670"
_LETTERS = 21  # of the footer, in an inch
_FORMATS = (".pdf", ".png", ".svg")
_MOST_COLUMNS = 16  # so that it fits the width of a page


def overlaps(results: Results, keys: Sequence[str]) -> Counter[tuple[str, ...]]:
    """How many people meet exactly these of some definitions, by questionnaires and without a recorded exclusion.

    >>> from neuroimmune.diagnose.practice import practice
    >>> from neuroimmune.diagnose.verdict import diagnose
    >>> sum(overlaps(diagnose(practice(50)), ["fukuda", "iom"]).values())
    50
    """
    met = np.array([results.cases(key) for key in keys]).reshape(len(keys), len(results))
    return Counter(tuple(np.array(keys, dtype=object)[person]) for person in met.T)


def shown(results: Results, among: Sequence[str] = ()) -> list[str]:
    """The definitions to draw: those of `among` that somebody meets, or all but subtypes of the commonest condition."""
    for key in among:
        results.check(key)
    met = [key for key in among or results.criteria if results.cases(key).any()]
    main = [key for key in met if not DEFINITIONS[key].part_of]
    conditions = Counter(DEFINITIONS[key].condition for key in main)
    return met if among else [k for k in main if DEFINITIONS[k].condition == conditions.most_common(1)[0][0]]


def draw(results: Results, path: Path, among: Sequence[str] = ()) -> None:
    """Draw the overlap into a PDF, PNG or SVG file.

    `among` names the definitions; by default it is the main ones of the condition that has most of them. Raises
    InputError when nobody meets a definition.
    """
    if path.suffix.lower() not in _FORMATS:
        raise InputError(f"a figure cannot be written as {path.name!r}; possible: {', '.join(_FORMATS)}")
    keys = shown(results, among)
    if not keys:
        raise InputError("nobody meets any definition, so there is no overlap to draw")
    chart = _draw(results, sorted(keys, key=lambda key: results.cases(key).sum()))  # the largest at the top
    with whole_file(path) as part:
        chart.savefig(part, format=path.suffix[1:].lower(), dpi=300)


def _draw(results: Results, keys: list[str]):
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    counts = overlaps(results, keys)
    totals = [int(results.cases(key).sum()) for key in keys]
    groups = [group for group, _ in counts.most_common() if group][:_MOST_COLUMNS]
    across, down = 0.2 * max(len(groups), 12), 0.22 * len(keys)
    chart = Figure(figsize=(across + 4.1, down + 2.5), layout=ConstrainedLayoutEngine(w_pad=0.08))
    grid = chart.add_gridspec(2, 2, width_ratios=(1.3, across), height_ratios=(1.25, down))
    text = chart.add_subplot(grid[0, 0])
    bars = chart.add_subplot(grid[0, 1])
    dots = chart.add_subplot(grid[1, 1], sharex=bars)
    sizes = chart.add_subplot(grid[1, 0], sharey=dots)
    _bars(bars, [counts[group] for group in groups])
    _dots(dots, keys, groups)
    _sizes(sizes, keys, totals)
    _counts(text, results, keys, counts[()], sum(counts[group] for group in counts if group and group not in groups))
    conditions = ", ".join(dict.fromkeys(DEFINITIONS[key].condition for key in reversed(keys)))
    chart.suptitle(
        f"Who meets which definition of {conditions}", x=0.01, ha="left", fontsize=10, fontweight="bold", color=_INK
    )
    chosen = [choice for choice in results.variants.split(" ") if choice.partition(".")[0] in keys]
    variants = f"Variants: {', '.join(chosen)}. " if chosen else ""
    foot = f"{NOTICE} {variants}neuroimmune {version('neuroimmune')}."
    foot = textwrap.fill(foot, int(_LETTERS * chart.get_figwidth()))
    chart.supxlabel(foot, x=0.01, ha="left", fontsize=6.5, color=_GREY)
    return chart


def _counts(axes, results: Results, keys: list[str], nobody: int, elsewhere: int) -> None:
    """Beside the bars: of how many people, and what became of those who are in none."""
    from matplotlib.transforms import blended_transform_factory

    met = np.any([results.cases(key) for key in keys], axis=0)
    excluded = np.any([results.criteria[key] == YES for key in keys], axis=0) & ~met
    unknown = np.any([results.criteria[key] == CANNOT_SAY for key in keys], axis=0) & ~met & ~excluded
    unit = "rows" if results.answers.occasions else "people"
    reasons = ((int(excluded.sum()), "by a recorded exclusion"), (int(unknown.sum()), "for want of answers"))
    lines = [f"{len(results):,} {unit}", f"{nobody:,} meet none of these" + ":" * any(count for count, _ in reasons)]
    lines += [f"  {count:,} {reason}" for count, reason in reasons if count]
    lines += [f"{elsewhere:,} are in smaller groups"] * bool(elsewhere)
    place = blended_transform_factory(axes.figure.transFigure, axes.transAxes)
    told = axes.text(0.01, 0.98, "\n".join(lines), fontsize=7.5, va="top", color=_INK, transform=place)
    told.set_in_layout(False)
    axes.set_axis_off()


def _bars(axes, heights: list[int]) -> None:
    axes.bar(range(len(heights)), heights, width=0.62, color=_INK)
    for place, height in enumerate(heights):
        axes.annotate(
            f"{height:,}", (place, height), (0, 2), textcoords="offset points", ha="center", fontsize=7, color=_INK
        )
    axes.set_title("how many meet exactly these", fontsize=8, color=_INK, loc="left", pad=10)
    _bare(axes)
    axes.tick_params(axis="y", labelleft=False)


def _dots(axes, keys: list[str], groups: list[tuple[str, ...]]) -> None:
    for row in range(0, len(keys), 2):
        axes.axhspan(row - 0.5, row + 0.5, color=_BAND, zorder=0)
    for column, group in enumerate(groups):
        rows = [row for row, key in enumerate(keys) if key in group]
        axes.scatter([column] * len(keys), range(len(keys)), s=18, color=_PALE, zorder=1, linewidths=0)
        axes.plot([column, column], [rows[0], rows[-1]], color=_INK, lw=1.3, zorder=2)
        axes.scatter([column] * len(rows), rows, s=22, color=_INK, zorder=3, linewidths=0)
    axes.set_ylim(-0.5, len(keys) - 0.5)
    axes.set_xlim(-0.6, max(len(groups), 12) - 0.4)
    _bare(axes)
    axes.tick_params(axis="y", labelleft=False, left=False)


def _sizes(axes, keys: list[str], totals: list[int]) -> None:
    axes.barh(range(len(keys)), totals, height=0.62, color=_ACCENT)
    for row, total in enumerate(totals):
        axes.annotate(
            f"{total:,}",
            (total, row),
            (-3, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=7,
            color=_INK,
        )
    axes.set_xlim(max(totals) * 1.4, 0)
    axes.set_yticks(range(len(keys)), [DEFINITIONS[key].name for key in keys], fontsize=8, color=_INK)
    axes.set_xlabel("how many meet it", fontsize=8, color=_INK, loc="right")
    _bare(axes)


def _bare(axes) -> None:
    axes.tick_params(axis="x", bottom=False, labelbottom=False)
    axes.tick_params(axis="y", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
        spine.set_color(_PALE)
