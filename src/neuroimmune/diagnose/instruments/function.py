"""Function: what a person can do, and at what cost."""

from neuroimmune.diagnose.instrument import Instrument, named, numbered, total
from neuroimmune.diagnose.instruments.fatigue import COMPLETE


def _funcap(size: int) -> Instrument:
    key = f"funcap{size}"
    return Instrument(
        key=key,
        name=f"FUNCAP{size}, functional capacity in ME/CFS",
        items=numbered(key, range(1, size + 1), 0, 6),
        scores=(total(f"{key}_mean", "mean of all items", named(key, range(1, size + 1)), over=size),),
        direction="higher is better",
        period="an average day of the last month",
        missing=COMPLETE,
        source="sommerfelt2024",
        licence="article and form under CC BY (recalled): item numbers only",
        notes=(
            "0 cannot do it, 1 capacity severely reduced for three days or more, up to 6 unproblematic.",
            "Which items make the eight domains was not found, so the domains are not scored.",
            "Whether the published total is the mean of the items or of the domains is not certain; this is the mean "
            "of the items.",
        ),
    )


FUNCAP27 = _funcap(27)
FUNCAP55 = _funcap(55)
