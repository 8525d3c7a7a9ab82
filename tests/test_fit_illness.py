"""The fit of illness: what an ensemble smoother must do, and what its explanations are."""

from typing import NamedTuple

import numpy as np
import pytest
from scipy.stats import norm

from neuroimmune.body import LOOPS, Body
from neuroimmune.calibrate import explanations, illness
from neuroimmune.calibrate.explanations import BELOW, FOLDS, RIVALS, loops
from neuroimmune.calibrate.illness import BETWEEN, FAR, NEVER, ROWS, Fitted, errors, log_score, moved, table_of
from neuroimmune.errors import InputError
from neuroimmune.evidence.draws import posterior
from neuroimmune.lives import with_draws
from neuroimmune.loops import held_levels
from neuroimmune.population import people
from neuroimmune.quantity import parameters, with_parameters
from neuroimmune.streams import stream

SILENT = {"progress": lambda _: None}


class Toy(NamedTuple):
    """A row that stands in no table."""

    value: float
    sampling_transformed: float
    cohort: str = ""
    transform: str = ""

    def transformed(self, values):
        return np.asarray(values, float)


ONE = (Toy(3.0, 0.5),)


def smoothed(rows=ONE, members=4000, steps=4, hide=None):
    """A number with prior N(0, 1), of which each row is twice, and a dummy; `hide`: who shows nothing of the last."""
    logs = stream(1, "toy").standard_normal((members, 2))
    for step in range(steps):
        shown = np.repeat(2.0 * logs[:, :1], len(rows), 1)
        if hide is not None:
            shown[hide, -1] = np.nan
        logs = moved(logs, shown, rows, steps, stream(2, f"noise {step}").standard_normal(shown.shape))
    return logs


def test_the_smoother_finds_the_posterior_of_a_linear_model():
    """Exact: precision 1 + 4 / 0.25 = 17, mean (4 / 0.25) * 1.5 / 17."""
    found = smoothed()
    assert found[:, 0].mean() == pytest.approx(16 * 1.5 / 17, abs=0.02)
    assert found[:, 0].std() == pytest.approx(17**-0.5, rel=0.06)
    assert found[:, 1].std() == pytest.approx(1.0, rel=0.05) and abs(found[:, 1].mean()) < 0.05


def test_who_shows_nothing_is_moved_by_what_they_show():
    """Of the only row nothing; with another, as if there were but that."""
    hide = np.arange(4000) % 2 == 0
    before, found = stream(1, "toy").standard_normal((4000, 2)), smoothed(hide=hide)
    np.testing.assert_array_equal(found[hide], before[hide])
    assert found[~hide, 0].mean() == pytest.approx(16 * 1.5 / 17, abs=0.05)
    two = smoothed((*ONE, *ONE), hide=hide)
    assert two[hide, 0].mean() == pytest.approx(16 * 1.5 / 17, abs=0.05)
    assert two[hide, 0].std() == pytest.approx(17**-0.5, rel=0.1)
    assert two[~hide, 0].mean() == pytest.approx(32 * 1.5 / 33, abs=0.05)
    assert two[~hide, 0].std() == pytest.approx(33**-0.5, rel=0.1)


def test_rows_of_one_cohort_err_together():
    one, two, other = (Toy(0.0, s, c, "logit") for s, c in ((0.2, "a"), (0.3, "a"), (0.2, "b")))
    found = errors([one, two, other, Toy(0.0, 0.5)])
    np.testing.assert_allclose(np.diag(found), [0.04 + BETWEEN**2, 0.09 + BETWEEN**2, 0.04 + BETWEEN**2, 0.25])
    assert found[0, 1] == pytest.approx(BETWEEN**2) and found[0, 2] == found[0, 3] == 0.0
    assert np.linalg.eigvalsh(errors(ROWS)).min() > 0


def test_shares_are_even_on_the_scale_of_log_odds():
    row = next(row for row in ROWS if row.transform == "logit")
    assert row.transformed(50.0) == 0.0 and np.isfinite(row.transformed(0.0))
    assert illness.BACK["logit"](row.transformed(20.0)) == pytest.approx(20.0)
    assert row.sampling == pytest.approx(np.sqrt(89 * 11 / 66))
    assert row.sampling_transformed == pytest.approx(row.sampling * 100 / (89 * 11))


def test_a_score_is_a_log_density():
    rows = [Toy(1.0, 2.0), Toy(0.0, 1.0, "a", "logit")]
    shown = np.tile([3.0, 0.5], (50, 1))
    exact = norm(0, 2).logpdf(2.0) + norm(0, np.sqrt(1 + BETWEEN**2)).logpdf(0.5)
    score, error = log_score(shown, rows)
    assert score == pytest.approx(exact) and error == pytest.approx(0.0, abs=1e-9)
    assert log_score(np.tile([1.0, 0.0], (50, 1)), rows)[0] > score
    nobody = np.tile([3.0, np.nan], (50, 1))
    assert log_score(nobody, rows)[0] == pytest.approx(
        norm(0, 2).logpdf(2.0) + norm(0, np.sqrt(1 + BETWEEN**2)).logpdf(FAR * np.sqrt(1 + BETWEEN**2))
    )


def test_rows_are_of_their_roles():
    """Verified, of the role that they are used in, and with an error."""
    for rows, role in ((ROWS, "fit"), (NEVER, "check")):
        for row in rows:
            assert row.target.role == role and row.target.checked == "verified", row.id
            assert row.sampling > 0 and np.isfinite(row.transformed(row.value)), row.id
            assert row.transform == "logit" or not row.cohort


@pytest.mark.parametrize("explanation", [loops(), *RIVALS.values()], ids=lambda e: e.title)
def test_an_explanation_is_a_table_of_bodies(explanation):
    table = table_of(explanation, illness.prior(explanation, 12, 0))
    assert table.columns.is_unique and len(table) == 12
    group = with_draws(people(Body(), 24, seed=1), table)
    assert all(np.isfinite(values).all() for values in group.traits.values())
    cut = {path for path in LOOPS.values() if not group.traits[path].any()}
    assert cut == {path for path, value in explanation.set.items() if path in LOOPS.values() and value == 0.0}
    assert {free.name for free in loops().free} - {"spread"} <= set(table.columns)  # nothing is left to the code
    for column, value in explanation.set.items():
        assert (table[column] == value).all()


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
    told = illness.contraction(Fitted(one, before, np.zeros((1, 1, 1)), np.zeros((1, 0))))
    assert np.abs(told).max() < 0.2
    after = before.copy()
    after[:, 0] = before[:, 0].mean() + 0.5 * (before[:, 0] - before[:, 0].mean())
    assert illness.contraction(Fitted(one, after, np.zeros((1, 1, 1)), np.zeros((1, 0))))[0] > 0.7


def test_one_in_a_hundred_is_beyond_the_fold_at_the_middle_of_the_prior():
    assert norm.sf(-np.log(BELOW) / 0.5) == pytest.approx(0.01, abs=0.001)
    for name, path in LOOPS.items():
        middle = next(free.middle for free in loops().free if free.name == path)
        assert middle == pytest.approx(BELOW * FOLDS[name], rel=0.01)


@pytest.mark.slow
def test_folds_are_those_of_the_body_in_the_middle_of_the_prior():
    """A fifth below a fold nothing holds, a fifth above it something does."""
    paths = parameters(Body())
    middle = with_parameters(Body(), {free.name: free.middle for free in loops().free if free.name in paths})
    for name in LOOPS:
        levels = held_levels(middle, name, [0.8 * FOLDS[name], 1.2 * FOLDS[name]])
        assert np.isnan(levels[0]) and levels[1] > 0, name
    assert set(explanations.FOLDS) == set(LOOPS) and set(LOOPS.values()) <= set(parameters(Body()))
