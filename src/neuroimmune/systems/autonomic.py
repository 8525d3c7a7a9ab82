"""Sympathetic and vagal tone, heart rate and its variability."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import minimum, positive
from neuroimmune.quantity import System, fitted, output, par, state

FIT = fitted("symptoms")
FIT_ILLNESS = fitted("illness")
FALSIFIED_BY = (
    "people who are ill and whose vessels, heart rate and blood flow to the brain on standing are those of healthy "
    "people of the same fitness"
)


class AutonomicState(NamedTuple):
    """What stays for a while when its cause has gone; the value is that of a usual midnight."""

    arousal_slow: float = state(-0.0353, "1", "arousal that catecholamines keep up; less in sleep", scale=0.1)
    endothelial_injury: float = state(
        0.0, "1", "injury of small vessels by infection, which heals by itself", scale=0.1
    )


class AutonomicOutputs(NamedTuple):
    """What a chest strap shows."""

    heart_rate: float = output("1/minute", "heart rate")
    vagal_tone: float = output("1", "vagal tone to the heart, relative to rest by day")
    rmssd: float = output("ms", "root mean square of successive differences of beats, over five minutes")


class Autonomic(System):
    """Arousal raises sympathetic and lowers vagal tone; both set the heart's rate, vagal tone its variability.

    Part of arousal follows at once, by nerve; part within minutes to an hour, by catecholamines. Warmth acts on the
    pacemaker itself. Blood pressure and breathing are left out; standing rouses, more so with injured vessels. Injury
    by infection heals by itself, slowly in some: this is a rival of the loops, with one steady state.
    The rate of a calm body is that of the pacemaker alone, by a sympathetic and a vagal factor, as in rosenblueth1934.
    Exertion uses the reserve above it, and above what catecholamines have raised by then, in proportion to oxygen
    uptake, as in swain1997. It follows at once: not valid within some three minutes of a change of exertion.
    """

    heart_rate_rest: float = par(
        61.0, "1/minute", "heart rate at rest by day", "dobreva2021: data file, mean and SD before the dose",
        spread=0.15,
    )  # fmt: skip
    heart_rate_max: float = par(
        190.5, "1/minute", "heart rate at most",
        "sarzynski2013: 208 - 0.7 age (Tanaka), of 25 years; spread: standard error of 11.4 about it in 762 people",
        spread=0.06,
    )  # fmt: skip
    sympathetic_on_rate: float = par(0.2666, "1", "share of the rate that a doubling of sympathetic tone adds", FIT)
    vagal_on_rate: float = par(
        0.7, "1", "slowing of the pacemaker by usual vagal tone", "jose1970: alone it beats 104 a minute"
    )
    warmth_on_rate: float = par(0.1156, "1/kelvin", "share of the rate that a kelvin of fever adds", FIT)
    rmssd_rest: float = par(42.0, "ms", "RMSSD at rest by day", "nunan2010: short-term norm 42 (SD 15)", spread=0.35)
    slow_share: float = par(0.5194, "1", "share of arousal that is slow", FIT, range=(0.0, 1.0))
    tau_slow: float = par(0.7802, "hour", "time of slow arousal", FIT)
    sleep_on_arousal: float = par(
        0.05, "1", "fall of arousal in sleep", "assumed: little, for vagal tone alone slows the heart by a quarter"
    )  # fmt: skip
    tau_injury: float = par(984.8, "hour", "time for vessels to heal", FIT_ILLNESS + "; prior: six weeks", spread=0.8)
    infection_on_injury: float = par(
        1.0, "1", "injury under lasting interferon of 1", "assumed: this sets its unit", spread=0.5
    )
    upright_on_arousal: float = par(
        0.35, "1", "arousal by standing", "assumed: with it the heart beats some 12 a minute faster", spread=0.3
    )
    injury_on_upright: float = par(
        1.0,
        "1",
        "further arousal by standing with injury of 1",
        "assumed: about SMD 0.9 of patients on tilt, nelson2019",
    )
    exertion_on_vagal: float = par(
        7.0, "1", "fall of vagal tone in exertion", "assumed: an eighth is left at VO2max"
    )  # fmt: skip
    sleep_on_vagal: float = par(0.815, "1", "rise of vagal tone in sleep", FIT)

    def rates(self, t: Any, y: AutonomicState, drive: Any, asleep: Any, interferon: Any) -> AutonomicState:
        """`drive` is what raises arousal, exertion too; nothing at rest by day."""
        return AutonomicState(
            arousal_slow=(drive - self.sleep_on_arousal * asleep - y.arousal_slow) / self.tau_slow,
            endothelial_injury=(self.infection_on_injury * interferon - y.endothelial_injury) / self.tau_injury,
        )

    def standing(self, y: AutonomicState, upright: Any, antibody: Any) -> Any:
        """Arousal by standing: more with injured vessels, and with antibody against their receptors."""
        return self.upright_on_arousal * upright * (1.0 + self.injury_on_upright * (y.endothelial_injury + antibody))

    def outputs(
        self, y: AutonomicState, drive: Any, exertion: Any, asleep: Any, temperature: Any, vagal_raised: Any = 1.0
    ) -> AutonomicOutputs:
        """`drive` is what raises arousal beside `exertion`, a share of the most; `temperature` the rise, in kelvin;
        `vagal_raised` what treatment makes of vagal tone.
        """
        now = drive - self.sleep_on_arousal * asleep
        arousal = now + self.slow_share * (y.arousal_slow - now)
        vagal = vagal_raised * (1.0 + self.sleep_on_vagal * asleep) / (1.0 + positive(arousal))
        by_nerve = (1.0 + self.sympathetic_on_rate * arousal) * (1.0 + self.vagal_on_rate)
        by_nerve = by_nerve / (1.0 + self.vagal_on_rate * vagal)
        calm = self.heart_rate_rest * by_nerve * (1.0 + self.warmth_on_rate * temperature)
        calm = minimum(calm, self.heart_rate_max)
        withdrawn = vagal / (1.0 + self.exertion_on_vagal * exertion)
        return AutonomicOutputs(
            heart_rate=calm + (self.heart_rate_max - calm) * minimum(exertion, 1.0),
            vagal_tone=withdrawn,
            rmssd=self.rmssd_rest * withdrawn,
        )
