"""A page for each shipped protocol: what is done, and the model's curves through what was measured."""

import re
from collections.abc import Iterator
from pathlib import Path

from neuroimmune.body import Body
from neuroimmune.compare import drawn, measured, origin
from neuroimmune.evidence.sources import sources
from neuroimmune.evidence.targets import target_sets, targets
from neuroimmune.files import whole_file
from neuroimmune.plot import Line, plot_lines
from neuroimmune.population import people
from neuroimmune.protocol import Protocol, describe, load_protocol, read_settings, shipped
from neuroimmune.simulation import simulate

PEOPLE = 200
SPACING = {3.0: 0.1, 30.0: 0.5, float("inf"): 3.0}  # hours, of protocols of up to so many days


def write_protocol_pages(folder: Path) -> list[str]:
    """Write a page and its figures for every shipped protocol; the names of the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in shipped():
        with whole_file(folder / f"{name}.md") as part:
            part.write_text("\n".join(page(name, folder)) + "\n", encoding="utf-8")
    return shipped()


def settings_measured(name: str) -> list[Protocol]:
    """The protocol as it is by default, then with each of the settings in which it was measured."""
    texts = list(targets(name).settings.unique()) if name in target_sets() else []
    found = [load_protocol(name), *(load_protocol(name, **read_settings(text)) for text in texts)]
    return list({tuple(sorted(protocol.settings.items())): protocol for protocol in found}.values())


def page(name: str, folder: Path) -> Iterator[str]:
    """The lines of a page; its figures are written beside it."""
    usual = load_protocol(name)
    yield f"# {usual.title.replace('{', '').replace('}', '')}"
    yield f"\n    neuroimmune run {name}\n"
    yield from (f"- {describe(h)}" for h in usual.happenings or ())
    yield f"\nModelled on {_named(usual.source)}. {usual.note}\n"
    if usual.settings:
        yield "Settings, with their usual values: " + ", ".join(f"`{n}={v}`" for n, v in usual.settings.items()) + ".\n"
    yield (
        f"Curves are the median and the 5 to 95 % range of {PEOPLE} virtual people; points are published means with "
        "standard deviations, where they were published, hollow if nobody has yet seen the number in a source. Rises "
        "stand on the model's own level before. What is inside and what is not is in the "
        "[validation table](../validation.md).\n"
    )
    for number, protocol in enumerate(settings_measured(name)):
        course = simulate(
            people(Body(), PEOPLE),
            protocol,
            every=next(hours for days, hours in SPACING.items() if protocol.days <= days),
        )
        points = drawn(course, protocol)
        seen = set() if points is None else set(points.quantity)
        if points is None and measured(protocol) is not None:
            yield "What was measured (times, durations, shares of people) is no point of a curve; the table has it.\n"
        show = [n for n in protocol.show if n in seen or not number] + sorted(seen - set(protocol.show))
        if not show:
            continue
        figure = f"{name}-{number}.png"
        plot_lines([Line(course, *origin(protocol), points)], show, folder / figure)
        if number:
            yield f"\n## {protocol.label.removeprefix(name + ', ')}\n"
        yield f"![{protocol.label}: the model's curves and what was measured]({figure})\n"


def _named(text: str) -> str:
    """A text with the keys of sources written as author and year."""
    return re.sub(r"\w+", lambda word: sources()[word[0]].short if word[0] in sources() else word[0], text)
