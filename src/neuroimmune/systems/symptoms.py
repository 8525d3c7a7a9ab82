"""Symptoms: what people would report or show. Read-outs only: they feed nothing back."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import positive, power
from neuroimmune.quantity import System, fitted, output, par

FIT = fitted("symptoms")
FIT_ILLNESS = fitted("illness")


class SymptomOutputs(NamedTuple):
    """What is asked and measured. Scales from 0 to 100 are shares of the published scale's range."""

    fatigue: float = output("1", "fatigue on a visual analogue scale, 0 to 100")
    sickness: float = output("1", "flu-like symptoms, 0 to 100 of the scale")
    post_exertional_malaise: float = output("1", "worsening after exertion, 0 to 100 of the scale")
    unrefreshing_sleep: float = output("1", "sleep that does not refresh, 0 to 100 of the scale")
    cognitive_difficulty: float = output("1", "trouble with memory and attention, 0 to 100 of the scale")
    orthostatic_intolerance: float = output("1", "trouble with standing, 0 to 100 of the scale")
    pain: float = output("1", "widespread pain, 0 to 100 of the scale")
    functional_symptoms: float = output("1", "functional neurological symptoms, exploratory, 0 to 100")
    negative_mood: float = output("1", "negative mood, 0 to 100 of the scale")
    pain_threshold: float = output("kPa", "pressure at which pain begins")
    reaction_time: float = output("ms", "mean reaction time, psychomotor vigilance")


class Symptoms(System):
    """Each symptom is a weighted sum of what the brain receives, of sleepiness and of fever, kept on its scale.

    Sleepiness tires the more, the larger the debt, but a night of enough sleep ends both fatigue and sleepiness, while
    reactions stay slow (pejovic2013, lekander2013).
    What keeps up illness (`held`) and what follows exertion (`felt`) act on those that patients name, in each
    person on some more than on others: who feels it as pain is said to have fibromyalgia. No experiment tells these
    weights; that of fatigue sets the unit of `held`. Functional neurological symptoms are exploratory: no number
    stands behind them.
    First form. The weights are shared by all experiments; pain, mood and cognition rest on few numbers.
    Typhoid vaccine is contested: harrison2015 found fatigue, paine2013 no change of mood.
    """

    fatigue_rest: float = par(
        18.0, "1", "fatigue at rest", "harrison2015: 16 and 22 before two injections; spread of 12.6", spread=0.6
    )  # fmt: skip
    fast_on_fatigue: float = par(
        0.332, "1", "fatigue by the fast path",
        FIT + "; spread: its SD grows from 12.6 to 22.5, harrison2015", spread=0.6,
    )  # fmt: skip
    slow_on_fatigue: float = par(0.05558, "1", "fatigue by the slow path", FIT)
    sleepiness_on_fatigue: float = par(0.02244, "1", "fatigue by sleepiness above the usual", FIT)
    debt_on_fatigue: float = par(
        22.53, "1", "how much more sleepiness tires under sleep debt, above the usual",
        FIT + "; spread assumed as of the fast path", spread=0.6,
    )  # fmt: skip
    sleepiness_usual: float = par(32.19, "1", "sleepiness above which it tires", FIT)
    held_on_fatigue: float = par(
        1.0, "1", "fatigue by what keeps up illness", "definition: sets its unit; spread assumed", spread=0.3
    )
    felt_on_fatigue: float = par(
        0.35, "1", "fatigue by what follows exertion", "assumed: after a test an ill person is half-way up the scale",
        spread=0.3,
    )  # fmt: skip
    malaise_rest: float = par(4.0, "1", "worsening after exertion at rest", "assumed: low on the scale", spread=0.5)
    felt_on_malaise: float = par(
        0.4436, "1", "worsening by what follows exertion", FIT_ILLNESS + "; prior: more than of fatigue", spread=0.3
    )
    unrefreshing_rest: float = par(15.0, "1", "unrefreshing sleep in health", "assumed: low on the scale", spread=0.5)
    held_on_unrefreshing: float = par(
        1.027, "1", "unrefreshing sleep by what keeps up illness", FIT_ILLNESS + "; prior: as fatigue", spread=0.4
    )
    felt_on_unrefreshing: float = par(
        0.2, "1", "unrefreshing sleep by what follows exertion", "assumed: as fatigue", spread=0.4
    )
    cognitive_rest: float = par(10.0, "1", "cognitive difficulty in health", "assumed: low on the scale", spread=0.5)
    held_on_cognitive: float = par(
        0.8, "1", "cognitive difficulty by what keeps up illness", "assumed: less than fatigue", spread=0.5
    )
    felt_on_cognitive: float = par(
        0.2, "1", "cognitive difficulty by what follows exertion", "assumed: as fatigue", spread=0.4
    )
    orthostatic_rest: float = par(8.0, "1", "orthostatic trouble in health", "assumed: low on the scale", spread=0.5)
    held_on_orthostatic: float = par(
        0.4, "1", "orthostatic trouble by what keeps up illness", "assumed: half of fatigue", spread=0.6
    )
    vessels_on_orthostatic: float = par(
        0.8, "1", "orthostatic trouble by injured vessels and antibody", "assumed: no number", spread=0.4
    )
    pain_rest: float = par(8.0, "1", "widespread pain in health", "assumed: low on the scale", spread=0.6)
    held_on_pain: float = par(
        0.5, "1", "pain by what keeps up illness: central sensitisation",
        "assumed: with its spread about half of patients have much pain", spread=0.8,
    )  # fmt: skip
    felt_on_pain: float = par(0.1, "1", "pain by what follows exertion", "assumed: less than fatigue", spread=0.5)
    held_on_functional: float = par(
        0.05, "1", "functional symptoms by what keeps up illness", "assumed: exploratory, no number", spread=1.2
    )
    sickness_rest: float = par(
        19.0, "1", "flu-like symptoms at rest", "sicknessq2017: 5.8 of 30 before endotoxin", spread=0.5
    )  # fmt: skip
    slow_on_sickness: float = par(0.03925, "1", "flu-like symptoms by the slow path", FIT)
    nerve_on_sickness: float = par(
        0.000191,
        "1",
        "flu-like symptoms by what nerves tell of the blood at once",
        FIT + "; spread assumed",
        spread=0.5,
    )
    sickness_hill: float = par(
        4.0, "1", "steepness with which they follow it",
        "assumed: they come and go faster than a logarithm of cytokines; of 3, 4 and 6 the one that meets "
        "sicknessq2017 best", fixed=True,
    )  # fmt: skip
    warmth_on_sickness: float = par(0.01693, "1/kelvin", "flu-like symptoms by fever", FIT)
    mood_rest: float = par(10.0, "1", "negative mood at rest", "assumed: low on every scale", spread=0.5)
    fast_on_mood: float = par(
        0.05, "1", "negative mood by the fast path",
        "assumed: a seventh of fatigue's, for no human number was verified; spread as of fatigue", spread=0.6,
    )  # fmt: skip
    pain_threshold_rest: float = par(
        781.0, "kPa", "pressure at which pain begins, at rest", "dobreva2021: before the dose, SD 234", spread=0.29
    )
    fast_on_pain: float = par(
        0.02339, "1", "lowering of the pain threshold by the fast path",
        FIT + "; spread assumed", spread=0.4,
    )  # fmt: skip
    slow_on_pain: float = par(0.01711, "1", "lowering of the pain threshold by the slow path", FIT)
    sleepiness_on_pain: float = par(
        0.00226, "1", "lowering of the pain threshold by sleepiness above the usual",
        FIT + "; spread assumed", spread=0.4,
    )  # fmt: skip
    reaction_rest: float = par(
        265.0, "ms", "mean reaction time, rested", "belenky2003: 265 (SD 30) on the day before", spread=0.11
    )  # fmt: skip
    debt_on_reaction: float = par(
        1.037, "1", "slowing by sleep debt, above the usual",
        FIT + "; spread: its SD grows from 30 to 67 ms, belenky2003", spread=0.7,
    )  # fmt: skip

    sleepiness_on_reaction: float = par(0.001794, "1", "slowing by sleepiness above the usual", FIT)

    def outputs(
        self, blood: Any, signal_fast: Any, signal_slow: Any, sleepiness: Any, debt: Any, temperature: Any,
        held: Any, felt: Any, vessels: Any, pain_kept: Any = 1.0, mood_kept: Any = 1.0, sleepiness_kept: Any = 1.0,
    ) -> SymptomOutputs:  # fmt: skip
        """All but sleepiness and temperature are nothing at rest; `debt` is that above the usual.

        `held` is what keeps up illness, `felt` what follows exertion, `vessels` what is amiss with them;
        what treatments leave of the gain of pain, of mood and of the tiring by sleepiness is kept.
        """
        tired = sleepiness_kept * positive(sleepiness - self.sleepiness_usual)
        fatigue = (
            self.fast_on_fatigue * signal_fast
            + self.slow_on_fatigue * signal_slow
            + self.sleepiness_on_fatigue * tired * (1.0 + self.debt_on_fatigue * debt)
            + self.held_on_fatigue * held
            + self.felt_on_fatigue * felt
        )
        sickness = (
            self.nerve_on_sickness * power(blood, self.sickness_hill)
            + self.slow_on_sickness * signal_slow
            + self.warmth_on_sickness * temperature
        )
        sore = self.fast_on_pain * signal_fast + self.slow_on_pain * signal_slow + self.sleepiness_on_pain * tired
        return SymptomOutputs(
            fatigue=_on_scale(self.fatigue_rest, fatigue),
            sickness=_on_scale(self.sickness_rest, sickness),
            post_exertional_malaise=_on_scale(self.malaise_rest, self.felt_on_malaise * felt),
            unrefreshing_sleep=_on_scale(
                self.unrefreshing_rest, self.held_on_unrefreshing * held + self.felt_on_unrefreshing * felt
            ),
            cognitive_difficulty=_on_scale(
                self.cognitive_rest, self.held_on_cognitive * held + self.felt_on_cognitive * felt
            ),
            orthostatic_intolerance=_on_scale(
                self.orthostatic_rest, self.held_on_orthostatic * held + self.vessels_on_orthostatic * vessels
            ),
            pain=_on_scale(self.pain_rest, pain_kept * (self.held_on_pain * held + self.felt_on_pain * felt)),
            functional_symptoms=_on_scale(0.0, self.held_on_functional * held),
            negative_mood=_on_scale(self.mood_rest, mood_kept * self.fast_on_mood * signal_fast),
            pain_threshold=self.pain_threshold_rest / (1.0 + sore),
            reaction_time=self.reaction_rest
            * (1.0 + self.debt_on_reaction * debt + self.sleepiness_on_reaction * tired),
        )


def _on_scale(rest: Any, load: Any) -> Any:
    """A scale from 0 to 100 that begins at `rest` and is full under endless load."""
    return rest + (100.0 - rest) * load / (1.0 + load)
