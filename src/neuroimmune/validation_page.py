"""The page of the validation table: `python -m neuroimmune.validation_page docs` writes it, with its figure."""

import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from neuroimmune.errors import InputError
from neuroimmune.evidence.sources import sources
from neuroimmune.files import whole_file
from neuroimmune.plot import COLUMN, MEASURED, MODEL, NAMES, STYLE, save_figure
from neuroimmune.validation import OUTSIDE, REFERENCE, UNINFORMATIVE, VERDICTS, Validation, headline, validate

if TYPE_CHECKING:
    import pandas as pd

FARTHEST = 4.0  # half-widths of the interval beyond which points are drawn at the edge
INTRODUCTION = f"""# Validation

Every published number that the model is held against, failures first. This page is written by `make validation`; the
same table, newly simulated, comes from `neuroimmune validate`.

The study of each number is simulated 1,000 times: as many people as it had, who differ as people do, drawn with the
uncertainty that is left in the parameters, read with the noise of one reading and the scale of one laboratory, and
summarised as the paper did. What is observed is *inside* if it is among 95 % of these simulated studies. The vote is
that of a **curve**: all points of one study and quantity at once, for which the band is made so wide that 95 % of the
simulated studies lie wholly inside. Immunoassays are judged by the level of their points and by their shape, because
the scale of a laboratory is unknown within a third, a fifth for cortisol.

- **fit** studies may have been used to fit the model; **check** studies never were. So the line of `check` tells what
  the model is worth.
- **Coverage** is the share of curves that are inside, with its 95 % interval (Wilson). It should be near 95 %, not
  100 %.
- **Sharpness** is the width of an interval over its width from sampling alone, with all parameters at their best
  values. Above {UNINFORMATIVE:g}, what is inside is called *uninformative* and does not count as inside: a vague
  prediction is never a success.
- **Share** is that of the simulated studies that are at least as far off as the observed one; a curve is outside at
  {OUTSIDE:.0%} or less, and *borderline* where other random numbers could change that.
- Nothing is granted to the equations: an interval holds people, noise, the laboratory and what is left open in the
  parameters.
- **Skill** is 1 less the error (CRPS) relative to a forecast without mechanism: the nearest fitted curve of another
  study, or no change. Above 0 is better than that, 1 is perfect.

A number that nobody has yet seen in a source (*unverified*), that has no known number of people, or that the model
cannot show, stands in the table without a vote.
"""
LIMITS = """## What this cannot tell

- Noise within a person and the scale of a laboratory are mostly assumed; `evidence/noise.toml` has them. More noise
  makes intervals wider.
- A study of more people than the pool holds of one draw (128) is simulated with 128: studies of thousands differ by
  more than who is in them.
- Fits follow one another (cytokines, stress axis, the rest), each with the ones before at their best numbers; their
  draws are joined by row, so what they have in common is not in the intervals.
- Fitted curves of influenza and mononucleosis say less than the others: numbers were set to them by hand, few by few. A
  curve near 5 % changes sides with the random numbers; so the counts above move by one or two.
- Some priors and exponents were chosen after a look at fitted rows; the pages of the fits say which. nunan2010, a
  check, is also the source of RMSSD at rest, and says nothing new.
- Asleep the model's heart slows by about three tenths, more than most nights that were measured; no fitted row says.
- Who took part is simulated as anyone: age, sex, training and eligibility are not.
- Of illness: the ill of the clinic are those who meet a definition a year after infection, most of them after
  mononucleosis, while real clinics see people ill for years, referred, and mostly women. A study of people of the
  cohorts comes from ten of fifty draws of the fit; a meta-analysis without a number of people is judged by its own
  standard error; "sign of the difference" is whether a test of so many people is significant, and in which direction.
- Of drugs only what people differ in is drawn, not how uncertain a drug's numbers are, so these intervals are narrow:
  of curves that miss, most are off by a tenth to a third. All weigh 70 kg and wake at seven. A study's `fit` means that
  a number of the drug comes from it, by its abstract, mostly by hand.
- Some studies of role check also gave a prior of a number that no row tells (nelson2019, tak2011, lim2020cpet, chu2018,
  charlton2025, katz2014 of NK cells); and not every row of role fit was fitted: of fibromyalgia's cytokines, prevalence
  and RECOVER's post-exertional malaise none was. docs/fit-illness.md lists those that were, and says which choices
  were made with verdicts known, of role check too: above all katz2009 is no clean test.
- The noise of two readings is drawn apart, however near they are; pulses of hormones last longer than ten minutes. Two
  markers of one thing at one hour (harma1994) are one reading here.
"""


def explanations() -> dict[str, str]:
    """The best explanation of each curve that is outside, by "study quantity"."""
    import tomllib

    return tomllib.loads(files("neuroimmune.evidence").joinpath("explanations.toml").read_text(encoding="utf-8"))


def page(found: Validation) -> str:
    """The whole page as Markdown, numbers with two digits so that other machines write the same."""
    known, votes = explanations(), found.curves.loc[found.curves.share.notna()]
    parts = [INTRODUCTION, "## Result", *(f"- {line}" for line in headline(found))]
    parts.append("\n![How far observed numbers lie from the middle of simulated studies](validation.png)\n")
    parts.append(
        "A line is a curve, crossed if outside; a point is a number, in its own 95 % interval (grey) or not.\n"
    )
    outside: Any = votes.loc[votes.verdict == "outside"]
    parts.append("## Failures\n")
    for curve in outside.itertuples():
        why = known.get(f"{curve.study} {curve.quantity}", "Not yet explained.")
        parts.append(
            f"- **{curve.study}, {curve.quantity}** ({curve.role}; {_points(curve)}{_borderline(curve)}). {why}"
        )
    others = votes.loc[votes.verdict != "outside"]
    parts.append("\n## Other curves\n\n" + _table(others, ("study", "quantity", "role", "points", "share", "verdict")))
    parts.append(f"\n{LIMITS}\n## Every published number\n")
    parts.append("Where a study gives its own value before, numbers are rises above it.\n")
    parts += [f"- *{verdict}*: {meaning}." for verdict, meaning in VERDICTS.items()]
    rows = found.rows.assign(
        study=found.rows.study + found.rows.settings.map(lambda text: f" ({text})" if text else ""),
        statistic=found.rows.statistic + found.rows.time_h.map(lambda h: "" if np.isnan(h) else f" at {h:g} h"),
    )
    columns = ("study", "quantity", "statistic", "observed", "predicted", "low", "high", "unit", "sharpness", "verdict")
    rows = rows.loc[rows.verdict != REFERENCE]
    for protocol, some in rows.groupby("protocol", sort=True):
        parts.append(f"\n### {protocol}\n\n{_table(some, columns)}")
    return "\n".join(parts) + "\n"


def _points(curve: Any) -> str:
    return f"{curve.points} point{'s' if curve.points > 1 else ''}, sharpness {_cell(curve.sharpness)}"


def _borderline(curve: Any) -> str:
    return ", borderline" if curve.borderline else ""


def _table(rows: "pd.DataFrame", columns: tuple[str, ...]) -> str:
    if "borderline" in rows:
        rows = rows.assign(verdict=rows.verdict + np.where(rows.borderline.astype(bool), ", borderline", ""))
    lines = [" | ".join(columns), " | ".join("---" for _ in columns)]
    lines += [" | ".join(_cell(value) for value in row) for row in rows[list(columns)].itertuples(index=False)]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{float(f'{value:.2g}'):g}"
    return str(value).replace("|", "\\|")


def figure(found: Validation, path: Path) -> Path:
    """How far observed numbers lie from the middle of simulated studies: a line a curve, crossed where it is outside.

    The unit is the way from the middle to the edge of the number's own 95 % interval, which is grey.
    """
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    votes = found.curves.loc[found.curves.share.notna()].reset_index(drop=True)
    colours = {"check": MEASURED, "fit": MODEL}
    with matplotlib.rc_context(STYLE):
        drawn = Figure(figsize=(COLUMN, 0.7 + 0.11 * len(votes)), layout="constrained", dpi=300)
        axis = drawn.subplots()
        axis.axvspan(-1, 1, color="0.9", linewidth=0)
        axis.axvline(0, color="0.6", linewidth=0.6)
        for line, curve in enumerate(votes.itertuples()):
            mine = found.rows.study.eq(curve.study) & found.rows.quantity.eq(curve.quantity)
            rows = found.rows.loc[mine & found.rows.verdict.isin(["inside", "outside", "uninformative"])]
            half = np.where(rows.observed > rows.predicted, rows.high - rows.predicted, rows.predicted - rows.low)
            away = ((rows.observed - rows.predicted) / half).clip(-FARTHEST, FARTHEST)
            hollow = curve.verdict == "uninformative"
            axis.plot(
                away, np.full(len(away), line), "o", ms=2.4, color=colours[str(curve.role)], mew=0.5,
                mfc="white" if hollow else None, alpha=0.7, clip_on=False,
            )  # fmt: skip
        names = [
            f"{sources()[c.study].short}, {NAMES.get(c.quantity, c.quantity.replace('_', ' '))}"
            f"{' ✕' if c.verdict == 'outside' else ''}"
            for c in votes.itertuples()
        ]
        axis.set_yticks(range(len(votes)), names, fontsize=5)
        axis.set_ylim(len(votes) - 0.5, -0.5)
        axis.set_xlim(-FARTHEST, FARTHEST)
        axis.set_xticks(np.arange(-FARTHEST, FARTHEST + 1))
        axis.set_xticklabels(
            [f"≤ {-FARTHEST:g}", *(f"{n:g}" for n in np.arange(1 - FARTHEST, FARTHEST)), f"≥ {FARTHEST:g}"]
        )
        axis.set_xlabel("Observed less predicted (half-widths)")
        axis.tick_params(axis="y", length=0)
        handles = [Line2D([], [], color=c, marker="o", ms=2.4, linestyle="", label=role) for role, c in colours.items()]
        drawn.legend(handles=handles, loc="outside upper center", ncols=2, frameon=False)
        return save_figure(drawn, path)


def write(folder: Path) -> None:
    """Simulate everything and write `validation.md` and `validation.png` into a folder."""
    found = validate()
    figure(found, folder / "validation.png")
    with whole_file(folder / "validation.md") as part:
        part.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise InputError("say where: python -m neuroimmune.validation_page docs")
    write(Path(sys.argv[1]))
