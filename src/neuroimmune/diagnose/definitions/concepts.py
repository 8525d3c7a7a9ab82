"""What several definitions ask for in the same words."""

from functools import cache

import numpy as np

from neuroimmune.diagnose import kleene
from neuroimmune.diagnose.answers import Answers
from neuroimmune.diagnose.instruments import SCORES
from neuroimmune.diagnose.instruments.dsq import DOMAINS
from neuroimmune.diagnose.instruments.rand36 import REDUCED
from neuroimmune.diagnose.rules import (
    THRESHOLDS,
    Choices,
    Clause,
    Criterion,
    Not,
    Parameter,
    Remark,
    all_of,
    any_of,
    asked,
    at_least,
    coded,
    number,
    recorded,
    score,
    symptom,
    symptoms,
    yes,
)

PEM_ITEMS, SLEEP_ITEMS = (tuple(DOMAINS[key][1]) for key in ("pem", "sleep"))
COGNITIVE_ITEMS = (36, 37, 38, 39, 40, 43, 44)
SIX_WEEKS, FOUR_WEEKS = 42 / 31, 28 / 31  # in months, however a file turned weeks into months
CHILDHOOD, _UNDER_SIX_MONTHS, _OVER_SIX_MONTHS = 5, 1, (2, 3, 4)  # codes of dsq_begin
MANY_HOURS = 60  # of activity in four weeks
_LONG = (4, 5)  # item 9 of the DSQ-PEM: 14-23 h, 24 h or more
_A_DAY = 5

REDUCTION = Parameter(
    "reduction",
    "How is a substantial reduction of activity judged?",
    {
        "rand36": "two of three RAND-36 scales: "
        + ", ".join(f"{SCORES[column].name} at most {limit:g}" for column, limit in REDUCED.items()),
        "dsq": "the DSQ's own question, activity reduced by half",
        "stated": "the column reduced_activity",
    },
    "The RAND-36 rule is the one of the published scoring syntax; without RAND-36 answers the first of the others "
    "that the file has is used, and the output says so.",
    {
        "rand36": ("rand36_13", "rand36_20", "rand36_23"),
        "dsq": ("dsq_reduction",),
        "stated": ("reduced_activity",),
    },
)
DURATION_BY = Parameter(
    "duration",
    "How is the duration known?",
    {
        "either": "the column fatigue_months or the DSQ question how long ago the fatigue began, whichever has an "
        "answer",
        "months": "the column fatigue_months",
        "dsq": "the DSQ question how long ago the fatigue began",
    },
    "A file may hold one, the other, or both.",
    recalled=("dsq",),
)
FATIGUE = Parameter(
    "fatigue",
    "Is fatigue itself (DSQ 13 at 2/2) required?",
    {"not tested": "as in the published scoring syntax", "required": "as in the text"},
    "The published syntax tests its consequence, the reduction of activity, and not item 13.",
)
PEM_BY = Parameter(
    "pem",
    "How is post-exertional malaise judged?",
    {
        "five items": "any of DSQ 14 to 18 at the threshold",
        "dsq-pem": "the DSQ-PEM: step 1 (any of the five items at 2/2) and step 2 (worse after effort, for 14 hours "
        "or more)",
    },
    "The five items are the published scoring syntax and the common data element; the second step is stricter.",
    recalled=("dsq-pem",),
)


def reduction(p: Choices) -> Criterion:
    if p["reduction"] == "rand36":
        scales = (score(column, "at most", limit) for column, limit in REDUCED.items())
        return at_least(2, "substantial reduction of activity", *scales)
    return yes({"dsq": "dsq_reduction", "stated": "reduced_activity"}[p["reduction"]])


def without_fatigue(met: Criterion) -> Remark:
    """What to say of a person who meets a definition that does not test fatigue, and has none."""
    return (
        all_of("met without fatigue", met, Not("no fatigue", symptom(13))),
        "Fatigue itself (DSQ 13) is below 2/2: the scoring syntax of this definition does not test it",
    )


def fatigue(p: Choices) -> list[Criterion]:
    return [symptom(13)] if p["fatigue"] == "required" else []


def lasting(p: Choices, months: float = 6, child: float | None = None, compare: str = "at least") -> Criterion:
    """So many months of illness, and where `child` says so, fewer before the age of 18."""
    by_months, by_dsq = number("fatigue_months", compare, months), began(months)
    either = asked(f"illness of {compare} {_time(months)}", by_months, by_dsq)
    long = {"either": either, "months": by_months, "dsq": by_dsq}[p["duration"]]
    if child is None:
        return long
    sooner = all_of("sooner before the age of 18", number("age", "less than", 18), lasting(p, child, compare=compare))
    return any_of(f"{compare} {_time(months)}, or {_time(child)} before the age of 18", long, sooner)


def _time(months: float) -> str:
    weeks = {SIX_WEEKS: "six weeks", FOUR_WEEKS: "four weeks"}
    return weeks.get(months) or f"{months:g} months"


@cache
def began(months: float) -> Clause:
    """So many months by the DSQ, whose shortest choice is under six months."""
    long = coded("dsq_begin", *_OVER_SIX_MONTHS, CHILDHOOD)
    if months >= 6:
        return long

    def judge(answers: Answers) -> np.ndarray:
        under_six = answers["dsq_begin"] == _UNDER_SIX_MONTHS
        return np.where(under_six, np.int8(kleene.CANNOT_SAY), long.judge(answers))

    return Clause(f"{long.text}; under 6 months leaves {_time(months)} open", long.columns, judge)


def post_exertional(p: Choices, threshold: str = "2/2") -> Criterion:
    if p["pem"] == "dsq-pem":
        return pem_both_steps()
    return any_of("post-exertional malaise", *symptoms(*PEM_ITEMS, threshold=threshold))


def pem_both_steps() -> Criterion:
    return all_of("post-exertional malaise by both steps of the DSQ-PEM", *pem_steps())


def pem_steps() -> tuple[Criterion, Criterion]:
    return (
        any_of("step 1: any of the five items", *symptoms(*PEM_ITEMS)),
        all_of(
            "step 2: worse after effort, for 14 hours or more",
            any_of("worse after minimal physical or mental effort", yes("dsqpem_7"), yes("dsqpem_8")),
            coded("dsqpem_9", *_LONG),
        ),
    )


def pem_over_a_day() -> Criterion:
    return asked("malaise after exertion lasts more than 24 hours", yes("pem_over_24h"), coded("dsqpem_9", _A_DAY))


def sleep_problem() -> Criterion:
    return any_of("unrefreshing or disturbed sleep", *symptoms(*SLEEP_ITEMS))


def any_symptom(text: str, *items: int, threshold: str = "2/2") -> Criterion:
    return any_of(text, *symptoms(*items, threshold=threshold))


def threshold_options(*names: str) -> dict[str, str]:
    return {name: THRESHOLDS[name][0] for name in names}


def lifelong() -> Criterion:
    ways = yes("lifelong_fatigue"), yes("dsq_lifelong"), coded("dsq_begin", CHILDHOOD)
    return recorded("lifelong fatigue", *ways)


def exertion() -> Criterion:
    return recorded("result of ongoing exertion", yes("ongoing_exertion"), hours_of_activity())


@cache
def hours_of_activity() -> Clause:
    """Sixty hours or more over the two parts the DSQ asks for."""

    def judge(answers: Answers) -> np.ndarray:
        part_a, part_d = answers["dsq_hours_a"], answers["dsq_hours_d"]
        both = part_a + part_d
        return kleene.truth((both >= MANY_HOURS) | (part_a >= MANY_HOURS) | (part_d >= MANY_HOURS), both < MANY_HOURS)

    text = f"{MANY_HOURS} hours or more of activity in the past four weeks, by the DSQ"
    return Clause(text, ("dsq_hours_a", "dsq_hours_d"), judge)
