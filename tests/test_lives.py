"""Lives and populations: the same person lives the same life in any company, and people are drawn as is said."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from neuroimmune import lives, simulation
from neuroimmune.body import LOOPS, Body
from neuroimmune.errors import InputError, SolverFailed
from neuroimmune.lives import BEHAVIOURS, CARRIERS, HEALTHY, LIABILITY, WOMEN_VO2, Life, Population, ages, behaviours
from neuroimmune.population import People, people
from neuroimmune.provenance import provenance
from neuroimmune.quantity import parameters, with_parameters
from neuroimmune.simulation import Day, join, make_plan, simulate, solve_batches
from neuroimmune.streams import normal, uniform

MANY = np.arange(3000)
SOME = np.array([3, 7, 9])
QUIET = {"stress": 0.0, "stress_events": 0.0, "colds": 0.0, "day_to_day": 0.0, "between": 0.0}


@cache
def population(size=40, seed=1, **given):
    return Population(size, seed, **given)


@cache
def body_with(*numbers):
    return with_parameters(Body(), dict(numbers))


# Lives.


def test_a_person_lives_the_same_life_whoever_else_does():
    life = Life(4)
    for number in (0, 1, 5, 200, 364, 365, 500, 800, 1500):
        for levels in (life.stress_of, life.cold_of):
            np.testing.assert_array_equal(levels(SOME, number), levels(np.arange(20), number)[SOME])
            assert levels(SOME[1:2], number) == levels(np.arange(20), number)[7]


def test_so_does_who_has_many_stressful_events():
    life = Life(3, stress_events=20.0)
    for number in range(0, 1200, 37):
        np.testing.assert_array_equal(life.stress_of(SOME, number), life.stress_of(np.arange(200), number)[SOME])


def followed(group, start, policy, days=20, **given):
    plan = make_plan(
        group, days=days, every=24.0, start=start, policy=policy,
        keep=["stress", "passing_infection", "activity", "fatigue", "training"], **given,
    )  # fmt: skip
    return join(plan, [course for _, course in solve_batches(plan)]).values


def test_batches_and_company_change_no_life(monkeypatch):
    """Levels and what becomes of them, to the last bit: all at once, in batches, and three by themselves."""
    some, life = population(), Life(1, colds=30.0)
    together = followed(some.people, some.start, life)
    monkeypatch.setattr(simulation, "BATCH_PEOPLE", 16)
    apart = followed(some.people, some.start, life)
    three = People(some.people.body, {n: v[SOME] for n, v in some.people.traits.items()}, some.people.ids[SOME])
    alone = followed(three, {n: v[SOME] for n, v in some.start.items()}, life)
    assert together["passing_infection"].any() and together["activity"][:, 1:].std(1).min() > 0
    for name, values in together.items():
        np.testing.assert_array_equal(apart[name], values, err_msg=name)
        np.testing.assert_array_equal(alone[name], values[SOME], err_msg=name)


def ill_days(life, days):
    """The share of days with a cold."""
    return np.mean([(life.cold_of(MANY, day) > 0).mean() for day in days])


def test_colds_come_in_winter():
    life = Life(2, winter=0.6)
    winter, summer = range(365, 365 + 60, 6), range(365 + 180, 365 + 240, 6)
    assert ill_days(life, winter) > 2.5 * ill_days(life, summer)
    july = Life(2, winter=0.6, first_day=182)
    assert ill_days(july, summer) > 2.5 * ill_days(july, winter)
    even = Life(2, winter=0.0)
    assert ill_days(even, winter) == pytest.approx(ill_days(even, summer), rel=0.2)


def test_colds_are_as_many_and_as_long_as_is_said():
    """Of 25 years 1.2 times the rate, beyond 60 half of that; what overlaps counts once."""
    for age, factor in ((25.0, 1.2), (60.0, 0.6), (80.0, 0.6)):
        life = Life(6, (age, age), colds=1.0, cold_lasts=4)
        assert ill_days(life, range(365, 730, 5)) == pytest.approx(factor * 4 / 365, rel=0.12)
    assert set(np.unique(Life(6, cold_interferon=0.5).cold_of(MANY, 400))) == {0.0, 0.5}
    assert not Life(6, colds=0.0).cold_of(MANY, 400).any()


def test_stress_is_lower_at_weekends():
    """Day 0 is a Monday, if it is the first of January."""
    calm = Life(stress=0.3, stress_events=0.0, day_to_day=0.0, weekend=0.5)
    week = [calm.stress_of(SOME, number)[0] for number in range(14)]
    np.testing.assert_allclose(week, [0.3, 0.3, 0.3, 0.3, 0.3, 0.15, 0.15] * 2, rtol=1e-12)
    later = Life(stress=0.3, stress_events=0.0, day_to_day=0.0, weekend=0.5, first_day=4)
    assert [later.stress_of(SOME, number)[0] for number in range(4)] == pytest.approx([0.3, 0.15, 0.15, 0.3])


def test_events_wear_off():
    """Each as the days since say; there are as many as is said."""
    life = Life(5, stress=0.0, stress_events=0.5, event_stress=0.2, event_lasts=30.0)
    stress = np.stack([life.stress_of(MANY, number) for number in range(365, 730)], 1)
    before, after = stress[:, :-1], stress[:, 1:]
    jumps = after - before * np.exp(-1 / 30.0)
    begun = jumps > 0.1
    np.testing.assert_allclose(jumps[begun] / 0.2, np.round(jumps[begun] / 0.2), rtol=1e-6)
    assert (jumps / 0.2).sum() / len(MANY) == pytest.approx(0.5 * 364 / 365, rel=0.1)


def test_days_that_follow_each_other_are_alike():
    life = Life(8, stress=1.0, stress_events=0.0, day_to_day=0.3, carried_over=0.4, weekend=1.0)
    logs = np.log([life.stress_of(MANY, number) for number in (20, 21, 22)])
    assert logs.std(1) == pytest.approx(np.full(3, 0.3), rel=0.08)
    assert np.corrcoef(logs[0], logs[1])[0, 1] == pytest.approx(0.4, abs=0.06)
    assert np.corrcoef(logs[0], logs[2])[0, 1] == pytest.approx(0.16, abs=0.06)


ILL = (
    *dict.fromkeys(LOOPS.values(), 0.0).items(), ("brain.loop", 3.0), ("brain.loop_half", 0.25),
    ("brain.active_half", 2.0), ("brain.tau_active", 10.0), ("brain.tau_priming", 500.0), ("brain.tau_primed", 1500.0),
    ("glia_on_held", 1.6), ("glia_on_held_half", 0.8), ("energy.envelope_rest", 0.5), ("energy.daily_effort", 0.12),
    ("energy.daily_exertion", 0.08), ("energy.least_fitness", 0.65),
    ("energy.k_debt", 1.1), ("energy.tau_repay", 24.0), ("energy.stress_on_effort", 0.35),
)  # fmt: skip
HELD = {"microglia_primed": 0.8, "microglia_active": 3.0}


def a_week_of(behaviour, start, **numbers):
    body = body_with(*ILL, *((name.replace("__", "."), value) for name, value in numbers.items()))
    group = People(body, {}, SOME)
    return simulate(
        group, days=7, every=12, start=start, policy=Life(**QUIET, behaviour=behaviour),
        keep=["activity", "exertional_debt", "envelope", "training"],
    ).values  # fmt: skip


def test_who_is_well_acts_alike_and_who_is_ill_by_habit():
    """The pusher does most; the pacer stays within what leaves no debt, where the pusher's day exceeds it."""
    well = [a_week_of(how, {})["activity"] for how in BEHAVIOURS]
    np.testing.assert_allclose(well, 1.0, atol=0.1)
    ill = {how: a_week_of(how, HELD, energy__sick_on_envelope=3.5) for how in BEHAVIOURS}
    acts = {how: values["activity"][:, 1:].mean() for how, values in ill.items()}
    assert acts["pushes"] > acts["rests"] and acts["pushes"] > acts["paces"] and acts["rests"] < 0.7
    assert ill["pushes"]["exertional_debt"][:, -1].min() > 0.01
    assert (ill["paces"]["exertional_debt"] == 0.0).all()


def test_who_paces_stays_within_four_fifths_of_the_envelope_when_unfit_too():
    """Daily life is a larger share of the most in who can do less: it is that effort which makes debt."""
    found = a_week_of("paces", HELD | {"training": 0.1}, energy__sick_on_envelope=10.0)
    training = found["training"][:, 1:]
    fitness = 0.65 + 0.35 * 2 * training / (1 + training)
    assert fitness.max() < 0.8
    effort = 0.12 * found["activity"][:, 1:] / fitness
    assert (effort <= 0.81 * found["envelope"][:, 1:]).all()


def test_a_behaviour_that_does_not_exist():
    with pytest.raises(InputError, match="nobody acts by 'sleeps' when ill; possible: rests, pushes, paces"):
        Life(behaviour="sleeps")


def test_people_act_as_shares_say():
    how = behaviours(3, MANY)
    for name, share in BEHAVIOURS.items():
        assert (how == name).mean() == pytest.approx(share, abs=0.04)


def test_another_life_is_told_from_the_first():
    """By the name of what a policy does, so that a recorded run goes on with its own only."""
    hashes = [
        provenance(make_plan(Body(), days=1, policy=life))["policy"]["hash"]
        for life in (Life(1), Life(1), Life(2), Life(1, colds=3.0), Life(1, behaviour="paces"), Life(1, (20.0, 30.0)))
    ]
    assert hashes[0] == hashes[1] and len(set(hashes)) == len(hashes) - 1


def test_a_life_sets_no_level_but_its_own():
    group = People(Body(), {}, SOME)
    states = {n: np.full(3, q.value) for n, q in make_plan(Body(), days=1).model.states.items()}
    inputs = make_plan(Body(), days=1).model.inputs
    day = Day(400, group, states, {n: np.full(3, q.value) for n, q in inputs.items()}, {n: np.ones(3) for n in inputs})
    life = Life(1, stress=0.2)
    life(day)
    np.testing.assert_array_equal(day.levels["stress"], life.stress_of(SOME, 400))
    changed = {n for n in inputs if (day.levels[n] != inputs[n].value).any()}
    assert {"stress", "activity"} <= changed <= {"stress", "activity", "passing_infection"}


# Streams.


@pytest.mark.parametrize("draw", [uniform, normal])
@pytest.mark.parametrize("ids", [
    [0, 49, 99, 150, 200, 251], [0, 1, 50, 51, 52, 103, 10_000, 10_001], [5, 5, 5], [9, 3, 60, 7, 7, 8], [2**40, 3],
])  # fmt: skip
def test_people_far_apart_are_drawn_as_each_alone(draw, ids):
    for occasion in (0, 364):
        alone = [draw(11, "stress of day", [one], occasion)[0] for one in ids]
        np.testing.assert_array_equal(draw(11, "stress of day", ids, occasion), alone)


# Populations.


def test_a_population_has_the_size_asked_for_and_is_the_same_again():
    one, again = population(), Population(40, 1)
    assert len(one.people) == len(one.table) == 40 and len(np.unique(one.people.ids)) == 40
    assert (np.diff(one.people.ids) > 0).all()
    pd.testing.assert_frame_equal(one.table, again.table)
    for mine, theirs in ((one.people.traits, again.people.traits), (one.start, again.start)):
        for name, values in mine.items():
            np.testing.assert_array_equal(values, theirs[name], err_msg=name)
    assert not set(Population(40, 2).people.traits["brain.loop"]) & set(one.people.traits["brain.loop"])


def test_the_first_of_many_are_the_first_of_few():
    few, many = Population(20, 1), population()
    np.testing.assert_array_equal(few.people.ids, many.people.ids[:20])
    pd.testing.assert_frame_equal(few.table, many.table.iloc[:20])
    for name, values in few.start.items():
        np.testing.assert_array_equal(values, many.start[name][:20], err_msg=name)


def test_everybody_is_healthy_at_first():
    """On a day of their own from where they start; what carriers carry changes a little."""
    some = population()
    names = ["heart_rate", "cortisol", "il6", "crp", "rmssd", "fatigue"]
    day = simulate(some.people, days=1, every=1, keep=names, start=some.start).values
    seen = {
        "heart_rate": day["heart_rate"][:, 9:21].mean(1), "cortisol_morning": day["cortisol"][:, 8],
        "cortisol_midnight": day["cortisol"][:, 24], "il6": day["il6"].mean(1), "crp": day["crp"].mean(1),
        "rmssd": day["rmssd"][:, 9:21].mean(1), "fatigue": day["fatigue"][:, 14],
    }  # fmt: skip
    assert set(seen) == set(HEALTHY)
    for name, (low, high, _) in HEALTHY.items():
        assert (seen[name] >= 0.99 * low).all() and (seen[name] <= 1.01 * high).all(), name


def test_who_is_not_healthy_is_turned_away_and_counted():
    """Where the usual person is nearly as tired as anybody who enters may be."""
    tired = Population(12, 1, body_with(("symptoms.fatigue_rest", 40.0)))
    candidates = tired.people.ids[-1] + 1
    assert tired.rejected["fatigue"] > 3 and set(tired.rejected) == {*HEALTHY, "no resting day"}
    reasons = sum(tired.rejected.values())
    assert max(tired.rejected.values()) <= candidates - 12 <= reasons
    assert tired.people.traits["symptoms.fatigue_rest"].max() < 45.0


def test_a_body_of_which_nobody_is_healthy_is_given_up():
    """After a bounded number of candidates, saying why."""
    racing = body_with(("autonomic.heart_rate_rest", 400.0))
    with pytest.raises(SolverFailed, match=r"only 0 are healthy at rest: .*heart_rate: \d+.* turned away") as error:
        _ = Population(25, 1, racing).people
    candidates = int(str(error.value).split()[1])
    assert 20 * 25 + 1000 < candidates < 2000 and f"heart_rate: {candidates}" in str(error.value)


def test_carriers_are_as_many_as_at_their_age():
    shares = []
    for age in (7.0, 15.0, 40.0):
        some = Population(300, 3, age=(age, age))
        carrier = some.table["carrier"].to_numpy()
        np.testing.assert_array_equal(carrier, uniform(3, "carrier", some.people.ids) < np.interp(age, *CARRIERS))
        np.testing.assert_array_equal(some.start["ebv_reservoir"] > 0, carrier)
        np.testing.assert_array_equal(some.start["ebv_immunity"] > 0, carrier)
        shares.append(carrier.mean())
    assert shares[0] + 0.05 < shares[1] < shares[2] - 0.05
    for which in (False, True):
        some = Population(20, 3, carriers=which)
        assert (some.table["carrier"] == which).all() and ((some.start["ebv_reservoir"] > 0) == which).all()


def alike(one, other):
    """The places in each of the people whom both have."""
    return np.intersect1d(one.people.ids, other.people.ids, return_indices=True)[1:]


def test_women_and_men_differ_in_oxygen_uptake_only():
    women, men = population(women=1.0), population(women=0.0)
    assert women.table["woman"].all() and not men.table["woman"].any()
    mine, theirs = alike(women, men)
    assert len(mine) >= 38
    for name, values in women.people.traits.items():
        ratio = WOMEN_VO2[0] / WOMEN_VO2[1] if name in ("energy.vo2_rest", "energy.work_threshold_rest") else 1.0
        np.testing.assert_allclose(values[mine], ratio * men.people.traits[name][theirs], rtol=1e-12, err_msg=name)
    assert 0.3 < population(300, 3).table["woman"].mean() < 0.7


def test_age_lowers_the_most_the_heart_can_do():
    """And RMSSD and oxygen uptake, by as much as is said; each keeps the rest."""
    young, old = population(age=(20.0, 20.0)), population(age=(60.0, 60.0))
    mine, theirs = alike(young, old)
    expected = dict.fromkeys(young.people.traits, 1.0) | {"autonomic.heart_rate_max": (208 - 42) / (208 - 14)}
    expected |= {path: np.exp(40.0 * slope) for path, (slope, _) in lives.BY_AGE.items()}
    assert len(mine) >= 35 and expected["autonomic.rmssd_rest"] < 0.6
    for name, values in old.people.traits.items():
        np.testing.assert_allclose(values[theirs], expected[name] * young.people.traits[name][mine], rtol=1e-12)


def test_ages_are_even_between_two_limits():
    found = ages(1, MANY, (20.0, 60.0))
    assert 20.0 <= found.min() < 20.5 and 59.5 < found.max() <= 60.0 and found.mean() == pytest.approx(40.0, abs=1.0)


def test_liability_is_a_tenth_of_what_differs_in_each_loop():
    """Exactly as it is mixed into each person's own, and as it comes out of some hundreds."""
    some, known = population(400, 7), parameters(Body())
    own = people(Body(), int(some.people.ids[-1]) + 1, 7).traits
    liability = some.table["liability"].to_numpy()
    np.testing.assert_array_equal(liability, normal(7, "liability", some.people.ids))
    strengths = []
    for name, path in LOOPS.items():
        z = np.log(some.table[f"loop_{name}"].to_numpy() / known[path].value) / known[path].spread
        alone = np.log(own[path][some.people.ids] / known[path].value) / known[path].spread
        np.testing.assert_allclose(z, np.sqrt(LIABILITY) * liability + np.sqrt(1 - LIABILITY) * alone, atol=1e-9)
        strengths.append(z)
    explained = np.mean([np.corrcoef(liability, z)[0, 1] ** 2 for z in strengths])
    assert 0.06 < explained < 0.14
    assert np.std(strengths) == pytest.approx(1.0, abs=0.05)


def test_resting_heart_rate_and_its_variability_go_together():
    traits, known = population(400, 7).people.traits, parameters(Body())
    for one, other, r, _ in lives.CORRELATED:
        logs = [np.log(traits[path] / known[path].value) for path in (one, other)]
        if other in lives.BY_AGE:
            logs[1] -= lives.BY_AGE[other][0] * (population(400, 7).table["age"].to_numpy() - 40.0)
        assert np.corrcoef(logs)[0, 1] == pytest.approx(r, abs=0.12), other


def test_people_are_drawn_about_the_draws_of_a_fit():
    """A row serves every second person: its middles, and its spreads; what is no parameter of a person is left."""
    drawn = pd.DataFrame({
        "energy.vo2_rest": [40.0, 20.0], "spread:energy.vo2_rest": [0.2, 0.1], "scale:study:il6": [0.1, 0.2],
        "brain.loop": [0.3, 0.5],
    })  # fmt: skip
    plain, about = population(), Population(40, 1, drawn=drawn)
    mine, theirs = alike(plain, about)
    rows = about.draws[theirs]
    np.testing.assert_array_equal(rows, about.people.ids[theirs] % 2)
    known = parameters(Body())
    for path, middles, shares in (
        ("energy.vo2_rest", [40.0, 20.0], np.array([0.2, 0.1]) / known["energy.vo2_rest"].spread),
        ("brain.loop", [0.3, 0.5], [1.0, 1.0]),
    ):
        beside = np.ones(len(mine))  # age and sex, which come on top
        if path in lives.BY_AGE:
            age, woman = (plain.table[name].to_numpy()[mine] for name in ("age", "woman"))
            beside = np.exp(lives.BY_AGE[path][0] * (age - 40.0)) * np.where(woman, *WOMEN_VO2)
        own = plain.people.traits[path][mine] / known[path].value / beside
        expected = np.array(middles)[rows] * own ** np.array(shares)[rows] * beside
        np.testing.assert_allclose(about.people.traits[path][theirs], expected, rtol=1e-10, err_msg=path)
    with pytest.raises(InputError, match="'brain.lop', which is no parameter"):
        _ = Population(4, 1, drawn=pd.DataFrame({"brain.lop": [1.0]})).people


def test_a_loop_that_is_cut_is_cut_in_everybody():
    some = Population(12, 1, Body(without=["gut", "virus"]))
    assert (some.table[["loop_gut", "loop_virus"]] == 0.0).all(axis=None) and (some.table["loop_glia"] > 0.0).all()


@pytest.mark.parametrize(("given", "message"), [
    ({"size": 0}, "must be a whole number from 1, not 0"),
    ({"size": 2.5}, "must be a whole number from 1, not 2.5"),
    ({"age": (65.0, 18.0)}, "the lower first"),
    ({"age": (5.0, 20.0)}, "from 6 to 90"),
    ({"age": (20.0, 91.0)}, "from 6 to 90"),
    ({"women": 1.5}, "a number from 0 to 1, not 1.5"),
    ({"women": float("nan")}, "a number from 0 to 1, not nan"),
])  # fmt: skip
def test_a_population_that_cannot_be(given, message):
    with pytest.raises(InputError, match=message):
        Population(**{"size": 10} | given)


def test_influenza_is_caught_as_often_as_is_said_and_takes():
    """Whoever catches it has some virus on that day; nobody does in a life without."""
    life = Life(3, influenza=0.5, winter=0.6)
    year = [(life._since("influenza", MANY, day, life._influenza) == 0).any(1) for day in range(365, 730)]
    assert np.mean(np.sum(year, 0)) == pytest.approx(0.5, rel=0.1)
    some = population()
    course = simulate(some.people, days=400, every=24.0, start=some.start, policy=Life(1, influenza=3.0),
                      keep=["airway_titre", "interferon"])  # fmt: skip
    assert (course.values["airway_titre"].max(1) > 1.0).mean() > 0.8
    quiet = simulate(some.people, days=30, every=24.0, start=some.start, policy=Life(1), keep=["airway_titre"])
    assert not quiet.values["airway_titre"].any()


def test_epstein_barr_virus_is_met_at_the_age_that_makes_so_many_carriers():
    """Of 3000 people of ten, who carries it at sixteen, eighteen and a half and forty is as `CARRIERS` has it."""
    met = Life(5, (10.0, 10.0), ebv=1.0)._meets_ebv(MANY.tobytes())
    for age in (16.0, 18.5, 40.0):
        assert (met <= 365 * (age - 10.0)).mean() == pytest.approx(np.interp(age, *CARRIERS), abs=0.03)
    carries = population(1, 5, age=(10.0, 10.0))._carrier(MANY)
    np.testing.assert_array_equal(carries, met < 0)
    assert np.isinf(Life(5, (10.0, 10.0), ebv=0.0)._meets_ebv(MANY.tobytes())).all()


def test_all_lie_down_with_an_acute_illness_whatever_they_do_when_it_lasts():
    some = population(24, 2, carriers=False)
    done = {
        how: simulate(some.people, "mononucleosis", days=70, every=24.0, start=some.start, keep=["activity"],
                      policy=Life(2, **QUIET, behaviour=how)).values["activity"] for how in BEHAVIOURS
    }  # fmt: skip
    for values in done.values():
        assert np.median(values[:, 45:65].min(1)) < 0.65 * np.median(values[:, 5:20])
    assert np.median(done["pushes"][:, 60:]) > np.median(done["rests"][:, 60:])
