"""Fill `.venv` with exactly the packages of requirements.lock, and this package, editable.

Every verb of the Makefile runs this first; when nothing has changed it only compares a stamp. The pip of a
system Python may be barred from installing for itself (Debian): it installs into `.venv` from outside.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "complete"

NO_PIP = f"""\
{sys.executable} has no pip to install with. Get it one, then run this again:
  Debian, Ubuntu   sudo apt install python3-pip
  Fedora           sudo dnf install python3-pip
  elsewhere        install Python from your system's usual source, or put `uv` on the PATH"""


def main() -> None:
    with contextlib.suppress(OSError):  # some network disks cannot lock
        fcntl.flock(os.open(ROOT, os.O_RDONLY), fcntl.LOCK_EX)  # a second make waits for the first
    wanted = fingerprint()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return

    version = ".".join(map(str, sys.version_info[:3]))
    print(f"Setting up .venv with Python {version} from requirements.lock: about a minute.", flush=True)
    STAMP.unlink(missing_ok=True)  # first, so that an interrupted set-up is never taken for a complete one
    venv.create(VENV, clear=True, symlinks=True, prompt="neuroimmune")
    install = installer()
    # Wheels only: building from source would fetch build tools that no hash covers.
    run(*install, "--only-binary", ":all:", "--require-hashes", "--requirement", LOCK)
    run(*install, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    STAMP.write_text(wanted)


def fingerprint() -> str:
    """Everything that decides what `.venv` must hold; the folder, because `.venv` cannot be moved."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    facts = [LOCK.read_text(), project["project"], project["build-system"], sys.version, ROOT]
    return hashlib.sha256("\n".join(map(str, facts)).encode()).hexdigest()


def installer() -> list[str | Path]:
    """The command that installs into `.venv`: this Python's pip, else one made inside, else uv."""
    # Not compiled: Python compiles what it imports, and compiling all in advance takes a third of the time.
    outside = [sys.executable, "-m", "pip", "--python", PYTHON]
    if works(*outside, "--version"):
        return [*outside, "install", "-qq", "--no-compile"]
    if works(PYTHON, "-m", "ensurepip"):
        return [PYTHON, "-m", "pip", "install", "-qq", "--no-compile"]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "-q", "--python", PYTHON]
    sys.exit(NO_PIP)


def works(*command: str | Path) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def run(*command: str | Path) -> None:
    settings = {"PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if subprocess.run(command, env=os.environ | settings).returncode:
        sys.exit("The set-up failed, for the reason above. It starts afresh the next time.")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nThe set-up was interrupted. It starts afresh the next time.")
