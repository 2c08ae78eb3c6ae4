"""What some modules depend on, found in the code itself: modules of ours, their data files, libraries; as one digest.

What a cached result is worth hangs on all of these. They are followed from the imports, so that nobody has to keep a
list, or a version number, by hand.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
"""Folder that holds the package."""

PACKAGE = Path(__file__).parents[1].name

_FOR_PEOPLE = frozenset({".css", ".html", ".js", ".md", ".woff2"})
"""Suffixes of pages and documentation, on which no result depends."""

_MODULE_NAME = re.compile(rf"({PACKAGE}(?:\.\w+)+)(?::\w+)?")
"""A text that names a module, or a function in one, as registries do that import late."""

DIGEST_DIGITS = 16
"""Hexadecimal digits of a digest: two states of the code share one with a chance of 1 in 2**64."""


def digest(modules: Iterable[str], without: Sequence[Path] = ()) -> str:
    """Name the state of some modules and of everything they depend on.

    Args:
        modules: Full names of modules of this package.
        without: Data files that are known to have no say.
    """
    reached = sorted(reachable(modules))
    files = sorted({file_of(name) for name in reached} | set(data_files(reached)) - set(without))
    name = hashlib.sha256(f"python {sys.version_info.major}.{sys.version_info.minor}\n".encode())
    for library, version in library_versions(libraries(reached)).items():
        name.update(f"{library} {version}\n".encode())
    for file in files:
        content = file.read_bytes()
        name.update(f"{file.relative_to(ROOT).as_posix()} {len(content)}\n".encode() + content)
    return name.hexdigest()[:DIGEST_DIGITS]


def reachable(modules: Iterable[str]) -> set[str]:
    """Follow the imports of modules of ours, also those inside functions; packages on the way count too."""
    reached: set[str] = set()
    due = list(modules)
    while due:
        name = due.pop()
        if name not in reached and file_of(name).exists():
            reached.add(name)
            due += [each for each in _named(name) if each.split(".")[0] == PACKAGE]
            due += name.rpartition(".")[:1] if "." in name else []
    return reached


def libraries(modules: Iterable[str]) -> set[str]:
    """Give the names under which modules import libraries that are neither ours nor Python's."""
    named = {each.split(".")[0] for module in modules for each in _named(module)}
    return named - sys.stdlib_module_names - {PACKAGE}


def library_versions(names: Iterable[str]) -> dict[str, str]:
    """Find the installed distribution of each imported name; give versions by the distribution's name.

    A library that is not installed has the version ``absent``: optional ones have a say as soon as they come.
    """
    wanted = set(names)
    found: dict[str, str] = {}
    for distribution in distributions():
        record = "\n" + (distribution.read_text("RECORD") or "")
        here = {name for name in wanted if f"\n{name}/__init__.py," in record or f"\n{name}.py," in record}
        if here:
            found[distribution.name] = distribution.version
            wanted -= here
    return dict(sorted((found | dict.fromkeys(wanted, "absent")).items()))


def data_files(modules: Iterable[str]) -> Iterator[Path]:
    """List the data files beside modules: in their folders, and in folders below that hold no code."""
    for folder in {file_of(module).parent for module in modules}:
        yield from _data_below(folder)


def file_of(module: str) -> Path:
    """Say where a module of ours stands; the file does not exist where the name is none of a module."""
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _data_below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir():
            if path.name != "__pycache__" and not (path / "__init__.py").exists():
                yield from _data_below(path)
        elif path.suffix != ".py" and path.suffix not in _FOR_PEOPLE and not path.name.startswith("."):
            yield path


@cache
def _named(module: str) -> frozenset[str]:
    """Names that a module imports, or writes down as text; a name imported from a module may be a module itself."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file_of(module).read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(filter(None, [_package(module, node.level), node.module]))
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            match = _MODULE_NAME.fullmatch(node.value)
            found |= {match[1]} if match else set()
    return frozenset(found)


def _package(module: str, level: int) -> str:
    """Give the package that a relative import of a module starts from; empty for an absolute one."""
    if not level:
        return ""
    parts = module.split(".")
    up = level - 1 if file_of(module).name == "__init__.py" else level
    return ".".join(parts[: len(parts) - up])
