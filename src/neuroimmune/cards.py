"""The card of a treatment: what it reaches, what was found for and against it, what harms, and what is assumed."""

import re
from collections.abc import Iterator
from math import exp
from typing import NamedTuple

from neuroimmune.body import Body
from neuroimmune.care import MOST_RISE
from neuroimmune.course import Course
from neuroimmune.evidence.claims import claims
from neuroimmune.evidence.sources import Entry, kind_of, sources
from neuroimmune.evidence.targets import treatment_targets
from neuroimmune.schedule import read_schedule
from neuroimmune.systems.targets import TARGETS, Targets
from neuroimmune.treating import treat
from neuroimmune.treatment import ILLNESSES, MATTERS_AS, Treatment, load_treatment
from neuroimmune.validation_treatment import PLACEBO

LONGEST = 400.0  # days that the figure of a card shows
FIRST = 3.0  # days that are shown closely, where drugs come and go within a day
SPACING = ((4.0, 0.1), (60.0, 0.5), (float("inf"), 2.0))  # hours, of figures of up to so many days
NO_CURVE = "no controlled evidence: what it does to symptoms is not drawn"


def card(name: str) -> Iterator[str]:
    """The lines of a card, as Markdown.

    >>> lines = list(card("low-dose-naltrexone"))
    >>> lines[0], any("glia_calmed" in line for line in lines)
    ('# Low-dose naltrexone', True)
    """
    treatment = load_treatment(name)
    file = treatment.file
    yield f"# {file.title}"
    yield f"\n{file.what} {_sentence(file.route)}{': ' + '; '.join(file.forms) if file.forms else ''}.\n"
    yield f'    neuroimmune run mono --treat "{file.example} from day 200"\n' if " from " not in file.example else ""
    yield "## What was found\n"
    for condition in ILLNESSES:
        yield f"- **{condition}**: {treatment.grade(condition)}."
    yield ""
    if not treatment.controlled:
        yield f"In these conditions there is {NO_CURVE}.\n"
    yield "| condition | design | people | direction | finding | source |\n|---|---|---|---|---|---|"
    for e in file.evidence:
        seen = "" if e.seen else " (recalled, nobody has seen the numbers)"
        design, direction = ("-", "-") if e.design == "none" else (e.design, e.direction)
        yield f"| {e.condition} | {design} | {e.n or ''} | {direction} | {e.finding}{seen} | {_short(e.source)} |"
    said = [claim for claim in claims().values() if treatment.name in claim.about]
    if said:
        yield "\n## What is said of it\n"
        yield from (f'- "{claim.statement}" **{_sentence(claim.verdict)}.** {claim.why}' for claim in said)
    yield from _targets(treatment)
    yield from _numbers(treatment)
    yield from _harms(treatment)
    yield from _courses(treatment)
    yield "\n## What the model assumes\n"
    yield from (f"- {each}" for each in file.assumes)
    if file.unknown_with or file.inhibits or file.induces or file.cleared_by:
        yield "\n## Together with others\n"
        yield from (f"- {verb}: {', '.join(ways)}." for verb, ways in _ways(treatment) if ways)
        yield from (f"- Not known together with {other}: {why}" for other, why in file.unknown_with.items())
    yield "\n## Sources\n"
    yield from (f"- `{key}`: {entry.citation}" for key, entry in cited(treatment).items())


def _ways(treatment: Treatment) -> Iterator[tuple[str, list[str]]]:
    file = treatment.file
    yield from (("Cleared by", file.cleared_by), ("Inhibits", file.inhibits), ("Induces", file.induces))


WAYS = {"half": "half at", "potency": "by", "per_mg": "gives"}


def _targets(treatment: Treatment) -> Iterator[str]:
    file, systems = treatment.file, Targets()
    yield "\n## What it reaches\n"
    for target, how in file.targets.items():
        what = TARGETS[target].meaning if target in TARGETS else target.replace("_", " ")
        for way, given in how.ways.items():
            yield f"- `{target}` ({what}): {WAYS[way]} {given.value:g} {given.unit}; {given.source}. {how.note}"
    for kind, levels in (("In a session", file.sessions), ("In daily life", file.daily)):
        for target, how in levels.items():
            built = f", built up over {how.builds_up.value:g} days" if how.builds_up else ""
            yield f"- {kind}, `{target}`: {how.level.value:g} {how.level.unit}{built}; {how.level.source}."
    if file.behaviour.acts:
        yield f"- Who does it {file.behaviour.acts}."
    if file.behaviour.rise:
        rise = file.behaviour.rise
        yield (
            f"- Wished activity grows by {100 * rise.value:g} % a week, whatever the symptoms, to {MOST_RISE:g} times "
            f"that before at most; {rise.source}."
        )
    relevant = [t for t in treatment.targets if hasattr(systems, f"relevance_{t}")]
    relevant += [MATTERS_AS[t] for t in treatment.targets if t in MATTERS_AS]
    if relevant:
        yield (
            f"\nWhether {' or '.join(f'`{t}`' for t in relevant)} matters for illness is not known. It is nothing "
            "unless you say otherwise (`--relevance`), and drawn from a spike at nothing and a narrow slab about it in "
            "comparisons, the same for every treatment that reaches it."
        )
    elif file.kind == "behaviour" or file.sessions:
        yield "\nIt acts by the body's own mechanisms of stress and exertion, which were fitted to other studies."


def _numbers(treatment: Treatment) -> Iterator[str]:
    kinetics = treatment.file.kinetics
    if kinetics is None:
        return
    yield "\n## What the body does to it\n"
    yield "| number | value | people differ by | source |\n|---|---|---|---|"
    for name in type(kinetics).model_fields:
        given = getattr(kinetics, name)
        if given is not None:
            spread = f"×/÷ {exp(given.spread):.2f}" if given.spread else ""
            yield f"| {name.replace('_', ' ')} | {given.value:g} {given.unit} | {spread} | {given.source} |"
    if treatment.file.metabolite:
        yield f"\nMetabolite: {treatment.file.metabolite.name}, in {treatment.file.metabolite.unit}."
    for g in treatment.file.genotype:
        yield (
            f"\n{g.gene}, {g.name} ({100 * g.share.value:g} % of people; {g.share.source}): "
            f"{g.changes.replace('_', ' ')} times {g.by.value:g} ({g.by.source})."
        )
    assumed = [n for n, q in treatment.numbers.items() if kind_of(q.source) == "assumed"]
    yield f"\n{len(assumed)} of {len(treatment.numbers)} numbers of this drug are assumed."


def _harms(treatment: Treatment) -> Iterator[str]:
    file = treatment.file
    yield "\n## Harms\n"
    if file.side_effect:
        yield "| side effect | treated | placebo | begins | source |\n|---|---|---|---|---|"
        for s in file.side_effect:
            name = f"{s.name} (serious)" if s.serious else s.name
            shares = f"{100 * s.treated.value:.3g} % | {100 * s.placebo.value:.3g} %"
            name = name if s.noticed else f"{name}, found by a test"
            yield f"| {name} | {shares} | day {s.begins:g} | {s.treated.source}; placebo: {s.placebo.source} |"
    else:
        yield "No side effect with a number was found: they are unknown, not none."
    for what, half in (("liver enzyme", file.harms.alt_half), ("division in the marrow", file.harms.marrow_half)):
        if half is not None:
            verb = "doubles the release of" if what == "liver enzyme" else "halves"
            yield f"\n{half.value:g} {half.unit} {verb} {what}: {half.source}."
    if file.monitoring:
        yield "\nWatched:\n"
        yield from (f"- {each}" for each in file.monitoring)
    if file.contraindications:
        yield "\nNot given with:\n"
        yield from (f"- {each}" for each in file.contraindications)


def _courses(treatment: Treatment) -> Iterator[str]:
    """The published courses that it is held against, a line a study and role."""
    rows = treatment_targets()
    mine = rows.loc[[_treatment_of(text) == treatment.name for text in rows.settings]]
    if not len(mine):
        return
    yield "\n## Published courses\n"
    yield "How the model meets them is in the validation table. Fit: numbers above come from it; check: never used.\n"
    yield "| study | role | what | schedule | published | seen |\n|---|---|---|---|---|---|"
    for row in mine.itertuples():
        when = "" if row.time_h != row.time_h else f" at {row.time_h:g} h"
        what = f"{row.quantity.replace('_', ' ')}, {row.statistic}{when}"
        value = f"{row.value:g} {'' if row.unit == '1' else row.unit}"
        yield f"| {_short(row.study)} | {row.role} | {what} | {row.settings} | {value} | {row.checked} |"


def _treatment_of(text: str) -> str:
    return read_schedule(text.removeprefix(PLACEBO)).treatment.name


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(source: str) -> str:
    """A source as author and year."""
    key = source.partition(":")[0]
    return sources()[key].short if key in sources() else source


def cited(treatment: Treatment) -> dict[str, Entry]:
    """The publications that a file names, by key."""
    words = set(re.findall(r"\w+", treatment.file.model_dump_json()))
    return {key: entry for key, entry in sources().items() if key in words}


class Example(NamedTuple):
    """What a card's example does to the usual person: the first days closely, all of it, and the same without."""

    first: Course | None
    whole: Course
    without: Course


def example_of(treatment: Treatment) -> Example:
    """Simulate the example of a card, for as long as it is worth looking."""
    text = treatment.file.example
    course = read_schedule(text, treatment)
    lasting = _lasting(treatment)
    end = course.last if course.last < float("inf") else 1.0
    days = float(round(min(LONGEST, max(2.0, 1.4 * end, end + 14.0 * lasting))))
    every = next(hours for upto, hours in SPACING if days <= upto)
    without = treat(Body(), [course], days=days, every=every, arm="untreated")
    close = treatment.is_drug and lasting < 2.5 and days > FIRST
    first = treat(Body(), [course], days=FIRST, every=0.1) if close else None
    return Example(first, treat(Body(), [course], days=days, every=every), without)


def _lasting(treatment: Treatment) -> float:
    """The half-life of a drug in days, about; nothing for what is no drug."""
    if not treatment.is_drug:
        return 0.0
    drug = treatment.drug
    volume = (
        drug.volume + (drug.volume_tissue if drug.exchange else 0.0) + (drug.volume_deep if drug.exchange_deep else 0)
    )
    slowest = min(drug.clearance / volume, drug.k_absorption if not drug.by_vein else float("inf"))
    return 0.69 / slowest / 24.0


__all__ = ["NO_CURVE", "Example", "card", "cited", "example_of"]
