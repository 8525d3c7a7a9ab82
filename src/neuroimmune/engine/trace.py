"""Running `rates` once on symbols: the one list of terms of which kernel, LaTeX and SBML are made.

A term is computed once however often it is used, so what a system names once ("feedback") is one term everywhere.
Nothing is rearranged: `(x / half) ** 4` stays scaled before it is raised.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from neuroimmune.errors import InputError
from neuroimmune.quantity import Quantity, System, build, check_unique, declared, leaves, parameters, with_parameters

CONSTANT, STATE, PARAMETER, INPUT, CLOCK = "constant", "state", "parameter", "input", "clock"
LEAVES = (CONSTANT, STATE, PARAMETER, INPUT, CLOCK)


@dataclass(frozen=True)
class Operation:
    """One term: an operation on earlier terms, or a leaf whose only argument is its value or name."""

    kind: str
    arguments: tuple[Any, ...]


class Terms:
    """The terms in the order in which they were first needed."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self._index: dict[Operation, int] = {}

    def term(self, kind: str, *arguments: Any) -> "Term":
        operation = Operation(kind, arguments)
        if operation not in self._index:
            self._index[operation] = len(self.operations)
            self.operations.append(operation)
        return Term(self, self._index[operation])

    def constant(self, value: float) -> "Term":
        return self.term(CONSTANT, float(value))


class Term:
    """A number that is not known yet; Python's and NumPy's operators extend the list of terms."""

    def __init__(self, terms: Terms, index: int) -> None:
        self.terms, self.index = terms, index

    @property
    def operation(self) -> Operation:
        return self.terms.operations[self.index]

    @property
    def known(self) -> float | None:
        """The value, if it is a constant."""
        return self.operation.arguments[0] if self.operation.kind == CONSTANT else None

    def _with(self, kind: str, *arguments: Any) -> "Term":
        if any(isinstance(a, Clock) for a in arguments):
            raise InputError("`rates` may use the time `t` through kinetics.circadian only")
        arguments = tuple(a if isinstance(a, Term) else self.terms.constant(a) for a in arguments)
        if all(a.operation.kind == CONSTANT for a in arguments) and kind in _EXACT:
            return self.terms.constant(_EXACT[kind](*(a.operation.arguments[0] for a in arguments)))
        if kind == "*" and 0.0 in (arguments[0].known, arguments[1].known):
            return self.terms.constant(0.0)
        if kind in _NEUTRAL and arguments[1].known == _NEUTRAL[kind]:
            return arguments[0]
        if kind in ("+", "*") and arguments[0].known == _NEUTRAL[kind]:
            return arguments[1]
        return self.terms.term(kind, *(a.index for a in arguments))

    def __add__(self, other: Any) -> "Term":
        return self._with("+", self, other)

    def __radd__(self, other: Any) -> "Term":
        return self._with("+", other, self)

    def __sub__(self, other: Any) -> "Term":
        return self._with("-", self, other)

    def __rsub__(self, other: Any) -> "Term":
        return self._with("-", other, self)

    def __mul__(self, other: Any) -> "Term":
        return self._with("*", self, other)

    def __rmul__(self, other: Any) -> "Term":
        return self._with("*", other, self)

    def __truediv__(self, other: Any) -> "Term":
        return self._with("/", self, other)

    def __rtruediv__(self, other: Any) -> "Term":
        return self._with("/", other, self)

    def __pow__(self, other: Any) -> "Term":
        return self._with("**", self, other)

    def __rpow__(self, other: Any) -> "Term":
        return self._with("**", other, self)

    def __neg__(self) -> "Term":
        return self._with("-", 0.0, self)

    def __lt__(self, other: Any) -> "Term":
        return self._with("<", self, other)

    def __gt__(self, other: Any) -> "Term":
        return self._with("<", other, self)

    def __eq__(self, other: object) -> bool:
        raise InputError("`rates` may not ask whether two numbers are equal: use kinetics.where with < or >")

    def __le__(self, other: Any) -> "Term":
        raise InputError("`rates` may compare with < or > only, in kinetics.where")

    __ge__ = __le__

    def __abs__(self) -> "Term":
        raise InputError("`rates` may use the mathematics of neuroimmune.kinetics only: write maximum(x, -x)")

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise InputError("`rates` may not decide with `if`, `and`, `or`: use kinetics.where, minimum or maximum")

    def __float__(self) -> float:
        raise InputError("`rates` may use the mathematics of neuroimmune.kinetics only, not that of another library")

    def __array_ufunc__(self, function: Any, method: str, *arguments: Any, **options: Any) -> "Term":
        if method != "__call__" or function.__name__ not in _UFUNCS:
            raise InputError(
                f"`rates` may not use numpy.{function.__name__}: use the mathematics of neuroimmune.kinetics"
            )
        return self._with(_UFUNCS[function.__name__], *arguments)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> "Term":
        if function is not np.where:
            raise InputError(
                f"`rates` may not use numpy.{function.__name__}: use the mathematics of neuroimmune.kinetics"
            )
        return self._with("where", *arguments)


class Clock(Term):
    """The time: it offers cosines of whole fractions of a day only, so that clock and elapsed time are one."""

    def cycle(self, peak: Any, period: Any) -> Term:
        period = period.known if isinstance(period, Term) else period
        if not period or (24.0 / period) % 1.0:
            raise InputError(f"the period of `circadian` must be a fixed number that divides 24 hours, not {period}")
        return self._with("cycle", Term(self.terms, self.index), peak, float(period))


_NEUTRAL = {"+": 0.0, "-": 0.0, "*": 1.0, "/": 1.0, "**": 1.0}  # a second argument that changes nothing
_EXACT = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b}
_UFUNCS = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**", "less": "<",
    "exp": "exp", "log": "log", "sqrt": "sqrt", "minimum": "min", "maximum": "max",
}  # fmt: skip


@dataclass(frozen=True)
class Model:
    """A system as lists: its states, parameters and inputs by name, and the terms of its rates and outputs.

    `rates[i]` and `outputs[i]` are indices into `operations`.
    """

    system: System
    states: dict[str, Quantity]
    parameters: dict[str, Quantity]
    inputs: dict[str, Quantity]
    output_names: dict[str, Quantity]
    operations: tuple[Operation, ...]
    rates: tuple[int, ...]
    outputs: tuple[int, ...]

    @property
    def people_parameters(self) -> list[str]:
        """The parameters that are numbers of the person, in the order of the kernel."""
        return [name for name, known in self.parameters.items() if not known.fixed]

    def needed(self, roots: Iterator[int] | tuple[int, ...]) -> list[int]:
        """The terms that `roots` are made of, in order."""
        seen, stack = set(), list(roots)
        while stack:
            index = stack.pop()
            if index not in seen:
                seen.add(index)
                operation = self.operations[index]
                if operation.kind not in LEAVES:
                    stack.extend(operation.arguments)
        return sorted(seen)

    def shared(self) -> list[int]:
        """The terms, leaves excepted, that rates and outputs use more than once, in order."""
        uses = [0] * len(self.operations)
        needed = self.needed((*self.rates, *self.outputs))
        for i in needed:
            for a in () if self.operations[i].kind in LEAVES else self.operations[i].arguments:
                uses[a] += 1
        return [i for i in needed if uses[i] > 1 and self.operations[i].kind not in LEAVES]


@lru_cache(maxsize=32)
def trace(system: System) -> Model:
    """Run `rates` and `outputs` of a system once on symbols; what a system (the object) gave is kept.

    Raises `InputError` if two states share a name, or `rates` does what cannot be compiled.
    """
    cls = type(system)
    states, inputs = declared(cls.rates, "y"), declared(cls.rates, "inputs")
    output_names = outputs_of(cls)
    check_unique([*states, *inputs, *output_names])
    known = parameters(system)
    terms = Terms()
    clock = Clock(terms, terms.term(CLOCK, "t").index)
    y = [terms.term(STATE, name) for name in states]
    u = [terms.term(INPUT, name) for name in inputs]
    symbols = with_parameters(
        system, {name: terms.constant(q.value) if q.fixed else terms.term(PARAMETER, name) for name, q in known.items()}
    )
    rates = _indices(terms, evaluate(symbols, "rates", clock, y, u))
    outputs = _indices(terms, evaluate(symbols, "outputs", clock, y, u)) if output_names else ()
    return Model(system, states, known, inputs, output_names, tuple(terms.operations), rates, outputs)


def evaluate(system: System, function: str, t: Any, y: Any, u: Any = ()) -> list[Any]:
    """`rates` or `outputs` of a system at flat lists of numbers of any kind, as a flat list."""
    cls = type(system)
    nested = [build(cls.rates, "y", iter(y))]
    if declared(cls.rates, "inputs"):
        nested.append(build(cls.rates, "inputs", iter(u)))
    return leaves(getattr(system, function)(t, *nested))


def outputs_of(cls: type[System]) -> dict[str, Quantity]:
    """Name and `Quantity` of every read-out of a system."""
    function = getattr(cls, "outputs", None)
    return declared(function, "return") if function else {}


def _indices(terms: Terms, values: list[Any]) -> tuple[int, ...]:
    return tuple(v.index if isinstance(v, Term) else terms.constant(v).index for v in values)
