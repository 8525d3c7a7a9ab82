"""libRoadRunner on the same body: its SBML as this package exports it, CVODE on one core."""

import contextlib
import itertools
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuroimmune.engine.events import Event
from neuroimmune.engine.export import identifier, sbml
from neuroimmune.engine.trace import Model

LONGEST_STEPS = (0.0, 0.6)  # hours; zero is no limit
RELATIVE = (1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6)
ABSOLUTE = (1e-1, 1e-2)  # times the relative tolerance: the states are of order 0.1 to 1


@dataclass(frozen=True)
class Setting:
    """How CVODE is asked to solve."""

    stiff: bool
    longest_step: float
    relative: float
    absolute: float

    def __str__(self) -> str:
        step = f", steps at most {self.longest_step:g} h" if self.longest_step else ""
        return f"{'BDF' if self.stiff else 'Adams'}, rtol {self.relative:g}, atol {self.absolute:g}{step}"


class Peer:
    """A loaded model, with the parameters of several people, saved at the end of each day."""

    def __init__(self, model: Model, rows: np.ndarray, start: np.ndarray, events: Sequence[Event], days: int) -> None:
        import roadrunner

        roadrunner.Logger.disableLogging()
        self.version = roadrunner.__version__
        self.rows, self.days = rows, days
        self.names = [identifier(name) for name in model.people_parameters]
        self.runner: Any = roadrunner.RoadRunner(sbml(model, events, start.tolist()))
        self.runner.timeCourseSelections = list(model.states)

    def solve(self, setting: Setting, person: int) -> tuple[np.ndarray, float]:
        """States, shape (days + 1, states), and the seconds that solving took, without compiling and parameters."""
        runner, integrator = self.runner, self.runner.integrator
        runner.resetAll()
        for name, value in zip(self.names, self.rows[person], strict=True):
            runner[name] = float(value)
        integrator.setValue("stiff", setting.stiff)
        integrator.setValue("maximum_time_step", setting.longest_step)
        integrator.setValue("relative_tolerance", setting.relative)
        integrator.setValue("absolute_tolerance", setting.absolute)
        with quiet():
            begun = time.perf_counter()
            states = np.array(runner.simulate(0, 24 * self.days, self.days + 1))
            return states, time.perf_counter() - begun

    def fastest(self, error: Any, limit: float) -> tuple[Setting, float] | None:
        """The fastest setting of those whose largest error over all people is below `limit`, and that error, if any.

        `error(person, states)` tells the error of one person's states.
        """
        best: tuple[float, Setting, float] | None = None
        for stiff, step, relative, share in itertools.product((True, False), LONGEST_STEPS, RELATIVE, ABSOLUTE):
            setting = Setting(stiff, step, relative, relative * share)
            try:
                solved = [self.solve(setting, person) for person in range(len(self.rows))]
                again = [self.solve(setting, person)[1] for person in range(len(self.rows))]
            except RuntimeError:  # CVODE gave up
                continue
            seconds = sum(min(one, two) for (_, one), two in zip(solved, again, strict=True))
            worst = max(error(person, states) for person, (states, _) in enumerate(solved))
            if worst < limit and (best is None or seconds < best[0]):
                best = seconds, setting, worst
        return best and best[1:]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """CVODE writes its warnings past Python: nowhere, while this lasts."""
    kept = os.dup(1), os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
        for descriptor in (*kept, nowhere):
            os.close(descriptor)
