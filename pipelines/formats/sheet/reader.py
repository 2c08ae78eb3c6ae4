"""Workbooks to documents: what is seen on the sheets, in the order of their tabs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import count

from pipelines.core.document import Document, Place, Unread, UnreadableError
from pipelines.formats.kind import IsTitle
from pipelines.formats.sheet.blocks import blocks_of
from pipelines.formats.sheet.visible import view_of
from pipelines.formats.sheet.workbook import Sheet, Workbook


def document_of(name: str, workbook: Workbook, is_title: IsTitle) -> Document:
    """Give a workbook as a document; places are sheets, cells, and rows counted over all sheets.

    Args:
        name: Of the kind of file.
        workbook: As stored.
        is_title: Tells whether a line is the title of a declared form.

    Raises:
        UnreadableError: It is larger than any report, or none of its formulas has a result.
    """
    _refuse_uncached(workbook)
    _refuse_hidden(workbook)
    document = Document(name, [], created_on=workbook.saved_on)
    numbers = count(1)
    columns: Sequence[int] = ()
    for sheet in workbook.sheets:
        if sheet.hidden:
            if any(isinstance(stored.value, Decimal) for stored in sheet.cells.values()):
                document.unread.append(Unread("hidden_sheet", sheet.name, Place(sheet=sheet.name)))
            continue
        view = view_of(sheet, since_1904=workbook.since_1904)
        blocks, exact, columns = blocks_of(view, is_title, numbers, columns)
        document.blocks += blocks
        document.stored |= exact
        document.unread += view.unread
        for reason, characters in view.unseen.items():
            document.unseen[reason] = document.unseen.get(reason, 0) + characters
    return document


def _refuse_uncached(workbook: Workbook) -> None:
    """Raise when all numbers are formulas that nobody has computed yet: a program wrote the file."""
    shown = [sheet for sheet in workbook.sheets if not sheet.hidden]
    if any(sheet.uncached for sheet in shown) and not any(map(_has_amounts, shown)):
        raise UnreadableError(
            "formulas_uncached",
            "公式没有计算结果，请用 Excel 或 WPS 打开并保存一次再放入；"
            "the formulas have no results, open the file in a spreadsheet program and save it",
        )


def _refuse_hidden(workbook: Workbook) -> None:
    """Raise when nobody sees anything of a workbook that holds something."""
    if workbook.sheets and all(sheet.hidden for sheet in workbook.sheets if sheet.cells):
        raise UnreadableError(
            "nothing_shown",
            "工作表全部隐藏或为空，请取消隐藏或核对文件；all sheets are hidden or empty, show them or check the file",
        )


def _has_amounts(sheet: Sheet) -> bool:
    return any(isinstance(stored.value, Decimal) and stored.value % 1 for stored in sheet.cells.values())
