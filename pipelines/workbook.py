"""The warehouse as an Excel workbook that an accountant likes: contents, one sheet per table, a dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.warehouse.tables import quoted

if TYPE_CHECKING:
    import duckdb
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

_SHEET_ROWS = 1_000_000  # Excel ends at 1,048,576; a longer table goes on in the next sheet
_LONGEST = 32_767  # characters of a cell
_CUT = "…（截断 / cut）"
_WIDEST = 40
_BATCH = 10_000
_FORMATS = {
    "heading": {"bold": True, "bg_color": "#E8EEF7", "bottom": 1, "text_wrap": True, "valign": "top"},
    "money": {"num_format": "#,##0.00"},
    "value": {"num_format": "#,##0.########"},
    "day": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "link": {"font_color": "#1F4E9E", "underline": 1},
}
_CONTENTS = ("表 / table", "中文", "行数 / rows", "使用注意 / warnings")


def write_workbook(connection: duckdb.DuckDBPyConnection, names: Sequence[str], file: Path) -> None:
    """Write the contents and one sheet per table: Chinese headings, number formats, frozen heading row, filters.

    Texts are written as texts, so that a name such as ``=cmd|…`` stays a name and never becomes a formula.

    Args:
        connection: An open warehouse.
        names: Tables and views, in the order of their sheets.
        file: The workbook.
    """
    import xlsxwriter

    said = connection.execute(
        "select table_name, any_value(table_zh), any_value(warnings), list(zh order by position) "
        "from data_dictionary group by 1"
    ).fetchall()
    chinese = {name: (zh, warnings, columns) for name, zh, warnings, columns in said}
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(file), options) as book:
        formats = {name: book.add_format(properties) for name, properties in _FORMATS.items()}
        contents = book.add_worksheet("目录")
        _write_heading(contents, _CONTENTS, formats["heading"])
        for row, name in enumerate(names, 1):
            zh, warnings, columns = chinese[name]
            result = connection.execute(f"select * from {quoted(name)}")
            titles = [f"{title}\n{column[0]}" for title, column in zip(columns, result.description or (), strict=True)]
            rows = _write_table(book, formats, result, name, titles)
            contents.write_url(row, 0, f"internal:'{name}'!A1", formats["link"], name)
            _write_row(contents, row, (zh, rows, warnings), formats, first=1)


def _write_table(
    book: xlsxwriter.Workbook,
    formats: dict[str, Any],
    result: duckdb.DuckDBPyConnection,
    name: str,
    titles: Sequence[str],
) -> int:
    """Write all rows, on further sheets where one is full; return how many there are."""
    written, part = 0, 1
    rows = result.fetchmany(_BATCH)
    while True:
        sheet = book.add_worksheet(_sheet_name(name, part))
        _write_heading(sheet, titles, formats["heading"])
        row = 0
        while rows and row < _SHEET_ROWS:
            for row, values in enumerate(rows, row + 1):  # noqa: B020 (goes on counting)
                _write_row(sheet, row, values, formats)
            rows = result.fetchmany(_BATCH)
        sheet.autofilter(0, 0, row, len(titles) - 1)
        written, part = written + row, part + 1
        if not rows:
            return written


def _sheet_name(name: str, part: int) -> str:
    """Name a sheet; Excel allows 31 characters."""
    end = f"_{part}" if part > 1 else ""
    return name[: 31 - len(end)] + end


def _write_heading(sheet: Worksheet, titles: Sequence[str], heading: Any) -> None:
    for place, title in enumerate(titles):
        width = max(sum(1 if ord(c) < 0x2E80 else 2 for c in line) for line in title.splitlines())
        sheet.set_column(place, place, min(_WIDEST, width + 4))
        sheet.write_string(0, place, title, heading)
    sheet.freeze_panes(1, 0)


def _write_row(sheet: Worksheet, row: int, values: Iterable[Any], formats: dict[str, Any], first: int = 0) -> None:
    for place, value in enumerate(values, first):
        match value:
            case None:
                continue
            case bool():
                sheet.write_string(row, place, "是" if value else "否")
            case Decimal():  # Excel knows only doubles
                places = value.as_tuple().exponent
                sheet.write_number(row, place, float(value), formats["money" if places == -2 else "value"])
            case int() | float():
                sheet.write_number(row, place, value)
            case _ if hasattr(value, "isoformat"):
                sheet.write_datetime(row, place, value, formats["moment" if isinstance(value, datetime) else "day"])
            case list():
                sheet.write_string(row, place, _fitting("、".join(map(str, value))))
            case _:
                sheet.write_string(row, place, _fitting(str(value)))


def _fitting(text: str) -> str:
    """Cut a text that no cell holds, and say so."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - len(_CUT)] + _CUT
