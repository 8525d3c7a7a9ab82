"""Courses on disk: complete or not there, and refused if damaged or of another kind."""

import contextlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from neuroimmune.course import Course, Variable
from neuroimmune.errors import InputError, SavedFileError, nearest
from neuroimmune.provenance import SCHEMA
from neuroimmune.simulation import Plan, solve_batches

MANIFEST = "manifest.json"


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A file to write beside `path`, put in its place when complete; what was there stays if anything goes wrong."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise SavedFileError(
            f"cannot write {path}: {error.strerror or error}; no half-written file was left"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def save_course(course: Course, path: Path) -> Path:
    """Write a course to one zip file that holds a Zarr store."""
    from zarr.storage import MemoryStore

    notes = {
        "failed": {str(n): why for n, why in course.failed.items()},
        "not_at_rest": course.not_at_rest,
        "order": list(course.values),
    }
    content: dict[str, Any] = {}
    dataset = course.dataset.assign_attrs({k: json.dumps(v) for k, v in (course.provenance | notes).items()})
    dataset.to_zarr(MemoryStore(content), mode="w", consolidated=False)  # type: ignore[call-overload]
    with whole_file(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as file:
        for name in sorted(content):
            file.writestr(name, content[name].to_bytes())
    return path


def load(path: str | Path, keep: Sequence[str] = ()) -> Course:
    """Read a saved course, or the folder of a recorded run; only the variables to `keep`, if any are named.

    Raises `SavedFileError` if the file is missing, damaged, or of another schema; `InputError` for a name that is not
    there.

    >>> import neuroimmune as ni, tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = ni.simulate(ni.Body(), days=1).save(pathlib.Path(folder) / "quiet.zarr.zip")
    ...     ni.load(path)["il6"].attrs["units"]
    'pg/mL'
    """
    path = Path(path)
    if not path.is_dir():
        return _load_file(path, keep)
    manifest = _read_manifest(path)
    files = [path / _batch_name(n) for n in range(manifest["batches"])]
    missing = [f.name for f in files if not f.exists()]
    if missing:
        raise SavedFileError(
            f"{path} is not complete: {len(missing)} of {len(files)} batches are missing; "
            "run the same command again to go on"
        )
    parts = [_load_file(f, keep) for f in files]
    return Course(
        parts[0].times, {n: np.concatenate([p.values[n] for p in parts]) for n in parts[0].values}, parts[0].variables,
        np.concatenate([p.people for p in parts]), {n: why for p in parts for n, why in p.failed.items()},
        [n for p in parts for n in p.not_at_rest], parts[0].provenance,
    )  # fmt: skip


def _load_file(path: Path, keep: Sequence[str]) -> Course:
    import xarray as xr
    from zarr.storage import ZipStore

    if not path.exists():
        raise SavedFileError(f"there is no saved course at {path}")
    _check_zip(path)
    try:
        with (
            contextlib.closing(ZipStore(path, mode="r")) as store,
            xr.open_zarr(store, consolidated=False, chunks=None) as dataset,
        ):
            attributes = {k: json.loads(str(v)) for k, v in dataset.attrs.items()}
            if attributes.get("schema") != SCHEMA:
                raise SavedFileError(
                    f"{path} has schema {attributes.get('schema')}, written by neuroimmune "
                    f"{attributes.get('package')}; this version reads schema {SCHEMA}; "
                    "read it with that version, or simulate again"
                )
            for name in keep:
                if name not in dataset:
                    raise InputError(f"{path} holds no {name!r}{nearest(name, map(str, dataset))}")
            order = attributes.pop("order")
            names = list(keep) or order
            failed = {int(n): (float(h), str(why)) for n, (h, why) in attributes.pop("failed").items()}
            return Course(
                dataset["time"].values, {n: dataset[n].values for n in names},
                {n: Variable(dataset[n].attrs["units"], dataset[n].attrs["long_name"]) for n in names},
                dataset["person"].values, failed, attributes.pop("not_at_rest"), attributes,
            )  # fmt: skip
    except (KeyError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise SavedFileError(f"{path} is not a saved course: {error}") from error


def _check_zip(path: Path) -> None:
    """Every part of the file has the checksum it was written with."""
    try:
        with zipfile.ZipFile(path) as file:
            damaged = file.testzip()
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise SavedFileError(f"{path} is damaged or cut short ({error}); it cannot be used") from error
    if damaged:
        raise SavedFileError(f"{path} is damaged at {damaged}; it cannot be used")


def record(plan: Plan, folder: str | Path, progress: Callable[[float], None] | None = None) -> Path:
    """Solve a plan batch by batch into a folder, in bounded memory; go on where an earlier run of the plan stopped.

    Raises `InputError` if the folder holds another run; `SavedFileError` if it cannot be written, with what was kept.
    """
    folder = Path(folder)
    manifest = {**_comparable(plan), "batches": len(plan.batches), "people": len(plan.people)}
    if (folder / MANIFEST).exists():
        other = _read_manifest(folder)
        different = sorted(k for k in manifest.keys() | other.keys() if manifest.get(k) != other.get(k))
        if different:
            raise InputError(
                f"{folder} holds another run, which differs in {', '.join(different)}; "
                "choose another folder or delete it"
            )
    elif folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty and holds no recorded run; choose another folder")
    else:
        with whole_file(folder / MANIFEST) as part:
            part.write_text(json.dumps(manifest, indent=1))
    ready = [n for n in range(len(plan.batches)) if (folder / _batch_name(n)).exists()]
    for number, course in solve_batches(plan, progress, skip=ready):
        try:
            save_course(course, folder / _batch_name(number))
        except SavedFileError as error:
            kept = sum((folder / _batch_name(n)).exists() for n in range(len(plan.batches)))
            raise SavedFileError(
                f"{error}; {kept} of {len(plan.batches)} batches are kept in {folder}: run again to go on"
            ) from error
    return folder


def _comparable(plan: Plan) -> dict[str, Any]:
    from neuroimmune.provenance import provenance

    return json.loads(json.dumps(provenance(plan) | {"keep": list(plan.keep)}))


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        raise SavedFileError(f"{folder} holds no recorded run: there is no {MANIFEST} in it") from None
    except (OSError, ValueError) as error:
        raise SavedFileError(f"{folder / MANIFEST} cannot be read: {error}") from error


def _batch_name(number: int) -> str:
    return f"batch-{number:05}.zarr.zip"
