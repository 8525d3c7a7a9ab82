"""The resting day: the state that a body left alone comes back to after 24 hours."""

from collections.abc import Callable

import numpy as np

from neuroimmune.engine.kernel import Kernel
from neuroimmune.engine.lanes import advance, gather

HISTORY = 6
PLAIN_DAYS = 4  # before any acceleration, so that it is the rest nearest to the start which is found
MOST_DAYS = 200
TRIAL_DAYS = 6
NEAR_ENOUGH = 5e-6  # change in a day, relative to each state's size; slow states may be 50 times as far from rest
FAINT = 1e-3  # of each state's scale
DISTURBANCE = 1e-2  # relative to each state's size
MARGIN = 2e-3  # what float32 and the solver add to a day's growth of a disturbance

Day = Callable[[np.ndarray, np.ndarray], np.ndarray]


def resting_day(
    kernel: Kernel,
    states: np.ndarray,
    parameters: np.ndarray,
    levels: np.ndarray,
    threads: int | None = None,
    done: Callable[[float], None] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """States at midnight of people at rest, shape (people, states), and for whom they were found, shape (people,).

    Anderson's acceleration of one day's map, each person by themselves: gland masses that would need a year need a
    fortnight. Acceleration may also find a state that only a pin could stand on; whoever does not come back to theirs
    when disturbed is solved again day by day. `done` is told the share of people who have been found.
    """

    def day(y: np.ndarray, who: np.ndarray) -> np.ndarray:
        lanes = gather(kernel, y, parameters[who], levels[who])
        return advance(lanes, np.array([24.0]), threads)[0][:, -1].astype(np.float64)

    scale = np.where(np.isfinite(kernel.scale), kernel.scale, 1.0)
    everybody = np.arange(len(states))
    start = np.array(states, dtype=np.float64)
    y, found = _settle(day, start, scale, everybody, HISTORY, done)
    pinned = everybody[found][~_comes_back(day, y[found], scale, everybody[found])]
    if len(pinned):
        y[pinned], found[pinned] = _settle(day, start[pinned], scale, pinned, 1, None)
        again = pinned[found[pinned]]
        found[again] = _comes_back(day, y[again], scale, again)
    return y, found


def _settle(
    day: Day, start: np.ndarray, scale: np.ndarray, who: np.ndarray, history: int, done: Callable[[float], None] | None
) -> tuple[np.ndarray, np.ndarray]:
    """Days until nothing changes from one to the next; of `history` past days the best mixture goes on."""
    y, found = start.copy(), np.zeros(len(start), bool)
    points = np.zeros((len(y), 0, y.shape[1]))
    changes = np.zeros_like(points)
    waiting = np.arange(len(y))
    for number in range(MOST_DAYS):
        after = day(y[waiting], who[waiting])
        change = (after - y[waiting]) / (scale + np.abs(y[waiting]))
        worst = np.max(np.abs(change), axis=1)
        points = np.concatenate([points, after[:, None]], 1)[:, -history:]
        changes = np.concatenate([changes, change[:, None]], 1)[:, -history:]
        mixed = _mix(points, changes) if number >= PLAIN_DAYS and history > 1 else after
        far = np.abs(mixed - after) > scale + np.abs(after)
        below = (mixed < 0) & (start[waiting] >= 0)
        faint = below & (mixed > -FAINT * scale)  # of what fades to nothing a mixture may be a little less
        mixed = np.where(faint, after, mixed)
        bad = (~np.isfinite(mixed) | far | below & ~faint).any(1)
        mixed[bad] = after[bad]
        rested = worst < NEAR_ENOUGH
        found[waiting[rested]] = True
        going = ~rested & np.isfinite(worst)
        y[waiting[~rested]] = mixed[~rested]
        waiting, points, changes = waiting[going], points[going], changes[going]
        if done:
            done(1.0 - len(waiting) / len(y))
        if not len(waiting):
            break
    return y, found


def _mix(points: np.ndarray, changes: np.ndarray) -> np.ndarray:
    """The combination of past days, weights summing to one, that would change least: shapes (people, days, states)."""
    days = changes.shape[1]
    products = np.einsum("pis,pjs->pij", changes, changes)
    products += 1e-12 * np.trace(products, axis1=1, axis2=2)[:, None, None] * np.eye(days) + 1e-300
    weights = np.linalg.solve(products, np.ones((len(points), days, 1)))
    weights /= weights.sum(1, keepdims=True)
    return (weights * points).sum(1)


def _comes_back(day: Day, y: np.ndarray, scale: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Who, disturbed a little, is nearer to rest a day later: its growth on the last of some days, kept small."""
    size = scale + np.abs(y)
    away = np.broadcast_to(DISTURBANCE / np.sqrt(y.shape[1]), y.shape)
    growth = np.zeros(len(y))
    for _ in range(TRIAL_DAYS if len(y) else 0):
        away = (day(y + away * size, who) - y) / size
        length = np.sqrt((away**2).sum(1, keepdims=True))
        growth = length[:, 0] / DISTURBANCE
        away = away * DISTURBANCE / np.maximum(length, 1e-12)
    return growth < 1.0 + MARGIN
