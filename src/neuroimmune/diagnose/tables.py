"""Tables as files hold them: CSV, Parquet, Excel and FHIR, told apart by their content."""

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from neuroimmune.diagnose.columns import Match
from neuroimmune.diagnose.fhir import responses
from neuroimmune.diagnose.text import decode
from neuroimmune.errors import InputError

Columns = dict[str, Any]  # the file's name → a pyarrow array or a list of Python values


@dataclass
class Table:
    """The columns of a file, a way to load those that are wanted, and what is to be said of the file and its rows."""

    names: list[str]
    load: Callable[[Match], Columns]
    notes: list[str] = field(default_factory=list)
    problems: dict[int, list[str]] = field(default_factory=dict)


def open_table(content: bytes, name: str) -> Table:
    """A file by its content. Raises InputError when it holds no table."""
    if content[:4] == b"PAR1":
        return _open_parquet(content, name)
    if content[:4] == b"PK\x03\x04":
        return _open_excel(content, name)
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise InputError(f"{name} is an Excel file of the old form (.xls): save it as .xlsx or CSV")
    notes: list[str] = []
    text = decode(content, name, notes)
    if text.lstrip()[:1] in "{[":
        problems: dict[int, list[str]] = {}
        columns = responses(text, name, notes, problems)
        return Table(list(columns), lambda found: columns, notes, problems)
    names, load = _open_csv(text, name)
    return Table(names, load, notes)


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


def _open_parquet(content: bytes, name: str) -> Table:
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

    return Table(names, load)


def _open_excel(content: bytes, name: str) -> Table:
    import openpyxl

    def rows_of(values: bool) -> list[list[object]]:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values)
        sheets.extend(sheet.title for sheet in book.worksheets[len(sheets) :])
        return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]

    sheets: list[str] = []
    try:
        rows = rows_of(values=True)
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            formulas = any(b"<f" in parts.read(part) for part in parts.namelist() if "worksheets/sheet" in part)
        if formulas:  # one whose value was never stored is shown as it stands, so that its row is marked
            rows = [
                [told if value is None else value for value, told in zip(*both, strict=True)]
                for both in zip(rows, rows_of(values=False), strict=True)
            ]
    except Exception as error:  # openpyxl raises whatever its XML parser and zip reader raise
        raise InputError(f"{name} is not an Excel file that can be read: {error}") from None
    rows = [row for row in rows if any(cell is not None for cell in row)]
    others = f"; only the first of {len(sheets)} sheets is read: {', '.join(sheets)}" if len(sheets) > 1 else ""
    if len(rows) < 2:
        raise InputError(f"the sheet {sheets[0]!r} of {name} has no rows of answers{others}")
    names = ["" if cell is None else str(cell).strip() for cell in rows[0]]
    columns = {n: [row[place] if place < len(row) else None for row in rows[1:]] for place, n in enumerate(names) if n}
    return Table(names, lambda found: columns, [f"the sheet {sheets[0]!r} was read{others}"] if others else [])
