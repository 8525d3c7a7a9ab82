"""Treating virtual people: the same people and lives, with courses of treatment, or with their placebo."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from neuroimmune.body import Body
from neuroimmune.care import Care, check_care
from neuroimmune.course import Course as Result
from neuroimmune.engine.trace import trace
from neuroimmune.errors import InputError, nearest
from neuroimmune.lives import Life, Population
from neuroimmune.population import People, as_people, draw
from neuroimmune.protocol import Happening, Protocol, load_protocol
from neuroimmune.quantity import check_value, parameters, with_parameters
from neuroimmune.schedule import Course, check_together, read_schedule
from neuroimmune.simulation import Plan, Progress, join, make_plan, number, simulate, solve_batches
from neuroimmune.streams import uniform
from neuroimmune.systems.monitored import Monitored
from neuroimmune.treated import MOST_DRUGS, treated
from neuroimmune.treatment import FASTEST, Treatment

QUIET = Protocol()
PLACEBO = "acts"
ARMS = ("treated", "placebo", "untreated")
Who = Body | People | Population


def treat(
    who: Who,
    schedules: str | Sequence[str] | Sequence[Course],
    protocol: Protocol | str | Path = QUIET,
    days: float | None = None,
    every: float = 1.0,
    *,
    progress: Progress | None = None,
    **options: Any,
) -> Result:
    """Follow people through a protocol under treatment.

    **Arguments:**

    - `who`: one body, people, or a population with its life.
    - `schedules`: what is given, one or more, as "hydrocortisone 10 mg 08:00 from day 200 for 84 days".
    - `protocol`, `days`, `every`: as in `simulate`; a year by default if the protocol has no days of its own.
    - `options`: of `treatment_plan`: `arm`, `blinded`, `relevance`, `life`, `start`, and those of `simulate`.

    **Returns:** a `Course` of every state and read-out of `Body`, and of the drugs, their targets and what is watched.

    **Raises:** `InputError` for a schedule that cannot be read, courses that overlap, or an interaction that the model
    does not know; as `simulate` otherwise.

    >>> from neuroimmune.body import Body
    >>> course = treat(Body(), "prednisolone 20 mg 08:00", days=3, keep=["prednisolone_plasma", "acth"])
    >>> bool(course["acth"].values[0, 12] < 0.5 * course["acth"].values[0, 8])
    True
    """
    plan = treatment_plan(who, schedules, protocol, days, every, **options)
    return join(plan, [course for _, course in solve_batches(plan, progress)])


def treatment_plan(
    who: Who,
    schedules: str | Sequence[str] | Sequence[Course],
    protocol: Protocol | str | Path = QUIET,
    days: float | None = None,
    every: float = 1.0,
    *,
    arm: Literal["treated", "placebo", "untreated"] = "treated",
    blinded: bool | None = None,
    relevance: Mapping[str, float | np.ndarray] | None = None,
    life: Life | None = None,
    start: Mapping[str, float | np.ndarray] | None = None,
    daily: Sequence[str] = (),
    keep: Sequence[str] = (),
    threads: int | None = None,
    seed: int | None = None,
) -> Plan:
    """Check and resolve what `treat` was given.

    - `arm`: "treated"; "placebo", the same tablets without action and sessions that do nothing, of which nobody knows;
      or "untreated", the same people left alone.
    - `blinded`: whether people do not know what they get; they do by default, unless it is a placebo.
    - `relevance`: how much targets matter for illness, by name, 0 to 1 or harm below: one number, or one a person.
    - `life`: the daily life on top of which they are treated; that of a population by default.
    - `start`: states of the body to begin from; those of rest by default.
    """
    if arm not in ARMS:
        raise InputError(f"there is no arm {arm!r}{nearest(str(arm), ARMS)}")
    courses, placebo = read_courses(schedules), arm == "placebo"
    what = load_protocol(protocol) if isinstance(protocol, str | Path) else protocol
    if relevance is not None and not isinstance(relevance, Mapping):
        raise InputError(f'relevance is a number by target, as in {{"gr_agonist": 0.5}}, not {relevance!r}')
    if not isinstance(what, Protocol):
        raise InputError(f"with a treatment one protocol is followed, not {what!r}")
    days = (what.days if what.happenings else 365.0) if days is None else number("days", days)
    if isinstance(who, Population):
        life, start = who.life if life is None else life, who.start if start is None else start
    group = who.people if isinstance(who, Population) else as_people(who)
    taken = () if arm == "untreated" else courses
    blinded = placebo if blinded is None else blinded
    care = Care(taken, group.seed if seed is None else seed, life, placebo, blinded)
    check_care(care)
    _check_days(courses, days)
    states = set(trace(group.body).states)
    rest = {} if start is not None and states <= set(start) else resting(group)[0]
    under = treated_people(group, courses, placebo, relevance or {})
    plan_of = dataclasses.replace(what, happenings=(*what.happenings, *given(taken, days, placebo)), days=days)
    begin = treated_start(under, rest | dict(start or {}))
    return make_plan(under, plan_of, days, every, daily, keep, begin, care, threads)


def read_courses(schedules: str | Sequence[str] | Sequence[Course]) -> tuple[Course, ...]:
    """The courses of some schedules, checked together."""
    given_them = [schedules] if isinstance(schedules, str | Course) else list(schedules)
    if not given_them:
        raise InputError('there is nothing to treat with: give a schedule, as in "prednisolone 10 mg for 84 days"')
    courses = tuple(each if isinstance(each, Course) else read_schedule(each) for each in given_them)
    check_together(courses)
    drugs = drugs_of(courses)
    if len(drugs) > MOST_DRUGS:
        raise InputError(
            f"at most {MOST_DRUGS} drugs can be in a body at once, not {len(drugs)}: {', '.join(t.name for t in drugs)}"
        )
    return courses


def drugs_of(courses: Sequence[Course]) -> list[Treatment]:
    """The drugs of some courses, each once."""
    return list({c.treatment.name: c.treatment for c in courses if c.treatment.is_drug}.values())


def _check_days(courses: Sequence[Course], days: float) -> None:
    for course in courses:
        if course.first >= days:
            raise InputError(
                f"{course.text!r} begins on day {course.first}, after the end of the simulation at {days:g} days; "
                "ask for more days"
            )


def given(courses: Sequence[Course], days: float, placebo: bool = False) -> Iterator[Happening]:
    """Doses and sessions of some courses as what happens to the body; a sham session does nothing."""
    for course in courses:
        treatment = course.treatment
        for dose in course.doses(days):
            if treatment.is_drug:
                pace = f"{dose.amount / dose.over!r} {treatment.amount}/hour"
                yield Happening(f"{treatment.slot}_dose", pace, dose.hour, dose.over, is_dose=False)
            for target, how in () if placebo else treatment.file.sessions.items():
                level = f"{how.level.value!r} {how.level.unit}".removesuffix(" 1")
                yield Happening(target, level, dose.hour, dose.amount / 60.0, is_dose=False)


def treated_people(
    group: People, courses: Sequence[Course], placebo: bool, relevance: Mapping[str, float | np.ndarray]
) -> People:
    """The same people with the drugs in their bodies: each clears them in an own way, the same in every arm."""
    drugs = drugs_of(courses)
    if not isinstance(group.body, Body):
        raise InputError(f"a ni.Body can be treated, not a {type(group.body).__name__}")
    body = treated(group.body, {t.slot: t.drug for t in drugs}, {t.slot: t.units for t in drugs})
    if placebo:
        body = with_parameters(body, {f"{t.slot}.{PLACEBO}": 0.0 for t in drugs})
    traits = dict(group.traits)
    for target, value in relevance.items():
        path, known = f"targets.relevance_{target}", parameters(body)
        possible = [p.removeprefix("targets.relevance_") for p in known if "relevance_" in p]
        if target not in possible:
            raise InputError(f"there is no relevance of {target!r}{nearest(target, possible)}")
        for each in np.unique(np.asarray(value, float)):
            check_value(f"the relevance of {target}", known[path], float(each))
        if np.ndim(value):
            traits[path] = np.asarray(value, float)
        else:
            body = with_parameters(body, {path: float(value)})  # type: ignore[arg-type]
    if group.traits:
        for treatment in drugs:
            traits |= own_numbers(treatment, group.ids, group.seed)
        traits |= watched_at_rest(group.ids, group.seed)
    return dataclasses.replace(group, body=body, traits=traits)


def watched_at_rest(ids: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """What blood tests find in each person without treatment, by path."""
    known = {f"monitored.{name}": q for name, q in parameters(Monitored()).items() if q.spread}
    return {path: draw(path, q, ids, seed) for path, q in known.items()}


def own_numbers(treatment: Treatment, ids: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """What each person does to a drug: by the spreads of its numbers, and by genotype."""
    found = {}
    for path, known in treatment.numbers.items():
        if known.spread:
            found[f"{treatment.slot}.{path}"] = draw(f"{treatment.name}.{path}", known, ids, seed)
    for gene in dict.fromkeys(g.gene for g in treatment.file.genotype):
        lot, reached = uniform(seed, f"genotype {gene}", ids), 0.0
        for genotype in (g for g in treatment.file.genotype if g.gene == gene):
            has = (lot >= reached) & (lot < reached + genotype.share.value)
            reached += genotype.share.value
            path, usual = f"{treatment.slot}.{genotype.changes}", treatment.numbers[genotype.changes].value
            found[path] = found.get(path, np.full(len(ids), usual)) * np.where(has, genotype.by.value, 1.0)
    return slow_enough(treatment, found)


def slow_enough(treatment: Treatment, found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same, but that nobody's drug moves faster than steps can follow, and no more than all of a dose arrives."""

    def own(name: str) -> Any:
        return found.get(f"{treatment.slot}.{name}", getattr(treatment.drug, name))

    for name, most in (
        ("k_absorption", FASTEST),
        ("k_effect", FASTEST),
        ("metabolite_k", FASTEST),
        ("bioavailability", 1.0),
    ):
        if f"{treatment.slot}.{name}" in found:
            found[f"{treatment.slot}.{name}"] = np.minimum(own(name), most)
    flows = {
        "volume": ("clearance", "exchange", "exchange_deep"),
        "volume_tissue": ("exchange",),
        "volume_deep": ("exchange_deep",),
    }
    for volume, out in flows.items():
        least = np.asarray(sum(own(name) for name in out)) / FASTEST
        if f"{treatment.slot}.{volume}" in found or np.ndim(least):
            found[f"{treatment.slot}.{volume}"] = np.maximum(own(volume), least)
    return found


def resting(group: People) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """States at midnight of the resting day of people without treatment, and which of them have one."""
    states = list(trace(group.body).states)
    course = simulate(group, days=1, every=24, keep=states)
    rested = ~np.isin(group.ids, [*course.not_at_rest, *course.failed])
    return {name: course.values[name][:, 0].astype(float) for name in states}, rested


def treated_start(under: People, rest: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """States to begin treatment from: those of rest, no drug, and usual blood tests."""
    known, model = parameters(under.body), trace(under.body)
    start = {name: np.full(len(under), q.value) for name, q in model.states.items()}
    for name, path in (("neutrophils", "monitored.neutrophils_rest"), ("alt", "monitored.alt_rest")):
        start[name] = np.asarray(under.traits.get(path, np.full(len(under), known[path].value)), float)
    for name, value in rest.items():
        if name not in start:
            raise InputError(f"there is no state {name!r} to start from{nearest(name, start)}")
        start[name] = np.broadcast_to(np.asarray(value, float), (len(under),)).copy()
    return start
