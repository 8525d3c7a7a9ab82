"""FHIR R4: answers from QuestionnaireResponse."""

import json
from collections.abc import Iterator

from neuroimmune.errors import InputError

_ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
_LOINC_ANSWERS = {"LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3}  # not at all … nearly every day
_FINAL, _UNFINISHED, _WITHDRAWN = ("completed", "amended"), ("in-progress", "stopped"), "entered-in-error"
_VALUES = ("Integer", "Decimal", "Boolean", "String", "Time", "Date", "DateTime")


def responses(text: str, name: str, notes: list[str], problems: dict[int, list[str]]) -> dict[str, list[object]]:
    """The answers in a response, a bundle of them, or one a line: a column a link id, a row a person."""
    rows: dict[str, dict[str, object]] = {}
    withdrawn = 0
    for number, resource in enumerate(_resources(text, name), 1):
        person = _person(resource, name, number)
        status = resource.get("status")
        if status == _WITHDRAWN:
            withdrawn += 1
            continue
        if status not in _FINAL and status not in _UNFINISHED:
            raise InputError(
                f"{name}, response {number}: the status is {status!r}; possible: "
                f"{', '.join((*_FINAL, *_UNFINISHED, _WITHDRAWN))}"
            )
        row = rows.setdefault(person, {"person": person})
        if status in _UNFINISHED:
            place = list(rows).index(person)
            problems.setdefault(place, []).append(f"a response has the status {status}")
        for column, value in _answers(resource.get("item", []), name, number):
            if column in row:
                raise InputError(
                    f"{name}, response {number}: a second answer of {person!r} to {column!r}. Keep one response to a "
                    "questionnaire for each person in a file"
                )
            row[column] = value
    told = f"{withdrawn:,} response{'s' * (withdrawn != 1)} of {name} left out, whose status is {_WITHDRAWN}"
    if not rows:
        raise InputError(f"{name} holds no QuestionnaireResponse of FHIR R4{f'; {told}' if withdrawn else ''}")
    notes.extend([told] if withdrawn else [])
    columns = dict.fromkeys(column for row in rows.values() for column in row)
    return {column: [row.get(column) for row in rows.values()] for column in columns}


def _resources(text: str, name: str) -> Iterator[dict]:
    try:
        parsed = [json.loads(text)]
    except RecursionError:
        raise InputError(f"{name} is nested too deeply to be FHIR") from None
    except ValueError:  # not JSON as a whole, or a number of thousands of digits
        try:
            parsed = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError) as error:
            raise InputError(f"{name} is not JSON: {error}") from None
    for resource in parsed:
        yield from _inside(resource)


def _inside(resource: object) -> Iterator[dict]:
    if isinstance(resource, list):
        for part in resource:
            yield from _inside(part)
    elif isinstance(resource, dict) and resource.get("resourceType") == "Bundle":
        for entry in _list(resource.get("entry")):
            yield from _inside(entry.get("resource") if isinstance(entry, dict) else None)
    elif isinstance(resource, dict) and resource.get("resourceType") == "QuestionnaireResponse":
        yield resource


def _list(value: object) -> list:
    return value if isinstance(value, list) else []


def _person(resource: dict, name: str, number: int) -> str:
    subject = resource.get("subject")
    subject = subject if isinstance(subject, dict) else {}
    identifier = subject.get("identifier")
    identifier = identifier if isinstance(identifier, dict) else {}
    known_by = [part for part in (identifier.get("system"), identifier.get("value")) if part]
    person = subject.get("reference") or (known_by and identifier.get("value") and "|".join(map(str, known_by)))
    if not isinstance(person, str) or not person:
        raise InputError(
            f"{name}, response {number}: no subject with a reference or an identifier, so it is not known whose "
            "answers these are (a displayed name may be that of two people)"
        )
    return person


def _answers(items: object, name: str, number: int) -> Iterator[tuple[str, object]]:
    """Every answer of a response, however deep its groups. An item may be answered once."""
    for item in _list(items):
        if not isinstance(item, dict):
            raise InputError(f"{name}, response {number}: an item is {item!r}, not an object")
        given = item.get("answer") or []
        link = str(item.get("linkId", "")).strip("/")
        if not isinstance(given, list) or len(given) > 1:
            raise InputError(f"{name}, response {number}: {link!r} has more than one answer; give each tick an item")
        yield from _answers(item.get("item"), name, number)
        for answer in given:
            yield link, _value(answer)
            yield from _answers(answer.get("item") if isinstance(answer, dict) else None, name, number)


def _value(answer: object) -> object:
    if not isinstance(answer, dict):
        return str(answer)
    for kind in _VALUES:
        if (value := answer.get(f"value{kind}")) is not None:
            return value if isinstance(value, bool | int | float) else str(value)
    if isinstance(quantity := answer.get("valueQuantity"), dict):
        return _scalar(quantity.get("value"))
    coding = answer.get("valueCoding")
    return _coded(coding) if isinstance(coding, dict) else None


def _coded(coding: dict) -> object:
    for extension in _list(coding.get("extension")):
        if isinstance(extension, dict) and extension.get("url") == _ORDINAL:
            return _scalar(extension.get("valueDecimal"))
    code = coding.get("code")
    return _LOINC_ANSWERS.get(str(code), _scalar(code if code is not None else coding.get("display")))


def _scalar(value: object) -> object:
    return value if value is None or isinstance(value, int | float) else str(value)
