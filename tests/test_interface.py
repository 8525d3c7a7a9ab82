"""The public names, and that no layer imports one to its right."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import neuroimmune as ni

PACKAGE = Path(ni.__file__).parent

# Left to right; a layer imports only what stands left of it, or in it. `evidence`, `errors` and the version serve all.
LAYERS = [
    {"quantity", "kinetics"},
    {"systems"},
    {"body"},
    {"treated"},
    {"units", "engine"},
    {"streams", "population", "protocol_file", "protocol"},
    {"provenance", "course", "simulation"},
    {"lives"},
    {"treatment_file", "treatment", "schedule", "care", "treating", "harms", "reporting"},
    {"storage"},
    {"cohorts", "clinic"},
    {"diagnose"},
    {"twins"},
    {"describe", "plot", "compare", "plot_cohort", "loops"},
    {"validation_illness", "validation_treatment", "validation", "validation_page", "protocol_pages"},
    {"cards", "plot_treatment", "treatment_pages"},
    {"calibrate"},
    {"cli", "treatment_command"},
]
BY_ALL = {"errors", "files", "evidence", ""}
ENGINE_KNOWS = {"engine", "quantity", "errors"}


def layer(module):
    return next(n for n, names in enumerate(LAYERS) if module in names)


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        if path != PACKAGE / "__init__.py":
            yield path.relative_to(PACKAGE).with_suffix("").parts[0], path


def imported(path, when_run):
    """The modules of this package that a file imports; `when_run` counts those inside functions and for types."""
    tree = ast.parse(path.read_text())
    body = ast.walk(tree) if when_run else tree.body
    for node in body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "neuroimmune":
            yield (node.module.split(".") + [""])[1]
        elif isinstance(node, ast.Import):
            yield from ((n.name.split(".") + [""])[1] for n in node.names if n.name.split(".")[0] == "neuroimmune")
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}: say whence: no relative imports"


@pytest.mark.parametrize("module, path", list(modules()), ids=lambda v: v if isinstance(v, str) else v.stem)
def test_imports_point_to_the_left(module, path):
    if module in BY_ALL:
        assert set(imported(path, when_run=False)) <= BY_ALL
        return
    for other in set(imported(path, when_run=False)) - BY_ALL:
        assert layer(other) <= layer(module), f"{module} imports {other}"


# What is imported inside functions may point to the right only so that a result can save and draw itself.
LATER = {("course", "plot"), ("course", "storage"), ("provenance", "simulation")}


@pytest.mark.parametrize("module, path", list(modules()), ids=lambda v: v if isinstance(v, str) else v.stem)
def test_so_do_those_inside_functions(module, path):
    if module not in BY_ALL:
        wrong = {(module, o) for o in set(imported(path, when_run=True)) - BY_ALL if layer(o) > layer(module)}
        assert wrong <= LATER


def test_the_engine_knows_no_physiology():
    for path in (PACKAGE / "engine").glob("*.py"):
        assert set(imported(path, when_run=True)) <= ENGINE_KNOWS, path.name


def test_no_system_imports_another():
    for path in (PACKAGE / "systems").glob("*.py"):
        assert set(imported(path, when_run=True)) <= {"quantity", "kinetics"}, path.name


def test_public_names():
    assert len(ni.__all__) <= 25 and len(set(ni.__all__)) == len(ni.__all__)
    for name in ni.__all__:
        value = getattr(ni, name)
        assert name == "__version__" or (callable(value) and value.__doc__), name
    assert dir(ni) == sorted(ni.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'simulat'"):
        _ = ni.simulat


def test_public_names_stay_when_every_module_is_imported():
    """A function and a module of one name would take each other's place."""
    modules = [".".join(("neuroimmune", *p.relative_to(PACKAGE).with_suffix("").parts)) for _, p in modules_()]
    code = f"""
import importlib, types
import neuroimmune as ni
for name in {modules!r}:
    importlib.import_module(name.removesuffix(".__init__"))
wrong = [name for name in ni.__all__ if isinstance(getattr(ni, name), types.ModuleType)]
assert not wrong, wrong
"""
    found = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=300)
    assert found.returncode == 0, found.stderr


def modules_():
    return [(m, p) for m, p in modules() if p.name != "solver.py"]


def test_types_are_declared():
    assert (PACKAGE / "py.typed").exists()
    text = (PACKAGE / "__init__.py").read_text()
    for name in set(ni.__all__) - {"__version__"}:
        assert f" import {name} as {name}" in text, name
