"""Targets: what treatments reach in the body, and what that does to the rates of its systems."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import positive, repressed, saturating
from neuroimmune.quantity import Quantity, System, level, par

SHARE = (0.0, 1.0)
RELEVANCE = (-0.9, 1.0)
UNKNOWN = "assumed: nothing until a blinded trial says more; drawn from a spike at nothing and a narrow slab about it"


class TargetLevels(NamedTuple):
    """How far each target is reached; sessions and daily practice reach theirs at a level, drugs by concentration."""

    gr_agonist: float = level(0.0, "1", "steroid at feedback and other receptors, in multiples of usual cortisol")
    cosyntropin: float = level(0.0, "1", "ACTH(1-24) at the adrenal, in multiples of usual ACTH")
    mr_agonist: float = level(0.0, "1", "mineralocorticoid receptors taken", range=SHARE)
    tnf_blocked: float = level(0.0, "1", "TNF that is bound", range=SHARE)
    il1_blocked: float = level(0.0, "1", "IL-1 receptors blocked", range=SHARE)
    b_cell_killing: float = level(0.0, "1", "CD20 taken on B cells", range=SHARE)
    plasma_cell_killing: float = level(0.0, "1", "CD38 taken on plasma and NK cells", range=SHARE)
    fcrn_blocked: float = level(0.0, "1", "receptors that save IgG from removal, taken", range=SHARE)
    antibody_removal: float = level(0.0, "1/hour", "removal of IgG from plasma by adsorption")
    antibody_neutralised: float = level(0.0, "1", "autoantibody that is bound", range=SHARE)
    proliferation_blocked: float = level(0.0, "1", "division of lymphocytes that is blocked", range=SHARE)
    mtor_blocked: float = level(0.0, "1", "mTOR complex 1 blocked", range=SHARE)
    cox_blocked: float = level(0.0, "1", "cyclo-oxygenase 2 blocked", range=SHARE)
    cox1_blocked: float = level(0.0, "1", "cyclo-oxygenase 1 blocked", range=SHARE)
    glia_calmed: float = level(0.0, "1", "activation of microglia that is blocked", range=SHARE)
    tlr3_agonist: float = level(0.0, "1", "toll-like receptor 3 taken", range=SHARE)
    herpes_polymerase_blocked: float = level(0.0, "1", "copying of herpesviruses that is blocked", range=SHARE)
    protease_blocked: float = level(0.0, "1", "protease of the airway virus blocked", range=SHARE)
    descending_inhibition: float = level(0.0, "1", "noradrenaline and serotonin transporters blocked", range=SHARE)
    alpha2delta_bound: float = level(0.0, "1", "alpha-2-delta subunit of calcium channels bound", range=SHARE)
    serotonin_reuptake_blocked: float = level(0.0, "1", "serotonin transporters blocked", range=SHARE)
    catecholamine_reuptake_blocked: float = level(0.0, "1", "dopamine transporters blocked", range=SHARE)
    cholinesterase_blocked: float = level(0.0, "1", "acetylcholinesterase blocked", range=SHARE)
    alpha2_agonist: float = level(0.0, "1", "alpha-2 receptors taken", range=SHARE)
    mitochondria_helped: float = level(0.0, "1", "supply of mitochondria with what they may lack", range=SHARE)
    microbes_restored: float = level(0.0, "1", "restoring of gut bacteria", range=SHARE)
    sleep_helped: float = level(0.0, "1", "sleep that is more continuous", range=SHARE)
    calm: float = level(0.0, "1", "share by which stress counts less", range=SHARE)
    paracrine: float = level(0.0, "1", "soluble signals of given cells", range=SHARE)


TARGETS: dict[str, Quantity] = TargetLevels._field_defaults


class Touched(NamedTuple):
    """How treatments change the rates of the systems: as it stands, not at all."""

    steroid: Any = 0.0
    steroid_at_mr: Any = 0.0
    pituitary_growth_kept: Any = 1.0
    cosyntropin: Any = 0.0
    cortisol_supply: Any = 0.0
    cytokines_kept: Any = 1.0
    crp_kept: Any = 1.0
    fever_kept: Any = 1.0
    blood_felt: Any = 1.0
    glia_kept: Any = 1.0
    stress_kept: Any = 1.0
    restoration_kept: Any = 1.0
    standing_kept: Any = 1.0
    orthostatic_kept: Any = 1.0
    arousal_added: Any = 0.0
    vagal_raised: Any = 1.0
    repaying: Any = 1.0
    interferon_supply: Any = 0.0
    airway_growth_kept: Any = 1.0
    ebv_making_kept: Any = 1.0
    reactivation_kept: Any = 1.0
    b_cell_killing: Any = 0.0
    b_cells_matter: Any = 1.0
    plasma_cell_killing: Any = 0.0
    nk_killing: Any = 0.0
    help_kept: Any = 1.0
    antibody_removal: Any = 0.0
    antibody_free: Any = 1.0
    microbes_repair: Any = 0.0
    pain_kept: Any = 1.0
    mood_kept: Any = 1.0
    sleepiness_kept: Any = 1.0


UNTOUCHED = Touched()


class Targets(System):
    """Each target acts twice: on what is measured, as pharmacology has found, and on what keeps people ill.

    What is known: steroids hold back ACTH; antibodies remove cells and IgG; fever, heart rate and C-reactive protein
    move. The second is not known: how much of what the model's mechanism allows a target really carries is its
    `relevance`, shared by all treatments that reach it. 1 is all of it, 0 none, and below 0 the target does harm (what
    only removes does nothing then, for it cannot give).
    Fever and interferon act on symptoms at once, without a relevance, for this was measured.
    Behaviour (stress, exertion) acts by the body's own mechanisms, without a relevance.
    """

    relevance_gr_agonist: float = par(
        0.0, "1", "of steroids holding back cytokines and help to plasma cells", UNKNOWN, range=RELEVANCE
    )
    relevance_mr_agonist: float = par(0.0, "1", "of blood volume for standing", UNKNOWN, range=RELEVANCE)
    relevance_tnf_blocked: float = par(0.0, "1", "of TNF for the brain and its microglia", UNKNOWN, range=RELEVANCE)
    relevance_il1_blocked: float = par(0.0, "1", "of IL-1 for the brain and its microglia", UNKNOWN, range=RELEVANCE)
    relevance_b_cell_killing: float = par(0.0, "1", "of B cells for autoantibody", UNKNOWN, range=RELEVANCE)
    relevance_plasma_cell_killing: float = par(0.0, "1", "of plasma cells for autoantibody", UNKNOWN, range=RELEVANCE)
    relevance_fcrn_blocked: float = par(0.0, "1", "of faster removal for autoantibody", UNKNOWN, range=RELEVANCE)
    relevance_antibody_removal: float = par(0.0, "1", "of adsorption for autoantibody", UNKNOWN, range=RELEVANCE)
    relevance_antibody_neutralised: float = par(0.0, "1", "of bound autoantibody for illness", UNKNOWN, range=RELEVANCE)
    relevance_proliferation_blocked: float = par(
        0.0, "1", "of dividing lymphocytes for autoantibody", UNKNOWN, range=RELEVANCE
    )
    relevance_mtor_blocked: float = par(0.0, "1", "of mTOR for help to plasma cells", UNKNOWN, range=RELEVANCE)
    relevance_cox_blocked: float = par(0.0, "1", "of prostaglandins for the brain", UNKNOWN, range=RELEVANCE)
    relevance_glia_calmed: float = par(0.0, "1", "of the target for activity of microglia", UNKNOWN, range=RELEVANCE)
    relevance_tlr3_agonist: float = par(0.0, "1", "of interferon against latent virus", UNKNOWN, range=RELEVANCE)
    relevance_herpes_polymerase_blocked: float = par(
        0.0, "1", "of copying for virus that wakes", UNKNOWN, range=RELEVANCE
    )
    relevance_descending_inhibition: float = par(0.0, "1", "of these transporters for pain", UNKNOWN, range=RELEVANCE)
    relevance_alpha2delta_bound: float = par(0.0, "1", "of these channels for pain", UNKNOWN, range=RELEVANCE)
    relevance_serotonin_reuptake_blocked: float = par(
        0.0, "1", "of these transporters for mood", UNKNOWN, range=RELEVANCE
    )
    relevance_catecholamine_reuptake_blocked: float = par(
        0.0, "1", "of these transporters for sleepiness that tires", UNKNOWN, range=RELEVANCE
    )
    relevance_cholinesterase_blocked: float = par(0.0, "1", "of vagal tone for standing", UNKNOWN, range=RELEVANCE)
    relevance_mitochondria_helped: float = par(
        0.0, "1", "of the supply for repaying exertional debt", UNKNOWN, range=RELEVANCE
    )
    relevance_microbes_restored: float = par(0.0, "1", "of the practice for dysbiosis", UNKNOWN, range=RELEVANCE)
    relevance_sleep_helped: float = par(0.0, "1", "of the practice for restoration", UNKNOWN, range=RELEVANCE)
    relevance_paracrine: float = par(0.0, "1", "of given cells for the making of cytokines", UNKNOWN, range=RELEVANCE)

    steroid_half: float = par(
        1.0, "1", "steroid, in multiples of usual cortisol, that halves what it can hold back",
        "assumed: a replacement dose acts, and ten times it is near its most",
    )  # fmt: skip
    steroid_on_mr: float = par(
        0.1, "1", "how much of a given steroid's strength at GR it has at MR",
        "assumed: textbooks give prednisolone four times cortisol's strength at GR and 0.8 times at MR, and GR is half "
        "full at ten times usual cortisol",
    )  # fmt: skip
    steroid_on_growth_half: float = par(
        1.0, "1", "given steroid that halves the growth of the pituitary",
        "assumed: corticotrophs divide less under steroid; without it lasting treatment would make them grow",
    )  # fmt: skip

    tnf_on_crp: float = par(
        0.3, "1", "share of resting CRP that TNF keeps up", "assumed: between none and the half that falls in arthritis"
    )
    il1_on_crp: float = par(0.3, "1", "share of resting CRP that IL-1 keeps up", "assumed: as TNF's")
    volume_on_standing: float = par(
        0.3, "1", "share of the arousal by standing that full mineralocorticoid action spares", "assumed: a third"
    )
    vagal_by_acetylcholine: float = par(
        1.0,
        "1",
        "rise of vagal tone when acetylcholinesterase is wholly blocked",
        "assumed: the heart slows by some 10",
    )
    catecholamine_on_arousal: float = par(
        0.15, "1", "arousal when dopamine transporters are wholly blocked", "assumed: some beats a minute"
    )
    alpha2_on_arousal: float = par(
        0.15, "1", "fall of arousal when alpha-2 receptors are wholly taken", "assumed: some beats a minute"
    )
    tlr3_on_interferon: float = par(
        0.1, "1", "interferon when toll-like receptor 3 is wholly taken", "assumed: an eighth of influenza's"
    )
    k_b_cell_killing: float = par(
        0.0175, "1/hour", "killing of B cells with CD20 wholly taken",
        "pan2019: abstract, children; death 35 times as fast as their turnover, here of 5e-4",
    )  # fmt: skip
    k_plasma_cell_killing: float = par(
        0.0005, "1/hour", "killing of plasma cells with CD38 wholly taken",
        "assumed: of one to two times their own loss, with which IgG falls by about half in two to three months",
    )  # fmt: skip
    k_nk_killing: float = par(0.01, "1/hour", "killing of NK cells with CD38 wholly taken", "assumed: within a week")
    k_fcrn: float = par(
        0.00375, "1/hour", "further removal of IgG when the receptor that saves it is wholly taken",
        "kim2007: recycling is 142 % of removal",
    )  # fmt: skip
    antibody_in_plasma: float = par(
        0.52, "1", "share of autoantibody that is in plasma, from which it is removed",
        "assumed: as of IgG, 3.0 of 5.75 L; it is one pool, so tissue gives its part at once",
    )  # fmt: skip
    k_microbes: float = par(
        0.0017, "1/hour", "undoing of dysbiosis when restoring is full", "assumed: as fast as bacteria change"
    )
    sleep_on_restoration: float = par(
        0.2, "1", "shortening of restoration by continuous sleep", "assumed: a fifth at most"
    )
    mitochondria_on_repaying: float = par(
        1.0, "1", "further repaying of exertional debt by full supply", "assumed: twice as fast at most"
    )

    def touch(self, o: TargetLevels, cortisol_supply: Any, given: Any) -> Touched:
        """What targets that are reached as far as `o` says do.

        `cortisol_supply` is in nmol/L/hour; `given` is all steroid, cortisol too, in multiples of usual cortisol.
        """
        steroid = saturating(given, self.steroid_half)
        return Touched(
            steroid=o.gr_agonist,
            steroid_at_mr=self.steroid_on_mr * o.gr_agonist,
            pituitary_growth_kept=repressed(o.gr_agonist, self.steroid_on_growth_half, 1.0),
            cosyntropin=o.cosyntropin,
            cortisol_supply=cortisol_supply,
            cytokines_kept=(1.0 - self.relevance_gr_agonist * steroid) * (1.0 - self.relevance_paracrine * o.paracrine),
            crp_kept=(1.0 - self.tnf_on_crp * o.tnf_blocked) * (1.0 - self.il1_on_crp * o.il1_blocked),
            fever_kept=1.0 - o.cox_blocked,
            blood_felt=(1.0 - self.relevance_tnf_blocked * o.tnf_blocked)
            * (1.0 - self.relevance_il1_blocked * o.il1_blocked)
            * (1.0 - self.relevance_cox_blocked * o.cox_blocked),
            glia_kept=(1.0 - self.relevance_glia_calmed * o.glia_calmed)
            * (1.0 - self.relevance_tnf_blocked * o.tnf_blocked)
            * (1.0 - self.relevance_il1_blocked * o.il1_blocked),
            stress_kept=1.0 - o.calm,
            restoration_kept=1.0 - self.sleep_on_restoration * self.relevance_sleep_helped * o.sleep_helped,
            standing_kept=1.0 - self.volume_on_standing * o.mr_agonist,
            orthostatic_kept=(1.0 - self.relevance_mr_agonist * o.mr_agonist)
            * (1.0 - self.relevance_cholinesterase_blocked * o.cholinesterase_blocked),
            arousal_added=self.catecholamine_on_arousal * o.catecholamine_reuptake_blocked
            - self.alpha2_on_arousal * o.alpha2_agonist,
            vagal_raised=1.0 + self.vagal_by_acetylcholine * o.cholinesterase_blocked,
            repaying=1.0 + self.mitochondria_on_repaying * self.relevance_mitochondria_helped * o.mitochondria_helped,
            interferon_supply=self.tlr3_on_interferon * o.tlr3_agonist,
            airway_growth_kept=1.0 - o.protease_blocked,
            ebv_making_kept=1.0 - o.herpes_polymerase_blocked,
            reactivation_kept=(1.0 - self.relevance_herpes_polymerase_blocked * o.herpes_polymerase_blocked)
            * (1.0 - self.relevance_tlr3_agonist * o.tlr3_agonist),
            b_cell_killing=self.k_b_cell_killing * o.b_cell_killing,
            b_cells_matter=self.relevance_b_cell_killing,
            plasma_cell_killing=self.k_plasma_cell_killing
            * positive(self.relevance_plasma_cell_killing)
            * o.plasma_cell_killing,
            nk_killing=self.k_nk_killing * o.plasma_cell_killing,
            help_kept=(1.0 - self.relevance_proliferation_blocked * o.proliferation_blocked)
            * (1.0 - self.relevance_mtor_blocked * o.mtor_blocked)
            * (1.0 - self.relevance_gr_agonist * steroid),
            antibody_removal=self.antibody_in_plasma
            * (
                positive(self.relevance_antibody_removal) * o.antibody_removal
                + self.k_fcrn * positive(self.relevance_fcrn_blocked) * o.fcrn_blocked
            ),
            antibody_free=1.0 - self.relevance_antibody_neutralised * o.antibody_neutralised,
            microbes_repair=self.k_microbes * positive(self.relevance_microbes_restored) * o.microbes_restored,
            pain_kept=(1.0 - self.relevance_descending_inhibition * o.descending_inhibition)
            * (1.0 - self.relevance_alpha2delta_bound * o.alpha2delta_bound),
            mood_kept=1.0 - self.relevance_serotonin_reuptake_blocked * o.serotonin_reuptake_blocked,
            sleepiness_kept=1.0 - self.relevance_catecholamine_reuptake_blocked * o.catecholamine_reuptake_blocked,
        )
