"""The model in words, tables and equations: for the terminal, and as Markdown for the documentation."""

import dataclasses
import inspect
from collections.abc import Iterator
from typing import Any

from neuroimmune.engine.trace import CLOCK, CONSTANT, LEAVES, STATE, Model, trace
from neuroimmune.errors import InputError, nearest
from neuroimmune.quantity import Quantity, System, declared, parameters

HEADINGS = ("name", "value", "unit", "meaning", "source")


def parts(body: System) -> dict[str, System]:
    """The systems of a body by name, and the body itself as "body": its own parameters are those of the arrows."""
    inside = {f.name: getattr(body, f.name) for f in dataclasses.fields(body)}  # type: ignore[arg-type]
    return {"body": body} | {name: system for name, system in inside.items() if isinstance(system, System)}


def part_named(body: System, name: str) -> System:
    """One of `parts`. Raises `InputError` naming the nearest."""
    if name not in parts(body):
        raise InputError(f"there is no system {name!r}{nearest(name, parts(body))}")
    return parts(body)[name]


def own_parameters(system: System) -> dict[str, Quantity]:
    """The parameters of a system itself, not those of systems inside it."""
    return {name: known for name, known in parameters(system).items() if "." not in name}


def own_states(system: System) -> dict[str, Quantity]:
    """The states of a system; none for a body, whose states are those of its systems."""
    return {} if len(parts(system)) > 1 else declared(type(system).rates, "y")


def parameter_rows(system: System) -> list[tuple[str, ...]]:
    """A row of text for each parameter: `HEADINGS`."""
    return [(n, f"{k.value:.6g}{_between(k)}", k.unit, k.meaning, k.source) for n, k in own_parameters(system).items()]


def _between(known: Quantity) -> str:
    return f" (×/÷ {2.718281828**known.spread:.2f})" if known.spread else ""


def quantity_rows(quantities: dict[str, Quantity]) -> list[tuple[str, ...]]:
    """A row of text for each state, input or output: name, value, unit, meaning."""
    return [(n, "" if q.value != q.value else f"{q.value:.6g}", q.unit, q.meaning) for n, q in quantities.items()]


def source_of_rates(system: System) -> str:
    """The lines of `rates` as they are written: the equations."""
    return inspect.cleandoc(inspect.getsource(type(system).rates))


def markdown(body: System) -> str:
    """The whole model as a page: states, equations, parameters with units and sources, system by system."""
    model = trace(body)
    equations = latex(model)
    lines = [f"# {type(body).__name__}", "", inspect.getdoc(type(body)) or ""]
    lines += ["", "Inputs:", "", *_table(("name", "usual", "unit", "meaning"), quantity_rows(model.inputs))]
    lines += [
        "",
        "Read-outs, computed from the state:",
        "",
        *_table(("name", "", "unit", "meaning"), quantity_rows(model.output_names)),
    ]
    for name, system in parts(body).items():
        states = own_states(system)
        lines += [
            "",
            f"## {name}",
            "",
            inspect.getdoc(type(system)) or "" if system is not body else "The arrows between the systems.",
        ]
        if states:
            lines += ["", *_table(("state", "start", "unit", "meaning"), quantity_rows(states))]
            lines += ["", *(f"$$\n{equations[state]}\n$$\n" for state in states)]
        else:
            lines += ["", "```python", source_of_rates(system), "```"]
        lines += ["", *_table(HEADINGS, parameter_rows(system))]
    shared = [f"$$\n{equation}\n$$\n" for name, equation in equations.items() if name.startswith("shared")]
    if shared:
        lines += ["", "## Terms used more than once", "", *shared]
    return "\n".join(lines) + "\n"


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(headings) + " |"
    yield "|" + "---|" * len(headings)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def latex(model: Model) -> dict[str, str]:
    """The equations by state, and those of shared terms as "shared 1" and so on, in LaTeX."""
    import sympy

    uses = [0] * len(model.operations)
    needed = model.needed((*model.rates, *model.outputs))
    for i in needed:
        if model.operations[i].kind not in LEAVES:
            for a in model.operations[i].arguments:
                uses[a] += 1
    symbols: dict[int, Any] = {}
    printed: dict[str, str] = {}
    for i in needed:
        symbols[i] = _sympy(model, i, symbols)
        if uses[i] > 1 and model.operations[i].kind not in LEAVES and sympy.count_ops(symbols[i]) > 4:
            name = f"shared {len(printed) + 1}"
            symbol = sympy.Symbol(f"a_{{{len(printed) + 1}}}")
            printed[name] = f"{sympy.latex(symbol)} = {sympy.latex(symbols[i])}"
            symbols[i] = symbol
    for state, i in zip(model.states, model.rates, strict=True):
        printed[state] = rf"\frac{{d\,{_symbol(state, True)}}}{{dt}} = {sympy.latex(symbols[i])}"
    return printed


def _symbol(name: str, is_state: bool) -> str:
    base, _, rest = name.split(".")[-1].replace("_", "~", 1).replace("_", r"\_").partition("~")
    if is_state or not rest:
        return rf"\mathrm{{{base}{rest and chr(92) + '_' + rest}}}"
    return rf"\mathrm{{{base}}}_{{\mathrm{{{rest}}}}}"


def _sympy(model: Model, i: int, known: dict[int, Any]) -> Any:
    import sympy

    operation = model.operations[i]
    if operation.kind == CONSTANT:
        return (
            sympy.Float(operation.arguments[0], 6)
            if operation.arguments[0] % 1
            else sympy.Integer(int(operation.arguments[0]))
        )
    if operation.kind == CLOCK:
        return sympy.Symbol("t")
    if operation.kind in LEAVES:
        return sympy.Symbol(_symbol(operation.arguments[0], operation.kind == STATE))
    a = [known[x] for x in operation.arguments]
    make = {
        "+": lambda: a[0] + a[1], "-": lambda: a[0] - a[1], "*": lambda: a[0] * a[1], "/": lambda: a[0] / a[1],
        "**": lambda: a[0] ** a[1], "<": lambda: a[0] < a[1], "where": lambda: sympy.Piecewise((a[1], a[0]), (a[2], True)),
        "min": lambda: sympy.Min(*a), "max": lambda: sympy.Max(*a), "exp": lambda: sympy.exp(a[0]), "log": lambda: sympy.log(a[0]),
        "sqrt": lambda: sympy.sqrt(a[0]), "cycle": lambda: sympy.cos(2 * sympy.pi * (a[0] - a[1]) / a[2]),
    }  # fmt: skip
    return make[operation.kind]()
