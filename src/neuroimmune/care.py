"""Care: what is given and when, what is watched, and what people come to believe; a policy between days.

Everything that care decides is a level of the day (`CareLevels`) or the share of a dose that is taken, so a saved
course tells it all, and a run that was interrupted goes on with it.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from neuroimmune.errors import InputError
from neuroimmune.evidence.sources import kind_of
from neuroimmune.lives import PACES, PUSHES, RESTS, Life
from neuroimmune.schedule import Course, lingers
from neuroimmune.simulation import Day
from neuroimmune.streams import normal, uniform
from neuroimmune.systems.energy import EnergyState
from neuroimmune.treated import TreatedBody
from neuroimmune.treatment_file import Number

OPEN_BELIEF = 0.95  # assumed: who knows what they take may still doubt it
RARE = 0.01  # assumed: shares below tell no more than this, for arms of trials have some hundred people
TOLD = 0.5  # assumed: how much a side effect tells beside others, for they come together, and many know little
BLOOD_TESTS = (14, 28, 42, 70, 98, 126)  # days after the start, then every 84: bsr2017, BSR guideline
EVERY_TESTS = 84
STOP_NEUTROPHILS, GO_NEUTROPHILS = 1.6, 2.0  # 10^9/L: bsr2017 acts below 1.6; taken up again above 2 (assumed)
STOP_ALT, GO_ALT = 100.0, 60.0  # U/L: bsr2017 acts above 100; taken up again below 60 (assumed)
INFECTION_LASTS = 4  # days, as colds of `Life`
SERIOUS_LASTS, SERIOUS_INTERFERON = 10, 0.3  # assumed: days, and under half of influenza's
SERIOUS_A_YEAR = 0.01  # assumed: serious infections of adults without treatment; patients of trials are older
WITHIN = 0.8  # of the envelope: what those who pace keep to, as in `Life`
MOST_RISE = 2.0  # times the activity before: where graded increase ends (assumed)


@dataclass(frozen=True)
class Care:
    """Courses of treatment as a policy for `simulate`, on top of a life or of nothing.

    `placebo` says whether nothing given acts (the people's `acts` are then 0), `blinded` whether people do not know;
    `share` is how many get the drug in a trial of it, which they are told. `monitored` is whether blood is tested.
    """

    courses: tuple[Course, ...]
    seed: int = 0
    life: Life | None = None
    placebo: bool = False
    blinded: bool = False
    share: float = 0.5
    monitored: bool = True
    person: int | None = None  # whose lots count for all, where the same person is followed in many worlds
    assumed_sd: float = 0.0  # log-SD between worlds of numbers of practice that are assumed
    occasion: int = 0

    @cached_property
    def spells(self) -> tuple[Course, ...]:
        """Courses of one treatment that follow each other without a day between, each as one: care goes on in them."""
        found: list[Course] = []
        for course in sorted(self.courses, key=lambda c: (c.treatment.name, c.first)):
            if found and found[-1].treatment is course.treatment and found[-1].last >= course.first:
                found[-1] = replace(found[-1], last=course.last)
            else:
                found.append(course)
        return tuple(found)

    def __call__(self, day: Day) -> None:
        """The day's life, then what treatment makes of it."""
        if self.life is None:
            day.levels["activity"][:] = 1.0
        else:
            self.life(day)
        ids = self._whose(day)
        for target in {target for course in self.courses for target in course.treatment.file.daily}:
            day.levels[target][:] = 0.0
        for course in self.spells:
            self._practise(course, day)
        self._watch(day)
        if self.life is not None:
            self._infect(day, self.life)
        begun = [c for c in self.spells if c.first <= day.number]
        day.levels["belief"][:] = self.belief(ids, day.number) if begun else 0.0
        day.levels["side_effects"][:] = sum(
            (self._noticed(c, n, ids.tobytes()) <= day.number - c.first)
            for c in begun if day.number < c.last + lingers(c)
            for n, effect in enumerate(c.treatment.file.side_effect) if effect.noticed
        ) + np.zeros(len(ids))  # fmt: skip

    def _practise(self, course: Course, day: Day) -> None:
        """Daily practice, of which each kind leaves its share of what the others left, and how activity is chosen."""
        file = course.treatment.file
        since, under = day.number - course.first, course.given(day.number)
        for target, how in file.daily.items():
            if under:
                full = self._number(how.level, f"{file.name} {target}", day)
                built = 1.0 if how.builds_up is None else min(1.0, (since + 1) / how.builds_up.value)
                day.levels[target][:] = 1.0 - (1.0 - day.levels[target]) * (1.0 - np.minimum(full * built, 0.9))
        if under and (file.behaviour.acts or file.behaviour.rise):
            self._behave(course, day, since)

    def _behave(self, course: Course, day: Day, since: int) -> None:
        """Activity within the envelope, or raised week by week whatever the symptoms."""
        body, how = day.people.body, course.treatment.file.behaviour
        if not isinstance(body, TreatedBody):
            raise InputError(f"care is for a treated body, as treatment_plan makes it, not for a {type(body).__name__}")
        activity = day.levels["activity"]
        if how.acts == PACES:
            (envelope,) = day.read("envelope")
            fitness = body.energy.fitness(EnergyState(training=day.state["training"]))  # type: ignore[arg-type]
            activity[:] = np.minimum(activity, WITHIN * envelope * fitness / body.energy.daily_effort)
        elif how.acts == PUSHES:
            activity[:] = np.maximum(activity, 1.0)
        elif how.acts == RESTS:
            activity[:] = np.minimum(activity, 0.5)
        if how.rise is not None:
            if since == 0:
                day.levels["activity_before"][:] = day.state["training"]  # that of past weeks, not of one day
            rise = self._number(how.rise, f"{course.treatment.name} rise", day)
            planned = day.levels["activity_before"] * np.minimum((1.0 + rise) ** (since / 7.0), MOST_RISE)
            activity[:] = np.maximum(activity, planned)

    def _number(self, given: Number, what: str, day: Day) -> np.ndarray:
        """A number of practice of each person, by its spread; in other worlds another, if it is assumed."""
        ids = day.people.ids
        spread = given.spread if day.people.traits else 0.0  # the usual person is in the middle
        own = given.value * np.exp(spread * self._lots(what, self._whose(day).tobytes()))
        if not self.assumed_sd or kind_of(given.source) != "assumed":
            return own
        return own * np.exp(self.assumed_sd * self._lots(f"world of {what}", ids.tobytes(), self.occasion))

    def _watch(self, day: Day) -> None:
        """Blood tests: who has too few neutrophils or too much enzyme takes no more, until the next test is good.

        Only drugs that are known to act on marrow or liver are tested for, and each is withheld by itself.
        """
        few, much = day.state["neutrophils"] < STOP_NEUTROPHILS, day.state["alt"] > STOP_ALT
        good = (day.state["neutrophils"] >= GO_NEUTROPHILS) & (day.state["alt"] <= GO_ALT)
        day.levels["withheld"][:] = 0.0
        given = [course for course in self.spells if course.given(day.number)]
        for slot in {c.treatment.slot for c in self.spells if c.treatment.is_drug} - {c.treatment.slot for c in given}:
            day.levels[f"{slot}_withheld"][:] = 0.0  # what nobody takes is not withheld
        for course in given:
            harm, slot = course.treatment.file.harms, course.treatment.slot
            if not (self.monitored and (harm.marrow_half or harm.alt_half) and course.treatment.is_drug):
                continue
            held = day.levels[f"{slot}_withheld"]
            if _test_due(day.number - course.first):
                held[:] = np.where(few | much, 1.0, np.where(good, 0.0, held))
            day.share[f"{slot}_dose"][:] = 1.0 - held
            day.levels["withheld"][:] = np.maximum(day.levels["withheld"], held)

    def _infect(self, day: Day, life: Life) -> None:
        """Infections beyond those of the same life, as the hazard has it."""
        ids = self._whose(day)
        (hazard,) = day.read("infection_hazard")
        more = np.maximum(hazard - 1.0, 0.0)
        for kind, often, lasts in (
            ("infection", life._colds(ids), INFECTION_LASTS), ("serious_infection", SERIOUS_A_YEAR, SERIOUS_LASTS),
        ):  # fmt: skip
            left = day.levels[f"{kind}_left"]
            caught = uniform(self.seed, f"{kind} under treatment", ids, day.number) < more * often / 365.0
            left[:] = np.where(caught & (left <= 0), lasts, np.maximum(left - 1.0, 0.0))
        passing = day.levels["passing_infection"]
        passing[:] = np.maximum(passing, np.where(day.levels["infection_left"] > 0, life.cold_interferon, 0.0))
        passing[:] = np.maximum(passing, np.where(day.levels["serious_infection_left"] > 0, SERIOUS_INTERFERON, 0.0))

    def belief(self, ids: np.ndarray, number: int) -> np.ndarray:
        """How sure each person is, on a day, to get what may help: nothing before the first course."""
        begun = [c for c in self.spells if c.first <= number]
        if not self.blinded:
            return np.full(len(ids), OPEN_BELIEF)
        odds = np.full(len(ids), self.share / (1.0 - self.share))
        for course in begun:
            for n, effect in enumerate(course.treatment.file.side_effect):
                if not effect.noticed:
                    continue
                under = min(number - course.first, course.last + lingers(course) - course.first)
                noticed = self._noticed(course, n, ids.tobytes()) <= under
                waited = under > 2.0 * effect.begins + 7.0
                with_it = max(effect.treated.value, RARE) / max(effect.placebo.value, RARE)
                without = (1.0 - effect.treated.value) / max(1.0 - effect.placebo.value, 1e-3)
                odds = odds * np.where(noticed, with_it, without if waited else 1.0) ** TOLD
        return odds / (1.0 + odds)

    def _whose(self, day: Day) -> np.ndarray:
        """By whose numbers lots are drawn."""
        ids = day.people.ids
        return ids if self.person is None else np.full(len(ids), self.person)

    @lru_cache(maxsize=64)  # noqa: B019
    def _noticed(self, course: Course, number: int, whose: bytes) -> np.ndarray:
        """The day of a course from which each person notices a side effect; infinite in who never does.

        The same lot decides under drug and placebo, so whoever notices it on placebo does so on the drug.
        """
        effect = course.treatment.file.side_effect[number]
        ids = np.frombuffer(whose, np.int64)
        lot = uniform(self.seed, f"{course.treatment.name}: {effect.name}", ids)
        share = effect.placebo.value if self.placebo else effect.treated.value
        return np.where(lot < share, effect.begins * (0.5 + lot / max(share, 1e-9)), np.inf)

    @lru_cache(maxsize=64)  # noqa: B019
    def _lots(self, what: str, whose: bytes, occasion: int = 0) -> np.ndarray:
        return normal(self.seed, what, np.frombuffer(whose, np.int64), occasion)


def _test_due(since: int) -> bool:
    last = BLOOD_TESTS[-1]
    return since in BLOOD_TESTS or (since > last and (since - last) % EVERY_TESTS == 0)


def check_care(care: Care) -> None:
    """Raise `InputError` for a blinded course of what cannot be blinded, or a life that is none."""
    if care.life is not None and not isinstance(care.life, Life):
        raise InputError(f"people who are treated live a Life, not {care.life!r}; see neuroimmune.lives.Life")
    for course in care.courses:
        if (care.placebo or care.blinded) and course.treatment.file.kind == "behaviour":
            raise InputError(f"{course.treatment.name} has no placebo: nobody can be kept from knowing what they do")
