"""What can happen to a person at a moment: a jump of a state, a new value of an input, or failure of the solution."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

BOLUS, SET_INPUT = 0, 1
STEP_TOO_SMALL, NOT_FINITE = 1, 2
FAILURES = {STEP_TOO_SMALL: "the step became too small", NOT_FINITE: "a state was not finite"}


class Event(NamedTuple):
    """At `time` (hours), add `value` to state `row`, or let the pulse on input `row` be `value`."""

    time: float
    kind: int
    row: int
    value: float


def table(events_of_people: Sequence[Sequence[Event]]) -> tuple[np.ndarray, ...]:
    """First and last index of each person, then time, kind, row and value of all events, by person and time."""
    counts = np.array([len(events) for events in events_of_people], dtype=np.int64)
    last = np.cumsum(counts)
    flat = [event for events in events_of_people for event in sorted(events, key=lambda e: e.time)]
    return (
        last - counts, last,
        np.array([e.time for e in flat], dtype=np.float64), np.array([e.kind for e in flat], dtype=np.int64),
        np.array([e.row for e in flat], dtype=np.int64), np.array([e.value for e in flat], dtype=np.float32),
    )  # fmt: skip
