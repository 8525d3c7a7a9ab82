"""Numbers with a unit, a meaning and a source: how every fact of the model is declared."""

import dataclasses
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

from neuroimmune.errors import InputError, nearest


@dataclass(frozen=True)
class Quantity:
    """What is known of one number: its value, unit, meaning, source, and how people differ in it.

    `source` begins with a key of `sources.bib`, or is `"fitted: <target>"`, `"assumed: <why>"` or `"definition"`.
    `spread` is the standard deviation of its logarithm between people; `sd` that of the number itself, for numbers that
    may be nothing or negative; `range` is what it may be at all.
    A `fixed` number (an exponent, the length of a day) is the same for all people and is compiled as a literal.
    """

    value: float
    unit: str
    meaning: str
    source: str = ""
    spread: float = 0.0
    sd: float = 0.0
    range: tuple[float, float] | None = None
    fixed: bool = False
    scale: float = 1.0


def par(
    value: float,
    unit: str,
    meaning: str,
    source: str,
    *,
    spread: float = 0.0,
    sd: float = 0.0,
    range: tuple[float, float] | None = None,
    fixed: bool = False,
) -> Any:
    """Declare a parameter of a `System`; see `Quantity`.

    Without a `range`, a parameter must be finite and not change sign. Raises `InputError` for a declaration that makes
    no sense: both kinds of spread, or a `fixed` number in which people differ.
    """
    if (spread and sd) or (fixed and (spread or sd or range)):
        raise InputError(f"{meaning}: declare either spread or sd, and neither of them nor range for a fixed number")
    known = Quantity(float(value), unit, meaning, source, spread, sd, range, fixed)
    return dataclasses.field(default=known.value, metadata={"quantity": known})


def fitted(page: str) -> str:
    """The source of a number that one of our fits has found: its page tells to which rows, and how well they tell.

    >>> fitted("hpa")
    'fitted: rows of role fit, see docs/fit-hpa.md'
    """
    return f"fitted: rows of role fit, see docs/fit-{page}.md"


def part(system: type["System"]) -> Any:
    """Declare a system inside a larger one."""
    return dataclasses.field(default_factory=system)


def state(
    value: float, unit: str, meaning: str, *, scale: float | None = None, range: tuple[float, float] | None = None
) -> Any:
    """Declare a field of a state `NamedTuple`: its value to start from, unit and meaning.

    Changes that are small beside `scale` do not matter (the size of `value`, or 1, if not given). A state may be given
    a negative dose only if its `range` begins below zero.
    """
    return Quantity(float(value), unit, meaning, scale=scale or abs(value) or 1.0, range=range)


def level(value: float, unit: str, meaning: str, *, range: tuple[float, float] | None = None) -> Any:
    """Declare a field of an inputs `NamedTuple`: what it is when nothing happens, unit and meaning.

    Without a `range` it may be anything from nothing upwards.
    """
    return Quantity(float(value), unit, meaning, range=range)


def output(unit: str, meaning: str) -> Any:
    """Declare a field of an outputs `NamedTuple`: a read-out computed from the state."""
    return Quantity(float("nan"), unit, meaning)


class System:
    """Physiology as parameters, a state and one function `rates(t, y, ...)`: the derivative of the state.

    Subclasses become frozen dataclasses. `rates` annotates its state `y` (a `NamedTuple` of `state`s, or of such
    tuples) and, if it has any, its `inputs` (a `NamedTuple` of `level`s). `t` is the clock in hours; it may be used
    through `kinetics.circadian` only. `outputs(t, y, inputs)`, if defined, annotates what it returns.

    >>> from typing import NamedTuple
    >>> class Decay(NamedTuple):
    ...     drug: float = state(1.0, "mg/L", "drug in plasma")
    >>> class Elimination(System):
    ...     k_drug: float = par(0.5, "1/hour", "removal", "assumed: an example")
    ...     def rates(self, t, y: Decay) -> Decay:
    ...         return Decay(drug=-self.k_drug * y.drug)
    >>> Elimination(k_drug=2.0).rates(0.0, Decay(3.0))
    Decay(drug=-6.0)
    """

    if TYPE_CHECKING:  # `dataclass_transform` would have every parameter without a keyword `default` be required

        def __init__(self, **numbers: Any) -> None: ...

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, kw_only=True, eq=False, repr=False)(cls)

    def __repr__(self) -> str:
        usual, mine = parameters(type(self)()), parameters(self)
        states = declared(type(self).rates, "y") if has_rates(self) else {}
        changed = [f"{n} = {q.value} {q.unit}" for n, q in mine.items() if q.value != usual[n].value]
        return f"<{type(self).__name__}: {len(states)} states, {'; '.join([f'{len(mine)} parameters', *changed])}>"

    def rates(self, t: Any, y: Any, *arguments: Any, **named: Any) -> Any:
        """The derivative of the state, per hour."""
        raise TypeError(f"{type(self).__name__} defines no rates")


def has_rates(system: System) -> bool:
    """Whether a system has a state of its own; one that has not only reads others off."""
    return type(system).rates is not System.rates


def declared(function: Any, name: str) -> dict[str, Quantity]:
    """Name and `Quantity` of every field of the `NamedTuple` annotated for `name` ("y", "inputs", "return").

    Raises `InputError` if a name is used twice.
    """
    annotation = typing.get_type_hints(function).get(name)
    fields = list(_leaves(annotation)) if annotation is not None else []
    check_unique([field for field, _ in fields])
    return dict(fields)


def check_unique(names: list[str]) -> None:
    """Raise `InputError` if two states, inputs or outputs of a system share a name."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"a system uses these names twice: {', '.join(twice)}; rename one of each")


def build(function: Any, name: str, values: Iterator[Any]) -> Any:
    """The nested `NamedTuple` annotated for `name`, filled with `values` in the order of `declared`."""
    return _fill(typing.get_type_hints(function)[name], values)


def leaves(nested: Any) -> list[Any]:
    """The numbers of a nested `NamedTuple`, in order."""
    return [leaf for field in nested for leaf in (leaves(field) if isinstance(field, tuple) else [field])]


def _leaves(tuple_type: Any) -> Iterator[tuple[str, Quantity]]:
    hints = typing.get_type_hints(tuple_type)
    for field in tuple_type._fields:
        if hasattr(hints.get(field), "_fields"):
            yield from _leaves(hints[field])
        else:
            yield field, tuple_type._field_defaults[field]


def _fill(tuple_type: Any, values: Iterator[Any]) -> Any:
    hints = typing.get_type_hints(tuple_type)
    return tuple_type(
        *(_fill(hints[f], values) if hasattr(hints.get(f), "_fields") else next(values) for f in tuple_type._fields)
    )


def parameters(system: System, prefix: str = "") -> dict[str, Quantity]:
    """Every parameter by its path (`"cytokines.k_il6"`), with the value that this system has."""
    found = {}
    for field in dataclasses.fields(system):  # type: ignore[arg-type]
        value = getattr(system, field.name)
        if isinstance(value, System):
            found |= parameters(value, f"{prefix}{field.name}.")
        else:
            found[prefix + field.name] = dataclasses.replace(field.metadata["quantity"], value=value)
    return found


def with_parameters(system: System, values: dict[str, Any]) -> System:
    """The same system with other numbers, by path; the numbers may be of any kind.

    Raises `InputError` naming the nearest parameter if a path does not exist.
    """
    here: dict[str, Any] = {}
    inside: dict[str, dict[str, Any]] = {}
    if not isinstance(system, System):
        raise InputError(f"expected a system, such as ni.Body(), not {type(system).__name__}")
    fields = {field.name for field in dataclasses.fields(system)}  # type: ignore[arg-type]
    for path, value in values.items():
        if isinstance(value, str):
            raise InputError(
                f"{path} = {value!r} is not a number; give it in the unit it has, without writing the unit"
            )
        name, _, rest = path.partition(".")
        if name not in fields or bool(rest) != isinstance(getattr(system, name), System):
            raise InputError(f"no parameter {path!r}{nearest(path, parameters(system))}")
        if rest:
            inside.setdefault(name, {})[rest] = value
        else:
            here[name] = value
    here |= {name: with_parameters(getattr(system, name), some) for name, some in inside.items()}
    return dataclasses.replace(system, **here)  # type: ignore[type-var]


def check_parameters(system: System) -> None:
    """Raise `InputError` if a parameter is not finite, has changed sign, or is outside its range."""
    defaults = parameters(type(system)())
    for path, known in parameters(system).items():
        check_value(path, dataclasses.replace(known, value=defaults[path].value), known.value)


def check_value(path: str, known: Quantity, value: float) -> None:
    """Raise `InputError` unless `value` is one that the parameter `known` may have."""
    if not isinstance(value, Real):
        raise InputError(f"{path} = {value!r} is not a number; it is measured in {known.unit} ({known.meaning})")
    low, high = known.range or ((0.0, float("inf")) if known.value >= 0 else (float("-inf"), 0.0))
    if not low <= value <= high or value in (float("inf"), float("-inf")):
        raise InputError(
            f"{path} = {value:g} {known.unit} is outside its range {low:g} to {high:g} {known.unit} ({known.meaning}); "
            f"its usual value is {known.value:g}"
        )
