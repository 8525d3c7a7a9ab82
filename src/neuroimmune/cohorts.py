"""Natural history: people who catch an infection, live on, and are asked every week, as cohorts ask them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from neuroimmune.body import Body
from neuroimmune.errors import InputError, nearest
from neuroimmune.evidence.draws import posterior
from neuroimmune.lives import Life, Population
from neuroimmune.population import check_count
from neuroimmune.protocol import Protocol, load_protocol
from neuroimmune.simulation import Plan, join, make_plan, solve_batches
from neuroimmune.streams import normal, stream

if TYPE_CHECKING:
    import pandas as pd

    from neuroimmune.course import Course

SCALES = (
    "fatigue", "post_exertional_malaise", "unrefreshing_sleep", "cognitive_difficulty", "orthostatic_intolerance",
    "pain", "sickness",
)  # fmt: skip
LEAD = 8  # weeks of usual life before anything happens
ASKED = 14.0  # hour of the day of the weekly questions, when fatigue is that of waking life
REPORT_SD = 5.0  # of 100: chuang2015, standard error of a fatigue scale over a week, 0.5 of 10
MONTH = 4  # weeks that a definition looks back on: the mean of their reports counts
TIRED, TIRED_MORE = 50.0, 20.0  # assumed: half-way up the scale, and a fifth of it more than before the infection
MODERATE = 40.0  # assumed: between mild and moderate
NOTICED = 15.0  # assumed: onset is the first of two weeks running in which fatigue or sickness is so much above usual
ENROLLED = 14  # weeks after exposure within which onset counts as that of the infection
LONGEST = 7300  # days that people can be followed
WEEKS_A_MONTH = 365.25 / 12 / 7
TABLE_MONTHS = (1.5, 3.0, 6.0, 12.0, 24.0, 48.0, 96.0, 143.0)
SURVEYED, SURVEYED_AFTER = "community", 143.0  # the cohort held against surveys, and after how many months


class Cohort(NamedTuple):
    """Who is infected with what: ages, whether they carry Epstein-Barr virus, and from when time is counted."""

    protocol: str
    age: tuple[float, float]
    carriers: bool | None
    from_onset: bool
    definitions: tuple[str, ...]
    meaning: str
    life: Mapping[str, float] = {}  # what else happens to them, as fields of `Life`


COHORTS = {
    "mononucleosis": Cohort(
        "mononucleosis", (16.0, 30.0), False, True, ("postinfective_fatigue", "cfs_fukuda", "iom"),
        "young people who meet Epstein-Barr virus for the first time and notice it",
    ),
    "cytomegalovirus": Cohort(
        "cytomegalovirus", (18.0, 50.0), False, False, ("postinfective_fatigue", "cfs_fukuda", "iom"),
        "adults who meet cytomegalovirus for the first time, whether or not they notice it",
    ),
    "sars-cov-2": Cohort(
        "sars-cov-2", (18.0, 65.0), None, False, ("iom", "postinfective_fatigue", "pem"),
        "adults infected with SARS-CoV-2, whether or not they notice it",
    ),
    "influenza": Cohort(
        "influenza", (18.0, 65.0), None, False, ("iom", "postinfective_fatigue", "pem"),
        "adults infected with influenza, whether or not they notice it",
    ),
    "cold": Cohort(
        "cold", (18.0, 65.0), None, False, ("cfs_fukuda", "postinfective_fatigue", "iom"),
        "adults with a cold: the negative control",
    ),
    "unexposed": Cohort(
        "", (18.0, 65.0), None, False, ("iom", "postinfective_fatigue", "pem"),
        "adults to whom nothing happens but daily life",
    ),
    "community": Cohort(
        "", (16.0, 53.0), None, False, ("cfs_fukuda", "mecfs", "iom"),
        "people who catch influenza and Epstein-Barr virus as they come, healthy at first; they do not age meanwhile",
        {"influenza": 0.18, "ebv": 1.0},
    ),
}  # fmt: skip


class Month(NamedTuple):
    """What people report of the past four weeks, each (people, weeks); `usual` is the fatigue before."""

    fatigue: np.ndarray
    post_exertional_malaise: np.ndarray
    unrefreshing_sleep: np.ndarray
    cognitive_difficulty: np.ndarray
    orthostatic_intolerance: np.ndarray
    pain: np.ndarray
    sickness: np.ndarray
    usual: np.ndarray

    @property
    def tired(self) -> np.ndarray:
        """Fatigue that is new and more than half-way up the scale."""
        return (self.fatigue >= TIRED) & (self.fatigue - self.usual[:, None] >= TIRED_MORE)


def _fukuda(month: Month) -> np.ndarray:
    """Of the eight symptoms of 1994 pain stands for two (muscles, joints) and sickness for two (throat, glands)."""
    count = sum(
        weight * (scale >= MODERATE).astype(int)
        for scale, weight in (
            (month.unrefreshing_sleep, 1), (month.post_exertional_malaise, 1), (month.cognitive_difficulty, 1),
            (month.pain, 2), (month.sickness, 2),
        )
    )  # fmt: skip
    return month.tired & (count >= 4)


def _iom(month: Month) -> np.ndarray:
    return (
        month.tired
        & (month.post_exertional_malaise >= MODERATE)
        & (month.unrefreshing_sleep >= MODERATE)
        & ((month.cognitive_difficulty >= MODERATE) | (month.orthostatic_intolerance >= MODERATE))
    )


# Each is a shadow of its published definition on the scales that the model has.
DEFINITIONS: dict[str, tuple[str, Callable[[Month], np.ndarray]]] = {
    "postinfective_fatigue": ("fatigue that is new and lasts (as hickie2006)", lambda month: month.tired),
    "cfs_fukuda": ("chronic fatigue syndrome by its definition of 1994", _fukuda),
    "iom": ("ME/CFS by the definition of the IOM, 2015", _iom),
    "mecfs": ("ME/CFS by the definition of 1994 or of the IOM", lambda month: _fukuda(month) | _iom(month)),
    "pem": ("post-exertional malaise", lambda month: month.post_exertional_malaise >= MODERATE),
}


@dataclass(frozen=True)
class History:
    """A cohort's years: `weeks` since exposure, `reports[scale]` of shape (people, weeks), and who they are.

    `onset` is the week at which each person first noticed something, from which time is counted if the cohort does so;
    who never did within some weeks is not `enrolled` then.
    """

    name: str
    population: Population
    weeks: np.ndarray = field(repr=False)
    reports: Mapping[str, np.ndarray] = field(repr=False)
    failed: Sequence[int] = ()
    _kept: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def cohort(self) -> Cohort:
        return COHORTS[self.name]

    def _once(self, name: str, work_out: Callable[[], Any]) -> Any:
        if name not in self._kept:
            self._kept[name] = work_out()
        return self._kept[name]

    @property
    def usual(self) -> dict[str, np.ndarray]:
        """What each person reported on average before, by scale, shape (people,)."""
        return self._once(
            "usual", lambda: {name: values[:, self.weeks < 0].mean(1) for name, values in self.reports.items()}
        )

    @property
    def onset(self) -> np.ndarray:
        """The week since exposure of each person's onset, shape (people,); NaN where there was none."""
        return self._once("onset", self._onset)

    def _onset(self) -> np.ndarray:
        more = [self.reports[n] - self.usual[n][:, None] >= NOTICED for n in ("fatigue", "sickness")]
        noticed = more[0] | more[1]
        lasting = noticed[:, :-1] & noticed[:, 1:] & (self.weeks[:-1] >= 0) & (self.weeks[:-1] < ENROLLED)
        return np.where(lasting.any(1), self.weeks[:-1][lasting.argmax(1)].astype(float), np.nan)

    @cached_property
    def enrolled(self) -> np.ndarray:
        """Who is in the cohort, shape (people,)."""
        well = ~np.isin(self.population.people.ids, list(self.failed))
        return well & (~np.isnan(self.onset) if self.cohort.from_onset else True)

    @cached_property
    def month(self) -> Month:
        """Means of the past four weeks' reports."""
        means = {name: _running_mean(values, MONTH) for name, values in self.reports.items()}
        return Month(*(means[name] for name in SCALES), usual=self.usual["fatigue"])

    def meets(self, definition: str) -> np.ndarray:
        """Whether each person meets a definition at each week, shape (people, weeks)."""
        if definition not in DEFINITIONS:
            raise InputError(f"there is no definition {definition!r}{nearest(definition, DEFINITIONS)}")
        return self._once(definition, lambda: DEFINITIONS[definition][1](self.month))

    def ill(self, definition: str, weeks: Sequence[float] | np.ndarray) -> np.ndarray:
        """Who of the enrolled meets a definition so many weeks after onset or exposure, shape (enrolled, weeks).

        Raises `InputError` for weeks beyond the last to which everybody was followed.
        """
        weeks = np.round(np.asarray(weeks, float))
        if weeks.max(initial=0.0) > self.last_week:
            raise InputError(f"people were followed for {self.last_week} weeks, not {weeks.max():g}")
        since = np.where(self.cohort.from_onset, np.nan_to_num(self.onset), 0.0)[self.enrolled].astype(np.int32)
        place = since[:, None] + (weeks - self.weeks[0]).astype(np.int32)  # a place a week, in little memory
        return np.take_along_axis(self.meets(definition)[self.enrolled], np.clip(place, 0, len(self.weeks) - 1), 1)

    @property
    def last_week(self) -> int:
        """The last week that everybody was followed to, since onset or exposure."""
        return int(self.weeks[-1]) - (ENROLLED if self.cohort.from_onset else 0)

    def shares(self) -> "pd.DataFrame":
        """The share of the enrolled who meet each definition, week by week [percent]."""
        import pandas as pd

        weeks = np.arange(MONTH, self.last_week + 1)
        table = pd.DataFrame({"week": weeks})
        for name in DEFINITIONS:
            table[name] = 100.0 * self.ill(name, weeks).mean(0) if self.enrolled.any() else np.nan
        return table

    def people_table(self) -> "pd.DataFrame":
        """A row a person: who they are, when it began, how bad it was, and what they meet at the usual visits."""
        table = self.population.table.assign(
            enrolled=self.enrolled,
            onset_week=self.onset,
            acute_severity=self.severity,
            usual_fatigue=self.usual["fatigue"],
        )
        for definition in self.cohort.definitions:
            for months in TABLE_MONTHS:
                week = week_of(months)
                if week <= self.last_week:
                    column = np.full(len(table), False)
                    column[self.enrolled] = self.ill(definition, [week])[:, 0]
                    table[f"{definition}_{months:g}_months"] = column
        return table

    @property
    def severity(self) -> np.ndarray:
        """The worst week of sickness and fatigue together in the first six from onset, above usual, shape (people,)."""
        return self._once("severity", self._severity)

    def _severity(self) -> np.ndarray:
        begin = np.nan_to_num(self.onset)
        there = (self.weeks[None, :] >= begin[:, None]) & (self.weeks[None, :] < begin[:, None] + 6)
        both = sum(self.reports[n] - self.usual[n][:, None] for n in ("fatigue", "sickness")) / 2.0
        return np.where(there, both, -np.inf).max(1)

    def course_of_illness(self, definition: str) -> dict[str, float]:
        """Of those who meet a definition at six months: how many recover and how many fall ill again [percent].

        Recovered is not meeting it at the end; falling ill again is meeting it after twelve weeks of not meeting it.
        """
        weeks = np.arange(week_of(6), self.last_week + 1)
        if len(weeks) < 13:
            return {}
        ill = self.ill(definition, weeks)
        ever = ill[ill[:, 0]]
        if not len(ever):
            return {"ill at six months": 0.0}
        well = ~ever
        pause = np.array([[row[k : k + 12].all() for k in range(len(weeks) - 12)] for row in well])
        again = (
            (pause & (np.cumsum(ever[:, ::-1], 1)[:, ::-1][:, 12:] > 0)).any(1) if pause.size else np.zeros(len(ever))
        )
        return {
            "ill at six months": 100.0 * float(ill[:, 0].mean()),
            "of these well at the end": 100.0 * float(well[:, -1].mean()),
            "of these ill again after twelve weeks of being well": 100.0 * float(np.mean(again)),
        }

    def predictors(self, definition: str, months: float = 6.0) -> "pd.DataFrame":
        """Odds ratios of meeting a definition after some months, with 95 % intervals: one logistic regression.

        Of numbers by a standard deviation, of others by having it. What nobody or everybody has is left out, and the
        strengths of loops if fewer than ten people for each predictor meet it. Empty if fewer than sixty do, if nobody
        was followed for so long, or if some predictor tells them apart wholly.
        """
        import pandas as pd
        import statsmodels.api as sm

        if week_of(months) > self.last_week:
            return pd.DataFrame(columns=["predictor", "odds ratio", "low", "high"])

        table = self.people_table().loc[self.enrolled]
        met = self.ill(definition, [week_of(months)])[:, 0].astype(float)
        if not 60 <= met.sum() <= len(met) - 60:
            return pd.DataFrame(columns=["predictor", "odds ratio", "low", "high"])
        columns = {
            "acute severity, by SD": table.acute_severity, "age, by SD": table.age, "woman": table.woman,
            "usual fatigue, by SD": table.usual_fatigue, "pushes on when ill": table.behaviour == "pushes",
            "liability, by SD": table.liability,
        }  # fmt: skip
        if min(met.sum(), len(met) - met.sum()) >= 120:
            columns |= {f"loop of {n}, by log SD": np.log(table[f"loop_{n}"]) for n in _varying(table)}
        design = pd.DataFrame({n: np.asarray(v, float) for n, v in columns.items()}).reset_index(drop=True)
        design = design.loc[:, design.std() > 0]
        by_sd = [n for n in design if "SD" in str(n)]
        scaled = design.copy()
        scaled[by_sd] = (design[by_sd] - design[by_sd].mean()) / design[by_sd].std()
        found = sm.Logit(met, sm.add_constant(scaled)).fit(disp=False, maxiter=200)
        if not found.mle_retvals["converged"] or found.bse.max() > 5.0:
            return pd.DataFrame(columns=["predictor", "odds ratio", "low", "high"])
        interval = found.conf_int()
        return pd.DataFrame(
            {"predictor": scaled.columns, "odds ratio": np.exp(found.params[1:]).to_numpy(),
             "low": np.exp(interval[0][1:]).to_numpy(), "high": np.exp(interval[1][1:]).to_numpy()}
        )  # fmt: skip


def week_of(months: float) -> int:
    """The week that is so many months later.

    >>> week_of(6), week_of(24)
    (26, 104)
    """
    return round(months * WEEKS_A_MONTH)


def _varying(table: "pd.DataFrame") -> list[str]:
    strengths = {c.removeprefix("loop_"): table[c].to_numpy(float) for c in table.columns if c.startswith("loop_")}
    return [name for name, values in strengths.items() if values.min() > 0 and values.std() > 0]


def _running_mean(values: np.ndarray, over: int) -> np.ndarray:
    """The mean of each value and those before it, at most `over` of them, along the last axis."""
    total = np.cumsum(values, axis=1)
    total[:, over:] = total[:, over:] - total[:, :-over]
    return total / np.minimum(np.arange(1, values.shape[1] + 1), over)


def exposed(cohort: Cohort) -> Protocol:
    """The protocol of a cohort, after some weeks of usual life."""
    if not cohort.protocol:
        return Protocol("unexposed")
    protocol = load_protocol(cohort.protocol)
    later = [replace(each, at=each.at + 168.0 * LEAD) for each in protocol.happenings]
    return replace(protocol, happenings=later, zero=None, days=0.0)


def life_of(name: str, population: Population) -> Life:
    """The life that people of a cohort live."""
    return replace(population.life, **COHORTS[name].life)


def cohort_plan(name: str, population: Population, days: float, threads: int | None = None) -> Plan:
    """What is to be simulated: the population's life from weeks before exposure to `days` after onset, read weekly."""
    if name not in COHORTS:
        raise InputError(f"there is no cohort {name!r}{nearest(name, COHORTS)}")
    if not 7 * MONTH <= days <= LONGEST:
        raise InputError(f"a cohort is followed for {7 * MONTH} to {LONGEST} days, not {days:g}")
    weeks = LEAD + int(days // 7) + (ENROLLED if COHORTS[name].from_onset else 0)
    plan = make_plan(
        population.people, exposed(COHORTS[name]), 7.0 * (weeks + 1), 24.0, keep=SCALES, start=population.start,
        policy=life_of(name, population), threads=threads,
    )  # fmt: skip
    return replace(plan, moments=tuple(168.0 * np.arange(weeks + 1) + ASKED))


def history_of(name: str, population: Population, course: "Course") -> History:
    """What people of a simulated course report, on scales from 0 to 100."""
    weeks = weeks_of(course)
    reports = {n: reported(population.seed, course.people, weeks, n, course.values[n]) for n in SCALES}
    return History(name, population, weeks, reports, tuple(course.failed))


def reported(seed: int, ids: np.ndarray, weeks: np.ndarray, scale: str, truth: np.ndarray) -> np.ndarray:
    """A scale as it is reported: the truth and an error of each report, shape (people, weeks)."""
    noise = np.stack([normal(seed, f"report of {scale}", ids, int(week) + LEAD) for week in weeks], 1)
    return np.clip(np.asarray(truth) + REPORT_SD * noise, 0.0, 100.0).astype(np.float32)


class _OnDisk(Mapping[str, np.ndarray]):
    """Reports of a recorded course, read and worked out when they are asked for."""

    def __init__(self, seed: int, course: "Course") -> None:
        self._seed, self._course = seed, course

    def __getitem__(self, scale: str) -> np.ndarray:
        course = self._course
        return reported(self._seed, course.people, weeks_of(course), scale, course.values[scale])

    def __iter__(self) -> Iterator[str]:
        return iter(SCALES)

    def __len__(self) -> int:
        return len(SCALES)


def recorded(name: str, population: Population, folder: Path) -> History:
    """The history of a recorded course: who meets what is worked out batch by batch, and reports stay on disk."""
    from neuroimmune.storage import batches, load

    parts = []
    for batch in batches(folder):
        part = history_of(name, population, batch)
        found = {n: part.meets(n) for n in DEFINITIONS} | {"onset": part.onset, "severity": part.severity}
        parts.append(found | {f"usual {n}": values for n, values in part.usual.items()})
    kept: dict[str, Any] = {n: np.concatenate([part[n] for part in parts]) for n in parts[0]}
    kept["usual"] = {n: kept.pop(f"usual {n}") for n in SCALES}
    course = load(folder)
    return History(name, population, weeks_of(course), _OnDisk(population.seed, course), tuple(course.failed), kept)


def weeks_of(course: "Course") -> np.ndarray:
    """The weeks since exposure at which people were asked."""
    return np.round((course.times - ASKED) / 168.0).astype(int) - LEAD


def cohort(
    name: str,
    people: int = 1000,
    days: float = 730.0,
    seed: int = 0,
    *,
    body: Body | None = None,
    out: str | Path | None = None,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> History:
    """Follow a cohort (`COHORTS`) for `days` after exposure, or after onset if it counts from that.

    People differ as `Population` has them, about the draws of the fits. With `out`, the course is recorded there batch
    by batch, in bounded memory, and a stopped run goes on. Raises `InputError` for an unknown cohort or too short a
    time.

    >>> import neuroimmune as ni
    >>> found = ni.cohort("cold", people=16, days=60, seed=1)
    >>> found.shares().columns.tolist()[:2], int(found.weeks[-1])
    (['week', 'postinfective_fatigue'], 8)
    """
    population = cohort_population(name, people, seed, body or Body())
    return follow(name, population, days, out=out, threads=threads, progress=progress)


def cohort_population(name: str, people: int, seed: int, body: Body) -> Population:
    """The people of a cohort, about as many draws of the fits as serve a hundred people each."""
    if name not in COHORTS:
        raise InputError(f"there is no cohort {name!r}{nearest(name, COHORTS)}")
    check_count(people)
    about, drawn = COHORTS[name], posterior()
    rows = np.linspace(0, len(drawn) - 1, int(np.clip(people // 100, 1, len(drawn)))).round().astype(int)
    return Population(
        people, seed, body, about.age, carriers=about.carriers, drawn=drawn.iloc[rows].reset_index(drop=True)
    )


def follow(
    name: str,
    population: Population,
    days: float,
    *,
    out: str | Path | None = None,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> History:
    """Follow a population as a cohort; see `cohort`."""
    plan = cohort_plan(name, population, days, threads)
    if out is None:
        return history_of(name, population, join(plan, [part for _, part in solve_batches(plan, progress)]))
    from neuroimmune.storage import record

    return recorded(name, population, record(plan, Path(out), progress))


def shares_of_draws(ill: np.ndarray, draw: np.ndarray) -> np.ndarray:
    """The share ill by draw of the fit, shape (draws, weeks): what few people of a draw add by chance is taken out.

    Shares are drawn towards their mean until their variance is what sampling so many people cannot explain.
    """
    which, place = np.unique(draw, return_inverse=True)
    count = np.bincount(place)[:, None]
    share = np.stack([np.bincount(place, ill[:, k]) for k in range(ill.shape[1])], 1) / count
    mean = ill.mean(0)
    chance = (mean * (1.0 - mean) / count).mean(0)
    seen = share.var(0, ddof=1) if len(which) > 1 else np.zeros(ill.shape[1])
    kept = np.sqrt(np.clip(1.0 - chance / np.maximum(seen, 1e-12), 0.0, 1.0))
    return np.clip(mean + kept * (share - mean), 0.0, 1.0)


def bands(
    history: History, definition: str, weeks: np.ndarray, n: int, studies: int = 1000
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Low, middle and high of the share ill [percent] in studies of `n` people, 95 %, each of one draw of the fit.

    That the virtual people are few is part of it: the share of all is known no better than from so many.
    """
    ill, draw = history.ill(definition, weeks), history.population.draws[history.enrolled]
    if not len(ill):
        return tuple(np.full((3, len(weeks)), np.nan))  # type: ignore[return-value]
    share = shares_of_draws(ill, draw)
    generator = stream(history.population.seed, f"studies of {history.name} {definition} {n}")
    count, mean = ill.sum(0), ill.mean(0)
    chance = generator.beta(count + 0.5, len(ill) - count + 0.5, (studies, ill.shape[1])) - mean
    found = 100.0 * generator.binomial(n, np.clip(share[np.arange(studies) % len(share)] + chance, 0.0, 1.0)) / n
    low, middle, high = np.percentile(found, [2.5, 50.0, 97.5], axis=0)
    return low, middle, high
