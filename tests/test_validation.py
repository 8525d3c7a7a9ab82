"""The validation table: bands that hold what they promise, scores that are exact, and checks that can fail."""

import json
import math
import re

import numpy as np
import pandas as pd
import pytest

from neuroimmune.body import Body
from neuroimmune.errors import InputError
from neuroimmune.evidence.sources import kind_of
from neuroimmune.evidence.statistics import COSINOR, EVER, OF_EACH, STATISTICS, sampled, statistic
from neuroimmune.evidence.targets import all_targets, targets
from neuroimmune.protocol import load_protocol, read_settings
from neuroimmune.quantity import parameters, with_parameters
from neuroimmune.streams import stream
from neuroimmune.validation import (
    NO_N,
    ROWS,
    Noise,
    Size,
    as_json,
    coordinates,
    crps,
    crps_normal,
    draw_pool,
    follow,
    judge,
    noises,
    obstacle,
    posterior,
    readable,
    studies,
    validate,
)
from neuroimmune.validation_page import explanations, page

SMALL = Size(studies=100, draws=10, each=64, best=128)
CHANCE = stream(1, "test of validation")


def correlated(count, points=6):
    """Points of which neighbours depend on each other, as those of a curve do."""
    return CHANCE.standard_normal((count, points)).cumsum(1)


def test_a_band_holds_as_many_curves_as_it_says():
    simulated, seen = correlated(1000), correlated(2000)
    inside = np.mean([judge(simulated, simulated, one).verdict == "inside" for one in seen])
    assert inside == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / 1000))


def test_one_point_is_judged_by_its_interval():
    simulated = CHANCE.standard_normal((4000, 1))
    assert judge(simulated, simulated, np.array([1.8])).verdict == "inside"
    assert judge(simulated, simulated, np.array([2.1])).verdict == "outside"


def test_level_and_shape_set_the_scale_of_a_laboratory_apart():
    curve, every = np.array([3.0, 40.0, 900.0, 70.0, 12.0]), np.ones(5, bool)
    one, other = (coordinates(k * curve, every, 1e-3) for k in (1.0, 2.0))
    assert other[0] - one[0] == pytest.approx(math.log(2), rel=1e-4)
    np.testing.assert_allclose(one[1:], other[1:], atol=1e-4)


def test_the_scale_of_a_laboratory_hides_no_wrong_shape():
    curve, every = np.array([10.0, 300.0, 700.0, 200.0, 50.0]), np.ones(5, bool)
    simulated = curve * np.exp(0.3 * CHANCE.standard_normal((500, 1)) + 0.05 * CHANCE.standard_normal((500, 5)))
    assert judge(simulated, simulated, 1.3 * curve, every).verdict == "inside"
    assert judge(simulated, simulated, 3.0 * curve, every).verdict == "outside"
    assert judge(simulated, simulated, curve * [1, 1, 1, 1.5, 1], every).verdict == "outside"


def test_what_is_vague_is_never_inside():
    simulated, best = 4 * CHANCE.standard_normal((500, 3)), CHANCE.standard_normal((500, 3))
    assert judge(simulated, best, np.zeros(3)).verdict == "uninformative"
    assert judge(simulated, best, np.full(3, 20.0)).verdict == "outside"
    assert judge(simulated, best, np.zeros(3)).sharpness == pytest.approx(4.0, rel=0.2)


def test_crps_of_a_normal():
    for seen in (-1.0, 0.3, 2.5):
        exact = float(crps_normal(np.array(0.0), np.array(1.0), np.array(seen)))
        assert float(crps(CHANCE.standard_normal(100_000), np.array(seen))) == pytest.approx(exact, abs=0.01)
    assert float(crps_normal(np.array(0.0), np.array(1.0), np.array(0.0))) == pytest.approx(0.233695, abs=1e-6)


def row(**given):
    plain = {"statistic": "mean", "time_h": 1.0, "rise": np.nan, "baseline_h": np.nan}
    return next(pd.DataFrame([plain | given]).itertuples())


def test_statistics():
    at, before, hour = np.array([[2.0], [8.0]]), np.array([1.0, 3.0]), np.array([1.0])
    expected = {
        "mean": 5.0, "geometric mean": 4.0, "median": 5.0, "peak": 5.0, "median peak": 5.0, "mean of day": 5.0,
        "time of peak": 1.0, "percent change": 150.0, "fold change": 2.5, "cohen d": 3.0 / math.sqrt(10),
    }  # fmt: skip
    assert set(expected) | set(COSINOR) | set(EVER) | set(OF_EACH) | {"geometric mean peak"} == set(STATISTICS)
    for name, value in expected.items():
        assert float(statistic(row(statistic=name), at, before, hour)) == pytest.approx(value), name
    assert float(statistic(row(rise=0.0), at, before, hour)) == pytest.approx(3.0)
    curve = np.array([[0.0, 1.0, 9.0], [3.0, 8.0, 0.0]])
    assert float(statistic(row(statistic="peak"), curve, before, np.arange(3.0))) == pytest.approx(8.5)
    assert float(statistic(row(statistic="time of peak"), curve, before, np.arange(3.0))) == 1.0
    assert float(statistic(row(statistic="geometric mean peak"), curve, before, np.arange(3.0))) == pytest.approx(
        math.sqrt(72)
    )
    for name, value in {"mean time of peak": 1.5, "median time of peak": 1.5}.items():
        assert float(statistic(row(statistic=name), curve, before, np.arange(3.0))) == value
    hours = np.linspace(0.0, 30.0, 61)
    falls = np.exp(-np.log(2) * hours / np.array([[3.0], [5.0]]))
    assert float(statistic(row(statistic="half-life"), falls, before, hours)) == pytest.approx(4.0)
    for name, value in {
        "percent below 5": 50.0, "percent above 9.5": 0.0, "percent ever above 8.5": 50.0,
        "percent ever below 0.5": 100.0,
    }.items():  # fmt: skip
        assert float(statistic(row(statistic=name), curve, before, np.arange(3.0))) == value, name


def test_how_long_something_is_there_and_in_how_many():
    """Of three people who exceed what they had before by 15 for two and three readings of twelve hours, and never."""
    before, hours = np.array([10.0, 0.0, 50.0]), 12.0 * np.arange(5)
    curves = np.array([[10, 30, 30, 20, 10], [0, 20, 20, 20, 0], [50, 60, 60, 60, 50]], float)
    expected = {"mean duration": 30.0, "median duration": 30.0, "percent ever": 200 / 3}
    for name, value in expected.items():
        ask = row(statistic=name, time_h=np.nan, quantity="sickness")
        assert float(statistic(ask, curves, before, hours)) == pytest.approx(value), name
        assert float(statistic(ask, curves[2:], before[2:], hours)) == 0.0, name
    assert np.diff(sampled(row(statistic="mean duration", time_h=np.nan), 300.0)).tolist() == [12.0] * 25
    assert np.diff(sampled(row(statistic="mean duration", time_h=np.nan), 4800.0)).tolist() == [24.0] * 200


def test_cosinor_finds_the_waves_that_were_put_in():
    """Of two people whose days are hours apart, under noise: peak, trough and hour are those of their mean curve."""
    hours, fine = np.arange(0.0, 24.0, 0.5), np.arange(0.0, 24.0, 0.001)
    day = lambda t: 200 + 120 * np.cos(2 * np.pi * (t - 9.0) / 24) + 40 * np.cos(2 * np.pi * (t - 7.0) / 12)  # noqa: E731
    truth, before = (day(fine) + day(fine - 4.0)) / 2, np.ones(2)
    curves = np.stack([day(hours), day(hours - 4.0)]) + CHANCE.normal(0.0, 1.0, (2, 48))
    expected = {
        "cosinor peak": truth.max(),
        "cosinor trough": truth.min(),
        "time of cosinor peak": fine[truth.argmax()],
    }
    for name, value in expected.items():
        found = float(statistic(row(statistic=name, time_h=np.nan), curves, before, hours))
        assert found == pytest.approx(value, rel=0.02), name
    assert truth.max() < 0.95 * day(fine).max()  # so that people's own peaks would be another number
    assert sampled(row(statistic="cosinor peak", time_h=np.nan), 30.0).tolist() == hours.tolist()


def test_noise_and_floor():
    truth = np.full((2000, 4), 10.0)
    read = Noise(cv=0.1).readings(truth, np.full(2000, 2.0), CHANCE)
    assert read.mean() == pytest.approx(20, rel=0.01) and read.std() == pytest.approx(2, rel=0.05)
    assert Noise(sd=5.0, floor=8.0).readings(truth, np.ones(2000), CHANCE).min() == 8.0


def test_noise_has_a_source():
    for name, noise in noises().items():
        assert kind_of(noise.source) and not (noise.sd and noise.cv), name
        assert noise.sd or noise.cv, name


def test_every_quantity_that_is_simulated_has_noise():
    rows = all_targets()
    body, known = Body(), readable(Body())
    wanted = {
        r.quantity for r in rows.drop_duplicates(["protocol", "quantity"]).itertuples() if not obstacle(r, body, known)
    }
    assert wanted <= set(noises())


def test_obstacles_are_told():
    body, good = Body(), targets("endotoxin").iloc[:1]

    def why(**given):
        return obstacle(next(good.assign(**given).itertuples()), body, readable(body))

    assert why() == ""
    assert why(protocol="moon-landing") == "there is no protocol 'moon-landing' yet"
    assert why(quantity="leptin") == "the model has no 'leptin' yet"
    assert why(unit="mg/mL") == "it is measured in mg/mL, and tnf of the model in pg/mL"
    assert why(statistic="skew") == "the statistic 'skew' is not known"
    assert why(settings="sex=male").startswith("endotoxin has no setting 'sex'")
    assert why(time_h=-10.0) == "it was read before the first midnight of the protocol"
    assert why(time_h=np.nan) == "the hour is not known"


def test_nothing_is_dropped():
    some = targets("endotoxin").query("study in ('taudorf2007', 'copeland2005')").copy()
    some.loc[some.index[-1], "quantity"] = "leptin"
    found = validate(targets=some, size=SMALL)
    assert sorted(found.rows.id) == sorted(some.id)
    assert (found.rows.verdict == "not simulated: the model has no 'leptin' yet").sum() == 1
    assert (found.rows.loc[found.rows.study == "copeland2005", "verdict"] == NO_N).sum() > 5
    assert found.rows.loc[found.rows.verdict == NO_N, ["low", "high", "sharpness"]].isna().all(axis=None)
    votes = found.curves[found.curves.share.notna()]
    assert set(votes.study) == {"taudorf2007"} and votes.points.gt(1).all()
    rows = json.loads(as_json(found))
    assert len(rows) == len(some) and {tuple(one) for one in rows} == {ROWS}
    text = page(found)
    assert all(heading in text for heading in ("# Validation", "## Failures", "### endotoxin", "check (held out)"))
    again = validate(targets=some, size=SMALL)
    pd.testing.assert_frame_equal(again.rows, found.rows)


def test_an_unknown_protocol():
    with pytest.raises(InputError, match="did you mean endotoxin"):
        validate(only="endotoxine")


def test_draws_of_parameters_and_scales_are_used():
    some = targets("endotoxin").query("study == 'dobreva2021' and quantity == 'il8'")
    chance = stream(0, "draws")
    k = float(Body().cytokines.k_il8)  # type: ignore[attr-defined]
    drawn = pd.DataFrame({"cytokines.k_il8": k * np.exp(0.5 * chance.standard_normal(50))})
    drawn["scale:dobreva2021:il8"] = 0.1 * chance.standard_normal(50) + 5.0
    size = SMALL._replace(draws=50, each=24)
    found = validate(targets=some, size=size, drawn=drawn)
    assert found.curves.sharpness.item() > 1.3
    assert found.rows.predicted.max() > 50 * found.rows.observed.max()
    with pytest.raises(InputError, match=r"'cytokines.k_il_8', which is no parameter; did you mean cytokines.k_il8\?"):
        validate(targets=some, size=SMALL, drawn=drawn.rename(columns={"cytokines.k_il8": "cytokines.k_il_8"}))


@pytest.fixture(scope="module")
def simulated():
    """A hundred simulated studies of each curve after endotoxin."""
    rows = targets("endotoxin").query("n == n and checked == 'verified' and not (time_h == 0)")
    pool = draw_pool(Body(), posterior(), SMALL.draws, SMALL.each, SMALL.best)
    settings = rows.groupby(["protocol", "settings"])
    runs = {key: follow(pool, load_protocol(key[0], **read_settings(key[1])), some) for key, some in settings}
    return [(some, studies(some, runs, pool, 400, best=False)) for _, some in rows.groupby(["study", "quantity"])]


def test_studies_that_the_model_itself_made_are_inside_and_doubled_ones_outside(simulated):
    """The power of the table: what is twice too high is told for most curves."""
    inside, doubled = [], []
    for some, numbers in simulated:
        scaled = np.full(len(some), noises()[some.quantity.iloc[0]].assay > 0)
        for seen in numbers[:40]:
            inside.append(judge(numbers[40:], numbers[40:], seen, scaled).verdict == "inside")
            doubled.append(judge(numbers[40:], numbers[40:], 2 * seen, scaled).verdict == "inside")
    assert np.mean(inside) == pytest.approx(0.95, abs=0.04)
    assert np.mean(doubled) < 0.5


# Decided before any result was seen: a body is worse where the mean logarithm of the ratio of the rows' CRPS, its own
# over the whole body's, is above nothing by more than two of its standard errors, curves being drawn anew.
BROKEN = {
    "cytokines without a brake": (
        {path: 1e9 for path in parameters(Body()) if re.match(r"cytokines\.(il10|tolerance)_on_.*_half$", path)},
        "protocol == 'endotoxin' and quantity in ('tnf', 'il6', 'il8', 'il10')",
    ),
    "no feedback through GR": (
        {"hpa.gr_half": 1e9}, "protocol == 'dexamethasone-test'",
    ),
    "the clock turned by 12 hours": (
        {"hpa.rhythm_24h_peak": 21.475},
        "protocol == 'quiet-day' and quantity in ('acth', 'cortisol', 'cortisol_saliva')",
    ),
}  # fmt: skip


def worse_by(whole, broken):
    """How many standard errors the rows' scores are worse by."""
    both = whole.rows.set_index("id").assign(broken=broken.rows.set_index("id").crps)
    both = both[both.verified & both.crps.notna() & both.broken.notna()]
    ratio = np.log(np.maximum(both.broken, 1e-9) / np.maximum(both.crps, 1e-9))
    curves = [some.to_numpy() for _, some in ratio.groupby([both.study, both.quantity, both.settings])]
    chance = stream(0, "bootstrap")
    means = [
        np.concatenate([curves[n] for n in chance.integers(len(curves), size=len(curves))]).mean() for _ in range(500)
    ]
    return np.mean(np.concatenate(curves)) / np.std(means)


@pytest.mark.parametrize("changed", [changed for changed, _ in BROKEN.values()], ids=BROKEN)
def test_what_is_broken_exists(changed):
    assert set(changed) <= set(parameters(Body()))


@pytest.mark.slow
@pytest.mark.parametrize("changed, named", BROKEN.values(), ids=BROKEN)
def test_a_broken_body_scores_worse(changed, named):
    rows, drawn = all_targets().query(named), posterior()
    whole = validate(targets=rows, size=SMALL)
    body = with_parameters(Body(), changed)
    kept = None if drawn is None else drawn.drop(columns=list(changed), errors="ignore")
    assert worse_by(whole, validate(body, targets=rows, size=SMALL, drawn=kept)) > 2


def shuffled(rows, seed):
    """Whole curves exchange protocol and settings with others of the same quantity, unit and statistic."""
    chance, rows = stream(seed, "shuffle"), rows.copy()
    kind = ["quantity", "unit", "statistic"]
    for _, some in rows.groupby(kind):
        curves = some.groupby(["study", "protocol", "settings"]).groups
        order = chance.permutation(len(curves))
        labels = list(curves)
        for n, places in enumerate(curves.values()):
            rows.loc[places, ["protocol", "settings"]] = labels[order[n]][1:]
    return rows


@pytest.mark.slow
def test_shuffled_targets_score_worse():
    rows = all_targets().query("protocol != 'jet-lag'")
    whole = validate(targets=rows, size=SMALL)
    assert all(worse_by(whole, validate(targets=shuffled(rows, seed), size=SMALL)) > 2 for seed in range(3))


@pytest.mark.slow
def test_every_failure_is_explained_and_nothing_else():
    found = validate()
    outside = found.curves[found.curves.verdict == "outside"]
    assert set(explanations()) == set(outside.study + " " + outside.quantity)
