"""The command as a person types it."""

import json
import runpy
from pathlib import Path

import matplotlib.image
import pyarrow.csv
import pyarrow.parquet
import pytest
import typer
from typer.testing import CliRunner

from neuroimmune.diagnose.command import diagnose as command
from neuroimmune.diagnose.definitions import DEFINITIONS
from neuroimmune.diagnose.figure import draw, overlaps, shown
from neuroimmune.diagnose.practice import practice
from neuroimmune.diagnose.reading import read
from neuroimmune.diagnose.verdict import MEETS, NOTICE, diagnose
from neuroimmune.errors import InputError

EXAMPLES = Path(__file__).parents[2] / "examples"
RESPONDENTS = str(EXAMPLES / "respondents.csv")

app = typer.Typer()
app.command()(command)


def typed(*arguments: str | Path):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_respondents(tmp_path):
    out = tmp_path / "results.csv"
    result = typed(RESPONDENTS, "--out", out)
    assert result.exit_code == 0, result.output
    results = diagnose(read(RESPONDENTS))
    for key in results.criteria:
        line = next(line for line in result.output.splitlines() if line.startswith(DEFINITIONS[key].name + "  "))
        assert int(line.removeprefix(DEFINITIONS[key].name).split()[0]) == results.cases(key).sum()
    assert NOTICE in result.output and f"Written: {out}" in result.output
    table = pyarrow.csv.read_csv(out)
    assert table.num_rows == 240
    assert set(table["fukuda"].to_pylist()) == {"yes", "no", "cannot say"}
    assert MEETS in table["iom_statement"].to_pylist()


def test_examples_are_those_of_their_script(tmp_path):
    runpy.run_path(str(EXAMPLES / "make_respondents.py"))["main"](tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (EXAMPLES / path.name).read_bytes(), "run: python examples/make_respondents.py"


def test_crisis_notice_is_seen(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("person,phq9_9\nann,1\nbob,0\n")
    result = typed(path)
    assert "CRISIS NOTICE for ann: thoughts of death" in result.stderr and "bob" not in result.stderr


def test_an_unreadable_answer_about_self_harm_is_not_overlooked(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("person,phq9_9\nann,often\nbob,0\neve,2\ncat,\n")
    result = typed(path, "--out", tmp_path / "r.csv")
    assert "CRISIS NOTICE for ann: the answer to PHQ-9 item 9" in result.stderr
    assert "CRISIS NOTICE for eve: thoughts of death" in result.stderr
    notices = pyarrow.csv.read_csv(tmp_path / "r.csv")["crisis_notice"].to_pylist()
    assert [bool(notice) for notice in notices] == [True, False, True, False]


@pytest.mark.parametrize(
    "more",
    [["--explain", "an"], ["--out", "none/r.csv"], ["--figure", "f.png"], ["--among", "fukudo", "--figure", "f.png"]],
)
def test_a_crisis_is_told_whatever_fails_later(tmp_path, monkeypatch, more):
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("person,phq9_9,dsq_13f\nann,3,0\n")
    result = typed("a.csv", *more)
    assert isinstance(result.exception, InputError)
    assert "CRISIS NOTICE for ann" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_crisis_is_told_of_the_person_who_is_explained(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("person,phq9_9\n" + "".join(f"p{n},1\n" for n in range(150)) + "ann,0\n")
    result = typed(path, "--explain", "p140")
    assert "CRISIS NOTICE for p140: thoughts" in result.stdout
    assert "p140" in result.stderr and "p139" not in result.output
    assert "CRISIS" not in typed(path, "--explain", "ann").output
    everybody = typed(path).stderr
    assert "p99 and 50 more (column crisis_notice of --out): thoughts" in everybody


def test_a_blank_answer_about_self_harm_is_not_overlooked(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("person,phq9_1,phq9_9\nann,1,\nbob,,\neve,2,0\n")
    assert "CRISIS NOTICE for ann: PHQ-9 item 9 (thoughts of death or self-harm) was left blank" in typed(path).stderr


def test_nothing_that_is_read_is_overwritten(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("person,phq9_1\nann,1\n")
    (tmp_path / "same.csv").symlink_to(path)
    for more in (["--out", path], ["--out", tmp_path / "same.csv"], ["--out", "x.json", "--figure", path]):
        result = typed(path, *more)
        assert isinstance(result.exception, InputError) and "would be overwritten" in str(result.exception)
    assert path.read_text() == "person,phq9_1\nann,1\n"
    result = typed(path, "--out", tmp_path / "r.pdf", "--figure", tmp_path / "r.pdf")
    assert "would be overwritten" in str(result.exception)


def test_occasions_are_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("record_id,redcap_event_name,pain_months\n1,start,1\n1,end,5\n2,start,1\n")
    result = typed(path)
    assert "2 people on 2 occasions: each row is judged and counted by itself." in result.output
    assert "3 rows " in result.output and "person 1/end" not in result.output
    assert "1/end · ACR 2016" in typed(path, "--explain", "1/end").output


def test_definitions_of_which_nothing_is_known_are_not_listed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("person,phq9_1,age\nann,1,40\n")
    output = typed(path).output
    assert "1 person. No definition can be judged from these columns" in output
    path.write_text("person,age,pain_months\nann,40,1\nbob,30,1\n")
    output = typed(path).output
    assert "Cannot be judged of anybody, for lack of columns or answers: Canadian" in output
    assert "ACR 2016    " in output and "Canadian Consensus Criteria 2003   " not in output


def test_explain_some_definitions():
    result = typed(RESPONDENTS, "--explain", "P7", "--among", "iom")
    assert "P7 · Institute of Medicine 2015" in result.output and "Fukuda" not in result.output
    assert "  Exclusions\n    " in result.output and "+ yes, - no, ? cannot say" in result.output
    assert isinstance(typed(RESPONDENTS, "--among", "iom").exception, InputError)


def test_results_say_how_they_were_made(tmp_path):
    typed(RESPONDENTS, "--set", "fukuda.threshold=2/2", "--out", tmp_path / "r.csv")
    assert "fukuda.threshold=2/2" in pyarrow.csv.read_csv(tmp_path / "r.csv")["variants"][0].as_py()
    typed(RESPONDENTS, "--set", "fukuda.threshold=2/2", "--out", tmp_path / "r.parquet")
    made = pyarrow.parquet.read_schema(tmp_path / "r.parquet").metadata
    assert b"fukuda.threshold=2/2" in made[b"variants"] and made[b"version"]


def test_explain():
    result = typed(RESPONDENTS, "--explain", "P7", "--explain", "P9")
    assert result.exit_code == 0
    for person in ("P7", "P9"):
        assert f"{person} · Institute of Medicine 2015" in result.output
    assert "substantial reduction of activity (at least 2 of)" in result.output
    assert "[dsq_19f = " in result.output and NOTICE in result.output


def test_variants_are_chosen(tmp_path):
    typed(RESPONDENTS, "--out", tmp_path / "a.csv")
    typed(RESPONDENTS, "--out", tmp_path / "b.csv", "--set", "fukuda.threshold=2/2")
    one, other = (pyarrow.csv.read_csv(tmp_path / name)["fukuda"].to_pylist() for name in ("a.csv", "b.csv"))
    assert one.count("yes") > other.count("yes") > 0


def test_redcap_example():
    result = typed(EXAMPLES / "redcap_export.csv", "--dictionary", EXAMPLES / "redcap_dictionary.csv")
    assert result.exit_code == 0
    assert "chosen by the columns of the file: reduction: dsq." in result.output


def test_fhir_example(tmp_path):
    assert typed(EXAMPLES / "fhir_responses.json", "--out", tmp_path / "r.json").exit_code == 0
    entries = json.loads((tmp_path / "r.json").read_text())["entry"]
    results = diagnose(read(EXAMPLES / "fhir_responses.json"))
    people = {entry["resource"]["subject"]["reference"] for entry in entries}
    assert people == set(results.answers.people) == {"Patient/P1", "Patient/P2", "Patient/P3", "Patient/P4"}
    assert sum("component" in entry["resource"] for entry in entries) == 4 * len(results.rules)


def test_marked_rows_are_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("person,phq9_1\n" + "".join(f"{n},{n}\n" for n in range(12)))
    result = typed(path)
    assert "Row 5, 4: phq9_1: '4' is not a whole number from 0 to 3." in result.output
    assert "and 3 more marked rows" in result.output and "What is no answer is taken as missing" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no file of answers was given"),
        (["none.csv"], "none.csv cannot be read"),
        ([RESPONDENTS, "--explain", "nobody"], "no person 'nobody'"),
        ([RESPONDENTS, "--set", "fukuda=1"], "is not DEFINITION.PARAMETER=OPTION"),
        ([RESPONDENTS, "--set", "fukuda.threshold=9"], "possible: 1/1, sum2, 2/2"),
        ([RESPONDENTS, "--out", "r.doc"], "possible: .csv, .parquet, .json"),
        ([RESPONDENTS, "--figure", "f.gif"], "possible: .pdf, .png, .svg"),
        ([RESPONDENTS, "--figure", "f.png", "--among", "fukudo"], "'fukudo' was not judged; did you mean fukuda"),
        ([RESPONDENTS, "--map", "none.toml"], "the map none.toml cannot be read"),
        (["--template", "dsq"], "there is no instrument 'dsq'; possible: dsq-2, dsq-sf"),
    ],
)
def test_errors_are_one_line_without_a_traceback(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = typed(*arguments)
    assert isinstance(result.exception, InputError)  # of which `neuroimmune` makes one line and exit code 2
    assert message in str(result.exception) and "\n" not in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_template(tmp_path):
    assert typed("--template", "dsq-2", "--out", tmp_path).exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"dsq-2.csv", "dsq-2_dictionary.csv"}
    again = typed("--template", "dsq-2", "--out", tmp_path)
    assert isinstance(again.exception, InputError) and "exists already" in str(again.exception)


@pytest.mark.parametrize("ending", ["png", "pdf", "svg"])
def test_figure(tmp_path, ending):
    path = tmp_path / f"overlap.{ending}"
    assert typed(RESPONDENTS, "--figure", path).exit_code == 0
    assert path.stat().st_size > 5000
    if ending == "png":
        image = matplotlib.image.imread(path)
        assert image.shape[1] > 1000 and image.std() > 0.05


def test_the_figure_counts_people_once():
    results = diagnose(practice(80))
    counts = overlaps(results, shown(results))
    assert sum(counts.values()) == 80
    for key in shown(results):
        assert sum(n for group, n in counts.items() if key in group) == results.cases(key).sum()


def test_no_figure_of_nobody(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("person,phq9_1,dsq_13f\nx,1,0\n")
    with pytest.raises(InputError, match="nobody meets any definition"):
        draw(diagnose(read(path)), tmp_path / "f.png")


def test_frame():
    frame = diagnose(practice(5)).frame()
    assert frame.shape[0] == 5 and frame["iom"].isin(["yes", "no", "cannot say"]).all()
