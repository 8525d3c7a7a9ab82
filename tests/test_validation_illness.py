"""Cohorts and clinics held against what was found: small worlds in which the answer is known."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from neuroimmune import validation_illness as against
from neuroimmune.body import Body
from neuroimmune.cohorts import COHORTS, SCALES, SURVEYED_AFTER, History, cohort_plan, history_of, life_of, week_of
from neuroimmune.evidence.draws import posterior
from neuroimmune.evidence.targets import illness_targets
from neuroimmune.lives import Population
from neuroimmune.plot_cohort import observed_shares, plot_cohort
from neuroimmune.simulation import join, make_plan, solve_batches
from neuroimmune.streams import stream
from neuroimmune.validation_illness import DAYS, MORE, Seen, Study, obstacle, see, simulated

HIGH, LOW, LEAD = 80.0, 10.0, 8


def made_up(name, share, people=2000, weeks=130, draws=20):
    """A cohort of which a share, the same in each draw, is ill in every way from exposure on; half are women."""
    ids = np.arange(people)
    ill = stream(4, f"made up {name}").permutation(people) < share * people
    at = np.arange(-LEAD, weeks)
    columns = {"woman": ids % 2 == 0, "liability": stream(5, "liability").standard_normal(people)}
    population = SimpleNamespace(
        people=SimpleNamespace(ids=ids), seed=0, draws=ids // 2 % draws, table=pd.DataFrame(columns)
    )
    reports = {n: np.where(ill[:, None] & (at >= 0), HIGH, LOW).astype(np.float32) for n in SCALES}
    return History(name, population, at, reports)


@pytest.fixture(scope="module")
def seen():
    """A tenth ill after SARS-CoV-2, a fiftieth of the unexposed, a twentieth of the community."""
    shares = {"sars-cov-2": 0.1, "unexposed": 0.02, "community": 0.05, "cytomegalovirus": 0.3}
    histories = {name: made_up(name, share) for name, share in shares.items()}
    n = 400
    ill = np.arange(n) < 200
    clinic = {
        "malaise_begins": np.where(ill, np.where(np.arange(n) % 10 == 0, 30.0, 5.0), np.nan),
        "malaise_ends": np.where(ill, np.where(np.arange(n) % 2 == 0, 60.0, 20.0), 0.0),
    }
    return Seen(histories, clinic, ill, ill & False, np.arange(n) % 20, 20)


def row(**given):
    usual = {
        "study": "toy", "protocol": "population", "quantity": "mecfs", "statistic": "percent ill", "time_h": np.nan,
        "n": np.nan, "se": np.nan, "population": "a survey, all", "note": "", "value": 1.0,
    }  # fmt: skip
    return SimpleNamespace(**usual | given)


def told(seen, one, count=300):
    study = stream(9, "studies")
    return np.array([
        against.statistic(one, Study(seen, study, whole), {}, {}) for whole in (False, True) for _ in range(count // 2)
    ])  # fmt: skip


def test_a_survey_counts_the_community_and_each_sex(seen):
    for population in ("a survey, all", "a survey, women", "a survey, men"):
        found = told(seen, row(population=population, n=10_000))
        assert found.mean() == pytest.approx(5.0, abs=0.8)
        assert found.std() > 100 * np.sqrt(0.05 * 0.95 / 10_000)  # the people simulated are few too
    assert told(seen, row(se=2.0)).std() == pytest.approx(2.0, rel=0.25)


def test_what_a_survey_cannot_be_asked(seen):
    assert obstacle(row(population="a survey, all"), seen) == ""
    for words in ("found by a physician", "told by a doctor, all", "records of practices, all", "children"):
        assert obstacle(row(population=words), seen), words
    few = Seen({"community": made_up("community", 0.003)}, {}, seen.ill, seen.pain, seen.draw, 20)
    assert "only 6 of the people" in obstacle(row(), few)
    assert "no definition" in obstacle(row(quantity="gout"), seen)


def test_how_many_more_than_the_unexposed(seen):
    one = row(protocol="sars-cov-2", statistic=MORE, quantity="pem", time_h=4383.0, n=1000, note="628 without")
    assert obstacle(one, seen) == "" and against._unexposed(one) == 628
    assert told(seen, one).mean() == pytest.approx(8.0, abs=0.8)
    assert "so long" in obstacle(row(protocol="sars-cov-2", statistic=MORE, quantity="pem", time_h=1e6), seen)


def test_how_long_it_lasts_on_average(seen):
    """Everybody who is ill is so for all of half a year, once a month has been looked back on."""
    one = row(protocol="cytomegalovirus", statistic="mean duration", quantity="postinfective_fatigue", n=100)
    found = told(seen, one, 40)
    assert np.ptp(found) == 0.0 and 22 * 168 <= found[0] <= 26 * 168


def test_malaise_after_one_test_is_counted(seen):
    def one(statistic, who="cases", **more):
        return row(
            protocol="two-day-test", quantity="pem", statistic=statistic, n=40, population=f"{who}: some", **more
        )

    assert told(seen, one("percent starting after 24 h or more")).mean() == pytest.approx(10.0, abs=2.0)
    assert told(seen, one("percent lasting 24 h or more")).mean() == pytest.approx(50.0, abs=4.0)
    assert told(seen, one("percent recovered", time_h=24.0)).mean() == pytest.approx(50.0, abs=4.0)
    assert set(told(seen, one("percent recovered", "controls", time_h=24.0))) == {100.0}


def test_another_seed_is_another_study(seen):
    rows = illness_targets().query("id == 'ballouz2023-pem-percent-more-6mo'")
    first, same, other = (simulated(rows, seen, {}, 50, False, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


def test_who_comes_to_the_clinic_is_who_lived(monkeypatch):
    """Followed again, people arrive at the states at which the cohort passed, whatever happens to that cohort."""
    name = "community"
    population = Population(16, 3, Body(), COHORTS[name].age)
    plan = cohort_plan(name, population, 60.0)
    history = history_of(name, population, join(plan, [part for _, part in solve_batches(plan)]))
    who = np.array([2, 5, 11])
    _, start, solved = against.then(history, who, 4)
    again = make_plan(population.people, days=7.0 * 12, every=24.0, keep=list(population.start),
                      start=population.start, policy=life_of(name, population))  # fmt: skip
    course = join(again, [part for _, part in solve_batches(again)])
    np.testing.assert_array_equal(solved, [0, 1, 2])
    for state, values in start.items():
        np.testing.assert_allclose(values, course.values[state][who, -1], rtol=1e-6, err_msg=state)


def test_only_what_is_needed_is_followed(monkeypatch):
    monkeypatch.setattr(against, "DAYS", dict.fromkeys(DAYS, 30))
    monkeypatch.setattr(against, "CLINIC", ())
    found = see(Body(), posterior(), 2, 2, only="influenza")
    assert set(found.histories) == {"influenza", "unexposed"}


@pytest.mark.parametrize("name", COHORTS)
def test_every_cohort_can_be_drawn(name):
    """With the points of all who counted the like, for two years and for as long as surveys ask."""
    for weeks in (115, week_of(SURVEYED_AFTER) + 30):
        history = made_up(name, 0.1, people=200, weeks=weeks)
        figure = plot_cohort(history)
        assert len(figure.axes) == len(COHORTS[name].definitions)
        points = observed_shares(history)
        assert (points.protocol == name).all()
        assert bool(len(points[points.study == "reyes2003"])) == (
            name == "community" and weeks > week_of(SURVEYED_AFTER)
        )
