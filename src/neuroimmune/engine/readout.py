"""Some read-outs alone: the terms that they are made of, run on arrays."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from neuroimmune.engine.trace import CLOCK, CONSTANT, INPUT, LEAVES, PARAMETER, trace
from neuroimmune.quantity import System

NUMPY = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power, "<": np.less, "exp": np.exp,
    "log": np.log, "sqrt": np.sqrt, "min": np.minimum, "max": np.maximum, "where": np.where,
    "cycle": lambda t, peak, period: np.cos(2 * np.pi * ((t - peak) / period)),
}  # fmt: skip


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
    model = trace(body)
    roots, steps = _steps(body, tuple(names))
    values: dict[int, np.ndarray | float] = {}
    for index, kind, arguments, done_with in steps:
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
        for term in done_with:
            del values[term]
    return [np.asarray(values[root]) for root in roots]


@lru_cache(maxsize=64)
def _steps(body: System, names: tuple[str, ...]) -> tuple[list[int], list[tuple[int, str, tuple, list[int]]]]:
    """The terms to end with, and all that lead there in order, each with those that nothing later needs."""
    model = trace(body)
    places, terms = list(model.output_names), model.operations
    roots = [model.outputs[places.index(name)] for name in names]
    needed = model.needed(tuple(roots))
    last: dict[int, int] = {}
    for i in needed:
        last[i] = i
        for a in () if terms[i].kind in LEAVES else terms[i].arguments:
            last[a] = i
    done: dict[int, list[int]] = {}
    for term, when in last.items():
        if term not in roots:
            done.setdefault(when, []).append(term)
    return roots, [(i, terms[i].kind, terms[i].arguments, done.get(i, [])) for i in needed]
