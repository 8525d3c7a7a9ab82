"""What each loop of the body does alone, and two together: `python -m neuroimmune.loops docs` writes the page.

A loop is made stronger, all others being nothing, and the body started near health and far away in illness. Whether it
comes back, and how long that takes, is seen; nothing here says beforehand where a loop holds.
"""

import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import erf, exp, log, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from neuroimmune.body import LOOPS, Body
from neuroimmune.engine.trace import outputs_of
from neuroimmune.errors import InputError, SolverFailed
from neuroimmune.files import whole_file
from neuroimmune.plot import AXES, COLUMN, MEASURED, MODEL, OTHER, STYLE, UNITS, save_figure
from neuroimmune.population import People
from neuroimmune.protocol import Protocol, change
from neuroimmune.quantity import Quantity, declared, parameters, with_parameters
from neuroimmune.simulation import Progress, join, make_plan, resting_state, solve_batches
from neuroimmune.systems import adaptive, autonomic, brain, energy, gut, hpa, infection

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

YEAR = 364  # days, whole weeks: a body is looked at at the same hour of a day of its week
YEARS, YEARS_OF_PAIRS, YEARS_TO_PART = 12, 6, 2  # in the first the slowest loop has its own time 40 times
NEAR = 1e-3  # of the way to the far state: a start that health should take back
LEAST = 1e-5  # of the way to the held state, from where on the unstable one is sought
FAINT = 0.02  # of the farthest that a body was away: what stays beyond is held
STEADY = 1e-3  # of how far it is away: a change in a tenth of the time that is none
WEAKEST, STRONGEST = 0.05, 32.0  # times the usual strength, between which a fold is sought
POINTS = 12  # strengths, or starts, that are tried at once
NEAR_FOLD = 0.93  # of the fold: where slow return is told of
RELATIVE = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, NEAR_FOLD, 0.96, 1.02, 1.05, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0)
UP_TO = 6.0  # times the usual strength, drawn where no fold was found
IN_PAIRS = tuple(float(share) for share in np.round(np.arange(0.0, 1.21, 0.2), 1))  # to each own fold
BESIDE = 1.2  # times its own fold: a loop that holds, beside which another is tried
PACING = 0.5  # of usual activity
HELPED = 0.98  # of what it is alone: a fold below is lower
CARRIED = 0.1  # of its fold: below it is no loop of its own that holds
RETURNED = 0.1  # of what it was at most
MIDDLE_90 = 1.645  # standard deviations within which 90 % of people are
INTRODUCTION = """# Loops

A loop is something that, once raised, raises itself again. This page says what each of the six loops of the body does
as it grows stronger; it is written by `python -m neuroimmune.loops docs`, and `neuroimmune explain loops` tries them
anew. Nothing in it is known beforehand: bodies are started near health and far away in illness, and followed.

A weak loop has **one state**, health. Illness is then slow to go, slower with every bit of strength, and goes. Beyond a
strength called the **fold** there are **two states**: who is pushed beyond a level in between stays ill with nothing
left of what had pushed. So what keeps illness up need not be what began it, and a treatment that removes the cause does
nothing, while one that takes the level below the one in between cures.

Whether any of these loops holds anybody ill is not known. They are hypotheses, and each comes with the observation that
would refute it.
"""
FOLD_HEADINGS = (
    "loop", "fold", "strength of the usual person", "people beyond the fold [%]",
    "days of return, usual person", f"days of return, at {NEAR_FOLD:g} of the fold",
)  # fmt: skip
RIVALS = f"""## Rivals

Other explanations of lasting illness, which the same body holds:

- **Severity alone**: a worse beginning takes longer to end, and does end. It is the body without loops.
- **Slow recovery, one state**: no loop, but microglia that stay primed for long (`brain.tau_primed`), and answer more
  to every signal meanwhile. Priming by itself is not felt then; a loop below its fold is slow too, and is.
- **Injured vessels**, which heal by themselves (`autonomic.tau_injury`), in some slowly. Refuted by:
  {autonomic.FALSIFIED_BY}.

Two states and slow return look alike for years. They are told apart by what follows a second push (back to the same
level, or to another), by what is left when an effective treatment stops, and by how people spread: two states make two
heaps, slow return makes one with a tail.

Any loop can be cut, and so can the way by which infection injures vessels:

```python
import neuroimmune as ni

body = ni.Body(without=["gut", "virus"])  # two loops less; a wrong name lists them all
severity = ni.Body(without=[{", ".join(f'"{name}"' for name in LOOPS)}, "infection-vessels"])
slow = ni.with_parameters(severity, {{"brain.tau_primed": 6000.0}})  # hours
```
"""
PAIRS = f"""## Two at once

Strengths are relative to each own fold. *Together* is the sum of both, made equally strong, from which on illness is
held: 2 if they do not help one another, 1 if they add up wholly. The next two columns say at what strength one is held
while the other holds at {BESIDE:g} of its fold: 1 if it does not care. Loops help only where the body's equations join
them.
"""
PAIR_HEADINGS = ("loop", "other", "together", "fold of the other beside it", "its fold beside the other", "in words")
LIMITS = f"""## What this cannot tell

- Strengths, and what a level of 1 means, are assumed; so is the steepness, without which there would not be two states.
  The folds follow from them.
- Every body here is the usual person's but for the strengths. People differ in much else that moves a fold.
- The far start is a push by hand, the same at all strengths. Whether an infection pushes as far is another question.
- Those tried for virus carry Epstein-Barr virus. Who does not has no such loop.
- Days of return are those until what is felt has fallen to a tenth of its most: what keeps up illness (`held`), or
  malaise after exertion.
- Bodies are followed for {YEARS} years, pairs for {YEARS_OF_PAIRS}; folds are good to about 1 %, beside another loop to
  about 3 %.
"""


class Loop(NamedTuple):
    """One loop: its strength, how to start far away in it, what to look at, and what observation would refute it.

    `far` are the states that carry it, when it is strong; `given` those without which it cannot be, in illness and in
    health; `read` is its level, `felt` the read-out whose return is timed; `activity` is that of daily life.
    """

    name: str
    path: str
    strength: Quantity
    title: str
    far: Mapping[str, float]
    read: str
    falsified_by: str
    felt: str = "held"
    given: Mapping[str, float] = {}
    activity: float = 1.0

    @property
    def meaning(self) -> str:
        """What its strength is, as declared."""
        return self.strength.meaning


ABOUT: dict[str, dict[str, Any]] = {
    "hpa": {
        "title": "lowered set-point", "far": {"set_point": 4.0}, "read": "set_point", "falsified_by": hpa.FALSIFIED_BY,
    },
    "glia": {
        "title": "primed microglia", "far": {"microglia_primed": 0.8, "microglia_active": 3.0},
        "read": "microglia_primed", "falsified_by": brain.FALSIFIED_BY,
    },
    "virus": {
        "title": "waking of EBV", "far": {"ebv_exhaustion": 1.0, "ebv_reactivation": 4.0},
        "read": "ebv_reactivation", "falsified_by": infection.FALSIFIED_BY,
        "given": {"ebv_reservoir": 1e-5, "ebv_immunity": 1.0},
    },
    "gut": {
        "title": "LPS from the gut", "far": {"dysbiosis": 4.0, "permeability": 2.6}, "read": "lps_translocated",
        "falsified_by": gut.FALSIFIED_BY,
    },
    "autoantibody": {
        "title": "its level", "far": {"autoantibody": 4.0, "autoreactive_plasma": 4.0}, "read": "autoantibody",
        "falsified_by": adaptive.FALSIFIED_BY,
    },
    "exertion": {
        "title": "malaise after it", "far": {"exertional_debt": 20.0, "post_exertional": 20.0},
        "read": "post_exertional_malaise", "felt": "post_exertional_malaise", "falsified_by": energy.FALSIFIED_BY,
    },
}  # fmt: skip
PACED = f"exertion, activity {PACING:g}"


@dataclass(frozen=True)
class Explanation:
    """What was found: a table each of the loops alone, of their folds, of pairs, and of the grid behind the pairs.

    - `alone`: loop, strength, relative (to its fold), healthy, held, unstable (levels, NaN where there is none), unit,
      return_days (NaN where it does not return).
    - `folds`: loop, fold, usual (strength), beyond (share of people, percent), return_usual_days, return_near_days (at
      0.93 of the fold), verdict.
    - `pairs`: loop, other, sum (of strengths relative to each own fold, both the same, from which on illness is held; 2
      if they do not help one another, 1 if they add up wholly), fold_of_other and fold_of_loop (beside the one that
      holds, relative to alone), verdict.
    - `grid`: loop, other, relative, relative_other, held.
    """

    loops: tuple[Loop, ...]
    alone: "pd.DataFrame"
    folds: "pd.DataFrame"
    pairs: "pd.DataFrame"
    grid: "pd.DataFrame"


def loops(body: Body, only: Sequence[str] = ()) -> tuple[Loop, ...]:
    """The loops of a body that are not cut, or some of them; exertion also with half the activity (pacing).

    Raises `InputError` for a wrong name, or if none is left.

    >>> [loop.name for loop in loops(Body(without=["gut", "virus"]))]
    ['hpa', 'glia', 'autoantibody', 'exertion', 'exertion, activity 0.5']
    """
    for name in only:
        if name not in LOOPS:
            raise InputError(f"there is no loop {name!r}; loops: {', '.join(LOOPS)}")
    known = parameters(body)
    names = [n for n, path in LOOPS.items() if known[path].value > 0 and (not only or n in only)]
    if not names:
        raise InputError(f"every loop asked for is cut in this body; loops: {', '.join(LOOPS)}")
    found = [Loop(n, LOOPS[n], known[LOOPS[n]], **ABOUT[n]) for n in names]
    paced = [loop._replace(name=PACED, activity=PACING) for loop in found if loop.name == "exertion"]
    return (*found, *paced)


@dataclass
class _Bench:
    """The body without loops on which loops are tried, and its `states` and read-outs at `rest`.

    `whose` is always the number of loops, shape (people, loops at once).
    """

    body: Body
    loops: tuple[Loop, ...]
    states: Mapping[str, float]
    rest: Mapping[str, float]
    progress: Progress | None
    runs: int
    done: int = 0

    def follow(
        self, whose: np.ndarray, strength: np.ndarray, away: np.ndarray, days: np.ndarray,
        far: Mapping[str, np.ndarray] | None = None,
    ) -> dict[str, np.ndarray]:  # fmt: skip
        """Read-outs at the midnights `days`, shape (people, days), of people with these strengths of their loops.

        They start a share `away` of the way from rest to the far state, that of the loop or `far`.
        """
        people = len(whose)
        traits = {loop.path: np.zeros(people) for loop in self.loops}
        start = {name: np.full(people, value) for name, value in self.states.items()}
        activity = np.ones(people)
        for (i, loop), k in itertools.product(enumerate(self.loops), range(whose.shape[1])):
            mine = whose[:, k] == i
            traits[loop.path][mine] = strength[mine, k]
            activity[mine] = loop.activity
            for name, value in loop.given.items():
                start[name][mine] = value
            for name, value in loop.far.items():
                there = value if far is None else far[name][mine]
                start[name][mine] += away[mine, k] * (there - self.states[name])
        names = {n for loop in self.loops for n in (loop.read, loop.felt, *loop.far)}
        long = f"{24 * (days[-1] + 1)} h"
        lives = {a: Protocol(f"activity {a:g}", [change("activity", str(a - 1.0), 0.0, long)]) for a in {*activity}}
        plan = make_plan(
            People(self.body, traits, np.arange(people)), [lives[a] for a in activity], float(days[-1]), 24.0,
            keep=sorted(names), start=start,
        )  # fmt: skip
        plan = replace(plan, moments=tuple(24.0 * days))
        course = join(plan, [part for _, part in solve_batches(plan, self._told())])
        if course.failed:
            raise SolverFailed(f"{len(course.failed)} of {people} loops could not be solved to the end")
        self.done += 1
        return {name: course.values[name].astype(float) for name in names}

    def _told(self) -> Progress | None:
        told, done = self.progress, self.done
        return None if told is None else lambda share: told(min((done + share) / self.runs, 1.0))

    def levels(self, values: Mapping[str, np.ndarray], whose: np.ndarray, felt: bool = False) -> np.ndarray:
        """How far each loop of each person is above health, shape (people, loops at once, days)."""
        names = [loop.felt if felt else loop.read for loop in self.loops]
        each = np.stack([values[name] - self.rest[name] for name in names])
        return each[whose, np.arange(len(whose))[:, None]]


def explain(
    body: Body | None = None, progress: Progress | None = None, pairs: bool = True, only: Sequence[str] = ()
) -> Explanation:
    """Try each loop of a body alone, and all pairs; some tens of seconds.

    `progress` is told the share that is done; without `pairs` their tables are empty; `only` names some loops. Raises
    `InputError` for a wrong name, or if every loop is cut.

    >>> explain(only=["guts"])
    Traceback (most recent call last):
    neuroimmune.errors.InputError: there is no loop 'guts'; loops: hpa, glia, virus, gut, autoantibody, exertion
    """
    bench = _bench(body or Body(), only, progress, 14 if pairs else 9)
    folds = _folds(bench)
    alone = _alone(bench, folds)
    pair_table, grid = _pairs(bench, folds, alone, pairs)
    return Explanation(bench.loops, alone, _fold_table(bench, folds, alone), pair_table, grid)


def held_levels(
    body: Body, name: str, strengths: Sequence[float] | np.ndarray, activity: float = 1.0
) -> np.ndarray:  # fmt: skip
    """The level at which one loop alone is held for good, started far away, at each strength; NaN where it is not.

    The level is what `Loop.read` names, in its unit; `activity` is that of daily life. Raises `InputError` for a wrong
    name, a loop that is cut, or a strength that is not a number from nothing upwards.

    >>> held_levels(Body(), "gut", [0.0, 0.5])
    array([nan, nan])
    """
    bench = _bench(body, [name])
    bench = replace(bench, loops=(bench.loops[0]._replace(activity=activity),))
    strength = np.asarray(strengths, float).reshape(-1, 1)
    whose = np.zeros(strength.shape, int)
    level = bench.levels(bench.follow(whose, strength, np.ones(strength.shape), _weeks(YEARS)), whose)[:, 0]
    return np.where(_held(level), bench.rest[bench.loops[0].read] + level[:, -1], np.nan)


def _bench(body: Body, only: Sequence[str], progress: Progress | None = None, runs: int = 1) -> _Bench:
    if not isinstance(body, Body):
        raise InputError(f"expected a body, such as ni.Body(), not {type(body).__name__}")
    some = loops(body, only)
    bare: Any = with_parameters(body, dict.fromkeys(LOOPS.values(), 0.0))
    model, state = resting_state(bare)
    states = dict(zip(model.states, map(float, state), strict=True))
    bench = _Bench(bare, some, states, {}, None, 1)
    nobody = np.zeros((1, 1), int)
    usual = bench.follow(nobody, 0.0 * nobody, 0.0 * nobody, np.arange(2.0))
    rest = {name: float(values[0, 0]) for name, values in usual.items()}
    return _Bench(bare, some, states, rest, progress, runs)


def _weeks(years: int) -> np.ndarray:
    return np.arange(0.0, years * YEAR + 1, 7.0)


def _held(away: np.ndarray) -> np.ndarray:
    """Whether what is so far from health, along the last axis (evenly spaced at its end), will stay away for good.

    Near a fold a body lingers for years: a fall that grows faster is no rest, one that fades ends where its geometric
    series ends.
    """
    tenth = away.shape[-1] // 10
    before, middle, last = (away[..., -1 - n * tenth] for n in (2, 1, 0))
    earlier, later = before - middle, middle - last
    with np.errstate(divide="ignore", invalid="ignore"):
        end = np.where(earlier > later, last - later**2 / (earlier - later), 0.0)
    still = later < STEADY * np.abs(last)
    return np.where(still, last, end) > FAINT * away.max(-1)


def _boundary(
    holds: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray, rounds: int
) -> np.ndarray:  # fmt: skip
    """The least number of each row at which something holds, between `low` and `high`; NaN where it does not.

    Each round tries `POINTS` at once, (rows, points), and goes on between the last that does not and the first that
    does.
    """
    below, above = low.copy(), high.copy()
    missing = np.zeros(len(low), bool)
    for _ in range(rounds):
        ladder = below[:, None] * (above / below)[:, None] ** np.linspace(0.0, 1.0, POINTS + 1)
        found = holds(ladder[:, 1:])
        missing |= ~found.any(1)
        first = found.argmax(1)[:, None]
        below, above = (np.take_along_axis(ladder, first + n, 1)[:, 0] for n in (0, 1))
    return np.where(missing, np.nan, np.sqrt(below * above))


def _folds(bench: _Bench) -> np.ndarray:
    """The strength of each loop alone from which illness is held."""
    whose = np.repeat(np.arange(len(bench.loops)), POINTS)[:, None]

    def holds(strengths: np.ndarray) -> np.ndarray:
        values = bench.follow(whose, strengths.reshape(-1, 1), np.ones(whose.shape), _weeks(YEARS))
        return _held(bench.levels(values, whose)[:, 0]).reshape(strengths.shape)

    usual = np.array([loop.strength.value for loop in bench.loops])
    return _boundary(holds, WEAKEST * usual, STRONGEST * usual, 3)


def _alone(bench: _Bench, folds: np.ndarray) -> "pd.DataFrame":
    import pandas as pd

    rows = []
    for i, (loop, fold) in enumerate(zip(bench.loops, folds, strict=True)):
        usual = loop.strength.value
        strengths = usual * np.linspace(0.0, UP_TO, len(RELATIVE)) if np.isnan(fold) else fold * np.array(RELATIVE)
        rows += [(i, strength, strength / fold) for strength in sorted({*strengths.tolist(), usual})]
    whose, strength, relative = (np.array(column) for column in zip(*rows, strict=True))
    whose, strength = whose[:, None], strength[:, None]
    near = bench.levels(bench.follow(whose, strength, np.full(whose.shape, NEAR), _weeks(3)), whose)[:, 0]
    days = np.concatenate([np.arange(float(YEAR)), _weeks(YEARS)[YEAR // 7 :]])
    far = bench.follow(whose, strength, np.ones(whose.shape), days)
    level = bench.levels(far, whose)[:, 0]
    held = _held(level)
    well = near[:, -1] < FAINT * level.max(1)
    back = _return_days(days, bench.levels(far, whose, felt=True)[:, 0])
    unstable = np.full(len(rows), np.nan)
    both = np.flatnonzero(held & well)
    unstable[both] = _unstable(bench, whose[both], strength[both], {n: v[both, -1] for n, v in far.items()})
    rest = np.array([bench.rest[bench.loops[i].read] for i in whose[:, 0]])
    return pd.DataFrame({
        "loop": [bench.loops[i].name for i in whose[:, 0]], "strength": strength[:, 0], "relative": relative,
        "healthy": np.where(well, rest + near[:, -1], np.nan), "held": np.where(held, rest + level[:, -1], np.nan),
        "unstable": rest + unstable, "unit": [_unit(bench.loops[i]) for i in whose[:, 0]],
        "return_days": np.where(held, np.nan, back),
    })  # fmt: skip


def _unstable(
    bench: _Bench, whose: np.ndarray, strength: np.ndarray, held: Mapping[str, np.ndarray]
) -> np.ndarray:  # fmt: skip
    """How far from health the state is, between it and the held one, from which a body goes either way."""
    if not len(whose):
        return np.zeros(0)
    many = np.repeat(whose, POINTS, 0)
    there = {name: np.repeat(values, POINTS) for name, values in held.items()}
    faint = FAINT * bench.levels({name: values[:, None] for name, values in there.items()}, many)[:, 0, 0]

    def goes_on(starts: np.ndarray) -> np.ndarray:
        values = bench.follow(many, np.repeat(strength, POINTS, 0), starts.reshape(-1, 1), _weeks(YEARS_TO_PART), there)
        level = bench.levels(values, many)[:, 0]
        early, end = level[:, level.shape[1] // 10], level[:, -1]
        return ((end > (1.0 - STEADY) * early) & (end > faint)).reshape(starts.shape)

    share = _boundary(goes_on, np.full(len(whose), LEAST), np.ones(len(whose)), 3)
    start = np.nan_to_num(share)[:, None]
    level = bench.levels(bench.follow(whose, strength, start, np.arange(2.0), held), whose)[:, 0, 1]
    return np.where(np.isnan(share), np.nan, level)


def _return_days(days: np.ndarray, away: np.ndarray) -> np.ndarray:
    """Days until what is felt, (people, days), is a tenth of its most; NaN where it was nothing, or stays."""
    most = away.max(1)
    below = (away <= RETURNED * most[:, None]) & (np.arange(len(days)) > away.argmax(1)[:, None])
    last = np.maximum(below.argmax(1), 1)
    person = np.arange(len(away))
    with np.errstate(divide="ignore", invalid="ignore"):
        start, end = (np.log(np.maximum(away[person, n], 1e-9 * most) / most) for n in (last - 1, last))
        part = np.clip((np.log(RETURNED) - start) / (end - start), 0.0, 1.0)
    found = days[last - 1] + part * (days[last] - days[last - 1])
    return np.where(below.any(1) & (most > 0), found, np.nan)


def _fold_table(bench: _Bench, folds: np.ndarray, alone: "pd.DataFrame") -> "pd.DataFrame":
    import pandas as pd

    rows = []
    for loop, fold in zip(bench.loops, folds, strict=True):
        mine = alone.loc[alone.loop == loop.name]
        usual, spread = loop.strength.value, loop.strength.spread
        returns = mine.loc[mine.return_days.notna()]
        near = returns.loc[returns.relative >= NEAR_FOLD - 1e-9] if not np.isnan(fold) else returns.iloc[:0]
        rows.append({
            "loop": loop.name, "fold": fold, "usual": usual, "beyond": 100.0 * _share_beyond(usual, spread, fold),
            "return_usual_days": float(mine.loc[mine.strength == usual, "return_days"].iloc[0]),
            "return_near_days": float(near.return_days.iloc[0]) if len(near) else np.nan,
            "verdict": _verdict(mine, fold),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _share_beyond(usual: float, spread: float, fold: float) -> float:
    """The share of people whose strength, log-normal about the usual, is beyond the fold."""
    if np.isnan(fold):
        return 0.0
    return float(usual > fold) if not spread else 0.5 * (1.0 - erf(log(fold / usual) / spread / sqrt(2.0)))


def _verdict(mine: "pd.DataFrame", fold: float) -> str:
    most = mine.strength.max()
    if np.isnan(fold):
        return f"one state, slow return, up to {STRONGEST:g} times the usual strength"
    lost = mine.loc[mine.healthy.isna(), "strength"]
    until = f" to {lost.min():.3g}, then illness alone" if len(lost) else f", and still at {most:.3g}"
    return f"two states from {fold:.3g}{until}; below, one state and slow return"


def _pairs(
    bench: _Bench, folds: np.ndarray, alone: "pd.DataFrame", wanted: bool
) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    import pandas as pd

    usable = [i for i, loop in enumerate(bench.loops) if loop.activity == 1.0 and not np.isnan(folds[i])]
    whose = np.array(list(itertools.combinations(usable, 2)) if wanted else [], int).reshape(-1, 2)
    columns = ["loop", "other", "sum", "fold_of_other", "fold_of_loop", "verdict"]
    if not len(whose):
        empty = pd.DataFrame(columns=["loop", "other", "relative", "relative_other", "held"])
        return pd.DataFrame(columns=columns), empty
    names = [[bench.loops[i].name for i in pair] for pair in whose]
    shares = np.array(list(itertools.product(IN_PAIRS, IN_PAIRS)))
    many = np.repeat(whose, len(shares), 0)
    on_grid = np.tile(shares, (len(whose), 1))
    held = _pair_held(bench, many, on_grid * folds[many], YEARS_OF_PAIRS)
    grid = pd.DataFrame({
        "loop": [bench.loops[i].name for i in many[:, 0]], "other": [bench.loops[i].name for i in many[:, 1]],
        "relative": on_grid[:, 0], "relative_other": on_grid[:, 1], "held": held,
    })  # fmt: skip
    diagonal = np.repeat(whose, POINTS, 0)

    def together(shares: np.ndarray) -> np.ndarray:
        strength = shares.reshape(-1, 1) * folds[diagonal]
        return _pair_held(bench, diagonal, strength, YEARS).reshape(shares.shape)

    ends = np.full(len(whose), 0.3), np.full(len(whose), 1.1)
    total = 2.0 * _boundary(together, *ends, 2)
    ordered = np.concatenate([whose, whose[:, ::-1]])  # the first holds, the second is tried
    tried = np.repeat(ordered, POINTS, 0)
    needed = np.array([_half_held(bench, alone, i) for i in range(len(bench.loops))])

    def beside(shares: np.ndarray) -> np.ndarray:
        strength = np.stack([BESIDE * folds[tried[:, 0]], shares.reshape(-1) * folds[tried[:, 1]]], 1)
        values = bench.follow(tried, strength, np.ones(tried.shape), _weeks(YEARS_OF_PAIRS))
        level = bench.levels(values, tried)[:, 1]
        return (_held(level) & (level[:, -1] > needed[tried[:, 1]])).reshape(shares.shape)

    ends = np.full(len(ordered), 0.02), np.full(len(ordered), 1.1)
    of_other, of_loop = np.split(_boundary(beside, *ends, 2), 2)
    rows = [
        (one, other, float(s), float(a), float(b), _pair_verdict(one, other, s, a, b))
        for (one, other), s, a, b in zip(names, total, of_other, of_loop, strict=True)
    ]
    return pd.DataFrame(rows, columns=columns), grid


def _pair_held(bench: _Bench, whose: np.ndarray, strength: np.ndarray, years: int) -> np.ndarray:
    """Whether either of two loops holds, shape (people,)."""
    values = bench.follow(whose, strength, np.ones(whose.shape), _weeks(years))
    return np.any(_held(bench.levels(values, whose)), axis=1)


def _half_held(bench: _Bench, alone: "pd.DataFrame", i: int) -> float:
    """Half of how far a loop alone is from health when it just holds."""
    loop = bench.loops[i]
    levels = alone.loc[(alone.loop == loop.name) & alone.held.notna(), "held"]
    return 0.5 * (float(levels.iloc[0]) - bench.rest[loop.read]) if len(levels) else np.inf


def _pair_verdict(name: str, other: str, total: float, of_other: float, of_loop: float) -> str:
    said = [
        f"{one}, when held, keeps {another} raised by itself"
        if share < CARRIED
        else f"{one}, when held, lowers the fold of {another} to {share:.2f}"
        for one, another, share in ((name, other, of_other), (other, name, of_loop))
        if share < HELPED
    ]
    if total < 2.0 * HELPED:
        said.append("together they hold where neither does alone")
    return "; ".join(said) or "no help"


def _unit(loop: Loop) -> str:
    """The unit of its level, as it is written on an axis."""
    unit = (declared(Body.rates, "y") | outputs_of(Body))[loop.read].unit
    return AXES.get(loop.read, UNITS.get(unit, unit))


def plot(explanation: Explanation, path: str | Path | None = None) -> "Figure":
    """Two panels a loop over its strength: the levels at which a body can stay, and below them its days of return.

    Of exertion, pacing is drawn too, thin. The figure is saved if `path` is given (.png, .pdf, .svg). Raises
    `InputError` for another kind, `SavedFileError` if it cannot be written.
    """
    import matplotlib
    from matplotlib.figure import Figure

    shown = [loop for loop in explanation.loops if loop.activity == 1.0]
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(2 * COLUMN, 2.6 * rows + 0.4), layout="constrained", dpi=300)
        axes = figure.subplots(2 * rows, columns, squeeze=False, height_ratios=[5, 3] * rows)
        for number, loop in enumerate(shown):
            row, column = divmod(number, columns)
            levels, returns = axes[2 * row, column], axes[2 * row + 1, column]
            usual = explanation.alone.loc[explanation.alone.loop == loop.name]
            right = float(usual.strength.max())
            for variant in [each for each in explanation.loops if each.path == loop.path]:
                fold = float(explanation.folds.loc[explanation.folds.loop == variant.name, "fold"].iloc[0])
                mine = explanation.alone.loc[explanation.alone.loop == variant.name]
                _draw(levels, returns, mine, fold, 1.2 if variant is loop else 0.5)
                right = max(right, 1.25 * np.nan_to_num(fold))
            _label(levels, returns, loop, str(usual.unit.iloc[0]), right)
        for axis in axes.flat:
            axis.set_visible(bool(axis.lines))
        figure.legend(
            handles=_handles(explanation.loops), loc="outside lower center", ncols=4, frameon=False, handlelength=2.4,
        )  # fmt: skip
        if path is not None:
            save_figure(figure, Path(path))
    return figure


def _draw(levels: "Axes", returns: "Axes", mine: "pd.DataFrame", fold: float, width: float) -> None:
    held = mine.loc[mine.held.notna()]
    levels.plot(mine.strength, mine.healthy, color=MODEL, linewidth=width)
    if len(held):
        met = held.unstable.dropna().iloc[:1].to_numpy()  # at the fold both come together
        corner = np.append(held.held.to_numpy()[:1], met).mean()
        levels.plot([fold, *held.strength], [corner, *held.held], color=MEASURED, linewidth=width)
        levels.plot([fold, *held.strength], [corner, *held.unstable], color="0.35", linestyle="--", linewidth=width)
        for axis in (levels, returns):
            axis.axvline(fold, color="0.35", linestyle=":", linewidth=0.7 * width)
    returns.plot(mine.strength, mine.return_days, color=OTHER, linewidth=width)


def _label(levels: "Axes", returns: "Axes", loop: Loop, unit: str, right: float) -> None:
    usual, spread = loop.strength.value, loop.strength.spread
    for axis in (levels, returns):
        axis.axvspan(usual * exp(-MIDDLE_90 * spread), usual * exp(MIDDLE_90 * spread), color="0.9", linewidth=0)
        axis.axvline(usual, color="0.6", linewidth=0.8, zorder=1.5)
        axis.set_xlim(0.0, right)
    levels.set_title(f"{loop.name}: {loop.title}", loc="left", pad=2)
    levels.set_ylabel(unit)
    levels.tick_params(labelbottom=False)
    returns.set_ylabel("Return (days)")
    returns.set_ylim(bottom=0.0)
    returns.set_xlabel(f"Strength {loop.path} (relative)", labelpad=1)


def _handles(shown: Sequence[Loop]) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    lines = [
        Line2D([], [], color=MODEL, label="health"),
        Line2D([], [], color=MEASURED, label="held illness"),
        Line2D([], [], color="0.35", linestyle="--", label="between: goes either way"),
        Line2D([], [], color=OTHER, label="days until a tenth is left"),
        Line2D([], [], color="0.35", linestyle=":", label="fold"),
        Line2D([], [], color="0.6", linewidth=0.8, label="the usual person"),
        Patch(color="0.9", label="90 % of people"),
    ]
    paced = any(loop.activity < 1.0 for loop in shown)
    return lines + ([Line2D([], [], color="0.2", linewidth=0.5, label=f"thin: activity {PACING:g}")] if paced else [])


def markdown(explanation: Explanation) -> str:
    """The page on loops, numbers with two or three digits so that other machines write the same."""
    folds = explanation.folds
    said = [
        f"- **{loop.name}** (`{loop.path}`: {loop.meaning}), carried by "
        f"{', '.join(f'`{name}`' for name in loop.far)}. {v}. Refuted by: {loop.falsified_by}."
        for loop, v in zip(explanation.loops, folds.verdict.str.capitalize(), strict=True)
        if loop.activity == 1.0
    ]
    shown = folds.drop(columns="verdict").assign(beyond=[f"{x:.2g}" if x >= 0.01 else "< 0.01" for x in folds.beyond])
    parts = [INTRODUCTION, "## Where each holds, alone\n", _table(shown, FOLD_HEADINGS)]
    parts += ["![Levels and days of return of each loop over its strength](loops.png)\n"]
    parts += [f"{each}\n" for each in (_paced(explanation),) if each]
    parts += ["## What each does, and what would refute it\n", *said, "\n" + RIVALS]
    if len(explanation.pairs):
        parts += [PAIRS, _table(explanation.pairs.round(2), PAIR_HEADINGS), _joint(explanation)]
    return "\n".join([*parts, LIMITS])


def _joint(explanation: Explanation) -> str:
    """Which pairs hold where neither does alone, and whether help goes both ways, in a sentence or two."""
    pairs = explanation.pairs
    joint = pairs.loc[pairs["sum"] < 2.0 * HELPED]
    if len(joint):
        return f"Together hold, where neither does alone: {', '.join(joint.loop + ' with ' + joint.other)}.\n"
    mutual = (pairs.fold_of_other < HELPED) & (pairs.fold_of_loop < HELPED)
    why = "" if mutual.any() else " Help goes one way in each pair, so what one gives does not come back to it."
    return f"No two loops that are too weak alone hold illness together; one must hold before it helps.{why}\n"


def _paced(explanation: Explanation) -> str:
    """What pacing does to the loop of exertion, in a sentence; nothing where it was not tried."""
    folds = explanation.folds.set_index("loop").fold
    if PACED not in folds or np.isnan(folds["exertion"]):
        return ""
    paced = folds[PACED]
    until = f"below {_cell(paced)}" if not np.isnan(paced) else "at every strength that was tried"
    return (
        f"Half the activity moves the fold of exertion: whoever is held by it alone at usual activity, from "
        f"{_cell(folds['exertion'])}, comes back when pacing {until}."
    )


def _table(rows: "pd.DataFrame", headings: Sequence[str]) -> str:
    lines = [" | ".join(headings), " | ".join("---" for _ in headings)]
    lines += [" | ".join(_cell(value) for value in row) for row in rows.itertuples(index=False)]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "none" if np.isnan(value) else f"{float(f'{value:.3g}'):g}"
    return str(value)


def write(folder: Path) -> None:
    """Try all loops and write `loops.md` and `loops.png` into a folder."""
    found = explain()
    plot(found, folder / "loops.png")
    with whole_file(folder / "loops.md") as part:
        part.write_text(markdown(found), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise InputError("say where: python -m neuroimmune.loops docs")
    write(Path(sys.argv[1]))
