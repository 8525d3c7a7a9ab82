"""A small system whose every state has a solution that can be written down, and what the tests share."""

import importlib.util
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from neuroimmune.kinetics import circadian
from neuroimmune.quantity import System, level, par, state

MADE_UP = "assumed: for a test"
ROOT = Path(__file__).parents[1]


class ToyInputs(NamedTuple):
    """What reaches the toy."""

    drug_infusion: float = level(0.0, "mg/hour", "drug given into a vein")
    signal: float = level(0.0, "1", "what the leaky integrator integrates")


class ToyState(NamedTuple):
    """One state, or two, for each question that is asked of the solver."""

    drug: float = state(0.0, "mg", "drug that decays", scale=1.0)
    central: float = state(0.0, "mg", "drug in the first of two compartments", scale=1.0)
    peripheral: float = state(0.0, "mg", "drug in the second", scale=1.0)
    leaky: float = state(0.0, "1", "leaky integral of the signal", scale=1.0)
    rhythm: float = state(1.0, "1", "what follows a daily rhythm")
    area: float = state(0.0, "1", "plain integral of a two-hour rhythm", scale=1.0)
    position: float = state(1.0, "1", "oscillator")
    speed: float = state(0.0, "1", "its speed", scale=1.0)
    logistic: float = state(0.1, "1", "logistic growth", scale=1.0)
    slow: float = state(1.0, "1", "what grows so slowly that float32 cannot add it")
    burst: float = state(1.0, "1", "what grows without limit in finite time, where k_burst is not 0")


class Toy(System):
    """States that do not touch each other."""

    k_drug: float = par(0.5, "1/hour", "removal of the drug", MADE_UP, spread=0.3, range=(0.05, 200.0))
    k_out: float = par(0.3, "1/hour", "removal from the first compartment", MADE_UP)
    k_there: float = par(0.7, "1/hour", "from the first to the second", MADE_UP)
    k_back: float = par(0.2, "1/hour", "back", MADE_UP)
    k_leak: float = par(0.05, "1/hour", "leak of the integrator", MADE_UP)
    k_rhythm: float = par(0.25, "1/hour", "how fast the rhythm is followed", MADE_UP)
    swing: float = par(0.8, "1", "swing of the rhythm", MADE_UP)
    peak: float = par(8.3, "hour", "its peak", MADE_UP, range=(0.0, 24.0))
    period: float = par(24.0, "hour", "its period", "definition", fixed=True)
    short: float = par(2.0, "hour", "a shorter period", "definition", fixed=True)
    turn: float = par(1.5, "1/hour", "angular speed of the oscillator", MADE_UP)
    growth: float = par(0.6, "1/hour", "logistic growth", MADE_UP)
    k_slow: float = par(1e-7, "1/hour", "very slow growth", MADE_UP)
    k_burst: float = par(0.0, "1/hour", "growth in proportion to the square", MADE_UP)

    def rates(self, t: Any, y: ToyState, inputs: ToyInputs) -> ToyState:
        """All of them."""
        return ToyState(
            drug=inputs.drug_infusion - self.k_drug * y.drug,
            central=self.k_back * y.peripheral - (self.k_out + self.k_there) * y.central,
            peripheral=self.k_there * y.central - self.k_back * y.peripheral,
            leaky=inputs.signal - self.k_leak * y.leaky,
            rhythm=self.k_rhythm * (1.0 + self.swing * circadian(t, self.peak, self.period) - y.rhythm),
            area=circadian(t, self.peak, self.short),
            position=self.turn * y.speed,
            speed=-self.turn * y.position,
            logistic=self.growth * y.logistic * (1.0 - y.logistic),
            slow=self.k_slow + 0.0 * y.slow,
            burst=self.k_burst * y.burst * y.burst,
        )


ROW = {name: row for row, name in enumerate(ToyState._fields)}
START = np.array([q.value for q in ToyState()])


def benchmark_body(regions: int = 8) -> System:
    """The body for timing, of benchmarks/body.py."""
    spec = importlib.util.spec_from_file_location("benchmark_body", ROOT / "benchmarks" / "body.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.benchmark_body(regions)
