"""Published rows as experiments on virtual people, and what the papers report of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from neuroimmune.evidence.statistics import BEFORE, OWN_UNIT, SAMPLED, sampled, statistic, time_of_peak
from neuroimmune.protocol import Protocol, events, load_protocol, read_settings
from neuroimmune.quantity import Quantity, System, parameters, with_parameters
from neuroimmune.streams import stream
from neuroimmune.validation import Noise, Size, noises

if TYPE_CHECKING:
    import pandas as pd

NOTHING = "nothing is known: wide about a guess"
MISSING = 1e3  # the residual of a prediction that could not be computed
UNSCALED = ("sd of log peak", *OWN_UNIT)  # what no assay's scale can change
SCALE, SPREAD = "scale:", "spread:"
SD = ("sd", "sd of log peak")  # of which chance is reckoned, not simulated
STUDIES = 400  # simulated, for what chance does to a curve
MOST_PEOPLE = Size().each  # in a simulated study, as in those of the validation

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
    """One published number to be met: a row's own statistic, or the SD between people that it was published with.

    `error` is the standard error of an SD.
    """

    row: str
    study: str
    protocol: str
    settings: str
    population: str
    quantity: str
    statistic: str
    time_h: float
    baseline_h: float
    rise: float
    observed: float
    error: float
    reading: float
    n: int


@dataclass(frozen=True)
class Experiment:
    """One protocol, when it begins and ends to be looked at, the hours looked at (one just before), what was seen."""

    protocol: Protocol
    zero: float
    end: float
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
    - `model_error`: what even the best numbers may miss of each point, beside sampling, on the asinh scale.
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
    model_error: float = 0.03
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
        self.series = _series(self.seen)
        self.inflation = np.ones(len(self.seen))
        self.set_sampling(np.zeros(len(self.free)))

    def values(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """The free numbers of vectors, shape (vectors, free), by name."""
        return {free.name: free.value(x[:, i]) for i, free in enumerate(self.free)}

    def residuals(self, x: np.ndarray) -> np.ndarray:
        """What is missed, in independent standard errors, and x: shape (vectors, observations + free)."""
        predicted = self.predict(x)
        missed = np.arcsinh(predicted / self.floor) + self.bias - self.target
        missed = np.clip(np.nan_to_num(missed, nan=MISSING), -MISSING, MISSING)
        return np.hstack([missed @ self.whitening.T / np.sqrt(self.inflation), x])

    def set_sampling(self, x: np.ndarray) -> None:
        """What chance does to each observation if the numbers are x, in studies simulated as in the validation.

        `error` is its standard error on the asinh scale, `bias` what the noise of readings adds (a peak is the highest
        reading), and `whitening` makes the misses of a series, whose points have the same people, independent. SDs
        between people are taken as independent.
        """
        truth = self.predict(x[None])[0]
        slope = 1.0 / np.sqrt(self.floor**2 + np.array([one.observed for one in self.seen]) ** 2)
        grid = np.array([SAMPLED / np.sqrt(12) if one.statistic == "time of peak" else 0.0 for one in self.seen])
        own = np.square(slope * np.hypot([one.reading for one in self.seen], grid)) + self.model_error**2
        self.bias = np.zeros(len(self.seen))
        self.error = np.sqrt(own + np.square(slope * np.array([one.error for one in self.seen])))
        apart = np.array([one.statistic in SD for one in self.seen])
        self.whitening = np.diag(np.where(apart, 1.0 / np.maximum(self.error, 1e-30), 0.0))
        for places, found in self._studies(x):
            chance = np.arcsinh(found / self.floor[places])
            self.bias[places] = chance.mean(0) - np.arcsinh(truth[places] / self.floor[places])
            covariance = np.atleast_2d(np.cov(chance, rowvar=False)) + np.diag(own[places])
            self.error[places] = np.sqrt(np.diag(covariance))
            self.whitening[np.ix_(places, places)] = np.linalg.inv(np.linalg.cholesky(covariance))

    def _studies(self, x: np.ndarray) -> Iterator[tuple[list[int], np.ndarray]]:
        """For each series of the same people, the places of its observations, and what simulated studies find of them:
        shape (studies, observations).
        """
        values = self.values(x[None])
        rows = self._rows(values, 1)
        rest = self._at_rest(rows)
        for experiment in self.experiments:
            courses = self._simulate(experiment, rows, rest, 1)
            hours = experiment.times - experiment.zero
            for (study, quantity, *_), places in self.series.items():
                if self.seen[places[0]] not in experiment.seen:
                    continue
                some = [self.seen[place] for place in places]
                generator = stream(0, f"sampling of {study} {quantity}")
                size = min(max(one.n for one in some), MOST_PEOPLE)
                who = generator.integers(self.people, size=(STUDIES, size))
                scale = np.full(STUDIES, float(values.get(f"{SCALE}{study}:{quantity}", [1.0])[0]))
                truth = courses[quantity][0][who]
                read = noises().get(quantity, Noise()).readings(truth, scale, generator)
                numbers = [statistic(one, *_readings(read[:, : one.n], hours, one, experiment.end)) for one in some]
                yield places, np.stack(numbers, 1)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Each statistic as its paper defines it, without noise: shape (vectors, observations)."""
        values = self.values(x)
        rows = self._rows(values, len(x))
        rest = self._at_rest(rows)
        found = []
        for experiment in self.experiments:
            courses = self._simulate(experiment, rows, rest, len(x))
            for one in experiment.seen:
                scale = values.get(f"{SCALE}{one.study}:{one.quantity}", np.ones(len(x)))
                scale = np.ones(len(x)) if one.statistic in UNSCALED else scale
                hours = experiment.times - experiment.zero
                found.append(scale * statistic_of(courses[one.quantity], hours, one, experiment.end))
        return np.stack(found, 1)

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


def statistic_of(values: np.ndarray, hours: np.ndarray, one: Observation, end: float) -> np.ndarray:
    """An observation's statistic over people, of values (vectors, people, hours)."""
    readings, before, read = _readings(values, hours, one, end)
    each = readings.max(-1) - (0.0 if np.isnan(one.rise) else before)
    if one.statistic == "sd":
        return each.std(1, ddof=1)
    if one.statistic == "sd of log peak":
        return np.log(np.maximum(each, 1e-9)).std(1, ddof=1)
    if one.statistic == "time of peak":
        return time_of_peak(readings.mean(-2), read)  # which moves smoothly with free numbers
    return statistic(one, readings, before, read)


def _readings(
    values: np.ndarray, hours: np.ndarray, one: Observation, end: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is read for an observation of values (..., people, hours), what was read before, and the hours."""
    since = -BEFORE if np.isnan(one.baseline_h) else one.baseline_h
    read = sampled(one, end)
    places = np.abs(hours[None, :] - read[:, None]).argmin(1)
    return values[..., places], values[..., int(np.abs(hours - since).argmin())], read


def _series(seen: Sequence[Observation]) -> dict[tuple[str, ...], list[int]]:
    """The places of the observations that were made of the same people and quantity, in one experiment."""
    found: dict[tuple[str, ...], list[int]] = {}
    for place, one in enumerate(seen):
        if one.statistic not in SD:
            who = (one.study, one.quantity, one.protocol, one.settings, one.population)
            found.setdefault(who, []).append(place)
    return found


def _experiments(rows: "pd.DataFrame", spreads: Sequence[str], n_unknown: int) -> list[Experiment]:
    found = []
    groups: Any = rows.groupby(["protocol", "settings"], sort=False)
    for (name, settings), some in groups:
        protocol = load_protocol(name, **read_settings(settings))
        zero = origin(protocol)[0]
        end = 24 * protocol.days - zero
        seen = tuple(one for row in some.itertuples() for one in _observations(row, some, spreads, n_unknown))
        if seen:
            baselines = [one.baseline_h for one in seen if np.isfinite(one.baseline_h)]
            hours = np.unique(np.concatenate([[-min(BEFORE, zero), *baselines], *(sampled(one, end) for one in seen)]))
            found.append(Experiment(protocol, zero, end, zero + hours, seen))
    return found


def _observations(row: Any, curve: "pd.DataFrame", spreads: Sequence[str], n_unknown: int) -> list[Observation]:
    """A row's own number, and the SD it was published with."""
    rises, since = not np.isnan(row.rise), 0.0 if np.isnan(row.baseline_h) else row.baseline_h
    if rises and row.time_h == since:
        return []  # a rise of nothing at the time of the dose is no observation
    n = int(row.n) if np.isfinite(row.n) else n_unknown
    error = row.se if row.statistic in SD else 0.0  # of all others chance is simulated
    own = Observation(
        row.id, row.study, row.protocol, row.settings, row.population, row.quantity, row.statistic, row.time_h,
        row.baseline_h, row.rise, row.rise if rises else row.value, error,
        float(np.nan_to_num(row.reading)), n,
    )  # fmt: skip
    sooner = rises and row.time_h < since  # what differs before anything happens is noise
    if row.quantity not in spreads or np.isnan(row.sd) or row.statistic != "mean" or sooner:
        return [own]
    before = curve[(curve.study == row.study) & (curve.quantity == row.quantity) & (curve.time_h == since)].sd
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
