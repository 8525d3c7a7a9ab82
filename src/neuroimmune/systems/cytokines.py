"""Endotoxin, monocytes and the cytokines of blood, with fever and C-reactive protein."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import hill, positive, repressed, turnover
from neuroimmune.quantity import System, par, state

FIT = "windoloski2024: bolus, mean fit"
KEPT = "windoloski2024: bolus, held at its nominal value"
# Of ln peak the 20 men have the SDs TNF .69, IL-6 .48, IL-8 .17, IL-10 .47; with the spreads below the model has
# about .24 for each of the four: the threshold of activation multiplies what reaches it, and so lets through no
# more of TNF, IL-6 and IL-10 without too much of it in IL-8.
SPREAD = "spread assumed to lie here, for part of that of the 20 men's peaks"
FEVER = "dobreva2021: fit to the 20 men"
FEVER_KEPT = "dobreva2021: held at its nominal value"


class CytokineState(NamedTuple):
    """What the blood holds."""

    endotoxin: float = state(0.0, "ng/kg", "endotoxin in blood, per body weight", scale=1e-3)
    monocytes_resting: float = state(28200.0, "count", "monocytes that can be activated, on the model's scale")
    monocytes_active: float = state(0.0, "count", "monocytes that make cytokines", scale=1.0)
    tnf: float = state(8.792574, "pg/mL", "tumour necrosis factor in plasma")
    il6: float = state(0.609735, "pg/mL", "interleukin-6 in plasma")
    il8: float = state(4.175065, "pg/mL", "interleukin-8 in plasma")
    il10: float = state(3.747134, "pg/mL", "interleukin-10 in plasma")
    temperature: float = state(0.0, "kelvin", "body temperature, above the person's own at rest", scale=0.1)
    crp_synthesis: float = state(0.0, "mg/L/hour", "making of C-reactive protein by the liver, above rest", scale=0.01)
    crp: float = state(0.8, "mg/L", "C-reactive protein in plasma")
    il6_depot: float = state(0.0, "ug/kg", "interleukin-6 under the skin, per body weight", scale=1e-3)
    vaccine: float = state(0.0, "1", "typhoid vaccine in muscle, in doses", scale=1e-3)


class Cytokines(System):
    """Endotoxin activates monocytes, which make cytokines that drive fever and C-reactive protein.

    Leaves out tissue, tolerance, IL-1, interferons and the effect of cortisol; blood is one well-mixed pool.
    Equations: windoloski2024 (after brady2018), dobreva2021 for temperature, vigushin1993 for the loss of CRP.
    Valid for one bolus of 2 ng/kg, to which it was fitted. Activation by TNF is a threshold near 1.2 ng/kg:
    below it the cytokines are several times too low. The concentrations are on the re-calibrated scale of
    windoloski2024, a shift away from the raw assay: compare rises above rest.
    """

    k_endotoxin: float = par(1.01, "1/hour", "removal of endotoxin", KEPT)
    s_monocytes: float = par(0.006, "1/hour", "logistic replacement of monocytes", KEPT)
    monocytes_capacity: float = par(
        28200.0, "count", "resting monocytes when left alone",
        "windoloski2024: initial count; its capacity 30000 is no rest, for the count would climb to it",
    )  # fmt: skip
    s_activation: float = par(0.0414, "1/hour", "activation by endotoxin alone", KEPT)
    endotoxin_on_activation_half: float = par(3.3, "ng/kg", "endotoxin that half-saturates activation", KEPT)
    tnf_on_activation: float = par(8.6497, "1/hour", "further activation by TNF, at most", KEPT)
    tnf_on_activation_half: float = par(140.845070, "pg/mL", "TNF that half-saturates it", KEPT)
    tnf_on_activation_hill: float = par(3.16, "1", "its steepness", KEPT, fixed=True)
    il10_on_activation_half: float = par(3.883929, "pg/mL", "IL-10 that halves activation", KEPT)
    il10_on_activation_hill: float = par(0.3, "1", "its steepness", KEPT, fixed=True)
    k_monocytes_active: float = par(2.673824, "1/hour", "end of activation", FIT)

    tnf_rest: float = par(8.792574, "pg/mL", "TNF at rest", KEPT + "; spread of the 20 men", spread=0.23)
    k_tnf: float = par(1.395104, "1/hour", "removal of TNF", FIT)
    s_tnf: float = par(
        0.997979, "pg/mL/hour/count", "making of TNF by an active monocyte",
        FIT + "; " + SPREAD, spread=0.10,
    )  # fmt: skip
    il6_on_tnf_half: float = par(560.0, "pg/mL", "IL-6 that halves the making of TNF", KEPT)
    il6_on_tnf_hill: float = par(2.0, "1", "its steepness", KEPT, fixed=True)
    il10_on_tnf_half: float = par(15.535714, "pg/mL", "IL-10 that halves the making of TNF", KEPT)
    il10_on_tnf_hill: float = par(3.0, "1", "its steepness", KEPT, fixed=True)

    il6_rest: float = par(0.609735, "pg/mL", "IL-6 at rest", KEPT + "; spread of the 20 men", spread=0.48)
    k_il6: float = par(0.66, "1/hour", "removal of IL-6", KEPT)
    s_il6: float = par(
        0.81, "pg/mL/hour/count", "making of IL-6 by an active monocyte",
        KEPT + "; " + SPREAD, spread=0.50,
    )  # fmt: skip
    tnf_on_il6: float = par(
        0.81, "pg/mL/hour/count", "further making of IL-6 by TNF, at most",
        KEPT + "; " + SPREAD, spread=0.50,
    )  # fmt: skip
    tnf_on_il6_half: float = par(260.563380, "pg/mL", "TNF that half-saturates it", KEPT)
    tnf_on_il6_hill: float = par(2.0, "1", "its steepness", KEPT, fixed=True)
    il6_on_il6_half: float = par(560.0, "pg/mL", "IL-6 that halves its own making", KEPT)
    il10_on_il6_half: float = par(31.071429, "pg/mL", "IL-10 that halves the making of IL-6", KEPT)
    il10_on_il6_hill: float = par(4.0, "1", "its steepness", KEPT, fixed=True)

    il8_rest: float = par(4.175065, "pg/mL", "IL-8 at rest", KEPT + "; spread of the 20 men", spread=0.25)
    k_il8: float = par(0.686367, "1/hour", "removal of IL-8", FIT)
    s_il8: float = par(0.745727, "pg/mL/hour/count", "making of IL-8 by an active monocyte", FIT)
    tnf_on_il8: float = par(0.788732, "pg/mL/hour/count", "further making of IL-8 by TNF, at most", KEPT)
    tnf_on_il8_half: float = par(260.563380, "pg/mL", "TNF that half-saturates it", KEPT)
    tnf_on_il8_hill: float = par(3.0, "1", "its steepness", KEPT, fixed=True)
    il10_on_il8_half: float = par(15.535714, "pg/mL", "IL-10 that halves the making of IL-8", KEPT)
    il10_on_il8_hill: float = par(1.5, "1", "its steepness", KEPT, fixed=True)

    il10_rest: float = par(3.747134, "pg/mL", "IL-10 at rest", KEPT)
    k_il10: float = par(0.8, "1/hour", "removal of IL-10", KEPT)
    s_il10: float = par(
        0.015045, "pg/mL/hour/count", "making of IL-10 by an active monocyte",
        FIT + "; " + SPREAD, spread=0.30,
    )  # fmt: skip
    il6_on_il10: float = par(
        0.017054, "pg/mL/hour/count", "further making of IL-10 by IL-6, at most",
        KEPT + "; " + SPREAD, spread=0.30,
    )  # fmt: skip
    il6_on_il10_half: float = par(560.0, "pg/mL", "IL-6 that half-saturates it", KEPT)
    il6_on_il10_hill: float = par(3.68, "1", "its steepness", KEPT, fixed=True)

    tau_temperature: float = par(1.69321, "hour", "time for temperature to follow", FEVER)
    tnf_on_temperature: float = par(2.00625, "kelvin", "fever by TNF, at most", FEVER + ": kt (TM - Tm) kttnf")
    tnf_on_temperature_half: float = par(185.0, "pg/mL", "rise of TNF that half-saturates it", FEVER_KEPT)
    il6_on_temperature: float = par(3.566270, "kelvin", "fever by IL-6, at most", FEVER + ": kt (TM - Tm) kt6")
    il6_on_temperature_half: float = par(560.0, "pg/mL", "rise of IL-6 that half-saturates it", FEVER_KEPT)
    fever_hill: float = par(0.75, "1", "steepness of both", FEVER_KEPT, fixed=True)
    il10_on_temperature: float = par(0.083594, "kelvin", "cooling by IL-10, at most", FEVER + ": kt (TM - Tm) kt10")
    il10_on_temperature_half: float = par(34.772, "pg/mL", "rise of IL-10 that half-saturates it", FEVER_KEPT)

    crp_rest: float = par(
        0.8, "mg/L", "CRP at rest", "shine1981: median of 468 donors; spread from the 90th percentile, 3 mg/L",
        spread=1.03,
    )  # fmt: skip
    k_crp: float = par(0.0364814, "1/hour", "removal of CRP, half-life 19 h", "vigushin1993: abstract")
    tau_crp_synthesis: float = par(
        12.0, "hour", "time for the liver's making of CRP to follow IL-6",
        "assumed: one lag for transcription, translation and secretion, with which CRP peaks at 22 h",
    )  # fmt: skip
    il6_on_crp: float = par(
        17.5, "mg/L/hour", "further making of CRP by IL-6, at most",
        "assumed: lasting strong inflammation takes CRP to some hundreds of mg/L, here 480",
    )  # fmt: skip
    il6_on_crp_half: float = par(
        107.0, "pg/mL", "rise of IL-6 that half-saturates it", "fitted: barber1993, CRP 42 mg/L after 2 ng/kg"
    )  # fmt: skip

    k_il6_depot: float = par(0.3, "1/hour", "absorption of injected IL-6", "assumed: a peak at 2 to 4 h, tsigos1997")
    il6_of_depot: float = par(
        120.0, "pg/mL/(ug/kg)", "IL-6 that a dose brings to plasma", "assumed: 65 pg/mL after 1 ug/kg, tsigos1997"
    )  # fmt: skip
    k_vaccine: float = par(0.15, "1/hour", "release of vaccine", "assumed: IL-6 rises for 4 to 8 h, paine2013")
    vaccine_as_endotoxin: float = par(
        0.3, "ng/kg", "endotoxin that acts like a dose of vaccine", "assumed: to be fitted to harrison2015"
    )

    def rates(self, t: Any, y: CytokineState, endotoxin_infusion: Any, il6_muscle: Any) -> CytokineState:
        """`endotoxin_infusion` in ng/kg/hour (a bolus is a jump of `endotoxin`); `il6_muscle` in pg/mL/hour."""
        tnf_rise, il6_rise = positive(y.tnf - self.tnf_rest), positive(y.il6 - self.il6_rest)
        il10_rise = positive(y.il10 - self.il10_rest)
        activation = (
            hill(y.endotoxin, self.endotoxin_on_activation_half, 1.0)
            * (
                self.s_activation
                + self.tnf_on_activation * hill(y.tnf, self.tnf_on_activation_half, self.tnf_on_activation_hill)
            )
            * repressed(y.il10, self.il10_on_activation_half, self.il10_on_activation_hill)
            * y.monocytes_resting
        )
        replaced = self.s_monocytes * y.monocytes_resting * (1.0 - y.monocytes_resting / self.monocytes_capacity)
        tnf_made = (
            self.s_tnf
            * repressed(y.il6, self.il6_on_tnf_half, self.il6_on_tnf_hill)
            * repressed(y.il10, self.il10_on_tnf_half, self.il10_on_tnf_hill)
            * y.monocytes_active
        )
        il6_made = (
            (self.s_il6 + self.tnf_on_il6 * hill(y.tnf, self.tnf_on_il6_half, self.tnf_on_il6_hill))
            * repressed(y.il6, self.il6_on_il6_half, 1.0)
            * repressed(y.il10, self.il10_on_il6_half, self.il10_on_il6_hill)
            * y.monocytes_active
        )
        il8_made = (
            (self.s_il8 + self.tnf_on_il8 * hill(y.tnf, self.tnf_on_il8_half, self.tnf_on_il8_hill))
            * repressed(y.il10, self.il10_on_il8_half, self.il10_on_il8_hill)
            * y.monocytes_active
        )
        il10_made = (
            self.s_il10 + self.il6_on_il10 * hill(y.il6, self.il6_on_il10_half, self.il6_on_il10_hill)
        ) * y.monocytes_active
        fever = (
            self.tnf_on_temperature * hill(tnf_rise, self.tnf_on_temperature_half, self.fever_hill)
            + self.il6_on_temperature * hill(il6_rise, self.il6_on_temperature_half, self.fever_hill)
            - self.il10_on_temperature * hill(il10_rise, self.il10_on_temperature_half, 1.0)
        )
        crp_made = self.il6_on_crp * hill(il6_rise, self.il6_on_crp_half, 1.0)
        return CytokineState(
            endotoxin=endotoxin_infusion
            + self.vaccine_as_endotoxin * self.k_vaccine * y.vaccine
            - self.k_endotoxin * y.endotoxin,
            monocytes_resting=replaced - activation,
            monocytes_active=activation - self.k_monocytes_active * y.monocytes_active,
            tnf=tnf_made + turnover(y.tnf, self.tnf_rest, self.k_tnf),
            il6=il6_made
            + il6_muscle
            + self.il6_of_depot * self.k_il6_depot * y.il6_depot
            + turnover(y.il6, self.il6_rest, self.k_il6),
            il8=il8_made + turnover(y.il8, self.il8_rest, self.k_il8),
            il10=il10_made + turnover(y.il10, self.il10_rest, self.k_il10),
            temperature=(fever - y.temperature) / self.tau_temperature,
            crp_synthesis=(crp_made - y.crp_synthesis) / self.tau_crp_synthesis,
            crp=y.crp_synthesis + turnover(y.crp, self.crp_rest, self.k_crp),
            il6_depot=-self.k_il6_depot * y.il6_depot,
            vaccine=-self.k_vaccine * y.vaccine,
        )
