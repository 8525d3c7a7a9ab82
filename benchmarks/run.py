"""`make bench`: speed, accuracy, start-up and memory, as a table and in results.json.

Speed is taken by turns with libRoadRunner on the same people, and the best of the rounds is
reported of both: what else a machine does only slows.
An error is the largest over all states and saved times of four people, in parts of each state's range over their
course, against CVODE at 1e-8.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from body import benchmark_body
from peer import Peer

import neuroimmune as ni
from neuroimmune.engine.events import BOLUS, Event
from neuroimmune.engine.kernel import compiled
from neuroimmune.engine.lanes import advance, cores, gather
from neuroimmune.engine.reference import solve
from neuroimmune.engine.trace import trace
from neuroimmune.quantity import System, with_parameters
from neuroimmune.simulation import parameter_rows

HERE = Path(__file__).parent
DAYS, COMPARED, LIMIT = 365, 4, 1e-3
DOSE_AT = 5 * 24 + 9.0
SPEED, CORE = "patient-years/s", "patient-years/s/core"

RECORD = """
import resource, sys, neuroimmune as ni
from neuroimmune.simulation import make_plan
from neuroimmune.storage import record
record(make_plan(ni.people(ni.Body(), {people}), days={days}, {options}), {folder!r})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
"""

DIAGNOSE = """
from neuroimmune.diagnose import diagnose, read
from neuroimmune.diagnose.writing import write
write(diagnose(read({answers!r})), {results!r})
"""


@dataclass
class Result:
    """One line of the table. `reference` is libRoadRunner's speed on one core; `ratio` is ours per core to that."""

    name: str
    value: float
    unit: str
    reference: float | None = None
    ratio: float | None = None
    max_relative_error: float | None = None


def speed(name: str, body: System, dose: float, people: int, rounds: int) -> Iterator[Result]:
    """Patient-years per second of a body with a bolus on board, saved daily, beside libRoadRunner's."""
    model = trace(body)
    kernel = compiled(model)
    group = ni.people(body, people)
    rows = parameter_rows(model, group)
    start = np.array([q.value for q in model.states.values()])
    starts, levels = np.tile(start, (people, 1)), np.tile([q.value for q in model.inputs.values()], (people, 1))
    events = [Event(DOSE_AT, BOLUS, list(model.states).index("endotoxin"), dose)]
    name = f"{name} ({len(start)} states, {rows.shape[1]} parameters)"

    exact, size = [], []
    for person in range(COMPARED):
        progress(f"{name}: CVODE at 1e-8, person {person + 1} of {COMPARED}")
        one = with_parameters(body, {n: float(v[person]) for n, v in group.traits.items()})
        hourly = solve(one, list(range(24 * DAYS + 1)), events, start.tolist())
        exact.append(hourly[::24])
        size.append(np.ptp(hourly, axis=0))

    def error(person: int, states: np.ndarray) -> float:
        moved = size[person] > 0
        return float(np.max(np.abs(states - exact[person])[:, moved] / size[person][moved]))

    progress(f"{name}: the fastest setting of libRoadRunner")
    peer = Peer(model, rows[:COMPARED], start, events, DAYS)
    found = peer.fastest(error, LIMIT)
    threads = min(2, cores())
    seconds: dict[int, list[float]] = {threads: [], 1: []}
    theirs, ours = [], np.empty(0)
    for n in range(rounds):
        progress(f"{name}: round {n + 1} of {rounds}")
        for count, taken in seconds.items():
            crowd = gather(kernel, starts, rows, levels, [events])
            begun = time.perf_counter()
            ours = advance(crowd, np.arange(DAYS + 1) * 24.0, threads=count)[0]
            taken.append(time.perf_counter() - begun)
        if found:
            theirs.append(statistics.mean(peer.solve(found[0], person)[1] for person in range(COMPARED)))
    reference = 1 / min(theirs) if theirs else None
    our_error = max(error(person, ours[person]) for person in range(COMPARED))
    for count, taken in seconds.items():
        value = people / min(taken)
        ratio = value / count / reference if reference else None
        yield Result(f"{name}, {count} thread{'s' * (count > 1)}", value, SPEED, reference, ratio, our_error)
    if reference and found:
        yield Result(f"{name}, libRoadRunner {peer.version}, {found[0]}", reference, CORE, max_relative_error=found[1])
    else:
        progress(f"{name}: libRoadRunner solves all {COMPARED} people to {LIMIT:g} with none of its settings")


def one_person(repeats: int) -> Iterator[Result]:
    """A year of one person through the public function, once compiled and at rest."""
    for name, body in (("Body", ni.Body()), ("benchmark body", benchmark_body())):
        progress(f"one person, {name}")
        ni.simulate(body, days=DAYS, every=24)
        taken = [seconds(lambda b=body: ni.simulate(b, days=DAYS, every=24)) for _ in range(repeats)]
        yield Result(f"one person, one year, {name}", 1000 * statistics.median(taken), "ms")


def processes(repeats: int) -> Iterator[Result]:
    """Whole processes: the first on a machine, which compiles, one after it, and the command line's help."""
    bodies = {
        "Body": "import neuroimmune as ni; ni.simulate(ni.Body(), 'endotoxin', days=1)",
        "benchmark body": f"import sys; sys.path.insert(0, {str(HERE)!r}); from body import benchmark_body; "
        "import neuroimmune as ni; ni.simulate(benchmark_body(), days=1)",
    }
    for name, code in bodies.items():
        progress(f"processes, {name}")
        with tempfile.TemporaryDirectory() as cache:
            first, *later = [run(["-c", code], NEUROIMMUNE_CACHE=cache)[1] for _ in range(1 + repeats)]
        yield Result(f"first process, compiling, {name}", first, "s")
        yield Result(f"second process, {name}", statistics.median(later), "s")
    progress("--help")
    command = ["-c", "import sys; sys.argv = ['neuroimmune', '--help']; from neuroimmune.cli import main; main()"]
    yield Result("neuroimmune --help, best of 5", min(run(command)[1] for _ in range(5)), "s")


def many(people: int) -> Iterator[Result]:
    """People streamed to disk for a year: the peak memory of the process, its time, and the size on disk."""
    for name, options in (
        ("daily means and highest values, hourly steps", "every=1, daily=('mean', 'max')"),
        ("daily snapshots", "every=24"),
    ):
        progress(f"{people} people: {name}")
        with tempfile.TemporaryDirectory() as folder:
            code = RECORD.format(people=people, days=DAYS, options=options, folder=folder)
            printed, taken = run(["-c", code])
            size = sum(f.stat().st_size for f in Path(folder).iterdir())
        name = f"{people} people, one year, {name}"
        yield Result(f"{name}: peak memory", int(printed) / 1e9, "GB")
        yield Result(f"{name}: time", taken, "s")
        yield Result(f"{name}: on disk", size / 1e9, "GB")


def questionnaires(people: int, repeats: int) -> Iterator[Result]:
    """Every score and verdict of people who answered every question, from a CSV file to a CSV file."""
    import pyarrow as pa
    import pyarrow.csv

    from neuroimmune.diagnose.practice import practice

    progress(f"{people} respondents")
    with tempfile.TemporaryDirectory() as folder:
        answers, results = Path(folder) / "answers.csv", Path(folder) / "results.csv"
        given = practice(people)
        columns = {name: pa.array(values, from_pandas=True) for name, values in given.columns.items()}
        pyarrow.csv.write_csv(pa.table({"person": given.people} | columns), answers)
        code = DIAGNOSE.format(answers=str(answers), results=str(results))
        taken = min(run(["-c", code])[1] for _ in range(repeats))
    yield Result(f"{people} respondents, {len(columns)} answers each, diagnosed from file to file", taken, "s")


def run(arguments: list[str], **environment: str) -> tuple[str, float]:
    """What a new Python process printed, and the seconds it took."""
    begun = time.perf_counter()
    command, surroundings = [sys.executable, *arguments], os.environ | environment
    done = subprocess.run(command, env=surroundings, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout, time.perf_counter() - begun


def seconds(function: Callable[[], Any]) -> float:
    """How long a call takes."""
    begun = time.perf_counter()
    function()
    return time.perf_counter() - begun


def progress(text: str) -> None:
    """Say on the terminal's error stream what is being measured."""
    print(f"  {text}", file=sys.stderr, flush=True)


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    packages = ("neuroimmune", "numba", "llvmlite", "numpy", "libroadrunner", "antimony")
    return {
        "date": date.today().isoformat(),
        "processor": models[0] if models else platform.processor(),
        "cores": cores(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        **{name: version(name) for name in packages},
    }


def table(results: list[Result]) -> None:
    """Print the results, one a line."""
    from rich.console import Console
    from rich.table import Table

    lines = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("", "value", "unit", "libRoadRunner", "ratio per core", "error"):
        lines.add_column(heading, justify="left" if heading in ("", "unit") else "right")
    for r in results:
        shown = (r.reference, ".3g"), (r.ratio, ".0f"), (r.max_relative_error, ".1e")
        numbers = ["" if value is None else format(value, style) for value, style in shown]
        lines.add_row(r.name, f"{r.value:.4g}" if r.value < 1000 else f"{r.value:.0f}", r.unit, *numbers)
    Console(width=None if sys.stdout.isatty() else 160).print(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few people, to see that it runs; writes nothing")
    parser.add_argument("--out", type=Path, help="file for the results, also with --quick (default: results.json)")
    given = parser.parse_args()
    quick = given.quick
    people, rounds = (128, 2) if quick else (1024, 7)
    results: list[Result] = []
    for measured in (
        speed("benchmark body", benchmark_body(), 1.0, people, rounds),
        speed("larger body", benchmark_body(32), 1.0, people, rounds),
        speed("Body", ni.Body(), 2.0, people, rounds),
        one_person(3 if quick else 9),
        processes(1 if quick else 5),
        many(2_000 if quick else 100_000),
        questionnaires(2_000 if quick else 100_000, 1 if quick else 3),
    ):
        for result in measured:
            progress(f"{result.name}: {result.value:.4g} {result.unit}")
            results.append(result)
    table(results)
    print(", ".join(f"{k} {v}" for k, v in machine().items()))
    out = given.out or (None if quick else HERE / "results.json")
    if out:
        out.write_text(json.dumps([asdict(r) for r in results], indent=1) + "\n")
        out.with_name("machine.json").write_text(json.dumps(machine(), indent=1) + "\n")
        print(f"Saved in {out}")


if __name__ == "__main__":
    main()
