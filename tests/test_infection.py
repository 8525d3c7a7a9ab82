"""Infection: exact solutions where equations have one, and what must hold whatever the numbers."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from neuroimmune.body import Body
from neuroimmune.errors import InputError
from neuroimmune.evidence.statistics import statistic
from neuroimmune.population import people
from neuroimmune.protocol import Protocol, give, load_protocol
from neuroimmune.quantity import with_parameters
from neuroimmune.simulation import simulate
from neuroimmune.systems.infection import InfectionState
from neuroimmune.validation import noises

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
    deaf = Body(without=["infection-immune", "infection-fever", "infection-brain"])
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
        assert state in ("interferon", "ebv_exhaustion", "ebv_reactivation") or values.max() <= 1.001, state


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
    rates = lambda t, y: np.array(VIRUS.rates(InfectionState(*map(float, y)), 0.0, 0.0))  # noqa: E731
    exact = solve_ivp(rates, (0.0, times[-1]), start, "LSODA", times[times >= 0], rtol=1e-9, atol=1e-16, max_step=6.0)
    expected = exact.y[STATES.index(state)][after[times >= 0]]
    np.testing.assert_allclose(found[state].values[0][after], expected, rtol=2e-2)


def test_titres_count_from_detection():
    at_the_edge = InfectionState(*[0.0] * len(STATES))._replace(
        airway_infected=VIRUS.airway_detected, ebv_oral=VIRUS.ebv_detected, ebv_latent=0.1, ebv_reservoir=0.01
    )
    seen = VIRUS.outputs(at_the_edge)
    assert seen.airway_titre == seen.ebv_titre == pytest.approx(np.log10(2.0))
    assert seen.ebv_blood == pytest.approx(0.11)


def test_mononucleosis_is_felt_where_killer_cells_meet_the_virus():
    felt = course(
        "mononucleosis", every=24.0, days=150, keep=["sickness"],
        body=with_parameters(Body(), {"infection.ebv_on_interferon": 10.0}),
    )["sickness"].values[0]  # fmt: skip
    assert felt.max() - felt[0] > 15.0 and 35 < felt.argmax() < 70
    numb = course(
        "mononucleosis", every=24.0, days=150, keep=["sickness"],
        body=with_parameters(Body(), {"infection.ebv_on_interferon": 0.0}),
    )["sickness"].values[0]  # fmt: skip
    assert numb.max() - numb[0] < 1.0


def test_fever_comes_by_its_own_arrow():
    warm, cool = (
        course("influenza", body=body, keep=["temperature"]) for body in (Body(), Body(without=["infection-fever"]))
    )
    assert warm["temperature"].values.max() > cool["temperature"].values.max() + 0.3


def test_killer_cells_fade_with_their_half_life():
    cells = course("mononucleosis", every=24.0, days=400)["ebv_killers"].values[0, 250:350].astype(float)
    fading = -np.polyfit(24.0 * np.arange(100.0), np.log(cells), 1)[0]
    assert fading == pytest.approx(VIRUS.k_ebv_killers, rel=0.15)  # what stays for life keeps a few up


def test_influenza_comes_again_once_immunity_has_faded():
    """Hardly anybody half a year after the first, nearly everybody after two years."""
    group, shares = people(Body(), 64, 2), []
    for day in (180, 730):
        doses = [give("airway_infected", "1e-7", at=f"day {d} 09:00") for d in (0, day)]
        found = simulate(group, Protocol("twice", doses), days=day + 10, every=12, keep=STATES)
        shares.append(float((found["airway_infected"].values[:, 2 * day + 2 :].max(1) > 1e-4).mean()))
    assert shares[0] < 0.1 and shares[1] > 0.9


def test_carriers_stay_carriers_for_thirty_years():
    """The trace neither dies out nor grows into shedding that never ends."""
    found = simulate(
        people(Body(), 32, 4), load_protocol("mononucleosis"), days=30 * 365, daily=["max"], keep=["ebv_oral"]
    )["ebv_oral_max"].values  # fmt: skip
    late = found[:, 5 * 365 :]
    assert (late > 1e-6).all() and (late.max(1) < VIRUS.ebv_detected).mean() > 0.95


def test_nobody_is_found_ill_by_noise():
    """Of a thousand healthy people who are asked and measured as in a study of influenza."""
    quiet = simulate(
        people(Body(), 200, 6), load_protocol("influenza", dose="0"), every=12, keep=["sickness", "temperature"]
    )
    chance = np.random.default_rng(0)
    for name in ("sickness", "temperature"):
        hours = np.asarray(quiet.times)
        truth = np.tile(quiet[name].values.astype(float), (5, 1))
        read = noises()[name].readings(truth, np.ones(len(truth)), chance)
        before = noises()[name].readings(truth[:, :1], np.ones(len(truth)), chance)[:, 0]
        asked = SimpleNamespace(statistic="percent ever", quantity=name, time_h=np.nan, rise=np.nan)
        assert float(statistic(asked, read, before, hours)) < 1.0, name


@pytest.mark.parametrize("name", ["influenza", "mononucleosis"])
def test_more_than_all_cells_cannot_be_infected(name):
    with pytest.raises(InputError, match="outside its range 0 to 1"):
        course(name, dose="5")
