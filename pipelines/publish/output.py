"""Rows for people and programs: tables, CSV and JSON."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from math import isfinite
from typing import Any, TextIO
from unicodedata import category

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

_NARROWEST = 12  # a column of fewer cells is not worth reading
_BORDER = 3  # cells between two columns
FORMULA = re.compile(r"[=+@\t\r\n＝＋＠－-]")
NUMBER = re.compile(r"[-+]?[0-9.,]+%?")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """Make a table that knows how wide Chinese is; cells are plain text, never markup."""
    shown = Table(title=title or None, title_justify="left")
    rows = list(rows)
    for place, column in enumerate(columns):
        numeric = any(isinstance(row[place], int | float | Decimal) for row in rows)
        shown.add_column(Text(visible(column)), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell(value)) for value in row))
    return shown


def fitting_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], width: int) -> Table:
    """Make a table, or one block of lines per row where the columns would be too narrow to read.

    Args:
        columns: Names.
        rows: Values.
        width: Cells of the terminal.
    """
    rows = list(rows)
    texts = [[cell(value) for value in row] for row in rows]
    needed = 1
    for place, column in enumerate(columns):
        lines = (line for text in (column, *(row[place] for row in texts)) for line in text.split("\n"))
        needed += min(_NARROWEST, max(map(cell_len, lines))) + _BORDER
    if needed <= width:
        return table("", columns, rows)
    blocks = Table(show_header=False)
    blocks.add_column(style="bold", overflow="fold")
    blocks.add_column(overflow="fold")
    for row in texts:
        for column, text in zip(columns, row, strict=True):
            blocks.add_row(Text(visible(column)), Text(text))
        blocks.add_section()
    return blocks


def cell(value: Any) -> str:
    """Write one value as text; money keeps all its places, nothing is not the same as an empty text."""
    match value:
        case None:
            return "NULL"
        case Decimal():
            return f"{value:,f}"
        case list():
            return ", ".join(map(cell, value))
        case _:
            return visible(str(value))


def visible(text: str) -> str:
    """Show signs that would steer a terminal as escapes; what a document says is never obeyed."""
    return "".join(sign if sign == "\n" or category(sign)[0] != "C" else ascii(sign)[1:-1] for sign in text)


def harmless(value: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would run as a formula; numbers are left as they are."""
    runs = isinstance(value, str) and FORMULA.match(value) and not NUMBER.fullmatch(value)
    return f"'{value}" if runs else value


def write_csv(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write RFC 4180 rows; null is empty, lists are JSON."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([json_text(value) if isinstance(value, list | dict) else _csv_cell(value) for value in row])


def _csv_cell(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value


def distinct(columns: Sequence[str]) -> list[str]:
    """Give every column a name of its own: a query may use one twice, a JSON object or a frame may not."""
    names: list[str] = []
    for place, column in enumerate(columns, 1):
        names.append(column if column not in names else f"{column} ({place})")
    return names


def write_json(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write an array of objects, one per line; decimals are numbers with all their digits."""
    stream.write("[")
    separator = "\n"
    names = distinct(columns)
    for row in rows:
        stream.write(separator + json_text(dict(zip(names, row, strict=True))))
        separator = ",\n"
    stream.write("\n]\n")


def json_text(value: Any) -> str:
    """Write a value as JSON without turning a decimal into a float."""
    with suppress(TypeError, ValueError):  # what the library can write it writes at once, many times faster
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
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
        case float() if not isfinite(value):  # JSON has no infinity
            return json.dumps(str(value))
        case _:
            return json.dumps(str(value), ensure_ascii=False)
