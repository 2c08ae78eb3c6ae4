"""Rows for people and programs: tables, CSV, JSON, and files of the whole warehouse."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import duckdb

_EXPORTED = "(dim|fact)_.*"
_FORMULA = re.compile(r"[=+@\t\r-]")
_NUMBER = re.compile(r"[-+]?[0-9.,]+%?")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """Make a table that knows how wide Chinese is; cells are plain text, never markup."""
    shown = Table(title=title or None, title_justify="left")
    rows = list(rows)
    for place, column in enumerate(columns):
        numeric = any(isinstance(row[place], int | float | Decimal) for row in rows)
        shown.add_column(Text(column), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell(value)) for value in row))
    return shown


def cell(value: Any) -> str:
    """Write one value as text; money keeps all its places."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, list):
        return ", ".join(cell(part) for part in value)
    return str(value)


def harmless(value: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would run as a formula; numbers are left as they are."""
    runs = isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value)
    return f"'{value}" if runs else value


def write_csv(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write RFC 4180 rows; null is empty, lists are JSON."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([json_text(value) if isinstance(value, list | dict) else _csv_cell(value) for value in row])


def _csv_cell(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value


def write_json(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write an array of objects, one per line; decimals are numbers with all their digits."""
    stream.write("[")
    separator = "\n"
    for row in rows:
        stream.write(separator + json_text(dict(zip(columns, row, strict=True))))
        separator = ",\n"
    stream.write("\n]\n")


def json_text(value: Any) -> str:
    """Write a value as JSON without turning a decimal into a float."""
    match value:
        case Decimal() if value.is_finite():
            return f"{value:f}"
        case dict():
            return (
                "{"
                + ", ".join(f"{json.dumps(str(k), ensure_ascii=False)}: {json_text(v)}" for k, v in value.items())
                + "}"
            )
        case list() | tuple():
            return "[" + ", ".join(json_text(part) for part in value) + "]"
        case None | bool() | int() | float() | str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return json.dumps(str(value), ensure_ascii=False)


def _without_formulas(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """Put an apostrophe before texts that a spreadsheet would run as a formula; numbers are left as they are."""
    columns = []
    for name, type_, *_ in connection.execute(f"describe {sql}").fetchall():
        column = '"' + name.replace('"', '""') + '"'
        if type_ == "VARCHAR":
            runs = f"regexp_matches({column}, '^[=+@\\t\\r-]') and not regexp_matches({column}, '^[-+]?[0-9.,]+%?$')"
            column = f"case when {runs} then chr(39) || {column} else {column} end as {column}"
        columns.append(column)
    return f"select {', '.join(columns)} from ({sql})"


def export(connection: duckdb.DuckDBPyConnection, folder: Path, format: str) -> list[Path]:
    """Write every fact and dimension, and the data dictionary, as ``parquet`` or ``csv`` files or one ``xlsx``."""
    folder.mkdir(parents=True, exist_ok=True)
    names = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'main' and table_name ~ ? order by 1",
        [_EXPORTED],
    ).fetchall()
    dictionary = """
        select schema_name, table_name, column_name, data_type, is_nullable, comment
        from duckdb_columns()
        where not internal
        order by schema_name, table_name, column_index
    """
    queries = {name: f'select * from "{name}"' for (name,) in names} | {"data_dictionary": dictionary}
    if format == "xlsx":
        from pipelines.workbook import write_workbook

        file = folder / "mingzhang.xlsx"
        write_workbook(connection, queries, file)
        return [file]
    written = []
    for name, sql in queries.items():
        file = folder / f"{name}.{format}"
        rows = _without_formulas(connection, sql) if format == "csv" else sql
        options = "format parquet, compression zstd" if format == "parquet" else "format csv, header true"
        target = str(file).replace("'", "''")
        connection.execute(f"copy ({rows}) to '{target}' ({options})")
        written.append(file)
    return written
