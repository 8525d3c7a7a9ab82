"""What a questionnaire is: its items, its scores, and where each rule comes from.

An instrument is declared once, as data. Reading, scoring, templates and documentation are made from the declaration.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

NO_YES = ("no", "yes")
COMPARE = {"at least": np.greater_equal, "at most": np.less_equal, "more than": np.greater, "less than": np.less}


@dataclass(frozen=True)
class Skip:
    """A blank answer counts nothing when `column` holds one of `answers`; with no column, always."""

    column: str = ""
    answers: tuple[float, ...] = ()


@dataclass(frozen=True)
class Item:
    """One answer of one person: the column it stands in and what it may be.

    `points[i]` is what the answer `low + i` counts; without points an answer counts as it is.
    """

    column: str
    low: float
    high: float
    meaning: str = ""
    points: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    unit: str = ""
    whole: bool = True
    skip: Skip | None = None

    @property
    def codes(self) -> range:
        return range(int(self.low), int(self.high) + 1)

    @property
    def possible(self) -> str:
        """What may be answered, in words.

        >>> Item("phq9_1", 0, 3).possible
        'a whole number from 0 to 3'
        """
        if self.labels == NO_YES:
            return "0 (no) or 1 (yes)"
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} from {self.low:g} to {self.high:g}" + (f" ({self.unit})" if self.unit else "")

    def counted(self, answers: np.ndarray, points: Sequence[float] = ()) -> np.ndarray:
        """What the answers count; missing stays missing."""
        points = points or self.points
        if not points:
            return answers
        table = np.append(np.asarray(points, float), np.nan)
        place = np.where(np.isnan(answers), len(points), answers - self.low).astype(np.intp)
        return table[place]

    def extremes(self, points: Sequence[float] = ()) -> tuple[float, float]:
        """The least and the most an answer can count."""
        points = points or self.points
        return (min(points), max(points)) if points else (self.low, self.high)


@dataclass(frozen=True)
class Score:
    """A sum over items divided by `over`; `each` answers in a row make one item (frequency and severity: two).

    When at least `needed` items are answered, the others count as the mean of those answered.
    """

    column: str
    name: str
    items: tuple[str, ...]
    over: float = 1.0
    needed: int = 1
    each: int = 1
    points: tuple[float, ...] = ()

    @property
    def size(self) -> int:
        return len(self.items) // self.each


@dataclass(frozen=True)
class Banded:
    """A code from 0 upwards: how many of the `limits` the sum of `parts` is beyond, each in its own sense."""

    column: str
    name: str
    parts: tuple[str, ...]
    limits: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Ratio:
    """Hours slept as a percentage of the hours between two clock times."""

    column: str
    name: str
    part: str
    start: str
    end: str


@dataclass(frozen=True)
class Fact:
    """Something published about a score. `checked` says whether the number was seen in a source or is recalled."""

    score: str
    value: str
    meaning: str
    source: str
    checked: bool = True


@dataclass(frozen=True)
class Alert:
    """An answer that must not go unnoticed."""

    column: str
    least: float
    notice: str
    unread: str  # the notice when there is something, but not an answer
    blank: str  # the notice when the other items were answered, and this was not
    unasked: str  # what follows when a file lacks the column


@dataclass(frozen=True)
class Instrument:
    """A questionnaire."""

    key: str
    name: str
    items: tuple[Item, ...]
    source: str
    licence: str
    scores: tuple[Score | Banded | Ratio, ...] = ()
    direction: str = "higher is worse"
    period: str = ""
    missing: str = ""
    cutoffs: tuple[Fact, ...] = ()
    changes: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    alerts: tuple[Alert, ...] = ()
    also: dict[str, str] = field(default_factory=dict, hash=False)  # other names of columns

    @property
    def columns(self) -> list[str]:
        return [item.column for item in self.items]


def numbered(
    key: str,
    numbers: Iterable[int],
    low: int,
    high: int,
    points: tuple[float, ...] = (),
    labels: tuple[str, ...] = (),
) -> tuple[Item, ...]:
    """Items that are known by their numbers only.

    >>> [item.column for item in numbered("fss", range(1, 4), 1, 7)]
    ['fss_1', 'fss_2', 'fss_3']
    """
    return tuple(Item(f"{key}_{n}", low, high, f"item {n}", points, labels) for n in numbers)


def named(key: str, numbers: Iterable[int | str]) -> tuple[str, ...]:
    """
    >>> named("phq9", range(1, 4))
    ('phq9_1', 'phq9_2', 'phq9_3')
    """
    return tuple(f"{key}_{n}" for n in numbers)


def total(
    column: str, name: str, items: Sequence[str], over: float = 1.0, needed: int | None = None, points=()
) -> Score:
    """A sum; by default every item must be answered."""
    return Score(column, name, tuple(items), over, len(items) if needed is None else needed, points=tuple(points))


def mean(
    column: str, name: str, items: Sequence[str], needed: int | None = None, each: int = 1, per: float = 1
) -> Score:
    """A mean times `per`; by default every item must be answered."""
    size = len(items) // each
    return Score(column, name, tuple(items), size / per, size if needed is None else needed, each)


def whole_numbers(*parts: int | tuple[int, int]) -> list[int]:
    """
    >>> whole_numbers(3, (19, 22))
    [3, 19, 20, 21, 22]
    """
    spans = ((part, part) if isinstance(part, int) else part for part in parts)
    return list(itertools.chain.from_iterable(range(first, last + 1) for first, last in spans))


def above(*limits: float) -> tuple[tuple[str, float], ...]:
    return tuple(("more than", limit) for limit in limits)


def below(*limits: float) -> tuple[tuple[str, float], ...]:
    return tuple(("less than", limit) for limit in limits)
