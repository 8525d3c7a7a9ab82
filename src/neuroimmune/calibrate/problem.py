"""Published rows as experiments on virtual people, and what the papers report of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from neuroimmune.compare import origin
from neuroimmune.engine.events import Event
from neuroimmune.engine.kernel import Kernel, compiled
from neuroimmune.engine.lanes import advance, gather
from neuroimmune.engine.rest import resting_day
from neuroimmune.engine.trace import Model, evaluate, trace
from neuroimmune.errors import InputError, nearest
from neuroimmune.protocol import Protocol, events, load_protocol, read_settings
from neuroimmune.quantity import Quantity, System, parameters, with_parameters

if TYPE_CHECKING:
    import pandas as pd

BEFORE = 0.05  # hours before the first event, at which a rise is counted from
GRID = 0.25  # hours between the moments among which a peak is sought, for a day after the first event; then hourly
TIMING = (
    0.5  # hours: how closely a study that draws blood by the hour tells when a peak was, however many people it had
)
MISSING = 1e3  # the residual of a prediction that could not be computed
RELATIVE = {"fold change": (1.0, 0.0), "percent change": (100.0, 1.0)}
UNSCALED = ("time of peak", "sd of log peak", "cohen d", *RELATIVE)  # what no assay's scale can change
SCALE, SPREAD = "scale:", "spread:"

Rest = Callable[[Model, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Free:
    """One number to be fitted, and what is believed of it before: `middle * exp(log_sd * x) + sd * x`, x normal.

    `name` is the path of a parameter, "spread:<path>" for how people differ in it, or "scale:<study>:<quantity>" for a
    laboratory's assay against that of the reference, which is the study without a scale.
    """

    name: str
    middle: float
    log_sd: float = 0.0
    sd: float = 0.0
    why: str = ""

    def value(self, x: Any) -> Any:
        """The number at x standard deviations of the prior from its middle."""
        return self.middle * np.exp(self.log_sd * x) + self.sd * x


@dataclass(frozen=True)
class Observation:
    """One published number to be met: a row's own statistic, or the SD between people that it was published with."""

    row: str
    study: str
    protocol: str
    settings: str
    quantity: str
    statistic: str
    time_h: float
    baseline_h: float
    rises: bool
    observed: float
    sd: float
    error: float
    n: int


@dataclass(frozen=True)
class Experiment:
    """One protocol, the hours that are looked at (among them one just before anything happens), and what was seen."""

    protocol: Protocol
    zero: float
    times: np.ndarray
    seen: tuple[Observation, ...]


@dataclass
class Problem:
    """Free numbers, and residuals of everything observed, for many vectors of free numbers at once.

    A vector x is in standard deviations of the priors: x = 0 is what was believed before, and x itself its residual.

    - `rows`: targets, as `evidence.targets.targets` gives them; only verified rows of role `fit` are accepted.
    - `floors`: of each quantity, the size [its unit] above which relative and below which absolute differences count
      (the residual is that of asinh(value / floor)); 1 if not given.
    - `rest`: states at midnight from the model and the people's parameter rows; by default the resting day is sought.
    - `spreads`: of which quantities the SDs between people, as published with means, are to be met too.
    - `people`: how many are simulated, by a Sobol sequence; a power of 2. All vectors have the same people.
    - `model_error`: what even the best numbers may miss, beside sampling, on the asinh scale.
    - `noise`: of each quantity, the SD [its unit] with which one person is measured, for rows without an SD.
    - `alike`: parameters in which the virtual people do not differ, such as those that reach none of the rows.
    - `n_unknown`: people in a study that does not tell.
    """

    body: System
    rows: "pd.DataFrame"
    free: Sequence[Free]
    floors: Mapping[str, float] = field(default_factory=dict)
    rest: Rest | None = None
    spreads: Sequence[str] = ()
    people: int = 32
    model_error: float = 0.1
    noise: Mapping[str, float] = field(default_factory=dict)
    alike: Sequence[str] = ()
    n_unknown: int = 8
    threads: int = 1

    def __post_init__(self) -> None:
        wrong = self.rows[(self.rows["role"] != "fit") | (self.rows["checked"] != "verified")]
        if len(wrong):
            raise InputError(f"only verified rows of role fit may be fitted, not {', '.join(wrong['id'][:5])}")
        self.known: dict[str, Quantity] = parameters(self.body)
        for name in (free.name for free in self.free):
            path = name.removeprefix(SPREAD)
            if not name.startswith(SCALE) and (path not in self.known or self.known[path].fixed):
                raise InputError(f"{path!r} cannot be fitted{nearest(path, self.known)}")
        self.names = [free.name for free in self.free]
        self.experiments = _experiments(self.rows, self.spreads, self.n_unknown)
        self.seen: list[Observation] = [one for experiment in self.experiments for one in experiment.seen]
        self.model: Model = trace(self.body)
        self.kernel: Kernel = compiled(self.model)
        self.differing = self._differing()
        self.normals = _normals(self.people, len(self.differing))
        self.floor = np.array([_floor(one, self.floors) for one in self.seen])
        self.target = np.arcsinh(np.array([one.observed for one in self.seen]) / self.floor)
        self.inflation = np.ones(len(self.seen))
        self.error = np.ones(len(self.seen))
        self.set_errors(np.zeros(len(self.free)))

    def values(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """The free numbers of vectors, shape (vectors, free), by name."""
        return {free.name: free.value(x[:, i]) for i, free in enumerate(self.free)}

    def residuals(self, x: np.ndarray) -> np.ndarray:
        """What is missed, in standard errors, and x: shape (vectors, observations + free)."""
        predicted, _ = self.predict(x)
        missed = (np.arcsinh(predicted / self.floor) - self.target) / self.error / np.sqrt(self.inflation)
        return np.hstack([np.nan_to_num(missed, nan=MISSING, posinf=MISSING, neginf=-MISSING), x])

    def set_errors(self, x: np.ndarray) -> None:
        """The standard error of each observation; an SD between people that was not published is the one predicted."""
        _, people_sd = self.predict(x[None])
        error = np.array([one.error for one in self.seen])
        n = np.array([one.n for one in self.seen])
        noise = np.array([self.noise.get(one.quantity, 0.0) for one in self.seen])
        error = np.where(np.isnan(error), np.hypot(people_sd[0], noise) / np.sqrt(n), error)
        error = np.hypot(error, [TIMING if one.statistic == "time of peak" else 0.0 for one in self.seen])
        slope = 1.0 / np.sqrt(self.floor**2 + np.array([one.observed for one in self.seen]) ** 2)
        self.error = np.sqrt((error * slope) ** 2 + self.model_error**2)

    def predict(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Each statistic as its paper defines it, and the SD of it between people: shape (vectors, observations)."""
        values = self.values(x)
        rows = self._rows(values, len(x))
        rest = self._at_rest(rows)
        found, sds = [], []
        for experiment in self.experiments:
            courses = self._simulate(experiment, rows, rest, len(x))
            for one in experiment.seen:
                scale = values.get(f"{SCALE}{one.study}:{one.quantity}", np.ones(len(x)))
                scale = np.ones(len(x)) if one.statistic in UNSCALED else scale
                statistic, sd = statistic_of(courses[one.quantity], experiment.times - experiment.zero, one)
                found.append(scale * statistic)
                sds.append(scale * sd)
        return np.stack(found, 1), np.stack(sds, 1)

    def _rows(self, values: Mapping[str, np.ndarray], vectors: int) -> np.ndarray:
        """Parameters of every person of every vector, shape (vectors * people, parameters)."""
        names = self.model.people_parameters
        rows = np.tile([self.known[name].value for name in names], (vectors, self.people, 1))
        for name in values.keys() & set(names):
            rows[:, :, names.index(name)] = values[name][:, None]
        for i, name in enumerate(self.differing):
            known, normal = self.known[name], self.normals[:, i]
            spread = values.get(SPREAD + name, np.full(vectors, known.spread))[:, None]
            differ = rows[:, :, names.index(name)] * np.exp(spread * normal) + known.sd * normal
            rows[:, :, names.index(name)] = np.clip(differ, *(known.range or (-np.inf, np.inf)))
        return rows.reshape(vectors * self.people, -1)

    def _differing(self) -> list[str]:
        fitted = {name.removeprefix(SPREAD) for name in self.names if name.startswith(SPREAD)}
        differ = {name for name, known in self.known.items() if known.spread or known.sd} - set(self.alike)
        return [name for name in self.model.people_parameters if name in differ | fitted]

    def _at_rest(self, rows: np.ndarray) -> np.ndarray:
        if self.rest is not None:
            return self.rest(self.model, rows)
        declared = np.tile([q.value for q in self.model.states.values()], (len(rows), 1))
        return resting_day(self.kernel, declared, rows, self._levels(len(rows)), self.threads)[0]

    def _levels(self, people: int) -> np.ndarray:
        return np.tile([q.value for q in self.model.inputs.values()], (people, 1)).reshape(people, -1)

    def _simulate(
        self, experiment: Experiment, rows: np.ndarray, rest: np.ndarray, vectors: int
    ) -> dict[str, np.ndarray]:
        """What was observed, by name, shape (vectors, people, times)."""
        what: list[Event] = events(experiment.protocol, self.body)
        lanes = gather(self.kernel, rest, rows, self._levels(len(rows)), [what])
        states, inputs = advance(lanes, experiment.times, self.threads)
        named = {name: states[..., i] for i, name in enumerate(self.model.states)}
        wanted = {one.quantity for one in experiment.seen}
        if not wanted <= named.keys():
            people = {name: rows[:, i, None] for i, name in enumerate(self.model.people_parameters)}
            y, u = (np.moveaxis(each, -1, 0).astype(float) for each in (states, inputs))
            outputs = evaluate(with_parameters(self.body, people), "outputs", experiment.times[None], list(y), list(u))
            named |= dict(zip(self.model.output_names, outputs, strict=True))
        shape = (vectors, self.people, len(experiment.times))
        return {name: np.broadcast_to(named[name], states.shape[:2]).reshape(shape).astype(float) for name in wanted}


def statistic_of(values: np.ndarray, hours: np.ndarray, one: Observation) -> tuple[np.ndarray, np.ndarray]:
    """An observation's statistic over people, and the SD between them, of values of shape (vectors, people, hours)."""
    baseline_h = one.baseline_h if np.isfinite(one.baseline_h) else -BEFORE
    before = values[..., int(np.abs(hours - baseline_h).argmin())]
    after = hours >= 0
    if one.statistic == "time of peak":
        each = hours[after][values[..., after].argmax(-1)]
    elif np.isfinite(one.time_h):
        each = values[..., int(np.abs(hours - one.time_h).argmin())]
    else:
        each = values[..., after].max(-1)
    if one.rises or one.statistic == "cohen d":
        each = each - before
    sd = each.std(1, ddof=1)
    if one.statistic in RELATIVE:  # of the means, and what people differ by in their own
        scale, less = RELATIVE[one.statistic]
        return scale * (each.mean(1) / before.mean(1) - less), scale * (each / before).std(1, ddof=1)
    if one.statistic == "sd":
        return sd, sd
    if one.statistic == "cohen d":
        return each.mean(1) / sd, np.ones(len(sd))
    if one.statistic == "sd of log peak":
        return np.log(np.maximum(each, 1e-9)).std(1, ddof=1), sd
    if one.statistic == "geometric mean":
        return np.exp(np.log(np.maximum(each, 1e-9)).mean(1)), sd
    return (np.median(each, 1) if one.statistic in ("median", "median peak") else each.mean(1)), sd


def _experiments(rows: "pd.DataFrame", spreads: Sequence[str], n_unknown: int) -> list[Experiment]:
    found = []
    groups: Any = rows.groupby(["protocol", "settings"], sort=False)
    for (name, settings), some in groups:
        protocol = load_protocol(name, **read_settings(settings))
        zero = origin(protocol)[0]
        seen = tuple(one for row in some.itertuples() for one in _observations(row, some, spreads, n_unknown))
        if not seen:
            continue
        times = {hour for one in seen for hour in (one.time_h, one.baseline_h, -BEFORE) if hour >= -zero}
        if not all(np.isfinite(one.time_h) for one in seen):
            end = max(24 * protocol.days - zero, 24.0)
            times |= {*np.arange(0.0, 24.0, GRID), *np.arange(24.0, end, 1.0)}
        found.append(Experiment(protocol, zero, zero + np.array(sorted(times)), seen))
    return found


def _observations(row: Any, curve: "pd.DataFrame", spreads: Sequence[str], n_unknown: int) -> list[Observation]:
    """A row's own number, and the SD it was published with."""
    rises = bool(np.isfinite(row.rise)) and row.statistic not in UNSCALED
    timed = bool(np.isfinite(row.time_h)) and "peak" not in row.statistic
    if rises and timed and row.time_h == 0:
        return []  # a rise of nothing at the time of the dose is no observation
    n = int(row.n) if np.isfinite(row.n) else n_unknown
    error = row.se if np.isfinite(row.se) else row.sd / np.sqrt(n)
    time, value = float(row.time_h) if timed else np.nan, row.rise if rises else row.value
    own = Observation(
        row.id,
        row.study,
        row.protocol,
        row.settings,
        row.quantity,
        row.statistic,
        time,
        row.baseline_h,
        rises,
        value,
        row.sd,
        error,
        n,
    )
    if (
        row.quantity not in spreads
        or not np.isfinite(row.sd)
        or not timed
        or row.statistic != "mean"
        or (rises and time < 0)
    ):
        return [own]
    before = curve[(curve.study == row.study) & (curve.quantity == row.quantity) & (curve.time_h == 0)].sd
    # What people differed by before, and the assay with it, is not the model's to explain. An SD of heavy tails
    # (kurtosis 9, a log-normal of log-SD 0.6) has this error.
    sd = float(np.sqrt(max(row.sd**2 - before.max() ** 2, 0.0))) if len(before) else row.sd
    return [own, replace(own, statistic="sd", observed=sd, error=row.sd * np.sqrt(2.0 / (n - 1)))]


def _floor(one: Observation, floors: Mapping[str, float]) -> float:
    if one.statistic == "percent change":
        return 10.0
    return 1.0 if one.statistic in UNSCALED else floors.get(one.quantity, 1.0)


def _normals(people: int, numbers: int) -> np.ndarray:
    """Standard normal numbers that fill space evenly, shape (people, numbers)."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    return ndtri(qmc.Sobol(max(numbers, 1), seed=1).random(people))  # type: ignore[call-arg]
