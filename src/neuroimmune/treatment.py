"""Treatments: what is known of each, read from its file; a drug's numbers as a system of the body."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from neuroimmune.body import Body
from neuroimmune.errors import InputError, nearest
from neuroimmune.protocol import moment
from neuroimmune.quantity import Quantity, check_value, declared, parameters, with_parameters
from neuroimmune.systems.targets import TARGETS
from neuroimmune.treated import ADDED, BY_PRACTICE, Agent, DrugUnits
from neuroimmune.treatment_file import (
    BLINDED,
    OPEN,
    Evidence,
    Genotype,
    Number,
    SideEffect,
    TreatmentFile,
)

WEIGHT, SURFACE = 70.0, 1.8  # assumed: kilograms and square metres of every virtual person
FASTEST = 3.0  # 1/hour: what is faster cannot be followed by the solver's steps, and counts as at once
ILLNESSES = ("ME/CFS", "FM", "FND", "long COVID")
EFFORTS = ("exertion", "mental")  # inputs of the body that a session may raise
SUPPLIES = {"cortisol_supply": "cortisol", "igg_supply": "igg"}  # what becomes what the body makes itself
MATTERS_AS = {"cortisol_supply": "gr_agonist", "igg_supply": "fcrn_blocked"}  # the relevance by which a supply matters


@dataclass(frozen=True, eq=False)
class Treatment:
    """A treatment as its file has it.

    >>> prednisolone = load_treatment("prednisolone")
    >>> prednisolone.route, prednisolone.file.unit, prednisolone.is_drug
    ('by mouth', 'mg', True)
    """

    file: TreatmentFile

    def __repr__(self) -> str:
        return f"<treatment {self.name}, {self.digest}: {self.file.what}>"

    @cached_property
    def digest(self) -> str:
        """A name for all that its file says: another number is another name."""
        return hashlib.sha256(self.file.model_dump_json().encode()).hexdigest()[:12]

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
    def acts_by_itself(self) -> bool:
        """Whether it acts by exertion, stress or activity, which need no relevance."""
        return bool(
            self.file.sessions or "calm" in self.file.daily or self.file.behaviour.acts or self.file.behaviour.rise
        )

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
        for designs, word, kind in ((BLINDED, "b", "blinded"), (OPEN, "o", "open")):
            trials = [e for e in found if e.design in designs]
            if trials:
                said = {e.direction for e in trials}
                direction = said.pop() if len(said) == 1 else "mixed"
                several = len(trials) > 1 or trials[0].design.startswith("meta")
                words = SAID[several][direction]
                only = "" if kind == "blinded" else ", none was blinded"
                return f"{word} {direction}" if short else f"{'' if several else 'one '}{kind} {words}{only}"
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
SAID = {
    True: {"for": "trials speak for it", "against": "trials speak against it", "null": "trials found no effect",
           "mixed": "trials disagree"},
    False: {"for": "trial speaks for it", "against": "trial speaks against it", "null": "trial found no effect",
            "mixed": "trial is mixed"},
}  # fmt: skip


def all_treatments() -> list[str]:
    """The names of the treatments that come with the package."""
    folder = files("neuroimmune").joinpath("treatments")
    return sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml"))


@cache
def _shipped(name: str) -> Treatment:
    text = files("neuroimmune").joinpath("treatments", f"{name}.toml").read_text(encoding="utf-8")
    return _from_text(text, name)


def load_treatment(name_or_path: str | Path) -> Treatment:
    """A treatment by name, or from a TOML file. Raises `InputError` saying what is wrong with name or file.

    >>> load_treatment("prednisolon")
    Traceback (most recent call last):
    neuroimmune.errors.InputError: there is no treatment 'prednisolon'; did you mean prednisolone?
    """
    name = str(name_or_path)
    if name in all_treatments():
        return _shipped(name)
    if not name.endswith(".toml"):
        raise InputError(f"there is no treatment {name!r}{nearest(name, all_treatments())}")
    try:
        return _from_text(Path(name).read_text(encoding="utf-8"), name)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the treatment {name}: {getattr(error, 'strerror', None) or error}") from None


def _from_text(text: str, where: str) -> Treatment:
    import tomllib

    try:
        return from_dict(tomllib.loads(text), where)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where} is not valid TOML: {error}") from None


def from_dict(content: Mapping[str, Any], where: str) -> Treatment:
    """A treatment from the content of a file, checked key by key."""
    from neuroimmune.protocol_file import checked

    treatment = Treatment(checked(TreatmentFile, dict(content), where))
    for problem in _problems(treatment):
        raise InputError(f"{where}: {problem}")
    return treatment


def _problems(treatment: Treatment) -> Iterator[str]:
    """What no shape can tell: targets that do not exist, units that are not the model's, numbers out of range."""
    file = treatment.file
    yield from _wrong_targets(file)
    yield from _wrong_numbers(treatment)
    if treatment.is_drug and not file.unit:
        yield "a drug needs the unit of its dose"
    try:
        moment(file.time)
    except InputError as error:
        yield f"time: {error}"
    if treatment.is_drug:
        yield from _too_fast(treatment)
    for genotype in file.genotype:
        if genotype.changes not in treatment.numbers:
            possible = nearest(genotype.changes, treatment.numbers)
            yield f"the genotype {genotype.gene} changes {genotype.changes!r}{possible}"
        if not 0 <= genotype.share.value <= 1 or genotype.by.value <= 0:
            yield f"the genotype {genotype.gene} needs a share from 0 to 1 and a positive factor"
    for effect in file.side_effect:
        if not (0 <= effect.treated.value <= 1 and 0 <= effect.placebo.value <= 1):
            yield f"the shares of people with {effect.name} are numbers from 0 to 1"


def _wrong_targets(file: TreatmentFile) -> Iterator[str]:
    possible = [*(t for t in TARGETS if t not in BY_PRACTICE), *SUPPLIES]
    inputs = declared(Body.rates, "inputs")
    for target, how in file.targets.items():
        if target not in possible:
            yield f"there is no target {target!r}{nearest(target, possible)}"
        way = "per_mg" if target in SUPPLIES else "potency" if target in ADDED else "half"
        if getattr(how, way, None) is None:
            yield f"the target {target} needs {way}, not another number"
    raised = {name: known for name, known in (TARGETS | inputs).items() if name in (*TARGETS, *EFFORTS)}
    for kind, levels, known in (("a session", file.sessions, raised), ("daily practice", file.daily, TARGETS)):
        for name, how in levels.items():
            if name not in known:
                yield f"{kind} cannot reach {name!r}{nearest(name, known)}"
                continue
            low, high = known[name].range or (0.0, float("inf"))
            if how.level.unit != known[name].unit or not low <= how.level.value <= high:
                given = f"{how.level.value:g} {how.level.unit}"
                yield f"{name} is reached from {low:g} to {high:g} {known[name].unit}, not {given}"
            if how.builds_up is not None and (how.builds_up.unit != "day" or how.builds_up.value <= 0):
                yield f"builds_up of {name} is a positive number in day"


def _wrong_numbers(treatment: Treatment) -> Iterator[str]:
    file, known = treatment.file, parameters(Agent())
    for name, given in file.kinetics or ():
        unit = known[name].unit.replace("mg", treatment.amount) if name != "metabolite_formed" else "1"
        if given is not None and given.unit != unit:
            yield f"{name} is measured in {unit}, not in {given.unit!r}"
        elif given is not None:
            try:
                check_value(name, known[name], given.value)
            except InputError as error:
                yield str(error)
    acts = file.kinetics is not None and file.kinetics.metabolite_acts is not None
    acting = treatment.units.metabolite if acts else treatment.units.plasma
    halves = [how.half for how in file.targets.values()] + [file.harms.alt_half, file.harms.marrow_half]
    potencies = [how.potency for how in file.targets.values()]
    for what, unit, numbers in (("half", acting, halves), ("potency", "L/mg", potencies)):
        for number in numbers:
            if number is not None and (number.unit != unit or number.value <= 0):
                yield f"a {what} is a positive number in {unit}, not {number.value:g} {number.unit}"


def _too_fast(treatment: Treatment) -> Iterator[str]:
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


__all__ = [
    "ILLNESSES", "Evidence", "Genotype", "SideEffect", "Treatment", "all_treatments", "load_treatment",
]  # fmt: skip
