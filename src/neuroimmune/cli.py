"""The command line: parse, call, print. Everything heavy is imported when it is needed."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from neuroimmune import __version__
from neuroimmune.diagnose.command import diagnose
from neuroimmune.errors import InputError, NeuroimmuneError
from neuroimmune.treatment_command import treatment

if TYPE_CHECKING:
    import pandas as pd

    from neuroimmune.cohorts import History
    from neuroimmune.course import Course
    from neuroimmune.protocol import Protocol
    from neuroimmune.simulation import Plan
    from neuroimmune.validation import Validation

app = typer.Typer(
    help="Simulate the human neuro-immune system in ME/CFS, fibromyalgia and functional neurological disorder. "
    "Research software: virtual persons, not medical advice.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(diagnose)
app.command()(treatment)
PREPARING = "preparing the model (compiled once on each machine: some seconds)"
PANELS = ("tnf", "il6", "il8", "il10", "temperature", "crp", "acth", "cortisol")


def main() -> None:
    """Run a command; an error that the user can mend is one message and exit code 2."""
    try:
        app()
    except NeuroimmuneError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        raise SystemExit(130) from None


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"neuroimmune {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
def run(
    protocols: Annotated[
        list[str],
        typer.Argument(
            metavar="PROTOCOL [PROTOCOL]",
            help="A shipped protocol, such as endotoxin or endotoxin:dose=1 ng/kg, or a TOML file; two are compared.",
        ),
    ],
    days: Annotated[
        float | None, typer.Option(help="How long to simulate [day]; the protocol's own if not given.")
    ] = None,
    people: Annotated[int, typer.Option(help="How many virtual people; 1 is the usual person.")] = 1,
    seed: Annotated[int, typer.Option(help="Seed of the people: the same seed, the same people.")] = 0,
    every: Annotated[
        float | None, typer.Option(help="Spacing of the saved times [hour]; 0.1, or 1 beyond three days.")
    ] = None,
    daily: Annotated[
        list[str] | None, typer.Option(help="Keep the mean, min or max of each day; may be given more than once.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help="Cut arrows of the body, such as immune-hpa,stress-heart; a wrong name lists them all."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the figure, the tables and the course.")] = None,
    treat: Annotated[
        list[str] | None,
        typer.Option(
            help='A treatment, such as "hydrocortisone 10 mg 08:00 from day 200"; may be given more than once.'
        ),
    ] = None,
    compare_twins: Annotated[
        bool, typer.Option("--compare", help="With --treat: one virtual person and the twin without, in many worlds.")
    ] = False,
    person: Annotated[
        int | None, typer.Option(help="With --compare: which person; the first who is ill then if not given.")
    ] = None,
    relevance: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TARGET=NUMBER", help="With --treat: how much a target matters; 0 if not given, 1 wholly."
        ),
    ] = None,
) -> None:
    """Simulate a protocol; where it was measured, hold the curves against the measurements. Two are compared."""
    if treat:
        from neuroimmune.treatment_command import run_treated

        if daily:
            raise InputError("--daily does not go with --treat: harms are read at hours of the day")
        run_treated(
            protocols, treat, days, people, seed, every, without or [], out, compare_twins, person, relevance or []
        )
        return
    if compare_twins or person is not None or relevance:
        raise InputError("--compare, --person and --relevance say how to treat: give a schedule with --treat too")
    import neuroimmune as ni
    from neuroimmune.compare import compare, drawn, origin
    from neuroimmune.files import whole_file
    from neuroimmune.plot import Line, plot_lines
    from neuroimmune.population import people as draw
    from neuroimmune.protocol import load_protocol

    if len(protocols) > 2:
        raise InputError(f"two protocols can be compared, not {len(protocols)}; a name with spaces needs quotes")
    arrows = [arrow.strip() for some in without or [] for arrow in some.split(",")]
    whats, body = [load_protocol(name) for name in protocols], ni.Body(without=arrows)
    lacking = f"without {', '.join(arrows)}" if arrows else ""
    days = max(what.days for what in whats) if days is None else days
    fine = min((what.every for what in whats if what.every), default=0.1 if days <= 3 else 1.0)
    every = (1.0 if daily else fine) if every is None else every
    who = draw(body, people, seed) if people != 1 else body
    show = list(dict.fromkeys(name for what in whats for name in what.show or PANELS))
    kept = [f"{name}_{reduction}" for name in show for reduction in daily] if daily else show
    folders: list[Path | None] = [None] * len(whats)
    if out is not None:
        writable(out)
        folders = [out] if len(whats) == 1 else [out / str(n) for n, _ in enumerate(whats, 1)]
    courses = [
        _solved(who, what, days, every, daily or [], show, kept, folder)
        for what, folder in zip(whats, folders, strict=True)
    ]
    lines = []
    for what, course, folder in zip(whats, courses, folders, strict=True):
        table = compare(course, what)
        print_course(course, what)
        if table is None:
            typer.echo("\nNothing was measured with these settings.")
        else:
            _print_comparison(table)
            if folder is not None:
                with whole_file(folder / f"{what.name}.csv") as part:
                    table.to_csv(part, index=False)
        name = ", ".join(filter(None, [what.label if len(whats) > 1 or lacking else "", lacking]))
        lines.append(Line(course, *origin(what), drawn(course, what), name))
    if lacking:
        typer.echo(f"\nThe body was {lacking}.")
    if len(whats) == 2:
        _print_side_by_side(lines, None if daily else ni.simulate(who, days=1, every=every, keep=show))
    if out is not None:
        figure = out / f"{'-and-'.join(dict.fromkeys(what.name for what in whats))}.png"
        plot_lines(lines, list(courses[0].values), figure)
        typer.echo(f"\nSaved in {out}: {', '.join(sorted(str(p.relative_to(out)) for p in _results(out)))}")
    for course in courses:
        print_failed(course)


def _solved(
    who: Any, what: "Protocol", days: float, every: float, daily: list[str], show: list[str], kept: list[str],
    out: Path | None,
) -> "Course":  # fmt: skip
    """The course of a protocol, in memory or in a folder that holds everything and lets a stopped run go on."""
    from neuroimmune.simulation import make_plan

    with status(PREPARING):
        plan = make_plan(who, what, days, every, daily, [] if out else show)
    return solved(plan, what.name, kept, out)


def solved(plan: "Plan", name: str, kept: list[str], out: Path | None) -> "Course":
    """The course of a plan, in memory or in a folder that holds everything and lets a stopped run go on."""
    from neuroimmune.simulation import check_solved, join, solve_batches
    from neuroimmune.storage import load, record

    with progress(f"simulating {name}") as told:
        if out is None:
            return join(plan, [part for _, part in solve_batches(plan, told)])
        try:
            course = load(record(plan, out / "course", told), kept)
        except KeyboardInterrupt:
            typer.echo(
                f"stopped; the batches that are complete stay in {out / 'course'}: run it again to go on", err=True
            )
            raise
        check_solved(course.failed, len(course))
        return course


def _results(out: Path) -> list[Path]:
    """The figure, the tables, and the folders of courses."""
    return [*out.glob("*.png"), *out.glob("**/*.csv"), *out.glob("**/course")]


@app.command()
def cohort(
    name: Annotated[
        str, typer.Argument(help="mononucleosis, cytomegalovirus, sars-cov-2, influenza, cold, unexposed or community.")
    ],
    people: Annotated[int, typer.Option(help="How many virtual people.")] = 1000,
    days: Annotated[float, typer.Option(help="How long they are followed after exposure [day].")] = 730.0,
    seed: Annotated[int, typer.Option(help="Seed of the people and their lives.")] = 0,
    without: Annotated[
        list[str] | None,
        typer.Option(help="Cut loops or arrows of the body, such as gut,glia; a wrong name lists them."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the figure, the tables (Parquet) and the course.")
    ] = None,
) -> None:
    """Follow virtual people after an infection, as cohorts of real people were: how many stay ill, and who."""
    import neuroimmune as ni
    from neuroimmune.cohorts import COHORTS, cohort_population, follow
    from neuroimmune.errors import nearest
    from neuroimmune.files import whole_file
    from neuroimmune.plot_cohort import plot_cohort
    from neuroimmune.simulation import BATCH_PEOPLE

    if name not in COHORTS:
        raise InputError(f"there is no cohort {name!r}{nearest(name, COHORTS)}")
    cut = [each.strip() for some in without or [] for each in some.split(",")]
    body = ni.Body(without=cut)
    if out is not None:
        writable(out)
    with status("drawing people who are healthy at rest (the model is compiled once on each machine: some seconds)"):
        population = cohort_population(name, people, seed, body)
        drawn = sum(population.rejected.values())
    with progress(f"following {people:,} people") as told:
        try:
            found = follow(name, population, days, out=None if out is None else out / "course", progress=told)
        except KeyboardInterrupt:
            if out is not None:
                complete = len(list((out / "course").glob("batch-*.zarr.zip")))
                typer.echo(
                    f"stopped; {complete} complete batches of up to {BATCH_PEOPLE:,} people stay in {out / 'course'}: "
                    "run it again to go on", err=True,
                )  # fmt: skip
            raise
    predictors = found.predictors(found.cohort.definitions[0])
    if out is not None:
        plot_cohort(found, out / f"{name}.png")
        tables = {"people": found.people_table(), "shares": found.shares(), "predictors": predictors}
        for table, content in tables.items():
            with whole_file(out / f"{table}.parquet") as part:
                content.to_parquet(part)
    _print_cohort(found, drawn, predictors)
    if cut:
        typer.echo(f"\nThe body was without {', '.join(cut)}.")
    if out is not None:
        typer.echo(f"\nSaved in {out}: {name}.png, people.parquet, shares.parquet, predictors.parquet, course")
    if found.failed:
        first = ", ".join(map(str, list(found.failed)[:10]))
        typer.echo(f"warning: {len(found.failed)} of {people} people could not be solved to the end: {first}", err=True)


@app.command()
def explain(
    what: Annotated[str, typer.Argument(help="loops: what keeps up illness, and from which strength on.")] = "loops",
    out: Annotated[Path | None, typer.Option(help="Folder for the figure and the tables.")] = None,
) -> None:
    """Show what each loop does as its strength grows: one steady state, two, or slow return; what would refute it."""
    from neuroimmune.errors import nearest
    from neuroimmune.files import whole_file
    from neuroimmune.loops import explain as explained
    from neuroimmune.loops import markdown, plot

    if what != "loops":
        raise InputError(f"there is nothing to explain about {what!r}{nearest(what, ['loops'])}")
    if out is not None:
        writable(out)
    with progress("following loops") as told:
        found = explained(progress=told)
    print_table("Loops", list(found.folds.columns), found.folds.to_dict("records"))
    print_table("In pairs", list(found.pairs.columns), found.pairs.to_dict("records"))
    if out is not None:
        plot(found, out / "loops.png")
        for name, table in {"alone": found.alone, "folds": found.folds, "pairs": found.pairs}.items():
            with whole_file(out / f"{name}.csv") as part:
                table.to_csv(part, index=False)
        with whole_file(out / "loops.md") as part:
            part.write_text(markdown(found), encoding="utf-8")
        typer.echo(f"\nSaved in {out}: loops.png, loops.md, alone.csv, folds.csv, pairs.csv")


@app.command()
def validate(
    quick: Annotated[bool, typer.Option("--quick", help="200 simulated studies instead of 1,000.")] = False,
    only: Annotated[str | None, typer.Option(help="One protocol, such as endotoxin.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON, and nothing else.")] = False,
    out: Annotated[Path | None, typer.Option(help="A CSV file for the rows.")] = None,
) -> None:
    """Hold the model against every published number: simulate its study many times, and judge it."""
    from neuroimmune.files import whole_file
    from neuroimmune.validation import QUICK, Size, as_json
    from neuroimmune.validation import validate as judged

    if out is not None:
        writable(out.parent)
    with progress("simulating studies") as told:
        found = judged(only=only, size=QUICK if quick else Size(), progress=told)
    if out is not None:
        with whole_file(out) as part:
            found.rows.to_csv(part, index=False)
    if json:
        typer.echo(as_json(found))
        return
    _print_validation(found)
    if out is not None:
        typer.echo(f"\nSaved {out}")


@app.command()
def model(
    system: Annotated[
        str | None,
        typer.Argument(help="One system, such as hpa, targets or drug, or body for the arrows; all if not given."),
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="The whole model as a Markdown page, equations in LaTeX.")
    ] = False,
) -> None:
    """Print states, equations, and parameters with units and sources."""
    import neuroimmune as ni
    from neuroimmune.describe import cited, part_named, parts
    from neuroimmune.describe import markdown as page
    from neuroimmune.treated import Agent, treated

    body = treated(ni.Body(), {"drug": Agent()})
    if markdown:
        typer.echo(page(body), nl=False)
        return
    shown = parts(body) if system is None else {system: part_named(body, system)}
    for name, one in shown.items():
        _print_system(name, one)
    _print_sources(cited(*shown.values()))


@app.command()
def export(
    format: Annotated[str, typer.Option("--format", help="sbml or antimony.")] = "sbml",
    protocol: Annotated[str | None, typer.Option(help="Include the events of this protocol.")] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; printed if not given.")] = None,
) -> None:
    """Write the model, at rest at midnight, for other simulators: SBML Level 3 or Antimony."""
    import neuroimmune as ni
    from neuroimmune.engine.export import antimony, sbml
    from neuroimmune.errors import nearest
    from neuroimmune.files import whole_file
    from neuroimmune.protocol import Protocol, events, load_protocol
    from neuroimmune.provenance import DISCLAIMER
    from neuroimmune.simulation import resting_state

    writers = {"sbml": sbml, "antimony": antimony}
    if format not in writers:
        raise InputError(f"cannot export as {format!r}{nearest(format, writers)}")
    body = ni.Body()
    what = load_protocol(protocol) if protocol else Protocol()
    model, start = resting_state(body)
    text = writers[format](model, events(what, body), start.tolist(), f"neuroimmune {__version__}. {DISCLAIMER}")
    if out is None:
        typer.echo(text, nl=False)
        return
    with whole_file(out) as part:
        part.write_text(text, encoding="utf-8")
    typer.echo(f"Saved {out}")


def writable(folder: Path) -> None:
    """Tell now, not after the work, that a folder cannot be written."""
    from neuroimmune.errors import SavedFileError

    probe = folder / ".probe.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SavedFileError(f"cannot write to {folder}: {error.strerror}; choose another folder with --out") from None


def console(stderr: bool = False) -> Any:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


@contextmanager
def status(text: str) -> Iterator[None]:
    with console(stderr=True).status(text):
        yield


@contextmanager
def progress(label: str) -> Iterator[Callable[[float], None]]:
    """A bar with the time left, for what takes over two seconds; call what it yields with the share that is done."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn(label),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
        console=console(stderr=True),
    )
    task = bar.add_task(label, total=1.0)
    begun = time.monotonic()

    def told(share: float) -> None:
        if time.monotonic() - begun > 2 and not bar.live.is_started:
            bar.start()
        bar.update(task, completed=share)

    try:
        yield told
    finally:
        bar.stop()


def print_course(course: "Course", what: "Protocol") -> None:
    import numpy as np

    from neuroimmune.compare import before, origin

    zero, since = origin(what)
    who = f"medians of {len(course):,} people" if len(course) > 1 else "one usual person"
    first, rows = before(course, zero), []
    same_hour = np.flatnonzero(np.abs((course.times - course.times[first] + 12.0) % 24.0 - 12.0) < 1e-6)
    last = int(same_hour[-1]) if same_hour[-1] > first else -1  # of what has a rhythm, another hour tells nothing
    for name, values in course.values.items():
        middle = np.nanmedian(values, axis=0).astype(float)
        top = int(np.nanargmax(middle))
        row = {
            "": name,
            "before": middle[first],
            "highest": middle[top],
            "at hour": course.times[top] - zero,
        }
        rows.append(row | {"at the end": middle[last], "unit": course.variables[name].unit})
    print_table(f"{what.title or what.name}: {who}, hours since {since}", list(rows[0]), rows)


def _print_side_by_side(lines: list[Any], quiet: "Course | None") -> None:
    """The largest difference between what two protocols change, each counted from its own beginning.

    Change is from the same people's quiet day at the same hour of the clock; of daily summaries, from nothing.
    """
    import numpy as np

    def change(line: Any, name: str) -> Any:
        values = line.course.values[name].astype(float)
        if quiet is not None:
            clock = line.course.times % 24.0
            values = values - [np.interp(clock, quiet.times, usual) for usual in quiet.values[name]]
        return np.nanmedian(values, axis=0)

    rows = []
    for name in lines[0].course.values:
        middles = [change(line, name) for line in lines]
        hours = np.intersect1d(*(np.round(line.course.times - line.zero, 6) for line in lines))
        hours = hours[hours >= 0]
        one, other = (
            np.interp(hours, line.course.times - line.zero, middle) for line, middle in zip(lines, middles, strict=True)
        )
        most = int(np.nanargmax(np.abs(other - one)))
        unit = lines[0].course.variables[name].unit
        rows.append({"": name, "first": one[most], "second": other[most], "at hour": hours[most], "unit": unit})
    what = "Where they differ most" if quiet is None else "Where they differ most, as changes from a quiet day"
    title = f"{what}: first {lines[0].name}; second {lines[1].name}"
    print_table(title, list(rows[0]), rows)


def _print_cohort(found: "History", turned_away: int, predictors: "pd.DataFrame") -> None:
    """Shares at the usual visits beside what cohorts found, the course of illness, and who stays ill."""
    import numpy as np

    from neuroimmune.cohorts import DEFINITIONS, TABLE_MONTHS, bands, week_of
    from neuroimmune.plot_cohort import STUDY, observed_shares

    about, seen, rows = found.cohort, observed_shares(found), []
    visits = [months for months in TABLE_MONTHS if week_of(months) <= found.last_week]
    since = "onset" if about.from_onset else "infection" if about.protocol else "the start"
    for definition in about.definitions:
        for months in visits:
            mine = seen.loc[(seen.quantity == definition) & ((seen.time_h / 168.0).round() == week_of(months))]
            n = int(min(mine.n.max(), 2000)) if mine.n.notna().any() else STUDY
            week = np.array([week_of(months)])
            low, _, high = (each[0] for each in bands(found, definition, week, n))
            cohorts = "; ".join(
                f"{row.study} {row.value:g}{'' if row.checked == 'verified' else '*'}" for row in mine.itertuples()
            )
            rows.append(
                {"definition": definition, "months": months, "ill [%]": 100 * found.ill(definition, week).mean(),
                 "95 %": f"{low:.1f} to {high:.1f}", "of": n, "cohorts": cohorts}
            )  # fmt: skip
    who = f"{int(found.enrolled.sum()):,} of {len(found.enrolled):,} people enrolled"
    if not rows:
        typer.echo(
            f"\n{about.meaning}: {who}; followed for {found.last_week} weeks. The first visit is after "
            f"{week_of(TABLE_MONTHS[0])} weeks: ask for --days {7 * week_of(TABLE_MONTHS[0])} or more"
        )
        return
    print_table(f"{about.meaning}: {who}, months since {since}", list(rows[0]), rows)
    notes = [
        f"95 %: what simulated studies show, of so many people as the column says ({STUDY} where no cohort does), who "
        "are told by the symptoms of a month, however long they have had them.",
        f"{turned_away:,} times somebody was turned away for not being healthy at rest (pulse, cortisol, IL-6, CRP, "
        "fatigue).",
    ]
    if (seen.checked != "verified").any():
        notes.insert(1, "* recalled, nobody has seen it in a source.")
    if about.protocol and not about.from_onset:
        notes.append("People to whom nothing happens fall ill too: see `neuroimmune cohort unexposed`.")
    console().print("\n".join(notes))
    for definition in about.definitions[:1]:
        course = found.course_of_illness(definition)
        if course:
            title = f"Course of illness: {DEFINITIONS[definition][0]}"
            print_table(title, ["", "%"], [{"": name, "%": float(value)} for name, value in course.items()])
    if len(predictors):
        what = DEFINITIONS[about.definitions[0]][0]
        print_table(
            f"Odds ratios of {what} at six months, with 95 % intervals",
            list(predictors.columns),
            predictors.to_dict("records"),
        )
        console().print("Strengths of loops are known of virtual people only.")
    else:
        console().print("No odds ratios: they need sixty ill and sixty well people after half a year.")


def _print_comparison(rows: "pd.DataFrame") -> None:
    from neuroimmune.compare import by_curve, far_off

    curves = by_curve(rows)
    print_table("Observed and predicted", list(curves.columns), curves.to_dict("records"))
    misses = rows.loc[far_off(rows)].to_dict("records")
    wanted = ("quantity", "time_h", "observed", "sd", "n", "predicted", "ratio", "unit", "study")
    console().print(
        "Rises above the value before the dose, where the study gives one; the median ratio is predicted to observed.\n"
        "Points that this course cannot show are not compared. * nobody has yet seen the number in a source.\n"
        "`neuroimmune validate` judges each by what studies of as many people could have shown."
    )
    if misses:
        print_table(
            "Every point that is off by more than twice",
            list(wanted),
            [{k: row[k] for k in wanted} for row in misses],
        )


def _print_validation(found: "Validation") -> None:
    from neuroimmune.validation import VERDICTS, headline

    wanted = ("id", "observed", "predicted", "low", "high", "sharpness", "verdict")
    judged = found.rows.loc[found.rows.verdict.isin(["outside", "uninformative", "inside"])]
    shown = judged.assign(id=judged["id"].str.slice(0, 36))
    print_table("Every published number that is judged", list(wanted), shown.to_dict("records"))
    others = len(found.rows) - len(judged)
    console().print(
        f"\n{others} more are shown by --out and --json only: not verified, without a number of people, ..."
    )
    wanted = ("study", "quantity", "role", "points", "share", "sharpness", "verdict")
    print_table("Every curve: all points of a study and quantity", list(wanted), found.curves.to_dict("records"))
    console().print()
    for verdict, meaning in VERDICTS.items():
        console().print(f"[bold]{verdict}[/]: {meaning}")
    console().print("[bold]share[/]: of the simulated studies, that are at least as far off as the observed one")
    console().print("[bold]sharpness[/]: width of the interval over its width from sampling alone\n")
    for line in headline(found):
        console().print(line)
    if found.size.studies < 1000:
        console().print(
            f"From {found.size.studies} simulated studies of each; without --quick borderline curves may differ."
        )


def print_table(title: str, headings: list[str], rows: list[dict[Any, Any]]) -> None:
    from rich.table import Table

    table = Table(title=f"\n{title}", title_justify="left", box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        text = all(isinstance(row[heading], str) for row in rows)
        if heading in ("cohorts", "side effect", "event"):  # may be long
            table.add_column(heading)
            continue
        table.add_column(
            heading.replace("_h", " [h]").replace("[", r"\["), justify="left" if text else "right", no_wrap=True
        )
    for row in rows:
        table.add_row(*(_cell(row[heading]) for heading in headings))
    console().print(table)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{round(value, 6):.3g}"
    return str(value).replace("[", r"\[")


def print_failed(course: "Course") -> None:
    if course.failed:
        first = "; ".join(
            f"person {n} at hour {hour:.1f}: {why}" for n, (hour, why) in list(course.failed.items())[:10]
        )
        typer.echo(
            f"warning: {len(course.failed)} of {len(course)} people could not be solved to the end: {first}", err=True
        )
    if course.not_at_rest:
        typer.echo(
            f"warning: {len(course.not_at_rest)} people have no resting day to start from: {course.not_at_rest[:10]}",
            err=True,
        )


def _print_system(name: str, system: Any) -> None:
    from rich.syntax import Syntax
    from rich.table import Column, Table

    from neuroimmune.describe import (
        HEADINGS,
        in_words,
        own_states,
        parameter_rows,
        passed,
        quantity_rows,
        written_equations,
    )

    screen = console()
    screen.rule(name, align="left")
    screen.print(in_words(system), markup=False)
    states = own_states(system)
    inputs, outputs = passed(system)
    for headings, rows in (
        (("state", "start", "unit", "meaning"), quantity_rows(states)),
        (("input", "usual", "unit", "meaning"), quantity_rows(inputs)),
        (("read-out", "", "unit", "meaning"), quantity_rows(outputs)),
        (HEADINGS, parameter_rows(system)),
    ):
        if rows:
            table = Table(
                *(Column(h, overflow="fold") for h in headings), box=None, header_style="bold", pad_edge=False
            )
            for row in rows:
                table.add_row(*(cell.replace("[", r"\[") for cell in row))
            screen.print()
            screen.print(table)
    screen.print()
    screen.print(Syntax(written_equations(system), "python", background_color="default", word_wrap=True))
    screen.print()


def _print_sources(entries: dict[str, Any]) -> None:
    screen = console()
    screen.rule("sources", align="left")
    for key, entry in entries.items():
        screen.print(f"{key}: {entry.citation}", markup=False, soft_wrap=True)
