"""Fukuda (CDC) 1994, with the clarifications of 2003, and idiopathic chronic fatigue."""

from neuroimmune.diagnose.definitions import concepts
from neuroimmune.diagnose.definitions.concepts import any_symptom, lasting, reduction
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
    number,
    symptom,
    yes,
)

_RESOLVED = ("melancholic_depression", "eating_disorder", "substance_abuse")


def _symptoms(p: Choices) -> Criterion:
    t = p["threshold"]
    return at_least(
        4,
        "four or more of eight symptoms",
        any_symptom("impaired memory or concentration", 36, 37, 38, 39, 43, 44, threshold=t),
        symptom(62, t),
        symptom(63, t),
        symptom(25, t),
        symptom(26, t),
        all_of(
            "headaches of a new type, pattern or severity",
            symptom(31, t),
            asked("of a new type, pattern or severity", yes("dsq_headaches"), yes("new_headaches")),
        ),
        symptom(19, t),
        _malaise(p),
    )


def _malaise(p: Choices) -> Criterion:
    if p["pem"] == "over 24 h":
        five = any_symptom("any of the five items", *concepts.PEM_ITEMS, threshold=p["threshold"])
        return all_of("post-exertional malaise of more than 24 hours", five, concepts.pem_over_a_day())
    return concepts.post_exertional(p, p["threshold"])


def _fatigue(p: Choices) -> tuple[Criterion, ...]:
    return *concepts.fatigue(p), lasting(p), reduction(p)


def criteria(p: Choices) -> Group:
    return all_of("chronic fatigue syndrome by Fukuda 1994", *_fatigue(p), _symptoms(p))


def idiopathic(p: Choices) -> Group:
    return all_of(
        "idiopathic chronic fatigue by Fukuda 1994",
        lasting(p),
        symptom(13, p["threshold"]),
        Not("not chronic fatigue syndrome", all_of("both", reduction(p), _symptoms(p))),
    )


def _unless_resolved(p: Choices, column: str) -> Criterion:
    if p["exclusions"] == "1994":
        return yes(column)
    resolved = number(f"{column}_years", "more than", 5)
    recent = Not("not resolved for more than five years before onset", resolved)
    return all_of(f"{yes(column).text}, not resolved for five years", yes(column), recent)


def exclusions(p: Choices) -> Group:
    lifelong = [] if p["lifelong"] == "ignored" else [concepts.lifelong()]
    return any_of(
        "an exclusion",
        *lifelong,
        concepts.exertion(),
        yes("relieved_by_rest"),
        yes("medical_explanation"),
        yes("unresolved_disease"),
        yes("psychosis_or_dementia"),
        *(_unless_resolved(p, column) for column in _RESOLVED),
        number("bmi", "at least", 45 if p["exclusions"] == "1994" else 40),
    )


_THRESHOLD = Parameter(
    "threshold",
    "When is a symptom present?",
    concepts.threshold_options("1/1", "sum2", "2/2"),
    "Fukuda asks for presence, which is 1/1; the published syntax adds frequency and severity (different only for "
    "inconsistent answers such as 2 and 0); 2/2 is the stricter rule of the later definitions.",
)
_EXCLUSIONS = Parameter(
    "exclusions",
    "Which exclusions?",
    {
        "1994": "body mass index 45 or more; psychiatric exclusions and substance abuse whenever they were",
        "2003": "the clarifications of Reeves 2003: body mass index 40 or more; melancholic depression, eating "
        "disorders and substance abuse no longer exclude when resolved for more than five years before onset",
    },
    "The text of 1994 is the definition; the clarifications changed it, and studies say which they used.",
    recalled=("2003",),
)
_LIFELONG = Parameter(
    "lifelong",
    "Does lifelong fatigue exclude?",
    {"excludes": "as the text of 1994 says", "ignored": "as the authors of the DSQ later advised (PMC4295633)"},
    "The text of 1994 asks for a new or definite onset.",
)
_PEM = Parameter(
    "pem",
    "How is post-exertional malaise judged?",
    {
        "five items": "any of DSQ 14 to 18 at the threshold, as in the published syntax",
        "over 24 h": "the same, lasting more than 24 hours, as in the text of 1994",
        "dsq-pem": concepts.PEM_BY.options["dsq-pem"],
    },
    "The published syntax does not ask for the 24 hours, because the DSQ does not; the text does.",
    recalled=("dsq-pem",),
)
_ALL = (_THRESHOLD, _PEM, concepts.REDUCTION, concepts.DURATION_BY, _EXCLUSIONS, _LIFELONG)

FUKUDA = Definition(
    "fukuda",
    "Fukuda 1994 (CDC)",
    condition="ME/CFS",
    source="fukuda1994",
    criteria=criteria,
    exclusions=exclusions,
    parameters=(*_ALL, concepts.FATIGUE),
    notes=(
        "Fatigue itself (DSQ 13) is not tested by the published syntax, and not here.",
        "A symptom counts only if it lasted six months and did not predate the fatigue: the DSQ asks about the past "
        "six months, and no question asks what came first.",
        "Fibromyalgia, anxiety, non-melancholic depression, a treated condition or an isolated laboratory finding do "
        "not exclude.",
        "The body mass index of 45 and the two years of substance abuse are recalled; the kinds of exclusion were "
        "seen.",
        "The empirical definition of the CDC (Reeves 2005) is left out: it takes in too many, and its numbers were not "
        "seen.",
    ),
    remarks=lambda p: (concepts.without_fatigue(criteria(p)),),
)
ICF = Definition(
    "icf",
    "Idiopathic chronic fatigue (Fukuda 1994)",
    condition="ME/CFS",
    source="fukuda1994",
    criteria=idiopathic,
    exclusions=exclusions,
    parameters=_ALL,
    notes=(
        "A rest category: getting worse can lead out of it, into chronic fatigue syndrome.",
        "Recalled. By the text, fatigue that is lifelong, the result of exertion or relieved by rest may still be "
        "idiopathic chronic fatigue; here it is excluded, as from the syndrome.",
    ),
    checked=False,
    part_of="fukuda",
)
