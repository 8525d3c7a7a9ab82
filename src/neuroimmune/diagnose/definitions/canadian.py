"""The Canadian criteria of 2003 and their revision of 2010."""

from neuroimmune.diagnose.definitions import concepts
from neuroimmune.diagnose.definitions.concepts import any_symptom, lasting, post_exertional, reduction
from neuroimmune.diagnose.rules import (
    Choices,
    Criterion,
    Definition,
    Group,
    Not,
    Parameter,
    all_of,
    any_of,
    at_least,
    symptom,
    symptoms,
    yes,
)

_SYSTEMS = {
    "autonomic": range(45, 52),
    "neuroendocrine": range(52, 62),
    "immune": range(62, 67),
}
_NEUROCOGNITIVE = range(32, 45)


def _systems(option: str) -> Criterion:
    count, words = {"two of three": (2, "symptoms from two"), "one": (1, "a symptom from one")}[option]
    systems = (any_symptom(name, *items) for name, items in _SYSTEMS.items())
    return at_least(count, f"{words} of three systems", *systems)


def _neurocognitive() -> Criterion:
    return at_least(2, "two or more neurological or cognitive symptoms", *symptoms(*_NEUROCOGNITIVE))


def criteria(p: Choices) -> Criterion:
    return all_of(
        "ME/CFS by the Canadian criteria of 2003",
        *_fatigue(p),
        lasting(p, 3 if p["age"] == "child" else 6),
        reduction(p),
        post_exertional(p),
        concepts.sleep_problem(),
        any_symptom("pain", *range(25, 32)),
        _neurocognitive(),
        _systems(p["systems"]),
    )


def _fatigue(p: Choices) -> list[Criterion]:
    return [symptom(13)] if p["fatigue"] == "required" else []


def _revised_symptoms(p: Choices) -> tuple[Criterion, ...]:
    return (
        post_exertional(p),
        concepts.sleep_problem(),
        any_symptom("pain in muscles, joints, abdomen or head", 25, 26, 30, 31),
        _neurocognitive(),
        _systems("two of three"),
    )


def revised(p: Choices) -> Criterion:
    return all_of(
        "ME/CFS by the revised Canadian criteria of 2010",
        symptom(13),
        lasting(p, 3 if p["age"] == "child" else 6),
        reduction(p),
        *_revised_symptoms(p),
    )


def atypical(p: Choices) -> Criterion:
    parts = _revised_symptoms(p)
    return all_of(
        "atypical ME/CFS by the revised Canadian criteria of 2010",
        symptom(13),
        lasting(p, 3 if p["age"] == "child" else 6),
        at_least(2, "two to four of the five symptom criteria: at least two", *parts),
        Not("two to four of the five symptom criteria: not all five", all_of("all five", *parts)),
    )


def exclusions(p: Choices) -> Group:
    return any_of(
        "an exclusion",
        yes("medical_explanation"),
        yes("unresolved_disease"),
        yes("primary_psychiatric"),
        yes("substance_abuse"),
    )


def revised_exclusions(p: Choices) -> Criterion:
    return any_of("an exclusion", concepts.lifelong(), *exclusions(p).parts)


_SYSTEMS_BY = Parameter(
    "systems",
    "From how many of the autonomic, neuroendocrine and immune systems must there be a symptom?",
    {"two of three": "two, as published", "one": "one: what several web pages say, wrongly"},
    "The paper asks for one or more symptoms from two of the three; so does the published scoring syntax.",
)
_AGE = Parameter(
    "age", "For whom?", {"adult": "six months", "child": "three months"}, "Six months is the rule for adults."
)
_FATIGUE = Parameter(
    "fatigue",
    "Is fatigue itself (DSQ 13 at 2/2) required?",
    {"not tested": "as in the published scoring syntax", "required": "as in the text"},
    "The published syntax tests its consequence, the reduction of activity, and not item 13.",
)
_COMMON = (concepts.PEM_BY, concepts.REDUCTION, concepts.DURATION_BY, _AGE)
_NOTES = (
    "The text lets a physician diagnose without pain or sleep dysfunction after an infectious onset: not automatic "
    "here.",
)
_RECALLED = "The rule is recalled: only title and abstract of the paper were seen."

CCC = Definition(
    "ccc",
    "Canadian Consensus Criteria 2003",
    "ME/CFS",
    "carruthers2003",
    criteria,
    exclusions,
    (_SYSTEMS_BY, _FATIGUE, *_COMMON),
    _NOTES,
)
RCCC = Definition(
    "rccc",
    "Revised Canadian criteria 2010",
    "ME/CFS",
    "jason2010",
    revised,
    revised_exclusions,
    _COMMON,
    (_RECALLED,),
    checked=False,
)
RCCC_ATYPICAL = Definition(
    "rccc_atypical",
    "Atypical ME/CFS (revised Canadian 2010)",
    "ME/CFS",
    "jason2010",
    atypical,
    revised_exclusions,
    _COMMON,
    (_RECALLED, "A rest category: getting worse can lead out of it, into the full definition."),
    checked=False,
    part_of="rccc",
)
