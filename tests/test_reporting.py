"""What people report, and one person's twin: exact where theory is, and nothing where nothing should be."""

import numpy as np
import pytest

import neuroimmune as ni
from neuroimmune.calibrate.placebo import ARMS, MEAN, best_with, told
from neuroimmune.errors import InputError
from neuroimmune.protocol import load_protocol
from neuroimmune.reporting import SUBJECTIVE, Reporting, improved
from neuroimmune.schedule import read_schedule
from neuroimmune.treating import resting, treat
from neuroimmune.twins import NOTICEABLE, RELEVANT, SPIKE, compare_twins, controlled, relevance_draws

IDS = np.arange(5000)
DAYS = np.array([-1.0, 0.0, 14.0, 1000.0])


def test_a_report_is_the_symptom_less_what_is_expected():
    """Without noise and spread: 1 - (expectation x belief + attention)(1 - exp(-t / tau))."""
    calm = Reporting(error=0.0, fluctuation=0.0, expectation=0.2, expectation_spread=0.0, attention=0.05)
    belief, truth = np.full((1, 4), 0.5), np.full((1, 4), 60.0)
    said = calm.reported(0, np.arange(1), DAYS, belief, "fatigue", truth)[0]
    grown = np.array([0.0, 0.0, 1 - np.exp(-1.0), 1.0])
    np.testing.assert_allclose(said, 60.0 * (1.0 - 0.15 * grown))


def test_who_believes_nothing_still_gets_attention_and_nothing_else():
    reporting = Reporting(expectation=0.5, attention=0.03)
    hidden = reporting.unreported(0, IDS, np.array([1000.0]), np.zeros((len(IDS), 1)))
    np.testing.assert_allclose(hidden, reporting.attention)


def test_expectation_differs_between_people_about_its_mean():
    reporting = Reporting(expectation=0.05, expectation_spread=0.5, attention=0.0)
    hidden = reporting.unreported(1, IDS, np.array([1000.0]), np.ones((len(IDS), 1)))
    assert hidden.mean() == pytest.approx(0.05, rel=0.05)
    assert np.log(hidden).std() == pytest.approx(0.5, rel=0.05)


def test_what_is_measured_takes_no_expectation():
    ones = np.ones((1, 4))
    with pytest.raises(InputError, match="heart_rate is not asked of people"):
        Reporting().reported(0, np.arange(1), DAYS, ones, "heart_rate", ones)
    assert not {"heart_rate", "crp", "cortisol", "vo2_peak", "pain_threshold", "reaction_time"} & set(SUBJECTIVE)


def test_a_placebo_does_nothing_under_the_drug_and_something_under_expectation():
    people = ni.people(ni.Body(), 60, seed=4)
    start, _ = resting(people)
    arms = {}
    for arm in ("placebo", "untreated"):
        arms[arm] = treat(
            people, "pregabalin 225 mg", days=56, every=24, start=start, keep=["fatigue", "belief"], arm=arm
        )
    placebo, nothing = arms["placebo"], arms["untreated"]
    days = placebo.times[:55] / 24.0
    np.testing.assert_allclose(placebo.values["fatigue"][:, :55], nothing.values["fatigue"][:, :55], atol=0.02)
    sure = Reporting(expectation=0.3)
    said = [
        sure.reported(4, people.ids, days, arm.values["belief"][:, :55], "fatigue", arm.values["fatigue"][:, :55])
        for arm in (placebo, nothing)
    ]
    assert said[0][:, -14:].mean() < said[1][:, -14:].mean() - 1.0


def test_the_fit_finds_an_expectation_that_was_put_in():
    """Made-up placebo arms of people who hide a fifth: the fit prefers that to none and to twice as much."""
    rng = np.random.default_rng(3)
    truth = {
        n: np.clip(rng.normal(60, 12, (4000, 1)) + rng.normal(0, 2, (4000, 110)), 0, 100) for n in ("fatigue", "pain")
    }
    ids = np.arange(4000)
    there = Reporting(expectation=0.2, expectation_spread=0.8, fluctuation=6.0)
    arms = tuple(
        arm._replace(observed=(seen := told(truth[arm.scale], ids, arm, there, 0.5)), low=0.95 * seen, high=1.05 * seen)
        for arm in ARMS
    )
    off = {e: best_with(e, truth, ids, arms)[0] for e in (0.0, 0.2, 0.4)}
    assert off[0.2] < 1.0 and off[0.2] < off[0.0] - 3 and off[0.2] < off[0.4] - 3


def test_noise_alone_makes_those_who_were_chosen_for_high_scores_better():
    """Regression to the mean: people chosen by a noisy score above a threshold fall though nothing happens."""
    truth = np.tile(np.random.default_rng(1).normal(50, 10, (4000, 1)), (1, 110))
    arm = next(a for a in ARMS if a.statistic == MEAN)
    fall = told(truth, np.arange(4000), arm._replace(entry=60.0), Reporting(expectation=0.0, attention=0.0), 0.5)
    assert fall > 3.0


def test_improved():
    assert improved(np.array([50.0]), np.array([35.0]), 0.3).all()


def test_a_target_matters_as_much_for_every_treatment_that_reaches_it():
    one = relevance_draws([read_schedule("etanercept 50 mg weekly")], 3, 400)
    other = relevance_draws([read_schedule("infliximab 350 mg every 8 weeks")], 3, 400)
    assert np.array_equal(one["tnf_blocked"], other["tnf_blocked"])
    assert (one["tnf_blocked"] == 0).mean() == pytest.approx(SPIKE, abs=0.08)
    assert (one["tnf_blocked"] < 0).any() and abs(one["tnf_blocked"].mean()) < 0.05
    assert "b_cell_killing" in RELEVANT


def test_twins_differ_in_nothing_where_the_target_cannot_matter():
    twins = compare_twins("oxaloacetate 1000 mg for 20 days", ni.Protocol(), 22, person=2, worlds=24)
    dead = np.abs(np.concatenate([*twins.differences.values()]))
    assert (dead < NOTICEABLE).all() and twins.person == 2 and twins.worlds + twins.lost == 24
    table = twins.outcomes()
    assert list(table.columns) == ["outcome", "median", "5 %", "95 %", "-10 [%]", "+10 [%]", "assumed [%]"]


def test_graded_exercise_harms_a_person_who_crashes_and_what_that_rests_on():
    """The twin does nothing; malaise grows by the body's own mechanism, most of whose numbers are assumed."""
    text = "graded-exercise 15 min 11:00 5 a week from day 200 for 56 days"
    twins = compare_twins(text, load_protocol("mononucleosis"), 260, worlds=24)
    assert np.median(twins.differences["post_exertional_malaise"]) > 5.0
    assert 0.2 < twins.resting_on_assumption("post_exertional_malaise") <= 1.0
    assert controlled(twins.courses) == ["ME/CFS"]


def test_a_person_who_is_ill_is_found_or_it_is_said():
    with pytest.raises(InputError, match="nobody is ill on day 30"):
        compare_twins("pacing from day 30 for 5 days", ni.Protocol(), 40, worlds=4)
