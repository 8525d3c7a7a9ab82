"""From the terms of a model to the text of its kernel: flat float32 rows at literal offsets that LLVM can vectorise.

What this shape rests on was measured; docs/design.md tells.
"""

import re
from collections import Counter
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from neuroimmune.engine.events import BOLUS, NOT_FINITE, SET_INPUT, STEP_TOO_SMALL
from neuroimmune.engine.trace import CLOCK, CONSTANT, INPUT, LEAVES, PARAMETER, STATE, Model, Operation

LANES = 16


@dataclass
class Lowered:
    """The terms as the kernel computes them: what follows from parameters alone is known, its inverse multiplies."""

    operations: list[Operation]
    of_person: list[bool]
    rates: tuple[int, ...]


def lower(model: Model) -> Lowered:
    operations: list[Operation] = []
    of_person: list[bool] = []
    index: dict[Operation, int] = {}
    new: dict[int, int] = {}

    def add(kind, *arguments):
        operation = Operation(kind, arguments)
        if operation not in index:
            index[operation] = len(operations)
            operations.append(operation)
            leaf = kind in LEAVES
            of_person.append(kind in (CONSTANT, PARAMETER) if leaf else all(of_person[a] for a in arguments))
        return index[operation]

    for i in model.needed(model.rates):
        operation = model.operations[i]
        if operation.kind in LEAVES:
            new[i] = add(operation.kind, *operation.arguments)
            continue
        arguments = [new[a] for a in operation.arguments]
        if operation.kind == "/" and of_person[arguments[1]] and not of_person[arguments[0]]:
            new[i] = add("*", arguments[0], add("/", add(CONSTANT, 1.0), arguments[1]))
        else:
            new[i] = add(operation.kind, *arguments)
    return Lowered(operations, of_person, tuple(new[r] for r in model.rates))


class Rows:
    """Which row of which array holds a term, and how a term is printed."""

    def __init__(self, model: Model, lowered: Lowered, sections: dict[str, int]):
        self.operations = lowered.operations
        self.text: dict[int, str] = {}
        places = ((STATE, "X", model.states), (INPUT, "U", model.inputs), (PARAMETER, "P", model.people_parameters))
        row = {
            (kind, name): f"w[{sections[place] + i * LANES} + j]"
            for kind, place, names in places
            for i, name in enumerate(names)
        }
        for i, operation in enumerate(self.operations):
            if operation.kind == CONSTANT:
                self.text[i] = f"f32({operation.arguments[0]!r})"
            elif operation.kind == CLOCK:
                self.text[i] = f"w[{sections['T']} + j]"
            elif operation.kind in LEAVES:
                self.text[i] = row[operation.kind, operation.arguments[0]]

    def loop(self, stores: list[tuple[str, int]]) -> list[str]:
        """One loop over the lanes: each term is computed and stored in its row; one used once stands where it is."""
        if not stores:
            return []
        roots = [term for _, term in stores]
        terms = self._needed(roots)
        uses = Counter(roots) + Counter(a for term in terms for a in self._arguments(term))
        text = dict(self.text)
        lines = [f"    for j in range({LANES}):"]
        for term in terms:
            text[term] = self._print(term, text)
            if uses[term] > 1:
                lines.append(f"        v{term} = {text[term]}")
                text[term] = f"v{term}"
        return lines + [f"        {row} = {text[term]}" for row, term in stores]

    def _arguments(self, term: int) -> tuple[int, ...]:
        operation = self.operations[term]
        return () if operation.kind in LEAVES else operation.arguments

    def _needed(self, roots: list[int]) -> list[int]:
        seen, stack = set(), list(roots)
        while stack:
            term = stack.pop()
            if term not in seen and term not in self.text:
                seen.add(term)
                stack.extend(self._arguments(term))
        return sorted(seen)

    def _print(self, term: int, text: dict[int, str]) -> str:
        operation = self.operations[term]
        a = [text[i] for i in operation.arguments]
        if operation.kind in ("+", "-", "*", "/", "<"):
            return f"({a[0]} {operation.kind} {a[1]})"
        if operation.kind == "**":
            return self._power(a[0], a[1], self.operations[operation.arguments[1]])
        if operation.kind == "where":
            return f"({a[1]} if {a[0]} else {a[2]})"
        if operation.kind == "min":
            return f"({a[1]} if {a[1]} < {a[0]} else {a[0]})"  # a first one that is not a number stays
        if operation.kind == "max":
            return f"({a[1]} if {a[1]} > {a[0]} else {a[0]})"
        if operation.kind == "cycle":
            return f"cosine(({a[0]} - {a[1]}) * f32({1 / self.operations[operation.arguments[2]].arguments[0]!r}))"
        return f"{ {'exp': 'exp', 'log': 'log', 'sqrt': 'root'}[operation.kind] }({', '.join(a)})"

    @staticmethod
    def _power(base: str, exponent: str, known: Operation) -> str:
        if known.kind == CONSTANT:
            value = known.arguments[0]
            quarters = round(4 * abs(value))
            if quarters == 4 * abs(value) and abs(value) <= 8:
                product = f"power_{quarters}({base})"
                return product if value >= 0 else f"(f32(1) / {product})"
        return f"power({base}, {exponent})"


def kernel_text(model: Model, precision: str = "float32") -> str:
    """The whole generated module: the model's numbers, mathematics, `prepare`, `rates`, and the solver.

    `precision="float64"` is for tests of the method; it cannot take `exp`, `log` or broken exponents.
    """
    lowered = lower(model)
    operations, of_person = lowered.operations, lowered.of_person
    outside = {
        a for i, o in enumerate(operations) if not of_person[i] and o.kind not in LEAVES for a in o.arguments
    } | set(lowered.rates)
    hoisted = [i for i, o in enumerate(operations) if of_person[i] and i in outside and o.kind not in LEAVES]
    inputs, own = max(len(model.inputs), 1), len(model.people_parameters)
    sections = layout(len(model.states), inputs, own + len(hoisted))
    rows = Rows(model, lowered, sections)
    held = {i: f"w[{sections['P'] + (own + n) * LANES} + j]" for n, i in enumerate(hoisted)}
    prepare = rows.loop([(row, i) for i, row in held.items()])
    rows.text |= held
    body = rows.loop([(f"w[{sections['D'] + i * LANES} + j]", rate) for i, rate in enumerate(lowered.rates)])
    powers = sorted({int(n) for line in body + prepare for n in re.findall(r"power_(\d+)\(", line)})
    numbers = dict(
        LANES=LANES,
        STATES=len(model.states),
        INPUTS=inputs,
        PARAMETERS=own,
        BOLUS=BOLUS,
        SET_INPUT=SET_INPUT,
        STEP_TOO_SMALL=STEP_TOO_SMALL,
        NOT_FINITE=NOT_FINITE,
        **sections,
    )
    here = Path(__file__).parent
    solver = (here / "solver.py").read_text()
    maths = (here / "maths.py").read_text().replace("f32 = np.float32", f"f32 = np.{precision}")
    return "\n".join([
        maths, *(power_function(q) for q in powers), "",
        *(f"{name} = {value}" for name, value in numbers.items()), "", "",
        "@kernel", "def prepare(w):", *prepare, "    return", "", "", "@kernel", "def rates(w):", *body, "", "",
        *row_by_row(len(model.states), sum(isfinite(q.scale) for q in model.states.values()), sections),
        solver[solver.index("# ---- the same for every model") :],
    ])  # fmt: skip


def row_by_row(states: int, judged: int, sections: dict[str, int]) -> list[str]:
    """What the solver does with all rows of one lane: written out, because LLVM does not interchange the loops.

    A state whose scale is infinite adds nothing to the error and is not counted: steps are as they would be without.
    """
    lines = []
    for name in ("H", "TAKEN"):
        lines += ["@kernel", f"def to_all_states_{name.lower()}(w, lane):", f"    for j in range({LANES}):"]
        lines += [f"        w[{sections[name] + i * LANES} + j] = lane[j]" for i in range(states)] + ["", ""]
    rows = " + ".join(f"w[{sections['K3'] + i * LANES} + j]" for i in range(states))
    return [
        *lines,
        "@kernel",
        "def root_mean_of_states(w):",
        f"    for j in range({LANES}):",
        f"        w[{sections['ERROR']} + j] = np.sqrt(({rows}) * f32({1 / judged}))",
        "",
        "",
    ]


def layout(states: int, inputs: int, parameters: int) -> dict[str, int]:
    """Where each section of the workspace begins, and where it ends."""
    size = states * LANES
    names = ["Y", "LOST", "K1", "K2", "K3", "X", "D", "CHANGE", "H", "TAKEN", "SCALE"]
    start = {name: n * size for n, name in enumerate(names)}
    start["U"] = len(names) * size
    start["T"] = start["U"] + inputs * LANES
    start["ERROR"] = start["T"] + LANES
    start["P"] = start["ERROR"] + LANES
    start["WORKSPACE"] = start["P"] + parameters * LANES
    return start


def power_function(quarters: int) -> str:
    """x to a multiple of a quarter, as products and roots."""
    whole, rest = divmod(quarters, 4)
    factors = ["x"] * whole + {0: [], 1: ["root(root(x))"], 2: ["root(x)"], 3: ["root(x * root(x))"]}[rest]
    return f"\n@inlined\ndef power_{quarters}(x):\n    return {' * '.join(factors) or 'f32(1)'}\n"
