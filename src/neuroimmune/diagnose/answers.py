"""What people answered, as one array a column, and the scores of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from neuroimmune.diagnose.instrument import COMPARE, Banded, Item, Ratio, Score, Skip
from neuroimmune.diagnose.instruments import ITEMS, SCORES
from neuroimmune.errors import InputError, nearest


@dataclass
class Answers:
    """The answers of people: NaN where there is none, and what was wrong with a row that was read.

    >>> answers = Answers.of({"phq9_1": [0, 3], "phq9_2": [1, None]})
    >>> answers.people, answers["phq9_2"]
    (['1', '2'], array([ 1., nan]))
    """

    people: list[str]
    columns: dict[str, np.ndarray]
    problems: dict[int, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    refused: dict[str, np.ndarray] = field(default_factory=dict)  # the rows whose cell in a column was no answer
    occasions: list[str] = field(default_factory=list)  # when, if somebody stands in more than one row
    _scores: dict[tuple[str, str], np.ndarray] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, columns: Mapping[str, Iterable[float | None]], people: Iterable[object] = ()) -> "Answers":
        """Answers from plain columns, checked. Raises InputError for an unknown column or an impossible answer."""
        arrays = {name: _numbers(name, values) for name, values in columns.items()}
        size = len(next(iter(arrays.values()), []))
        for name, values in arrays.items():
            if name not in ITEMS:
                raise InputError(f"there is no column {name!r}{likely(name, ITEMS)}")
            if len(values) != size:
                raise InputError(f"column {name!r} has {len(values)} answers, the others {size}")
            if len(wrong := np.flatnonzero(impossible(ITEMS[name], values))):
                row = wrong[0]
                raise InputError(f"row {row + 1}, column {name!r}: {values[row]:g} is not {ITEMS[name].possible}")
        names = [str(person) for person in people] or [str(number) for number in range(1, size + 1)]
        if len(names) != size:
            raise InputError(f"there are {len(names)} people but {size} answers in a column")
        if twice := [name for name, times in Counter(names).items() if times > 1]:
            raise InputError(f"the person {twice[0]!r} is named twice; a row is a person")
        return cls(names, arrays)

    def __len__(self) -> int:
        return len(self.people)

    def __contains__(self, column: str) -> bool:
        return column in self.columns

    def __getitem__(self, column: str) -> np.ndarray:
        if column not in ITEMS:
            raise InputError(f"there is no column {column!r}{likely(column, ITEMS)}")
        return self.columns[column] if column in self.columns else np.full(len(self), np.nan)

    @property
    def rows(self) -> list[str]:
        """The name of every row: the person, and the occasion where there is one."""
        together = zip(self.people, self.occasions, strict=True) if self.occasions else ((p,) for p in self.people)
        return ["/".join(filter(None, names)) for names in together]

    def row(self, name: str) -> int:
        """Where a person stands."""
        if name in (rows := self.rows):
            return rows.index(name)
        if name in self.people:
            several = [row for row, person in zip(rows, self.people, strict=True) if person == name]
            raise InputError(f"the person {name!r} stands in {len(several)} rows; name one: {', '.join(several[:9])}")
        raise InputError(f"there is no person {name!r}{likely(name, rows[:1000])}")

    def score(self, column: str) -> np.ndarray:
        """A score by its published rule for missing items; NaN where that rule gives none.

        >>> fatigue = {f"cfq11_{n}": [answer] for n, answer in enumerate([3, 2, 2, 2, 1, 1, 1, 2, 1, 1, 1], 1)}
        >>> Answers.of(fatigue).score("cfq11_likert"), Answers.of(fatigue).score("cfq11_bimodal")
        (array([17.]), array([5.]))
        """
        return self._kept(column, "score", lambda: _value(self, _score(column)))

    def bounds(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        """The least and the most a score can be, whatever the missing answers are.

        >>> least, most = Answers.of({"rand36_20": [1], "rand36_32": [None]}).bounds("rand36_sf")
        >>> least, most
        (array([50.]), array([100.]))
        """
        score = _score(column)
        if isinstance(score, Ratio):
            raise InputError(f"the score {column!r} is a ratio, so it has no bounds")
        least = self._kept(column, "least", lambda: _edge(self, score, 0))
        return least, self._kept(column, "most", lambda: _edge(self, score, 1))

    def _kept(self, column, kind, compute) -> np.ndarray:
        if (column, kind) not in self._scores:
            self._scores[column, kind] = compute()
        return self._scores[column, kind]


def _numbers(name: str, values: Iterable[float | None]) -> np.ndarray:
    try:
        return np.array([np.nan if value is None else float(value) for value in values])
    except (TypeError, ValueError) as error:
        raise InputError(f"column {name!r} must hold a number or None for each person: {error}") from None


def likely(given: str, names: Collection[str]) -> str:
    """The end of an error message where there may be too many names to list them all.

    >>> likely("phq9_10", ITEMS), likely("hair", ITEMS)
    ('; did you mean phq9_1?', '')
    """
    end = nearest(given, names)
    return end if "did you mean" in end or len(names) <= 30 else ""


def impossible(item: Item, values: np.ndarray) -> np.ndarray:
    """Which answers an item cannot have."""
    wrong = (values < item.low) | (values > item.high)
    return wrong | (values % 1 != 0) & ~np.isnan(values) if item.whole else wrong


def _score(column: str) -> Score | Banded | Ratio:
    if column not in SCORES:
        raise InputError(f"there is no score {column!r}{likely(column, SCORES)}")
    return SCORES[column]


def _counted(answers: Answers, column: str, points: tuple[float, ...] = ()) -> np.ndarray:
    """What an item or an earlier score counts, a blank that is rightly skipped being nothing."""
    if column in SCORES:
        return answers.score(column)
    item, given = ITEMS[column], answers[column]
    counted = item.counted(given, points)
    return counted if item.skip is None else np.where(_skipped(answers, item.skip, given), 0.0, counted)


def _skipped(answers: Answers, skip: Skip, given: np.ndarray) -> np.ndarray:
    return np.isin(answers[skip.column], skip.answers) if skip.column else np.isnan(given)


def contradictions(answers: Answers) -> Iterator[tuple[str, np.ndarray]]:
    """What answers say against each other, and of whom."""
    for column in answers.columns:
        skip = ITEMS[column].skip
        if skip and skip.column:
            given = answers[column]
            counts = ITEMS[column].counted(given) > 0
            said = f"{column} was answered although {skip.column} says that it does not apply: it counts 0"
            yield said, counts & _skipped(answers, skip, given)
    for score in SCORES.values():
        if isinstance(score, Ratio) and score.part in answers:
            hours = _hours(answers, score)
            yield f"{score.part} is more than the hours from {score.start} to {score.end}", answers[score.part] > hours
    if "covid_symptom_months" in answers:
        longer = answers["covid_symptom_months"] > answers["covid_months"]
        yield "covid_symptom_months is more than covid_months, the time since the infection", longer


def _value(answers: Answers, score: Score | Banded | Ratio) -> np.ndarray:
    match score:
        case Score():
            return _sum(answers, score)
        case Banded():
            amount = sum(_counted(answers, part) for part in score.parts)
            return _band(np.asarray(amount), score)
        case Ratio():
            share = 100 * answers[score.part] / _hours(answers, score)
            return np.where(share <= 100, share, np.nan)  # nobody sleeps longer than in bed


def _hours(answers: Answers, score: Ratio) -> np.ndarray:
    """From one clock time to another, over midnight; equal times are no answer."""
    hours = np.round((answers[score.end] - answers[score.start]) % 24, 6)
    return np.where(hours == 0, np.nan, hours)


def _sum(answers: Answers, score: Score) -> np.ndarray:
    """Added column by column: a hundred thousand rows of items side by side would not fit the processor's cache."""
    amount, answered = np.zeros(len(answers)), np.zeros(len(answers), np.int16)
    for first in range(0, len(score.items), score.each):
        item = sum(_counted(answers, column, score.points) for column in score.items[first : first + score.each])
        given = ~np.isnan(item)
        amount += np.where(given, item, 0.0)
        answered += given
    with np.errstate(invalid="ignore", divide="ignore"):
        value = amount * (score.size / answered) / score.over
    return np.where(answered >= score.needed, value, np.nan)


def _band(amount: np.ndarray, score: Banded) -> np.ndarray:
    passed = [COMPARE[how](amount, limit) for how, limit in score.limits]
    return np.where(np.isnan(amount), np.nan, np.sum(passed, axis=0, dtype=float))


def _edge(answers: Answers, score: Score | Banded, extreme: int) -> np.ndarray:
    """The score with every missing answer at its least (0) or its most (1)."""
    if isinstance(score, Banded):
        value = answers.score(score.column)
        return np.where(np.isnan(value), (0, len(score.limits))[extreme], value)
    amount = np.zeros(len(answers))
    for column in score.items:
        if column in SCORES:
            amount += answers.bounds(column)[extreme]
        else:
            given = _counted(answers, column, score.points)
            amount += np.where(np.isnan(given), ITEMS[column].extremes(score.points)[extreme], given)
    return amount / score.over
