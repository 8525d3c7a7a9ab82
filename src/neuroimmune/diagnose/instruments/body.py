"""The body: PHQ-15 and COMPASS-31."""

from neuroimmune.diagnose.instrument import (
    NO_YES,
    Fact,
    Instrument,
    Item,
    Skip,
    named,
    numbered,
    total,
    whole_numbers,
)
from neuroimmune.diagnose.instruments.fatigue import COMPLETE

MALE = 1
_BOTHERED = ("not at all", "a little", "a lot")

PHQ15 = Instrument(
    key="phq15",
    name="Patient Health Questionnaire, somatic symptoms, 15 items",
    items=(
        *numbered("phq15", range(1, 4), 0, 2, labels=_BOTHERED),
        Item("phq15_4", 0, 2, "item 4, women only", labels=_BOTHERED, skip=Skip("sex", (MALE,))),
        *numbered("phq15", range(5, 16), 0, 2, labels=_BOTHERED),
    ),
    scores=(total("phq15_total", "total", named("phq15", range(1, 16))),),
    period="past four weeks",
    missing=f"{COMPLETE} Item 4 may be blank for a man (column sex), whose most is 28.",
    source="kroenke2002",
    licence="free, no permission required",
    cutoffs=tuple(
        Fact("phq15_total", f"at least {least}", meaning, "kroenke2002")
        for least, meaning in ((5, "low"), (10, "medium"), (15, "high"))
    )
    + (
        Fact(
            "the items",
            "three or more at 2",
            "a somatoform disorder: sensitivity 78 %, specificity 71 %; not computed here",
            "kroenke2002",
        ),
    ),
    changes=(Fact("phq15_total", "3", "origin uncertain", "unknown", checked=False),),
)

# Codes and points of COMPASS-31: a code that is not named counts 0. (item, highest code, points, asked only if)
_COURSE = {1: 3, 2: 2, 3: 1}  # much worse, somewhat worse, the same
_RISING = {2: 1, 3: 2, 4: 3}
_GRADE = {1: 1, 2: 2, 3: 3}
_NO = (2,)
_NEVER = (1,)
_COMPASS = [
    (1, 2, {1: 1}, None),
    (2, 4, _RISING, (1, _NO)),
    (3, 3, _GRADE, (1, _NO)),
    (4, 6, _COURSE, (1, _NO)),
    (5, 2, {1: 1}, None),
    (7, 6, _COURSE, (5, _NO)),
    (8, 5, {1: 1, 4: 1, 5: 2}, None),
    (9, 2, {1: 1}, None),
    (10, 2, {1: 1}, None),
    (11, 7, {2: 3, 3: 2, 4: 1}, None),
    (12, 5, {1: 2, 2: 1}, None),
    (13, 3, {2: 1, 3: 2}, None),
    (14, 3, {2: 1, 3: 2}, None),
    (15, 3, {2: 1, 3: 2}, None),
    (16, 2, {1: 1}, None),
    (17, 4, _RISING, (16, _NO)),
    (18, 3, _GRADE, (16, _NO)),
    (19, 6, _COURSE, (16, _NO)),
    (20, 2, {1: 1}, None),
    (21, 4, _RISING, (20, _NO)),
    (22, 3, _GRADE, (20, _NO)),
    (23, 6, _COURSE, (20, _NO)),
    (24, 4, _RISING, None),
    (25, 4, _RISING, None),
    (26, 4, _RISING, None),
    (27, 4, _RISING, None),
    (28, 3, _GRADE, (27, _NEVER)),
    (29, 4, _RISING, None),
    (30, 3, _GRADE, (29, _NEVER)),
    (31, 7, {2: 3, 3: 2, 4: 1}, None),
]
_DOMAINS = [  # weight as a fraction: what the raw sum is multiplied by and divided by
    ("orthostatic", "orthostatic intolerance", whole_numbers((1, 4)), 4, 1),
    ("vasomotor", "vasomotor", [5, "6_1", "6_2", 7], 5, 6),
    ("secretomotor", "secretomotor", whole_numbers((8, 11)), 15, 7),
    ("gastrointestinal", "gastrointestinal", whole_numbers((12, 23)), 25, 28),
    ("bladder", "bladder", whole_numbers((24, 26)), 10, 9),
    ("pupillomotor", "pupillomotor", whole_numbers((27, 31)), 1, 3),
]


def _compass_item(number: int, high: int, points: dict[int, int], asked) -> Item:
    skip = Skip(f"compass31_{asked[0]}", asked[1]) if asked else None
    counts = tuple(float(points.get(code, 0)) for code in range(1, high + 1))
    return Item(f"compass31_{number}", 1, high, f"item {number}", counts, skip=skip)


def _compass_part(place: int, name: str) -> Item:
    return Item(f"compass31_6_{place}", 0, 1, f"item 6, {name} ticked", labels=NO_YES, skip=Skip("compass31_5", _NO))


COMPASS31 = Instrument(
    key="compass31",
    name="Composite Autonomic Symptom Score, 31 items",
    items=tuple(_compass_item(*row) for row in _COMPASS) + (_compass_part(1, "part 1"), _compass_part(2, "part 2")),
    scores=tuple(
        total(f"compass31_{key}", name, named("compass31", items), over=under / by)
        for key, name, items, by, under in _DOMAINS
    )
    + (total("compass31_total", "total", [f"compass31_{key}" for key, *_ in _DOMAINS]),),
    period="past year",
    missing="A question that is skipped after a no counts 0; every other is needed.",
    source="sletten2012",
    licence="copyright Mayo Clinic (recalled): item numbers only",
    notes=(
        "Codes are the printed order of the answers from 1; the highest code of items 4, 7, 8, 11, 12, 19, 23 and 31 "
        "is recalled.",
        "Item 6 allows two ticks and stands in two columns.",
        "Weighted domains are not rounded; a program that rounds them differs by up to 3 in the total.",
    ),
)
