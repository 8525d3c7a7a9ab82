"""Following people through time."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from neuroimmune.course import Course, Variable
from neuroimmune.engine.kernel import Kernel, compiled
from neuroimmune.engine.lanes import TOLERANCE, Lanes, advance, gather, pack, unpack
from neuroimmune.engine.readout import readout
from neuroimmune.engine.rest import resting_day
from neuroimmune.engine.trace import Model, trace
from neuroimmune.errors import InputError, SolverFailed, nearest
from neuroimmune.population import People, as_people, shifted
from neuroimmune.protocol import MOMENT, Protocol, events, load_protocol
from neuroimmune.provenance import provenance
from neuroimmune.quantity import Quantity, System, parameters

log = logging.getLogger(__name__)
QUIET = Protocol()
BATCH_BYTES = 256_000_000
BATCH_PEOPLE = 1024  # at most: what an interrupted run loses
REST_ROWS = 60  # numbers of each state that are kept while its resting day is sought
REDUCTIONS = {"mean": np.mean, "min": np.min, "max": np.max}


@dataclass
class Day:
    """What a policy sees at midnight, and may change in place: arrays over people.

    `state[name]` are the present states; `levels[name]` the inputs' levels for the day that begins, which stay until
    they are changed again; `share[name]`, likewise, how much takes place of what the protocol schedules for an input:
    1 is all of it.
    """

    number: int
    people: People
    state: dict[str, np.ndarray]
    levels: dict[str, np.ndarray]
    share: dict[str, np.ndarray]

    def read(self, *names: str) -> list[np.ndarray]:
        """Read-outs at this moment, such as "fatigue", each of shape (people,).

        Raises `InputError` for a wrong name.
        """
        group = self.people
        _check_names("read-out ", names, trace(group.body).output_names, "to read")
        found = readout(group.body, names, np.array(24.0 * self.number), self.state, self.levels, group.traits)
        return [np.broadcast_to(values, (len(group),)) for values in found]


Policy = Callable[[Day], None]
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Plan:
    """Everything that decides a simulation, resolved and checked: the same people come out the same in any batch."""

    people: People
    model: Model
    kernel: Kernel
    protocols: tuple[Protocol, ...]
    days: float
    every: float
    daily: tuple[str, ...]
    keep: tuple[str, ...]
    start: Mapping[str, float | np.ndarray] | None
    policy: Policy | None
    threads: int | None
    moments: tuple[float, ...] = ()  # the hours to save, where they are not evenly spaced

    @property
    def protocol(self) -> Protocol:
        """The protocol of the first person, which is that of all if there is only one."""
        return self.protocols[0]

    @property
    def saves(self) -> np.ndarray:
        """The hours that are saved, before daily summaries."""
        if self.moments:
            return np.round(self.moments, MOMENT)
        return np.round(np.arange(round(24 * self.days / self.every) + 1) * self.every, MOMENT)

    @property
    def times(self) -> np.ndarray:
        """The hours of the course: those saved, or the end of each day that is summarised."""
        return 24.0 * np.arange(1, round(self.days) + 1) if self.daily else self.saves

    @property
    def known(self) -> dict[str, Quantity]:
        """Everything that can be saved: states, inputs and read-outs."""
        return self.model.states | self.model.inputs | self.model.output_names

    @property
    def variables(self) -> dict[str, Variable]:
        """What the course will hold."""
        known = self.known
        plain = {n: Variable(known[n].unit, known[n].meaning) for n in self.keep or known}
        if not self.daily:
            return plain
        return {
            f"{n}_{r}": replace(v, meaning=f"{v.meaning}, {r} of the day") for n, v in plain.items() for r in self.daily
        }

    @property
    def bytes_of_a_person(self) -> int:
        """The memory that solving one person takes, at most."""
        return 8 * (len(self.saves) * len(self.known) + REST_ROWS * len(self.model.states))

    @property
    def batches(self) -> list[slice]:
        """People who are solved at once, so that memory stays bounded."""
        at_once = int(np.clip(BATCH_BYTES // self.bytes_of_a_person // 16 * 16, 16, BATCH_PEOPLE))
        return [slice(first, min(first + at_once, len(self.people))) for first in range(0, len(self.people), at_once)]


def simulate(
    body: System | People,
    protocol: Protocol | str | Path | Sequence[Protocol] = QUIET,
    days: float | None = None,
    every: float = 1.0,
    *,
    daily: Sequence[str] = (),
    keep: Sequence[str] = (),
    start: Mapping[str, float | np.ndarray] | Course | None = None,
    policy: Policy | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Course:
    """Follow one body, or people, through a protocol; the clock starts at midnight of day 0.

    **Arguments:**

    - `protocol`: what happens, or the name of a shipped protocol, or a protocol for each person; nothing by default.
    - `days`: how long [day]; the protocol's own by default.
    - `every`: spacing of the saved times [hour]. What happens at a moment has happened when that moment is saved.
    - `daily`: any of "mean", "min", "max": save these of each whole day instead, taken over the times `every`.
    - `keep`: the names to save; all by default.
    - `start`: states to begin from, where they are not those of the resting day: a number, or one for each person; or a
      course that ended at a midnight, to go on from there.
    - `policy`: called with a `Day` at every midnight; it may change states and levels in place.
    - `threads`: at most this many; the result does not depend on it.
    - `progress`: told the share that is done.

    **Returns:** a `Course`, each variable of shape (people, times).

    **Raises:** `InputError` for what cannot be simulated; `SolverFailed` if nobody's solution reached the end. A person
    whose solution failed is NaN from there on and named in `course.failed`.

    >>> import neuroimmune as ni
    >>> course = ni.simulate(ni.Body(), "endotoxin", days=1)
    >>> bool(course["il6"].max() > 100)  # pg/mL
    True
    """
    plan = make_plan(body, protocol, days, every, daily, keep, start, policy, threads)
    return join(plan, [course for _, course in solve_batches(plan, progress)])


def make_plan(
    body: System | People,
    protocol: Protocol | str | Path | Sequence[Protocol] = QUIET,
    days: float | None = None,
    every: float = 1.0,
    daily: Sequence[str] = (),
    keep: Sequence[str] = (),
    start: Mapping[str, float | np.ndarray] | Course | None = None,
    policy: Policy | None = None,
    threads: int | None = None,
) -> Plan:
    """Check everything that `simulate` was given."""
    group = as_people(body)
    protocols = _protocols(protocol, len(group))
    days = max(each.days for each in protocols) if days is None else number("days", days)
    every, daily, keep = number("every", every), _names("daily", daily), _names("keep", keep)
    if isinstance(start, Course):
        start = _end_of(start, trace(group.body))
    start = None if start is None else {n: _start_of(n, value, len(group)) for n, value in start.items()}
    _check_times(days, every, daily)
    group = as_people(_infected_by(group, protocols))
    model = trace(group.body)
    _check_names("", keep, model.states | model.inputs | model.output_names, "to keep")
    _check_names("state ", start or (), model.states, "to start from")
    if policy is not None and not callable(policy):
        raise InputError(f"a policy is a function of a Day, not {policy!r}")
    for each in protocols:
        events(each, group.body, days)  # tells at once what is wrong with it
    return Plan(group, model, compiled(model), protocols, days, every, daily, keep, start, policy, threads)


def _protocols(given: Any, people: int) -> tuple[Protocol, ...]:
    if isinstance(given, str | Path):
        return (load_protocol(given),)
    protocols = (given,) if isinstance(given, Protocol) else tuple(given) if isinstance(given, Sequence) else ()
    if not protocols or not all(isinstance(each, Protocol) for each in protocols):
        raise InputError(
            f"expected a protocol, the name of one, or one for each person, not {given!r}; see ni.Protocol"
        )
    if not isinstance(given, Protocol) and len(protocols) != people:
        raise InputError(
            f"{len(protocols)} protocols were given for {people} people; give one for all, or one for each"
        )
    return protocols


def _infected_by(group: People, protocols: tuple[Protocol, ...]) -> People:
    """The people with the parameters of their protocols, which are those of its germ."""
    usual = parameters(group.body)
    paths = sorted({path for each in protocols for path in each.parameters})
    try:
        return shifted(
            group,
            {
                p: np.array([each.parameters.get(p, usual[p].value if p in usual else 0.0) for each in protocols])
                for p in paths
            },
        )
    except InputError as error:
        raise InputError(f"protocol {protocols[0].name}, parameters: {error}") from None


def _check_times(days: float, every: float, daily: Sequence[str]) -> None:
    if not 0 < days < float("inf"):
        raise InputError(f"days must be a positive number, not {days:g}")
    if not 0 < every <= 24 * days:
        raise InputError(
            f"every must be more than 0 and at most the {24 * days:g} hours simulated, not {every:g} hours"
        )
    if abs(24 * days / every - round(24 * days / every)) > 1e-6:
        raise InputError(
            f"{24 * days:g} hours are not a whole number of steps of {every:g} hours; choose another `every`"
        )
    for reduction in daily:
        if reduction not in REDUCTIONS:
            raise InputError(f"a day cannot be summarised by {reduction!r}{nearest(reduction, REDUCTIONS)}")
    if daily and (days % 1 or abs(24 / every - round(24 / every)) > 1e-6):
        raise InputError(
            f"daily summaries need whole days and an `every` that divides a day, not {days:g} days and {every:g} hours"
        )


def _check_names(kind: str, names: Iterable[str], known: Mapping[str, Quantity], purpose: str) -> None:
    for name in names:
        if name not in known:
            raise InputError(f"there is no {kind}{name!r} {purpose}{nearest(name, known)}")


def number(what: str, value: Any) -> float:
    """A number of any kind as a float. Raises `InputError` for what is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InputError(f"{what} must be a number, not {value!r}") from None


def _end_of(course: Course, model: Model) -> dict[str, np.ndarray]:
    """The states in which a course ended."""
    lacking = [name for name in model.states if name not in course]
    if lacking:
        raise InputError(
            f"the course to go on from lacks the states {', '.join(lacking[:5])}: simulate it without `keep`"
        )
    if course.times[-1] % 24:
        raise InputError(f"the course to go on from ended at hour {course.times[-1]:g}, which is no midnight")
    return {name: course.values[name][:, -1] for name in model.states}


def _start_of(name: str, value: Any, people: int) -> float | np.ndarray:
    if np.ndim(value):
        numbers = np.asarray(value, np.float64)
        if numbers.shape != (people,) or not np.isfinite(numbers).all():
            raise InputError(f"the start of {name} must be a finite number, or one for each of {people} people")
        return numbers
    start = number(f"the start of {name}", value)
    if not np.isfinite(start):
        raise InputError(f"the start of {name} is not a finite number: {start}")
    return start


def _names(what: str, given: Any) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else tuple(given)
    if not all(isinstance(name, str) for name in names):
        raise InputError(f"{what} must be names, not {given!r}")
    return names


def solve_batches(
    plan: Plan, progress: Progress | None = None, skip: Sequence[int] = ()
) -> Iterator[tuple[int, Course]]:
    """The number and course of each batch of people in turn, but for the batches to `skip`."""
    total = len(plan.people)
    for number, batch in enumerate(plan.batches):
        if number not in skip:
            share = (
                (lambda done, b=batch: progress((b.start + done * (b.stop - b.start)) / total)) if progress else None
            )
            yield number, _solve(plan, batch, share)


def _solve(plan: Plan, batch: slice, progress: Progress | None) -> Course:
    model, group = plan.model, plan.people[batch]
    protocols = plan.protocols if len(plan.protocols) == 1 else plan.protocols[batch]
    happening = [events(each, group.body, plan.days) for each in protocols]
    rows = parameter_rows(model, group)
    levels = np.tile([q.value for q in model.inputs.values()], (len(group), 1)).reshape(len(group), -1)
    resting, solving = _two_parts(progress)
    y, not_at_rest = _start(plan, group, rows, levels, resting, batch)
    lanes = gather(plan.kernel, y, rows, levels, happening)
    if plan.policy is None:
        states, inputs = advance(lanes, plan.saves, plan.threads, solving)
    else:
        states, inputs = _day_by_day(plan, group, lanes, solving)
    failed = {int(group.ids[n]): why for n, why in lanes.failed().items()}
    kept = _reduced(plan, _named(plan, group, states, inputs))
    return Course(plan.times, kept, plan.variables, group.ids, failed, not_at_rest, provenance(plan))


def _two_parts(progress: Progress | None) -> tuple[Progress | None, Progress | None]:
    """Progress of finding rest, a quarter of the work by guess, and of solving."""
    if progress is None:
        return None, None
    return (lambda done: progress(0.25 * done)), (lambda done: progress(0.25 + 0.75 * done))


def _start(
    plan: Plan,
    group: People,
    rows: np.ndarray,
    levels: np.ndarray,
    progress: Progress | None = None,
    batch: slice = slice(None),
) -> tuple[np.ndarray, list[int]]:
    """The states at hour zero, and the people who have no resting day."""
    declared = np.array([q.value for q in plan.model.states.values()])
    if plan.start is not None and set(plan.start) == set(plan.model.states):
        y, found = np.tile(declared, (len(group), 1)), np.ones(len(group), bool)
    elif not group.traits:
        one, ok = _rest_of_one(plan.kernel, tuple(declared), tuple(rows[0]), tuple(levels[0]))
        y, found = np.tile(one, (len(group), 1)), np.full(len(group), ok)
    else:
        y, found = resting_day(plan.kernel, np.tile(declared, (len(group), 1)), rows, levels, plan.threads, progress)
    for name, value in (plan.start or {}).items():
        y[:, list(plan.model.states).index(name)] = value[batch] if isinstance(value, np.ndarray) else value
    if not found.all():
        log.warning(
            "%d of %d people have no resting day to start from: %s", (~found).sum(), len(found), group.ids[~found][:10]
        )
    return y, [int(n) for n in group.ids[~found]]


def resting_state(body: System) -> tuple[Model, np.ndarray]:
    """A body's model, and its states at midnight of a resting day. Raises `SolverFailed` if it has none."""
    plan = make_plan(body)
    levels = np.array([[q.value for q in plan.model.inputs.values()]])
    y, missing = _start(plan, plan.people, parameter_rows(plan.model, plan.people), levels)
    if missing:
        raise SolverFailed(
            "this body has no resting day: left alone, it does not come back to the same state after 24 hours"
        )
    return plan.model, y[0]


@lru_cache(maxsize=64)
def _rest_of_one(kernel: Kernel, *rows: tuple[float, ...]) -> tuple[np.ndarray, bool]:
    states, parameters, levels = (np.array([row]) for row in rows)
    y, found = resting_day(kernel, states, parameters, levels)
    return y[0], bool(found[0])


def _day_by_day(plan: Plan, group: People, lanes: Lanes, progress: Progress | None) -> tuple[np.ndarray, np.ndarray]:
    """States and inputs at the saved times, the policy having its say at every midnight."""
    states, inputs, days = [], [], int(np.ceil(plan.days))
    for day in range(days):
        _ask(plan, group, lanes, day)
        last = day + 1 == days
        upto = plan.saves[(plan.saves >= 24 * day) & ((plan.saves < 24 * (day + 1)) | last)]
        if len(upto):
            found = advance(lanes, upto, plan.threads)
            states.append(found[0])
            inputs.append(found[1])
        if not last:
            advance(lanes, np.array([24.0 * (day + 1)]), plan.threads)
        if progress:
            progress((day + 1) / days)
    return np.concatenate(states, axis=1), np.concatenate(inputs, axis=1)


def _ask(plan: Plan, group: People, lanes: Lanes, number: int) -> None:
    """Let the policy change states, levels and shares of those who have not failed."""
    names, inputs = list(plan.model.states), list(plan.model.inputs)

    def columns(blocks: np.ndarray, of: list[str]) -> dict[str, np.ndarray]:
        return {name: column.copy() for name, column in zip(of, unpack(blocks, len(group)).T, strict=False)}

    day = Day(number, group, columns(lanes.y, names), columns(lanes.level, inputs), columns(lanes.share, inputs))
    plan.policy(day)  # type: ignore[misc]
    for kind, given, known in (
        ("state", day.state, names),
        ("level", day.levels, inputs),
        ("share", day.share, inputs),
    ):
        _check_column(kind, given, known, len(group))
    states = pack(np.stack([day.state[name] for name in names], 1))
    states[np.isnan(lanes.y)] = np.nan  # who has failed stays so
    lanes.lost[states != lanes.y] = 0
    lanes.y[:] = states
    if inputs:
        lanes.level[:] = pack(np.stack([day.levels[name] for name in inputs], 1))
        lanes.share[:] = pack(np.stack([day.share[name] for name in inputs], 1))


def _check_column(kind: str, given: Mapping[str, np.ndarray], known: Sequence[str], people: int) -> None:
    for name, values in given.items():
        if name not in known:
            raise InputError(f"the policy set a {kind} {name!r} that does not exist{nearest(name, known)}")
        if np.shape(values) != (people,):
            raise InputError(f"the policy left the {kind} {name} with shape {np.shape(values)}; it needs ({people},)")


def _named(plan: Plan, group: People, states: np.ndarray, inputs: np.ndarray) -> dict[str, np.ndarray]:
    """States, inputs and read-outs by name, shape (people, saved times)."""
    model = plan.model
    named = {name: states[:, :, i] for i, name in enumerate(model.states)}
    inputs = np.where(np.isnan(states[:, :, :1]), np.float32(np.nan), inputs)  # of who has failed nothing is told
    named |= {name: inputs[:, :, i] for i, name in enumerate(model.inputs)}
    wanted = [name for name in model.output_names if name in (plan.keep or model.output_names)]
    if wanted:
        traits = {name: trait[:, None] for name, trait in group.traits.items()}
        found = readout(group.body, wanted, plan.saves[None, :], named, named, traits)
        for name, values in zip(wanted, found, strict=True):
            named[name] = np.broadcast_to(values, states.shape[:2]).astype(np.float32)
    return {name: named[name] for name in (plan.keep or named)}


def _reduced(plan: Plan, named: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    if not plan.daily:
        return {name: np.ascontiguousarray(v) for name, v in named.items()}
    hours = round(24 / plan.every)
    days = {name: v[:, 1:].reshape(len(v), -1, hours) for name, v in named.items()}
    return {f"{name}_{r}": REDUCTIONS[r](v, axis=2) for name, v in days.items() for r in plan.daily}


def parameter_rows(model: Model, group: People) -> np.ndarray:
    """The numbers of the people in the order of the kernel, shape (people, parameters)."""
    rows = np.tile([model.parameters[name].value for name in model.people_parameters], (len(group), 1))
    for name, trait in group.traits.items():
        rows[:, model.people_parameters.index(name)] = trait
    return rows


def check_solved(failed: Mapping[int, tuple[float, str]], people: int) -> None:
    """Raise `SolverFailed` if nobody's solution reached the end."""
    if len(failed) == people:
        person, (hour, reason) = next(iter(failed.items()))
        raise SolverFailed(
            f"no solution reached the end: person {person} failed at hour {hour:.1f} because {reason}; "
            f"look for parameters, doses or starting states far from the usual "
            f"(the error tolerated in a step is {TOLERANCE:g})"
        )


def join(plan: Plan, courses: list[Course]) -> Course:
    """One course of all people. Raises `SolverFailed` if nobody's solution reached the end."""
    failed = {n: why for course in courses for n, why in course.failed.items()}
    check_solved(failed, len(plan.people))
    if failed:
        log.warning(
            "%d of %d people could not be solved to the end: %s", len(failed), len(plan.people), sorted(failed)[:10]
        )
    values = {name: np.concatenate([c.values[name] for c in courses]) for name in courses[0].values}
    ids = np.concatenate([c.people for c in courses])
    restless = [n for c in courses for n in c.not_at_rest]
    return Course(plan.times, values, plan.variables, ids, failed, restless, courses[0].provenance)
