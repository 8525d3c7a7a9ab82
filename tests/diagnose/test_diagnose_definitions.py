"""Every definition at its edges, every published variant where it differs, every trap of public code."""

import pytest

from neuroimmune.diagnose.answers import Answers
from neuroimmune.diagnose.definitions import DEFINITIONS
from neuroimmune.diagnose.instruments.pain import AREAS
from neuroimmune.diagnose.kleene import WORDS
from neuroimmune.diagnose.rules import columns_of
from neuroimmune.diagnose.sources import SOURCES
from neuroimmune.diagnose.verdict import MEETS, MEETS_BUT, diagnose
from neuroimmune.errors import InputError


def symptoms(*items: int, often: int = 2, bad: int = 2) -> dict[str, float]:
    return {f"dsq_{item}{kind}": value for item in items for kind, value in (("f", often), ("s", bad))}


def nothing(*items: int) -> dict[str, float]:
    return symptoms(*items, often=0, bad=0)


def areas(*painful: str) -> dict[str, float]:
    return {f"wpi_{area}": float(area in painful) for area in AREAS}


def verdict(key: str, answers: dict[str, float | None], **choices: str) -> str:
    results = diagnose(_of(answers), {key: choices})
    return WORDS[results.judged(results.rules[key].criteria)[0]]


def excluded(key: str, answers: dict[str, float | None], **choices: str) -> str:
    results = diagnose(_of(answers), {key: choices})
    return WORDS[results.judged(results.rules[key].exclusions)[0]]


def _of(answers: dict[str, float | None]) -> Answers:
    return Answers.of({column: [answer] for column, answer in answers.items()})


# Role physical 50, social functioning 62.5, vitality 100: two of three, just.
REDUCED = {"rand36_13": 1, "rand36_14": 1, "rand36_15": 2, "rand36_16": 2, "rand36_20": 3, "rand36_32": 4}
REDUCED |= {"rand36_23": 1, "rand36_27": 1, "rand36_29": 6, "rand36_31": 6}
HEALTHY = nothing(*range(13, 67))
LONG = {"fatigue_months": 6}

IOM = HEALTHY | REDUCED | LONG | symptoms(14, 19, 50)
CCC = HEALTHY | REDUCED | LONG | symptoms(18, 20, 31, 32, 44, 51, 66)
ICC = HEALTHY | symptoms(14, 36, 25, 19, 62, 29, 45, 49) | {"dsq_reduction": 1, "dsq_viral": 0, "dsq_intolerant": 0}
FUKUDA = HEALTHY | REDUCED | LONG | symptoms(62, 63, 25, 26, often=1, bad=1) | {"dsq_headaches": 0}
NICE = HEALTHY | REDUCED | {"fatigue_months": 3, "age": 40} | symptoms(13, 15, 24, 38)
LONDON = HEALTHY | LONG | symptoms(17, 36, 37) | {"symptoms_fluctuate": 1}
RCCC = CCC | symptoms(13)
OXFORD = LONG | {"fatigue_principal": 1, "definite_onset": 1, "fatigue_disabling": 1, "fatigue_physical": 1}
OXFORD |= {"fatigue_mental": 1, "fatigue_percent": 51}
PEM = nothing(*range(14, 19)) | symptoms(16) | {"dsqpem_7": 0, "dsqpem_8": 1, "dsqpem_9": 4}
SURVEY = {"sss_fatigue": 3, "sss_unrefreshed": 2, "sss_cognition": 0, "sss_headache": 0, "sss_cramps": 0}
SURVEY |= {"sss_depression": 0, "sss_somatic": 0, "pain_months": 3}
SEVEN = areas("shoulder_left", "shoulder_right", "hip_left", "hip_right", "neck", "chest", "jaw_left")
ACR = SEVEN | SURVEY
TENDER = areas("shoulder_left", "hip_right", "lower_back") | {"pain_months": 3, "tender_points": 11}
AAPT = {f"aapt_{s}": 1 for s in ("head", "left_arm", "right_arm", "chest", "abdomen", "upper_back")}
AAPT |= {f"aapt_{s}": 0 for s in ("lower_back", "left_leg", "right_leg")} | {"aapt_sleep": 2, "aapt_fatigue": 1}
AAPT |= {"pain_months": 3}
FND = {"fnd_symptom": 1, "fnd_sign_hoover": 1, "fnd_distress": 0, "fnd_impairment": 1, "fnd_months": 6}
COVID = {"covid_infection": 1, "covid_symptoms": 1, "covid_months": 3, "covid_symptom_months": 3, "age": 18}

POSITIVE = {
    "iom": IOM,
    "ccc": CCC,
    "icc": ICC,
    "fukuda": FUKUDA,
    "nice": NICE,
    "nice_suspect": NICE | {"fatigue_months": 1.5},
    "london": LONDON,
    "rccc": RCCC,
    "rccc_atypical": HEALTHY | LONG | symptoms(13, 14, 19),
    "oxford": OXFORD,
    "pifs": OXFORD | {"infection_at_onset": 1},
    "icc_atypical": ICC | nothing(62, 29),
    "icf": HEALTHY | LONG | REDUCED | symptoms(13) | {"dsq_headaches": 0},
    "pem": PEM,
    "acr1990": TENDER,
    "acr2010": ACR,
    "acr2011": ACR,
    "acr2016": ACR,
    "aapt": AAPT,
    "fnd": FND,
    "who": COVID,
    "nasem": COVID,
}


@pytest.mark.parametrize("key", DEFINITIONS)
def test_meets_at_the_edge(key):
    assert verdict(key, POSITIVE[key]) == "yes"


EDGES = [  # one step below the edge: the definition, and the answers that change
    *[("iom", symptoms(item, bad=1)) for item in (14, 19, 50)],
    ("iom", {"rand36_13": 2}),
    ("iom", {"rand36_32": 5}),
    ("iom", {"fatigue_months": 5.9}),
    *[("ccc", symptoms(item, often=1, bad=4)) for item in (18, 20, 31, 32, 44, 51, 66)],
    *[("icc", symptoms(item, often=1)) for item in (14, 36, 25, 19, 62, 29, 45, 49)],
    ("icc", {"dsq_reduction": 0}),
    *[("fukuda", nothing(item)) for item in (62, 63, 25, 26)],
    ("fukuda", {"fatigue_months": 5}),
    *[("nice", nothing(item)) for item in (13, 15, 24, 38)],
    ("nice", {"fatigue_months": 2.9}),
    ("nice_suspect", {"fatigue_months": 1}),
    *[("london", nothing(item)) for item in (17, 36, 37)],
    ("london", {"symptoms_fluctuate": 0}),
    *[("rccc", nothing(item)) for item in (13, 18, 20, 31, 32, 51)],
    *[("rccc_atypical", nothing(item)) for item in (13, 14, 19)],
    ("rccc_atypical", {"fatigue_months": 2}),
    ("icf", nothing(13)),
    ("icf", {"fatigue_months": 5}),
    ("oxford", {"fatigue_percent": 50}),
    *[("oxford", {column: 0}) for column in OXFORD if column.startswith(("fatigue_p", "definite", "fatigue_d"))],
    ("pifs", {"infection_at_onset": 0}),
    ("pem", {"dsqpem_9": 3}),
    ("pem", {"dsqpem_8": 0}),
    ("pem", nothing(16)),
    ("acr1990", {"tender_points": 10}),
    ("acr1990", {"wpi_hip_right": 0}),
    ("acr1990", {"wpi_lower_back": 0}),
    ("acr2010", {"sss_unrefreshed": 1}),
    ("acr2011", {"wpi_neck": 0}),
    ("acr2016", {"wpi_neck": 0}),
    ("acr2016", {"pain_months": 2}),
    ("aapt", {"aapt_head": 0}),
    ("aapt", {"aapt_sleep": 1}),
    ("fnd", {"fnd_impairment": 0, "fnd_evaluation": 0}),
    ("who", {"covid_symptom_months": 1.9}),
    ("who", {"covid_months": 2.9}),
    ("who", {"age": 17}),
    ("nasem", {"covid_symptom_months": 2.9}),
]


@pytest.mark.parametrize(("key", "change"), EDGES)
def test_fails_just_below_the_edge(key, change):
    assert verdict(key, POSITIVE[key] | change) == "no"


VARIANTS = [  # definition, parameter, option, answers on which it differs from the default, the verdict it gives
    ("fukuda", "threshold", "2/2", FUKUDA, "no"),
    ("fukuda", "threshold", "sum2", FUKUDA | symptoms(62, often=2, bad=0), "yes"),
    ("fukuda", "pem", "over 24 h", FUKUDA | nothing(62) | symptoms(14) | {"pem_over_24h": 0}, "no"),
    ("fukuda", "pem", "dsq-pem", FUKUDA | nothing(62) | symptoms(14) | {"dsqpem_7": 0, "dsqpem_8": 0}, "no"),
    ("fukuda", "reduction", "dsq", FUKUDA | {"dsq_reduction": 0}, "no"),
    ("fukuda", "reduction", "stated", FUKUDA | {"reduced_activity": 0}, "no"),
    ("oxford", "share", "half", OXFORD | {"fatigue_percent": 50}, "yes"),
    ("ccc", "systems", "one", CCC | nothing(66), "yes"),
    ("ccc", "fatigue", "required", CCC, "no"),
    ("ccc", "pem", "dsq-pem", CCC | {"dsqpem_7": 0, "dsqpem_8": 0, "dsqpem_9": 5}, "no"),
    ("icc", "categories", "one", ICC | nothing(62, 29, 25, 19), "yes"),
    ("icc", "half", "descriptive", ICC | {"dsq_reduction": 0}, "yes"),
    ("iom", "orthostatic", "present", IOM | symptoms(50, often=1, bad=1), "yes"),
    ("iom", "six", "more than", IOM, "no"),
    ("nice", "worsened", "asked", NICE | {"fatigue_worse_with_activity": 0}, "no"),
    ("nice", "pem", "three features", NICE | {"pem_delayed": 0}, "no"),
    ("pem", "steps", "first", PEM | {"dsqpem_9": 0}, "yes"),
    ("acr2016", "regions", "all areas", areas("jaw_left", "jaw_right", "hip_left", "chest", "abdomen", "neck",
                                             "lower_back") | SURVEY, "yes"),
    ("acr2016", "somatic", "clinician", ACR | {"sss_unrefreshed": 0, "sss_somatic": 2}, "yes"),
    ("fnd", "course", "acute", FND, "no"),
    ("who", "age", "all", COVID | {"age": 12}, "yes"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "parameter", "option", "answers", "expected"), VARIANTS)
def test_variant_differs(key, parameter, option, answers, expected):
    default = DEFINITIONS[key].choose()[parameter]
    assert verdict(key, answers, **{parameter: option}) == expected
    assert verdict(key, answers, **{parameter: default}) == {"yes": "no", "no": "yes"}[expected]


EXCLUDING = [
    ("fukuda", "exclusions", "2003", {"bmi": 42}, "1994", "yes"),
    ("fukuda", "exclusions", "2003", {"eating_disorder": 1, "eating_disorder_years": 6}, "1994", "cannot say"),
    ("london", "version", "PACE", {"anxiety_disorder": 1}, "1994", "yes"),
    ("fukuda", "lifelong", "excludes", {"lifelong_fatigue": 1}, "ignored", "yes"),
]


@pytest.mark.parametrize(("key", "parameter", "option", "answers", "other", "expected"), EXCLUDING)
def test_variant_of_exclusions_differs(key, parameter, option, answers, other, expected):
    answers = FUKUDA | answers
    assert excluded(key, answers, **{parameter: option}) == expected
    assert excluded(key, answers, **{parameter: other}) != expected


@pytest.mark.parametrize("lacking", [(36, 25, 19), (62, 29, 45)])
def test_one_category_is_not_none(lacking):
    assert verdict("icc", ICC | nothing(*lacking), categories="one") == "no"


@pytest.mark.parametrize(("often", "more_than_half", "half"), [(3, "yes", "yes"), (2, "no", "yes"), (1, "no", "no")])
def test_half_of_the_time_by_the_dsq(often, more_than_half, half):
    answers = {c: v for c, v in OXFORD.items() if c != "fatigue_percent"} | {"dsq_13f": often}
    assert verdict("oxford", answers) == more_than_half and verdict("oxford", answers, share="half") == half


@pytest.mark.parametrize(
    ("percent", "more_than_half", "half"), [(51, "yes", "yes"), (50, "no", "yes"), (49.5, "no", "no")]
)
def test_half_of_the_time_in_per_cent(percent, more_than_half, half):
    answers = OXFORD | {"fatigue_percent": percent}
    assert verdict("oxford", answers) == more_than_half and verdict("oxford", answers, share="half") == half


def test_long_covid_at_its_shortest():
    shortest = COVID | {"covid_symptom_months": 2}
    assert verdict("who", shortest) == "yes" and verdict("nasem", shortest) == "no"


def test_one_system_is_not_none():
    assert verdict("ccc", CCC | nothing(51, 66), systems="one") == "no"


@pytest.mark.parametrize(("lasts", "long", "over_a_day"), [(3, "no", "no"), (4, "yes", "no"), (5, "yes", "yes")])
def test_how_long_malaise_lasts(lasts, long, over_a_day):
    assert verdict("pem", PEM | {"dsqpem_9": lasts}) == long
    eighth = FUKUDA | nothing(62) | symptoms(14) | {"dsqpem_9": lasts}
    assert verdict("fukuda", eighth, pem="over 24 h") == over_a_day


def test_fatigue_that_is_required_is_item_13():
    assert verdict("ccc", CCC | symptoms(13), fatigue="required") == "yes"


@pytest.mark.parametrize("key", DEFINITIONS)
def test_every_option_makes_another_rule(key):
    definition = DEFINITIONS[key]
    rules = [repr((definition.criteria(p), definition.exclusions(p))) for p in definition.variants()]
    assert len(set(rules)) == len(rules)


@pytest.mark.parametrize(("key", "months"), [("fukuda", 6), ("oxford", 6), ("nice", 3)])
def test_duration_by_whichever_was_answered(key, months):
    """Months and the DSQ's question are one: either decides, and a contradiction decides nothing."""
    blank = POSITIVE[key] | {"fatigue_months": None, "dsq_begin": 4}
    for answers, months, begin, either in (
        (blank, "cannot say", "yes", "yes"),
        (POSITIVE[key] | {"dsq_begin": None}, "yes", "cannot say", "yes"),
        (POSITIVE[key] | {"dsq_begin": 6}, "yes", "no", "cannot say"),
        (POSITIVE[key] | {"dsq_begin": 6, "fatigue_months": 1}, "no", "no", "no"),
    ):
        said = [verdict(key, answers, duration=by) for by in ("months", "dsq", "either")]
        assert said == [months, begin, either]


def test_a_contradiction_decides_nothing_and_marks_its_row():
    torn = diagnose(_of(ICC | {"reduced_by_half": 0}))
    assert WORDS[torn.criteria["icc"][0]] == "cannot say"
    assert torn.problems == {0: ["contradiction: dsq_reduction = 1 but reduced_by_half = 0"]}
    assert not diagnose(_of(ICC | {"reduced_by_half": 1})).problems
    longer = diagnose(_of(COVID | {"covid_symptom_months": 4}))
    assert longer.problems == {0: ["covid_symptom_months is more than covid_months, the time since the infection"]}


@pytest.mark.parametrize("said", [{"lifelong_fatigue": 1, "dsq_begin": 3}, {"dsq_lifelong": 0, "dsq_begin": 5},
                                  {"ongoing_exertion": 1, "dsq_hours_a": 9, "dsq_hours_d": 9}])  # fmt: skip
def test_an_exclusion_counts_wherever_it_was_recorded(said):
    assert excluded("iom", IOM | said, duration="months") == "yes"


def test_item_6_of_the_dsq_pem():
    assert excluded("pem", PEM | {"dsqpem_6": 1}, recovery="excludes") == "yes"
    assert excluded("pem", PEM | {"dsqpem_6": 1}) == "no"


_FATIGUE = "lifelong_fatigue dsq_lifelong ongoing_exertion relieved_by_rest"
_DISEASE = "medical_explanation unresolved_disease"
_MIND = "psychosis_or_dementia melancholic_depression eating_disorder substance_abuse"
EXCLUDED_BY = {
    "fukuda": f"{_FATIGUE} {_DISEASE} {_MIND}",
    "icf": f"{_FATIGUE} {_DISEASE} {_MIND}",
    "oxford": f"lifelong_fatigue dsq_lifelong {_DISEASE} {_MIND} organic_brain_disease",
    "ccc": f"lifelong_fatigue dsq_lifelong ongoing_exertion {_DISEASE} primary_psychiatric substance_abuse",
    "rccc": f"lifelong_fatigue dsq_lifelong ongoing_exertion {_DISEASE} primary_psychiatric substance_abuse",
    "icc": "primary_psychiatric somatoform_disorder substance_abuse medical_explanation school_phobia",
    "iom": _FATIGUE,
    "nice": f"{_DISEASE} ongoing_exertion relieved_by_rest",
    "london": "medical_explanation",
    "acr2010": "other_pain_disorder",
    "acr2011": "other_pain_disorder",
    "fnd": "fnd_other_explanation",
    "who": "covid_other_explanation",
    "acr1990": "",
    "acr2016": "",
    "aapt": "",
    "nasem": "",
}


@pytest.mark.parametrize("key", EXCLUDED_BY)
def test_what_excludes(key):
    columns = EXCLUDED_BY[key].split()
    definition = DEFINITIONS[key]
    asked_for = set(columns_of(definition.exclusions(definition.choose())))
    assert asked_for - {"bmi", "dsq_hours_a", "dsq_hours_d", "dsq_begin"} == set(columns)
    for column in columns:
        assert excluded(key, POSITIVE[key] | {column: 1}) == "yes"
        assert excluded(key, POSITIVE[key] | {column: 0}) == ("cannot say" if len(columns) > 1 else "no")
    if not columns:
        assert excluded(key, POSITIVE[key]) == "no"


@pytest.mark.parametrize(
    ("answers", "options", "expected"),
    [
        ({"bmi": 45}, "1994", True),
        ({"bmi": 44.9}, "1994", False),
        ({"bmi": 40}, "2003", True),
        ({"bmi": 39.9}, "2003", False),
        ({"substance_abuse": 1, "substance_abuse_years": 5}, "2003", True),
        ({"substance_abuse": 1, "substance_abuse_years": 5.1}, "2003", False),
        ({"substance_abuse": 1, "substance_abuse_years": 5.1}, "1994", True),
        ({"substance_abuse": 1, "substance_abuse_years": 0}, "2003", True),
        ({"substance_abuse": 1, "substance_abuse_years": None}, "2003", False),
        ({"dsq_hours_a": 30, "dsq_hours_d": 30}, "1994", True),
        ({"dsq_hours_a": 30, "dsq_hours_d": 29.9}, "1994", False),
        ({"dsq_hours_a": 60}, "1994", True),
        ({"dsq_hours_d": 60}, "1994", True),
        ({"dsq_hours_a": 59}, "1994", False),
    ],
)
def test_edges_of_the_exclusions_of_fukuda(answers, options, expected):
    assert (excluded("fukuda", FUKUDA | answers, exclusions=options) == "yes") == expected


# The items of every category, as the published scoring syntax has them, written out a second time.
CATEGORIES = {
    "ccc": {
        "post-exertional malaise": "14 15 16 17 18",
        "unrefreshing or disturbed sleep": "19 20 21 22 23 24",
        "pain": "25 26 27 28 29 30 31",
        "two or more neurological or cognitive symptoms": "32 33 34 35 36 37 38 39 40 41 41a 41b 42 43 44",
        "autonomic": "45 46 47 48 49 50 51",
        "neuroendocrine": "52 52a 52b 53 54 55 56 57 58 59 60 61",
        "immune": "62 63 64 65 66",
    },
    "icc": {
        "post-exertional malaise": "14 15 16 17 18",
        "neurocognitive impairment": "36 37 38 39 40 41 41a 41b 42 43 44",
        "pain": "25 26 27 28 31",
        "sleep disturbance": "19 20 21 22 23 24",
        "neurosensory, perceptual or motor disturbance": "32 33 34 35 48",
        "flu-like symptoms": "62 63 64 65",
        "gastrointestinal": "29 30 46 47",
        "sensitivities": "61 66",
        "cardiovascular": "50 51",
        "loss of thermostatic stability": "54 55 56 57 58 59 60",
    },
    "iom": {
        "post-exertional malaise": "14 15 16 17 18",
        "cognitive impairment": "36 37 38 39 40 43 44",
        "orthostatic intolerance": "48 49 50 51",
    },
    "fukuda": {
        "impaired memory or concentration": "36 37 38 39 43 44",
        "post-exertional malaise": "14 15 16 17 18",
        "four or more of eight symptoms": "36 37 38 39 43 44 62 63 25 26 31 19 14 15 16 17 18",
    },
    "rccc": {"pain in muscles, joints, abdomen or head": "25 26 30 31", "immune": "62 63 64 65 66"},
    "london": {"fatigue brought on by trivially small physical or mental exertion": "16 17"},
    "nice": {"cognitive difficulties": "36 37 38 39 40 43 44"},
}


@pytest.mark.parametrize(("key", "category"), [(key, c) for key, categories in CATEGORIES.items() for c in categories])
def test_items_of_every_category(key, category):
    def found(criterion):
        if criterion.text == category:
            return columns_of(criterion)
        return next(filter(None, map(found, getattr(criterion, "parts", ()))), None)

    definition = DEFINITIONS[key]
    columns = found(definition.criteria(definition.choose())) or []
    assert [c for c in columns if c.endswith("f")] == [f"dsq_{n}f" for n in CATEGORIES[key][category].split()]


def test_regions_of_2016():
    """Two areas and one on each side, but no jaw, chest or abdomen; nineteen areas in all."""
    definition = DEFINITIONS["acr2016"]
    generalised = definition.criteria(definition.choose()).parts[1]
    assert generalised.least == 4
    assert [len(columns_of(region)) for region in generalised.parts] == [3, 3, 3, 3, 3]
    assert len(AREAS) == 19


# Traps of public code: see docs/diagnose/traps.md.


@pytest.mark.parametrize(("often", "bad", "expected"), [(4, 1, "no"), (1, 4, "no"), (2, 2, "yes")])
def test_two_two_is_not_a_composite_of_fifty(often, bad, expected):
    assert verdict("iom", IOM | symptoms(19, often=often, bad=bad)) == expected


def test_six_months_can_fail():
    """`begin == 2 | 3 | 4` is true in R whatever `begin` is."""
    for begin, expected in ((1, "no"), (2, "yes"), (3, "yes"), (4, "yes"), (5, "yes"), (6, "no")):
        answers = {c: v for c, v in IOM.items() if c != "fatigue_months"} | {"dsq_begin": begin}
        assert verdict("iom", answers) == expected
        assert (excluded("iom", answers) == "yes") == (begin == 5)


def test_each_person_is_judged_alone():
    """Public code let a person with four symptoms pass once anybody else had the reduction and the six months."""
    short = FUKUDA | {"fatigue_months": 1}
    both = Answers.of({column: [FUKUDA[column], short[column]] for column in FUKUDA})
    assert diagnose(both).criteria["fukuda"].tolist() == [2, 0]


def test_yes_or_no_items_are_not_compared_with_two():
    assert verdict("icc", ICC | nothing(49) | {"dsq_intolerant": 1}) == "yes"
    assert verdict("icc", ICC | nothing(49) | {"dsq_intolerant": 0}) == "no"


def test_fukuda_is_not_four_of_the_short_form():
    """A public screener calls it Fukuda when four of the 14 symptoms of the short form are at 2/2."""
    assert verdict("fukuda", HEALTHY | REDUCED | LONG | symptoms(13, 46, 48, 56, 58) | {"dsq_headaches": 0}) == "no"


def test_pem_uses_each_item():
    """A public screener takes the item on minimal exercise twice."""
    for item in range(14, 19):
        assert verdict("pem", PEM | nothing(16) | symptoms(item)) == "yes"


def test_fm_2016_needs_four_areas():
    """Web copies print 3 to 6 areas, as in 2010."""
    three = areas("shoulder_left", "shoulder_right", "hip_left") | SURVEY
    nine = three | {"sss_cognition": 3, "sss_headache": 1}
    assert verdict("acr2016", nine) == "no" and verdict("acr2011", nine) == "yes"


SEVERE = SURVEY | {"sss_unrefreshed": 3, "sss_cognition": 3, "sss_somatic": 0}  # severity 9


@pytest.mark.parametrize(("key", "least"), [("acr2010", 3), ("acr2011", 3), ("acr2016", 4)])
def test_few_areas_with_severity_nine(key, least):
    painful = ["shoulder_left", "shoulder_right", "hip_left", "hip_right"]
    assert verdict(key, areas(*painful[:least]) | SEVERE) == "yes"
    assert verdict(key, areas(*painful[: least - 1]) | SEVERE) == "no"
    assert verdict(key, areas(*painful[:least]) | SEVERE | {"sss_unrefreshed": 2}) == "no"


@pytest.mark.parametrize(("sleep", "fatigue", "expected"), [(0, 2, "yes"), (2, 0, "yes"), (1, 1, "no")])
def test_aapt_asks_for_one_of_sleep_and_fatigue(sleep, fatigue, expected):
    assert verdict("aapt", AAPT | {"aapt_sleep": sleep, "aapt_fatigue": fatigue}) == expected


@pytest.mark.parametrize(("months", "course"), [(5.9, "acute"), (6, "persistent")])
def test_course_of_functional_disorder(months, course):
    assert verdict("fnd", FND | {"fnd_months": months}, course=course) == "yes"
    other = {"acute": "persistent", "persistent": "acute"}[course]
    assert verdict("fnd", FND | {"fnd_months": months}, course=other) == "no"


def test_fm_2010_edges_are_reached_not_passed():
    assert verdict("acr2010", ACR) == "yes" and verdict("acr2011", ACR) == "yes"


@pytest.mark.parametrize("area", ["jaw_right", "chest", "abdomen"])
def test_jaw_chest_and_abdomen_do_not_make_a_region(area):
    few = ["shoulder_left", "upper_arm_left", "lower_arm_left", "hip_left", "upper_leg_left", "neck", area]
    assert verdict("acr2016", areas(*few) | SURVEY) == "no"


def test_dsq_2_halves_stand_for_the_whole():
    split = {c: v for c, v in CCC.items() if c[4:6] != "41"} | nothing(32)
    halves = {"dsq_41af": 3, "dsq_41as": 3, "dsq_41bf": 0, "dsq_41bs": 0}
    assert verdict("ccc", split | halves) == "yes"
    assert verdict("ccc", split | halves | {"dsq_41af": 0}) == "no"


def test_half_of_a_split_symptom_is_not_the_whole():
    """Item 41 alone would be the second neurological symptom."""
    split = {c: v for c, v in CCC.items() if c[4:6] != "41"} | nothing(32)
    assert verdict("ccc", split | {"dsq_41af": 0, "dsq_41as": 0}) == "cannot say"
    assert verdict("ccc", split | {"dsq_41af": 2, "dsq_41as": 2}) == "yes"
    undecided = {e.definition.key: e for e in diagnose(_of(split | {"dsq_41af": 0, "dsq_41as": 0})).explain("1")}["ccc"]
    assert undecided.criteria.missing == ("dsq_41bf", "dsq_41bs")
    present = diagnose(_of(split | {"dsq_41af": 2, "dsq_41as": 3})).explain("1")
    assert "dsq_41as = 3" in next(e for e in present if e.definition.key == "ccc").criteria.evidence


def test_a_file_of_the_dsq_and_the_dsq_2_serves_both():
    """Whoever answered the whole item has the halves blank, and the other way round."""
    both = CCC | nothing(32)
    whole = both | {"dsq_41f": 2, "dsq_41s": 2} | dict.fromkeys(("dsq_41af", "dsq_41as", "dsq_41bf", "dsq_41bs"))
    halves = both | {"dsq_41f": None, "dsq_41s": None} | {"dsq_41af": 2, "dsq_41as": 2, "dsq_41bf": 0, "dsq_41bs": 0}
    columns = {column: [whole[column], halves[column]] for column in whole}
    assert diagnose(Answers.of(columns)).criteria["ccc"].tolist() == [2, 2]


@pytest.mark.parametrize(("key", "adult", "child"), [("ccc", 6, 3), ("rccc", 6, 3), ("rccc_atypical", 6, 3),
                                                     ("nice_suspect", 42 / 31, 28 / 31)])  # fmt: skip
def test_children_need_less_time(key, adult, child):
    for age, months, expected in (
        (18, adult, "yes"), (18, adult - 0.01, "no"), (17, child, "yes"), (17, child - 0.01, "no"),
        (None, adult, "yes"), (None, adult - 0.01, "cannot say"), (None, child - 0.01, "no"),
    ):  # fmt: skip
        assert verdict(key, POSITIVE[key] | {"age": age, "fatigue_months": months}) == expected


# How many neurological categories, immune categories and categories of energy: two fewer than 3, 3, 1 at most.
@pytest.mark.parametrize(
    ("neurological", "immune", "energy", "expected"),
    [(3, 3, 1, "no"), (4, 5, 0, "yes"), (3, 3, 0, "yes"), (3, 2, 0, "yes"), (2, 3, 0, "yes"), (2, 2, 0, "no"),
     (3, 1, 0, "no"), (3, 1, 1, "yes"), (1, 3, 1, "yes"), (2, 2, 1, "yes"), (1, 2, 1, "no"), (2, 1, 1, "no"),
     (4, 1, 0, "no"), (4, 0, 1, "no"), (0, 5, 1, "no"), (1, 5, 1, "yes"), (1, 3, 0, "no")],
)  # fmt: skip
def test_atypical_me_is_at_most_two_short(neurological, immune, energy, expected):
    items = [(36, 25, 19, 32)[:neurological], (62, 29, 45, 61)[: min(immune, 4)], (49,)[:energy]]
    said = HEALTHY | symptoms(14, *(item for group in items for item in group))
    said |= {"dsq_reduction": 1, "dsq_viral": int(immune == 5), "dsq_intolerant": 0}
    assert verdict("icc_atypical", said) == expected
    assert verdict("icc", said) == ("yes" if min(neurological, immune) >= 3 and energy else "no")


def test_fatigue_that_is_not_tested_is_told_when_it_is_absent():
    for key in ("fukuda", "iom", "ccc"):
        for tired in (0, 1):
            answers = POSITIVE[key] | (symptoms(13) if tired else nothing(13))
            told = next(e for e in diagnose(_of(answers)).explain("1") if e.definition.key == key)
            assert ("Fatigue itself (DSQ 13) is below 2/2" in told.paragraph) == (not tired)
            assert verdict(key, answers, fatigue="required") == ("yes" if tired else "no")


def test_canadian_criteria_without_pain_after_an_infection_are_told():
    lacking = CCC | nothing(31)
    for onset, others in ((1, True), (0, True), (1, False)):
        answers = lacking | {"infection_at_onset": onset} | ({} if others else nothing(18))
        told = next(e for e in diagnose(_of(answers)).explain("1") if e.definition.key == "ccc")
        assert ("the onset was infectious" in told.paragraph) == (onset == 1 and others)


def test_lifelong_fatigue_may_be_ignored_by_any_column():
    answers = {c: v for c, v in FUKUDA.items() if c != "fatigue_months"} | {"dsq_begin": 5}
    assert verdict("fukuda", answers) == "yes" and excluded("fukuda", answers) == "yes"
    assert excluded("fukuda", answers, lifelong="ignored") == "cannot say"
    for key in ("nice", "nice_suspect", "london"):
        since = {c: v for c, v in POSITIVE[key].items() if c != "fatigue_months"} | {"dsq_begin": 5}
        assert verdict(key, since) == "yes" and excluded(key, since) != "yes"


def test_an_answer_of_never_needs_no_severity():
    assert verdict("iom", IOM | {"dsq_19f": 0, "dsq_19s": None}) == "no"
    assert verdict("iom", IOM | {"dsq_19f": None}) == "cannot say"


def test_a_verdict_never_rests_on_an_answer_that_was_not_given():
    """The score of role limitations is 50 from the three answered items, but the fourth could make it 75."""
    missing = IOM | {"rand36_16": None, "rand36_13": 1, "rand36_14": 2, "rand36_15": 1}
    assert verdict("iom", missing) == "yes"
    missing |= {"rand36_14": 1, "rand36_13": 2, "rand36_15": 2}
    assert verdict("iom", missing) == "cannot say"


def test_functional_disorder_needs_a_sign():
    without = {c: v for c, v in FND.items() if c != "fnd_sign_hoover"}
    assert verdict("fnd", without) == "cannot say"


def test_nice_suspects_children_sooner():
    month = NICE | {"fatigue_months": 1, "age": 12}
    assert verdict("nice_suspect", month) == "yes"
    assert verdict("nice_suspect", month | {"age": None}) == "cannot say"


@pytest.mark.parametrize("key", ["nice", "nice_suspect", "rccc"])
def test_under_six_months_of_the_dsq_may_be_long_enough(key):
    """Three months and six weeks lie within its shortest choice."""
    expected = {1: "cannot say", 2: "yes", 4: "yes", 5: "yes", 6: "no"}
    for begin, says in expected.items():
        assert verdict(key, POSITIVE[key] | {"dsq_begin": begin}, duration="dsq") == says


def test_exclusions_speak_separately():
    results = diagnose(_of(IOM | {"relieved_by_rest": 1}))
    assert WORDS[results.criteria["iom"][0]] == "yes" and not results.cases("iom")[0]
    assert {e.definition.key: e.statement for e in results.explain("1")}["iom"] == MEETS_BUT


def test_explanation():
    told = {e.definition.key: e for e in diagnose(_of(IOM)).explain("1")}["iom"]
    assert told.statement == MEETS
    assert told.paragraph.startswith(f"Institute of Medicine 2015: {MEETS}. Met: substantial reduction")
    assert "unrefreshing sleep (DSQ 19) at 2/2 (dsq_19f = 2, dsq_19s = 2)" in told.paragraph
    assert "role limitations, physical" in told.paragraph
    assert told.criteria.parts[0].parts[0].evidence == ("rand36_rp = 50",)
    assert "reduction: rand36" in told.variant and SOURCES["iom2015"] in told.paragraph


def test_explanation_says_what_was_recalled():
    told = diagnose(_of(IOM), {"iom": {"pem": "dsq-pem"}}).explain("1")
    by_key = {e.definition.key: e for e in told}
    assert by_key["iom"].paragraph.endswith("Recalled and not compared with the paper: pem: dsq-pem.")
    assert by_key["rccc"].paragraph.endswith("The rule is recalled and was not compared with the paper.")
    assert "ecalled" not in by_key["ccc"].paragraph


def test_explanation_lists_every_exclusion_that_is_not_known():
    told = next(e for e in diagnose(_of(FUKUDA)).explain("1") if e.definition.key == "fukuda")
    open_questions = [part.text for part in told.exclusions.parts]
    assert len(open_questions) == 10 and all(text in told.paragraph for text in open_questions)
    absent = FUKUDA | dict.fromkeys(EXCLUDED_BY["fukuda"].split(), 0) | {"bmi": 22}
    told = next(e for e in diagnose(_of(absent)).explain("1") if e.definition.key == "fukuda")
    assert "Recorded as absent: every exclusion that is asked for here." in told.paragraph


def test_explanation_has_no_empty_brackets():
    for key in DEFINITIONS:
        for answers in (POSITIVE[key], {column: None for column in POSITIVE[key]}):
            assert all("()" not in told.paragraph for told in diagnose(_of(answers)).explain("1"))


def test_explanation_names_what_is_missing():
    told = {e.definition.key: e for e in diagnose(_of(IOM | {"dsq_19s": None})).explain("1")}["iom"]
    assert told.criteria.missing == ("dsq_19s",)
    assert "Answers that are missing and could decide it: dsq_19s." in told.paragraph


@pytest.mark.parametrize("key", DEFINITIONS)
def test_tree_agrees_with_the_columns(key):
    results = diagnose(_of(POSITIVE[key]))
    for told in results.explain("1"):
        assert told.criteria.word == WORDS[results.criteria[told.definition.key][0]]
        assert told.exclusions.word == WORDS[results.excluded[told.definition.key][0]]


def test_defaults_follow_the_columns_of_the_file():
    dsq_only = {c: v for c, v in FUKUDA.items() if not c.startswith("rand36")} | {"dsq_reduction": 1}
    results = diagnose(_of(dsq_only))
    assert results.choices["fukuda"]["reduction"] == "dsq"
    assert WORDS[results.criteria["fukuda"][0]] == "yes"


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"fukudo": {}}, "no definition 'fukudo'; did you mean fukuda"),
        ({"fukuda": {"treshold": "1/1"}}, "no parameter 'treshold'; did you mean threshold"),
        ({"fukuda": {"threshold": "4/4"}}, "fukuda.threshold cannot be '4/4'; possible: 1/1, sum2, 2/2"),
        ({"aapt": {"x": "1"}}, "no parameter 'x'; it has none"),
    ],
)
def test_choices_that_do_not_exist(choices, message):
    with pytest.raises(InputError, match=message):
        diagnose(_of(IOM), choices)


@pytest.mark.parametrize("key", DEFINITIONS)
def test_definition_is_documented(key):
    definition = DEFINITIONS[key]
    assert definition.source in SOURCES and definition.name and definition.condition
    assert not definition.part_of or definition.part_of in DEFINITIONS
    for parameter in definition.parameters:
        assert set(parameter.recalled) | set(parameter.needs) <= set(parameter.options)
        assert len(parameter.options) > 1 and parameter.why and parameter.question.endswith("?")
        for option in parameter.options:
            chosen = definition.choose({parameter.name: option})
            definition.criteria(chosen), definition.exclusions(chosen)
