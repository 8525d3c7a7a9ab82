"""Results into files, whole or not at all."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from neuroimmune.diagnose.observations import bundle
from neuroimmune.diagnose.verdict import NOTICE, Results
from neuroimmune.errors import InputError
from neuroimmune.files import whole_file


def _csv(results: Results, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.csv as pc

    whole = results.table()
    plain = {
        n: whole[n].cast(pa.string()) if pa.types.is_dictionary(whole[n].type) else whole[n] for n in whole.column_names
    }
    pc.write_csv(pa.table(plain), path)


def _parquet(results: Results, path: Path) -> None:
    import pyarrow.parquet as pq

    made = {"notice": NOTICE, "variants": results.variants, "version": version("neuroimmune")}
    pq.write_table(results.table().replace_schema_metadata(made), path)


def _fhir(results: Results, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(bundle(results))


WRITERS: dict[str, Callable[[Results, Path], None]] = {".csv": _csv, ".parquet": _parquet, ".json": _fhir}


def check(path: Path) -> None:
    """Raises InputError when results cannot be written as `path`: another ending, or no such folder."""
    if path.suffix.lower() not in WRITERS:
        raise InputError(f"results cannot be written as {path.name!r}; possible: {', '.join(WRITERS)}")
    if not path.parent.is_dir():
        raise InputError(f"{path} cannot be written: there is no folder {path.parent}")


def write(results: Results, path: Path) -> None:
    """Write results as the ending of `path` says: .csv, .parquet or .json (FHIR).

    Raises InputError for another ending or a folder that is not there, SavedFileError if it cannot be written.
    """
    check(path)
    with whole_file(path) as part:
        WRITERS[path.suffix.lower()](results, part)
