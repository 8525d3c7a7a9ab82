"""The unit check: every balance is computed once with units and once without, and both must agree."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from neuroimmune.engine.trace import evaluate, outputs_of
from neuroimmune.quantity import Quantity, System, declared, parameters, with_parameters


def check_units(system: System, units: Mapping[str, str] | None = None, registry: Any = None) -> list[str]:
    """What is wrong with the units of a body; empty if nothing is. The systems inside are checked with it.

    `rates` and `outputs` are computed at states away from rest, with pint quantities and with plain numbers. The
    rates must come out in the unit of the state per hour and with the same magnitude, which also catches a rate
    per day among rates per hour. `units` declares other units of some parameters, by path; `registry` saves
    building one for every call.

    >>> from neuroimmune.body import Body
    >>> check_units(Body())
    []
    >>> check_units(Body(), {"hpa.k_acth": "1/day"})[0]
    'rates of acth: 0.0416667 times what the plain numbers give'
    """
    if registry is None:
        import pint

        registry = pint.UnitRegistry()
    units = units or {}
    cls = type(system)
    states, inputs, known = declared(cls.rates, "y"), declared(cls.rates, "inputs"), parameters(system)
    of_units = {path: registry.Quantity(q.value, units.get(path, q.unit)) for path, q in known.items()}
    with_units = with_parameters(system, of_units)
    functions = {"rates": {name: f"({q.unit})/hour" for name, q in states.items()}}
    if outputs_of(cls):
        functions["outputs"] = {name: q.unit for name, q in outputs_of(cls).items()}
    draw = np.random.default_rng(20)
    problems: dict[str, None] = {}
    for size in (1.0, 30.0):  # a steep arrow is too weak to be seen in small states
        t = float(draw.uniform(0.0, 24.0))
        y = [_away(q, size * draw.uniform(0.5, 2.0)) for q in states.values()]
        u = [_away(q, size * draw.uniform(0.5, 2.0)) for q in inputs.values()]
        t_unit = registry.Quantity(t, "hour")
        y_unit = [registry.Quantity(v, q.unit) for v, q in zip(y, states.values(), strict=True)]
        u_unit = [registry.Quantity(v, q.unit) for v, q in zip(u, inputs.values(), strict=True)]
        for function, expected in functions.items():
            plain = evaluate(system, function, t, y, u)
            try:
                found = evaluate(with_units, function, t_unit, y_unit, u_unit)
            except Exception as error:  # pint raises errors of its own and, from inside NumPy, several others
                problems[f"{function} cannot be computed with units: {error}"] = None
                continue
            for (name, unit), number, quantity in zip(expected.items(), plain, found, strict=True):
                try:
                    magnitude = float(registry.Quantity(quantity).to(unit).magnitude)
                except Exception as error:
                    problems[f"{function} of {name}: {error}"] = None
                    continue
                if not abs(magnitude - number) <= 1e-9 * abs(number):
                    problems[f"{function} of {name}: {_ratio(magnitude, number)} what the plain numbers give"] = None
    return list(problems)


def _away(known: Quantity, sizes: float) -> float:
    """A value above that of rest by some sizes of it."""
    return known.value + sizes * max(abs(known.value), known.scale if np.isfinite(known.scale) else 1.0)


def _ratio(found: float, expected: float) -> str:
    return f"{found / expected:.6g} times" if expected else f"{found:.6g}, not 0,"
