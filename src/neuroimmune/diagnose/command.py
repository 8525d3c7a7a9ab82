"""`neuroimmune diagnose`: from a file of answers to verdicts with their reasons."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neuroimmune.errors import InputError

if TYPE_CHECKING:
    from neuroimmune.diagnose.verdict import Results, Verdict

_MARKS = "-?+"  # no, cannot say, yes
_WIDTH = 100
_MOST = 100  # names in one notice


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
        list[str] | None, typer.Option(metavar="DEFINITION", help="A definition to draw or explain. May be repeated.")
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
        return
    if answers is None:
        raise InputError("no file of answers was given. Name one, or write a template: --template dsq-2")
    if among and not (figure or explain):
        raise InputError("--among says what to draw or to explain: give --figure or --explain too")
    from neuroimmune.diagnose import figure as chart
    from neuroimmune.diagnose import verdict, writing
    from neuroimmune.diagnose.columns import read_map
    from neuroimmune.diagnose.reading import read

    _refuse_overwriting([path for path in (answers, map_file, dictionary) if path], [p for p in (out, figure) if p])
    given = read(answers, read_map(map_file) if map_file else None, dictionary)
    results = verdict.diagnose(given, _choices(choose or []))
    explained = explain or []
    _crisis(results, explained)  # before anything that can fail
    for person in explained:
        given.row(person)
    for key in among or []:
        results.check(key)
    if out:
        writing.check(out)
    if figure:
        chart.draw(results, figure, among or [])
    if out:
        writing.write(results, out)
    if explained:
        for person in explained:
            _explain(results, person, among or [])
    else:
        _summary(results)
    for did, path in (("Written", out), ("Drawn", figure)):
        if path:
            typer.echo(f"{did}: {path}")
    typer.echo(f"\n{verdict.NOTICE}")


def _refuse_overwriting(read: list[Path], written: list[Path]) -> None:
    places: dict[Path, Path] = {path.resolve(): path for path in read}
    for path in written:
        if path.resolve() in places:
            raise InputError(f"{path} would be overwritten, and {places[path.resolve()]} is needed: name another file")
        places[path.resolve()] = path


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
    marked, names = results.problems, answers.rows
    for row in list(marked)[:5]:
        typer.echo(f"Row {row + 1}, {names[row]}: {'; '.join(marked[row])}.")
    if len(marked) > 5:
        typer.echo(f"… and {len(marked) - 5:,} more marked rows: see the column problems of the results (--out).")
    if marked:
        typer.echo("What is no answer is taken as missing; so is a question that is answered both ways.")
    rows = f"{len(results):,} {'person' if len(results) == 1 else 'people'}"
    if answers.occasions:
        people, times = len(set(answers.people)), len(set(answers.occasions))
        rows = f"{len(results):,} rows"
        typer.echo(f"{people:,} people on {times:,} occasions: each row is judged and counted by itself.")
    shown = Table(box=None, pad_edge=False, header_style="bold")
    shown.add_column(rows)
    for heading in ("meets", "excluded", "does not", "cannot say"):
        shown.add_column(heading, justify="right")
    silent = [DEFINITIONS[key].name for key, criteria in results.criteria.items() if (criteria == 1).all()]
    for key, criteria in results.criteria.items():
        meets = int(results.cases(key).sum())
        no, unknown, yes = (int(np.count_nonzero(criteria == value)) for value in (0, 1, 2))
        if unknown < len(results):
            shown.add_row(DEFINITIONS[key].name, *(f"{n:,}" for n in (meets, yes - meets, no, unknown)))
    if shown.row_count:
        Console(width=100, highlight=False).print(shown)
        typer.echo("meets: questionnaire criteria, and no exclusion recorded. --explain PERSON gives reasons.")
    else:
        typer.echo(f"{rows}. No definition can be judged from these columns; the scores are written with --out.")
    if silent:
        typer.echo(f"Cannot be judged of anybody, for lack of columns or answers: {', '.join(silent)}.")


def _explain(results: "Results", person: str, among: list[str]) -> None:
    row = results.answers.row(person)
    for notice in results.alerts().get(row, []):
        typer.echo(f"\nCRISIS NOTICE for {person}: {notice}.")
    typer.echo("\n+ yes, - no, ? cannot say")
    told = results.explain(person, among)
    width = max((len(e.definition.name) for e in told), default=0)
    for explained in told:
        typer.echo(f"{_MARKS[explained.criteria.value]} {explained.definition.name:{width}}  {explained.statement}")
    for explained in told:
        typer.echo(f"\n{person} · {explained.definition.name}")
        typer.echo(textwrap.fill(explained.paragraph, _WIDTH, break_on_hyphens=False))
        _tree(explained.criteria, 1)
        if explained.exclusions.parts:
            typer.echo("  Exclusions")
            for part in explained.exclusions.parts:
                _tree(part, 2)
    for problem in results.problems.get(row, []):
        typer.echo(f"Taken as missing: {problem}.")


def _tree(verdict: "Verdict", depth: int) -> None:
    unknown = verdict.word == "cannot say"
    told = ", ".join(verdict.missing if unknown else verdict.evidence) if not verdict.parts else ""
    detail = f" [{'missing: ' if unknown else ''}{told}]" if told else ""
    join = f" ({verdict.join})" if verdict.join else ""
    typer.echo(f"{'  ' * depth}{_MARKS[verdict.value]} {verdict.text}{join}{detail}")
    for part in verdict.parts:
        _tree(part, depth + 1)


def _crisis(results: "Results", explained: list[str]) -> None:
    """Every notice, of everybody or of those who are explained, if these are known."""
    people: dict[str, list[str]] = {}
    names = results.answers.rows
    wanted = set(explained) if set(explained) <= set(names) else set()
    for row, notices in sorted(results.alerts().items()):
        for notice in notices if not wanted or names[row] in wanted else ():
            people.setdefault(notice, []).append(names[row])
    for notice, found in people.items():
        more = f" and {len(found) - _MOST:,} more (column crisis_notice of --out)" if len(found) > _MOST else ""
        typer.echo(f"\nCRISIS NOTICE for {', '.join(found[:_MOST])}{more}: {notice}.", err=True)


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
    typer.echo("Labels are item numbers or our words: before anyone fills it in, put in the questionnaire's own.")
