"""Exertion: what working muscle uses up, and the interleukin-6 it makes."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import hill, power
from neuroimmune.quantity import System, fitted, par, state

FIT = fitted("symptoms")


class EnergyState(NamedTuple):
    """What exertion leaves behind."""

    muscle_depletion: float = state(
        0.0, "hour", "fuel that muscle has used and not yet stored again, in hours of maximal work", scale=0.01
    )


class Energy(System):
    """Muscle uses fuel in proportion to work, and makes IL-6 the more, the harder it works and the emptier it is.

    First form: work capacity, lactate and what follows exertion a day later are left out.
    """

    k_refuelling: float = par(0.05, "1/hour", "storing of fuel", "assumed: muscle glycogen comes back in about a day")
    il6_of_muscle: float = par(
        399.1, "pg/mL/hour", "making of IL-6 by muscle at full work when empty",
        FIT + "; spread assumed", spread=0.4,
    )  # fmt: skip
    depletion_half: float = par(
        1.821, "hour", "depletion at which half of that is made",
        FIT + "; spread: IL-6 differs by 38 % at 6 h and 10 % at 12 h, wallberg2011", spread=0.4,
    )  # fmt: skip
    depletion_hill: float = par(
        2.0, "1", "its steepness", "assumed: IL-6 still rises after 6 h and no more after 12, wallberg2011", fixed=True
    )  # fmt: skip
    intensity_hill: float = par(
        6.0, "1", "steepness with which making follows intensity",
        "assumed: of 4, 6 and 8 the least with which 2.5 h at 75 % raise IL-6 so much more than 6 h at 60 % of VO2max "
        "(ostrowski1998, wallberg2011)", fixed=True,
    )  # fmt: skip

    def rates(self, t: Any, y: EnergyState, exertion: Any) -> EnergyState:
        """`exertion` is oxygen uptake as a share of its maximum, above rest."""
        return EnergyState(muscle_depletion=exertion - self.k_refuelling * y.muscle_depletion)

    def il6_made(self, y: EnergyState, exertion: Any) -> Any:
        """IL-6 that muscle gives to the blood, in pg/mL/hour."""
        emptied = hill(y.muscle_depletion, self.depletion_half, self.depletion_hill)
        return self.il6_of_muscle * power(exertion, self.intensity_hill) * emptied
