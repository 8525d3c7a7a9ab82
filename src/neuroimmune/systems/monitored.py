"""What is watched under treatment: white cells, a liver enzyme, IgG, and the hazard of infection."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import minimum, positive, power
from neuroimmune.quantity import System, output, par, state


class MonitoredState(NamedTuple):
    """Cells on their way from marrow to blood, and what the laboratory tells; values are those of a usual person."""

    marrow: float = state(1.0, "1", "dividing cells of the marrow, relative to usual")
    maturing_early: float = state(1.0, "1", "cells that mature, at first, relative to usual")
    maturing: float = state(1.0, "1", "cells that mature, midway, relative to usual")
    maturing_late: float = state(1.0, "1", "cells that mature, at last, relative to usual")
    neutrophils: float = state(4.0, "1/nL", "neutrophils in blood, in 10^9 a litre")
    alt: float = state(22.0, "U/L", "alanine aminotransferase in blood")
    plasma_cells: float = state(1.0, "1", "plasma cells that make IgG, relative to usual")
    igg: float = state(1.0, "1", "IgG in plasma, relative to usual")
    igg_tissue: float = state(1.0, "1", "IgG outside plasma, relative to usual")
    steroid_lately: float = state(0.0, "1", "steroid of the past week, in multiples of usual cortisol", scale=0.1)
    tnf_blocked_lately: float = state(0.0, "1", "blockade of TNF in the past week", scale=0.1)


class MonitoredOutputs(NamedTuple):
    """What follows from them."""

    infection_hazard: float = output("1", "hazard of infection, relative to that without treatment")


class Monitored(System):
    """Neutrophils by Friberg's chain, alanine aminotransferase by turnover, IgG by what makes and what removes it.

    IgG that is saved from removal, and its two pools, make it fall by steps under adsorption and come back from tissue.
    The hazard of infection is that of steroids, of TNF blockade, of few neutrophils and of little IgG, multiplied.
    Left out: lymphocytes, platelets, red cells, creatinine, glucose, blood pressure, bone.
    """

    transit: float = par(120.0, "hour", "time from division to blood", "assumed: five days, as Friberg's chain has it")
    neutrophils_rest: float = par(
        4.0, "1/nL", "neutrophils at rest", "assumed: the middle of laboratory ranges, 2 to 7", spread=0.3,
    )  # fmt: skip
    k_neutrophils: float = par(0.1, "1/hour", "loss of neutrophils from blood", "assumed: half-life of some 7 hours")
    marrow_feedback: float = par(
        0.17, "1", "power with which division answers the lack of neutrophils", "assumed: as in Friberg's model"
    )
    alt_rest: float = par(
        22.0, "U/L", "alanine aminotransferase at rest", "assumed: laboratory ranges end at 40", spread=0.35
    )
    k_alt: float = par(0.0147, "1/hour", "removal of alanine aminotransferase", "assumed: half-life of 47 hours")
    igg_rest: float = par(
        11.0, "g/L", "IgG in plasma at rest", "thurmann1995: healthy volunteers before infusion, 10.7 and 12.4 g/L"
    )
    k_igg: float = par(
        0.00264, "1/hour", "removal of IgG from plasma",
        "assumed: with 52 % of it in plasma its half-life is 21 days, as in the body; thurmann1995 has 22.4 days",
    )  # fmt: skip
    igg_exchange: float = par(
        0.0103, "1/hour", "exchange of plasma's IgG with that of tissue",
        "assumed: 0.031 L/hour, with which plasma fills up again within two days of adsorption",
    )  # fmt: skip
    igg_outside: float = par(0.92, "1", "IgG outside plasma, as a multiple of that inside", "assumed: 2.75 and 3.0 L")
    k_plasma_cells: float = par(
        0.0003, "1/hour", "replacement of plasma cells", "assumed: some five months, for IgG returns within a year"
    )
    tau_lately: float = par(168.0, "hour", "time over which exposure counts for infection", "assumed: a week")
    steroid_on_infection: float = par(
        0.21, "1", "rise of the hazard of infection by steroid equal to usual cortisol",
        "george2020: 8.6, 11.0, 14.4 and 17.7 % a year by dose, in arthritis; by hand, with 3, 7.5 and 15 mg of "
        "prednisolone as they count here",
    )  # fmt: skip
    tnf_on_infection: float = par(
        0.2, "1", "rise of the hazard of infection by full TNF blockade",
        "galloway2011: hazard ratio of serious infection 1.2 (1.1 to 1.5), in arthritis",
    )  # fmt: skip
    few_neutrophils: float = par(
        1.0, "1/nL", "lack of neutrophils below 2 that doubles the hazard of infection", "assumed: severe below 1"
    )
    neutrophils_enough: float = par(
        2.0, "1/nL", "neutrophils below which infection is more frequent", "assumed: the laboratory's limit"
    )
    little_igg: float = par(
        0.3,
        "1",
        "lack of IgG below half of usual that doubles the hazard of infection",
        "assumed: severe below a fifth",
    )
    igg_enough: float = par(0.5, "1", "IgG below which infection is more frequent", "assumed: half of usual")

    def rates(
        self, y: MonitoredState, marrow_kept: Any, alt_released: Any, killing: Any, removal: Any, supply: Any,
        steroid: Any, tnf_blocked: Any,
    ) -> MonitoredState:  # fmt: skip
        """`marrow_kept` is what is left of division, `alt_released` the share of enzyme released beside the usual.

        `killing` of plasma cells and `removal` of IgG are in 1/hour, its `supply` in g/L/hour; `steroid` is relative to
        usual cortisol.
        """
        pace = 4.0 / self.transit
        asked = power(self.neutrophils_rest / y.neutrophils, self.marrow_feedback)
        exchanged = self.igg_exchange * (y.igg - y.igg_tissue)
        return MonitoredState(
            marrow=pace * y.marrow * (asked * marrow_kept - 1.0),
            maturing_early=pace * (y.marrow - y.maturing_early),
            maturing=pace * (y.maturing_early - y.maturing),
            maturing_late=pace * (y.maturing - y.maturing_late),
            neutrophils=self.k_neutrophils * (self.neutrophils_rest * y.maturing_late - y.neutrophils),
            alt=self.k_alt * (self.alt_rest * (1.0 + alt_released) - y.alt),
            plasma_cells=self.k_plasma_cells * (1.0 - y.plasma_cells) - killing * y.plasma_cells,
            igg=self.k_igg * (y.plasma_cells - y.igg) - removal * y.igg + supply / self.igg_rest - exchanged,
            igg_tissue=exchanged / self.igg_outside,
            steroid_lately=(steroid - y.steroid_lately) / self.tau_lately,
            tnf_blocked_lately=(tnf_blocked - y.tnf_blocked_lately) / self.tau_lately,
        )

    def outputs(self, y: MonitoredState) -> MonitoredOutputs:
        """The hazard of infection."""
        enough = minimum(self.neutrophils_enough, self.neutrophils_rest)  # who has few by nature is not counted
        few = positive(enough - y.neutrophils) / self.few_neutrophils
        little = positive(self.igg_enough - y.igg) / self.little_igg
        return MonitoredOutputs(
            infection_hazard=(1.0 + self.steroid_on_infection * y.steroid_lately)
            * (1.0 + self.tnf_on_infection * y.tnf_blocked_lately)
            * (1.0 + few)
            * (1.0 + little)
        )
