"""NICE guideline NG206, 2021: when to suspect and when to diagnose."""

import numpy as np

from neuroimmune.diagnose import kleene
from neuroimmune.diagnose.answers import Answers
from neuroimmune.diagnose.definitions import concepts
from neuroimmune.diagnose.definitions.concepts import any_symptom, reduction
from neuroimmune.diagnose.rules import (
    Choices,
    Criterion,
    Definition,
    Parameter,
    Test,
    all_of,
    any_of,
    symptom,
    yes,
)

_SIX_WEEKS = 42 / 31  # in months, however a file turned weeks into months
_FOUR_WEEKS = 28 / 31


def _malaise(p: Choices) -> Criterion:
    if p["pem"] == "three features":
        features = (yes("pem_delayed"), yes("pem_disproportionate"), yes("pem_prolonged"))
        return all_of("post-exertional malaise with its three features", *features)
    return concepts.post_exertional(p)


def _symptoms(p: Choices) -> tuple[Criterion, ...]:
    return (
        symptom(13),
        reduction(p),
        _malaise(p),
        concepts.sleep_problem(),
        any_symptom("cognitive difficulties", *concepts.COGNITIVE_ITEMS),
    )


def _long_enough_to_suspect() -> Test:
    """Six weeks, or four before the age of 18."""

    def judge(answers: Answers) -> np.ndarray:
        months, age = answers["fatigue_months"], answers["age"]
        return kleene.truth(
            (months >= _SIX_WEEKS) | (months >= _FOUR_WEEKS) & (age < 18),
            (months < _FOUR_WEEKS) | (months < _SIX_WEEKS) & (age >= 18),
        )

    return Test("six weeks or more (four weeks before the age of 18)", ("fatigue_months", "age"), judge)


def suspect(p: Choices) -> Criterion:
    long_enough = concepts.began(_SIX_WEEKS) if p["duration"] == "dsq" else _long_enough_to_suspect()
    return all_of("ME/CFS suspected by NICE 2021", long_enough, *_symptoms(p))


def criteria(p: Choices) -> Criterion:
    return all_of("ME/CFS by NICE 2021", concepts.lasting(p, 3), *_symptoms(p))


def exclusions(p: Choices) -> Criterion:
    return any_of(
        "another explanation",
        yes("medical_explanation"),
        yes("unresolved_disease"),
        concepts.exertion(),
        yes("relieved_by_rest"),
    )


_ALL = (
    Parameter(
        "pem",
        "How is post-exertional malaise judged?",
        {
            "five items": concepts.PEM_BY.options["five items"],
            "three features": "delayed, out of proportion and prolonged, each asked; the guideline lists all three, "
            "the delay as often",
            "dsq-pem": concepts.PEM_BY.options["dsq-pem"],
        },
        "There is no published questionnaire for NICE; the five items are the common ground of the other definitions.",
        recalled=("dsq-pem",),
    ),
    concepts.REDUCTION,
    concepts.DURATION_BY,
)
_NOTES = ("There is no published questionnaire for it: the DSQ items, each at 2/2, are our choice (assumed).",)

NICE = Definition("nice", "NICE NG206, 2021", "ME/CFS", "nice2021", criteria, exclusions, _ALL, _NOTES)
NICE_SUSPECT = Definition(
    "nice_suspect",
    "NICE NG206, 2021, suspected",
    "ME/CFS",
    "nice2021",
    suspect,
    exclusions,
    _ALL,
    _NOTES,
    part_of="nice",
)
