"""The resting day: the state that a body left alone comes back to after 24 hours."""

import numpy as np

from neuroimmune.engine.kernel import Kernel
from neuroimmune.engine.lanes import advance, gather

HISTORY = 6
MOST_DAYS = 200
NEAR_ENOUGH = 5e-6  # change in a day, relative to each state's size; slow states may be 50 times as far from rest


def resting_day(
    kernel: Kernel, states: np.ndarray, parameters: np.ndarray, levels: np.ndarray, threads: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """States at midnight of people at rest, shape (people, states), and for whom they were found, shape (people,).

    Anderson's acceleration of one day's map, each person by themselves: gland masses that would need a year need a
    fortnight.
    """
    y = np.array(states, dtype=np.float64)
    found = np.zeros(len(y), bool)
    nonnegative = y >= 0
    points: list[np.ndarray] = []
    changes: list[np.ndarray] = []
    for _ in range(MOST_DAYS):
        after = advance(gather(kernel, y, parameters, levels), np.array([24.0]), threads)[:, -1].astype(np.float64)
        change = (after - y) / (kernel.scale + np.abs(y))
        worst = np.max(np.abs(change), axis=1)
        found |= worst < NEAR_ENOUGH
        if found.all() or not np.isfinite(worst[~found]).any():
            break
        points, changes = [*points, after][-HISTORY:], [*changes, change][-HISTORY:]
        mixed = _mix(np.stack(points, 1), np.stack(changes, 1))
        bad = (
            ~np.isfinite(mixed).all(1)
            | ((mixed < 0) & nonnegative).any(1)
            | (np.abs(mixed - after) > kernel.scale + np.abs(after)).any(1)
        )
        mixed[bad] = after[bad]
        y = np.where(found[:, None], y, mixed)
    return y, found


def _mix(points: np.ndarray, changes: np.ndarray) -> np.ndarray:
    """The combination of past days, weights summing to one, that would change least: shapes (people, days, states)."""
    days = changes.shape[1]
    products = np.einsum("pis,pjs->pij", changes, changes)
    products += 1e-12 * np.trace(products, axis1=1, axis2=2)[:, None, None] * np.eye(days) + 1e-300
    weights = np.linalg.solve(products, np.ones((len(points), days, 1)))
    weights /= weights.sum(1, keepdims=True)
    return (weights * points).sum(1)
