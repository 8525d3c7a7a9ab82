"""NICE guideline NG206, 2021: when to suspect and when to diagnose."""

from neuroimmune.diagnose.definitions import concepts
from neuroimmune.diagnose.definitions.concepts import FOUR_WEEKS, SIX_WEEKS, any_symptom, lasting, reduction
from neuroimmune.diagnose.rules import Choices, Criterion, Definition, Group, Parameter, all_of, any_of, symptom, yes


def _malaise(p: Choices) -> Criterion:
    if p["pem"] == "three features":
        features = (yes("pem_delayed"), yes("pem_disproportionate"), yes("pem_prolonged"))
        return all_of("post-exertional malaise with its three features", *features)
    return concepts.post_exertional(p)


def _symptoms(p: Choices) -> tuple[Criterion, ...]:
    worsened = [yes("fatigue_worse_with_activity")] if p["worsened"] == "asked" else []
    return (
        symptom(13),
        *worsened,
        reduction(p),
        _malaise(p),
        concepts.sleep_problem(),
        any_symptom("cognitive difficulties", *concepts.COGNITIVE_ITEMS),
    )


def suspect(p: Choices) -> Group:
    return all_of("ME/CFS suspected by NICE 2021", lasting(p, SIX_WEEKS, child=FOUR_WEEKS), *_symptoms(p))


def criteria(p: Choices) -> Group:
    return all_of("ME/CFS by NICE 2021", lasting(p, 3), *_symptoms(p))


def exclusions(p: Choices) -> Group:
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
    Parameter(
        "worsened",
        "Must activity make the fatigue worse?",
        {"not tested": "no", "asked": "yes, by the column fatigue_worse_with_activity"},
        "The guideline asks for it and the DSQ does not; it is tested when the file has the column.",
        needs={"asked": ("fatigue_worse_with_activity",)},
    ),
    concepts.REDUCTION,
    concepts.DURATION_BY,
)
_NOTES = ("There is no published questionnaire for it: the DSQ items, each at 2/2, are our choice (assumed).",)

NICE = Definition(
    "nice",
    "NICE NG206, 2021",
    condition="ME/CFS",
    source="nice2021",
    criteria=criteria,
    exclusions=exclusions,
    parameters=_ALL,
    notes=_NOTES,
)
NICE_SUSPECT = Definition(
    "nice_suspect",
    "NICE NG206, 2021, suspected",
    condition="ME/CFS",
    source="nice2021",
    criteria=suspect,
    exclusions=exclusions,
    parameters=_ALL,
    notes=_NOTES,
    part_of="nice",
)
