"""Fatigue: Chalder's scale, MFI-20, Krupp's severity scale, CIS-20."""

from neuroimmune.diagnose.instrument import Fact, Instrument, named, numbered, total, whole_numbers

COMPLETE = "Every item of a scale is needed (assumed: no published rule was verified)."


def _reversible(key: str, size: int, high: int, reversed_items: list[int]):
    backwards = tuple(range(high, 0, -1))
    return tuple(
        item
        for n in range(1, size + 1)
        for item in numbered(key, [n], 1, high, backwards if n in reversed_items else ())
    )


CFQ11 = Instrument(
    key="cfq11",
    name="Chalder fatigue scale, 11 items",
    items=numbered("cfq11", range(1, 12), 0, 3),
    scores=(
        total("cfq11_likert", "Likert total", named("cfq11", range(1, 12))),
        total("cfq11_bimodal", "bimodal total", named("cfq11", range(1, 12)), points=(0, 0, 1, 1)),
        total("cfq11_physical", "physical fatigue, Likert", named("cfq11", range(1, 8))),
        total("cfq11_mental", "mental fatigue, Likert", named("cfq11", range(8, 12))),
    ),
    missing=COMPLETE,
    source="chalder1993",
    licence="wording under copyright: item numbers only",
    cutoffs=(
        Fact("cfq11_bimodal", "at least 4", "a case", "chalder1993"),
        Fact("cfq11_bimodal", "at least 6", "entry to the PACE trial", "White 2011", checked=False),
    ),
    changes=(
        Fact("cfq11_likert", "2", "as the PACE trial used it; contested", "BMC Psychology 2018, table"),
        Fact(
            "cfq11_likert",
            "5.9",
            "mean change of patients who called themselves a little better (no change: 2.3)",
            "Collin and Crawley 2017, supplement, as quoted",
        ),
    ),
)

MFI20 = Instrument(
    key="mfi20",
    name="Multidimensional Fatigue Inventory, 20 items",
    items=_reversible("mfi20", 20, 5, [2, 5, 9, 10, 13, 14, 16, 17, 18, 19]),
    scores=(
        total("mfi20_general", "general fatigue", named("mfi20", (1, 5, 12, 16))),
        total("mfi20_physical", "physical fatigue", named("mfi20", (2, 8, 14, 20))),
        total("mfi20_activity", "reduced activity", named("mfi20", (3, 6, 10, 17))),
        total("mfi20_motivation", "reduced motivation", named("mfi20", (4, 9, 15, 18))),
        total("mfi20_mental", "mental fatigue", named("mfi20", (7, 11, 13, 19))),
    ),
    period="lately",
    missing=COMPLETE,
    source="smets1995",
    licence="copyright of the authors; free for academic use, charged for commercial use: item numbers only",
    cutoffs=(
        Fact("mfi20_general", "at least 13", "CDC 2005, or reduced activity at least 10", "reeves2005", checked=False),
    ),
    changes=(Fact("each scale", "2", "in cancer", "Purcell 2010", checked=False),),
    notes=("Answers run from 1 (yes, true) to 5 (no, not true); ten items are turned round.",),
)

FSS = Instrument(
    key="fss",
    name="Fatigue Severity Scale",
    items=numbered("fss", range(1, 10), 1, 7),
    scores=(total("fss_mean", "mean of nine items", named("fss", range(1, 10)), over=9),),
    period="past week",
    missing=COMPLETE,
    source="krupp1989",
    licence="copyright Krupp; free for non-profit use, permission for industry: item numbers only",
    cutoffs=(Fact("fss_mean", "above 4 to 5", "often called significant; there is no formal threshold", "krupp1989"),),
    changes=(Fact("fss_mean", "1.9", "in multiple sclerosis; depends on the method", "an MS review"),),
    notes=("A sum of 36 is a mean of 4.",),
)

CIS20 = Instrument(
    key="cis20",
    name="Checklist Individual Strength, 20 items",
    items=_reversible("cis20", 20, 7, [1, 3, 4, 9, 10, 13, 14, 16, 17, 18, 19]),
    scores=(
        total("cis20_fatigue", "subjective fatigue", named("cis20", (1, 4, 6, 9, 12, 14, 16, 20))),
        total("cis20_concentration", "concentration", named("cis20", (3, 8, 11, 13, 19))),
        total("cis20_motivation", "motivation", named("cis20", (2, 5, 15, 18))),
        total("cis20_activity", "physical activity", named("cis20", (7, 10, 17))),
        total("cis20_total", "total", named("cis20", whole_numbers((1, 20)))),
    ),
    period="past two weeks",
    missing=COMPLETE,
    source="vercoulen1994",
    licence="Radboud University; permission unclear: item numbers only",
    cutoffs=(
        Fact("cis20_fatigue", "at least 35", "severe fatigue", "vercoulen1994"),
        Fact("cis20_fatigue", "at least 40", "advised for research in CFS", "vercoulen1994"),
    ),
    changes=(Fact("cis20_fatigue", "6", "origin not found", "unknown", checked=False),),
    notes=(
        "Answers run from 1 (yes, true) to 7 (no, not true); eleven items are turned round.",
        "Which items belong to which scale is recalled. Which are turned round follows from the sense of the "
        "statements: items 1 to 12 were compared with a public copy of the form, items 13 to 20 are recalled.",
    ),
)
