"""The fitting machine: known numbers come back, statistics are what papers mean, and the code has what was fitted."""

import json
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from neuroimmune.body import Body
from neuroimmune.calibrate import cytokines, report, search
from neuroimmune.calibrate.problem import SCALE, SPREAD, Free, Observation, Problem, statistic_of
from neuroimmune.errors import InputError
from neuroimmune.quantity import parameters

POSTERIOR = files("neuroimmune.evidence").joinpath("posterior")
FITTED = sorted(f.name.removesuffix(".csv") for f in POSTERIOR.iterdir() if f.name.endswith(".csv"))


def seen(statistic, time_h=1.0, rise=1.0):
    return Observation("a", "b", "c", "", "", "il6", statistic, time_h, np.nan, rise, 1.0, 1.0, 0.0, 4)


def test_statistics_are_those_of_the_papers():
    hours = np.array([-0.05, 0.0, 0.5, 1.0, 1.5, 2.0])
    values = np.array([[[1.0, 1.0, 2.0, 3.0, 2.0, 2.0], [3.0, 3.0, 3.0, 7.0, 11.0, 7.0]]])
    found = {"mean": 3.0, "sd": np.std([2.0, 4.0], ddof=1), "fold change": 2.5, "percent change": 150.0}
    for statistic, expected in found.items():
        rise = np.nan if "change" in statistic else 1.0
        assert statistic_of(values, hours, seen(statistic, rise=rise), 2.0)[0] == pytest.approx(expected)
    for statistic, expected in {
        "peak": 5.0,
        "time of peak": 1.464,
        "sd of log peak": np.std(np.log([2, 8]), ddof=1),
    }.items():
        one = seen(statistic, np.nan, rise=np.nan if "time" in statistic else 1.0)
        assert statistic_of(values, hours, one, 2.0)[0] == pytest.approx(expected, abs=1e-3), statistic


def few(rows, free, **more):
    return Problem(cytokines.Blood(), rows, free, rest=cytokines.rest, people=8, floors={"tnf": 3.0}, **more)


def test_known_numbers_come_back():
    rows = cytokines.rows().query("study == 'dobreva2021' and quantity == 'tnf' and statistic == 'mean'")
    free = [Free("cytokines.k_tnf", 1.5, 0.5), Free("cytokines.s_tnf", 1500.0, 0.7)]
    truth = np.array([0.6, -0.4])
    problem = few(rows, free, model_error=0.01)
    problem.target = np.arcsinh(problem.predict(truth[None])[0] / problem.floor) + problem.bias
    found = search.fit(problem, starts=1, rounds=0, say=lambda line: None)
    np.testing.assert_allclose(found.x, truth, atol=0.15)
    assert found.chi2 < 1.0
    drawn = search.draws(problem, found, count=40, steps=20, say=lambda line: None)
    np.testing.assert_allclose(drawn.mean(0), found.x, atol=0.2)


def test_a_scale_multiplies_the_rows_of_its_laboratory_only():
    rows = cytokines.rows().query("quantity == 'tnf' and statistic == 'mean' and protocol == 'endotoxin'")
    problem = few(rows, [Free("scale:dillingh2014:tnf", 1.0, 0.5)])
    one, double = problem.predict(np.array([[0.0], [np.log(2.0) / 0.5]]))
    own = np.array([o.study == "dillingh2014" for o in problem.seen])
    np.testing.assert_allclose(double / one, np.where(own, 2.0, 1.0), rtol=1e-6)


def test_only_verified_rows_of_role_fit_are_fitted():
    rows = cytokines.rows()
    for column, value in (("role", "check"), ("checked", "unverified")):
        with pytest.raises(InputError, match="only verified rows of role fit"):
            few(rows.assign(**{column: value}), [Free("cytokines.k_tnf", 1.0, 0.3)])
    with pytest.raises(InputError, match="did you mean cytokines.k_tnf"):
        few(rows, [Free("cytokines.k_tfn", 1.0, 0.3)])


def test_numbers_go_into_the_code(tmp_path):
    (tmp_path / "systems").mkdir()
    system, body = tmp_path / "systems" / "x.py", tmp_path / "body.py"
    system.write_text("""class A(System):
    k_a: float = par(1.0, "1/hour", "b", FIT, spread=0.1)
    s_a: float = par(
        2.0, "1", "c", "fitted: d",
        spread=0.2,
    )  # fmt: skip
""")
    body.write_text("class Body(System):\n    k_a: float = par(7.0, '1', 'd', FIT)\n")
    report.into_code(tmp_path, {"x.k_a": 1.25, "x.s_a": 3e-05, "spread:x.s_a": 0.5, "scale:l:q": 3.0, "k_a": 8.0})
    text = system.read_text()
    assert 'par(1.25, "1/hour", "b", FIT, spread=0.1)' in text and "spread=0.5" in text and "3e-05, " in text
    assert "par(8.0, " in body.read_text()
    for path in ("x.z", "spread:k_a"):
        with pytest.raises(InputError, match="does not declare"):
            report.into_code(tmp_path, {path: 1.0})


SWITCHES = ["brain.kept_up_on_tspo"]  # drawn, not fitted: 0 or 1


@pytest.mark.parametrize("name", FITTED)
def test_the_code_has_what_was_fitted(name):
    known = parameters(Body())
    best = json.loads(POSTERIOR.joinpath(f"{name}.json").read_text())
    for path, value in best.items():
        if path.startswith(SPREAD):
            assert known[path.removeprefix(SPREAD)].spread == pytest.approx(value), path
        elif not path.startswith(SCALE):
            assert known[path].value == pytest.approx(value), path
            assert known[path].source.startswith("fitted: "), path


@pytest.mark.parametrize("name", FITTED)
def test_draws_are_two_hundred_bodies(name):
    draws = pd.read_csv(str(POSTERIOR.joinpath(f"{name}.csv"))).drop(columns=SWITCHES, errors="ignore")
    best = json.loads(POSTERIOR.joinpath(f"{name}.json").read_text())
    assert list(draws) == list(best) and len(draws) == 200
    draws = draws.transform(lambda column: np.exp(column) if column.name.startswith(SCALE) else column)
    assert np.isfinite(draws.to_numpy()).all() and (draws > 0).all().all()
    assert (draws.min() <= pd.Series(best)).all() and (draws.max() >= pd.Series(best)).all()


@pytest.mark.parametrize("name", FITTED)
def test_what_was_fitted_cites_its_own_page(name):
    best, known = json.loads(POSTERIOR.joinpath(f"{name}.json").read_text()), parameters(Body())
    paths = [path for path in best if not path.startswith((SCALE, SPREAD))]
    assert [path for path in paths if f"docs/fit-{name}.md" not in known[path].source] == []


def fever(**more):
    """Fever of people who do not differ: chance is then the thermometer's alone, an SD of 0.15 K."""
    rows = cytokines.rows().query("study == 'dobreva2021' and quantity == 'temperature' and time_h in (2, 3)")
    alike = list(parameters(cytokines.Blood()))
    return few(rows, [Free("cytokines.fever", 1.0, 1e-6)], alike=alike, model_error=0.0, **more)


def test_chance_of_a_series_is_that_of_its_readings():
    """A mean of 20 rises has an SE of 0.15 sqrt(2 / 20); two share the reading before: correlation 0.5."""
    problem = fever()
    slope = 1.0 / np.hypot(1.0, problem.predict(np.zeros((1, 1)))[0])
    np.testing.assert_allclose(problem.error / slope, 0.15 * np.sqrt(2 / 20), rtol=0.15)
    root = np.linalg.inv(problem.whitening)
    covariance = root @ root.T
    assert covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]) == pytest.approx(0.5, abs=0.12)
    np.testing.assert_allclose(problem.bias, 0.0, atol=0.01)


def test_few_residuals_inflate_little():
    """Residuals that no number can change: (their squares + 4) / (how many + 4), and never less than 1."""
    problem = fever()
    for size in (0.1, 5.0):
        predicted = np.arcsinh(problem.predict(np.zeros((1, 1)))[0] / problem.floor) + problem.bias
        problem.target = predicted - np.linalg.solve(problem.whitening, np.full(2, size))
        found = search.inflate(problem, np.zeros(1))
        assert found["dobreva2021 temperature"] == pytest.approx(max(1.0, (2 * size**2 + 4) / (2 + 4)), rel=1e-3)


def test_the_noise_of_readings_raises_peaks():
    rows = cytokines.rows().query("study == 'tsigos1997' and statistic == 'peak' and value < 1000")  # more is skewed
    problem = few(rows, [Free("cytokines.k_il6_depot", 0.1, 0.3)])
    assert (problem.bias > 0.02).all() and (problem.bias < 0.3).all()
