"""The equations in LaTeX, as they are written: a quotient stays a quotient, what is used more than once has a name."""

from neuroimmune.engine.trace import CLOCK, CONSTANT, LEAVES, STATE, Model

SUM, PRODUCT, POWER, ATOM = range(4)  # how tightly an expression holds together


def latex(model: Model) -> dict[str, list[str]]:
    """For each state the lines to print: its equation, then the shared terms that it is the first to use."""
    printer = _Printer(model)
    lines = {}
    for state, i in zip(model.states, model.rates, strict=True):
        before = len(printer.definitions)
        equation = rf"\frac{{d\,{symbol(state, True)}}}{{dt}} = {printer.at(i, SUM)}"
        lines[state] = [equation, *printer.definitions[before:]]
    return lines


def symbol(name: str, is_state: bool = False) -> str:
    """A state in roman; of a parameter, what stands after the first underscore is its index.

    >>> print(symbol("hpa.k_acth"))
    k_{\\mathrm{acth}}
    """
    base, _, index = name.split(".")[-1].partition("_")
    index = index.replace("_", r"\_")
    if is_state or not index:
        return r"\mathrm{" + base + (r"\_" + index if index else "") + "}"
    base = base if len(base) == 1 else r"\mathrm{" + base + "}"
    return base + r"_{\mathrm{" + index + "}}"


class _Printer:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.shared = {
            i
            for i in model.shared()
            if any(model.operations[a].kind not in LEAVES for a in model.operations[i].arguments)
        }
        self.names: dict[int, str] = {}
        self.definitions: list[str] = []

    def at(self, i: int, tightness: int) -> str:
        """Term i, in parentheses if it holds together less than it must."""
        if i in self.shared and i not in self.names:
            self.names[i] = f"a_{{{len(self.names) + 1}}}"
            text = self.term(i)[0]
            self.definitions.append(f"{self.names[i]} = {text}")
        text, holds = (self.names[i], ATOM) if i in self.names else self.term(i)
        return text if holds >= tightness else rf"\left({text}\right)"

    def term(self, i: int) -> tuple[str, int]:
        kind, a = self.model.operations[i].kind, self.model.operations[i].arguments
        if kind == CONSTANT:
            return f"{a[0]:.6g}", ATOM if a[0] >= 0 else SUM
        if kind in LEAVES:
            return ("t" if kind == CLOCK else symbol(a[0], kind == STATE)), ATOM
        known = self.model.operations[a[0]]
        if kind == "-" and known.kind == CONSTANT and known.arguments[0] == 0:
            return f"-{self.at(a[1], PRODUCT)}", SUM
        inside = [self.at(x, SUM) for x in a]
        match kind:
            case "+":
                return f"{inside[0]} + {inside[1]}", SUM
            case "-":
                return f"{inside[0]} - {self.at(a[1], PRODUCT)}", SUM
            case "*":
                return rf"{self.at(a[0], PRODUCT)} \, {self.at(a[1], PRODUCT)}", PRODUCT
            case "/":
                return rf"\frac{{{inside[0]}}}{{{inside[1]}}}", PRODUCT
            case "**":
                return f"{self.at(a[0], ATOM)}^{{{inside[1]}}}", POWER
            case "<":
                return f"{inside[0]} < {inside[1]}", SUM
            case "where":
                return (
                    rf"\begin{{cases}} {inside[1]} & {inside[0]} \\ {inside[2]} & \text{{otherwise}} \end{{cases}}",
                    ATOM,
                )
            case "cycle":
                return (
                    rf"\cos\frac{{2 \pi \left({inside[0]} - {self.at(a[1], PRODUCT)}\right)}}{{{inside[2]}}}",
                    PRODUCT,
                )
            case "sqrt":
                return rf"\sqrt{{{inside[0]}}}", ATOM
        return rf"\{ {'log': 'ln'}.get(kind, kind) }\left({', '.join(inside)}\right)", ATOM
