"""Kleene's three-valued logic on arrays: no, cannot say, yes."""

from collections.abc import Sequence

import numpy as np

NO, CANNOT_SAY, YES = 0, 1, 2
WORDS = ("no", "cannot say", "yes")


def truth(holds: np.ndarray, fails: np.ndarray) -> np.ndarray:
    """Yes where it certainly holds, no where it certainly fails, cannot say where neither is certain.

    >>> truth(np.array([True, False, False]), np.array([False, True, False]))
    array([2, 0, 1], dtype=int8)
    """
    return (CANNOT_SAY + np.asarray(holds, np.int8) - np.asarray(fails, np.int8)).astype(np.int8)


def negate(value: np.ndarray) -> np.ndarray:
    """Yes and no change places.

    >>> negate(np.array([0, 1, 2], dtype=np.int8))
    array([2, 1, 0], dtype=int8)
    """
    return (YES - value).astype(np.int8)


def at_least(count: int, values: Sequence[np.ndarray]) -> np.ndarray:
    """Whether `count` of the values are yes: `and` is all of them, `or` is one of them.

    >>> at_least(2, [np.array([2, 2, 0]), np.array([2, 1, 1]), np.array([1, 0, 0])])
    array([2, 1, 0], dtype=int8)
    """
    yes = sum(np.asarray(value == YES, np.int16) for value in values)
    no = sum(np.asarray(value == NO, np.int16) for value in values)
    return truth(np.asarray(yes) >= count, np.asarray(no) > len(values) - count)


def agreed(values: Sequence[np.ndarray]) -> np.ndarray:
    """Yes or no where every answer that was given says so; cannot say where they contradict each other, or none is.

    >>> agreed([np.array([2, 2, 2, 0, 1]), np.array([2, 1, 0, 1, 1])])
    array([2, 2, 1, 0, 1], dtype=int8)
    """
    yes = np.any([value == YES for value in values], axis=0)
    no = np.any([value == NO for value in values], axis=0)
    return truth(yes & ~no, no & ~yes)
