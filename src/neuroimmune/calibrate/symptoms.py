"""The fit of sleep, brain, heart, exertion and symptoms: `python -m neuroimmune.calibrate.symptoms`.

The last of the fits: cytokines and the stress axis stay at their best numbers. It writes the best numbers into the
systems and the arrows of the body, draws into `evidence/posterior/symptoms.csv`, and `docs/fit-symptoms.md`.
"""

from typing import TYPE_CHECKING

from neuroimmune.body import Body
from neuroimmune.calibrate import report
from neuroimmune.calibrate.problem import NOTHING, Free, Problem
from neuroimmune.evidence.targets import target_sets, targets
from neuroimmune.validation import ALIKE

if TYPE_CHECKING:
    import pandas as pd

ABOUT = """Heart rate, pain threshold, flu-like symptoms and TSPO after endotoxin, fatigue after vaccination,
sleepiness, reaction time, fatigue and pain after lost sleep, the body clock after flights, heart rate and IL-6 in
exercise. Each weight is shared by all experiments; most rest on one study, which contraction does not tell.

Chosen, not fitted: the exponents of exertion and emptiness on muscle's IL-6, and that of cytokines on flu-like
symptoms (their sources say among which). Heart rates one and three minutes after maximal exercise
(vicentecampos2014) stand in the table but are not fitted: the heart follows exertion at once here. So no row tells
arousal by exertion, which is assumed."""
FREE = [
    Free("brain.tau_fast", 0.5, 0.5, why="between nerve and prostaglandin, minutes to an hour"),
    Free("brain.tau_slow", 6.0, 0.3, why="4 to 8 h in rodents"),
    Free("brain.tau_active", 10.0, 0.5, why="hours to two days in rodents"),
    Free("brain.active_on_tspo", 0.2, 1.0, why=NOTHING),
    Free("tnf_on_brain", 0.5, 0.7, why="half of IL-6's"),
    Free("tnf_on_brain_half", 2.0, 1.0, why="between its level at rest and that which gives fever"),
    Free("symptoms.fast_on_fatigue", 0.15, 0.7, why=NOTHING),
    Free("symptoms.slow_on_fatigue", 0.05, 1.0, why=NOTHING),
    Free("symptoms.sleepiness_on_fatigue", 0.01, 1.0, why=NOTHING),
    Free("symptoms.sleepiness_usual", 30.0, 0.3, why="about that of a usual noon"),
    Free("symptoms.debt_on_fatigue", 5.0, 1.0, why=NOTHING),
    Free("symptoms.nerve_on_sickness", 0.0015, 1.5, why=NOTHING),
    Free("symptoms.slow_on_sickness", 0.02, 1.0, why=NOTHING),
    Free("symptoms.warmth_on_sickness", 0.02, 1.0, why=NOTHING),
    Free("symptoms.fast_on_pain", 0.015, 0.7, why=NOTHING),
    Free("symptoms.slow_on_pain", 0.02, 0.7, why=NOTHING),
    Free("symptoms.sleepiness_on_pain", 0.002, 1.0, why=NOTHING),
    Free("symptoms.debt_on_reaction", 1.0, 0.7, why=NOTHING),
    Free("symptoms.sleepiness_on_reaction", 0.002, 1.0, why=NOTHING),
    Free("sleep.sleepiness_rest", 12.0, 0.5, why=NOTHING),
    Free("sleep.pressure_on_sleepiness", 50.0, 0.5, why=NOTHING),
    Free("sleep.debt_on_sleepiness", 20.0, 0.7, why=NOTHING),
    Free("sleep.clock_on_sleepiness", 18.75, 0.15, why="ingre2014"),
    Free("sleep.inertia_on_sleepiness", 42.9, 0.3, why="ingre2014"),
    Free("sleep.clock_drift", 0.1, 0.7, why="an hour a day or more, if far off"),
    Free("sleep.clock_drift_half", 6.0, 0.7, why=NOTHING),
    Free("autonomic.sympathetic_on_rate", 0.25, 0.5, why=NOTHING),
    Free("autonomic.warmth_on_rate", 0.12, 0.1, why="fevered2020"),
    Free("autonomic.tau_slow", 0.5, 0.5, why="RMSSD is not back half an hour after effort"),
    Free("autonomic.slow_share", 0.35, 0.4, why=NOTHING),
    Free("autonomic.sleep_on_vagal", 0.5, 0.5, why=NOTHING),
    Free("fast_on_arousal", 0.05, 0.7, why=NOTHING),
    Free("stress_on_arousal", 0.4, 0.7, why=NOTHING),
    Free("energy.il6_of_muscle", 120.0, 0.7, why=NOTHING),
    Free("energy.depletion_half", 3.0, 0.7, why="about what a long run uses"),
    *(Free(f"scale:{study}", 1.0, 0.3, why="laboratories differ by a third") for study in (
        "wallberg2011:il6", "lekander2013:il6", "lekander2013:tnf",
    )),
]  # fmt: skip
QUANTITIES = (
    "heart_rate", "rmssd", "pain_threshold", "sickness", "tspo", "fatigue", "sleepiness", "reaction_time", "clock_lag",
)  # fmt: skip
PROTOCOLS = {"exercise": ("il6",), "sleep-loss": ("il6", "tnf")}  # of which blood is fitted here


def rows() -> "pd.DataFrame":
    """The verified rows of role fit, but for effect sizes pooled over studies, whose SD is unknown, and heart rates
    within minutes of the end of exertion, which the model does not claim to show.
    """
    import pandas as pd

    found: pd.DataFrame = pd.concat([targets(name) for name in target_sets()], ignore_index=True)
    blood = pd.Series([q in PROTOCOLS.get(p, ()) for p, q in zip(found["protocol"], found["quantity"], strict=True)])
    mine = found["quantity"].isin(QUANTITIES) | blood
    told = (found["role"] == "fit") & (found["checked"] == "verified") & (found["statistic"] != "cohen d")
    told &= (found["study"] != "vicentecampos2014") | (found["statistic"] == "peak")
    return found.loc[mine & told].reset_index(drop=True)


def problem(people: int = 16, threads: int = 1) -> Problem:
    """All of it, ready to be searched."""
    floors = {"il6": 1.0, "tnf": 1.0, "heart_rate": 20.0, "rmssd": 20.0, "pain_threshold": 200.0, "sickness": 20.0}
    floors |= {"fatigue": 20.0, "sleepiness": 20.0, "reaction_time": 50.0, "clock_lag": 2.0}
    return Problem(
        Body(),
        rows(),
        FREE,
        people=people,
        threads=threads,
        floors=floors,
        alike=ALIKE,
    )


if __name__ == "__main__":
    report.run("symptoms", problem(), ABOUT, steps=50)
