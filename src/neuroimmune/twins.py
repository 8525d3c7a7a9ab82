"""One virtual person and the twin who got placebo: what differs, in many worlds that nobody can yet tell apart.

A world is a draw of all that is not known: the posterior of the body, how much targets matter (a spike at nothing, and
a narrow slab about it), and every number of body, drugs and practice that is assumed. Person and doses are the same in
all, and so is how hard a session is; nobody lives a daily life.
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
from neuroimmune.quantity import Quantity, parameters
from neuroimmune.reporting import Reporting
from neuroimmune.schedule import Course
from neuroimmune.simulation import Plan, Progress, join, simulate, solve_batches
from neuroimmune.streams import normal, uniform
from neuroimmune.systems.targets import Targets
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
from neuroimmune.treatment import ILLNESSES, MATTERS_AS

if TYPE_CHECKING:
    import pandas as pd

SPIKE = 0.5  # assumed: half of all targets do not matter for illness at all
SLAB = 0.3  # assumed: standard deviation of how much the others do, about nothing: harm is as likely as help
ASSUMED_SD = 0.2  # assumed: an assumed number may be off by a fifth, as the standard deviation of its logarithm
WORLDS = 128
LAST_DAYS = 28  # of the course of which the mean is the outcome
ASKED = 14  # hour of the day at which symptoms are read
CANDIDATES = 192
OUTCOMES = ("fatigue", "post_exertional_malaise", "pain", "cognitive_difficulty", "unrefreshing_sleep")
WATCHED = ("adrenal_mass", "neutrophils", "alt", "igg", "b_cells", "infection_hazard", "withheld")
NOTICEABLE = 10.0  # of 100: assumed, the least change that a person would notice


@dataclass(frozen=True)
class Twins:
    """The same person treated and on placebo (or left alone), in each world: courses of shape (worlds, days).

    `courses` are those of the treated twin; outcomes are means from the day `begin` to the day `last`.
    """

    courses: tuple[Course, ...]
    person: int
    seed: int
    treated: Result
    twin: Result
    frozen: Mapping[str, np.ndarray]  # the difference of outcomes where only assumed numbers were drawn anew
    begin: int  # of the days of treatment of which the mean is the outcome
    last: int
    lost: int  # worlds that were left out: the person would not be healthy at rest in them, or was not solved

    @property
    def behaviour(self) -> bool:
        """Whether people do some of it themselves, so that the twin is left alone."""
        return any(course.treatment.file.kind == "behaviour" for course in self.courses)

    @property
    def worlds(self) -> int:
        """How many worlds were drawn."""
        return len(self.treated)

    @cached_property
    def differences(self) -> dict[str, np.ndarray]:
        """Treated less twin in each world, as the mean of the last four weeks of treatment, by outcome."""
        arms = (self.treated, self.twin)
        ends = {name: [outcome(arm, name, self.begin, self.last) for arm in arms] for name in OUTCOMES}
        return {name: here - there for name, (here, there) in ends.items()}

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
            low, middle, high = np.round(np.quantile(found, [0.05, 0.5, 0.95]), 2) + 0.0
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
        days = np.array([float(self.last - min(course.first for course in self.courses))])
        hidden = Reporting().unreported(self.seed, np.array([self.person]), days, np.array([[belief]]))[0, 0]
        return float(hidden * np.median(outcome(self.twin, name, self.begin, self.last)))


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


def outcome(course: Result, name: str, begin: int, last: int) -> np.ndarray:
    """The mean of an outcome from the day `begin` to before the day `last`, shape (worlds,)."""
    days = course.times / 24.0
    return course.values[name][:, (days >= begin) & (days < last)].mean(1).astype(float)


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
    one, hours = drawn_people(body, np.array([person]), seed), tuple(24.0 * np.arange(int(days)) + ASKED)
    measured = with_draws(_copies(one, worlds), posterior())
    behaviour = any(course.treatment.file.kind == "behaviour" for course in courses)
    arms = ("treated", "untreated" if behaviour else "placebo")  # what people do themselves has no placebo
    found: list[Result] = []
    sound = np.ones(worlds, bool)
    for occasion in (0, 1):  # the second time only what is assumed is drawn anew
        group = dataclasses.replace(measured, traits=_assuming(measured, seed, occasion))
        with _quietly():
            rest, healthy = resting(group)
        sound &= healthy
        relevance = relevance_draws(courses, seed, worlds, occasion)
        for arm in arms:
            plan = treatment_plan(
                group, courses, protocol, days, start=rest, relevance=relevance, seed=seed, arm=arm,  # type: ignore[arg-type]
                blinded=arm == "placebo",
            )  # fmt: skip
            plan = _same_person(plan, courses, person, seed, occasion, rest)
            plan = dataclasses.replace(plan, moments=hours)
            done = len(found)
            told = None if progress is None else (lambda share, n=done: progress((n + share) / 4))
            found.append(join(plan, [course for _, course in solve_batches(plan, told)]))
            sound &= ~np.isin(numbers, list(found[-1].failed))
    if not sound.any():
        raise InputError(f"person {person} is healthy at rest in none of {worlds} worlds; choose another with --person")
    whole = [_of(course, sound) for course in found]
    begin = max(first, last - LAST_DAYS)
    frozen = {name: outcome(whole[2], name, begin, last) - outcome(whole[3], name, begin, last) for name in OUTCOMES}
    return Twins(courses, person, seed, whole[0], whole[1], frozen, begin, last, int((~sound).sum()))


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
        target = MATTERS_AS.get(target, target)
        if target in RELEVANT:
            matters = uniform(seed, f"{target} matters", ids, occasion) >= SPIKE
            found[target] = np.where(
                matters, np.clip(SLAB * normal(seed, f"{target} by", ids, occasion), -0.9, 1.0), 0.0
            )
    return found


RELEVANT = tuple(n.removeprefix("relevance_") for n in parameters(Targets()) if n.startswith("relevance_"))


def _copies(one: People, worlds: int) -> People:
    """The same person so many times, numbered by world."""
    traits = {name: np.repeat(values, worlds) for name, values in one.traits.items()}
    return dataclasses.replace(one, traits=traits, ids=np.arange(worlds))


def _in_worlds(path: str, known: Quantity, own: Any, ids: np.ndarray, seed: int, occasion: int) -> np.ndarray:
    """A number of one person in each world: another in each where it is assumed, the person's own elsewhere."""
    values = np.broadcast_to(np.asarray(own, float), ids.shape)
    if known.fixed or not known.value or known.sd or kind_of(known.source) != "assumed":
        return values
    low, high = known.range or ((0.0, np.inf) if known.value > 0 else (-np.inf, 0.0))
    return np.clip(values * np.exp(ASSUMED_SD * normal(seed, f"world of {path}", ids, occasion)), low, high)


def _assuming(group: People, seed: int, occasion: int, systems: Sequence[str] = ()) -> dict[str, np.ndarray]:
    """The traits of people of all worlds, with other numbers where those of their body are assumed.

    Of a treated body only those of some `systems` are drawn, for the others have been.
    """
    traits = dict(group.traits)
    for path, known in parameters(group.body).items():
        if not systems or path.split(".")[0] in systems:
            values = _in_worlds(path, known, traits.get(path, known.value), group.ids, seed, occasion)
            if path in traits or np.ptp(values) > 0:
                traits[path] = values
    return traits


def _same_person(
    plan: Plan, courses: Sequence[Course], person: int, seed: int, occasion: int, rest: Mapping[str, np.ndarray]
) -> Plan:
    """The plan with one person's own kinetics, genotype, blood tests and lots in all worlds, and what is assumed."""
    ids, who = plan.people.ids, np.array([person])
    traits = dict(plan.people.traits) | {p: np.repeat(v, len(ids)) for p, v in watched_at_rest(who, seed).items()}
    for treatment in drugs_of(courses):
        own = own_numbers(treatment, who, seed)
        mine = {
            f"{treatment.slot}.{name}": _in_worlds(
                f"{treatment.name}.{name}", known, own.get(f"{treatment.slot}.{name}", known.value), ids, seed, occasion
            )
            for name, known in treatment.numbers.items()
        }
        traits |= slow_enough(treatment, {path: np.array(values) for path, values in mine.items()})
    group = dataclasses.replace(plan.people, traits=traits)
    group = dataclasses.replace(group, traits=_assuming(group, seed, occasion, ("targets", "monitored")))
    care: Any = plan.policy
    care = dataclasses.replace(care, person=person, assumed_sd=ASSUMED_SD, occasion=occasion)
    return dataclasses.replace(plan, people=group, policy=care, start=treated_start(group, rest))


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
