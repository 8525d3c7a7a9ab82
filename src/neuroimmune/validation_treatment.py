"""Simulated studies of drugs: people who take what a schedule says, read as the study read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from neuroimmune.body import Body
from neuroimmune.engine.trace import trace
from neuroimmune.errors import InputError
from neuroimmune.evidence.statistics import BEFORE, BEYOND, OF_EACH, OWN_UNIT, PEAKS, STATISTICS
from neuroimmune.population import People
from neuroimmune.protocol import change
from neuroimmune.schedule import Course, read_schedule
from neuroimmune.simulation import Plan, solve_batches
from neuroimmune.systems.targets import TARGETS
from neuroimmune.treated import treated
from neuroimmune.treating import treatment_plan
from neuroimmune.treatment import Treatment

if TYPE_CHECKING:
    import pandas as pd

PROTOCOL, PLACEBO = "treatment", "placebo of "
ADRENAL_TEST = "adrenal_test"  # cortisol an hour after cosyntropin
COSYNTROPIN = "3000"  # times usual ACTH: 250 ug in a vein; far above what the adrenal answers
GRID = (
    (12.0, 0.25),
    (48.0, 1.0),
    (240.0, 4.0),
    (float("inf"), 12.0),
)  # hours from a dose to which readings are so dense
TESTED_EVERY = 84.0  # days between blood tests of which the lowest or highest counts: bsr2017, every three months
LONG_ENOUGH = 6.0  # half-lives for which a half-life is followed


@dataclass(frozen=True)
class TreatedRun:
    """What everybody went through on one schedule: `seen[id]` are the values (people, hours) and hours of a row."""

    seen: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]]
    solved: np.ndarray

    def at(self, row: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Values at the hours at which a row's people are read, those before, and the hours."""
        return self.seen[row.id]


def course_of(row: Any) -> tuple[Course, bool]:
    """The schedule of a row, and whether it is of its placebo."""
    text = row.settings
    return read_schedule(text.removeprefix(PLACEBO)), text.startswith(PLACEBO)


def variable(row: Any, course: Course) -> str:
    """The name of what a row reads in a course of results."""
    own = {name: f"{course.treatment.slot}_{name}" for name in ("plasma", "metabolite")}
    reached = {name: f"reached_{name}" for name in TARGETS}
    other = {ADRENAL_TEST: "cortisol", **own, **reached}
    return other[row.quantity] if row.quantity in other else str(row.quantity)


def obstacle(row: Any) -> str:
    """Why a row cannot be simulated, or nothing."""
    try:
        course, _ = course_of(row)
    except InputError as error:
        return str(error)
    name = variable(row, course)
    known = _known(course.treatment)
    if name not in known:
        return f"the model has no {row.quantity!r}"
    if name.startswith("ebv"):
        return "people at rest carry no virus whose shedding could fall"
    beyond = BEYOND.fullmatch(row.statistic)
    if row.statistic not in STATISTICS and not beyond:
        return f"the statistic {row.statistic!r} is not known, or from which number on people count"
    if not beyond and row.statistic not in OWN_UNIT and row.unit != known[name].unit:
        return f"it is measured in {row.unit}, and {row.quantity} of the model in {known[name].unit}"
    if np.isnan(row.time_h) and row.statistic not in (*PEAKS, *OF_EACH) and not (beyond and beyond[1]):
        return "the hour is not known"
    return ""


@cache
def _known(treatment: Treatment) -> Mapping[str, Any]:
    """Everything that can be read of a body with this treatment."""
    drugs = {treatment.slot: treatment.drug} if treatment.is_drug else {}
    model = trace(treated(Body(), drugs, {treatment.slot: treatment.units}))
    return model.states | model.inputs | model.output_names


def hours_of(row: Any, course: Course) -> np.ndarray:
    """The hours since the first dose at which the people of a row are read."""
    if row.statistic == "half-life":
        last = _last_dose(course, ended=True)
        return last + np.linspace(0.2, LONG_ENOUGH * row.value, 60)
    after = 48.0 if course.over < 0.5 and _quick(course) else 336.0
    if row.statistic in OF_EACH:  # the time of the peak that follows the last dose
        return _last_dose(course) + _grid(after)
    if row.statistic in PEAKS:
        return _grid(_last_dose(course) + after)
    beyond = BEYOND.fullmatch(row.statistic)
    if beyond and beyond[1]:
        return np.arange(0.0, row.time_h + 1.0, 24.0 * TESTED_EVERY)
    return np.array([float(row.time_h)])


def _quick(course: Course) -> bool:
    """Whether a drug is gone within days."""
    drug = course.treatment.drug
    return min(drug.clearance / drug.volume, drug.k_absorption if not drug.by_vein else np.inf) > 0.03


def _last_dose(course: Course, ended: bool = False) -> float:
    """Hours from the first dose to the last, or to the end of the last."""
    doses = course.doses(course.last if np.isfinite(course.last) else course.first + 1.0)
    return doses[-1].hour - doses[0].hour + ended * doses[-1].over if doses else 0.0


def _grid(end: float) -> np.ndarray:
    """Readings dense at first, for drugs come and go."""
    parts, begin = [], 0.0
    for upto, step in GRID:
        parts.append(np.arange(begin, min(upto, end), step))
        begin = upto
        if begin >= end:
            break
    return np.unique(np.concatenate(parts))


def follow_treated(
    people: People, start: Mapping[str, np.ndarray], rested: np.ndarray, rows: "pd.DataFrame"
) -> TreatedRun:
    """Take people through the schedule of some rows, which is one, saving what the rows need."""
    each: list[Any] = list(rows.itertuples())
    course, placebo = course_of(each[0])
    doses = course.doses(course.first + 1.0)
    zero = doses[0].hour if doses else 24.0 * course.first
    lead = max(0.0, -np.nanmin([0.0, *rows.baseline_h]))
    days_before = int(np.ceil(max(lead - zero, 0.0) / 24.0))
    if days_before:  # begin the course later, so that what is read before can be
        course = replace(course, first=course.first + days_before, last=course.last + days_before)
        zero += 24.0 * days_before
    wanted = {row.id: (variable(row, course), hours_of(row, course)) for row in each}
    tested = {row.id for row in each if row.quantity == ADRENAL_TEST}
    tests = sorted({float(h) for i in tested for h in wanted[i][1]})
    befores = {row.id: zero - BEFORE if np.isnan(row.baseline_h) else zero + row.baseline_h for row in each}
    hours = {i: zero + h + (1.0 if i in tested else 0.0) for i, (_, h) in wanted.items()}
    moments = np.unique(np.round(np.concatenate([*hours.values(), np.maximum([*befores.values()], 0.0)]), 9))
    days = float(np.ceil(moments[-1] / 24.0 + 1e-9))
    keep = sorted({name for name, _ in wanted.values()})
    plan = treatment_plan(people, [course], days=days, keep=keep, start=start, arm="placebo" if placebo else "treated")
    care: Any = plan.policy
    given_tests = [change("cosyntropin", COSYNTROPIN, at=zero + h, lasting="1 h") for h in tests]
    protocol = replace(plan.protocol, happenings=(*plan.protocol.happenings, *given_tests))
    plan = replace(plan, protocols=(protocol,), moments=tuple(moments), policy=replace(care, monitored=False))
    courses = [found for _, found in solve_batches(_checked(plan))]
    values = {name: np.concatenate([c.values[name] for c in courses]) for name in keep}
    failed = [person for c in courses for person in c.failed]

    def at(name: str, when: Sequence[float] | np.ndarray) -> np.ndarray:
        places = np.abs(moments[None, :] - np.asarray(when)[:, None]).argmin(1)
        return values[name][:, places]

    seen = {}
    for row in each:
        name, h = wanted[row.id]
        since = h - (_last_dose(course) if row.statistic in OF_EACH else 0.0)
        seen[row.id] = at(name, hours[row.id]), at(name, [max(befores[row.id], 0.0)])[:, 0], since
    return TreatedRun(seen, rested & ~np.isin(people.ids, failed))


def _checked(plan: Plan) -> Plan:
    from neuroimmune.protocol import events

    events(plan.protocol, plan.people.body, plan.days)
    return plan


__all__ = ["PROTOCOL", "TreatedRun", "course_of", "follow_treated", "obstacle"]
