"""What people report of their symptoms under treatment: the symptom, what they expect, attention, and error.

None of this acts on the body: objective end points are read as they are. The same holds in a blinded trial and in an
open one; they differ in what people believe.
"""

from typing import Any

import numpy as np

from neuroimmune.errors import InputError
from neuroimmune.quantity import System, fitted, par
from neuroimmune.streams import normal

FIT = fitted("placebo")
SUBJECTIVE = (
    "fatigue", "sickness", "post_exertional_malaise", "unrefreshing_sleep", "cognitive_difficulty",
    "orthostatic_intolerance", "pain", "functional_symptoms", "negative_mood",
)  # fmt: skip


EARLIER = 100_000  # so that occasions are not negative before the start


class Reporting(System):
    """A report is the symptom, less the share that expectation and attention take off it, and an error.

    The share by expectation is a person's own, times how sure they are to get what may help; that by attention comes
    with visits, whatever is believed. Both grow over weeks. Only placebo arms of blinded trials were fitted, in which
    people believe by half, so a share in proportion to belief is an assumption, and expectation and attention cannot be
    told apart. Not contained: wanting to please, and memory of how one was.
    """

    expectation: float = par(
        0.025, "1", "share of a symptom that is not reported by who is sure to be helped",
        FIT + "; told only to be small, from nothing to 0.06", range=(0.0, 0.9),
    )  # fmt: skip
    expectation_spread: float = par(0.79, "1", "log-SD of that share between people", FIT)
    attention: float = par(
        0.0, "1", "share of a symptom that is not reported because of visits",
        "assumed: nothing, for placebo arms cannot tell it from expectation, which has it all", range=(0.0, 0.9),
    )  # fmt: skip
    tau: float = par(
        14.0, "day", "time for both to grow", "byon2010: the placebo response is near its most after about a month"
    )
    error: float = par(
        5.0, "1", "standard deviation of a report, of 100",
        "chuang2015: standard error of a fatigue scale over a week, 0.5 of 10",
    )  # fmt: skip

    fluctuation: float = par(
        12.4, "1", "standard deviation of what a symptom does from visit to visit beyond the model, of 100", FIT
    )

    def unreported(self, seed: int, ids: np.ndarray, days: np.ndarray, belief: np.ndarray) -> np.ndarray:
        """The share of a symptom that each person leaves out on each day since the start, shape (people, days)."""
        z = normal(seed, "expectation", ids)[:, None]
        own = np.minimum(self.expectation * np.exp(self.expectation_spread * z - self.expectation_spread**2 / 2), 0.9)
        grown = np.where(days >= 0, -np.expm1(-np.maximum(days, 0.0) / self.tau), 0.0)
        return np.minimum(1.0, (own * belief + self.attention) * grown)

    @property
    def noise(self) -> float:
        """Standard deviation of a report about the model's symptom, of 100."""
        return float(np.hypot(self.error, self.fluctuation))

    def reported(
        self, seed: int, ids: np.ndarray, days: np.ndarray, belief: np.ndarray, scale: str, truth: np.ndarray
    ) -> np.ndarray:
        """A subjective scale as it is reported, shape (people, days), from 0 to 100.

        `days` count from the start of treatment, `belief` and `truth` have shape (people, days). Raises `InputError`
        for what is measured, not asked.

        >>> sure, days = np.ones((1, 2)), np.array([-1.0, 90.0])
        >>> calm = Reporting(error=0.0, fluctuation=0.0, expectation_spread=0.0)
        >>> said = calm.reported(0, np.arange(1), days, sure, "pain", 50 * sure)
        >>> bool(said[0, 0] == 50.0 and said[0, 1] < 49.0)
        True
        """
        if scale not in SUBJECTIVE:
            raise InputError(
                f"{scale} is not asked of people, so no expectation acts on it; asked: {', '.join(SUBJECTIVE)}"
            )
        noise = np.stack([normal(seed, f"report of {scale}", ids, int(day) + EARLIER) for day in days], 1)
        said = truth * (1.0 - self.unreported(seed, ids, days, belief)) + self.noise * noise
        return np.clip(said, 0.0, 100.0)


def improved(before: np.ndarray, after: np.ndarray, by: float) -> Any:
    """Who reports a symptom less by a share or more.

    >>> improved(np.array([50.0, 50.0]), np.array([30.0, 40.0]), 0.3).tolist()
    [True, False]
    """
    return after <= (1.0 - by) * before
