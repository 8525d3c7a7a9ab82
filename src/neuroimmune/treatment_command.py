"""`neuroimmune treatment`, and `neuroimmune run --treat`: cards, treated people, and twins."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from neuroimmune.errors import InputError

if TYPE_CHECKING:
    from neuroimmune.course import Course
    from neuroimmune.treatment import Treatment
    from neuroimmune.twins import Twins

AFTER = 28.0  # days that are followed after the last dose, if nobody says how long
OPEN_ENDED = 84.0  # days of a course without an end
SHORT = True
NO_EVIDENCE = "There is no condition in which all that is given here has controlled evidence"
WATCHED = ("adrenal_mass", "neutrophils", "alt", "igg", "infection_hazard")


def treatment(
    name: Annotated[
        str | None, typer.Argument(help="A treatment, or a TOML file of your own; all if not given.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the card and its figure.")] = None,
) -> None:
    """Show what is known of a treatment: targets, kinetics, harms, evidence for and against, and what is assumed."""
    from neuroimmune.treatment import all_treatments, load_treatment

    if name is None:
        if out is not None:
            raise InputError("--out saves the card of one treatment: say which")
        _print_all([load_treatment(each) for each in all_treatments()])
        return
    from rich.markdown import Markdown

    from neuroimmune.cards import card, example_of
    from neuroimmune.cli import PREPARING, console, status, writable
    from neuroimmune.files import whole_file
    from neuroimmune.plot_treatment import plot_card
    from neuroimmune.provenance import DISCLAIMER

    known = load_treatment(name)
    text = "\n".join(card(name))
    console().print(Markdown(text))
    typer.echo(f"\n{DISCLAIMER}")
    if out is not None:
        writable(out)
        with status(PREPARING):
            example = example_of(known)
        plot_card(known, example, out / f"{known.name}.png")
        with whole_file(out / f"{known.name}.md") as part:
            part.write_text(f"{text}\n\n![{known.file.title}]({known.name}.png)\n\n{DISCLAIMER}\n", encoding="utf-8")
        typer.echo(f"\nSaved in {out}: {known.name}.md, {known.name}.png")


def run_treated(
    protocols: list[str], schedules: list[str], days: float | None, people: int, seed: int, every: float | None,
    without: list[str], out: Path | None, compare: bool, person: int | None, relevance: list[str],
) -> None:  # fmt: skip
    """Follow people through a protocol under treatment, and the same people on placebo or without."""
    import neuroimmune as ni
    from neuroimmune.cli import writable
    from neuroimmune.protocol import load_protocol
    from neuroimmune.treating import read_courses
    from neuroimmune.treatment import MATTERS_AS
    from neuroimmune.twins import RELEVANT

    if len(protocols) > 1:
        raise InputError(f"with --treat one protocol is followed, not {len(protocols)}: {', '.join(protocols)}")
    if compare and people != 1:
        raise InputError("--compare follows one virtual person in many worlds; leave out --people")
    if person is not None and not compare:
        raise InputError("--person says whom to compare with a twin: give --compare too")
    if compare and every is not None:
        raise InputError("--compare reads symptoms once a day; leave out --every")
    if compare and relevance:
        raise InputError("--compare draws how much targets matter; leave out --relevance")
    if person is not None and person < 0:
        raise InputError(f"a person is a number from 0, not {person}")
    what, courses = load_protocol(protocols[0]), read_courses(schedules)
    last = max(c.last if c.last < float("inf") else c.first + OPEN_ENDED for c in courses)
    days = max(what.days if what.happenings else 0.0, last + AFTER) if days is None else days
    body = ni.Body(without=[arrow.strip() for some in without for arrow in some.split(",")])
    if out is not None:
        writable(out)
    _print_schedules(courses, days)
    reached = {MATTERS_AS.get(t, t) for c in courses for t in c.treatment.targets}
    for target in (found := _relevances(relevance)):
        if target in RELEVANT and target not in reached:
            possible = ", ".join(sorted(reached)) or "no target"
            raise InputError(f"no treatment here reaches {target}; they reach {possible}")
    if compare:
        _compare(schedules, what, days, body, person, seed, out)
        return
    naive = any(h.what.startswith("ebv") for h in what.happenings)  # whoever carries the virus does not catch it
    who = ni.Population(people, seed, body, carriers=False if naive else None) if people != 1 else body
    _treat(who, courses, what, days, every, found, out)


def _print_schedules(courses: Any, days: float) -> None:
    """What is going to be given, as it was understood, and where that is far from the example of the file."""
    from neuroimmune.cli import console
    from neuroimmune.schedule import read_schedule

    for course in courses:
        text = course.in_words()
        usual = read_schedule(course.treatment.file.example, course.treatment).a_week_given
        if usual and not 0.5 <= course.a_week_given / usual <= 2.0:
            here = f"{course.a_week_given:g} {course.counted_in}"
            text += f"; the example of its file gives {usual:g} a week, this {here}"
        if days < course.last < float("inf"):
            text += f"; the simulation ends before, on day {days:g}"
        console().print(text)


def _print_grades(courses: Any) -> None:
    """What was found of each treatment in each condition."""
    from neuroimmune.cli import console
    from neuroimmune.treatment import ILLNESSES

    for course in {c.treatment.name: c for c in courses}.values():
        grades = "; ".join(f"{c}: {course.treatment.grade(c)}" for c in ILLNESSES)
        console().print(f"\n[bold]{course.treatment.file.title}[/]: {grades}.")


def _relevances(texts: list[str]) -> dict[str, float]:
    found = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise InputError(f"cannot read --relevance {text!r}: write TARGET=NUMBER, as in glia_calmed=0.5") from None
    return found


def _treat(
    who: Any, courses: Any, what: Any, days: float, every: float | None, relevance: dict[str, float], out: Path | None
) -> None:
    """Both arms, what differs between them, harms, and what was found of each treatment."""
    from neuroimmune.cli import console, print_course, print_failed
    from neuroimmune.plot import SYMPTOMS
    from neuroimmune.plot_treatment import names_to_show
    from neuroimmune.provenance import DISCLAIMER
    from neuroimmune.twins import controlled

    symptoms = bool(controlled(courses))
    show = [n for n in what.show or ("acth", "cortisol", "il6", "crp", "fatigue") if symptoms or n not in SYMPTOMS]
    show = list(dict.fromkeys([*names_to_show(courses), *show, *WATCHED]))
    every = (0.1 if days <= 3 else 1.0) if every is None else every
    other_arm = "untreated" if any(c.treatment.file.kind == "behaviour" for c in courses) else "placebo"
    treated, other = _both_arms(who, courses, what, days, every, relevance, show, other_arm, out)
    show = [n for n in show if n not in WATCHED or _apart(treated, other, n)]
    print_course(_only(treated, show), what)
    _print_apart(treated, other, show, other_arm)
    _print_harms(treated, other)
    if len(treated) == 1:
        console().print("One usual person lives no daily life, so catches nothing by chance: see --people.")
    _print_grades(courses)
    if not symptoms:
        console().print(f"{NO_EVIDENCE}: what this does to symptoms is not shown.")
    elif not relevance and not any(c.treatment.acts_by_itself for c in courses):
        console().print(
            "Whether its targets matter for illness is not known, so nothing comes of that here; explore with "
            "--relevance, or see --compare."
        )
    console().print(f"\n{DISCLAIMER}")
    if out is not None:
        figure = _draw_arms(treated, other, other_arm, what, show, out)
        typer.echo(f"\nSaved in {out}: {figure}, treated, {other_arm}")
    for arm in (treated, other):
        print_failed(arm)


def _both_arms(
    who: Any, courses: Any, what: Any, days: float, every: float, relevance: dict[str, float], show: list[str],
    other_arm: str, out: Path | None,
) -> "list[Course]":  # fmt: skip
    """The same people treated and not."""
    from neuroimmune.cli import PREPARING, solved, status
    from neuroimmune.harms import NEEDED
    from neuroimmune.treating import treatment_plan

    kept = list(dict.fromkeys([*show, *NEEDED, "belief"]))
    arms = []
    for name in ("treated", other_arm):
        with status(PREPARING):
            options: Any = {"relevance": relevance, "arm": name, "keep": [] if out else kept}
            plan = treatment_plan(who, courses, what, days, every, **options)
        arms.append(solved(plan, name, kept, None if out is None else out / name))
    return arms


def _draw_arms(treated: "Course", other: "Course", other_arm: str, what: Any, show: list[str], out: Path) -> str:
    """A figure of both arms; its name."""
    from neuroimmune.compare import origin
    from neuroimmune.plot import Line, plot_lines

    zero, since = origin(what)
    lines = [Line(treated, zero, since, None, "treated"), Line(other, zero, since, None, other_arm)]
    name = f"{what.name}-treated.png"
    plot_lines(lines, show, out / name)
    return name


def _only(course: "Course", names: list[str]) -> "Course":
    from neuroimmune.course import Course

    values = {name: course.values[name] for name in names}
    return Course(course.times, values, course.variables, course.people, course.failed, course.not_at_rest, {})


def _apart(treated: "Course", other: "Course", name: str) -> bool:
    """Whether the medians of two courses differ anywhere by more than a thousandth."""
    import numpy as np

    one, two = (np.nanmedian(c.values[name].astype(float), axis=0) for c in (treated, other))
    return bool(np.abs(one - two).max() > 1e-3 * max(np.abs(two).max(), 1e-9))


def _print_apart(treated: "Course", other: "Course", names: list[str], other_arm: str) -> None:
    """Where both courses differ most, as medians."""
    import numpy as np

    from neuroimmune.cli import print_table

    rows = []
    for name in names:
        one, two = (np.nanmedian(c.values[name].astype(float), axis=0) for c in (treated, other))
        most = int(np.nanargmax(np.abs(one - two)))
        if _apart(treated, other, name):
            rows.append(
                {
                    "": name, "treated": float(one[most]), "other": float(two[most]),
                    "on day": float(treated.times[most] // 24), "unit": treated.variables[name].unit,
                }
            )  # fmt: skip
    what = "the same on placebo" if other_arm == "placebo" else "the same untreated"
    if rows:
        print_table(f"Where treated people differ most from {what} (other), medians", list(rows[0]), rows)


def _print_harms(treated: "Course", other: "Course") -> None:
    """Events of both arms; those of who lives no daily life are of their own body only."""
    from neuroimmune.cli import console, print_table
    from neuroimmune.harms import harms

    try:
        found = harms(treated, other)
    except InputError as error:
        console().print(f"\nHarms are not told: {error}")
        return
    if len(found):
        print_table("Harms, in % of people, and days a person", list(found.columns), found.to_dict("records"))
    else:
        console().print("\nNone of the harms that are watched happened in either arm.")


def _compare(
    schedules: list[str], what: Any, days: float, body: Any, person: int | None, seed: int, out: Path | None
) -> None:
    import numpy as np

    from neuroimmune.cli import console, print_table, progress
    from neuroimmune.files import whole_file
    from neuroimmune.plot_treatment import plot_twins
    from neuroimmune.provenance import DISCLAIMER
    from neuroimmune.twins import compare_twins, controlled

    with progress("following both twins in many worlds") as told:
        twins = compare_twins(schedules, what, days, body=body, person=person, seed=seed, progress=told)
    say, evidence = console().print, controlled(twins.courses)
    say(
        f"\nVirtual person {twins.person} and the twin, in {twins.worlds} worlds: all that was fitted is drawn from "
        "what the fits left open, all that is assumed about its value, and how much targets matter from a spike at "
        f"nothing and a narrow slab about it. {_lost(twins)}"
    )
    harms = twins.harms()
    _print_grades(twins.courses)
    if evidence:
        table = twins.outcomes()
        title = "Treated less twin, mean of the last four weeks of treatment, of 100 (less is better)"
        print_table(title, list(table.columns), table.to_dict("records"))
        say("-10, +10: in how many worlds the difference is so large. assumed: share of the variance between worlds.")
        if all((np.abs(found) < 1e-3).all() for found in twins.differences.values()):
            say("The same in all worlds: in this person, who lives no daily life here, nothing leads to symptoms.")
        say(_expected(twins))
    else:
        say(f"{NO_EVIDENCE}: no outcome is shown, harms are.")
    print_table("What is watched, over the whole time", list(harms.columns), harms.to_dict("records"))
    for course in {c.treatment.name: c for c in twins.courses}.values():
        _print_side_effects(course.treatment)
    say(f"\nOne virtual person is no patient, and nothing is ranked. {DISCLAIMER}")
    if out is not None:
        saved = ["harms.csv"]
        with whole_file(out / "harms.csv") as part:
            harms.to_csv(part, index=False)
        if evidence:
            plot_twins(twins, out / "twins.png")
            with whole_file(out / "outcomes.csv") as part:
                twins.outcomes().to_csv(part, index=False)
            saved += ["outcomes.csv", "twins.png"]
        typer.echo(f"\nSaved in {out}: {', '.join(saved)}")


def _lost(twins: "Twins") -> str:
    why = "this person would not be healthy at rest in them, or could not be solved"
    return f"{twins.lost} more worlds were left out: {why}." if twins.lost else ""


def _expected(twins: "Twins") -> str:
    blinded, opened = twins.said("fatigue", 0.5), twins.said("fatigue", 0.95)
    trial = "" if twins.behaviour else f"{blinded:.1f} less fatigue in a blinded trial and "
    return (
        f"By expectation and attention alone the treated twin would report {trial}{opened:.1f} less "
        f"{'fatigue in an open trial' if twins.behaviour else 'in an open one'}, whatever the treatment does."
    )


def _print_side_effects(treatment: "Treatment") -> None:
    from neuroimmune.cli import console, print_table

    rows = [
        {"side effect": f"{s.name} (serious)" if s.serious else s.name, "treated [%]": 100 * s.treated.value,
         "placebo [%]": 100 * s.placebo.value}
        for s in treatment.file.side_effect
    ]  # fmt: skip
    if rows:
        title = f"Side effects of {treatment.file.title.lower()}, as published for usual doses, not for this course"
        print_table(title, list(rows[0]), rows)
    else:
        console().print(f"Side effects of {treatment.file.title.lower()}: no number was found; unknown, not none.")


def _print_all(treatments: "list[Treatment]") -> None:
    from neuroimmune.cli import console, print_table
    from neuroimmune.treatment import ILLNESSES

    rows = [
        {"name": t.name} | {condition: t.grade(condition, SHORT) for condition in ILLNESSES}
        for t in treatments
    ]  # fmt: skip
    print_table("Treatments, and what was found, by design and direction alone", list(rows[0]), rows)
    console().print(
        "\nb: blinded trials; o: open trials only; u: nothing controlled; -: nothing. "
        "`neuroimmune treatment NAME` has more."
    )
