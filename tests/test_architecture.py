"""The house: who may import whom, and how long a file may get."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "pipelines"

FLOORS = (
    "core",
    "reference",
    "statements",
    "storage",
    "formats",
    "collect",
    "layout",
    "identity",
    "narrative",
    "performance",
    "projects",
    "repair",
    "extraction",
    "model",
    "prove",
    "warehouse",
    "publish",
    "site",
    "explore",
    "assistant",
    "orchestration",
    "cli",
    "definitions",
)
"""Folders of the package from bottom to top; imports go down, or stay."""

LONGEST = 400
"""Lines of a module; a longer one holds more than one idea."""


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name below it."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


MODULES = modules()


def imports(file: Path) -> Iterator[str]:
    """Modules of ours that a file imports, wherever in it: at its head, in a function, for types only."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "pipelines":
            base = node.module.removeprefix("pipelines").lstrip(".")
            for name in node.names:
                inner = f"{base}.{name.name}".lstrip(".")
                yield inner if inner in MODULES else base
        elif isinstance(node, ast.Import):
            yield from (n.name.removeprefix("pipelines.") for n in node.names if n.name.startswith("pipelines."))


def test_every_folder_has_a_floor() -> None:
    assert {name.split(".")[0] for name in MODULES if name} == set(FLOORS)


@pytest.mark.parametrize("name", sorted(name for name in MODULES if name))
def test_imports_go_down(name: str) -> None:
    floor = FLOORS.index(name.split(".", maxsplit=1)[0])
    upward = [other for other in imports(MODULES[name]) if FLOORS.index(other.split(".")[0]) > floor]
    assert not upward, f"{name} imports from a floor above"


def test_imports_form_no_circle() -> None:
    graph = {name: {other for other in imports(file) if other != name} for name, file in MODULES.items()}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("name", sorted(MODULES))
def test_no_module_is_too_long(name: str) -> None:
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_no_other_file_of_code_is_too_long() -> None:
    """Cases of the rules are data."""
    root = PACKAGE.parent
    files = [
        f
        for folder in ("tests", "benchmarks", "sql")
        for f in (root / folder).rglob("*")
        if f.suffix in {".py", ".sql"}
    ]
    long = [f.name for f in files if len(f.read_text(encoding="utf-8").splitlines()) > LONGEST]
    assert not [name for name in long if not name.startswith("rule_cases_")]
