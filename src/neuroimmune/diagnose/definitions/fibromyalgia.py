"""Fibromyalgia: ACR 1990, 2010, 2011, 2016 and AAPT 2018."""

from neuroimmune.diagnose.instruments.pain import AREAS, NOT_GENERALISED, REGIONS
from neuroimmune.diagnose.rules import (
    Choices,
    Criterion,
    Definition,
    Group,
    Parameter,
    all_of,
    any_of,
    at_least,
    number,
    score,
    yes,
)

_BELOW = ("hip", "upper_leg", "lower_leg", "lower_back")
_AXIAL = ("neck", "chest", "upper_back", "lower_back")
_NO_HALF = ("abdomen",)  # neither above nor below the waist


def _pain(text: str, areas) -> Criterion:
    return any_of(text, *(yes(f"wpi_{area}") for area in areas))


def _widespread() -> Criterion:
    below = [area for area in AREAS if area.startswith(_BELOW)]
    above = [area for area in AREAS if area not in below and area not in _NO_HALF]
    return all_of(
        "widespread pain",
        _pain("left side", [area for area in AREAS if area.endswith("left")]),
        _pain("right side", [area for area in AREAS if area.endswith("right")]),
        _pain("above the waist", above),
        _pain("below the waist", below),
        _pain("axial skeleton", _AXIAL),
    )


def _generalised(p: Choices) -> Criterion:
    out = () if p["regions"] == "all areas" else NOT_GENERALISED
    kept = {region: [area for area in areas if area not in out] for region, areas in REGIONS.items()}
    parts = (_pain(region, areas) for region, areas in kept.items())
    return at_least(4, "generalised pain: four of five regions", *parts)


def _three_months() -> Criterion:
    return number("pain_months", "at least", 3)


def _burden(severity: str, least_areas: int) -> Criterion:
    return any_of(
        "pain areas and severity",
        all_of("7 areas or more and severity 5 or more", score("wpi", "at least", 7), score(severity, "at least", 5)),
        all_of(
            f"{least_areas} areas or more and severity 9 or more",
            score("wpi", "at least", least_areas),
            score(severity, "at least", 9),
        ),
    )


def acr1990(p: Choices) -> Group:
    return all_of("fibromyalgia by ACR 1990", _widespread(), _three_months(), number("tender_points", "at least", 11))


def acr2010(p: Choices) -> Group:
    return all_of("fibromyalgia by ACR 2010", _burden("sss_2010", 3), _three_months())


def acr2011(p: Choices) -> Group:
    return all_of("fibromyalgia by the survey criteria of 2011", _burden("sss", 3), _three_months())


def acr2016(p: Choices) -> Group:
    severity = {"survey": "sss", "clinician": "sss_2010"}[p["somatic"]]
    return all_of("fibromyalgia by ACR 2016", _burden(severity, 4), _generalised(p), _three_months())


def aapt(p: Choices) -> Group:
    return all_of(
        "fibromyalgia by AAPT 2018",
        score("aapt_sites", "at least", 6),
        any_of(
            "moderate or severe sleep problem or fatigue",
            number("aapt_sleep", "at least", 2),
            number("aapt_fatigue", "at least", 2),
        ),
        _three_months(),
    )


def other_pain(p: Choices) -> Group:
    return any_of("another disorder that would explain the pain", yes("other_pain_disorder"))


_SELF_REPORT = "Valid in research by self-report; not for the diagnosis of an individual without a clinician."

ACR1990 = Definition(
    "acr1990",
    "ACR 1990",
    condition="fibromyalgia",
    source="acr1990",
    criteria=acr1990,
    notes=(
        "Eleven of 18 points must be painful, not only tender, at about 4 kg: an examiner counts them.",
        "The four quarters and the axial skeleton are read from the 19 areas of the later criteria (assumed); the "
        "low back counts as below the waist, the abdomen as neither.",
    ),
)
ACR2010 = Definition(
    "acr2010",
    "ACR 2010",
    condition="fibromyalgia",
    source="acr2010",
    criteria=acr2010,
    exclusions=other_pain,
    notes=("A clinician rates somatic symptoms.",),
)
ACR2011 = Definition(
    "acr2011",
    "ACR 2011 survey",
    condition="fibromyalgia",
    source="acr2011",
    criteria=acr2011,
    exclusions=other_pain,
    notes=(_SELF_REPORT,),
)
ACR2016 = Definition(
    "acr2016",
    "ACR 2016",
    condition="fibromyalgia",
    source="acr2016",
    criteria=acr2016,
    parameters=(
        Parameter(
            "regions",
            "Which areas count towards generalised pain?",
            {
                "published": "all but jaw, chest and abdomen",
                "all areas": "all 19: a frequent coding error, because the table prints the jaw with its region",
            },
            "The definition leaves jaw, chest and abdomen out, although they count among the 19 areas.",
        ),
        Parameter(
            "somatic",
            "Which somatic symptoms enter the severity scale?",
            {
                "survey": "headache, abdominal cramps and depression, 0 or 1 each",
                "clinician": "the clinician's 0 to 3 of 2010",
            },
            "The revision merged both forms and prints the survey's three symptoms.",
        ),
    ),
    notes=(_SELF_REPORT, "Other diagnoses do not exclude."),
)
AAPT_2018 = Definition(
    "aapt",
    "AAPT 2018",
    condition="fibromyalgia",
    source="aapt2018",
    criteria=aapt,
    notes=("Moderate or severe is a clinician's grade; the criteria give no number.",),
)
