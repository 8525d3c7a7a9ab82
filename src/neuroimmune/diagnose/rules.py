"""The language case definitions are written in: tests of answers, joined by all, any and at least."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cache

import numpy as np

from neuroimmune.diagnose import kleene
from neuroimmune.diagnose.answers import Answers
from neuroimmune.diagnose.instrument import COMPARE
from neuroimmune.diagnose.instruments import ITEMS, SCORES
from neuroimmune.diagnose.instruments.dsq import SPLIT, SYMPTOMS, rating
from neuroimmune.errors import InputError, nearest


@dataclass(frozen=True)
class Clause:
    """A statement about answers that can be judged for every person at once. It may rest on a score."""

    text: str
    columns: tuple[str, ...]
    judge: Callable[[Answers], np.ndarray] = field(repr=False)
    score: str = ""

    join = ""
    parts = ()


class _Joined:
    """A criterion made of parts."""

    parts: "tuple[Criterion, ...]"

    def judge(self, answers: Answers) -> np.ndarray:
        judged = self.joined([part.judge(answers) for part in self.among(answers)])
        return np.broadcast_to(judged, len(answers))  # a group without parts never holds

    def joined(self, values: Sequence[np.ndarray]) -> np.ndarray:
        """What becomes of the whole when its parts are these."""
        raise NotImplementedError

    def among(self, answers: Answers) -> "tuple[Criterion, ...]":
        """The parts that matter for these answers."""
        return self.parts

    def speaks_for(self, value: int) -> int:
        """What a part must be to be a reason for the whole to be this."""
        return value


@dataclass(frozen=True)
class Group(_Joined):
    """A criterion that holds when at least `least` of its parts hold."""

    text: str
    least: int
    parts: "tuple[Criterion, ...]"

    def joined(self, values: Sequence[np.ndarray]) -> np.ndarray:
        return kleene.at_least(self.least, values)

    @property
    def join(self) -> str:
        """How the parts are joined, in words."""
        if self.least == len(self.parts):
            return "all of" if len(self.parts) > 1 else ""
        return "any of" if self.least == 1 else f"at least {self.least} of"


class _Columns(_Joined):
    """A criterion that files ask for in different columns."""

    def among(self, answers: Answers) -> "tuple[Criterion, ...]":
        """The ways in which these answers were asked, or the first."""
        return tuple(way for way in self.parts if any(c in answers for c in columns_of(way))) or self.parts[:1]


@dataclass(frozen=True)
class Asked(_Columns):
    """One question: whichever column was answered decides, and a contradiction decides nothing."""

    text: str
    parts: "tuple[Criterion, ...]"

    join = "one question, in whichever column was answered"

    def joined(self, values: Sequence[np.ndarray]) -> np.ndarray:
        return kleene.agreed(values)


@dataclass(frozen=True)
class Recorded(_Columns):
    """Something that was recorded when any of the columns of the file says so."""

    text: str
    parts: "tuple[Criterion, ...]"

    join = "in any of the columns the file has"

    def joined(self, values: Sequence[np.ndarray]) -> np.ndarray:
        return kleene.at_least(1, values)


@dataclass(frozen=True)
class Not(_Joined):
    """A criterion that holds when its part does not."""

    text: str
    part: "Criterion"

    join = "not"

    def joined(self, values: Sequence[np.ndarray]) -> np.ndarray:
        return kleene.negate(values[0])

    def speaks_for(self, value: int) -> int:
        return kleene.YES - value

    @property
    def parts(self) -> "tuple[Criterion, ...]":  # type: ignore[override]
        return (self.part,)


Criterion = Clause | Group | Asked | Recorded | Not


def inside(criterion: Criterion) -> Iterator[Criterion]:
    """A criterion and every part of it."""
    yield criterion
    for part in criterion.parts:
        yield from inside(part)


def columns_of(criterion: Criterion) -> list[str]:
    """The columns a criterion rests on, each once.

    >>> columns_of(any_of("sleep", symptom(19), symptom(20)))
    ['dsq_19f', 'dsq_19s', 'dsq_20f', 'dsq_20s']
    """
    if isinstance(criterion, Clause):
        return list(criterion.columns)
    return list(dict.fromkeys(column for part in criterion.parts for column in columns_of(part)))


def all_of(text: str, *parts: Criterion) -> Group:
    return Group(text, len(parts), parts)


def any_of(text: str, *parts: Criterion) -> Group:
    return Group(text, 1, parts)


def at_least(least: int, text: str, *parts: Criterion) -> Group:
    return Group(text, least, parts)


def asked(text: str, *ways: Criterion) -> Asked:
    return Asked(text, ways)


def recorded(text: str, *ways: Criterion) -> Recorded:
    return Recorded(text, ways)


@cache
def number(column: str, compare: str, bound: float) -> Clause:
    """A number held against a bound: at least, at most, more than, less than.

    >>> number("fatigue_months", "at least", 6).text
    'fatigue or illness has lasted at least 6 months'
    """

    def judge(answers: Answers) -> np.ndarray:
        value = answers[column]
        holds, known = COMPARE[compare](value, bound), ~np.isnan(value)
        return kleene.truth(holds & known, ~holds & known)

    return Clause(f"{ITEMS[column].meaning} {compare} {bound:.3g} {ITEMS[column].unit}".strip(), (column,), judge)


@cache
def yes(column: str) -> Clause:
    """A question that must be answered with yes."""
    return Clause(ITEMS[column].meaning, (column,), number(column, "at least", 1).judge)


@cache
def coded(column: str, *codes: int) -> Clause:
    """An answer that must be one of some codes."""

    def judge(answers: Answers) -> np.ndarray:
        value = answers[column]
        holds, known = np.isin(value, codes), ~np.isnan(value)
        return kleene.truth(holds, ~holds & known)

    labels = ITEMS[column].labels
    words = [labels[code - int(ITEMS[column].low)] if labels else str(code) for code in codes]
    return Clause(f"{ITEMS[column].meaning}: {' or '.join(words)}", (column,), judge)


@cache
def score(column: str, compare: str, bound: float) -> Clause:
    """A score held against a bound, sure whatever its missing items would have been.

    >>> answers = Answers.of({"rand36_20": [1, 4, 1], "rand36_32": [1, None, None]})
    >>> score("rand36_sf", "at most", 62.5).judge(answers)
    array([2, 2, 1], dtype=int8)
    """

    def judge(answers: Answers) -> np.ndarray:
        least, most = (COMPARE[compare](edge, bound) for edge in answers.bounds(column))
        return kleene.truth(least & most, ~least & ~most)

    return Clause(f"{SCORES[column].name} {compare} {bound:g}", _items_of(column), judge, column)


def _items_of(column: str) -> tuple[str, ...]:
    if column not in SCORES:
        return (column,)
    parts = getattr(SCORES[column], "items", ())
    return tuple(item for part in parts for item in _items_of(part))


def _both(often: np.ndarray, bad: np.ndarray, least: int) -> np.ndarray:
    return kleene.truth((often >= least) & (bad >= least), (often < least) | (bad < least))


def _total(often: np.ndarray, bad: np.ndarray, least: int) -> np.ndarray:
    low = np.nan_to_num(often, nan=0) + np.nan_to_num(bad, nan=0)
    high = np.nan_to_num(often, nan=4) + np.nan_to_num(bad, nan=4)
    return kleene.truth(low >= least, high < least)


# When a symptom of the DSQ counts as present.
THRESHOLDS: dict[str, tuple[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]] = {
    "2/2": ("half the time or more, and moderate or worse", lambda often, bad: _both(often, bad, 2)),
    "1/1": ("at any frequency and severity above none", lambda often, bad: _both(often, bad, 1)),
    "sum2": ("frequency and severity add up to 2 or more", lambda often, bad: _total(often, bad, 2)),
}


@cache
def symptom(item: int, threshold: str = "2/2") -> Criterion:
    """A symptom of the DSQ, present by a threshold. The DSQ-2 splits two of them: there either half will do.

    >>> symptom(62).text
    'sore throat (DSQ 62) at 2/2'
    >>> symptom(62).judge(Answers.of({"dsq_62f": [2, 1, 4], "dsq_62s": [2, 3, None]}))
    array([2, 0, 1], dtype=int8)
    """
    text, halves = f"{SYMPTOMS[str(item)]} (DSQ {item}) at {threshold}", SPLIT.get(str(item), ())
    if not halves:
        return _rated(str(item), threshold, text)
    split = any_of("as two", *(_rated(half, threshold, f"{SYMPTOMS[half]} (DSQ {half})") for half in halves))
    return asked(text, _rated(str(item), threshold, f"as one item (DSQ {item})"), split)


def _rated(key: str, threshold: str, text: str) -> Clause:
    present = THRESHOLDS[threshold][1]

    def judge(answers: Answers) -> np.ndarray:
        return present(*(answers[column] for column in rating(key)))

    return Clause(text, rating(key), judge)


def symptoms(*items: int, threshold: str = "2/2") -> list[Criterion]:
    return [symptom(item, threshold) for item in items]


@dataclass(frozen=True)
class Parameter:
    """Where the published rule leaves a choice, or was published in more than one form.

    The first option is the default. An option that `needs` columns is the default when the file has one of them and
    no option before it applies.
    """

    name: str
    question: str
    options: Mapping[str, str]
    why: str
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recalled: tuple[str, ...] = ()  # the options that were not seen in a source

    def default(self, answers: Answers | None = None) -> str:
        if answers is not None:
            for option in self.options:
                if any(column in answers for column in self.needs.get(option, ())):
                    return option
        return next(iter(self.options))


Choices = Mapping[str, str]
Remark = tuple[Criterion, str]  # what to tell of a person of whom the criterion holds


def nothing(p: Choices) -> Group:
    """The exclusions of a definition that has none."""
    return any_of("none: the definition is valid whatever else a person has")


@dataclass(frozen=True)
class Definition:
    """A case definition: what must hold, what rules it out, and where the published rule leaves a choice."""

    key: str
    name: str
    _: KW_ONLY
    condition: str
    source: str
    criteria: Callable[[Choices], Group]
    exclusions: Callable[[Choices], Group] = nothing
    parameters: tuple[Parameter, ...] = ()
    notes: tuple[str, ...] = ()
    remarks: Callable[[Choices], tuple[Remark, ...]] = lambda p: ()
    checked: bool = True
    part_of: str = ""  # the definition of which this is a subtype or a rest category

    def choose(self, given: Choices | None = None, answers: Answers | None = None) -> dict[str, str]:
        """The option of every parameter: as given, else its default for these answers."""
        given = given or {}
        chosen = {p.name: p.default(answers) for p in self.parameters}
        options = {p.name: p.options for p in self.parameters}
        for name, option in given.items():
            if name not in chosen:
                raise InputError(f"the definition {self.key!r} has no parameter {name!r}{_possible(name, chosen)}")
            if option not in options[name]:
                raise InputError(f"{self.key}.{name} cannot be {option!r}{_possible(option, options[name])}")
            chosen[name] = option
        return chosen

    def variants(self) -> Iterator[dict[str, str]]:
        """The default choices, and those that differ from them in one option."""
        yield self.choose()
        yield from (self.choose({p.name: option}) for p in self.parameters for option in list(p.options)[1:])


def _possible(given: str, names) -> str:
    return nearest(given, names) if names else "; it has none"
