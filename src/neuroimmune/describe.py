"""The model in words, tables and equations: for the terminal, and as Markdown for the documentation."""

import dataclasses
import inspect
import re
import textwrap
from collections.abc import Iterator

from neuroimmune.engine.latex import latex
from neuroimmune.engine.trace import outputs_of, trace
from neuroimmune.errors import InputError, nearest
from neuroimmune.evidence.sources import Entry, sources
from neuroimmune.quantity import Quantity, System, declared, has_rates, parameters

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
    """The states of a system; none for a body, whose states are those of its systems, nor for mere read-outs."""
    return {} if len(parts(system)) > 1 or not has_rates(system) else declared(type(system).rates, "y")


def parameter_rows(system: System) -> list[tuple[str, ...]]:
    """A row of text for each parameter: `HEADINGS`."""
    return [(n, f"{k.value:.6g}{_between(k)}", k.unit, k.meaning, k.source) for n, k in own_parameters(system).items()]


def _between(known: Quantity) -> str:
    return f" (×/÷ {2.718281828**known.spread:.2f})" if known.spread else ""


def quantity_rows(quantities: dict[str, Quantity]) -> list[tuple[str, ...]]:
    """A row of text for each state, input or output: name, value, unit, meaning."""
    return [(n, "" if q.value != q.value else f"{q.value:.6g}", q.unit, q.meaning) for n, q in quantities.items()]


def written_equations(system: System) -> str:
    """The functions of a system as they are written, `rates` first: the equations."""
    functions = [f for name, f in vars(type(system)).items() if inspect.isfunction(f) and not name.startswith("__")]
    return "\n".join(textwrap.dedent(inspect.getsource(f)) for f in functions)


def in_words(system: System) -> str:
    """What a system says of itself, a line a paragraph."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.getdoc(type(system)) or "")


def markdown(body: System) -> str:
    """The whole model as a page: states, equations, parameters with units and sources, system by system."""
    model = trace(body)
    equations = latex(model)
    lines = ["# The model", "", in_words(body)]
    lines += ["", "Inputs:", "", *_table(("name", "usual", "unit", "meaning"), quantity_rows(model.inputs))]
    lines += [
        "",
        "Read-outs, computed from the state:",
        "",
        *_table(("name", "", "unit", "meaning"), quantity_rows(model.output_names)),
    ]
    for name, system in parts(body).items():
        states = {state: known for state, known in own_states(system).items() if state in equations}
        lines += [
            "",
            f"## {name}",
            "",
            inspect.getdoc(type(system)) or "" if system is not body else "The arrows between the systems.",
        ]
        if states:
            lines += ["", *_table(("state", "start", "unit", "meaning"), quantity_rows(states))]
            lines += ["", *(f"$$\n{line}\n$$\n" for state in states for line in equations[state])]
        else:
            lines += ["", "```python", written_equations(system).rstrip(), "```"]
        lines += ["", *_table(HEADINGS, parameter_rows(system))]
    lines += [
        "",
        "## Sources",
        "",
        *(f"- `{key}`: {entry.citation}" for key, entry in cited(*parts(body).values()).items()),
    ]
    return "\n".join(lines) + "\n"


def cited(*systems: System) -> dict[str, Entry]:
    """The publications that these systems and their own parameters name, by key."""
    texts = [known.source for system in systems for known in own_parameters(system).values()]
    words = {word for text in [*texts, *map(in_words, systems)] for word in re.findall(r"\w+", text)}
    return {key: entry for key, entry in sources().items() if key in words}


def passed(system: System) -> tuple[dict[str, Quantity], dict[str, Quantity]]:
    """The inputs and the read-outs that a body declares; of a system inside it, its read-outs."""
    return declared(type(system).rates, "inputs") if has_rates(system) else {}, outputs_of(type(system))


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(headings) + " |"
    yield "|" + "---|" * len(headings)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
