"""The body: all systems, and every arrow between two of them as one line."""

import dataclasses
from collections.abc import Sequence
from dataclasses import InitVar
from typing import Any, NamedTuple

from neuroimmune.errors import InputError
from neuroimmune.kinetics import e_folds, hill, positive
from neuroimmune.quantity import System, fitted, level, output, par, part, with_parameters
from neuroimmune.systems.adaptive import Adaptive, AdaptiveState
from neuroimmune.systems.autonomic import Autonomic, AutonomicOutputs, AutonomicState
from neuroimmune.systems.brain import Brain, BrainOutputs, BrainState
from neuroimmune.systems.cytokines import Cytokines, CytokineState
from neuroimmune.systems.energy import Energy, EnergyOutputs, EnergyState
from neuroimmune.systems.gut import Gut, GutOutputs, GutState
from neuroimmune.systems.hpa import HPA, HPAOutputs, HPAState
from neuroimmune.systems.infection import Infection, InfectionOutputs, InfectionState
from neuroimmune.systems.sleep import Sleep, SleepOutputs, SleepState
from neuroimmune.systems.symptoms import SymptomOutputs, Symptoms
from neuroimmune.systems.targets import UNTOUCHED, Touched

HELD = "assumed: each loop, when held, takes fatigue half-way up its scale or somewhat more"
FIT, FIT_HPA, FIT_ILLNESS = fitted("symptoms"), fitted("hpa"), fitted("illness")
ARROWS = {
    "immune-hpa": ("il6_on_crh", "tnf_on_crh"),
    "immune-brain": ("il6_on_brain", "tnf_on_brain"),
    "immune-sleep": ("slow_on_restoration",),
    "brain-heart": ("fast_on_arousal",),
    "stress-hpa": ("stress_on_crh", "hpa.nerve_on_adrenal"),
    "stress-heart": ("stress_on_arousal",),
    "stress-immune": ("cytokines.stress_on_signal",),
    "waking-hpa": ("waking_on_crh",),
    "sleep-hpa": ("debt_on_crh",),
    "exertion-hpa": ("exertion_on_crh",),
    "exertion-heart": ("exertion_on_arousal", "exertion_on_rate"),
    "exertion-immune": ("energy.il6_of_muscle",),
    "infection-immune": ("interferon_on_il6",),
    "infection-fever": ("interferon_on_fever",),
    "infection-brain": ("interferon_on_brain",),
    "stress-gut": ("gut.stress_on_barrier",),
    "infection-gut": ("gut.inflammation_on_barrier",),
    "infection-vessels": ("autonomic.infection_on_injury",),
    "exposure-immune": ("exposure_on_il6",),
    "illness-heart": ("held_on_arousal",),
}
LOOPS = {
    "hpa": "hpa.loop",
    "glia": "brain.loop",
    "virus": "infection.loop",
    "gut": "gut.loop",
    "autoantibody": "adaptive.loop",
    "exertion": "energy.loop",
}


class BodyInputs(NamedTuple):
    """What reaches the body from outside."""

    endotoxin_infusion: float = level(0.0, "ng/kg/hour", "endotoxin given into a vein")
    il6_infusion: float = level(0.0, "pg/mL/hour", "interleukin-6 given into a vein, as what it adds to plasma")
    stress: float = level(0.0, "1", "stress; 1 is that of speaking and reckoning before a jury")
    exertion: float = level(0.0, "1", "oxygen uptake above rest, as a share of the most above rest", range=(0.0, 1.2))
    kept_awake: float = level(0.0, "1", "being kept from sleep: 1 is entirely", range=(0.0, 1.0))
    activity: float = level(1.0, "1", "physical activity of daily life; 1 is that of sedentary healthy people")
    mental: float = level(0.0, "1", "mental effort beyond that of daily life, as a share of the most", range=(0.0, 1.2))
    passing_infection: float = level(
        0.0, "1", "an infection that is not followed itself, such as a cold, as the interferon that it makes"
    )
    upright: float = level(0.0, "1", "standing still: 1 is entirely", range=(0.0, 1.0))
    antibiotic: float = level(0.0, "1", "antibiotics by mouth: 1 is a course of a broad one", range=(0.0, 1.0))
    exposure: float = level(0.0, "1", "environmental exposure that inflames: 1 is a day of heavy smog")


class BodyState(NamedTuple):
    """The state of every system."""

    cytokines: CytokineState
    hpa: HPAState
    sleep: SleepState
    brain: BrainState
    autonomic: AutonomicState
    energy: EnergyState
    infection: InfectionState
    adaptive: AdaptiveState
    gut: GutState


class BodyOutputs(NamedTuple):
    """The read-outs of every system, and of the arrows between them."""

    hpa: HPAOutputs
    sleep: SleepOutputs
    brain: BrainOutputs
    autonomic: AutonomicOutputs
    symptoms: SymptomOutputs
    infection: InfectionOutputs
    gut: GutOutputs
    energy: EnergyOutputs
    held: float = output("1", "what keeps up illness, all loops together; 1 is half-way up the scale of fatigue")
    sick: float = output("1", "illness as energy feels it: what keeps it up, and acute infection")
    immune_drive: float = output("1", "drive of CRH by cytokines, beside the daily drive, whose mean is 1")


class Body(System):
    """All systems, joined by arrows that are nothing at rest.

    The way back, by which cortisol holds cytokines down, is left out: cytokines were fitted to people whose cortisol
    rose, so their parameters already contain it.
    `without` names loops (`LOOPS`) and arrows (`ARROWS`) to cut; a wrong name raises `InputError` and lists them.

    >>> Body(without=["gut", "immune-hpa"]).gut.loop
    0.0
    """

    cytokines: Cytokines = part(Cytokines)
    hpa: HPA = part(HPA)
    sleep: Sleep = part(Sleep)
    brain: Brain = part(Brain)
    autonomic: Autonomic = part(Autonomic)
    energy: Energy = part(Energy)
    symptoms: Symptoms = part(Symptoms)
    infection: Infection = part(Infection)
    adaptive: Adaptive = part(Adaptive)
    gut: Gut = part(Gut)
    without: InitVar[Sequence[str]] = ()

    il6_on_crh: float = par(
        24.53, "1", "drive of CRH by IL-6, an e-fold of its rise", FIT_HPA + "; spread assumed", spread=0.3
    )
    il6_on_crh_half: float = par(206.4, "pg/mL", "rise of IL-6 from which it counts", FIT_HPA)
    tnf_on_crh: float = par(
        15.0, "1", "drive of CRH by TNF, an e-fold of its rise",
        "assumed: half of IL-6's, as for the brain; endotoxin raises both, and no verified row tells them apart",
    )  # fmt: skip
    tnf_on_crh_half: float = par(200.0, "pg/mL", "rise of TNF from which it counts", "assumed: as IL-6's")
    stress_on_crh: float = par(15.08, "1", "drive of CRH by stress", FIT_HPA, spread=0.8247)
    waking_on_crh: float = par(5.379, "1", "drive of CRH by waking", FIT_HPA)
    waking_on_crh_half: float = par(
        0.4, "1", "inertia that half-saturates it", "assumed: far above what builds up while one falls asleep"
    )  # fmt: skip
    waking_on_crh_hill: float = par(3.0, "1", "its steepness", "assumed: falling asleep is no waking", fixed=True)
    exertion_on_crh: float = par(16.98, "1", "drive of CRH by exertion, at most", FIT_HPA)
    exertion_on_crh_half: float = par(0.6787, "1", "exertion that half-saturates it", FIT_HPA)
    exertion_on_crh_hill: float = par(6.0, "1", "its steepness", "assumed: a threshold, hill2008", fixed=True)

    debt_on_crh: float = par(4.782, "1", "drive of CRH by sleep debt above the usual", FIT_HPA)

    il6_on_brain: float = par(1.0, "1", "signal to the brain by IL-6, an e-fold of its rise", "definition", fixed=True)
    il6_on_brain_half: float = par(
        1.0, "pg/mL", "rise of IL-6 from which it counts", "assumed: about its resting level"
    )
    tnf_on_brain: float = par(0.8371, "1", "signal to the brain by TNF, an e-fold of its rise", FIT)
    tnf_on_brain_half: float = par(3.207, "pg/mL", "rise of TNF from which it counts", FIT)

    interferon_on_il6: float = par(
        7.0, "pg/mL/hour", "making of IL-6 by interferon of 1", "assumed: some 4 pg/mL more in influenza"
    )
    interferon_on_fever: float = par(
        1.7, "1", "fever by interferon of 1, where 1 is as of TNF from which fever goes by its logarithm",
        "assumed: a third of volunteers have fever with influenza, carrat2008", spread=0.3,
    )  # fmt: skip
    interferon_on_brain: float = par(
        1.25, "1", "signal to the brain by interferon, an e-fold of it",
        "assumed: two thirds of volunteers have symptoms with influenza, carrat2008", spread=0.3,
    )  # fmt: skip
    interferon_on_brain_half: float = par(
        0.08, "1", "interferon from which it counts", "assumed: about a tenth of its most in influenza"
    )

    set_point_on_il6: float = par(
        0.14,
        "pg/mL/hour",
        "making of IL-6 that cortisol no longer holds back, at a set-point of 1",
        "assumed: CRP then rises by half a mg/L; more would be seen in patients",
    )
    exposure_on_il6: float = par(
        0.7, "pg/mL/hour", "making of IL-6 under exposure of 1", "assumed: low-grade; no human number was verified"
    )
    glia_on_held: float = par(1.6, "1", "illness by what microglia keep up, at most", HELD)
    glia_on_held_half: float = par(0.8, "1", "activity kept up that half-saturates it", "assumed: as it is when held")
    gut_on_held: float = par(1.6, "1", "illness by lipopolysaccharide from the gut, at most", HELD)
    gut_on_held_half: float = par(0.5, "1", "its rise that half-saturates it", "assumed: as it is when held")
    antibody_on_held: float = par(1.6, "1", "illness by autoantibody, at most, half of it at 1", HELD)
    virus_on_held: float = par(1.6, "1", "illness by reactivation, at most, half of it at 1", HELD)
    set_point_on_held: float = par(1.6, "1", "illness by the set-point, at most, half of it at 1", HELD)
    on_held_hill: float = par(
        4.0, "1", "steepness with which illness follows what keeps it up",
        "assumed: an hour of stress, a cold or a little of everything makes nobody ill", fixed=True,
    )  # fmt: skip
    injury_on_held: float = par(
        0.4817,
        "1",
        "illness by injured vessels of 1",
        FIT_ILLNESS + "; prior: a third of a loop's, in proportion, as it heals by itself",
    )
    slow_on_sick: float = par(
        0.3, "1", "illness, as energy feels it, by the slow signal of acute infection",
        "assumed: in mononucleosis the envelope shrinks as in lasting illness",
    )  # fmt: skip
    held_on_arousal: float = par(
        0.07137,
        "1",
        "arousal by what keeps up illness",
        FIT_ILLNESS + "; prior: some 4 beats a minute more, nelson2019",
    )

    slow_on_restoration: float = par(0.1, "1", "slowing of restoration by the slow signal", "assumed: no human number")
    stress_on_arousal: float = par(0.5398, "1", "arousal by stress", FIT + "; spread assumed", spread=0.5)
    exertion_on_arousal: float = par(
        1.0, "1", "arousal by exertion at maximum",
        "assumed: full sympathetic drive; no fitted row tells, for the heart follows exertion by its own",
    )  # fmt: skip
    exertion_on_rate: float = par(
        1.0, "1", "share of the heart's reserve that exertion uses, by its own", "swain1997: abstract"
    )
    fast_on_arousal: float = par(
        0.03918, "1", "arousal by the brain's fast signal",
        FIT + "; spread: that of heart rate grows from 9.4 to 11.4, dobreva2021", spread=0.2,
    )  # fmt: skip

    def __post_init__(self, without: Sequence[str]) -> None:
        known = {name: (path,) for name, path in LOOPS.items()} | ARROWS
        without = [without] if isinstance(without, str) else without
        for name in without:
            if name not in known:
                raise InputError(
                    f"a body cannot be without {name!r}; loops: {', '.join(LOOPS)}; arrows: {', '.join(ARROWS)}"
                )
        if without:
            cut = with_parameters(self, {path: 0.0 for name in without for path in known[name]})
            for field in dataclasses.fields(cut):  # type: ignore[arg-type]
                object.__setattr__(self, field.name, getattr(cut, field.name))

    def rates(self, t: Any, y: BodyState, inputs: BodyInputs, touched: Touched = UNTOUCHED) -> BodyState:
        """Every system with what the others send it, and what treatments do to it."""
        exertion, awake, stress = inputs.exertion, inputs.kept_awake, touched.stress_kept * inputs.stress
        asleep = self.sleep.asleep(t, awake)
        interferon = y.infection.interferon
        return BodyState(
            cytokines=self.cytokines.rates(
                t,
                y.cytokines,
                inputs.endotoxin_infusion,
                inputs.il6_infusion,
                il6_elsewhere=self.energy.il6_made(y.energy, exertion)
                + self.interferon_on_il6 * interferon
                + self.set_point_on_il6 * y.hpa.set_point
                + self.exposure_on_il6 * inputs.exposure,
                stress_drive=stress,
                cortisol_hold=touched.cytokines_kept,
                phase=self.sleep.phase(y.sleep),
                pyrogen=self.interferon_on_fever * interferon,
                fever_kept=touched.fever_kept,
                crp_kept=touched.crp_kept,
            ),  # fmt: skip
            hpa=self.hpa.rates(
                t,
                y.hpa,
                *self.crh_drives(t, y, inputs, touched),
                self.sleep.phase(y.sleep),
                stress,
                self.rises(y.cytokines)[0],
                touched.steroid,
                touched.steroid_at_mr,
                touched.pituitary_growth_kept,
                touched.cosyntropin,
                touched.cortisol_supply,
            ),
            sleep=self.sleep.rates(
                t, y.sleep, awake, self.slow_on_restoration * y.brain.signal_slow, touched.restoration_kept
            ),
            brain=self.brain.rates(t, y.brain, self.blood_signal(y, touched), touched.glia_kept),
            autonomic=self.autonomic.rates(
                t,
                y.autonomic,
                self.arousal(y, inputs, touched) + self.exertion_on_arousal * exertion,
                asleep,
                interferon,
            ),
            energy=self.energy.rates(
                t,
                y.energy,
                exertion,
                inputs.activity,
                inputs.mental,
                stress,
                1.0 - asleep,
                self.sick(y, touched),
                touched.repaying,
            ),
            infection=self.infection.rates(
                y.infection,
                stress,
                inputs.passing_infection + touched.interferon_supply,
                touched.airway_growth_kept,
                touched.ebv_making_kept,
                touched.reactivation_kept,
            ),
            adaptive=self.adaptive.rates(
                y.adaptive,
                interferon,
                self.gut.butyrate(y.gut),
                y.infection.ebv_exhaustion,
                touched.b_cell_killing,
                touched.b_cells_matter,
                touched.plasma_cell_killing,
                touched.nk_killing,
                touched.help_kept,
                touched.antibody_removal,
                touched.antibody_free,
            ),
            gut=self.gut.rates(
                y.gut, self.stress_on_crh * stress, interferon, inputs.antibiotic, touched.microbes_repair
            ),
        )

    def outputs(self, t: Any, y: BodyState, inputs: BodyInputs, touched: Touched = UNTOUCHED) -> BodyOutputs:
        """What can be read off the state."""
        sleep = self.sleep.outputs(t, y.sleep, inputs.kept_awake)
        return BodyOutputs(
            hpa=self.hpa.outputs(
                t,
                y.hpa,
                *self.crh_drives(t, y, inputs, touched),
                self.sleep.phase(y.sleep),
                touched.steroid,
                touched.steroid_at_mr,
            ),
            sleep=sleep,
            brain=self.brain.outputs(y.brain, touched.glia_kept),
            autonomic=self.autonomic.outputs(
                y.autonomic,
                self.arousal(y, inputs, touched),
                self.exertion_on_rate * inputs.exertion,
                sleep.asleep,
                y.cytokines.temperature,
                touched.vagal_raised,
            ),
            symptoms=self.symptoms.outputs(
                self.blood_signal(y, touched),
                y.brain.signal_fast,
                y.brain.signal_slow,
                sleep.sleepiness,
                self.sleep.debt(y.sleep),
                y.cytokines.temperature,
                self.held(y, touched),
                self.energy.felt(y.energy),
                touched.orthostatic_kept
                * (y.autonomic.endothelial_injury + touched.antibody_free * y.adaptive.autoantibody),
                touched.pain_kept,
                touched.mood_kept,
                touched.sleepiness_kept,
            ),
            infection=self.infection.outputs(y.infection),
            gut=self.gut.outputs(y.gut),
            energy=self.energy.outputs(y.energy, self.sick(y, touched)),
            held=self.held(y, touched),
            sick=self.sick(y, touched),
            immune_drive=self.immune_drive(y.cytokines),
        )

    def crh_drives(self, t: Any, y: BodyState, inputs: BodyInputs, touched: Touched) -> tuple[Any, Any]:
        """What drives CRH beside the clock: what MR holds back, and what it does not."""
        drive = (
            self.stress_on_crh * touched.stress_kept * inputs.stress
            + self.waking_on_crh
            * hill(self.sleep.waking(t, y.sleep, inputs.kept_awake), self.waking_on_crh_half, self.waking_on_crh_hill)
            + self.debt_on_crh * self.sleep.debt(y.sleep)
            + self.exertion_on_crh * hill(inputs.exertion, self.exertion_on_crh_half, self.exertion_on_crh_hill)
        )
        return drive, self.immune_drive(y.cytokines)

    def arousal(self, y: BodyState, inputs: BodyInputs, touched: Touched) -> Any:
        """All that rouses the heart beside exertion."""
        return (
            self.stress_on_arousal * touched.stress_kept * inputs.stress
            + self.fast_on_arousal * y.brain.signal_fast
            + touched.standing_kept
            * self.autonomic.standing(y.autonomic, inputs.upright, touched.antibody_free * y.adaptive.autoantibody)
            + self.held_on_arousal * self.held(y, touched)
            + touched.arousal_added
        )

    def sick(self, y: BodyState, touched: Touched) -> Any:
        """Illness as energy feels it: what keeps it up, and acute infection."""
        return self.held(y, touched) + self.slow_on_sick * y.brain.signal_slow

    def held(self, y: BodyState, touched: Touched) -> Any:
        """What keeps up illness beside what the blood tells the brain: each loop, and injury that heals."""
        steep = self.on_held_hill
        return (
            self.glia_on_held * hill(touched.glia_kept * self.brain.kept_up(y.brain), self.glia_on_held_half, steep)
            + self.gut_on_held * hill(self.gut.rise(y.gut), self.gut_on_held_half, steep)
            + self.antibody_on_held * hill(touched.antibody_free * y.adaptive.autoantibody, 1.0, steep)
            + self.virus_on_held * hill(y.infection.ebv_reactivation, 1.0, steep)
            + self.set_point_on_held * hill(y.hpa.set_point, 1.0, steep)
            + self.injury_on_held * y.autonomic.endothelial_injury
        )

    def immune_drive(self, y: CytokineState) -> Any:
        """Cytokines to CRH."""
        il6, tnf = self.rises(y)
        return self.il6_on_crh * e_folds(il6, self.il6_on_crh_half) + self.tnf_on_crh * e_folds(
            tnf, self.tnf_on_crh_half
        )

    def blood_signal(self, y: BodyState, touched: Touched) -> Any:
        """Cytokines and interferon to the brain: low grades matter beside peaks."""
        il6, tnf = self.rises(y.cytokines)
        return touched.blood_felt * (
            self.il6_on_brain * e_folds(il6, self.il6_on_brain_half)
            + self.tnf_on_brain * e_folds(tnf, self.tnf_on_brain_half)
            + self.interferon_on_brain * e_folds(y.infection.interferon, self.interferon_on_brain_half)
        )

    def rises(self, y: CytokineState) -> tuple[Any, Any]:
        """IL-6 and TNF above rest: what other systems are told of, so that it is nothing at rest."""
        return positive(y.il6 - self.cytokines.il6_rest), positive(y.tnf - self.cytokines.tnf_rest)
