"""Truth of the third kind: other simulators. SUNDIALS CVODE here, and libRoadRunner on what is exported."""

import numpy as np
import pytest

from neuroimmune.body import Body
from neuroimmune.engine.events import BOLUS, SET_INPUT, Event
from neuroimmune.engine.export import antimony, identifier, sbml
from neuroimmune.engine.kernel import compiled
from neuroimmune.engine.lanes import advance, gather
from neuroimmune.engine.trace import trace
from neuroimmune.errors import InputError, SolverFailed
from neuroimmune.protocol import Protocol, change, events, give, load_protocol
from neuroimmune.quantity import with_parameters
from neuroimmune.simulation import make_plan, resting_state, simulate
from toys import ROW, START, Toy, ToyInputs, benchmark_body

pytest.importorskip("sksundae", reason="it has no wheels for Linux on ARM")
from neuroimmune.engine.reference import solve  # noqa: E402

AGREEMENT = 1e-3
# A morning of trouble: a dose, an infusion that overlaps another, and a stress of half an hour.
TROUBLE = Protocol(
    "trouble",
    [
        give("endotoxin", "1 ng/kg", "08:10"),
        give("endotoxin", "1 ng/kg", "09:00", over="4 h"),
        give("endotoxin", "0.5 ng/kg", "11:00", over="4 h"),
        change("stress", "2", "15:00", lasting="30 min"),
    ],
    days=2,
)


def course_of(system, saves, happening=(), start=None, longest=None):
    """States of the usual person by the kernel, shape (times, states)."""
    model = trace(system)
    y = [q.value for q in model.states.values()] if start is None else start
    row = [model.parameters[name].value for name in model.people_parameters]
    levels = [q.value for q in model.inputs.values()]
    people = gather(compiled(model), np.array([y]), np.array([row]), np.array([levels]).reshape(1, -1), [happening])
    return advance(people, np.asarray(saves, float), threads=1)[0][0]


def worst(found, expected, names):
    """The largest difference of each state, over its range in the expected course."""
    scale = np.ptp(expected, axis=0)
    scale[scale < 1e-4 * np.abs(expected).max(axis=0) + 1e-9] = 0.0  # what stays as it is has no range
    error = np.abs(found - expected).max(axis=0)
    return {name: e / s if s else e for name, e, s in zip(names, error, scale, strict=True)}


def check(found, expected, names, agreement=AGREEMENT):
    wrong = {name: error for name, error in worst(found, expected, names).items() if not error <= agreement}
    assert wrong == {}


def test_benchmark_body_with_a_bolus():
    body = benchmark_body()
    model, times = trace(body), np.arange(0.0, 24 * 7 + 1.0)
    assert len(model.states) >= 50 and len(model.people_parameters) >= 150
    dose = [Event(9.0, BOLUS, list(model.states).index("endotoxin"), 2.0)]
    levels = [q.value for q in model.inputs.values()]
    check(course_of(body, times, dose), solve(body, times, dose, levels=levels), model.states)


@pytest.fixture(scope="module")
def resting():
    return resting_state(Body())


@pytest.mark.parametrize("protocol", [load_protocol("endotoxin"), TROUBLE], ids=lambda p: p.name)
def test_body(protocol, resting):
    model, start = resting
    times = np.arange(0.0, 48.1, 0.25)
    expected = solve(Body(), times, events(protocol, Body()), start)
    found = simulate(Body(), protocol, days=2, every=0.25)
    check(np.stack([found.values[name][0] for name in model.states], 1), expected, model.states)


def test_another_person():
    """Somebody far from the usual in every number that people differ in."""
    plan = make_plan(Body())
    spread = {name: k for name, k in plan.model.parameters.items() if k.spread}
    far = {n: k.value * np.exp((-1) ** i * 2 * k.spread) for i, (n, k) in enumerate(spread.items())}
    body = with_parameters(Body(), far)
    model, start = resting_state(body)
    times, protocol = np.arange(0.0, 48.1, 0.25), load_protocol("endotoxin")
    expected = solve(body, times, events(protocol, body), start)
    found = simulate(body, protocol, days=2, every=0.25)
    check(np.stack([found.values[name][0] for name in model.states], 1), expected, model.states)


def test_the_resting_day_returns(resting):
    """CVODE, started from the resting midnight, is back there after a day, to the accuracy of a step."""
    model, start = resting
    after = solve(Body(), [24.0], (), start)[0]
    for name, before, found in zip(model.states, start, after, strict=True):
        assert found == pytest.approx(before, rel=AGREEMENT, abs=1e-6), name


def test_the_reference_saves_a_moment_after_what_happens_at_it():
    """As ours does: a dose at a saved time, at the first and at the last, is in the saved state."""
    times, row = [0.0, 3.0, 5.0], ROW["drug"]
    doses = [Event(t, BOLUS, row, 1.0) for t in times]
    found = solve(Toy(), times, doses)
    np.testing.assert_allclose(found[:, row], course_of(Toy(), times, doses)[:, row], rtol=1e-3)
    assert found[0, row] == 1.0 and found[2, row] > 1.0


def test_the_reference_says_where_it_fails():
    with pytest.raises(SolverFailed, match=r"CVODE failed between 0 and 5 h"):
        solve(with_parameters(Toy(), {"k_burst": 1.0}), [5.0])


BEGIN = 5.25
PULSE = [
    Event(BEGIN, SET_INPUT, ToyInputs._fields.index("signal"), 60.0),
    Event(BEGIN + 0.5, SET_INPUT, ToyInputs._fields.index("signal"), 0.0),
]


def leaked(t, k=0.05):
    """What is left of a pulse of 60 an hour for half an hour."""
    return 60 / k * (1 - np.exp(-k * 0.5)) * np.exp(-k * (t - BEGIN - 0.5))


def in_roadrunner(text, times, names):
    """A course of an SBML text from hour zero in libRoadRunner, shape (times, states)."""
    roadrunner = pytest.importorskip("roadrunner", reason="the extra `exchange` is not installed")
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
    model = roadrunner.RoadRunner(text)
    model.integrator.relative_tolerance, model.integrator.absolute_tolerance = 1e-8, 1e-12
    model.timeCourseSelections = ["time", *names]
    grid = np.union1d([0.0], times)  # it starts its clock at the first of them
    return np.array(model.simulate(times=list(grid)))[np.isin(grid, times), 1:]


def sbml_of(*arguments):
    pytest.importorskip("antimony", reason="the extra `exchange` is not installed")
    return sbml(*arguments)


@pytest.mark.parametrize("who", ["ours", "reference", "exported"])
def test_a_pulse_of_thirty_minutes_is_not_stepped_over(who):
    """Among saves a day apart: libRoadRunner made 1 instead of 30 of a pulse that was not exported as events."""
    times = [0.0, 24.0]
    if who == "ours":
        found = course_of(Toy(), times, PULSE)[-1, ROW["leaky"]]
    elif who == "reference":
        found = solve(Toy(), times, PULSE)[-1, ROW["leaky"]]
    else:
        found = in_roadrunner(sbml_of(trace(Toy()), PULSE), times, ["leaky"])[-1, 0]
    assert found == pytest.approx(leaked(24.0), rel=AGREEMENT)


def test_exported_toy_agrees():
    """A circadian drive, two doses at one moment, overlapping infusions, and a state whose name SBML has taken."""
    dosed = [
        give("drug", "1 mg", 0),
        give("drug", "5 mg", "01:30"),
        give("drug", "5 mg", "01:30"),
        give("drug", "8 mg", "02:00", over="3 h"),
        give("drug", "4 mg", "04:00", over="3 h"),
    ]
    happening = [*events(Protocol("", dosed), Toy()), *PULSE]
    times = np.setdiff1d(np.arange(0.5, 30.0, 0.5), [1.5])
    assert identifier("area") == "area_"
    found = in_roadrunner(sbml_of(trace(Toy()), happening), times, map(identifier, ROW))
    check(found, solve(Toy(), times, happening, START), ROW, 1e-5)


@pytest.mark.parametrize("protocol", [load_protocol("endotoxin"), TROUBLE], ids=lambda p: p.name)
def test_exported_body_agrees(protocol, resting):
    model, start = resting
    happening = events(protocol, Body())
    names = [*model.states, *model.output_names]
    times = np.setdiff1d(np.arange(0.0, 48.1, 0.5), [e.time for e in happening])  # of a jump it may report either side
    found = in_roadrunner(sbml_of(model, happening, start, "a notice"), times, names)
    ours = simulate(Body(), protocol, days=2, every=0.5)
    kept = np.isin(ours.times, times)
    check(np.stack([ours.values[name][0][kept] for name in names], 1), found, names)


def test_exported_benchmark_body_agrees():
    """Its exponentials, powers and shared terms as assignment rules."""
    model, times = trace(benchmark_body()), np.arange(0.5, 72.0)
    dose = [Event(9.0, BOLUS, list(model.states).index("endotoxin"), 2.0)]
    text = antimony(model, dose)
    assert text.count("shared_") > 20
    found = in_roadrunner(sbml_of(model, dose), times, model.states)
    check(course_of(benchmark_body(), times, dose), found, model.states)


def test_sbml_is_valid(resting):
    """libSBML finds no error in it, and no unit that contradicts another."""
    libsbml = pytest.importorskip("libsbml", reason="the extra `exchange` is not installed")
    model, start = resting
    text = sbml_of(model, events(load_protocol("endotoxin"), Body()), start, "a notice with -- in it")
    document = libsbml.readSBMLFromString(text)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    document.checkConsistency()
    found = [document.getError(n) for n in range(document.getNumErrors())]
    assert [e.getMessage() for e in found if e.getSeverity() >= libsbml.LIBSBML_SEV_ERROR] == []
    assert document.getLevel() == 3
    assert document.getModel().getNumEvents() == 1
    assert "a notice with - in it" in text
    names = {p.getId() for p in document.getModel().getListOfParameters()}
    assert {identifier(name) for name in model.people_parameters} <= names
    assert set(model.states) | set(model.output_names) <= names


def test_antimony_with_a_notice_is_one_model():
    """Nothing stands outside the model, where libantimony would begin another."""
    library = pytest.importorskip("antimony", reason="the extra `exchange` is not installed")
    units = []
    for notice in ("", "A notice."):
        library.clearPreviousLoads()
        assert library.loadAntimonyString(antimony(trace(Toy()), PULSE, notice=notice)) >= 0
        assert library.getMainModuleName() == "Toy_model"
        units.append(library.getSBMLString("Toy_model").count("<unitDefinition"))
    assert units[0] == units[1] > 0


def test_sbml_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "antimony", None)
    with pytest.raises(InputError, match=r"pip install 'neuroimmune\[exchange\]'"):
        sbml(trace(Toy()))
