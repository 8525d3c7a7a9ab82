"""The body: all systems, and every arrow between two of them as one line."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import hill, positive
from neuroimmune.quantity import System, level, output, par, part
from neuroimmune.systems.cytokines import Cytokines, CytokineState
from neuroimmune.systems.hpa import HPA, HPAOutputs, HPAState

SIZE = "fitted: by hand, as much for both, to the unverified cortisol of barber1993 after 2 ng/kg"
MIDDLE = "assumed: about what is reached after 2 ng/kg"


class BodyInputs(NamedTuple):
    """What reaches the body from outside."""

    endotoxin_infusion: float = level(0.0, "ng/kg/hour", "endotoxin given into a vein")
    il6_infusion: float = level(0.0, "pg/mL/hour", "interleukin-6 given into a vein, as what it adds to plasma")
    stress: float = level(0.0, "1", "stress, added to the daily drive of CRH, whose mean is 1")


class BodyState(NamedTuple):
    """The state of every system."""

    cytokines: CytokineState
    hpa: HPAState


class BodyOutputs(NamedTuple):
    """The read-outs of every system, and of the arrows between them."""

    hpa: HPAOutputs
    immune_drive: float = output("1", "drive of CRH by cytokines, beside the daily drive, whose mean is 1")


class Body(System):
    """Cytokines and the stress axis, joined by the cytokines' drive of CRH.

    The way back, by which cortisol holds cytokines down, is left out: the published cytokine set was fitted to
    people whose cortisol rose, so it already contains it, and a second one would move the curves it was fitted to.
    The drive of CRH rests on one cortisol peak and one null result. After 0.4 ng/kg it does next to nothing, where
    volunteers' ACTH and cortisol rose within two hours (schreiber1993): the cytokines do not reach it.
    """

    cytokines: Cytokines = part(Cytokines)
    hpa: HPA = part(HPA)

    il6_on_crh: float = par(50.0, "1", "drive of CRH by IL-6, at most", SIZE)
    il6_on_crh_half: float = par(500.0, "pg/mL", "rise of IL-6 that half-saturates it", MIDDLE)
    tnf_on_crh: float = par(50.0, "1", "drive of CRH by TNF, at most", SIZE)
    tnf_on_crh_half: float = par(300.0, "pg/mL", "rise of TNF that half-saturates it", MIDDLE)
    cytokine_on_crh_hill: float = par(
        2.0, "1", "steepness of both",
        "fitted: by hand, the least whole number that leaves cortisol alone after 0.2 ng/kg, as in krabbe2005",
        fixed=True,
    )  # fmt: skip

    def rates(self, t: Any, y: BodyState, inputs: BodyInputs) -> BodyState:
        """Every system with what the others send it."""
        return BodyState(
            cytokines=self.cytokines.rates(
                t, y.cytokines, inputs.endotoxin_infusion, inputs.il6_infusion,
                il6_muscle=0.0, stress_drive=0.0, cortisol_hold=1.0,
            ),  # fmt: skip
            hpa=self.hpa.rates(t, y.hpa, inputs.stress, self.immune_drive(y.cytokines)),
        )

    def outputs(self, t: Any, y: BodyState, inputs: BodyInputs) -> BodyOutputs:
        """What can be read off the state."""
        immune = self.immune_drive(y.cytokines)
        return BodyOutputs(hpa=self.hpa.outputs(t, y.hpa, inputs.stress, immune), immune_drive=immune)

    def immune_drive(self, y: CytokineState) -> Any:
        """Cytokines to CRH: by their rises, so that it is nothing at rest."""
        il6, tnf = positive(y.il6 - self.cytokines.il6_rest), positive(y.tnf - self.cytokines.tnf_rest)
        return (
            self.il6_on_crh * hill(il6, self.il6_on_crh_half, self.cytokine_on_crh_hill)
            + self.tnf_on_crh * hill(tnf, self.tnf_on_crh_half, self.cytokine_on_crh_hill)
        )  # fmt: skip
