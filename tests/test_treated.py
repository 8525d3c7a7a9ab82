"""A body under treatment: exact solutions of the drug's equations, and what stays as it is without a drug."""

import dataclasses

import numpy as np
import pytest

import neuroimmune as ni
from neuroimmune.body import LOOPS, Body
from neuroimmune.engine.compile import kernel_text
from neuroimmune.engine.trace import trace
from neuroimmune.errors import InputError
from neuroimmune.harms import NEEDED, events_of, harms
from neuroimmune.lives import Life
from neuroimmune.population import draw
from neuroimmune.quantity import declared, parameters
from neuroimmune.schedule import read_schedule
from neuroimmune.simulation import join, solve_batches
from neuroimmune.storage import record
from neuroimmune.systems.monitored import Monitored
from neuroimmune.systems.targets import TARGETS, UNTOUCHED, TargetLevels, Targets, Touched
from neuroimmune.treated import Agent, treated
from neuroimmune.treating import ARMS, own_numbers, resting, treat, treatment_plan
from neuroimmune.treatment import all_treatments, from_dict, load_treatment
from neuroimmune.units import check_units

BODY = Body()
ILL = {"brain.loop": 3.0}


def solved(plan):
    return join(plan, [course for _, course in solve_batches(plan)])


def test_units_hold_with_a_drug_in_the_body():
    assert (
        check_units(treated(BODY, {"one": Agent(metabolite_formed=0.5, exchange=1.0, igg=1e-4, cortisol=100.0)})) == []
    )


def test_a_body_that_is_not_treated_is_computed_as_before():
    """No term of the kernel comes from treatment: neutral values are folded away."""
    touched = trace(BODY)
    names = {o.arguments[0] for o in touched.operations if o.kind == "parameter"}
    assert not any(name.startswith(("targets", "monitored")) for name in names)
    assert kernel_text(trace(Body())) == kernel_text(touched)
    assert len(touched.states) == 61


def test_every_path_and_state_of_the_body_is_kept():
    under = treated(BODY, {"one": Agent()})
    assert set(parameters(BODY)) <= set(parameters(under))
    assert list(declared(Body.rates, "y")) == list(declared(type(under).rates, "y"))[: len(declared(Body.rates, "y"))]
    assert isinstance(under, Body)


def exact_plasma(k_a, clearance, volume, dose, hours, share=1.0):
    """One compartment with first-order absorption (Bateman's function)."""
    k = clearance / volume
    return share * dose / volume * k_a / (k_a - k) * (np.exp(-k * hours) - np.exp(-k_a * hours))


@pytest.mark.parametrize("name, dose", [("prednisolone", 20.0), ("low-dose-naltrexone", 4.5), ("sirolimus", 6.0)])
def test_one_compartment_is_bateman(name, dose):
    drug = load_treatment(name).drug
    plan = treatment_plan(BODY, f"{name} {dose} mg 08:00 once", days=3, every=0.5)
    slot = load_treatment(name).slot
    alone = dataclasses.replace(plan.people, traits={f"{slot}.exchange": np.zeros(1)})
    course = solved(dataclasses.replace(plan, people=alone))
    hours = course.times[course.times > 9.0] - 8.05  # the middle of the tenth of an hour in which a tablet arrives
    expected = exact_plasma(drug.k_absorption, drug.clearance, drug.volume, dose, hours, drug.bioavailability)
    found = course.values[f"{slot}_plasma"][0, course.times > 9.0]
    np.testing.assert_allclose(found, expected, rtol=0.02, atol=1e-3 * expected.max())


def test_two_compartments_are_two_exponentials():
    drug = load_treatment("rituximab").drug
    k10, k12, k21 = drug.clearance / drug.volume, drug.exchange / drug.volume, drug.exchange / drug.volume_tissue
    total = k10 + k12 + k21
    alpha, beta = (total + np.array([1.0, -1.0]) * np.sqrt(total**2 - 4 * k10 * k21)) / 2
    course = treat(BODY, "rituximab 1000 mg 10:00 over 4 h once", days=60, every=24, keep=["rituximab_plasma"])
    hours = course.times[2:] - 14.0
    infused = 1000.0 / 4.0 / drug.volume

    def part(rate, other):
        return (
            infused * (rate - k21) / (rate - other) / rate * (np.exp(rate * 4.0) - 1.0) * np.exp(-rate * (hours + 4.0))
        )

    expected = part(alpha, beta) + part(beta, alpha)
    np.testing.assert_allclose(course.values["rituximab_plasma"][0, 2:], expected, rtol=2e-3)


def test_a_placebo_does_nothing_at_all_to_the_body():
    """Every state and read-out of the body is that of no treatment, but for where the solver's steps fall."""
    treatment = treat(BODY, "prednisolone 20 mg", days=20, every=6, arm="placebo")
    nothing = treat(BODY, "prednisolone 20 mg", days=20, every=6, arm="untreated")
    for name in trace(BODY).states | trace(BODY).output_names:
        one, other = treatment.values[name], nothing.values[name]
        size = np.abs(other).max() + 1e-6
        np.testing.assert_allclose(one[:, :70], other[:, :70], atol=2e-3 * size, err_msg=name)
    assert treatment.values["prednisolone_plasma"].max() == 0 < treatment.values["prednisolone_central"].max()


MECHANISM_ONLY = (
    "low-dose-naltrexone",
    "oxaloacetate",
    "coq10-nadh",
    "rovunaptabin",
    "pregabalin",
    "sirolimus",
)


@pytest.mark.parametrize("name", MECHANISM_ONLY)
def test_a_target_that_does_not_matter_gives_the_arrays_of_placebo(name):
    """The same numbers to the last digit, in every state and read-out of the body."""
    people = ni.people(BODY, 20, seed=3)
    start, _ = resting(people)
    text = load_treatment(name).file.example
    arms = [
        solved(
            treatment_plan(
                people, text, days=12, every=3, start=start, arm="placebo" if placebo else "treated", life=Life(3)
            )
        )
        for placebo in (False, True)
    ]
    for known in trace(BODY).states | trace(BODY).output_names:
        assert np.array_equal(arms[0].values[known], arms[1].values[known]), known
    assert not np.array_equal(arms[0].values["belief"], arms[1].values["belief"])


ILLNESS = ("held", "fatigue", "pain", "post_exertional_malaise", "negative_mood", "cognitive_difficulty", "envelope")


@pytest.mark.parametrize("name", [n for n in all_treatments() if load_treatment(n).is_drug])
def test_relevance_of_nothing_leaves_symptoms_as_they_were(name):
    """What a drug does to ACTH, cells, IgG or the heart reaches no symptom without relevance."""
    if name in ("rintatolimod", "nirmatrelvir", "valganciclovir", "aciclovir"):
        pytest.skip("acts on virus and interferon themselves")
    body, start = held_by_every_loop()
    text = load_treatment(name).file.example
    drug, placebo = (treat(body, text, days=40, every=12, start=start, arm=arm, keep=list(ILLNESS)) for arm in ARMS[:2])
    for known in ILLNESS:
        np.testing.assert_allclose(drug.values[known], placebo.values[known], rtol=3e-3, atol=1e-2, err_msg=known)


def held_by_every_loop():
    """A body whose loops all hold, and a start from which they do: a leak anywhere on the way to illness shows."""
    body = ni.with_parameters(BODY, {path: 3.0 for path in LOOPS.values()})
    rest, _ = resting(ni.people(BODY, 1))
    held = {
        "microglia_primed": 0.8, "autoantibody": 2.0, "autoreactive_plasma": 2.0, "ebv_reservoir": 1e-5,
        "ebv_exhaustion": 2.0, "ebv_reactivation": 2.0, "set_point": 1.0, "dysbiosis": 2.0,
    }  # fmt: skip
    return body, {name: values[:1] for name, values in rest.items()} | {n: np.array([v]) for n, v in held.items()}


@pytest.mark.parametrize(
    "name, target",
    [
        ("rituximab", "b_cell_killing"), ("daratumumab", "plasma_cell_killing"), ("ivig", "fcrn_blocked"),
        ("immunoadsorption", "antibody_removal"), ("rovunaptabin", "antibody_neutralised"),
        ("azathioprine", "proliferation_blocked"), ("hydrocortisone", "gr_agonist"), ("prednisolone", "gr_agonist"),
        ("valganciclovir", "herpes_polymerase_blocked"), ("low-dose-naltrexone", "glia_calmed"),
        ("pregabalin", "alpha2delta_bound"), ("duloxetine", "descending_inhibition"),
        ("probiotics", "microbes_restored"),
    ],
)  # fmt: skip
def test_each_of_these_targets_has_a_way_to_illness(name, target):
    """What holds a person falls, or pain does, where the target matters wholly: no gate is shut for good."""
    body, start = held_by_every_loop()
    text = load_treatment(name).file.example
    keep = [
        "autoantibody",
        "ebv_reactivation",
        "microglia_active",
        "dysbiosis",
        "pain",
        "held",
        "orthostatic_intolerance",
    ]
    with_it, without = (
        treat(body, text, days=60, every=12, start=start, relevance={target: r}, keep=keep) for r in (1.0, 0.0)
    )
    fall = [without.values[k][0, -1] - with_it.values[k][0].min() for k in keep]
    assert max(fall) > 1e-3, dict(zip(keep, fall, strict=True))


def test_relevance_makes_a_difference_where_there_is_a_path():
    body = ni.with_parameters(BODY, ILL)
    start = {
        "microglia_primed": 0.8,
        **{n: v for n, v in resting(ni.people(BODY, 1))[0].items() if n != "microglia_primed"},
    }
    fatigue = {
        r: treat(
            body, "low-dose-naltrexone 4.5 mg", days=60, every=12, start=start, relevance={"glia_calmed": r},
            keep=["fatigue"],
        ).values["fatigue"][0, -1]
        for r in (-0.5, 0.0, 1.0)
    }  # fmt: skip
    assert fatigue[1.0] < fatigue[0.0] - 0.1 and fatigue[-0.5] >= fatigue[0.0] - 0.1


def test_every_relevance_is_of_a_target_and_neutral_by_default():
    names = [n for n in parameters(Targets()) if n.startswith("relevance_")]
    assert {n.removeprefix("relevance_") for n in names} <= set(TARGETS)
    nothing = TargetLevels(**dict.fromkeys(TARGETS, 0.0))
    assert Targets().touch(nothing, 0.0, 0.0) == UNTOUCHED._replace(b_cells_matter=0.0)


def test_touched_is_neutral():
    assert set(UNTOUCHED) == {0.0, 1.0} and isinstance(UNTOUCHED, Touched)


def test_lasting_steroid_shrinks_both_glands_and_they_come_back():
    course = treat(
        BODY,
        "prednisolone 10 mg 08:00 for 84 days",
        days=300,
        every=24,
        keep=["adrenal_mass", "pituitary_mass", "acth"],
    )
    adrenal, pituitary = course.values["adrenal_mass"][0], course.values["pituitary_mass"][0]
    assert adrenal[84] < 0.6 and pituitary[84] < 0.4
    assert pituitary[150] > 0.8 and adrenal[150] < 0.7, "the pituitary is back before the adrenal (graber1965)"
    assert adrenal[-1] > 0.8


def test_people_clear_a_drug_in_their_own_way_and_the_same_in_every_arm():
    people = ni.people(BODY, 30, seed=5)
    start, _ = resting(people)
    one = treatment_plan(people, "azathioprine 2 mg/kg", days=5, start=start)
    other = treatment_plan(people, ["azathioprine 2 mg/kg", "naproxen 500 mg"], days=5, start=start, arm="placebo")
    for path in ("azathioprine.clearance", "azathioprine.metabolite_formed"):
        assert np.array_equal(one.people.traits[path], other.people.traits[path])
        assert one.people.traits[path].std() > 0


def test_a_result_does_not_depend_on_threads_or_batches():
    people = ni.people(BODY, 40, seed=5)
    start, _ = resting(people)
    plan = treatment_plan(people, "methotrexate 15 mg 1 a week", days=15, every=12, start=start, life=Life(5))
    whole = solved(plan)
    some = solved(
        dataclasses.replace(plan, people=plan.people[:7], start={n: v[:7] for n, v in plan.start.items()}, threads=1)
    )
    for name in ("alt", "methotrexate_metabolite", "fatigue", "belief"):
        assert np.array_equal(whole.values[name][:7], some.values[name]), name


def test_blood_tests_stop_a_drug_and_let_it_go_on():
    """Neutrophils of a person without a working TPMT allele fall, and the drug is withheld."""
    treatment = load_treatment("azathioprine")
    people = ni.people(BODY, 1, seed=0)
    plan = treatment_plan(people, "azathioprine 2 mg/kg", days=120, every=24, start=resting(people)[0])
    traits = dict(plan.people.traits)
    traits["azathioprine.metabolite_formed"] = 8.0 * np.full(1, treatment.drug.metabolite_formed)
    risky = dataclasses.replace(plan, people=dataclasses.replace(plan.people, traits=traits))
    careless = dataclasses.replace(risky, policy=dataclasses.replace(risky.policy, monitored=False))
    watched, alone = solved(risky), solved(careless)
    assert watched.values["withheld"].max() == 1 and alone.values["withheld"].max() == 0
    assert watched.values["azathioprine_metabolite"][0, -1] < 0.7 * alone.values["azathioprine_metabolite"][0, -1]
    assert watched.values["neutrophils"][0, -1] > alone.values["neutrophils"][0, -1]


def test_side_effects_tell_who_gets_the_drug():
    people = ni.people(BODY, 300, seed=2)
    start, _ = resting(people)
    text, options = "pregabalin 225 mg 08:00 20:00", {"every": 24, "start": start, "blinded": True, "keep": ["belief"]}
    belief = [
        solved(treatment_plan(people, text, days=40, arm="placebo" if p else "treated", **options))
        .values["belief"][:, -1]
        .mean()
        for p in (False, True)
    ]
    assert belief[0] > 0.5 > belief[1]
    opened = treat(BODY, "pregabalin 225 mg", days=2, keep=["belief"]).values["belief"]
    assert opened[0, -1] == pytest.approx(0.95)


def test_what_people_do_has_no_placebo():
    with pytest.raises(InputError, match="has no placebo"):
        treat(BODY, "pacing", days=5, arm="placebo")


def test_harms_are_events_of_the_same_life():
    """More infections and low cortisol under steroid, in the same people who live the same life on placebo."""
    population = ni.Population(60, seed=2)
    options = {"days": 120, "every": 2, "keep": NEEDED}
    arms = [
        treat(population, "prednisolone 20 mg 08:00 for 100 days", arm="placebo" if p else "treated", **options)
        for p in (False, True)
    ]
    found = harms(*arms).set_index("event")
    assert found.loc["low morning cortisol", "treated [%]"] > 80 > 5 > found.loc["low morning cortisol", "other [%]"]
    assert found.loc["infection beyond those of the same life", "treated [%]"] > 20
    assert found.loc["infection beyond those of the same life", "other [%]"] == 0
    after = events_of(arms[0]).query("event == 'low morning cortisol'")
    assert (after["first day"] >= 1).all() and after.days.max() <= 120
    with pytest.raises(InputError, match="lacks cortisol"):
        events_of(treat(BODY, "naproxen 500 mg", days=1, keep=["acth"]))


def test_fixed_steps_of_exercise_crash_the_ill_and_pacing_does_not():
    body = ni.with_parameters(BODY, {"brain.loop": 3.0})
    rest, _ = resting(ni.people(body, 1))
    start = rest | {"microglia_primed": np.array([0.8])}
    options = {"days": 70, "every": 2, "start": start, "keep": NEEDED}
    crashes = {
        text: events_of(treat(body, text, **options)).query("event == 'crash'").days.sum()
        for text in ("graded-exercise 15 min 5 a week for 56 days", "pacing for 56 days")
    }
    assert crashes["graded-exercise 15 min 5 a week for 56 days"] > 10 + crashes["pacing for 56 days"]


def test_genotypes_have_their_shares():
    people = ni.people(BODY, 4000, seed=8)
    traits = own_numbers(load_treatment("azathioprine"), people.ids, 8)["azathioprine.metabolite_formed"]
    known = load_treatment("azathioprine").numbers["metabolite_formed"]
    usual = draw("azathioprine.metabolite_formed", known, people.ids, 8)
    factor = np.round(traits / usual, 6)
    assert np.isclose(factor, 1.9).mean() == pytest.approx(0.11, abs=0.015)
    assert 0 < np.isclose(factor, 8.0).mean() < 0.01


def test_neutrophils_settle_where_feedback_meets_the_drug():
    """Friberg's chain at rest: the square of feedback and drug is one, so neutrophils are rest x kept^(1 / power)."""
    course = treat(BODY, "azathioprine 2 mg/kg", days=200, every=24, keep=["neutrophils", "azathioprine_metabolite"])
    kept = 1.0 / (1.0 + course.values["azathioprine_metabolite"][0, -30:].mean() / 6000.0)
    expected = 4.0 * kept ** (1.0 / Monitored().marrow_feedback)
    assert course.values["neutrophils"][0, -30:].mean() == pytest.approx(expected, rel=0.02)


def test_igg_falls_by_adsorption_and_comes_back_with_its_half_life():
    course = treat(BODY, "immunoadsorption 240 min every 2 days for 10 days", days=60, every=12, keep=["igg"])
    igg = course.values["igg"][0]
    assert igg[20] < 0.3 and igg[40:].min() > igg[20] and igg[-1] < 1.0
    sham = treat(
        BODY, "immunoadsorption 240 min every 2 days for 10 days", days=60, every=12, keep=["igg"], arm="placebo"
    )
    assert np.allclose(sham.values["igg"], 1.0, atol=1e-5)


def test_two_practices_leave_what_each_leaves():
    one = {
        name: treat(BODY, f"{name} for 80 days", days=80, every=24, keep=["calm"])
        for name in ("relaxation", "mindfulness")
    }
    both = treat(BODY, ["relaxation for 80 days", "mindfulness for 80 days"], days=80, every=24, keep=["calm"])
    left = [1.0 - each.values["calm"][0, 70] for each in one.values()]
    assert both.values["calm"][0, 70] == pytest.approx(1.0 - left[0] * left[1], rel=1e-5)
    later = treat(BODY, ["relaxation to day 10", "mindfulness from day 10"], days=20, every=24, keep=["calm"])
    assert later.values["calm"][0, 5] > 0 and later.values["calm"][0, 15] > 0


def test_a_drug_is_withheld_by_itself():
    """Neutrophils that azathioprine takes stop azathioprine; prednisolone goes on."""
    people = ni.people(BODY, 1, seed=0)
    texts = ["azathioprine 2 mg/kg", "prednisolone 5 mg"]
    plan = treatment_plan(people, texts, days=80, every=24, start=resting(people)[0])
    traits = dict(plan.people.traits)
    traits["azathioprine.metabolite_formed"] = 8.0 * np.full(1, load_treatment("azathioprine").drug.metabolite_formed)
    course = solved(dataclasses.replace(plan, people=dataclasses.replace(plan.people, traits=traits)))
    assert course.values["azathioprine_withheld"].max() == 1 and course.values["prednisolone_withheld"].max() == 0
    assert course.values["prednisolone_effect"][0, -5:].min() > 0.2 * course.values["prednisolone_effect"].max()


def test_a_saved_run_goes_on_only_with_the_same_treatment(tmp_path):
    people = ni.people(BODY, 3, seed=1)
    start, _ = resting(people)
    record(treatment_plan(people, "relaxation for 5 days", days=3, start=start), tmp_path / "a")
    other = load_treatment("relaxation").file.model_dump(by_alias=True, exclude_none=True)
    other["daily"]["calm"]["level"]["value"] = 0.8
    changed = dataclasses.replace(read_schedule("relaxation for 5 days"), treatment=from_dict(other, "mine"))
    with pytest.raises(InputError, match="other policy there"):
        record(treatment_plan(people, [changed], days=3, start=start), tmp_path / "a")


def test_care_goes_on_through_courses_that_follow_each_other():
    """Tapering is one treatment: blood tests, side effects and belief do not begin anew with each step."""
    people = ni.people(BODY, 40, seed=6)
    start, _ = resting(people)
    options = {"days": 60, "every": 24, "start": start, "blinded": True, "keep": ["belief", "side_effects"]}
    whole = treat(people, "pregabalin 150 mg 08:00 20:00 for 60 days", **options)
    steps = [f"pregabalin 150 mg 08:00 20:00 from day {n} to day {n + 6}" for n in range(0, 60, 6)]
    split = treat(people, steps, **options)
    for name in ("belief", "side_effects"):
        assert np.array_equal(whole.values[name], split.values[name]), name


def test_what_ends_is_no_longer_withheld_and_tells_no_more():
    people = ni.people(BODY, 1, seed=0)
    plan = treatment_plan(people, "azathioprine 2 mg/kg for 60 days", days=120, every=24, start=resting(people)[0])
    traits = dict(plan.people.traits)
    traits["azathioprine.metabolite_formed"] = 8.0 * np.full(1, load_treatment("azathioprine").drug.metabolite_formed)
    course = solved(dataclasses.replace(plan, people=dataclasses.replace(plan.people, traits=traits)))
    assert course.values["withheld"][0, 50] == 1 and course.values["withheld"][0, 61:].max() == 0


def test_a_second_course_of_a_drug_is_withheld_for_as_long_as_tests_say():
    """The end of an earlier course does not lift what the tests of a later one have stopped."""
    people = ni.people(BODY, 1, seed=0)
    texts = ["azathioprine 2 mg/kg for 5 days", "azathioprine 2 mg/kg from day 20 to day 80"]
    plan = treatment_plan(people, texts, days=80, every=24, start=resting(people)[0])
    traits = dict(plan.people.traits)
    traits["azathioprine.metabolite_formed"] = 8.0 * np.full(1, load_treatment("azathioprine").drug.metabolite_formed)
    course = solved(dataclasses.replace(plan, people=dataclasses.replace(plan.people, traits=traits)))
    held = course.values["azathioprine_withheld"][0]
    first = int(np.flatnonzero(held)[0])
    assert held[first : first + 13].min() == 1, "until the next test, a fortnight later"
