"""The pages are those the rules give, and what is written by hand names only what exists."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import neuroimmune.diagnose as package
from neuroimmune.diagnose.columns import read_map
from neuroimmune.diagnose.definitions import DEFINITIONS
from neuroimmune.diagnose.instruments import INSTRUMENTS
from neuroimmune.diagnose.pages import pages, write_pages
from neuroimmune.diagnose.reading import read

DOCS = Path(__file__).parents[2] / "docs"
WRITTEN = ("traps.md",)


@pytest.mark.parametrize("name", pages())
def test_page_is_up_to_date(name):
    assert (DOCS / "diagnose" / name).read_text(encoding="utf-8") == pages()[name], (
        "run: python -m neuroimmune.diagnose.pages docs/diagnose"
    )


def test_a_page_for_everything_and_nothing_else(tmp_path):
    write_pages(tmp_path)
    there = {path.name for path in (DOCS / "diagnose").glob("*.md")}
    assert there == {path.name for path in tmp_path.iterdir()} | set(WRITTEN)
    assert len(there) == len(DEFINITIONS) + len(INSTRUMENTS) + len(WRITTEN)


def test_no_docstring_is_broken():
    """A line that was wrapped by a program ends in a quotation mark."""
    for path in Path(package.__path__[0]).rglob("*.py"):
        assert not re.search(r'"""[^"]*" *\n *"[^"]+"""', path.read_text(encoding="utf-8")), path.name


def test_the_map_that_is_printed_can_be_read(tmp_path):
    printed = re.search(r"```toml\n(.*?)```", (DOCS / "diagnose.md").read_text(encoding="utf-8"), re.DOTALL)
    assert printed
    (tmp_path / "answers.toml").write_text(printed[1])
    text = "participant,visit,Fatigue frequency,duration\na,1,5,0.5\na,2,-9,2\n"
    (tmp_path / "a.csv").write_text(text)
    answers = read(tmp_path / "a.csv", read_map(tmp_path / "answers.toml"))
    assert answers.rows == ["a/1", "a/2"] and not answers.problems
    assert answers["fatigue_months"].tolist() == [6, 24] and answers["dsq_13f"][0] == 4


def test_every_page_is_listed():
    listed = set(re.findall(r"^diagnose/(\S+)$", (DOCS / "diagnose.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == {*DEFINITIONS, "traps", "instrument_*"}


def test_imports_point_one_way():
    """Also those inside functions."""
    root = Path(package.__path__[0])
    imports: dict[str, set[str]] = {}
    for path in root.rglob("*.py"):
        module = path.relative_to(root).with_suffix("").parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package.__name__):
                names = (node.module or "").split(".")[2:3] or [alias.name for alias in node.names]
                imports.setdefault(module, set()).update(name for name in names if name != module)
    assert list(TopologicalSorter(imports).static_order())  # raises if there is a circle


def test_recalled_rules_say_so():
    for key, definition in DEFINITIONS.items():
        assert ("The rule is recalled" in pages()[f"{key}.md"]) != definition.checked


@pytest.mark.parametrize("page", ["diagnose.md", "diagnose/traps.md"])
def test_options_that_are_named_exist(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    named = re.findall(r"([a-z0-9_]+)\.([a-z]+)=([^` ]+(?: areas)?)", text)
    assert named
    for key, parameter, option in named:
        DEFINITIONS[key].choose({parameter: option})
