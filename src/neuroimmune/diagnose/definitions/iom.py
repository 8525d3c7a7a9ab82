"""The criteria of the Institute of Medicine (now NAM), 2015."""

from neuroimmune.diagnose.definitions import concepts
from neuroimmune.diagnose.definitions.concepts import any_symptom, lasting, post_exertional, reduction
from neuroimmune.diagnose.rules import Choices, Definition, Group, Parameter, all_of, any_of, symptom, yes


def criteria(p: Choices) -> Group:
    orthostatic = "1/1" if p["orthostatic"] == "present" else "2/2"
    return all_of(
        "ME/CFS by the Institute of Medicine 2015",
        *concepts.fatigue(p),
        reduction(p),
        lasting(p, compare=p["six"]),
        post_exertional(p),
        symptom(19),
        any_of(
            "cognitive impairment or orthostatic intolerance",
            any_symptom("cognitive impairment", *concepts.COGNITIVE_ITEMS),
            any_symptom("orthostatic intolerance", 48, 49, 50, 51, threshold=orthostatic),
        ),
    )


def exclusions(p: Choices) -> Group:
    return any_of("an exclusion", concepts.lifelong(), concepts.exertion(), yes("relieved_by_rest"))


IOM = Definition(
    "iom",
    "Institute of Medicine 2015",
    condition="ME/CFS",
    source="iom2015",
    criteria=criteria,
    exclusions=exclusions,
    parameters=(
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
        concepts.FATIGUE,
    ),
    notes=(
        "Fatigue itself (DSQ 13) is not tested by the published syntax, and not here.",
        "The report says that the diagnosis should be questioned, not refused, below half of the time and moderate "
        "intensity; the published syntax makes 2/2 a condition.",
        "Other illness does not exclude. Only the clauses on the fatigue itself are listed as exclusions.",
    ),
    remarks=lambda p: (concepts.without_fatigue(criteria(p)),),
)
