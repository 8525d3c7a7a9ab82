"""The stress axis: its day, its glands, its published ancestor, and answers that only go one way."""

import numpy as np
import pytest

from neuroimmune.body import Body
from neuroimmune.calibrate import chronic_stress
from neuroimmune.population import people
from neuroimmune.protocol import Protocol, change, give, load_protocol
from neuroimmune.quantity import declared
from neuroimmune.simulation import simulate

BODY = Body()
HORMONES = ["acth", "cortisol", "pituitary_mass", "adrenal_mass"]


def course(protocol="quiet-day", **chosen):
    protocol = load_protocol(protocol, **chosen) if isinstance(protocol, str) else protocol
    found = simulate(BODY, protocol, every=0.25, keep=[*HORMONES, "crh", "cortisol_free"])
    return found.times, {name: values[0] for name, values in found.values.items()}


def test_cortisol_swings_sixfold_in_a_day_and_acth_half_of_that():
    hours, day = course()
    assert 5.5 < day["cortisol"].max() / day["cortisol"].min() < 10
    assert 2.0 < day["acth"].max() / day["acth"].min() < 3.2  # 2.4 in carroll2007; waking takes it a little too high
    assert 7 < hours[day["cortisol"].argmax()] < 9.5
    assert 22 < (hours[day["cortisol"].argmin()] - 12) % 24 + 12 < 26


def test_glands_keep_the_means_of_the_day():
    _, day = course()
    assert day["acth"][:-1].mean() == pytest.approx(BODY.hpa.acth_rest, rel=0.01)
    assert day["crh"][:-1].mean() == pytest.approx(1.0, rel=0.01)
    for gland in ("pituitary_mass", "adrenal_mass"):
        assert day[gland][0] == pytest.approx(1.0, abs=0.05)


def test_everybody_of_two_thousand_has_a_resting_day():
    course = simulate(people(BODY, 2000, seed=3), days=1, every=6, keep=["cortisol", "immune_drive"])
    assert course.not_at_rest == [] and course.failed == {}
    assert course.values["cortisol"].min() > 0
    assert np.abs(course.values["immune_drive"]).max() < 1e-4


def test_without_rhythm_and_with_an_adrenal_in_proportion_it_is_the_published_model():
    found = chronic_stress.three()
    for name, values in found["published"].items():
        np.testing.assert_allclose(found["ours, like it"][name], values, rtol=0.01, err_msg=name)
    assert found["published"]["cortisol"][58] == pytest.approx(1.84, abs=0.04), "as its authors' notebook has it"
    assert found["published"]["acth"][179] == pytest.approx(0.91, abs=0.01)


def test_more_stress_is_never_less_cortisol():
    peaks = []
    for strength in ("0", "0.25", "0.5", "1", "2", "4"):
        hours, found = course(Protocol("stress", change("stress", strength, "14:00", "20 min")))
        peaks.append([found[name][(hours >= 14) & (hours <= 16)].max() for name in ("acth", "cortisol")])
    assert (np.diff(peaks, axis=0) > 0).all()


@pytest.mark.parametrize("event", [
    give("dexamethasone_gut", "100 mg", "09:00"), give("crh_ovine", "30 ug/kg", "09:00"),
    give("il6_depot", "10 ug/kg", "21:00"), change("stress", "20", "06:00", "10 h"),
])  # fmt: skip
def test_nothing_is_negative_whatever_is_given(event):
    _, found = course(Protocol("much", event, days=4))
    assert min(values.min() for values in found.values()) > 0
    assert found["cortisol"].max() < 2000


@pytest.mark.parametrize(("protocol", "chosen", "hour", "sign"), [
    ("dexamethasone-test", "dose", 24 + 23 + 9, -1), ("il6-injection", "dose", 11, 1),
    ("exercise", "intensity", 10.5, 1), ("crh-test", "dose", 10, 1),
])  # fmt: skip
def test_more_of_it_goes_one_way(protocol, chosen, hour, sign):
    unit = {"dexamethasone-test": " mg", "exercise": ""}.get(protocol, " ug/kg")
    found = []
    for amount in (0.01, 0.1, 0.25, 0.5, 1.0):
        hours, values = course(protocol, **{chosen: f"{amount}{unit}"})
        found.append(values["cortisol"][np.abs(hours - hour).argmin()])
    assert (sign * np.diff(found) > -0.02).all(), found  # nmol/L: the solver's
    assert sign * (found[-1] - found[0]) > 20


def test_a_trace_of_il6_does_a_trace():
    """A slope at zero that is finite, and small: 1 pg/mL is less than a tenth of what a jury does."""
    y = {name: known.value for name, known in declared(Body.rates, "y").items()}
    assert y["il6"] == BODY.cytokines.il6_rest
    drive = [BODY.il6_on_crh * np.log(1 + rise / BODY.il6_on_crh_half) for rise in (1e-4, 1.0)]
    assert drive[1] / drive[0] == pytest.approx(1e4, rel=0.01)
    assert drive[1] < 0.1 * BODY.stress_on_crh
