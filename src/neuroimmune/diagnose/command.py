"""`neuroimmune diagnose`: from a file of answers to verdicts with their reasons."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neuroimmune.errors import InputError

if TYPE_CHECKING:
    from neuroimmune.diagnose.verdict import Results, Verdict

_MARKS = {"yes": "+", "no": "-", "cannot say": "?"}


def diagnose(
    answers: Annotated[
        Path | None, typer.Argument(help="CSV, Parquet, Excel, a REDCap export, or FHIR R4 QuestionnaireResponse.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write a row a person: .csv, .parquet or .json (FHIR). With --template: a folder."),
    ] = None,
    explain: Annotated[
        list[str] | None, typer.Option(metavar="PERSON", help="Explain every verdict on a person. May be repeated.")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(help="Draw the overlap of the definitions: .pdf, .png or .svg.")
    ] = None,
    among: Annotated[
        list[str] | None, typer.Option(metavar="DEFINITION", help="A definition to draw. May be repeated.")
    ] = None,
    map_file: Annotated[Path | None, typer.Option("--map", help="A TOML file: which column holds what.")] = None,
    dictionary: Annotated[Path | None, typer.Option(help="The data dictionary of the REDCap project.")] = None,
    choose: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="DEFINITION.PARAMETER=OPTION", help="A published variant. May be repeated."),
    ] = None,
    template: Annotated[
        str | None, typer.Option(metavar="INSTRUMENT", help="Write an empty CSV and a REDCap dictionary.")
    ] = None,
) -> None:
    """Score questionnaires and judge case definitions. Nothing is sent anywhere and nothing is logged."""
    if template is not None:
        _write_templates(template, out or Path())
    elif answers is None:
        raise InputError("no file of answers was given. Name one, or write a template: --template dsq-2")
    else:
        _diagnose(answers, out, explain or [], figure, among or [], map_file, dictionary, choose or [])


def _diagnose(answers, out, explain, figure, among, map_file, dictionary, choose) -> None:
    from neuroimmune.diagnose import verdict
    from neuroimmune.diagnose.columns import read_map
    from neuroimmune.diagnose.figure import draw
    from neuroimmune.diagnose.reading import read
    from neuroimmune.diagnose.writing import write

    choices = _choices(choose)
    given = read(answers, read_map(map_file) if map_file else None, dictionary)
    results = verdict.diagnose(given, choices)
    if explain:
        for person in explain:
            _explain(results, person)
    else:
        _summary(results)
    if out:
        write(results, out)
        typer.echo(f"Written: {out}")
    if figure:
        draw(results, figure, among)
        typer.echo(f"Drawn: {figure}")
    _crisis(results)
    typer.echo(f"\n{verdict.NOTICE}")


def _choices(given: list[str]) -> dict[str, dict[str, str]]:
    """
    >>> _choices(["fukuda.threshold=2/2", "fukuda.exclusions=2003"])
    {'fukuda': {'threshold': '2/2', 'exclusions': '2003'}}
    """
    choices: dict[str, dict[str, str]] = {}
    for text in given:
        name, equals, option = text.partition("=")
        key, dot, parameter = name.partition(".")
        if not (equals and dot and parameter):
            raise InputError(f"--set {text!r} is not DEFINITION.PARAMETER=OPTION, such as fukuda.threshold=2/2")
        choices.setdefault(key, {})[parameter] = option
    return choices


def _summary(results: "Results") -> None:
    import numpy as np
    from rich.console import Console
    from rich.table import Table

    from neuroimmune.diagnose.definitions import DEFINITIONS

    answers = results.answers
    for note in answers.notes:
        typer.echo(f"Note: {note}.")
    by_columns = {
        f"{p.name}: {results.choices[key][p.name]}"
        for key in results.choices
        for p in DEFINITIONS[key].parameters
        if p.needs and results.choices[key][p.name] != p.default()
    }
    if by_columns:
        typer.echo(f"Note: chosen by the columns of the file: {', '.join(sorted(by_columns))}.")
    marked = sorted(answers.problems)
    for row in marked[:5]:
        typer.echo(f"Row {row + 1}, {answers.people[row]}: {'; '.join(answers.problems[row])}. Taken as missing.")
    if len(marked) > 5:
        typer.echo(f"… and {len(marked) - 5:,} more rows with such answers: see the column problems of the results.")
    shown = Table(box=None, pad_edge=False, header_style="bold")
    shown.add_column(f"{len(results):,} people")
    for heading in ("meets", "excluded", "does not", "cannot say"):
        shown.add_column(heading, justify="right")
    for key, criteria in results.criteria.items():
        meets = int(results.cases(key).sum())
        no, unknown, yes = (int(np.count_nonzero(criteria == value)) for value in (0, 1, 2))
        shown.add_row(DEFINITIONS[key].name, *(f"{n:,}" for n in (meets, yes - meets, no, unknown)))
    Console(width=100, highlight=False).print(shown)
    typer.echo("meets: questionnaire criteria, and no exclusion recorded. --explain PERSON gives reasons.")


def _explain(results: "Results", person: str) -> None:
    for explained in results.explain(person):
        typer.echo(f"\n{person} · {explained.definition.name}\n{explained.paragraph}")
        _tree(explained.criteria, 1)
    row = results.answers.row(person)
    for problem in results.answers.problems.get(row, []):
        typer.echo(f"Taken as missing: {problem}.")


def _tree(verdict: "Verdict", depth: int) -> None:
    told = ", ".join(verdict.missing if verdict.value == "cannot say" else verdict.evidence)
    detail = f" [{'missing: ' if verdict.value == 'cannot say' else ''}{told}]" if told and not verdict.parts else ""
    join = f" ({verdict.join})" if verdict.join else ""
    typer.echo(f"{'  ' * depth}{_MARKS[verdict.value]} {verdict.text}{join}{detail}")
    for part in verdict.parts:
        _tree(part, depth + 1)


def _crisis(results: "Results") -> None:
    people: dict[str, list[str]] = {}
    for row, notices in results.alerts().items():
        for notice in notices:
            people.setdefault(notice, []).append(results.answers.people[row])
    for notice, names in people.items():
        more = f" and {len(names) - 20:,} more (column crisis_notice)" if len(names) > 20 else ""
        typer.echo(f"\nCRISIS NOTICE for {', '.join(names[:20])}{more}: {notice}.", err=True)


def _write_templates(key: str, folder: Path) -> None:
    from neuroimmune.diagnose.instruments import INSTRUMENTS
    from neuroimmune.diagnose.redcap import dictionary, template
    from neuroimmune.files import whole_file

    if key not in INSTRUMENTS:
        raise InputError(f"there is no instrument {key!r}; possible: {', '.join(INSTRUMENTS)}")
    instrument = INSTRUMENTS[key]
    files = {folder / f"{key}.csv": template(instrument), folder / f"{key}_dictionary.csv": dictionary(instrument)}
    for path in files:
        if path.exists():
            raise InputError(f"{path} exists already: move it, or name another folder with --out")
    for path, text in files.items():
        with whole_file(path) as part:
            part.write_text(text, encoding="utf-8")
        typer.echo(f"Written: {path}")
