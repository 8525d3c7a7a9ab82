"""The command line: what it prints and writes, and one line and exit code 2 for whatever the user can mend."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import neuroimmune
from neuroimmune.cli import main
from neuroimmune.errors import SavedFileError
from neuroimmune.storage import load

HEAVY = ("numpy", "numba", "pandas", "xarray", "zarr", "sympy", "matplotlib", "scipy", "pint", "pydantic", "llvmlite")


@pytest.fixture
def run(monkeypatch, capsys):
    """Call the command line; its exit code, what it printed and what it complained of."""

    def called(*arguments):
        monkeypatch.setattr(sys, "argv", ["neuroimmune", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as left:
            main()
        out, error = capsys.readouterr()
        return left.value.code or 0, out, error

    return called


def test_version(run):
    assert run("--version") == (0, f"neuroimmune {neuroimmune.__version__}\n", "")


def test_help(run):
    code, out, error = run("--help")
    assert code == 0 and error == ""
    for word in ("run", "model", "export", "--version", "not medical advice"):
        assert word in " ".join(out.split())


def test_help_of_commands(run):
    for command, options in {
        "run": "--days --people --seed --out",
        "model": "--markdown",
        "export": "--format",
    }.items():
        code, out, _ = run(command, "--help")
        assert code == 0 and all(option in out for option in options.split())


@pytest.mark.parametrize("arguments", ["--help", "--version"])
def test_what_is_quick_imports_nothing_heavy(arguments):
    code = f"""
import sys
from neuroimmune.cli import main
sys.argv = ["neuroimmune", *{arguments.split()!r}]
try:
    main()
except SystemExit:
    print("HEAVY", sorted(set(sys.modules) & set({HEAVY!r})))
"""
    found = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=300)
    assert "HEAVY []" in found.stdout, found.stdout + found.stderr


def test_the_installed_command():
    command = Path(sys.executable).with_name("neuroimmune")
    found = subprocess.run([command, "run", "endotoxine"], capture_output=True, text=True, timeout=300)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == "error: no protocol is called 'endotoxine'; did you mean endotoxin?; or give a .toml file\n"


def test_run(run, tmp_path):
    code, out, error = run("run", "endotoxin", "--days", "1", "--out", tmp_path / "new")
    assert code == 0 and "Traceback" not in error
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["course", "endotoxin.csv", "endotoxin.png"]
    assert (tmp_path / "new" / "endotoxin.png").read_bytes().startswith(b"\x89PNG")
    header, *rows = (tmp_path / "new" / "endotoxin.csv").read_text().splitlines()
    assert {"study", "quantity", "observed", "predicted", "ratio"} <= set(header.split(","))
    assert len(rows) > 50
    assert load(tmp_path / "new" / "course")["il6"].max() > 100
    assert "intravenous endotoxin, 2 ng/kg" in out.lower() and "il6" in out and "pg/mL" in out
    assert "off by more than twice" in out and f"Saved in {tmp_path / 'new'}" in out
    again, *_ = run("run", "endotoxin", "--days", "1", "--out", tmp_path / "new")
    assert again == 0


def test_run_of_people(run, tmp_path):
    code, out, _ = run("run", "endotoxin", "--days", "1", "--people", "20", "--seed", "3", "--out", tmp_path)
    assert code == 0 and "20 people" in out
    course = load(tmp_path / "course")
    assert len(course) == 20 and course.provenance["seed"] == 3
    code, out, error = run("run", "endotoxin", "--days", "1", "--people", "20", "--seed", "4", "--out", tmp_path)
    assert code == 2 and "holds another run (seed is 3 there and 4 here; other traits there)" in error


def test_run_without_a_folder_writes_nothing(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = run("run", "endotoxin", "--days", "1", "--every", "1")
    assert code == 0 and "il6" in out and list(tmp_path.iterdir()) == []


def test_run_of_a_file(run, tmp_path):
    text = 'name = "mine"\n[[event]]\nchange = "stress"\nby = 2\nat = "day 0 15:00"\nlasting = "20 min"\n'
    (tmp_path / "mine.toml").write_text(text)
    code, out, _ = run("run", tmp_path / "mine.toml", "--out", tmp_path / "out")
    assert code == 0 and "cortisol" in out and "Observed" not in out
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["course", "mine.png"]


def test_validate(run, tmp_path):
    code, out, _ = run("validate", "--quick", "--only", "dexamethasone-test", "--out", tmp_path / "rows.csv")
    assert code == 0 and "Every curve" in out and "sharpness" in out and f"Saved {tmp_path / 'rows.csv'}" in out
    code, out, _ = run("validate", "--quick", "--only", "dexamethasone-test", "--json")
    keys = "id study role verified quantity observed predicted low high sharpness verdict".split()
    assert code == 0 and [list(row) for row in json.loads(out)] == [keys] * (
        len((tmp_path / "rows.csv").read_text().splitlines()) - 1
    )


GOOD = 'name = "mine"\n[[event]]\ngive = "endotoxin"\namount = "2 ng/kg"\nat = "09:00"\n'
P, RUN = ["run", "p.toml"], ["run", "endotoxin"]
BAD = {
    "unknown protocol": ("", ["run", "endotoxine"], "no protocol is called 'endotoxine'; did you mean endotoxin?"),
    "no file": ("", ["run", "none.toml"], "cannot read the protocol none.toml: No such file or directory"),
    "misspelt key": (GOOD + 'amout = "2"\n', P, "p.toml: event 1: unknown key 'amout'; did you mean amount?"),
    "wrong unit": (GOOD.replace("ng/kg", "mg"), P, "'2 mg' has the wrong unit: it is measured in ng/kg"),
    "dose in the past": (GOOD.replace("09:00", "day -1 09:00"), P, "event 1: the time 'day -1 09:00' lies in the past"),
    "dose after the end": (
        GOOD.replace("09:00", "day 5 09:00"), [*P, "--days", "1"], "after the end of the simulation at 1 days",
    ),
    "not a number": (GOOD.replace("2 ng", "nan ng"), P, "'nan ng/kg' is not a finite number"),
    "negative dose": (GOOD.replace("2 ng", "-2 ng"), P, "'-2 ng/kg' is negative: a dose cannot be taken back"),
    "not TOML": ("name", P, "p.toml is not valid TOML"),
    "days": ("", ["run", "endotoxin", "--days", "-1"], "days must be a positive number, not -1"),
    "no days": ("", ["run", "endotoxin", "--days", "nan"], "days must be a positive number, not nan"),
    "every": ("", ["run", "endotoxin", "--every", "7"], "48 hours are not a whole number of steps of 7 hours"),
    "nobody": ("", ["run", "endotoxin", "--people", "0"], "the number of people must be a whole number from 1, not 0"),
    "seed": ("", ["run", "endotoxin", "--people", "2", "--seed", "-1"], "a seed is a whole number from 0"),
    "system": ("", ["model", "hap"], "there is no system 'hap'; did you mean hpa?"),
    "format": ("", ["export", "--format", "smbl"], "cannot export as 'smbl'; did you mean sbml?"),
    "targets": ("", ["validate", "--only", "endotoxine"], "in a protocol 'endotoxine'; did you mean endotoxin?"),
    "unwritable table": ("", ["validate", "--out", "p.toml/rows.csv"], "cannot write to p.toml"),
    "protocol to export": ("", ["export", "--protocol", "endotoxine"], "no protocol is called 'endotoxine'"),
    "unwritable": ("", [*RUN, "--out", "p.toml/out"], "cannot write to p.toml/out: Not a directory; choose another"),
    "a file": ("", [*RUN, "--out", "p.toml"], "cannot write to p.toml: File exists; choose another folder with"),
    "unwritable export": ("", ["export", "--format", "antimony", "--out", "p.toml/m"], "cannot write p.toml/m: "),
}  # fmt: skip


@pytest.mark.parametrize("toml, arguments, message", BAD.values(), ids=BAD)
def test_bad_input_is_one_line_and_exit_code_2(run, tmp_path, monkeypatch, toml, arguments, message):
    monkeypatch.chdir(tmp_path)
    Path("p.toml").write_text(toml)
    code, out, error = run(*arguments)
    assert (code, out) == (2, "")
    lines = [line for line in error.splitlines() if line.strip() and not line.startswith("preparing")]
    assert len(lines) == 1 and lines[0].startswith("error: ") and message in lines[0]
    assert os.listdir() == ["p.toml"]


@pytest.mark.parametrize(
    "arguments", [["run"], ["walk"], ["run", "endotoxin", "--day", "x"], ["run", "endotoxin", "--dyas", "3"]]
)
def test_usage(run, arguments):
    code, out, error = run(*arguments)
    assert code == 2 and "Traceback" not in out + error and "Usage" in error


def test_a_full_disk(tmp_path):
    """Whatever file grows too large: one line, exit code 2, and nothing half-written."""
    pytest.importorskip("resource")
    code = f"""
import resource, signal, sys
from neuroimmune.cli import main
from neuroimmune.simulation import simulate
from neuroimmune.body import Body
simulate(Body(), days=1)  # so that the kernel is compiled
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
sys.dont_write_bytecode = True  # or what is imported from here on is compiled into files cut short
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
sys.argv = ["neuroimmune", "run", "endotoxin", "--every", "0.1", "--out", {str(tmp_path / "out")!r}]
main()
"""
    found = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=300)
    assert found.returncode == 2, found.stderr
    errors = [line for line in found.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1 and "Traceback" not in found.stderr
    assert "File too large; no half-written file was left; 0 of 1 batches are kept in" in errors[0]
    assert [p.name for p in (tmp_path / "out").rglob("*") if p.is_file()] == ["manifest.json"]


def test_an_interruption_is_no_traceback(run, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    # A method: a function patched in its module would stay patched in whatever imports it first meanwhile.
    monkeypatch.setattr("neuroimmune.body.Body.__init__", interrupted)
    code, _, error = run("run", "endotoxin")
    assert code == 130 and "Traceback" not in error


def test_model(run):
    code, out, _ = run("model")
    assert code == 0
    for words in ("cortisol", "pg/mL", "dobreva2021", "il6_on_crh", "def rates(self", "1/hour"):
        assert words in out


def test_model_of_one_system(run):
    code, out, _ = run("model", "hpa")
    assert code == 0 and "k_acth" in out and "milo2025" in out and "k_tnf" not in out
    assert "adrenocorticotropic hormone in plasma" in out


def test_model_as_markdown(run):
    code, out, _ = run("model", "--markdown")
    assert code == 0 and out.startswith("# ")
    for words in ("## hpa", "## cytokines", "$$\n\\frac{d", "| k_pituitary | 0.00144406", "milo2025"):
        assert words in out
    assert out.count("$$") % 2 == 0


@pytest.mark.parametrize("kind, words", [
    ("antimony", ["model Body_model()", "cortisol' =", "hpa__k_pituitary = 0.00144", "at (time >= 9.0)",
                  "not medical advice"]),
    ("sbml", ["<sbml ", 'id="hpa__k_acth"', "<listOfEvents>", "not medical advice"]),
])  # fmt: skip
def test_export(run, tmp_path, kind, words):
    if kind == "sbml":
        pytest.importorskip("antimony", reason="the extra `exchange` is not installed")
    code, out, _ = run("export", "--format", kind, "--protocol", "endotoxin")
    assert code == 0 and all(word in out for word in words)
    code, said, _ = run("export", "--format", kind, "--protocol", "endotoxin", "--out", tmp_path / "model")
    assert (code, said) == (0, f"Saved {tmp_path / 'model'}\n")
    assert (tmp_path / "model").read_text() == out


def test_what_was_cut_is_told_and_wrong_names_list_all(run):
    code, out, _ = run("run", "social-stress", "--without", "stress-hpa, stress-heart")
    assert code == 0 and "The body was without stress-hpa, stress-heart." in out
    code, _, err = run("run", "social-stress", "--without", "stress-hpo")
    assert code == 2 and "'stress-hpo'" in err and all(name in err for name in ("immune-hpa", "exertion-heart"))


def test_two_protocols_are_compared_by_what_they_change(run, tmp_path):
    """Not by the hours of the day at which they begin: a protocol differs from itself at another hour by little."""
    code, out, _ = run("run", "exercise", "exercise:at=14:00", "--out", str(tmp_path / "two"))
    assert code == 0 and "as changes from a quiet day" in " ".join(out.split())
    table = out[out.index("differ most") :]
    rate = next(line.split() for line in table.splitlines() if line.startswith("heart_rate"))
    assert float(rate[3]) >= 0.0 and abs(float(rate[1]) - float(rate[2])) < 15.0


def test_a_folder_of_two_runs_says_which_to_load(run, tmp_path):
    run("run", "exercise", "social-stress", "--out", str(tmp_path / "two"))
    with pytest.raises(SavedFileError, match="it has the runs 1, 2"):
        load(tmp_path / "two")
    assert len(load(tmp_path / "two" / "1")) == 1


def test_a_cohort(run, tmp_path):
    code, out, err = run(
        "cohort", "cold", "--people", 48, "--days", 90, "--without", "gut, hpa", "--out", tmp_path / "c"
    )
    assert code == 0, err
    said = " ".join(out.split())
    assert "adults with a cold" in said and "without gut, hpa" in said and "months since infection" in said
    people = pd.read_parquet(tmp_path / "c" / "people.parquet")
    assert len(people) == 48 and {"age", "woman", "onset_week", "acute_severity"} <= set(people.columns)
    assert people.loop_gut.eq(0).all() and people.loop_glia.gt(0).all()
    shares = pd.read_parquet(tmp_path / "c" / "shares.parquet")
    assert shares.week.is_monotonic_increasing and shares.iom.between(0, 100).all()
    assert (tmp_path / "c" / "cold.png").stat().st_size > 10_000
    again = run("cohort", "cold", "--people", 48, "--days", 90, "--without", "gut, hpa", "--out", tmp_path / "c")
    assert again[0] == 0 and again[1] == out, "what is complete is read, not simulated again"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cohort", "mono"), "there is no cohort 'mono'"),
        (("cohort", "cold", "--days", 10), "followed for 28 to 7300 days"),
        (("cohort", "cold", "--people", 0), "whole number from 1"),
        (("cohort", "cold", "--without", "gutt"), "a body cannot be without 'gutt'; loops: hpa, glia"),
        (("explain", "symptoms"), "nothing to explain about 'symptoms'"),
    ],
)
def test_a_cohort_that_cannot_be(run, arguments, message):
    code, _, err = run(*arguments)
    assert code == 2 and message in err


def test_run_treated_prints_what_differs_and_writes_both_arms(run, tmp_path):
    arguments = ("run", "quiet-day", "--treat", "prednisolone 20 mg 08:00 from day 1 for 5 days", "--days", 8)
    code, out, _ = run(*arguments, "--out", tmp_path)
    assert code == 0
    assert "differ most from the same on placebo" in " ".join(out.split()) and "prednisolone_plasma" in out
    assert "not medical advice" in " ".join(out.split())
    assert (tmp_path / "quiet-day-treated.png").exists()
    treated, placebo = load(tmp_path / "treated"), load(tmp_path / "placebo")
    assert treated["acth"].values[0, 34:40].max() < 0.7 * placebo["acth"].values[0, 34:40].max()


def test_a_treatment_without_controlled_evidence_shows_no_symptom(run):
    code, out, _ = run("run", "quiet-day", "--treat", "azathioprine 2 mg/kg for 5 days", "--days", 8)
    assert code == 0 and "controlled evidence: what this does to symptoms is not shown" in " ".join(out.split())
    assert "fatigue" not in out and "no evidence" in out
    code, out, _ = run(
        "run", "quiet-day", "--treat", "azathioprine 2 mg/kg for 5 days", "--days", 8, "--compare", "--person", 0
    )
    assert (
        code == 0 and "no outcome is shown" in " ".join(out.split()) and "malaise" not in out and "neutrophils" in out
    )


def test_compare_shows_a_distribution_and_ranks_nothing(run, tmp_path):
    arguments = ("run", "quiet-day", "--treat", "pregabalin 225 mg 08:00 20:00 for 20 days", "--days", 22)
    code, out, _ = run(*arguments, "--compare", "--person", 3, "--out", tmp_path)
    assert code == 0
    words = " ".join(out.split())
    assert "assumed [%]" in words and "nothing is ranked" in words and "best" not in words
    assert {p.name for p in tmp_path.iterdir()} == {"harms.csv", "outcomes.csv", "twins.png"}


def test_treatment_lists_all_and_shows_a_card(run, tmp_path):
    code, out, _ = run("treatment")
    assert code == 0 and "low-dose-naltrexone" in out and "b mixed" in out
    code, out, _ = run("treatment", "rituximab", "--out", tmp_path)
    assert code == 0 and "35.1" in out and (tmp_path / "rituximab.png").exists()
    assert "![Rituximab](rituximab.png)" in (tmp_path / "rituximab.md").read_text()


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("treatment", "rituximap"), "did you mean rituximab"),
        (("run", "quiet-day", "--treat", "prednisolone 08:00"), "has no dose"),
        (("run", "quiet-day", "--treat", "prednisolone 10 mg every -7 days"), "no interval"),
        (("run", "quiet-day", "exercise", "--treat", "prednisolone 10 mg"), "one protocol"),
        (("run", "quiet-day", "--treat", "prednisolone 10 mg from day 9", "--days", 5), "after the end"),
        (("run", "quiet-day", "--compare"), "give a schedule with --treat"),
        (("run", "quiet-day", "--treat", "prednisolone 10 mg", "--daily", "mean"), "--daily does not go"),
        (("run", "quiet-day", "--treat", "prednisolone 10 mg", "--compare", "--every", 2), "leave out --every"),
        (("run", "quiet-day", "--treat", "prednisolone 10 mg", "--relevance", "tnf_blocked=1"), "reach gr_agonist"),
        (("run", "quiet-day", "--treat", "prednisolone 10 mg", "--person", 3), "give --compare too"),
        (("run", "quiet-day", "--treat", "prednisolone 10 mg", "--compare", "--people", 5), "leave out --people"),
        (("run", "quiet-day", "--treat", "prednisolone 10 mg", "--relevance", "gr_agonist"), "write TARGET=NUMBER"),
        (("run", "quiet-day", "--treat", "prednisolone 10 mg", "--relevance", "gr_agonis=1"), "mean gr_agonist"),
        (("run", "quiet-day", "--treat", "prednisolone 10 mg", "--relevance", "gr_agonist=3"), "outside its range"),
        (("run", "quiet-day", "--treat", "prednisolone 10 mg", "--treat", "prednisolone 5 mg"), "overlap"),
        (("run", "quiet-day", *(x for n in ("naproxen 500 mg", "pregabalin 75 mg", "rituximab 1 g", "oxaloacetate 1 g")
          for x in ("--treat", n))), "at most 3 drugs"),
        (("run", "m"), "no protocol is called 'm'"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_treatment_is_one_line(run, arguments, said):
    code, _, error = run(*arguments)
    assert code == 2 and error.startswith("error: ") and said in error and error.count("\n") == 1
