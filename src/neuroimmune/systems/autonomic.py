"""Sympathetic and vagal tone, heart rate and its variability."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import positive
from neuroimmune.quantity import System, output, par, state


class AutonomicState(NamedTuple):
    """What the nerves and the adrenal medulla keep up; the value is that of a usual midnight."""

    arousal: float = state(-0.19, "1", "arousal above rest by day, where it is nothing; less in sleep", scale=0.1)


class AutonomicOutputs(NamedTuple):
    """What a chest strap shows."""

    heart_rate: float = output("1/minute", "heart rate")
    vagal_tone: float = output("1", "vagal tone to the heart, relative to rest by day")
    rmssd: float = output("ms", "root mean square of successive differences of beats, over five minutes")


class Autonomic(System):
    """Arousal raises sympathetic and lowers vagal tone; both set the heart's rate, vagal tone its variability.

    Warmth acts on the pacemaker itself. Blood pressure, breathing and posture are left out.
    The rate is that of the pacemaker alone, times a sympathetic and a vagal factor, as in rosenblueth1934.
    """

    heart_rate_rest: float = par(
        61.0, "1/minute", "heart rate at rest by day", "dobreva2021: before the dose; spread assumed: a sixth",
        spread=0.15,
    )  # fmt: skip
    sympathetic_on_rate: float = par(
        0.35, "1", "share of the rate that a doubling of sympathetic tone adds", "assumed: to be fitted"
    )
    vagal_on_rate: float = par(
        0.41,
        "1",
        "share of the rate that vagal tone holds back",
        "jose1970: the pacemaker alone beats 104 a minute",
    )
    warmth_on_rate: float = par(
        0.13, "1/kelvin", "share of the rate that a kelvin of fever adds", "assumed: 8 a minute"
    )
    rmssd_rest: float = par(
        42.0, "ms", "RMSSD at rest by day", "nunan2010: short-term norm 42 (SD 15)", spread=0.35,
    )  # fmt: skip
    tau_arousal: float = par(
        0.3, "hour", "time for arousal to follow", "assumed: catecholamines and recovery after effort"
    )  # fmt: skip
    sleep_on_arousal: float = par(0.2, "1", "fall of arousal in sleep", "assumed: heart rate falls a tenth")
    sleep_on_vagal: float = par(0.3, "1", "rise of vagal tone in sleep", "assumed: RMSSD rises by a third in sleep")

    def rates(self, t: Any, y: AutonomicState, drive: Any, asleep: Any) -> AutonomicState:
        """`drive` is what raises arousal; nothing at rest by day."""
        return AutonomicState(arousal=(drive - self.sleep_on_arousal * asleep - y.arousal) / self.tau_arousal)

    def outputs(self, y: AutonomicState, asleep: Any, temperature: Any) -> AutonomicOutputs:
        """`temperature` is the rise above rest, in kelvin."""
        vagal = (1.0 + self.sleep_on_vagal * asleep) / (1.0 + positive(y.arousal))
        by_nerve = (1.0 + self.sympathetic_on_rate * y.arousal) * (1.0 - self.vagal_on_rate * vagal)
        return AutonomicOutputs(
            heart_rate=self.heart_rate_rest
            * by_nerve
            / (1.0 - self.vagal_on_rate)
            * (1.0 + self.warmth_on_rate * temperature),
            vagal_tone=vagal,
            rmssd=self.rmssd_rest * vagal,
        )
