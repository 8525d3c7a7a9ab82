"""Mood and anxiety: HADS, PHQ-9, GAD-7."""

from neuroimmune.diagnose.instrument import Alert, Fact, Instrument, named, numbered, total
from neuroimmune.diagnose.instruments.fatigue import COMPLETE

HOW_OFTEN = ("not at all", "several days", "more than half the days", "nearly every day")
CRISIS = (
    "thoughts of death or self-harm were reported (PHQ-9 item 9): this person should be contacted now by a qualified "
    "clinician or a crisis service"
)
_ITEM_9 = "PHQ-9 item 9 (thoughts of death or self-harm)"
UNREAD = f"the answer to {_ITEM_9} could not be read: look at it now, and act as if it were above zero"
BLANK = f"{_ITEM_9} was left blank while other items were answered: ask"
# Items 1 to 8 of the PHQ-9 in LOINC; the code of item 9 is recalled.
_LOINC = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")

HADS = Instrument(
    key="hads",
    name="Hospital Anxiety and Depression Scale",
    items=numbered("hads", range(1, 15), 0, 3),
    scores=(
        total("hads_anxiety", "anxiety, odd items", named("hads", range(1, 15, 2))),
        total("hads_depression", "depression, even items", named("hads", range(2, 15, 2))),
    ),
    period="past week",
    missing=COMPLETE,
    source="zigmond1983",
    licence="copyright GL Assessment, charged: item numbers only",
    cutoffs=(
        Fact("each scale", "8 to 10", "borderline", "zigmond1983", checked=False),
        Fact("each scale", "at least 11", "a case", "zigmond1983", checked=False),
    ),
    changes=(Fact("each scale", "1.5 to 1.7", "in lung disease", "Puhan 2008", checked=False),),
    notes=("Answers are the printed scores, 0 to 3, already turned the right way round.",),
)

PHQ9 = Instrument(
    key="phq9",
    name="Patient Health Questionnaire, depression, 9 items",
    items=numbered("phq9", range(1, 10), 0, 3, labels=HOW_OFTEN),
    scores=(total("phq9_total", "total", named("phq9", range(1, 10))),),
    period="past two weeks",
    missing=COMPLETE,
    source="kroenke2001",
    licence="free, no permission required",
    cutoffs=tuple(
        Fact("phq9_total", f"at least {least}", meaning, "kroenke2001")
        for least, meaning in ((5, "mild"), (10, "moderate"), (15, "moderately severe"), (20, "severe"))
    ),
    changes=(Fact("phq9_total", "5", "clinically important change", "kroenke2001", checked=False),),
    alerts=(Alert("phq9_9", 1, CRISIS, UNREAD, BLANK, "nobody was checked for thoughts of death or self-harm"),),
    notes=("The LOINC code of item 9, 44260-8, is recalled; those of the others were seen.",),
    also=dict(zip(_LOINC, named("phq9", range(1, 10)), strict=True)),
)

GAD7 = Instrument(
    key="gad7",
    name="Generalised Anxiety Disorder scale, 7 items",
    items=numbered("gad7", range(1, 8), 0, 3, labels=HOW_OFTEN),
    scores=(total("gad7_total", "total", named("gad7", range(1, 8))),),
    period="past two weeks",
    missing=COMPLETE,
    source="spitzer2006",
    licence="free, no permission required",
    cutoffs=tuple(
        Fact("gad7_total", f"at least {least}", meaning, "spitzer2006")
        for least, meaning in ((5, "mild"), (10, "moderate: sensitivity 89 %, specificity 82 %"), (15, "severe"))
    ),
    changes=(Fact("gad7_total", "4", "clinically important change", "Toussaint 2020", checked=False),),
)
