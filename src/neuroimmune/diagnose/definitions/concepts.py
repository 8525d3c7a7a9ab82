"""What several definitions ask for in the same words."""

import numpy as np

from neuroimmune.diagnose import kleene
from neuroimmune.diagnose.answers import Answers
from neuroimmune.diagnose.rules import (
    THRESHOLDS,
    Choices,
    Criterion,
    Parameter,
    Test,
    all_of,
    any_of,
    asked,
    at_least,
    coded,
    number,
    score,
    symptoms,
    yes,
)

LIMITS = {"rand36_rp": 50, "rand36_sf": 62.5, "rand36_vt": 35}
PEM_ITEMS = (14, 15, 16, 17, 18)
SLEEP_ITEMS = (19, 20, 21, 22, 23, 24)
COGNITIVE_ITEMS = (36, 37, 38, 39, 40, 43, 44)
_LONG = (4, 5)  # item 9 of the DSQ-PEM: 14-23 h, 24 h or more
_A_DAY = 5

REDUCTION = Parameter(
    "reduction",
    "How is a substantial reduction of activity judged?",
    {
        "rand36": "two of three RAND-36 scales: role physical at most 50, social functioning at most 62.5, vitality "
        "at most 35",
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
    {"months": "the column fatigue_months", "dsq": "the DSQ question how long ago the fatigue began"},
    "A number of months needs no interpretation; the DSQ's choices are used when the file has no months.",
    {"months": ("fatigue_months",), "dsq": ("dsq_begin",)},
    ("dsq",),
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
        scales = (score(column, "at most", limit) for column, limit in LIMITS.items())
        return at_least(2, "substantial reduction of activity", *scales)
    return yes({"dsq": "dsq_reduction", "stated": "reduced_activity"}[p["reduction"]])


def lasting(p: Choices, months: float = 6) -> Criterion:
    """So many months of illness."""
    return began(months) if p["duration"] == "dsq" else number("fatigue_months", "at least", months)


def began(months: float) -> Test:
    """So many months by the DSQ, whose shortest choice is under six months."""
    long = coded("dsq_begin", 2, 3, 4)
    if months >= 6:
        return long

    def judge(answers: Answers) -> np.ndarray:
        under_six = answers["dsq_begin"] == 1
        return np.where(under_six, np.int8(kleene.CANNOT_SAY), long.judge(answers))

    return Test(f"{long.text}; under 6 months leaves {months:.2g} months open", long.columns, judge)


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
    return asked("lifelong fatigue", yes("lifelong_fatigue"), yes("dsq_lifelong"))


def exertion() -> Criterion:
    return asked("result of ongoing exertion", yes("ongoing_exertion"), hours_of_activity())


def hours_of_activity() -> Test:
    """Sixty hours or more over the two parts the DSQ asks for."""

    def judge(answers: Answers) -> np.ndarray:
        part_a, part_d = answers["dsq_hours_a"], answers["dsq_hours_d"]
        both = part_a + part_d
        return kleene.truth((both >= 60) | (part_a >= 60) | (part_d >= 60), both < 60)

    return Test(
        "60 hours or more of activity in the past four weeks, by the DSQ", ("dsq_hours_a", "dsq_hours_d"), judge
    )
