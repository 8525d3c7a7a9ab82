"""Files of answers into `Answers`: CSV, Parquet, Excel, REDCap and FHIR.

Every cell takes the same way. What cannot be an answer is taken as missing and its row is marked; what makes the file
itself doubtful is an error. No person is dropped.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np

from neuroimmune.diagnose import doubts
from neuroimmune.diagnose.answers import Answers, impossible
from neuroimmune.diagnose.columns import Codes, Map, Match, match
from neuroimmune.diagnose.instrument import Item
from neuroimmune.diagnose.instruments import ITEMS
from neuroimmune.diagnose.redcap import Field, labels_of, read_dictionary
from neuroimmune.diagnose.tables import Columns, Table, open_table
from neuroimmune.diagnose.text import code_of, content_of, label_code, number_in, text_of
from neuroimmune.errors import InputError

MOST_COLUMNS = 20_000
MISSING = frozenset(
    ("", "na", "n/a", "nan", "none", "null", "missing", ".", "#n/a", "#n/a n/a", "#null!", "<na>")  # #NULL! is SPSS's
)
_CLOCK = re.compile(r"(\d{1,2})[:h](\d{2})(?::\d{2})?\s*([ap]\.?m\.?)?|(\d{1,2})\s*([ap]\.?m\.?)", re.IGNORECASE)
_WRONG_ENOUGH = 20


def read(path: Path | str, mapped: Map | None = None, dictionary: Path | None = None) -> Answers:
    """Read a file of answers.

    `mapped` says which column holds what where names do not; `dictionary` is the data dictionary of a REDCap project.
    Raises InputError when the file cannot be understood.
    """
    mapped = mapped or Map()
    name, content = Path(path).name, content_of(Path(path))
    table = open_table(content, name)
    if len(table.names) > MOST_COLUMNS:
        raise InputError(
            f"{name} has {len(table.names):,} columns, more than {MOST_COLUMNS:,}: is it turned on its side? A row is "
            "a person"
        )
    found = match(table.names, mapped)
    if not found.columns:
        shown = "; ".join([", ".join(map(repr, table.names[:6])) + ", …", *table.notes])
        raise InputError(
            f"no column of {name} is known ({shown}). Write a template to see the names (--template dsq-2), or say in "
            "a map which column holds what (--map)"
        )
    fields = read_dictionary(dictionary) if dictionary else {}
    return _answers(name, table, found, mapped, fields)


def _answers(name: str, table: Table, found: Match, mapped: Map, fields: Mapping[str, Field]) -> Answers:
    columns, problems, notes = table.load(found), table.problems, table.notes
    people, occasions = _people(name, columns, found, notes)
    arrays: dict[str, np.ndarray] = {}
    wrong: dict[str, Counter[str]] = {}
    refusals: dict[str, np.ndarray] = {}
    for column, theirs in found.columns.items():
        item, codes = ITEMS[column], mapped.codes_of(column, theirs)
        if codes.own is None:
            codes = codes.with_labels(labels_of(column, theirs, fields))
        cells, places = _distinct(columns[theirs])
        answers, refused, unsure = _parsed(item, cells, codes)
        arrays[column], rows = answers[places], np.flatnonzero(refused[places])
        refusals[column] = rows
        counts = np.bincount(places, minlength=len(cells))
        wrong[column] = Counter({code_of(cells[place]): int(counts[place]) for place in np.flatnonzero(refused)})
        for row in rows:
            said = f"{_both(column, theirs)}: {_shown(cells[places[row]])} is not {item.possible}"
            problems.setdefault(int(row), []).append(said)
        for row in np.flatnonzero(unsure[places]):
            said = f"{_both(column, theirs)}: {text_of(cells[places[row]])} is missing by the map, but may be an answer"
            problems.setdefault(int(row), []).append(said)
        if len(rows) >= _WRONG_ENOUGH and len(rows) > np.count_nonzero(~np.isnan(arrays[column])):
            raise InputError(
                f"{name}, row {rows[0] + 1}, {problems[int(rows[0])][-1]}; so in {len(rows):,} rows. If the file has "
                f'codes of its own, give them in a map: [codes."{theirs}"]; if it is another column, rename it'
            )
    doubts.refuse(name, found, wrong, arrays)
    notes.extend(doubts.told(found, arrays))
    return Answers(people, arrays, problems, notes, refusals, occasions)


def _both(column: str, theirs: str) -> str:
    return column if column == theirs else f"{theirs} ({column})"


def _people(name: str, columns: Columns, found: Match, notes: list[str]) -> tuple[list[str], list[str]]:
    """Who stands in each row, and on which occasion where a person stands in several."""
    if not found.person:
        notes.append("there is no column of persons (person, record_id, …): the rows were numbered")
        first = columns[next(iter(found.columns.values()))]
        return [str(number) for number in range(1, len(first) + 1)], []
    people = [text_of(cell) for cell in _plain_list(columns[found.person])]
    if "" in people:
        raise InputError(f"{name}, row {people.index('') + 1}: no person in column {found.person!r}")
    occasions: list[str] = []
    if len(set(people)) < len(people) and found.occasions:
        when = zip(*(_plain_list(columns[occasion]) for occasion in found.occasions), strict=True)
        occasions = ["/".join(filter(None, map(text_of, times))) for times in when]
    rows: dict[tuple[str, str], int] = {}
    for row, key in enumerate(zip(people, occasions or [""] * len(people), strict=True), 1):
        if rows.setdefault(key, row) < row:
            raise InputError(
                f"{name}: the person {'/'.join(filter(None, key))!r} stands in rows {rows[key]} and {row}. A row is a "
                'person; say in a map which column tells occasions apart: occasion = "…"'
            )
    return people, occasions


def _plain_list(values: Any) -> list[object]:
    return values if isinstance(values, list) else values.to_pylist()


def _distinct(values: Any) -> tuple[list[object], np.ndarray]:
    """The different cells of a column, and which of them stands in each row."""
    if isinstance(values, list):
        keys = {(type(v), v): v for v in values}
        places = {key: place for place, key in enumerate(keys)}
        return list(keys.values()), np.array([places[type(v), v] for v in values], np.intp)
    import pyarrow as pa

    if pa.types.is_dictionary(values.type) and values.null_count:
        values = values.dictionary_decode()
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode(null_encoding="encode")
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False)


def _parsed(item: Item, cells: Sequence[object], codes: Codes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The answer in every cell; which cells hold something that is none; which may be an answer, but are missing."""
    parsed = [parse(cell, item, codes) for cell in cells]
    answers = np.array([math.nan if answer is None else answer for answer in parsed], float) * codes.times
    refused = impossible(item, answers) | np.array([answer is None for answer in parsed], bool)
    answers[refused] = math.nan
    plain = np.array([parse(cell, item) if codes.everywhere(cell) else math.nan for cell in cells], float)
    return answers, refused, ~np.isnan(plain) & ~impossible(item, plain)


def parse(cell: object, item: Item, codes: Codes = Codes()) -> float | None:  # noqa: B008
    """The answer in a cell: NaN when there is none, None when the cell holds something else.

    >>> smoker = Item("smoker", 0, 1, labels=("no", "yes"))
    >>> [parse(cell, smoker) for cell in ("Yes", " 0 ", "", "2024-02-01", 1.0)]
    [1.0, 0.0, nan, None, 1.0]
    """
    if cell is None or isinstance(cell, float) and math.isnan(cell):
        return math.nan
    text, code = text_of(cell), code_of(cell)
    for known in filter(None, (codes.own, codes.labels)):
        if code in known:
            return known[code]
    if code in codes.missing:
        return math.nan
    if codes.own is None and (answer := label_code(text, item)) is not None:
        return answer
    if text.lower() in MISSING:
        return math.nan
    if codes.own is not None or isinstance(cell, bool | datetime | date):
        return None
    if isinstance(cell, time):
        return cell.hour + cell.minute / 60 if item.unit == "clock" else None
    if item.unit == "clock" and (clock := _CLOCK.fullmatch(text)):
        return _clock(clock)
    return number_in(text)


def _clock(found: re.Match[str]) -> float | None:
    hour, minute = int(found[1] or found[4]), int(found[2] or 0)
    half = (found[3] or found[5] or "").lower()[:1]
    if minute > 59 or half and not 1 <= hour <= 12:
        return None
    return (hour % 12 + 12 * (half == "p") if half else hour) + minute / 60


def _shown(cell: object) -> str:
    if isinstance(cell, date | datetime):
        return f"the date {cell:%Y-%m-%d} (made by a spreadsheet?)"
    text = repr(cell) if isinstance(cell, str) else str(cell)
    return text if len(text) < 60 else text[:56] + "…" + text[-1]
