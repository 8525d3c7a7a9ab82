"""What happens to a person: doses, infusions and raised inputs, at clock times. Read from TOML or made in Python."""

import dataclasses
import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import groupby
from numbers import Real
from operator import itemgetter
from pathlib import Path
from typing import Any

from neuroimmune.engine.events import BOLUS, SET_INPUT, Event
from neuroimmune.errors import InputError, nearest
from neuroimmune.quantity import Quantity, System, check_value, declared

_WORD = r"[^\W\d_]\w*(?:\s*(?:\^|\*\*)\s*-?\d)?"
MEASURE = re.compile(
    rf"\s*(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|[-+]?inf)\s*(?P<unit>(?:1\s*/\s*)?{_WORD}(?:\s*[/*]\s*{_WORD})*)?\s*",
    re.IGNORECASE,
)
MOMENT = 9  # decimals of an hour to which times are known: what should fall on one moment does
SHORTEST = 3  # letters that may stand for the name of a protocol, if no other begins with them
INFUSION = "_infusion"  # the input that brings a state its infusion is named after it


@dataclass(frozen=True)
class Happening:
    """One thing that happens: see `give` and `change`."""

    what: str
    amount: str
    at: float
    duration: float = 0.0
    is_dose: bool = True


@dataclass(frozen=True)
class Protocol:
    """A name, what happens, and for how many days it is worth looking: a day longer than it lasts, if not given.

    `settings` are those it was loaded with, as texts; `zero` is the hour from which its results are counted, by default
    that of the first thing that happens, and `since` what that moment is called, by default what happens then; `show`
    names what is worth drawing. `parameters` are those of the germ: other middles, about which people differ as before.
    `every` is a spacing [hour] at which nothing that happens is missed, if the usual one would miss it.

    >>> import neuroimmune as ni
    >>> doses = [ni.give("endotoxin", "1 ng/kg", at="09:00"), ni.give("endotoxin", "1 ng/kg", at="day 1 09:00")]
    >>> ni.Protocol("two doses", doses)
    <protocol two doses: endotoxin 1 ng/kg at day 0 09:00; endotoxin 1 ng/kg at day 1 09:00>
    """

    name: str = "quiet"
    happenings: Sequence[Happening] = ()
    days: float = 0.0
    title: str = ""
    source: str = ""
    note: str = field(default="", repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)
    zero: float | None = None
    since: str = ""
    show: Sequence[str] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
    every: float = 0.0

    def __post_init__(self) -> None:
        if isinstance(self.happenings, Happening):
            object.__setattr__(self, "happenings", (self.happenings,))
        if not all(isinstance(h, Happening) for h in self.happenings):
            raise InputError(f"a protocol holds what ni.give and ni.change make, not {self.happenings!r}")
        inorder = sorted(self.happenings, key=lambda h: h.at)
        object.__setattr__(self, "happenings", tuple(inorder))
        if not self.days:
            object.__setattr__(self, "days", 1.0 + max((h.at + h.duration for h in inorder), default=0.0) // 24)

    @property
    def label(self) -> str:
        """The name, with the settings that are not empty."""
        said = [f"{name.replace('_', ' ')} {value}" for name, value in self.settings.items() if value]
        return ", ".join([self.name, *said])

    def __repr__(self) -> str:
        return f"<protocol {self.name}: {'; '.join(map(describe, self.happenings)) or 'nothing happens'}>"


def give(what: str, amount: str, at: str | float, over: str | None = None) -> Happening:
    """A dose of a state: at once, or as an infusion `over` a time.

    `amount` and `over` carry units ("2 ng/kg", "4 h"); `at` is "09:00", "day 3 09:00", or hours since the first
    midnight. Raises `InputError` if one cannot be read.
    """
    return Happening(what, amount, moment(at), hours(over, "over") if over else 0.0)


def change(what: str, by: str, at: str | float, lasting: str) -> Happening:
    """Raise an input (stress) by an amount for a time ("20 min"); what overlaps adds up.

    Raises `InputError` if a time cannot be read.
    """
    return Happening(what, by, moment(at), hours(lasting, "lasting"), is_dose=False)


def describe(h: Happening) -> str:
    """A happening in words."""
    day, minutes = divmod(round(h.at * 60), 24 * 60)
    how = "" if h.is_dose else "raised by "
    lasting = f" over {h.duration:g} h" if h.duration else ""
    return f"{h.what} {how}{h.amount}{lasting} at day {day} {minutes // 60:02}:{minutes % 60:02}"


def moment(at: str | float | datetime.time) -> float:
    """Hours since the first midnight, from "09:00", "day 3 09:00" or a number of hours.

    >>> moment("day 1 06:30")
    30.5
    """
    if isinstance(at, Real) and not isinstance(at, bool):
        time = float(at)
    else:
        at = at.strftime("%H:%M") if isinstance(at, datetime.time) else at  # TOML has times of its own
        match = re.fullmatch(r"\s*(?:day\s+(-?\d+)\s+)?(\d{1,2}):(\d{2})\s*", str(at))
        if not match or int(match[3]) > 59 or int(match[2]) * 60 + int(match[3]) > 24 * 60:
            raise InputError(
                f'cannot read the time {at!r}: write "09:00", "day 3 09:00", or hours since the first midnight'
            )
        time = 24.0 * int(match[1] or 0) + int(match[2]) + int(match[3]) / 60
    if not 0 <= time < float("inf"):
        raise InputError(f"the time {at!r} lies in the past: a simulation begins at midnight of day 0")
    return round(time, MOMENT)


@cache
def _units() -> Any:
    import pint

    return pint.UnitRegistry()


def hours(text: str, key: str) -> float:
    """A duration with its unit, in hours."""
    value = measure(text, key, "hour")
    if value <= 0:
        raise InputError(f"{key} = {text!r} must be longer than nothing")
    return value


def measure(text: str, key: str, unit: str) -> float:
    """A quantity written with its unit, in `unit`; a bare number counts only where the unit is 1."""
    match = MEASURE.fullmatch(str(text).replace("%", " percent"))
    if not match:
        example = "2" if unit == "1" else f"2 {unit}"
        raise InputError(f'{key} = {text!r} cannot be read as a number with a unit, such as "{example}"')
    value, given = float(match["number"]), match["unit"] or "1"
    if not -float("inf") < value < float("inf"):
        raise InputError(f"{key} = {text!r} is not a finite number")
    if given == "1" != unit:
        raise InputError(f"{key} = {text!r} has no unit: it is measured in {unit}")
    return value if given == unit else _converted(value, given, unit, f"{key} = {text!r}")


def _converted(value: float, given: str, unit: str, what: str) -> float:
    import pint  # which takes a third of a second to start

    try:
        wanted = "" if unit == "1" else unit
        if _units().Quantity(0.0, given).to(wanted).magnitude:
            raise InputError(f"{what} is read from a scale with a zero of its own: give a difference, in {unit}")
        return float(_units().Quantity(value, given).to(wanted).magnitude)
    except pint.DimensionalityError:
        raise InputError(f"{what} has the wrong unit: it is measured in {unit}") from None
    except (pint.UndefinedUnitError, pint.OffsetUnitCalculusError) as error:
        raise InputError(f'{what} cannot be read as a number with a unit, such as "2 {unit}": {error}') from None


def events(protocol: Protocol, system: System, days: float | None = None) -> list[Event]:
    """The protocol as events of a system's states and inputs.

    Raises `InputError` if it names what the system does not have, in a wrong unit, or after the last day.
    """
    try:
        return _events(protocol, system, days)
    except InputError as error:
        raise InputError(f"protocol {protocol.name}: {error}") from None


def _events(protocol: Protocol, system: System, days: float | None) -> list[Event]:
    states, inputs = declared(type(system).rates, "y"), declared(type(system).rates, "inputs")
    found: list[Event] = []
    steps: dict[str, list[tuple[float, float]]] = {}
    for h in protocol.happenings:
        if days is not None and h.at >= 24 * days:
            raise InputError(
                f"{describe(h)}: this is after the end of the simulation at {days:g} days; ask for more days"
            )
        if h.is_dose:
            known = _known(
                h.what, {n: q for n, q in states.items() if not h.duration or n + INFUSION in inputs}, "given", h
            )
            amount = measure(h.amount, f"amount of {h.what}", known.unit)
            if known.range is not None:
                check_value(f"amount of {h.what}", known, amount)
            elif amount < 0:
                raise InputError(f"amount of {h.what} = {h.amount!r} is negative: a dose cannot be taken back")
            if not h.duration:
                found.append(Event(h.at, BOLUS, list(states).index(h.what), amount))
                continue
            name, height = h.what + INFUSION, amount / h.duration
        else:
            known = _known(h.what, inputs, "changed", h)
            name, height = h.what, measure(h.amount, f"by (of {h.what})", known.unit)
        steps.setdefault(name, []).extend([(h.at, height), (round(h.at + h.duration, MOMENT), -height)])
    for name, changes in steps.items():
        row, still = list(inputs).index(name), []
        for time, now in groupby(sorted(changes), key=itemgetter(0)):
            for _, height in now:  # what ends is taken away itself, so that nothing of it is left
                still.remove(-height) if height < 0 and -height in still else still.append(height)
            value = sum(still)
            check_value(name, inputs[name], inputs[name].value + value)
            found.append(Event(time, SET_INPUT, row, value))
    return sorted(found)


def _known(name: str, possible: dict[str, Quantity], verb: str, h: Happening) -> Quantity:
    if name not in possible:
        over = f" over {h.duration:g} h" if h.duration and h.is_dose else ""
        raise InputError(f"{name!r} cannot be {verb}{over}{nearest(name, possible)}")
    return possible[name]


def shipped() -> list[str]:
    """The names of the protocols that come with the package."""
    return sorted(
        p.name.removesuffix(".toml")
        for p in files("neuroimmune").joinpath("protocols").iterdir()
        if p.name.endswith(".toml")
    )


def load_protocol(name_or_path: str | Path, **settings: str) -> Protocol:
    """A shipped protocol by name, or a protocol from a TOML file, with its settings changed as given.

    The first letters of a name will do, if no other begins with them. Settings may follow the name:
    `"endotoxin:dose=1 ng/kg,over=4 h"`. Raises `InputError` saying which key, name or setting is wrong and which was
    probably meant.

    >>> import neuroimmune as ni
    >>> ni.load_protocol("endotoxin").happenings[0].amount
    '2 ng/kg'
    >>> ni.load_protocol("mono").name
    'mononucleosis'
    >>> ni.load_protocol("endotoxin", dose="1 ng/kg", over="4 h")
    <protocol endotoxin: endotoxin 1 ng/kg over 4 h at day 0 09:00>
    """
    import tomllib

    name, _, written = str(name_or_path).partition(":") if not Path(name_or_path).exists() else (name_or_path, "", "")
    settings = read_settings(written) | settings
    begins = [each for each in shipped() if each.startswith(str(name)) and len(str(name)) >= SHORTEST]
    name = begins[0] if len(begins) == 1 else name
    if str(name) in shipped():
        text = files("neuroimmune").joinpath("protocols", f"{name}.toml").read_text(encoding="utf-8")
    else:
        path = Path(name)
        if path.suffix != ".toml":
            raise InputError(
                f"no protocol is called {str(name)!r}{nearest(str(name), shipped())}; or give a .toml file"
            )
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read the protocol {path}: {getattr(error, 'strerror', None) or error}") from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name} is not valid TOML: {error}") from None
    return from_dict(content, str(name), settings)


def read_settings(text: str) -> dict[str, str]:
    """Settings written `name=value, name=value`; spaces do not matter.

    >>> read_settings("dose=2 ng/kg, over = 4 h")
    {'dose': '2 ng/kg', 'over': '4 h'}
    """
    found = {}
    for part in filter(str.strip, text.split(",")):
        name, equals, value = part.partition("=")
        if not equals:
            raise InputError(f'cannot read the setting {part.strip()!r}: write "name=value", as in "dose=1 ng/kg"')
        found[name.strip()] = " ".join(value.split())
    return found


def from_dict(
    content: dict[str, Any], where: str = "the protocol", settings: Mapping[str, str] | None = None
) -> Protocol:
    """A protocol from the content of a TOML file, checked key by key, with some of its settings changed."""
    from neuroimmune.protocol_file import ProtocolFile, checked

    file = checked(ProtocolFile, content, where)
    for name in settings or {}:
        if name not in file.settings:
            possible = nearest(name, file.settings) if file.settings else ": it has no settings"
            raise InputError(f"{where} has no setting {name!r}{possible}")
    chosen = {name: str(value) for name, value in (file.settings | dict(settings or {})).items()}
    happenings = []
    for n, event in enumerate(file.event, start=1):
        try:
            filled = {key: _filled(value, chosen) for key, value in event.model_dump(exclude_none=True).items()}
            happenings += _happenings(**{key: value for key, value in filled.items() if value != ""})
        except InputError as error:
            raise InputError(f"{where}, event {n}: {error}") from None
    zero = None if file.zero is None else moment(_filled(file.zero, chosen))
    title = _filled(file.title, chosen)
    return Protocol(
        file.name,
        tuple(happenings),
        file.days or 0.0,
        title,
        file.source,
        file.note,
        chosen,
        zero,
        file.since,
        tuple(file.show),
        {
            path: value
            for path, text in file.parameters.items()
            if (value := _parameter(where, path, text, chosen)) is not None
        },
        file.every or 0.0,
    )


def _parameter(where: str, path: str, text: float | str, settings: Mapping[str, str]) -> float | None:
    """A parameter of the germ, or of the person, with settings filled in; none if that leaves it empty."""
    filled = _filled(text, settings)
    try:
        return None if filled == "" else float(filled)
    except ValueError:
        raise InputError(f"{where}: {path} = {filled!r} is not a number; give it without a unit") from None


def _filled(value: Any, settings: Mapping[str, str]) -> Any:
    """A value of the file, with the settings it names in braces filled in."""
    if not isinstance(value, str):
        return value
    try:
        return value.format_map(settings)
    except (KeyError, ValueError, IndexError):
        raise InputError(f"{value!r} names a setting that does not exist{nearest(value, settings)}") from None


def _happenings(at: Any, days: Any = 1, after: str | None = None, **keys: Any) -> list[Happening]:
    """An event on each of so many days running."""
    if not str(days).isdigit() or int(days) < 1:
        raise InputError(f"days = {days!r} must be a whole number from 1")
    if "give" in keys and "amount" in keys:
        first = give(keys["give"], str(keys["amount"]), at, keys.get("over"))
    elif "change" in keys and "by" in keys and "lasting" in keys:
        first = change(keys["change"], str(keys["by"]), at, str(keys["lasting"]))
    else:
        raise InputError(
            "an event needs at (perhaps after), and either give and amount or change, by and lasting; none may be empty"
        )
    begins = round(first.at + (hours(after, "after") if after else 0.0), MOMENT)
    return [dataclasses.replace(first, at=begins + 24.0 * day) for day in range(int(days))]
