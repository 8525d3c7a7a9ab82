"""What makes and keeps people ill: debt of exertion, gut, adaptive immunity, waking virus, and germs by their numbers.

Every strength that a test relies on is set in it, so that a fit may change all of them.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from neuroimmune.body import ARROWS, LOOPS, Body
from neuroimmune.clinic import AFTER_ONE, FINDINGS, after_one_test, examine, felt_from_to
from neuroimmune.errors import InputError
from neuroimmune.lives import Life, Population
from neuroimmune.population import People, people, shifted
from neuroimmune.protocol import Protocol, change, from_dict, load_protocol
from neuroimmune.quantity import parameters, with_parameters
from neuroimmune.simulation import make_plan, resting_state, simulate
from neuroimmune.systems.adaptive import Adaptive, AdaptiveState
from neuroimmune.systems.brain import Brain, BrainState
from neuroimmune.systems.energy import Energy, EnergyState

NO_LOOPS = dict.fromkeys(LOOPS.values(), 0.0)
ENERGY = {
    "energy.envelope_rest": 0.5, "energy.sick_on_envelope": 1.15, "energy.loop": 0.0, "energy.signal_half": 0.1,
    "energy.k_debt": 1.1, "energy.tau_repay": 24.0, "energy.sick_on_repay": 1.0, "energy.tau_delay": 12.0,
    "energy.daily_effort": 0.12, "energy.daily_exertion": 0.08, "energy.least_fitness": 0.65,
    "energy.tau_training": 600.0, "energy.signal_on_work": 0.12, "energy.sick_on_work": 0.1, "slow_on_sick": 0.3,
    "symptoms.malaise_rest": 4.0, "symptoms.felt_on_malaise": 0.5,
}  # fmt: skip
GLIA = {
    "brain.loop": 3.0, "brain.loop_half": 0.25, "brain.active_half": 2.0, "brain.tau_active": 10.0,
    "brain.tau_priming": 500.0, "brain.tau_primed": 1500.0, "glia_on_held": 1.6, "glia_on_held_half": 0.8,
}  # fmt: skip
HELD = {"microglia_primed": 0.8, "microglia_active": 3.0}
K_DEBT, REPAY, DELAY = ENERGY["energy.k_debt"], ENERGY["energy.tau_repay"], ENERGY["energy.tau_delay"]
WORK = {"energy.daily_effort": 0.0, "energy.sick_on_envelope": 0.0, "energy.sick_on_repay": 0.0}  # nothing but a task


def body_with(*some, **more):
    """The usual body without loops but those given, and with these numbers."""
    numbers = dict(NO_LOOPS)
    for each in some:
        numbers |= each
    return with_parameters(Body(), numbers | more)


def several(body, count, **traits):
    return People(body, {name.replace("__", "."): np.array(v, float) for name, v in traits.items()}, np.arange(count))


def debt_after(hours, begin, end, excess):
    """Debt and its signal, exactly: fed by an excess squared from `begin` to `end`, each lost at first order."""
    matrix = np.array([[-1 / REPAY, 0.0], [1 / DELAY, -1 / DELAY]])
    fed = np.array([K_DEBT * excess**2, 0.0])
    still = -np.linalg.solve(matrix, fed)

    def at(hour):
        on = min(max(hour - begin, 0.0), end - begin)
        return expm(matrix * max(hour - end, 0.0)) @ (still - expm(matrix * on) @ still)

    return np.array([at(hour) for hour in hours])


# Energy.


def test_debt_and_its_signal_are_two_compartments():
    """Of a constant excess, in the equations by themselves."""
    energy = Energy(loop=0.0, envelope_rest=0.5, k_debt=K_DEBT, tau_repay=REPAY, tau_delay=DELAY, daily_effort=0.0)
    start, hours = [0.0, 1.0, 1.0, 0.0, 0.0], np.arange(0.0, 97.0, 4.0)
    rates = lambda t, y: np.array(energy.rates(t, EnergyState(*map(float, y)), 0.8, 1.0, 0.0, 0.0, 1.0, 0.0))  # noqa: E731
    found = solve_ivp(rates, (0.0, 96.0), start, t_eval=hours, rtol=1e-10, atol=1e-12, max_step=1.0).y[3:]
    np.testing.assert_allclose(found.T, debt_after(hours, 0.0, math.inf, 0.8 / 0.5 - 1.0), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("what", "amount", "strength"), [
    ("exertion", "0.8", {}), ("mental", "1", {"energy.mental_on_effort": 0.8}),
    ("stress", "2", {"energy.stress_on_effort": 0.4}),
])  # fmt: skip
def test_effort_of_body_mind_and_heart_leaves_the_same_debt(what, amount, strength):
    """And repays it: the whole body, by the kernel, against the exact solution."""
    task = Protocol("task", change(what, amount, "06:00", "5 h"), 4)
    found = simulate(body_with(ENERGY, WORK, strength), task, every=1, keep=["exertional_debt", "post_exertional"])
    expected = debt_after(found.times, 6.0, 11.0, 0.8 / 0.5 - 1.0)
    for name, column in zip(found.values, expected.T, strict=True):
        np.testing.assert_allclose(found.values[name][0], column, rtol=3e-3, atol=3e-4, err_msg=name)


def test_within_the_envelope_there_is_no_debt():
    efforts = [Protocol("task", change("exertion", share, "06:00", "5 h"), 2) for share in ("0.499", "0.51")]
    found = simulate(several(body_with(ENERGY, WORK), 2), efforts, every=1, keep=["exertional_debt"])
    debt = found.values["exertional_debt"]
    assert (debt[0] == 0.0).all() and debt[1].max() > 0.0


def crash(found, who, usual=0):
    """Days of malaise a tenth of the scale above that of before."""
    malaise = found.values["post_exertional_malaise"][who].astype(float)
    return float((malaise - malaise[usual] > 10.0).sum()) * (found.times[1] - found.times[0]) / 24.0


def test_a_crash_lasts_several_times_longer_in_illness_and_no_longer_in_who_is_merely_unfit():
    """After two exercise tests: a sedentary person, an ill one, and one who has rested for months and rests."""
    test, rest = load_protocol("two-day-test"), change("activity", "-0.6", 0.0, "40 days")
    unfit = replace(test, happenings=[*test.happenings, rest])
    start = {name: np.array([0.0, value, 0.0]) for name, value in HELD.items()}
    start["training"] = np.array([1.0, 1.0, 0.4])
    found = simulate(
        several(body_with(ENERGY, GLIA), 3), [test, test, unfit], every=4, start=start,
        keep=["post_exertional_malaise", "held", "envelope", "vo2_peak"],
    )  # fmt: skip
    held, envelope, fit = (found.values[name] for name in ("held", "envelope", "vo2_peak"))
    assert held[1].min() > 1.0 and max(held[0].max(), held[2].max()) < 0.05  # ill throughout, and well throughout
    assert fit[2, 0] < 0.9 * fit[0, 0] and envelope[2, 0] == pytest.approx(envelope[0, 0], rel=1e-3)
    usual, ill, less_fit = (crash(found, who) for who in range(3))
    assert 0.5 <= usual <= 4.0 and ill > 4.0 * usual and less_fit <= usual


def test_who_paces_does_not_crash_where_usual_life_does():
    """In an illness whose envelope is a tenth of the most, below what daily life takes."""
    ill = body_with(ENERGY, GLIA, {"energy.sick_on_envelope": 3.5})
    less = Protocol("pacing", change("activity", "-0.7", 0.0, "30 days"), 30)
    found = simulate(
        several(ill, 2), [Protocol(days=30), less], start=HELD, every=4, keep=["exertional_debt", "envelope", "held"]
    )
    assert found.values["held"].min() > 1.0
    debt = found.values["exertional_debt"]
    assert found.values["envelope"][0, 0] < 0.12
    assert debt[0, -6:].min() > 0.05 and (debt[1] == 0.0).all()


def test_over_exertion_again_and_again_lowers_the_envelope():
    """Where the loop is strong; every day costs more than the one before. Without it the envelope stays as it was."""
    days = [change("exertion", "0.5", f"day {day} 10:00", "2 h") for day in range(6)]
    seen = {}
    for loop in (0.0, 3.0):
        body = body_with(ENERGY, {"energy.loop": loop, "slow_on_sick": 0.0})
        found = simulate(body, Protocol("too much", days, 9), every=24, keep=["envelope", "exertional_debt"])
        seen[loop] = [found.values[name][0].astype(float) for name in found.values]
    envelope, debt = seen[3.0]
    assert (np.diff(envelope[:7]) < 0.0).all() and envelope[6] < 0.5 * envelope[0]
    assert envelope[-1] < 0.7 * envelope[0]  # still, after days of usual life
    assert debt[6] > 3.0 * seen[0.0][1][6]
    np.testing.assert_allclose(seen[0.0][0], 0.5, rtol=1e-6)


def test_work_at_threshold_falls_on_the_second_day():
    """In the ill more than in the well, and by as much as the equations say of the signal."""
    start = {name: np.array([0.0, value]) for name, value in HELD.items()}
    found = simulate(
        several(body_with(ENERGY, GLIA), 2), load_protocol("two-day-test", at="10:00"), days=2, every=1, start=start,
        keep=["work_at_threshold", "post_exertional", "training", "held", "signal_slow"],
    )  # fmt: skip
    first, second = (found.values["work_at_threshold"][:, hour] for hour in (9, 33))
    assert (second < first).all() and (second / first)[1] < (second / first)[0] - 0.02
    y, training = found.values["post_exertional"][0], found.values["training"][0].astype(float)
    fitness = 0.65 + 0.35 * 2 * training / (1 + training)
    felt = np.log(1 + y / 0.1)
    sick = found.values["held"][0] + 0.3 * found.values["signal_slow"][0]
    expected = Body().energy.work_threshold_rest * fitness / (1 + 0.12 * felt + 0.1 * sick)
    np.testing.assert_allclose(found.values["work_at_threshold"][0], expected, rtol=1e-4)


def test_fitness_follows_activity_with_its_time():
    """In bed: training falls exponentially, and the most uptake from one to its least share."""
    bed = Protocol("bed", change("activity", "-1", 0.0, "60 days"), 60)
    found = simulate(body_with(ENERGY, {"energy.vo2_rest": 40.0}), bed, every=24, keep=["training", "vo2_peak"])
    training, most = (found.values[name][0].astype(float) for name in found.values)
    np.testing.assert_allclose(training, training[0] * np.exp(-found.times / 600.0), rtol=2e-3)
    np.testing.assert_allclose(most, 40.0 * (0.65 + 0.35 * 2 * training / (1 + training)), rtol=1e-5)


def test_lactate_leaves_with_its_half_life():
    body = body_with({"energy.lactate_rest": 1.0, "energy.k_lactate": math.log(2) * 3})  # 20 min
    found = simulate(body, days=0.125, every=1 / 3, start={"lactate": 11.0}, keep=["lactate"]).values["lactate"][0]
    np.testing.assert_allclose(found, 1.0 + 10.0 * 0.5 ** np.arange(10), rtol=2e-3)


# Gut.


def test_stress_opens_the_gut_only_of_those_whose_crh_answers():
    group = several(body_with({"gut.stress_on_barrier": 0.1, "gut.tau_barrier": 2.0}), 3, stress_on_crh=[0, 5, 15])
    jury = Protocol("jury", change("stress", "1", "09:00", "3 h"), 1)
    found = simulate(group, jury, every=1, keep=["permeability", "lactulose_mannitol"]).values
    hours = np.arange(4.0)
    for who, drive in enumerate((0.0, 5.0, 15.0)):
        expected = 1.0 + 0.1 * drive * (1.0 - np.exp(-hours / 2.0))
        np.testing.assert_allclose(found["permeability"][who, 9:13], expected, rtol=2e-3)
    assert (found["permeability"][0] == 1.0).all()
    assert found["permeability"][2, -1] < 1.01  # closed again


def test_antibiotics_lower_butyrate_which_comes_back_with_its_time():
    body = body_with({"gut.antibiotic_on_dysbiosis": 3.0, "gut.tau_dysbiosis": 600.0})
    course = Protocol("course", change("antibiotic", "1", 0.0, "10 days"), 90)
    found = simulate(body, course, every=24, keep=["dysbiosis", "butyrate"])
    hours = found.times
    expected = 3.0 * (1.0 - np.exp(-np.minimum(hours, 240.0) / 600.0)) * np.exp(-np.maximum(hours - 240.0, 0.0) / 600.0)
    np.testing.assert_allclose(found.values["dysbiosis"][0], expected, rtol=2e-3, atol=1e-4)
    np.testing.assert_allclose(found.values["butyrate"][0], 1.0 / (1.0 + expected), rtol=2e-3)


def test_nothing_comes_through_the_gut_of_who_is_well():
    """However much each has in the blood; their own rest is no rise."""
    group = people(Body(), 32, 5)
    found = simulate(group, days=3, every=24, keep=["dysbiosis", "permeability", "lps_translocated", "held"]).values
    np.testing.assert_allclose(found["lps_translocated"] / group.traits["gut.lps_rest"][:, None], 1.0, rtol=1e-4)
    np.testing.assert_allclose(found["permeability"], 1.0, rtol=1e-4)
    assert found["dysbiosis"].max() < 1e-4 and found["held"].max() < 1e-6


# Adaptive immunity.

ANTIBODY = {
    "adaptive.k_antibody": math.log(2) / (21 * 24), "adaptive.tau_plasma": 2000.0,
    "antibody_on_held": 1.6,
}  # fmt: skip


def test_without_plasma_cells_antibody_halves_in_three_weeks():
    start = {"autoantibody": 1.0, "autoreactive_plasma": 0.0}
    found = simulate(body_with(ANTIBODY), days=84, every=21 * 24, start=start, keep=["autoantibody"])
    np.testing.assert_allclose(found["autoantibody"].values[0], 0.5 ** np.arange(5), rtol=3e-3)


def test_removal_of_b_cells_leaves_plasma_cells_and_their_antibody():
    """Plasma cells live out their life, and antibody follows them; only without these it falls as IgG does."""
    k, life = ANTIBODY["adaptive.k_antibody"], ANTIBODY["adaptive.tau_plasma"]
    body = body_with(ANTIBODY, {"adaptive.loop": 3.0, "adaptive.k_b_cells": 0.0})  # those removed stay away
    start = {
        "autoantibody": np.array([2.0, 2.0, 2.0]), "autoreactive_plasma": np.array([2.0, 2.0, 0.0]),
        "b_cells": np.array([1.0, 0.0, 0.0]),
    }  # fmt: skip
    found = simulate(several(body, 3), days=84, every=7 * 24, start=start, keep=[*start])
    untouched, depleted, removed = found.values["autoantibody"].astype(float)
    hours = found.times
    alone, plasma = 2.0 * np.exp(-k * hours), 2.0 * np.exp(-hours / life)
    np.testing.assert_allclose(found.values["autoreactive_plasma"][1], plasma, rtol=3e-3)
    np.testing.assert_allclose(depleted, (plasma * k - alone / life) / (k - 1 / life), rtol=3e-3)
    np.testing.assert_allclose(removed, alone, rtol=3e-3)
    assert untouched.min() > 1.9 and depleted[3] > 1.5 > 1.1 > removed[3]  # three weeks


def test_b_cells_come_back_with_their_turnover():
    body = body_with({"adaptive.k_b_cells": 5e-4})
    found = simulate(body, days=100, every=240, start={"b_cells": 0.0}, keep=["b_cells"])
    np.testing.assert_allclose(found["b_cells"].values[0], 1.0 - np.exp(-5e-4 * found.times), rtol=3e-3, atol=1e-5)


@pytest.mark.parametrize("exhaustion", [0.0, 0.5, 2.0])
def test_killing_by_nk_cells_falls_little(exhaustion):
    """For studies disagree: to where its balance is, by no more than the strength says, and not without it."""
    for strength in (0.0, 0.2):
        adaptive = Adaptive(exhaustion_on_nk=strength)
        y = AdaptiveState(1.0, 0.0, 0.0, 1.0, 1.0 / (1.0 + strength * exhaustion))
        assert adaptive.rates(y, 0.0, 1.0, exhaustion).nk_cytotoxicity == pytest.approx(0.0, abs=1e-15)


# Infection.


def test_stress_wakes_virus_only_in_carriers():
    numbers = {
        "infection.carrier_half": 1e-6, "infection.stress_on_reactivation": 1.0, "infection.tau_reactivation": 168.0,
    }  # fmt: skip
    start = {"ebv_reservoir": np.array([0.0, 1e-5, 1e-5]), "ebv_immunity": np.array([0.0, 1.0, 1.0])}
    hard = Protocol("hard months", change("stress", "0.3", 0.0, "60 days"), 60)
    found = simulate(
        several(body_with(numbers), 3), [hard, hard, Protocol(days=60)], every=24, start=start,
        keep=["ebv_reactivation", "ebv_reservoir"],
    )  # fmt: skip
    never, wakes, calm = found.values["ebv_reactivation"].astype(float)
    assert (never == 0.0).all() and calm.max() < 1e-3
    np.testing.assert_allclose(wakes, 0.3 * 10 / 11 * (1.0 - np.exp(-found.times / 168.0)), rtol=0.01, atol=1e-4)


def test_a_germ_has_numbers_of_its_own_about_which_people_differ_as_before():
    group = people(Body(), 16, 2)
    germ, usual = load_protocol("sars-cov-2"), parameters(Body())
    plan = make_plan(group, germ)
    assert germ.parameters
    for path, middle in germ.parameters.items():
        own = group.traits.get(path, np.full(16, usual[path].value))
        np.testing.assert_allclose(plan.people.traits[path] / middle, own / usual[path].value, rtol=1e-12, err_msg=path)
    others = set(group.traits) - set(germ.parameters)
    assert others and all((plan.people.traits[n] == group.traits[n]).all() for n in others)


def test_influenza_beside_it_is_what_it_was():
    """Of two people at once, of whom one has SARS-CoV-2."""
    flu, keep = load_protocol("influenza"), ["airway_infected", "interferon"]
    assert not flu.parameters
    both = simulate(several(Body(), 2), [load_protocol("sars-cov-2"), flu], days=14, every=6, keep=keep).values
    alone = simulate(several(Body(), 1), flu, days=14, every=6, keep=keep).values
    for name in keep:
        np.testing.assert_array_equal(both[name][1], alone[name][0], err_msg=name)
        assert np.abs(both[name][0] - alone[name][0]).max() > 0.01, name


def test_sars_cov_2_peaks_about_the_fifth_day_and_is_over_in_a_month():
    found = simulate(Body(), "sars-cov-2", days=40, every=3, keep=["airway_infected"])
    virus, days = found.values["airway_infected"][0], (found.times - 9.0) / 24.0
    assert 4.0 < days[virus.argmax()] < 6.5 and virus.max() > 0.02
    assert virus[days > 30].max() < 1e-8


def germ(**given):
    return from_dict({"name": "germ", "parameters": given}, "germ.toml")


@pytest.mark.parametrize(("given", "message"), [
    ({"infection.k_arway": 0.2}, "protocol germ, parameters: people cannot be given another 'infection.k_arway'; "
     "did you mean infection.k_airway?"),
    ({"on_held_hill": 2.0}, "people cannot be given another 'on_held_hill'"),
    ({"infection.k_airway": "fast"}, "germ.toml: infection.k_airway = 'fast' is not a number"),
    ({"infection.k_airway": "0.1 1/hour"}, "infection.k_airway = '0.1 1/hour' is not a number; give it without a unit"),
    ({"brain.loop": "{gila}"}, "'{gila}' names a setting that does not exist"),
])  # fmt: skip
def test_a_germ_with_a_wrong_number_says_which(given, message):
    with pytest.raises(InputError) as error:
        make_plan(Body(), germ(**given))
    assert message in str(error.value)


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_a_germ_whose_number_cannot_be_is_refused(value):
    with pytest.raises(InputError, match=r"infection\.k_airway"):
        make_plan(Body(), germ(**{"infection.k_airway": value}))


def test_a_setting_gives_a_person_another_loop():
    assert load_protocol("two-years").parameters == {}
    assert load_protocol("two-years", glia="1.5").parameters == {"brain.loop": 1.5}
    plan = make_plan(Body(), load_protocol("two-years:glia=1.5"))
    assert plan.people.traits == {"brain.loop": pytest.approx(np.array([1.5]))}
    with pytest.raises(InputError, match=r"brain\.loop = 'strong' is not a number"):
        load_protocol("two-years", glia="strong")


# What is cut.


@pytest.mark.parametrize(
    "names", [[name] for name in (*LOOPS, *ARROWS)] + [["gut", "glia", "stress-heart"], ["gut"] * 2]
)
def test_a_body_is_without_what_it_is_told_and_nothing_else(names):
    usual, cut = parameters(Body()), parameters(Body(without=names))
    paths = {path for name in names for path in ([LOOPS[name]] if name in LOOPS else ARROWS[name])}
    changed = {path: known.value for path, known in cut.items() if known.value != usual[path].value}
    assert changed == dict.fromkeys(paths, 0.0)


def test_a_body_cannot_be_without_what_it_has_not():
    with pytest.raises(InputError) as error:
        Body(without=["gut", "gtu"])
    message = str(error.value)
    assert "cannot be without 'gtu'" in message
    assert all(name in message for name in (*LOOPS, *ARROWS))


def test_what_was_cut_stays_cut_when_other_numbers_change():
    body = with_parameters(Body(without=["gut", "stress-heart"]), {"brain.loop": 1.0})
    assert (body.gut.loop, body.stress_on_arousal, body.brain.loop) == (0.0, 0.0, 1.0)
    stronger = make_plan(Body(without=["glia"]), load_protocol("two-years", glia="3")).people.traits["brain.loop"]
    assert (stronger == 0.0).all()  # a factor of nothing


def test_illness_that_glia_keep_up_ends_without_their_loop():
    group = several(body_with(GLIA), 2, brain__loop=[3.0, 0.0])
    held = simulate(group, days=200, every=240, start=HELD, keep=["held"]).values["held"]
    assert held[0].min() > 1.0 and held[1, 1:].max() < 0.05


# What a clinic finds.


def patients(body, count, ill, **traits):
    """People and their states at midnight; who is `ill` is held."""
    model, y = resting_state(body)
    start = {name: np.full(count, float(value)) for name, value in zip(model.states, y, strict=True)}
    for name, value in HELD.items():
        start[name] = np.where(ill, value, start[name])
    return several(body, count, **traits), start


def test_a_clinic_finds_something_of_everybody_and_less_work_on_the_second_day_of_the_ill():
    group, start = patients(
        body_with(ENERGY, GLIA), 8, np.arange(8) >= 4, energy__vo2_rest=np.linspace(25.0, 40.0, 8),
        energy__work_threshold_rest=np.full(8, 60.0),
    )  # fmt: skip
    found = examine(group, start)
    assert set(found) == set(FINDINGS)
    for name, values in found.items():
        assert values.shape == (8,) and np.isfinite(values).all(), name
    well, ill = slice(0, 4), slice(4, 8)
    fall = found["work_at_threshold_2"] / found["work_at_threshold_1"]
    assert (fall[ill] < 1.0).all() and fall[ill].max() < fall[well].min()
    assert (found["vo2_peak_2"] < found["vo2_peak_1"]).all()
    assert (np.diff(found["vo2_peak_1"][well]) > 0).all()
    assert found["work_at_threshold_1"][ill].max() < found["work_at_threshold_1"][well].min()
    assert found["recovery"][ill].min() > 2.0 * found["recovery"][well].max()
    assert (found["heart_rate_peak_1"] > 150).all() and (found["heart_rate_rise"] > 0).all()


def test_a_clinic_sees_a_person_alone_as_among_others():
    group, start = patients(body_with(ENERGY, GLIA), 5, np.arange(5) >= 2, energy__tau_delay=[6, 8, 10, 12, 14])
    life = Life(3, behaviour="paces")
    together, alone = examine(group, start, life), examine(group[3], {n: v[3:4] for n, v in start.items()}, life)
    for name, values in together.items():
        np.testing.assert_array_equal(values[3:4], alone[name], err_msg=name)


def test_who_crashes_late_has_not_recovered_before():
    """With a signal that takes days there is little malaise four hours after the second test, and much next day."""
    group, start = patients(body_with(ENERGY), 2, False, energy__tau_delay=[24.0, 60.0])
    same = Life(stress=0.0, stress_events=0.0, colds=0.0, day_to_day=0.0, between=0.0, behaviour="rests")
    quick, late = examine(group, start, same)["recovery"]
    assert late >= quick > 24.0


def test_a_clinic_says_nothing_of_who_could_not_be_solved():
    group, start = patients(body_with(ENERGY), 2, False, energy__k_debt=[1.1, 1e38])
    found = examine(group, start)
    assert np.isnan(found["fatigue_rise"]).tolist() == [False, True]
    assert np.isnan(found["recovery"]).tolist() == [False, True]


def test_malaise_after_one_test_begins_and_ends():
    """In who feels it, it begins before it ends; who is numb to it has none."""
    some = Population(48, seed=1)
    found = after_one_test(some.people, some.start)
    begins, ends = found["malaise_begins"], found["malaise_ends"]
    assert np.array_equal(np.isnan(begins), ends == 0.0) and 5 < np.isnan(begins).sum() < 43
    felt = ~np.isnan(begins)
    assert (ends[felt] > begins[felt]).all() and begins[felt].min() >= 1.0 and ends.max() <= 24.0 * AFTER_ONE
    numb = after_one_test(shifted(some.people, {"symptoms.felt_on_malaise": 1e-6}), some.start)
    assert not numb["malaise_ends"].any() and np.isnan(numb["malaise_begins"]).all()


def test_tspo_shows_what_microglia_keep_up_only_if_switched_so():
    """The answer to endotoxin, which was measured, is seen either way."""
    held = BrainState(0.0, 0.0, 0.5, 0.6)
    shows, hides = (replace(Brain(), loop=0.9, kept_up_on_tspo=on) for on in (1.0, 0.0))
    apart = shows.outputs(held).tspo - hides.outputs(held).tspo
    assert apart == pytest.approx(shows.active_on_tspo * shows.kept_up(held)) and apart > 0
    acute = BrainState(2.0, 1.0, 3.0, 0.0)
    assert shows.outputs(acute).tspo == hides.outputs(acute).tspo > 1.0


def test_what_begins_late_is_of_another_cause():
    hour = np.arange(1, 24 * 20 + 1)
    late = np.where((hour > 24 * 8) & (hour < 24 * 9), 20.0, 0.0)
    both = np.where((hour > 3) & (hour < 30), 20.0, late)
    found = felt_from_to(np.array([late, both, np.where(hour > 3, 20.0, 0.0), late * np.nan]))
    np.testing.assert_array_equal(found["malaise_begins"], [np.nan, 4.0, 4.0, np.nan])
    np.testing.assert_array_equal(found["malaise_ends"], [0.0, 30.0, 24.0 * 19 + 1, np.nan])
