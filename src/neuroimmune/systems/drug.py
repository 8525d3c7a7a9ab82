"""A drug in the body: up to three compartments, a metabolite, and an effect site; what drug it is, its numbers say."""

from typing import Any, NamedTuple

from neuroimmune.quantity import System, output, par, state

NONE = "definition: as long as the treatment's file gives no other"
OF_FILE = "definition: the number that counts is in the file of the treatment"


class DrugState(NamedTuple):
    """Amounts in the body, and the concentration that acts."""

    depot: float = state(0.0, "mg", "drug not yet absorbed")
    central: float = state(0.0, "mg", "drug in blood and what is in balance with it")
    tissue: float = state(0.0, "mg", "drug in tissue")
    deep: float = state(0.0, "mg", "drug in deep tissue")
    metabolite_amount: float = state(0.0, "mg", "metabolite in the body")
    effect: float = state(0.0, "mg/L", "concentration that acts, where it acts")


class DrugOutputs(NamedTuple):
    """What a laboratory would find."""

    plasma: float = output("mg/L", "drug in plasma")
    metabolite: float = output("mg/L", "metabolite")


class Drug(System):
    """Absorption, exchange with two tissues and elimination, all at first order; part of what goes is a metabolite.

    What acts is drug or metabolite, as it comes to the effect site. A placebo is the same with `acts` of nothing.
    Left out: whatever saturates (absorption, elimination, binding), and removal that depends on the target.
    """

    k_absorption: float = par(1.0, "1/hour", "absorption", OF_FILE)
    bioavailability: float = par(1.0, "1", "share of what is absorbed that reaches blood", NONE, range=(0.0, 1.0))
    clearance: float = par(1.0, "L/hour", "clearance", OF_FILE)
    volume: float = par(10.0, "L", "volume of the central compartment", OF_FILE, range=(1e-3, 1e5))
    exchange: float = par(0.0, "L/hour", "exchange with tissue", NONE)
    volume_tissue: float = par(10.0, "L", "volume of tissue", NONE, range=(1e-3, 1e5))
    exchange_deep: float = par(0.0, "L/hour", "exchange with deep tissue", NONE)
    volume_deep: float = par(10.0, "L", "volume of deep tissue", NONE, range=(1e-3, 1e5))
    metabolite_formed: float = par(0.0, "1", "metabolite made by an amount of drug eliminated", NONE)
    metabolite_k: float = par(1.0, "1/hour", "removal of the metabolite", NONE)
    metabolite_volume: float = par(1.0, "L", "volume of the metabolite", NONE, range=(1e-3, 1e5))
    drug_acts: float = par(1.0, "1", "how much the drug itself acts", NONE)
    metabolite_acts: float = par(0.0, "1", "how much its metabolite acts", NONE)
    k_effect: float = par(2.0, "1/hour", "pace of the effect site", "assumed: within the hour where no lag was found")
    by_vein: float = par(0.0, "1", "1 if it is given into a vein, 0 if it has to be absorbed", NONE, range=(0.0, 1.0))
    acts: float = par(1.0, "1", "1 in the drug, 0 in its placebo", "definition", range=(0.0, 1.0))
    liver: float = par(0.0, "L/mg", "release of liver enzyme by what acts", NONE)
    marrow: float = par(0.0, "L/mg", "strength against the marrow, one over the concentration that halves it", NONE)
    cortisol: float = par(0.0, "nmol/L/mg", "cortisol in plasma by what is absorbed", NONE)
    igg: float = par(0.0, "g/L/mg", "IgG in plasma by what enters blood", NONE)

    def rates(self, y: DrugState, dose: Any) -> DrugState:
        """`dose` is what is taken or infused, in mg/hour."""
        plasma, eliminated = self.plasma(y), self.clearance * self.plasma(y)
        to_tissue = self.exchange * (plasma - y.tissue / self.volume_tissue)
        to_deep = self.exchange_deep * (plasma - y.deep / self.volume_deep)
        return DrugState(
            depot=(1.0 - self.by_vein) * dose - self.k_absorption * y.depot,
            central=self.entering(y, dose) - eliminated - to_tissue - to_deep,
            tissue=to_tissue,
            deep=to_deep,
            metabolite_amount=self.metabolite_formed * eliminated - self.metabolite_k * y.metabolite_amount,
            effect=self.k_effect * (self.drug_acts * plasma + self.metabolite_acts * self.metabolite(y) - y.effect),
        )

    def outputs(self, y: DrugState) -> DrugOutputs:
        """Concentrations; nothing under placebo."""
        return DrugOutputs(plasma=self.acts * self.plasma(y), metabolite=self.acts * self.metabolite(y))

    def plasma(self, y: DrugState) -> Any:
        """The drug in plasma."""
        return y.central / self.volume

    def metabolite(self, y: DrugState) -> Any:
        """The metabolite, as it is measured."""
        return y.metabolite_amount / self.metabolite_volume

    def entering(self, y: DrugState, dose: Any) -> Any:
        """What reaches blood, in mg/hour."""
        return self.by_vein * dose + self.bioavailability * self.k_absorption * y.depot

    def acting(self, y: DrugState) -> Any:
        """The concentration that acts; nothing under placebo."""
        return self.acts * y.effect
