"""The project is what it says it is: a version, and a lock that is complete and names no place."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import neuroimmune

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text()
PINNED = {name: Version(version) for name, version in re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK, re.MULTILINE)}


def declared() -> list[Requirement]:
    """All that pyproject.toml asks for: to build, to run, and in every extra and group."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = table["project"]
    lists = chain(project["optional-dependencies"].values(), table["dependency-groups"].values())
    texts = chain(table["build-system"]["requires"], project["dependencies"], *lists)
    return [Requirement(text) for text in texts if isinstance(text, str)]


def test_version():
    assert str(Version(neuroimmune.__version__)) == neuroimmune.__version__


@pytest.mark.parametrize("address", ["http", "file:", "/", "@", "--index", "--find-links"])
def test_lock_names_no_place(address):
    assert address not in LOCK


def test_lock_is_hashed():
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(entries) == len(PINNED)
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("requirement", declared(), ids=lambda requirement: requirement.name)
def test_lock_holds_what_is_declared(requirement):
    pinned = PINNED.get(canonicalize_name(requirement.name))
    assert pinned and pinned in requirement.specifier, "pyproject.toml has changed: run `make lock`"
