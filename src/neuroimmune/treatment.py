"""Treatments: what is known of each, read from its file; a drug's numbers as a system of the body."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from neuroimmune.errors import InputError, nearest
from neuroimmune.quantity import Quantity, parameters, with_parameters
from neuroimmune.systems.targets import TARGETS
from neuroimmune.treated import ADDED, BY_PRACTICE, Agent, DrugUnits
from neuroimmune.treatment_file import (
    BLINDED,
    OPEN,
    UNCONTROLLED,
    Evidence,
    Genotype,
    Number,
    SideEffect,
    TreatmentFile,
)

WEIGHT, SURFACE = 70.0, 1.8  # assumed: kilograms and square metres of every virtual person
FASTEST = 3.0  # 1/hour: what is faster cannot be followed by the solver's steps, and counts as at once
ILLNESSES = ("ME/CFS", "FM", "FND", "long COVID")
SUPPLIES = {"cortisol_supply": "cortisol", "igg_supply": "igg"}  # what becomes what the body makes itself


@dataclass(frozen=True, eq=False)
class Treatment:
    """A treatment as its file has it.

    >>> prednisolone = load_treatment("prednisolone")
    >>> prednisolone.route, prednisolone.file.unit, prednisolone.is_drug
    ('by mouth', 'mg', True)
    """

    file: TreatmentFile

    def __repr__(self) -> str:
        return f"<treatment {self.name}: {self.file.what}>"

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def slot(self) -> str:
        """Its name as it stands in paths and states."""
        return self.name.replace("-", "_")

    @property
    def route(self) -> str:
        return self.file.route

    @property
    def is_drug(self) -> bool:
        """Whether it has kinetics of its own."""
        return self.file.kinetics is not None

    @property
    def amount(self) -> str:
        """The unit of what is in the body: that of a dose, but for weight or surface."""
        return self.file.unit if self.file.unit == CELLS else "mg"

    @property
    def units(self) -> DrugUnits:
        """In what drug and metabolite are counted."""
        plasma = CELLS if self.amount == CELLS else "mg/L"
        return DrugUnits(self.amount, plasma, self.file.metabolite.unit if self.file.metabolite else plasma)

    @property
    def targets(self) -> list[str]:
        """What it reaches."""
        return [*self.file.targets, *self.file.sessions, *self.file.daily]

    @cached_property
    def numbers(self) -> dict[str, Quantity]:
        """Every number of the file that a virtual person has, by its path inside `Agent`."""
        return dict(self._numbers())

    @cached_property
    def drug(self) -> Agent:
        """The drug, with its numbers; nothing taken."""
        made: Any = with_parameters(Agent(), {path: known.value for path, known in self.numbers.items()})
        return made

    def _numbers(self) -> Iterator[tuple[str, Quantity]]:
        file, known = self.file, parameters(Agent())

        def number(path: str, given: Number, value: float) -> tuple[str, Quantity]:
            meaning = f"{file.title}: {known[path].meaning}"
            return path, Quantity(value, given.unit, meaning, given.source, given.spread, range=known[path].range)

        if file.kinetics is None:
            return
        for name in type(file.kinetics).model_fields:
            given = getattr(file.kinetics, name)
            if given is not None:
                yield number(name, given, given.value)
        for target, how in file.targets.items():
            if how.per_mg is not None:
                yield number(SUPPLIES[target], how.per_mg, how.per_mg.value)
            elif how.potency is not None:
                yield number(f"reach.{target}", how.potency, how.potency.value)
            elif how.half is not None:
                yield number(f"reach.{target}", how.half, 1.0 / how.half.value)
        for path, half in (("liver", file.harms.alt_half), ("marrow", file.harms.marrow_half)):
            if half is not None:
                yield number(path, half, 1.0 / half.value)
        if file.route == "into a vein":
            yield "by_vein", Quantity(1.0, "1", f"{file.title}: given into a vein", "definition")

    def evidence(self, condition: str) -> list[Evidence]:
        """What was found in a condition."""
        return [e for e in self.file.evidence if e.condition == condition]

    def grade(self, condition: str, short: bool = False) -> str:
        """The evidence in a condition in a few words, by design and direction alone; not a weighing of it.

        >>> load_treatment("rituximab").grade("ME/CFS"), load_treatment("rituximab").grade("ME/CFS", short=True)
        ('blinded trials disagree', 'b mixed')
        """
        found = self.evidence(condition)
        alone = {"for": "speak for it", "against": "speak against it", "null": "found no effect", "mixed": "disagree"}
        for designs, word, words in ((BLINDED, "b", "blinded trials"), (OPEN, "o", "open trials only; they")):
            said = {e.direction for e in found if e.design in designs}
            if said:
                direction = said.pop() if len(said) == 1 else "mixed"
                return f"{word} {direction}" if short else f"{words} {alone[direction]}"
        some = any(e.design != "none" for e in found)
        if short:
            return "u" if some else "-"
        return "no controlled evidence" if some else "no evidence"

    @property
    def controlled(self) -> list[str]:
        """The conditions in which there is controlled evidence."""
        designs = (*BLINDED, *OPEN)
        return [c for c in ILLNESSES if any(e.design in designs for e in self.evidence(c))]


CELLS = "million/kg"


def all_treatments() -> list[str]:
    """The names of the treatments that come with the package."""
    folder = files("neuroimmune").joinpath("treatments")
    return sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml"))


@cache
def load_treatment(name_or_path: str | Path) -> Treatment:
    """A treatment by name, or from a TOML file. Raises `InputError` saying what is wrong with name or file.

    >>> load_treatment("prednisolon")
    Traceback (most recent call last):
    neuroimmune.errors.InputError: there is no treatment 'prednisolon'; did you mean prednisolone?
    """
    import tomllib

    name = str(name_or_path)
    if name in all_treatments():
        text = files("neuroimmune").joinpath("treatments", f"{name}.toml").read_text(encoding="utf-8")
    elif name.endswith(".toml"):
        try:
            text = Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read the treatment {name}: {getattr(error, 'strerror', None) or error}") from None
    else:
        raise InputError(f"there is no treatment {name!r}{nearest(name, all_treatments())}")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name} is not valid TOML: {error}") from None
    return from_dict(content, name)


def from_dict(content: Mapping[str, Any], where: str) -> Treatment:
    """A treatment from the content of a file, checked key by key."""
    from neuroimmune.protocol_file import checked

    treatment = Treatment(checked(TreatmentFile, dict(content), where))
    for problem in _problems(treatment):
        raise InputError(f"{where}: {problem}")
    return treatment


def _problems(treatment: Treatment) -> Iterator[str]:
    """What no shape can tell: targets that do not exist, units that are not those of the model."""
    file, known = treatment.file, parameters(Agent())
    from neuroimmune.body import BodyInputs

    possible = [*(t for t in TARGETS if t not in BY_PRACTICE), *SUPPLIES]
    for target, how in file.targets.items():
        if target not in possible:
            yield f"there is no target {target!r}{nearest(target, possible)}"
        way = "per_mg" if target in SUPPLIES else "potency" if target in ADDED else "half"
        if getattr(how, way, None) is None:
            yield f"the target {target} needs {way}, not another number"
    for name in file.sessions:
        if name not in (*TARGETS, "exertion", "mental"):
            yield f"a session cannot raise {name!r}{nearest(name, [*TARGETS, *BodyInputs._fields])}"
    for name in file.daily:
        if name not in TARGETS:
            yield f"daily practice cannot reach {name!r}{nearest(name, TARGETS)}"
    for name, given in file.kinetics or ():
        unit = known[name].unit.replace("mg", treatment.amount) if name != "metabolite_formed" else "1"
        if given is not None and given.unit != unit:
            yield f"{name} is measured in {unit}, not in {given.unit!r}"
    acting = treatment.units.metabolite if treatment.drug.metabolite_acts else treatment.units.plasma
    halves = [how.half for how in file.targets.values()] + [file.harms.alt_half, file.harms.marrow_half]
    for half in halves:
        if half is not None and (half.unit != acting or half.value <= 0):
            yield f"a half is a positive number in {acting}, not {half.value:g} {half.unit}"
    drug = treatment.drug
    rates = {
        "k_absorption": drug.k_absorption, "k_effect": drug.k_effect, "metabolite_k": drug.metabolite_k,
        "all that leaves the central volume": (drug.clearance + drug.exchange + drug.exchange_deep) / drug.volume,
        "exchange with tissue": drug.exchange / drug.volume_tissue,
        "exchange with deep tissue": drug.exchange_deep / drug.volume_deep,
    }  # fmt: skip
    for name, rate in rates.items():
        if rate > FASTEST + 1e-9:
            yield f"{name} is {rate:.3g} an hour; above {FASTEST:g} use a larger volume or leave the compartment out"
    for genotype in file.genotype:
        if genotype.changes not in treatment.numbers:
            possible = nearest(genotype.changes, treatment.numbers)
            yield f"the genotype {genotype.gene} changes {genotype.changes!r}{possible}"


__all__ = [
    "ILLNESSES", "UNCONTROLLED", "Evidence", "Genotype", "SideEffect", "Treatment", "all_treatments", "load_treatment",
]  # fmt: skip
