"""Which column of a file holds which answer: by our names, by names known from other data sets, or by a map."""

import math
import re
import tomllib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from neuroimmune.diagnose.answers import likely
from neuroimmune.diagnose.instruments import INSTRUMENTS, ITEMS
from neuroimmune.diagnose.instruments.dsq import SYMPTOMS
from neuroimmune.diagnose.text import code_of
from neuroimmune.errors import InputError, nearest

PERSONS = ("person", "person_id", "record_id", "participant_id", "subject_id", "patient_id", "study_id", "id")
OCCASIONS = ("redcap_event_name", "redcap_repeat_instance", "occasion", "visit", "event")
UNITS = {
    "months": {"months": 1, "years": 12, "weeks": 7 * 12 / 365.25, "days": 12 / 365.25}
}  # ours → theirs → how many
_NUMBERED = re.compile(r"(.+)_(\d+)$")
_DEPAUL = re.compile(r"([a-z]+_?)(\d\d[ab]?)(_?)([fs])")  # a word, the printed number, f or s: heavy14f
_OTHER = {"f": "s", "s": "f"}


@dataclass(frozen=True)
class Codes:
    """What the cells of one column mean where they do not mean themselves."""

    own: Mapping[str, float] | None = None  # what the user says: complete, so any other cell is no answer
    labels: Mapping[str, float] = field(default_factory=dict)  # what a data dictionary says, beside our own
    missing: frozenset[str] = frozenset()
    missing_everywhere: frozenset[str] = frozenset()  # those that were not said of this very column
    times: float = 1.0  # what a number counts in our unit

    def with_labels(self, labels: Mapping[str, float]) -> "Codes":
        return replace(self, labels=labels)

    def everywhere(self, cell: object) -> bool:
        """Whether a cell is missing only because the map says so of all columns."""
        return bool(self.missing_everywhere) and self.own is None and code_of(cell) in self.missing_everywhere


@dataclass(frozen=True)
class Map:
    """What a TOML file says about the columns of a data file. A name there may be a pattern: `heavy*`, `*f`."""

    person: str = ""
    occasion: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)  # our name → the file's
    codes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # the file's column → its codes → ours
    missing: Mapping[str, Sequence[object]] = field(default_factory=dict)  # the file's column → its codes; * is any
    units: Mapping[str, str] = field(default_factory=dict)  # our name → the unit of the file

    def codes_of(self, column: str, theirs: str) -> Codes:
        """What the map says about one column."""
        own = _of(self.codes, theirs)
        missing = frozenset(map(code_of, _of(self.missing, theirs) or ()))
        return Codes(
            {code_of(code): value for code, value in own.items()} if own else None,
            missing=missing,
            missing_everywhere=missing if theirs not in self.missing else frozenset(),
            times=UNITS[ITEMS[column].unit][self.units[column]] if column in self.units else 1.0,
        )


def _of(said: Mapping[str, Any], name: str) -> Any:
    """What is said of a name: by the name itself, or by the first pattern it fits."""
    return said.get(name) or next((value for pattern, value in said.items() if fnmatchcase(name, pattern)), None)


@dataclass(frozen=True)
class Match:
    """The columns of a file that hold who answered, when, and what."""

    person: str
    occasions: tuple[str, ...]
    columns: dict[str, str]
    unused: tuple[str, ...]


def read_map(path: Path) -> Map:
    """Read a map. Raises InputError for an unknown key or column."""
    try:
        given = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"the map {path} cannot be read: {error}") from None
    keys = {"person": str, "occasion": str, "columns": dict, "codes": dict, "missing": list | dict}
    for key, value in given.items():
        if key not in keys:
            raise InputError(f"the map {path} has an unknown key {key!r}{nearest(key, keys)}")
        if not isinstance(value, keys[key]):
            kinds = {str: "text", dict: "a table", list | dict: "a list or a table"}
            raise InputError(f"{key} in the map {path} must be {kinds[keys[key]]}, not {value!r}")
    columns, units = {}, {}
    for column, name in given.get("columns", {}).items():
        if isinstance(name, dict):
            units[column], name = _unit(path, column, name), name.get("column")
        columns[column] = name
        if column not in ITEMS:
            swapped = f'. If it is a column of the file, write {name} = "{column}"' if name in ITEMS else ""
            raise InputError(
                f"the map {path} names a column {column!r} that does not exist{swapped or likely(column, ITEMS)}"
            )
        if not isinstance(name, str):
            raise InputError(f"{column} in the map {path} must be the name of a column, not {name!r}")
    missing = given.get("missing", {})
    missing = {"*": missing} if isinstance(missing, list) else missing
    for column, values in missing.items():
        if not isinstance(values, list):
            raise InputError(f"missing.{column} in the map {path} must be a list of codes, not {values!r}")
    codes = {column: _codes(path, column, codes) for column, codes in given.get("codes", {}).items()}
    return Map(given.get("person", ""), given.get("occasion", ""), columns, codes, missing, units)


def _unit(path: Path, column: str, said: Mapping[str, object]) -> str:
    ours = ITEMS[column].unit if column in ITEMS else ""
    unit, possible = str(said.get("unit")), UNITS.get(ours, {ours: 1})
    if unit not in possible:
        raise InputError(f"the unit of {column} in the map {path} cannot be {unit!r}; possible: {', '.join(possible)}")
    return unit


def _codes(path: Path, column: str, codes: object) -> dict[str, float]:
    if not isinstance(codes, dict) or not all(isinstance(v, int | float) and abs(v) < math.inf for v in codes.values()):
        raise InputError(f"codes.{column} in the map {path} must give a number for each of the file's codes")
    return {str(code): float(value) for code, value in codes.items()}


def plain(name: str) -> str:
    """A name without case, spaces and signs.

    >>> plain(" PHQ-9 (item 1)")
    'phq_9_item_1'
    """
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def _known() -> dict[str, str]:
    """Every spelling of a column: phq9_1 is also phq9_q1, phq9_01, phq_9_1."""
    known: dict[str, str] = {}
    for instrument in INSTRUMENTS.values():
        known |= {plain(other): column for other, column in instrument.also.items()}
    for column in ITEMS:
        spellings = {column}
        if numbered := _NUMBERED.fullmatch(column):
            stem, number = numbered[1], int(numbered[2])
            stems = {stem, re.sub(r"(?<=[a-z])(?=\d)", "_", stem)}
            spellings |= {
                f"{s}_{form}" for s in stems for form in (number, f"{number:02d}", f"q{number}", f"item{number}")
            }
            spellings |= {f"{s}q{number}" for s in stems}
        known |= dict.fromkeys(spellings, column)
    return known


KNOWN = _known()


def recognise(name: str, beside: Container[str] = ()) -> str | None:
    """The answer a column holds, by its name.

    A word with a number and f or s is a symptom of the DSQ only where the other of the two stands `beside` it.

    >>> [recognise(name) for name in ("PHQ9_q1", "mos3a", "dsq-41b-s", "hair colour", "heavy14f")]
    ['phq9_1', 'rand36_3', 'dsq_41bs', None, None]
    >>> recognise("heavy14f", {"heavy14f", "heavy14s"})
    'dsq_14f'
    """
    spelled = plain(name)
    if spelled in KNOWN:
        return KNOWN[spelled]
    depaul = _DEPAUL.fullmatch(spelled)
    if depaul and depaul[2] in SYMPTOMS:
        word, number, gap, kind = depaul.groups()
        if word.strip("_") == "dsq" or f"{word}{number}{gap}{_OTHER[kind]}" in beside:
            return f"dsq_{number}{kind}"
    return None


def match(names: Iterable[str], mapped: Map) -> Match:
    """Find who answered and what in the columns of a file.

    Raises InputError for a column that is named twice or missing.
    """
    names = list(names)
    for wanted in filter(None, (mapped.person, mapped.occasion, *mapped.columns.values())):
        if wanted not in names:
            raise InputError(f"the map names a column {wanted!r}, which the file lacks{likely(wanted, names)}")
    for pattern in (*mapped.codes, *mapped.missing):
        if pattern not in names and not any(fnmatchcase(name, pattern) for name in names):
            raise InputError(f"the map names a column {pattern!r}, which the file lacks{likely(pattern, names)}")
    found = dict(mapped.columns)
    taken = {*found.values(), mapped.person, mapped.occasion}
    spelled = frozenset(map(plain, names))
    for name in names:
        column = recognise(name, spelled) if name not in taken else None
        if column is None or column in mapped.columns:
            continue
        if column in found:
            if found[column] == name:
                raise InputError(f"the file has the column {name!r} more than once: rename one of them")
            raise InputError(
                f"the columns {found[column]!r} and {name!r} both hold {column}: give the right one in a map, "
                f'under [columns]: {column} = "{name}"'
            )
        found[column] = name
    person = mapped.person or _first(PERSONS, names, found)
    occasions = (mapped.occasion,) if mapped.occasion else tuple(n for n in names if plain(n) in OCCASIONS)
    used = {person, *occasions, *found.values()}
    if twice := sorted(name for name in used if names.count(name) > 1):
        raise InputError(f"the file has the column {twice[0]!r} more than once: rename one of them")
    return Match(person, occasions, found, tuple(name for name in names if name not in used))


def _first(wanted: Iterable[str], names: list[str], found: Mapping[str, str]) -> str:
    free = {plain(name): name for name in reversed(names) if name not in found.values()}
    return next((free[name] for name in wanted if name in free), "")
