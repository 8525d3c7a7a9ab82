"""Oxford 1991, and its post-infectious subtype."""

from neuroimmune.diagnose.definitions import concepts
from neuroimmune.diagnose.definitions.concepts import lasting
from neuroimmune.diagnose.rules import (
    Choices,
    Criterion,
    Definition,
    Group,
    Parameter,
    all_of,
    any_of,
    asked,
    number,
    yes,
)

_ABOUT_HALF = 2  # a frequency of the DSQ


def _half_the_time(p: Choices) -> Criterion:
    if p["share"] == "more than half":
        ways = number("fatigue_percent", "more than", 50), number("dsq_13f", "more than", _ABOUT_HALF)
    else:
        ways = number("fatigue_percent", "at least", 50), number("dsq_13f", "at least", _ABOUT_HALF)
    return asked(f"fatigue is present {p['share']} of the time", *ways)


def criteria(p: Choices) -> Group:
    return all_of(
        "chronic fatigue syndrome by Oxford 1991",
        yes("fatigue_principal"),
        yes("definite_onset"),
        yes("fatigue_disabling"),
        yes("fatigue_physical"),
        yes("fatigue_mental"),
        lasting(p),
        _half_the_time(p),
    )


def post_infectious(p: Choices) -> Group:
    return all_of("post-infectious fatigue syndrome by Oxford 1991", criteria(p), yes("infection_at_onset"))


def exclusions(p: Choices) -> Group:
    return any_of(
        "an exclusion",
        concepts.lifelong(),
        yes("medical_explanation"),
        yes("unresolved_disease"),
        yes("psychosis_or_dementia"),
        yes("melancholic_depression"),
        yes("substance_abuse"),
        yes("eating_disorder"),
        yes("organic_brain_disease"),
    )


_SHARE = Parameter(
    "share",
    "For how much of the time must fatigue be present?",
    {"more than half": "more than 50 % of the time", "half": "50 % of the time, as some secondary sources write"},
    "The original says more than 50 %.",
)
_ALL = (_SHARE, concepts.DURATION_BY)
_NOTES = (
    "Post-exertional malaise is not required; myalgia, mood and sleep disturbance are optional.",
    "Substance abuse and organic brain disease are recalled as exclusions; the others were seen in a summary.",
    "Uncomplicated depression, anxiety and hyperventilation do not exclude.",
    "There is no published questionnaire for it: the clauses are columns of the history, and the share of time may "
    "also be read from DSQ 13 (assumed).",
)

OXFORD = Definition(
    "oxford",
    "Oxford 1991",
    condition="ME/CFS",
    source="sharpe1991",
    criteria=criteria,
    exclusions=exclusions,
    parameters=_ALL,
    notes=_NOTES,
)
PIFS = Definition(
    "pifs",
    "Post-infectious fatigue syndrome (Oxford 1991)",
    condition="ME/CFS",
    source="sharpe1991",
    criteria=post_infectious,
    exclusions=exclusions,
    parameters=_ALL,
    notes=(*_NOTES, "Recalled."),
    checked=False,
    part_of="oxford",
)
