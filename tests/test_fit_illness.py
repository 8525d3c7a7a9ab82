"""The fit of illness: what an ensemble smoother must do, and what its explanations are."""

import numpy as np
import pytest

from neuroimmune.body import LOOPS, Body
from neuroimmune.calibrate import explanations, illness
from neuroimmune.calibrate.explanations import BELOW, FOLDS, RIVALS, loops
from neuroimmune.calibrate.illness import BETWEEN, NEVER, ROWS, Fitted, Row, log_score, moved, table_of
from neuroimmune.errors import InputError
from neuroimmune.evidence.draws import posterior
from neuroimmune.evidence.targets import illness_targets
from neuroimmune.lives import with_draws
from neuroimmune.loops import held_levels
from neuroimmune.population import people
from neuroimmune.quantity import parameters
from neuroimmune.streams import stream

SILENT = {"progress": lambda _: None}


def smoothed(members=4000, steps=4, hide=None):
    """A number with prior N(0, 1), of which twice is observed to be 3 with an error of 0.5, and a dummy."""
    logs = stream(1, "toy").standard_normal((members, 2))
    rows = [Row("toy", "twice", 3.0, 0.5)]
    for step in range(steps):
        shown = 2.0 * logs[:, :1]
        if hide is not None:
            shown = np.where(hide[:, None], np.nan, shown)
        logs = moved(logs, shown, rows, steps, stream(2, f"noise {step}").standard_normal(shown.shape))
    return logs


def test_the_smoother_finds_the_posterior_of_a_linear_model():
    """Exact: precision 1 + 4 / 0.25 = 17, mean (4 / 0.25) * 1.5 / 17."""
    found = smoothed()
    assert found[:, 0].mean() == pytest.approx(16 * 1.5 / 17, abs=0.02)
    assert found[:, 0].std() == pytest.approx(17**-0.5, rel=0.06)
    assert found[:, 1].std() == pytest.approx(1.0, rel=0.05) and abs(found[:, 1].mean()) < 0.05


def test_who_shows_nothing_is_not_moved():
    hide = np.arange(4000) % 2 == 0
    before, found = stream(1, "toy").standard_normal((4000, 2)), smoothed(hide=hide)
    np.testing.assert_array_equal(found[hide], before[hide])
    assert found[~hide, 0].mean() == pytest.approx(16 * 1.5 / 17, abs=0.05)


def test_shares_are_even_on_the_scale_of_log_odds():
    row = Row("toy", "share", 20.0, 3.2, "logit")
    assert row.transformed(50.0) == 0.0 and np.isfinite(row.transformed(0.0))
    assert row.error_transformed == pytest.approx(np.hypot(0.2, BETWEEN))
    assert illness.BACK["logit"](row.transformed(20.0)) == pytest.approx(20.0)


def test_a_score_is_a_log_density():
    rows = [Row("toy", "number", 1.0, 2.0)]
    score, error = log_score(np.full((50, 1), 3.0), rows)
    assert score == pytest.approx(-0.5 - np.log(2.0 * np.sqrt(2 * np.pi))) and error == pytest.approx(0.0, abs=1e-9)
    assert log_score(np.full((50, 1), 1.0), rows)[0] > score


def test_rows_are_those_of_the_table():
    """Verified, of the role that they are used in, and with the value printed there (percentages from counts)."""
    table = illness_targets()
    for rows, role in ((ROWS, {"fit"}), (NEVER, {"check"})):
        for row in rows:
            if row.study in ("balfour2013", "grimm2016"):  # rows of the body's own table
                continue
            mine = table[(table.study == row.study) & (table.checked == "verified")]
            assert len(mine) and set(mine.role) == role, row
            printed = mine.value.to_numpy()
            if "of cases" not in row.what and row.study != "keller2014":
                assert np.abs(printed - row.value).min() < 0.55, row
    assert "keller2014" in {row.study for row in ROWS}


@pytest.mark.parametrize("explanation", [loops(), *RIVALS.values()], ids=lambda e: e.title)
def test_an_explanation_is_a_table_of_bodies(explanation):
    table = table_of(explanation, illness.prior(explanation, 12, 0))
    assert table.columns.is_unique and len(table) == 12
    group = with_draws(people(Body(), 24, seed=1), table)
    assert all(np.isfinite(values).all() for values in group.traits.values())
    cut = {path for path in LOOPS.values() if not group.traits[path].any()}
    assert cut == {path for path, value in explanation.set.items() if path in LOOPS.values() and value == 0.0}
    assert not set(table.columns) & set(posterior(leave_out="illness").columns) - set(posterior().columns)


def test_tspo_shows_it_in_some_draws():
    """In three to five of ten, of the package's draws too, however few are taken."""
    seen = posterior()["brain.kept_up_on_tspo"].to_numpy()
    assert set(seen) == {0.0, 1.0}
    for few in (20, 50, 100, 200):
        assert 0.2 <= seen[np.linspace(0, len(seen) - 1, few).round().astype(int)].mean() <= 0.6
    assert 0.3 <= seen.mean() <= 0.5


def test_a_stopped_fit_goes_on_and_another_is_refused(tmp_path, monkeypatch):
    asked = []

    def results(drawn, each, seed, days, progress):
        asked.append(seed)
        if len(asked) == 2:
            raise KeyboardInterrupt
        strength = drawn["gut.loop"].to_numpy()
        return {row.what: np.abs(row.value) * strength for row in (*ROWS, *NEVER)}

    monkeypatch.setattr(illness, "results", results)
    run = {"members": 30, "each": 4, "steps": 2, **SILENT}
    with pytest.raises(KeyboardInterrupt):
        illness.fit(loops(), tmp_path, **run)
    first = illness.fit(loops(), tmp_path, **run)
    assert asked == [0, 1, 1, 2]  # people of its own in each step
    again = illness.fit(loops(), tmp_path, **run)
    np.testing.assert_array_equal(again.logs, first.logs)
    np.testing.assert_array_equal(again.never, first.never)
    assert len(asked) == 4 and "## Rivals" in illness.page(first, [again])
    with pytest.raises(InputError, match="another fit"):
        illness.fit(loops(), tmp_path, **run | {"members": 31})


def test_contraction_tells_what_was_learnt():
    one = loops()
    before = illness.prior(one, 400, 0)
    told = illness.contraction(Fitted(one, before, before, np.zeros((1, 1, 1)), np.zeros((1, 0))))
    assert np.abs(told).max() < 0.2
    after = before.copy()
    after[:, 0] = before[:, 0].mean() + 0.5 * (before[:, 0] - before[:, 0].mean())
    assert illness.contraction(Fitted(one, before, after, np.zeros((1, 1, 1)), np.zeros((1, 0))))[0] > 0.7


def test_one_in_a_hundred_is_beyond_the_fold_at_the_middle_of_the_prior():
    from scipy.stats import norm

    assert norm.sf(-np.log(BELOW) / 0.5) == pytest.approx(0.01, abs=0.001)
    for name, path in LOOPS.items():
        middle = next(free.middle for free in loops().free if free.name == path)
        assert middle == pytest.approx(BELOW * FOLDS[name], rel=0.01)


@pytest.mark.slow
def test_folds_are_those_of_the_usual_body():
    """A tenth below a fold nothing holds, a tenth above it something does."""
    for name in LOOPS:
        levels = held_levels(Body(), name, [0.9 * FOLDS[name], 1.1 * FOLDS[name]])
        assert np.isnan(levels[0]) and levels[1] > 0, name
    assert set(explanations.FOLDS) == set(LOOPS) and set(LOOPS.values()) <= set(parameters(Body()))
