"""Left alone, every person stays at rest: what one day's mean is, a month's last day's is."""

from typing import NamedTuple

import numpy as np

from neuroimmune.body import Body
from neuroimmune.population import people
from neuroimmune.quantity import System, declared, par, state
from neuroimmune.simulation import simulate

SCALES = {name: known.scale for name, known in declared(Body.rates, "y").items()}


def test_thirty_days_of_rest():
    course = simulate(people(Body(), 64, seed=5), days=30)
    assert course.not_at_rest == []
    for name, values in course.values.items():
        daily = values[:, 1:].reshape(64, 30, 24).mean(axis=2, dtype=float)
        size = np.maximum(
            np.abs(daily[:, 0]), SCALES.get(name, 1.0 if name in ("functional_symptoms", "held") else 1e-3)
        )
        assert np.max(np.abs(daily[:, -1] - daily[:, 0]) / size) < 1e-3, name
        assert name in ("temperature", "arousal_slow", "clock_lag") or values.min() >= 0.0, name


class Hill(NamedTuple):
    """A place on a slope."""

    place: float = state(0.45, "1", "where the ball lies; at 1/2 it lies on a summit")


class Summit(System):
    """Two valleys, at 0 and 1, and a summit between them that is a fixed point and no rest."""

    k: float = par(0.02, "1/hour", "how fast it rolls", "assumed: a toy")
    trend: float = par(1.0, "1", "a factor", "assumed: a toy")

    def rates(self, t, y: Hill) -> Hill:
        return Hill(place=self.k * self.trend * y.place * (y.place - 0.5) * (1.0 - y.place))


def test_rest_is_where_one_comes_back_to():
    """Acceleration finds the summit at 1/2; rest is the valley that the start rolls into."""
    course = simulate(Summit(), days=30, every=24)
    assert course.not_at_rest == []
    np.testing.assert_allclose(course.values["place"], 0.0, atol=1e-2)


def test_what_cannot_be_hoisted_compiles():
    class Level(NamedTuple):
        x: float = state(0.5, "1", "a level")

    class Plain(System):
        k: float = par(0.1, "1/hour", "removal", "assumed: a toy")

        def rates(self, t, y: Level) -> Level:
            return Level(x=1.0 - self.k * y.x)

    Plain.rates.__annotations__.update(y=Level)
    np.testing.assert_allclose(simulate(Plain(), days=1).values["x"], 10.0, rtol=1e-3)
