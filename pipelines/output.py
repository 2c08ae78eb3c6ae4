"""Rows for people and programs: tables, CSV and JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TextIO

from rich.table import Table
from rich.text import Text


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
