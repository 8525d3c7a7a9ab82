"""What no questionnaire asks: the course of the illness, findings, and what rules a definition out."""

from neuroimmune.diagnose.instrument import NO_YES, Instrument, Item

_FACTS = {
    "lifelong_fatigue": "fatigue was always there, without an onset",
    "definite_onset": "the fatigue began at a definite time",
    "infection_at_onset": "an infection at onset, proven in the laboratory",
    "ongoing_exertion": "the fatigue is the result of ongoing exertion",
    "relieved_by_rest": "rest relieves the fatigue substantially",
    "reduced_activity": "occupational, educational, social or personal activity is substantially reduced",
    "reduced_by_half": "activity is reduced by half or more",
    "new_headaches": "headaches of a new type, pattern or severity",
    "fatigue_principal": "fatigue is the principal symptom",
    "fatigue_disabling": "the fatigue is severe and disabling",
    "fatigue_physical": "the fatigue affects physical functioning",
    "fatigue_mental": "the fatigue affects mental functioning",
    "fatigue_worse_with_activity": "activity makes the fatigue worse",
    "pem_over_24h": "malaise after exertion lasts more than 24 hours",
    "pem_delayed": "malaise after exertion often begins hours or days later",
    "pem_disproportionate": "malaise after exertion is out of proportion to the activity",
    "pem_prolonged": "recovery from malaise after exertion is prolonged",
    "symptoms_fluctuate": "symptoms fluctuate, usually after exercise",
    "frequent_infections": "susceptible to viral infections, with prolonged recovery",
    "temperature_intolerance": "intolerant of extremes of temperature",
    "medical_explanation": "an active medical condition may explain the fatigue",
    "unresolved_disease": "a disease diagnosed earlier, not shown to be resolved, may explain the fatigue",
    "psychosis_or_dementia": "bipolar disorder, schizophrenia, delusional disorder or dementia, past or present",
    "melancholic_depression": "major depression with psychotic or melancholic features, past or present",
    "eating_disorder": "anorexia or bulimia nervosa, past or present",
    "substance_abuse": "alcohol or other substance abuse from two years before onset on",
    "primary_psychiatric": "a primary psychiatric disorder explains the illness",
    "somatoform_disorder": "a somatoform disorder explains the illness",
    "depressive_disorder": "a primary depressive disorder",
    "anxiety_disorder": "an anxiety disorder",
    "organic_brain_disease": "a proven organic brain disease",
    "school_phobia": "a primary school phobia (children)",
    "other_pain_disorder": "another disorder would explain the pain",
    "covid_infection": "infection with SARS-CoV-2, probable or confirmed",
    "covid_symptoms": "symptoms or conditions persist, relapse or progress since the infection",
    "covid_other_explanation": "another diagnosis explains the symptoms",
    "fnd_symptom": "altered voluntary motor or sensory function, or attacks",
    "fnd_distress": "the symptom causes distress",
    "fnd_impairment": "the symptom impairs function",
    "fnd_evaluation": "the symptom warrants medical evaluation",
    "fnd_other_explanation": "another medical or mental disorder explains the symptom better",
}
FND_SIGNS = {
    "hoover": "Hoover's sign",
    "hip_abductor": "hip abductor sign",
    "inconsistent": "other internal inconsistency",
    "global_weakness": "global pattern of weakness",
    "entrainment": "entrainment of tremor",
    "fixed_dystonia": "fixed dystonic posture",
    "hemifacial": "hemifacial overactivity",
    "sway": "sway that improves with distraction",
    "attack": "features of a functional attack, seen or on video-EEG",
}


def _resolved(column: str, what: str) -> Item:
    meaning = f"{what} was resolved before the onset of fatigue (0 if not resolved) by"
    return Item(f"{column}_years", 0, 100, meaning, unit="years", whole=False)


_NUMBERS = (
    Item("sex", 0, 1, "sex", labels=("female", "male")),
    Item("age", 0, 120, "age", unit="years", whole=False),
    Item("bmi", 5, 150, "body mass index", unit="kg/m2", whole=False),
    Item("fatigue_months", 0, 1440, "fatigue or illness has lasted", unit="months", whole=False),
    Item("pain_months", 0, 1440, "pain has been at a similar level for", unit="months", whole=False),
    Item("fatigue_percent", 0, 100, "fatigue is present for", unit="%", whole=False),
    Item("tender_points", 0, 18, "of 18 tender points pressed with about 4 kg, those that hurt are"),
    _resolved("melancholic_depression", "melancholic depression"),
    _resolved("eating_disorder", "the eating disorder"),
    _resolved("substance_abuse", "the substance abuse"),
    Item("covid_months", 0, 1440, "the onset of the infection lies back", unit="months", whole=False),
    Item("covid_symptom_months", 0, 1440, "symptoms since the infection have lasted", unit="months", whole=False),
    Item("fnd_months", 0, 1440, "functional symptom has lasted", unit="months", whole=False),
)

HISTORY = Instrument(
    key="history",
    name="History and findings",
    items=_NUMBERS
    + tuple(Item(column, 0, 1, meaning, labels=NO_YES) for column, meaning in _FACTS.items())
    + tuple(Item(f"fnd_sign_{key}", 0, 1, meaning, labels=NO_YES) for key, meaning in FND_SIGNS.items()),
    source="the definitions that ask for it",
    licence="none: the words are ours",
    missing="A clause that rests on a missing answer ends in cannot say.",
    notes=("Exclusions are for a clinician: fill them in only from a clinical examination.",),
)
