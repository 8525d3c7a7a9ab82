"""Harms as events of a life: what a course of treated people tells of each of them."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from neuroimmune.course import Course
from neuroimmune.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


class Event(NamedTuple):
    """From when a reading counts: below or above a limit, at an hour of the day, or whenever it was saved."""

    variable: str
    limit: float
    below: bool
    hour: float | None
    source: str


EVENTS = {
    "low morning cortisol": Event("cortisol", 138.0, True, 8.0, "assumed: 5 ug/dL, a usual limit of insufficiency"),
    "few neutrophils": Event("neutrophils", 1.6, True, None, "bsr2017: act below 1.6 /nL"),
    "raised ALT": Event("alt", 100.0, False, None, "bsr2017: act above 100 U/L"),
    "doses withheld": Event("withheld", 0.5, False, None, "definition"),
    "infection beyond those of the same life": Event("infection_left", 0.5, False, None, "definition"),
    "serious infection": Event("serious_infection_left", 0.5, False, None, "definition"),
    "crash": Event("post_exertional_malaise", 40.0, False, 14.0, "assumed: between mild and moderate, as in cohorts"),
}
NEEDED = tuple(dict.fromkeys(event.variable for event in EVENTS.values()))


def events_of(course: Course) -> "pd.DataFrame":
    """A row for each person and kind of event that happened to them: its first day, and on how many days it was there.

    Of who could not be solved to the end nothing is told.
    Raises `InputError` if the course lacks what tells of them (`NEEDED`), or the hours at which it is read.

    >>> import neuroimmune as ni
    >>> from neuroimmune.treating import treat
    >>> found = events_of(treat(ni.Body(), "prednisolone 20 mg for 80 days", days=85, every=2, keep=NEEDED))
    >>> found.event.tolist(), bool(found.days.iloc[0] > 10)
    (['low morning cortisol'], True)
    """
    import pandas as pd

    lacking = [name for name in NEEDED if name not in course.values]
    if lacking:
        raise InputError(f"the course lacks {', '.join(lacking)}: keep them too, to tell of harms")
    rows = []
    for name, event in EVENTS.items():
        at = np.ones(len(course.times), bool) if event.hour is None else np.isclose(course.times % 24.0, event.hour)
        if not at.any():
            raise InputError(
                f"{event.variable} is read at {event.hour:g}:00, which was not saved; choose another `every`"
            )
        days, read = (course.times[at] // 24).astype(int), course.values[event.variable][:, at]
        there = read < event.limit if event.below else read > event.limit
        for person, has in zip(course.people, there, strict=True):
            when = np.unique(days[has])
            if len(when) and person not in course.failed:
                rows.append({"person": int(person), "event": name, "first day": int(when[0]), "days": len(when)})
    return pd.DataFrame(rows, columns=["person", "event", "first day", "days"])


def harms(treated: Course, other: Course) -> "pd.DataFrame":
    """A row a kind of event that happened in either arm: in what share of people, and on how many days a person."""
    import pandas as pd

    rows = []
    here, there = events_of(treated), events_of(other)
    for name in EVENTS:
        arms = [
            (found.loc[found.event == name], max(len(course) - len(course.failed), 1))
            for found, course in ((here, treated), (there, other))
        ]
        if any(len(found) for found, _ in arms):
            (one, people), (two, others) = arms
            rows.append(
                {
                    "event": name, "treated [%]": 100 * len(one) / people, "other [%]": 100 * len(two) / others,
                    "days": one.days.sum() / people, "other days": two.days.sum() / others,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)
