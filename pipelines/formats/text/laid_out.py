"""Text that was laid out with blanks, as ``pdftotext -layout`` writes it: columns stand where they stood on the page.

Signs become characters of a page, and the page is read as one of a PDF without rulings. Makers count a Chinese sign as one
column or as two; numbers that stand below each other tell which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from unicodedata import east_asian_width

from pipelines.core.document import Block, Grid, Line, Place, Unread, UnreadableError
from pipelines.formats.kind import IsTitle
from pipelines.formats.pdf.model import Char, PageModel, Run

_COLUMN, _LINE = 5.0, 14.0  # points from column to column and from line to line
_TYPE = 10.0  # points, two columns
_BASELINE = 11.0  # points below the top of a line
_MOST_COLUMNS = 1_000  # of one line: wider pages are none
_MOST_LINES = 400  # of one page
_LAID = re.compile(r"\S {3,}\S.* {2,}\S|\S {3,}-?[\d,]+\.\d+\s*$")
"""A line of several columns."""

_ENOUGH, _SHARE = 20, 0.08  # lines of several columns that make a text laid out, and of its lines
_OTHERWISE = re.compile(r"\t|\||│|<t[dr]\b")
"""What other dumps part columns with."""


_NUMBER = re.compile(r"-?\d[\d,]*\.\d+(?!\S)")

Widths = Callable[[str], int]
"""Columns of a sign."""


def _narrow(_: str) -> int:
    return 1


def _wide(sign: str) -> int:
    return 2 if east_asian_width(sign) in "WF" else 1


def is_laid_out(lines: Sequence[str]) -> bool:
    """Say whether the columns of a text are parted by blanks."""
    full = [line for line in lines if line.strip()]
    laid = sum(1 for line in full if _LAID.search(line))
    otherwise = sum(1 for line in full if _OTHERWISE.search(line))
    return laid >= max(_ENOUGH, _SHARE * len(full)) and otherwise * 10 < laid


def read_laid_out(lines: Sequence[str], is_title: IsTitle) -> tuple[list[Block], list[Unread]]:
    """Read the pages of a text that is laid out.

    Returns:
        Lines and grids, with the source lines they stand on, and the numbers that none of them holds.

    Raises:
        UnreadableError: A page is larger than any.
    """
    from pipelines.formats.pdf.margins import running_lines
    from pipelines.formats.pdf.painted import Sheets, read_page
    from pipelines.formats.pdf.sheets import SheetSizes, joined_columns

    pages = list(_pages(lines))
    widths = max((_narrow, _wide), key=lambda widths: _agreeing(lines, widths))
    models = [_model(page, widths) for _, page in pages]
    texts = ["\n".join(page) for _, page in pages]
    sizes = SheetSizes((model.width, model.height) for model in models)
    sheets = Sheets(running_lines(texts), sizes, is_title)
    blocks: list[Block] = []
    unread: list[Unread] = []
    firsts: dict[int, int] = {}
    for number, ((first, _), model, text) in enumerate(zip(pages, models, texts, strict=True), 1):
        found = read_page(model, text, number, sheets)
        firsts[number] = first
        scale = found.turn.scale if found.turn else 1.0
        blocks += [_placed(block, first, scale) for block in found.blocks]
        unread += [replace(one, place=_at(one.place, first, scale)) for one in found.lost]
    return joined_columns(blocks, is_title), unread


def _pages(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Pages, and the number of their first lines; a line feed to the next page stands at the start of its line."""
    first, page = 1, list[str]()
    for number, line in enumerate(lines, 1):
        if (line.startswith("\f") and page) or len(page) >= _MOST_LINES:
            yield first, page
            first, page = number, []
        page.append(line.replace("\f", ""))
    if page:
        yield first, page


def _agreeing(lines: Sequence[str], widths: Widths) -> int:
    """How many numbers end where one of the line before does."""
    agreeing, before = 0, set[int]()
    for line in lines:
        ends = {sum(map(widths, line[: found.end()])) for found in _NUMBER.finditer(line)}
        agreeing += len(ends & before)
        before = ends or before
    return agreeing


def _model(page: Sequence[str], widths: Widths) -> PageModel:
    model = PageModel(0.0, len(page) * _LINE + _LINE)
    run = Run(0, _TYPE, 0.0, 0, (0, 0, 0), 1.0, True, None, "")
    number = 0
    for row, line in enumerate(page):
        column = 0
        for sign in line:
            wide = widths(sign)
            if not sign.isspace():
                at = (column * _COLUMN + _COLUMN, row * _LINE + _BASELINE)
                model.chars.append(Char(sign, *at, wide * _COLUMN, run, number))
            column += wide
            number += 1
        if column > _MOST_COLUMNS:
            raise UnreadableError("too_many_glyphs", f"第 {row + 1} 行过长；a line of the text is too long")
        model.width = max(model.width, (column + 2) * _COLUMN)
        number += 1
    return model


def _placed(block: Block, first: int, scale: float) -> Block:
    place = _at(block.place, first, scale)
    if isinstance(block, Line):
        return replace(block, place=place)
    cells = [replace(cell, place=_at(cell.place, first, scale)) for cell in block.cells]
    return Grid(block.rows, block.cols, cells, place, block.edges, block.method)


def _at(place: Place, first: int, scale: float) -> Place:
    """A place with its source line."""
    if place.box is None:
        return replace(place, line=first)
    return replace(place, line=first + int(place.box.top / scale // _LINE))
