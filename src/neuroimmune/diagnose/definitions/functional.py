"""Functional neurological symptom disorder, by positive signs."""

from neuroimmune.diagnose.instruments.history import FND_SIGNS
from neuroimmune.diagnose.rules import Choices, Definition, Group, Parameter, all_of, any_of, number, yes


def criteria(p: Choices) -> Group:
    consequence = any_of(
        "distress, impairment, or it warrants evaluation",
        yes("fnd_distress"),
        yes("fnd_impairment"),
        yes("fnd_evaluation"),
    )
    course = {
        "any": [],
        "acute": [number("fnd_months", "less than", 6)],
        "persistent": [number("fnd_months", "at least", 6)],
    }[p["course"]]
    return all_of(
        "functional neurological symptom disorder",
        yes("fnd_symptom"),
        any_of("a positive sign on examination or video-EEG", *(yes(f"fnd_sign_{sign}") for sign in FND_SIGNS)),
        consequence,
        *course,
    )


def exclusions(p: Choices) -> Group:
    return any_of("a better explanation", yes("fnd_other_explanation"))


FND = Definition(
    "fnd",
    "Functional neurological symptom disorder (DSM-5-TR)",
    condition="FND",
    source="dsm5tr",
    criteria=criteria,
    exclusions=exclusions,
    parameters=(
        Parameter(
            "course",
            "Which course?",
            {"any": "any", "acute": "less than six months", "persistent": "six months or more"},
            "The course is a specifier, not a criterion.",
        ),
    ),
    notes=(
        "No questionnaire can show a positive sign: without an examination the verdict is cannot say.",
        "A psychological stressor is not required.",
    ),
)
