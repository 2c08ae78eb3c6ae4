"""Tables that set revenue against expenditure: two or three blocks of lines side by side."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from pipelines.core.document import Grid
from pipelines.core.folding import bare, has_ordinal, key, squeeze
from pipelines.core.lexicon import CJK
from pipelines.layout.rows import (
    Heading,
    Row,
    column_span,
    data_rows,
    has_words,
    header_height,
    headings_of,
    is_amount,
    is_other_stage,
    is_other_year,
    path_over,
    repeated_header,
    value_of,
)
from pipelines.layout.table import Table
from pipelines.statements.catalogue import catalogue
from pipelines.statements.forms import measure_of

_LINE_HEADING = re.compile(r"^行次?$|序号")
_NAME_HEADING = re.compile(r"^(?:支出)?项目(?:名称)?$|^(?:功能|经济)?(?:分类)?科目(?:名称)?$|名称$|按.*分类$")
_IGNORED_HEADING = re.compile(r"增减|增长|比上年|%|占比|备注|说明")
_WORDS_HEADING = re.compile(r"%|占比|备注|说明")
_WHOLE = re.compile("(?:合计|总计)$")  # with its amounts beside it, such a name goes on nowhere
_TOTAL_LINE = re.compile(r"支出(?:合计|总计|小计)$|^结转下年")
_COLUMN_NUMBER = re.compile(r"\d{1,2}")
_AMOUNT = re.compile(r"\d\.\d\d")


@dataclass(slots=True)
class _Block:
    name: int
    line: int | None = None
    values: dict[int, str] = field(default_factory=dict)
    side: str = ""
    aside: dict[int, str] = field(default_factory=dict)  # headings of amounts of another year or stage


def balance_rows(table: Table, stage: str, year: int | None) -> tuple[list[Row], list[str]]:
    """Read a balance form.

    Args:
        table: The table, over all its pages.
        stage: ``budget`` or ``final``; columns of the other stage are left out.
        year: The fiscal year; columns headed by another year are left out.

    Returns:
        Rows in printed order with their side, and headings over numbers that were not understood.
    """
    headings: list[Heading] = []
    blocks: list[_Block] = []
    origin = table.grids[0]
    rows: list[Row] = []
    unread: list[str] = []
    settled = 0  # rows whose side is known
    for index, grid in enumerate(table.grids):
        height = repeated_header(grid, headings) if rows else header_height(grid)
        above = headings_of(grid, height)
        same = bool(rows) and [h.text for h in above] == [h.text for h in headings]
        same = same and (grid.cols == origin.cols or grid.method == "aligned")  # few lines may not show all columns
        if height:
            headings = above if rows else [*headings, *above]
        here = blocks
        if (height and not same) or not blocks or grid.cols != origin.cols:
            fresh = _blocks_of(grid, height, headings, stage, year)
            if not blocks or (len(fresh) >= len(blocks) and not same):
                _settle_sides(rows[settled:], blocks)
                settled = len(rows)
                here = blocks = fresh
                origin = grid
            else:  # cells merged on this page only: find the columns by where they stand
                here = [_moved(b, origin, grid) for b in blocks]
        _read_grid(grid, height, here, rows, resumed=index > 0)
        unread += _amounts_aside(grid, height, here)
    _settle_sides(rows[settled:], blocks)
    nameless = [(r.name, reading.text) for r in rows for reading in r.readings.values() if not _is_name(r.name)]
    unread += [
        f"{name} {text}".strip() for name, text in nameless if name or not _COLUMN_NUMBER.fullmatch(squeeze(text))
    ]
    unread += [text for row in rows for text in row.unread]
    return [r for r in rows if r.readings and _is_name(r.name)], unread


def _is_name(text: str) -> bool:
    """Whether a text can name a line: words, without an amount run into them."""
    return CJK.search(text) is not None and _AMOUNT.search(text) is None


def _blocks_of(grid: Grid, height: int, headings: list[Heading], stage: str, year: int | None) -> list[_Block]:
    """Blocks from what the columns hold: names, line numbers, amounts."""
    blocks: list[_Block] = []
    before: list[str] = []
    filled: set[int] = set()
    for col in range(grid.cols):
        path = path_over(headings, *column_span(grid, col))
        texts = [
            c.text
            for row in range(height, grid.rows)
            if (c := grid.at(row, col)) is not None and c.col == col and c.text.strip()
        ]
        words = sum(map(has_words, texts))
        if texts:
            filled.add(col)
        if words > len(texts) / 2 or (not texts and path and _NAME_HEADING.search(path[-1])):
            blocks.append(_Block(col))
        elif not blocks:
            continue
        elif _is_line_column(texts, path):
            blocks[-1].line = col
        elif not _ignored(path, stage, year):
            measure = measure_of(path, catalogue().balance_measures)
            if texts or (measure is not None and path != before):
                blocks[-1].values[col] = measure or "total"
        elif not (path and _WORDS_HEADING.search(path[-1])):
            blocks[-1].aside[col] = "/".join(path)
        before = path
    for block in blocks:
        if grid.method == "aligned" and len(filled & block.values.keys()) == 1:
            # a caption reached over the amounts, so that their heading seems to stand over a blank column
            alike = len(set(block.values.values())) < len(block.values)
            block.values = {c: m for c, m in block.values.items() if c in filled or not alike}
        if len(block.values) == 1 or len(set(block.values.values())) < len(block.values):
            block.values = _by_position(block.values)
        block.side = _side_of_headings(path_over(headings, *column_span(grid, block.name)))
    return blocks


def _moved(block: _Block, origin: Grid, grid: Grid) -> _Block:
    """A block's columns on a page whose grid has other columns."""

    def moved(col: int) -> int:
        if origin.edges is None or grid.edges is None:
            return min(col, grid.cols - 1)
        middle = (origin.edges[col] + origin.edges[col + 1]) / 2
        return max(0, sum(edge <= middle for edge in grid.edges[:-1]) - 1)

    return _Block(
        moved(block.name),
        None if block.line is None else moved(block.line),
        {moved(c): m for c, m in block.values.items()},
        block.side,
        {moved(c): heading for c, heading in block.aside.items()},
    )


def _by_position(values: dict[int, str]) -> dict[int, str]:
    """A single amount, or the funds in their statutory order where the headings do not tell them apart."""
    order = ["amount"] if len(values) == 1 else ["total", "general", "fund", "state_capital"]
    return dict(zip(values, order, strict=False))


def _ignored(path: list[str], stage: str, year: int | None) -> bool:
    return (
        is_other_year(path, year) or is_other_stage(path, stage) or any(_IGNORED_HEADING.search(p) for p in path[-1:])
    )


def _is_line_column(texts: list[str], path: list[str]) -> bool:
    if path and _LINE_HEADING.search(path[-1]):
        return True
    numbers = [int(t) for t in map(squeeze, texts) if re.fullmatch(r"\d{1,3}", t)]
    if len(numbers) < max(3, len(texts) - 1):
        return False
    return sum(b - a == 1 for a, b in pairwise(numbers)) >= 0.8 * (len(numbers) - 1)


def _side_of_headings(path: list[str]) -> str:
    joined = "/".join(path)
    for side in catalogue().sides:
        if (
            side.name != "expenditure"
            and re.search(side.heading, joined)
            and not (side.name == "revenue" and "支出" in joined)
        ):
            return side.name
    return "expenditure" if "支出" in joined else ""


def _settle_sides(rows: list[Row], blocks: list[_Block]) -> None:
    """Name the side of every row; a plain 支出 block that lists natures of spending is the usage side."""
    for n, block in enumerate(blocks):
        own = rows[n :: len(blocks)]
        names = [bare(r.name) for r in own if r.name]
        side = block.side
        if side == "revenue" and n and blocks[n - 1].side == "revenue":
            side = ""  # 收入 over both: a dump has lost how far it reaches
        if side in ("", "expenditure", "economic"):
            # a heading cut off by its cell leaves 经济分类 and loses whose: the government's classes have own names
            sides = catalogue().sides if side != "economic" else catalogue().sides[:1]
            for candidate in sides:
                if sum(candidate.names.search(name) is not None for name in names) >= (
                    1 if candidate.name == "revenue" else 2
                ):
                    side = candidate.name
                    break
        if side == "" and len(blocks) == 2:
            side = ("revenue", "expenditure")[n]
        for row in own:
            row.side = side


def _read_grid(grid: Grid, height: int, blocks: list[_Block], rows: list[Row], *, resumed: bool) -> None:
    first = True  # column numbers above it are no row
    for index, _ in data_rows(grid, height):
        fresh: list[Row] = []
        for block in blocks:
            left = fresh[-1] if fresh else None
            row = _read_row(grid, index, block, left)
            if grid.method == "aligned" and row.readings and not row.name and left is not None and left.unread:
                row.name = left.unread.pop()  # set in the middle of all columns of the side, it stands under an amount
            fresh.append(row)
        previous = rows[-len(blocks) :]
        torn = resumed or not any(r.readings for r in fresh)
        for n, row in enumerate(fresh):
            above = previous[n] if previous else None
            if above is None or not _goes_on(above, row):
                continue
            if first and torn and not row.readings:
                above.name += row.name
                fresh[n] = Row()
            elif grid.method == "aligned" and not (above.readings and row.readings):
                above.name += row.name  # a name wrapped in a table without rules
                above.readings = above.readings or row.readings
                fresh[n] = Row()
        if any(row.name or row.readings or row.unread for row in fresh):
            first = False
            rows.extend(fresh)


def _amounts_aside(grid: Grid, height: int, blocks: list[_Block]) -> list[str]:
    """Amounts of other years and stages, which the form has no measure for, with their headings."""
    return [
        f"{heading} {cell.text.strip()}"
        for row, _ in data_rows(grid, height)
        for block in blocks
        for col, heading in block.aside.items()
        if (cell := grid.at(row, col)) is not None and cell.col == col and is_amount(cell.text)
    ]


def _goes_on(above: Row, row: Row) -> bool:
    """Whether the first line on a page is the rest of the name above the page break."""
    if not row.name or has_ordinal(row.name) or not above.name:
        return False
    if above.readings and _WHOLE.search(bare(above.name)):
        return False
    names = catalogue().line_names
    return names.fullmatch(bare(row.name)) is None or (
        names.fullmatch(bare(above.name)) is None and names.fullmatch(bare(above.name + row.name)) is not None
    )


def _read_row(grid: Grid, index: int, block: _Block, left: Row | None) -> Row:
    """One block of a row; ``left`` is the block beside it, whose name may reach over this one (支出合计)."""
    cell = grid.at(index, block.name)
    row = Row()
    if cell is not None:
        row.name, row.place = squeeze(cell.text), cell.place
    if (
        not row.name
        and grid.method == "marked"
        and left is not None
        and not left.readings
        and _TOTAL_LINE.search(left.name)
    ):
        row.name = left.name
    if block.line is not None and (line := grid.at(index, block.line)) is not None:
        text = squeeze(line.text)
        row.line_no = text if re.fullmatch(r"\d{1,3}", text) else None
    for col, measure in block.values.items():
        amount = grid.at(index, col)
        if amount is None or amount is cell:
            continue
        reading = value_of(amount, row.unread)
        if reading is not None:
            row.readings[measure] = reading
            row.place = row.place if cell is not None else reading.place
    if key(row.name) in {"栏次", "项目"}:
        return Row()
    return row
