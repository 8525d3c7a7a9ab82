"""Some read-outs alone: the terms that they are made of, run on arrays."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from neuroimmune.engine.trace import CLOCK, CONSTANT, INPUT, PARAMETER, Model, trace
from neuroimmune.quantity import System

NUMPY = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power, "<": np.less, "exp": np.exp,
    "log": np.log, "sqrt": np.sqrt, "min": np.minimum, "max": np.maximum, "where": np.where,
    "cycle": lambda t, peak, period: np.cos(2 * np.pi * ((t - peak) / period)),
}  # fmt: skip
traced = lru_cache(maxsize=32)(trace)


def readout(
    body: System,
    names: Sequence[str],
    t: np.ndarray,
    states: Mapping[str, np.ndarray],
    inputs: Mapping[str, np.ndarray],
    traits: Mapping[str, np.ndarray],
) -> list[np.ndarray]:
    """The read-outs `names`, from arrays of any shape that broadcast; nothing is computed that they do not need.

    `traits` are the numbers in which people differ; the body's own count elsewhere.
    """
    model = traced(body)
    roots, steps = _steps(model.system, tuple(names))
    values: dict[int, np.ndarray | float] = {}
    for index, kind, arguments in steps:
        if kind in NUMPY:
            values[index] = NUMPY[kind](*(values[a] for a in arguments))
        elif kind == CONSTANT:
            values[index] = arguments[0]
        elif kind == CLOCK:
            values[index] = t
        elif kind == PARAMETER:
            values[index] = traits[arguments[0]] if arguments[0] in traits else model.parameters[arguments[0]].value
        else:
            values[index] = np.asarray((inputs if kind == INPUT else states)[arguments[0]], np.float64)
    return [np.asarray(values[root]) for root in roots]


@lru_cache(maxsize=64)
def _steps(body: System, names: tuple[str, ...]) -> tuple[list[int], list[tuple[int, str, tuple]]]:
    """The terms to end with, and all that lead there, in order."""
    model: Model = traced(body)
    places = list(model.output_names)
    roots = [model.outputs[places.index(name)] for name in names]
    terms = model.operations
    return roots, [(i, terms[i].kind, terms[i].arguments) for i in model.needed(tuple(roots))]
