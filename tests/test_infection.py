"""Infection: exact solutions where equations have one, and what must hold whatever the numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from neuroimmune.body import Body, without
from neuroimmune.population import people
from neuroimmune.protocol import load_protocol
from neuroimmune.simulation import simulate
from neuroimmune.systems.infection import InfectionState

STATES = list(InfectionState._fields)
VIRUS = Body().infection


def course(name, every=6.0, body=None, days=None, keep=None, **given_settings):
    return simulate(body or Body(), load_protocol(name, **given_settings), every=every, keep=keep or STATES, days=days)


def test_epstein_barr_virus_first_grows_exponentially():
    """While throat cells are nearly all left, nobody is immune yet, and there is too much for mucus."""
    found = course("mononucleosis", every=24.0, days=25)["ebv_oral"].values[0].astype(float)
    times = np.arange(len(found)) * 24.0
    late = (found > 1e-5) & (found < 1e-3)
    pace = np.polyfit(times[late], np.log(found[late]), 1)[0]
    assert pace == pytest.approx(VIRUS.ebv_growth - VIRUS.k_ebv_oral, rel=0.05)


def test_infected_b_cells_leave_the_blood_with_their_half_life():
    """As in hadinoto2008, 7.5 days (SD 3.7): own loss is quicker, for some virus still comes from the throat."""
    found = course("mononucleosis", every=24.0, days=90)["ebv_latent"].values[0].astype(float)
    half_life = np.log(2.0) / -np.polyfit(np.arange(20.0), np.log(found[62:82]), 1)[0]
    assert 6.5 < half_life < 9.0


def test_it_stays_for_life_and_is_shed_below_detection():
    a_year_on, later = (course("mononucleosis", every=24.0, days=days) for days in (500, 900))
    for name in ("ebv_oral", "ebv_latent", "ebv_reservoir"):
        ends = a_year_on[name].values[0, -1], later[name].values[0, -1]
        assert ends[0] > 0 and 0.3 < ends[1] / ends[0] < 3.0, name
    assert later["ebv_oral"].values[0, -1] < VIRUS.ebv_detected


def test_influenza_is_over_in_two_weeks_and_leaves_immunity():
    found = course("influenza", days=14)
    assert found["airway_infected"].values[0, -1] < 1e-8
    assert found["airway_immunity"].values[0, -1] > 0.8
    again = course("influenza", days=200)  # what is left does not flare up while immunity fades
    assert again["airway_infected"].values[0, 56:].max() < 1e-8


def test_too_little_virus_does_not_take():
    assert course("influenza", dose="1e-9")["airway_infected"].values.max() < 2e-9
    assert course("mononucleosis", dose="1e-10", days=60)["ebv_oral"].values.max() < 2e-10


def test_who_is_not_exposed_is_not_infected():
    quiet = simulate(people(Body(), 50, 3), days=5, every=24, keep=STATES)
    for name in STATES:
        assert (quiet[name].values == 0.0).all(), name


def test_its_arrows_can_be_cut():
    """With all three cut, a person with influenza lives the same life as one without, to the solver's tolerance."""
    names = ["il6", "temperature", "sickness", "cortisol", "heart_rate"]
    deaf = without(Body(), ["infection-immune", "infection-fever", "infection-brain"])
    ill, well = (course("influenza", body=body, keep=names, dose=dose) for body, dose in ((deaf, "1e-7"), (deaf, "0")))
    for name in names:
        np.testing.assert_allclose(ill[name].values, well[name].values, rtol=2e-2, atol=0.05, err_msg=name)
    felt = course("influenza", keep=names)
    assert felt["sickness"].values.max() > 1.5 * ill["sickness"].values.max()
    assert felt["il6"].values.max() > 3 * ill["il6"].values.max()


@settings(max_examples=8, deadline=None)
@given(dose=st.floats(1e-8, 1e-2), seed=st.integers(0, 1000), name=st.sampled_from(["influenza", "mononucleosis"]))
def test_shares_stay_shares(dose, seed, name):
    found = simulate(people(Body(), 16, seed), load_protocol(name, dose=f"{dose:g}"), days=60, every=12, keep=STATES)
    assert not found.failed
    for state in STATES:
        values = found[state].values
        assert np.isfinite(values).all() and values.min() > -1e-6, state
        assert state == "interferon" or values.max() <= 1.001, state


@pytest.mark.parametrize(
    ("name", "state", "days"), [("influenza", "airway_infected", 14), ("mononucleosis", "ebv_oral", 200)]
)
def test_onset_and_peak_agree_with_another_solver(name, state, days):
    """Virus grows from a ten-millionth: what the kernel does not see there it would have to pay in hours of onset."""
    found = course(name, every=6.0, days=days)
    times = np.asarray(found.times) - 9.0
    after = (times >= 0) & (found[state].values[0] > 1e-7)
    dose = {"airway_infected": 1e-7, "ebv_oral": 1e-6}[state]
    start = [dose if each == state else 0.0 for each in STATES]
    rates = lambda t, y: np.array(VIRUS.rates(InfectionState(*map(float, y))))  # noqa: E731
    exact = solve_ivp(rates, (0.0, times[-1]), start, "LSODA", times[times >= 0], rtol=1e-9, atol=1e-16, max_step=6.0)
    expected = exact.y[STATES.index(state)][after[times >= 0]]
    np.testing.assert_allclose(found[state].values[0][after], expected, rtol=2e-2)
