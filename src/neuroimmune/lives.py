"""Populations of virtual people, and the lives they live: stress, colds, activity, day after day.

Everything random is a function of seed, person and day, so that a person lives the same life in any batch, on any
number of threads and in any arm of a trial, and an interrupted run goes on with the same numbers.
"""

import dataclasses
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from neuroimmune.body import LOOPS, Body
from neuroimmune.engine.trace import trace
from neuroimmune.errors import InputError, SolverFailed
from neuroimmune.population import People, check_count, drawn_middle, drawn_people, shifted
from neuroimmune.quantity import parameters
from neuroimmune.simulation import Day, simulate
from neuroimmune.streams import normal, uniform
from neuroimmune.systems.energy import EnergyState

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)
YEAR = 365
MOST_IN_A_YEAR = 100  # colds, or hard events
MOST_OFTEN = 60.0  # a year: above, so many would not be enough
DOSE = 1e-6  # share of cells that an infection begins with, as in the protocols
AT_ONCE = 4096  # candidates whose rest is sought at once, so that memory stays bounded

# What a healthy person's resting day must show, or the person is drawn again and counted: least and most, and why.
HEALTHY: dict[str, tuple[float, float, str]] = {
    "heart_rate": (40.0, 95.0, "quer2020: means of 92 457 people, 40 to 109; two SDs end at 81"),
    "cortisol_morning": (140.0, 700.0, "assumed: laboratory range at 8 to 9 h, nmol/L"),
    "cortisol_midnight": (0.0, 207.0, "assumed: laboratory limit of late evening, awake, nmol/L"),
    "il6": (0.0, 7.0, "assumed: laboratory limit, pg/mL"),
    "crp": (0.0, 10.0, "shine1981: 99th percentile of donors, mg/L"),
    "rmssd": (8.0, 150.0, "assumed: beyond the ends of healthy ranges, ms"),
    "fatigue": (0.0, 45.0, "assumed: nobody enters who is tired already, of 100, at 14:00"),
}
# Share of people who carry Epstein-Barr virus, by age: balfour2013prev; beyond 19 years assumed.
CARRIERS = ((6.0, 12.0, 16.0, 18.5, 25.0, 40.0), (0.50, 0.57, 0.69, 0.86, 0.90, 0.95))
LIABILITY = 0.095  # of the variance of each loop's log-strength: SNP heritability of decodeme2025
# Correlations of the logarithms of traits between people.
CORRELATED = (
    ("autonomic.heart_rate_rest", "autonomic.rmssd_rest", -0.53, "lifesnaps2022: computed, 38 people by night"),
    ("cytokines.il6_rest", "cytokines.crp_rest", 0.4, "assumed: no healthy sample was seen"),
)
# Change of the logarithm of a trait by a year of age beyond 40.
BY_AGE = {
    "autonomic.rmssd_rest": (
        -0.019,
        "assumed: ln RMSSD 3.48 at 35 to 44 years and 3.10 at 55 to 65, in a table whose paper was not named",
    ),
    "energy.vo2_rest": (-0.0105, "kaminsky2015: a tenth less in ten years"),
    "energy.work_threshold_rest": (-0.0105, "assumed: as oxygen uptake"),
}
WOMEN_VO2 = (0.88, 1.12)  # of women and men, about their mean: kaminsky2015, 37.6 and 48.0 at 20 to 29 years


@dataclass(frozen=True)
class Population:
    """`size` virtual people of an age between two limits, healthy at first: who they are, and where they start.

    Traits are drawn from the body's spreads, and from the draws of a fit where `drawn` has any (a row of draws serves
    every `len(drawn)`-th person); age, sex, a weak polygenic liability, whether they carry Epstein-Barr virus and how
    they act when ill are drawn beside. Sex changes oxygen uptake only: what the model says about who falls ill is an
    output. Whoever's resting day is outside `HEALTHY` is drawn again, and counted in `rejected`.

    >>> import neuroimmune as ni
    >>> some = ni.Population(20, seed=1)
    >>> len(some.people), sorted(some.table.columns)[:3], sum(some.rejected.values()) < 20
    (20, ['age', 'behaviour', 'carrier'], True)
    """

    size: int
    seed: int = 0
    body: Body = field(default_factory=Body)
    age: tuple[float, float] = (18.0, 65.0)
    women: float = 0.5
    carriers: bool | None = None  # all, none, or as many as there are at their age
    drawn: "pd.DataFrame | None" = field(default=None, repr=False)

    def __post_init__(self) -> None:
        check_count(self.size)
        if not 6 <= self.age[0] <= self.age[1] <= 90:
            raise InputError(f"ages are two numbers of years from 6 to 90, the lower first, not {self.age}")
        if not 0 <= self.women <= 1:
            raise InputError(f"the share of women is a number from 0 to 1, not {self.women}")

    @property
    def people(self) -> People:
        """Who they are, for `simulate`."""
        return self._found[0]

    @property
    def start(self) -> dict[str, np.ndarray]:
        """The states of their resting midnight, for `simulate`."""
        return self._found[1]

    @property
    def rejected(self) -> dict[str, int]:
        """How many candidates each reason turned away; one may have several."""
        return self._found[2]

    @property
    def life(self) -> "Life":
        """The life they live, a policy for `simulate`."""
        return Life(self.seed, self.age)

    @property
    def draws(self) -> np.ndarray:
        """Which row of `drawn` each person's middles come from; nothing but zeros without one."""
        return self.people.ids % (1 if self.drawn is None else len(self.drawn))

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a person: age, sex, liability, carrier, behaviour, and the strength of each loop."""
        import pandas as pd

        group = self.people
        known = parameters(self.body)
        strengths = {
            f"loop_{name}": group.traits.get(path, np.full(len(group), known[path].value))
            for name, path in LOOPS.items()
        }
        return pd.DataFrame(
            {
                "person": group.ids, "age": ages(self.seed, group.ids, self.age), "woman": self._woman(group.ids),
                "liability": normal(self.seed, "liability", group.ids), "carrier": self._carrier(group.ids),
                "behaviour": behaviours(self.seed, group.ids),
            }
            | strengths
        ).set_index("person")  # fmt: skip

    def _woman(self, ids: np.ndarray) -> np.ndarray:
        return uniform(self.seed, "sex", ids) < self.women

    def _carrier(self, ids: np.ndarray) -> np.ndarray:
        if self.carriers is not None:
            return np.full(len(ids), self.carriers)
        return uniform(self.seed, "carrier", ids) < np.interp(ages(self.seed, ids, self.age), *CARRIERS)

    @cached_property
    def _found(self) -> tuple[People, dict[str, np.ndarray], dict[str, int]]:
        """Candidates in turn until enough are healthy."""
        kept: list[tuple[People, dict[str, np.ndarray]]] = []
        counts = dict.fromkeys([*HEALTHY, "no resting day"], 0)
        first = found = 0
        while found < self.size:
            wanted = min(int(1.25 * (self.size - found)) + 16, AT_ONCE)
            group = self._candidates(np.arange(first, first + wanted))
            start, seen, rested = _resting(group)
            wrong = {
                name: ~((low <= seen[name]) & (seen[name] <= high)) & rested for name, (low, high, _) in HEALTHY.items()
            }
            well = rested & ~np.any(list(wrong.values()), axis=0)
            last = int(np.searchsorted(np.cumsum(well), self.size - found)) + 1  # whoever comes later is not needed
            counts |= {name: counts[name] + int(w[:last].sum()) for name, w in wrong.items()}
            counts["no resting day"] += int((~rested[:last]).sum())
            who = np.flatnonzero(well[:last])
            kept.append((subset(group, who), {name: values[who] for name, values in start.items()}))
            found, first = found + len(who), first + wanted
            if first > 20 * self.size + 1000:
                raise SolverFailed(
                    f"of {first} candidates only {found} are healthy at rest: this body is not that of healthy people "
                    f"({', '.join(f'{name}: {n}' for name, n in counts.items() if n)} were turned away)"
                )
        group = dataclasses.replace(
            kept[0][0],
            traits={n: np.concatenate([g.traits[n] for g, _ in kept]) for n in kept[0][0].traits},
            ids=np.concatenate([g.ids for g, _ in kept]),
        )
        start = {name: np.concatenate([s[name] for _, s in kept]) for name in kept[0][1]}
        carrier = self._carrier(group.ids)
        reservoir = 1e-5 * np.exp(0.8 * normal(self.seed, "reservoir", group.ids))  # miyashita1995: 2 to 63 a million
        start["ebv_reservoir"] = np.where(carrier, reservoir, 0.0)
        start["ebv_immunity"] = np.where(carrier, 1.0, 0.0)
        if any(counts.values()):
            log.info("candidates turned away: %s", {n: c for n, c in counts.items() if c})
        return group, start, counts

    def _candidates(self, ids: np.ndarray) -> People:
        group = drawn_people(self.body, ids, self.seed)
        known, usual, traits = parameters(self.body), parameters(type(self.body)()), dict(group.traits)
        for one, other, r, _ in CORRELATED:
            here, there = (np.log(traits[path] / known[path].value) / known[path].spread for path in (one, other))
            traits[other] = known[other].value * np.exp(known[other].spread * (r * here + np.sqrt(1 - r * r) * there))
        liability = normal(self.seed, "liability", ids)
        for path in LOOPS.values():  # of the same spread, part of it shared by all loops
            spread = known[path].spread
            if known[path].value:
                own = np.log(traits[path] / known[path].value) / spread
                mixed = np.sqrt(LIABILITY) * liability + np.sqrt(1 - LIABILITY) * own
                traits[path] = known[path].value * np.exp(spread * mixed)
        group = dataclasses.replace(group, traits=traits)
        traits = dict(with_draws(group, self.drawn).traits if self.drawn is not None else traits)
        age, women = ages(self.seed, ids, self.age), self._woman(ids)
        for path, (slope, _) in BY_AGE.items():
            traits[path] = traits[path] * np.exp(slope * (age - 40.0))
        for path in ("energy.vo2_rest", "energy.work_threshold_rest"):
            traits[path] = traits[path] * np.where(women, *WOMEN_VO2)
        rate = "autonomic.heart_rate_max"
        traits[rate] = traits[rate] * (208.0 - 0.7 * age) / usual[rate].value
        return dataclasses.replace(group, traits=traits)


def with_draws(group: People, drawn: "pd.DataFrame") -> People:
    """The people about the middles, and with the spreads, of a table of draws: a row serves every n-th person."""
    row, known, usual = group.ids % len(drawn), parameters(group.body), parameters(type(group.body)())
    middles, traits = {}, dict(group.traits)
    for column in drawn.columns:
        values = drawn[column].to_numpy(float)[row]
        path = column.removeprefix("spread:")
        if column.startswith("scale:"):
            continue
        if path not in known:
            raise InputError(f"the table of draws has {column!r}, which is no parameter")
        if column == path:
            middles[path] = drawn_middle(known[path], usual[path], values)
        elif known[path].spread and known[path].value:
            factor = values / known[path].spread
            traits[path] = known[path].value * (traits[path] / known[path].value) ** factor
    return shifted(dataclasses.replace(group, traits=traits), middles)


def subset(group: People, which: np.ndarray) -> People:
    """Some of a group, by their places."""
    return dataclasses.replace(group, traits={n: v[which] for n, v in group.traits.items()}, ids=group.ids[which])


def _resting(group: People) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray]:
    """States at midnight of a resting day, what that day shows (see `HEALTHY`), and who has one."""
    states = list(trace(group.body).states)
    kept = ["heart_rate", "cortisol", "il6", "crp", "rmssd", "fatigue"]
    course = simulate(group, days=1, every=1, keep=[*dict.fromkeys([*states, *kept])])
    day = course.values
    seen = {
        "heart_rate": day["heart_rate"][:, 9:21].mean(1), "cortisol_morning": day["cortisol"][:, 8],
        "cortisol_midnight": day["cortisol"][:, 0], "il6": day["il6"].mean(1), "crp": day["crp"].mean(1),
        "rmssd": day["rmssd"][:, 9:21].mean(1), "fatigue": day["fatigue"][:, 14],
    }  # fmt: skip
    rested = ~np.isin(group.ids, [*course.not_at_rest, *course.failed])
    return {n: day[n][:, 0].astype(float) for n in states}, {n: v.astype(float) for n, v in seen.items()}, rested


def ages(seed: int, ids: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """The age of each person [year], even between two limits."""
    return limits[0] + (limits[1] - limits[0]) * uniform(seed, "age", ids)


RESTS, PUSHES, PACES = "rests", "pushes", "paces"
BEHAVIOURS = {RESTS: 0.5, PUSHES: 0.3, PACES: 0.2}  # assumed: how many do what when ill


def behaviours(seed: int, ids: np.ndarray) -> np.ndarray:
    """How each person acts when ill: rests, pushes on, or paces within the envelope."""
    edges = np.cumsum(list(BEHAVIOURS.values()))
    return np.array(list(BEHAVIOURS))[np.searchsorted(edges[:-1], uniform(seed, "behaviour", ids), side="right")]


@dataclass(frozen=True)
class Life:
    """Every day's stress, infections and activity, for `simulate` as its policy; called at midnight.

    Stress: a level of every day that fluctuates and is lower at weekends, and events now and then that wear off over
    weeks. Colds come by season, and so does influenza to who may catch it; Epstein-Barr virus is met at the age that a
    person's lot says, as `CARRIERS` has it. Activity: a person's own, fluctuating; all lie down with an acute illness.
    What lasts makes those who rest do less, is hardly minded by those who push on, and keeps those who pace within four
    fifths of the envelope. `behaviour` makes all act alike.
    """

    seed: int = 0
    age: tuple[float, float] = (18.0, 65.0)
    first_day: int = 0  # day of the year of day 0; 0 is the first of January, a Monday
    stress: float = 0.02  # assumed: daily hassles, where 1 is a jury, as a mean over day and night
    stress_events: float = 0.67  # a year: 49 % of adults had a major one in the past year, rwjf2014
    event_stress: float = 0.08  # assumed: at first
    event_lasts: float = 30.0  # assumed: days; distress after loss eases within weeks to months
    weekend: float = 2 / 3  # of weekday stress: helliwell2015, a third less common at weekends
    colds: float = 2.0  # a year: monto1993, some 2.4 at 20 to 29 years and 1.2 beyond 60 (recalled)
    cold_interferon: float = 0.03  # assumed: a twenty-fifth of influenza's, with a day or two of feeling ill
    cold_lasts: int = 4  # assumed: days
    winter: float = 0.6  # assumed: swing of colds and influenza over the year
    influenza: float = 0.0  # infections a year: 0.18 in hayward2014; 0.083 are noticed, tokars2018
    ebv: float = 0.0  # share of those who do not carry Epstein-Barr virus who may meet it
    day_to_day: float = 0.41  # clemes2008: log-SD of a day's activity, a single day's ICC 0.41; of stress assumed
    carried_over: float = 0.2  # lifesnaps2022: correlation of a day with the next, 0.12 of steps; of stress more
    between: float = 0.34  # lifesnaps2022: log-SD of usual activity between people, of steps
    behaviour: str = ""

    def __post_init__(self) -> None:
        if self.behaviour and self.behaviour not in BEHAVIOURS:
            raise InputError(f"nobody acts by {self.behaviour!r} when ill; possible: {', '.join(BEHAVIOURS)}")
        for name in ("colds", "stress_events", "influenza"):
            if not 0.0 <= getattr(self, name) <= MOST_OFTEN:
                raise InputError(f"{name} a year are a number from 0 to {MOST_OFTEN:g}, not {getattr(self, name)}")

    def __call__(self, day: Day) -> None:
        """Set the levels of the day that begins."""
        ids, number = day.people.ids, day.number
        day.levels["stress"][:] = self.stress_of(ids, number)
        day.levels["passing_infection"][:] = self.cold_of(ids, number)
        day.levels["activity"][:] = self.activity_of(ids, number, day)
        if self.influenza:
            day.state["airway_infected"] += DOSE * (self._since("influenza", ids, number, self._influenza) == 0).any(1)
        if self.ebv:
            day.state["ebv_oral"] += DOSE * (self._meets_ebv(ids.tobytes()) == number)

    def stress_of(self, ids: np.ndarray, number: int) -> np.ndarray:
        """Stress of a day, shape (people,)."""
        weekday = self.weekend if (self.first_day + number) % 7 >= 5 else 1.0
        usual = self.stress * weekday * self._varied("stress", ids, number)
        since = self._since("event", ids, number, self._events)
        worn = np.cumsum(np.where(since >= 0, np.exp(-since / self.event_lasts), 0.0), 1)[:, -1]  # in the same order
        return usual + self.event_stress * worn

    def cold_of(self, ids: np.ndarray, number: int) -> np.ndarray:
        """The interferon of a cold on a day, shape (people,)."""
        since = self._since("cold", ids, number, self._colds)
        return np.where(((since >= 0) & (since < self.cold_lasts)).any(1), self.cold_interferon, 0.0)

    def activity_of(self, ids: np.ndarray, number: int, day: Day) -> np.ndarray:
        """Activity of a day, shape (people,)."""
        own = np.exp(self.between * self._lots("activity", ids.tobytes()) - self.between**2 / 2)
        body = day.people.body
        if not isinstance(body, Body):
            raise InputError(f"a life is lived by a ni.Body, not by {type(body).__name__}")
        malaise, sick, held, envelope = day.read("post_exertional_malaise", "sick", "held", "envelope")
        acute = sick - held
        wish = own * self._varied("activity", ids, number) * (1.0 - 0.8 * acute / (1.0 + acute))  # all lie down with it
        ill = np.clip(np.maximum(malaise / 100, held / (1.0 + held)), 0.0, 1.0)
        fitness = body.energy.fitness(EnergyState(training=day.state["training"]))  # type: ignore[arg-type]
        within = 0.8 * envelope * fitness / body.energy.daily_effort
        resting = wish * (1.0 - 0.8 * ill)
        pushes, paces = self._acts(ids.tobytes())
        return np.select([pushes, paces], [wish * (1.0 - 0.2 * ill), np.minimum(resting + 0.4 * ill, within)], resting)

    def _colds(self, ids: np.ndarray) -> np.ndarray:
        """Colds a year: half as many beyond 60 as at 25."""
        return self.colds * np.interp(ages(self.seed, ids, self.age), [25.0, 60.0], [1.2, 0.6])

    def _influenza(self, ids: np.ndarray) -> np.ndarray:
        """Infections with influenza a year."""
        return np.full(len(ids), self.influenza)

    @lru_cache(maxsize=8)  # noqa: B019
    def _meets_ebv(self, whose: bytes) -> np.ndarray:
        """The day on which each person meets Epstein-Barr virus: before day 0 in carriers, infinite in who never does.

        Carriers are found by the same lot, so that at any age as many carry it as `CARRIERS` says.
        """
        ids = np.frombuffer(whose, np.int64)
        lot, (years, share) = uniform(self.seed, "carrier", ids), CARRIERS
        met = np.interp(lot, share, years, left=-np.inf, right=np.inf)
        open_to_it = uniform(self.seed, "meets ebv", ids) < self.ebv
        return np.where(open_to_it, np.floor(YEAR * (met - ages(self.seed, ids, self.age))), np.inf)

    def _events(self, ids: np.ndarray) -> np.ndarray:
        """Stressful events a year."""
        return np.full(len(ids), self.stress_events)

    def _varied(self, what: str, ids: np.ndarray, number: int) -> np.ndarray:
        """A factor about 1 that fluctuates by an Ornstein-Uhlenbeck process, from the lots of the last week."""
        weights = self.carried_over ** np.arange(7)
        lots = [self._lots(f"{what} of day", ids.tobytes(), YEAR + number - lag) for lag in range(7)]
        fluctuation = (weights[:, None] * np.array(lots)).sum(0) / np.sqrt((weights**2).sum())
        return np.exp(self.day_to_day * fluctuation - self.day_to_day**2 / 2)

    @lru_cache(maxsize=128)  # noqa: B019
    def _lots(self, what: str, whose: bytes, occasion: int = 0) -> np.ndarray:
        return normal(self.seed, what, np.frombuffer(whose, np.int64), occasion)

    @lru_cache(maxsize=8)  # noqa: B019
    def _acts(self, whose: bytes) -> tuple[np.ndarray, np.ndarray]:
        """Who pushes on when ill, and who paces."""
        ids = np.frombuffer(whose, np.int64)
        how = np.full(len(ids), self.behaviour) if self.behaviour else behaviours(self.seed, ids)
        return how == PUSHES, how == PACES

    def _since(self, what: str, ids: np.ndarray, number: int, rate: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Days since each event of this year and the last, shape (people, events); -1 where there is none (yet)."""
        years = [self._days_of(what, year, ids.tobytes(), rate) for year in (number // YEAR - 1, number // YEAR)]
        since = number - np.concatenate(years, 1)
        return np.where(since >= 0, since, -1.0)

    @lru_cache(maxsize=64)  # noqa: B019
    def _days_of(self, what: str, year: int, whose: bytes, rate: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """The days on which something happens to each person in a year, infinite where nothing does.

        Infections come by season: a day is drawn from the winter's share of the year.
        """
        from scipy.special import pdtr

        ids = np.frombuffer(whose, np.int64)
        at_most = pdtr(np.arange(MOST_IN_A_YEAR), rate(ids)[:, None])  # by Poisson's distribution
        count = (uniform(self.seed, f"{what}s of year", ids, 1 + year)[:, None] > at_most).sum(1)
        lots = np.stack(
            [uniform(self.seed, f"{what} {n}", ids, 1 + year) for n in range(int(count.max(initial=0)) + 1)], 1
        )
        days = _in_season(lots, 0.0 if what == "event" else self.winter, self.first_day)
        return np.where(np.arange(days.shape[1]) < count[:, None], YEAR * year + days, np.inf)


def _in_season(lots: np.ndarray, swing: float, first_day: int) -> np.ndarray:
    """Days of a year that begins on `first_day`, from lots of 0 to 1, with a `swing` that is highest on 20 January."""
    days = np.arange(YEAR + 1)
    frequent = 1.0 + swing * np.cos(2 * np.pi * (days + first_day - 20) / YEAR)
    before = np.concatenate([[0.0], np.cumsum(frequent[:-1])])
    return np.floor(np.interp(lots, before / before[-1], days))
