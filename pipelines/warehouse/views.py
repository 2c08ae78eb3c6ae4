"""The views of the warehouse: one plain SQL file each in ``sql/``, described in its header.

Where a header says ``stored`` the rows are computed once, in the load, into the schema ``stored``; the view reads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from pipelines.storage.tables import UsageWarning, described, literal, quoted, warnings

FOLDER = Path(__file__).parents[2] / "sql"

HEADER = re.compile(
    r"-- (?P<name>\w+): (?P<comment>.+)\n-- grain: (?P<grain>.+)\n(?:-- stored: (?P<stored>.+)\n)?"
    r"(?:-- follows: (?P<follows>relatives)\n)?"
    r"(?:-- warnings: (?P<warnings>.+)\n)?-- columns:\n(?P<columns>(?:--   .+\n)+)"
)
COLUMN = re.compile(r"--   (\w+): (.+)\n")


@dataclass(frozen=True)
class View:
    """One view: its query, and what its header says.

    Attributes:
        name: as the file's stem.
        comment: ``中文 | English``.
        grain: what one row is.
        stored: why its rows are computed in the load; empty for a view that is computed when asked.
        of_relatives: whether its rows of a unit follow from reports of the unit and its relatives (`renewal`) alone.
        warnings: mistakes it invites.
        columns: comment (``中文 | English | unit: …``) of each column, in order.
        query: the SQL below the header.
    """

    name: str
    comment: str
    grain: str
    stored: str
    of_relatives: bool
    warnings: tuple[UsageWarning, ...]
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
        stored=header["stored"] or "",
        of_relatives=header["follows"] is not None,
        warnings=tuple(warnings()[name] for name in (header["warnings"] or "").split(", ") if name),
        columns=dict(COLUMN.findall(header["columns"])),
        query=text[header.end() :],
    )


@cache
def views() -> dict[str, View]:
    """Return every view by name, each after the views it selects from."""
    found = {path.stem: parse(path) for path in sorted(FOLDER.glob("*.sql"))}
    with duckdb.connect() as parser:
        for macro in macros():
            parser.execute(macro)
        needs = {name: parser.get_table_names(view.query) & found.keys() - {name} for name, view in found.items()}
    return {name: found[name] for name in TopologicalSorter(needs).static_order()}


def macros() -> list[str]:
    """Return the statements that create the formulas several views share."""
    return [path.read_text(encoding="utf-8") for path in sorted((FOLDER / "macros").glob("*.sql"))]


def ddl() -> list[str]:
    """Return the statements that create all views with their comments; those that are stored are computed by them."""
    statements = [*macros(), "create schema stored"]
    for view in views().values():
        name, rows = quoted(view.name), quoted(f"stored.{view.name}")
        relations = [("view", name)]
        if view.stored:
            statements += [f"create table {rows} as\n{view.query}", f"create view {name} as select * from {rows}"]
            relations.append(("table", rows))
        else:
            statements.append(f"create view {name} as\n{view.query}")
        for kind, relation in relations:
            comment = described(view.comment, view.grain, view.warnings)
            statements.append(f"comment on {kind} {relation} is {literal(comment)}")
            statements += [
                f"comment on column {relation}.{quoted(column)} is {literal(says)}"
                for column, says in view.columns.items()
            ]
    return statements
