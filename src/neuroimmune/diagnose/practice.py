"""Invented answers to practise with: no real person's, and no claim about how real people answer.

Each person has one severity; every answer is that severity and chance. It shows the program, and measures its speed.
"""

import numpy as np

from neuroimmune.diagnose.answers import Answers
from neuroimmune.diagnose.instrument import Instrument, Item
from neuroimmune.diagnose.instruments import INSTRUMENTS

_ILL = 0.7  # share of people who are ill
_BLANK = 0.01  # share of answers left blank
_RULED_OUT = 0.02  # share of people with any one exclusion
_EXCLUSIONS = (
    "lifelong_fatigue ongoing_exertion relieved_by_rest medical_explanation unresolved_disease psychosis_or_dementia "
    "melancholic_depression eating_disorder substance_abuse primary_psychiatric somatoform_disorder "
    "depressive_disorder anxiety_disorder organic_brain_disease school_phobia other_pain_disorder "
    "covid_other_explanation fnd_other_explanation dsq_lifelong dsqpem_6"
).split()
_RARE = ("fnd_", "covid_", "phq9_9")
_RARER = 1.6
_NUMBERS = {  # median and spread (of the logarithm) of what is a number
    "age": (42, 0.3),
    "bmi": (25, 0.18),
    "fatigue_months": (40, 1.0),
    "pain_months": (36, 1.0),
    "fatigue_percent": (70, 0.3),
    "covid_months": (14, 0.6),
    "covid_symptom_months": (12, 0.7),
    "fnd_months": (10, 0.9),
    "dsq_hours_a": (12, 0.6),
    "dsq_hours_d": (12, 0.6),
    "psqi_latency": (25, 0.6),
    "psqi_hours": (7, 0.15),
}
_CODES = {"sex": (0, 0, 0, 1), "dsq_begin": (1, 2, 3, 4, 4, 4, 5)}  # drawn evenly
_CLOCK = {"psqi_bed": 23.0, "psqi_up": 7.5}


def practice(people: int, seed: int = 1) -> Answers:
    """Answers of invented people to everything that can be asked; the same seed gives the same people.

    >>> practice(3).people
    ['P1', 'P2', 'P3']
    """
    chance = np.random.default_rng(seed)
    severity = np.where(chance.random(people) < _ILL, chance.normal(1.2, 0.5, people), chance.normal(-0.9, 0.5, people))
    columns: dict[str, np.ndarray] = {}
    for instrument in INSTRUMENTS.values():
        leaning = severity + chance.normal(0, 0.35, people)
        for item in instrument.items:
            if item.column in columns:
                continue
            columns[item.column] = _answer(instrument, item, leaning, chance)
            if item.column.startswith("dsq_") and item.column[:-1] + "f" in columns and item.column.endswith("s"):
                columns[item.column] = _severity(columns[item.column[:-1] + "f"], chance)
    for values in columns.values():
        values[chance.random(people) < _BLANK] = np.nan
    return Answers([f"P{number}" for number in range(1, people + 1)], columns)


def _answer(instrument: Instrument, item: Item, leaning: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    size = len(leaning)
    if item.column in _CLOCK:
        return np.round(_CLOCK[item.column] + chance.normal(0, 0.5, size), 1) % 24
    if item.column in _NUMBERS:
        median, spread = _NUMBERS[item.column]
        return np.clip(np.round(median * np.exp(chance.normal(0, spread, size)), 1), item.low, item.high)
    if item.column in _CODES:
        return chance.choice(_CODES[item.column], size).astype(float)
    if not item.whole:
        return np.full(size, np.nan)
    if item.column in _EXCLUSIONS:
        return (chance.random(size) < _RULED_OUT).astype(float)
    if item.column.startswith(_RARE):
        leaning = leaning - _RARER
    place = (leaning + chance.normal(0, 0.7, size) + 1.2) / 3.2  # most ill people answer in the worse half
    order = _from_best_to_worst(instrument, item)
    return order[np.clip((place * len(order)).astype(int), 0, len(order) - 1)].astype(float)


def _severity(often: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """As bad as it is frequent, give or take one; none when never."""
    return np.where(often == 0, 0.0, np.clip(often + chance.integers(-1, 2, len(often)), 1, 4))


def _from_best_to_worst(instrument: Instrument, item: Item) -> np.ndarray:
    codes = np.array(item.codes)
    counted = item.counted(codes.astype(float))
    order = codes[np.argsort(counted, kind="stable")]
    return order[::-1] if instrument.direction == "higher is better" else order
