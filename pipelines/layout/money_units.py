"""Units of money: of a table by its captions, of a column by its headings, of a row by its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipelines.core.document import Cell, Document, Grid, Line
from pipelines.core.folding import key
from pipelines.core.money import UNIT, UNITS
from pipelines.core.numbers import read_amount
from pipelines.layout.rows import header_height
from pipelines.layout.table import Table
from pipelines.layout.unit_words import stated_unit, unit_of

UNCLEAR = ""
"""Unit of a number whose unit is printed in ways that do not settle it; such a number is unread."""

_OF_COLUMN = re.compile(rf"\((?:单位[:：])?(?:人民币)?({UNIT})\)|[/,，、:：]({UNIT})$|^({UNIT})$")
"""A heading that names the unit of its own column: 预算数(万元), 决算数/元."""

_CAPTION_ALONE = re.compile(rf"(?:金额|货币|计量)?单位[:：]?\(?(?:人民币)?({UNIT})\)?")
"""A cell among the headings that only carries the caption of the table."""

_OF_WORDS = re.compile(rf"([\u4e00-\u9fff]{{2,12}}?)(?:的)?(?:金额)?(?:单位)?(?:[:：(]|为|以)({UNIT})")
"""A caption that gives a unit to the columns of a name: 预算数为万元，决算数为元."""

_LABEL = re.compile(r"^(?:金额)?单位[:：]")
_BOUND = re.compile(r"[,，;；、()（）|。]")
_OF_ALL = re.compile(r"(?:金额|货币|计量|计算|本表)?(?:金额)?单位")
_COUNTED = frozenset("个人辆台次批项家套张间组平方米件户亩处篇所座棵份")
"""Letters of the units of counts (批次, 平方米)."""

_BELOW = 3
"""Rows at the end of a grid that may carry the caption of the table."""


@dataclass(frozen=True, slots=True)
class _Captioned:
    """What captions say: the unit of all columns (``None``: nothing), and that of the columns of a name."""

    unit: str | None = None
    by_words: dict[str, str] = field(default_factory=dict)


def settle_money(tables: list[Table], document: Document) -> None:
    """Give every table its unit, and every number whose column or row names another one its own.

    The nearest word counts: the cell's own, the row's, the column's, the table's (above it, in it, below it), and last
    the document's. Where captions or headings name several units and do not say which is whose, the numbers get
    `UNCLEAR`.
    """
    told = [t for t in tables if t.form]
    for n, table in enumerate(tables):
        if table.form and not table.unit:
            table.unit = _unit_around(table, tables[n + 1] if n + 1 < len(tables) else None)
    for table in told:
        _settle_table(table)
    stated = Counter(t.unit for t in told if t.unit)
    fallback = stated.most_common(1)[0][0] if stated else None
    if fallback is None:
        fallback = next((u for line in document.lines() if (u := unit_of(line.text))), None)
    for table in tables:
        table.unit_from = "table" if table.unit else ("document" if fallback else None)
        table.unit = table.unit or fallback


def _unit_around(table: Table, following: Table | None) -> str | None:
    """The unit printed outside the place for captions: in the last rows of a table, below it, or above its title."""
    last = table.grids[-1] if table.grids else None
    for row in range(last.rows - 1, max(-1, last.rows - 1 - _BELOW), -1) if last else ():
        cells = last.row(row) if last else []
        if not any(read_amount(c.text) for c in cells) and (unit := stated_unit(" ".join(c.text for c in cells))):
            return unit
    for line in table.after:
        if (unit := stated_unit(line.text)) and _is_below(line, table, following):
            return unit
    return next((unit for line in reversed(table.above) if (unit := stated_unit(line.text))), None)


def _is_below(line: Line, table: Table, following: Table | None) -> bool:
    """Whether a line between two tables belongs to the upper one."""
    if following is None or following.unit or line not in following.above:
        return True
    page, below = line.place.page, following.place.page
    last = table.grids[-1].place if table.grids else table.place
    if page is None or page != below or page != last.page:
        return page != below
    boxes = (last.box, line.place.box, following.place.box)
    if boxes[0] is None or boxes[1] is None or boxes[2] is None:
        return True
    return boxes[1].top - boxes[0].bottom <= boxes[2].top - boxes[1].bottom


def _settle_table(table: Table) -> None:
    """Settle what the captions and headings of one table say of its columns and rows."""
    captioned = _captioned(table.captions)
    if not table.grids:
        if len(_named_in(line.text for line in table.lines[:_BELOW])) > 1:
            table.unit = None
        return
    columns: dict[int, str] = {}
    for number, grid in enumerate(table.grids):
        height = header_height(grid)
        own = _by_headings(grid, height, captioned)
        columns = own if own or not number else _moved(columns, table.grids[number - 1], grid)
        base = _base(table, captioned, columns, grid, height)
        _mark(grid, height, columns, base)


def _base(table: Table, captioned: _Captioned, columns: dict[int, str], grid: Grid, height: int) -> str | None:
    """The unit of the columns whose headings name none: ``None`` that of the table."""
    if captioned.unit is not None:
        return captioned.unit if captioned.unit == UNCLEAR or captioned.by_words else None
    named = {u for c, u in columns.items() if _has_numbers(grid, c, height)}
    leading = [u for c, u in sorted(columns.items()) if not _has_numbers(grid, c, height)]
    if len(named) > 1 and not leading:
        return UNCLEAR
    return leading[0] if leading and table.unit and leading[0] != table.unit and len(named) > 1 else None


def _captioned(lines: Sequence[Line]) -> _Captioned:
    """What the captions of a table say; several units that nothing gives to columns are unclear."""
    texts = [key(line.text) for line in lines]
    texts = [t for t in texts if "元" in t and ("单位" in t or _OF_WORDS.search(t)) and not any(map(str.isdigit, t))]
    by_words: dict[str, str] = {}
    plain: list[str] = []
    for text in texts:
        for part in _BOUND.split(text):
            found = _OF_WORDS.fullmatch(_LABEL.sub("", part))
            if found and not _OF_ALL.fullmatch(found[1]):
                by_words[found[1].removesuffix("单位").removesuffix("金额")] = found[2]
            elif unit := unit_of(part) or (part if part in UNITS else None):
                plain.append(unit)
    distinct = list(dict.fromkeys(plain))
    if len(distinct) > 1:
        return _Captioned(UNCLEAR, by_words)
    if distinct or not by_words:
        return _Captioned(distinct[0] if distinct else None, by_words)
    return _Captioned(UNCLEAR if len(set(by_words.values())) > 1 else None, by_words)


def _named_in(texts: Iterable[str]) -> set[str]:
    return {found[1] or found[2] or found[3] for text in texts for found in _OF_COLUMN.finditer(key(text))}


def _by_headings(grid: Grid, height: int, captioned: _Captioned) -> dict[int, str]:
    """Units by column, of the deepest heading that names one."""
    found: dict[int, str] = {}
    alone: dict[int, str] = {}
    for cell in sorted(grid.cells, key=lambda c: c.row):
        if cell.row >= height or not ("元" in cell.text or captioned.by_words):
            continue
        text = key(cell.text)
        columns = range(cell.col, cell.col + cell.col_span)
        if caption := _CAPTION_ALONE.fullmatch(text):
            alone |= dict.fromkeys(columns, caption[1])
        elif own := _OF_COLUMN.search(text):
            found |= dict.fromkeys(columns, own[1] or own[2] or own[3])
        elif words := next((w for w in captioned.by_words if w in text), None):
            found |= dict.fromkeys(columns, captioned.by_words[words])
    return {**alone, **found} if len(set(alone.values())) > 1 else found


def _moved(columns: dict[int, str], before: Grid, grid: Grid) -> dict[int, str]:
    """The units of the columns of a page that prints no headings."""
    if not columns or before.cols == grid.cols or before.edges is None or grid.edges is None:
        return columns
    moved = {}
    for col in range(grid.cols):
        middle = (grid.edges[col] + grid.edges[col + 1]) / 2
        above = next((c for c in range(before.cols) if before.edges[c] <= middle <= before.edges[c + 1]), None)
        if above is not None and above in columns:
            moved[col] = columns[above]
    return moved


def _has_numbers(grid: Grid, col: int, height: int) -> bool:
    cells = (grid.at(row, col) for row in range(height, grid.rows))
    return any(c is not None and c.col == col and read_amount(c.text) is not None for c in cells)


def _mark(grid: Grid, height: int, columns: dict[int, str], base: str | None) -> None:
    """Write the unit of its row, its column or its kind of columns into every cell below the headings."""
    numbers = [c for c in range(grid.cols) if _has_numbers(grid, c, height)] if columns else []
    if grid.edges is None and len(set(columns.values())) > 1 and not set(numbers) <= set(columns):
        columns, base = {}, UNCLEAR  # the headings of a dump do not stand over their columns
    rows = _by_rows(grid, height)
    if not columns and base is None and not rows:
        return
    cells = []
    for cell in grid.cells:
        unit = rows.get(cell.row, columns.get(cell.col, base)) if cell.row >= height else None
        cells.append(cell if unit is None else replace(cell, unit=unit))
    grid.put(cells)


def _by_rows(grid: Grid, height: int) -> dict[int, str]:
    """Units that rows name: at the end of their names, or in a column of units beside other units."""
    found: dict[int, str] = {}
    by_column: dict[int, dict[int, str]] = {}
    for cell in grid.cells:
        if cell.row < height or ("元" not in cell.text and not set(cell.text.strip()) <= _COUNTED):
            continue
        text = key(cell.text)
        if text in UNITS or (text and set(text) <= _COUNTED):
            by_column.setdefault(cell.col, {})[cell.row] = text if text in UNITS else UNCLEAR
        elif (own := _OF_COLUMN.search(text)) and text.endswith(")") and read_amount(cell.text) is None:
            found[cell.row] = own[1] or own[2] or own[3]
    for col, units in by_column.items():
        texts = [c for c in _column(grid, col, height) if c.text.strip()]
        if len(texts) == len(units) and any(units.values()):
            found = {**units, **found}
    return found


def _column(grid: Grid, col: int, height: int) -> list[Cell]:
    return [c for c in grid.cells if c.col == col and c.row >= height]
