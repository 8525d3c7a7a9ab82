"""Exertion: fuel, lactate and fitness; the debt that too much of it leaves, and the crash a day later."""

from typing import Any, NamedTuple

from neuroimmune.kinetics import e_folds, hill, positive, power
from neuroimmune.quantity import System, fitted, output, par, state

FIT = fitted("symptoms")
FIT_ILLNESS = fitted("illness")
FALSIFIED_BY = (
    "strict pacing for months, verified by accelerometer, after which an exercise test is followed by as long a crash "
    "as before; or people without any crash whose illness lasts as long"
)


class EnergyState(NamedTuple):
    """What exertion leaves behind."""

    muscle_depletion: float = state(
        0.0, "hour", "fuel that muscle has used and not yet stored again, in hours of maximal work", scale=0.01
    )
    lactate: float = state(1.0, "mmol/L", "lactate in blood")
    training: float = state(1.0056, "1", "physical activity of past weeks, relative to that of sedentary people")
    exertional_debt: float = state(0.0, "1", "what exertion beyond the envelope has left to repay", scale=0.01)
    post_exertional: float = state(0.0, "1", "signal of that debt, which comes later", scale=0.01)


class EnergyOutputs(NamedTuple):
    """What an exercise test shows, and what can be done without paying for it."""

    envelope: float = output("1", "exertion without debt, as a share of the most")
    work_at_threshold: float = output("W", "work rate at the ventilatory threshold")
    vo2_peak: float = output("mL/kg/minute", "oxygen uptake at most")


class Energy(System):
    """Effort beyond an envelope leaves a debt; its signal follows later, and shrinks the envelope.

    Effort is daily activity, exercise, mental and emotional effort together, as shares of the most. Debt grows with the
    square of the excess and is repaid within days, slower in illness, which also shrinks the envelope: so the
    exercise test that costs a sedentary person two days costs a patient two weeks (moore2023). The delay of the signal
    differs between people from hours to more than a day. The loop: the signal shrinks the envelope until daily life
    itself exceeds it. Its strength is `loop`; less activity, or rest, undoes it.
    Deconditioning lowers what can be done at all, in watts; effort is counted as a share of that, so a body that is
    merely unfit has the envelope of others and does not crash.
    Muscle uses fuel in proportion to work, and makes IL-6 the more, the harder it works and the emptier it is.
    """

    k_refuelling: float = par(0.05, "1/hour", "storing of fuel", "assumed: muscle glycogen comes back in about a day")
    il6_of_muscle: float = par(
        399.1, "pg/mL/hour", "making of IL-6 by muscle at full work when empty",
        FIT + "; spread assumed", spread=0.4,
    )  # fmt: skip
    depletion_half: float = par(
        1.821, "hour", "depletion at which half of that is made",
        FIT + "; spread: IL-6 differs by 38 % at 6 h and 10 % at 12 h, wallberg2011", spread=0.4,
    )  # fmt: skip
    depletion_hill: float = par(
        2.0, "1", "its steepness", "assumed: IL-6 still rises after 6 h and no more after 12, wallberg2011", fixed=True
    )  # fmt: skip
    intensity_hill: float = par(
        6.0, "1", "steepness with which making follows intensity",
        "assumed: of 4, 6 and 8 the least with which 2.5 h at 75 % raise IL-6 so much more than 6 h at 60 % of VO2max "
        "(ostrowski1998, wallberg2011)", fixed=True,
    )  # fmt: skip

    lactate_rest: float = par(1.0, "mmol/L", "lactate at rest", "assumed: laboratory range 0.5 to 1.5", spread=0.2)
    k_lactate: float = par(2.08, "1/hour", "removal of lactate, half-life 20 min", "assumed: textbooks, 15 to 25 min")
    exertion_on_lactate: float = par(
        180.0, "mmol/L/hour", "making of lactate at the most exertion", "assumed: some 8 mmol/L after a test of 10 min"
    )
    lactate_hill: float = par(4.0, "1", "its steepness", "assumed: a threshold near half of the most", fixed=True)

    daily_effort: float = par(
        0.12, "1", "effort of daily life while awake, a share of the most, in who is as fit as usual",
        "assumed: about 1.8 times resting metabolism of a most of 9",
    )  # fmt: skip
    daily_exertion: float = par(0.08, "1", "its mean over day and night", "definition: 16 of 24 hours")
    tau_training: float = par(
        600.0, "hour", "time for fitness to follow activity",
        "assumed: between training, whose time is 15 d (hickson1981), and bed rest, where 0.3 % a day are lost "
        "for months (riedlarsen2017)",
    )  # fmt: skip
    least_fitness: float = par(
        0.65, "1", "fitness without any activity", "assumed: some weeks in bed take a quarter", range=(0.1, 0.99)
    )

    envelope_rest: float = par(
        0.5, "1", "exertion without debt in health, a share of the most",
        "assumed: the ventilatory threshold of sedentary people", spread=0.15, range=(0.05, 1.2),
    )  # fmt: skip
    sick_on_envelope: float = par(
        1.611, "1", "shrinking of the envelope by illness",
        FIT_ILLNESS + "; prior: with it a test costs an ill person two weeks", spread=0.4,
    )  # fmt: skip
    loop: float = par(
        0.3587, "1", "strength of the exertional loop: shrinking of the envelope by the signal, an e-fold of it",
        FIT_ILLNESS + "; prior: below its fold in most; see `neuroimmune explain loops`", spread=0.6081,
    )  # fmt: skip
    signal_half: float = par(
        0.1, "1", "signal from which it is felt", "assumed: with it a sedentary person feels two tests for some days"
    )
    k_debt: float = par(
        0.9193, "1/hour", "debt by effort of twice the envelope",
        FIT_ILLNESS + "; prior: a test of an ill person makes a debt of about 1", spread=0.4,
    )  # fmt: skip
    debt_hill: float = par(2.0, "1", "steepness with which debt follows the excess", "assumed: of 1, 2 and 3 the one "
        "with which both test and daily life can exceed an envelope", fixed=True)  # fmt: skip
    tau_repay: float = par(
        19.71,
        "hour",
        "time to repay debt in health",
        FIT_ILLNESS + "; prior: two days after a test, moore2023",
        spread=0.5,
    )
    sick_on_repay: float = par(
        1.164,
        "1",
        "slowing of repayment by illness",
        FIT_ILLNESS + "; prior: with it a test costs an ill person two weeks",
        spread=0.4,
    )
    tau_delay: float = par(
        12.0, "hour", "time for the signal to follow debt", "assumed: from hours to more than a day", spread=0.7
    )
    stress_on_effort: float = par(
        0.35, "1", "effort by the stress of a jury", "assumed: 90 % name emotional triggers, chu2018"
    )
    mental_on_effort: float = par(
        0.35, "1", "effort by the most mental work", "assumed: 90 % name mental triggers, chu2018"
    )

    work_threshold_rest: float = par(
        62.0, "W", "work rate at the ventilatory threshold, as fit as usual",
        "lim2020cpet: 10.8 W above the 51.4 of keller2014's patients", spread=0.35,
    )  # fmt: skip
    vo2_rest: float = par(
        32.8, "mL/kg/minute", "oxygen uptake at most, as fit as usual", "walitt2024: 9 controls, SD 6.6", spread=0.2
    )
    signal_on_work: float = par(
        0.145,
        "1",
        "fall of work at threshold by the signal, an e-fold of it",
        FIT_ILLNESS + "; prior: a fifth on the day after",
    )
    signal_on_vo2: float = par(
        0.08976,
        "1",
        "fall of the most uptake by the signal, an e-fold of it",
        FIT_ILLNESS + "; prior: a seventh on the day after",
    )
    sick_on_work: float = par(
        0.1185, "1", "fall of work by illness", FIT_ILLNESS + "; prior: a sixth less on the first day, lim2020cpet"
    )

    def rates(
        self, t: Any, y: EnergyState, exertion: Any, activity: Any, mental: Any, stress: Any, awake: Any, sick: Any,
        repaying: Any = 1.0,
    ) -> EnergyState:  # fmt: skip
        """`exertion` and `mental` are shares of the most; `activity` is 1 in daily life as usual.

        `stress` is 1 before a jury; `sick` is illness as energy feels it, 1 half-way up the scale of fatigue;
        `repaying` is what treatment makes of the pace of repaying.
        """
        daily = self.daily_effort * activity * awake
        effort = daily / self.fitness(y) + exertion + self.mental_on_effort * mental + self.stress_on_effort * stress
        excess = positive(effort / self.envelope(y, sick) - 1.0)
        return EnergyState(
            muscle_depletion=exertion - self.k_refuelling * y.muscle_depletion,
            lactate=self.k_lactate * (self.lactate_rest - y.lactate)
            + self.exertion_on_lactate * power(exertion, self.lactate_hill),
            training=((daily + exertion) / self.daily_exertion - y.training) / self.tau_training,
            exertional_debt=self.k_debt * power(excess, self.debt_hill)
            - repaying * y.exertional_debt / (self.tau_repay * (1.0 + self.sick_on_repay * sick)),
            post_exertional=(y.exertional_debt - y.post_exertional) / self.tau_delay,
        )

    def outputs(self, y: EnergyState, sick: Any) -> EnergyOutputs:
        """What a test to exhaustion would show now."""
        felt = self.felt(y)
        return EnergyOutputs(
            envelope=self.envelope(y, sick),
            work_at_threshold=self.work_threshold_rest
            * self.fitness(y)
            / (1.0 + self.signal_on_work * felt + self.sick_on_work * sick),
            vo2_peak=self.vo2_rest * self.fitness(y) / (1.0 + self.signal_on_vo2 * felt + self.sick_on_work * sick),
        )

    def fitness(self, y: EnergyState) -> Any:
        """What can be done at most, relative to a sedentary person: 1 at usual activity."""
        return self.least_fitness + (1.0 - self.least_fitness) * 2.0 * y.training / (1.0 + y.training)

    def felt(self, y: EnergyState) -> Any:
        """The signal as it is felt, by its logarithm beyond the least."""
        return e_folds(y.post_exertional, self.signal_half)

    def envelope(self, y: EnergyState, sick: Any) -> Any:
        """What can be done without debt, as a share of the most."""
        return self.envelope_rest / (1.0 + self.sick_on_envelope * sick + self.loop * self.felt(y))

    def il6_made(self, y: EnergyState, exertion: Any) -> Any:
        """IL-6 that muscle gives to the blood, in pg/mL/hour."""
        emptied = hill(y.muscle_depletion, self.depletion_half, self.depletion_hill)
        return self.il6_of_muscle * power(exertion, self.intensity_hill) * emptied
