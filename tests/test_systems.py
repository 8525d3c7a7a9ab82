"""The physiology: at rest when left alone, exact where theory is, ordered as people are, sourced throughout."""

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import neuroimmune
from neuroimmune.body import Body
from neuroimmune.engine.events import BOLUS, SET_INPUT, Event
from neuroimmune.engine.reference import solve
from neuroimmune.engine.trace import evaluate, outputs_of
from neuroimmune.errors import InputError
from neuroimmune.evidence.sources import kind_of, read_bibtex, sources
from neuroimmune.evidence.statistics import HOURS, STATISTICS
from neuroimmune.evidence.targets import COLUMNS, target_sets, targets
from neuroimmune.protocol import load_protocol, read_settings
from neuroimmune.quantity import System, build, declared, parameters
from neuroimmune.simulation import simulate
from neuroimmune.systems.hpa import HPA

BODY = Body()
STATES = declared(Body.rates, "y")
ROW = {name: row for row, name in enumerate(STATES)}
START = [q.value for q in STATES.values()]
LEVELS = [q.value for q in declared(Body.rates, "inputs").values()]
MIDNIGHT: Any = build(Body.rates, "y", iter(START))
CYTOKINES = list(declared(type(BODY.cytokines).rates, "y"))
DAILY = [
    *("acth", "cortisol", "pituitary_mass", "adrenal_mass"),
    "temperature",
    *("sleep_pressure", "sleep_debt", "sleep_inertia", "arousal_slow", "training"),
]
STEADY = [name for name in ROW if name not in DAILY]
BLOOD = ("tnf", "il6", "il8", "il10")


def after(dose, hours, body: System = BODY, at=0.0):
    return solve(body, list(hours), [Event(at, BOLUS, ROW["endotoxin"], dose)], start=START)


def test_what_has_no_day_rests_exactly():
    rates = dict(zip(STATES, evaluate(BODY, "rates", 0.0, START, LEVELS), strict=True))
    assert {name: rates[name] for name in STEADY} == dict.fromkeys(STEADY, 0.0)


def test_nothing_happens_without_a_dose():
    course = solve(BODY, list(range(0, 30 * 24 + 1, 24)), start=START)
    for name in STEADY:
        np.testing.assert_allclose(course[:, ROW[name]], START[ROW[name]], rtol=1e-12, atol=1e-15)


def test_the_start_is_near_the_daily_rest():
    course = solve(BODY, list(range(0, 30 * 24 + 1, 24)), start=START)
    for name in DAILY:
        np.testing.assert_allclose(course[:, ROW[name]], START[ROW[name]], rtol=0.03, err_msg=name)


def test_cytokines_do_not_reach_the_stress_axis_at_rest():
    outputs = dict(zip(declared(Body.outputs, "return"), evaluate(BODY, "outputs", 0.0, START, LEVELS), strict=True))
    assert outputs["immune_drive"] == 0.0


@pytest.mark.parametrize("dose", [2.0, 4.0])
def test_nothing_is_negative_after_endotoxin(dose):
    course = after(dose, np.arange(0.0, 72.0, 0.25), at=9.0)
    states = [row for name, row in ROW.items() if name not in ("temperature", "arousal_slow", "clock_lag")]
    assert course[:, states].min() > -1e-6
    assert np.isfinite(course).all()


def test_back_to_rest_after_endotoxin():
    course = after(2.0, [0.0, *np.arange(1.0, 4.0, 0.25), 24.0, 24.0 * 30])
    for name in BLOOD:
        rise = course[:, ROW[name]] - START[ROW[name]]
        assert rise[-2] < 2e-3 * rise.max()
    assert course[-2, ROW["temperature"]] < 0.05
    assert course[-1, ROW["crp"]] == pytest.approx(START[ROW["crp"]], rel=1e-2)  # the set-point moves by a hundredth


def given(name, amount, hours, body: System = BODY):
    return solve(body, list(hours), [Event(0.0, BOLUS, ROW[name], amount)], start=START)


def test_endotoxin_decays_by_its_half_life():
    course = after(2.0, np.arange(0.0, 6.0, 0.5))
    np.testing.assert_allclose(
        course[:, ROW["endotoxin"]], 2.0 * np.exp(-BODY.cytokines.k_endotoxin * np.arange(0.0, 6.0, 0.5)), rtol=1e-5
    )


def test_little_il6_under_the_skin_follows_bateman():
    """As little as leaves removal at its usual rate: a first-order depot and a first-order loss."""
    c, hours, dose = BODY.cytokines, np.arange(0.0, 24.0, 1.0), 1e-4
    rise = given("il6_depot", dose, hours)[:, ROW["il6"]] - c.il6_rest
    bateman = np.exp(-c.k_il6_depot * hours) - np.exp(-c.k_il6 * hours)
    expected = dose * c.il6_of_depot * c.k_il6_depot / (c.k_il6 - c.k_il6_depot) * bateman
    np.testing.assert_allclose(rise, expected, rtol=2e-3, atol=1e-6)


def test_infused_il6_comes_to_its_balance():
    c, balance = BODY.cytokines, 400.0
    saturated = 1.0 - 1.0 / (1.0 + (balance / c.il6_on_removal_half) ** 2)
    rate = c.k_il6 * balance * (1.0 - (1.0 - c.removal_kept) * saturated)
    y = MIDNIGHT.cytokines._replace(il6=c.il6_rest + balance)
    assert c.rates(0.0, y, 0.0, rate, 0.0, 0.0, 1.0, 0.0, 0.0).il6 == pytest.approx(0.0, abs=1e-9)


def test_more_il6_is_always_removed_faster():
    """So that there is one balance for each making, and much IL-6 does not keep itself up."""
    c, rises = BODY.cytokines, np.geomspace(1e-3, 1e6, 2000)
    states = [MIDNIGHT.cytokines._replace(il6=c.il6_rest + rise) for rise in rises]
    removed = -np.array([c.rates(0.0, y, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0).il6 for y in states])
    assert (np.diff(removed) > -1e-9).all() and removed[-1] > 1e5


def test_what_other_systems_send_to_the_blood():
    c, rest = BODY.cytokines, MIDNIGHT.cytokines
    y = rest._replace(signal=1.0, signal_late=1.0, signal_last=1.0, signal_latest=1.0)
    usual, held = (c.rates(0.0, y, 0.0, 0.0, 0.0, 0.0, hold, 0.0, 0.0) for hold in (1.0, 0.25))
    for name in BLOOD:
        assert getattr(usual, name) > 1.0
        assert getattr(held, name) == pytest.approx(0.25 * getattr(usual, name))
    stressed = c.rates(0.0, rest, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0)
    assert {n for n, rate in stressed._asdict().items() if rate} == {"signal_early", "temperature"}
    assert c.rates(0.0, rest, 0.0, 0.0, 3.0, 0.0, 1.0, 0.0, 0.0).il6 == 3.0


def test_more_endotoxin_does_more_and_a_little_does_a_little():
    """Peaks grow with the dose, and nowhere by a leap: a tenth more makes them half as much again at most.

    But for IL-8, which does not grow from 1 ng/kg on.
    """
    doses = np.geomspace(0.02, 4.0, 25)
    peaks = np.array([after(d, np.arange(0.0, 12.0, 0.25))[:, [ROW[n] for n in BLOOD]].max(0) for d in doses])
    rises = peaks - [START[ROW[n]] for n in BLOOD]
    steepness = np.diff(np.log(rises), axis=0) / np.diff(np.log(doses))[:, None]
    but_il8 = [BLOOD.index(name) for name in BLOOD if name != "il8"]
    assert steepness[:, but_il8].min() > 0 and (rises[6:] > 0.95 * rises[:-6]).all()
    assert steepness.max() < 4.0  # the exponent 3 of small doses, and TNF's help; people differ as much as that says


def test_the_order_in_which_they_come():
    course = after(2.0, np.arange(0.0, 48.0, 0.05))
    when = {n: 0.05 * int(course[:, ROW[n]].argmax()) for n in ("tnf", "il6", "il8", "il10", "temperature", "crp")}
    assert 1.5 <= when["tnf"] <= 2.0 and 2.0 <= when["il6"] <= 3.0 and 2.0 <= when["il8"] <= 3.0
    assert when["il8"] <= when["il10"] + 0.3 and when["il10"] < when["temperature"] < when["crp"]
    assert 20 <= when["crp"] <= 50


def test_slow_endotoxin_comes_later():
    quick = after(2.0, np.arange(0.0, 12.0, 0.1))
    inputs = list(declared(Body.rates, "inputs"))
    on = Event(0.0, SET_INPUT, inputs.index("endotoxin_infusion"), 0.5)
    slow = solve(BODY, list(np.arange(0.0, 12.0, 0.1)), [on, on._replace(time=4.0, value=0.0)], start=START)
    for name in BLOOD:
        assert slow[:, ROW[name]].argmax() > quick[:, ROW[name]].argmax() + 5


@pytest.mark.parametrize(("apart", "least", "most"), [(6.0, 0.0, 0.5), (24.0, 0.7, 1.01)])
def test_tolerance_of_a_second_dose(apart, least, most):
    """Greatest some hours after the first, and nearly gone a day later (ex vivo: at 6 h, gone after 12 h)."""
    doses = [Event(0.0, BOLUS, ROW["endotoxin"], 2.0), Event(apart, BOLUS, ROW["endotoxin"], 2.0)]
    hours = np.arange(0.0, 36.0, 0.1)
    course = solve(BODY, list(hours), doses, start=START)[:, ROW["tnf"]]
    assert least < course[hours > apart + 0.5].max() / course[hours <= 6.0].max() < most


def test_a_vaccine_is_a_small_slow_endotoxin():
    course, saline = (given("vaccine", dose, np.arange(0.0, 48.0, 0.25)) for dose in (1.0, 0.0))
    fold = course.max(0) / np.array(START, dtype=float).clip(1e-9)
    assert 2.0 < fold[ROW["il6"]] < 5.0 and fold[ROW["tnf"]] < 3.0
    assert (course - saline)[:, ROW["temperature"]].max() < 0.2
    assert course[-1, ROW["il6"]] == pytest.approx(START[ROW["il6"]], rel=0.05)


def test_free_cortisol_solves_mass_action():
    hpa = BODY.hpa
    for total in (50.0, 200.0, 400.0, 900.0, 3000.0):
        y = MIDNIGHT.hpa._replace(cortisol=total)
        free = hpa.outputs(0.0, y, 0.0, 0.0, 0.0).cortisol_free
        bound = hpa.cbg * free / (hpa.cbg_half + free) + hpa.albumin / hpa.albumin_half * free
        assert free + bound == pytest.approx(total, rel=1e-12)


def test_free_cortisol_is_some_four_per_cent():
    """3.7 % (SD 1.1) by equilibrium dialysis at 37 C in ten volunteers."""
    y = MIDNIGHT.hpa._replace(cortisol=300.0)
    assert BODY.hpa.outputs(0.0, y, 0.0, 0.0, 0.0).cortisol_free / 300.0 == pytest.approx(0.037, abs=0.011)


def test_every_number_has_a_source(capsys):
    kinds = Counter(kind_of(known.source) for known in parameters(BODY).values())
    with capsys.disabled():
        print("\nsources of the body's parameters:", dict(kinds))
    health = [BODY.cytokines, BODY.hpa, BODY.sleep]
    kinds = Counter(kind_of(known.source) for part in health for known in parameters(part).values())
    assert kinds["published"] + kinds["fitted"] > 1.5 * kinds["assumed"], "what was fitted to healthy people"


def test_a_source_must_exist():
    with pytest.raises(InputError, match="did you mean milo2025"):
        kind_of("milo2052: table 1")
    with pytest.raises(InputError, match="has no source"):
        kind_of("")
    with pytest.raises(InputError, match="does not say why"):
        kind_of("assumed: ")
    with pytest.raises(InputError, match="stands twice"):
        read_bibtex("@misc{a,\n title = {x}\n}\n@misc{a,\n title = {y}\n}\n")


def test_every_entry_is_used_and_complete():
    package = Path(neuroimmune.__file__).parent
    text = "".join(p.read_text() for suffix in ("py", "csv", "toml") for p in package.rglob(f"*.{suffix}"))
    assert [key for key in sources() if key not in text] == []
    assert [key for key, entry in sources().items() if "title" not in entry.fields] == []


@pytest.mark.parametrize("name", target_sets())
def test_targets_are_well_formed(name):
    rows = targets(name)
    assert tuple(rows.columns) == (*COLUMNS, "rise")
    assert rows["id"].is_unique
    assert set(rows["study"]) <= set(sources())
    assert set(rows["statistic"]) <= set(STATISTICS)
    assert set(rows["role"]) <= {"fit", "check"}
    assert set(rows.groupby("study")["role"].nunique()) == {1}
    assert set(rows["checked"]) <= {"verified", "unverified"}
    units = {n: q.unit for n, q in (STATES | outputs_of(Body)).items()}
    own = {"percent change": "percent", "fold change": "1", "cohen d": "1", "percent ever": "percent"}
    own |= dict.fromkeys(HOURS, "hour")
    for row in rows.itertuples():
        assert row.unit == own.get(row.statistic, units.get(row.quantity, row.unit)), row.id
        assert load_protocol(name, **read_settings(row.settings)).name == row.protocol == name
    for study, doi in zip(rows["study"], rows["doi"].fillna(""), strict=True):
        assert doi == sources()[study].fields.get("doi", "")


def test_no_target_was_removed_or_changed():
    """A row may be added, corrected or given another role only on purpose: then this name of all changes too."""
    rows = pd.concat([targets(name) for name in target_sets()])
    facts = sorted(zip(rows["id"], rows["value"].astype(str), rows["role"], rows["checked"], strict=True))
    assert (len(rows), hashlib.sha256(str(facts).encode()).hexdigest()[:12]) == (785, "c4ccc40c9967")
    assert rows["id"].is_unique
    assert rows.groupby("study")["role"].nunique().eq(1).all(), "a role is set by whole study"
    verified = rows[rows["checked"] == "verified"]
    assert len(verified) >= 40 and verified["study"].nunique() >= 15


@pytest.mark.parametrize(
    "name", ["exercise:intensity=1.2,duration=2 h", "exercise", "endotoxin", "sleep-loss", "social-stress"]
)
def test_what_is_read_stays_in_the_range_of_people(name):
    course = simulate(BODY, load_protocol(name), every=0.5)
    for quantity, (low, high) in {
        "heart_rate": (30, 200), "rmssd": (2, 150), "temperature": (-2, 4), "fatigue": (0, 100), "sickness": (0, 100),
        "sleepiness": (0, 100), "pain_threshold": (100, 1000), "reaction_time": (200, 1000), "cortisol": (5, 2000),
    }.items():  # fmt: skip
        values = course.values[quantity]
        assert low <= values.min() and values.max() <= high, quantity


def test_a_night_awake_slows_reactions():
    course = simulate(BODY, "sleep-loss", days=2, every=1)
    assert course.values["reaction_time"][0, 24 + 6] > 1.03 * course.values["reaction_time"][0, 12]


def test_the_heart_keeps_its_bounds_and_exertion_can_be_cut_from_it():
    hard = load_protocol("exercise:intensity=1.2,duration=2 h")
    rate = simulate(BODY, hard, every=0.25, keep=["heart_rate"]).values["heart_rate"][0]
    assert rate.max() == pytest.approx(BODY.autonomic.heart_rate_max, rel=1e-5)
    body = Body(without=["exertion-heart", "exertion-immune"])
    cut = simulate(body, hard, every=0.25, keep=["heart_rate"]).values["heart_rate"][0]
    still = simulate(BODY, days=hard.days, every=0.25, keep=["heart_rate"]).values["heart_rate"][0]
    np.testing.assert_allclose(cut, still, rtol=1e-3)


def test_without_binding_all_cortisol_is_loose():
    total = np.array([10.0, 100.0, 500.0, 1000.0])
    np.testing.assert_allclose(HPA(cbg=0.0).loose(total), total, rtol=1e-12)
    loose = HPA().loose(total)
    assert (loose < total).all() and (np.diff(loose / total) > 0).all()


def test_a_jury_raises_il6_a_little():
    il6 = simulate(BODY, "social-stress", every=0.25, keep=["il6"]).values["il6"][0]
    assert 0.01 < il6.max() - il6[0] < 0.2
