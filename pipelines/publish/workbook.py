"""The warehouse as an Excel workbook for accountants: contents, a sheet per table, values in Chinese, a dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.storage.tables import quoted

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
    "value": {"num_format": "#,##0.00######"},
    "count": {"num_format": "#,##0"},
    "day": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "link": {"font_color": "#1F4E9E", "underline": 1, "valign": "top"},
    "words": {"text_wrap": True, "valign": "top"},
}
_CONTENTS = {"表 / table": 22, "中文": 64, "行数 / rows": 12, "使用注意 / warnings": 90}
_MONEY_UNITS = {"yuan": "元", "10,000 yuan": "万元"}
_LINE = 16  # points
_MONEY_WIDTH = 20  # characters; a number wider than its column is shown as ####


def write_workbook(connection: duckdb.DuckDBPyConnection, names: Sequence[str], file: Path) -> None:
    """Write the contents and a sheet per table: Chinese headings and values, number formats, filters, frozen headings.

    Headings of money say 元 or 万元; coded values are shown by their Chinese words (``code_label``).

    Texts are written as texts, so that a name such as ``=cmd|…`` stays a name and never becomes a formula.

    Args:
        connection: An open warehouse.
        names: Tables and views, in the order of their sheets.
        file: The workbook.
    """
    import xlsxwriter

    said = connection.execute(
        "select table_name, any_value(table_zh), any_value(warnings), list(zh order by position), "
        "list(coalesce(unit, '') order by position) from data_dictionary group by 1"
    ).fetchall()
    chinese = {
        name: (zh, warnings, list(map(_with_unit, columns, units))) for name, zh, warnings, columns, units in said
    }
    words = _words(connection)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        with xlsxwriter.Workbook(str(file), options) as book:
            formats = {name: book.add_format(properties) for name, properties in _FORMATS.items()}
            contents = book.add_worksheet("目录")
            _write_heading(contents, _CONTENTS, formats["heading"])
            for row, name in enumerate(names, 1):
                zh, warnings, columns = chinese[name]
                result = connection.execute(f"select * from {quoted(name)}")
                titles = _titles(columns, result)
                coded = [words.get((name, column)) for column, *_ in result.description or ()]
                rows = _write_table(book, formats, result, name, titles=titles, coded=coded)
                contents.set_row(row, _LINE * ceil(max(1, _cells(warnings)) / _CONTENTS["使用注意 / warnings"]))
                contents.write_url(row, 0, f"internal:'{name}'!A1", formats["link"], name)
                contents.write_string(row, 1, zh, formats["words"])
                contents.write_number(row, 2, rows, formats["count"])
                contents.write_string(row, 3, warnings, formats["words"])
    except xlsxwriter.exceptions.FileCreateError as error:
        raise OSError(str(error)) from error


def _with_unit(chinese: str, unit: str) -> str:
    """Say in a heading whether money is in 元 or in 万元."""
    return f"{chinese}（{_MONEY_UNITS[unit]}）" if unit in _MONEY_UNITS else chinese


def _words(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], dict[str, str]]:
    """Return the Chinese words of the codes of each coded column, by table and column."""
    lists: dict[str, dict[str, str]] = {}
    for code_list, code, zh in connection.execute("select code_list, code, zh from code_label").fetchall():
        lists.setdefault(code_list, {})[code] = zh
    columns = connection.execute("select table_name, column_name, code_list from coded_column").fetchall()
    return {(table, column): lists[code_list] for table, column, code_list in columns}


def _titles(columns: Sequence[str], result: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Give the heading of each column, Chinese over its name, and how wide it is: money needs room for its digits."""
    widths = {}
    for chinese, (name, type_, *_) in zip(columns, result.description or (), strict=True):
        title = f"{chinese}\n{name}"
        width = max(map(_cells, title.splitlines())) + 4
        least = _MONEY_WIDTH if str(type_).startswith("DECIMAL") or str(type_).startswith("TIMESTAMP") else 0
        widths[title] = max(min(_WIDEST, width), least)
    return widths


def _write_table(
    book: xlsxwriter.Workbook,
    formats: dict[str, Any],
    result: duckdb.DuckDBPyConnection,
    name: str,
    *,
    titles: dict[str, int],
    coded: Sequence[dict[str, str] | None],
) -> int:
    """Write all rows, on further sheets where one is full; return how many there are."""
    written, part = 0, 1
    rows = result.fetchmany(_BATCH)
    while True:
        sheet = book.add_worksheet(_sheet_name(name, part))
        _write_heading(sheet, titles, formats["heading"])
        # codes are texts that look like numbers; a green corner in every cell helps nobody
        sheet.ignore_errors({"number_stored_as_text": f"A2:XFD{_SHEET_ROWS + 1}"})
        row = 0
        while rows and row < _SHEET_ROWS:
            for row, values in enumerate(rows, row + 1):  # noqa: B020 (goes on counting)
                _write_row(sheet, row, map(_in_words, values, coded), formats)
            rows = result.fetchmany(_BATCH)
        sheet.autofilter(0, 0, row, len(titles) - 1)
        written, part = written + row, part + 1
        if not rows:
            return written


def _in_words(value: Any, words: dict[str, str] | None) -> Any:
    """Return the Chinese words of a coded value, or of each value of a list; what has none stays as it is."""
    if words is None:
        return value
    return [words.get(code, code) for code in value] if isinstance(value, list) else words.get(value, value)


def _cells(text: str) -> int:
    """Give the width of a text in characters of a digit's width."""
    return sum(1 if ord(sign) < 0x2E80 else 2 for sign in text)


def _sheet_name(name: str, part: int) -> str:
    """Name a sheet; Excel allows 31 characters."""
    end = f"_{part}" if part > 1 else ""
    return name[: 31 - len(end)] + end


def _write_heading(sheet: Worksheet, titles: dict[str, int], heading: Any) -> None:
    for place, (title, width) in enumerate(titles.items()):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, heading)
    sheet.freeze_panes(1, 0)


def _write_row(sheet: Worksheet, row: int, values: Iterable[Any], formats: dict[str, Any]) -> None:
    for place, value in enumerate(values):
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
