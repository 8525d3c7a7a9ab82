"""The solver of one block of people, as text: compile.py puts the numbers and rates of one in its beginning's place.

Row i of section A of the workspace `w` is `w[A + i * LANES : A + (i + 1) * LANES]`, one number a person. One array and
literal offsets let LLVM see that rows do not overlap. Every person has a time and a step of their own; one pass takes
one step of everybody who is not there yet. What a person does not take part in is not kept for them, so nobody's result
depends on who else is in the block.
"""

import numba
import numpy as np

kernel = numba.njit(fastmath={"contract"}, error_model="numpy", nogil=True)
f32 = np.float32
LANES, STATES, INPUTS, PARAMETERS = 16, 1, 1, 1
BOLUS, SET_INPUT, STEP_TOO_SMALL, NOT_FINITE = 0, 1, 1, 2
Y, LOST, K1, K2, K3, X, D, CHANGE, H, TAKEN, SCALE, U, T, ERROR, P, WORKSPACE = range(16)


@kernel
def prepare(w):
    """Fill the rows that follow from the parameters P alone."""


@kernel
def rates(w):
    """Fill D with the derivative at the states X, inputs U and clock T."""


@kernel
def to_all_states_h(w, lane):
    """Every row of H := lane."""


@kernel
def to_all_states_taken(w, lane):
    """Every row of TAKEN := lane."""


@kernel
def root_mean_of_states(w):
    """ERROR := the root of the mean of the rows of K3."""


# ---- the same for every model ----
SIZE = STATES * LANES
ALIVE = 0


@kernel
def set_clock(w, time):
    for j in range(LANES):
        w[T + j] = f32(time[j] - 24.0 * np.floor(time[j] * (1 / 24.0)))


@kernel
def derivative_here(w, time):
    """K1 at the present time and state."""
    for i in range(SIZE):
        w[X + i] = w[Y + i]
    set_clock(w, time)
    rates(w)
    for i in range(SIZE):
        w[K1 + i] = w[D + i]


@kernel
def step(w, third, two_thirds, end):
    """Kutta's three-eighths rule from Y, into X and CHANGE; afterwards D is the derivative at its end.

    Loads come before stores: LLVM vectorises these loops only so.
    """
    for i in range(SIZE):
        w[X + i] = w[Y + i] + w[H + i] * f32(1 / 3) * w[K1 + i]
    set_clock(w, third)
    rates(w)
    for i in range(SIZE):
        y, h, k1, k2 = w[Y + i], w[H + i], w[K1 + i], w[D + i]
        w[K2 + i] = k2
        w[X + i] = y + h * (k2 - f32(1 / 3) * k1)
    set_clock(w, two_thirds)
    rates(w)
    for i in range(SIZE):
        y, h, k1, k2, k3 = w[Y + i], w[H + i], w[K1 + i], w[K2 + i], w[D + i]
        w[K3 + i] = k3
        w[X + i] = y + h * (k1 - k2 + k3)
    set_clock(w, end)
    rates(w)
    for i in range(SIZE):
        y, h, lost, k1, k2, k3, k4 = w[Y + i], w[H + i], w[LOST + i], w[K1 + i], w[K2 + i], w[K3 + i], w[D + i]
        change = h * f32(1 / 8) * (k1 + f32(3) * (k2 + k3) + k4) - lost
        w[CHANGE + i] = change
        w[X + i] = y + change
        w[K2 + i] = k1 - f32(3) * (k2 - k3 - k4)
    rates(w)


@kernel
def errors(w):
    """Root mean square over the states of the difference from the third-order companion, relative to their sizes."""
    for i in range(SIZE):
        y, x, h, k, k5, scale = w[Y + i], w[X + i], w[H + i], w[K2 + i], w[D + i], w[SCALE + i]
        relative = h * f32(1 / 24) * (k - f32(4) * k5) / (scale + max(abs(y), abs(x)))
        w[K3 + i] = relative * relative
    root_mean_of_states(w)


@kernel
def keep(w):
    """Go on to X for those whose step is TAKEN; LOST is what float32 could not add."""
    for i in range(SIZE):
        x, y, change, lost, k1, k5 = w[X + i], w[Y + i], w[CHANGE + i], w[LOST + i], w[K1 + i], w[D + i]
        take = w[TAKEN + i] > f32(0)
        w[LOST + i] = (x - y) - change if take else lost
        w[Y + i] = x if take else y
        w[K1 + i] = k5 if take else k1


@kernel
def keep_all(w):
    """The same when everybody's step is taken: plain copies."""
    for i in range(SIZE):
        x, y, change, k5 = w[X + i], w[Y + i], w[CHANGE + i], w[D + i]
        w[LOST + i] = (x - y) - change
        w[Y + i] = x
        w[K1 + i] = k5


@kernel
def happen(w, time, status, pulse, event, last_event, event_time, event_kind, event_row, event_value):
    """Apply the events that are due; tell whether there were any."""
    any_due = False
    for j in range(LANES):
        while event[j] < last_event[j] and event_time[event[j]] <= time[j] and status[j] == ALIVE:
            row, value = event_row[event[j]] * LANES + j, event_value[event[j]]
            if event_kind[event[j]] == BOLUS:
                w[Y + row] += value
                w[LOST + row] = f32(0)
            else:
                pulse[row] = value
            event[j] += 1
            any_due = True
    return any_due


@kernel
def next_steps(
    until, longest, time, wanted, status, event, last_event, event_time, begin, end, part, parts, halved, h, arrive
):
    """The step and its end for everybody who is not yet at `until`; tell whether there is anybody.

    Between two moments at which something happens to a person their steps are equal parts: two lives that differ a
    little are cut alike.
    """
    waiting = False
    for j in range(LANES):
        h[j] = 0.0
        arrive[j] = time[j]
        if status[j] != ALIVE or time[j] >= until:
            continue
        waiting = True
        if part[j] == parts[j]:  # a new stretch: until the next event or save
            begin[j], end[j] = time[j], until
            if event[j] < last_event[j]:
                end[j] = min(until, event_time[event[j]])
            part[j], halved[j] = 0, 0
            parts[j] = max(1, np.int64(np.ceil((end[j] - begin[j]) / longest - 1e-9)))
            while (end[j] - begin[j]) / parts[j] > 1.01 * wanted[j]:
                parts[j] *= 2
                halved[j] += 1
        h[j] = (end[j] - begin[j]) / parts[j]
        arrive[j] = begin[j] + (part[j] + 1) * h[j] if part[j] + 1 < parts[j] else end[j]
    return waiting


@kernel
def judge(w, tolerance, longest, shortest, h, arrive, time, wanted, status, failed_at, part, parts, halved, taken):
    """Whose step is good enough to be taken; tell whether everybody's is.

    The parts of the others are halved, and doubled where the error allows.
    """
    everybody = True
    for j in range(LANES):
        error = w[ERROR + j]
        good = error <= tolerance  # false for what is not a number
        taken[j] = f32(1) if good and h[j] > 0.0 else f32(0)
        everybody &= taken[j] > f32(0)
        if h[j] == 0.0:
            continue
        if good:
            time[j] = arrive[j]
            part[j] += 1
            wanted[j] = max(wanted[j], h[j])
            if error < tolerance * (1 / 32):
                wanted[j] = min(longest, max(wanted[j], 2 * h[j]))
                if halved[j] > 0 and part[j] % 2 == 0:
                    part[j] //= 2
                    parts[j] //= 2
                    halved[j] -= 1
        else:
            part[j] *= 2
            parts[j] *= 2
            halved[j] += 1
            wanted[j] = 0.5 * h[j]
            if wanted[j] < shortest:
                status[j] = STEP_TOO_SMALL if error < np.inf else NOT_FINITE
                failed_at[j] = time[j]
                for i in range(STATES):
                    w[Y + i * LANES + j] = np.nan
    return everybody


@kernel
def inputs_now(level, share, pulse, out):
    """What the inputs are: the level of the day, and the share that takes place of what is scheduled."""
    for i in range(INPUTS * LANES):
        out[i] = level[i] + share[i] * pulse[i]


_f, _i = numba.from_dtype(np.dtype(f32)), numba.int64
_lanes = [numba.float64[:, ::1]] * 2 + [_i[:, ::1], numba.float64[:, ::1]] + [_f[:, ::1]] * 6 + [_i[:, ::1]] * 2
_signature = _i(
    _f[::1], _i, _i, numba.float64[::1], _f, numba.float64, numba.float64, _f[::1], *_lanes,
    numba.float64[::1], _i[::1], _i[::1], _f[::1], _f[:, :, ::1],
)  # fmt: skip


@numba.njit(_signature, fastmath={"contract"}, error_model="numpy", nogil=True, cache=True)
def run(w, first, last, saves, tolerance, longest, shortest, scale,
        time, wanted, status, failed_at, y, lost, p, level, share, pulse,
        event, last_event, event_time, event_kind, event_row, event_value, out):  # fmt: skip
    """Take blocks `first` to `last` through the times `saves` (hours); return the passes made.

    What happens at a moment has happened when that moment is saved: states, then inputs, into `out`.
    """
    passes = 0
    taken, steps = np.empty(LANES, f32), np.empty(LANES, f32)
    h, begin, end, arrive = np.empty(LANES), np.empty(LANES), np.empty(LANES), np.empty(LANES)
    third, two_thirds = np.empty(LANES), np.empty(LANES)
    part, parts, halved = np.zeros(LANES, np.int64), np.zeros(LANES, np.int64), np.zeros(LANES, np.int64)
    for i in range(STATES):
        for j in range(LANES):
            w[SCALE + i * LANES + j] = scale[i]
    for b in range(first, last):
        w[Y : Y + SIZE] = y[b]
        w[LOST : LOST + SIZE] = lost[b]
        w[P : P + PARAMETERS * LANES] = p[b]
        prepare(w)
        fresh = True
        steps[:] = f32(-1)
        part[:] = 0
        parts[:] = 0
        for n in range(len(saves)):
            while True:
                fresh |= happen(
                    w,
                    time[b],
                    status[b],
                    pulse[b],
                    event[b],
                    last_event[b],
                    event_time,
                    event_kind,
                    event_row,
                    event_value,
                )
                if not next_steps(saves[n], longest, time[b], wanted[b], status[b], event[b], last_event[b], event_time,
                                  begin, end, part, parts, halved, h, arrive):  # fmt: skip
                    break
                if fresh:
                    inputs_now(level[b], share[b], pulse[b], w[U : U + INPUTS * LANES])
                    derivative_here(w, time[b])
                    fresh = False
                as_before = True
                for j in range(LANES):
                    as_before &= steps[j] == f32(h[j])
                    steps[j] = f32(h[j])
                    third[j] = time[b, j] + h[j] * (1 / 3)
                    two_thirds[j] = time[b, j] + h[j] * (2 / 3)
                if not as_before:
                    to_all_states_h(w, steps)
                step(w, third, two_thirds, arrive)
                errors(w)
                if judge(w, tolerance, longest, shortest, h, arrive, time[b], wanted[b], status[b], failed_at[b],
                         part, parts, halved, taken):  # fmt: skip
                    keep_all(w)
                else:
                    to_all_states_taken(w, taken)
                    keep(w)
                passes += 1
            out[b, n, :SIZE] = w[Y : Y + SIZE]
            inputs_now(level[b], share[b], pulse[b], out[b, n, SIZE:])
        y[b] = w[Y : Y + SIZE]
        lost[b] = w[LOST : LOST + SIZE]
    return passes
