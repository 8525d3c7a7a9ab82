"""Pain: widespread pain and symptom severity, AAPT sites, FIQR."""

from neuroimmune.diagnose.instrument import NO_YES, Fact, Instrument, Item, named, numbered, total

# The five regions of 2016. The jaw, chest and abdomen count among the 19 areas but not towards generalised pain.
REGIONS = {
    "left upper": ("jaw_left", "shoulder_left", "upper_arm_left", "lower_arm_left"),
    "right upper": ("jaw_right", "shoulder_right", "upper_arm_right", "lower_arm_right"),
    "left lower": ("hip_left", "upper_leg_left", "lower_leg_left"),
    "right lower": ("hip_right", "upper_leg_right", "lower_leg_right"),
    "axial": ("neck", "upper_back", "lower_back", "chest", "abdomen"),
}
NOT_GENERALISED = ("jaw_left", "jaw_right", "chest", "abdomen")
AREAS = tuple(area for areas in REGIONS.values() for area in areas)
SITES = ("head", "left_arm", "right_arm", "chest", "abdomen", "upper_back", "lower_back", "left_leg", "right_leg")
GRADE = ("none", "mild", "moderate", "severe")
_EVERY = "Every answer is needed for the number; a verdict asks instead what the missing answers could still change."
_SEVERITY = named("sss", ("fatigue", "unrefreshed", "cognition"))
_SURVEY = named("sss", ("headache", "cramps", "depression"))

WPI_SSS = Instrument(
    key="wpi-sss",
    name="Widespread Pain Index and Symptom Severity Scale",
    items=tuple(Item(f"wpi_{area}", 0, 1, f"pain: {area.replace('_', ' ')}", labels=NO_YES) for area in AREAS)
    + tuple(Item(column, 0, 3, column.removeprefix("sss_")) for column in _SEVERITY)
    + tuple(Item(column, 0, 1, f"{column.removeprefix('sss_')}, past six months", labels=NO_YES) for column in _SURVEY)
    + (
        Item(
            "sss_somatic",
            0,
            3,
            "somatic symptoms as a clinician rates them (2010)",
            labels=("none", "few", "a moderate number", "a great deal"),
        ),
    ),
    scores=(
        total("wpi", "widespread pain index", [f"wpi_{area}" for area in AREAS]),
        total("sss", "symptom severity, survey form of 2011 and 2016", (*_SEVERITY, *_SURVEY)),
        total("sss_2010", "symptom severity, clinician's form of 2010", (*_SEVERITY, "sss_somatic")),
        total("pds", "polysymptomatic distress, WPI + SSS", ("wpi", "sss")),
    ),
    period="past week",
    missing=_EVERY,
    source="acr2016",
    licence="criteria are facts; the wording here is ours",
    cutoffs=(
        Fact("pds", "0-5, 6-15, 16-20, 21-25, above 25", "bands of severity", "Salaffi 2021"),
        Fact("pds", "0-3, 4-7, 8-11, 12-19, 20-31", "bands of severity", "Wolfe", checked=False),
        Fact("pds", "at least 12 or 13", "parts fibromyalgia best", "Wolfe", checked=False),
    ),
)

AAPT = Instrument(
    key="aapt",
    name="Pain sites and grades of the AAPT criteria",
    items=tuple(Item(f"aapt_{site}", 0, 1, f"pain: {site.replace('_', ' ')}", labels=NO_YES) for site in SITES)
    + (
        Item("aapt_sleep", 0, 3, "sleep problem, graded by a clinician", labels=GRADE),
        Item("aapt_fatigue", 0, 3, "fatigue, graded by a clinician", labels=GRADE),
    ),
    scores=(total("aapt_sites", "number of sites", [f"aapt_{site}" for site in SITES]),),
    missing=_EVERY,
    source="aapt2018",
    licence="criteria are facts; the wording here is ours",
    notes=("The criteria say moderate to severe without a number; a clinician grades.",),
)

FIQR = Instrument(
    key="fiqr",
    name="Revised Fibromyalgia Impact Questionnaire",
    items=numbered("fiqr", range(1, 22), 0, 10),
    scores=(
        total("fiqr_function", "function", named("fiqr", range(1, 10)), over=3, needed=1),
        total("fiqr_impact", "overall impact", named("fiqr", (10, 11)), needed=1),
        total("fiqr_symptoms", "symptoms", named("fiqr", range(12, 22)), over=2, needed=1),
        total("fiqr_total", "total", ("fiqr_function", "fiqr_impact", "fiqr_symptoms")),
    ),
    period="past seven days",
    missing="Missing items of a part count as the mean of its answered items; a part needs one.",
    source="bennett2009",
    licence="CC BY 2.0",
    cutoffs=(
        Fact("fiqr_total", "at most 30, 31-45, 46-65, above 65", "bands of severity, 521 patients", "Salaffi 2018"),
        Fact(
            "fiqr_total",
            "0-23, 24-40, 41-63, 64-82, at least 83",
            "bands, 2339 patients: they disagree",
            "Salaffi 2021",
        ),
    ),
    changes=(Fact("fiqr_total", "14 %", "of the older FIQ", "Bennett 2009", checked=False),),
)
