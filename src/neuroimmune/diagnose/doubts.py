"""What makes a file of answers doubtful as a whole: refused where it is surely wrong, told where it may be."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

import numpy as np

from neuroimmune.diagnose.columns import Match, plain
from neuroimmune.diagnose.instrument import NO_YES, Instrument
from neuroimmune.diagnose.instruments import INSTRUMENTS, ITEMS
from neuroimmune.errors import InputError

_MANY_ITEMS, _MANY_ANSWERS = 5, 20
_SHARE = 0.05  # of the answers to one column: typing errors are rarer
_ALIKE = 0.85  # two names of which one is a misspelling
_LONG_IN_BED = 16  # hours
_YEARS_AT_MOST = 6  # months of illness that nobody in a study of long illness exceeds

Arrays = Mapping[str, np.ndarray]
Wrong = Mapping[str, Counter[str]]  # column → codes that are no answer, and how often


def refuse(name: str, found: Match, wrong: Wrong, arrays: Arrays) -> None:
    """Raises InputError when codes are surely not those of the questionnaire."""
    _refuse_one_and_two(name, found, wrong, arrays)
    for instrument in INSTRUMENTS.values():
        for pool in _pools(instrument, arrays):
            _refuse_shifted(name, instrument, pool, 1, found, wrong, arrays)
            for column in pool:
                if (answered := _answered(arrays, column)) >= _MANY_ANSWERS:
                    _refuse_shifted(name, instrument, [column], _SHARE * answered, found, wrong, arrays)
    clocks = [arrays[column] for column in ("psqi_bed", "psqi_up") if column in arrays]
    times = np.concatenate([values[~np.isnan(values)] for values in clocks]) if len(clocks) == 2 else np.array([])
    if times.size and (times < 1).all():
        raise InputError(
            f"{name}: the clock times in {found.columns['psqi_bed']!r} and {found.columns['psqi_up']!r} are all below "
            "1, so they are fractions of a day, as a spreadsheet keeps them. Write them as 23:30 or 23.5"
        )


def _refuse_one_and_two(name: str, found: Match, wrong: Wrong, arrays: Arrays) -> None:
    """Yes and no as 1 and 2: every no would be lost."""
    for column, theirs in found.columns.items():
        if ITEMS[column].labels == NO_YES and "2" in wrong[column] and not _count(arrays, [column], 0):
            raise InputError(
                f"{name}: the column {theirs!r} ({column}) holds 1 and 2 where 1 is yes and 0 is no. If 2 is no, say "
                f'so in a map: [codes."{theirs}"] with the lines 1 = 1 and 2 = 0'
            )


def _pools(instrument: Instrument, arrays: Arrays) -> Iterator[list[str]]:
    """The columns of an instrument that are coded alike: a frequency is another kind of answer than a severity."""
    kinds: dict[object, list[str]] = {}
    for item in instrument.items:
        if item.whole and item.high - item.low > 1 and item.column in arrays:
            kinds.setdefault((item.low, item.high, item.labels), []).append(item.column)
    yield from kinds.values()


def _refuse_shifted(
    name: str, instrument: Instrument, pool: list[str], least: float, found: Match, wrong: Wrong, arrays: Arrays
) -> None:
    """Answers coded from 1 where ours begin at 0 are mostly possible, and all of them wrong.

    Such a file has more answers just beyond one end than at the other, and `least` of them.
    """
    low, high = ITEMS[pool[0]].low, ITEMS[pool[0]].high
    shifts = ((1, high + 1, low), (-1, low - 1, high)) if low else ((1, high + 1, low),)  # -1 is no code
    for step, beyond_end, unused in shifts:
        beyond = sum(wrong[column][f"{beyond_end:g}"] for column in pool)
        if beyond >= least and beyond > _count(arrays, pool, unused):
            theirs = next(found.columns[column] for column in pool if wrong[column][f"{beyond_end:g}"])
            raise InputError(
                f"{name}: answers to {instrument.name} seem to run from {low + step:g} to {high + step:g}, not from "
                f"{low:g} to {high:g} (column {theirs!r}). Say in a map what the codes mean, of this column or of "
                f'several at once: [codes."{theirs}"], [codes."{theirs[:3]}*"]'
            )


def told(found: Match, arrays: Arrays) -> Iterator[str]:
    """What is possible and yet seldom true, and what of the file was understood how."""
    for instrument in INSTRUMENTS.values():
        for group in _pools(instrument, arrays):
            if ITEMS[group[0]].low == 0 and len(group) >= _MANY_ITEMS and len(arrays[group[0]]) >= _MANY_ANSWERS:
                if not _count(arrays, group, 0):
                    yield (
                        f"nobody answered 0 to any item of {instrument.name} ({found.columns[group[0]]!r}, …): if the "
                        "file counts from 1, all its scores are wrong. Give its codes in a map"
                    )
    if {"psqi_bed", "psqi_up"} <= arrays.keys():
        hours = (arrays["psqi_up"] - arrays["psqi_bed"]) % 24
        if count := int(np.count_nonzero(hours > _LONG_IN_BED)):
            yield (
                f"{people(count)} more than {_LONG_IN_BED} hours in bed by {found.columns['psqi_bed']!r}: if these are "
                "clock times of 12 hours, write 23:00 or 11:00 PM"
            )
    for column, theirs in found.columns.items():
        values = arrays[column][~np.isnan(arrays[column])]
        if ITEMS[column].unit == "months" and len(values) >= _MANY_ITEMS and values.max() <= _YEARS_AT_MOST:
            yield (
                f"nobody has more than {_YEARS_AT_MOST} {ITEMS[column].unit} in {theirs!r} ({column}): if it counts "
                f'years, say so in a map: {column} = {{ column = "{theirs}", unit = "years" }}'
            )
    for instrument in INSTRUMENTS.values():
        for alert in instrument.alerts:
            if alert.column not in arrays and any(column in arrays for column in instrument.columns):
                unread = [name for name in found.unused if plain(name).startswith(instrument.key)]
                perhaps = f"; is it {' or '.join(unread)}? Say so in a map" if unread else ""
                yield f"the file has no {alert.column}, so {alert.unasked}{perhaps}"
    if renamed := [f"{theirs} → {column}" for column, theirs in found.columns.items() if theirs != column]:
        yield f"recognised by another name: {counted(renamed)}"
    if found.unused:
        free = [column for column in ITEMS if column not in arrays]
        near = {name: get_close_matches(plain(name), free, 1, _ALIKE) for name in found.unused[:_MANY_ANSWERS]}
        meant = ", ".join(f"{names[0]} by {name}" for name, names in near.items() if names)
        yield f"not used: {counted(found.unused)}{f'; did you mean {meant}?' if meant else ''}"


def _answered(arrays: Arrays, column: str) -> int:
    return int(np.count_nonzero(~np.isnan(arrays[column])))


def people(count: int) -> str:
    return "1 person spends" if count == 1 else f"{count:,} people spend"


def counted(names: Sequence[str], most: int = 4) -> str:
    """
    >>> counted(["a", "b", "c"], most=2)
    '3 columns (a, b, …)'
    """
    size = f"{len(names):,} column{'s' * (len(names) != 1)}"
    return f"{size} ({', '.join(names[:most])}{', …' * (len(names) > most)})"


def _count(arrays: Arrays, columns: Sequence[str], value: float) -> int:
    return sum(int(np.count_nonzero(arrays[column] == value)) for column in columns)
