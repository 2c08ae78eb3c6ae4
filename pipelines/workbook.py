"""The warehouse as an Excel workbook that an accountant likes: one sheet per table and a dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

_SHEET_ROWS = 1_000_000  # Excel ends at 1,048,576; a longer table goes on in the next sheet
_MONEY = "#,##0.00"
_WIDEST = 40
_BATCH = 10_000


def write_workbook(connection: duckdb.DuckDBPyConnection, queries: dict[str, str], file: Path) -> None:
    """Write one sheet per query: Chinese headings, number formats, frozen heading row, filters.

    Texts are written as texts, so that a name such as ``=cmd|…`` stays a name and never becomes a formula.

    Args:
        connection: An open warehouse.
        queries: SQL by sheet name.
        file: The workbook.
    """
    import xlsxwriter

    headings = dict(
        connection.execute(
            "select table_name || '.' || column_name, comment from duckdb_columns() where not internal"
        ).fetchall()
    )
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(file), options) as book:
        formats = {
            "heading": book.add_format({"bold": True, "bg_color": "#E8EEF7", "bottom": 1, "text_wrap": True}),
            "money": book.add_format({"num_format": _MONEY}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        for name, sql in queries.items():
            _write_table(book, formats, connection.execute(sql), name, headings)


def _write_table(
    book: xlsxwriter.Workbook,
    formats: dict[str, Any],
    result: duckdb.DuckDBPyConnection,
    name: str,
    headings: dict[str, str | None],
) -> None:
    columns = [column[0] for column in result.description or ()]
    titles = [_title(headings.get(f"{name}.{column}"), column) for column in columns]
    part = 0
    while True:
        rows = result.fetchmany(_BATCH)
        sheet = book.add_worksheet((name if not part else f"{name}_{part + 1}")[:31])
        _write_heading(sheet, titles, formats["heading"])
        row = 0
        while rows:
            for values in rows:
                row += 1
                for place, value in enumerate(values):
                    _write_cell(sheet, row, place, value, formats)
            if row >= _SHEET_ROWS:
                break
            rows = result.fetchmany(_BATCH)
        sheet.autofilter(0, 0, row, max(0, len(columns) - 1))
        part += 1
        if row < _SHEET_ROWS:
            return


def _title(comment: str | None, column: str) -> str:
    """The Chinese part of a column's comment, over the column's name."""
    chinese = (comment or "").split(" | ")[0].strip()
    return f"{chinese}\n{column}" if chinese else column


def _write_heading(sheet: Worksheet, titles: Sequence[str], heading: Any) -> None:
    for place, title in enumerate(titles):
        width = max(sum(1 if ord(c) < 0x2E80 else 2 for c in line) for line in title.splitlines())
        sheet.set_column(place, place, min(_WIDEST, width + 4))
        sheet.write_string(0, place, title, heading)
    sheet.freeze_panes(1, 0)


def _write_cell(sheet: Worksheet, row: int, place: int, value: Any, formats: dict[str, Any]) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(row, place, value)
        case Decimal():
            sheet.write_number(row, place, float(value), formats["money"])  # Excel knows only doubles
        case int() | float():
            sheet.write_number(row, place, value)
        case _ if hasattr(value, "isoformat"):
            sheet.write_datetime(row, place, value, formats["date"])
        case list():
            sheet.write_string(row, place, "、".join(map(str, value)))
        case _:
            sheet.write_string(row, place, str(value))
