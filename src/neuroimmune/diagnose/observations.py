"""FHIR R4: results as a bundle of Observation."""

import json
import re
from collections.abc import Iterator

from neuroimmune.diagnose.instruments import INSTRUMENTS
from neuroimmune.diagnose.kleene import YES
from neuroimmune.diagnose.verdict import NOTICE, Explanation, Results

SYSTEM = "urn:neuroimmune:diagnose"
_REFERENCE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}|urn:\S+|https?://\S+")
_SCORE = {"unit": "score", "system": "http://unitsofmeasure.org", "code": "{score}"}


def bundle(results: Results) -> Iterator[str]:
    """The bundle, piece by piece: of each person every score, every verdict with its paragraph, and every notice."""
    yield '{"resourceType":"Bundle","type":"collection","entry":['
    names = {score.column: f"{i.name}: {score.name}" for i in INSTRUMENTS.values() for score in i.scores}
    scores = [(column, names[column], values) for column, values in results.scores().items()]
    notices = (("crisis-notice", results.alerts()), ("problem", results.problems))
    separator = "\n"
    for row, (person, name) in enumerate(zip(results.answers.people, results.answers.rows, strict=True)):
        about = _about(person, name)
        for column, text, values in scores:
            if values[row] == values[row]:
                value = {"value": round(float(values[row]), 6)} | _SCORE
                yield separator + _observation(about, column, text, valueQuantity=value)
                separator = ",\n"
        for explained in results.explain_row(row):
            yield separator + _verdict(about, explained)
            separator = ",\n"
        for code, rows in notices:
            for text in rows.get(row, ()):
                yield separator + _observation(about, code, code.replace("-", " "), valueString=text)
                separator = ",\n"
    yield "\n]}\n"


def _about(person: str, name: str) -> dict:
    """The subject, and where a person stands in several rows, which of them."""
    if _REFERENCE.fullmatch(person):
        subject: dict = {"reference": person}
    else:
        system, bar, value = person.rpartition("|")
        subject = {"identifier": {"system": system, "value": value} if bar else {"value": person}}
    occasion = name.removeprefix(person).strip("/")
    return {"subject": subject} | ({"encounter": {"display": occasion}} if occasion else {})


def _verdict(about: dict, explained: Explanation) -> str:
    excluded = explained.exclusions
    code = explained.criteria.word + ("-excluded" if explained.criteria.value == excluded.value == YES else "")
    key, name = explained.definition.key, explained.definition.name
    return _observation(
        about,
        key,
        name,
        valueCodeableConcept=_concept(code, explained.statement),
        component=[
            {"code": _concept(f"{key}-exclusions", "exclusions"), "valueCodeableConcept": _concept(excluded.word)}
        ],
        note=[{"text": explained.paragraph}, {"text": NOTICE}],
    )


def _concept(code: str, text: str = "") -> dict:
    return {"coding": [{"system": SYSTEM, "code": code.replace(" ", "-")}], "text": text or code}


def _observation(about: dict, code: str, name: str, **value) -> str:
    resource = {"resourceType": "Observation", "status": "final", "code": _concept(code, name)} | about | value
    return json.dumps({"resource": resource}, ensure_ascii=False, separators=(",", ":"))
