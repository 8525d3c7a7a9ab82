"""What papers report of the readings of a group of people: one definition for comparing, validating and fitting.

A row's people are read at its hour. For peaks, and for changes without an hour, they are read half-hourly from zero to
the end of the protocol, and each person's greatest reading counts; the time of the peak is that of the mean curve. For
the mean of the day they are read half-hourly for 24 hours, and so for a cosinor: the mean over people of each person's
harmonic regression, a level and waves of 24 and 12 hours, whose peak, trough and hour of the peak are told. For how
long something is there, and in how many people it ever is, they are read at `VISITS`, for every reading has noise.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

BEFORE = 0.01  # hours before zero at which what is read "before" is read
SAMPLED = 0.5  # hours between the readings of which the greatest is taken: papers sample every 30 to 60 minutes

Readings = np.ndarray
Summary = Callable[[Readings, Readings], np.ndarray]


def _mean(at: Readings, before: Readings) -> np.ndarray:
    return at.mean(-1)


def _median(at: Readings, before: Readings) -> np.ndarray:
    return np.median(at, axis=-1)


def _geometric_mean(at: Readings, before: Readings) -> np.ndarray:
    return np.exp(np.log(np.maximum(at, np.finfo(float).tiny)).mean(-1))


def _fold(at: Readings, before: Readings) -> np.ndarray:
    return at.mean(-1) / before.mean(-1)


def _percent(at: Readings, before: Readings) -> np.ndarray:
    return 100.0 * (_fold(at, before) - 1.0)


def _cohen(at: Readings, before: Readings) -> np.ndarray:
    return standardised_difference(at, before)


def standardised_difference(cases: Readings, controls: Readings) -> Any:
    """Of means, in standard deviations pooled over both groups, shape (...); who was not read (NaN) does not count.

    >>> round(float(standardised_difference(np.array([3.0, 5.0, np.nan]), np.array([1.0, 3.0]))), 3)
    1.414
    """
    pooled = np.sqrt((np.nanvar(cases, -1, ddof=1) + np.nanvar(controls, -1, ddof=1)) / 2.0)
    return (np.nanmean(cases, -1) - np.nanmean(controls, -1)) / np.maximum(pooled, 1e-9)


# Of readings at the time and before, both (..., people). Changes are those of the group's mean; the standard deviation
# of Cohen's d is that of the readings, both times pooled.
STATISTICS: dict[str, Summary] = {
    "mean": _mean, "geometric mean": _geometric_mean, "median": _median,
    "peak": _mean, "median peak": _median, "geometric mean peak": _geometric_mean, "time of peak": _mean,
    "mean time of peak": _mean, "median time of peak": _median, "half-life": _mean, "mean of day": _mean,
    "cosinor peak": _mean, "cosinor trough": _mean, "time of cosinor peak": _mean,
    "mean duration": _mean, "median duration": _median, "percent ever": _mean,
    "percent change": _percent, "fold change": _fold, "cohen d": _cohen,
}  # fmt: skip
PEAKS = ("peak", "median peak", "geometric mean peak", "time of peak")
OF_EACH = ("mean time of peak", "median time of peak", "half-life")  # hours, of each person's own curve
BEYOND = re.compile(r"percent (ever )?(below|above) ([\d.]+)")  # share of people whose reading, or any, is beyond
RELATIVE = ("percent change", "fold change", "cohen d")  # compared with before in themselves
EVER = ("mean duration", "median duration", "percent ever")
COSINOR = ("cosinor peak", "cosinor trough", "time of cosinor peak")
HOURS = ("time of peak", "time of cosinor peak", "mean duration", "median duration", *OF_EACH)
OF_DAY = (*COSINOR, "mean of day")
UNTIMED = (*PEAKS, *OF_EACH, *RELATIVE, *OF_DAY, *EVER)  # may have no hour
OWN_UNIT = (*RELATIVE, *HOURS, "percent ever")  # not in the unit of the quantity
# From when something counts as there, in the unit of the quantity: a titre of twice what is just not detected; symptoms
# a seventh of the scale above those before (assumed: five times the noise of a reading); fever at 37.8 degrees where
# the mean of the day is 36.8 (dobreva2021).
PRESENT = {"airway_titre": np.log10(2.0), "ebv_titre": np.log10(2.0), "sickness": 15.0, "temperature": 1.0}
FROM_REST = ("airway_titre", "ebv_titre", "temperature")  # counted from nothing, or the day's mean, not from before
VISITS = {30.0: 12.0, np.inf: 24.0}  # hours between readings for that, in a study of up to so many days


def sampled(row: Any, end: float) -> np.ndarray:
    """The hours after zero at which the people of a row are read, when the protocol ends at the hour `end`."""
    if row.statistic in OF_DAY:
        return np.arange(0.0, 24.0, SAMPLED)
    if row.statistic in EVER:
        return np.arange(0.0, end + 1e-9, next(hours for days, hours in VISITS.items() if end <= 24 * days))
    if row.statistic in PEAKS or np.isnan(row.time_h):
        return np.arange(0.0, end + 1e-9, SAMPLED)
    return np.array([float(row.time_h)])


def statistic(row: Any, readings: Readings, before: Readings, hours: np.ndarray) -> np.ndarray:
    """The number of a row of targets, from readings (..., people, hours) and those before (..., people).

    A duration is that in those in whom something was there, as many hours as readings say. It is the rise above the
    same number before where the row has a `rise`.

    >>> from types import SimpleNamespace
    >>> row = SimpleNamespace(statistic="fold change", time_h=2.0, rise=float("nan"))
    >>> float(statistic(row, np.array([[4.0], [8.0]]), np.array([1.0, 2.0]), np.array([2.0])))
    4.0
    """
    if row.statistic == "time of peak":
        return hours[readings.mean(-2).argmax(-1)]
    if row.statistic in OF_EACH:
        own = half_lives(readings, hours) if row.statistic == "half-life" else hours[readings.argmax(-1)]
        return STATISTICS[row.statistic](own, before)
    if beyond := BEYOND.fullmatch(row.statistic):
        ever, side, limit = beyond.groups()
        extreme = readings.min(-1) if side == "below" else readings.max(-1)
        reading = extreme if ever else readings[..., -1]
        return 100.0 * (reading < float(limit) if side == "below" else reading > float(limit)).mean(-1)
    if row.statistic in COSINOR:
        curve, hours = cosinor(readings.mean(-2), hours)
        ends = {"cosinor peak": curve.max(-1), "cosinor trough": curve.min(-1)}
        return time_of_peak(curve, hours) if row.statistic not in ends else ends[row.statistic]
    if row.statistic in EVER:
        there = readings - (0.0 if row.quantity in FROM_REST else before[..., None]) > PRESENT[row.quantity]
        if row.statistic == "percent ever":
            return 100.0 * there.any(-1).mean(-1)
        lasting = np.ma.masked_array((hours[1] - hours[0]) * there.sum(-1), ~there.any(-1))
        average = np.ma.mean if row.statistic == "mean duration" else np.ma.median
        return np.ma.filled(average(lasting, axis=-1), 0.0)
    at = readings.mean(-1) if row.statistic == "mean of day" else readings.max(-1)
    summary = STATISTICS[row.statistic]
    return summary(at, before) - (0.0 if np.isnan(row.rise) else summary(before, before))


def half_lives(readings: Readings, hours: np.ndarray) -> np.ndarray:
    """Of curves (..., hours): by a straight line through the logarithms of the last half of the readings.

    >>> hours = np.linspace(0.0, 20.0, 41)
    >>> round(float(half_lives(np.exp(-0.1 * hours), hours)), 2)
    6.93
    """
    late = slice(len(hours) // 2, None)
    time, logs = hours[late] - hours[late].mean(), np.log(np.maximum(readings[..., late], 1e-30))
    slope = (time * (logs - logs.mean(-1, keepdims=True))).sum(-1) / (time**2).sum()
    return np.log(2.0) / np.maximum(-slope, 1e-12)


def cosinor(readings: Readings, hours: np.ndarray) -> tuple[Readings, np.ndarray]:
    """Harmonic regressions of readings over a day (..., hours), every tenth of an hour, and these hours."""
    fine = np.arange(0.0, 24.0, 0.1)
    return readings @ np.linalg.pinv(_waves(hours)).T @ _waves(fine).T, fine


def _waves(hours: np.ndarray) -> np.ndarray:
    angle = 2 * np.pi * hours / 24.0
    return np.stack([np.ones_like(angle), *(wave(k * angle) for k in (1, 2) for wave in (np.cos, np.sin))], 1)


def time_of_peak(curve: np.ndarray, hours: np.ndarray) -> np.ndarray:
    """When curves (..., hours) are highest, by the parabola through three readings."""
    top = np.clip(curve.argmax(-1), 1, len(hours) - 2)[..., None]
    left, middle, right = (np.take_along_axis(curve, top + k, -1)[..., 0] for k in (-1, 0, 1))
    bend = np.minimum(left - 2.0 * middle + right, -1e-30)
    return hours[top[..., 0]] + (hours[1] - hours[0]) * np.clip(0.5 * (left - right) / bend, -1.0, 1.0)
