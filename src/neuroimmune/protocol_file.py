"""The shape of a protocol's TOML file."""

from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from neuroimmune.errors import InputError, nearest


class EventEntry(BaseModel):
    """`give` an `amount` (`over` a time), or `change` an input `by` an amount `lasting` a time; `at` a clock time.

    `after` a time from then, if said; on so many `days` running, one if not said.
    """

    model_config = ConfigDict(extra="forbid")
    at: Any
    after: str | None = None
    give: str | None = None
    amount: Any = None
    over: str | None = None
    change: str | None = None
    by: Any = None
    lasting: str | None = None
    days: Any = 1

    @model_validator(mode="after")
    def one_kind(self) -> Self:
        dose, raised = (self.give, self.amount), (self.change, self.by, self.lasting)
        if not (all(dose) and not any(raised)) and not (all(raised) and not any((*dose, self.over))):
            raise ValueError("an event needs either give and amount (and perhaps over), or change, by and lasting")
        return self


class ProtocolFile(BaseModel):
    """A whole protocol; its events and parameters may name its `settings` in braces; a key left empty is left out."""

    model_config = ConfigDict(extra="forbid")
    name: str
    title: str = ""
    days: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    every: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    source: str = ""
    note: str = ""
    settings: dict[str, str | int | float] = {}
    zero: Any = None
    since: str = ""
    show: list[str] = []
    parameters: dict[str, float | str] = {}
    event: list[EventEntry] = []


Shape = TypeVar("Shape", bound=BaseModel)


def checked(shape: type[Shape], content: dict[str, Any], where: str) -> Shape:
    """The content in this shape, or an `InputError` with one line for each thing wrong."""
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        raise InputError(f"{where}: " + "; ".join(_in_words(shape, e) for e in error.errors())) from None


def _in_words(shape: type[BaseModel], error: Any) -> str:
    place = [p for p in error["loc"] if isinstance(p, str) and p not in ("str", "float", "int")]
    entry = next((f"event {p + 1}: " for p in error["loc"] if isinstance(p, int)), "")
    fields = EventEntry.model_fields if entry else shape.model_fields
    if error["type"] == "extra_forbidden":
        return f"{entry}unknown key {place[-1]!r}{nearest(place[-1], fields)}"
    if error["type"] == "missing":
        return f"{entry}the key {place[-1]!r} is missing"
    given = f" (given: {error['input']!r})" if not isinstance(error["input"], dict) else ""
    key = f"{place[-1]}: " if place and not (entry and place[-1] == "event") else ""
    return f"{entry}{key}{error['msg'].removeprefix('Value error, ')}{given}"
