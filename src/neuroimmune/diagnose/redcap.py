"""REDCap: the data dictionary of a project, and templates for a new one."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from neuroimmune.diagnose.instrument import NO_YES, Instrument, Item
from neuroimmune.diagnose.instruments import ITEMS
from neuroimmune.diagnose.text import content_of, decode, label_code, number_in
from neuroimmune.errors import InputError

HEADER = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
_NAME, _TYPE, _CHOICES = HEADER[0], HEADER[3], HEADER[5]
_COLUMN_NAMES = {  # the short names some exports have instead
    _NAME: "field_name",
    _TYPE: "field_type",
    _CHOICES: "select_choices_or_calculations",
}


@dataclass(frozen=True)
class Field:
    """A field of a project: its kind, and what its codes mean."""

    kind: str
    choices: Mapping[str, str]


def read_dictionary(path: Path) -> dict[str, Field]:
    """Read a data dictionary. Raises InputError when it is none."""
    text = decode(content_of(Path(path)), Path(path).name, [])
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
    except csv.Error as error:
        raise InputError(f"the dictionary {path} cannot be read: {error}") from None
    fields: dict[str, Field] = {}
    for number, row in enumerate(rows, 1):
        cells = {key: row.get(key) or row.get(short) or "" for key, short in _COLUMN_NAMES.items()}
        if not cells[_NAME]:
            raise InputError(
                f"the dictionary {path}, row {number}: no {_NAME!r}. Is it the data dictionary that REDCap exports?"
            )
        kind = cells[_TYPE].strip().lower()
        fields[cells[_NAME].strip()] = Field(kind, _choices(cells[_CHOICES]) if kind not in ("calc", "slider") else {})
    if not fields:
        raise InputError(f"the dictionary {path} has no fields")
    return fields


def _choices(text: str) -> dict[str, str]:
    """
    >>> _choices("0, No | 1, Yes, often")
    {'0': 'No', '1': 'Yes, often'}
    """
    pairs = (choice.partition(",") for choice in text.split("|") if "," in choice)
    return {code.strip(): label.strip() for code, _, label in pairs}


def labels_of(column: str, theirs: str, fields: Mapping[str, Field]) -> dict[str, float]:
    """What the labels of an export mean. Raises InputError when the project codes an item otherwise than we do."""
    field = fields.get(re.sub(r"___.*$", "", theirs))
    item = ITEMS[column]
    if field is None or "___" in theirs or not field.choices or not item.whole:
        return {}
    numbers = {code: number_in(code) for code in field.choices}
    codes = {code: number for code, number in numbers.items() if number is not None and number in item.codes}
    strange = [code for code in field.choices if code not in codes]
    turned = [code for code, number in codes.items() if label_code(field.choices[code], item) not in (None, number)]
    if turned or strange and set(item.codes) - set(codes.values()):
        code = (turned or strange)[0]
        ours = "; ".join(f"{code}, {label}" for code, label in zip(item.codes, item.labels, strict=False))
        raise InputError(
            f"the dictionary codes {theirs!r} ({column}) with '{code}, {field.choices[code]}', but an answer is "
            f'{ours or item.possible}. Say in a map what each code means: [codes."{theirs}"]'
        )
    return {field.choices[code]: number for code, number in codes.items()}


def dictionary(instrument: Instrument) -> str:
    """The data dictionary that makes a form of an instrument in REDCap.

    >>> from neuroimmune.diagnose.instruments import INSTRUMENTS
    >>> print(dictionary(INSTRUMENTS["gad7"]).splitlines()[2][:40])
    gad7_1,gad7,,radio,item 1,"0, not at all
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    form = instrument.key.replace("-", "_")
    writer.writerow(["record_id", form, "", "text", "person"] + [""] * (len(HEADER) - 5))
    for item in instrument.items:
        writer.writerow(_field(item, form))
    return out.getvalue()


def _field(item: Item, form: str) -> list[str]:
    kind, choices, check, low, high = "text", "", "", "", ""
    if item.labels == NO_YES:
        kind = "yesno"
    elif item.whole and len(item.codes) <= 20:
        kind, labels = "radio", item.labels or [str(code) for code in item.codes]
        choices = " | ".join(f"{code}, {label}" for code, label in zip(item.codes, labels, strict=True))
    else:
        check, low, high = ("integer" if item.whole else "number"), f"{item.low:g}", f"{item.high:g}"
    note = f"{item.unit}" if item.unit else ""
    row = [item.column, form, "", kind, item.meaning or item.column, choices, note, check, low, high]
    return row + [""] * (len(HEADER) - len(row))


def template(instrument: Instrument) -> str:
    """The header of an empty CSV file of an instrument."""
    return ",".join(("record_id", *instrument.columns)) + "\n"
