"""Mechanisms are recognised where they differ, not where they do not, and what is not identified is said to be so."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from neuroimmune.calibrate import explanations, recognise
from neuroimmune.calibrate.recognise import (
    CLINIC,
    CURVE,
    DATA,
    FEWEST,
    MECHANISMS,
    MONTHS,
    PUBLISHED,
    Feature,
    Marker,
    Result,
    Simulated,
    Verdict,
)
from neuroimmune.errors import InputError
from neuroimmune.evidence.targets import illness_targets
from neuroimmune.systems.brain import Brain, BrainState

SILENT = {"say": lambda line: None}


def told(middles, sets=20, studies=4, features=3, seed=1):
    """Studies of mechanisms with these middles, whose sets differ by 1 and studies by 0.3."""
    some = np.random.default_rng(seed)
    shape = (len(middles), sets, studies, features)
    own = some.standard_normal((len(middles), sets, 1, features))
    return np.array(middles)[:, None, None, None] + own + 0.3 * some.standard_normal(shape)


def simulated(percent, marker=0.0, sets=6, each=60, seed=0):
    """People of whom so many are ill, early and late, and a clinic in which all of the ill have a marker."""
    some = np.random.default_rng(seed)
    whose = np.repeat(np.arange(sets), each)
    ill = some.random((sets * each, 1)) < np.full(len(MONTHS), percent) / 100
    case = np.tile(np.arange(12) < 6, sets)
    clinic = {f.of: 10 + some.standard_normal(len(case)) for f in CLINIC}
    clinic["lps"] = clinic["lps"] + marker * case
    return Simulated(ill, whose, clinic, case, np.repeat(np.arange(sets), 12), sets, sets)


def test_mechanisms_that_differ_are_recognised():
    found = recognise.judged(told([0.0, 6.0, 12.0]))
    assert found.accuracy[0] > 0.97 and all(found.recognised(k) for k in range(3))
    assert found.matrix.sum(1) == pytest.approx(1.0) and found.sure > 0.9 and found.sure_right > 0.97


def test_mechanisms_that_are_alike_are_not():
    low, high = np.mean([recognise.judged(told([0.0] * 4, seed=n)).accuracy[1:] for n in range(5)], 0)
    assert low < 0.25 < high
    found = recognise.judged(told([0.0] * 4))
    assert found.sure < 0.1 and sum(found.recognised(k) for k in range(4)) <= 1


def test_a_name_given_to_everything_recognises_nothing():
    found = recognise.Told(np.array([[1.0, 0.0], [1.0, 0.0]]), 30, 0.0, float("nan"))
    assert found.recall(0)[1] > 0.8 and not found.recognised(0) and not found.recognised(1)


def test_the_set_that_is_judged_was_not_seen():
    """One set of the second mechanism lies among those of the first: only a classifier that saw it would know."""
    some = told([0.0, 8.0], sets=8)
    some[1, 0] -= 8.0
    assert recognise.left_out(some)[1, 0].argmax(-1).tolist() == [0] * 4


def test_features_that_go_together_are_not_counted_twice():
    """With one covariance the middle of two copies of a feature is no farther than that of one."""
    one = told([0.0, 2.0], features=1)
    rule = recognise.Discriminant(np.repeat(one.reshape(-1, 1), 2, 1), np.repeat([0, 1], 80), 2, 40)
    alone = recognise.Discriminant(one.reshape(-1, 1), np.repeat([0, 1], 80), 2, 40)
    both = rule.distances(np.array([[3.0, 3.0]]))
    assert both == pytest.approx(alone.distances(np.array([[3.0]])), rel=0.15)


def test_intervals_are_those_of_another_library():
    for hits, of in ((0, 30), (7, 30), (30, 30)):
        expected = binomtest(hits, of).proportion_ci(method="wilson")
        assert recognise.wilson(hits, of)[1:] == pytest.approx((expected.low, expected.high), abs=1e-4)


def test_a_study_is_identified_only_if_it_is_one_and_sure():
    names, some = ("glia", "gut"), told([0.0, 8.0], sets=30)
    said = recognise.verdict(some, np.full(3, 8.1), names)
    assert said.identified == "gut" and not said.outside
    said = recognise.verdict(some, np.full(3, 60.0), names)
    assert said.outside and not said.identified and said.probable.max() > 0.99
    assert recognise.verdict(told([0.0, 0.5], sets=30), np.full(3, 0.3), names).identified == ""


def test_a_marker_tells_and_noise_does_not_invent_one():
    features = (Feature("share", 2, 250), Feature("difference", "lps", 40, 40), Feature("ratio", "lps", 40, 40))
    some = np.random.default_rng(0)
    with_it, without = (recognise.studied(simulated(20.0, m), features, 50, some).mean((0, 1)) for m in (5.0, 0.0))
    assert with_it[1] > 2.0 and with_it[2] == pytest.approx(np.log(1.5), abs=0.1)
    assert abs(without[1]) < 0.5 and without[0] == pytest.approx(np.log(0.2 / 0.8), abs=0.4)


def test_the_same_people_stand_behind_all_points_of_a_curve():
    found = recognise.studied(simulated(20.0), CURVE, 10, np.random.default_rng(0))
    assert (found == found[..., :1]).all()  # the fake has everyone ill throughout or never


def test_where_too_few_are_ill_the_most_tired_go():
    ill, whose = np.zeros(40, bool), np.repeat([0, 1], 20)
    ill[:8] = True
    tired = np.arange(40.0)
    who, case, reached = recognise.patients(ill, tired, whose, 2)
    assert reached == 1 and sorted(who[case]) == [*range(8), *range(40 - FEWEST, 40)]
    assert not set(who[case]) & set(who[~case]) and not ill[who[~case]].any()


def fake(said=None, sure_right=0.9):
    names = ("glia", "gut", "severity")
    matrix = np.array([[0.8, 0.2, 0.0], [0.3, 0.7, 0.0], [0.3, 0.4, 0.3]])
    said = said or Verdict(np.array([0.001, 0.002, 0.0]), np.array([0.99, 0.01, 0.0]), "")
    return Result(
        names, np.full((3, 30, len(MONTHS)), 10.0), (30, 30, 0), 128,
        {title: recognise.Told(matrix, 30, 0.2, sure_right) for title in DATA},
        tuple(Marker(feature, 0.6 - 0.01 * k, 0.5) for k, feature in enumerate(CLINIC)), said,
    )  # fmt: skip


def test_the_page_says_what_is_not_identified():
    text = recognise.page(fake())
    assert "not identified: no mechanism alone makes what was published" in text and "99.0" not in text
    assert text.count("| primed microglia | 80 | 20 | 0 |") == len(DATA)
    assert "Recognised: primed microglia (recall 80 %, precision 57 %)" in text
    assert "Most is lost without recovery" in text and "nan" not in text
    unsure = Verdict(np.array([0.4, 0.5, 0.0]), np.array([0.6, 0.4, 0.0]), "")
    text = recognise.page(fake(unsure))
    assert "**not identified**: no mechanism" in text and "| LPS from the gut | 50.0 | 40.0 |" in text
    sure = Verdict(np.array([0.4, 0.5, 0.0]), np.array([0.03, 0.97, 0.0]), "gut")
    text = recognise.page(fake(sure, float("nan")))
    assert "only **LPS from the gut** alone makes these numbers" in text and "nan" not in text


def test_the_page_says_if_nobody_is_left_ill():
    nobody = fake()
    nobody.shares[2] = 0.0
    assert "Hardly anybody is left ill at six months by: severity alone." in recognise.page(nobody)
    assert "Hardly" not in recognise.page(fake())


def test_a_stopped_run_goes_on(tmp_path, monkeypatch):
    asked = []

    def simulate(name, sets, each, seed, say):
        if name == "virus" and "virus" not in asked:
            asked.append(name)
            raise KeyboardInterrupt
        asked.append(name)
        return simulated(30.0, 3.0 * (name == "gut"), sets, each, len(name))

    monkeypatch.setattr(recognise, "simulate", simulate)
    run = {"sets": 4, "each": 40, "names": ("gut", "virus", "hpa"), **SILENT}
    with pytest.raises(KeyboardInterrupt):
        recognise.run(tmp_path, **run)
    first = recognise.run(tmp_path, **run)
    assert asked == ["gut", "virus", "virus", "hpa"]
    again = recognise.run(tmp_path, **run)
    assert len(asked) == 4 and recognise.page(again) == recognise.page(first)
    with pytest.raises(InputError, match="another run"):
        recognise.run(tmp_path, **run, seed=1)


def test_nothing_is_left_to_the_fit_of_illness():
    fitted = {free.name for free in explanations.loops().free} - {"spread"}
    for name in MECHANISMS:
        assert fitted <= set(recognise.priors(name)), name
        own = [path for path in recognise.LOOPS.values() if recognise.priors(name)[path].middle > 0]
        assert len(own) == (name in recognise.LOOPS or name == "slow")
    drawn = recognise.table_of("gut", 3, 0)
    assert drawn.columns.is_unique and len(drawn) == 3 and (drawn["hpa.loop"] == 0).all()


def test_slow_recovery_has_one_steady_state():
    """Primed microglia fade from wherever they are, even in the slowest people of the slowest sets."""
    own, primed = recognise.priors("slow"), np.linspace(0.005, 0.995, 200)

    def high(name, sigmas):
        between = own[f"spread:{name}"]
        most = np.exp(2.0 * own[name].spread + sigmas * between.middle * np.exp(2.0 * between.spread))
        return own[name].middle * most

    brain = replace(
        Brain(), loop=high("brain.loop", 2.0), tau_primed=high("brain.tau_primed", 2.5),
        tau_priming=own["brain.tau_priming"].middle,
    )  # fmt: skip
    kept_up = brain.kept_up(BrainState(microglia_primed=primed))
    assert (brain.rates(0.0, BrainState(0.0, 0.0, kept_up, primed), 0.0).microglia_primed < 0).all()


def test_published_numbers_are_those_of_the_targets():
    rows = illness_targets()
    wanted = {"share": "percent ill", "ratio": "percent difference of medians", "hours": "mean duration"}
    for one in PUBLISHED:
        statistic = wanted.get(one.feature.kind, "standardised difference")
        mine = rows[(rows.study == one.study) & (rows.statistic == statistic)]
        assert np.isclose(mine.value, one.value, rtol=0.05).any(), one.study


@pytest.mark.slow
def test_a_small_run_from_people_to_page(tmp_path):
    result = recognise.run(tmp_path, sets=2, each=24, names=("gut", "vessels"), **SILENT)
    assert (result.shares[:, :, 0] > 20).all() and (result.shares <= 100).all()
    assert "| LPS from the gut |" in recognise.page(result)
