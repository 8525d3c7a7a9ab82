"""Which column of a file holds which answer: by our names, by names known from other data sets, or by a map."""

import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from neuroimmune.diagnose.answers import likely
from neuroimmune.diagnose.instruments import INSTRUMENTS, ITEMS
from neuroimmune.diagnose.instruments.dsq import SYMPTOMS
from neuroimmune.errors import InputError, nearest

PERSONS = ("person", "person_id", "record_id", "participant_id", "subject_id", "patient_id", "study_id", "id")
OCCASIONS = ("redcap_event_name", "redcap_repeat_instance", "occasion", "visit", "event")
_NUMBERED = re.compile(r"(.+)_(\d+)$")
_DEPAUL = re.compile(r"[a-z]+_?(\d\d[ab]?)_?([fs])")  # a word, the printed number, f or s: heavy14f
_NOT_DEPAUL = re.compile(
    r"(rand|sf|mos|cfq|mfi|fss|cis|funcap|psqi|hads|phq|gad|compass|wpi|sss|aapt|fiqr|isi|bell)\d*_?\d"
)


@dataclass(frozen=True)
class Map:
    """What a TOML file says about the columns of a data file."""

    person: str = ""
    occasion: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)  # our name → the file's
    codes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # the file's column → its codes → ours
    missing: frozenset[str] = frozenset()


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
    keys = {"person": str, "occasion": str, "columns": dict, "codes": dict, "missing": list}
    for key, value in given.items():
        if key not in keys:
            raise InputError(f"the map {path} has an unknown key {key!r}{nearest(key, keys)}")
        if not isinstance(value, keys[key]):
            raise InputError(f"{key} in the map {path} must be a {keys[key].__name__}, not {value!r}")
    for column, name in given.get("columns", {}).items():
        if column not in ITEMS:
            raise InputError(f"the map {path} names a column {column!r} that does not exist{likely(column, ITEMS)}")
        if not isinstance(name, str):
            raise InputError(f"{column} in the map {path} must be the name of a column, not {name!r}")
    return Map(
        given.get("person", ""),
        given.get("occasion", ""),
        given.get("columns", {}),
        {column: _codes(path, column, codes) for column, codes in given.get("codes", {}).items()},
        frozenset(str(value) for value in given.get("missing", [])),
    )


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


def recognise(name: str) -> str | None:
    """The answer a column holds, by its name.

    >>> [recognise(name) for name in ("PHQ9_q1", "heavy14f", "mos3a", "dsq-41b-s", "hair colour")]
    ['phq9_1', 'dsq_14f', 'rand36_3', 'dsq_41bs', None]
    """
    spelled = plain(name)
    if spelled in KNOWN:
        return KNOWN[spelled]
    depaul = _DEPAUL.fullmatch(spelled)
    if depaul and depaul[1] in SYMPTOMS and not _NOT_DEPAUL.match(spelled):
        return f"dsq_{depaul[1]}{depaul[2]}"
    return None


def match(names: Iterable[str], mapped: Map) -> Match:
    """Find who answered and what in the columns of a file. Raises InputError for a column that is named twice "
    "or missing."""
    names = list(names)
    for wanted in filter(None, (mapped.person, mapped.occasion, *mapped.columns.values(), *mapped.codes)):
        if wanted not in names:
            raise InputError(f"the map names a column {wanted!r}, which the file lacks{likely(wanted, names)}")
    found = dict(mapped.columns)
    taken = {*found.values(), mapped.person, mapped.occasion}
    for name in names:
        column = recognise(name) if name not in taken else None
        if column is None or column in mapped.columns:
            continue
        if column in found:
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
