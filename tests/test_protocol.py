"""What happens to people: read, checked with one clear message each, and done at its minute."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroimmune.body import Body
from neuroimmune.engine.events import BOLUS, SET_INPUT, Event
from neuroimmune.errors import InputError
from neuroimmune.population import people
from neuroimmune.protocol import (
    Protocol,
    change,
    describe,
    events,
    from_dict,
    give,
    hours,
    load_protocol,
    moment,
    shipped,
)
from neuroimmune.quantity import declared
from neuroimmune.simulation import make_plan, simulate
from toys import ROW, START, Toy, ToyInputs

DOSE = {"give": "endotoxin", "amount": "2 ng/kg", "at": "09:00"}
PULSE = {"change": "stress", "by": "2", "at": "09:00", "lasting": "20 min"}


def protocol_of(*entries, **keys):
    return from_dict({"name": "test", "event": list(entries), **keys}, "test.toml")


def resolved(*entries):
    return events(protocol_of(*entries), Body(), days=2)


@pytest.mark.parametrize("text, hour", [
    ("09:00", 9.0), ("day 3 09:30", 81.5), ("day 0 00:00", 0.0), (" 7:05 ", 7 + 5 / 60), ("24:00", 24.0),
    (30.25, 30.25), (0, 0.0),
])  # fmt: skip
def test_moments(text, hour):
    assert moment(text) == pytest.approx(hour, abs=1e-9)


@pytest.mark.parametrize("text", ["9", "09:60", "25:00", "tomorrow", "day 1", "", True, None])
def test_what_is_no_time(text):
    with pytest.raises(InputError, match='cannot read the time .*: write "09:00", "day 3 09:00", or hours since'):
        moment(text)


@pytest.mark.parametrize("text", ["day -1 09:00", -0.5, float("nan"), float("inf")])
def test_the_past_is_refused(text):
    with pytest.raises(InputError, match="the time .* lies in the past: a simulation begins at midnight of day 0"):
        moment(text)


def test_durations():
    assert hours("20 min", "lasting") == pytest.approx(1 / 3)
    assert hours("2 days", "over") == 48.0
    with pytest.raises(InputError, match="over = '0 h' must be longer than nothing"):
        hours("0 h", "over")
    with pytest.raises(InputError, match="over = '3 kg' has the wrong unit: it is measured in hour"):
        hours("3 kg", "over")


BAD = {
    "dose in the past": ([DOSE | {"at": "day -1 09:00"}], "test.toml, event 1: the time 'day -1 09:00' lies in"),
    "no time": ([DOSE, PULSE | {"at": "noon"}], "test.toml, event 2: cannot read the time 'noon'"),
    "dose after the end": ([DOSE | {"at": "day 2 00:00"}], "after the end of the simulation at 2 days; ask for more"),
    "wrong unit": ([DOSE | {"amount": "2 mg"}], "'2 mg' has the wrong unit: it is measured in ng/kg"),
    "no unit": ([DOSE | {"amount": 2}], "amount of endotoxin = '2' has no unit: it is measured in ng/kg"),
    "unknown unit": ([DOSE | {"amount": "2 ngs/kgs"}], "cannot be read as a number with a unit, such as \"2 ng/kg\""),
    "no number": ([DOSE | {"amount": "much"}], "amount of endotoxin = 'much' cannot be read as a number with a unit"),
    "empty": ([DOSE | {"amount": " "}], "amount of endotoxin = ' ' cannot be read as a number with a unit"),
    "no sense": ([DOSE | {"amount": "2 ng/("}], "'2 ng/(' cannot be read as a number with a unit"),
    "division by nothing": ([DOSE | {"amount": "1/0 ng/kg"}], "amount of endotoxin = '1/0 ng/kg' cannot be read"),
    "not a number": ([DOSE | {"amount": "nan ng/kg"}], "amount of endotoxin = 'nan ng/kg' is not a finite number"),
    "infinite": ([DOSE | {"amount": "1e400 ng/kg"}], "amount of endotoxin = '1e400 ng/kg' is not a finite number"),
    "negative": ([DOSE | {"amount": "-1 ng/kg"}], "'-1 ng/kg' is negative: a dose cannot be taken back"),
    "unknown drug": ([DOSE | {"give": "endotoxine"}], "'endotoxine' cannot be given; did you mean endotoxin?"),
    "no infusion": ([DOSE | {"give": "crp", "over": "2 h"}], "'crp' cannot be given over 2 h; possible: endotoxin"),
    "unknown input": ([PULSE | {"change": "stres"}], "'stres' cannot be changed; did you mean stress?"),
    "misspelt key": ([DOSE | {"amuont": "1"}], "test.toml: event 1: unknown key 'amuont'; did you mean amount?"),
    "missing key": ([{"give": "endotoxin", "amount": "1 ng/kg"}], "test.toml: event 1: the key 'at' is missing"),
    "half a dose": ([{"give": "endotoxin", "at": "09:00"}], "event 1: an event needs either give and amount"),
    "both": ([DOSE | PULSE], "event 1: an event needs either give and amount"),
    "no duration": ([PULSE | {"lasting": "0 min"}], "event 1: lasting = '0 min' must be longer than nothing"),
}  # fmt: skip


@pytest.mark.parametrize("entries, message", BAD.values(), ids=BAD)
def test_one_message_says_what_is_wrong(entries, message):
    with pytest.raises(InputError) as error:
        resolved(*entries)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("keys, message", [
    ({"dyas": 2}, "test.toml: unknown key 'dyas'; did you mean days?"),
    ({"days": 0}, "test.toml: days: Input should be greater than 0 (given: 0)"),
    ({"days": float("nan")}, "test.toml: days: Input should be"),
    ({"days": "long"}, "test.toml: days: Input should be a valid number"),
    ({"name": 3}, "test.toml: name: Input should be a valid string (given: 3)"),
    ({"dyas": 2, "titel": ""}, "unknown key 'dyas'; did you mean days?; unknown key 'titel'; did you mean title?"),
    ({"event": 3}, "test.toml: event: Input should be a valid list (given: 3)"),
])  # fmt: skip
def test_every_wrong_key_is_named(keys, message):
    with pytest.raises(InputError) as error:
        from_dict({"name": "test", **keys}, "test.toml")
    assert message in str(error.value)


def test_a_protocol_needs_a_name():
    with pytest.raises(InputError, match="the key 'name' is missing"):
        from_dict({})


def test_loading(tmp_path):
    with pytest.raises(
        InputError, match="no protocol is called 'endotoxine'; did you mean endotoxin.; or give a .toml file"
    ):
        load_protocol("endotoxine")
    with pytest.raises(InputError, match=r"cannot read the protocol .*none.toml: No such file or directory"):
        load_protocol(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("name = ")
    with pytest.raises(InputError, match=r"bad.toml is not valid TOML: Invalid value \(at"):
        load_protocol(tmp_path / "bad.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "caf\xe9"')
    with pytest.raises(InputError, match=r"cannot read the protocol .*latin.toml: .*utf-8"):
        load_protocol(tmp_path / "latin.toml")
    (tmp_path / "good.toml").write_text('name = "mine"\n[[event]]\ngive = "endotoxin"\namount = "1 ng/kg"\nat = 9.5\n')
    assert load_protocol(str(tmp_path / "good.toml")).happenings[0].at == 9.5


@pytest.mark.parametrize("name", shipped())
def test_shipped_protocols_fit_the_body(name):
    protocol = load_protocol(name)
    assert protocol.name == name and protocol.title
    assert events(protocol, Body(), protocol.days) or not protocol.happenings


def test_in_words():
    assert repr(Protocol()) == "<protocol quiet: nothing happens>"
    infusion = give("endotoxin", "1 ng/kg", "day 1 09:05", over="90 min")
    assert describe(infusion) == "endotoxin 1 ng/kg over 1.5 h at day 1 09:05"
    assert describe(change("stress", "2", 8.999999, "20 min")).startswith(
        "stress raised by 2 over 0.333333 h at day 0 09:00"
    )


def test_events():
    """A dose is a jump of a state in its unit; an infusion and a raised input are steps up and down."""
    inputs = ToyInputs._fields.index
    protocol = Protocol("", [
        give("drug", "3 mg", "02:00"), give("drug", "6 mg", "01:00", over="3 h"),
        change("signal", "50 percent", 5, "30 min"),
    ])  # fmt: skip
    assert events(protocol, Toy()) == [
        Event(1.0, SET_INPUT, inputs("drug_infusion"), 2.0),
        Event(2.0, BOLUS, ROW["drug"], 3.0),
        Event(4.0, SET_INPUT, inputs("drug_infusion"), 0.0),
        Event(5.0, SET_INPUT, inputs("signal"), 0.5),
        Event(5.5, SET_INPUT, inputs("signal"), 0.0),
    ]


@pytest.mark.parametrize("rates", [["0.1 mg", "0.2 mg", "0.7 mg"], ["1 mg", "1e-9 mg", "3e5 mg"]])
def test_overlapping_infusions_sum_and_end_at_exactly_nothing(rates):
    """The sum of what is running, at every moment; what floats leave over when all have ended is no infusion."""
    doses = [give("drug", rate, at, over="3 h") for rate, at in zip(rates, (1.0, 2.5, 3.1), strict=True)]
    found = events(Protocol("", doses), Toy())
    amounts = [float(rate.split()[0]) / 3 for rate in rates]
    assert [e.time for e in found] == pytest.approx([1, 2.5, 3.1, 4, 5.5, 6.1])
    running = [amounts[:1], amounts[:2], amounts, amounts[1:], amounts[2:]]
    assert [e.value for e in found[:-1]] == pytest.approx([sum(r) for r in running])
    assert found[-1].value == 0.0


def test_a_gap_between_infusions_is_exactly_nothing():
    doses = [give("drug", rate, at, over="1 h") for rate, at in (("0.1 mg", 1), ("0.2 mg", 1.5), ("0.3 mg", 9))]
    values = {e.time: e.value for e in events(Protocol("", doses), Toy())}
    assert values[2.5] == 0.0 and values[10.0] == 0.0


def test_adjoining_infusions_are_one():
    """One ends when the next begins: the same arrays as one of twice the length."""
    halves = Protocol("", [give("drug", "3 mg", 1.0, over="1 h"), give("drug", "3 mg", 2.0, over="1 h")])
    whole = Protocol("", [give("drug", "6 mg", 1.0, over="2 h")])
    start = {name: value for name, value in zip(ROW, START, strict=True)}
    one, other = (simulate(Toy(), p, days=1, start=start).values["drug"] for p in (halves, whole))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("arguments, message", [
    ({"days": 0}, "days must be a positive number, not 0"),
    ({"days": float("nan")}, "days must be a positive number, not nan"),
    ({"days": 1, "every": 0}, "every must be more than 0 and at most the 24 hours simulated, not 0 hours"),
    ({"days": 1, "every": 25}, "every must be more than 0 and at most the 24 hours"),
    ({"days": 1, "every": 7}, "24 hours are not a whole number of steps of 7 hours; choose another `every`"),
    ({"daily": ["maen"]}, "a day cannot be summarised by 'maen'; did you mean mean?"),
    ({"days": 1.5, "daily": ["mean"]}, "daily summaries need whole days and an `every` that divides a day"),
    ({"keep": ["il66"]}, "there is no 'il66' to keep; did you mean il6?"),
    ({"start": {"ill6": 1.0}}, "there is no state 'ill6' to start from; did you mean il6?"),
    ({"start": {"il6": float("nan")}}, "the start of il6 is not a finite number: nan"),
])  # fmt: skip
def test_what_cannot_be_simulated(arguments, message):
    with pytest.raises(InputError) as error:
        make_plan(Body(), **arguments)
    assert message in str(error.value)


# Whatever is given


def after(dose, minute, days=2, group=None):
    protocol = Protocol("dose", [give("endotoxin", f"{dose!r} ng/kg", minute / 60)])
    return simulate(group or Body(), protocol, days=days)


NONNEGATIVE = [name for name in declared(Body.rates, "y") if name not in ("temperature", "arousal_slow", "clock_lag")]
DOSES = st.just(0.0) | st.floats(1e-3, 4.0)  # ng/kg; of less than a tenth of its scale the solver promises nothing
MINUTES = st.integers(0, 24 * 60 - 1)
FEW = settings(max_examples=40, deadline=None, derandomize=True)


@FEW
@given(DOSES, MINUTES)
def test_nothing_is_negative_after_any_dose(dose, minute):
    """Of what can be counted; temperature is a difference."""
    course = after(dose, minute)
    assert course.failed == {} and course.not_at_rest == []
    for name in NONNEGATIVE:
        assert course.values[name].min() > -1e-30, name


@FEW
@given(dose=DOSES, minute=MINUTES, seed=st.integers(0, 2**32))
def test_nor_in_other_people(dose, minute, seed):
    course = after(dose, minute, days=1, group=people(Body(), 16, seed))
    assert course.failed == {}
    for name in NONNEGATIVE:
        assert course.values[name].min() > -1e-30, name


@pytest.fixture(scope="module")
def quiet():
    return simulate(Body(), days=2)


@FEW
@given(hour=st.integers(0, 23))
def test_a_dose_of_nothing_on_the_hour_changes_no_bit(quiet, hour):
    nothing = after(0.0, 60 * hour)
    for name, values in quiet.values.items():
        np.testing.assert_array_equal(nothing.values[name], values, err_msg=name)


@FEW
@given(minute=MINUTES)
def test_a_dose_of_nothing_changes_nothing(quiet, minute):
    """Between the hours it only cuts a step in two: the same to the error tolerated in a step."""
    nothing = after(0.0, minute)
    for name, values in quiet.values.items():
        atol = 1e-6 + 1e-3 * np.ptp(values)
        np.testing.assert_allclose(nothing.values[name], values, rtol=1e-3, atol=atol, err_msg=name)


@FEW
@given(dose=st.floats(0.5, 4.0), minute=MINUTES, days=st.integers(1, 5))
def test_a_dose_some_days_later_is_a_response_some_days_later(dose, minute, days):
    early, late = after(dose, minute, days=2), after(dose, minute + 24 * 60 * days, days=2 + days)
    for name, values in early.values.items():
        later = late.values[name][:, 24 * days :]
        np.testing.assert_allclose(later, values, rtol=1e-4, atol=1e-3 * np.ptp(values) + 1e-6, err_msg=name)


@FEW
@given(dose=st.floats(0.1, 4.0), minute=MINUTES, share=st.floats(0.1, 0.9))
def test_two_doses_at_one_moment_are_one(dose, minute, share):
    parts = [share * dose, (1 - share) * dose]
    protocol = Protocol("dose", [give("endotoxin", f"{part!r} ng/kg", minute / 60) for part in parts])
    both, one = simulate(Body(), protocol, days=1), after(dose, minute, days=1)
    for name, values in one.values.items():
        np.testing.assert_allclose(both.values[name], values, rtol=0, atol=1e-4 * np.ptp(values) + 1e-6, err_msg=name)


def test_an_event_may_come_after_another():
    def jury(**settings):
        return [(h.at, h.duration, h.amount) for h in load_protocol("social-stress", **settings).happenings]

    assert jury() == [(14.0, pytest.approx(1 / 6), "0.25"), (pytest.approx(14 + 1 / 6), pytest.approx(1 / 6), "1")]
    assert jury(at="23:55", preparation="30 min")[1][0] == pytest.approx(24 + 25 / 60)
    with pytest.raises(InputError, match="must be longer than nothing"):
        jury(preparation="0 min")


def test_the_first_letters_of_a_name_will_do_whatever_folders_there_are(tmp_path, monkeypatch):
    (tmp_path / "mono").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_protocol("mono").name == "mononucleosis"
    assert load_protocol("endo:dose=1 ng/kg").happenings[0].amount == "1 ng/kg"
    for text in ("two", "mo", "mononucleosi2"):  # two begin so, too short, another name
        with pytest.raises(InputError, match="no protocol is called"):
            load_protocol(text)
