"""Post-exertional malaise by the DSQ-PEM."""

from neuroimmune.diagnose.definitions import concepts
from neuroimmune.diagnose.rules import Choices, Definition, Group, Parameter, all_of, any_of, nothing, yes


def criteria(p: Choices) -> Group:
    steps = concepts.pem_steps()
    return all_of("post-exertional malaise by the DSQ-PEM", *(steps if p["steps"] == "both" else steps[:1]))


def exclusions(p: Choices) -> Group:
    if p["recovery"] == "supportive":
        return nothing(p)
    return any_of("recovery within two hours", yes("dsqpem_6"))


PEM = Definition(
    "pem",
    "Post-exertional malaise by the DSQ-PEM",
    condition="post-exertional malaise",
    source="cotler2018",
    criteria=criteria,
    exclusions=exclusions,
    parameters=(
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
    notes=("Step 1 was seen; step 2 is recalled.",),
    checked=False,
)
