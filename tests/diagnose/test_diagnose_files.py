"""Files in and out: every form, and everything that can be wrong with a file."""

import datetime
import io
import json
import math
import random
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroimmune.diagnose.answers import Answers
from neuroimmune.diagnose.columns import Map, plain, read_map, recognise
from neuroimmune.diagnose.instrument import Item
from neuroimmune.diagnose.instruments import INSTRUMENTS, ITEMS
from neuroimmune.diagnose.practice import practice
from neuroimmune.diagnose.reading import MOST_COLUMNS, parse, read
from neuroimmune.diagnose.redcap import HEADER, dictionary, template
from neuroimmune.diagnose.verdict import NOTICE, diagnose
from neuroimmune.diagnose.writing import write
from neuroimmune.errors import InputError, SavedFileError

EXAMPLES = Path(__file__).parents[2] / "examples"


def saved(folder: Path, text: str | bytes, name: str = "answers.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def rows(answers: Answers, separator: str = ",") -> str:
    lines = [separator.join(("person", *answers.columns))]
    for row, person in enumerate(answers.people):
        cells = ["" if math.isnan(v[row]) else f"{v[row]:g}" for v in answers.columns.values()]
        lines.append(separator.join((person, *cells)))
    return "\n".join(lines) + "\n"


def same(one: Answers, other: Answers) -> None:
    assert one.people == other.people
    for column in one.columns:
        np.testing.assert_allclose(one[column], other[column], err_msg=column)


@pytest.fixture(scope="module")
def people() -> Answers:
    return practice(12)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_csv_of_any_separator_and_encoding(tmp_path, people, separator, encoding):
    text = rows(people, separator).replace("person", "person", 1).replace("P1" + separator, "Zoë" + separator, 1)
    read_back = read(saved(tmp_path, text.encode(encoding)))
    assert read_back.people[0] == "Zoë"
    same(Answers(["Zoë", *people.people[1:]], people.columns), read_back)
    assert any("Windows-1252" in note for note in read_back.notes) == (encoding == "cp1252")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_quotes(tmp_path, end):
    text = end.join(('"person","phq9_1","remark"', '"1","2","two\nlines, ""quoted"""', '"2","3",""')) + end
    answers = read(saved(tmp_path, text))
    assert answers["phq9_1"].tolist() == [2, 3] and answers.people == ["1", "2"]


def test_parquet(tmp_path, people):
    table = pa.table({"person": people.people} | {c: pa.array(v, from_pandas=True) for c, v in people.columns.items()})
    pyarrow.parquet.write_table(table, tmp_path / "answers.parquet")
    same(people, read(tmp_path / "answers.parquet"))


def test_parquet_of_other_types(tmp_path):
    table = {
        "person": [1, 2, 3],
        "phq9_1": pa.array(["2", None, "x"]).dictionary_encode(),
        "phq9_2": pa.array([1, None, 3], pa.int8()),
        "lifelong_fatigue": [True, False, None],
        "age": pa.array([datetime.date(2024, 1, 1)] * 3),
        "bmi": pa.array([21, 22, None], pa.decimal128(5, 2)),
    }
    pyarrow.parquet.write_table(pa.table(table), tmp_path / "a.parquet")
    answers = read(tmp_path / "a.parquet")
    assert answers.people == ["1", "2", "3"]
    np.testing.assert_array_equal(answers["phq9_1"], [2, np.nan, np.nan])
    np.testing.assert_array_equal(answers["phq9_2"], [1, np.nan, 3])
    np.testing.assert_array_equal(answers["lifelong_fatigue"], [1, 0, np.nan])
    np.testing.assert_array_equal(answers["bmi"], [21, 22, np.nan])
    assert {row: len(told) for row, told in answers.problems.items()} == {0: 1, 1: 1, 2: 2}


def test_parquet_of_lists(tmp_path):
    pyarrow.parquet.write_table(pa.table({"person": [1], "phq9_1": [[1, 2]]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match="the column 'phq9_1' holds lists"):
        read(tmp_path / "a.parquet")


def test_excel_with_a_column_twice(tmp_path):
    with pytest.raises(InputError, match="the column 'phq9_1' more than once"):
        read(workbook(tmp_path, [["person", "phq9_1", "phq9_1"], ["a", 1, 2]]))


def workbook(folder: Path, cells: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in cells:
        book.worksheets[0].append(row)
    book.save(folder / "answers.xlsx")
    return folder / "answers.xlsx"


def test_excel(tmp_path, people):
    table = [["person", *people.columns]]
    for row, person in enumerate(people.people):
        table.append([person, *(None if math.isnan(v[row]) else float(v[row]) for v in people.columns.values())])
    same(people, read(workbook(tmp_path, table)))


def test_excel_turns_answers_into_dates(tmp_path):
    path = workbook(
        tmp_path, [["person", "phq9_1", "psqi_bed"], ["a", datetime.datetime(2024, 3, 2), datetime.time(23, 30)]]
    )
    answers = read(path)
    assert math.isnan(answers["phq9_1"][0]) and answers["psqi_bed"][0] == 23.5
    assert answers.problems == {
        0: ["phq9_1: the date 2024-03-02 (made by a spreadsheet?) is not a whole number from 0 to 3"]
    }


def test_the_content_decides_not_the_name(tmp_path, people):
    path = workbook(tmp_path, [["person", "phq9_1"], ["a", 1]])
    assert read(path.rename(tmp_path / "answers.csv"))["phq9_1"].tolist() == [1]


def test_wrong_cells_mark_their_row_and_count_as_missing(tmp_path):
    text = "person,phq9_1,phq9_2,age,lifelong_fatigue\na,9,1,40,yes\nb,x,2-Mar,inf,2\nc,1.5,,1e2,no\nd,2,-1,4_0,True\n"
    answers = read(saved(tmp_path, text))
    assert len(answers) == 4
    np.testing.assert_array_equal(answers["phq9_1"], [np.nan, np.nan, np.nan, 2])
    np.testing.assert_array_equal(answers["phq9_2"], [1, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(answers["age"], [40, np.nan, 100, np.nan])
    np.testing.assert_array_equal(answers["lifelong_fatigue"], [1, np.nan, 0, 1])
    assert {row: len(told) for row, told in answers.problems.items()} == {0: 1, 1: 4, 2: 1, 3: 2}
    assert answers.problems[1][0] == "phq9_1: 'x' is not a whole number from 0 to 3"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("person,phq9_1\n", "has a header but no rows"),
        ("a,b\n1,2\n", r"no column of answers.csv is known \('a', 'b'"),
        ("person,phq9_1\n1,2\n1,3\n", "the person '1' stands in rows 1 and 2"),
        ("person,phq9_1\n1,2\n,3\n", "row 2: no person in column 'person'"),
        ("person,phq9_1\n1,2\n2,3,4\n", "row 2: 3 columns, but the header has 2"),
        ("person,phq9_1\n1,2\n2\n", "row 2: 1 columns, but the header has 2"),
        ('person,phq9_1\n1,"2\n2,3\n', "after row 0: a quotation mark is not closed"),
        ("person,phq9_1,phq9_1\n1,2,3\n", "the column 'phq9_1' more than once"),
        ("person,phq9_1,PHQ9_q1\n1,2,3\n", "'phq9_1' and 'PHQ9_q1' both hold phq9_1"),
        ("person,person,phq9_1\na,b,1\n", "the column 'person' more than once"),
        ("person,phq9_1\x00\n1,2\n", "zero byte|not text|known"),
    ],
)
def test_files_that_are_refused(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read(saved(tmp_path, text))


def test_a_million_columns(tmp_path):
    names = ",".join(f"q{n}" for n in range(10**6))
    with pytest.raises(InputError, match=f"1,000,000 columns, more than {MOST_COLUMNS:,}"):
        read(saved(tmp_path, f"{names}\n{','.join('1' for _ in range(10**6))}\n"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PAR1 and then nothing", "not a Parquet file"),
        (b"PK\x03\x04 and then nothing", "not an Excel file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old form"),
        (b"\xff\xfea", "not text"),
        (b"{not json", "not JSON"),
        (b"[]", "holds no QuestionnaireResponse"),
        (b"[" * 100_000, "not JSON|nested too deeply"),
    ],
)
def test_damaged_files(tmp_path, content, message):
    with pytest.raises(InputError, match=message):
        read(saved(tmp_path, content))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read(tmp_path / "none.csv")


def test_a_column_of_other_codes_is_refused(tmp_path):
    text = "person,phq9_1\n" + "".join(f"{n},9{n}\n" for n in range(30))
    with pytest.raises(InputError, match=r"row 1, phq9_1: '90' is not .*so in 30 rows.*codes"):
        read(saved(tmp_path, text))


WRITTEN = ["{}", "{}.0", '"{},0"']  # a whole number as programs write it


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize(("shift", "seen"), [(1, "from 1 to 4, not from 0 to 3"), (0, None)])
def test_codes_that_begin_at_one_are_refused(tmp_path, shift, seen, form):
    cells = [form.format(code + shift) for code in range(4)]
    lines = [f"{n},{cells[n % 4]},{cells[(n + 1) % 4]}" for n in range(8)]
    path = saved(tmp_path, "\n".join(("person,phq9_1,phq9_2", *lines)) + "\n")
    if seen is None:
        assert not read(path).problems
    else:
        with pytest.raises(InputError, match=seen):
            read(path)


@pytest.mark.parametrize("form", WRITTEN)
def test_yes_and_no_as_one_and_two_are_refused(tmp_path, form):
    text = f"person,reduction120\na,{form.format(1)}\nb,{form.format(2)}\n"
    with pytest.raises(InputError, match=r"'reduction120' \(dsq_reduction\) holds 1 and 2 where 1 is yes"):
        read(saved(tmp_path, text))
    mapped = Map(codes={"reduction120": {"1": 1, "2": 0}})
    assert read(saved(tmp_path, text), mapped)["dsq_reduction"].tolist() == [1, 0]


@pytest.mark.parametrize("kind", "fs")
def test_one_shifted_kind_of_answer_is_noticed(tmp_path, kind):
    """Severity from 1 to 5 beside frequency from 0 to 4, and one stray 0."""
    names = [f"dsq_{n}{k}" for n in range(13, 20) for k in "fs"]
    lines = [[str((row + place) % 5 + name.endswith(kind)) for place, name in enumerate(names)] for row in range(50)]
    lines[0] = ["0"] * len(names)
    text = "\n".join([",".join(("person", *names)), *(f"{n}," + ",".join(line) for n, line in enumerate(lines))])
    with pytest.raises(InputError, match=rf"from 1 to 5, not from 0 to 4 \(column 'dsq_13{kind}'\)"):
        read(saved(tmp_path, text))


def test_one_shifted_column_is_noticed_and_a_typing_error_is_not(tmp_path):
    def people(shift: int, typed: int) -> str:
        lines = [f"{n},{n % 4},{(n + 1) % 4},{n % 4 + shift}" for n in range(40)]
        return "\n".join(["person,phq9_1,phq9_2,phq9_3", *lines, f"x,0,0,{typed}"]) + "\n"

    with pytest.raises(InputError, match=r"from 1 to 4, not from 0 to 3 \(column 'phq9_3'\)"):
        read(saved(tmp_path, people(1, 0)))
    assert list(read(saved(tmp_path, people(0, 4))).problems) == [40]


def test_codes_that_begin_at_zero_where_ours_begin_at_one(tmp_path):
    lines = [f"{n},{n % 7},{(n + 2) % 7}" for n in range(14)]
    with pytest.raises(InputError, match="from 0 to 6, not from 1 to 7"):
        read(saved(tmp_path, "\n".join(("person,fss_1,fss_2", *lines)) + "\n"))


def test_a_file_without_zeros_is_doubted(tmp_path):
    names = ",".join(f"phq9_{n}" for n in range(1, 10))
    text = f"person,{names}\n" + "".join(f"{n}{',1' * 9}\n" for n in range(25))
    assert any("nobody answered 0" in note for note in read(saved(tmp_path, text)).notes)
    assert not any("nobody answered 0" in note for note in read(saved(tmp_path, text + "x" + ",0" * 9)).notes)


def test_clock_times_of_twelve_hours_are_doubted(tmp_path):
    answers = read(saved(tmp_path, "person,psqi_bed,psqi_up\n1,11:00,7:00\n2,23:00,7:00\n"))
    assert any(note.startswith("1 person spends more than 16 hours in bed") for note in answers.notes)


def test_rows_without_a_person_are_numbered(tmp_path):
    answers = read(saved(tmp_path, "phq9_1\n1\n2\n"))
    assert answers.people == ["1", "2"] and any("numbered" in note for note in answers.notes)


def test_occasions_tell_rows_of_a_person_apart(tmp_path):
    text = "record_id,redcap_event_name,phq9_1\n1,start,2\n1,end,1\n"
    answers = read(saved(tmp_path, text))
    assert answers.people == ["1", "1"] and answers.occasions == ["start", "end"]
    assert answers.rows == ["1/start", "1/end"] and answers.row("1/end") == 1
    with pytest.raises(InputError, match="'1' stands in 2 rows; name one: 1/start, 1/end"):
        answers.row("1")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("fatigue13f", None),
        ("dsq_41a_f", "dsq_41af"),
        ("dsq14s", "dsq_14s"),
        ("mos9i", "rand36_31"),
        ("mos11d", "rand36_36"),
        ("reduction120", "dsq_reduction"),
        ("PHQ-9 Q1", "phq9_1"),
        ("gad_7_03", "gad7_3"),
        ("44260-8", "phq9_9"),
        ("dsqpem_1f", "dsq_14f"),
        ("mfi20f", None),
        ("hads_13s", None),
        ("weight99f", None),
    ],
)
def test_names_known_from_other_data(name, column):
    assert recognise(name) == column


def test_no_two_columns_are_spelled_alike():
    assert len({plain(column) for column in ITEMS}) == len(ITEMS)
    assert all(recognise(column) == column for column in ITEMS)


def test_map(tmp_path):
    path = saved(
        tmp_path,
        'person = "who"\nmissing = [-9]\n[columns]\nphq9_1 = "Interest"\n'
        "[codes.Interest]\n1 = 0\n2 = 1\n3 = 2\n4 = 3\n",
        "map.toml",
    )
    for form in WRITTEN:
        cells = [form.format(code) for code in (4, -9, 1, 3, 0, -9)]
        text = "who,Interest,phq9_2\nx,{},{}\ny,{},{}\nz,{},{}\n".format(*cells)
        answers = read(saved(tmp_path, text), read_map(path))
        assert answers.people == ["x", "y", "z"]
        np.testing.assert_array_equal(answers["phq9_1"], [3, 0, np.nan])
        np.testing.assert_array_equal(answers["phq9_2"], [np.nan, 3, np.nan])
        assert list(answers.problems) == [2]  # a code that the map does not list is no answer
        assert answers.problems[2][0].startswith("Interest (phq9_1): '0")


def test_a_missing_code_that_may_be_an_answer_marks_its_row(tmp_path):
    path = saved(tmp_path, "missing = [99]\n", "map.toml")
    text = "person,phq9_1,fatigue_months\nx,99,99.0\ny,1,7\n"
    answers = read(saved(tmp_path, text), read_map(path))
    assert np.isnan(answers["fatigue_months"][0]) and np.isnan(answers["phq9_1"][0])
    assert answers.problems == {0: ["fatigue_months: 99.0 is missing by the map, but may be an answer"]}
    by_column = saved(tmp_path, "[missing]\nphq9_1 = [99]\n", "map.toml")
    answers = read(saved(tmp_path, text), read_map(by_column))
    assert answers["fatigue_months"].tolist() == [99, 7] and not answers.problems


def test_codes_and_missing_by_a_pattern(tmp_path):
    path = saved(tmp_path, '[codes."phq9_*"]\n1 = 0\n2 = 1\n3 = 2\n4 = 3\n[codes.phq9_2]\n0 = 3\n', "map.toml")
    answers = read(saved(tmp_path, "person,phq9_1,phq9_2\nx,4,0\n"), read_map(path))
    assert answers["phq9_1"].tolist() == [3] and answers["phq9_2"].tolist() == [3]


@pytest.mark.parametrize(("unit", "months"), [("years", 24), ("months", 2), ("weeks", 0.46), ("days", 0.0657)])
def test_a_duration_in_another_unit(tmp_path, unit, months):
    path = saved(tmp_path, f'[columns]\nfatigue_months = {{ column = "ill", unit = "{unit}" }}\n', "map.toml")
    answers = read(saved(tmp_path, "person,ill\nx,2\n"), read_map(path))
    assert answers["fatigue_months"][0] == pytest.approx(months, rel=1e-3)


def test_months_that_look_like_years_are_doubted(tmp_path):
    text = "person,fatigue_months\n" + "".join(f"{n},{n / 2}\n" for n in range(9))
    assert any(
        "nobody has more than 6 months in 'fatigue_months'" in note for note in read(saved(tmp_path, text)).notes
    )
    assert not any("nobody has more" in note for note in read(saved(tmp_path, text + "x,7\n")).notes)


def test_names_that_nearly_fit_are_told(tmp_path):
    notes = " ".join(read(saved(tmp_path, "person,phq9_1,phq9_nine,dsq_13ff\nx,1,3,2\n")).notes)
    assert "no phq9_9, so nobody was checked for thoughts of death or self-harm; is it phq9_nine?" in notes
    assert "did you mean dsq_13f by dsq_13ff?" in notes and "2 columns" in notes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = [", "cannot be read"),
        ("persn = 'a'", "unknown key 'persn'; did you mean person"),
        ("columns = 3", "columns in the map .* must be a table"),
        ("[columns]\nphq9_10 = 'a'", "names a column 'phq9_10' that does not exist; did you mean"),
        ("[columns]\nphq9_1 = 3", "must be the name of a column"),
        ('[columns]\n"Q1" = "phq9_1"', 'write phq9_1 = "Q1"'),
        ('[columns]\nfatigue_months = {column = "x", unit = "eras"}', "cannot be 'eras'; possible: months, years"),
        ('[columns]\nphq9_1 = {column = "x", unit = "years"}', "the unit of phq9_1 .* cannot be"),
        ("[missing]\na = 3", "missing.a in the map .* must be a list of codes"),
        ("[codes.a]\n1 = 'x'", "codes.a in the map .* must give a number"),
        ("[codes.a]\n1 = inf", "codes.a in the map .* must give a number"),
    ],
)
def test_maps_that_are_refused(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_map(saved(tmp_path, text, "map.toml"))


def test_a_map_of_another_file(tmp_path):
    with pytest.raises(InputError, match="names a column 'Q1', which the file lacks"):
        read(saved(tmp_path, "person,phq9_1\n1,1\n"), Map(columns={"phq9_2": "Q1"}))


FREQUENCY = Item("f", 0, 4, labels=("none of the time", "a little of the time", "half", "most", "all"))
CLOCK = Item("psqi_bed", 0, 24, unit="clock", whole=False)


@pytest.mark.parametrize(
    ("cell", "item", "expected"),
    [
        ("A little of the time", FREQUENCY, 1),
        (" 3 ", FREQUENCY, 3),
        ("3,0", FREQUENCY, 3),
        ("3.0", FREQUENCY, 3),
        ("nan", FREQUENCY, math.nan),
        ("#N/A", FREQUENCY, math.nan),
        ("three", FREQUENCY, None),
        ("1_0", FREQUENCY, None),
        ("1e309", FREQUENCY, None),
        ("٣", FREQUENCY, None),
        (True, FREQUENCY, None),
        (math.inf, FREQUENCY, None),
        ("23:30", CLOCK, 23.5),
        ("11:30 PM", CLOCK, 23.5),
        ("12:15 am", CLOCK, 0.25),
        ("11 p.m.", CLOCK, 23),
        ("23:61", CLOCK, None),
        ("14:00 pm", CLOCK, None),
        ("22.25", CLOCK, 22.25),
        ("7.75", CLOCK, 7.75),
        (22.25, CLOCK, 22.25),
        ("#NULL!", FREQUENCY, math.nan),
        ("1,200", Item("months", 0, 1440, whole=False), None),
        ("0,125", Item("share", 0, 1, whole=False), 0.125),
        (10**400, FREQUENCY, None),
        (datetime.time(7, 30), CLOCK, 7.5),
        (datetime.date(2024, 1, 1), CLOCK, None),
    ],
)
def test_cells(cell, item, expected):
    got = parse(cell, item)
    assert got == expected or (expected is not None and math.isnan(expected) and got is not None and math.isnan(got))


def test_every_label_is_its_answer():
    """Also the label none, which means missing where it is no label."""
    for item in (item for item in ITEMS.values() if item.labels):
        assert [parse(label.capitalize(), item) for label in item.labels] == list(item.codes), item.column


def test_clock_times_as_fractions_of_a_day_are_refused(tmp_path):
    with pytest.raises(InputError, match="'psqi_bed' and 'psqi_up' are all below 1, so they are fractions of a day"):
        read(saved(tmp_path, "person,psqi_bed,psqi_up\n1,0.96,0.29\n2,0.02,0.31\n"))
    assert read(saved(tmp_path, "person,psqi_bed,psqi_up\n1,0.5,8\n"))["psqi_bed"].tolist() == [0.5]


def test_excel_formula_without_a_value_and_other_sheets(tmp_path):
    book = openpyxl.Workbook()
    for row in (["person", "phq9_1"], ["a", "=1+1"], ["b", 2]):
        book.worksheets[0].append(row)
    book.create_sheet("more")
    book.save(tmp_path / "a.xlsx")
    answers = read(tmp_path / "a.xlsx")
    assert answers.problems == {0: ["phq9_1: '=1+1' is not a whole number from 0 to 3"]}
    assert "the sheet 'Sheet' was read; only the first of 2 sheets is read: Sheet, more" in answers.notes
    book.move_sheet("more", -1)
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(InputError, match="the sheet 'more' of b.xlsx has no rows of answers; only the first of 2"):
        read(tmp_path / "b.xlsx")


def test_a_file_of_the_dsq_and_the_dsq_2(tmp_path):
    text = "person,heavy14f,heavy14s,age45s,temp60f,visit14s,bdi_21s\n1,2,2,3,1,4,2\n"
    assert list(read(saved(tmp_path, text)).columns) == ["dsq_14f", "dsq_14s"]


# REDCap


def test_redcap_labels_and_codes_agree(people, tmp_path):
    labels = read(EXAMPLES / "redcap_export.csv", dictionary=EXAMPLES / "redcap_dictionary.csv")
    codes = read(EXAMPLES / "respondents.csv")
    assert not labels.problems
    for column in labels.columns:
        np.testing.assert_array_equal(labels[column], codes[column])


def field(name: str, choices: str, kind: str = "radio") -> str:
    return f'{name},form,,{kind},label,"{choices}"' + "," * (len(HEADER) - 6)


def test_redcap_dictionary_with_labels_of_its_own(tmp_path):
    project = saved(
        tmp_path,
        "\n".join((",".join(f'"{h}"' for h in HEADER), field("phq9_1", "0, Nie | 1, Selten | 2, Oft | 3, Immer"))),
        "d.csv",
    )
    answers = read(saved(tmp_path, "record_id,phq9_1\n1,Oft\n2,Nie\n3,3\n"), dictionary=project)
    assert answers["phq9_1"].tolist() == [2, 0, 3]


def test_redcap_dictionary_with_codes_of_its_own_is_refused(tmp_path):
    project = saved(
        tmp_path,
        "\n".join((",".join(f'"{h}"' for h in HEADER), field("phq9_1", "1, Never | 2, Seldom | 3, Often | 4, Always"))),
        "d.csv",
    )
    path = saved(tmp_path, "record_id,phq9_1\n1,2\n2,1\n")
    with pytest.raises(InputError, match=r"codes 'phq9_1' \(phq9_1\) with '4, Always', but an answer is"):
        read(path, dictionary=project)
    mapped = Map(codes={"phq9_1": {"1": 0, "2": 1, "3": 2, "4": 3}})
    assert read(path, mapped, project)["phq9_1"].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("column", "choices"),
    [
        ("phq9_1", "3, Not at all | 2, Several days | 1, More than half the days | 0, Nearly every day"),
        ("lifelong_fatigue", "0, Yes | 1, No"),
        ("sex", "0, Male | 1, Female"),
    ],
)
def test_redcap_dictionary_that_runs_the_other_way_is_refused(tmp_path, column, choices):
    project = saved(tmp_path, "\n".join((",".join(f'"{h}"' for h in HEADER), field(column, choices))), "d.csv")
    with pytest.raises(InputError, match=rf"codes '{column}' \({column}\) with '\d, .*\[codes"):
        read(saved(tmp_path, f"record_id,{column}\n1,0\n"), dictionary=project)


def test_redcap_ticks(tmp_path):
    answers = read(saved(tmp_path, "record_id,pain___1,pain___2\n1,1,0\n"), Map(columns={"wpi_neck": "pain___1"}))
    assert answers["wpi_neck"].tolist() == [1]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Variable / Field Name\n"])
def test_what_is_no_dictionary(tmp_path, text):
    path = saved(tmp_path, "record_id,phq9_1\n1,2\n")
    with pytest.raises(InputError, match="dictionary|empty"):
        read(path, dictionary=saved(tmp_path, text, "d.csv"))


@pytest.mark.parametrize("key", INSTRUMENTS)
def test_template_and_dictionary_make_a_file_that_can_be_read(tmp_path, key):
    header = template(INSTRUMENTS[key]).strip()
    path = saved(tmp_path, f"{header}\n1{',1' * header.count(',')}\n")
    answers = read(path, dictionary=saved(tmp_path, dictionary(INSTRUMENTS[key]), "d.csv"))
    assert list(answers.columns) == INSTRUMENTS[key].columns
    import csv

    table = list(csv.DictReader(io.StringIO(dictionary(INSTRUMENTS[key]))))
    assert tuple(table[0]) == HEADER
    assert all(len(name) <= 100 and name == name.lower() for name in (row[HEADER[0]] for row in table))


# FHIR


def response(person: str, items: list[dict]) -> dict:
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": {"reference": person},
        "item": items,
    }


def item(link: str, **answer) -> dict:
    return {"linkId": link, "answer": [answer]}


ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
ANSWERS = [
    item("phq9_1", valueInteger=1),
    item("phq9_2", valueDecimal=2.0),
    item("/44259-0", valueCoding={"system": "http://loinc.org", "code": "LA6570-1"}),
    item("phq9_4", valueCoding={"code": "x", "extension": [{"url": ORDINAL, "valueDecimal": 3}]}),
    item("phq9_5", valueCoding={"code": "1"}),
    item("phq9_6", valueString="several days"),
    item("lifelong_fatigue", valueBoolean=True),
    item("psqi_bed", valueTime="23:30:00"),
    item("bmi", valueQuantity={"value": 24.5, "unit": "kg/m2"}),
    {"linkId": "group", "item": [item("gad7_1", valueInteger=3), {"linkId": "gad7_2"}]},
]
EXPECTED = {"phq9_1": 1, "phq9_2": 2, "phq9_3": 2, "phq9_4": 3, "phq9_5": 1, "phq9_6": 1, "lifelong_fatigue": 1}
EXPECTED |= {"psqi_bed": 23.5, "bmi": 24.5, "gad7_1": 3}


@pytest.mark.parametrize("form", ["one", "bundle", "lines", "list"])
def test_fhir(tmp_path, form):
    single = response("Patient/1", ANSWERS)
    other = response("Patient/2", [item("phq9_1", valueInteger=3)])
    text = {
        "one": json.dumps(single),
        "bundle": json.dumps({"resourceType": "Bundle", "entry": [{"resource": single}, {"resource": other}]}),
        "lines": f"{json.dumps(single)}\n{json.dumps(other)}\n",
        "list": json.dumps([single, other]),
    }[form]
    answers = read(saved(tmp_path, text, "answers.json"))
    assert answers.people == ["Patient/1", "Patient/2"][: 1 if form == "one" else 2]
    assert {column: answers[column][0] for column in EXPECTED} == EXPECTED
    assert not answers.problems


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ({"resourceType": "Patient"}, "no QuestionnaireResponse"),
        ({"resourceType": "Bundle", "entry": True}, "no QuestionnaireResponse"),
        (response("", ANSWERS), "no subject"),
        ({"resourceType": "QuestionnaireResponse", "subject": 3}, "no subject"),
        (response("P/1", [item("phq9_1", valueInteger=1)] * 2), "a second answer of 'P/1' to 'phq9_1'"),
        (
            response("P/1", [{"linkId": "phq9_1", "answer": [{"valueInteger": 1}, {"valueInteger": 2}]}]),
            "more than one",
        ),
        (response("P/1", ["phq9_1"]), "not an object"),  # type: ignore[list-item]
        (response("P/1", []), "no column"),
    ],
)
def test_fhir_that_is_refused(tmp_path, resource, message):
    with pytest.raises(InputError, match=message):
        read(saved(tmp_path, json.dumps(resource), "answers.json"))


@pytest.mark.parametrize(
    "status", ["completed", "amended", "in-progress", "stopped", "entered-in-error", None, "final"]
)
def test_fhir_status(tmp_path, status):
    other = response("P/2", [item("phq9_1", valueInteger=3)])
    given = json.dumps([response("P/1", [item("phq9_1", valueInteger=1)]) | {"status": status}, other])
    if status in (None, "final"):
        with pytest.raises(InputError, match=f"response 1: the status is {status!r}; possible: completed"):
            read(saved(tmp_path, given, "a.json"))
        return
    answers = read(saved(tmp_path, given, "a.json"))
    assert answers.people == (["P/2"] if status == "entered-in-error" else ["P/1", "P/2"])
    assert any("1 response of a.json left out" in note for note in answers.notes) == (status == "entered-in-error")
    assert (0 in answers.problems) == (status in ("in-progress", "stopped"))


def test_fhir_people_who_are_displayed_alike(tmp_path):
    def by(subject: dict) -> dict:
        return response("", [item("phq9_1", valueInteger=1)]) | {"subject": subject}

    ids = [by({"identifier": {"system": system, "value": "7"}}) for system in ("a", "b")]
    assert read(saved(tmp_path, json.dumps(ids), "a.json")).people == ["a|7", "b|7"]
    with pytest.raises(InputError, match="a displayed name may be that of two people"):
        read(saved(tmp_path, json.dumps(by({"display": "Smith"})), "a.json"))


def test_fhir_extension_that_is_none(tmp_path):
    one = response("P/1", [item("phq9_1", valueCoding={"extension": 3, "code": "2"})])
    assert read(saved(tmp_path, json.dumps(one), "a.json"))["phq9_1"].tolist() == [2]


def test_fhir_enormous_numbers(tmp_path):
    one = json.dumps(response("P/1", [item("phq9_1", valueInteger=10**400)]))
    assert list(read(saved(tmp_path, one, "a.json")).problems) == [0]
    with pytest.raises(InputError, match="is not JSON"):
        read(saved(tmp_path, one.replace("0" * 400, "0" * 5000), "a.json"))


def test_fhir_wrong_answer_marks_the_row(tmp_path):
    answers = read(saved(tmp_path, json.dumps(response("P/1", [item("phq9_1", valueInteger=7)])), "a.json"))
    assert answers.problems == {0: ["phq9_1: 7 is not a whole number from 0 to 3"]}


def test_fhir_results(tmp_path):
    results = diagnose(read(EXAMPLES / "fhir_responses.json"))
    write(results, tmp_path / "results.json")
    bundle = json.loads((tmp_path / "results.json").read_text())
    assert bundle["resourceType"] == "Bundle" and bundle["type"] == "collection"
    observations = [entry["resource"] for entry in bundle["entry"]]
    for observation in observations:
        assert observation["resourceType"] == "Observation" and observation["status"] == "final"
        assert sum(key.startswith("value") for key in observation) == 1
        verdict = observation["code"]["coding"][0]["code"] in results.rules
        assert ("component" in observation) == verdict
        assert not verdict or observation["note"][-1] == {"text": NOTICE}
    phq9 = next(o for o in observations if o["code"]["coding"][0]["code"] == "phq9_total")
    assert (
        phq9["code"]["text"].startswith("Patient Health Questionnaire") and phq9["valueQuantity"]["code"] == "{score}"
    )
    fukuda = [o for o in observations if o["code"]["coding"][0]["code"] == "fukuda"]
    assert len(fukuda) == len(results)
    assert fukuda[0]["note"][0]["text"].startswith("Fukuda 1994 (CDC): ")


def observed(tmp_path, answers: Answers, key: str) -> list[dict]:
    write(diagnose(answers), tmp_path / "r.json")
    found = (entry["resource"] for entry in json.loads((tmp_path / "r.json").read_text())["entry"])
    return [o for o in found if o["code"]["coding"][0]["code"] == key]


def test_fhir_says_who_is_excluded(tmp_path):
    met = {"covid_infection": 1, "covid_symptoms": 1, "covid_months": 3, "covid_symptom_months": 3, "age": 18}
    columns = {column: [value] * 3 for column, value in met.items()} | {"covid_other_explanation": [0, 1, None]}
    coded = observed(tmp_path, Answers.of(columns), "who")
    assert [o["valueCodeableConcept"]["coding"][0]["code"] for o in coded] == ["yes", "yes-excluded", "yes"]
    exclusions = [o["component"][0]["valueCodeableConcept"]["coding"][0]["code"] for o in coded]
    assert exclusions == ["no", "yes", "cannot-say"]


@pytest.mark.parametrize(
    ("person", "subject"),
    [
        ("Patient/P7", {"reference": "Patient/P7"}),
        ("urn:uuid:1", {"reference": "urn:uuid:1"}),
        ("3/baseline", {"identifier": {"value": "3/baseline"}}),
        ("hospital|7", {"identifier": {"system": "hospital", "value": "7"}}),
    ],
)
def test_fhir_subjects(tmp_path, person, subject):
    (total,) = observed(
        tmp_path, Answers.of({"fss_1": [1], **{f"fss_{n}": [1] for n in range(2, 10)}}, [person]), "fss_mean"
    )
    assert total["subject"] == subject


def test_occasions_stay_apart_in_every_output(tmp_path):
    answers = read(saved(tmp_path, "record_id,redcap_event_name,gad7_1\n1,start,2\n1,end,1\n"))
    frame = diagnose(answers).frame()
    assert frame["person"].tolist() == ["1", "1"] and frame["occasion"].tolist() == ["start", "end"]
    columns = answers.columns | {f"gad7_{n}": answers.columns["gad7_1"] for n in range(2, 8)}
    totals = observed(tmp_path, Answers(answers.people, columns, occasions=answers.occasions), "gad7_total")
    assert [o["subject"] for o in totals] == [{"identifier": {"value": "1"}}] * 2
    assert [o["encounter"] for o in totals] == [{"display": "start"}, {"display": "end"}]


# Results


def test_csv_and_parquet_hold_the_same(tmp_path, people):
    results = diagnose(people)
    write(results, tmp_path / "r.csv")
    write(results, tmp_path / "r.parquet")
    table, whole = pyarrow.csv.read_csv(tmp_path / "r.csv"), pyarrow.parquet.read_table(tmp_path / "r.parquet")
    assert table.column_names == whole.column_names
    assert whole.num_rows == table.num_rows == len(people)
    assert table["person"].to_pylist() == whole["person"].to_pylist() == people.people
    for column in whole.column_names:
        one, other = table[column].to_pylist(), whole[column].to_pylist()
        assert all(
            a == b or (a in (None, "") and b in (None, "")) or a == pytest.approx(b)
            for a, b in zip(one, other, strict=True)
        )
    assert whole.schema.metadata[b"notice"].decode() == NOTICE


def test_results_of_another_ending(tmp_path, people):
    with pytest.raises(InputError, match="cannot be written as 'r.sav'; possible: .csv, .parquet, .json"):
        write(diagnose(people), tmp_path / "r.sav")


def test_a_failed_write_leaves_what_was_there(tmp_path, people, monkeypatch):
    target = saved(tmp_path, "old", "r.csv")
    monkeypatch.setattr(
        "neuroimmune.diagnose.verdict.Results.table", lambda results: (_ for _ in ()).throw(OSError("disk full"))
    )
    with pytest.raises(SavedFileError, match="disk full; no half-written file was left"):
        write(diagnose(people), target)
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_not_there(tmp_path, people):
    with pytest.raises(InputError, match="cannot be written"):
        write(diagnose(people), tmp_path / "none" / "r.csv")


# Fuzz: a file gives answers, each possible or missing with its row marked, or an InputError. Nothing else.


def check(path: Path) -> None:
    try:
        answers = read(path)
    except InputError as error:
        assert str(error)
        return
    assert len(answers) == len(set(answers.people))
    for column, values in answers.columns.items():
        assert len(values) == len(answers)
        item = ITEMS[column]
        known = values[~np.isnan(values)]
        assert ((known >= item.low) & (known <= item.high)).all()
    diagnose(answers)


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=400))
def test_fuzzed_bytes(tmp_path_factory, content):
    check(saved(tmp_path_factory.mktemp("f"), content))


CELLS = st.one_of(
    st.sampled_from(
        ["", "0", "1", "2", "3", "4", "5", "NA", "yes", "2024-01-02", "1,5", '"', "'", "1e309", "-0", "=1+1", "\ufeff"]
    ),
    st.text(max_size=6),
    st.integers(-5, 99).map(str),
    st.floats().map(str),
)
NAMES = st.one_of(
    st.sampled_from(["person", "phq9_1", "dsq_14f", "heavy14s", "rand36_3", "psqi_bed", "sex", "phq9_9", "age"]),
    st.text(max_size=5),
)


@settings(max_examples=200, deadline=None)
@given(
    names=st.lists(NAMES, min_size=1, max_size=6),
    table=st.lists(st.lists(CELLS, max_size=6), max_size=6),
    sep=st.sampled_from(",;\t|"),
)
def test_fuzzed_tables(tmp_path_factory, names, table, sep):
    text = "\n".join(sep.join(row) for row in [names, *table])
    check(saved(tmp_path_factory.mktemp("f"), text.encode("utf-8", errors="surrogatepass")))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**400), 10**400) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "resourceType",
                    "item",
                    "answer",
                    "linkId",
                    "valueCoding",
                    "valueInteger",
                    "subject",
                    "extension",
                    "entry",
                    "resource",
                ]
            ),
            inner | st.sampled_from(["QuestionnaireResponse", "Bundle", "phq9_1"]),
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(resource=JSON, items=JSON)
def test_fuzzed_fhir(tmp_path_factory, resource, items):
    folder = tmp_path_factory.mktemp("f")
    check(saved(folder, json.dumps([resource]), "a.json"))
    check(
        saved(
            folder,
            json.dumps(response("P", items)),  # type: ignore[arg-type]
            "b.json",
        )
    )


@pytest.mark.parametrize("form", ["parquet", "xlsx"])
def test_damaged_tables(tmp_path, people, form):
    """Bytes of a Parquet and of an Excel file changed at random."""
    chance = random.Random(2)
    if form == "parquet":
        table = pa.table({"person": people.people} | {c: people.columns[c] for c in list(people.columns)[:30]})
        pyarrow.parquet.write_table(table, tmp_path / "whole.parquet")
    else:
        workbook(tmp_path, [["person", "phq9_1"], ["a", 1], ["b", 2]]).rename(tmp_path / "whole.xlsx")
    content = (tmp_path / f"whole.{form}").read_bytes()
    for attempt in range(60):
        broken = bytearray(content)
        for _ in range(chance.randint(1, 10)):
            broken[chance.randrange(4, len(broken))] = chance.randrange(256)
        check(saved(tmp_path, bytes(broken[: chance.choice([None, len(broken) // 2])]), f"{attempt}.{form}"))


def test_damaged_example_files(tmp_path):
    """Bytes of every example changed at random."""
    chance = random.Random(1)
    for name in ("respondents.csv", "fhir_responses.json", "redcap_export.csv"):
        content = bytearray((EXAMPLES / name).read_bytes()[:40_000])
        for attempt in range(25):
            broken = bytearray(content)
            for _ in range(chance.randint(1, 20)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            check(saved(tmp_path, bytes(broken), f"{attempt}_{name}"))
