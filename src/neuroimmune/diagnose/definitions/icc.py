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


def _neurological(count: str) -> Group:
    return at_least(
        _COUNT[count],
        f"neurological impairment: {count} of four categories",
        any_symptom("neurocognitive impairment", *range(36, 45)),
        any_symptom("pain", 25, 26, 27, 28, 31),
        any_symptom("sleep disturbance", *concepts.SLEEP_ITEMS),
        any_symptom("neurosensory, perceptual or motor disturbance", 32, 33, 34, 35, 48),
    )


def _immune(count: str) -> Group:
    return at_least(
        _COUNT[count],
        f"immune, gastrointestinal and genitourinary impairment: {count} of five categories",
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
    return _neurological(p["categories"]), _immune(p["categories"]), _energy()


def _halved(p: Choices) -> list[Criterion]:
    if p["half"] == "descriptive":
        return []
    return [asked("activity reduced by half or more", yes("dsq_reduction"), yes("reduced_by_half"))]


def criteria(p: Choices) -> Criterion:
    return all_of("ME by the international consensus criteria of 2011", post_exertional(p), *_halved(p), *_parts(p))


def _categories(p: Choices) -> list[Criterion]:
    return [*_neurological("three").parts, *_immune("three").parts]


def atypical(p: Choices) -> Criterion:
    """Up to two fewer than the three neurological and three immune categories and the one of energy."""
    parts = [*_categories(p), _energy()]
    return all_of(
        "atypical ME by the international consensus criteria of 2011",
        post_exertional(p),
        *_halved(p),
        at_least(5, "five of the seven criterial symptoms that are required", *parts),
        Not("not ME itself", criteria(p)),
    )


def exclusions(p: Choices) -> Criterion:
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
    "ME/CFS",
    "carruthers2011",
    criteria,
    exclusions,
    _ALL,
    ("There is no waiting period of six months.", "The categories C and D and the exclusions are recalled."),
)
ICC_ATYPICAL = Definition(
    "icc_atypical",
    "Atypical ME, international consensus criteria 2011",
    "ME/CFS",
    "carruthers2011",
    atypical,
    exclusions,
    _ALL,
    (
        "Recalled: up to two fewer criterial symptoms. Seven are required (three neurological, three immune, one of "
        "energy); five of the ten categories is our reading.",
        "A rest category: getting worse can lead out of it, into the full definition.",
    ),
    checked=False,
    part_of="icc",
)
