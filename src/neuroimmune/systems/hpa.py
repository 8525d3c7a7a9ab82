"""The hypothalamic-pituitary-adrenal axis: hours by hormones, weeks by gland mass."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import circadian, exp, hill, positive, repressed, saturating, sqrt
from neuroimmune.quantity import System, fitted, output, par, state

FIT = fitted("hpa")
FIT_ILLNESS = fitted("illness")
FALSIFIED_BY = (
    "people who are ill and whose feedback, tested with a low dose of dexamethasone, and mean cortisol are those of "
    "healthy people at every visit; or a set-point moved back for months while nobody gets better"
)


class HPAState(NamedTuple):
    """Hormones in plasma and the masses of their glands; the values are those of a usual midnight."""

    acth: float = state(13.39, "pg/mL", "adrenocorticotropic hormone in plasma")
    cortisol: float = state(49.44, "nmol/L", "total cortisol in plasma")
    pituitary_mass: float = state(1.007, "1", "mass of pituitary corticotrophs, relative to usual")
    adrenal_mass: float = state(1.0, "1", "mass of the adrenal cortex, relative to usual")
    set_point: float = state(
        0.0, "1", "lowering of the axis' set-point; 1 is that at which its return is half", scale=0.1
    )
    crh_human: float = state(0.0, "ug/kg", "injected human CRH in plasma, per body weight", scale=1e-3)
    crh_ovine: float = state(0.0, "ug/kg", "injected ovine CRH in plasma, per body weight", scale=1e-3)
    dexamethasone_gut: float = state(0.0, "mg", "dexamethasone not yet absorbed", scale=1e-3)
    dexamethasone: float = state(0.0, "mg", "dexamethasone in the body", scale=1e-3)
    dexamethasone_late: float = state(0.0, "mg", "dexamethasone as its effect shows it, later and longer", scale=1e-3)


class HPAOutputs(NamedTuple):
    """What follows at once from the state."""

    crh: float = output("1", "corticotropin-releasing hormone, relative to its mean over the day")
    cortisol_free: float = output("nmol/L", "cortisol not bound to CBG or albumin")
    cortisol_saliva: float = output("nmol/L", "cortisol in saliva")


class HPA(System):
    """CRH drives ACTH, ACTH drives cortisol, cortisol holds both back; ACTH and CRH also grow the glands.

    Includes the clock, feedback through MR and GR, gland mass, injected CRH and dexamethasone, whose effect outlasts
    it; leaves out pulses and changing receptors. CRH (half-life 4 min) follows at once.
    Equations: karin2020, milo2025, in absolute units by the mean ACTH of carroll2007, without the gland capacity of
    1e6, which never acts. Five things differ:

    - The adrenal answers ACTH by a sigmoid, for in a day ACTH swings 2.4-fold and cortisol 8-fold (carroll2007,
      debono2009), yet cortisol hardly exceeds three times its morning peak.
    - The daily drive is the exponential of two cosines, so never negative; grosskopf_ultradian has their sum.
    - What is removed and what feeds back is loose cortisol, that which CBG does not hold, not all of it.
    - Stress makes the adrenal more sensitive by its nerves, as in rats (ulrichlai2002): the same ACTH goes with
      twice the cortisol before a jury (nelson_tsst) than after CRH (ocrf1983).
    - Cytokines drive CRH past MR. What raises ACTH tenfold then does less as a trace.

    The loop: inflammation that lasts lowers the set-point, and with it what the axis holds back of inflammation, so it
    lasts; what is no longer held back goes by the set-point itself, not by cortisol, which hardly falls.
    The axis itself has one steady state and cannot hold (karin2020); this can, from a strength `loop` of about 2.

    Without rhythm and CBG and with an adrenal in proportion to ACTH it is the published model. Valid for hours to
    months; not for adrenal failure.
    """

    k_acth: float = par(1.665, "1/hour", "removal of ACTH", FIT)
    k_cortisol: float = par(5.078, "1/hour", "removal of cortisol that CBG does not hold", FIT)
    k_pituitary: float = par(
        0.0014440566, "1/hour", "turnover of the pituitary, half-life 20 d", "milo2025: notebook, gamma_P"
    )  # fmt: skip
    k_adrenal: float = par(
        0.00096270440, "1/hour", "turnover of the adrenal cortex, half-life 30 d", "milo2025: notebook, gamma_A"
    )  # fmt: skip
    acth_rest: float = par(
        19.8, "pg/mL", "ACTH at which the adrenal keeps its mass; the mean over 24 h",
        "carroll2007: 21 over people and 24 h, for the middle person; spread of nelson_tsst before the stressor, "
        "a log-SD of 0.40, without the 0.2 by which a person's readings differ",
        spread=0.35, range=(1.0, 400.0),
    )  # fmt: skip
    cortisol_rest: float = par(
        124.0, "nmol/L", "cortisol at which feedback through MR is one", FIT, spread=0.2795, range=(10.0, 2000.0)
    )  # fmt: skip
    s_cortisol: float = par(
        1394.3, "nmol/L/hour", "making of cortisol at most, by an adrenal of usual mass",
        "definition: with it the middle person's adrenal mass is 1",
    )  # fmt: skip
    acth_half: float = par(2.019, "1", "ACTH, relative to acth_rest, that half-saturates it", FIT)
    acth_hill: float = par(
        3.0, "1", "its steepness", "assumed: of 2, 3 and 4 the least that meets the rows of the fit well", fixed=True
    )
    nerve_on_adrenal: float = par(1.718, "1", "rise of the adrenal's sensitivity to ACTH by the stress of a jury", FIT)
    gr_half: float = par(
        10.06, "1", "loose cortisol, relative to that at cortisol_rest, that halves release by GR", FIT
    )
    gr_hill: float = par(3.0, "1", "steepness of GR feedback", "milo2025: notebook, n_GR", fixed=True)

    day: float = par(24.0, "hour", "length of the day", "definition", fixed=True)
    half_day: float = par(12.0, "hour", "length of half a day", "definition", fixed=True)
    rhythm_24h: float = par(1.259, "1", "swing of the logarithm of the drive, daily", FIT, range=(0.0, 3.0))
    rhythm_24h_peak: float = par(9.583, "hour", "its peak", FIT, range=(0.0, 24.0))
    rhythm_12h: float = par(0.3388, "1", "swing of the logarithm of the drive, half-daily", FIT, range=(0.0, 2.0))
    rhythm_12h_peak: float = par(5.961, "hour", "its peak", FIT, range=(0.0, 12.0))

    loop: float = par(
        0.4857, "1", "strength of the set-point's loop",
        FIT_ILLNESS + "; prior: below its fold in most; see `neuroimmune explain loops`", spread=0.6081,
    )  # fmt: skip
    loop_hill: float = par(
        2.0, "1", "steepness of the return", "assumed: the least with which two states can be", fixed=True
    )
    loop_half: float = par(
        0.1,
        "pg/mL",
        "rise of IL-6 at which the set-point is half lowered",
        "assumed: what the hold lost at 1 lets rise",
    )
    tau_set_point: float = par(1000.0, "hour", "time for the set-point to move", "assumed: six weeks", spread=0.3)
    set_point_on_cortisol: float = par(
        0.09544, "1", "fall of the cortisol at which feedback is one, by a set-point of 1",
        FIT_ILLNESS + "; prior: patients' basal cortisol is some 0.15 to 0.35 SD lower, tak2011",
    )  # fmt: skip

    k_crh_human: float = par(1.395, "1/hour", "removal of human CRH", FIT)
    k_crh_ovine: float = par(0.6157, "1/hour", "removal of ovine CRH", FIT)
    injected_on_crh: float = par(5.205, "1", "release of ACTH by injected CRH, at most, where 1 is usual", FIT)
    injected_on_crh_half: float = par(0.5777, "ug/kg", "injected CRH that half-saturates it", FIT)
    k_dexamethasone_gut: float = par(1.0, "1/hour", "absorption of dexamethasone", "assumed: a peak within 2 h")
    k_dexamethasone: float = par(0.1874, "1/hour", "removal of dexamethasone", FIT)
    k_dexamethasone_late: float = par(0.08976, "1/hour", "pace of its effect, which outlasts it", FIT)
    dexamethasone_on_gr: float = par(
        88.05, "1/mg", "loose cortisol, relative to that at cortisol_rest, that acts on GR like a milligram", FIT
    )  # fmt: skip
    cbg: float = par(
        670.0, "nmol/L", "cortisol-binding globulin", "cbg_in_man: 35 (SD 3.6) mg/L in 19 men, at 52 kDa", spread=0.10
    )  # fmt: skip
    cbg_half: float = par(25.0, "nmol/L", "free cortisol that half-fills CBG at 37 C", "cbg1978: abstract, 0.4e8 /M")
    albumin: float = par(
        647.0, "umol/L", "albumin in plasma", "assumed: 43 g/L, the middle of laboratory ranges, at 66.5 kDa"
    )  # fmt: skip
    saliva: float = par(0.4414, "1", "share of free cortisol that saliva shows", FIT)
    albumin_half: float = par(137.8, "umol/L", "free cortisol that would half-fill albumin", "dorin2009: abstract")

    def rates(
        self, t: Any, y: HPAState, drive: Any, immune: Any, phase: Any, nerve: Any, il6: Any,
        steroid: Any = 0.0, steroid_at_mr: Any = 0.0, pituitary_growth_kept: Any = 1.0, cosyntropin: Any = 0.0,
        cortisol_supply: Any = 0.0,
    ) -> HPAState:  # fmt: skip
        """`drive` adds to the daily drive, and `immune` to CRH past MR: nothing when nothing happens.

        `phase` is how many hours later the person's clock runs; `nerve` is sympathetic drive of the adrenal, 1 before a
        jury, which makes it more sensitive to ACTH; `il6` is its rise above rest. A `steroid` that is given counts at
        GR, and `steroid_at_mr` at MR, as so many times usual loose cortisol, `cosyntropin` as so many times usual ACTH;
        `cortisol_supply`, in nmol/L/hour, becomes cortisol; `pituitary_growth_kept` is what steroid leaves of growth.
        """
        crh = self.crh(t, y, drive, immune, phase, steroid, steroid_at_mr)
        acth = y.acth / self.acth_rest
        injected = self.injected_on_crh * saturating(y.crh_human + y.crh_ovine, self.injected_on_crh_half)
        released = (crh + injected) * y.pituitary_mass * self.gr(y, steroid)
        acting = (acth + cosyntropin) * (1.0 + self.nerve_on_adrenal * nerve)
        made = self.s_cortisol * y.adrenal_mass * hill(acting, self.acth_half, self.acth_hill)
        return HPAState(
            acth=self.k_acth * (self.acth_rest * released - y.acth),
            cortisol=made + cortisol_supply - self.k_cortisol * self.loose(y.cortisol),
            pituitary_mass=self.k_pituitary * y.pituitary_mass * (pituitary_growth_kept * crh - 1.0),
            adrenal_mass=self.k_adrenal * y.adrenal_mass * (acth - 1.0),
            set_point=(self.loop * hill(il6, self.loop_half, self.loop_hill) - y.set_point) / self.tau_set_point,
            crh_human=-self.k_crh_human * y.crh_human,
            crh_ovine=-self.k_crh_ovine * y.crh_ovine,
            dexamethasone_gut=-self.k_dexamethasone_gut * y.dexamethasone_gut,
            dexamethasone=self.k_dexamethasone_gut * y.dexamethasone_gut - self.k_dexamethasone * y.dexamethasone,
            dexamethasone_late=self.k_dexamethasone_late * (y.dexamethasone - y.dexamethasone_late),
        )

    def outputs(
        self, t: Any, y: HPAState, drive: Any, immune: Any, phase: Any, steroid: Any = 0.0, steroid_at_mr: Any = 0.0
    ) -> HPAOutputs:
        """CRH, and cortisol that nothing binds, in blood and in saliva."""
        free = self.loose(y.cortisol) / (1.0 + self.albumin / self.albumin_half)
        return HPAOutputs(
            crh=self.crh(t, y, drive, immune, phase, steroid, steroid_at_mr),
            cortisol_free=free,
            cortisol_saliva=self.saliva * free,
        )

    def crh(self, t: Any, y: HPAState, drive: Any, immune: Any, phase: Any, steroid: Any, steroid_at_mr: Any) -> Any:
        """CRH in balance with its drives: cortisol holds back all through GR, and all but cytokines through MR."""
        rhythm = exp(
            self.rhythm_24h * circadian(t, self.rhythm_24h_peak + phase, self.day)
            + self.rhythm_12h * circadian(t, self.rhythm_12h_peak + phase, self.half_day)
        )
        wanted = self.cortisol_rest / (1.0 + self.set_point_on_cortisol * y.set_point)
        mr = self.loose(wanted) / (self.loose(y.cortisol) + steroid_at_mr * self.loose(self.cortisol_rest))
        return (positive(rhythm + drive) * mr + immune) * self.gr(y, steroid)

    def loose(self, cortisol: Any) -> Any:
        """Cortisol that CBG does not hold, free or on albumin, in nmol/L: mass action, a quadratic, for albumin is
        never near full.
        """
        per_free = 1.0 + self.albumin / self.albumin_half
        b = per_free * self.cbg_half + self.cbg - cortisol
        root = sqrt(b * b + 4.0 * per_free * self.cbg_half * cortisol)
        return 2.0 * per_free * self.cbg_half * cortisol / (b + root)

    def gr(self, y: HPAState, steroid: Any) -> Any:
        """What feedback through GR leaves of a release."""
        cortisol = self.loose(y.cortisol) / self.loose(self.cortisol_rest)
        agonist = cortisol + self.dexamethasone_on_gr * y.dexamethasone_late + steroid
        return repressed(agonist, self.gr_half, self.gr_hill)
