"""The international consensus criteria for ME, 2011."""

from neuroimmune.diagnose.definitions import concepts
from neuroimmune.diagnose.definitions.concepts import any_symptom, post_exertional
from neuroimmune.diagnose.rules import (
    Choices,
    Criterion,
    Definition,
    Group,
    Not,
    Parameter,
    all_of,
    any_of,
    asked,
    at_least,
    symptom,
    yes,
)

_COUNT = {"three": 3, "one": 1}
_WORDS = {0: "none", 1: "one", 2: "two", 3: "three"}
# How many neurological categories, immune categories and categories of energy: two fewer than 3, 3 and 1 together.
_TWO_FEWER = ((3, 1, 1), (2, 2, 1), (1, 3, 1), (3, 2, 0), (2, 3, 0))


def _neurological(count: int) -> Group:
    return at_least(
        count,
        f"neurological impairment: {_WORDS[count]} of four categories",
        any_symptom("neurocognitive impairment", *range(36, 45)),
        any_symptom("pain", 25, 26, 27, 28, 31),
        any_symptom("sleep disturbance", *concepts.SLEEP_ITEMS),
        any_symptom("neurosensory, perceptual or motor disturbance", 32, 33, 34, 35, 48),
    )


def _immune(count: int) -> Group:
    return at_least(
        count,
        f"immune, gastrointestinal and genitourinary impairment: {_WORDS[count]} of five categories",
        any_symptom("flu-like symptoms", 62, 63, 64, 65),
        any_symptom("gastrointestinal", 29, 30, 46, 47),
        symptom(45),
        any_symptom("sensitivities", 61, 66),
        asked("susceptible to viral infections", yes("dsq_viral"), yes("frequent_infections")),
    )


def _energy() -> Criterion:
    return any_of(
        "energy production and transport: one of four categories",
        any_symptom("cardiovascular", 50, 51),
        symptom(49),
        any_symptom("loss of thermostatic stability", *range(54, 61)),
        asked("intolerance of extremes of temperature", yes("dsq_intolerant"), yes("temperature_intolerance")),
    )


def _parts(p: Choices) -> tuple[Criterion, ...]:
    count = _COUNT[p["categories"]]
    return _neurological(count), _immune(count), _energy()


def _halved(p: Choices) -> list[Criterion]:
    if p["half"] == "descriptive":
        return []
    return [asked("activity reduced by half or more", yes("dsq_reduction"), yes("reduced_by_half"))]


def criteria(p: Choices) -> Group:
    return all_of("ME by the international consensus criteria of 2011", post_exertional(p), *_halved(p), *_parts(p))


def _two_fewer() -> Group:
    ways = (
        all_of(
            f"{_WORDS[neurological]} neurological, {_WORDS[immune]} immune, {_WORDS[energy]} of energy",
            _neurological(neurological),
            _immune(immune),
            *([_energy()] if energy else []),
        )
        for neurological, immune, energy in _TWO_FEWER
    )
    return any_of("at most two fewer than three neurological categories, three immune ones and one of energy", *ways)


def atypical(p: Choices) -> Group:
    return all_of(
        "atypical ME by the international consensus criteria of 2011",
        post_exertional(p),
        *_halved(p),
        _two_fewer(),
        Not("not ME itself", criteria(p)),
    )


def exclusions(p: Choices) -> Group:
    return any_of(
        "an exclusion",
        yes("primary_psychiatric"),
        yes("somatoform_disorder"),
        yes("substance_abuse"),
        yes("medical_explanation"),
        yes("school_phobia"),
    )


_CATEGORIES = Parameter(
    "categories",
    "From how many neurological and immune categories must there be a symptom?",
    {"three": "three of four and three of five, as published", "one": "one: what some web pages say, wrongly"},
    "The paper says at least one symptom from three of the categories.",
)
_HALF = Parameter(
    "half",
    "Must activity be reduced by half?",
    {"required": "a yes to the question, as in the published scoring syntax", "descriptive": "not tested"},
    "The paper gives half as the mildest grade of severity; the published syntax makes it a condition.",
)
_ALL = (_CATEGORIES, _HALF, concepts.PEM_BY)

ICC = Definition(
    "icc",
    "ME, international consensus criteria 2011",
    condition="ME/CFS",
    source="carruthers2011",
    criteria=criteria,
    exclusions=exclusions,
    parameters=_ALL,
    notes=("There is no waiting period of six months.", "The categories C and D and the exclusions are recalled."),
)
ICC_ATYPICAL = Definition(
    "icc_atypical",
    "Atypical ME, international consensus criteria 2011",
    condition="ME/CFS",
    source="carruthers2011",
    criteria=atypical,
    exclusions=exclusions,
    parameters=_ALL,
    notes=(
        "Recalled: up to two fewer criterial symptoms than required. What one group has too many of does not make up "
        "for what another lacks: our reading.",
        "A rest category: getting worse can lead out of it, into the full definition.",
    ),
    checked=False,
    part_of="icc",
)
