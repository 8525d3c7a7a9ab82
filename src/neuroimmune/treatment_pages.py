"""A page for each treatment: its card, and what its example does to the usual person."""

from pathlib import Path

from neuroimmune.cards import card, example_of
from neuroimmune.files import whole_file
from neuroimmune.plot_treatment import plot_card
from neuroimmune.treatment import ILLNESSES, all_treatments, load_treatment


def write_treatment_pages(folder: Path) -> list[str]:
    """Write a page and a figure for every treatment, and a table of all; the names of the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in all_treatments():
        treatment = load_treatment(name)
        plot_card(treatment, example_of(treatment), folder / f"{name}.png")
        title, *rest = card(name)
        figure = f"\n![What the example does to the usual person: exposure, targets, what is watched]({name}.png)\n"
        with whole_file(folder / f"{name}.md") as part:
            part.write_text("\n".join([title, figure, *rest]) + "\n", encoding="utf-8")
    with whole_file(folder / "all.txt") as part:
        part.write_text(table() + "\n", encoding="utf-8")
    return all_treatments()


def table() -> str:
    """What was found of every treatment in every condition, by design and direction alone."""
    lines = ["| treatment | " + " | ".join(ILLNESSES) + " |", "|---" * (1 + len(ILLNESSES)) + "|"]
    for name in all_treatments():
        treatment = load_treatment(name)
        grades = " | ".join(treatment.grade(condition) for condition in ILLNESSES)
        lines.append(f"| [{treatment.file.title}]({name}.md) | {grades} |")
    return "\n".join(lines)
