"""100 000 people, every question there is, from file to file: nobody is lost, and a crowd changes no verdict."""

import pyarrow as pa
import pyarrow.csv
import pytest

from neuroimmune.diagnose.practice import practice
from neuroimmune.diagnose.reading import read
from neuroimmune.diagnose.verdict import diagnose
from neuroimmune.diagnose.writing import write

PEOPLE = 100_000


def written(folder, name, people, columns):
    path = folder / f"{name}.csv"
    pyarrow.csv.write_csv(pa.table({"person": people} | columns), path)
    write(diagnose(read(path)), folder / f"{name}_results.csv")
    return pyarrow.csv.read_csv(folder / f"{name}_results.csv")


@pytest.mark.slow
def test_a_hundred_thousand_people(tmp_path):
    given = practice(PEOPLE)
    columns = {column: pa.array(values, from_pandas=True) for column, values in given.columns.items()}
    people = pa.array(given.people)
    everybody = written(tmp_path, "everybody", people, columns)
    assert everybody.num_rows == PEOPLE
    some = pa.array(range(0, PEOPLE, 9973))
    few = written(tmp_path, "few", people.take(some), {name: values.take(some) for name, values in columns.items()})
    assert few.select(["person"]).equals(everybody.take(some).select(["person"]))
    for name in set(few.column_names) & set(everybody.column_names):
        assert few[name].to_pylist() == everybody[name].take(some).to_pylist(), name
