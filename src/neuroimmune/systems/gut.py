"""The gut: its bacteria, its wall, and the endotoxin that comes through."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import hill, lost, positive
from neuroimmune.quantity import System, fitted, output, par, state

FIT_ILLNESS = fitted("illness")
FALSIFIED_BY = (
    "people who are ill and whose plasma LPS, followed for months, is that of healthy people; or a treatment that "
    "closes the barrier and brings LPS down while nobody gets better"
)


class GutState(NamedTuple):
    """Bacteria, wall, and what comes through."""

    dysbiosis: float = state(0.0, "1", "loss of butyrate-making bacteria; 1 halves butyrate", scale=0.1)
    permeability: float = state(1.0, "1", "permeability of the gut's wall, relative to usual", scale=0.1)
    lps_translocated: float = state(74.7, "pg/mL", "bacterial lipopolysaccharide in plasma that came from the gut")


class GutOutputs(NamedTuple):
    """What stool, urine and plasma show."""

    butyrate: float = output("1", "butyrate in stool, relative to usual")
    lactulose_mannitol: float = output("1", "ratio of lactulose to mannitol in urine of two hours")


class Gut(System):
    """Stress and inflammation open the wall within hours; a change of bacteria keeps it open for months.

    The loop: lipopolysaccharide that comes through inflames the wall, inflamed wall feeds other bacteria, and these
    leave it open. Its strength is `loop`; alone it holds from 2 upwards.
    Stress opens the wall only of those whose cortisol rises (vanuytsel2014), so it comes as the person's own drive of
    CRH. Dysbiosis and less butyrate were seen in people ill for under four years and hardly in those ill for over ten
    (xiong2023); nobody has shown that they come first. What lipopolysaccharide from the gut does to cytokines is not
    that of injected endotoxin, and is left out but for what the body's arrows say.
    """

    loop: float = par(
        0.9294, "1", "strength of the gut's loop", FIT_ILLNESS + "; prior: below its fold in most",
        spread=0.6081,
    )  # fmt: skip
    loop_half: float = par(
        0.4, "1", "rise of lipopolysaccharide at which its return is half",
        "assumed: giloteaux2016, patients have 1.6 times the usual",
    )  # fmt: skip
    loop_hill: float = par(
        2.0, "1", "steepness of the return", "assumed: the least with which two states can be", fixed=True
    )
    tau_dysbiosis: float = par(
        600.0,
        "hour",
        "time for bacteria to change",
        "palleja2018: abstract, near baseline six weeks after antibiotics",
        spread=0.3,
    )
    antibiotic_on_dysbiosis: float = par(
        3.0, "1", "dysbiosis under lasting antibiotics", "assumed: three quarters of butyrate lost"
    )
    dysbiosis_on_barrier: float = par(0.4, "1", "permeability by dysbiosis of 1", "assumed: as loop_half")
    tau_barrier: float = par(2.0, "hour", "time for the wall to open and close", "vanuytsel2014: within two hours")
    stress_on_barrier: float = par(
        0.066, "1", "permeability by a drive of CRH by stress of 1",
        "vanuytsel2014: abstract, speech doubles it in who answers as usual, whose drive is 15",
    )  # fmt: skip
    inflammation_on_barrier: float = par(
        0.4962,
        "1",
        "permeability by interferon of 1",
        FIT_ILLNESS + "; prior: a bout of illness opens it as much as dysbiosis",
    )
    k_lps: float = par(
        1.0, "1/hour", "removal of lipopolysaccharide", "assumed: as injected endotoxin in models, 1.0 to 1.1"
    )
    lps_rest: float = par(
        74.7, "pg/mL", "lipopolysaccharide at rest", "giloteaux2016: median of 39 healthy; spread of IQR 54 to 99",
        spread=0.449,
    )  # fmt: skip
    lactulose_mannitol_rest: float = par(
        0.030, "1", "ratio of lactulose to mannitol at rest", "vanuytsel2014: SD 0.022", spread=0.6
    )

    def rates(
        self, y: GutState, stress: Any, inflammation: Any, antibiotic: Any, microbes_repair: Any = 0.0
    ) -> GutState:
        """`stress` is the drive of CRH by it, `inflammation` the interferon of an infection.

        `microbes_repair` is what treatment undoes, in 1/hour.
        """
        opened = (
            self.dysbiosis_on_barrier * y.dysbiosis
            + self.stress_on_barrier * stress
            + self.inflammation_on_barrier * inflammation
        )
        kept_up = self.loop * hill(self.rise(y), self.loop_half, self.loop_hill)
        return GutState(
            dysbiosis=(kept_up + self.antibiotic_on_dysbiosis * antibiotic - y.dysbiosis) / self.tau_dysbiosis
            - lost(y.dysbiosis, microbes_repair),
            permeability=(1.0 + opened - y.permeability) / self.tau_barrier,
            lps_translocated=self.k_lps * (self.lps_rest * y.permeability - y.lps_translocated),
        )

    def outputs(self, y: GutState) -> GutOutputs:
        """Butyrate, and the sugars that tell of the wall."""
        return GutOutputs(butyrate=self.butyrate(y), lactulose_mannitol=self.lactulose_mannitol_rest * y.permeability)

    def rise(self, y: GutState) -> Any:
        """Lipopolysaccharide above rest, relative to it; nothing at rest."""
        return positive(y.lps_translocated / self.lps_rest - 1.0)

    def butyrate(self, y: GutState) -> Any:
        """Butyrate relative to usual."""
        return 1.0 / (1.0 + y.dysbiosis)
