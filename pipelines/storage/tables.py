"""What ``tables.yml`` says: tables, columns, Polars schemas, DDL and comments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core.data_files import loaded
from pipelines.statements.lookups import value_sets

FILE = Path(__file__).parent / "tables.yml"

POLARS: dict[str, pl.DataType] = {
    "VARCHAR": pl.String(),
    "SMALLINT": pl.Int16(),
    "INTEGER": pl.Int32(),
    "BIGINT": pl.Int64(),
    "BOOLEAN": pl.Boolean(),
    "DATE": pl.Date(),
    "TIMESTAMP": pl.Datetime("us"),
    "DOUBLE": pl.Float64(),
}
DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")


@dataclass(frozen=True)
class Column:
    """One column: its DuckDB type, and what it means in Chinese and English, with unit and source."""

    name: str
    type: str
    nullable: bool
    zh: str
    en: str
    unit: str
    source: str

    @property
    def comment(self) -> str:
        """``中文 | English | unit: … | source: …``, as the database carries it."""
        parts = [self.zh, self.en, f"unit: {self.unit}" if self.unit else "", f"source: {self.source}"]
        return " | ".join(filter(None, parts))

    @property
    def polars(self) -> pl.DataType:
        """The Polars type of the same values."""
        return polars_type(self.type)


@dataclass(frozen=True)
class UsageWarning:
    """A mistake that a table or view invites, under a name of its own."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True)
class Table:
    """One table of the warehouse; ``name`` carries its schema where that is not ``main``."""

    name: str
    zh: str
    en: str
    grain: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    key: tuple[str, ...]
    checks: tuple[str, ...]
    references: dict[str, str]
    warnings: tuple[UsageWarning, ...]

    @property
    def comment(self) -> str:
        """``中文 | English | grain: … | warning: …``, as the database carries it."""
        return described(f"{self.zh} | {self.en}", self.grain, self.warnings)


def described(words: str, grain: str, warnings: tuple[UsageWarning, ...]) -> str:
    """Return the comment of a table or view."""
    return " | ".join([words, f"grain: {grain}", *(f"warning: {w.zh} {w.en}" for w in warnings)])


def polars_type(name: str) -> pl.DataType:
    """Return the Polars type of a DuckDB type name."""
    if name.endswith("[]"):
        return pl.List(polars_type(name[:-2]))
    if match := DECIMAL.fullmatch(name):
        return pl.Decimal(int(match[1]), int(match[2]))
    return POLARS[name]


def literal(text: str) -> str:
    """Return a text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """Return a possibly schema-qualified name as SQL identifiers (``class`` and ``commit`` are also keywords)."""
    return ".".join(f'"{part}"' for part in name.split("."))


@cache
def schema_version() -> int:
    """Return the version of the warehouse's schema, written into Parquet files and ``meta``."""
    return int(_document()["version"])


@cache
def _document() -> dict[str, Any]:
    return loaded(FILE)


@cache
def warnings() -> dict[str, UsageWarning]:
    """Return every usage warning by its name."""
    return {name: UsageWarning(name, zh, en) for name, (zh, en) in _document()["warnings"].items()}


@cache
def tables() -> dict[str, Table]:
    """Return every table by name, in load order."""
    sets = {name: ", ".join(map(literal, values)) for name, values in value_sets().items()}
    found = {}
    for entry in _document()["tables"]:
        columns = tuple(
            Column(name, type_, null != "not null", zh, en, unit, source)
            for name, type_, null, zh, en, unit, source in entry["columns"]
        )
        found[entry["name"]] = Table(
            name=entry["name"],
            zh=entry["zh"],
            en=entry["en"],
            grain=entry["grain"],
            columns=columns,
            primary_key=tuple(entry.get("primary_key", ())),
            key=tuple(entry.get("primary_key", entry.get("key", ()))),
            checks=tuple(check.format_map(sets) for check in entry.get("checks", ())),
            references=entry.get("references", {}),
            warnings=tuple(warnings()[name] for name in entry.get("warnings", ())),
        )
    return found


def schema(table: str) -> dict[str, pl.DataType]:
    """Return the Polars schema of a table, columns in order."""
    return {column.name: column.polars for column in tables()[table].columns}


def conform(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return the frame with exactly the table's columns and types.

    Args:
        frame: rows of the table; nullable columns may be missing and become null.
        table: name in ``tables.yml``.

    Raises:
        ValueError: a column is unknown, or one that must not be null is missing or holds a null.
    """
    columns = tables()[table].columns
    unknown = set(frame.columns) - {column.name for column in columns}
    missing = [column.name for column in columns if not column.nullable and column.name not in frame.columns]
    if unknown or (missing and frame.height):
        raise ValueError(f"{table}: unknown columns {sorted(unknown)}, missing columns {missing}")
    conformed = frame.select(
        (pl.col(c.name) if c.name in frame.columns else pl.lit(None)).cast(c.polars).alias(c.name) for c in columns
    )
    nulls = [c.name for c in columns if not c.nullable and conformed[c.name].null_count()]
    if nulls:
        raise ValueError(f"{table}: null in {nulls}")
    return conformed


def known(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return the frame's columns that the table has, for frames that carry more than the warehouse keeps."""
    return frame.select(column for column in schema(table) if column in frame.columns)


def ddl() -> list[str]:
    """Return the statements that create all schemas and tables with their constraints and comments."""
    statements = [f"create schema {quoted(name.split('.')[0])}" for name in tables() if "." in name]
    statements = list(dict.fromkeys(statements))
    for table in tables().values():
        lines = [f'"{c.name}" {c.type}{"" if c.nullable else " not null"}' for c in table.columns]
        if table.primary_key:
            lines.append(f"primary key ({', '.join(map(quoted, table.primary_key))})")
        lines += [f"check ({check})" for check in table.checks]
        statements.append(f"create table {quoted(table.name)} (\n  " + ",\n  ".join(lines) + "\n)")
        statements.append(f"comment on table {quoted(table.name)} is {literal(table.comment)}")
        statements += [
            f"comment on column {quoted(table.name)}.{quoted(c.name)} is {literal(c.comment)}" for c in table.columns
        ]
    return statements
