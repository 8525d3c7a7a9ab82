"""Random numbers that depend on seed, person, purpose and occasion: not on threads, batches, or who else is drawn."""

import hashlib
from collections.abc import Sequence
from numbers import Integral

import numpy as np

from neuroimmune.errors import InputError

NEAR = 50  # people apart: drawing for those between is quicker than beginning again


def uniform(seed: int, purpose: str, people: Sequence[int] | np.ndarray, occasion: int = 0) -> np.ndarray:
    """One number between 0 and 1 for each person, shape (people,).

    Philox, keyed by seed and purpose; person and occasion are the counter. Raises `InputError` for a seed that is not
    a whole number from 0 to 2**64 - 1.

    >>> bool(uniform(7, "age", [3])[0] == uniform(7, "age", [1, 2, 3])[2])
    True
    """
    if not isinstance(seed, Integral) or not 0 <= seed < 2**64:
        raise InputError(f"a seed is a whole number from 0 to 2**64 - 1, not {seed!r}")
    people = np.asarray(people, dtype=np.int64)
    word = _word(purpose)
    raw = np.empty(len(people), np.uint64)
    gaps = np.flatnonzero((np.diff(people) < 1) | (np.diff(people) > NEAR)) + 1
    for run in np.split(np.arange(len(people)), gaps):  # people who follow each other are one sequence of the generator
        if len(run):
            first, last = int(people[run[0]]), int(people[run[-1]])
            generator = np.random.Philox(key=[np.uint64(seed), np.uint64(word)], counter=[first, 0, 0, occasion])
            raw[run] = generator.random_raw(4 * (last - first + 1))[::4][people[run] - first]
    return ((raw >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def normal(seed: int, purpose: str, people: Sequence[int] | np.ndarray, occasion: int = 0) -> np.ndarray:
    """One standard normal number for each person, shape (people,)."""
    from scipy.special import ndtri

    return ndtri(uniform(seed, purpose, people, occasion))


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Many numbers for one purpose that are nobody's own, such as the noise of simulated studies."""
    return np.random.Generator(np.random.Philox(key=[np.uint64(seed), np.uint64(_word(purpose))]))


def _word(purpose: str) -> int:
    return int.from_bytes(hashlib.blake2b(purpose.encode(), digest_size=8).digest(), "little")
