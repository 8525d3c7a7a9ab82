"""A course beside what was measured: every published number of the protocol. `validation` judges them."""

from typing import TYPE_CHECKING, Any

import numpy as np

from neuroimmune.body import Body
from neuroimmune.course import Course
from neuroimmune.evidence.statistics import EVER, HOURS, OF_DAY, sampled, statistic
from neuroimmune.evidence.targets import target_sets, targets
from neuroimmune.protocol import Protocol, events, load_protocol, read_settings, shipped

if TYPE_CHECKING:
    import pandas as pd

UNDRAWN = ("cohen d", *HOURS, *OF_DAY, *EVER)  # statistics that are no point beside a curve


def origin(protocol: Protocol) -> tuple[float, str]:
    """From when hours are counted, and what that moment is called: what happens first, if the protocol does not say."""
    first = next(iter(protocol.happenings), None)
    if protocol.zero is not None or first is None:
        return protocol.zero or 0.0, protocol.since or (f"hour {protocol.zero:g}" if protocol.zero else "midnight")
    return first.at, protocol.since or first.what.removesuffix("_gut").removesuffix("_depot").replace("_", " ")


def before(course: Course, zero: float) -> int:
    """The last saved time that knows nothing of what happens at `zero`; of daily summaries, the last whole day."""
    known = course.times <= zero // 24 * 24 if course.provenance.get("daily") else course.times < zero
    return max(int(np.count_nonzero(known)) - 1, 0)


def measured(protocol: Protocol) -> "pd.DataFrame | None":
    """The published numbers of a protocol with its settings, or `None` if there are none."""
    if protocol.name not in target_sets() or protocol.name not in shipped():
        return None
    rows = targets(protocol.name)
    body = Body()
    mine = events(protocol, body)
    same = {
        text: events(load_protocol(protocol.name, **read_settings(text)), body) == mine
        for text in rows.settings.unique()
    }
    rows = rows.loc[rows.settings.map(same)].reset_index(drop=True)
    return rows if len(rows) else None


def compare(course: Course, protocol: Protocol) -> "pd.DataFrame | None":
    """A row for each published number: what was observed, what the course predicts, and their ratio.

    `observed` and `predicted` are rises above the value before the dose where the study gives one. `None` if nothing
    was measured.
    """
    rows = measured(protocol)
    if rows is None:
        return None
    rows = rows.loc[rows.quantity.isin(list(course.values))].copy()
    zero, solved = origin(protocol)[0], [n for n, person in enumerate(course.people) if person not in course.failed]
    rows["rises"] = rows.rise.notna()
    rows["observed"] = observed(rows)
    rows["predicted"] = [_predicted(course, row, zero, solved) for row in rows.itertuples()]
    rows["ratio"] = (rows.predicted / rows.observed).where(rows.observed != 0)
    wanted = [
        "id", "study", "role", "checked", "quantity", "statistic", "time_h", "unit", "rises", "observed", "sd", "se",
        "n", "predicted", "ratio", "note",
    ]  # fmt: skip
    at_rest = is_reference(rows)  # a rise of nothing at the time of the dose is no prediction
    return rows.loc[~at_rest, wanted].reset_index(drop=True)


def observed(rows: "pd.DataFrame") -> "pd.Series":
    """What the rows of targets are compared by: the rise where there is one, or the value."""
    return rows.rise.where(rows.rise.notna(), rows.value)


def is_reference(rows: "pd.DataFrame") -> "pd.Series":
    """Which rows of targets are the value that rises are counted from."""
    return rows.rise.notna() & (rows.time_h == rows.baseline_h.fillna(0.0))


def by_curve(rows: "pd.DataFrame") -> "pd.DataFrame":
    """What `compare` found, a line for each study and quantity: points, and of their ratios the median; * unverified.

    `compared` counts the points that have a ratio, `off` those among them that differ by more than twice.
    """
    import pandas as pd

    lines = []
    groups: Any = rows.groupby(["study", "quantity", "checked"], sort=False)
    for _, some in groups:
        first = some.iloc[0]
        name = f"{first['quantity']}{'' if first['checked'] == 'verified' else '*'}"
        line = {"quantity": name, "study": first["study"], "role": first["role"], "points": len(some)}
        line |= {"compared": int(some["ratio"].notna().sum())}
        lines.append(line | {"off": int(far_off(some).sum()), "ratio": float(some["ratio"].median())})
    return pd.DataFrame(lines)


def far_off(rows: "pd.DataFrame") -> "pd.Series":
    """Which points differ by more than twice; falls, and predictions of nothing, are not told this way."""
    return rows.observed.gt(0) & rows.ratio.notna() & ~rows.ratio.between(0.5, 2.0)


def _predicted(course: Course, row: Any, zero: float, solved: list[int]) -> float:
    values, times = course.values[row.quantity][solved].astype(float), course.times - zero
    hours = sampled(row, times[-1])
    if row.statistic == "cohen d" and len(solved) < 2:  # one person differs from nobody
        return float("nan")
    if not (times[0] <= hours[0] and hours[-1] <= times[-1]):
        return float("nan")
    readings = np.array([np.interp(hours, times, v) for v in values])
    since = values[:, before(course, zero)]
    if not np.isnan(row.baseline_h):
        since = np.array([np.interp(row.baseline_h, times, v) for v in values])
    return float(statistic(row, readings, since, hours))


def drawn(course: Course, protocol: Protocol) -> "pd.DataFrame | None":
    """The measured points as they are drawn over the curves, in the unit of the course.

    Rises stand on the course's own value before the dose, changes in percent or as a multiple on that at their
    baseline. Effect sizes, times, durations, shares of people and what is told of a whole day cannot be drawn. Peaks
    whose time was not published have no `time_h`.
    """
    rows = measured(protocol)
    if rows is None:
        return None
    rows = rows.loc[~rows.statistic.isin(UNDRAWN) & rows.quantity.isin(list(course.values))].copy()
    zero = origin(protocol)[0]
    times, first = course.times - zero, course.times[before(course, zero)] - zero
    hour = rows.baseline_h.fillna(first)
    rest = np.array(
        [np.interp(h, times, np.nanmedian(course.values[q], axis=0)) for h, q in zip(hour, rows.quantity, strict=True)]
    )
    percent, fold = rows.statistic == "percent change", rows.statistic == "fold change"
    drawn_at = (rows.rise + rest).where(rows.rise.notna(), rows.value)
    rows["value"] = np.select([percent, fold], [rest * (1 + rows.value / 100), rest * rows.value], drawn_at)
    rows["sd"] = np.select([percent, fold], [rest * rows.sd / 100, rest * rows.sd], rows.sd)
    return rows if len(rows) else None
