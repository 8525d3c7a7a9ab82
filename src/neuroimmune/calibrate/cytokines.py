"""The fit of the cytokine system: `python -m neuroimmune.calibrate.cytokines`, some minutes on one core.

Endotoxin of 0.2, 0.5, 1 and 2 ng/kg at once and 2 ng/kg over 4 hours, interleukin-6 under the skin and typhoid
vaccine, jointly. It writes the best numbers into `systems/cytokines.py`, draws into
`evidence/posterior/cytokines.csv`, and `docs/fit-cytokines.md`.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from neuroimmune.calibrate import report
from neuroimmune.calibrate.problem import NOTHING, Free, Problem
from neuroimmune.engine.trace import Model
from neuroimmune.evidence.targets import targets
from neuroimmune.quantity import System, level, part
from neuroimmune.systems.cytokines import Cytokines, CytokineState

if TYPE_CHECKING:
    import pandas as pd

QUANTITIES = ("tnf", "il6", "il8", "il10", "temperature", "crp")
BLOOD = ("tnf", "il6", "il8", "il10")
# Of the peaks of the 20 men, whose curves stand in the data file of windoloski2024: SD of the logarithm.
LOG_PEAKS = {"tnf": 0.69, "il6": 0.48, "il8": 0.17, "il10": 0.47}
# Of the rise of IL-6 after the vaccine, harrison2015: 2.45 with t(19) = 5.93, so an SD of 1.85, as of a log-normal.
LOG_RISE = 0.67

ABOUT = """The published set (brady2018, dobreva2021, windoloski2024) was fitted to one bolus of 2 ng/kg. Its TNF
feeds back on monocytes with a power of 3.16, a threshold below which nothing happens: at 1 ng/kg it gives 3 to 8
times too little, and it multiplies every difference between people. These equations replace it. Endotoxin saturates
its receptor; TNF adds to the signal by a saturating law without a threshold; the signal passes five stages, so that
IL-10, IL-6 and IL-8 come after TNF; tolerance, which the late signal teaches, and IL-10 end the making, sooner after
a larger dose. IL-6 adds to the making of IL-10: without it the peak of IL-10 is too low and too broad. TNF leaves
plasma for its receptors and comes back, for its fall has two slopes; the removal of IL-6 saturates, for ten times an
injected dose brings sixty times the IL-6. The vaccine signals past the receptor of endotoxin, for people differ less
in what it does (an SD of 0.67 of the logarithm, harrison2015) than after a small dose of endotoxin.

Exponents are whole numbers, tried two to four each by chi2 before inflation, others held: tolerance 8 (6: 15 worse,
10: 8 better), the signal's on IL-10 3, as on TNF, IL-6 and IL-8 (2.5: 4 worse, 4: 15), IL-6 on IL-10 4 (6: 4 better),
IL-6 on its own removal 2 (1: 20 worse), cytokines on fever 3 (2: 5 worse), learning of tolerance 4 (1: 30 worse, 3: the
same). IL-8 comes a step after IL-6 (with it 30 better), and tolerance holds all making of IL-10. TNF 4 is 10 worse,
IL-6 2 is 16 worse. An eighth of IL-6's removal does not saturate, which costs 6, for without it much IL-6 would keep
itself up. Among forms that differed by less than 10 the choice was made with the verdicts of fitted rows known, which
moved from 36 to 39 of 44 inside by such choices, and by random numbers; those of rows that are not fitted stood in the
same table and were not used.

Known to be wrong: 140 pg/mL of infused IL-6 raised IL-10 (steensberg2003) and do hardly anything here; a trace of
endotoxin does less than in proportion, for the making of TNF and IL-6 goes by its third power, and IL-6 by nearly the
fourth about 0.7 ng/kg; ten times an injected dose brings 18 times the IL-6, and brought 62 times (tsigos1997); from 1
to 4 ng/kg IL-8 does not grow, which no row tells, for none below 2 ng/kg was found.

Not fitted, and met: people differ twice as much after a small dose. After 0.6 ng/kg the model says a log-SD of peaks
of 1.2 for TNF and 1.1 for IL-6; 28 people whose single values are public (G. Nilsonne's repository
Endotoxin_RestingState_2015) differed by 1.2 and 1.3.

One laboratory is the reference (dobreva2021, scale 1). The infusion of windoloski2024 was read on another calibration
of the same assay, on which TNF and IL-10 at rest are 6 and 18 times higher, those of IL-6 and IL-8 much the same. Its
scales for just these two come out near 3, which the calibration may explain; if it does not, slow endotoxin makes
three times as much TNF and IL-10 as these equations say. A dozen variants of the equations (tolerance learnt from
TNF, IL-6, IL-10 or the early signal; monocytes that tire; IL-10 holding each cytokine apart; faster endotoxin) did
not bring both below 2.3."""

CLEARANCE = "half-lives read off the falls of the 20 men, dobreva2021"
FREE = [
    Free("cytokines.k_endotoxin", 1.0, 0.6, why="1.0 in windoloski2024, 6.5 in another published model"),
    Free("cytokines.endotoxin_half", 1.0, 0.7, why="doses that differ in their answer"),
    Free("cytokines.tnf_on_signal", 5.0, 0.7, why=NOTHING),
    Free("cytokines.tnf_on_signal_half", 150.0, 0.7, why="about half the peak"),
    Free("cytokines.k_signal", 2.0, 0.4, why="TNF appears after 1 h, the others half an hour later"),
    Free("cytokines.s_tolerance", 4.0, 0.7, why=NOTHING),
    Free("cytokines.signal_on_tolerance_half", 0.5, 0.7, why=NOTHING),
    Free("cytokines.k_tolerance", 0.2, 0.4, why="tolerance ex vivo is gone after 12 h, dillingh2014"),
    Free("cytokines.il10_on_making_half", 30.0, 0.3, why="ex vivo, radwanski1998"),
    Free("cytokines.k_tnf", 1.5, 0.3, why=CLEARANCE),
    Free("cytokines.k_tnf_binding", 0.2, 0.7, why=NOTHING),
    Free("cytokines.k_tnf_release", 0.3, 0.5, why="the slow end of TNF's fall"),
    Free("cytokines.s_tnf", 1200.0, 1.0, why=NOTHING),
    Free("cytokines.signal_on_tnf_half", 0.5, 0.7, why=NOTHING),
    Free("cytokines.k_il6", 1.2, 0.2, why=CLEARANCE),
    Free("cytokines.il6_on_removal_half", 1000.0, 0.7, why="injected IL-6 rises more than its dose"),
    Free("cytokines.s_il6", 12000.0, 1.0, why=NOTHING),
    Free("cytokines.signal_on_il6_half", 1.0, 0.7, why=NOTHING),
    Free("cytokines.tolerance_on_il6_half", 2.0, 0.7, why=NOTHING),
    Free("cytokines.k_il8", 1.0, 0.3, why=CLEARANCE),
    Free("cytokines.s_il8", 4000.0, 0.7, why=NOTHING),
    Free("cytokines.signal_on_il8_half", 0.5, 0.7, why=NOTHING),
    Free("cytokines.tolerance_on_il8_half", 2.0, 0.7, why=NOTHING),
    Free("cytokines.k_il10", 1.0, 0.2, why=CLEARANCE),
    Free("cytokines.s_il10", 150.0, 0.7, why=NOTHING),
    Free("cytokines.signal_on_il10_half", 0.5, 0.7, why=NOTHING),
    Free("cytokines.tolerance_on_il10_half", 3.0, 0.7, why=NOTHING),
    Free("cytokines.il6_on_il10", 50.0, 1.0, why=NOTHING),
    Free("cytokines.il6_on_il10_half", 500.0, 0.5, why="about its peak"),
    Free("cytokines.tau_temperature", 1.7, 0.3, why="dobreva2021"),
    Free("cytokines.fever", 0.8, 0.5, why=NOTHING),
    Free("cytokines.tnf_on_temperature_from", 20.0, 0.7, why=NOTHING),
    Free("cytokines.il6_on_temperature_from", 600.0, 0.4, why="140 pg/mL for 3 h warmed nobody, steensberg2003"),
    Free("cytokines.il6_on_crp_half", 100.0, 0.7, why=NOTHING),
    Free("cytokines.k_il6_depot", 0.14, 0.3, why="half-life 5 h, banks2000"),
    Free("cytokines.il6_of_depot", 900.0, 1.0, why="its own volume in litres, and half of it absorbed"),
    Free("cytokines.k_vaccine", 0.2, 0.5, why="a vaccine leaves its muscle within some hours"),
    Free("cytokines.vaccine_on_signal", 0.3, 1.0, why=NOTHING),
    Free("spread:cytokines.vaccine_on_signal", 0.2, 0.5, why=NOTHING),
    Free("spread:cytokines.endotoxin_half", 0.3, 0.5, why=NOTHING),
    Free("spread:cytokines.k_signal", 0.1, 0.5, why=NOTHING),
    Free("spread:cytokines.s_tolerance", 0.2, 0.5, why=NOTHING),
    Free("spread:cytokines.s_tnf", 0.4, 0.5, why=NOTHING),
    Free("spread:cytokines.s_il6", 0.4, 0.5, why=NOTHING),
    Free("spread:cytokines.s_il8", 0.1, 0.5, why=NOTHING),
    Free("spread:cytokines.s_il10", 0.3, 0.5, why=NOTHING),
    Free("spread:cytokines.fever", 0.1, 0.5, why=NOTHING),
    *(
        Free(f"scale:{study}:{quantity}", 1.0, 0.3, why="laboratories differ by a third")
        for study, some in {
            "dillingh2014": ("tnf", "il6"), "windoloski2024": BLOOD, "barber1993": ("tnf",)
        }.items()
        for quantity in some
    ),
]  # fmt: skip


class Given(NamedTuple):
    """What is given into a vein."""

    endotoxin_infusion: float = level(0.0, "ng/kg/hour", "endotoxin given into a vein")
    il6_infusion: float = level(0.0, "pg/mL/hour", "interleukin-6 given into a vein, as what it adds to plasma")


class Blood(System):
    """The cytokine system by itself: nothing that other systems send it changes in these experiments."""

    cytokines: Cytokines = part(Cytokines)

    def rates(self, t: Any, y: CytokineState, inputs: Given) -> CytokineState:
        """The cytokines' own, at usual cortisol."""
        given = inputs.endotoxin_infusion, inputs.il6_infusion
        return self.cytokines.rates(
            t, y, *given, il6_elsewhere=0.0, stress_drive=0.0, cortisol_hold=1.0, phase=0.0, pyrogen=0.0
        )


def rest(model: Model, people: np.ndarray) -> np.ndarray:
    """States at midnight of people's parameter rows: resting levels, and the temperature of the day's rhythm."""
    states = np.tile([q.value for q in model.states.values()], (len(people), 1))
    for name in (*BLOOD, "crp"):
        own = people[:, model.people_parameters.index(f"cytokines.{name}_rest")]
        states[:, list(model.states).index(name)] = own
    swing, peak, tau = (
        people[:, model.people_parameters.index(f"cytokines.{name}")]
        for name in ("temperature_rhythm", "temperature_peak", "tau_temperature")
    )
    turn = 2 * np.pi / 24
    lag = np.arctan(turn * tau)
    states[:, list(model.states).index("temperature")] = swing * np.cos(lag) * np.cos(turn * peak + lag)
    return states


def rows() -> "pd.DataFrame":
    """The verified rows of role fit, and how the peaks of the 20 men and the rises 4 h after the vaccine differ."""
    import pandas as pd

    found: Any = pd.concat([targets(name) for name in ("endotoxin", "il6-injection", "typhoid-vaccine")])
    found = found[(found["role"] == "fit") & (found["checked"] == "verified") & found["quantity"].isin(QUANTITIES)]
    one = found[(found["study"] == "dobreva2021") & (found["time_h"] == 2)].set_index("quantity").loc[list(BLOOD)]
    peaks = one.assign(value=pd.Series(LOG_PEAKS), rise=np.nan, time_h=np.nan).reset_index()
    after = (found["study"] == "harrison2015") & (found["quantity"] == "il6")
    rise = found[after].assign(value=LOG_RISE, rise=LOG_RISE)
    spread = pd.concat([peaks, rise])
    spread = spread.assign(
        id=[f"{row.study}-{row.quantity}-sd-of-log-peak" for row in spread.itertuples()], statistic="sd of log peak",
        sd=np.nan, se=spread["value"] / np.sqrt(2 * 19),
    )  # fmt: skip
    return pd.concat([found, spread], ignore_index=True)


def problem(people: int = 32, threads: int = 1) -> Problem:
    """All of it, ready to be searched."""
    return Problem(
        Blood(), rows(), FREE, rest=rest, spreads=BLOOD, people=people, threads=threads,
        floors={"tnf": 3.0, "il6": 5.0, "il8": 10.0, "il10": 1.0},
    )  # fmt: skip


if __name__ == "__main__":
    report.run("cytokines", problem(), ABOUT)
