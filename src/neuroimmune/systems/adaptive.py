"""Adaptive immunity: B cells, plasma cells that turn against the self, their antibody; regulatory T and NK cells."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import hill, lost
from neuroimmune.quantity import System, fitted, par, state

FIT_ILLNESS = fitted("illness")
FALSIFIED_BY = (
    "removal of plasma cells and antibody (not of B cells alone) in a blinded trial that leaves the ill as they were; "
    "or antibody that, followed from the acute illness, is not higher in those who stay ill"
)


class AdaptiveState(NamedTuple):
    """Cells and antibody; those against the self are nothing in health."""

    b_cells: float = state(1.0, "1", "B cells, relative to usual")
    autoreactive_plasma: float = state(
        0.0, "1", "plasma cells that make autoantibody; 1 keeps antibody at 1", scale=0.1
    )
    autoantibody: float = state(0.0, "1", "autoantibody; 1 is that at which its return is half", scale=0.1)
    treg: float = state(1.0, "1", "regulatory T cells, relative to usual")
    nk_cytotoxicity: float = state(1.0, "1", "killing by natural killer cells, relative to usual")


class Adaptive(System):
    """Infection raises plasma cells against the self; their antibody calls for more of them.

    The loop goes through B cells, yet plasma cells live on without them: depletion of B cells takes months to tell, and
    antibody falls no faster than with the half-life of IgG. Its strength is `loop`; alone it holds from 2 upwards.
    Raised antibody against receptors is found in a third of patients (loebel2016) and in healthy people too; that it
    does anything is contested. NK function is contested: lower in a meta-analysis (baraniuk2024), the same in others
    (walitt2024, katz2014), so what lowers it here is small. Numbers are assumed but for the half-life of IgG.
    """

    loop: float = par(
        0.5712, "1", "strength of the autoantibody loop",
        FIT_ILLNESS + "; prior: below its fold in most; see `neuroimmune explain loops`", spread=0.6081,
    )  # fmt: skip
    loop_hill: float = par(
        2.0, "1", "steepness of the return", "assumed: the least with which two states can be", fixed=True
    )
    k_b_cells: float = par(
        5e-4, "1/hour", "turnover of B cells", "macallan2005: abstract, 0.46 % a day of naive and 2.7 % of memory cells"
    )  # fmt: skip
    tau_plasma: float = par(
        2000.0, "hour", "life of such plasma cells", "assumed: months; short-lived ones days, long-lived ones years",
        spread=0.3,
    )  # fmt: skip
    infection_on_autoreactive: float = par(
        1.489, "1", "plasma cells against the self under lasting interferon of 1",
        FIT_ILLNESS + "; prior: enough to pass a fold at 2.5", spread=0.3,
    )  # fmt: skip
    k_antibody: float = par(
        0.001375, "1/hour", "removal of IgG, half-life 21 d", "assumed: textbooks; no paper was seen"
    )
    tau_treg: float = par(336.0, "hour", "time for regulatory T cells to follow", "assumed: two weeks")
    tau_nk: float = par(336.0, "hour", "time for NK cells to follow", "zhang2007: abstract, a turnover of two weeks")
    exhaustion_on_nk: float = par(
        0.2, "1", "fall of killing by exhaustion of 1", "assumed: small, for studies disagree", spread=0.5
    )

    def rates(
        self, y: AdaptiveState, interferon: Any, butyrate: Any, exhaustion: Any, b_cell_killing: Any = 0.0,
        b_cells_matter: Any = 1.0, plasma_killing: Any = 0.0, nk_killing: Any = 0.0, help_kept: Any = 1.0,
        antibody_removal: Any = 0.0, antibody_free: Any = 1.0,
    ) -> AdaptiveState:  # fmt: skip
        """`butyrate` is relative to usual, `exhaustion` that of immunity to latent virus.

        Treatments kill cells and remove antibody, in 1/hour; `b_cells_matter` is the share of plasma cells against the
        self that need B cells, `help_kept` what is left of what calls for them,
        and `antibody_free` of the antibody that is not bound.
        """
        help_given = help_kept * self.loop * hill(antibody_free * y.autoantibody, 1.0, self.loop_hill) / y.treg
        return AdaptiveState(
            b_cells=self.k_b_cells * (1.0 - y.b_cells) - lost(y.b_cells, b_cell_killing),
            autoreactive_plasma=(
                (1.0 - b_cells_matter + b_cells_matter * y.b_cells)
                * (help_given + self.infection_on_autoreactive * interferon)
                - y.autoreactive_plasma
            )
            / self.tau_plasma
            - lost(y.autoreactive_plasma, plasma_killing),
            autoantibody=self.k_antibody * (y.autoreactive_plasma - y.autoantibody)
            - lost(y.autoantibody, antibody_removal),
            treg=(butyrate - y.treg) / self.tau_treg,
            nk_cytotoxicity=(1.0 / (1.0 + self.exhaustion_on_nk * exhaustion) - y.nk_cytotoxicity) / self.tau_nk
            - lost(y.nk_cytotoxicity, nk_killing),
        )
