"""The brain's view of inflammation in the blood: a fast path, a slow path, and microglia that remember."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import hill
from neuroimmune.quantity import System, fitted, output, par, state

FIT = fitted("symptoms")
FIT_ILLNESS = fitted("illness")
FALSIFIED_BY = (
    "TSPO signal, or a better marker of microglia, that is that of healthy people in those who are ill, scanned again "
    "after a second infection"
)


class BrainState(NamedTuple):
    """What the brain has received, and what it made of it."""

    signal_fast: float = state(0.0, "1", "inflammatory signal by nerve and endothelium", scale=0.1)
    signal_slow: float = state(0.0, "1", "inflammatory signal by blood-borne mediators", scale=0.1)
    microglia_active: float = state(0.0, "1", "microglia that are active, above rest", scale=0.1)
    microglia_primed: float = state(0.0, "1", "microglia that are primed: they answer more", scale=0.1)


class BrainOutputs(NamedTuple):
    """What follows at once from the state."""

    tspo: float = output("1", "TSPO signal of the whole brain, relative to rest")


class Brain(System):
    """Blood tells the brain of inflammation within the hour by nerve and endothelium, over hours by mediators.

    One pair of active and primed microglia stands for all regions. The two paths are as harrison2009 puts them;
    active microglia follow both paths and fade within a day or two; priming fades over weeks.
    TSPO after endotoxin is contested: sandiego2015 found it raised, nettis2020 after interferon did not once the
    free fraction in plasma was counted. No human numbers exist for priming. Regions are not told apart: no
    gains of regions were found in a source.
    The loop: primed microglia keep themselves active, and active ones keep them primed, for as long as the strength
    `loop` allows; with strength nothing and a long `tau_primed` it is slow recovery, with one steady state. In
    established illness TSPO is contested: nakatomi2014 found it raised, raijmakers2022 did not; `kept_up_on_tspo` is a
    switch for it.
    """

    tau_fast: float = par(1.106, "hour", "time of the fast path", FIT)
    tau_slow: float = par(6.29, "hour", "time of the slow path", FIT)
    tau_active: float = par(9.781, "hour", "time for active microglia to follow", FIT)
    tau_priming: float = par(
        458.8, "hour", "time for priming under full activity",
        FIT_ILLNESS + "; prior: weeks, so that a cold primes a little",
    )  # fmt: skip
    tau_primed: float = par(
        1317.0, "hour", "time for priming to fade", FIT_ILLNESS + "; prior: rodents, weeks to months", spread=0.3
    )
    active_half: float = par(
        2.0, "1", "activity at which priming is half its most", "assumed: about that of some hours after endotoxin"
    )
    priming_hill: float = par(
        2.0, "1", "steepness of priming", "assumed: what daily life does to IL-6 primes nobody", fixed=True
    )
    loop: float = par(
        0.487, "1", "strength of the loop: activity that primed microglia keep up by themselves, at most",
        FIT_ILLNESS + "; prior: below its fold in most; see `neuroimmune explain loops`", spread=0.6081,
    )  # fmt: skip
    loop_half: float = par(0.25, "1", "priming at which half of that is kept up", "assumed: a quarter of the cells")
    loop_hill: float = par(
        2.0, "1", "its steepness", "assumed: the least with which two states can be", fixed=True
    )  # fmt: skip
    signal_on_active: float = par(
        1.0, "1", "activation of microglia by the fast and the slow path together", "definition", fixed=True
    )  # fmt: skip
    primed_on_active: float = par(1.0, "1", "further activation when all are primed", "assumed: twice, as in rodents")
    kept_up_on_tspo: float = par(
        1.0, "1", "whether TSPO shows activity that microglia keep up by themselves: 1 is wholly, 0 not at all",
        "assumed: contested, nakatomi2014 saw it and raijmakers2022 did not; 1 in four of ten draws of the fit",
        range=(0.0, 1.0),
    )  # fmt: skip
    active_on_tspo: float = par(0.221, "1", "TSPO signal by active microglia", FIT + "; spread assumed", spread=0.5)

    def rates(self, t: Any, y: BrainState, blood: Any, glia_kept: Any = 1.0) -> BrainState:
        """`blood` is what the blood shows of inflammation, nothing at rest.

        `glia_kept` is what treatment leaves of activation.
        """
        drive = self.signal_on_active * (y.signal_fast + y.signal_slow) * (
            1.0 + self.primed_on_active * y.microglia_primed
        ) + self.kept_up(y)
        return BrainState(
            signal_fast=(blood - y.signal_fast) / self.tau_fast,
            signal_slow=(blood - y.signal_slow) / self.tau_slow,
            microglia_active=(glia_kept * drive - y.microglia_active) / self.tau_active,
            microglia_primed=hill(y.microglia_active, self.active_half, self.priming_hill)
            * (1.0 - y.microglia_primed)
            / self.tau_priming
            - y.microglia_primed / self.tau_primed,
        )

    def outputs(self, y: BrainState, glia_kept: Any = 1.0) -> BrainOutputs:
        """TSPO, whatever the region: the gains of regions are not known well enough to tell them apart."""
        unseen = (1.0 - self.kept_up_on_tspo) * glia_kept * self.kept_up(y)
        return BrainOutputs(tspo=1.0 + self.active_on_tspo * (y.microglia_active - unseen))

    def kept_up(self, y: BrainState) -> Any:
        """Activity that primed microglia keep up by themselves."""
        return self.loop * hill(y.microglia_primed, self.loop_half, self.loop_hill)
