"""Exertion: what working muscle uses up, and the interleukin-6 it makes."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import power
from neuroimmune.quantity import System, par, state


class EnergyState(NamedTuple):
    """What exertion leaves behind."""

    muscle_depletion: float = state(
        0.0, "hour", "fuel that muscle has used and not yet stored again, in hours of maximal work", scale=0.01
    )


class Energy(System):
    """Muscle uses fuel in proportion to work, and makes IL-6 the more, the emptier it is.

    First form: work capacity, lactate and what follows exertion a day later are left out.
    """

    k_refuelling: float = par(0.05, "1/hour", "storing of fuel", "assumed: muscle glycogen comes back in about a day")
    il6_of_muscle: float = par(
        30.0, "pg/mL/hour", "making of IL-6 by muscle at full work, an hour of maximal work depleted",
        "assumed: to be fitted to exercise rows",
    )  # fmt: skip
    depletion_hill: float = par(
        1.5, "1", "steepness with which IL-6 follows depletion",
        "assumed: IL-6 rises more steeply than duration, fischer2006", fixed=True,
    )  # fmt: skip

    def rates(self, t: Any, y: EnergyState, exertion: Any) -> EnergyState:
        """`exertion` is oxygen uptake as a share of its maximum, above rest."""
        return EnergyState(muscle_depletion=exertion - self.k_refuelling * y.muscle_depletion)

    def il6_made(self, y: EnergyState, exertion: Any) -> Any:
        """IL-6 that muscle gives to the blood."""
        return self.il6_of_muscle * exertion * power(y.muscle_depletion / self.hour, self.depletion_hill)

    hour: float = par(1.0, "hour", "an hour of maximal work", "definition", fixed=True)
