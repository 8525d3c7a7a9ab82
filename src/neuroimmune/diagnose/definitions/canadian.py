"""The Canadian criteria of 2003 and their revision of 2010."""

from neuroimmune.diagnose.definitions import concepts
from neuroimmune.diagnose.definitions.concepts import any_symptom, lasting, post_exertional, reduction
from neuroimmune.diagnose.instruments.dsq import DOMAINS
from neuroimmune.diagnose.rules import (
    Choices,
    Criterion,
    Definition,
    Group,
    Not,
    Parameter,
    Remark,
    all_of,
    any_of,
    at_least,
    symptom,
    symptoms,
    yes,
)

_SYSTEMS = ("autonomic", "neuroendocrine", "immune")


def _systems(option: str) -> Criterion:
    count, words = {"two of three": (2, "symptoms from two"), "one": (1, "a symptom from one")}[option]
    systems = (any_symptom(name, *DOMAINS[name][1]) for name in _SYSTEMS)
    return at_least(count, f"{words} of three systems", *systems)


def _neurocognitive() -> Criterion:
    return at_least(2, "two or more neurological or cognitive symptoms", *symptoms(*DOMAINS["neurocognitive"][1]))


def _pain() -> Criterion:
    return any_symptom("pain", *DOMAINS["pain"][1])


def _illness(p: Choices) -> tuple[Criterion, ...]:
    return (*concepts.fatigue(p), lasting(p, 6, child=3), reduction(p), post_exertional(p))


def criteria(p: Choices) -> Group:
    return all_of(
        "ME/CFS by the Canadian criteria of 2003",
        *_illness(p),
        concepts.sleep_problem(),
        _pain(),
        _neurocognitive(),
        _systems(p["systems"]),
    )


def _remarks(p: Choices) -> tuple[Remark, ...]:
    lacking = Not("no pain or no sleep problem", all_of("both", concepts.sleep_problem(), _pain()))
    others = (*_illness(p), _neurocognitive(), _systems(p["systems"]))
    escape = all_of("all but pain or sleep", *others, lacking, yes("infection_at_onset"))
    return (
        concepts.without_fatigue(criteria(p)),
        (
            escape,
            "All else is met and the onset was infectious: the text lets a physician diagnose without pain "
            "or without a sleep problem",
        ),
    )


def _revised_symptoms(p: Choices) -> tuple[Criterion, ...]:
    return (
        post_exertional(p),
        concepts.sleep_problem(),
        any_symptom("pain in muscles, joints, abdomen or head", 25, 26, 30, 31),
        _neurocognitive(),
        _systems("two of three"),
    )


def revised(p: Choices) -> Group:
    return all_of(
        "ME/CFS by the revised Canadian criteria of 2010",
        symptom(13),
        lasting(p, 6, child=3),
        reduction(p),
        *_revised_symptoms(p),
    )


def atypical(p: Choices) -> Group:
    parts = _revised_symptoms(p)
    return all_of(
        "atypical ME/CFS by the revised Canadian criteria of 2010",
        symptom(13),
        lasting(p, 6, child=3),
        at_least(2, "two to four of the five symptom criteria: at least two", *parts),
        Not("two to four of the five symptom criteria: not all five", all_of("all five", *parts)),
    )


def exclusions(p: Choices) -> Group:
    return any_of(
        "an exclusion",
        concepts.lifelong(),
        concepts.exertion(),
        yes("medical_explanation"),
        yes("unresolved_disease"),
        yes("primary_psychiatric"),
        yes("substance_abuse"),
    )


_SYSTEMS_BY = Parameter(
    "systems",
    "From how many of the autonomic, neuroendocrine and immune systems must there be a symptom?",
    {"two of three": "two, as published", "one": "one: what several web pages say, wrongly"},
    "The paper asks for one or more symptoms from two of the three; so does the published scoring syntax.",
)
_COMMON = (concepts.PEM_BY, concepts.REDUCTION, concepts.DURATION_BY)
_NOTES = (
    "The text lets a physician diagnose without pain or sleep dysfunction after an infectious onset: not automatic "
    "here, but told in the explanation.",
)
_RECALLED = "The rule is recalled: only title and abstract of the paper were seen."

CCC = Definition(
    "ccc",
    "Canadian Consensus Criteria 2003",
    condition="ME/CFS",
    source="carruthers2003",
    criteria=criteria,
    exclusions=exclusions,
    parameters=(_SYSTEMS_BY, concepts.FATIGUE, *_COMMON),
    notes=_NOTES,
    remarks=_remarks,
)
RCCC = Definition(
    "rccc",
    "Revised Canadian criteria 2010",
    condition="ME/CFS",
    source="jason2010",
    criteria=revised,
    exclusions=exclusions,
    parameters=_COMMON,
    notes=(_RECALLED,),
    checked=False,
)
RCCC_ATYPICAL = Definition(
    "rccc_atypical",
    "Atypical ME/CFS (revised Canadian 2010)",
    condition="ME/CFS",
    source="jason2010",
    criteria=atypical,
    exclusions=exclusions,
    parameters=(concepts.PEM_BY, concepts.DURATION_BY),
    notes=(_RECALLED, "A rest category: getting worse can lead out of it, into the full definition."),
    checked=False,
    part_of="rccc",
)
