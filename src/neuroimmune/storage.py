"""Courses on disk: complete or not there, and refused if damaged or of another kind."""

import contextlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from neuroimmune.course import Course, Variable
from neuroimmune.errors import InputError, SavedFileError, nearest
from neuroimmune.files import whole_file
from neuroimmune.provenance import SCHEMA
from neuroimmune.simulation import Plan, solve_batches

MANIFEST = "manifest.json"


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


def load(path: str | Path, keep: str | Sequence[str] = ()) -> Course:
    """Read a saved course, or the folder of a recorded run; only the variables to `keep`, if any are named.

    Of a folder each variable is read when it is asked for, so that a large run need not fit into memory.

    Raises `SavedFileError` if the file is missing, damaged, or of another schema; `InputError` for a name that is not
    there.

    >>> import neuroimmune as ni, tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = ni.simulate(ni.Body(), days=1).save(pathlib.Path(folder) / "quiet.zarr.zip")
    ...     ni.load(path)["il6"].attrs["units"]
    'pg/mL'
    """
    path = Path(path)
    keep = [keep] if isinstance(keep, str) else keep
    if not path.is_dir():
        return _load_file(path, keep)
    if not (path / MANIFEST).exists() and (path / "course").is_dir():
        path = path / "course"  # where the command line puts it
    manifest = _read_manifest(path)
    files = [path / _batch_name(n) for n in range(manifest["batches"])]
    missing = [f.name for f in files if not f.exists()]
    if missing:
        raise SavedFileError(
            f"{path} is not complete: {len(missing)} of {len(files)} batches are missing; "
            "run the same command again to go on"
        )
    heads = [_load_file(f, keep, values=False) for f in files]
    return Course(
        heads[0].times, _Batches(files, list(heads[0].variables)), heads[0].variables,
        np.concatenate([h.people for h in heads]), {n: why for h in heads for n, why in h.failed.items()},
        [n for h in heads for n in h.not_at_rest], heads[0].provenance,
    )  # fmt: skip


def batches(folder: Path) -> Iterator[Course]:
    """The courses of a complete recorded run, one after the other."""
    for number in range(_read_manifest(folder)["batches"]):
        yield _load_file(folder / _batch_name(number), [], check=False)


class _Batches(Mapping[str, np.ndarray]):
    """The variables of a recorded run, read when they are asked for; the last one is kept."""

    def __init__(self, files: list[Path], names: list[str]) -> None:
        self._files, self._names = files, names
        self._last: tuple[str, np.ndarray] | None = None

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._names:
            raise KeyError(name)
        if self._last is None or self._last[0] != name:
            self._last = None
            self._last = name, np.concatenate([_load_file(f, [name], check=False).values[name] for f in self._files])
        return self._last[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _load_file(path: Path, keep: Sequence[str], check: bool = True, values: bool = True) -> Course:
    """One file; `check` its checksums, and read the `values` or only what stands about them."""
    import xarray as xr
    from zarr.storage import ZipStore

    if not path.exists():
        raise SavedFileError(f"there is no saved course at {path}")
    if check:
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
                dataset["time"].values, {n: dataset[n].values for n in names if values},
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
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise SavedFileError(f"{path} is damaged or cut short ({error}); it cannot be used") from error
    if damaged:
        raise SavedFileError(f"{path} is damaged at {damaged}; it cannot be used")


def record(plan: Plan, folder: str | Path, progress: Callable[[float], None] | None = None) -> Path:
    """Solve a plan batch by batch into a folder, in bounded memory; go on where an earlier run of the plan stopped.

    Raises `InputError` if the folder holds another run; `SavedFileError` if it cannot be written, with what was kept.
    """
    folder = Path(folder)
    if getattr(plan.policy, "__name__", "") == "<lambda>":
        raise InputError(
            "a recorded run needs a policy with a name, to know it again: write it as a function with `def`"
        )
    manifest = {**_comparable(plan), "batches": len(plan.batches), "people": len(plan.people)}
    if (folder / MANIFEST).exists():
        other = _read_manifest(folder)
        different = sorted(k for k in manifest.keys() | other.keys() if manifest.get(k) != other.get(k))
        if different:
            how = "; ".join(_difference(k, other.get(k), manifest.get(k)) for k in different)
            raise InputError(f"{folder} holds another run ({how}); choose another folder or delete it")
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


def _difference(what: str, there: Any, here: Any) -> str:
    """In words; of a checksum, or of much, only that it differs."""
    if any(isinstance(value, dict | list) or re.fullmatch("[0-9a-f]{16,}", str(value)) for value in (there, here)):
        return f"other {what} there"
    return f"{what} is {_short(there)} there and {_short(here)} here"


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) < 40 else f"{text[:36]} ..."


def _comparable(plan: Plan) -> dict[str, Any]:
    from neuroimmune.provenance import provenance

    return json.loads(json.dumps(provenance(plan) | {"keep": list(plan.keep)}))


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        inside = sorted(str(found.parent.name) for found in folder.glob("*/course"))
        instead = f"; it has the runs {', '.join(inside)}, each to be loaded by itself" if inside else ""
        raise SavedFileError(f"{folder} holds no recorded run: there is no {MANIFEST} in it{instead}") from None
    except (OSError, ValueError) as error:
        raise SavedFileError(f"{folder / MANIFEST} cannot be read: {error}") from error


def _batch_name(number: int) -> str:
    return f"batch-{number:05}.zarr.zip"
