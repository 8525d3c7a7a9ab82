"""Simulated studies: what every published number could have been if the model were the truth, and whether it was.

A study is simulated as it was done: as many people, from one draw of the parameters, read with the noise of one person
and the scale of one laboratory, summarised by the paper's own statistic. The range of many simulated studies is the
interval that the published number is held against.

**A vote** is that of a curve: all points of one study and quantity in one simultaneous band, whose width is such that
95 % of the simulated studies lie wholly inside. Points of an immunoassay are judged by their level (the mean of their
logarithms) and their shape (each logarithm less the level), so that the unknown scale of a laboratory widens the level
only and hides no wrong shape.

**Sharpness** is the width of the interval over its width from sampling alone: the same number of people, noise and
laboratory, but every parameter at its best value, as is the scale of a laboratory that was fitted. A curve has the
median of its coordinates. Above 3 what lies inside is called uninformative.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from neuroimmune.body import Body
from neuroimmune.compare import is_reference, observed, origin
from neuroimmune.engine.trace import trace
from neuroimmune.errors import InputError, SolverFailed, nearest
from neuroimmune.evidence.draws import posterior
from neuroimmune.evidence.statistics import (
    BEFORE,
    EVER,
    OWN_UNIT,
    PRESENT,
    SAMPLED,
    STATISTICS,
    UNTIMED,
    sampled,
    statistic,
)
from neuroimmune.evidence.targets import all_targets, illness_targets, treatment_targets
from neuroimmune.population import People, drawn_middle, people, shifted
from neuroimmune.protocol import Protocol, events, load_protocol, read_settings, shipped
from neuroimmune.quantity import Quantity, System, parameters
from neuroimmune.simulation import make_plan, replace, simulate, solve_batches
from neuroimmune.streams import stream
from neuroimmune.validation_illness import see

if TYPE_CHECKING:
    import pandas as pd

OUTSIDE = 0.05  # the share of simulated studies that lie outside the interval
UNINFORMATIVE = 3.0
MOST_LOST = 0.01  # of the virtual people may fail or have no resting day
VERDICTS = {
    "outside": "what was observed is not among 95 % of the simulated studies: a failure",
    "uninformative": f"inside, but the interval is over {UNINFORMATIVE:g} times as wide as sampling alone makes it",
    "inside": "what was observed is among 95 % of the simulated studies",
    "unverified": "simulated and shown, but nobody has yet seen the number in a source: it has no vote",
    "not counted": "simulated and shown, but without a vote, for the reason given",
    "not simulated": "the model cannot show it, for the reason given",
}
NO_N = "not counted: how many people it was is unknown"
ALIKE = ("sleep.chronotype",)  # laboratories wake everybody at seven, and other studies count from waking
REFERENCE = "not counted: it is the value that the rises are counted from"


class Noise(NamedTuple):
    """How a quantity is read: `sd` or `cv` within a person, the least that is read, the log-SD between laboratories."""

    sd: float = 0.0
    cv: float = 0.0
    floor: float = -np.inf
    assay: float = 0.0
    source: str = ""

    def readings(self, truth: np.ndarray, scale: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """What is read of the truth, shape (studies, ...), in laboratories with a `scale` each."""
        z = generator.standard_normal(truth.shape)
        scale = scale.reshape(-1, *[1] * (truth.ndim - 1))
        return np.maximum(truth * scale * np.exp(self.cv * z) + self.sd * z, self.floor)


@cache
def noises() -> dict[str, Noise]:
    """The noise of every quantity of which it is known or assumed, from `evidence/noise.toml`."""
    import tomllib

    text = files("neuroimmune.evidence").joinpath("noise.toml").read_text(encoding="utf-8")
    return {name: Noise(**entry) for name, entry in tomllib.loads(text).items()}


@dataclass(frozen=True)
class Pool:
    """Virtual people at rest: `each` of every draw of the parameters in turn, then `best` with the best parameters."""

    people: People
    draws: int
    each: int
    best: int
    scales: Mapping[str, np.ndarray]  # the logarithm of each fitted laboratory's scale in each draw
    start: Mapping[str, np.ndarray]
    rested: np.ndarray


def draw_pool(body: System, drawn: "pd.DataFrame | None", draws: int, each: int, best: int, seed: int = 0) -> Pool:
    """People of a body whose parameters are drawn from the rows of a table, and differ between people as declared."""
    draws = draws if drawn is None else min(draws, len(drawn))
    group, known, scales, middles = people(body, draws * each + best, seed), parameters(body), {}, {}
    shipped_with = parameters(type(body)())
    traits = {name: values for name, values in group.traits.items() if name not in ALIKE}
    chosen = [] if drawn is None else np.linspace(0, len(drawn) - 1, draws).round().astype(int)
    for path in [] if drawn is None else drawn.columns:
        values = drawn[path].to_numpy(float)[chosen]  # type: ignore[index]
        if path.startswith("scale:"):
            scales[path.removeprefix("scale:")] = values
            continue
        if path.startswith("spread:"):  # people differ by more or less than is declared
            path = path.removeprefix("spread:")
            by = np.append(np.repeat(values, each) / known[path].spread, np.ones(best))
            traits[path] = traits[path] * (group.traits[path] / known[path].value) ** (by - 1.0)
            continue
        if path not in known:
            raise InputError(f"the table of draws has {path!r}, which is no parameter{nearest(path, known)}")
        drawn_values = np.append(np.repeat(values, each), np.full(best, shipped_with[path].value))
        middles[path] = drawn_middle(known[path], shipped_with[path], drawn_values)
    group = shifted(replace(group, traits=traits), middles)
    states = list(trace(body).states)
    course = simulate(group, days=1, every=24, keep=states)
    rested = ~np.isin(group.ids, [*course.not_at_rest, *course.failed])
    start = {name: np.nan_to_num(course.values[name][:, 0].astype(float)) for name in states}
    return Pool(group, draws, each, best, scales, start, rested)


@dataclass(frozen=True)
class Run:
    """What everybody in the pool went through in one setting of a protocol.

    `values[quantity]` has shape (people, hours), `before[quantity]` (people,); `hours` count from the protocol's zero.
    """

    hours: np.ndarray
    end: float
    values: Mapping[str, np.ndarray]
    before: Mapping[str, np.ndarray]
    solved: np.ndarray
    quiet: bool

    def at(self, row: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Values at the hours at which a row's people are read, those before, and the hours."""
        hours, values, before = sampled(row, self.end), self.values[row.quantity], self.before[row.quantity]
        if not np.isnan(row.baseline_h):
            before = values[:, _places(self.hours, np.array([row.baseline_h]))[0]]
        return values[:, _places(self.hours, hours)], before, hours


def follow(pool: Pool, protocol: Protocol, rows: "pd.DataFrame") -> Run:
    """Take the pool through a protocol, saving what its rows need."""
    zero = origin(protocol)[0]
    end = 24 * protocol.days - zero
    hours = np.unique(np.concatenate([rows.baseline_h.dropna(), *(sampled(row, end) for row in rows.itertuples())]))
    moments = np.unique([max(zero - BEFORE, 0.0), *(zero + hours)])
    days = max(protocol.days, np.ceil(moments[-1] / 24))
    plan = make_plan(pool.people, protocol, days, keep=sorted(set(rows.quantity)), start=pool.start)
    plan = replace(plan, moments=tuple(moments))
    courses = [course for _, course in solve_batches(plan)]
    values = {n: np.concatenate([course.values[n] for course in courses]) for n in plan.keep}
    failed = [person for course in courses for person in course.failed]
    return Run(
        hours, end,
        {n: v[:, _places(moments, zero + hours)] for n, v in values.items()},
        {n: v[:, _places(moments, np.array([max(zero - BEFORE, 0.0)]))[0]] for n, v in values.items()},
        pool.rested & ~np.isin(pool.people.ids, failed),
        not protocol.happenings,
    )  # fmt: skip


def _places(among: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return np.abs(among[None, :] - wanted[:, None]).argmin(1)


def readable(body: System) -> dict[str, Quantity]:
    """All that can be read of a body: states, inputs and read-outs."""
    model = trace(body)
    return model.states | model.inputs | model.output_names


def obstacle(row: Any, body: System, known: Mapping[str, Quantity]) -> str:
    """Why a row cannot be simulated by a body of which all these can be read, or nothing."""
    if row.protocol not in shipped():
        return f"there is no protocol {row.protocol!r} yet"
    try:
        protocol = load_protocol(row.protocol, **read_settings(row.settings))
        events(protocol, body)
    except InputError as error:
        return str(error)
    if row.quantity not in known:
        return f"the model has no {row.quantity!r} yet"
    if row.statistic not in STATISTICS:
        return f"the statistic {row.statistic!r} is not known"
    if row.statistic in EVER and row.quantity not in PRESENT:
        return f"nobody has said from when {row.quantity} counts as there"
    if np.isnan(row.time_h) and row.statistic not in UNTIMED:
        return "the hour is not known"
    if row.statistic not in OWN_UNIT and row.unit != known[row.quantity].unit:
        return f"it is measured in {row.unit}, and {row.quantity} of the model in {known[row.quantity].unit}"
    if np.nanmin([row.time_h, row.baseline_h, 0.0]) + origin(protocol)[0] < 0:
        return "it was read before the first midnight of the protocol"
    return ""


def studies(rows: "pd.DataFrame", runs: Mapping[Any, Run], pool: Pool, count: int, best: bool) -> np.ndarray:
    """The numbers of a curve's rows in each of `count` simulated studies, shape (count, rows).

    Each has people of one draw of the parameters, nobody twice; with `best`, people with the best parameters. A study
    of more people than the pool has of a draw is simulated with as many as there are: studies of thousands differ by
    more than who is in them. A number that was read off a figure has the error of reading.
    """
    study, quantity = rows.study.iloc[0], rows.quantity.iloc[0]
    generator, noise = stream(pool.people.seed, f"studies of {study} {quantity}"), noises().get(quantity, Noise())
    settings = {tuple(setting) for setting in rows[["protocol", "settings"]].itertuples(index=False)}
    alive = np.min([runs[one].solved[: pool.draws * pool.each].reshape(pool.draws, -1).sum(1) for one in settings], 0)
    whole = np.flatnonzero(alive >= pool.each / 2)
    if len(whole) < (1 - MOST_LOST) * pool.draws:
        raise SolverFailed(f"{pool.draws - len(whole)} of {pool.draws} draws of the parameters cannot be simulated")
    draw = whole[np.arange(count) % len(whole)]
    fitted = pool.scales.get(f"{study}:{quantity}")
    if fitted is None:  # of fitted studies, the laboratory whose scale is the model's own
        unknown = rows.role.iloc[0] == "check"
        scale = np.exp(unknown * noise.assay * generator.standard_normal(count))
    else:
        scale = np.exp(np.full(count, np.median(fitted)) if best else fitted[draw])
    found = np.empty((count, len(rows)))
    groups: Any = rows.reset_index(drop=True).groupby(["protocol", "settings", "population"], sort=False).groups
    for (*setting, _), places in groups.items():  # different populations are different people
        run, some = runs[tuple(setting)], rows.iloc[list(places)]
        size = int(some.n.fillna(20).max())  # a row without n is shown by its median only
        if best:
            able = pool.draws * pool.each + np.flatnonzero(run.solved[pool.draws * pool.each :])
            who = generator.choice(able, (count, min(size, pool.each)))
        else:
            solved = run.solved[: pool.draws * pool.each].reshape(pool.draws, pool.each)
            lottery = np.where(solved[draw], generator.random((count, pool.each)), np.inf)
            size = min(size, int(solved[whole].sum(1).min()))
            who = draw[:, None] * pool.each + lottery.argsort(1)[:, :size]
        read: dict[Any, np.ndarray] = {}  # what is read of these people at an hour is read once
        for place, row in zip(places, some.itertuples(), strict=True):
            values, before, hours = run.at(row)
            at, since = hours.tobytes(), f"since {row.baseline_h}"
            for key, truth in ((since, before), (at, values)):
                if key not in read:
                    read[key] = noise.readings(truth[who], scale, generator)
            n = slice(None if np.isnan(row.n) else int(row.n))
            found[:, place] = statistic(row, read[at][:, n], read[since][:, n], hours)
            if row.statistic == "time of peak":  # nobody knows where between two readings it was
                found[:, place] += SAMPLED * (generator.random(count) - 0.5)
            found[:, place] += np.nan_to_num(row.reading) * generator.standard_normal(count)
    return found


class Interval(NamedTuple):
    """The middle of simulated numbers and what 95 % of them lie between; shapes (...)."""

    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray

    @property
    def width(self) -> np.ndarray:
        """From the lowest to the highest of the 95 %, never nothing."""
        return np.maximum(self.high - self.low, 1e-9 * np.abs(self.middle) + 1e-12)

    def away(self, values: np.ndarray) -> np.ndarray:
        """How far from the middle, as a share of the way to the edge on that side."""
        edge = np.where(values > self.middle, self.high - self.middle, self.middle - self.low)
        return np.abs(values - self.middle) / np.maximum(edge, 1e-6 * self.width)


def interval(values: np.ndarray) -> Interval:
    """Of simulated numbers, shape (studies, ...)."""
    return Interval(*np.quantile(values, [OUTSIDE / 2, 0.5, 1 - OUTSIDE / 2], axis=0))


def coordinates(values: np.ndarray, scaled: np.ndarray, unit: float) -> np.ndarray:
    """A curve, shape (..., points), as what is judged: points that a laboratory scales as their level and their shape.

    `scaled` tells which points are; `unit` is so small that beside it logarithms are taken, and differences below.
    """
    logs = np.arcsinh(values[..., scaled] / unit)
    if scaled.sum() < 2:
        return np.concatenate([values[..., ~scaled], logs], -1)
    level = logs.mean(-1, keepdims=True)
    return np.concatenate([values[..., ~scaled], level, logs - level], -1)


class Judgement(NamedTuple):
    """Of a curve: the share of simulated studies at least as far off as the observed one, and the sharpness."""

    share: float
    sharpness: float

    @property
    def verdict(self) -> str:
        """The first of `VERDICTS` that holds."""
        if self.share <= OUTSIDE:
            return "outside"
        return "uninformative" if self.sharpness > UNINFORMATIVE else "inside"

    def borderline(self, count: int) -> bool:
        """Whether other random numbers could change the verdict, of `count` simulated studies."""
        return bool(abs(self.share - OUTSIDE) <= 2 * np.sqrt(OUTSIDE * (1 - OUTSIDE) / count))


def judge(simulated: np.ndarray, best: np.ndarray, seen: np.ndarray, scaled: np.ndarray | None = None) -> Judgement:
    """Hold what was seen, shape (points,), against simulated studies, shape (studies, points).

    The greatest distance of any coordinate from its middle is compared with the same of the simulated studies
    themselves, so that the band holds 95 % of them however its points depend on each other.
    """
    scaled = np.zeros(len(seen), bool) if scaled is None else scaled
    unit = float(interval(simulated).width[scaled].min() / 4) if scaled.any() else 1.0
    points, ideal, real = (coordinates(v, scaled, unit) for v in (simulated, best, seen))
    band = interval(points)
    share = (1 + np.count_nonzero(band.away(points).max(1) >= band.away(real).max())) / (1 + len(points))
    return Judgement(float(share), float(np.median(band.width / interval(ideal).width)))


def crps(simulated: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The continuous ranked probability score of simulated numbers, shape (studies, ...): small is good.

    >>> float(crps(np.array([1.0, 3.0]), np.array(2.0)))
    0.5
    """
    count = len(simulated)
    weights = (2 * np.arange(1, count + 1) - count - 1).reshape(-1, *[1] * (simulated.ndim - 1))
    apart = 2 * (weights * np.sort(simulated, 0)).sum(0) / count**2
    return np.abs(simulated - seen).mean(0) - apart / 2


def crps_normal(middle: np.ndarray, sd: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The same of a normal distribution."""
    from scipy.stats import norm

    z = (seen - middle) / sd
    return sd * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))


def without_mechanism(row: Any, fitted: "pd.DataFrame") -> np.ndarray:
    """What the `fit` rows of other studies alone make of a row: one number a curve, none if there is no such curve.

    Curves of the same protocol, quantity and statistic at the nearest dose, straight lines between their points.
    """
    same = fitted.loc[
        (fitted.study != row.study) & (fitted.protocol == row.protocol) & (fitted.quantity == row.quantity)
        & (fitted.statistic == row.statistic) & (fitted.rise.isna() == np.isnan(row.rise))
        & (fitted.time_h.isna() == np.isnan(row.time_h))
    ]  # fmt: skip
    if same.empty:
        return np.array([])
    distance = same.settings.map(_dose) - _dose(row.settings)
    same = same.loc[distance.abs() == distance.abs().min()] if distance.notna().any() else same
    lines = [some.sort_values("time_h") for _, some in same.groupby(["study", "settings"])]
    if np.isnan(row.time_h):
        return np.array([line.observed.mean() for line in lines])
    return np.array([np.interp(row.time_h, line.time_h, line.observed) for line in lines])


def _dose(settings: str) -> float:
    """The logarithm of the dose that settings name, if they do."""
    number, _, _ = read_settings(settings).get("dose", "").partition(" ")
    return float(np.log(max(float(number), 1e-3))) if number else float("nan")


def skill(
    rows: "pd.DataFrame", simulated: np.ndarray, best: np.ndarray, scaled: np.ndarray, fitted: "pd.DataFrame"
) -> float:
    """The score (CRPS) of a curve's simulated studies over that of a forecast without mechanism: below 1 is skill.

    The forecast is normal about the mean of `without_mechanism`, or about no rise and no change; its variance is that
    of sampling alone and that between the curves. Points count in units of their standard deviation from sampling
    alone. NaN where the forecast would have to know a value at rest.
    """
    unit = float(interval(simulated).width[scaled].min() / 4) if scaled.any() else 1.0
    ours = theirs = 0.0
    row: Any
    for point, row in enumerate(rows.itertuples()):
        others = without_mechanism(row, fitted)
        nothing = {"percent change": 0.0, "cohen d": 0.0, "fold change": 1.0}.get(row.statistic, 0.0 * row.rise)
        numbers = simulated[:, point], best[:, point], others if len(others) else np.array([nothing]), row.observed
        model, ideal, forecast, seen = (np.arcsinh(v / unit) if scaled[point] else v for v in numbers)
        if np.isfinite(forecast).all():
            spread = interval(ideal).width / (2 * 1.96)
            sd = np.hypot(spread, forecast.std(ddof=1) if len(forecast) > 1 else 0.0)
            ours += float(crps(model, seen) / spread)
            theirs += float(crps_normal(forecast.mean(), sd, seen) / spread)
    return ours / theirs if theirs else float("nan")


class Size(NamedTuple):
    """How many simulated studies, and of how large a pool: draws, people of each, people with the best parameters.

    Cohorts, which are followed for years, and people on drugs have pools of their own.
    """

    studies: int = 1000
    draws: int = 200
    each: int = 128
    best: int = 1024
    cohort_draws: int = 50
    cohort_each: int = 128
    drug_draws: int = 5
    drug_each: int = 64


QUICK = Size(200, 50, 64, 256, 20, 64, 3, 64)


@dataclass(frozen=True)
class Validation:
    """Every row with its interval and verdict, every curve with its vote, and the share of people lost."""

    rows: "pd.DataFrame"
    curves: "pd.DataFrame"
    size: Size
    lost: float

    def coverage(self) -> "pd.DataFrame":
        """A line for each role: votes, how many are inside, that share with its Wilson interval, sharpness, skill.

        `coverage` counts the uninformative as not inside. `skill` is 1 less the geometric mean of the curves' scores
        relative to a forecast without mechanism.
        """
        import pandas as pd
        from scipy.stats import binomtest

        lines = []
        for role in ("check", "fit"):
            votes = self.curves.loc[(self.curves.role == role) & self.curves.share.notna()]
            count = {
                verdict: int((votes.verdict == verdict).sum()) for verdict in ("inside", "uninformative", "outside")
            }
            if not len(votes):
                continue
            wilson = binomtest(count["inside"], len(votes)).proportion_ci(method="wilson")
            scores = votes.score.dropna()
            lines.append(
                {"role": role, "studies": votes.study.nunique(), "curves": len(votes), **count}
                | {"coverage": count["inside"] / len(votes), "low": float(wilson.low), "high": float(wilson.high)}
                | {"sharpness": float(votes.sharpness.median())}
                | {"skill": 1 - float(np.exp(np.log(scores).mean())) if len(scores) else float("nan")}
            )
        return pd.DataFrame(lines)


def validate(
    body: System | None = None,
    targets: "pd.DataFrame | None" = None,
    *,
    only: str | None = None,
    size: Size = Size(),  # noqa: B008
    drawn: "pd.DataFrame | None" = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Validation:
    """Simulate the study of every published number and judge it; see the module for what is judged and how.

    **Arguments:**

    - `body`, `targets`: the body and the targets; all that come with the package by default.
    - `only`: one protocol.
    - `size`: of the simulation; `QUICK` takes a fraction of the time.
    - `drawn`: the draws of the parameters; `posterior()` by default.

    **Raises:** `InputError` for a protocol without targets; `SolverFailed` if more than 1 % of the people are lost.

    >>> from neuroimmune.evidence.targets import targets
    >>> few = targets("endotoxin").query("study == 'dobreva2021' and quantity == 'temperature'")
    >>> found = validate(targets=few, size=Size(studies=40, draws=2, each=32, best=32))
    >>> found.curves.study.tolist(), set(found.rows.verdict) <= {"inside", "outside", NO_N, REFERENCE}
    (['dobreva2021'], True)
    """
    body = Body() if body is None else body
    every: pd.DataFrame = all_targets() if targets is None else targets
    every = every.assign(observed=observed(every))
    drugs = treatment_targets() if targets is None else every.iloc[:0]
    known = {*every.protocol, *drugs.protocol, *(illness_targets().protocol if targets is None else ())}
    if only is not None and only not in known:
        raise InputError(f"nothing was measured in a protocol {only!r}{nearest(only, sorted(known))}")
    rows = every.loc[every.protocol.eq(only) if only else slice(None)].reset_index(drop=True)
    fitted = every.loc[(every.role == "fit") & (every.checked == "verified")]
    drawn = posterior() if drawn is None else drawn
    ill = illness_targets() if targets is None else every.iloc[:0]
    ill = ill.loc[ill.protocol.eq(only) if only else slice(None)].reset_index(drop=True)
    drugs = drugs.loc[drugs.protocol.eq(only) if only else slice(None)].reset_index(drop=True)
    share = {(True, True): 0.2, (True, False): 1.0}.get((len(rows) > 0, len(ill) > 0), 0.0)
    treated = {(True, True): 0.3, (True, False): 1.0}.get((len(drugs) > 0, len(ill) > 0), share)

    def told(done: float) -> None:
        if progress:
            progress(done)

    judged: list[Any] = []
    lost = 0.0
    if len(rows):
        judged, lost = _healthy(rows, fitted, body, drawn, size, seed, lambda done: told(share * done))
    if len(drugs) and isinstance(body, Body):
        judged += _drugs(drugs, body, drawn, size, seed, lambda done: told(share + (treated - share) * done))
    if len(ill) and isinstance(body, Body):
        later = lambda done: told(treated + (1 - treated) * done)  # noqa: E731
        seen = see(body, drawn, size.cohort_draws, size.cohort_each, seed, later, only)
        judged += _ill(ill, seen, size.studies, seed)
    return _collected(judged, size, lost)


def _healthy(
    rows: "pd.DataFrame", fitted: "pd.DataFrame", body: System, drawn: "pd.DataFrame | None", size: Size, seed: int,
    progress: Callable[[float], None],
) -> tuple[list[Any], float]:  # fmt: skip
    """Each curve that protocols make, judged, and the share of people lost."""
    known = readable(body)
    rows = rows.assign(why=[obstacle(row, body, known) for row in rows.itertuples()])
    able = rows.loc[rows.why == ""]
    settings: Any = able.groupby(["protocol", "settings"], sort=False)
    protocols = {key: load_protocol(key[0], **read_settings(key[1])) for key in settings.groups}
    work = np.cumsum([2.0, *(each.days for each in protocols.values())])
    pool = draw_pool(body, drawn, size.draws, size.each, size.best, seed)
    runs: dict[Any, Run] = {}
    for (key, some), done in zip(settings, work / work[-1], strict=False):
        progress(float(done))
        runs[key] = follow(pool, protocols[key], some)
    lost = 1 - min((float(run.solved.mean()) for run in runs.values()), default=1.0)
    if lost > MOST_LOST:
        raise SolverFailed(
            f"{lost:.0%} of the virtual people failed or have no resting day; more than {MOST_LOST:.0%} would bias "
            "what is left: look for draws of the parameters far from the usual"
        )
    judged = []
    for _, some in rows.groupby(["study", "quantity"], sort=False):
        can = some.loc[some.why == ""]
        both = [studies(can, runs, pool, size.studies, best) for best in (False, True)] if len(can) else []
        hidden = is_reference(can) | can.n.isna()
        reason = np.select(
            [is_reference(can), can.n.isna(), can.checked != "verified"], [REFERENCE, NO_N, "unverified"], default=""
        )
        judged.append(_judged(some, both, reason, np.asarray(hidden), fitted))
    return judged, lost


def _drugs(
    rows: "pd.DataFrame", body: Body, drawn: "pd.DataFrame | None", size: Size, seed: int,
    progress: Callable[[float], None],
) -> list[Any]:  # fmt: skip
    """Each curve of drugs and of what they do, judged; their own numbers differ between people, not between draws."""
    from neuroimmune import validation_treatment as treatment

    rows = rows.assign(why=[treatment.obstacle(row) for row in rows.itertuples()], observed=rows.value)
    able = rows.loc[rows.why == ""]
    pool = draw_pool(body, drawn, size.drug_draws, size.drug_each, size.drug_each, seed)
    settings: Any = able.groupby(["protocol", "settings"], sort=False)
    runs: dict[Any, Any] = {}
    for number, (key, some) in enumerate(settings):
        progress(number / settings.ngroups)
        runs[key] = treatment.follow_treated(pool.people, pool.start, pool.rested, some)
    judged = []
    for _, some in rows.groupby(["study", "quantity"], sort=False):
        can = some.loc[some.why == ""]
        both = [studies(can, runs, pool, size.studies, best) for best in (False, True)] if len(can) else []
        reason = np.select([can.n.isna(), can.checked != "verified"], [NO_N, "unverified"], default="")
        judged.append(_judged(some, both, reason, np.asarray(can.n.isna()), rows.iloc[:0]))
    return judged


def _ill(rows: "pd.DataFrame", seen: Any, count: int, seed: int = 0) -> list[Any]:
    """Each curve of cohorts and clinics, judged; where no number of people is known, by the error the paper gives."""
    from neuroimmune import validation_illness as illness

    rows = rows.assign(why=[illness.obstacle(row, seen) for row in rows.itertuples()], observed=rows.value)
    judged = []
    for _, some in rows.groupby(["study", "quantity"], sort=False):
        can = some.loc[some.why == ""]
        both = [illness.simulated(can, seen, noises(), count, whole, seed) for whole in (False, True) if len(can)]
        hidden = can.n.isna() & can.se.isna() & (can.statistic != "sign of the difference")
        reason = np.select([hidden, can.checked != "verified"], [NO_N, "unverified"], default="")
        judged.append(_judged(some, both, reason, np.asarray(hidden), rows.iloc[:0]))
    return judged


def _judged(
    rows: "pd.DataFrame", both: list[np.ndarray], reason: np.ndarray, hidden: np.ndarray, fitted: "pd.DataFrame"
) -> tuple["pd.DataFrame", dict[str, Any]]:
    """A curve's rows with their intervals and verdicts, and its vote.

    `both` are simulated studies of the rows that can be simulated, and the same by sampling alone, (studies, rows);
    `reason` says of these why they have no vote, and `hidden` which show no interval.
    """
    able = rows.why.eq("").to_numpy()
    rows = rows.assign(predicted=np.nan, low=np.nan, high=np.nan, sharpness=np.nan, crps=np.nan)
    rows["verdict"] = np.where(able, "", "not simulated: " + rows.why)
    first = rows.iloc[0]
    curve = {
        "study": first.study, "quantity": first.quantity, "protocol": first.protocol, "role": first.role, "points": 0,
        "verdict": "not counted",
        "borderline": False,
    } | dict.fromkeys(["share", "sharpness", "score"], np.nan)  # fmt: skip
    if not able.any():
        return rows, curve | {"verdict": "not simulated"}
    some, (simulated, best) = rows.loc[able], both
    own, ideal = interval(simulated), interval(best)
    reference = reason == REFERENCE
    sharpness = own.width / ideal.width
    alone = np.select(
        [(some.observed < own.low) | (some.observed > own.high), sharpness > UNINFORMATIVE],
        ["outside", "uninformative"],
        default="inside",
    )
    rows.loc[able, "predicted"] = np.where(reference, np.nan, own.middle)
    rows.loc[able, "crps"] = np.where(reference, np.nan, crps(simulated, some.observed.to_numpy(float)))
    for column, values in (("low", own.low), ("high", own.high), ("sharpness", sharpness)):
        rows.loc[able, column] = np.where(hidden, np.nan, values)
    rows.loc[able, "verdict"] = np.where(reason == "", alone, reason)
    votes = reason == ""
    if votes.any():
        plain = ~some.statistic.isin(OWN_UNIT).to_numpy()
        assayed = first.quantity in noises() and noises()[first.quantity].assay > 0 and len(fitted) > 0
        scaled = (plain & assayed)[votes]
        seen = some.loc[votes]
        verdict = judge(simulated[:, votes], best[:, votes], seen.observed.to_numpy(float), scaled)
        curve |= {"points": int(votes.sum()), **verdict._asdict(), "verdict": verdict.verdict}
        curve |= {"borderline": verdict.borderline(len(simulated))}
        if len(fitted):
            curve |= {"score": skill(seen, simulated[:, votes], best[:, votes], scaled, fitted)}
    return rows, curve


ROWS = (
    "id", "study", "role", "verified", "quantity", "observed", "predicted", "low", "high", "sharpness", "verdict",
)  # fmt: skip


def _collected(judged: list[Any], size: Size, lost: float) -> Validation:
    """Failures first: in the order of the verdicts, `check` before `fit`."""
    import pandas as pd

    order = list(VERDICTS)
    curves = pd.DataFrame([curve for _, curve in judged])
    curves = curves.sort_values(
        ["verdict", "role", "share"], key=lambda c: c.map(order.index) if c.name == "verdict" else c, kind="stable"
    )
    every: Any = pd.concat([some for some, _ in judged]).sort_index()
    every["verified"] = every.checked == "verified"
    rank = every.verdict.str.partition(":")[0].map(order.index)
    every = every.assign(rank=rank).sort_values(["rank", "role"], kind="stable")
    wanted = [*ROWS, "crps", "protocol", "settings", "statistic", "time_h", "unit", "n", "population", "note"]
    return Validation(every[wanted].reset_index(drop=True), curves.reset_index(drop=True), size, lost)


def as_json(found: Validation) -> str:
    """The rows as a JSON list of objects: `ROWS` are their keys, and what is not known is null."""
    import json

    rows: Any = found.rows[list(ROWS)].astype(object).where(found.rows[list(ROWS)].notna(), None)
    return json.dumps(rows.to_dict("records"), indent=1)


def headline(found: Validation) -> list[str]:
    """The result in one line for each role."""
    lines = []
    for line in found.coverage().to_dict("records"):
        held = "held out" if line["role"] == "check" else "fitted"
        lines.append(
            f"{line['role']} ({held}): {line['inside']} of {line['curves']} curves of {line['studies']} studies "
            f"inside, {line['coverage']:.0%} (95 % interval {line['low']:.0%} to {line['high']:.0%}); "
            f"{line['outside']} outside, {line['uninformative']} uninformative; "
            f"median sharpness {line['sharpness']:.2g}"
            + (
                f"; skill over a forecast without mechanism {line['skill']:.2g}"
                if line["skill"] == line["skill"]
                else ""
            )
        )
    votes = found.curves.loc[found.curves.share.notna()]
    of_illness = set(zip(illness_targets().study, illness_targets().quantity, strict=True))
    ill = np.array([(c.study, c.quantity) in of_illness for c in votes.itertuples()], bool)
    of_drugs = (votes.protocol == "treatment").to_numpy(bool)
    for what, which in {"about illness, by cohorts and clinics": ill, "of drugs and what they do": of_drugs}.items():
        for role, some in votes.loc[which].groupby("role"):
            inside = int((some.verdict == "inside").sum())
            lines.append(f"of these {what}: {role}, {inside} of {len(some)} curves inside")
    return lines or ["no curve has a vote"]
