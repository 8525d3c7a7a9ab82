"""A made-up body of the size and stiffness of a real one, for timing: each number in it is a parameter of the person.

The equations are invented; what they share with the real body is their shape: a daily rhythm, sigmoid feedbacks, an
infection that smoulders, an endotoxin dose that rings for hours, and pairs of slow states in each region of a brain.
"""

from collections import namedtuple
from typing import Any

from neuroimmune.kinetics import circadian, exp, hill, repressed, saturating
from neuroimmune.quantity import System, level, par, part, state  # noqa: F401

TIMING = "assumed: a number for timing"
CORE = dict(
    endotoxin=0.0, crh=1.0, acth=1.0, cortisol=1.0, receptor=0.5, virus=0.01, latent=0.0, effector=0.1,
    dysbiosis=0.1, permeability=0.1, barrier=0.1, macrophage=0.1, tnf=0.1, il6=0.1, il10=0.1, il1=0.1, crp=0.1,
    interferon=0.05, tgf=0.1, brain_tnf=0.1, brain_il6=0.1, brain_il1=0.1, kynurenine=0.1, sleep=0.5, energy=0.1,
    debt1=0.0, debt2=0.0, debt3=0.0, fatigue=0.1, pain=0.1, cognition=0.1, mood=0.1, drug1=0.0, drug2=0.0,
)  # fmt: skip


def equations(n: Any, t: Any, y: Any, stress: Any, regions: int) -> list[Any]:
    """Derivatives in the order of the state; `n(value)` is the next parameter, whose usual value is `value`."""
    day = exp(n(3.0) * (circadian(t, n(13.0), 24.0) - 1.0))
    rhythm = 1.0 + n(0.6) * circadian(t, n(7.0), 24.0)
    braked = repressed(y.receptor, n(0.6), 2.0)
    stressed = stress * day
    blood = n(0.5) * y.brain_il6 + y.brain_tnf + y.brain_il1
    micro = [getattr(y, f"micro{r}") for r in range(regions)]
    primed = [getattr(y, f"primed{r}") for r in range(regions)]
    core = [
        -n(0.9) * y.endotoxin,
        rhythm * (1.0 + stressed + n(0.5) * y.brain_il1) * braked - n(1.2) * y.crh,
        y.crh * braked * n(2.3) - n(2.08) * y.acth,
        n(0.55) * y.acth * (1.0 + n(0.3) * y.il6) - n(0.52) * y.cortisol,
        n(0.1) * hill(y.cortisol, n(1.0), 2.0) * (1.0 + hill(y.receptor, n(1.0), 2.0))
        - n(0.1) * y.receptor * (1.0 + n(0.3) * y.tnf),
        n(0.2) * y.virus * (1.0 - y.virus) / (1.0 + y.interferon) + n(1e-4) * y.latent
        - n(0.1) * y.virus - y.effector * y.virus,
        n(5e-4) * y.virus - n(1e-4) * y.latent,
        n(0.01) * (n(0.1) - y.effector)
        + n(0.05) * y.effector * saturating(y.virus, n(0.01)) / (1.0 + n(0.5) * y.cortisol),
        n(1e-3) * (1.0 + stressed - n(5.0) * y.dysbiosis) - n(1e-3) * y.dysbiosis,
        n(0.01) * (y.dysbiosis + n(0.2) * y.crh + n(0.2) * y.tnf) - n(0.01) * y.permeability,
        n(0.2) * y.permeability * y.dysbiosis - n(0.5) * y.barrier,
        n(0.05) * (y.barrier + n(5.0) * y.virus + n(2.0) * y.endotoxin + n(0.3) * y.tnf * y.macrophage)
        / (1.0 + y.il10 + n(0.5) * y.receptor) - n(0.04) * y.macrophage,
        n(0.8) * (y.macrophage + n(0.5) * y.endotoxin) * repressed(y.il10, n(1.0), 2.0) / (1.0 + y.receptor)
        - n(1.4) * y.tnf,
        n(0.7) * (y.macrophage + n(0.3) * y.tnf + stressed * n(0.1)) / (1.0 + y.receptor + y.il10) - n(0.9) * y.il6,
        n(0.4) * (y.macrophage + n(0.4) * y.il6 * y.receptor) - n(0.5) * y.il10,
        n(0.5) * y.macrophage / (1.0 + y.receptor + y.il10) - n(1.2) * y.il1,
        n(0.05) * saturating(y.il6, n(1.0)) - n(0.036) * y.crp,
        n(0.3) * saturating(y.virus, n(0.05)) + n(0.02) - n(0.4) * y.interferon,
        n(0.05) * y.il10 - n(0.05) * y.tgf,
        n(0.1) * y.tnf + n(0.2) * micro[0] - n(0.5) * y.brain_tnf,
        n(0.1) * y.il6 + n(0.2) * micro[1] - n(0.5) * y.brain_il6,
        n(0.1) * y.il1 + n(0.2) * micro[2] - n(0.5) * y.brain_il1,
        n(0.02) * (y.interferon + y.tnf + y.brain_il6) - n(0.05) * y.kynurenine,
        n(0.06) * day * (1.0 + y.brain_il1) - n(0.12) * y.sleep * (1.0 - day) / (1.0 + n(0.5) * y.crh),
        n(0.025) * day * (1.0 + micro[3] + y.kynurenine) - n(0.02) * y.energy,
        n(0.08) * (y.energy - y.debt1),
        n(0.08) * (y.debt1 - y.debt2),
        n(0.08) * (y.debt2 - y.debt3),
        n(0.05) * (n(0.3) * y.sleep + y.debt3 + y.brain_il1 + y.kynurenine + micro[4]) / (1.0 + n(0.2) * y.cortisol)
        - n(0.05) * y.fatigue,
        n(0.05) * (micro[5] + y.brain_tnf + primed[5] - y.pain),
        n(0.05) * (micro[6] + y.sleep + y.kynurenine - y.cognition),
        n(0.02) * (y.kynurenine + stressed + y.brain_il6 - y.mood),
        n(0.5) * day - n(0.9) * y.drug1,
        n(0.9) * y.drug1 - n(0.3) * y.drug2,
    ]  # fmt: skip
    signal = [blood + n(0.2) * micro[(r + 1) % regions] for r in range(regions)]
    active = [n(0.05) * (1.0 + p) * hill(s, n(1.0), 2.0) * (1.0 - m) / (1.0 + n(0.5) * y.receptor) - n(0.02) * m
              for m, p, s in zip(micro, primed, signal, strict=True)]  # fmt: skip
    priming = [n(0.002) * m * (1.0 - p) - n(5e-4) * p for m, p in zip(micro, primed, strict=True)]
    return core + active + priming


def benchmark_body(regions: int = 8) -> System:
    """The body with this many regions of the brain (at least 7): 34 states and two more for each region."""
    start = CORE | {f"micro{r}": 0.1 for r in range(regions)} | {f"primed{r}": 0.1 for r in range(regions)}
    State: Any = namedtuple("State", start, defaults=[state(v, "1", "a state for timing") for v in start.values()])
    Inputs: Any = namedtuple("Inputs", ["stress"], defaults=[level(0.3, "1", "an input for timing")])
    numbers: list[float] = []
    equations(lambda value: numbers.append(value) or value, 0.0, State(*start.values()), 0.3, regions)
    names = [f"n{i:03}" for i in range(len(numbers))]

    def rates(self: Any, t: Any, y: Any, inputs: Any) -> Any:
        values = iter([getattr(self, name) for name in names])
        return State(*equations(lambda _: next(values), t, y, inputs.stress, regions))

    rates.__annotations__ = {"y": State, "inputs": Inputs, "return": State}
    fields = {
        name: par(value, "1", "a number for timing", TIMING, spread=0.1)
        for name, value in zip(names, numbers, strict=True)
    }
    return type("Benchmark", (System,), {"__annotations__": dict.fromkeys(names, float), "rates": rates, **fields})()
