"""The files of treatments, the words of schedules, and the published courses that drugs are held against."""

import hashlib
import re
from importlib.resources import files

import pytest

from neuroimmune.cards import card
from neuroimmune.errors import InputError
from neuroimmune.evidence.claims import claims
from neuroimmune.evidence.sources import kind_of, sources
from neuroimmune.evidence.statistics import BEYOND, STATISTICS
from neuroimmune.evidence.targets import COLUMNS, treatment_targets
from neuroimmune.schedule import check_together, read_schedule
from neuroimmune.treatment import all_treatments, from_dict, load_treatment
from neuroimmune.treatment_file import Number
from neuroimmune.treatment_pages import write_treatment_pages
from neuroimmune.validation_treatment import course_of, obstacle

ASKED_FOR = """
hydrocortisone fludrocortisone prednisolone dexamethasone azathioprine methotrexate cyclophosphamide etanercept
infliximab anakinra rituximab daratumumab rovunaptabin ivig immunoadsorption sirolimus naproxen celecoxib
low-dose-naltrexone rintatolimod valganciclovir aciclovir nirmatrelvir mesenchymal-stem-cells duloxetine milnacipran
pregabalin amitriptyline fluoxetine methylphenidate galantamine pyridostigmine clonidine coq10-nadh oxaloacetate
probiotics faecal-transplant diet sleep-treatment pacing graded-exercise aerobic-exercise
cognitive-behavioural-therapy mindfulness relaxation physiotherapy-fnd
""".split()
ROWS = treatment_targets()


def test_what_is_said_of_treatments_has_a_verdict():
    assert {"C07", "C15", *(f"C{n}" for n in (20, 21, 24, *range(26, 34), 41, 42))} <= set(claims())
    for claim in claims().values():
        assert claim.verdict in ("supported", "contested", "unsupported", "recorded") and claim.why
        assert set(claim.about) <= set(all_treatments())
    assert "from the root" in "\n".join(card("mesenchymal-stem-cells"))


def numbers(found):
    """Every number of a file, wherever it stands."""
    if isinstance(found, Number):
        yield found
    elif hasattr(found, "model_fields_set"):
        for name in type(found).model_fields:
            yield from numbers(getattr(found, name))
    elif isinstance(found, (dict, list)):
        for part in found.values() if isinstance(found, dict) else found:
            yield from numbers(part)


def test_every_treatment_that_was_promised_has_a_file():
    assert set(ASKED_FOR) <= set(all_treatments())


@pytest.mark.parametrize("name", all_treatments())
def test_a_file_is_whole(name):
    treatment = load_treatment(name)
    file = treatment.file
    assert file.name == name
    for number in numbers(file):
        assert kind_of(number.source) in ("published", "assumed", "definition"), number.source
    for evidence in file.evidence:
        kind_of(evidence.source)
        assert evidence.design != "none" or evidence.direction == "null"
    text = files("neuroimmune").joinpath("treatments", f"{name}.toml").read_text(encoding="utf-8")
    for cited in re.findall(r"\[([a-z_]+\d{4}[a-z]*)(?=[\]:,])", text):
        assert cited in sources(), cited
    course = read_schedule(file.example)
    assert course.treatment is treatment and course.last > course.first
    assert file.evidence, "what was found, or that nothing was found"
    assert file.assumes
    assert all(0 <= e.treated.value <= 1 and 0 <= e.placebo.value <= 1 for e in file.side_effect)
    for other in file.unknown_with:
        assert other in all_treatments(), other


def test_a_study_that_checks_a_number_did_not_give_it():
    files = [load_treatment(name).file for name in all_treatments()]
    parts = [part for file in files for part in (file.kinetics, file.targets, file.harms)]
    given = {number.source.partition(":")[0] for number in numbers(parts)}
    checks = set(ROWS.loc[(ROWS.role == "check") & (ROWS.checked == "verified")].study)
    assert given & checks == set()


def test_published_courses_are_well_formed():
    assert tuple(ROWS.columns) == (*COLUMNS, "rise")
    assert ROWS["id"].is_unique
    assert set(ROWS["study"]) <= set(sources())
    assert set(ROWS["role"]) == {"fit", "check"} and set(ROWS["checked"]) == {"verified", "unverified"}
    assert ROWS.groupby("study")["role"].nunique().eq(1).all(), "a role is set by whole study"
    for row in ROWS.itertuples():
        course, _ = course_of(row)
        assert course.treatment.name in all_treatments()
        assert row.statistic in STATISTICS or BEYOND.fullmatch(row.statistic) or obstacle(row), row.id


def test_no_published_course_was_removed_or_changed():
    """A row may be added, corrected or given another role only on purpose: then this name of all changes too."""
    facts = sorted(zip(ROWS["id"], ROWS["value"].astype(str), ROWS["role"], ROWS["checked"], strict=True))
    assert (len(ROWS), hashlib.sha256(str(facts).encode()).hexdigest()[:12]) == (235, "42521672831e")


def test_at_least_twelve_drugs_have_verified_courses():
    verified = ROWS.loc[ROWS.checked == "verified"]
    assert verified.settings.map(lambda text: text.removeprefix("placebo of ").split()[0]).nunique() >= 30


@pytest.mark.parametrize(
    "text, hours, amounts",
    [
        ("hydrocortisone 10 mg 08:00 5 mg 14:00 for 2 days", [8, 14, 32, 38], [10, 5, 10, 5]),
        ("hydrocortisone 10 mg 08:00 20:00 once", [8, 20], [10, 10]),
        ("prednisolone 0.02 g from day 3 to day 5", [80, 104], [20, 20]),
        ("azathioprine 2 mg/kg once", [8], [140]),
        ("rituximab 500 mg/m^2 10:00 every 2 weeks for 28 days", [10, 346], [900, 900]),
        ("aerobic exercise 30 min 17:00 3 a week for 1 week", [17, 65, 113], [30, 30, 30]),
        ("Low-dose naltrexone 4500 ug at 22:00 on day 2 once", [70], [4.5]),
        ("methotrexate 15 mg weekly for 2 weeks", [8, 176], [15, 15]),
        ("mesenchymal-stem-cells 2 million/kg once", [10], [2]),
        ("prednisolone 10 mg once daily for 2 days", [8, 32], [10, 10]),
        ("prednisolone 10 mg once a day for 2 days", [8, 32], [10, 10]),
        ("prednisolone 10 mg once every 2 weeks for 28 days", [8, 344], [10, 10]),
        ("prednisolone 10 mg once a week for 14 days", [8, 176], [10, 10]),
        ("rituximab 1000 mg 10:00 on day 10", [250], [1000]),
    ],
)
def test_a_schedule_says_what_is_given_when(text, hours, amounts):
    doses = read_schedule(text).doses(60)
    assert [d.hour for d in doses] == hours
    assert [d.amount for d in doses] == pytest.approx(amounts)


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "empty"),
        ("prednisolon 10 mg", "did you mean prednisolone"),
        ("prednisolone 08:00", "has no dose: write one in mg"),
        ("prednisolone", "has no dose"),
        ("prednisolone 10 mmol 08:00", "wrong unit: it is measured in mg"),
        ("prednisolone 10 spoons", "cannot be read"),
        ("prednisolone 10", "cannot read '10'"),
        ("prednisolone 0 mg", "more than nothing"),
        ("prednisolone -5 mg", "more than nothing"),
        ("prednisolone 10 mg every -7 days", "no interval"),
        ("prednisolone 10 mg every 0 days", "no interval"),
        ("prednisolone 10 mg every 0.5 days", "whole number of days"),
        ("prednisolone 10 mg for -3 days", "no interval"),
        ("prednisolone 10 mg from day 10 to day 5", "ends before it begins"),
        ("prednisolone 10 mg from day -3", "before the first day"),
        ("prednisolone 10 mg 25:00", "cannot read the time"),
        ("prednisolone 10 mg 8:00 5 mg 8:00", "two doses at the same time"),
        ("prednisolone 10 mg 9 a week", "from 1 to 7"),
        ("prednisolone 10 mg for 3 days to day 9", "both until when and for how long"),
        ("prednisolone 10 mg every 2 days 3 a week", "how often in 2 ways (every, a week)"),
        ("prednisolone 10 mg daily 3 a week", "how often in 2 ways"),
        ("prednisolone 10 mg once daily once", "how often in 2 ways"),
        ("prednisolone 10 mg on day 3 from day 4", "on which day and from which on"),
        ("immunoadsorption 240 min over 4 h", "leave out '4 h'"),
        ("prednisolone 10 mg for 3 days for 5 days", "says twice"),
        ("prednisolone 10 mg whenever", "cannot read 'whenever'"),
        ("prednisolone 08:00 10 mg", "before any dose"),
        ("pacing 10 mg", "has no dose"),
        ("relaxation 1 a week", "is practised every day"),
        ("pacing on day 20", "is practised every day"),
        ("aerobic-exercise 30 mg", "wrong unit"),
    ],
)
def test_a_wrong_schedule_gets_a_clear_message(text, said):
    with pytest.raises(InputError, match=re.escape(said)):
        read_schedule(text)


@pytest.mark.parametrize(
    "texts, said",
    [
        (["prednisolone 10 mg", "prednisolone 5 mg from day 20"], "overlap"),
        (["fluoxetine 20 mg", "galantamine 8 mg"], "inhibits CYP2D6, by which galantamine is cleared"),
        (["methotrexate 15 mg weekly", "naproxen 500 mg"], "do together"),
        (["prednisolone 10 mg", "nirmatrelvir 300 mg"], "do not|does not know"),
    ],
)
def test_what_cannot_be_given_together_is_refused(texts, said):
    with pytest.raises(InputError, match=said):
        check_together([read_schedule(text) for text in texts])


def test_courses_that_follow_each_other_are_no_overlap():
    check_together([read_schedule("prednisolone 10 mg to day 20"), read_schedule("prednisolone 5 mg from day 20")])
    check_together([read_schedule("fluoxetine 20 mg for 5 days"), read_schedule("galantamine 8 mg from day 120")])
    with pytest.raises(InputError, match="five half-lives"):
        check_together([read_schedule("fluoxetine 20 mg for 5 days"), read_schedule("galantamine 8 mg from day 10")])


def test_a_schedule_is_told_as_it_is_understood():
    said = read_schedule("methotrexate 15 mg from day 3").in_words()
    assert said == "methotrexate: 15 mg at 08:00, every day, from day 3 to the end"
    assert read_schedule("methotrexate 15 mg weekly").a_week_given == 15.0
    assert read_schedule("ivig 1 g/kg for 3 days").a_week_given == 210_000.0
    check_together([read_schedule("rituximab 900 mg on day 10"), read_schedule("rituximab 900 mg on day 400")])


def good():
    return {
        "name": "aspirin", "title": "Aspirin", "kind": "drug", "is": "An example.", "unit": "mg", "route": "by mouth",
        "example": "aspirin 500 mg once",
        "kinetics": {
            "k_absorption": {"value": 1.0, "unit": "1/hour", "source": "assumed: an example"},
            "clearance": {"value": 5.0, "unit": "L/hour", "source": "assumed: an example"},
            "volume": {"value": 10.0, "unit": "L", "source": "assumed: an example"},
        },
        "targets": {"cox_blocked": {"half": {"value": 5.0, "unit": "mg/L", "source": "assumed: an example"}}},
    }  # fmt: skip


def test_a_file_of_ones_own(tmp_path):
    assert from_dict(good(), "mine").drug.clearance == 5.0
    text = tmp_path / "aspirin.toml"
    text.write_text('name = "aspirin"\n')
    with pytest.raises(InputError, match="the key 'title' is missing"):
        load_treatment(str(text))
    with pytest.raises(InputError, match="not valid TOML"):
        text.write_text("name = ")
        load_treatment(str(text))


@pytest.mark.parametrize(
    "path, value, said",
    [
        (("targets", "cox_blocked", "half", "unit"), "mmol/L", "in mg/L, not 5 mmol/L"),
        (("targets", "cox_blocked", "half", "value"), -1.0, "positive number"),
        (("kinetics", "clearance", "unit"), "L/day", "measured in L/hour"),
        (("kinetics", "clearance", "value"), float("nan"), "finite"),
        (("kinetics", "volume", "value"), 0.1, "above 3"),
        (("kinetics", "volume", "value"), 0.0, "outside its range"),
        (("kinetics", "clearance", "value"), -2.0, "outside its range"),
        (("unit",), "", "needs the unit of its dose"),
        (("time",), "noon", "cannot read the time"),
        (("daily",), {"calm": {"level": {"value": -7.0, "unit": "1", "source": "assumed: x"}}}, "from 0 to 1"),
        (("side_effect",), [{"name": "x", "begins": 1, "treated": {"value": 3.0, "unit": "1", "source": "assumed: x"},
                             "placebo": {"value": 0.0, "unit": "1", "source": "assumed: x"}}], "from 0 to 1"),
        (("kinetics", "halflife"), 1.0, "unknown key 'halflife'"),
        (("targets", "cox3"), {"half": {"value": 1.0, "unit": "mg/L", "source": "assumed: x"}}, "no target 'cox3'"),
        (("targets", "cox_blocked", "potency"), {"value": 1.0, "unit": "L/mg", "source": "assumed: x"}, "exactly one"),
        (("targets",), {}, "kinetics without targets"),
        (("daily",), {"cam": {"level": {"value": 1.0, "unit": "1", "source": "assumed: x"}}}, "cannot reach 'cam'"),
        (("genotype",), [{"gene": "G", "is": "x", "changes": "clearence",
                          "share": {"value": 0.1, "unit": "1", "source": "assumed: x"},
                          "by": {"value": 2.0, "unit": "1", "source": "assumed: x"}}], "did you mean clearance"),
    ],
)  # fmt: skip
def test_a_wrong_file_gets_a_clear_message(path, value, said):
    content = good()
    inner = content
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(InputError, match=re.escape(said)):
        from_dict(content, "mine")


@pytest.mark.slow
def test_every_treatment_has_a_card_with_a_figure(tmp_path):
    names = write_treatment_pages(tmp_path)
    for name in names:
        assert (tmp_path / f"{name}.png").stat().st_size > 10_000, name
        text = (tmp_path / f"{name}.md").read_text(encoding="utf-8")
        for heading in (
            "## What was found",
            "## What it reaches",
            "## Harms",
            "## What the model assumes",
            "## Sources",
        ):
            assert heading in text, (name, heading)
    assert (tmp_path / "all.txt").read_text().count("\n") == len(names) + 2
