"""Endotoxin, monocytes and the cytokines of blood, with fever and C-reactive protein."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import circadian, hill, log, positive, power, repressed, saturating, turnover
from neuroimmune.quantity import System, fitted, par, state

FIT = fitted("cytokines")

INJECTED = "fitted: IL-6 injection rows of role fit, see docs/fit-cytokines.md"
VACCINE = "fitted: typhoid vaccine rows of role fit, see docs/fit-cytokines.md"
REST = "dobreva2021: data file, mean and SD of the 20 men before the dose"
STEEP = "assumed: a whole number, chosen among a few (docs/fit-cytokines.md)"


class CytokineState(NamedTuple):
    """What the blood holds."""

    endotoxin: float = state(0.0, "ng/kg", "endotoxin in blood, and what monocytes take for it", scale=0.01)
    il6_depot: float = state(0.0, "ug/kg", "interleukin-6 under the skin, not yet absorbed", scale=0.01)
    vaccine: float = state(0.0, "1", "typhoid Vi vaccine in the muscle, in doses", scale=0.01)
    signal_early: float = state(0.0, "1", "signal of monocytes on its way; 1 is full endotoxin without TNF", scale=0.01)
    signal: float = state(0.0, "1", "signal that has come to the making of TNF", scale=0.01)
    signal_late: float = state(0.0, "1", "signal that has come to the making of IL-10, and to tolerance", scale=0.01)
    signal_last: float = state(0.0, "1", "signal that has come to the making of IL-6", scale=0.01)
    signal_latest: float = state(0.0, "1", "signal that has come to the making of IL-8", scale=0.001)
    tolerance: float = state(0.0, "1", "tolerance of monocytes; at 1 they make half the TNF", scale=0.01)
    tnf: float = state(1.118, "pg/mL", "tumour necrosis factor in plasma")
    tnf_bound: float = state(0.0, "pg/mL", "TNF out of plasma, on its receptors, that will come back", scale=1.0)
    il6: float = state(1.0475, "pg/mL", "interleukin-6 in plasma")
    il8: float = state(3.0105, "pg/mL", "interleukin-8 in plasma")
    il10: float = state(0.2345, "pg/mL", "interleukin-10 in plasma")
    temperature: float = state(-0.0436, "kelvin", "body temperature, above the person's own mean of the day", scale=0.1)
    crp_synthesis: float = state(0.0, "mg/L/hour", "making of C-reactive protein by the liver, above rest", scale=0.01)
    crp: float = state(0.8, "mg/L", "C-reactive protein in plasma")


class Cytokines(System):
    """Endotoxin signals to monocytes, which make cytokines and learn tolerance; these drive fever and CRP.

    Endotoxin saturates its receptor; TNF adds to the signal, which reaches the making of TNF two steps later, that of
    IL-10 after one more, that of IL-6 after another and that of IL-8 after a last. Tolerance and IL-10 end it, and
    IL-6 adds to IL-10.
    Leaves out tissue, IL-1 and interferons; blood is one well-mixed pool. The usual rise of cortisol after endotoxin
    is contained in the numbers, so `cortisol_hold` is 1 then too, unless cortisol is other than usual.
    Fitted to boluses of 0.5, 1 and 2 ng/kg and 2 ng/kg over 4 h, IL-8 and IL-10 to 2 ng/kg only; concentrations are on
    the raw scale of dobreva2021. Stress was measured for minutes: what hours of it make, several pg/mL of IL-6 and tens
    of IL-8, nobody has seen. Not valid above 2 ng/kg, where tolerance holds all peaks. TNF and IL-10 after the infusion
    come out two to three times too low, unless its assay read so much higher.
    """

    k_endotoxin: float = par(0.4058, "1/hour", "removal of endotoxin", FIT)
    endotoxin_half: float = par(0.7854, "ng/kg", "endotoxin that half-saturates its receptor", FIT, spread=0.3207)
    tnf_on_signal: float = par(3.936, "1", "further signal by TNF, at most", FIT)
    tnf_on_signal_half: float = par(237.3, "pg/mL", "rise of TNF that half-saturates it", FIT)
    k_signal: float = par(3.883, "1/hour", "pace of the signal at each of its steps", FIT, spread=0.1183)
    s_tolerance: float = par(1.632, "1/hour", "learning of tolerance at full signal", FIT, spread=0.1264)
    signal_on_tolerance_half: float = par(0.6816, "1", "signal that half-saturates it", FIT)
    signal_on_tolerance_hill: float = par(4.0, "1", "its steepness", STEEP, fixed=True)
    k_tolerance: float = par(0.3103, "1/hour", "forgetting of tolerance", FIT)
    tolerance_hill: float = par(8.0, "1", "steepness with which tolerance ends making", STEEP, fixed=True)
    il10_on_making_half: float = par(32.87, "pg/mL", "rise of IL-10 that halves the making of the others", FIT)

    tnf_rest: float = par(1.118, "pg/mL", "TNF at rest", REST, spread=0.23)
    k_tnf: float = par(1.305, "1/hour", "removal of TNF", FIT)
    k_tnf_binding: float = par(0.3008, "1/hour", "binding of TNF", FIT)
    k_tnf_release: float = par(0.3355, "1/hour", "release of bound TNF", FIT)
    s_tnf: float = par(1973.0, "pg/mL/hour", "making of TNF at full signal", FIT, spread=0.4069)
    signal_on_tnf_half: float = par(1.185, "1", "signal that half-saturates it", FIT)
    signal_on_tnf_hill: float = par(3.0, "1", "its steepness", STEEP, fixed=True)

    il6_rest: float = par(1.0475, "pg/mL", "IL-6 at rest", REST, spread=0.47)
    k_il6: float = par(1.357, "1/hour", "removal of IL-6", FIT)
    il6_on_removal_half: float = par(
        1157.0, "pg/mL", "rise of IL-6 that halves what saturates of its removal", INJECTED
    )
    il6_on_removal_hill: float = par(2.0, "1", "its steepness", STEEP, fixed=True)
    removal_kept: float = par(
        0.125, "1", "share of that removal which never saturates, as the kidney's",
        "assumed: just over a ninth, with which more IL-6 is always removed faster: none keeps itself up", fixed=True,
    )  # fmt: skip
    s_il6: float = par(19100.0, "pg/mL/hour", "making of IL-6 at full signal", FIT, spread=0.3028)
    signal_on_il6_half: float = par(2.019, "1", "signal that half-saturates it", FIT)
    signal_on_il6_hill: float = par(3.0, "1", "its steepness", STEEP, fixed=True)
    tolerance_on_il6_half: float = par(1.483, "1", "tolerance that halves it", FIT)

    il8_rest: float = par(3.0105, "pg/mL", "IL-8 at rest", REST, spread=0.25)
    k_il8: float = par(1.182, "1/hour", "removal of IL-8", FIT)
    s_il8: float = par(5986.0, "pg/mL/hour", "making of IL-8 at full signal", FIT, spread=0.1209)
    signal_on_il8_half: float = par(0.8299, "1", "signal that half-saturates it", FIT)
    signal_on_il8_hill: float = par(3.0, "1", "its steepness", STEEP, fixed=True)
    tolerance_on_il8_half: float = par(1.537, "1", "tolerance that halves it", FIT)

    il10_rest: float = par(0.2345, "pg/mL", "IL-10 at rest", REST, spread=0.62)
    k_il10: float = par(1.207, "1/hour", "removal of IL-10", FIT)
    s_il10: float = par(27.49, "pg/mL/hour", "making of IL-10 at full signal", FIT, spread=0.2922)
    signal_on_il10_half: float = par(0.4881, "1", "signal that half-saturates it", FIT)
    signal_on_il10_hill: float = par(3.0, "1", "its steepness", STEEP, fixed=True)
    tolerance_on_il10_half: float = par(2.175, "1", "tolerance that halves it", FIT)
    il6_on_il10: float = par(107.8, "pg/mL/hour", "making of IL-10 by IL-6, at most", FIT)
    il6_on_il10_half: float = par(547.2, "pg/mL", "rise of IL-6 that half-saturates it", FIT)
    il6_on_il10_hill: float = par(4.0, "1", "its steepness", STEEP, fixed=True)

    day: float = par(24.0, "hour", "length of the day", "definition", fixed=True)
    temperature_rhythm: float = par(
        0.35, "kelvin", "swing of the temperature that the body holds, daily",
        "assumed: with the lag of following, 0.6 K from lowest to highest, over the 0.5 K of patients",
    )  # fmt: skip
    temperature_peak: float = par(
        15.0, "hour", "hour of its highest, before the lag of following",
        "baehr2000: abstract, lowest at 05:02 in people who are neither morning nor evening types, so highest at 17:00",
        range=(0.0, 24.0),
    )  # fmt: skip
    tau_temperature: float = par(2.788, "hour", "time for temperature to follow", FIT)
    fever: float = par(1.669, "kelvin", "fever by each e-fold of cytokines, once they are many", FIT, spread=0.09985)
    tnf_on_temperature_from: float = par(35.03, "pg/mL", "rise of TNF from which fever goes by its logarithm", FIT)
    il6_on_temperature_from: float = par(537.0, "pg/mL", "rise of IL-6 from which fever goes by its logarithm", FIT)
    pyrogens_on_temperature_hill: float = par(3.0, "1", "steepness below that", STEEP, fixed=True)

    crp_rest: float = par(
        0.8, "mg/L", "CRP at rest", "shine1981: median of 468 donors; spread from the 90th percentile, 3 mg/L",
        spread=1.03,
    )  # fmt: skip
    k_crp: float = par(0.0364814, "1/hour", "removal of CRP, half-life 19 h", "vigushin1993: abstract")
    tau_crp_synthesis: float = par(
        12.0, "hour", "time for the liver's making of CRP to follow IL-6",
        "assumed: one lag for transcription, translation and secretion, with which CRP peaks at about 24 h",
    )  # fmt: skip
    il6_on_crp: float = par(
        17.5, "mg/L/hour", "further making of CRP by IL-6, at most",
        "assumed: lasting strong inflammation takes CRP to some hundreds of mg/L, here 480",
    )  # fmt: skip
    il6_on_crp_half: float = par(82.22, "pg/mL", "rise of IL-6 that half-saturates it", FIT)

    k_il6_depot: float = par(0.1139, "1/hour", "absorption of IL-6 from under the skin", INJECTED)
    il6_of_depot: float = par(
        1081.0, "pg*kg/mL/ug", "IL-6 in plasma by a dose, were it absorbed at once",
        INJECTED + "; spread: from the SEs of the peaks of tsigos1997, root mean square of five doses", spread=0.35,
    )  # fmt: skip
    k_vaccine: float = par(0.2257, "1/hour", "release of the vaccine", VACCINE)
    vaccine_on_signal: float = par(0.7274, "hour", "signal by the release of a dose in an hour", VACCINE, spread=0.195)
    stress_on_signal: float = par(
        0.17, "1", "signal by full sympathetic activation",
        "assumed: small, for a jury's test then adds some 0.03 pg/mL of IL-6; no fitted row tells",
    )  # fmt: skip

    def rates(
        self, t: Any, y: CytokineState, endotoxin_infusion: Any, il6_infusion: Any,
        il6_elsewhere: Any, stress_drive: Any, cortisol_hold: Any, phase: Any, pyrogen: Any,
        fever_kept: Any = 1.0, crp_kept: Any = 1.0,
    ) -> CytokineState:  # fmt: skip
        """What is given: `endotoxin_infusion` in ng/kg/hour and `il6_infusion` in pg/mL/hour; a bolus is a jump.

        What other systems send: `il6_elsewhere`, made by muscle or where infection is, in pg/mL/hour;
        `stress_drive`, nothing at rest and 1 at full sympathetic activation; `cortisol_hold`, by which all making
        of cytokines is multiplied, 1 at usual cortisol; `phase`, how many hours later the person's clock runs;
        `pyrogen`, what else gives fever, nothing at rest; `fever_kept` and `crp_kept`, what treatment leaves of
        fever and of CRP at rest.
        """
        released, absorbed = self.k_vaccine * y.vaccine, self.k_il6_depot * y.il6_depot
        tnf_rise, il6_rise = positive(y.tnf - self.tnf_rest), positive(y.il6 - self.il6_rest)
        il10_rise = positive(y.il10 - self.il10_rest)
        sensed = (
            saturating(y.endotoxin, self.endotoxin_half)
            + self.vaccine_on_signal * released
            + self.stress_on_signal * stress_drive
        )
        sent = sensed * (1.0 + self.tnf_on_signal * saturating(tnf_rise, self.tnf_on_signal_half))
        learnt = self.s_tolerance * hill(y.signal_late, self.signal_on_tolerance_half, self.signal_on_tolerance_hill)
        held = cortisol_hold * repressed(il10_rise, self.il10_on_making_half, 1.0)
        tnf_made = (
            self.s_tnf
            * hill(y.signal, self.signal_on_tnf_half, self.signal_on_tnf_hill)
            * repressed(y.tolerance, 1.0, self.tolerance_hill)
        )
        il6_made = (
            self.s_il6
            * hill(y.signal_last, self.signal_on_il6_half, self.signal_on_il6_hill)
            * repressed(y.tolerance, self.tolerance_on_il6_half, self.tolerance_hill)
        )
        il8_made = (
            self.s_il8
            * hill(y.signal_latest, self.signal_on_il8_half, self.signal_on_il8_hill)
            * repressed(y.tolerance, self.tolerance_on_il8_half, self.tolerance_hill)
        )
        il10_made = (
            self.s_il10 * hill(y.signal_late, self.signal_on_il10_half, self.signal_on_il10_hill)
            + self.il6_on_il10 * hill(il6_rise, self.il6_on_il10_half, self.il6_on_il10_hill)
        ) * repressed(y.tolerance, self.tolerance_on_il10_half, self.tolerance_hill)
        given = self.il6_of_depot * absorbed + il6_infusion + il6_elsewhere
        free = repressed(il6_rise, self.il6_on_removal_half, self.il6_on_removal_hill)
        k_il6 = self.k_il6 * (self.removal_kept + (1.0 - self.removal_kept) * free)
        binding = self.k_tnf_binding * tnf_rise - self.k_tnf_release * y.tnf_bound
        steep = self.pyrogens_on_temperature_hill
        pyrogens = tnf_rise / self.tnf_on_temperature_from + il6_rise / self.il6_on_temperature_from + pyrogen
        rhythm = self.temperature_rhythm * circadian(t, self.temperature_peak + phase, self.day)
        crp_made = self.il6_on_crp * saturating(il6_rise, self.il6_on_crp_half)
        return CytokineState(
            endotoxin=endotoxin_infusion - self.k_endotoxin * y.endotoxin,
            il6_depot=-absorbed,
            vaccine=-released,
            signal_early=self.k_signal * (sent - y.signal_early),
            signal=self.k_signal * (y.signal_early - y.signal),
            signal_late=self.k_signal * (y.signal - y.signal_late),
            signal_last=self.k_signal * (y.signal_late - y.signal_last),
            signal_latest=self.k_signal * (y.signal_last - y.signal_latest),
            tolerance=learnt - self.k_tolerance * y.tolerance,
            tnf=held * tnf_made - binding + turnover(y.tnf, self.tnf_rest, self.k_tnf),
            tnf_bound=binding,
            il6=held * il6_made + given + turnover(y.il6, self.il6_rest, k_il6),
            il8=held * il8_made + turnover(y.il8, self.il8_rest, self.k_il8),
            il10=cortisol_hold * il10_made + turnover(y.il10, self.il10_rest, self.k_il10),
            temperature=(fever_kept * self.fever / steep * log(1.0 + power(pyrogens, steep)) + rhythm - y.temperature)
            / self.tau_temperature,
            crp_synthesis=(crp_made - y.crp_synthesis) / self.tau_crp_synthesis,
            crp=y.crp_synthesis + turnover(y.crp, crp_kept * self.crp_rest, self.k_crp),
        )
