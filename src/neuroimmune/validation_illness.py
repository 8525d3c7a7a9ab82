"""Cohorts and clinics simulated, and held against what they found: the part of the validation table about illness.

People of several draws of the fit catch mononucleosis, SARS-CoV-2, influenza or a cold, or only live, some of them for
twelve years; whoever is ill a year after the first two goes to the clinic beside others of the cohort who are well. A
simulated study takes as many people as the published one, from some of the draws, and gives the paper's own statistic;
for sampling alone (sharpness) people come from all draws.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from neuroimmune.body import Body
from neuroimmune.clinic import AFTER_ONE_TEST, FINDINGS, after_one_test, examine
from neuroimmune.cohorts import (
    COHORTS,
    DEFINITIONS,
    SURVEYED,
    History,
    cohort_plan,
    exposed,
    history_of,
    life_of,
    shares_of_draws,
    week_of,
)
from neuroimmune.evidence.statistics import standardised_difference
from neuroimmune.lives import Population, subset
from neuroimmune.population import People
from neuroimmune.simulation import join, make_plan, solve_batches
from neuroimmune.streams import stream

if TYPE_CHECKING:
    import pandas as pd

DAYS = {
    "mononucleosis": 735,
    "sars-cov-2": 427,
    "influenza": 427,
    "cytomegalovirus": 427,
    "cold": 203,
    "unexposed": 427,
    SURVEYED: 4380,
}  # from onset or exposure
CLINIC = ("mononucleosis", "sars-cov-2")  # the cohorts whose ill and well go to the clinic
ILL_AFTER = 12.0  # months after onset or exposure, when who is ill goes to the clinic
DRAWS_OF_A_STUDY = 10  # draws that the people of one simulated study come from
FEWEST = 20  # ill people, over all draws, without whom nothing is said of the ill
AS_BEFORE = 10.0  # assumed: of 100, fatigue above usual within which somebody is well
PAIN = 50.0  # assumed: pain half-way up the scale, widespread, stands for fibromyalgia
CONTROLS = 300  # people of each cohort who are well and go to the clinic, or as many as are ill, if more
LARGE = 400  # people in each group of a study whose number of people is not known
SEXES = ("women", "men")


@dataclass(frozen=True)
class Seen:
    """All that was simulated: cohorts, and what a clinic found in people ill a year after infection and in the well.

    `clinic[name]` has shape (people,); `ill`, `pain` (widespread) and `draw` tell who is who.
    """

    histories: Mapping[str, History]
    clinic: Mapping[str, np.ndarray]
    ill: np.ndarray
    pain: np.ndarray
    draw: np.ndarray
    draws: int
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False)

    def shares(self, name: str, definition: str, week: int, sex: str = "") -> np.ndarray:
        """The share ill by draw, of one sex if it is told, shape (draws,); looked up once."""
        key = (name, definition, week, "share", sex)
        if key not in self._kept:
            ill, draw, who = (
                self.ill_then(name, definition, (week,)), self.of_enrolled(name, "draw"), self.of_sex(name, sex)
            )  # fmt: skip
            self._kept[key] = shares_of_draws(ill[who], draw[who])[:, 0]
        return self._kept[key]

    def of_sex(self, name: str, sex: str) -> np.ndarray:
        """Who of a cohort's enrolled is of a sex, or all."""
        woman = self.of_enrolled(name, "woman")
        return woman == (sex == "women") if sex else np.full(len(woman), True)

    def count_ill(self, definition: str, sex: str = "") -> int:
        """How many of the community meet a definition at the end of its years."""
        week = self.histories[SURVEYED].last_week
        return int(self.ill_then(SURVEYED, definition, (week,))[self.of_sex(SURVEYED, sex), 0].sum())

    def ill_then(self, name: str, definition: str, weeks: tuple[int, ...]) -> np.ndarray:
        """Who of a cohort's enrolled meets a definition then, shape (enrolled, weeks); looked up once."""
        key = (name, definition, weeks)
        if key not in self._kept:
            self._kept[key] = self.histories[name].ill(definition, weeks)
        return self._kept[key]

    def of_enrolled(self, name: str, column: str) -> np.ndarray:
        """A column of the table of people, of a cohort's enrolled, or the draw they come from."""
        key = (name, column)
        if key not in self._kept:
            history = self.histories[name]
            population = history.population
            values = population.draws if column == "draw" else population.table[column].to_numpy()
            self._kept[key] = values[history.enrolled]
        return self._kept[key]


def see(
    body: Body, drawn: "pd.DataFrame", draws: int, each: int, seed: int = 0,
    progress: Callable[[float], None] | None = None, only: str | None = None,
) -> Seen:  # fmt: skip
    """Cohorts of `each` people of so many draws, and the clinic; of `only` one cohort, that and the control."""
    rows = drawn.iloc[np.linspace(0, len(drawn) - 1, draws).round().astype(int)].reset_index(drop=True)
    needed = {None: DAYS, "population": (SURVEYED, *CLINIC)} | {name: (name, "unexposed") for name in DAYS}
    wanted = {n: days for n, days in DAYS.items() if n in needed.get(only, CLINIC)}
    work = np.cumsum([0.0, *wanted.values()]) / (1.1 * sum(wanted.values()))
    histories: dict[str, History] = {}
    parts = []
    for (name, days), begun, done in zip(wanted.items(), work, work[1:], strict=False):
        about = COHORTS[name]
        population = Population(
            draws * each, seed + 100 + list(DAYS).index(name), body, about.age, carriers=about.carriers, drawn=rows
        )
        plan = cohort_plan(name, population, days)
        told = (lambda share, a=begun, b=done: progress(a + share * (b - a))) if progress else None
        history = history_of(name, population, join(plan, [part for _, part in solve_batches(plan, told)]))
        histories[name] = history
        if name in CLINIC:
            week = _week(history)
            ill = patients(history, week)
            who = np.concatenate([ill, controls(history, week, max(CONTROLS, len(ill)))])
            parts.append((*brought(history, who, week, whole=True), np.arange(len(who)) < len(ill)))
    clinic = {name: np.concatenate([found[name] for found, *_ in parts]) for name in (parts[0][0] if parts else ())}
    parts = parts or [({}, *(np.zeros(0, kind) for kind in (bool, int, bool)))]
    pain, draw, ill = (np.concatenate([part[k] for part in parts]) for k in (1, 2, 3))
    return Seen(histories, clinic, ill, pain, draw, draws)


def _week(history: History) -> int:
    """The week since onset or exposure at which people are asked whether they are ill."""
    return min(week_of(ILL_AFTER), history.last_week)


def patients(history: History, week: int) -> np.ndarray:
    """Places of those who meet a definition of ME/CFS at a week."""
    return np.flatnonzero(history.enrolled)[history.ill("mecfs", [week])[:, 0]]


def controls(history: History, week: int, count: int) -> np.ndarray:
    """Places of so many of those whose fatigue at a week is that of before, spread over the draws."""
    at = np.searchsorted(history.weeks, np.nan_to_num(history.onset) * history.cohort.from_onset + week)
    tired = history.month.fatigue[np.arange(len(at)), np.minimum(at, len(history.weeks) - 1)] - history.month.usual
    well = np.flatnonzero(history.enrolled & (tired < AS_BEFORE))
    every = max(1, len(well) // max(count, 1))
    return well[::every][:count]


def brought(
    history: History, who: np.ndarray, week: int, whole: bool = False
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """The same people followed again to a week, and examined: findings, whether they have pain, their draws.

    The `whole` of the examination is what follows a single test too.
    """
    group, start, solved = then(history, who, week)
    at = np.searchsorted(history.weeks, _week_of_all(history, who, week) + history.weeks[0])
    seen = examine(group, start) | (after_one_test(group, start) if whole else {})
    found = {name: np.full(len(who), np.nan) for name in seen}
    for name, values in seen.items():
        found[name][solved] = values
    return found, history.month.pain[who, at] >= PAIN, history.population.draws[who]


def then(history: History, who: np.ndarray, week: int) -> tuple[People, dict[str, np.ndarray], np.ndarray]:
    """The same people followed again: who they are, their states at midnight of a week, and the places of the solved.

    All are met on one day, `week` weeks after exposure or the median onset.
    """
    population, last = history.population, _week_of_all(history, who, week)
    group, states = subset(population.people, who), list(population.start)
    plan = make_plan(
        group, exposed(history.cohort), 7.0 * (last + 1), 24.0, keep=states,
        start={n: v[who] for n, v in population.start.items()}, policy=life_of(history.name, population),
    )  # fmt: skip
    plan = replace(plan, moments=(168.0 * last,))
    course = join(plan, [part for _, part in solve_batches(plan)])
    solved = np.flatnonzero(~np.isin(group.ids, list(course.failed)))
    return subset(group, solved), {n: course.values[n][solved, -1].astype(float) for n in states}, solved


def _week_of_all(history: History, who: np.ndarray, week: int) -> int:
    """The week since the beginning that is so many weeks after exposure or the median onset of these people."""
    onset = np.nan_to_num(history.onset[who]) if history.cohort.from_onset else np.zeros(len(who))
    return int(-history.weeks[0] + week + np.median(onset))


MORE = "percent more ill than the unexposed"
OF_COHORTS = (
    "percent ill", "percent ever", "median duration", "mean duration", "hazard ratio", MORE,
    "percent of the ill who are women",
)  # fmt: skip
NUMBERS = re.compile(r"cases (\d+) / controls (\d+)")
UNEXPOSED = re.compile(r"(\d+) without")
SCALES_OF = {
    ("two-day-test", "mean day 1"): "{}_1", ("two-day-test", "mean day 2"): "{}_2", ("two-day-test", "mean"): "{}",
    ("two-day-test", "mean duration"): "{}", ("established-illness", "standardised difference"): "{}",
    ("established-illness", "difference, cases less controls"): "{}", ("established-illness", "mean"): "{}",
    ("established-illness", "percent difference of medians"): "{}",
    ("established-illness", "sign of the difference"): "{}", ("established-illness", "percent difference"): "{}",
    ("two-day-test", "percent starting after 24 h or more"): "malaise_begins",
    ("two-day-test", "percent lasting 24 h or more"): "malaise_ends",
    ("two-day-test", "percent recovered"): "malaise_ends",
}  # fmt: skip


class Study:
    """One study simulated again and again: who takes part, and the statistic of a row."""

    def __init__(self, seen: Seen, generator: np.random.Generator, whole: bool) -> None:
        self.seen, self.generator, self.whole = seen, generator, whole
        self.draws = np.arange(seen.draws) if whole else generator.choice(seen.draws, DRAWS_OF_A_STUDY, replace=False)

    def share(self, name: str, definition: str, week: int, count: int) -> float:
        """The share ill of so many people of the study's first draw, or of all."""
        shares = self.seen.shares(name, definition, week)
        true = shares.mean() if self.whole else shares[self.draws[0] % len(shares)]
        return float(self.generator.binomial(count, true)) / count

    def of_survey(self, definition: str, sex: str) -> float:
        """The share ill at the end of the community's years, as far as so many people can tell it."""
        seen = self.seen
        shares = seen.shares(SURVEYED, definition, seen.histories[SURVEYED].last_week, sex)
        true = shares.mean() if self.whole else shares[self.draws[0] % len(shares)]
        people, ill = int(seen.of_sex(SURVEYED, sex).sum()), seen.count_ill(definition, sex)
        chance = self.generator.beta(ill + 0.5, people - ill + 0.5) / max(ill / people, 1e-9)
        return float(min(true * chance, 1.0))

    def some(self, among: np.ndarray, count: int) -> np.ndarray:
        """So many of these places, of the study's draws if there are any."""
        mine = among[np.isin(self.seen.draw[among], self.draws)]
        return self.generator.choice(mine if len(mine) else among, count)

    def of_cohort(self, name: str, count: int) -> np.ndarray:
        """Places among a cohort's enrolled."""
        draw = self.seen.of_enrolled(name, "draw")
        mine = np.flatnonzero(np.isin(draw, self.draws))
        return self.generator.choice(mine if len(mine) else np.arange(len(draw)), count)


def simulated(
    rows: "pd.DataFrame", seen: Seen, noises: Mapping[str, Any], count: int, whole: bool, seed: int = 0
) -> np.ndarray:
    """The numbers of a curve's rows in each of `count` simulated studies, shape (count, rows)."""
    first = rows.iloc[0]
    generator = stream(seed, f"clinic of {first.study} {first.quantity} {whole}")
    found, each = np.empty((count, len(rows))), list(rows.itertuples())
    for k in range(count):
        study = Study(seen, generator, whole)
        groups: dict[Any, np.ndarray] = {}  # the same people answer at all times
        found[k] = [statistic(row, study, groups, noises) for row in each]
    return found


def obstacle(row: Any, seen: Seen) -> str:
    """Why a row cannot be simulated, or nothing."""
    if row.protocol in COHORTS:
        if row.quantity not in DEFINITIONS:
            return f"the cohorts have no definition {row.quantity!r}"
        week = round(np.nan_to_num(row.time_h) / 168.0)
        if row.statistic in ("percent ill", MORE) and week > seen.histories[row.protocol].last_week:
            return "people were not followed for so long"
        return "" if row.statistic in OF_COHORTS else f"the statistic {row.statistic!r} is not made of cohorts"
    if row.protocol == "population" and row.statistic == "percent ill":
        if row.quantity not in DEFINITIONS:
            return f"the cohorts have no definition {row.quantity!r}"
        why = next((why for who, why in NOT_ASKED.items() if who in row.population), "")
        few = seen.count_ill(row.quantity, _sex(row))
        return why or ("" if few >= FEWEST_OF_A_SURVEY else f"only {few} of the people of the community are ill then")
    if seen.ill.sum() < FEWEST:
        return f"only {seen.ill.sum()} of the people are ill a year later"
    if row.protocol == "population":
        known = ("ratio women to men", "relative risk, first degree", "relative risk, second degree")
        unknown = f"the cohorts make no {row.statistic!r} of {row.quantity!r}"
        return "" if row.statistic in (*known, "relative risk, third degree") else unknown
    if row.statistic == "percent ill" and row.quantity in ("fibromyalgia", "autoantibody"):
        return ""
    name = _finding(row)
    if name is None:
        return f"the clinic makes no {row.statistic!r} of {row.quantity!r}"
    return "" if name in FINDINGS | AFTER_ONE_TEST else f"the model has no {row.quantity!r}"


BY_PHYSICIANS = "who goes to a physician, and what is found or written down there, is not simulated"
NOT_ASKED = {
    "children": "lives are followed from sixteen years on",
    "physician": BY_PHYSICIANS,
    "told by a doctor": BY_PHYSICIANS,
    "records of practices": BY_PHYSICIANS,
}  # by words of a row's population
FEWEST_OF_A_SURVEY = 8  # ill people of the community without whom nothing is said


def _finding(row: Any) -> str | None:
    """Which finding of the clinic a row is about."""
    if row.protocol == "stand-test":
        return "heart_rate_rise" if row.quantity == "heart_rate" and "difference" in row.statistic else None
    if row.protocol == "two-day-test" and row.quantity == "fatigue":
        return "fatigue_rise"
    if row.protocol == "two-day-test" and row.statistic in ("percent change", "difference, cases less controls"):
        return f"{row.quantity}_1"
    pattern = SCALES_OF.get((row.protocol, row.statistic))
    return pattern.format(row.quantity) if pattern else None


def statistic(row: Any, study: Study, groups: dict[Any, np.ndarray], noises: Mapping[str, Any]) -> float:
    """The number of a row in one simulated study."""
    if row.protocol in COHORTS:
        return _of_cohort(row, study, groups)
    if row.protocol == "population":
        return _of_population(row, study)
    return _of_clinic(row, study, groups, noises)


def _of_cohort(row: Any, study: Study, groups: dict[Any, np.ndarray]) -> float:
    seen, name = study.seen, row.protocol
    count = LARGE if np.isnan(row.n) else int(row.n)
    last = seen.histories[name].last_week
    if row.statistic == "hazard ratio":
        share = [study.share(n, row.quantity, week_of(6.0), m) for n, m in ((name, count), ("unexposed", 4 * LARGE))]
        rates = [-np.log(1 - min(max(s, 0.5 / (4 * LARGE)), 0.999)) for s in share]
        return float(rates[0] / rates[1])
    if row.statistic in ("percent ill", MORE):
        week = round(row.time_h / 168.0)
        without = study.share("unexposed", row.quantity, week, _unexposed(row)) if row.statistic == MORE else 0.0
        return 100.0 * (study.share(name, row.quantity, week, count) - without)
    key = (name, count)
    if key not in groups:
        groups[key] = study.of_cohort(name, count)
    if row.statistic in ("percent ever", "median duration", "mean duration"):
        ill = seen.ill_then(name, row.quantity, tuple(range(min(26, last + 1))))[groups[key]]
        ever = ill.any(1)
        if row.statistic == "percent ever":
            return 100.0 * float(ever.mean())
        middle = np.median if row.statistic == "median duration" else np.mean
        return float(middle(168.0 * ill[ever].sum(1))) if ever.any() else 0.0
    ill = seen.ill_then(name, row.quantity, (round(row.time_h / 168.0),))[:, 0]
    sick, women = np.flatnonzero(ill), seen.of_enrolled(name, "woman")  # the share of women among the ill
    return 100.0 * float(women[study.generator.choice(sick, count)].mean()) if len(sick) else float("nan")


def _unexposed(row: Any) -> int:
    """How many unexposed people a row was held against."""
    given = UNEXPOSED.search(row.note)
    return int(given[1]) if given else 4 * LARGE


def _of_population(row: Any, study: Study) -> float:
    """How many are ill at the end of twelve years; sex ratio and familial risk among those ill after an infection."""
    seen = study.seen
    if row.statistic == "percent ill":
        pool = study.of_survey(row.quantity, _sex(row))
        if np.isnan(row.se):
            return 100.0 * study.generator.binomial(int(row.n), pool) / int(row.n)
        return max(100.0 * pool + row.se * study.generator.standard_normal(), 0.0)
    columns: list[list[np.ndarray]] = [[], [], []]
    for name in ("mononucleosis", "sars-cov-2"):
        history = seen.histories[name]
        places = study.of_cohort(name, int(history.enrolled.sum()))
        columns[0].append(seen.of_enrolled(name, "woman")[places])
        columns[1].append(seen.of_enrolled(name, "liability")[places])
        columns[2].append(seen.ill_then(name, "iom", (_week(history),))[places, 0])
    woman, liability, ill = (np.concatenate(column) for column in columns)
    if row.statistic == "ratio women to men":
        return float(ill[woman].mean() / max(ill[~woman].mean(), 0.5 / len(ill)))
    shared = {"first": 0.5, "second": 0.25, "third": 0.125}[row.statistic.split()[-2]]
    edges = np.quantile(liability, np.linspace(0, 1, 11))
    where = np.clip(np.searchsorted(edges, liability) - 1, 0, 9)
    risk = np.array([ill[where == k].mean() for k in range(10)])
    one = study.generator.standard_normal(4000)
    other = shared * one + np.sqrt(1 - shared**2) * study.generator.standard_normal(4000)
    at = [risk[np.clip(np.searchsorted(edges, z) - 1, 0, 9)] for z in (one, other)]
    return float((at[0] * at[1]).mean() / max(risk.mean() ** 2, 1e-12))


def _after_one_test(row: Any, begins: np.ndarray, ends: np.ndarray) -> float:
    """The percentage that a row tells of malaise after a single test."""
    felt = ~np.isnan(begins)
    told = {
        "percent recovered": ends[~np.isnan(ends)] <= row.time_h,
        "percent starting after 24 h or more": begins[felt] >= 24.0,
        "percent lasting 24 h or more": (ends - begins)[felt] >= 24.0,
    }[row.statistic]
    return 100.0 * float(told.mean()) if len(told) else 0.0


def _sex(row: Any) -> str:
    """The sex that a row of a survey is about, or nothing."""
    return next((name for name in SEXES if row.population.endswith(f" {name}")), "")


def _of_clinic(row: Any, study: Study, groups: dict[Any, np.ndarray], noises: Mapping[str, Any]) -> float:
    seen = study.seen
    given = NUMBERS.search(row.note)
    alone = re.match(r"(cases|controls):", row.population)
    n = LARGE if np.isnan(row.n) else int(row.n)
    sizes = (n, n) if alone or np.isnan(row.n) else (n // 2, n // 2)
    if given and not alone:
        sizes = (int(given[1]), int(given[2]))
    patients = np.flatnonzero(seen.ill & (seen.pain if "fibromyalgia" in row.population else True))
    patients = patients if len(patients) else np.flatnonzero(seen.ill)
    who = [patients, np.flatnonzero(~seen.ill)]
    for k, name in enumerate(("cases", "controls")):
        if (name, sizes[k]) not in groups:
            groups[name, sizes[k]] = study.some(who[k], sizes[k])
    chosen = [groups[name, sizes[k]] for k, name in enumerate(("cases", "controls"))]
    if row.quantity == "fibromyalgia":
        return 100.0 * seen.pain[chosen[0]].mean()

    def read(name: str, k: int) -> np.ndarray:
        truth = seen.clinic[name][chosen[k]]
        noise = noises.get(name.removesuffix("_1").removesuffix("_2"))
        return truth if noise is None else noise.readings(truth[None], np.ones(1), study.generator)[0]

    if row.quantity == "autoantibody":
        cut = np.quantile(seen.clinic["autoantibody"][who[1]], 0.9)
        return 100.0 * (read("autoantibody", 0) > cut).mean()
    name = str(_finding(row))  # there is one: `obstacle` has looked
    extra = (
        0.0 if np.isnan(row.se) or given or alone or not np.isnan(row.n) else row.se * study.generator.standard_normal()
    )
    if alone:
        values = read(name, 0 if alone[1] == "cases" else 1)
        if name in AFTER_ONE_TEST:
            begins = read("malaise_begins", 0 if alone[1] == "cases" else 1)
            return _after_one_test(row, begins, read("malaise_ends", 0 if alone[1] == "cases" else 1))
        if row.statistic == "percent change":
            second = read(name.replace("_1", "_2"), 0 if alone[1] == "cases" else 1)
            return 100.0 * float(np.nanmean(second) / np.nanmean(values) - 1.0)
        return float(np.nanmean(values))
    if row.protocol == "two-day-test" and "second" in row.population:
        name = name.replace("_1", "_2")
    case, control = read(name, 0), read(name, 1)
    apart = np.nanmean(case) - np.nanmean(control)
    if row.statistic == "difference, cases less controls":
        return float(apart) + extra
    if row.statistic.startswith("percent difference"):
        middle = np.nanmedian if "medians" in row.statistic else np.nanmean
        return 100.0 * float(middle(case) / middle(control) - 1.0) + extra
    if row.statistic == "sign of the difference":
        t = apart / np.sqrt(np.nanvar(case, ddof=1) / len(case) + np.nanvar(control, ddof=1) / len(control) + 1e-30)
        return float(np.sign(t) * (abs(t) > 1.96))
    return float(standardised_difference(case, control)) + extra
