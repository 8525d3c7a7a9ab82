"""What a fit leaves behind: numbers in the code, draws beside it, and a page that says how well the rows tell."""

import json
import re
from pathlib import Path

import numpy as np

from neuroimmune.calibrate import search
from neuroimmune.calibrate.problem import SCALE, SD, SPREAD, Observation, Problem
from neuroimmune.calibrate.search import Found
from neuroimmune.errors import InputError
from neuroimmune.files import whole_file

PACKAGE = Path(__file__).parents[1]
DOCS = PACKAGE.parents[1] / "docs"
IDENTIFIED = 0.5  # contraction below which the rows hardly tell
MISS = 1.5  # standard errors, over a curve, from which it is listed as failing
DIGITS = 4


def run(name: str, problem: Problem, about: str = "", count: int = 200, steps: int = 150) -> None:
    """Fit, draw (each of `count` chains walks so many `steps`), and write everything under the name of a system."""
    found = search.fit(problem)
    write(name, problem, found, search.draws(problem, found, count, steps), about)


def write(name: str, problem: Problem, found: Found, draws: np.ndarray, about: str = "") -> None:
    """Numbers into the code, draws into `evidence/posterior/<name>.csv`, the best beside it, `docs/fit-<name>.md`.

    As `validation` reads them, laboratories' scales among the draws are logarithms.
    """
    import pandas as pd

    best = {name: float(f"{value[0]:.{DIGITS}g}") for name, value in problem.values(found.x[None]).items()}
    into_code(PACKAGE, best)
    table = {n: np.log(v) if n.startswith(SCALE) else v for n, v in problem.values(draws).items()}
    for ending, text in {
        "csv": pd.DataFrame(table).to_csv(index=False, float_format="%.5g"), "json": json.dumps(best, indent=1) + "\n"
    }.items():  # fmt: skip
        with whole_file(PACKAGE / "evidence" / "posterior" / f"{name}.{ending}") as part:
            part.write_text(text, encoding="utf-8")
    (DOCS / f"fit-{name}.md").write_text(page(name, problem, found, draws, about), encoding="utf-8")


def into_code(package: Path, best: dict[str, float]) -> None:
    """Put values and spreads where the code declares them: `name: float = par(value, ..., spread=value)`.

    Raises `InputError` if it does not.
    """
    for name, value in best.items():
        if name.startswith(SCALE):
            continue
        system, _, field = name.removeprefix(SPREAD).rpartition(".")
        path = package / "systems" / f"{system}.py" if system else package / "body.py"
        text = path.read_text(encoding="utf-8")
        declared = re.search(rf"^    {field}: float = par\((.*?)\)(?:  # .*)?$", text, re.MULTILINE | re.DOTALL)
        pattern = r"(spread=)[\d.e+-]+" if name.startswith(SPREAD) else r"(\A\s*)[\d.e+-]+"
        number = re.search(pattern, declared[1]) if declared else None
        if not declared or not number:
            raise InputError(f"{path.name} does not declare {name}; declare it there with par, or do not fit it")
        start, end = (declared.start(1) + place for place in (number.end(1), number.end()))
        with whole_file(path) as part:
            part.write_text(text[:start] + repr(value) + text[end:], encoding="utf-8")


def page(name: str, problem: Problem, found: Found, draws: np.ndarray, about: str) -> str:
    """The page, as Markdown."""
    return "\n\n".join([
        f"# The fit of {name}",
        f"Written by `python -m neuroimmune.calibrate.{name}`. {len(problem.seen)} published numbers, "
        f"{len(problem.free)} free ones, {problem.people} virtual people of each experiment, the same for all.",
        about,
        _numbers(problem, found, draws), _correlations(problem, draws), _groups(found),
        _curves(problem, found, draws),
    ]) + "\n"  # fmt: skip


def contraction(draws: np.ndarray) -> np.ndarray:
    """Of each free number, by how much its rows made its variance smaller: 1 is all, 0 or less is nothing."""
    return 1.0 - draws.var(0, ddof=1)


def _table(heads: list[str], lines: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in [heads, ["---"] * len(heads), *lines])


def _numbers(problem: Problem, found: Found, draws: np.ndarray) -> str:
    best, drawn, told = problem.values(found.x[None]), problem.values(draws), contraction(draws)
    lines = []
    for i, free in enumerate(problem.free):
        low, high = np.percentile(drawn[free.name], [5, 95])
        prior = f"{free.value(-1.645):.3g} to {free.value(1.645):.3g}"
        known = "" if told[i] >= IDENTIFIED else "not identified"
        where = f"{best[free.name][0]:.{DIGITS}g}"
        lines.append([f"`{free.name}`", prior, where, f"{low:.3g} to {high:.3g}", f"{told[i]:.2f}", known, free.why])
    text = (
        "## Free numbers\n\nRanges hold 90 %. Contraction is how much smaller the rows made the prior's variance; "
        f"below {IDENTIFIED:g} the number is called not identified: it is what the prior says.\n\n"
    )
    return text + _table(["number", "prior", "best", "posterior", "contraction", "", "prior's reason"], lines)


def _correlations(problem: Problem, draws: np.ndarray) -> str:
    together = np.corrcoef(draws.T)
    pairs = np.argwhere(np.triu(np.abs(together), 1) > 0.6)
    pairs = sorted(pairs.tolist(), key=lambda p: -abs(together[p[0], p[1]]))[:15]
    lines = [[f"`{problem.names[i]}`", f"`{problem.names[j]}`", f"{together[i, j]:.2f}"] for i, j in pairs]
    return "## Strongest correlations\n\nNumbers that the rows tell only together.\n\n" + _table(["", "", "r"], lines)


def _groups(found: Found) -> str:
    lines = [[name, f"{factor:.2f}"] for name, factor in found.inflation.items()]
    text = "## Model error\n\nVariances of residuals times this, so that what the model misses widens its bands.\n\n"
    return text + _table(["numbers of", "factor"], lines)


def _head(one: Observation) -> str:
    return one.statistic + (f" at {one.time_h:g} h" if np.isfinite(one.time_h) else "")


def _curves(problem: Problem, found: Found, draws: np.ndarray) -> str:
    predicted, drawn = problem.predict(found.x[None])[0], problem.predict(draws)
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    missed = problem.residuals(found.x[None])[0, : len(problem.seen)] * np.sqrt(problem.inflation)
    curves: dict[tuple[str, ...], list[int]] = {}
    for i, one in enumerate(problem.seen):
        kind = "SDs between people" if one.statistic in SD else "numbers"
        curves.setdefault((one.quantity, kind, one.study, one.protocol, one.settings, one.population), []).append(i)
    sections, fails = [], []
    for (quantity, kind, *where), own in curves.items():
        hours = [_head(problem.seen[i]) for i in own]
        lines = [
            ["observed", *(f"{problem.seen[i].observed:.3g}" for i in own)],
            ["predicted", *(f"{predicted[i]:.3g}" for i in own)],
            ["95 % of draws", *(f"{low[i]:.3g} to {high[i]:.3g}" for i in own)],
        ]
        off = float(np.sqrt(np.mean(missed[own] ** 2)))
        title = f"{quantity}, {kind}: {', '.join(filter(None, where))}"
        sections.append(f"### {title}\n\nMissed by {off:.2f} standard errors.\n\n" + _table(["", *hours], lines))
        if off > MISS:
            fails.append(f"- {title}: missed by {off:.1f} standard errors")
    for i, free in enumerate(problem.free):
        if free.name.startswith(SCALE) and abs(found.x[i]) > 2:
            fails.append(f"- `{free.name}` is {free.value(found.x[i]):.2g}, {abs(found.x[i]):.1f} SDs of its prior: "
                         "more than laboratories differ by, so it hides what the equations miss")  # fmt: skip
    return (
        "## What fails\n\n" + ("\n".join(fails) or "Nothing beyond the limits of this page.") + "\n\n## Every curve\n\n"
        "Rises above rest where a study gives its own, laboratories' scales applied, the noise of readings left out. "
        "Misses are roots of mean squares, in standard errors of simulated studies, whose points go together, and "
        f"{problem.model_error:g} on the logarithm for each point, before inflation.\n\n" + "\n\n".join(sections)
    )  # fmt: skip
