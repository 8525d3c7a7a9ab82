"""Rate laws, and the only mathematics that `rates` may use.

Every function takes four kinds of number: floats, NumPy arrays, pint quantities, and the traced terms of
`engine.trace`, of which the kernel, LaTeX and SBML are made.
"""

import math
from typing import Any

import numpy as np


def exp(x: Any) -> Any:
    """e to the power of x."""
    return math.exp(x) if isinstance(x, float) else np.exp(x)


def log(x: Any) -> Any:
    """Natural logarithm."""
    return math.log(x) if isinstance(x, float) else np.log(x)


def sqrt(x: Any) -> Any:
    """Square root."""
    return math.sqrt(x) if isinstance(x, float) else np.sqrt(x)


def power(x: Any, exponent: Any) -> Any:
    """x to a power; a negative x counts as zero. (For a whole power of any x write x * x.)"""
    return positive(x) ** exponent


def minimum(a: Any, b: Any) -> Any:
    """The smaller of two."""
    return min(a, b) if isinstance(a, float) and isinstance(b, float) else np.minimum(a, b)


def maximum(a: Any, b: Any) -> Any:
    """The larger of two."""
    return max(a, b) if isinstance(a, float) and isinstance(b, float) else np.maximum(a, b)


def where(condition: Any, a: Any, b: Any) -> Any:
    """a where the condition holds, b elsewhere."""
    return (a if condition else b) if isinstance(condition, bool) else np.where(condition, a, b)


def positive(x: Any) -> Any:
    """x, or nothing where x is negative."""
    return maximum(x, 0.0 * x)


def circadian(t: Any, peak: Any, period: Any) -> Any:
    """A cosine of the clock, +1 at the hour `peak`, repeating every `period` hours.

    >>> circadian(8.0, 8.0, 24.0), circadian(20.0, 8.0, 24.0)
    (1.0, -1.0)
    """
    if hasattr(t, "cycle"):  # a traced clock
        return t.cycle(peak, period)
    turns = (t - peak) / period
    return math.cos(2 * math.pi * turns) if isinstance(turns, float) else np.cos(2 * np.pi * turns)


def hill(x: Any, half: Any, exponent: Any) -> Any:
    """Rising sigmoid, 0 to 1, one half at x = half. It scales before it raises, so it does not overflow.

    >>> hill(3.0, 3.0, 2.0), hill(9.0, 3.0, 2.0)
    (0.5, 0.9)
    """
    scaled = power(x / half, exponent)
    return scaled / (1.0 + scaled)


def repressed(x: Any, half: Any, exponent: Any) -> Any:
    """Falling sigmoid, 1 to 0, one half at x = half.

    >>> repressed(3.0, 3.0, 2.0), repressed(9.0, 3.0, 2.0)
    (0.5, 0.1)
    """
    return 1.0 / (1.0 + power(x / half, exponent))


def saturating(x: Any, half: Any) -> Any:
    """Michaelis-Menten: 0 to 1, one half at x = half."""
    return x / (x + half)


def e_folds(x: Any, half: Any) -> Any:
    """In proportion while x is small beside `half`, by its logarithm beyond; nothing at nothing.

    >>> round(e_folds(0.1, 10.0), 3), e_folds(0.0, 10.0)
    (0.01, 0.0)
    """
    return log(1.0 + x / half)


def turnover(x: Any, rest: Any, k: Any) -> Any:
    """Made and lost at first order so that x returns to `rest` at the rate k."""
    return k * (rest - x)


def lost(x: Any, k: Any) -> Any:
    """First-order loss of x at the rate k; a rate of plain nothing takes nothing, whatever its unit would be.

    >>> lost(4.0, 0.5), lost(4.0, 0.0)
    (2.0, 0.0)
    """
    return 0.0 if isinstance(k, float) and k == 0.0 else k * x
