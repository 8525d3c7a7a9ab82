"""A course beside what was measured: every published number of the protocol, hit or missed."""

from typing import TYPE_CHECKING, Any

import numpy as np

from neuroimmune.course import Course
from neuroimmune.evidence.targets import target_sets, targets
from neuroimmune.protocol import Protocol, load_protocol, read_settings, shipped

if TYPE_CHECKING:
    import pandas as pd

VERDICTS = {
    "inside": "within the 95 % interval of the observed mean (t, from SD and n of the value itself)",
    "spread": "outside that interval, but within one SD between people",
    "outside": "neither: a miss",
    "open": "no interval was published",
}
AVERAGE = {
    "median": np.nanmedian,
    "geometric mean": lambda v: np.exp(np.nanmean(np.log(v))),
    "median peak": np.nanmedian,
}
PEAKS = ("peak", "median peak")


def origin(protocol: Protocol) -> tuple[float, str]:
    """From when hours are counted, and what that moment is called: what happens first, if the protocol does not say."""
    first = next(iter(protocol.happenings), None)
    if protocol.zero is not None or first is None:
        return protocol.zero or 0.0, "the first midnight" if not protocol.zero else f"hour {protocol.zero:g}"
    return first.at, first.what.replace("_", " ")


def before(course: Course, zero: float) -> int:
    """The last saved time that knows nothing of what happens at `zero`; of daily summaries, the last whole day."""
    known = course.times <= zero // 24 * 24 if course.provenance.get("daily") else course.times < zero
    return max(int(np.count_nonzero(known)) - 1, 0)


def measured(protocol: Protocol) -> "pd.DataFrame | None":
    """The published numbers of a protocol with its settings, or `None` if there are none."""
    if protocol.name not in target_sets() or protocol.name not in shipped():
        return None
    rows = targets(protocol.name)
    same = {
        text: load_protocol(protocol.name, **read_settings(text)).settings == protocol.settings
        for text in rows.settings.unique()
    }
    rows = rows.loc[rows.settings.map(same)].reset_index(drop=True)
    return rows if len(rows) else None


def compare(course: Course, protocol: Protocol) -> "pd.DataFrame | None":
    """A row for each published number: what was observed, what the course predicts, and a verdict.

    `observed` and `predicted` are rises above the value before the dose where the study gives one; `VERDICTS` tells
    what the verdicts mean. `None` if nothing was measured.
    """
    rows = measured(protocol)
    if rows is None:
        return None
    rows = rows.loc[rows.quantity.isin(list(course.values))].copy()
    zero, solved = origin(protocol)[0], [n for n, person in enumerate(course.people) if person not in course.failed]
    from scipy.stats import t

    rows["rises"] = rows.rise.notna() & (rows.statistic != "time of peak")
    rows["observed"] = rows.rise.where(rows.rises, rows.value)
    rows["predicted"] = [_predicted(course, row, zero, solved) for row in rows.itertuples()]
    rows["ratio"] = (rows.predicted / rows.observed).where(rows.observed != 0)
    error = rows.se.fillna(rows.sd / np.sqrt(rows.n))
    error *= t.ppf(0.975, (rows.n - 1).clip(lower=1).fillna(1e6))
    away = (rows.predicted - rows.observed).abs()
    rows["verdict"] = np.select(
        [rows.predicted.isna() | error.isna(), away <= error, away <= rows.sd],
        ["open", "inside", "spread"],
        "outside",
    )
    wanted = [
        "id",
        "study",
        "role",
        "checked",
        "quantity",
        "statistic",
        "time_h",
        "unit",
        "rises",
        "observed",
        "sd",
        "se",
        "n",
        "predicted",
    ]
    at_rest = rows.rises & (rows.time_h == 0)  # a rise of nothing at the time of the dose is no prediction
    return rows.loc[~at_rest, [*wanted, "ratio", "verdict", "note"]].reset_index(drop=True)


def by_curve(rows: "pd.DataFrame") -> "pd.DataFrame":
    """What `compare` found, a line for each study and quantity: points of each verdict, median ratio; * unverified."""
    import pandas as pd

    lines = []
    groups: Any = rows.groupby(["study", "quantity", "checked"], sort=False)
    for _, some in groups:
        first = some.iloc[0]
        name = f"{first['quantity']}{'' if first['checked'] == 'verified' else '*'}"
        line = {"quantity": name, "study": first["study"], "role": first["role"], "points": len(some)}
        line |= {verdict: int((some["verdict"] == verdict).sum()) for verdict in VERDICTS}
        lines.append(line | {"ratio": float(some["ratio"].median())})
    return pd.DataFrame(lines)


def _predicted(course: Course, row: Any, zero: float, solved: list[int]) -> float:
    values, times = course.values[row.quantity][solved], course.times - zero
    rest = values[:, before(course, zero)] if row.rises else 0.0
    average = AVERAGE.get(row.statistic, np.nanmean)
    after = times >= 0
    if row.statistic == "time of peak":
        return float(np.mean(times[after][np.nanargmax(values[:, after], axis=1)]))
    if row.statistic in PEAKS:
        return float(average(np.nanmax(values[:, after], axis=1) - rest))
    if not times[0] <= row.time_h <= times[-1]:
        return float("nan")
    return float(average(np.array([np.interp(row.time_h, times, v) for v in values]) - rest))


def drawn(course: Course, protocol: Protocol) -> "pd.DataFrame | None":
    """The measured points as they are drawn over the curves: rises stand on the course's own value before the dose.

    Peaks whose time was not published have no `time_h`.
    """
    rows = measured(protocol)
    if rows is None:
        return None
    rows = rows.loc[(rows.statistic != "time of peak") & rows.quantity.isin(list(course.values))].copy()
    moment = before(course, origin(protocol)[0])
    rest = {n: float(np.nanmedian(course.values[n][:, moment])) for n in rows.quantity.unique()}
    rows["value"] = (rows.rise + rows.quantity.map(rest)).where(rows.rise.notna(), rows.value)
    return rows
