"""The same system solved by SUNDIALS CVODE in double precision, a person at a time: slow, independent, for checking."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from neuroimmune.engine.events import BOLUS, Event
from neuroimmune.engine.trace import evaluate
from neuroimmune.errors import SolverFailed
from neuroimmune.quantity import System, declared


def solve(
    system: System,
    saves: Sequence[float],
    events: Sequence[Event] = (),
    start: Sequence[float] | None = None,
    levels: Sequence[float] | None = None,
    tolerance: float = 1e-8,
) -> np.ndarray:
    """States at the times `saves` (hours, ascending), shape (times, states).

    `rates` is run on plain floats, and the solver is restarted wherever an event makes a jump.
    Raises `SolverFailed` if CVODE gives up.
    """
    import sksundae

    cls = type(system)
    states, inputs = declared(cls.rates, "y"), declared(cls.rates, "inputs")
    y = np.array([q.value for q in states.values()] if start is None else start, dtype=float)
    level = [q.value for q in inputs.values()] if levels is None else [float(v) for v in levels]
    pulse = [0.0] * len(level)
    scale = np.array([q.scale for q in states.values()])
    times = np.asarray(saves, dtype=float)
    out = np.empty((len(times), len(y)))
    waiting = sorted(events, key=lambda e: e.time)
    now = 0.0

    def advance(y: np.ndarray, begin: float, end: float, inside: np.ndarray) -> np.ndarray:
        u = [a + b for a, b in zip(level, pulse, strict=True)]

        def rates(t: float, y: np.ndarray, derivative: np.ndarray) -> None:
            derivative[:] = evaluate(system, "rates", t, y.tolist(), u)

        solver: Any = sksundae.cvode.CVODE(
            rates, rtol=tolerance, atol=tolerance * 1e-3 * scale, max_num_steps=1_000_000, method="BDF"
        )
        grid = np.unique(np.concatenate([[begin], inside, [end]]))
        found = solver.solve(grid, y)
        if not found.success:
            raise SolverFailed(f"CVODE failed between {begin:g} and {end:g} h: {found.message}")
        out[(times > begin) & (times <= end)] = found.y[np.isin(found.t, inside)]
        return found.y[-1].copy()

    end = times[-1]
    while True:
        while waiting and waiting[0].time <= now:
            event = waiting.pop(0)
            if event.kind == BOLUS:
                y[event.row] += event.value
            else:
                pulse[event.row] = event.value
        out[times == now] = y  # what happens at a moment has happened when it is saved
        if now >= end:
            return out
        stop = min(end, waiting[0].time) if waiting else end
        y = advance(y, now, stop, times[(times > now) & (times <= stop)])
        now = stop
