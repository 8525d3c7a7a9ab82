"""One virtual person and the twin who got placebo: what differs, in many worlds that nobody can yet tell apart.

A world is a draw of all that is not known: the posterior of the body, how much targets matter (a spike at nothing, and
a narrow slab about it), and every number of body and drugs that is assumed. Person and doses are the same in all.
"""

import dataclasses
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from neuroimmune.body import Body
from neuroimmune.course import Course as Result
from neuroimmune.errors import InputError
from neuroimmune.evidence.sources import kind_of
from neuroimmune.lives import with_draws
from neuroimmune.population import People, drawn_people, people
from neuroimmune.protocol import Protocol
from neuroimmune.quantity import parameters
from neuroimmune.reporting import Reporting
from neuroimmune.schedule import Course
from neuroimmune.simulation import Progress, join, simulate, solve_batches
from neuroimmune.streams import normal, uniform
from neuroimmune.systems.targets import TARGETS, Targets
from neuroimmune.treating import (
    drugs_of,
    own_numbers,
    read_courses,
    resting,
    slow_enough,
    treated_start,
    treatment_plan,
    watched_at_rest,
)
from neuroimmune.treatment import ILLNESSES, SUPPLIES

if TYPE_CHECKING:
    import pandas as pd

SPIKE = 0.5  # assumed: half of all targets do not matter for illness at all
SLAB = 0.3  # assumed: standard deviation of how much the others do, about nothing: harm is as likely as help
ASSUMED_SD = 0.2  # assumed: an assumed number may be off by a fifth, as the standard deviation of its logarithm
WORLDS = 128
LAST_DAYS = 28  # of the course of which the mean is the outcome
ASKED = 14  # hour of the day at which symptoms are read
ILL = 50.0  # fatigue of 100 from which a person counts as ill
CANDIDATES = 192
OUTCOMES = ("fatigue", "post_exertional_malaise", "pain", "cognitive_difficulty", "unrefreshing_sleep")
WATCHED = ("adrenal_mass", "neutrophils", "alt", "igg", "b_cells", "infection_hazard", "withheld")
NOTICEABLE = 10.0  # of 100: assumed, the least change that a person would notice


@dataclass(frozen=True)
class Twins:
    """The same person treated and on placebo (or left alone), in each world; `hidden[name]` is (worlds, days) each.

    `courses` are those of the treated twin; `first` and `last` are the days of treatment.
    """

    courses: tuple[Course, ...]
    person: int
    treated: Result
    twin: Result
    frozen: Mapping[str, np.ndarray]  # the difference of outcomes where only assumed numbers were drawn anew
    last: int
    lost: int  # worlds that were left out, for the person would not be healthy at rest in them

    @property
    def worlds(self) -> int:
        """How many worlds were drawn."""
        return len(self.treated)

    @cached_property
    def differences(self) -> dict[str, np.ndarray]:
        """Treated less twin in each world, as the mean of the last four weeks of treatment, by outcome."""
        return {name: outcome(self.treated, name, self.last) - outcome(self.twin, name, self.last) for name in OUTCOMES}

    def resting_on_assumption(self, name: str) -> float:
        """The share of an outcome's variance between worlds that assumed numbers make, alone or with others.

        The total index of the group by Saltelli's way: worlds that share all measured and fitted numbers and differ in
        the assumed ones. NaN where the outcome is the same in all worlds.
        """
        here, other = self.differences[name], self.frozen[name]
        spread = np.var(np.concatenate([here, other]))
        return min(1.0, float(0.5 * np.mean((here - other) ** 2) / spread)) if spread > 1e-3 else float("nan")

    def outcomes(self) -> "pd.DataFrame":
        """A row an outcome: the distribution of the difference, in % of worlds by 10 or more, and what is assumed.

        "assumed" is the share of the variance between worlds that rests on assumption.
        """
        import pandas as pd

        rows = []
        for name, found in self.differences.items():
            low, middle, high = np.quantile(found, [0.05, 0.5, 0.95])
            rows.append(
                {
                    "outcome": name.replace("_", " "), "median": middle, "5 %": low, "95 %": high,
                    "-10 [%]": 100 * np.mean(found <= -NOTICEABLE),
                    "+10 [%]": 100 * np.mean(found >= NOTICEABLE),
                    "assumed [%]": 100 * self.resting_on_assumption(name),
                }
            )  # fmt: skip
        return pd.DataFrame(rows)

    def harms(self) -> "pd.DataFrame":
        """A row a thing that is watched: the worst of the treated twin and of the other, over worlds."""
        import pandas as pd

        rows = []
        for name in WATCHED:
            worst = np.max if name in ("alt", "infection_hazard", "withheld") else np.min
            known = self.treated.variables[name]
            here, other = (worst(c.values[name].astype(float), axis=1) for c in (self.treated, self.twin))
            low, middle, high = np.quantile(here, [0.05, 0.5, 0.95])
            what = "highest" if worst is np.max else "lowest"
            rows.append(
                {"watched": f"{name}, {what}", "treated": middle, "5 %": low, "95 %": high,
                 "twin": float(np.median(other)), "unit": known.unit}
            )  # fmt: skip
        return pd.DataFrame(rows)

    def said(self, name: str, belief: float) -> float:
        """What the treated twin would report less by expectation alone, at the end, of 100."""
        hidden = Reporting().unreported(0, np.array([self.person]), np.array([90.0]), np.array([[belief]]))[0, 0]
        return float(hidden * np.median(outcome(self.twin, name, self.last)))


@contextmanager
def _quietly() -> Iterator[None]:
    """Worlds in which a person would not be healthy are counted here, so nothing else need tell of them."""
    log = logging.getLogger("neuroimmune.simulation")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def outcome(course: Result, name: str, last: int) -> np.ndarray:
    """The mean of an outcome in the last four weeks before the day `last`, shape (worlds,)."""
    days = course.times / 24.0
    return course.values[name][:, (days >= last - LAST_DAYS) & (days < last)].mean(1).astype(float)


def compare_twins(
    schedules: str | Sequence[str],
    protocol: Protocol,
    days: float,
    *,
    body: Body | None = None,
    person: int | None = None,
    seed: int = 0,
    worlds: int = WORLDS,
    progress: Progress | None = None,
) -> Twins:
    """Follow a person and the twin in many worlds.

    `person` is the number of a person drawn with `seed`; by default the first who is ill when treatment begins. Raises
    `InputError` if there is nobody.

    >>> from neuroimmune.protocol import load_protocol
    >>> twins = compare_twins("pregabalin 225 mg 08:00 20:00 for 30 days", Protocol(), 31, person=3, worlds=16)
    >>> twins.outcomes().outcome.tolist()[0], bool((twins.differences["fatigue"] == 0).all())
    ('fatigue', True)
    """
    from neuroimmune.evidence.draws import posterior

    courses = read_courses(schedules)
    body = Body() if body is None else body
    first = min(course.first for course in courses)
    last = int(min(max(course.last for course in courses), days))
    if last - first < 1:
        raise InputError("there is no day of treatment to compare")
    person = _first_ill(body, protocol, first, seed) if person is None else person
    numbers = np.arange(worlds)
    one, hours = _one(body, person, seed), tuple(24.0 * np.arange(int(days)) + ASKED)
    measured = with_draws(_copies(one, worlds), posterior())
    placebo = not any(course.treatment.file.kind == "behaviour" for course in courses)
    found: list[Result] = []
    sound = np.ones(worlds, bool)
    for occasion in (0, 1):  # the second time only what is assumed is drawn anew
        group = _assuming(measured, seed, worlds, occasion)
        with _quietly():
            rest, healthy = resting(group)
        sound &= healthy
        relevance = relevance_draws(courses, seed, worlds, occasion)
        for treated in (True, False):
            plan = treatment_plan(
                group, courses, protocol, days, start=rest, relevance=relevance, seed=seed,
                placebo=placebo and not treated,
            )  # fmt: skip
            traits = dict(plan.people.traits) | _own_in_world(courses, person, seed, worlds, occasion)
            plan = dataclasses.replace(plan, people=dataclasses.replace(plan.people, traits=traits), moments=hours)
            if not treated and not placebo:  # what people do themselves has no placebo: the twin does nothing
                care: Any = plan.policy
                plan = dataclasses.replace(plan, protocols=(protocol,), policy=dataclasses.replace(care, courses=()))
            start = treated_start(plan.people, rest)
            plan = dataclasses.replace(plan, start=start)
            number = len(found)
            told = None if progress is None else (lambda done, n=number: progress((n + done) / 4))
            found.append(join(plan, [course for _, course in solve_batches(plan, told)]))
            sound &= ~np.isin(numbers, list(found[-1].failed))
    if not sound.any():
        raise InputError(f"person {person} is healthy at rest in none of {worlds} worlds; choose another with --person")
    whole = [_of(course, sound) for course in found]
    frozen = {name: outcome(whole[2], name, last) - outcome(whole[3], name, last) for name in OUTCOMES}
    return Twins(courses, person, whole[0], whole[1], frozen, last, int((~sound).sum()))


def _of(course: Result, which: np.ndarray) -> Result:
    """A course of some worlds only."""
    values = {name: found[which] for name, found in course.values.items()}
    return Result(course.times, values, course.variables, course.people[which], {}, [], course.provenance)


def relevance_draws(courses: Sequence[Course], seed: int, worlds: int, occasion: int = 0) -> dict[str, np.ndarray]:
    """How much each target of some courses matters in each world: nothing in half of them, a little for or against.

    The same world has the same number for all treatments of a target.
    """
    ids, found = np.arange(worlds), {}
    for target in dict.fromkeys(t for course in courses for t in course.treatment.targets):
        target = "gr_agonist" if target == "cortisol_supply" else "fcrn_blocked" if target in SUPPLIES else target
        if target in TARGETS and target in RELEVANT:
            matters = uniform(seed, f"{target} matters", ids, occasion) >= SPIKE
            found[target] = np.where(
                matters, np.clip(SLAB * normal(seed, f"{target} by", ids, occasion), -0.9, 1.0), 0.0
            )
    return found


RELEVANT = tuple(n.removeprefix("relevance_") for n in parameters(Targets()) if n.startswith("relevance_"))


def _one(body: Body, person: int, seed: int) -> People:
    """One person of those drawn with a seed."""
    return drawn_people(body, np.array([person]), seed)


def _copies(one: People, worlds: int) -> People:
    """The same person so many times, numbered by world."""
    traits = {name: np.repeat(values, worlds) for name, values in one.traits.items()}
    return dataclasses.replace(one, traits=traits, ids=np.arange(worlds))


def _assuming(group: People, seed: int, worlds: int, occasion: int) -> People:
    """The people of all worlds with other numbers where the body's are assumed."""
    known, traits, ids = parameters(group.body), dict(group.traits), np.arange(worlds)
    for path, number in known.items():
        if number.fixed or not number.value or number.sd or kind_of(number.source) != "assumed":
            continue
        away = np.exp(ASSUMED_SD * normal(seed, f"world of {path}", ids, occasion))
        low, high = number.range or ((0.0, np.inf) if number.value > 0 else (-np.inf, 0.0))
        traits[path] = np.clip(traits.get(path, np.full(worlds, number.value)) * away, low, high)
    return dataclasses.replace(group, traits=traits)


def _own_in_world(
    courses: Sequence[Course], person: int, seed: int, worlds: int, occasion: int
) -> dict[str, np.ndarray]:
    """The person's own numbers of each drug; those that are assumed differ from world to world."""
    ids, who = np.arange(worlds), np.array([person])
    found = {path: np.repeat(value, worlds) for path, value in watched_at_rest(who, seed).items()}
    for treatment in drugs_of(courses):
        for path, value in own_numbers(treatment, who, seed).items():
            found[path] = np.repeat(value, worlds)
        for name, known in treatment.numbers.items():
            if kind_of(known.source) == "assumed" and known.value:
                path = f"{treatment.slot}.{name}"
                away = np.exp(ASSUMED_SD * normal(seed, f"world of {treatment.name}.{name}", ids, occasion))
                low, high = known.range or (0.0, np.inf)
                found[path] = np.clip(found.get(path, np.full(worlds, known.value)) * away, low, high)
        found |= slow_enough(treatment, {p: v for p, v in found.items() if p.startswith(f"{treatment.slot}.")})
    return found


def _first_ill(body: Body, protocol: Protocol, day: int, seed: int) -> int:
    """The first of those drawn with a seed who is ill at midnight before a day; of day 0, the first of all."""
    if day == 0:
        return 0
    group = people(body, CANDIDATES, seed)
    course = simulate(group, protocol, days=day, every=24.0 * day, keep=["held"])
    ill = np.flatnonzero(course.values["held"][:, -1] >= 1.0)  # 1 is half-way up the scale of fatigue
    if not len(ill):
        raise InputError(
            f"of {CANDIDATES} people after {protocol.name} nobody is ill on day {day}; choose somebody with --person, "
            "an earlier day, or another seed"
        )
    return int(group.ids[ill[0]])


def controlled(courses: Sequence[Course]) -> list[str]:
    """The conditions in which every treatment of some courses has controlled evidence."""
    return [c for c in ILLNESSES if all(c in course.treatment.controlled for course in courses)]
