"""The model in the languages of other simulators: Antimony text, and SBML by way of libantimony."""

import re
from collections.abc import Sequence

from neuroimmune.engine.events import BOLUS, Event
from neuroimmune.engine.trace import CLOCK, CONSTANT, LEAVES, Model
from neuroimmune.errors import InputError

INFIX = {"+": "+", "-": "-", "*": "*", "/": "/", "**": "^", "<": "<"}
NAMED = {"exp": "exp", "log": "ln", "sqrt": "sqrt"}
# Words with a meaning of their own in Antimony or SBML.
TAKEN = frozenset(
    """
    DNA abs after and area at avogadro ceil compartment const cos default delay delete dimensionless e end
    event exp exponentiale extent factorial false floor formula function gene gram has identity import in inf
    infinity is item kelvin kilogram length litre ln log max metre min model module mole nan not notanumber
    operator or pascal pi piecewise pow priority rate reaction root second sin species sqrt substance tan time
    time_unit true unit var volt volume watt xor
    """.split()
)


def antimony(model: Model, events: Sequence[Event] = (), start: Sequence[float] | None = None, notice: str = "") -> str:
    """The model as Antimony text: time in hours, rate rules, and what is used more than once as assignment rules.

    `start` are the states at time zero (the declared ones if not given), in the model's order.
    """
    states, inputs = [identifier(n) for n in model.states], [identifier(n) for n in model.inputs]
    initial = [q.value for q in model.states.values()] if start is None else [float(v) for v in start]
    units = _Units()
    text = _Expressions(model)
    head = [f"// {line}" for line in (notice, "Time is in hours; day 0 begins at midnight.") if line]
    head += [f"model {type(model.system).__name__}_model()"]
    lines = [
        f"  {n} = {v!r}; {units.of(n, q.unit)} // {q.meaning}"
        for n, v, q in zip(states, initial, model.states.values(), strict=True)
    ]
    lines += [
        f"  {n} = {q.value!r}; {units.of(n, q.unit)} // {q.meaning}"
        for n, q in zip(inputs, model.inputs.values(), strict=True)
    ]
    lines += [
        f"  {identifier(n)} = {q.value!r}; {units.of(identifier(n), q.unit)} // {q.meaning} [{q.source}]"
        for n, q in model.parameters.items()
        if not q.fixed
    ]
    lines += [f"  {name} := {value};" for name, value in text.shared]
    lines += [
        f"  {identifier(n)} := {text.of(i)}; {units.of(identifier(n), q.unit)} // {q.meaning}"
        for (n, q), i in zip(model.output_names.items(), model.outputs, strict=True)
    ]
    lines += [f"  {n}' = {text.of(i)};" for n, i in zip(states, model.rates, strict=True)]
    for event in events:
        name = states[event.row] if event.kind == BOLUS else inputs[event.row]
        level = 0.0 if event.kind == BOLUS else list(model.inputs.values())[event.row].value
        change = f"{name} + {float(event.value)!r}" if event.kind == BOLUS else repr(level + float(event.value))
        # t0: what happens at hour zero happens; fromTrigger: the second of two doses at one moment adds to the first
        lines.append(f"  at (time >= {float(event.time)!r}), t0=false, fromTrigger=false: {name} = {change};")
    return "\n".join([*head, *units.definitions, *lines, "end", ""])


def sbml(model: Model, events: Sequence[Event] = (), start: Sequence[float] | None = None, notice: str = "") -> str:
    """The model as SBML Level 3.

    Raises `InputError` if the extra `exchange` is not installed.
    """
    try:
        import antimony as library
    except ImportError:
        raise InputError(
            "SBML needs libantimony: pip install 'neuroimmune[exchange]' (it has no wheels for Linux on ARM)"
        ) from None
    library.clearPreviousLoads()
    if library.loadAntimonyString(antimony(model, events, start)) < 0:
        raise RuntimeError(f"the model cannot be written as SBML: {library.getLastError()}")
    document = str(library.getSBMLString(library.getMainModuleName()))
    safe = notice.replace("--", "-")  # two hyphens end a comment
    return document.replace("?>\n", f"?>\n<!-- {safe} -->\n", 1) if notice else document


def identifier(path: str) -> str:
    """A name or a parameter's path as one word that Antimony leaves alone.

    >>> identifier("cytokines.k_il6"), identifier("volume")
    ('cytokines__k_il6', 'volume_')
    """
    return path.replace(".", "__") + "_" * (path in TAKEN)


class _Expressions:
    """The terms as infix text; one that is used more than once has a name."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.named: dict[int, str] = {}
        self.shared: list[tuple[str, str]] = []
        for i in model.shared():
            value = self.of(i)
            self.named[i] = f"shared_{len(self.shared) + 1}"
            self.shared.append((self.named[i], value))

    def of(self, i: int) -> str:
        if i in self.named:
            return self.named[i]
        kind, arguments = self.model.operations[i].kind, self.model.operations[i].arguments
        if kind == CONSTANT:
            return repr(arguments[0]) if arguments[0] >= 0 else f"({arguments[0]!r})"
        if kind == CLOCK:
            return "time"
        if kind in LEAVES:
            return identifier(arguments[0])
        a = [self.of(x) for x in arguments]
        if kind in INFIX:
            return f"({a[0]} {INFIX[kind]} {a[1]})"
        if kind == "cycle":
            return f"cos(2 * pi * ({a[0]} - {a[1]}) / {a[2]})"
        if kind == "where":
            return f"piecewise({a[1]}, {a[0]}, {a[2]})"
        if kind in ("min", "max"):
            return f"piecewise({a[0]}, {a[0]} {'<' if kind == 'min' else '>'} {a[1]}, {a[1]})"
        return f"{NAMED[kind]}({', '.join(a)})"


class _Units:
    """Unit definitions in SBML's base units, made by pint."""

    BASE = {
        "kilogram": "kilogram",
        "meter": "metre",
        "second": "second",
        "mole": "mole",
        "kelvin": "kelvin",
        "count": "item",
    }

    def __init__(self) -> None:
        import pint

        self._registry = pint.UnitRegistry()
        self._names: dict[str, str] = {}
        self.definitions = ["  unit time_unit = 3600 second;"]

    def of(self, name: str, unit: str) -> str:
        if unit not in self._names:
            base = self._registry.Quantity(1.0, "" if unit == "1" else unit).to_base_units()
            parts = [f"{self.BASE[str(n)]}^{power:g}" for n, power in base.unit_items()] or ["dimensionless"]
            self._names[unit] = "unit_" + re.sub(r"\W+", "_", unit.replace("/", "_per_"))
            self.definitions.append(f"  unit {self._names[unit]} = {base.magnitude!r} {' * '.join(parts)};")
        return f"{name} has {self._names[unit]};"
