"""The procurement table: a staircase of category, project, economic class and goods."""

from __future__ import annotations

import re

from pipelines.core.document import Grid
from pipelines.core.folding import key, squeeze
from pipelines.core.lexicon import GRAND_TOTALS
from pipelines.layout.rows import (
    Heading,
    Row,
    column_span,
    data_rows,
    has_words,
    header_height,
    headings_of,
    path_over,
    repeated_header,
    value_of,
)
from pipelines.layout.table import Table

_LEVELS = re.compile(r"大类|类别|专项|项目|经济科目|科目|物品|品目|采购内容|货物名称")
_ATTRIBUTE = re.compile(r"组织形式|采购方式|数量|计量|单价|备注|编码|序号")
_AMOUNT = re.compile(r"总计|合计|金额|预算|小计")


def procurement_rows(table: Table) -> tuple[list[Row], list[str]]:
    """Read a procurement table; a row's name is the path of its levels, blank cells inherit from above.

    Returns:
        Rows in printed order with the measure ``amount``, and headings that were not understood.
    """
    headings: list[Heading] = []
    rows: list[Row] = []
    path: list[str] = []
    unread: list[str] = []
    for index, grid in enumerate(table.grids):
        height = repeated_header(grid, headings) if rows else header_height(grid)
        if height:
            headings = headings_of(grid, height)
        levels, amount = _columns(grid, headings)
        if not levels or amount is None:
            continue
        if len(path) != len(levels):
            path = [""] * len(levels)
        for number, (r, _) in enumerate(data_rows(grid, height)):
            names = [_own_text(grid, r, col) for col in levels]
            reading = value_of(grid.at(r, amount), unread)
            if number == 0 and index > 0 and height == 0 and rows and reading is None:
                path = [above + rest for above, rest in zip(path, names, strict=True)]  # a name torn by the page break
                rows[-1].name = "/".join(filter(None, path))
                continue
            first = next((i for i, name in enumerate(names) if name), None)
            if first is not None:
                path = [*path[:first], *names[first:]]
            if reading is None:
                continue
            total = any(key(name) in GRAND_TOTALS for name in names)
            row = Row("合计" if total else "/".join(filter(None, path)), place=reading.place)
            row.readings["amount"] = reading
            rows.append(row)
            if total:
                path = [""] * len(levels)
    return rows, unread


def _columns(grid: Grid, headings: list[Heading]) -> tuple[list[int], int | None]:
    levels: list[int] = []
    amount: int | None = None
    for col in range(grid.cols):
        path = path_over(headings, *column_span(grid, col))
        last = path[-1] if path else ""
        if _ATTRIBUTE.search(last):
            continue
        if _AMOUNT.search(last) and not _LEVELS.search(last):
            amount = col if amount is None else amount
        elif _LEVELS.search(last) or any(
            has_words(c.text) for r in range(grid.rows) if (c := grid.at(r, col)) is not None
        ):
            levels.append(col)
    return levels, amount


def _own_text(grid: Grid, row: int, col: int) -> str:
    """Text of a level where the cell begins; a merged cell counts in its first row only."""
    cell = grid.at(row, col)
    if cell is None or cell.row != row:
        return ""
    return squeeze(cell.text)
