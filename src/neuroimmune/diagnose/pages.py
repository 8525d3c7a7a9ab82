"""The pages of the documentation, one a definition and one an instrument, written from the rules themselves.

`python -m neuroimmune.diagnose.pages docs/diagnose` writes them; a test compares.
"""

import itertools
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from neuroimmune.diagnose.answers import Answers
from neuroimmune.diagnose.definitions import DEFINITIONS
from neuroimmune.diagnose.instrument import NO_YES, Banded, Fact, Instrument, Item, Ratio, Score
from neuroimmune.diagnose.instruments import INSTRUMENTS
from neuroimmune.diagnose.rules import Clause, Criterion, Definition, columns_of
from neuroimmune.diagnose.sources import SOURCES

_RECALLED = "recalled, not seen in a source"


def pages() -> dict[str, str]:
    """The text of every page, by its file name.

    >>> pages()["fukuda.md"].splitlines()[0]
    '# Fukuda 1994 (CDC)'
    """
    definitions = {f"{key}.md": "\n".join(definition_page(d)) for key, d in DEFINITIONS.items()}
    instruments = {f"instrument_{key}.md": "\n".join(instrument_page(i)) for key, i in INSTRUMENTS.items()}
    return definitions | instruments


def definition_page(definition: Definition) -> Iterator[str]:
    chosen = definition.choose()
    criteria, exclusions = definition.criteria(chosen), definition.exclusions(chosen)
    yield f"# {definition.name}\n"
    yield f"Condition: {definition.condition}. Source: {SOURCES[definition.source]}."
    yield f"`--set {definition.key}.…` chooses among its variants.\n" if definition.parameters else ""
    if definition.part_of:
        yield f"A subtype or rest category of [{DEFINITIONS[definition.part_of].name}]({definition.part_of}.md).\n"
    if not definition.checked:
        yield "**The rule is recalled: it was not compared with the paper.**\n"
    yield "## Criteria\n"
    yield "A questionnaire can show these. The variant is the default one.\n"
    yield from _tree(criteria)
    yield "\n## Exclusions\n"
    if columns_of(exclusions):
        yield "For a clinician: any of these, when it is recorded, rules the definition out.\n"
        for part in exclusions.parts:
            yield from _tree(part)
    else:
        yield f"{exclusions.text[0].upper()}{exclusions.text[1:]}."
    if definition.parameters:
        yield "\n## Where the published rule leaves a choice\n"
        yield from _parameters(definition)
    if definition.notes:
        yield "\n## Notes\n"
        yield from (f"- {note}" for note in definition.notes)
    yield "\n## Columns it reads\n"
    yield _columns([*columns_of(criteria), *columns_of(exclusions)]) + "\n"


def _tree(criterion: Criterion, depth: int = 0, told: set[Criterion] | None = None) -> Iterator[str]:
    """A criterion and its parts, a line each; what was told before is named only."""
    told = set() if told is None else told
    again = criterion in told and bool(criterion.parts)
    told.add(criterion)
    join = f" — *{criterion.join}*" if criterion.join and not again else ""
    if isinstance(criterion, Clause):
        columns = (criterion.score,) if criterion.score else criterion.columns
        text = f"{criterion.text} (`{'`, `'.join(columns)}`)"
    else:
        text = criterion.text + (" — *as above*" if again else "")
    yield f"{'  ' * depth}- {text}{join}"
    for part in () if again else criterion.parts:
        yield from _tree(part, depth + 1, told)


def _parameters(definition: Definition) -> Iterator[str]:
    for parameter in definition.parameters:
        yield f"**`{parameter.name}`** — {parameter.question}\n"
        for place, (option, meaning) in enumerate(parameter.options.items()):
            marks = [
                mark for mark, holds in (("default", place == 0), (_RECALLED, option in parameter.recalled)) if holds
            ]
            yield f"- `{option}`" + (f" ({'; '.join(marks)})" if marks else "") + f": {meaning}"
        yield f"\nWhy this default: {parameter.why}\n"


def _columns(columns: Iterable[str]) -> str:
    return ", ".join(f"`{column}`" for column in dict.fromkeys(columns))


def instrument_page(instrument: Instrument) -> Iterator[str]:
    yield f"# {instrument.name}\n"
    period = f" It asks about: {instrument.period}." if instrument.period else ""
    if instrument.scores:
        yield f"{instrument.direction[0].upper()}{instrument.direction[1:]}.{period}"
    yield f"Source: {SOURCES.get(instrument.source, instrument.source)}. Licence: {instrument.licence}.\n"
    yield f"`neuroimmune diagnose --template {instrument.key}` writes an empty file and a REDCap dictionary.\n"
    yield f"**Missing answers.** {instrument.missing}\n"
    if instrument.scores:
        yield "## Scores\n"
        yield "| column | score | made of | range |"
        yield "|---|---|---|---|"
        yield from (_score_row(score) for score in instrument.scores)
        yield from _facts("Cut-offs", instrument.cutoffs)
        yield from _facts("Smallest change that matters", instrument.changes)
    if instrument.alerts:
        yield "\n## Notices\n"
        yield from (f"- `{a.column}` at {a.least:g} or more: {a.notice}." for a in instrument.alerts)
    if instrument.notes:
        yield "\n## Notes\n"
        yield from (f"- {note}" for note in instrument.notes)
    yield "\n## Items\n"
    shared = [labels for labels, times in Counter(item.labels for item in instrument.items).items() if times > 2]
    legend = {labels: chr(ord("A") + place) for place, labels in enumerate(s for s in shared if s and s != NO_YES)}
    for labels, letter in legend.items():
        yield f"Answers **{letter}**: {_labelled(next(i for i in instrument.items if i.labels == labels))}.\n"
    counted = any(item.points for item in instrument.items)
    yield f"| column | item | answer |{' counts |' * counted}"
    yield f"|---|---|---|{'---|' * counted}"
    yield from (_item_row(item, legend, counted) for item in instrument.items)
    if instrument.also:
        yield "\n## Other names that are recognised\n"
        yield ", ".join(f"`{other}` → `{column}`" for other, column in instrument.also.items())
    yield ""


def _score_row(score: Score | Banded | Ratio) -> str:
    return f"| `{score.column}` | {score.name} | {_made_of(score)} | {_range(score)} |"


def _made_of(score: Score | Banded | Ratio) -> str:
    match score:
        case Score():
            enough = "all" if score.needed == score.size else f"{score.needed} of {score.size}"
            if score.each > 1:  # frequency and severity of a symptom
                symptoms = score.items[:: score.each]
                return f"mean over {_short(symptoms)}, each with its severity, as 0 to 100; needs {enough}"
            divided = f", divided by {score.over:.4g}" if score.over != 1 else ""
            points = f", each answer counting {' '.join(f'{p:g}' for p in score.points)}" if score.points else ""
            return f"sum of {_short(score.items)}{divided}{points}; needs {enough}"
        case Banded():
            by_sense = itertools.groupby(score.limits, key=lambda limit: limit[0])
            limits = ", ".join(f"{how} {', '.join(f'{limit:g}' for _, limit in group)}" for how, group in by_sense)
            return (
                f"{'sum of ' * (len(score.parts) > 1)}{_short(score.parts)}; counts 1 for each limit passed: {limits}"
            )
        case Ratio():
            return f"100 `{score.part}` / hours from `{score.start}` to `{score.end}`"


def _short(columns: tuple[str, ...]) -> str:
    shown = columns if len(columns) <= 10 else (*columns[:3], "…", *columns[-2:])
    return ", ".join(column if column == "…" else f"`{column}`" for column in shown)


def _range(score: Score | Banded | Ratio) -> str:
    if isinstance(score, Ratio):
        return "per cent"
    low, high = _EMPTY.bounds(score.column)
    return f"{low[0]:g} to {high[0]:g}"


_EMPTY = Answers(["nobody"], {})


def _facts(heading: str, facts: tuple[Fact, ...]) -> Iterator[str]:
    yield f"\n## {heading}\n"
    if not facts:
        yield "No value was found in a source."
    for fact in facts:
        source = SOURCES.get(fact.source, fact.source)
        score = fact.score if " " in fact.score else f"`{fact.score}`"
        yield f"- {score} {fact.value}: {fact.meaning} ({source}{'' if fact.checked else f'; {_RECALLED}'})"


def _item_row(item: Item, legend: Mapping[tuple[str, ...], str], counted: bool) -> str:
    answer = item.possible
    if item.labels and item.labels != NO_YES:
        answer = f"**{legend[item.labels]}**" if item.labels in legend else _labelled(item)
    row = f"| `{item.column}` | {item.meaning} | {answer} |"
    counts = " ".join(f"{p:g}" for p in item.points) if item.points else "as it is"
    return row + f" {counts} |" * counted


def _labelled(item: Item) -> str:
    return "; ".join(f"{code} {label}" for code, label in zip(item.codes, item.labels, strict=True))


def write_pages(folder: Path) -> None:
    """Write every page into a folder."""
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
