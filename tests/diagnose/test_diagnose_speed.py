"""100 000 people, every question there is, from file to file, in seconds of one processor: neighbours do not count."""

import time

import pyarrow as pa
import pyarrow.csv
import pytest

from neuroimmune.diagnose.practice import practice
from neuroimmune.diagnose.reading import read
from neuroimmune.diagnose.verdict import diagnose
from neuroimmune.diagnose.writing import write

PEOPLE = 100_000
SECONDS = 10


@pytest.mark.slow
def test_a_hundred_thousand_people(tmp_path):
    given = practice(PEOPLE)
    columns = {column: pa.array(values, from_pandas=True) for column, values in given.columns.items()}
    pyarrow.csv.write_csv(pa.table({"person": given.people} | columns), tmp_path / "answers.csv")
    start = time.process_time()
    results = diagnose(read(tmp_path / "answers.csv"))
    write(results, tmp_path / "results.csv")
    took = time.process_time() - start
    assert len(results) == PEOPLE and len(results.criteria) == 22
    assert took < SECONDS, f"{took:.1f} s"
