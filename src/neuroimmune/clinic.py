"""What a clinic finds in people, ill or well: blood and saliva of a day, a stand test, exercise tests on two days."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from neuroimmune.lives import Life
from neuroimmune.population import People
from neuroimmune.protocol import Protocol, load_protocol
from neuroimmune.simulation import join, make_plan, solve_batches

WAKING, LATER, MORNING, NOON, LYING, STANDING = 7.0, 7.75, 8.0, 12.0, 14.9, 15.15  # hours of the first day
TEST_DAY, TEST, FOLLOWED = 2, 10.0, 64  # the day and hour of the first test; days asked after the second
ASKED = 14.0
WORST_WITHIN = 7  # days from a test within which its malaise begins, and is worst
AFTER_ONE = 20  # days asked every hour after a single test
FELT_MORE = 10.0  # assumed: of 100, malaise above that of the days before which counts as not recovered

REST = Life(stress_events=0.0, colds=0.0, behaviour="rests")  # the life of who comes to the clinic

FINDINGS = {
    "il6": ("pg/mL", "IL-6 at noon"), "tnf": ("pg/mL", "TNF at noon"), "il8": ("pg/mL", "IL-8 at noon"),
    "il10": ("pg/mL", "IL-10 at noon"), "crp": ("mg/L", "CRP at noon"), "lps": ("pg/mL", "LPS at noon"),
    "butyrate": ("1", "butyrate in stool, relative to usual"), "nk_cytotoxicity": ("1", "killing by NK cells"),
    "tspo": ("1", "TSPO signal at noon"), "autoantibody": ("1", "autoantibody"),
    "cortisol": ("nmol/L", "cortisol in plasma at eight"),
    "cortisol_awakening": ("nmol/L", "rise of cortisol in saliva in the three quarters of an hour after waking"),
    "heart_rate": ("1/minute", "heart rate, lying"), "rmssd": ("ms", "RMSSD, lying"),
    "heart_rate_rise": ("1/minute", "rise of heart rate after ten minutes of standing"),
    "work_at_threshold_1": ("W", "work at threshold, first test"), "work_at_threshold_2": ("W", "and second"),
    "vo2_peak_1": ("mL/kg/minute", "oxygen uptake at most, first test"), "vo2_peak_2": ("mL/kg/minute", "and second"),
    "heart_rate_peak_1": ("1/minute", "heart rate at the end of the first test"),
    "fatigue_rise": ("1", "fatigue a day after the first test, above the days before"),
    "recovery": ("hour", "time from the second test until malaise is that of the days before"),
}  # fmt: skip
AFTER_ONE_TEST = {
    "malaise_begins": ("hour", "time from a single test until malaise is felt; NaN in who does not feel it"),
    "malaise_ends": ("hour", "time from a single test until it is felt no more; 0 in who does not feel it"),
}


def examine(
    group: People, start: Mapping[str, np.ndarray], life: Life | None = None, threads: int | None = None
) -> dict[str, np.ndarray]:
    """Each of `FINDINGS` in each person, shape (people,), from the states of their midnight; NaN in who failed.

    Everybody is woken at seven. Work and oxygen uptake are those that a test would show, read just before it. A person
    rests after the tests as much as `life` has them rest; by default (`REST`) all rest when ill, and have no colds and
    no hard months. Who has not recovered after 64 days counts as 64.

    >>> import neuroimmune as ni
    >>> some = ni.Population(16, seed=1)
    >>> found = examine(some.people, some.start)
    >>> bool((found["work_at_threshold_2"] < found["work_at_threshold_1"]).all()), found["recovery"].shape
    (True, (16,))
    """
    tests, standing = load_protocol("two-day-test"), load_protocol("stand-test", at="15:00")
    happenings = [replace(each, at=each.at + 24.0 * TEST_DAY) for each in tests.happenings] + list(standing.happenings)
    days = TEST_DAY + 2 + FOLLOWED
    before, peak = TEST - 0.05, TEST + 0.16
    moments = np.unique([
        WAKING, LATER, MORNING, NOON, LYING, STANDING,
        *(24.0 * (TEST_DAY + day) + hour for day in (0, 1) for hour in (before, peak)),
        *(24.0 * np.arange(days) + ASKED),
    ])  # fmt: skip
    keep = (
        "il6", "tnf", "il8", "il10", "crp", "lps_translocated", "butyrate", "nk_cytotoxicity", "tspo", "autoantibody",
        "cortisol", "cortisol_saliva", "heart_rate", "rmssd", "work_at_threshold", "vo2_peak",
        "post_exertional_malaise", "fatigue",
    )  # fmt: skip
    group = replace(group, traits={n: v for n, v in group.traits.items() if n != "sleep.chronotype"})
    plan = make_plan(
        group, Protocol("clinic", happenings, days), keep=keep, start=start, policy=life or REST, threads=threads
    )
    plan = replace(plan, moments=tuple(moments))
    course = join(plan, [part for _, part in solve_batches(plan)])

    def at(name: str, *hours: float) -> np.ndarray:
        return (
            course.values[name][:, np.abs(moments[None, :] - np.array(hours)[:, None]).argmin(1)].astype(float).mean(1)
        )

    first, second = (24.0 * (TEST_DAY + day) for day in (0, 1))
    asked = 24.0 * np.arange(days) + ASKED
    malaise = np.stack([at("post_exertional_malaise", hour) for hour in asked], 1)
    usual = malaise[:, :TEST_DAY].mean(1)
    after = malaise[:, TEST_DAY + 1 :]
    worst = np.nan_to_num(after[:, :WORST_WITHIN]).argmax(1)
    well = (after - usual[:, None] <= FELT_MORE) & (np.arange(after.shape[1]) >= worst[:, None])
    recovered = np.where(well.any(1), np.maximum(well.argmax(1), 1), FOLLOWED).astype(float)
    recovered[np.isnan(after).any(1)] = np.nan
    noon = {
        name: at(name, NOON) for name in ("il6", "tnf", "il8", "il10", "crp", "butyrate", "nk_cytotoxicity", "tspo")
    }
    return noon | {
        "lps": at("lps_translocated", NOON), "autoantibody": at("autoantibody", NOON),
        "cortisol": at("cortisol", MORNING),
        "cortisol_awakening": at("cortisol_saliva", LATER) - at("cortisol_saliva", WAKING),
        "heart_rate": at("heart_rate", LYING), "rmssd": at("rmssd", LYING),
        "heart_rate_rise": at("heart_rate", STANDING) - at("heart_rate", LYING),
        "work_at_threshold_1": at("work_at_threshold", first + before),
        "work_at_threshold_2": at("work_at_threshold", second + before),
        "vo2_peak_1": at("vo2_peak", first + before), "vo2_peak_2": at("vo2_peak", second + before),
        "heart_rate_peak_1": at("heart_rate", first + peak),
        "fatigue_rise": at("fatigue", second + ASKED) - at("fatigue", *asked[:TEST_DAY]),
        "recovery": 24.0 * recovered,
    }  # fmt: skip


def after_one_test(
    group: People, start: Mapping[str, np.ndarray], life: Life | None = None, threads: int | None = None
) -> dict[str, np.ndarray]:
    """When malaise begins and ends after a single test, asked every hour: `AFTER_ONE_TEST`, shape (people,).

    It is felt while it is above that of the same hour of the same life without a test, and ends with the first hour of
    a day in which it is not. NaN in who failed; who feels it for longer than 20 days counts as 20.
    """
    test = load_protocol("two-day-test", tests="1")
    days = int(TEST // 24) + AFTER_ONE + 2
    malaise = []
    for happenings in (test.happenings, []):
        plan = make_plan(
            group, Protocol("one test", happenings, days), keep=["post_exertional_malaise"], start=start,
            policy=life or REST, threads=threads,
        )  # fmt: skip
        course = join(plan, [part for _, part in solve_batches(plan)])
        malaise.append(course.values["post_exertional_malaise"].astype(float))
    after = slice(int(TEST) + 1, int(TEST) + 1 + 24 * (AFTER_ONE + 1))
    return felt_from_to((malaise[0] - malaise[1])[:, after])


def felt_from_to(more: np.ndarray) -> dict[str, np.ndarray]:
    """`AFTER_ONE_TEST` of malaise above that without a test, one hour after it and every hour on, (people, hours).

    >>> hour = np.arange(1, 73)
    >>> felt_from_to(np.where((hour >= 5) & (hour < 30), 20.0, 0.0)[None])
    {'malaise_begins': array([5.]), 'malaise_ends': array([30.])}
    """
    felt = more > FELT_MORE
    caused = felt[:, : 24 * WORST_WITHIN].any(1)  # what begins later is of another cause
    begins = np.where(caused, felt.argmax(1) + 1.0, np.nan)
    quiet = np.all(np.lib.stride_tricks.sliding_window_view(~felt, 24, axis=1), axis=2)
    quiet &= np.arange(1, quiet.shape[1] + 1) > np.nan_to_num(begins)[:, None]
    ends = np.where(quiet.any(1), quiet.argmax(1) + 1.0, float(quiet.shape[1]))
    ends = np.where(caused, ends, 0.0)
    return {"malaise_begins": begins, "malaise_ends": np.where(np.isnan(more).any(1), np.nan, ends)}
