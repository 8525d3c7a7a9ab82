"""What may keep people ill, as ensembles of parameters before any row is seen: the six loops, and their rivals."""

from typing import NamedTuple

from neuroimmune.body import LOOPS


class Free(NamedTuple):
    """A number to be found: log-normal before, about `middle`; `spread` is the SD of its logarithm.

    `name` is a parameter, or `spread:` and one, for how much people differ in it, or `spread`: of all strengths.
    """

    name: str
    middle: float
    spread: float
    why: str


class Explanation(NamedTuple):
    """Numbers that are to be found, and others that are set, by column of a table of draws."""

    title: str
    about: str
    free: tuple[Free, ...]
    set: dict[str, float]


# Where each loop alone began to hold the usual person of the third fit (`neuroimmune explain loops`): within a fifth of
# where it does in the middle of this prior.
FOLDS = {"hpa": 1.93, "glia": 1.27, "virus": 2.18, "gut": 2.0, "autoantibody": 1.99, "exertion": 1.54}
BELOW = 0.312  # of the fold: with a log-SD of 0.5 between people one in a hundred is beyond it
ANY = (
    Free("infection.ebv_on_interferon", 10.0, 0.4, "interferon of about 1 in mononucleosis"),
    Free("spread:infection.ebv_on_interferon", 0.6, 0.3, "log-SD between people, as assumed in the code"),
    Free("gut.inflammation_on_barrier", 0.4, 0.5, "as dysbiosis"),
    Free("symptoms.held_on_unrefreshing", 1.1, 0.3, "as fatigue"),
    Free("symptoms.felt_on_malaise", 0.5, 0.3, "more than of fatigue"),
    Free("energy.sick_on_envelope", 1.15, 0.4, "halved in illness"), Free("energy.k_debt", 1.1, 0.5, "its unit"),
    Free("energy.tau_repay", 24.0, 0.3, "a day in health"), Free("energy.sick_on_repay", 1.0, 0.4, "twice in illness"),
    Free("energy.signal_on_work", 0.12, 0.4, "a fifth on the day after"),
    Free("energy.signal_on_vo2", 0.06, 0.4, "a seventh on the day after"),
    Free("energy.sick_on_work", 0.1, 0.5, "a sixth less on the first day"),
    Free("held_on_arousal", 0.06, 0.5, "four beats a minute"),
)  # fmt: skip
VESSELS = (
    Free("injury_on_held", 0.5, 0.5, "a third of a loop's"),
    Free("autonomic.tau_injury", 1000.0, 0.4, "six weeks"),
)
CUT = dict.fromkeys(LOOPS.values(), 0.0)


def loops(stronger: float = 1.0) -> Explanation:
    """The six loops together, below their folds in most, and vessels that heal within weeks.

    The middles of the strengths are so many times `stronger` than the rule has them.
    """
    one = "one in a hundred beyond its fold at the middle, one in twenty over the whole prior"
    return Explanation(
        "the six loops",
        "Each loop has a strength of its own in each person; vessels heal by themselves within weeks.",
        (
            *(Free(path, round(stronger * BELOW * FOLDS[name], 3), 0.5, one) for name, path in LOOPS.items()),
            Free("spread", 0.5, 0.3, "log-SD of each strength between people: as other traits"),
            Free("adaptive.infection_on_autoreactive", 2.0, 0.5, "enough to pass an unstable state"),
            Free("infection.latent_on_exhaustion", 1.0, 0.5, "the same"),
            Free("infection.interferon_on_exhaustion", 1.0, 0.5, "less than by the virus itself"),
            Free("brain.tau_priming", 500.0, 0.3, "weeks"),
            Free("brain.tau_primed", 1500.0, 0.3, "weeks to months, rodents"),
            Free("hpa.set_point_on_cortisol", 0.08, 0.5, "a third of an SD"), *VESSELS, *ANY,
        ),
        {},
    )  # fmt: skip


RIVALS = {
    "severity": Explanation(
        "severity alone",
        "No loop. The acute illness differs between people; what it leaves in vessels heals within weeks in everyone.",
        (*VESSELS, *ANY), CUT,
    ),
    "slow": Explanation(
        "slow recovery",
        "One steady state: primed microglia are felt but cannot hold themselves; priming fades within weeks in some "
        "and over years in others.",
        (
            Free("glia_on_held_half", 0.025, 0.5, "what is kept up is felt when priming is half its most"),
            Free("brain.tau_priming", 500.0, 0.3, "weeks"),
            Free("brain.tau_primed", 1500.0, 0.8, "two weeks to a year, rodents and beyond"),
            Free("spread:brain.tau_primed", 0.8, 0.4, "log-SD between people: weeks in some, years in others"),
            *VESSELS, *ANY,
        ),
        CUT | {"brain.loop": 0.05, "spread:brain.loop": 0.2},
    ),
    "vessels": Explanation(
        "vessels that heal slowly",
        "No loop. Injury of vessels is felt, and heals within weeks in some and over years in others.",
        (
            Free("injury_on_held", 1.0, 0.6, "two thirds of a loop's"),
            Free("autonomic.tau_injury", 1500.0, 0.8, "two weeks to a year"),
            Free("spread:autonomic.tau_injury", 0.8, 0.4, "log-SD between people: weeks in some, years in others"),
            *ANY,
        ),
        CUT,
    ),
    "stronger": loops(1.6)._replace(
        title="the six loops, stronger before",
        about="The same, with strengths 1.6 times as great in the prior: what changes hangs on the prior.",
    ),
}  # fmt: skip
