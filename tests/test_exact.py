"""Truth of the first kind: solutions that can be written down, and the known order of the method."""

import dataclasses
import sys
from functools import cache

import numba
import numpy as np
import pytest

from neuroimmune.engine import maths
from neuroimmune.engine.compile import LANES
from neuroimmune.engine.events import BOLUS, SET_INPUT, Event
from neuroimmune.engine.kernel import compiled
from neuroimmune.engine.lanes import advance, gather, pack
from neuroimmune.engine.trace import trace
from neuroimmune.quantity import with_parameters
from toys import ROW, START, Toy, ToyInputs

MODEL = trace(Toy())
INPUT = {name: row for row, name in enumerate(ToyInputs._fields)}
P = {name: known.value for name, known in MODEL.parameters.items()}
ANY_ERROR = 1e30


@cache
def kernel(precision):
    return compiled(MODEL, precision)


def toy(events=(), precision="float32", **changed):
    """One toy at hour zero."""
    numbers = P | changed
    row = np.array([[numbers[name] for name in MODEL.people_parameters]])
    people = gather(kernel(precision), START[None, :], row, np.zeros((1, 2)), [events])
    if precision == "float32":
        return people
    *rest, values = people.events
    return dataclasses.replace(
        people, y=pack(START[None, :], np.float64), parameters=pack(row, np.float64),
        events=(*rest, values.astype(np.float64)),
        **{name: getattr(people, name).astype(np.float64) for name in ("lost", "level", "share", "pulse")},
    )  # fmt: skip


def follow(saves, events=(), precision="float32", step=None, **changed):
    """States by name at the times `saves`; with `step`, whatever the error, in equal steps of this length."""
    people = toy(events, precision, **changed)
    fixed = {} if step is None else {"tolerance": ANY_ERROR, "longest": step}
    if step is not None:
        people.wanted[:] = step
    values = advance(people, np.asarray(saves, dtype=float), threads=1, **fixed)[0][0]
    return dict(zip(ROW, values.T, strict=True))


def infused(t, rate, k, begin, end):
    """A drug infused at a rate from `begin` to `end` and removed at first order."""
    on = np.clip(t, begin, end) - begin
    return rate / k * (1 - np.exp(-k * on)) * np.exp(-k * np.maximum(t - end, 0.0))


def two_compartments(t, dose):
    """Amounts in both after a dose into the first at time zero."""
    out, there, back = P["k_out"], P["k_there"], P["k_back"]
    speeds, vectors = np.linalg.eig([[-(out + there), back], [there, -back]])
    return vectors @ (np.linalg.solve(vectors, [dose, 0.0])[:, None] * np.exp(np.outer(speeds, t)))


def rhythm(t, period, k=P["k_rhythm"], swing=P["swing"], peak=P["peak"], start=1.0):
    """What follows 1 + swing cos at the rate k."""
    w = 2 * np.pi / period

    def settled(t):
        angle = w * (t - peak)
        return 1 + swing * k * (k * np.cos(angle) + w * np.sin(angle)) / (k * k + w * w)

    return settled(t) + (start - settled(0.0)) * np.exp(-k * t)


def exact(t):
    """The solution of every state but `burst`, without events, and with unit starts where these are nothing."""
    w, peak = 2 * np.pi / P["short"], P["peak"]
    return {
        "rhythm": rhythm(t, 24.0),
        "area": (np.sin(w * (t - peak)) - np.sin(-w * peak)) / w,
        "position": np.cos(P["turn"] * t),
        "speed": -np.sin(P["turn"] * t),
        "logistic": 1 / (1 + 9 * np.exp(-P["growth"] * t)),
        "slow": 1 + P["k_slow"] * t,
    }


T = np.arange(0.0, 49.0, 0.5)


def test_bolus_decays():
    """A jump at an odd time, in full at the moment at which it happens."""
    at = 3.21
    times = np.unique([*T, at])
    drug = follow(times, [Event(at, BOLUS, ROW["drug"], 100.0)])["drug"]
    expected = np.where(times < at, 0.0, 100 * np.exp(-P["k_drug"] * (times - at)))
    assert drug[times == at] == 100.0
    assert not drug[times < at].any()
    np.testing.assert_allclose(drug, expected, rtol=3e-4, atol=3e-4)


def test_two_compartments():
    values = follow(T, [Event(0.0, BOLUS, ROW["central"], 10.0)])
    expected = two_compartments(T, 10.0)
    np.testing.assert_allclose(values["central"], expected[0], atol=1e-3)
    np.testing.assert_allclose(values["peripheral"], expected[1], atol=1e-3)


@pytest.mark.parametrize("peak", [0.0, 8.0, 23.9])
def test_circadian_drive(peak):
    times = np.arange(0.0, 24 * 30.0, 7.0)
    values = follow(times, peak=peak)
    np.testing.assert_allclose(values["rhythm"], rhythm(times, 24.0, peak=peak), atol=3e-5)


def test_oscillator_integral_and_growth():
    """Errors of an undamped oscillator, and of nothing else here, add up: to 3e-4 of its swing an hour."""
    values = follow(T)
    for name, expected in exact(T).items():
        allowed = 1e-4 + 3e-4 * T if name in ("position", "speed") else 2e-4
        assert (np.abs(values[name] - expected) <= allowed).all(), name


def test_infusion_begins_and_ends_at_its_minute():
    begin, end = 2 + 7 / 60, 6 + 31 / 60
    times = np.unique([*T, begin, end])
    row = INPUT["drug_infusion"]
    events = [Event(begin, SET_INPUT, row, 20.0), Event(end, SET_INPUT, row, 0.0)]
    drug = follow(times, events)["drug"]
    np.testing.assert_allclose(drug, infused(times, 20.0, P["k_drug"], begin, end), rtol=5e-5, atol=2e-3)
    assert not drug[times <= begin].any()


def test_pulse_has_its_exact_area():
    """Thirty minutes between two steps of any length: what leaks by 1e-5 an hour keeps the whole of it."""
    begin = 5.03
    row = INPUT["signal"]
    events = [Event(begin, SET_INPUT, row, 60.0), Event(begin + 0.5, SET_INPUT, row, 0.0)]
    leaky = follow([24.0], events, k_leak=1e-5)["leaky"][0]
    assert leaky == pytest.approx(infused(24.0, 60.0, 1e-5, begin, begin + 0.5), rel=1e-6)


def slope(step_lengths, error_of):
    """The exponent with which an error falls with the step."""
    errors = [error_of(step) for step in step_lengths]
    return np.polyfit(np.log(step_lengths), np.log(errors), 1)[0]


@pytest.mark.parametrize("name", ["position", "speed", "logistic", "area"])
def test_the_method_is_of_fourth_order(name):
    """The largest error of an oscillator, of growth, and of an integral over the clock (whose cosine has 6e-7)."""
    times = np.arange(0.4, 4.1, 0.4)

    def error(step):
        return np.abs(follow(times, precision="float64", step=step)[name] - exact(times)[name]).max()

    assert slope([0.4, 0.2, 0.1], error) == pytest.approx(4.0, abs=0.3)


def test_the_method_is_of_fourth_order_on_linear_systems():
    """Of decay and of two compartments, the largest error over the time."""
    times = np.arange(0.0, 8.1, 0.8)
    events = [Event(0.0, BOLUS, ROW["drug"], 1.0), Event(0.0, BOLUS, ROW["central"], 1.0)]

    def error(step):
        values = follow(times, events, "float64", step)
        central, peripheral = two_compartments(times, 1.0)
        drug = np.exp(-P["k_drug"] * times)
        found = [values["central"] - central, values["peripheral"] - peripheral, values["drug"] - drug]
        return np.max(np.abs(found))

    assert slope([0.4, 0.2, 0.1, 0.05], error) == pytest.approx(4.0, abs=0.3)


def estimated(step, state):
    """The embedded estimate of the error of one step from the start, of one state."""
    found = kernel("float64")
    module = sys.modules[found.name]
    people = toy(precision="float64")
    w = np.zeros(found.workspace)
    for section, values in (("Y", people.y), ("P", people.parameters), ("U", people.level)):
        start = getattr(module, section)
        w[start : start + values.shape[1]] = values[0]
    scale = np.full(len(ROW), 1e30)
    scale[ROW[state]] = 1.0
    w[module.SCALE : module.SCALE + len(ROW) * LANES] = np.repeat(scale, LANES)
    w[module.H : module.H + len(ROW) * LANES] = step
    module.prepare(w)
    module.derivative_here(w, np.zeros(LANES))
    module.step(w, np.full(LANES, step / 3), np.full(LANES, 2 * step / 3), np.full(LANES, step))
    module.errors(w)
    return w[module.ERROR : module.ERROR + LANES]


@pytest.mark.parametrize("state", ["position", "logistic", "area"])
def test_the_estimated_error_is_of_third_order(state):
    """It falls with the fourth power of the step, and is not nothing for a plain integral, as it is in many pairs."""
    lengths = [0.2, 0.1, 0.05, 0.025]
    assert len(set(estimated(0.1, state))) == 1
    assert slope(lengths, lambda step: estimated(step, state)[0]) == pytest.approx(4.0, abs=0.3)


def test_the_estimate_steers_the_step():
    """A tighter tolerance gives shorter steps and a smaller error."""
    times, errors, steps = [48.0], [], []
    for tolerance in (1e-2, 1e-3, 1e-4, 1e-5):
        people = toy()
        position = advance(people, np.array(times), threads=1, tolerance=tolerance)[0][0, 0, ROW["position"]]
        errors.append(abs(position - exact(48.0)["position"]))
        steps.append(people.wanted[0, 0])
    assert errors[0] > 10 * errors[-1]
    assert steps == sorted(steps, reverse=True) and steps[0] > 2 * steps[-1]


def plain_sum(rate, hours, step):
    """What float32 makes of so many small increments without compensation."""
    total, change = np.float32(1.0), np.float32(rate * step)
    for _ in range(round(hours / step)):
        total += change
    return float(total)


@pytest.mark.parametrize("rate", [1e-7, 5e-8, 1e-8])
def test_slow_states_are_compensated(rate):
    """A year of growth by 1e-7 an hour is kept to the last digit of float32, where plain sums lose or double it."""
    hours = 8760.0
    grown = rate * hours
    slow = follow([hours], k_slow=rate, step=0.8)["slow"][0]
    assert slow - 1.0 == pytest.approx(grown, abs=1.2e-7)
    assert abs(plain_sum(rate, hours, 0.8) - 1.0 - grown) > 0.3 * grown


def over(function):
    """A function of the kernel, over arrays."""

    @numba.njit
    def loop(x):
        out = np.empty_like(x)
        for i in range(len(out)):
            out[i] = function(x[i])
        return out

    return loop


@numba.njit
def powers(x, exponents):
    """`maths.power` over arrays."""
    out = np.empty_like(x)
    for i in range(len(out)):
        out[i] = maths.power(x[i], exponents[i])
    return out


def draws(low, high, count=300_000):
    return np.random.default_rng(5).uniform(low, high, count).astype(np.float32)


NORMAL = 126.0  # |log2| of the numbers that float32 holds in full


def test_exp2_and_exp_are_precise():
    """exp to 3e-7, and 8e-8 for each unit of its argument, which float32 holds no better: 2e-6 to exp(28)."""
    x = draws(-NORMAL + 1, NORMAL - 1)
    np.testing.assert_allclose(over(maths.exp2)(x), np.exp2(x.astype(float)), rtol=3e-7)
    x = draws(-87.3, 88.0)
    relative = np.abs(over(maths.exp)(x) / np.exp(x.astype(float)) - 1)
    assert (relative <= 3e-7 + 8e-8 * np.abs(x)).all()
    assert relative[np.abs(x) < 28].max() < 2e-6


def test_exp_ends_where_float32_does():
    found = over(maths.exp)(np.array([-200, -np.inf, 200, np.inf, np.nan, 0], np.float32))
    assert (found[:2] < 1.2e-38).all() and (found[:2] >= 0).all()
    assert (found[2:4] > 1.7e38).all()
    assert np.isnan(found[4]) and found[5] == 1.0


def test_log_is_precise():
    x = np.exp2(draws(-NORMAL, NORMAL).astype(float)).astype(np.float32)
    near_one = draws(0.5, 2.0)
    for values in (x, near_one[near_one != 1.0]):
        np.testing.assert_allclose(over(maths.log)(values), np.log(values.astype(float)), rtol=3e-7)
    assert over(maths.log)(np.float32([1.0]))[0] == 0.0
    assert np.isnan(over(maths.log)(np.float32([0.0, -1.0, np.nan]))).all()


def test_power_is_precise():
    """To 3e-7, and 2e-7 for each doubling in the result: 2e-6 from 0.001 to 1000."""
    x, exponents = np.exp2(draws(-20, 20)), draws(-6, 6)[::-1].copy()
    true = x.astype(float) ** exponents.astype(float)
    doublings = np.abs(np.log2(true))
    held = doublings < NORMAL - 1
    relative = np.abs(powers(x, exponents) / true - 1)
    assert (relative <= 3e-7 + 2e-7 * doublings)[held].all()
    assert relative[doublings < 10].max() < 2e-6
    assert (powers(np.float32([0, -1, -1e30]), np.float32([0.5, 0.5, 0.5])) == 0).all()


def test_power_does_not_hide_what_is_not_a_number():
    assert np.isnan(powers(np.float32([np.nan]), np.float32([0.5]))[0])


def test_cosine_is_precise():
    """To 6e-7, in turns of either sign."""
    turns = np.concatenate([draws(-1, 1), draws(-1000, 1000)])
    np.testing.assert_allclose(over(maths.cosine)(turns), np.cos(2 * np.pi * turns.astype(float)), rtol=0, atol=6e-7)
    assert np.isnan(over(maths.cosine)(np.float32([np.nan, np.inf]))).all()


@pytest.mark.parametrize("quarters", range(33))
def test_fixed_powers_are_products_and_roots(quarters):
    from neuroimmune.engine.compile import power_function

    names = {"root": np.sqrt, "f32": np.float32, "inlined": lambda function: function}
    exec(power_function(quarters), names)
    x = np.float32([0.5, 1.0, 2.5])
    np.testing.assert_allclose(names[f"power_{quarters}"](x), x.astype(float) ** (quarters / 4), rtol=1e-6)


def test_a_fixed_number_is_a_literal():
    """Another period is another kernel; another peak is not."""
    assert compiled(trace(with_parameters(Toy(), {"peak": 3.0}))) is kernel("float32")
