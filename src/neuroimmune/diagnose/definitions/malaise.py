"""Post-exertional malaise by the DSQ-PEM."""

from neuroimmune.diagnose.definitions import concepts
from neuroimmune.diagnose.rules import Choices, Criterion, Definition, Parameter, all_of, any_of, yes


def criteria(p: Choices) -> Criterion:
    steps = concepts.pem_steps()
    return all_of("post-exertional malaise by the DSQ-PEM", *steps[: {"both": 2, "first": 1}[p["steps"]]])


def exclusions(p: Choices) -> Criterion:
    return any_of("recovery within two hours", yes("dsqpem_6")) if p["recovery"] == "excludes" else any_of("none")


PEM = Definition(
    "pem",
    "Post-exertional malaise by the DSQ-PEM",
    "post-exertional malaise",
    "cotler2018",
    criteria,
    exclusions,
    (
        Parameter(
            "steps",
            "Which steps?",
            {"both": "the five items, then effort and duration", "first": "the five items only"},
            "The paper scores in two steps; the common data element is the first alone.",
            recalled=("both",),
        ),
        Parameter(
            "recovery",
            "Does recovery within two hours (item 6) exclude?",
            {"supportive": "no, it supports only", "excludes": "yes"},
            "Step 2 is recalled without items 6 and 10.",
        ),
    ),
    ("Step 1 was seen; step 2 is recalled.",),
    checked=False,
)
