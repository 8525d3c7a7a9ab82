"""Whatever the minute: events, saves and inputs meet as they should."""

import numpy as np
import pytest

from neuroimmune.body import Body
from neuroimmune.engine.trace import evaluate
from neuroimmune.population import people
from neuroimmune.protocol import Protocol, change, give
from neuroimmune.quantity import declared
from neuroimmune.simulation import simulate


@pytest.mark.parametrize("every", [0.05, 0.1, 0.2, 1.0])
def test_every_minute_of_a_day(every):
    """A dose at each of 1,440 minutes, one a person: solved to the end, with the dose where it falls on a save."""
    minutes = np.arange(24 * 60)
    protocols = [Protocol("minute", [give("endotoxin", "1 ng/kg", at=float(m) / 60)]) for m in minutes]
    course = simulate(people(Body(), len(minutes)), protocols, days=1, every=every, keep=["endotoxin"])
    assert course.failed == {}
    at = np.isclose(course.times[None, :] * 60, minutes[:, None], atol=1e-6)
    np.testing.assert_allclose(course.values["endotoxin"][at], 1.0, rtol=1e-6)
    before = course.times[None, :] * 60 < minutes[:, None] - 1e-6
    assert not course.values["endotoxin"][before].any()


def test_adjoining_changes_meet():
    what = [change("stress", "1", at=9 + 3 / 60, lasting="18 min"), change("stress", "1", at="09:21", lasting="18 min")]
    course = simulate(Body(), Protocol("stress", what), days=1, every=0.05, keep=["stress"])
    during = (course.times >= 9.05 - 1e-9) & (course.times < 9.65 - 1e-9)
    np.testing.assert_array_equal(course.values["stress"][0], during.astype(np.float32))


def test_read_outs_see_what_happens():
    """CRH during stress is that of the equations at the saved state and the stress of that moment."""
    body = Body()
    course = simulate(body, Protocol("stress", [change("stress", "5", at="08:00", lasting="2 h")]), days=1, every=0.1)
    y = [course.values[name][0].astype(float) for name in declared(Body.rates, "y")]
    stress = np.where((course.times >= 8) & (course.times < 10), 5.0, 0.0)
    inputs = [stress if name == "stress" else np.zeros_like(stress) for name in declared(Body.rates, "inputs")]
    crh = evaluate(body, "outputs", course.times, y, inputs)[0]
    np.testing.assert_allclose(course.values["crh"][0], crh, rtol=1e-5)
    assert course.values["crh"][0].max() > 2


def test_a_policy_can_leave_out_what_is_scheduled():
    what = Protocol("stress", [change("stress", "5", at=f"day {day} 08:00", lasting="2 h") for day in range(3)])

    def rest_on_the_second_day(day):
        day.share["stress"][:] = 0.0 if day.number == 1 else 0.5

    course = simulate(Body(), what, days=3, policy=rest_on_the_second_day, keep=["stress", "cortisol"])
    daily = course.values["stress"][0, 1:].reshape(3, 24).max(axis=1)
    np.testing.assert_array_equal(daily, [2.5, 0.0, 2.5])
