"""Verdicts, for everybody as columns and for one person as a tree and a paragraph."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np

from neuroimmune.diagnose import kleene
from neuroimmune.diagnose.answers import Answers, contradictions
from neuroimmune.diagnose.definitions import DEFINITIONS
from neuroimmune.diagnose.instruments import INSTRUMENTS
from neuroimmune.diagnose.rules import (
    Asked,
    Choices,
    Clause,
    Criterion,
    Definition,
    Recorded,
    Remark,
    columns_of,
    inside,
)
from neuroimmune.diagnose.sources import SOURCES
from neuroimmune.errors import InputError, nearest

NOTICE = "Research software, not a medical device: a questionnaire makes no diagnosis; exclusions need a clinician."
MEETS = "meets questionnaire criteria; exclusions need a clinician"
MEETS_BUT = "meets questionnaire criteria; an exclusion was recorded"
STATEMENTS = ("does not meet questionnaire criteria", "cannot say: answers are missing", MEETS)


class Judged:
    """Criteria judged for everybody, each once however many definitions ask for it."""

    def __init__(self, answers: Answers):
        self.answers = answers
        self._known: dict[int, tuple[Criterion, np.ndarray]] = {}

    def __call__(self, criterion: Criterion) -> np.ndarray:
        if id(criterion) not in self._known:
            if isinstance(criterion, Clause):
                values = criterion.judge(self.answers)
            else:
                values = criterion.joined([self(part) for part in criterion.among(self.answers)])
            self._known[id(criterion)] = criterion, np.broadcast_to(values, len(self.answers))
        return self._known[id(criterion)][1]


@dataclass(frozen=True)
class Verdict:
    """What became of one criterion for one person; the parts and the reasons are looked up when they are asked for."""

    criterion: Criterion
    row: int
    judged: Judged = field(repr=False)

    @cached_property
    def value(self) -> int:
        return int(self.judged(self.criterion)[self.row])

    @property
    def word(self) -> str:
        return kleene.WORDS[self.value]

    @property
    def text(self) -> str:
        return self.criterion.text

    @property
    def join(self) -> str:
        return self.criterion.join

    @cached_property
    def parts(self) -> "tuple[Verdict, ...]":
        if isinstance(self.criterion, Clause):
            return ()
        return tuple(Verdict(part, self.row, self.judged) for part in self.criterion.among(self.judged.answers))

    @cached_property
    def evidence(self) -> tuple[str, ...]:
        """The answers, or the score, that make it so."""
        if isinstance(self.criterion, Clause):
            given = self._given(self.criterion)
            if self.criterion.score and not np.isnan(list(given.values())).any():
                return (f"{self.criterion.score} = {self.judged.answers.score(self.criterion.score)[self.row]:g}",)
            return tuple(f"{column} = {answer:g}" for column, answer in given.items() if not np.isnan(answer))
        told = (part for part in self.parts if part.value == self.criterion.speaks_for(self.value))
        return tuple(dict.fromkeys(line for part in told for line in part.evidence))

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The answers that could decide what cannot be said."""
        if self.value != kleene.CANNOT_SAY:
            return ()
        if isinstance(self.criterion, Clause):
            return tuple(column for column, answer in self._given(self.criterion).items() if np.isnan(answer))
        return tuple(dict.fromkeys(column for part in self.parts for column in part.missing))

    def _given(self, clause: Clause) -> dict[str, float]:
        return {column: self.judged.answers[column][self.row] for column in clause.columns}


class Rule(NamedTuple):
    """A definition in the variant that was chosen."""

    criteria: Criterion
    exclusions: Criterion
    remarks: tuple[Remark, ...]
    columns: frozenset[str]  # of the criteria


@cache
def _rule(key: str, choices: tuple[tuple[str, str], ...]) -> Rule:
    definition, p = DEFINITIONS[key], dict(choices)
    criteria = definition.criteria(p)
    return Rule(criteria, definition.exclusions(p), definition.remarks(p), frozenset(columns_of(criteria)))


@dataclass(frozen=True)
class Explanation:
    """One definition and one person: both verdicts, the variant that was used, and a paragraph."""

    person: str
    definition: Definition
    choices: Choices
    criteria: Verdict
    exclusions: Verdict
    remarks: tuple[str, ...] = ()

    @property
    def statement(self) -> str:
        return statement(self.criteria.value, self.exclusions.value)

    @property
    def variant(self) -> str:
        """The choice made for every parameter of the definition."""
        return ", ".join(f"{name}: {option}" for name, option in self.choices.items()) or "there is one form only"

    @property
    def paragraph(self) -> str:
        """What a person can read."""
        told = " ".join(_sentences(self))
        ending = f"Variant: {self.variant}. Source: {SOURCES[self.definition.source]}.{self.caution}"
        return f"{self.definition.name}: {self.statement}. {told} {ending}"

    @property
    def caution(self) -> str:
        """What of the rule was recalled and not seen in a source."""
        if not self.definition.checked:
            return " The rule is recalled and was not compared with the paper."
        recalled = [
            f"{p.name}: {self.choices[p.name]}"
            for p in self.definition.parameters
            if self.choices[p.name] in p.recalled
        ]
        return f" Recalled and not compared with the paper: {', '.join(recalled)}." if recalled else ""


def _sentences(explained: Explanation) -> Iterator[str]:
    parts = explained.criteria.parts
    for value, opening in ((kleene.YES, "Met"), (kleene.NO, "Not met"), (kleene.CANNOT_SAY, "Could not be judged")):
        if listed := [_told(part) for part in parts if part.value == value]:
            yield f"{opening}: {'; '.join(listed)}."
    if missing := explained.criteria.missing:
        yield f"Answers that are missing and could decide it: {_listed(missing, 12)}."
    yield from (f"{remark}." for remark in explained.remarks)
    by_value = {
        value: "; ".join(part.text for part in explained.exclusions.parts if part.value == value) for value in (0, 1, 2)
    }
    if found := by_value[kleene.YES]:
        yield f"Recorded exclusion: {found}."
    if unknown := by_value[kleene.CANNOT_SAY]:
        yield f"Not known, and for a clinician to rule out: {unknown}."
    elif explained.exclusions.parts and not found:
        yield "Recorded as absent: every exclusion that is asked for here. A clinician confirms it."


def _told(part: Verdict) -> str:
    if part.join in ("", "not", Asked.join, Recorded.join):
        evidence = part.evidence if part.join != "not" else ()
        return f"{part.text} ({_listed(evidence, 4)})" if evidence else part.text
    values = [p.value for p in part.parts]
    met = [p.text.partition(" (DSQ ")[0] for p in part.parts if p.value == kleene.YES]
    unknown = f", {values.count(kleene.CANNOT_SAY)} unknown" if kleene.CANNOT_SAY in values else ""
    return f"{part.text} ({len(met)} of {len(values)}{unknown}{': ' if met else ''}{_listed(met)})"


def _listed(names: Sequence[str], most: int = 6) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def statement(criteria: int, excluded: int) -> str:
    return MEETS_BUT if criteria == kleene.YES and excluded == kleene.YES else STATEMENTS[criteria]


@dataclass(frozen=True)
class Results:
    """Every score and every verdict, a row a person."""

    judged: Judged = field(repr=False)
    choices: dict[str, dict[str, str]]
    rules: dict[str, Rule] = field(repr=False)

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def answers(self) -> Answers:
        return self.judged.answers

    @cached_property
    def criteria(self) -> dict[str, np.ndarray]:
        """For each definition, who meets its questionnaire criteria: 0 no, 1 cannot say, 2 yes."""
        return {key: self.judged(rule.criteria) for key, rule in self.rules.items()}

    @cached_property
    def excluded(self) -> dict[str, np.ndarray]:
        """For each definition, of whom an exclusion was recorded: 0 no, 1 cannot say, 2 yes."""
        return {key: self.judged(rule.exclusions) for key, rule in self.rules.items()}

    def cases(self, key: str) -> np.ndarray:
        """Who meets the criteria of a definition without a recorded exclusion."""
        return (self.criteria[key] == kleene.YES) & (self.excluded[key] != kleene.YES)

    def scores(self) -> dict[str, np.ndarray]:
        """The scores of every questionnaire of which there is an answer."""
        asked = [i for i in INSTRUMENTS.values() if any(column in self.answers for column in i.columns)]
        return {score.column: self.answers.score(score.column) for i in asked for score in i.scores}

    @cached_property
    def problems(self) -> dict[int, list[str]]:
        """What is wrong with the answers of a row: cells that are none, and answers that contradict each other."""
        found = {row: list(told) for row, told in self.answers.problems.items()}
        for said, rows in contradictions(self.answers):
            for row in np.flatnonzero(rows):
                found.setdefault(int(row), []).append(said)
        for row, said in self._torn():
            found.setdefault(row, []).append(said)
        return {row: list(dict.fromkeys(found[row])) for row in sorted(found)}

    def _torn(self) -> Iterator[tuple[int, str]]:
        """One question, asked in two columns and answered with yes and with no."""
        nodes = (node for rule in self.rules.values() for node in (*inside(rule.criteria), *inside(rule.exclusions)))
        for node in {id(node): node for node in nodes if isinstance(node, Asked)}.values():
            ways = node.among(self.answers)
            values = [self.judged(way) for way in ways]
            both = np.any([v == kleene.YES for v in values], axis=0) & np.any([v == kleene.NO for v in values], axis=0)
            for row in map(int, np.flatnonzero(both)):
                said = [", ".join(Verdict(way, row, self.judged).evidence) for way in ways]
                yield row, f"contradiction: {' but '.join(filter(None, said))}"

    def alerts(self) -> dict[int, list[str]]:
        """The rows with an answer that must not go unnoticed, and the notices."""
        found: dict[int, list[str]] = {}
        for instrument in INSTRUMENTS.values():
            for alert in (alert for alert in instrument.alerts if alert.column in self.answers):
                given, refused = self.answers[alert.column], self.answers.refused.get(alert.column, ())
                others = np.any([~np.isnan(self.answers[column]) for column in instrument.columns], axis=0)
                blank = np.setdiff1d(np.flatnonzero(np.isnan(given) & others), refused)
                for rows, notice in (
                    (np.flatnonzero(given >= alert.least), alert.notice),
                    (refused, alert.unread),
                    (blank, alert.blank),
                ):
                    for row in rows:
                        found.setdefault(int(row), []).append(notice)
        return found

    def explain(self, person: str, among: Collection[str] = ()) -> list[Explanation]:
        """Every definition, or those of `among`, judged for one person with its reasons.

        Raises InputError when there is no such person or definition.
        """
        return self.explain_row(self.answers.row(person), among)

    def explain_row(self, row: int, among: Collection[str] = ()) -> list[Explanation]:
        """The same for the person in a row."""
        for key in among:
            self.check(key)
        return [
            Explanation(
                self.answers.people[row],
                DEFINITIONS[key],
                self.choices[key],
                Verdict(rule.criteria, row, self.judged),
                Verdict(rule.exclusions, row, self.judged),
                tuple(text for criterion, text in rule.remarks if self.judged(criterion)[row] == kleene.YES),
            )
            for key, rule in self.rules.items()
            if not among or key in among
        ]

    def check(self, key: str) -> None:
        """Raises InputError for a definition that was not judged."""
        if key not in self.rules:
            raise InputError(f"the definition {key!r} was not judged{nearest(key, self.rules)}")

    @property
    def variants(self) -> str:
        """What was chosen instead of a default, as `--set` takes it."""
        return " ".join(
            f"{key}.{p.name}={self.choices[key][p.name]}"
            for key in self.choices
            for p in DEFINITIONS[key].parameters
            if self.choices[key][p.name] != p.default()
        )

    def table(self) -> Any:
        """An Arrow table: who, what was wrong with the row, every verdict, every score, and how they were made."""
        import pyarrow as pa

        columns: dict[str, Any] = {"person": pa.array(self.answers.people, pa.string())}
        if self.answers.occasions:
            columns["occasion"] = pa.array(self.answers.occasions, pa.string())
        columns["problems"] = _rows(self.problems, len(self))
        columns["crisis_notice"] = _rows(self.alerts(), len(self))
        for key, criteria in self.criteria.items():
            meets_but = (criteria == kleene.YES) & (self.excluded[key] == kleene.YES)
            columns[key] = _words(criteria, kleene.WORDS)
            columns[f"{key}_excluded"] = _words(self.excluded[key], kleene.WORDS)
            columns[f"{key}_statement"] = _words(np.where(meets_but, 3, criteria), (*STATEMENTS, MEETS_BUT))
        columns |= {name: pa.array(values, from_pandas=True) for name, values in self.scores().items()}
        for name, text in (("variants", self.variants), ("notice", NOTICE)):
            columns[name] = _words(np.zeros(len(self), int), (text,))
        return pa.table(columns)

    def frame(self) -> Any:
        """The results as a pandas DataFrame, a row a person."""
        return self.table().to_pandas()


def _rows(texts: dict[int, list[str]], size: int) -> Any:
    import pyarrow as pa

    column = [""] * size
    for row, lines in texts.items():
        column[row] = "; ".join(lines)
    return pa.array(column, pa.string())


def _words(values: np.ndarray, words: Iterable[str]) -> Any:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(values.astype(np.int8)), pa.array(list(words), pa.string()))


def diagnose(answers: Answers, choices: Mapping[str, Choices] | None = None) -> Results:
    """Judge every definition of which `answers` hold any column.

    `choices` gives, for a definition, the options of its parameters. Raises InputError for an unknown one.

    >>> results = diagnose(Answers.of({"wpi_neck": [1, 0], "pain_months": [6, 1]}))
    >>> [kleene.WORDS[value] for value in results.criteria["acr2016"]]
    ['cannot say', 'no']
    """
    choices = choices or {}
    for key in choices:
        if key not in DEFINITIONS:
            raise InputError(f"there is no definition {key!r}{nearest(key, DEFINITIONS)}")
    chosen = {key: definition.choose(choices.get(key), answers) for key, definition in DEFINITIONS.items()}
    rules = {key: _rule(key, tuple(p.items())) for key, p in chosen.items()}
    rules = {key: rule for key, rule in rules.items() if not rule.columns.isdisjoint(answers.columns)}
    return Results(Judged(answers), {key: chosen[key] for key in rules}, rules)
