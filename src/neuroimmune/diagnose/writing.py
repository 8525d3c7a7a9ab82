"""Results into files, whole or not at all."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from neuroimmune.diagnose import kleene
from neuroimmune.diagnose.fhir import bundle
from neuroimmune.diagnose.verdict import MEETS_BUT, NOTICE, STATEMENTS, Results
from neuroimmune.errors import InputError
from neuroimmune.files import whole_file


def table(results: Results) -> Any:
    """The results as an Arrow table: who, what was wrong with the row, every verdict, every score."""
    import pyarrow as pa

    answers = results.answers
    columns: dict[str, Any] = {"person": pa.array(answers.people, pa.string())}
    columns["problems"] = _rows(answers.problems, len(results))
    columns["crisis_notice"] = _rows(results.alerts(), len(results))
    for key, criteria in results.criteria.items():
        excluded = results.excluded[key]
        meets_but = (criteria == kleene.YES) & (excluded == kleene.YES)
        columns[key] = _words(criteria, kleene.WORDS)
        columns[f"{key}_excluded"] = _words(excluded, kleene.WORDS)
        columns[f"{key}_statement"] = _words(np.where(meets_but, 3, criteria), (*STATEMENTS, MEETS_BUT))
    columns |= {name: pa.array(values, from_pandas=True) for name, values in results.scores().items()}
    columns["notice"] = _words(np.zeros(len(results), int), (NOTICE,))
    return pa.table(columns)


def _rows(texts: dict[int, list[str]], size: int) -> Any:
    import pyarrow as pa

    column = [""] * size
    for row, lines in texts.items():
        column[row] = "; ".join(lines)
    return pa.array(column, pa.string())


def _words(values: np.ndarray, words: Iterable[str]) -> Any:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(values.astype(np.int8)), pa.array(list(words), pa.string()))


def _csv(results: Results, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.csv as pc

    whole = table(results)
    plain = {
        n: whole[n].cast(pa.string()) if pa.types.is_dictionary(whole[n].type) else whole[n] for n in whole.column_names
    }
    pc.write_csv(pa.table(plain), path)


def _parquet(results: Results, path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table(results).replace_schema_metadata({"notice": NOTICE}), path)


def _fhir(results: Results, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(bundle(results))


WRITERS: dict[str, Callable[[Results, Path], None]] = {".csv": _csv, ".parquet": _parquet, ".json": _fhir}


def write(results: Results, path: Path) -> None:
    """Write results as the ending of `path` says: .csv, .parquet or .json (FHIR).

    Raises `InputError` for another ending or a folder that is not there, `SavedFileError` if it cannot be written.
    """
    if path.suffix.lower() not in WRITERS:
        raise InputError(f"results cannot be written as {path.name!r}; possible: {', '.join(WRITERS)}")
    if not path.parent.is_dir():
        raise InputError(f"{path} cannot be written: there is no folder {path.parent}")
    with whole_file(path) as part:
        WRITERS[path.suffix.lower()](results, part)
