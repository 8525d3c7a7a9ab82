"""Verdicts, for everybody as columns and for one person as a tree and a paragraph."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from neuroimmune.diagnose import kleene
from neuroimmune.diagnose.answers import Answers
from neuroimmune.diagnose.definitions import DEFINITIONS
from neuroimmune.diagnose.instruments import INSTRUMENTS
from neuroimmune.diagnose.rules import Asked, Choices, Criterion, Definition, Test, columns_of
from neuroimmune.diagnose.sources import SOURCES
from neuroimmune.errors import InputError, nearest

NOTICE = "Research software, not a medical device: a questionnaire makes no diagnosis; exclusions need a clinician."
MEETS = "meets questionnaire criteria; exclusions need a clinician"
MEETS_BUT = "meets questionnaire criteria; an exclusion was recorded"
STATEMENTS = ("does not meet questionnaire criteria", "cannot say: answers are missing", MEETS)


@dataclass(frozen=True)
class Verdict:
    """What became of one criterion for one person, and of its parts."""

    text: str
    value: str
    join: str
    evidence: tuple[str, ...]
    missing: tuple[str, ...]
    parts: "tuple[Verdict, ...]"


def judge(criterion: Criterion, answers: Answers) -> Verdict:
    """The verdict on the first person of `answers`, with that on every part."""
    if isinstance(criterion, Test):
        value = kleene.WORDS[criterion.judge(answers)[0]]
        given = {column: answers[column][0] for column in criterion.columns}
        evidence = tuple(f"{column} = {answer:g}" for column, answer in given.items() if not np.isnan(answer))
        missing = tuple(column for column, answer in given.items() if np.isnan(answer))
        return Verdict(criterion.text, value, "", evidence, missing if value == "cannot say" else (), ())
    among = criterion.among(answers) if isinstance(criterion, Asked) else criterion.parts
    parts = tuple(judge(part, answers) for part in among)
    value = kleene.WORDS[int(criterion.joined([np.array(kleene.WORDS.index(part.value)) for part in parts]))]
    opposite = {"no": "yes", "yes": "no"} if criterion.join == "not" else {}
    told = [part for part in parts if part.value == opposite.get(value, value)]
    evidence = tuple(dict.fromkeys(line for part in told for line in part.evidence))
    missing = tuple(dict.fromkeys(line for part in parts if value == "cannot say" for line in part.missing))
    return Verdict(criterion.text, value, criterion.join, evidence, missing, parts)


@dataclass(frozen=True)
class Explanation:
    """One definition and one person: both verdicts, the variant that was used, and a paragraph."""

    person: str
    definition: Definition
    choices: Choices
    criteria: Verdict
    exclusions: Verdict

    @property
    def statement(self) -> str:
        return statement(kleene.WORDS.index(self.criteria.value), kleene.WORDS.index(self.exclusions.value))

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
    for value, opening in (("yes", "Met"), ("no", "Not met"), ("cannot say", "Could not be judged")):
        if listed := [_told(part) for part in parts if part.value == value]:
            yield f"{opening}: {'; '.join(listed)}."
    if missing := explained.criteria.missing:
        yield f"Answers that are missing and could decide it: {_listed(missing)}."
    if explained.exclusions.value == "yes":
        found = [part.text for part in explained.exclusions.parts if part.value == "yes"]
        yield f"Recorded exclusion: {'; '.join(found)}."
    elif open_exclusions := [part.text for part in explained.exclusions.parts if part.value == "cannot say"]:
        yield f"Not recorded, and for a clinician to rule out: {_listed(open_exclusions, 4)}."
    elif explained.exclusions.parts:
        yield "Every exclusion was recorded as absent."


def _told(part: Verdict) -> str:
    if part.join == "not" or not part.evidence and not part.parts:
        return part.text
    if not part.parts or part.join in ("", Asked.join):
        return f"{part.text} ({_listed(part.evidence, 4)})"
    counts = [sum(p.value == value for p in part.parts) for value in ("yes", "cannot say")]
    met = [p.text.partition(" (DSQ ")[0] for p in part.parts if p.value == "yes"]
    unknown = f", {counts[1]} unknown" if counts[1] else ""
    return f"{part.text} ({counts[0]} of {len(part.parts)}{unknown}{': ' if met else ''}{_listed(met)})"


def _listed(names: Sequence[str], most: int = 6) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def statement(criteria: int, excluded: int) -> str:
    return MEETS_BUT if criteria == kleene.YES and excluded == kleene.YES else STATEMENTS[criteria]


@dataclass(frozen=True)
class Results:
    """Every score and every verdict, a row a person."""

    answers: Answers
    choices: dict[str, dict[str, str]]
    criteria: dict[str, np.ndarray]
    excluded: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.answers)

    def cases(self, key: str) -> np.ndarray:
        """Who meets the criteria of a definition without a recorded exclusion."""
        return (self.criteria[key] == kleene.YES) & (self.excluded[key] != kleene.YES)

    def scores(self) -> dict[str, np.ndarray]:
        """The scores of every questionnaire of which there is an answer."""
        asked = [i for i in INSTRUMENTS.values() if any(column in self.answers for column in i.columns)]
        return {score.column: self.answers.score(score.column) for i in asked for score in i.scores}

    def alerts(self) -> dict[int, list[str]]:
        """The rows with an answer that must not go unnoticed, and the notices."""
        found: dict[int, list[str]] = {}
        for alert in (alert for i in INSTRUMENTS.values() for alert in i.alerts if alert.column in self.answers):
            for row in np.flatnonzero(self.answers[alert.column] >= alert.least):
                found.setdefault(int(row), []).append(alert.notice)
            for row in self.answers.refused.get(alert.column, ()):
                found.setdefault(int(row), []).append(alert.unread)
        return found

    def explain(self, person: str) -> list[Explanation]:
        """Every definition judged for one person, with its reasons. Raises InputError when there is no such person."""
        return self.explain_row(self.answers.row(person))

    def explain_row(self, row: int) -> list[Explanation]:
        """The same for the person in a row."""
        one = self.answers.only(row)
        return [
            Explanation(
                self.answers.people[row],
                DEFINITIONS[key],
                chosen,
                judge(DEFINITIONS[key].criteria(chosen), one),
                judge(DEFINITIONS[key].exclusions(chosen), one),
            )
            for key, chosen in self.choices.items()
        ]

    def frame(self):
        """The results as a pandas DataFrame, a row a person."""
        from neuroimmune.diagnose.writing import table

        return table(self).to_pandas()


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
    rules = {key: DEFINITIONS[key].criteria(choice) for key, choice in chosen.items()}
    asked = [key for key, rule in rules.items() if any(column in answers for column in columns_of(rule))]
    return Results(
        answers,
        {key: chosen[key] for key in asked},
        {key: rules[key].judge(answers) for key in asked},
        {key: DEFINITIONS[key].exclusions(chosen[key]).judge(answers) for key in asked},
    )
