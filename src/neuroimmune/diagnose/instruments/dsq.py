"""The DePaul Symptom Questionnaires: DSQ-2 (with the items of the DSQ), short form, and post-exertional malaise."""

from neuroimmune.diagnose.instrument import NO_YES, Fact, Instrument, Item, mean

FREQUENCY = ("none of the time", "a little of the time", "about half the time", "most of the time", "all of the time")
SEVERITY = ("not present", "mild", "moderate", "severe", "very severe")
BEGAN = ("under 6 months", "6 to 12 months", "1 to 2 years", "over 2 years", "since childhood", "no fatigue")
DURATION = ("under 1 h", "2-3 h", "4-10 h", "11-13 h", "14-23 h", "24 h or more")

# The printed number of each symptom and, in our words, what it is. a and b: split in the DSQ-2.
SYMPTOMS = {
    "13": "fatigue or extreme tiredness",
    "14": "heavy feeling after starting to exercise",
    "15": "soreness or fatigue the day after everyday activity",
    "16": "mentally tired after slight effort",
    "17": "physically tired after minimal exercise",
    "18": "drained or sick after mild activity",
    "19": "unrefreshing sleep",
    "20": "need to nap",
    "21": "trouble falling asleep",
    "22": "trouble staying asleep",
    "23": "waking early",
    "24": "asleep by day, awake by night",
    "25": "muscle pain",
    "26": "joint pain",
    "27": "eye pain",
    "28": "chest pain",
    "29": "bloating",
    "30": "abdominal pain",
    "31": "headaches",
    "32": "muscle twitches",
    "33": "muscle weakness",
    "34": "sensitivity to noise",
    "35": "sensitivity to bright light",
    "36": "trouble remembering",
    "37": "trouble paying attention",
    "38": "trouble finding words",
    "39": "trouble understanding",
    "40": "able to do one thing at a time only",
    "41": "unable to focus vision or attention",
    "41a": "unable to focus vision",
    "41b": "unable to focus attention",
    "42": "loss of depth perception",
    "43": "slowness of thought",
    "44": "absent-mindedness",
    "45": "bladder problems",
    "46": "irritable bowel",
    "47": "nausea",
    "48": "unsteadiness",
    "49": "shortness of breath",
    "50": "dizziness or fainting",
    "51": "irregular heartbeat",
    "52": "weight change",
    "52a": "weight loss",
    "52b": "weight gain",
    "53": "loss of appetite",
    "54": "sweating hands",
    "55": "night sweats",
    "56": "cold limbs",
    "57": "chills",
    "58": "hot or cold for no reason",
    "59": "feeling of a high temperature",
    "60": "feeling of a low temperature",
    "61": "alcohol intolerance",
    "62": "sore throat",
    "63": "tender lymph nodes",
    "64": "fever",
    "65": "flu-like symptoms",
    "66": "sensitivity to smells, food, medicines or chemicals",
    "67": "racing heart",
    "68": "vision affected on standing",
    "69": "memory affected on standing",
    "70": "sensitivity to mould",
    "71": "temperature intolerance",
    "72": "slow recovery from viral infection",
    "73": "muscle fatigue after mild activity",
    "74": "worse after mild physical activity",
    "75": "worse after mild mental activity",
    "76": "disorientation",
    "77": "slowed speech",
    "78": "dyslexia",
    "79": "pain in the eyes",
    "80": "sensitivity to pain",
    "81": "pain on pressure",
    "82": "daytime drowsiness",
    "83": "sensitivity to vibration",
    "84": "poor coordination",
    "85": "sinus infections",
    "86": "urinary urgency",
    "87": "waking to urinate",
    "88": "upright intolerance",
    "89": "fluctuating temperature",
}
SPLIT = {"41": ("41a", "41b"), "52": ("52a", "52b")}
DOMAINS = {
    "pem": ("post-exertional malaise", range(14, 19)),
    "sleep": ("sleep", range(19, 25)),
    "pain": ("pain", range(25, 32)),
    "neurocognitive": ("neurological and cognitive", range(32, 45)),
    "autonomic": ("autonomic", range(45, 52)),
    "neuroendocrine": ("neuroendocrine", range(52, 62)),
    "immune": ("immune", range(62, 67)),
}
SHORT_FORM = {
    "pem": ("post-exertional malaise", (15, 17)),
    "sleep": ("sleep", (19,)),
    "pain": ("pain", (25, 29)),
    "cognition": ("cognition", (36, 37)),
    "autonomic": ("autonomic", (46, 48)),
    "neuroendocrine": ("neuroendocrine", (56, 58)),
    "immune": ("immune", (65, 66)),
}


def rating(number: int | str) -> tuple[str, str]:
    """The two columns of a symptom: how often, how bad.

    >>> rating(13)
    ('dsq_13f', 'dsq_13s')
    """
    return f"dsq_{number}f", f"dsq_{number}s"


def _symptom(number: str) -> tuple[Item, Item]:
    often, bad = rating(number)
    return (
        Item(often, 0, 4, f"{SYMPTOMS[number]}, frequency", labels=FREQUENCY),
        Item(bad, 0, 4, f"{SYMPTOMS[number]}, severity", labels=SEVERITY),
    )


def _symptoms(numbers) -> tuple[Item, ...]:
    return tuple(item for number in numbers for item in _symptom(str(number)))


def _composites(prefix: str, domains) -> tuple:
    return tuple(
        mean(
            f"{prefix}_{key}",
            f"{name}, mean of the items",
            [column for number in numbers for column in rating(number)],
            needed=(len(numbers) + 1) // 2,
            each=2,
            per=12.5,  # a mean of frequency + severity, 0 to 8, onto 0 to 100
        )
        for key, (name, numbers) in domains.items()
    )


_PERIOD = "past six months"
_LICENCE = "free to use, with citation; the wording here is ours"
_COMPOSITE = "A symptom is 25 times the mean of its frequency and severity, 0 to 100, and needs both."
_HALF = "A domain is the mean of its symptoms when half of them are answered (assumed: no published rule was found)."
_STEP_1 = tuple(DOMAINS["pem"][1])

DSQ2 = Instrument(
    key="dsq-2",
    name="DePaul Symptom Questionnaire (DSQ and DSQ-2)",
    items=_symptoms(SYMPTOMS)
    + (
        Item("dsq_lifelong", 0, 1, "fatigue lifelong", labels=NO_YES),
        Item("dsq_headaches", 0, 1, "headaches of a new type, pattern or severity", labels=NO_YES),
        Item("dsq_begin", 1, 6, "how long ago the fatigue began", labels=BEGAN),
        Item("dsq_hours_a", 0, 700, "hours of activity in the past four weeks, part a", unit="hours", whole=False),
        Item("dsq_hours_d", 0, 700, "hours of activity in the past four weeks, part d", unit="hours", whole=False),
        Item("dsq_reduction", 0, 1, "activity reduced by half or more", labels=NO_YES),
        Item("dsq_viral", 0, 1, "susceptible to viral infections, slow to recover", labels=NO_YES),
        Item("dsq_intolerant", 0, 1, "intolerant of extremes of temperature", labels=NO_YES),
    ),
    scores=_composites("dsq", DOMAINS),
    period=_PERIOD,
    missing=f"{_COMPOSITE} {_HALF}",
    source="bedree2019",
    licence=_LICENCE,
    cutoffs=(Fact("a symptom", "frequency 2 and severity 2", "present, for all definitions but Fukuda", "jason2018"),),
    notes=(
        "2/2 is both answers at 2 or more, not a composite of 50: frequency 4 and severity 1 is 62.5 and not present.",
        "The domains are those of the Canadian criteria. Which items make the eight factors of the DSQ-2 was not "
        "found, so the factors are not scored.",
        "Items 67 to 89 enter no score and no definition here.",
        "Items 41 and 52 are split into a and b in the DSQ-2: in a definition either half stands for the whole; in the "
        "domain scores only the undivided items count.",
        "The codes and labels of dsq_begin are recalled, not seen in the form; compare them with yours, or give "
        "fatigue_months instead.",
        "Items with yes and no are 1 and 0 here. A file that has 2 for no must say so in its map, or the row is "
        "marked.",
    ),
    also={
        "lifelongfatigue90": "dsq_lifelong",
        "headaches91": "dsq_headaches",
        "begin92": "dsq_begin",
        "past4weeks112a": "dsq_hours_a",
        "past4weeks112d": "dsq_hours_d",
        "reduction120": "dsq_reduction",
        "viral121": "dsq_viral",
        "intolerant122": "dsq_intolerant",
    },
)

DSQ_SF = Instrument(
    key="dsq-sf",
    name="DePaul Symptom Questionnaire, short form",
    items=_symptoms(sorted({13, *(number for _, numbers in SHORT_FORM.values() for number in numbers)})),
    scores=_composites("dsqsf", SHORT_FORM),
    period=_PERIOD,
    missing=f"{_COMPOSITE} {_HALF}",
    source="sunnquist2019",
    licence=_LICENCE,
    notes=("It has 14 of the symptoms the definitions ask for: a definition it does not cover ends in cannot say.",),
)

DSQ_PEM = Instrument(
    key="dsq-pem",
    name="DePaul questionnaire of post-exertional malaise",
    items=_symptoms(_STEP_1)
    + (
        Item("dsqpem_6", 0, 1, "item 6: recovered within one or two hours", labels=NO_YES),
        Item("dsqpem_7", 0, 1, "item 7: worse after minimal physical effort", labels=NO_YES),
        Item("dsqpem_8", 0, 1, "item 8: worse after mental effort", labels=NO_YES),
        Item("dsqpem_9", 0, 5, "item 9: how long it lasts", labels=DURATION),
        Item(
            "dsqpem_10", 0, 1, "item 10: no exercise because it makes symptoms worse (read by nothing)", labels=NO_YES
        ),
    ),
    scores=(
        mean(
            "dsqpem_severity",
            "mean of items 1 to 5",
            [column for number in _STEP_1 for column in rating(number)],
            each=2,
            per=12.5,
        ),
    ),
    period=_PERIOD,
    missing=f"{_COMPOSITE} All five items are needed.",
    source="cotler2018",
    licence="free to use, with citation; article under CC BY (recalled)",
    notes=(
        "Items 1 to 5 are items 14 to 18 of the DSQ and stand in the same columns.",
        "The printed choices of item 9 leave gaps (1-2 h, 13-14 h).",
        "Item 9 is coded from 0 here; files differ.",
    ),
    also={f"dsqpem_{place}{kind}": f"dsq_{number}{kind}" for place, number in enumerate(_STEP_1, 1) for kind in "fs"},
)
