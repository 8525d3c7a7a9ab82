"""Sleep and the body clock: two processes, the inertia of waking, and the clock's way back after travel."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import circadian, exp, maximum, minimum, positive
from neuroimmune.quantity import System, fitted, output, par, state

FIT = fitted("symptoms")


class SleepState(NamedTuple):
    """What a night leaves behind; the values are those of a usual midnight."""

    sleep_pressure: float = state(0.492, "1", "homeostatic need for sleep, 0 to 1")
    sleep_debt: float = state(0.3665, "1", "what days of too little sleep have built up: the pressure of past days")
    sleep_inertia: float = state(0.6, "1", "what must still wear off after waking; builds up in sleep")
    clock_lag: float = state(
        0.0, "hour", "how much later than local time the body clock runs", scale=0.1, range=(-12.0, 12.0)
    )


class SleepOutputs(NamedTuple):
    """What follows at once from the state."""

    asleep: float = output("1", "share of the moment that is sleep, 0 to 1")
    sleepiness: float = output("1", "sleepiness, 0 (very alert) to 100 (fighting sleep)")


class Sleep(System):
    """Pressure for sleep builds up awake and wears off asleep; a gate of local time says when people sleep.

    Sleep follows habit (local time), not pressure: naps and recovery sleep are left out, `kept_awake` prevents sleep.
    After travel the body clock drifts back to local time at a bounded speed. Inflammation slows restoration.
    Equations: the two processes as in skeldon2025; inertia and the daily swing of alertness as in ingre2014;
    debt after ramakrishnan2016.
    Valid for people who sleep at night; insomnia and shift work are left out.
    """

    tau_pressure_rise: float = par(18.2, "hour", "time for pressure to build up, awake", "skeldon2025: figure 1")
    tau_pressure_fall: float = par(4.2, "hour", "time for pressure to wear off, asleep", "skeldon2025: figure 1")
    day: float = par(24.0, "hour", "length of the day", "definition", fixed=True)
    mid_sleep: float = par(
        3.0, "hour", "clock time of the middle of sleep", "assumed: 23:00 to 07:00, as laboratories keep it",
        range=(0.0, 24.0),
    )  # fmt: skip
    chronotype: float = par(
        0.0, "hour", "how much later than usual the person's sleep and clock are",
        "assumed: chronotypes differ by about an hour", sd=1.0, range=(-6.0, 6.0),
    )  # fmt: skip
    sleep_gate: float = par(
        0.5, "1", "height of the clock's cosine above which people sleep: 8 hours of 24", "definition", fixed=True
    )  # fmt: skip
    sleep_edge: float = par(
        0.03,
        "1",
        "width of its edge: sleep begins and ends within half an hour",
        "assumed: short, yet smooth",
        fixed=True,
    )
    tau_inertia_build: float = par(1.0, "hour", "time for inertia to build up, asleep", "assumed: a sleep cycle")
    tau_inertia: float = par(0.662, "hour", "time for inertia to wear off, awake", "ingre2014: 1.51 an hour")
    clock_drift: float = par(
        0.1249, "1", "speed of the body clock's way back, at most, hours an hour",
        FIT + "; spread assumed: under the CVs of 0.33 to 0.44 of crowley2014, which contain the error of two phases",
        spread=0.35,
    )  # fmt: skip
    clock_drift_half: float = par(6.262, "hour", "lag at which the way back has half its speed", FIT)

    debt_usual: float = par(
        0.38, "1", "debt of a person who sleeps 8 hours, at its most", "assumed: the model's own, rounded up"
    )
    tau_debt: float = par(97.4, "hour", "time for days of short sleep to tell", "ramakrishnan2016: 4.06 d")

    sleepiness_rest: float = par(5.164, "1", "sleepiness without pressure, at the mean of the day", FIT, spread=0.3)
    pressure_on_sleepiness: float = par(89.79, "1", "sleepiness by pressure", FIT + "; spread assumed", spread=0.3)
    debt_on_sleepiness: float = par(9.761, "1", "sleepiness by debt", FIT)
    clock_on_sleepiness: float = par(16.23, "1", "swing of sleepiness by the body clock", FIT)
    alertness_peak: float = par(16.8, "hour", "body time of most alertness", "ingre2014", range=(0.0, 24.0))
    inertia_on_sleepiness: float = par(29.7, "1", "sleepiness by inertia, at most", FIT)

    def rates(
        self, t: Any, y: SleepState, kept_awake: Any, inflammation: Any, restoration_kept: Any = 1.0
    ) -> SleepState:
        """`kept_awake` is from 0 to 1; `inflammation` lengthens restoration by that share.

        `restoration_kept` is what treatment leaves of its time.
        """
        asleep = self.asleep(t, kept_awake)
        awake = 1.0 - asleep
        return SleepState(
            sleep_pressure=awake * (1.0 - y.sleep_pressure) / self.tau_pressure_rise
            - asleep * y.sleep_pressure / (self.tau_pressure_fall * (1.0 + inflammation) * restoration_kept),
            sleep_debt=(y.sleep_pressure - y.sleep_debt) / self.tau_debt,
            sleep_inertia=asleep * (1.0 - y.sleep_inertia) / self.tau_inertia_build
            - awake * y.sleep_inertia / self.tau_inertia,
            clock_lag=-self.clock_drift * y.clock_lag / (self.clock_drift_half + maximum(y.clock_lag, -y.clock_lag)),
        )

    def outputs(self, t: Any, y: SleepState, kept_awake: Any) -> SleepOutputs:
        """Sleepiness is what somebody would report if asked, also at night."""
        sleepiness = (
            self.sleepiness_rest
            + self.pressure_on_sleepiness * y.sleep_pressure
            + self.debt_on_sleepiness * y.sleep_debt
            - self.clock_on_sleepiness * circadian(t, self.alertness_peak + self.phase(y), self.day)
            + self.inertia_on_sleepiness * self.waking(t, y, kept_awake)
        )
        return SleepOutputs(asleep=self.asleep(t, kept_awake), sleepiness=minimum(maximum(sleepiness, 0.0), 100.0))

    def asleep(self, t: Any, kept_awake: Any) -> Any:
        """1 in the hours of habit, 0 outside them."""
        clock = circadian(t, self.mid_sleep + self.chronotype, self.day)
        return (1.0 - minimum(kept_awake, 1.0)) / (1.0 + exp((self.sleep_gate - clock) / self.sleep_edge))

    def debt(self, y: SleepState) -> Any:
        """Sleep debt above that of a person who sleeps 8 hours."""
        return positive(y.sleep_debt - self.debt_usual)

    def phase(self, y: SleepState) -> Any:
        """How many hours later than usual the body clock runs, by local time."""
        return self.chronotype + y.clock_lag

    def waking(self, t: Any, y: SleepState, kept_awake: Any) -> Any:
        """The hour after waking: inertia that has not yet worn off, while awake."""
        return y.sleep_inertia * (1.0 - self.asleep(t, kept_awake))
