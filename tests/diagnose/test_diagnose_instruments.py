"""The instruments against published and recomputed answers and scores, and against the errors of public code."""

import numpy as np
import pytest

from neuroimmune.diagnose.answers import Answers
from neuroimmune.diagnose.instrument import Ratio
from neuroimmune.diagnose.instruments import INSTRUMENTS, ITEMS, SCORES
from neuroimmune.diagnose.instruments.mood import BLANK, CRISIS
from neuroimmune.diagnose.sources import SOURCES
from neuroimmune.diagnose.verdict import diagnose
from neuroimmune.errors import InputError


def given(prefix: str, *answers, **named) -> Answers:
    """Answers to items 1, 2, … of an instrument, of one person."""
    columns = {f"{prefix}_{n}": [answer] for n, answer in enumerate(answers, 1)}
    return Answers.of(columns | {f"{prefix}_{name}": [answer] for name, answer in named.items()})


def scores(answers: Answers, key: str) -> list[float]:
    return [float(answers.score(score.column)[0]) for score in INSTRUMENTS[key].scores]


RESPONSE = [
    3,
    None,
    1,
    2,
    1,
    1,
    2,
    2,
    3,
    2,
    2,
    2,
    1,
    1,
    2,
    2,
    1,
    2,
    1,
    3,
    2,
    3,
    1,
    2,
    4,
    4,
    3,
    5,
    5,
    5,
    2,
    3,
    1,
    2,
    2,
    2,
]


def test_rand36_published_response():
    expected = [40, 50, 100 / 3, 65, 44, 50, 65, 45]
    assert scores(given("rand36", *RESPONSE), "rand36") == pytest.approx(expected)


def test_rand36_median_response():
    answers = given("rand36", 3, None, *[2] * 10, *[1] * 7, *[3] * 17)
    assert scores(answers, "rand36") == [50, 0, 0, 50, 48, 50, 55, 50]


@pytest.mark.parametrize(("extreme", "expected"), [(0, 0), (1, 100)])
def test_rand36_extremes(extreme, expected):
    items = INSTRUMENTS["rand36"].items
    ends = {i.column: [float(i.low + int((np.argmin, np.argmax)[extreme](i.points)))] for i in items}
    assert scores(Answers.of(ends), "rand36") == [expected] * 8


def test_rand36_takes_the_mean_of_what_was_answered():
    answers = Answers.of({"rand36_23": [4], "rand36_27": [3], "rand36_29": [3], "rand36_31": [None]})
    assert answers.score("rand36_vt")[0] == pytest.approx(140 / 3)


def test_rand36_item_26_is_not_item_36():
    """Public code recodes item 26 as if it were 36: well-being 41 and general health 30.4 for the same answers."""
    answers = given("rand36", *RESPONSE)
    assert answers.score("rand36_ew")[0] == 44 and answers.score("rand36_gh")[0] == 45
    assert ITEMS["rand36_26"].high == 6 and ITEMS["rand36_36"].high == 5


PSQI = {f"5{letter}": 1 for letter in "bcdefghij"}


@pytest.mark.parametrize(
    ("answers", "components", "total"),
    [
        (
            PSQI | {"5a": 2} | dict(bed=22, latency=20, up=7, hours=6, medicine=1, awake=1, enthusiasm=2, quality=1),
            [1, 2, 1, 2, 1, 1, 2],
            10,
        ),
        (
            dict(zip([f"5{x}" for x in "abcdefghij"], [3, 1, 0, 2, 0, 1, 1, 3, 0, 0], strict=True))
            | dict(bed=23, latency=10, up=6, hours=7, medicine=3, awake=1, enthusiasm=1, quality=1),
            [1, 2, 1, 0, 1, 3, 1],
            9,
        ),
        (
            dict.fromkeys([f"5{x}" for x in "abcdefghij"], 3)
            | dict(bed=22, latency=90, up=8, hours=4, medicine=3, awake=3, enthusiasm=3, quality=3),
            [3] * 7,
            21,
        ),
        (
            dict.fromkeys([f"5{x}" for x in "abcdefghij"], 0)
            | dict(bed=23, latency=5, up=7, hours=8, medicine=0, awake=0, enthusiasm=0, quality=0),
            [0] * 7,
            0,
        ),
    ],
)
def test_psqi(answers, components, total):
    answers = given("psqi", **answers)
    assert [answers.score(f"psqi_c{n}")[0] for n in range(1, 8)] == components
    assert answers.score("psqi_total")[0] == total


@pytest.mark.parametrize(("hours", "band"), [(7.01, 0), (7, 1), (6, 1), (5.99, 2), (5, 2), (4.99, 3)])
def test_psqi_duration_bands(hours, band):
    assert given("psqi", hours=hours).score("psqi_c3")[0] == band


@pytest.mark.parametrize(("percent", "band"), [(85, 0), (84.5, 1), (75, 1), (74.5, 2), (65, 2), (64.9, 3)])
def test_psqi_efficiency_has_no_gap_between_bands(percent, band):
    """Public code lets 84 to 85 and 74 to 75 per cent fall through to the worst band."""
    assert given("psqi", bed=22, up=8, hours=percent / 10).score("psqi_c4")[0] == band


def test_psqi_needs_all_but_5j():
    answers = {f"psqi_{k}": [v, v] for k, v in PSQI.items()} | {"psqi_5j": [None, 1], "psqi_5b": [1, None]}
    assert Answers.of(answers).score("psqi_c5").tolist()[0] == 1
    assert np.isnan(Answers.of(answers).score("psqi_c5")[1])


def test_psqi_over_midnight_and_without_time_in_bed():
    answers = Answers.of({"psqi_bed": [23.5, 0.5, 8], "psqi_up": [7.5, 8.5, 8], "psqi_hours": [6, 6, 6]})
    assert answers.score("psqi_efficiency")[:2].tolist() == [75, 75] and np.isnan(answers.score("psqi_efficiency")[2])


def test_psqi_nobody_sleeps_longer_than_in_bed():
    answers = Answers.of({"psqi_bed": [23, 22.1], "psqi_up": [6, 6.2], "psqi_hours": [12, 8.1]})
    assert np.isnan(answers.score("psqi_efficiency")[0]) and answers.score("psqi_efficiency")[1] == pytest.approx(100)
    assert diagnose(answers).problems == {0: ["psqi_hours is more than the hours from psqi_bed to psqi_up"]}


WORST = dict(zip(range(1, 6), [1, 4, 3, 1, 1], strict=True)) | {"6_1": 1, "6_2": 1} | {
    7: 1, 8: 5, 9: 1, 10: 1, 11: 2, 12: 1, 13: 3, 14: 3, 15: 3, 16: 1, 17: 4, 18: 3, 19: 1, 20: 1, 21: 4, 22: 3, 23: 1,
    24: 4, 25: 4, 26: 4, 27: 4, 28: 3, 29: 4, 30: 3, 31: 2,
}  # fmt: skip


def test_compass31_worst():
    answers = Answers.of({f"compass31_{n}": [code] for n, code in WORST.items()})
    assert scores(answers, "compass31") == pytest.approx([40, 5, 15, 25, 10, 5, 100])


def test_compass31_best_with_follow_ups_skipped():
    best = {1: 2, 5: 2, 8: 3, 9: 2, 10: 2, 11: 1, 12: 3, 13: 1, 14: 1, 15: 1, 16: 2, 20: 2}
    best |= {24: 1, 25: 1, 26: 1, 27: 1, 29: 1, 31: 1}
    answers = Answers.of({f"compass31_{n}": [code] for n, code in best.items()})
    assert scores(answers, "compass31") == [0] * 7


def test_compass31_does_not_round_domains():
    """Public code rounds each weighted domain before it adds."""
    answers = Answers.of({f"compass31_{n}": [code] for n, code in (WORST | {24: 3, 12: 2}).items()})
    assert answers.score("compass31_bladder")[0] == pytest.approx(80 / 9)
    assert answers.score("compass31_total")[0] == pytest.approx(40 + 5 + 15 + 27 * 25 / 28 + 80 / 9 + 5)


def test_compass31_follow_up_that_was_not_skipped_is_missing():
    answers = Answers.of({f"compass31_{n}": [None if n == 2 else code] for n, code in WORST.items()})
    assert np.isnan(answers.score("compass31_orthostatic")[0])


@pytest.mark.parametrize(
    ("answers", "likert", "bimodal"),
    [([3, 2, 2, 2, 1, 1, 1, 2, 1, 1, 1], 17, 5), ([1] * 7 + [2] * 4, 15, 4), ([3] * 11, 33, 11), ([0] * 11, 0, 0)],
)
def test_chalder(answers, likert, bimodal):
    assert scores(given("cfq11", *answers), "cfq11")[:2] == [likert, bimodal]


def test_gad7_example_of_the_medical_informatics_initiative():
    assert scores(given("gad7", 1, 1, 1, 2, 2, 0, 0), "gad7") == [7]


def test_mfi20_scales_are_those_of_the_form():
    """An older public documentation gives activity 7, 11, 13, 19 and mental 4, 9, 15, 18."""
    assert SCORES["mfi20_mental"].items == ("mfi20_7", "mfi20_11", "mfi20_13", "mfi20_19")
    assert SCORES["mfi20_activity"].items == ("mfi20_3", "mfi20_6", "mfi20_10", "mfi20_17")


def test_mfi20_sense_of_every_item():
    """Fatigue is the answer no (5) to what the rested say and yes (1) to what the tired say."""
    tired = {2, 5, 9, 10, 13, 14, 16, 17, 18, 19}
    assert {n for n in range(1, 21) if ITEMS[f"mfi20_{n}"].points} == tired


def test_hads_odd_is_anxiety():
    assert scores(given("hads", *[3, 0] * 7), "hads") == [21, 0]


def test_phq15_item_4_is_for_women():
    columns = {f"phq15_{n}": [2, 2, 2] for n in range(1, 16)} | {"phq15_4": [None, None, 2], "sex": [1, 0, 0]}
    total = Answers.of(columns).score("phq15_total")
    assert total[0] == 28 and np.isnan(total[1]) and total[2] == 30


def test_an_answer_that_does_not_apply_counts_nothing_and_marks_its_row():
    compass = Answers.of({f"compass31_{n}": [2 if n == 1 else code] for n, code in WORST.items()})
    assert compass.score("compass31_orthostatic")[0] == 0
    told = diagnose(compass).problems[0]
    assert "compass31_2 was answered although compass31_1 says that it does not apply: it counts 0" in told
    man = Answers.of({f"phq15_{n}": [2] for n in range(1, 16)} | {"sex": [1]})
    assert man.score("phq15_total")[0] == 28 and len(diagnose(man).problems[0]) == 1


def test_fiqr_weights_missing_items():
    full = Answers.of({f"fiqr_{n}": [6] for n in range(1, 22)})
    part = Answers.of({f"fiqr_{n}": [6 if n % 3 else None] for n in range(1, 22)})
    assert scores(full, "fiqr") == scores(part, "fiqr") == [18, 12, 30, 60]


def test_fiqr_worst_is_100():
    assert scores(Answers.of({f"fiqr_{n}": [10] for n in range(1, 22)}), "fiqr")[-1] == 100


def test_fss_is_a_mean():
    assert scores(given("fss", *[4] * 9), "fss") == [4]


def test_dsq_composites():
    answers = Answers.of({"dsq_19f": [2, 4, 3], "dsq_19s": [2, 1, None]})
    assert answers.score("dsqsf_sleep")[:2].tolist() == [50, 62.5] and np.isnan(answers.score("dsqsf_sleep")[2])


def test_dsq_pem_items_are_those_of_the_dsq():
    answers = Answers.of({f"dsq_{n}{kind}": [4] for n in range(14, 19) for kind in "fs"})
    assert answers.score("dsqpem_severity")[0] == 100


def test_wpi_and_severity():
    areas = {c: [1] for c in ITEMS if c.startswith("wpi_")}
    severity = {f"sss_{n}": [3] for n in ("fatigue", "unrefreshed", "cognition")}
    severity |= {f"sss_{n}": [1] for n in ("headache", "cramps", "depression")}
    answers = Answers.of(areas | severity)
    assert len(areas) == 19
    assert [answers.score(s)[0] for s in ("wpi", "sss", "pds")] == [19, 12, 31]


# The most ill answer to every item, written out a second time: the highest code, but for these.
ILL = {
    "rand36": {n: 1 for n in (*range(3, 20), 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36)}
    | {n: 5 for n in (1, 2, 20, 22, 34, 36)}
    | {n: 6 for n in (21, 23, 26, 27, 30)},
    "mfi20": dict.fromkeys((2, 5, 9, 10, 13, 14, 16, 17, 18, 19), 1),
    "cis20": dict.fromkeys((1, 3, 4, 9, 10, 13, 14, 16, 17, 18, 19), 1),
    "funcap27": dict.fromkeys(range(1, 28), 0),
    "funcap55": dict.fromkeys(range(1, 56), 0),
    "compass31": WORST,
    "psqi": {"bed": 22, "up": 8, "hours": 4},
}


@pytest.mark.parametrize("key", [key for key, i in INSTRUMENTS.items() if i.scores])
def test_the_most_ill_are_at_the_end_of_every_score(key):
    """RAND-36 and FUNCAP fall with illness, all others rise."""
    instrument = INSTRUMENTS[key]
    said = {f"{key}_{n}": code for n, code in ILL.get(key, {}).items()}
    answers = Answers.of({i.column: [said.get(i.column, i.high)] for i in instrument.items})
    nobody = Answers(["nobody"], {})
    end = instrument.direction == "higher is worse"
    for score in (score for score in instrument.scores if not isinstance(score, Ratio)):
        assert answers.score(score.column)[0] == pytest.approx(nobody.bounds(score.column)[end][0]), score.column


@pytest.mark.parametrize("key", INSTRUMENTS)
def test_declaration(key):
    instrument = INSTRUMENTS[key]
    assert instrument.source in SOURCES or key == "history"
    assert instrument.licence and instrument.missing and instrument.items
    for item in instrument.items:
        assert not item.points or len(item.points) == len(item.codes)
        assert not item.labels or len(item.labels) == len(item.codes)
        assert item.meaning
    for score in instrument.scores:
        assert all(c in ITEMS or c in SCORES for c in getattr(score, "items", getattr(score, "parts", ())))
    for fact in (*instrument.cutoffs, *instrument.changes):
        assert fact.score in SCORES or " " in fact.score


@pytest.mark.parametrize("size", [27, 55])
def test_funcap(size):
    answers = Answers.of({f"funcap{size}_{n}": [n % 2 * 6] for n in range(1, size + 1)})
    assert answers.score(f"funcap{size}_mean")[0] == pytest.approx(6 * ((size + 1) // 2) / size)


def test_crisis_notice():
    results = diagnose(Answers.of({"phq9_9": [0, 1, 3, None, None], "phq9_1": [0, 0, 0, 0, None]}))
    assert results.alerts() == {1: [CRISIS], 2: [CRISIS], 3: [BLANK]}


def test_no_crisis_notice_without_the_item():
    assert diagnose(Answers.of({"phq9_1": [3]})).alerts() == {}


def test_bounds_hold_whatever_is_missing():
    answers = Answers.of({"rand36_13": [2], "rand36_14": [None], "rand36_15": [2], "rand36_16": [None]})
    assert answers.score("rand36_rp")[0] == 100
    assert [float(edge[0]) for edge in answers.bounds("rand36_rp")] == [50, 100]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"phq9_1": [4]}, "row 1, column 'phq9_1': 4 is not a whole number from 0 to 3"),
        ({"phq9_1": [0, 1.5]}, "row 2, column 'phq9_1': 1.5 is not"),
        ({"phq_9": [1]}, "there is no column 'phq_9'; did you mean phq9_9"),
        ({"phq9_1": ["a"]}, "column 'phq9_1' must hold a number or None"),
        ({"phq9_1": [[1]]}, "column 'phq9_1' must hold a number or None"),
        ({"phq9_1": [1], "phq9_2": [1, 2]}, "column 'phq9_2' has 2 answers, the others 1"),
    ],
)
def test_answers_that_cannot_be(columns, message):
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        Answers.of(columns)


@pytest.mark.parametrize(
    ("people", "message"),
    [(["x"], "there are 1 people but 2 answers in a column"), (["x", "x"], "the person 'x' is named twice")],
)
def test_people_that_cannot_be(people, message):
    with pytest.raises(InputError, match=message):
        Answers.of({"phq9_1": [1, 2]}, people)


def test_unknown_names():
    answers = Answers.of({"phq9_1": [1]})
    with pytest.raises(InputError, match="no score 'phq9_totl'; did you mean phq9_total"):
        answers.score("phq9_totl")
    with pytest.raises(InputError, match="no column 'phq'"):
        answers["phq"]
    with pytest.raises(InputError, match="is a ratio, so it has no bounds"):
        answers.bounds("psqi_efficiency")
    with pytest.raises(InputError, match="no person '7'; possible: 1"):
        answers.row("7")


SCALES = {  # which items make a scale, written out a second time
    "cis20_fatigue": "1 4 6 9 12 14 16 20",
    "cis20_concentration": "3 8 11 13 19",
    "cis20_motivation": "2 5 15 18",
    "cis20_activity": "7 10 17",
    "cfq11_physical": "1 2 3 4 5 6 7",
    "cfq11_mental": "8 9 10 11",
    "mfi20_general": "1 5 12 16",
    "mfi20_physical": "2 8 14 20",
    "mfi20_motivation": "4 9 15 18",
    "rand36_pf": "3 4 5 6 7 8 9 10 11 12",
    "rand36_rp": "13 14 15 16",
    "rand36_re": "17 18 19",
    "rand36_vt": "23 27 29 31",
    "rand36_ew": "24 25 26 28 30",
    "rand36_sf": "20 32",
    "rand36_bp": "21 22",
    "rand36_gh": "1 33 34 35 36",
    "fiqr_function": "1 2 3 4 5 6 7 8 9",
    "fiqr_impact": "10 11",
    "fiqr_symptoms": "12 13 14 15 16 17 18 19 20 21",
    "compass31_orthostatic": "1 2 3 4",
    "compass31_vasomotor": "5 6_1 6_2 7",
    "compass31_secretomotor": "8 9 10 11",
    "compass31_gastrointestinal": "12 13 14 15 16 17 18 19 20 21 22 23",
    "compass31_bladder": "24 25 26",
    "compass31_pupillomotor": "27 28 29 30 31",
}


@pytest.mark.parametrize("column", SCALES)
def test_items_of_a_scale(column):
    key = column.partition("_")[0]
    assert SCORES[column].items == tuple(f"{key}_{item}" for item in SCALES[column].split())


def test_items_of_the_cis_that_are_turned_round():
    turned = {n for n in range(1, 21) if ITEMS[f"cis20_{n}"].points}
    assert turned == {1, 3, 4, 9, 10, 13, 14, 16, 17, 18, 19}


@pytest.mark.parametrize(
    ("items", "points"),
    [
        ([1, 2, 20, 22, 34, 36], [100, 75, 50, 25, 0]),
        (range(3, 13), [0, 50, 100]),
        (range(13, 20), [0, 100]),
        ([21, 23, 26, 27, 30], [100, 80, 60, 40, 20, 0]),
        ([24, 25, 28, 29, 31], [0, 20, 40, 60, 80, 100]),
        ([32, 33, 35], [0, 25, 50, 75, 100]),
    ],
)
def test_points_of_rand36(items, points):
    for item in items:
        declared = ITEMS[f"rand36_{item}"]
        assert declared.counted(np.arange(1.0, len(points) + 1)).tolist() == points


def test_short_form_has_its_fourteen_symptoms():
    numbers = {item.column[4:-1] for item in INSTRUMENTS["dsq-sf"].items}
    assert numbers == set("13 15 17 19 25 29 36 37 46 48 56 58 65 66".split())
