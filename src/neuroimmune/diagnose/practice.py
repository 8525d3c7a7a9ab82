"""Invented answers to practise with: no real person's, and no claim about how real people answer.

Each person has one severity; every answer is that severity and chance. It shows the program, and measures its speed.
"""

from functools import cache

import numpy as np

from neuroimmune.diagnose.answers import Answers
from neuroimmune.diagnose.definitions import DEFINITIONS
from neuroimmune.diagnose.definitions.concepts import CHILDHOOD, MANY_HOURS
from neuroimmune.diagnose.instrument import NO_YES, Instrument, Item
from neuroimmune.diagnose.instruments import INSTRUMENTS, ITEMS
from neuroimmune.diagnose.instruments.dsq import DURATION, SPLIT
from neuroimmune.diagnose.rules import columns_of

_ILL = 0.7  # share of people who are ill
_BLANK = 0.01  # share of answers left blank
_RULED_OUT = 0.02  # share of people with any one exclusion
_RARE = ("fnd_", "covid_", "phq9_9")
_RARER = 1.6
_NUMBERS = {  # median and spread (of the logarithm) of what is a number
    "age": (42, 0.3),
    "bmi": (25, 0.18),
    "fatigue_months": (40, 1.0),
    "pain_months": (36, 1.0),
    "fatigue_percent": (70, 0.3),
    "covid_months": (14, 0.6),
    "covid_symptom_months": (14, 0.6),
    "fnd_months": (10, 0.9),
    "dsq_hours_a": (12, 0.6),
    "dsq_hours_d": (12, 0.6),
    "psqi_latency": (25, 0.6),
    "psqi_hours": (7, 0.15),
}
_SEXES = (0, 0, 0, 1)  # drawn evenly
_CLOCK = {"psqi_bed": 23.0, "psqi_up": 7.5}
_SAME = {  # one question in two columns, or in the halves of the DSQ-2
    "dsq_lifelong": "lifelong_fatigue",
    "new_headaches": "dsq_headaches",
    "reduced_by_half": "dsq_reduction",
    "frequent_infections": "dsq_viral",
    "temperature_intolerance": "dsq_intolerant",
} | {f"dsq_{half}{kind}": f"dsq_{whole}{kind}" for whole in SPLIT for half in SPLIT[whole] for kind in "fs"}
_PERCENT = (0.0, 20.0, 50.0, 75.0, 100.0)  # of the time, by a frequency of the DSQ


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
    _agree(columns)
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
    if item.column == "sex":
        return chance.choice(_SEXES, size).astype(float)
    if not item.whole:
        return np.full(size, np.nan)
    if item.column in _excluding():
        return (chance.random(size) < _RULED_OUT).astype(float)
    if item.column.startswith(_RARE):
        leaning = leaning - _RARER
    place = (leaning + chance.normal(0, 0.7, size) + 1.2) / 3.2  # most ill people answer in the worse half
    order = _from_best_to_worst(instrument, item)
    return order[np.clip((place * len(order)).astype(int), 0, len(order) - 1)].astype(float)


@cache
def _excluding() -> frozenset[str]:
    """The facts that rule somebody out, by any variant of any definition."""
    rules = (definition.exclusions(p) for definition in DEFINITIONS.values() for p in definition.variants())
    return frozenset(column for rule in rules for column in columns_of(rule) if ITEMS[column].labels == NO_YES)


def _agree(columns: dict[str, np.ndarray]) -> None:
    """Nobody says one thing here and another there."""
    for column, like in _SAME.items():
        columns[column] = columns[like].copy()
    months, frequency = columns["fatigue_months"], columns["dsq_13f"].astype(int)
    columns["dsq_begin"] = 1.0 + np.searchsorted((6, 12, 24), months, side="right")
    lifelong = columns["lifelong_fatigue"] == 1
    columns["dsq_begin"][lifelong] = CHILDHOOD
    months[lifelong] = np.clip(12 * columns["age"][lifelong], 0, ITEMS["fatigue_months"].high)
    columns["fatigue_percent"] = np.array(_PERCENT)[frequency]
    columns["pem_over_24h"] = (columns["dsqpem_9"] == len(DURATION) - 1).astype(float)
    columns["ongoing_exertion"][columns["dsq_hours_a"] + columns["dsq_hours_d"] >= MANY_HOURS] = 1
    columns["dsq_hours_a"][columns["ongoing_exertion"] == 1] = MANY_HOURS
    columns["covid_symptom_months"] = np.minimum(columns["covid_symptom_months"], columns["covid_months"])
    for column in ("covid_months", "covid_symptom_months"):
        columns[column][columns["covid_infection"] == 0] = np.nan
    columns["covid_symptoms"][columns["covid_infection"] == 0] = 0
    in_bed = (columns["psqi_up"] - columns["psqi_bed"]) % 24
    columns["psqi_hours"] = np.minimum(columns["psqi_hours"], np.round(in_bed, 1))
    for column, values in columns.items():
        if (skip := ITEMS[column].skip) and skip.column:
            values[np.isin(columns[skip.column], skip.answers)] = np.nan


def _severity(often: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """As bad as it is frequent, give or take one; none when never."""
    return np.where(often == 0, 0.0, np.clip(often + chance.integers(-1, 2, len(often)), 1, 4))


def _from_best_to_worst(instrument: Instrument, item: Item) -> np.ndarray:
    codes = np.array(item.codes)
    counted = item.counted(codes.astype(float))
    order = codes[np.argsort(counted, kind="stable")]
    return order[::-1] if instrument.direction == "higher is better" else order
