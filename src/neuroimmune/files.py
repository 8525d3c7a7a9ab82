"""Files that are complete or not there."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from neuroimmune.errors import SavedFileError


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A file to write beside `path`, put in its place when complete; what was there stays if anything goes wrong.

    Raises `SavedFileError` if it cannot be written.
    """
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
