"""A body under treatment: the same body, with drugs in it, their targets, and what is watched."""

import dataclasses
from collections import namedtuple
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from neuroimmune.body import Body, BodyInputs, BodyOutputs, BodyState
from neuroimmune.quantity import Quantity, System, level, output, par, part
from neuroimmune.systems.drug import NONE, Drug, DrugOutputs, DrugState
from neuroimmune.systems.monitored import Monitored, MonitoredOutputs, MonitoredState
from neuroimmune.systems.targets import TARGETS, TargetLevels, Targets, Touched

MOST_DRUGS = 3
JUDGED_NOT = float("inf")  # size of a state that does not decide steps: arms of a trial then take the same


Reach = type(
    "Reach",
    (System,),
    {
        "__doc__": "How strongly a drug reaches each target: one over the concentration that reaches half of it.",
        "__module__": __name__,
        "__annotations__": dict.fromkeys(TARGETS, float),
        **{name: par(0.0, "L/mg", f"strength at the target {name}", NONE) for name in TARGETS},
    },
)


class Agent(Drug):
    """A drug, and how strongly it reaches each target."""

    reach: Any = part(Reach)


class DrugUnits(NamedTuple):
    """In what a drug and its metabolite are counted."""

    amount: str = "mg"
    plasma: str = "mg/L"
    metabolite: str = "mg/L"


class CareLevels(NamedTuple):
    """What care has come to; it acts on nothing in the body, and is kept so that a course tells it."""

    belief: float = level(0.0, "1", "how sure the person is to get what may help", range=(0.0, 1.0))
    side_effects: float = level(0.0, "1", "side effects that the person notices")
    withheld: float = level(0.0, "1", "1 while any drug is withheld for what blood tests showed", range=(0.0, 1.0))
    activity_before: float = level(0.0, "1", "activity before a treatment that raises it")
    infection_left: float = level(0.0, "day", "days that an infection beyond those of the same life still lasts")
    serious_infection_left: float = level(0.0, "day", "days that a serious infection still lasts")


class TreatedBody(Body):
    """A body with drugs by name, as `treated` makes it: every path, state and read-out of `Body` is as it was.

    A drug's states, inputs and read-outs are named after it: `prednisolone_plasma`.
    """

    targets: Targets = part(Targets)
    monitored: Monitored = part(Monitored)


def treated(body: Body, drugs: Mapping[str, Agent], units: Mapping[str, DrugUnits] | None = None) -> TreatedBody:
    """The body with these drugs in it (none of them taken yet), by a name that can stand in a path.

    >>> from neuroimmune.quantity import declared
    >>> one = treated(Body(), {"aspirin": Agent()})
    >>> [name for name in declared(type(one).rates, "y") if name.startswith("aspirin")][:2]
    ['aspirin_depot', 'aspirin_central']
    """
    units = units or {}
    cls = _class_of(tuple((name, units.get(name, DrugUnits())) for name in drugs))
    inside = {field.name: getattr(body, field.name) for field in dataclasses.fields(body)}  # type: ignore[arg-type]
    return cls(**(inside | dict(drugs)))


@lru_cache(maxsize=64)
def _class_of(drugs: tuple[tuple[str, DrugUnits], ...]) -> type[TreatedBody]:
    """The class of bodies with these drugs; its equations are the same for any drugs of this number."""
    names = tuple(name for name, _ in drugs)
    slots = {n: _named(n, DrugState, unit) for n, unit in drugs}
    found = {n: _named(n, DrugOutputs, unit) for n, unit in drugs}
    unjudged = _tuple("Monitored", {n: _unjudged(q) for n, q in MonitoredState._field_defaults.items()})
    doses = {f"{n}_dose": level(0.0, f"{u.amount}/hour", f"{n.replace('_', ' ')} taken") for n, u in drugs}
    doses |= {f"{n}_withheld": level(0.0, "1", f"1 while {n.replace('_', ' ')} is withheld") for n, _ in drugs}
    State = _tuple("TreatedState", {"body": BodyState, "monitored": unjudged} | slots)
    Inputs = _tuple("TreatedInputs", {"body": BodyInputs, "targets": TargetLevels, "care": CareLevels} | doses)
    Reached = _tuple("Reached", {f"reached_{n}": output(q.unit, q.meaning) for n, q in TARGETS.items()})
    Outputs = _tuple("TreatedOutputs", {"body": BodyOutputs, "monitored": MonitoredOutputs, "reached": Reached} | found)

    def rates(self: Any, t: Any, y: State, inputs: Inputs) -> State:  # type: ignore[valid-type]
        """The body as treatment touches it, the drugs, and what is watched."""
        levels, touched, steroid = _reached(self, names, y, inputs)
        given = [(getattr(self, n), DrugState(*getattr(y, n)), getattr(inputs, f"{n}_dose")) for n in names]
        kept, liver, supply = 1.0, 0.0, 0.0
        for drug, inside, dose in given:
            acting = drug.acting(inside)
            kept = kept / (1.0 + drug.marrow * acting)
            liver = liver + drug.liver * acting
            supply = supply + drug.acts * drug.igg * drug.entering(inside, dose)
        watched = self.monitored.rates(
            y.monitored,
            kept,
            liver,
            self.targets.k_plasma_cell_killing * levels.plasma_cell_killing,
            levels.antibody_removal + self.targets.k_fcrn * levels.fcrn_blocked,
            supply,
            steroid,
            levels.tnf_blocked,
        )
        return State(
            body=Body.rates(self, t, y.body, inputs.body, touched),
            monitored=unjudged(*watched),
            **{n: slots[n](*drug.rates(inside, dose)) for n, (drug, inside, dose) in zip(names, given, strict=True)},
        )

    def outputs(self: Any, t: Any, y: State, inputs: Inputs) -> Outputs:  # type: ignore[valid-type]
        """What can be read off the body, the drugs, and what is watched."""
        levels, touched, _ = _reached(self, names, y, inputs)
        return Outputs(
            body=Body.outputs(self, t, y.body, inputs.body, touched),
            monitored=self.monitored.outputs(y.monitored),
            reached=Reached(*levels),
            **{n: found[n](*getattr(self, n).outputs(DrugState(*getattr(y, n)))) for n in names},
        )

    return type(
        f"BodyOn{''.join(name.title().replace('_', '') for name in names) or 'Treatment'}",
        (TreatedBody,),
        {
            "__doc__": TreatedBody.__doc__, "__module__": __name__,
            "__annotations__": dict.fromkeys(names, Agent), **{name: part(Agent) for name in names},
            "rates": rates, "outputs": outputs,
        },
    )  # fmt: skip


def _reached(body: Any, names: Sequence[str], y: Any, inputs: Any) -> tuple[TargetLevels, Touched, Any]:
    """How far each target is reached, what that does, and all steroid given, in multiples of usual cortisol.

    Cortisol that is given counts by the making that keeps up usual cortisol.

    Drugs compete for one target: the sum of their concentrations, each in units of that which reaches half, counts.
    What blocks division of cells does so in ways of its own, so what each leaves is multiplied. Steroids add up.
    """
    drugs = [(getattr(body, n), DrugState(*getattr(y, n)), getattr(inputs, f"{n}_dose")) for n in names]
    levels = {}
    for target in TARGETS:
        by_practice, strength, left = getattr(inputs.targets, target), 0.0, 1.0
        for drug, inside, _ in drugs:
            own = getattr(drug.reach, target) * drug.acting(inside)
            strength, left = strength + own, left / (1.0 + own)
        if target in BY_PRACTICE or target in ADDED:
            levels[target] = by_practice if target in BY_PRACTICE else by_practice + strength
            continue
        left = left if target == "proliferation_blocked" else 1.0 / (1.0 + strength)
        levels[target] = 1.0 - (1.0 - by_practice) * left
    supply = 0.0
    for drug, inside, dose in drugs:
        supply = supply + drug.acts * drug.cortisol * drug.entering(inside, dose)
    reached = TargetLevels(**levels)
    usual = body.hpa.k_cortisol * body.hpa.loose(body.hpa.cortisol_rest)
    steroid = reached.gr_agonist + supply / usual
    return reached, body.targets.touch(reached, supply, steroid), steroid


ADDED = ("gr_agonist",)  # counts in multiples of usual cortisol, not as a share
BY_PRACTICE = ("cosyntropin", "antibody_removal")  # no drug reaches them


def _named(name: str, shape: Any, units: DrugUnits) -> Any:
    """The states or read-outs of a drug, under its name and in its units."""
    fields = {}
    for field, known in shape._field_defaults.items():
        unit = {"mg": units.amount, "mg/L": units.plasma}[known.unit]
        unit = units.metabolite if field == "metabolite" else unit
        own = dataclasses.replace(known, unit=unit, meaning=f"{name.replace('_', ' ')}: {known.meaning}")
        fields[f"{name}_{field}"] = _unjudged(own) if shape is DrugState else own
    return _tuple(f"{name}_{shape.__name__}", fields)


def _unjudged(known: Quantity) -> Quantity:
    return dataclasses.replace(known, scale=JUDGED_NOT)


def _tuple(name: str, fields: Mapping[str, Any]) -> Any:
    """A `NamedTuple` of quantities, or of such tuples."""
    inner = [n for n, f in fields.items() if isinstance(f, type)]
    quantities = [n for n in fields if n not in inner]
    made = namedtuple(name, [*inner, *quantities], defaults=[fields[n] for n in quantities])  # noqa: PYI024
    made.__annotations__ = {n: fields[n] if n in inner else float for n in made._fields}
    return made
