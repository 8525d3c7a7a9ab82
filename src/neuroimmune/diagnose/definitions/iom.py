"""The criteria of the Institute of Medicine (now NAM), 2015."""

from neuroimmune.diagnose.definitions import concepts
from neuroimmune.diagnose.definitions.concepts import any_symptom, lasting, post_exertional, reduction
from neuroimmune.diagnose.rules import Choices, Criterion, Definition, Parameter, all_of, any_of, number, symptom, yes


def _duration(p: Choices) -> Criterion:
    if p["duration"] == "months" and p["six"] == "more than":
        return number("fatigue_months", "more than", 6)
    return lasting(p)


def criteria(p: Choices) -> Criterion:
    orthostatic = "1/1" if p["orthostatic"] == "present" else "2/2"
    return all_of(
        "ME/CFS by the Institute of Medicine 2015",
        reduction(p),
        _duration(p),
        post_exertional(p),
        symptom(19),
        any_of(
            "cognitive impairment or orthostatic intolerance",
            any_symptom("cognitive impairment", *concepts.COGNITIVE_ITEMS),
            any_symptom("orthostatic intolerance", 48, 49, 50, 51, threshold=orthostatic),
        ),
    )


def exclusions(p: Choices) -> Criterion:
    return any_of("an exclusion", concepts.lifelong(), concepts.exertion(), yes("relieved_by_rest"))


IOM = Definition(
    "iom",
    "Institute of Medicine 2015",
    "ME/CFS",
    "iom2015",
    criteria,
    exclusions,
    (
        Parameter(
            "orthostatic",
            "When does orthostatic intolerance count?",
            {
                "2/2": "at 2/2, as in the published scoring syntax",
                "present": "at 1/1: the report sets frequency and severity for the other three symptoms only",
            },
            "The published syntax is what studies used.",
        ),
        Parameter(
            "six",
            "Six months, or more than six?",
            {"at least": "six months or more, as in the published scoring syntax", "more than": "more than six months"},
            "The report says more than six months, its questionnaire six months or more; only a duration of exactly "
            "six months in the column fatigue_months tells them apart.",
        ),
        concepts.PEM_BY,
        concepts.REDUCTION,
        concepts.DURATION_BY,
    ),
    (
        "The report says that the diagnosis should be questioned, not refused, below half of the time and moderate "
        "intensity; the published syntax makes 2/2 a condition.",
        "Other illness does not exclude. Only the clauses on the fatigue itself are listed as exclusions.",
    ),
)
