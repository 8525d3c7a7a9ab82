"""The London criteria, as printed in 1994."""

from neuroimmune.diagnose.definitions import concepts
from neuroimmune.diagnose.definitions.concepts import any_symptom, lasting
from neuroimmune.diagnose.rules import Choices, Definition, Group, Parameter, all_of, any_of, symptom, yes


def criteria(p: Choices) -> Group:
    return all_of(
        "ME by the London criteria",
        any_symptom("fatigue brought on by trivially small physical or mental exertion", 16, 17),
        symptom(36),
        symptom(37),
        yes("symptoms_fluctuate"),
        lasting(p),
    )


def exclusions(p: Choices) -> Group:
    psychiatric = [yes("depressive_disorder"), yes("anxiety_disorder")] if p["version"] == "PACE" else []
    return any_of("an exclusion", yes("medical_explanation"), *psychiatric)


LONDON = Definition(
    "london",
    "London 1994",
    condition="ME/CFS",
    source="london1994",
    criteria=criteria,
    exclusions=exclusions,
    parameters=(
        Parameter(
            "version",
            "Which version?",
            {
                "1994": "as printed in 1994",
                "PACE": "as the PACE trial modified it: no primary depressive and no anxiety disorder",
            },
            "The version of 1994 is the one that was printed by its authors; it never appeared in a journal.",
            recalled=("PACE",),
        ),
        concepts.DURATION_BY,
    ),
    notes=(
        "No viral trigger is required.",
        "There is no published questionnaire for it: the DSQ items, each at 2/2, are our choice (assumed).",
        "That another medical condition excludes is not in the text seen; it is kept because every definition "
        "assumes it.",
    ),
)
