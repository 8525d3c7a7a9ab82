"""Cohorts: what is asked, who counts as ill, and that a stopped run goes on with the same people."""

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from neuroimmune import simulation
from neuroimmune.cohorts import (
    ASKED,
    COHORTS,
    DEFINITIONS,
    ENROLLED,
    LEAD,
    MONTH,
    REPORT_SD,
    SCALES,
    TABLE_MONTHS,
    History,
    bands,
    cohort,
    cohort_plan,
    cohort_population,
    exposed,
    follow,
    history_of,
    week_of,
)
from neuroimmune.errors import InputError
from neuroimmune.lives import Life, Population
from neuroimmune.protocol import load_protocol
from neuroimmune.simulation import join, solve_batches
from neuroimmune.streams import normal, stream

WEEKS = np.arange(-LEAD, 105)
HIGH, LOW = 80.0, 10.0


def made_up(people=4, name="unexposed", weeks=WEEKS, table=None, **scales):
    """A history in which all scales are low but those given, each of a shape that fits (people, weeks)."""
    shape = (people, len(weeks))
    reports = {n: np.array(np.broadcast_to(scales.get(n, LOW), shape), np.float32) for n in SCALES}
    whose = SimpleNamespace(
        people=SimpleNamespace(ids=np.arange(people)), seed=0, draws=np.zeros(people, int), table=table
    )
    return History(name, whose, weeks, reports)


def since(week, high=HIGH, low=LOW, weeks=WEEKS):
    """Low before a week, high from it on; a column of weeks gives a row for each person."""
    return np.where(weeks >= np.asarray(week)[..., None], high, low)


# Definitions.


def test_a_month_is_a_running_mean_that_begins_with_what_there_is():
    values = np.array([[4.0, 2.0, 6.0, 0.0, 8.0, 1.0], [1.0] * 6])
    short = made_up(2, weeks=np.arange(-2, 4), fatigue=values)
    np.testing.assert_allclose(short.month.fatigue, [[4.0, 3.0, 4.0, 3.0, 4.0, 3.75], [1.0] * 6])
    np.testing.assert_allclose(short.month.usual, [3.0, 1.0])
    noise = stream(1, "reports").uniform(0, 100, (3, len(WEEKS))).astype(np.float32)
    month = made_up(3, pain=noise).month.pain
    for week in (3, 4, 17, len(WEEKS) - 1):
        np.testing.assert_allclose(month[:, week], noise[:, week - 3 : week + 1].mean(1), atol=2e-3)


def test_who_reports_everything_since_meets_every_definition():
    ill = made_up(**dict.fromkeys(SCALES, since(0)))
    for name in DEFINITIONS:
        assert ill.ill(name, [MONTH, 26, 104]).all() and not ill.meets(name)[:, WEEKS < 0].any(), name


def test_who_was_as_tired_before_has_no_new_fatigue():
    """High throughout, and 15 of 100 more than before: neither is new; malaise is not asked to be."""
    for before in (HIGH, HIGH - 15.0):
        same = made_up(**dict.fromkeys(SCALES, HIGH) | {"fatigue": since(0, low=before)})
        for name in ("iom", "cfs_fukuda", "postinfective_fatigue"):
            assert not same.ill(name, [26]).any(), (name, before)
        assert same.ill("pem", [26]).all()
    assert made_up(**dict.fromkeys(SCALES, HIGH) | {"fatigue": since(0, low=HIGH - 25.0)}).ill("iom", [26]).all()


def test_fatigue_under_half_way_is_none():
    assert not made_up(fatigue=since(0, high=49.0)).ill("postinfective_fatigue", [26]).any()
    assert made_up(fatigue=since(0, high=51.0)).ill("postinfective_fatigue", [26]).all()


@pytest.mark.parametrize(("high", "iom", "fukuda"), [
    ({"post_exertional_malaise", "unrefreshing_sleep", "cognitive_difficulty"}, True, False),
    ({"post_exertional_malaise", "unrefreshing_sleep", "orthostatic_intolerance"}, True, False),
    ({"post_exertional_malaise", "unrefreshing_sleep"}, False, False),
    ({"unrefreshing_sleep", "cognitive_difficulty", "orthostatic_intolerance"}, False, False),
    ({"post_exertional_malaise", "cognitive_difficulty", "orthostatic_intolerance"}, False, False),
    ({"pain", "sickness"}, False, True), ({"pain", "unrefreshing_sleep", "cognitive_difficulty"}, False, True),
    ({"pain", "post_exertional_malaise"}, False, False),
])  # fmt: skip
def test_each_definition_asks_for_its_own_symptoms_beside_fatigue(high, iom, fukuda):
    both = dict.fromkeys(high, since(0))
    tired, not_tired = made_up(**both, fatigue=since(0)), made_up(**both)
    assert tired.ill("iom", [26]).all() == iom and tired.ill("cfs_fukuda", [26]).all() == fukuda
    assert tired.ill("postinfective_fatigue", [26]).all() and not not_tired.ill("postinfective_fatigue", [26]).any()
    assert not not_tired.ill("iom", [26]).any() and not not_tired.ill("cfs_fukuda", [26]).any()


def test_a_bad_week_is_no_bad_month():
    week = np.where(WEEKS == 26, 100.0, LOW)
    assert not made_up(fatigue=week).meets("postinfective_fatigue").any()


def test_a_definition_that_does_not_exist():
    with pytest.raises(InputError, match="no definition 'iomm'; did you mean iom?"):
        made_up().ill("iomm", [26])


# Onset, and from when time is counted.


def test_time_is_counted_from_onset_in_mononucleosis_and_from_exposure_else():
    begin = np.array([5, 8, 10, 13])
    sick = {"sickness": since(begin), "fatigue": since(begin + 8)}
    by_onset, by_exposure = made_up(name="mononucleosis", **sick), made_up(**sick)
    for history in (by_onset, by_exposure):
        np.testing.assert_array_equal(history.onset, begin)
    weeks = np.arange(0, 40)
    from_onset, from_exposure = (h.ill("postinfective_fatigue", weeks) for h in (by_onset, by_exposure))
    assert (from_onset == from_onset[0]).all()
    np.testing.assert_array_equal(from_exposure.argmax(1) - begin, np.full(4, from_onset[0].argmax()))
    assert by_onset.last_week == WEEKS[-1] - ENROLLED and by_exposure.last_week == WEEKS[-1]


def test_who_never_noticed_is_never_enrolled_in_mononucleosis():
    """Nor who noticed months later, or failed; elsewhere everybody is who did not fail."""
    begin = np.array([6, 1000, ENROLLED, ENROLLED - 1])
    sick = dict.fromkeys(("sickness", "fatigue"), since(begin))
    mono, other = made_up(name="mononucleosis", **sick), made_up(**sick)
    assert np.isnan(mono.onset).tolist() == [False, True, True, False]
    assert mono.enrolled.tolist() == [True, False, False, True] and other.enrolled.all()
    assert mono.ill("postinfective_fatigue", [26]).shape == (2, 1)
    assert replace(mono, failed=(0,)).enrolled.tolist() == [False, False, False, True]
    assert replace(other, failed=(1,)).enrolled.tolist() == [True, False, True, True]
    assert not made_up(name="mononucleosis").enrolled.any()
    assert made_up(name="mononucleosis").shares()["iom"].isna().all()


def test_nobody_is_asked_beyond_the_end_from_exposure():
    history = made_up(fatigue=since(0))
    assert history.ill("iom", [104]).shape == (4, 1)
    with pytest.raises(InputError, match="people were followed for 104 weeks, not 105"):
        history.ill("iom", [105])


def test_nobody_is_asked_beyond_the_end_from_onset():
    history = made_up(name="mononucleosis", fatigue=since(6))
    with pytest.raises(InputError, match="people were followed for"):
        history.ill("iom", [104])


def test_severity_is_the_worst_week_of_the_first_six():
    late = np.where((WEEKS >= 10) & (WEEKS < 16), 60.0, LOW) + np.where(WEEKS == 12, 30.0, 0.0)
    worse_later = late + np.where(WEEKS == 40, 40.0, 0.0)
    history = made_up(2, name="mononucleosis", sickness=np.stack([late, worse_later]), fatigue=late)
    np.testing.assert_allclose(history.severity, 80.0, rtol=1e-5)


def test_shares_and_the_table_of_people_say_the_same():
    begin = np.array([0, 0, 30, 1000])
    table = pd.DataFrame({"age": [20, 30, 40, 50]}, index=pd.RangeIndex(4, name="person"))
    history = made_up(table=table, **dict.fromkeys(SCALES, since(begin)))
    shares = history.shares().set_index("week")
    assert shares.index[0] == MONTH and shares.index[-1] == WEEKS[-1]
    assert shares.loc[26, list(DEFINITIONS)].tolist() == [50.0] * len(DEFINITIONS) and shares.loc[40, "iom"] == 75.0
    people = history.people_table()
    assert people["age"].tolist() == [20, 30, 40, 50] and people["onset_week"].tolist()[:2] == [0.0, 0.0]
    assert people["iom_6_months"].tolist() == [True, True, False, False]
    assert people["iom_12_months"].tolist() == [True, True, True, False]
    asked = [months for months in TABLE_MONTHS if week_of(months) <= WEEKS[-1]]
    assert [c for c in people if c.startswith("pem")] == [f"pem_{months:g}_months" for months in asked]


def test_who_recovers_and_who_falls_ill_again():
    """Of five who are ill at six months: two stay so, one recovers, one comes back after twelve weeks, one too soon.

    A month's mean says each two weeks later.
    """
    spells = [[(0, 105)], [(0, 105)], [(0, 45)], [(0, 45), (56, 105)], [(0, 45), (55, 105)], [(60, 105)]]
    ill = np.array([np.any([(WEEKS >= a) & (WEEKS < b) for a, b in spell], axis=0) for spell in spells])
    found = made_up(6, fatigue=np.where(ill, HIGH, LOW)).course_of_illness("postinfective_fatigue")
    assert list(found.values()) == pytest.approx([100 * 5 / 6, 20.0, 20.0])
    assert made_up().course_of_illness("iom") == {"ill at six months": 0.0}
    assert made_up(weeks=WEEKS[:40]).course_of_illness("iom") == {}


def test_bands_of_studies_hold_the_share_of_all():
    begin = np.where(np.arange(200) < 60, 0, 1000)
    low, middle, high = bands(made_up(200, fatigue=since(begin)), "postinfective_fatigue", np.array([2, 26]), 50)
    assert (low < middle).all() and (middle < high).all() and middle == pytest.approx([30.0, 30.0], abs=3.0)


def test_bands_of_few_virtual_people_are_wide():
    """Of nine who are all ill, or none, a study of many does not know that all are, or none."""
    for fatigue, end in ((since(0), 100.0), (LOW, 0.0)):
        few, many = (bands(made_up(n, fatigue=fatigue), "postinfective_fatigue", [26], 400) for n in (9, 4000))
        assert abs(few[1][0] - end) < 10 and 15 < few[2][0] - few[0][0] < 60
        assert abs(many[1][0] - end) < 0.5 and many[2][0] - many[0][0] < 1.0


# Predictors.


@pytest.mark.parametrize("slope", [-1.0, 1.0])
def test_predictors_recover_the_sign_of_what_was_put_in(slope):
    """Age and the loop of glia make ill, in opposite ways; sex and all else do nothing."""
    count, chance = 800, stream(3, "a made-up cohort")
    age, glia = chance.normal(size=(2, count))
    table = pd.DataFrame({
        "age": 40 + 10 * age, "woman": chance.random(count) < 0.5, "liability": chance.normal(size=count),
        "behaviour": chance.choice(["rests", "pushes", "paces"], count), "loop_glia": np.exp(0.3 * glia),
        "loop_gut": np.zeros(count),
    })  # fmt: skip
    ill = chance.random(count) < 1 / (1 + np.exp(0.5 - slope * age + slope * glia))
    begin = np.where(ill, 10, 1000)
    acute = np.where(
        np.isin(WEEKS, (1, 2))[None, :], chance.normal(45, 5, (count, 1)), chance.normal(LOW, 1, (count, len(WEEKS)))
    )
    history = made_up(count, "sars-cov-2", table=table, fatigue=np.maximum(acute, since(begin, low=0.0)))
    np.testing.assert_array_equal(history.ill("postinfective_fatigue", [26])[:, 0], ill)
    found = history.predictors("postinfective_fatigue").set_index("predictor")
    assert (found["low"] < found["odds ratio"]).all() and (found["odds ratio"] < found["high"]).all()
    for name, sign in (("age, by SD", slope), ("loop of glia, by log SD", -slope)):
        row = np.log(found.loc[name])
        assert sign * row["odds ratio"] == pytest.approx(1.0, abs=0.3), name
        assert sign * row["low"] > 0 and sign * row["high"] > 0, name
    others = [n for n in found.index if n not in ("age, by SD", "loop of glia, by log SD")]
    assert {"woman", "pushes on when ill", "acute severity, by SD"} <= set(others)
    assert "loop of gut, by log SD" not in found.index  # nobody has it
    assert ((found.loc[others, "low"] < 1.1) & (found.loc[others, "high"] > 0.9)).all()


def test_predictors_of_what_hardly_anybody_has_are_none():
    table = pd.DataFrame({"age": np.arange(20.0)})
    few = made_up(20, table=table, fatigue=since(np.where(np.arange(20) < 5, 0, 1000)))
    assert few.predictors("postinfective_fatigue").empty
    assert list(few.predictors("postinfective_fatigue")) == ["predictor", "odds ratio", "low", "high"]


# What is simulated.


@pytest.mark.parametrize("name", [n for n, c in COHORTS.items() if c.protocol])
def test_exposure_comes_after_weeks_of_usual_life(name):
    shipped, later = load_protocol(COHORTS[name].protocol), exposed(COHORTS[name])
    assert shipped.happenings and later.parameters == shipped.parameters
    assert [h.at for h in later.happenings] == [h.at + 7 * 24 * LEAD for h in shipped.happenings]
    assert [replace(h, at=0.0) for h in later.happenings] == [replace(h, at=0.0) for h in shipped.happenings]
    assert not exposed(COHORTS["unexposed"]).happenings


def test_people_are_asked_every_week_before_and_after():
    plan = cohort_plan("cold", Population(16, 1), 59.0)
    np.testing.assert_array_equal(plan.times, 168.0 * np.arange(LEAD + 9) + ASKED)
    assert plan.keep == SCALES and plan.policy == Life(1, (18.0, 65.0))


def test_a_cohort_has_the_ages_and_carriers_that_it_says():
    mono = cohort_population("mononucleosis", 20, 3, Population(1).body)
    assert not mono.table["carrier"].any() and mono.table["age"].between(16.0, 30.0).all()


@pytest.mark.parametrize(("given", "message"), [
    ({"name": "clod"}, "there is no cohort 'clod'; did you mean cold?"),
    ({"name": "flu"}, "there is no cohort 'flu'"), ({"people": 0}, "must be a whole number from 1, not 0"),
    ({"days": 27}, "a cohort is followed for 28 to 7300 days, not 27"), ({"days": 7301}, "not 7301"),
    ({"days": float("nan")}, "not nan"), ({"seed": -1}, "a seed is a whole number"),
])  # fmt: skip
def test_a_cohort_that_cannot_be(given, message):
    with pytest.raises(InputError, match=message):
        cohort(**{"name": "cold", "people": 4, "days": 28.0} | given)


@cache
def small():
    """Forty people with a cold, in memory, all at once."""
    return cohort("cold", people=40, days=60, seed=1)


def same(one, other):
    np.testing.assert_array_equal(one.weeks, other.weeks)
    for name in SCALES:
        np.testing.assert_array_equal(one.reports[name], other.reports[name], err_msg=name)


def test_reports_stay_on_their_scale():
    history = small()
    assert history.weeks.tolist() == list(range(-LEAD, 9)) and not history.failed
    for name, values in history.reports.items():
        assert values.shape == (40, LEAD + 9) and values.min() >= 0.0 and values.max() <= 100.0, name
    assert (history.reports["pain"] == 0.0).any()  # where an error would lead below


def test_reports_are_the_truth_and_an_error_of_each_week():
    """Of the person's own, whoever else is asked."""
    population = Population(20, 5)
    plan = cohort_plan("unexposed", population, 28.0)
    course = join(plan, [part for _, part in solve_batches(plan)])
    history = history_of("unexposed", population, course)
    for week in (-LEAD, 0, 4):
        truth = course.values["fatigue"][:, week + LEAD].astype(float)
        noise = REPORT_SD * normal(5, "report of fatigue", population.people.ids, week + LEAD)
        expected = np.clip(truth + noise, 0.0, 100.0)
        np.testing.assert_allclose(history.reports["fatigue"][:, history.weeks == week][:, 0], expected, rtol=1e-6)


def test_a_recorded_cohort_is_the_one_in_memory_and_goes_on_when_it_was_stopped(monkeypatch, tmp_path):
    monkeypatch.setattr(simulation, "BATCH_PEOPLE", 16)
    told = []
    recorded = cohort("cold", people=40, days=60, seed=1, out=tmp_path / "cold", progress=told.append)
    same(recorded, small())
    pd.testing.assert_frame_equal(recorded.people_table(), small().people_table())
    files = sorted((tmp_path / "cold").glob("batch-*"))
    assert len(files) == 3 and told == sorted(told) and told[-1] == pytest.approx(1.0)
    written = [file.stat().st_mtime_ns for file in files]
    files[1].unlink()
    same(cohort("cold", people=40, days=60, seed=1, out=tmp_path / "cold"), small())
    again = [file.stat().st_mtime_ns for file in files]
    assert again[0] == written[0] and again[2] == written[2] and again[1] != written[1]
    with pytest.raises(InputError, match="holds another run"):
        cohort("cold", people=40, days=60, seed=2, out=tmp_path / "cold")
    with pytest.raises(InputError, match="holds another run"):
        follow("unexposed", small().population, 60, out=tmp_path / "cold")
