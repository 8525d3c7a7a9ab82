"""Files of answers into `Answers`: CSV, Parquet, Excel, REDCap and FHIR, told apart by their content.

Every cell takes the same way. What cannot be an answer is taken as missing and its row is marked; what makes the file
itself doubtful is an error. Nothing is dropped.
"""

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np

from neuroimmune.diagnose.answers import Answers, impossible
from neuroimmune.diagnose.columns import Map, Match, match
from neuroimmune.diagnose.instrument import NO_YES, Item
from neuroimmune.diagnose.instruments import INSTRUMENTS, ITEMS
from neuroimmune.errors import InputError

MOST_COLUMNS = 20_000
MISSING = frozenset(("", "na", "n/a", "nan", "none", "null", "missing", ".", "#n/a", "<na>"))
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})(?::\d{2})?\s*([ap]\.?m\.?)?|(\d{1,2})\s*([ap]\.?m\.?)", re.IGNORECASE)
_WORDS = {"no": 0.0, "false": 0.0, "n": 0.0, "unchecked": 0.0, "yes": 1.0, "true": 1.0, "y": 1.0, "checked": 1.0}
_WRONG_ENOUGH = 20
_MANY_ITEMS = 5
_LONG_IN_BED = 16
_NO_CODES: Mapping[str, float] = {}

Columns = dict[str, Any]  # the file's name → a pyarrow array or a list of Python values


def read(path: Path | str, mapped: Map | None = None, dictionary: Path | None = None) -> Answers:
    """Read a file of answers.

    `mapped` says which column holds what where names do not; `dictionary` is the data dictionary of a REDCap project.
    Raises InputError when the file cannot be understood.
    """
    from neuroimmune.diagnose.redcap import read_dictionary

    mapped = mapped or Map()
    name, content = Path(path).name, content_of(Path(path))
    notes: list[str] = []
    names, load = _open(content, name, notes)
    if len(names) > MOST_COLUMNS:
        raise InputError(
            f"{name} has {len(names):,} columns, more than {MOST_COLUMNS:,}: is it turned on its side? A row is "
            "a person"
        )
    found = match(names, mapped)
    if not found.columns:
        shown = ", ".join(repr(n) for n in names[:6])
        raise InputError(
            f"no column of {name} is known ({shown}, …). Write a template to see the names (--template dsq-2), "
            "or say in a map which column holds what (--map)"
        )
    columns = load(found)
    fields = read_dictionary(dictionary) if dictionary else {}
    return _answers(name, columns, found, mapped, fields, notes)


def content_of(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
    if not content.strip():
        raise InputError(f"{path} is empty")
    return content


def _open(content: bytes, name: str, notes: list[str]) -> tuple[list[str], Callable[[Match], Columns]]:
    """The names of the columns, and a way to load those that are wanted."""
    if content[:4] == b"PAR1":
        return _open_parquet(content, name)
    if content[:4] == b"PK\x03\x04":
        return _open_excel(content, name)
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise InputError(f"{name} is an Excel file of the old form (.xls): save it as .xlsx or CSV")
    text = decode(content, name, notes)
    if text.lstrip()[:1] in "{[":
        from neuroimmune.diagnose.fhir import responses

        columns = responses(text, name)
        return list(columns), lambda found: columns
    return _open_csv(text, name)


def decode(content: bytes, name: str, notes: list[str]) -> str:
    """Text of any common encoding; a guess is noted."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _decoded(content, encoding, name)
    if b"\0" in content[:1000]:
        pairs = content[:1000]
        return _decoded(content, "utf-16-le" if pairs[1:2] == b"\0" else "utf-16-be", name)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        notes.append(f"{name} is not UTF-8; it was read as Windows-1252")
        return content.decode("cp1252", errors="replace")


def _decoded(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is not text: {error.reason} at byte {error.start:,}. Save it as CSV in UTF-8"
        ) from None


def _open_csv(text: str, name: str) -> tuple[list[str], Callable[[Match], Columns]]:
    if "\0" in text:
        raise InputError(f"{name} is not text: it holds a zero byte. Save it as CSV in UTF-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"
    separator = max(",;\t|", key=text.partition("\n")[0].count)
    csv.field_size_limit(1 << 30)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    names = [n.strip() for n in next(lines)]
    body = text.split("\n", lines.line_num)[lines.line_num]
    return names, lambda found: _load_csv(body, name, separator, names, found)


def _load_csv(body: str, name: str, separator: str, names: list[str], found: Match) -> Columns:
    import pyarrow as pa
    import pyarrow.csv as pc

    if not body.strip():
        raise InputError(f"{name} has a header but no rows")
    places = [str(place) for place in range(len(names))]
    wanted = {n: places[names.index(n)] for n in (found.person, *found.occasions, *found.columns.values()) if n}
    try:
        table = pc.read_csv(
            pa.BufferReader(body.encode("utf-8", errors="replace")),
            pc.ReadOptions(column_names=places, block_size=1 << 24),
            pc.ParseOptions(delimiter=separator, newlines_in_values=True, ignore_empty_lines=len(names) > 1),
            pc.ConvertOptions(
                include_columns=list(wanted.values()),
                column_types=dict.fromkeys(wanted.values(), pa.dictionary(pa.int32(), pa.string())),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        _refuse_ragged(body, name, separator, len(names))
        raise InputError(f"{name} cannot be read: {error}") from None
    if table.num_rows != body.count("\n"):  # lines within quotation marks, or a mark too few
        _refuse_ragged(body, name, separator, len(names))
    return {n: table[place].combine_chunks() for n, place in wanted.items()}


def _refuse_ragged(body: str, name: str, separator: str, width: int) -> None:
    """A row of another width, or a quotation mark that swallows rows. Slow, so only where there is a reason."""
    number = 0
    try:
        for number, row in enumerate(csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True), 1):
            if row and len(row) != width:
                raise InputError(
                    f"{name}, row {number}: {len(row)} columns, but the header has {width}. Is there a separator or a "
                    "quotation mark too many or too few?"
                )
    except csv.Error as error:
        raise InputError(f"{name}, after row {number}: a quotation mark is not closed ({error})") from None


def _open_parquet(content: bytes, name: str) -> tuple[list[str], Callable[[Match], Columns]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    damage = (pa.ArrowException, OSError, ValueError)  # a damaged file raises any of them
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        names = file.schema_arrow.names
    except damage as error:
        raise InputError(f"{name} is not a Parquet file that can be read: {error}") from None

    def load(found: Match) -> Columns:
        wanted = [n for n in (found.person, *found.occasions, *found.columns.values()) if n]
        try:
            table = file.read(columns=wanted)
            table.validate(full=True)
            nested = [n for n in wanted if pa.types.is_nested(table[n].type)]
        except damage as error:
            raise InputError(f"{name} is damaged: {error}") from None
        if nested:
            raise InputError(f"{name}: the column {nested[0]!r} holds lists or tables, not one answer a person")
        if not table.num_rows:
            raise InputError(f"{name} has no rows")
        return {n: table[n].combine_chunks() for n in wanted}

    return names, load


def _open_excel(content: bytes, name: str) -> tuple[list[str], Callable[[Match], Columns]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    except Exception as error:  # openpyxl raises whatever its XML parser and zip reader raise
        raise InputError(f"{name} is not an Excel file that can be read: {error}") from None
    rows = [row for row in rows if any(cell is not None for cell in row)]
    if len(rows) < 2:
        raise InputError(f"the first sheet of {name} has no rows of answers")
    names = ["" if cell is None else str(cell).strip() for cell in rows[0]]
    columns = {n: [row[place] if place < len(row) else None for row in rows[1:]] for place, n in enumerate(names) if n}
    return names, lambda found: columns


def _answers(name: str, columns: Columns, found: Match, mapped: Map, fields: Mapping, notes: list[str]) -> Answers:
    people = _people(name, columns, found, notes)
    arrays: dict[str, np.ndarray] = {}
    problems: dict[int, list[str]] = {}
    wrong: dict[str, set[str]] = {}
    refusals: dict[str, np.ndarray] = {}
    for column, theirs in found.columns.items():
        codes = mapped.codes.get(theirs) or _codes_of_field(column, theirs, fields)
        cells, places = _distinct(columns[theirs])
        answers, refused = _parsed(ITEMS[column], cells, codes, mapped.missing)
        arrays[column], rows = answers[places], np.flatnonzero(refused[places])
        refusals[column] = rows
        wrong[column] = {_text(cells[place]) for place in np.flatnonzero(refused)}
        for row in rows:
            said = f"{_both(column, theirs)}: {_shown(cells[places[row]])} is not {ITEMS[column].possible}"
            problems.setdefault(int(row), []).append(said)
        if len(rows) >= _WRONG_ENOUGH and len(rows) > np.count_nonzero(~np.isnan(arrays[column])):
            raise InputError(
                f"{name}, row {rows[0] + 1}, {problems[int(rows[0])][-1]}; so in {len(rows):,} rows. If the file has "
                f'codes of its own, give them in a map: [codes."{theirs}"]; if it is another column, rename it'
            )
    _refuse_one_and_two(name, found, wrong, arrays)
    _refuse_shifted(name, found, wrong, arrays)
    notes.extend(_doubts(found, arrays))
    if renamed := [f"{theirs} → {column}" for column, theirs in found.columns.items() if theirs != column]:
        notes.append(f"{len(renamed)} columns were recognised by another name: {_some(renamed)}")
    if found.unused:
        notes.append(f"{len(found.unused)} columns were not used: {_some(found.unused)}")
    return Answers(people, arrays, problems, notes, refusals)


def _some(names: Sequence[str], most: int = 4) -> str:
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def _both(column: str, theirs: str) -> str:
    return column if column == theirs else f"{theirs} ({column})"


def _people(name: str, columns: Columns, found: Match, notes: list[str]) -> list[str]:
    if not found.person:
        notes.append("there is no column of persons (person, record_id, …): the rows were numbered")
        first = columns[next(iter(found.columns.values()))]
        return [str(number) for number in range(1, len(first) + 1)]
    people = [_text(cell) for cell in _plain_list(columns[found.person])]
    if "" in people:
        raise InputError(f"{name}, row {people.index('') + 1}: no person in column {found.person!r}")
    if len(set(people)) < len(people) and found.occasions:
        when = list(zip(*(_plain_list(columns[occasion]) for occasion in found.occasions), strict=True))
        people = ["/".join(filter(None, (p, *map(_text, times)))) for p, times in zip(people, when, strict=True)]
    if len(set(people)) < len(people):
        rows: dict[str, int] = {}
        for row, person in enumerate(people, 1):
            if person in rows:
                raise InputError(
                    f"{name}: the person {person!r} stands in rows {rows[person]} and {row}. A row is a person; say "
                    'in a map which column tells occasions apart: occasion = "…"'
                )
            rows[person] = row
    return people


def _plain_list(values: Any) -> list[object]:
    return values if isinstance(values, list) else values.to_pylist()


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


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


def _parsed(item: Item, cells: list[object], codes: Mapping[str, float], missing) -> tuple[np.ndarray, np.ndarray]:
    """The answer in every cell, and which cells hold something that is none."""
    parsed = [parse(cell, item, codes, missing) for cell in cells]
    answers = np.array([math.nan if answer is None else answer for answer in parsed], float)
    refused = impossible(item, answers) | np.array([answer is None for answer in parsed], bool)
    answers[refused] = math.nan
    return answers, refused


def parse(
    cell: object, item: Item, codes: Mapping[str, float] = _NO_CODES, missing: frozenset[str] = frozenset()
) -> float | None:
    """The answer in a cell: NaN when there is none, None when the cell holds something else.

    >>> smoker = Item("smoker", 0, 1, labels=("no", "yes"))
    >>> [parse(cell, smoker) for cell in ("Yes", " 0 ", "", "2024-02-01", 1.0)]
    [1.0, 0.0, nan, None, 1.0]
    """
    if cell is None or isinstance(cell, float) and math.isnan(cell):
        return math.nan
    text = _text(cell)
    if text in codes:
        return codes[text]
    if text in missing or text.lower() in MISSING:
        return math.nan
    if isinstance(cell, bool):
        return float(cell) if item.labels == NO_YES else None
    if isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else None
    if isinstance(cell, time):
        return cell.hour + cell.minute / 60 if item.unit == "clock" else None
    if isinstance(cell, date | datetime):
        return None
    if item.unit == "clock" and (clock := _CLOCK.fullmatch(text)):
        return _clock(clock)
    if item.labels == NO_YES and text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if text.lower() in item.labels:
        return item.low + item.labels.index(text.lower())
    number = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None


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


def _refuse_one_and_two(
    name: str, found: Match, wrong: Mapping[str, set[str]], arrays: Mapping[str, np.ndarray]
) -> None:
    """Yes and no as 1 and 2: every no would be lost."""
    for column, theirs in found.columns.items():
        if ITEMS[column].labels == NO_YES and "2" in wrong[column] and not _any(arrays, [column], 0):
            raise InputError(
                f"{name}: the column {theirs!r} ({column}) holds 1 and 2 where 1 is yes and 0 is no. If 2 is "
                "no, say so "
                f'in a map: [codes."{theirs}"] with the lines 1 = 1 and 2 = 0'
            )


def _refuse_shifted(name: str, found: Match, wrong: Mapping[str, set[str]], arrays: Mapping[str, np.ndarray]) -> None:
    """Answers coded from 1 where ours begin at 0 are mostly possible, and all of them wrong."""
    for instrument in INSTRUMENTS.values():
        for low, high in {(i.low, i.high) for i in instrument.items if i.whole and i.high - i.low > 1}:
            group = [i.column for i in instrument.items if (i.low, i.high) == (low, high) and i.column in arrays]
            beyond = set().union(*(wrong[column] for column in group))
            shifts = ((1, high + 1, low), (-1, low - 1, high)) if low else ((1, high + 1, low),)  # -1 is no code
            for step, beyond_end, unused in shifts:
                if f"{beyond_end:g}" in beyond and not _any(arrays, group, unused):
                    theirs = found.columns[group[0]]
                    raise InputError(
                        f"{name}: the answers of {instrument.name} seem to run from {low + step:g} to {high + step:g}, "
                        f"not from {low:g} to {high:g} (column {theirs!r} and others). Say in a map what the codes of "
                        f'each column mean: [codes."{theirs}"]'
                    )


def _doubts(found: Match, arrays: Mapping[str, np.ndarray]) -> Iterator[str]:
    """What is possible and yet seldom true."""
    for instrument in INSTRUMENTS.values():
        group = [i.column for i in instrument.items if i.whole and i.low == 0 and i.high > 1 and i.column in arrays]
        if len(group) >= _MANY_ITEMS and len(arrays[group[0]]) >= _WRONG_ENOUGH and not _any(arrays, group, 0):
            yield (
                f"nobody answered 0 to any item of {instrument.name}: if the file counts from 1, all its scores "
                "are wrong. Give its codes in a map"
            )
    if {"psqi_bed", "psqi_up"} <= arrays.keys():
        hours = (arrays["psqi_up"] - arrays["psqi_bed"]) % 24
        if count := int(np.count_nonzero(hours > _LONG_IN_BED)):
            yield (
                f"{count:,} people spend more than {_LONG_IN_BED} hours in bed by "
                f"{found.columns['psqi_bed']!r}: if these "
                "are clock times of 12 hours, write 23:00 or 11:00 PM"
            )


def _any(arrays: Mapping[str, np.ndarray], columns: Sequence[str], value: float) -> bool:
    return any((arrays[column] == value).any() for column in columns)


def _codes_of_field(column: str, theirs: str, fields: Mapping) -> Mapping[str, float]:
    from neuroimmune.diagnose.redcap import codes

    return codes(column, theirs, fields) if fields else {}
