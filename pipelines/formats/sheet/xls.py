"""Reader of .xls and .et: xlrd with the formats of the cells."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import xlrd
from xlrd.biffh import error_text_from_code

from pipelines.core.document import UnreadableError
from pipelines.formats.office import LOCKED, damaged, saved_on
from pipelines.formats.sheet.number_format import builtin
from pipelines.formats.sheet.workbook import Sheet, Stored, Workbook

_WORKSHEET = 0  # kind of a sheet: not a chart, a macro or a module


def read_xls(path: Path) -> Workbook:
    """Read a workbook.

    Raises:
        UnreadableError: The file is damaged or locked.
    """
    try:
        book = xlrd.open_workbook(str(path), formatting_info=True, ragged_rows=True, logfile=io.StringIO())
        sheets = [_sheet(book, sheet) for sheet in book.sheets()]
    except MemoryError:
        raise
    except Exception as error:  # xlrd raises whatever a damaged file leads it to
        if "encrypt" in str(error).lower() or "password" in str(error).lower():
            raise UnreadableError("office_locked", LOCKED) from error
        raise damaged(type(error).__name__) from error
    return Workbook(sheets, since_1904=book.datemode == 1, saved_on=saved_on(path))


def _sheet(book: xlrd.book.Book, source: xlrd.sheet.Sheet) -> Sheet:
    sheet = Sheet(source.name, hidden=source.visibility != 0)
    sheet.merged = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in source.merged_cells]
    sheet.hidden_rows = {n for n, row in source.rowinfo_map.items() if row.hidden or row.height == 0}
    sheet.hidden_cols = {n for n, col in source.colinfo_map.items() if col.hidden or col.width == 0}
    codes = [_code(book, style) for style in range(len(book.xf_list))]
    for row in range(source.nrows):
        for col in range(source.row_len(row)):
            cell = source.cell(row, col)
            style = cell.xf_index or 0
            if style < len(book.xf_list):
                border = book.xf_list[style].border
                if border is not None and (border.left_line_style or border.right_line_style):
                    sheet.framed.add((row, col))
            if (stored := _stored(book, cell, codes, style)) is not None:
                sheet.cells[row, col] = stored
    return sheet


def _code(book: xlrd.book.Book, style: int) -> str:
    """The number format of a style."""
    number = book.xf_list[style].format_key
    known = book.format_map.get(number)
    return known.format_str if known is not None and known.format_str else builtin(number)


def _stored(book: xlrd.book.Book, cell: xlrd.sheet.Cell, codes: list[str], style: int) -> Stored | None:
    code = codes[style] if style < len(codes) else "General"
    struck = style < len(codes) and bool(book.font_list[book.xf_list[style].font_index].struck_out)
    match cell.ctype:
        case xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE:
            exact = repr(cell.value)
            return Stored(Decimal(exact.removesuffix(".0")), code, exact.removesuffix(".0"), struck)
        case xlrd.XL_CELL_BOOLEAN:
            return Stored("TRUE" if cell.value else "FALSE", struck=struck)
        case xlrd.XL_CELL_ERROR:
            return Stored(error_text_from_code.get(int(cell.value), "#N/A"), "@", struck=struck)
        case xlrd.XL_CELL_TEXT if str(cell.value).strip():
            return Stored(str(cell.value), code, struck=struck)
    return None
