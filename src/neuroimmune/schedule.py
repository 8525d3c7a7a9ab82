"""Schedules of treatments in words: "hydrocortisone 10 mg 08:00 5 mg 14:00 from day 200 for 84 days"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import NamedTuple

from neuroimmune.errors import InputError, nearest
from neuroimmune.protocol import hours, measure, moment
from neuroimmune.treatment import CELLS, SURFACE, WEIGHT, Treatment, all_treatments, load_treatment

GRAMMAR = (
    '"NAME DOSE TIME [DOSE TIME ...] [over TIME] [every N days | N a week | daily | once] [from day N | on day N] '
    '[for N days | to day N]", as in "hydrocortisone 10 mg 08:00 5 mg 14:00 from day 200 for 84 days"'
)
SPANS = {"day": 1, "days": 1, "week": 7, "weeks": 7, "month": 28, "months": 28}
SPAN = r"(?P<{0}>-?\d+(?:\.\d+)?)\s*(?P<{0}_unit>days?|weeks?|months?)\b"
CLAUSES = {
    "from": r"from\s+day\s+(?P<first>-?\d+)\b",
    "on": r"on\s+day\s+(?P<only>-?\d+)\b",
    "to": r"(?:to|until)\s+day\s+(?P<end>-?\d+)\b",
    "for": r"for\s+" + SPAN.format("span"),
    "every": r"(?:once\s+)?every\s+" + SPAN.format("gap"),
    "a week": r"(?P<often>\d+)\s*(?:x\s*)?(?:a|per|times a|times per)\s+week\b|(?P<once_a_week>weekly|once a week)\b",
    "daily": r"(?:(?:once\s+)?(?:daily|a\s+day)|every\s+day)\b",
    "once": r"once\b",
    "over": r"over\s+(?P<over>[\d.]+\s*[a-z]+)\b",
    "time": r"(?:at\s+)?(?P<time>\d{1,2}:\d{2})\b",
    "dose": r"(?P<dose>[-+]?\d+(?:\.\d+)?(?:e-?\d+)?\s*(?:million/kg|[a-zµ]+(?:/(?:kg|m\^?2|m²))?))(?![\w/])",
    "filler": r"(?:and|,|;|then)(?=\s|$)",
}
PATTERN = re.compile(
    "|".join(f"(?P<{re.sub(r'[^a-z]', '_', name)}_>{p})" for name, p in CLAUSES.items()), re.IGNORECASE
)
TABLET = 0.1  # hours over which what is swallowed or injected arrives


class Dose(NamedTuple):
    """What is given at an hour since the first midnight: an amount, over some hours; of a session its length."""

    hour: float
    amount: float
    over: float


@dataclass(frozen=True)
class Course:
    """One treatment on a schedule: what is given on a day of it, and on which days.

    `first` and `last` are days since the first midnight, `last` excluded and infinite if nobody said.

    >>> course = read_schedule("prednisolone 20 mg for 3 days")
    >>> [(d.hour, d.amount) for d in course.doses(10)]
    [(8.0, 20.0), (32.0, 20.0), (56.0, 20.0)]
    """

    treatment: Treatment
    text: str
    first: int = 0
    last: float = float("inf")
    each_day: Sequence[tuple[float, float]] = ()  # hour of the day and amount
    over: float = TABLET
    every: float = 1.0
    a_week: int = 0
    once: bool = field(default=False)

    def days(self, until: float) -> list[int]:
        """The days on which something is given or done, before the day `until`."""
        end = min(self.last, until)
        if self.once:
            return [self.first] if self.first < end else []
        if self.a_week:
            week = [int(n * 7 / self.a_week) for n in range(self.a_week)]
            return [d for d in range(self.first, int(-(-end // 1))) if (d - self.first) % 7 in week]
        count = max(0, int(-(-(end - self.first) // self.every)))
        return [int(self.first + n * self.every) for n in range(count)]

    def doses(self, until: float) -> list[Dose]:
        """Everything given before the day `until`, in order."""
        return [
            Dose(24.0 * day + hour, amount, self.over) for day in self.days(until) for hour, amount in self.each_day
        ]

    @property
    def a_week_given(self) -> float:
        """What is given in a week, on average over the first four: mg, minutes, or million cells a kilogram."""
        upto = min(self.last, self.first + 28.0)
        return sum(dose.amount for dose in self.doses(upto)) / max(1.0, (upto - self.first) / 7.0)

    @property
    def counted_in(self) -> str:
        """The unit of what is given."""
        return {"min": "min", CELLS: CELLS}.get(self.treatment.file.unit, "mg")

    def in_words(self) -> str:
        """The schedule as it is understood."""
        clock = [f"{int(hour):02}:{round(hour % 1 * 60):02}" for hour, _ in self.each_day]
        doses = [f"{amount:g} {self.counted_in} at {at}" for (_, amount), at in zip(self.each_day, clock, strict=True)]
        often = f"{self.a_week} days a week" if self.a_week else "every day"
        often = f"every {self.every:g} days" if self.every > 1 else often
        end = f"day {self.last:g}" if self.last < float("inf") else "the end"
        when = f"once on day {self.first}" if self.once else f"{often}, from day {self.first} to {end}"
        over = f" over {self.over:g} h" if self.over > TABLET else ""
        return f"{self.treatment.name}: {', '.join(doses) or 'practice'}{over}, {when}"

    def given(self, day: int) -> bool:
        """Whether a day lies in the course."""
        return self.first <= day < self.last


def read_schedule(text: str, own: Treatment | None = None) -> Course:
    """A schedule in words; see `GRAMMAR`. Raises `InputError` that says what is missing, wrong or was meant.

    `own` is the treatment that it begins with, if that is not among those that come with the package.

    >>> read_schedule("pacing 10 mg")
    Traceback (most recent call last):
    neuroimmune.errors.InputError: 'pacing 10 mg': pacing has no dose; leave out '10 mg'
    """
    treatment, rest = _named(text) if own is None else (own, text.partition(" ")[2])
    found = _clauses(text, rest)

    def only(clause: str) -> dict[str, str] | None:
        several = found.get(clause, [])
        if len(several) > 1:
            raise InputError(f"{text!r} says twice {clause!r}; a schedule has one course: give two schedules")
        return several[0] if several else None

    on, begins = only("on"), only("from")
    if on and begins:
        raise InputError(f"{text!r} says both on which day and from which on; say one")
    first = int((on or {}).get("only") or (begins or {}).get("first") or 0)
    last, end, span = float("inf"), only("to"), only("for")
    if end and span:
        raise InputError(f"{text!r} says both until when and for how long; say one")
    last = float(end["end"]) if end else first + _days(text, span, "span") if span else last
    if first < 0:
        raise InputError(f"{text!r} begins before the first day; days count from 0")
    if last <= first:
        raise InputError(f"{text!r} ends before it begins: from day {first} to day {last:g}")
    often = [clause for clause in ("every", "a week", "daily", "once", "on") if found.get(clause)]
    if len(often) > 1 and set(often) != {"once", "on"}:
        raise InputError(f"{text!r} says how often in {len(often)} ways ({', '.join(often)}); say one")
    gap, weekly, over = only("every"), only("a week"), only("over")
    every = _days(text, gap, "gap") if gap else 1.0
    if every % 1:
        raise InputError(
            f"{text!r}: an interval is a whole number of days, not {every:g}; give times of the day instead"
        )
    a_week = 0 if not weekly else int(weekly.get("often") or 1)
    if a_week > 7 or (weekly and a_week < 1):
        raise InputError(f"{text!r}: a week has from 1 to 7 such days, not {a_week}")
    if a_week == 1:
        every, a_week = 7.0, 0
    if found.get("once") or on:
        last = first + 1.0
    if not treatment.file.unit and (gap or weekly or found.get("once") or on):
        raise InputError(f"{text!r}: {treatment.name} is practised every day; leave out how often")
    if over and not treatment.is_drug:
        raise InputError(f"{text!r}: a session lasts as long as its dose says; leave out {over['over']!r}")
    return Course(
        treatment, text, first, last, _each_day(treatment, text, found.get("items", [])),
        _over(treatment, over), every, a_week, bool(found.get("once") or on),
    )  # fmt: skip


def check_together(courses: Sequence[Course]) -> None:
    """Raise `InputError` where one treatment overlaps itself, or an interaction is one that the model does not know."""
    for one, other in combinations(courses, 2):
        if one.first >= other.last + lingers(other) or other.first >= one.last + lingers(one):
            continue
        apart = one.first >= other.last or other.first >= one.last
        if apart and one.treatment.name == other.treatment.name:
            continue
        if one.treatment.name == other.treatment.name:
            raise InputError(
                f"two courses of {one.treatment.name} overlap: {one.text!r} and {other.text!r}; "
                "end the first with `to day N` or `for N days`, or write both doses in one"
            )
        for a, b in ((one.treatment, other.treatment), (other.treatment, one.treatment)):
            why = _interaction(a, b)
            if why:
                still = " (a drug is there for five half-lives after its course)" if apart else ""
                raise InputError(f"the model does not know what {a.name} and {b.name} do together: {why}{still}")


def lingers(course: Course) -> float:
    """Days for which a drug is still there after its course: five half-lives of the slower of drug and metabolite."""
    if not course.treatment.is_drug:
        return 0.0
    drug = course.treatment.drug
    rates = [drug.clearance / (drug.volume + (drug.volume_tissue if drug.exchange else 0.0))]
    rates += [drug.metabolite_k] if drug.metabolite_acts else []
    return 5.0 * 0.69 / max(min(rates), 1e-9) / 24.0


def _interaction(a: Treatment, b: Treatment) -> str:
    """What the numbers of two treatments leave out when both are given, or nothing."""
    if b.name in a.file.unknown_with:
        return a.file.unknown_with[b.name]
    for verb, ways in (("inhibits", a.file.inhibits), ("induces", a.file.induces)):
        shared = sorted(set(ways) & set(b.file.cleared_by))
        if shared:
            return f"{a.name} {verb} {', '.join(shared)}, by which {b.name} is cleared"
    return ""


def _named(text: str) -> tuple[Treatment, str]:
    """The treatment that a schedule begins with, and the rest."""
    words = text.split()
    if not words:
        raise InputError(f"a schedule is empty; write {GRAMMAR}")
    if words[0].endswith(".toml"):
        return load_treatment(words[0]), " ".join(words[1:])
    for count in range(min(4, len(words)), 0, -1):
        name = "-".join(words[:count]).lower()
        if name in all_treatments():
            return load_treatment(name), " ".join(words[count:])
    leading = re.split(r"\s+(?=[-+]?\d|from\b|for\b|every\b|once\b)", text.strip())[0]
    raise InputError(f"there is no treatment {leading!r}{nearest(leading.replace(' ', '-').lower(), all_treatments())}")


def _clauses(text: str, rest: str) -> dict[str, list[dict[str, str]]]:
    """The clauses of a schedule by kind, doses and times together in order."""
    found: dict[str, list[dict[str, str]]] = {}
    rest = rest.strip()
    while rest:
        match = PATTERN.match(rest)
        if match is None:
            raise InputError(f"cannot read {rest!r} in the schedule {text!r}; write {GRAMMAR}")
        kind = next(name for name in CLAUSES if match[f"{re.sub(r'[^a-z]', '_', name)}_"] is not None)
        values = {k: v for k, v in match.groupdict().items() if v is not None and not k.endswith("_")}
        found.setdefault("items" if kind in ("dose", "time") else kind, []).append(values)
        rest = rest[match.end() :].strip()
    return found


def _each_day(treatment: Treatment, text: str, items: Sequence[dict[str, str]]) -> tuple[tuple[float, float], ...]:
    """Hours and amounts of a day: a time without a dose of its own has the dose before it."""
    doses = [item["dose"] for item in items if "dose" in item]
    unit = treatment.file.unit
    if not unit:
        if doses:
            raise InputError(f"{text!r}: {treatment.name} has no dose; leave out {doses[0]!r}")
        return ()
    if not doses:
        raise InputError(f'{text!r} has no dose: write one in {unit}, as in "{treatment.file.example}"')
    day: list[tuple[float, float]] = []
    amount, timed = None, True
    for item in [*items, {"dose": ""}]:
        if "dose" in item:
            if amount is not None and not timed:
                day.append((moment(treatment.file.time), amount))
            amount, timed = (_amount(treatment, text, item["dose"]) if item["dose"] else None), False
        elif amount is None:
            raise InputError(f"{text!r}: the time {item['time']} stands before any dose; write the dose first")
        else:
            day.append((moment(item["time"]), amount))
            timed = True
    day.sort()
    if any(a[0] == b[0] for a, b in pairwise(day)):
        raise InputError(f"{text!r} gives two doses at the same time; write one, or another time")
    return tuple(day)


def _amount(treatment: Treatment, text: str, dose: str) -> float:
    """A dose in the unit of the treatment's amount: mg, minutes of a session, or million cells a kilogram."""
    unit = treatment.file.unit
    if unit == CELLS:
        number, given = re.fullmatch(r"([-+\d.e]+?)\s*(million/kg)?", dose.strip()).groups()  # type: ignore[union-attr]
        if given is None:
            raise InputError(f"{text!r}: the dose {dose!r} of {treatment.name} is counted in million/kg")
        value = float(number)
    else:
        base = "minute" if unit == "min" else "mg"
        number, per = re.fullmatch(r"(.*?)(/kg|/m\^?2|/m²)?", dose.strip()).groups()  # type: ignore[union-attr]
        if per and base == "minute":
            raise InputError(f"{text!r}: a session is counted in minutes, not {dose!r}")
        factor = 1.0 if not per else WEIGHT if per == "/kg" else SURFACE
        value = factor * measure(number, f"the dose of {treatment.name}", base)
    if value <= 0:
        raise InputError(f"{text!r}: the dose {dose!r} must be more than nothing")
    return value


def _days(text: str, clause: dict[str, str], what: str) -> float:
    value = float(clause[what]) * SPANS[clause[f"{what}_unit"].lower()]
    if value <= 0:
        raise InputError(
            f"{text!r}: {clause[what]} {clause[f'{what}_unit']} is no interval; it must be more than nothing"
        )
    return value


def _over(treatment: Treatment, clause: dict[str, str] | None) -> float:
    """For how many hours a dose is given: as said, or as the treatment's file has it."""
    if clause:
        return hours(clause["over"], "over")
    return hours(treatment.file.lasting, "lasting") if treatment.file.lasting else TABLET
