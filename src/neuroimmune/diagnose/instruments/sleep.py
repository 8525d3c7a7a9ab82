"""Sleep: the Pittsburgh index."""

from neuroimmune.diagnose.instrument import Banded, Fact, Instrument, Item, Ratio, Skip, above, below, named, total

_HOW_OFTEN = ("not in the past month", "less than once a week", "once or twice a week", "three or more times a week")
_REASONS = "abcdefghij"

PSQI = Instrument(
    key="psqi",
    name="Pittsburgh Sleep Quality Index",
    items=(
        Item("psqi_bed", 0, 24, "item 1, time to bed", unit="clock", whole=False),
        Item("psqi_latency", 0, 600, "item 2, until asleep", unit="minutes", whole=False),
        Item("psqi_up", 0, 24, "item 3, time up", unit="clock", whole=False),
        Item("psqi_hours", 0, 24, "item 4, hours asleep", unit="hours", whole=False),
        *(
            Item(f"psqi_5{letter}", 0, 3, f"item 5{letter}", labels=_HOW_OFTEN, skip=Skip() if letter == "j" else None)
            for letter in _REASONS
        ),
        Item("psqi_medicine", 0, 3, "sleeping medicine", labels=_HOW_OFTEN),
        Item("psqi_awake", 0, 3, "trouble staying awake"),
        Item("psqi_enthusiasm", 0, 3, "trouble keeping up enthusiasm"),
        Item("psqi_quality", 0, 3, "overall quality, 0 very good to 3 very bad"),
    ),
    scores=(
        Banded("psqi_c1", "component 1, quality", ("psqi_quality",), above(0, 1, 2)),
        Banded("psqi_falling", "time until asleep, banded", ("psqi_latency",), above(15, 30, 60)),
        Banded("psqi_c2", "component 2, latency", ("psqi_falling", "psqi_5a"), above(0, 2, 4)),
        Banded("psqi_c3", "component 3, duration", ("psqi_hours",), (("at most", 7), *below(6, 5))),
        Ratio("psqi_efficiency", "hours asleep, % of hours in bed", "psqi_hours", "psqi_bed", "psqi_up"),
        Banded("psqi_c4", "component 4, efficiency", ("psqi_efficiency",), below(85, 75, 65)),
        Banded("psqi_c5", "component 5, disturbance", named("psqi", [f"5{r}" for r in _REASONS[1:]]), above(0, 9, 18)),
        Banded("psqi_c6", "component 6, medicine", ("psqi_medicine",), above(0, 1, 2)),
        Banded("psqi_c7", "component 7, by day", ("psqi_awake", "psqi_enthusiasm"), above(0, 2, 4)),
        total("psqi_total", "global score", [f"psqi_c{n}" for n in range(1, 8)]),
    ),
    period="past month",
    missing="No item may be missing but 5j, which then counts 0 (the authors' change of 2005).",
    source="buysse1989",
    licence="copyright Buysse and University of Pittsburgh; free for clinicians and research outside industry: "
    "item numbers only",
    cutoffs=(Fact("psqi_total", "above 5", "poor sleep", "buysse1989", checked=False),),
    changes=(Fact("psqi_total", "3", "origin uncertain", "Hughes 2009", checked=False),),
    notes=(
        "Seven hours asleep exactly count 1 in component 3, six hours exactly too.",
        "Items 6 to 9 are numbered differently in different editions, so their columns carry names.",
        "Times are clock times of 24 hours (23:30 or 23.5). A person in bed at 11 in the evening is at 23.",
        "Hours in bed run from one time to the other over midnight. Equal times give no efficiency, and neither "
        "do more hours asleep than in bed: the row is marked.",
    ),
)
