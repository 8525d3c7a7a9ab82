"""Infection: an acute virus of the airways, and Epstein-Barr virus, which stays for life."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import hill, log, positive, repressed, saturating
from neuroimmune.quantity import System, fitted, output, par, state

FIT_ILLNESS = fitted("illness")
FALSIFIED_BY = (
    "an antiviral that stops latent virus from making protein, shown by its markers, and leaves the ill as they were "
    "in a blinded trial; or markers of reactivation that are no higher in those who stay ill"
)
AIRWAY = "assumed: growth by 8 e-folds a day, three new infected cells by each, as models of influenza have it"


class InfectionState(NamedTuple):
    """Viruses, and what the body learns of them. All is nothing in who never met them."""

    airway_infected: float = state(
        0.0, "1", "airway cells that make virus, as a share of all", scale=1e-7, range=(0.0, 1.0)
    )
    airway_spent: float = state(0.0, "1", "airway cells that died of it and are not yet replaced", scale=1e-3)
    airway_immunity: float = state(0.0, "1", "immunity to the airway virus; 1 is full", scale=0.1)
    ebv_oral: float = state(
        0.0, "1", "cells of the throat that make Epstein-Barr virus, as a share", scale=1e-7, range=(0.0, 1.0)
    )
    ebv_latent: float = state(
        0.0, "1", "memory B cells in blood that hold the virus for some days, as a share", scale=1e-6
    )
    ebv_reservoir: float = state(0.0, "1", "memory B cells that hold it for life, as a share", scale=1e-7)
    ebv_killers: float = state(0.0, "1", "killer T cells against it in blood; 1 is the most there can be", scale=0.01)
    ebv_immunity: float = state(0.0, "1", "lasting immunity to it; at 1 no new cell is infected", scale=0.1)
    ebv_exhaustion: float = state(0.0, "1", "exhaustion of immunity to it; 1 is that by which it may hold", scale=0.1)
    ebv_reactivation: float = state(
        0.0, "1", "virus that wakes in B cells and makes protein; at 1 its return is half", scale=0.1
    )
    interferon: float = state(0.0, "1", "interferon; its most in influenza is about three quarters", scale=1e-3)


class InfectionOutputs(NamedTuple):
    """What swabs and blood show."""

    airway_titre: float = output("1", "airway virus, log10 of its multiple of what a culture detects, and one more")
    ebv_blood: float = output("1", "memory B cells in blood that hold Epstein-Barr virus, as a share")
    ebv_titre: float = output("1", "oral Epstein-Barr virus, log10 of its multiple of what PCR detects, and one more")


class Infection(System):
    """A virus infects what is left to infect; immunity ends it; infected cells raise interferon.

    The airway virus runs out of cells before immunity comes, as models of influenza have it; the last of it is
    removed with what is there from birth. Epstein-Barr virus grows in the throat for six weeks before anybody
    notices. From there it infects memory B cells; killer T cells meet them, and it is this meeting that makes
    mononucleosis: severity goes with both (balfour2013). Virus in blood is gone in weeks, in the throat after
    months. Some infected B cells stay for life and reseed the throat, which sheds the more, the weaker immunity is.

    The loop: virus that wakes in memory B cells of a carrier exhausts what holds it, and exhausted immunity lets it
    wake; acute infection and stress start it. Its strength is `loop`; alone it holds from somewhat above 2. It is
    contested: a deficient response was found (loebel2014), antivirals against it failed in blinded trials. The
    airway virus stands for others by other numbers (protocols `sars-cov-2`, `cold`), and so does the other
    (`cytomegalovirus`). Free virus follows infected
    cells at once. TNF, which rises on the third day of influenza (hayden1998), does not move. Most numbers are
    assumed, by hand, so that onset, peak, end and the share who fall ill come out as in the rows of role fit of the
    two protocols.
    """

    k_few: float = par(
        0.6, "1/hour", "removal of infected cells, while they are few, by mucus and what is there from birth",
        "assumed: above growth, so that the last cell dies and too little virus does not take",
    )  # fmt: skip
    few: float = par(1e-8, "1", "infected share at which half of that is left", "assumed: some cells")

    airway_growth: float = par(
        0.5, "1/hour", "infection of airway cells by each infected one, while all can be infected", AIRWAY, spread=0.1
    )
    k_airway: float = par(0.1667, "1/hour", "death of infected airway cells", AIRWAY, spread=0.2)
    airway_killing: float = par(
        0.1, "1/hour", "further death of infected cells under full immunity", "assumed: over half as much again"
    )
    k_airway_repair: float = par(0.01, "1/hour", "replacement of dead airway cells", "assumed: half-life three days")
    k_airway_learning: float = par(
        0.02, "1/hour", "rise of immunity while there are dead cells to learn from", "assumed: within the first week"
    )
    k_airway_forgetting: float = par(8e-5, "1/hour", "fading of that immunity", "assumed: half-life a year")
    airway_learning_half: float = par(
        0.2, "1", "infected and dead share that half-saturates learning", "assumed: a quarter of its most"
    )
    airway_detected: float = par(
        1.1e-5, "1", "infected share that a culture just detects",
        "assumed: some four powers of ten below the peak, with which volunteers shed for 4.8 days, carrat2008",
    )  # fmt: skip

    ebv_growth: float = par(
        0.016, "1/hour", "infection of throat cells by each infected one, in who is not immune",
        "assumed: with their death, a millionfold in the six weeks of incubation", spread=0.1,
    )  # fmt: skip
    k_ebv_oral: float = par(
        0.0025, "1/hour", "loss of infected throat cells",
        "assumed: half-life 12 d, with which the throat sheds for half a year, balfour2013", spread=0.4,
    )  # fmt: skip
    ebv_on_blood: float = par(
        0.02, "1/hour", "infection of memory B cells by a full throat", "assumed: up to a fifth of them, within days"
    )
    k_ebv_latent: float = par(
        0.0055, "1/hour", "loss of infected memory B cells",
        "assumed: with what still comes from the throat, about the half-life of 7.5 d (SD 3.7) of hadinoto2008",
        spread=0.4,
    )  # fmt: skip
    s_ebv_killers: float = par(0.02, "1/hour", "rise of killer T cells while virus abounds", "assumed: some days")
    k_ebv_killers: float = par(
        0.0003956, "1/hour", "loss of killer T cells, half-life 73 d", "hadinoto2008: abstract", spread=0.3
    )
    ebv_learning_half: float = par(
        0.2, "1", "infected share that half-saturates this and learning", "assumed: about the peak"
    )
    ebv_settling: float = par(
        1e-4, "1", "share of lost infected B cells that stay for life",
        "assumed: a few of a hundred thousand memory B cells, as in healthy carriers",
    )  # fmt: skip
    ebv_reseeding: float = par(
        1e-3, "1/hour", "infection of the throat by what stays for life", "assumed: shedding now and then",
    )  # fmt: skip
    k_ebv_learning: float = par(0.01, "1/hour", "rise of lasting immunity", "assumed: some days")
    k_ebv_forgetting: float = par(
        1e-7,
        "1/hour",
        "fading of lasting immunity",
        "assumed: slower than a lifetime, and what virus remains renews it",
    )
    loop: float = par(
        0.4262, "1", "strength of the viral loop", FIT_ILLNESS + "; prior: below its fold in most",
        spread=0.6081,
    )  # fmt: skip
    loop_hill: float = par(
        2.0, "1", "steepness of the return", "assumed: the least with which two states can be", fixed=True
    )
    carrier_half: float = par(
        1e-6, "1", "reservoir from which reactivation can come, at half", "assumed: a tenth of a carrier's"
    )
    latent_on_exhaustion: float = par(
        1.089, "1", "exhaustion under lasting infection of all B cells that can be",
        FIT_ILLNESS + "; prior: enough to pass a fold at 2.5", spread=0.3,
    )  # fmt: skip
    interferon_on_exhaustion: float = par(
        0.9171, "1", "exhaustion in a carrier under lasting interferon of 1",
        FIT_ILLNESS + "; prior: less than by the virus itself", spread=0.3,
    )  # fmt: skip
    stress_on_reactivation: float = par(
        1.0, "1", "waking of virus under the stress of a jury that lasts", "assumed: titres rise in stressed students"
    )
    tau_exhaustion: float = par(
        1340.0, "hour", "time for exhaustion to come and go", "assumed: eight weeks", spread=0.3
    )
    tau_reactivation: float = par(168.0, "hour", "time for waking virus to follow", "assumed: a week")
    reactivation_on_interferon: float = par(
        0.01, "1", "interferon by reactivation of 1", "assumed: a hundredth of that of influenza"
    )
    ebv_detected: float = par(
        2e-4, "1", "infected share of throat cells that PCR just detects",
        "assumed: three to four powers of ten below the peak",
    )  # fmt: skip

    airway_on_interferon: float = par(
        4.0, "1", "interferon by a wholly infected airway", "assumed: this sets its unit; three quarters at the peak",
        spread=0.6,
    )  # fmt: skip
    ebv_on_interferon: float = par(
        9.825, "1", "interferon by killer T cells that meet infected B cells",
        FIT_ILLNESS + "; prior: with it interferon is about 1 in mononucleosis", spread=0.6002,
    )  # fmt: skip
    ebv_killing_half: float = par(
        0.1, "1", "infected share of B cells at which half of killer T cells are at work",
        "assumed: somewhat below the peak, for killers fall silent within weeks as the virus goes",
    )  # fmt: skip
    tau_interferon: float = par(8.0, "hour", "time for interferon to follow", "assumed: half-life of some 6 h")

    def rates(
        self, y: InfectionState, stress: Any, passing: Any, airway_growth_kept: Any = 1.0, ebv_making_kept: Any = 1.0,
        reactivation_kept: Any = 1.0,
    ) -> InfectionState:  # fmt: skip
        """Nobody is infected without being exposed: a dose of virus is a jump of `airway_infected` or `ebv_oral`.

        `passing` is the interferon of an infection that is not followed itself, or that is given; what is kept is what
        treatment leaves of the making of virus, and of its waking.
        """
        left = positive(1.0 - y.airway_infected - y.airway_spent)
        k_airway = (
            self.k_airway
            + self.airway_killing * y.airway_immunity
            + self.k_few * repressed(y.airway_infected, self.few, 1.0)
        )
        dying = k_airway * y.airway_infected
        airway_seen = saturating(y.airway_infected + y.airway_spent, self.airway_learning_half)
        open_throat = positive(1.0 - y.ebv_immunity)
        ebv_seen = saturating(y.ebv_latent + y.ebv_reservoir, self.ebv_learning_half)
        met = y.ebv_killers * saturating(y.ebv_latent, self.ebv_killing_half) * y.ebv_latent
        carrier = saturating(y.ebv_reservoir, self.carrier_half)
        worn = (
            hill(y.ebv_reactivation, 1.0, self.loop_hill)
            + self.latent_on_exhaustion * ebv_seen
            + self.interferon_on_exhaustion * carrier * y.interferon
        )
        return InfectionState(
            airway_infected=airway_growth_kept
            * self.airway_growth
            * (1.0 - y.airway_immunity)
            * left
            * y.airway_infected
            - dying,
            airway_spent=dying - self.k_airway_repair * y.airway_spent,
            airway_immunity=self.k_airway_learning * airway_seen * (1.0 - y.airway_immunity)
            - self.k_airway_forgetting * y.airway_immunity,
            ebv_oral=ebv_making_kept
            * (self.ebv_growth * open_throat * y.ebv_oral + self.ebv_reseeding * y.ebv_reservoir)
            * positive(1.0 - y.ebv_oral)
            - (self.k_ebv_oral + self.k_few * repressed(y.ebv_oral, self.few, 1.0)) * y.ebv_oral,
            ebv_latent=self.ebv_on_blood * open_throat * y.ebv_oral * (1.0 - y.ebv_latent)
            - self.k_ebv_latent * y.ebv_latent,
            ebv_reservoir=self.ebv_settling * self.k_ebv_latent * y.ebv_latent,
            ebv_killers=self.s_ebv_killers * ebv_seen * (1.0 - y.ebv_killers) - self.k_ebv_killers * y.ebv_killers,
            ebv_immunity=self.k_ebv_learning * ebv_seen * (1.0 - y.ebv_immunity)
            - self.k_ebv_forgetting * y.ebv_immunity,
            ebv_exhaustion=(worn - y.ebv_exhaustion) / self.tau_exhaustion,
            ebv_reactivation=(
                reactivation_kept * carrier * (self.loop * y.ebv_exhaustion + self.stress_on_reactivation * stress)
                - y.ebv_reactivation
            )
            / self.tau_reactivation,
            interferon=(
                self.airway_on_interferon * y.airway_infected
                + self.ebv_on_interferon * met
                + self.reactivation_on_interferon * y.ebv_reactivation
                + passing
                - y.interferon
            )
            / self.tau_interferon,
        )

    def outputs(self, y: InfectionState) -> InfectionOutputs:
        """Titres, nothing where there is no virus."""
        return InfectionOutputs(
            airway_titre=_titre(y.airway_infected, self.airway_detected),
            ebv_blood=y.ebv_latent + y.ebv_reservoir,
            ebv_titre=_titre(y.ebv_oral, self.ebv_detected),
        )


def _titre(infected: Any, detected: Any) -> Any:
    """On a scale of powers of ten that begins at nothing."""
    return log(1.0 + positive(infected) / detected) / log(10.0)
