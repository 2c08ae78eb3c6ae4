"""The views of the warehouse: one plain SQL file each in ``sql/``, described in its header."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

from pipelines.warehouse.tables import literal, quoted

FOLDER = Path(__file__).parents[2] / "sql"

HEADER = re.compile(
    r"-- (?P<name>\w+): (?P<comment>.+)\n-- grain: (?P<grain>.+)\n-- columns:\n(?P<columns>(?:--   .+\n)+)"
)
COLUMN = re.compile(r"--   (\w+): (.+)\n")


@dataclass(frozen=True)
class View:
    """One view: its query, and what its header says.

    Attributes:
        name: as the file's stem.
        comment: ``中文 | English``.
        grain: what one row is.
        columns: comment (``中文 | English | unit: …``) of each column, in order.
        query: the SQL below the header.
    """

    name: str
    comment: str
    grain: str
    columns: dict[str, str]
    query: str


def parse(path: Path) -> View:
    """Read one file.

    Raises:
        ValueError: the header is not of the agreed form, or names another view than the file.
    """
    text = path.read_text(encoding="utf-8")
    header = HEADER.match(text)
    if not header or header["name"] != path.stem:
        raise ValueError(f"{path}: the header must give name, grain and columns of {path.stem}")
    return View(
        name=path.stem,
        comment=header["comment"],
        grain=header["grain"],
        columns=dict(COLUMN.findall(header["columns"])),
        query=text[header.end() :],
    )


@cache
def views() -> dict[str, View]:
    """Return every view by name, each after the views it selects from."""
    found = {path.stem: parse(path) for path in sorted(FOLDER.glob("*.sql"))}
    needs = {
        name: set(re.findall(r"(?:from|join) (\w+)", view.query)) & found.keys() - {name}
        for name, view in found.items()
    }
    return {name: found[name] for name in TopologicalSorter(needs).static_order()}


def ddl() -> list[str]:
    """Return the statements that create all views with their comments."""
    statements = []
    for view in views().values():
        statements.append(f"create view {quoted(view.name)} as\n{view.query}")
        statements.append(f"comment on view {quoted(view.name)} is {literal(f'{view.comment} | grain: {view.grain}')}")
        statements += [
            f"comment on column {quoted(view.name)}.{quoted(column)} is {literal(comment)}"
            for column, comment in view.columns.items()
        ]
    return statements
