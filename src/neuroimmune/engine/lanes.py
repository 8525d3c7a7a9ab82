"""People in blocks of lanes: what the kernel works on, and the threads that drive it."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from neuroimmune.engine.compile import LANES
from neuroimmune.engine.events import FAILURES, Event, table
from neuroimmune.engine.kernel import Kernel

TOLERANCE = 3e-4  # of a step, relative to the size of each state
LONGEST = 0.8  # hours: the daily rhythm must be seen, and the fastest removals must stay stable
SHORTEST = 5e-5  # hours: a person who needs shorter steps is given up


@dataclass
class Lanes:
    """A number of people in the midst of their lives: the checkpoint from which they go on.

    Arrays are (blocks, rows * LANES) or (blocks, LANES); the last block is filled up with copies of the last person.
    """

    kernel: Kernel
    count: int
    y: np.ndarray
    lost: np.ndarray
    parameters: np.ndarray
    level: np.ndarray
    share: np.ndarray
    pulse: np.ndarray
    time: np.ndarray
    wanted: np.ndarray
    status: np.ndarray
    failed_at: np.ndarray
    event: np.ndarray
    last_event: np.ndarray
    events: tuple[np.ndarray, ...]

    def states(self) -> np.ndarray:
        """The present states, shape (people, states)."""
        return unpack(self.y, self.count)

    def failed(self) -> dict[int, tuple[float, str]]:
        """For each person whose solution failed: the hour and the reason."""
        status, hour = self.status.reshape(-1)[: self.count], self.failed_at.reshape(-1)
        return {int(n): (float(hour[n]), FAILURES[int(status[n])]) for n in np.flatnonzero(status)}


def gather(
    kernel: Kernel,
    states: np.ndarray,
    parameters: np.ndarray,
    levels: np.ndarray,
    events: Sequence[Sequence[Event]] = ((),),
) -> Lanes:
    """People at hour zero, from states, parameters and levels of shape (people, ...).

    `events` holds one list for all, or one for each person.
    """
    count = len(states)
    first, last, *rest = table(events)
    whose = np.zeros(count, np.int64) if len(events) == 1 else np.arange(count)
    lane = pack(np.zeros((count, 1))).shape
    level = levels if levels.shape[1] else np.zeros((count, 1))  # a kernel has at least one input
    return Lanes(
        kernel, count, pack(states), pack(np.zeros_like(states)), pack(parameters),
        pack(level), pack(np.ones_like(level)), pack(np.zeros_like(level)),
        np.zeros(lane), np.full(lane, LONGEST / 2), np.zeros(lane, np.int64), np.zeros(lane),
        pack(first[whose, None], np.int64), pack(last[whose, None], np.int64), tuple(rest),
    )  # fmt: skip


def pack(people_rows: np.ndarray, dtype: type = np.float32) -> np.ndarray:
    """(people, rows) to (blocks, rows * LANES), padded with the last person."""
    people, rows = people_rows.shape
    padded = people_rows[np.minimum(np.arange(-(-people // LANES) * LANES), people - 1)]
    return np.ascontiguousarray(padded.reshape(-1, LANES, rows).transpose(0, 2, 1), dtype).reshape(-1, rows * LANES)


def unpack(blocks: np.ndarray, people: int) -> np.ndarray:
    """(blocks, ..., rows * LANES) to (people, ..., rows)."""
    rows = blocks.reshape(*blocks.shape[:-1], blocks.shape[-1] // LANES, LANES)
    lanes = np.moveaxis(rows, (-2, 0, -1), (0, 1, 2))  # times last in memory
    return np.moveaxis(lanes.reshape(len(lanes), lanes.shape[1] * lanes.shape[2], *lanes.shape[3:]), 0, -1)[:people]


def advance(
    lanes: Lanes,
    saves: np.ndarray,
    threads: int | None = None,
    done: Callable[[float], None] | None = None,
    tolerance: float = TOLERANCE,
    longest: float = LONGEST,
) -> tuple[np.ndarray, np.ndarray]:
    """Take everybody through the times `saves` (hours, ascending): states and inputs there, shape (people, times, ...).

    What happens at a moment has happened when that moment is saved. `done` is told the share that is ready. The result
    does not depend on `threads`, nor on who else is among the people.
    """
    blocks, size = lanes.y.shape
    out = np.empty((blocks, len(saves), size + lanes.level.shape[1]), lanes.y.dtype)
    saves = np.ascontiguousarray(saves, np.float64)
    threads = min(threads or cores(), blocks)
    days = max(saves[-1:].max(initial=0.0) - lanes.time.min(), 1.0) / 24
    at_once = int(np.clip(2000 / days, 1, -(-blocks // threads)))
    starts = range(0, blocks, at_once)
    scale = lanes.kernel.scale.astype(lanes.y.dtype)

    def work(first: int) -> None:
        lanes.kernel.run(
            aligned(lanes.kernel.workspace, lanes.y.dtype), first, min(first + at_once, blocks), saves,
            lanes.y.dtype.type(tolerance), longest, SHORTEST, scale,
            lanes.time, lanes.wanted, lanes.status, lanes.failed_at, lanes.y, lanes.lost, lanes.parameters,
            lanes.level, lanes.share, lanes.pulse, lanes.event, lanes.last_event, *lanes.events, out,
        )  # fmt: skip

    begun = [_pool(threads).submit(work, first) for first in starts] if threads > 1 else []
    try:
        for n, first in enumerate(starts):
            begun[n].result() if begun else work(first)
            if done:
                done((n + 1) / len(starts))
    finally:  # whoever stops leaves no work behind for the next
        for part in begun:
            part.cancel()
    states = size // LANES
    values = unpack(out, lanes.count)
    return values[..., :states], values[..., states:]


@lru_cache(maxsize=4)
def _pool(threads: int) -> ThreadPoolExecutor:
    """Threads that stay, for a life advances twice a day."""
    return ThreadPoolExecutor(threads)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # threads do not follow into another process


def aligned(length: int, dtype: np.dtype) -> np.ndarray:
    """Zeros that begin on a cache line: a third faster than elsewhere."""
    raw = np.zeros(length * dtype.itemsize + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + length * dtype.itemsize].view(dtype)


def cores() -> int:
    """The cores that this process may use, a container's limit included."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = Path("/sys/fs/cgroup/cpu.max")
    if limit.is_file():
        quota, period = limit.read_text().split()
        if quota != "max":
            count = min(count, max(1, int(quota) // int(period)))
    return count
