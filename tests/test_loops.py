"""Loops: folds and held states where the equations have an exact solution, and what cutting and pacing undo."""

import numpy as np
import pytest

import neuroimmune as ni
from neuroimmune import loops
from neuroimmune.body import LOOPS, Body
from neuroimmune.quantity import parameters

# Four loops are x = s x^2 / (1 + x^2): two states from s = 2 upwards. Of each, how s follows from the strength by the
# numbers of the body, the other way round, and the level that is read for x.
BODY = Body()
CARRIED = 1e-5 / (1e-5 + BODY.infection.carrier_half)  # share of reactivation that a carrier's reservoir allows
RETURNED = CARRIED * BODY.infection.interferon_on_exhaustion * BODY.infection.reactivation_on_interferon
PER_SET_POINT = BODY.set_point_on_il6 / BODY.cytokines.k_il6  # rise of IL-6, pg/mL
EXACT = {
    "hpa": (lambda s: s * BODY.hpa.loop_half / PER_SET_POINT, lambda x: x * BODY.hpa.loop_half / PER_SET_POINT),
    "virus": (lambda s: s / (1.0 + s * RETURNED) / CARRIED, lambda x: x),
    "gut": (
        lambda s: s * BODY.gut.loop_half / BODY.gut.dysbiosis_on_barrier,
        lambda x: BODY.gut.lps_rest * (1.0 + BODY.gut.loop_half * x),
    ),
    "autoantibody": (lambda s: s, lambda x: x),
}


def roots(s):
    """Of x = s x^2 / (1 + x^2), beside nothing: the one between, and the held one."""
    away = np.sqrt(s * s - 4.0)
    return (s - away) / 2.0, (s + away) / 2.0


@pytest.mark.parametrize("name", EXACT)
def test_loop_alone_holds_from_its_fold_upwards(name):
    strength_of, level_of = EXACT[name]
    found = loops.held_levels(BODY, name, [strength_of(s) for s in (0.0, 1.0, 1.95, 2.05, 3.0, 4.0)])
    assert np.isnan(found[:3]).all()
    assert found[3:] == pytest.approx([level_of(roots(s)[1]) for s in (2.05, 3.0, 4.0)], rel=0.03)


def test_pacing_undoes_the_loop_of_exertion():
    strengths = np.geomspace(0.1, 10.0, 32)
    first = strengths[~np.isnan(loops.held_levels(BODY, "exertion", strengths))][0]
    at_usual_activity = loops.held_levels(BODY, "exertion", [1.05 * first])[0]
    assert at_usual_activity > parameters(BODY)["symptoms.malaise_rest"].value
    assert np.isnan(loops.held_levels(BODY, "exertion", [1.05 * first], activity=0.5)[0])


def test_cutting_a_loop_removes_it():
    ill = {"dysbiosis": 4.0, "permeability": 2.6}
    strong = ni.with_parameters(BODY, {"gut.loop": EXACT["gut"][0](4.0)})
    cut = Body(gut=strong.gut, without=["gut"])
    assert ni.simulate(strong, days=365, every=24, start=ill, keep=["dysbiosis"]).values["dysbiosis"][0, -1] > 1.0
    assert ni.simulate(cut, days=365, every=24, start=ill, keep=["dysbiosis"]).values["dysbiosis"][0, -1] < 1e-3
    assert "gut" not in [loop.name for loop in loops.loops(cut)]
    with pytest.raises(ni.InputError, match="is cut"):
        loops.held_levels(cut, "gut", [3.0])
    with pytest.raises(ni.InputError, match="is cut"):
        loops.loops(Body(without=list(LOOPS)))


@pytest.mark.parametrize(
    "asked", [lambda: loops.loops(BODY, ["guts"]), lambda: loops.explain(only=["guts"]), lambda: Body(without=["guts"])]
)
def test_wrong_name_lists_the_loops(asked):
    with pytest.raises(ni.InputError, match="guts.*" + ", ".join(LOOPS)):
        asked()


def test_every_loop_says_what_carries_it_and_what_would_refute_it():
    for loop in loops.loops(BODY):
        assert loop.path == LOOPS[loop.name.split(",")[0]]
        assert len(loop.falsified_by) > 50 and loop.meaning == parameters(BODY)[loop.path].meaning
        assert set(loop.far) | set(loop.given) <= set(ni.simulate(BODY, days=1, every=24).values)


def test_what_lingers_near_a_fold_is_not_held():
    """x' = s x^2 / (1 + x^2) - x from above, forty times its own time: the body passes s = 1.98 like a rest."""
    s = np.array([1.5, 1.9, 1.98, 2.02, 2.5, 4.0])
    x = [np.full(len(s), 4.0)]
    for _ in range(4000):
        x.append(x[-1] + 0.01 * (s * x[-1] ** 2 / (1.0 + x[-1] ** 2) - x[-1]))
    away = np.array(x[::10]).T
    assert away[2, -1] > 0.5  # still there
    assert loops._held(away).tolist() == [False] * 3 + [True] * 3


def test_days_of_return_are_those_to_a_tenth():
    days = np.arange(0.0, 100.0)
    away = np.stack([np.exp(-days / 10.0), np.exp(-days / 20.0), np.ones(100), np.zeros(100)])
    found = loops._return_days(days, away)
    assert found[:2] == pytest.approx(np.log(10.0) * np.array([10.0, 20.0]), rel=1e-6)
    assert np.isnan(found[2:]).all()


def test_boundary_is_the_least_that_holds():
    least = np.array([0.011, 0.5, 7.0])
    found = loops._boundary(lambda tried: tried >= least[:, None], np.full(3, 0.01), np.ones(3), 3)
    assert found[:2] == pytest.approx(least[:2], rel=0.01)
    assert np.isnan(found[2])


@pytest.mark.slow
def test_explanation_meets_what_is_exact(tmp_path):
    told = []
    found = loops.explain(BODY, told.append)
    assert told == sorted(told) and 0.99 < told[-1] <= 1.0
    assert found.folds.loop.tolist() == [*LOOPS, loops.PACED]
    folds = found.folds.set_index("loop").fold
    for name, (strength_of, level_of) in EXACT.items():
        assert folds[name] == pytest.approx(strength_of(2.0), rel=0.01)
        beyond = found.alone.loc[(found.alone.loop == name) & (found.alone.relative > 1.1)]
        assert beyond.held.notna().all() and (beyond.unstable < beyond.held).all()
        gains = np.linspace(1.0, 8.0, 2001)
        s = np.interp(beyond.strength, [strength_of(g) for g in gains], gains)
        assert beyond.unstable.to_numpy() == pytest.approx(level_of(roots(s)[0]), rel=0.03)
        assert beyond.held.to_numpy() == pytest.approx(level_of(roots(s)[1]), rel=0.03)
    for name in LOOPS:
        below = found.alone.loc[(found.alone.loop == name) & (found.alone.relative < 1.0)]
        assert below.held.isna().all() and below.healthy.notna().all()
        assert (np.diff(below.return_days.dropna()) > -1e-6).all()  # slower, the nearer to the fold
    assert folds[loops.PACED] > 1.5 * folds["exertion"]
    assert len(found.pairs) == 15 and found.pairs["sum"].between(0.9, 2.05).all()
    alone = found.grid.loc[(found.grid.relative == 0.0) & (found.grid.relative_other != 1.0)]
    assert (alone.held == (alone.relative_other > 1.0)).all()
    page = loops.markdown(found)
    assert all(loop.falsified_by in page for loop in found.loops)
    loops.plot(found, tmp_path / "loops.png")
    assert (tmp_path / "loops.png").stat().st_size > 10_000


@pytest.mark.slow
def test_a_loop_that_never_holds_is_said_to_have_one_state():
    """With little return of endotoxin even the strongest loop tried stays below its fold."""
    weak = ni.with_parameters(BODY, {"gut.dysbiosis_on_barrier": 1e-3 * BODY.gut.dysbiosis_on_barrier})
    found = loops.explain(weak, pairs=False, only=["gut"])
    assert found.folds.fold.isna().all() and found.folds.verdict[0].startswith("one state")
    assert found.alone.held.isna().all() and found.alone.healthy.notna().all()
    assert "one state" in loops.markdown(found).lower()
    loops.plot(found)
