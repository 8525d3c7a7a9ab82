"""RAND-36 health survey, version 1.0."""

from neuroimmune.diagnose.instrument import Fact, Instrument, Item, mean, named, whole_numbers

_POINTS = [  # the items, their codes 1, 2, … and what each counts
    (whole_numbers(1, 2, 20, 22, 34, 36), (100, 75, 50, 25, 0)),
    (whole_numbers((3, 12)), (0, 50, 100)),
    (whole_numbers((13, 19)), (0, 100)),
    (whole_numbers(21, 23, 26, 27, 30), (100, 80, 60, 40, 20, 0)),
    (whole_numbers(24, 25, 28, 29, 31), (0, 20, 40, 60, 80, 100)),
    (whole_numbers(32, 33, 35), (0, 25, 50, 75, 100)),
]
_OF_ITEM = {number: points for numbers, points in _POINTS for number in numbers}
_SCALES = [
    ("pf", "physical functioning", whole_numbers((3, 12))),
    ("rp", "role limitations, physical", whole_numbers((13, 16))),
    ("re", "role limitations, emotional", whole_numbers((17, 19))),
    ("vt", "energy and fatigue (vitality)", whole_numbers(23, 27, 29, 31)),
    ("ew", "emotional well-being", whole_numbers(24, 25, 26, 28, 30)),
    ("sf", "social functioning", whole_numbers(20, 32)),
    ("bp", "pain (RAND)", whole_numbers(21, 22)),
    ("gh", "general health (RAND)", whole_numbers(1, (33, 36))),
]
REDUCED = {"rand36_rp": 50, "rand36_sf": 62.5, "rand36_vt": 35}  # two of three: a substantial reduction of activity
# The names of the same items in the data sets of DePaul University.
_MOS = (
    ["mos1", "mos2"]
    + [f"mos{block}{letter}" for block, letters in ((3, "abcdefghij"), (4, "abcd"), (5, "abc")) for letter in letters]
    + ["mos6", "mos7", "mos8"]
    + [f"mos9{letter}" for letter in "abcdefghi"]
    + ["mos10"]
    + [f"mos11{letter}" for letter in "abcd"]
)

RAND36 = Instrument(
    key="rand36",
    name="RAND-36 health survey 1.0",
    items=tuple(Item(f"rand36_{n}", 1, len(_OF_ITEM[n]), f"item {n}", _OF_ITEM[n]) for n in range(1, 37)),
    scores=tuple(mean(f"rand36_{key}", name, named("rand36", items), needed=1) for key, name, items in _SCALES),
    direction="higher is better",
    period="past four weeks",
    missing="A scale is the mean of the items that were answered, however few.",
    source="rand36",
    licence="free, with a credit line to RAND and a mark on every change; not the SF-36, whose pain and general "
    "health are scored otherwise",
    cutoffs=(
        *(
            Fact(column, f"at most {limit:g}", "substantial reduction, two of three", "jason2018")
            for column, limit in REDUCED.items()
        ),
        Fact("rand36_pf", "at most 65", "entry to the PACE trial", "BMC Psychology 2018, table"),
        Fact("rand36_pf", "at least 60", "recovery as the PACE trial published it; 85 by its protocol", "the same"),
    ),
    changes=(
        Fact("rand36_pf", "8", "half a standard deviation, as the PACE trial used it", "BMC Psychology 2018, table"),
        Fact("rand36_pf", "10", "in children", "Brigden 2018", checked=False),
    ),
    notes=(
        "Item 2 enters no scale.",
        "Physical and mental summary scores need licensed weights and are left out.",
    ),
    also=dict(zip(_MOS, (f"rand36_{n}" for n in range(1, 37)), strict=True)),
)
