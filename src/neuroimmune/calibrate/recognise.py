"""Whether data can tell what keeps people ill: `python -m neuroimmune.calibrate.recognise [--folder FOLDER]`.

Many cohorts are simulated, each with one known mechanism: a loop alone, or a rival with one steady state. A simulated
study counts who is ill, a simulated clinic examines them, and a classifier that never saw that cohort has to name the
mechanism. What was published is then given to it. Some ten minutes on two cores; a mechanism that is done is kept in
the folder, so that a stopped run goes on. It writes `docs/recognise.md`.
"""

import argparse
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from neuroimmune.body import LOOPS, Body
from neuroimmune.calibrate.report import DOCS
from neuroimmune.clinic import examine
from neuroimmune.cohorts import COHORTS, LEAD, WEEKS_A_MONTH, cohort_plan, history_of
from neuroimmune.course import Course
from neuroimmune.errors import InputError
from neuroimmune.evidence.draws import posterior
from neuroimmune.evidence.statistics import standardised_difference
from neuroimmune.files import whole_file
from neuroimmune.lives import Population
from neuroimmune.quantity import parameters
from neuroimmune.simulation import join, solve_batches
from neuroimmune.streams import stream
from neuroimmune.validation import Noise, noises

if TYPE_CHECKING:
    import pandas as pd

COHORT, ILL = "mononucleosis", "postinfective_fatigue"
SETS, EACH = 30, 128  # sets of free numbers of each mechanism, and people of each set
MONTHS = (1.5, 3.0, 6.0, 12.0, 18.0, 24.0)  # from onset, at which it is counted who is ill
HALF_YEAR = MONTHS.index(6.0)
DAYS = 728  # from onset
CLINIC_WEEK = 58  # from infection: a year after an onset at six weeks
CLINIC_MONTH = MONTHS.index(12.0)
PATIENTS, CONTROLS = 24, 24  # of each set in the clinic, at most
FEWEST = 5  # ill people of a set, below whom the most tired go to the clinic instead
STUDY, CASES, WELL = 250, 40, 40  # people of a simulated study: asked, and examined ill and well
STUDIES = 20  # simulated studies of each set
LEAST = 0.2  # percent, half a person of a study, below which a share is nothing
CERTAIN = 0.95  # probability of one mechanism, up to which nothing is identified
OUTSIDE = 0.01  # share of a mechanism's own studies that are farther out, below which a study is not its


class Prior(NamedTuple):
    """A number of the body: log-normal about `middle` from set to set, `spread` is the SD of its logarithm.

    `name` is a parameter, or `spread:` and a parameter, for how much people of a set differ in it.
    """

    name: str
    middle: float
    spread: float = 0.0


class Mechanism(NamedTuple):
    """What alone keeps people ill: its own numbers stand in place of those that all mechanisms share."""

    title: str
    about: str
    own: tuple[Prior, ...]


# All that a fit of illness changes is given here, so that what is recognised does not hang on the last fit.
SHARED = (
    *(Prior(path, 0.0) for path in LOOPS.values()), *(Prior(f"spread:{path}", 0.5) for path in LOOPS.values()),
    Prior("infection.ebv_on_interferon", 10.0, 0.2), Prior("spread:infection.ebv_on_interferon", 0.6),
    Prior("infection.airway_on_interferon", 4.0), Prior("spread:infection.airway_on_interferon", 0.6),
    Prior("interferon_on_brain_half", 0.15, 0.3), Prior("gut.inflammation_on_barrier", 0.4),
    Prior("adaptive.infection_on_autoreactive", 1.0, 0.2), Prior("infection.latent_on_exhaustion", 1.0, 0.2),
    Prior("infection.interferon_on_exhaustion", 1.0), Prior("adaptive.exhaustion_on_nk", 0.2, 0.3),
    Prior("brain.tau_priming", 500.0, 0.2), Prior("brain.tau_primed", 1500.0, 0.2),
    Prior("spread:brain.tau_primed", 0.3), Prior("brain.kept_up_on_tspo", 1.0), Prior("glia_on_held_half", 0.8),
    Prior("injury_on_held", 0.5, 0.3),
    Prior("autonomic.infection_on_injury", 1.0, 0.2), Prior("spread:autonomic.infection_on_injury", 0.5),
    Prior("autonomic.tau_injury", 1000.0, 0.2), Prior("spread:autonomic.tau_injury", 0.6),
    Prior("hpa.tau_set_point", 1000.0, 0.2), Prior("hpa.set_point_on_cortisol", 0.08, 0.3),
    Prior("held_on_arousal", 0.06, 0.3), Prior("symptoms.held_on_unrefreshing", 1.1),
    Prior("symptoms.felt_on_malaise", 0.5), Prior("energy.sick_on_envelope", 1.15, 0.3),
    Prior("energy.k_debt", 1.1, 0.3), Prior("energy.tau_repay", 24.0, 0.2), Prior("spread:energy.tau_repay", 0.5),
    Prior("energy.sick_on_repay", 1.0, 0.3), Prior("energy.signal_on_work", 0.12),
    Prior("energy.signal_on_vo2", 0.06), Prior("energy.sick_on_work", 0.1),
)  # fmt: skip


def _loop(path: str, middle: float, *more: Prior) -> tuple[Prior, ...]:
    """The strength of a loop, how much it differs between people, and what else is its own."""
    return Prior(path, middle, 0.25), Prior(f"spread:{path}", 0.5, 0.2), *more


ALONE = "This loop alone; the others are cut."
MECHANISMS = {
    "glia": Mechanism("primed microglia", ALONE, _loop("brain.loop", 0.6)),
    "hpa": Mechanism("lowered set-point", ALONE, _loop("hpa.loop", 0.7)),
    "virus": Mechanism(
        "waking of EBV", ALONE, _loop("infection.loop", 0.8, Prior("infection.tau_exhaustion", 1340.0, 0.2))
    ),
    "gut": Mechanism("LPS from the gut", ALONE, _loop("gut.loop", 0.95, Prior("gut.tau_dysbiosis", 600.0, 0.2))),
    "autoantibody": Mechanism(
        "autoantibody", ALONE,
        _loop("adaptive.loop", 0.8, Prior("adaptive.infection_on_autoreactive", 2.5, 0.2),
              Prior("adaptive.tau_plasma", 2000.0, 0.2)),
    ),
    "exertion": Mechanism("malaise after exertion", ALONE, _loop("energy.loop", 1.05)),
    "severity": Mechanism(
        "severity alone",
        "No loop. The acute illness differs between people several times more than usual, and what it leaves heals "
        "within weeks in everyone.",
        (Prior("spread:infection.ebv_on_interferon", 1.5, 0.2),
         Prior("spread:infection.airway_on_interferon", 1.5, 0.2)),
    ),
    "slow": Mechanism(
        "slow recovery",
        "One steady state. Primed microglia are felt, but keep up too little of themselves to hold: their loop is a "
        "fraction of what holds, and less activity than usual is felt. Priming fades within weeks in most, over years "
        "in some.",
        (Prior("brain.loop", 0.05, 0.2), Prior("spread:brain.loop", 0.2), Prior("glia_on_held_half", 0.025, 0.2),
         Prior("brain.tau_primed", 420.0, 0.2), Prior("spread:brain.tau_primed", 1.2, 0.2)),
    ),
    "vessels": Mechanism(
        "vessels that heal slowly",
        "No loop. Infection injures vessels more than usual, injury is felt more, and heals within weeks in most and "
        "over years in some.",
        (Prior("injury_on_held", 1.2, 0.2), Prior("autonomic.infection_on_injury", 3.0, 0.2),
         Prior("spread:autonomic.infection_on_injury", 1.0), Prior("autonomic.tau_injury", 800.0, 0.2),
         Prior("spread:autonomic.tau_injury", 1.2, 0.2)),
    ),
}  # fmt: skip
MARKERS = (
    "lps", "crp", "il6", "cortisol_awakening", "cortisol", "rmssd", "heart_rate_rise", "tspo", "autoantibody",
    "nk_cytotoxicity",
)  # fmt: skip
# How healthy people and readings differ beyond the model's people: without it a clinic would see a trace of anything.
READING = {"tspo": Noise(cv=0.2, source="nakatomi2014: controls, midbrain 0.123, SD 0.024")}


class Feature(NamedTuple):
    """A number that a study tells, and how many ill and well people it rests on.

    `kind` is "share" (of all asked, logit; `of` is the place in `MONTHS`), "difference" (standardised, of a marker),
    "ratio" (of medians, logarithm) or "hours" (mean of the ill, logarithm).
    """

    kind: str
    of: int | str
    cases: int
    controls: int = 0

    @property
    def title(self) -> str:
        if self.kind == "share":
            return f"ill at {MONTHS[int(self.of)]:g} months"
        return str(self.of).replace("_", " ")


CURVE = tuple(Feature("share", k, STUDY) for k in range(len(MONTHS)))
CLINIC = (*(Feature("difference", name, CASES, WELL) for name in MARKERS), Feature("hours", "recovery", CASES, WELL))
DATA = {
    "to six months": CURVE[: HALF_YEAR + 1],
    "to two years": CURVE,
    "two years and clinic": CURVE + CLINIC,
}


class Published(NamedTuple):
    """What was published, as a feature; `value` is in the unit of the paper."""

    study: str
    feature: Feature
    value: float
    unit: str

    @property
    def transformed(self) -> float:
        """On the scale of the feature."""
        return float({"share": _logit, "ratio": lambda v: np.log1p(v / 100.0), "hours": np.log}.get(
            self.feature.kind, lambda v: v
        )(self.value))  # fmt: skip


def _logit(percent: np.ndarray | float) -> np.ndarray:
    share = np.clip(percent, LEAST, 100.0 - LEAST) / 100.0
    return np.log(share / (1.0 - share))


PUBLISHED = (
    Published("hickie2006", Feature("share", HALF_YEAR, 253), 11.5, "percent ill at 6 months"),
    Published("giloteaux2016", Feature("ratio", "lps", 49, 39), 59.8, "percent more LPS, medians"),
    Published(
        "powell2013", Feature("difference", "cortisol_awakening", 200, 200), -0.34, "SD, rise of cortisol on waking"
    ),
    Published("walitt2024", Feature("difference", "rmssd", 13, 19), -0.895, "SD, RMSSD"),
    Published("moore2023", Feature("hours", "recovery", 80, 64), 304.8, "hours to recover from a two-day test"),
)  # the numbers of people of powell2013 are not known


@dataclass(frozen=True)
class Simulated:
    """What became of a mechanism's people: who was `ill` at each of `MONTHS`, and what the clinic found.

    `whose` and `clinic_whose` are the set of each person; `case` tells ill and well of the clinic. `reached` counts the
    sets in which enough were ill a year later.
    """

    ill: np.ndarray
    whose: np.ndarray
    clinic: Mapping[str, np.ndarray]
    case: np.ndarray
    clinic_whose: np.ndarray
    sets: int
    reached: int

    @property
    def shares(self) -> np.ndarray:
        """Percent ill in each set, shape (sets, months)."""
        return np.array([100.0 * self.ill[self.whose == k].mean(0) for k in range(self.sets)])


def priors(name: str) -> dict[str, Prior]:
    """All numbers that are set for a mechanism.

    >>> priors("gut")["gut.loop"].middle > 0, priors("gut")["hpa.loop"].middle
    (True, 0.0)
    """
    return {prior.name: prior for prior in (*SHARED, *MECHANISMS[name].own)}


def table_of(name: str, sets: int, seed: int) -> "pd.DataFrame":
    """A row of numbers for each set, beside the row of the fits of healthy people that it goes with."""
    import pandas as pd

    free = pd.DataFrame({
        path: prior.middle * np.exp(prior.spread * stream(seed, f"{name}: {path}").standard_normal(sets))
        for path, prior in priors(name).items()
    })  # fmt: skip
    healthy = posterior(leave_out="illness")
    rows = stream(seed, f"{name}: the healthy").integers(len(healthy), size=sets)
    others = healthy[[column for column in healthy.columns if column not in free.columns]].iloc[rows]
    return pd.concat([others.reset_index(drop=True), free], axis=1)


def simulate(name: str, sets: int, each: int, seed: int, say: Callable[[str], None] = print) -> Simulated:
    """Follow the cohort of a mechanism for two years, and examine its ill and some of its well a year after onset."""
    about = COHORTS[COHORT]
    others = int(stream(seed, f"people of {name}").integers(2**31))  # no two mechanisms share people
    population = Population(
        sets * each, others, Body(), about.age, carriers=about.carriers, drawn=table_of(name, sets, seed)
    )
    plan = cohort_plan(COHORT, population, DAYS)
    asked, states = np.array(plan.moments), tuple(population.start)
    visit = 168.0 * (LEAD + CLINIC_WEEK)
    plan = replace(plan, keep=(*plan.keep, *states), moments=tuple(np.sort(np.append(asked, visit))))
    course = join(plan, [part for _, part in solve_batches(plan)])
    there = np.flatnonzero(course.times != visit)
    weekly = Course(
        course.times[there], {n: course.values[n][:, there] for n in plan.keep}, course.variables, course.people,
        course.failed, course.not_at_rest, course.provenance,
    )  # fmt: skip
    history = history_of(COHORT, population, weekly)
    ill = history.ill(ILL, [month * WEEKS_A_MONTH for month in MONTHS])
    whose = population.draws[history.enrolled]
    year = np.searchsorted(history.weeks, CLINIC_WEEK)
    tired = (history.month.fatigue - history.usual["fatigue"][:, None])[history.enrolled, year]
    who, case, reached = patients(ill[:, CLINIC_MONTH], tired, whose, sets)
    say(f"  ill at {', '.join(f'{m:g}' for m in MONTHS)} months: {', '.join(f'{s:.1f}' for s in 100 * ill.mean(0))} %")
    place = np.flatnonzero(history.enrolled)[who]
    group = population.people
    group = replace(group, traits={n: v[place] for n, v in group.traits.items()}, ids=group.ids[place])
    at = int(np.flatnonzero(course.times == visit)[0])
    found = examine(group, {n: np.nan_to_num(course.values[n][place, at].astype(float)) for n in states})
    return Simulated(
        ill, whose, {n: found[n] for n in (*MARKERS, "recovery")}, case, whose[who], sets, reached
    )  # fmt: skip


def patients(
    ill: np.ndarray, tired: np.ndarray, whose: np.ndarray, sets: int
) -> tuple[np.ndarray, np.ndarray, int]:  # fmt: skip
    """Who goes to the clinic, who of them as ill, and in how many sets there were enough ill people.

    The ill of each set, or if there are too few the most tired; and people who are well, the first of each set.
    """
    who, case, reached = [], [], 0
    for k in range(sets):
        mine = np.flatnonzero(whose == k)
        cases = mine[ill[mine]]
        reached += len(cases) >= FEWEST
        if len(cases) < FEWEST:
            cases = mine[np.argsort(-tired[mine], kind="stable")[:FEWEST]]
        controls = mine[~ill[mine] & ~np.isin(mine, cases)][:CONTROLS]
        who += [*cases[:PATIENTS], *controls]
        case += [True] * len(cases[:PATIENTS]) + [False] * len(controls)
    return np.array(who, int), np.array(case, bool), reached


def studied(
    found: Simulated, features: Sequence[Feature], studies: int, generator: np.random.Generator
) -> np.ndarray:  # fmt: skip
    """What simulated studies of each set tell, shape (sets, studies, features).

    A study takes people of one set at random, with replacement; features that rest on as many people have the same.
    """
    told = np.empty((found.sets, studies, len(features)))
    for k in range(found.sets):
        mine = np.flatnonzero(found.whose == k)
        ill = np.flatnonzero((found.clinic_whose == k) & found.case)
        well = np.flatnonzero((found.clinic_whose == k) & ~found.case)
        groups: dict[tuple[bool, int, int], list[np.ndarray]] = {}
        for j, feature in enumerate(features):
            key = feature.kind == "share", feature.cases, feature.controls
            if key not in groups:
                among = (mine,) if key[0] else (ill, well)
                groups[key] = [generator.choice(a, (studies, n)) for a, n in zip(among, key[1:], strict=False)]
            told[k, :, j] = _told(found, feature, groups[key], generator)
    return told


def _told(
    found: Simulated, feature: Feature, group: Sequence[np.ndarray], generator: np.random.Generator
) -> np.ndarray:  # fmt: skip
    """One feature in each study, of the people in it."""
    if feature.kind == "share":
        return _logit(100.0 * found.ill[group[0], int(feature.of)].mean(1))
    name = str(feature.of)
    noise = READING.get(name) or noises().get(name, Noise())

    def read(who: np.ndarray) -> np.ndarray:
        truth = found.clinic[name][who]
        z = generator.standard_normal(truth.shape)
        return np.maximum(truth * np.exp(noise.cv * z) + noise.sd * z, noise.floor)

    if feature.kind == "hours":
        return np.log(np.nanmean(read(group[0]), 1))
    case, control = read(group[0]), read(group[1])
    if feature.kind == "ratio":
        return np.log(np.nanmedian(case, 1) / np.nanmedian(control, 1))
    return standardised_difference(case, control)


class Discriminant:
    """Gaussian classes of one covariance, shrunk towards that of features that do not go together.

    By how much is found from the data (oracle approximating shrinkage, Chen 2010), which has seen `count` independent
    cases: studies of one set are not. Classes are as likely as each other before.

    >>> x, y = np.array([[0.0], [0.2], [1.0], [1.2]]), np.array([0, 0, 1, 1])
    >>> Discriminant(x, y, 2, 4).probabilities(np.array([[0.1], [1.1], [0.6]])).round(2).tolist()
    [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]
    """

    def __init__(self, x: np.ndarray, y: np.ndarray, classes: int, count: int) -> None:
        self.means = np.stack([x[y == k].mean(0) for k in range(classes)])
        away = x - self.means[y]
        self.scale = np.maximum(away.std(0), 1e-9)
        alike = (away / self.scale).T @ (away / self.scale) / len(x)
        size = len(alike)
        square, trace = float((alike**2).sum()), float(np.trace(alike))
        apart = (count + 1.0 - 2.0 / size) * (square - trace**2 / size)
        share = 1.0 if apart <= 0 else min(1.0, ((1.0 - 2.0 / size) * square + trace**2) / apart)
        self.inverse = np.linalg.inv((1.0 - share) * alike + share * trace / size * np.eye(size))

    def distances(self, x: np.ndarray) -> np.ndarray:
        """Squared distance of Mahalanobis of each case to the middle of each class, shape (cases, classes)."""
        away = (x[:, None, :] - self.means) / self.scale
        return np.einsum("nki,ij,nkj->nk", away, self.inverse, away)

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """Of each class in each case, shape (cases, classes)."""
        logs = -0.5 * self.distances(x)
        odds = np.exp(logs - logs.max(1, keepdims=True))
        return odds / odds.sum(1, keepdims=True)


def left_out(told: np.ndarray) -> np.ndarray:
    """Probabilities of each mechanism in studies of each set, by a classifier that has not seen that set.

    `told` has shape (mechanisms, sets, studies, features); the result (mechanisms, sets, studies, mechanisms).
    """
    classes, sets, studies, _ = told.shape
    y = np.repeat(np.arange(classes), studies * sets)
    flat = told.reshape(len(y), -1)
    whose = np.repeat(np.arange(classes * sets), studies)
    found = np.empty((classes, sets, studies, classes))
    for n in range(classes * sets):
        seen = whose != n
        rule = Discriminant(flat[seen], y[seen], classes, classes * sets - 1)
        found[n // sets, n % sets] = rule.probabilities(flat[~seen])
    return found


@dataclass(frozen=True)
class Told:
    """How well mechanisms were recognised: `matrix[i, j]` is the share of studies of i that were called j."""

    matrix: np.ndarray
    sets: int
    sure: float  # share of studies in which one mechanism is more than `CERTAIN`
    sure_right: float  # share of these that are right

    @property
    def accuracy(self) -> tuple[float, float, float]:
        """The share that was called right, and its 95 % interval; the sets count, not their studies."""
        return wilson(float(np.trace(self.matrix)) * self.sets, len(self.matrix) * self.sets)

    def recall(self, k: int) -> tuple[float, float, float]:
        """How many of a mechanism's studies are called by its name."""
        return wilson(self.matrix[k, k] * self.sets, self.sets)

    def precision(self, k: int) -> tuple[float, float, float]:
        """How many studies called by a mechanism's name are its."""
        return wilson(self.matrix[k, k] * self.sets, self.matrix[:, k].sum() * self.sets)

    def above(self, k: int, share: float) -> bool:
        """Recall and precision both surely above a share, so that a name given to everything is above no chance."""
        return self.recall(k)[1] > share and self.precision(k)[1] > share

    def recognised(self, k: int) -> bool:
        """Surely better than by chance."""
        return self.above(k, 1.0 / len(self.matrix))


def wilson(hits: float, of: float) -> tuple[float, float, float]:
    """A share and its 95 % interval.

    >>> [round(x, 3) for x in wilson(15, 30)]
    [0.5, 0.332, 0.668]
    """
    if of <= 0:
        return 0.0, 0.0, 1.0
    z2, share = 1.96**2, hits / of
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = np.sqrt(z2 * (max(share * (1 - share), 0.0) / of + z2 / (4 * of * of))) / (1 + z2 / of)
    return share, float(max(middle - half, 0.0)), float(min(middle + half, 1.0))


def judged(told: np.ndarray) -> Told:
    """The confusion matrix of features of shape (mechanisms, sets, studies, features)."""
    probable = left_out(told)
    called, classes = probable.argmax(-1), told.shape[0]
    matrix = np.stack([np.bincount(called[k].ravel(), minlength=classes) / called[k].size for k in range(classes)])
    sure = probable.max(-1) > CERTAIN
    right = called == np.arange(classes)[:, None, None]
    return Told(matrix, told.shape[1], float(sure.mean()), float(right[sure].mean()) if sure.any() else float("nan"))


class Verdict(NamedTuple):
    """What the classifier says of published numbers: how many of each mechanism's studies are farther out, and how
    probable each would be if it were one of them; `identified` is its name, or nothing."""

    farther: np.ndarray
    probable: np.ndarray
    identified: str

    @property
    def outside(self) -> bool:
        """No mechanism makes such a study."""
        return bool((self.farther < OUTSIDE).all())


def verdict(told: np.ndarray, seen: np.ndarray, names: Sequence[str]) -> Verdict:
    """Judge one study `seen`, shape (features,), by simulated ones, (mechanisms, sets, studies, features)."""
    classes, sets, studies, _ = told.shape
    y = np.repeat(np.arange(classes), sets * studies)
    flat = told.reshape(len(y), -1)
    rule = Discriminant(flat, y, classes, classes * sets)
    own, its = rule.distances(flat)[np.arange(len(y)), y], rule.distances(seen[None])[0]
    farther = np.array([(own[y == k] > its[k]).mean() for k in range(classes)])
    probable = rule.probabilities(seen[None])[0]
    best = int(probable.argmax())
    known = probable[best] > CERTAIN and farther[best] >= OUTSIDE
    return Verdict(farther, probable, names[best] if known else "")


class Marker(NamedTuple):
    """What a marker of the clinic is worth: accuracy without it, and with the curve and it alone."""

    feature: Feature
    without: float
    alone: float


@dataclass(frozen=True)
class Result:
    """All that the page tells."""

    names: tuple[str, ...]
    shares: np.ndarray  # percent ill, (mechanisms, sets, months)
    reached: tuple[int, ...]  # sets with enough ill people a year later
    each: int
    told: Mapping[str, Told]
    markers: tuple[Marker, ...]
    verdict: Verdict


def recognise(found: Mapping[str, Simulated], each: int, seed: int, say: Callable[[str], None] = print) -> Result:
    """Simulated studies of all mechanisms, the classifier's matrices, and what it says of published numbers."""
    names, features = tuple(found), CURVE + CLINIC
    told = np.stack([studied(s, features, STUDIES, stream(seed, f"studies of {n}")) for n, s in found.items()])
    matrices = {}
    for title, used in DATA.items():
        matrices[title] = judged(told[..., [features.index(f) for f in used]])
        say(f"{title}: {100 * matrices[title].accuracy[0]:.0f} % right")
    markers = []
    for feature in CLINIC:
        j, curve = features.index(feature), list(range(len(CURVE)))
        without = judged(np.delete(told, j, -1)).accuracy[0]
        markers.append(Marker(feature, without, judged(told[..., [*curve, j]]).accuracy[0]))
    asked = tuple(p.feature for p in PUBLISHED)
    alike = np.stack([studied(s, asked, STUDIES, stream(seed, f"as published: {n}")) for n, s in found.items()])
    said = verdict(alike, np.array([p.transformed for p in PUBLISHED]), names)
    return Result(
        names, np.stack([s.shares for s in found.values()]), tuple(s.reached for s in found.values()), each, matrices,
        tuple(markers), said,
    )  # fmt: skip


def run(
    folder: Path, sets: int = SETS, each: int = EACH, seed: int = 0, names: Sequence[str] = tuple(MECHANISMS),
    say: Callable[[str], None] = print,
) -> Result:  # fmt: skip
    """Simulate every mechanism, or read it from the folder, and judge.

    Raises `InputError` if the folder holds another run, or one of another body.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for n, name in enumerate(names):
        kept = folder / f"{name}.npz"
        marks = str((sorted(priors(name).values()), sets, each, seed, MONTHS, DAYS, PATIENTS, CONTROLS, _body(name)))
        if kept.exists():
            found[name] = _load(kept, marks)
            say(f"{n + 1} of {len(names)}, {name}: kept in {folder}")
            continue
        begun = monotonic()
        say(f"{n + 1} of {len(names)}, {name}: {sets} sets of {each} people")
        found[name] = simulate(name, sets, each, seed, say)
        _save(kept, marks, found[name])
        say(f"  {monotonic() - begun:.0f} s")
    return recognise(found, each, seed, say)


def _body(name: str) -> str:
    """What else a simulation hangs on: every number of the body that is not set here, and the draws of healthy ones."""
    mine = set(priors(name))
    rest = [
        (path, known.value if path not in mine else 0.0, known.spread if f"spread:{path}" not in mine else 0.0)
        for path, known in parameters(Body()).items()
    ]
    drawn = posterior(leave_out="illness")
    text = str(rest) + drawn[[c for c in drawn.columns if c not in mine]].to_csv(index=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _save(path: Path, marks: str, found: Simulated) -> None:
    arrays: dict[str, Any] = {
        "marks": marks, "ill": found.ill, "whose": found.whose, "case": found.case,
        "clinic_whose": found.clinic_whose, "counts": np.array([found.sets, found.reached]),
    } | {f"clinic {name}": values for name, values in found.clinic.items()}  # fmt: skip
    with whole_file(path) as part, part.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _load(path: Path, marks: str) -> Simulated:
    with np.load(path, allow_pickle=False) as file:
        if str(file["marks"]) != marks:
            raise InputError(f"{path} holds another run, or one of another body; choose another folder or delete it")
        sets, reached = (int(n) for n in file["counts"])
        clinic = {name.removeprefix("clinic "): file[name] for name in file.files if name.startswith("clinic ")}
        return Simulated(
            file["ill"], file["whose"], clinic, file["case"], file["clinic_whose"], sets, reached
        )  # fmt: skip


def page(result: Result) -> str:
    """The page, as Markdown."""
    titles = [MECHANISMS[name].title for name in result.names]
    chance = 1.0 / len(titles)
    parts = [
        "# Can data tell what keeps people ill?",
        "Written by `python -m neuroimmune.calibrate.recognise`. Cohorts after mononucleosis were simulated with one "
        f"known mechanism each: {result.shares.shape[1]} sets of numbers of each of {len(titles)} mechanisms, "
        f"{result.each} people of each set. {ABOUT}",
        "## The mechanisms", _mechanisms(result),
        "## Which are recognised",
        f"By chance {100 * chance:.0f} % would be called right. A mechanism is recognised if both the share of its "
        "studies that are called by its name (recall) and the share of studies called so that are its (precision) are "
        "above chance, with all of their 95 % interval (Wilson; sets count, not their studies). This says that data "
        "tell something, not that they decide; it is more often right than wrong if both are above a half in the same "
        "way.",
        _accuracies(result),
    ]  # fmt: skip
    for title, told in result.told.items():
        parts += [f"### {title[0].upper()}{title[1:]}", _matrix(titles, told), _recognised(titles, told)]
    parts += ["## What it means", _meaning(result, titles), "## What would tell them apart", _apart(result)]
    parts += ["## What was published", _published(result, titles)]
    return "\n\n".join(parts) + "\n"


ABOUT = f"""All other numbers are drawn alike for all. A simulated study asks {STUDY} people, again and again, whether
they are ill (`{ILL}`), and its clinic examines {CASES} who are ill a year after onset and {WELL} who are well, with the
errors of readings. Its people are drawn from those of the set, so it errs somewhat more than one of so many people
would. A classifier (Gaussian, one covariance for all, shrunk) that has seen the studies of all sets but one names the
mechanism of that one. The priors are set so that each mechanism leaves about as many ill at six months: the classifier
is to know mechanisms by their marks, not by how strong they were made.""".replace("\n", " ")


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in [heads, ["---"] * len(heads), *lines])


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"


def _mechanisms(result: Result) -> str:
    lines = []
    for k, name in enumerate(result.names):
        middle = np.median(result.shares[k], 0)
        low, high = np.percentile(result.shares[k, :, HALF_YEAR], [5, 95])
        shares = [f"{share:.0f}" for share in middle]
        shares[HALF_YEAR] += f" ({low:.0f} to {high:.0f})"
        lines.append([MECHANISMS[name].title, *shares, f"{result.reached[k]} of {result.shares.shape[1]}"])
    heads = ["ill, percent, at months", *(f"{month:g}" for month in MONTHS), f"sets with {FEWEST} ill at 12 months"]
    said = [f"- **{MECHANISMS[name].title}.** {MECHANISMS[name].about}" for name in result.names if name not in LOOPS]
    nobody = [
        MECHANISMS[name].title for k, name in enumerate(result.names)
        if np.median(result.shares[k, :, HALF_YEAR]) < 100 / result.each
    ]  # fmt: skip
    none = f"\n\nHardly anybody is left ill at six months by: {', '.join(nobody)}." if nobody else ""
    return (
        "A loop alone: all other loops are cut. The rivals have no loop that holds:\n\n" + "\n".join(said)
        + "\n\nMedians of the sets, and at six months the range of 90 % of them. Where fewer than "
        f"{FEWEST} of a set are ill at 12 months, its {FEWEST} most tired go to the clinic instead.{none}\n\n"
        + _table(heads, lines)
    )  # fmt: skip


def _accuracies(result: Result) -> str:
    lines = []
    for title, told in result.told.items():
        share, low, high = told.accuracy
        right = "" if np.isnan(told.sure_right) else _percent(told.sure_right)
        lines.append([title, f"{_percent(share)} ({_percent(low)} to {_percent(high)})", _percent(told.sure), right])
    heads = ["data", "right, percent", f"one mechanism above {_percent(CERTAIN)} %, percent", "of these right, percent"]
    return _table(heads, lines)


def _matrix(titles: Sequence[str], told: Told) -> str:
    lines = [[title, *(_percent(share) for share in told.matrix[k])] for k, title in enumerate(titles)]
    return "Percent of the studies of each mechanism (rows) by what they were called (columns).\n\n" + _table(
        ["made by", *titles], lines
    )


def _recognised(titles: Sequence[str], told: Told) -> str:
    yes = [
        f"{title} (recall {_percent(told.recall(k)[0])} %, precision {_percent(told.precision(k)[0])} %)"
        for k, title in enumerate(titles) if told.recognised(k)
    ]  # fmt: skip
    no = [title for k, title in enumerate(titles) if not told.recognised(k)]
    well = [title for k, title in enumerate(titles) if told.above(k, 0.5)]
    return (
        f"Recognised: {', '.join(yes) or 'none'}. Not recognised: {', '.join(no) or 'none'}. "
        f"More often right than wrong: {', '.join(well) or 'none'}."
    )


def _confused(titles: Sequence[str], told: Told) -> str:
    apart = told.matrix - np.diag(np.diag(told.matrix))
    places = [divmod(int(n), len(titles)) for n in np.argsort(-apart, axis=None)[:3]]
    return "; ".join(f"{titles[i]} called {titles[j]}, {_percent(apart[i, j])} %" for i, j in places if apart[i, j] > 0)


def _meaning(result: Result, titles: Sequence[str]) -> str:
    loops = np.array([name in LOOPS for name in result.names])
    same = loops[:, None] == loops

    def alike(matrix: np.ndarray) -> str:
        return _percent(float((matrix * same).sum() / len(titles)))

    kinds = ", ".join(f"{alike(told.matrix)} % ({title})" for title, told in result.told.items())
    guessed = alike(np.full(same.shape, 1.0 / len(titles)))
    lines = [f"Whether it is a loop or a rival is told right in {kinds}, where guessing tells {guessed} %.", ""]
    lines += [f"- Most often wrong, {title}: {_confused(titles, t) or 'nothing'}." for title, t in result.told.items()]
    return "\n".join(lines) + f"\n\n{LIMITS}"


LIMITS = f"""This is about the best that could be hoped for. People were made by this model, each set by one mechanism,
and the classifier knows what each mechanism does; a marker tells a loop because the model gives each loop a mark of its
own, with the strength that was assumed for it. Against that stands that few people are behind each clinic: {FEWEST} to
{PATIENTS} of a set stand for the {CASES} ill of a study, so it tells less than a real one would; and where fewer than
{FEWEST} are ill a year later it sees people who are only tired. Real people may be ill by several mechanisms, or by
none of these. No endotype shares are shown: these data do not carry them.""".replace("\n", " ")


def _apart(result: Result) -> str:
    whole, curve = (list(result.told.values())[k].accuracy[0] for k in (-1, -2))
    ordered = sorted(result.markers, key=lambda marker: (marker.without, -marker.alone))
    lines = [
        [marker.feature.title, f"{100 * (whole - marker.without):.1f}", f"{100 * (marker.alone - curve):.1f}"]
        for marker in ordered
    ]
    best = max(result.markers, key=lambda marker: marker.alone)
    return (
        f"Points of percent that are lost of {_percent(whole)} without a marker, and gained by it alone beside the "
        f"curve of two years, {_percent(curve)}. Most is lost without {ordered[0].feature.title}; alone "
        f"{best.feature.title} tells most. Markers that tell the same replace each other, so losses do not add up.\n\n"
        + _table(["marker", "lost without it", "gained by it alone"], lines)
    )


def _published(result: Result, titles: Sequence[str]) -> str:
    said = result.verdict
    rows = _table(
        ["study", "number"], [[p.study, f"{p.value:g} {p.unit}"] for p in PUBLISHED]
    )  # fmt: skip
    text = (
        f"Simulated studies as large as these were made of every mechanism ({PUBLISHED[2].study}, a meta-analysis, as "
        f"if of {PUBLISHED[2].feature.cases} cases). A mechanism could have made the numbers if at least "
        f"{100 * OUTSIDE:g} % of its own studies lie farther from its middle (distance of Mahalanobis). Few people "
        f"are behind each simulated clinic, so this lets pass more than it should.\n\n{rows}\n\n"
    )
    if said.outside:
        return text + (
            "**not identified: no mechanism alone makes what was published.** Their studies that lie farther out, "
            f"percent: {_list(titles, said.farther)}."
        )
    table = _table(
        ["mechanism", "own studies farther out, percent", "probability if one of these made it, percent"],
        [[t, f"{100 * f:.1f}", f"{100 * p:.1f}"] for t, f, p in zip(titles, said.farther, said.probable, strict=True)],
    )
    return text + table + "\n\n" + (
        f"Of the mechanisms tried, only **{MECHANISMS[said.identified].title}** alone makes these numbers. That is not "
        "the share of any patients, and others were not tried."
        if said.identified
        else f"**not identified**: no mechanism that could have made them has more than {_percent(CERTAIN)} %. These "
        "are no shares of patients; none are shown."
    )  # fmt: skip


def _list(titles: Sequence[str], shares: np.ndarray) -> str:
    return ", ".join(f"{title} {100 * share:.1f}" for title, share in zip(titles, shares, strict=True))


def main() -> None:
    """Simulate, judge and write the page; the folder holds the mechanisms that are done."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--folder", type=Path, default=Path("recognise"))
    with whole_file(DOCS / "recognise.md") as part:
        part.write_text(page(run(ask.parse_args().folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
