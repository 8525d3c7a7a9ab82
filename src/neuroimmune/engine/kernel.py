"""From a model to compiled machine code, kept in the user's cache folder under the name of its content."""

import hashlib
import importlib.util
import logging
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from neuroimmune.engine.compile import kernel_text
from neuroimmune.engine.trace import Model

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Kernel:
    """The compiled solver of one model: `run` (see solver.py), the length of its workspace, the scale of each state."""

    run: Callable[..., Any]
    workspace: int
    scale: np.ndarray
    name: str


def compiled(model: Model, precision: str = "float32") -> Kernel:
    """The kernel of a model: from the cache, or compiled now (seconds)."""
    return _kernel(kernel_text(model, precision), tuple(q.scale for q in model.states.values()))


@lru_cache
def _kernel(text: str, scale: tuple[float, ...]) -> Kernel:
    module = _module(text)
    return Kernel(module.run, module.WORKSPACE, np.array(scale), module.__name__)


def _module(text: str) -> ModuleType:
    import numba
    from filelock import FileLock

    name = "kernel_" + hashlib.sha256(f"{sys.version}\n{numba.__version__}\n{text}".encode()).hexdigest()[:24]
    if name in sys.modules:
        return sys.modules[name]
    path = cache_folder() / f"{name}.py"
    compiled_before = any((path.parent / "__pycache__").glob(f"{name}*.nbc"))
    if compiled_before and _imported(name, path, text):
        return sys.modules[name]
    try:
        with FileLock(path.with_suffix(".lock")):  # two processes would write Numba's index over each other
            if not _imported(name, path, text):
                for old in (path.parent / "__pycache__").glob(f"{name}*"):
                    old.unlink()
                part = path.with_suffix(f".{os.getpid()}.part")
                try:
                    part.write_text(text)
                    part.replace(path)
                finally:
                    part.unlink(missing_ok=True)
                _import(name, path)
    except OSError as error:  # the disk is full
        log.warning("compiled kernels cannot be kept in %s (%s)", path.parent, error.strerror or error)
        _import_unkept(name, text)
    return sys.modules[name]


def _imported(name: str, path: Path, text: str) -> bool:
    """Import what was kept, unless a crash or a full disk cut it short."""
    try:
        if path.read_text() != text:
            return False
    except (OSError, UnicodeDecodeError):
        return False
    try:
        _import(name, path)
    except Exception as error:  # Numba raises whatever unpickling does
        log.warning("the kernel kept in %s is damaged (%s); compiling it again", path, error)
        return False
    return True


def _import(name: str, path: Path) -> None:
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    sys.modules[name] = module  # before it runs: Numba looks its functions up by this name
    try:
        spec.loader.exec_module(module)  # type: ignore[union-attr]
    except BaseException:
        del sys.modules[name]
        raise


def _import_unkept(name: str, text: str) -> None:
    module = sys.modules[name] = ModuleType(name)
    try:
        exec(compile(text.replace("cache=True", "cache=False"), name, "exec"), module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise


def cache_folder() -> Path:
    """Where kernels are kept: NEUROIMMUNE_CACHE, the user's cache folder, a temporary one if it cannot be written."""
    import platformdirs

    wanted = (
        Path(os.environ.get("NEUROIMMUNE_CACHE") or platformdirs.user_cache_dir("neuroimmune", appauthor=False))
        / "kernels"
    )
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=wanted):
            return wanted
    except OSError as error:
        other = Path(tempfile.mkdtemp(prefix="neuroimmune-"))  # of this process alone: nobody else can put code there
        log.warning("compiled kernels cannot be kept in %s (%s); using %s", wanted, error.strerror, other)
        return other
