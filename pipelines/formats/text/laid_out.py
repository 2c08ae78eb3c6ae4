"""Text that was laid out with blanks, as ``pdftotext -layout`` writes it: columns stand where they stood on the page.

Signs become characters of a page, and the page is read as one of a PDF without rulings. Makers count a Chinese sign as
one column or as two; numbers that stand below each other tell which. All lines are equally far from each other, so the
white that parts rows from the lines of a wrapped name is put in again (`pipelines.formats.text.wrapped`).
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from unicodedata import east_asian_width

from pipelines.core.document import Block, Grid, Line, Place, Unread
from pipelines.core.lexicon import PAGE_NUMBER
from pipelines.formats.kind import IsTitle
from pipelines.formats.pdf.model import Char, PageModel, Run
from pipelines.formats.text.wrapped import NUMBER, Widths, steps

_COLUMN = 5.0  # points from column to column
_TYPE = 10.0  # points
_BASELINE = 8.0  # points below the top of a line
_LONGEST = 1_000  # signs of a line: wider pages are none
_MOST_LINES = 400  # of one page
_LAID = re.compile(r"\S {3,}\S.* {2,}\S|\S {3,}-?[\d,]+\.\d+\s*$")
"""A line of several columns."""

_ENOUGH, _SHARE = 20, 0.08  # lines of several columns that make a text laid out, and of its lines
_OTHERWISE = re.compile(r"\t|\||│|<t[dr]\b")
"""What other dumps part columns with."""

_UNCOUNTED_PAGES = 8  # a cover, a list of contents and the like, before page 1
_EDGE = 2  # lines at either end of a page that may be headers or footers
_RETURNS = 3  # pages on which one stands at least
_WITHIN = re.compile(r"(?<=20\d\d) (?=\s?[年度])|(?<=[\u4e00-\u9fff]) (?=20\d\d ?年)")
"""A blank within words: makers put one between a year and Chinese signs. The sign before it covers it."""

_OF_TABLE = re.compile(r"单位\s*[:：]|\S {2,}\S.* {2,}\S|表\s*\d*\s*$")
"""What stands above a table: the unit of money, its number, headings of three columns."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page: the number of its first line, and its lines; headers and footers are blank."""

    first: int
    lines: list[str]


def is_laid_out(lines: Sequence[str]) -> bool:
    """Say whether the columns of a text are parted by blanks."""
    full = [line for line in lines if line.strip()]
    if any(len(line) > _LONGEST for line in full):
        return False
    laid = sum(1 for line in full if _LAID.search(line))
    otherwise = sum(1 for line in full if _OTHERWISE.search(line))
    return laid >= max(_ENOUGH, _SHARE * len(full)) and otherwise * 10 < laid


def read_laid_out(lines: Sequence[str], is_title: IsTitle) -> tuple[list[Block], list[Unread]]:
    """Read the pages of a text that is laid out.

    Returns:
        Lines and grids, with the source lines they stand on, and the numbers that none of them holds.
    """
    from pipelines.formats.pdf.painted import Sheets, read_page
    from pipelines.formats.pdf.sheets import SheetSizes, joined_columns

    widths = max((_narrow, _wide), key=lambda widths: _agreeing(lines, widths))
    sheets = Sheets(frozenset(), SheetSizes(()), is_title)  # a page is as wide as its lines: that tells nothing
    blocks: list[Block] = []
    unread: list[Unread] = []
    for number, page in enumerate(_without_margins(list(_pages(lines)), is_title), 1):
        model, tops = _model(page.lines, widths)
        found = read_page(model, "\n".join(page.lines), number, sheets)
        scale = found.turn.scale if found.turn else 1.0
        at = _Places(page.first, [top * scale for top in tops])
        blocks += [at.of_block(block) for block in found.blocks]
        unread += [replace(one, place=at.of(one.place)) for one in found.lost]
    return joined_columns(blocks, is_title), unread


def _narrow(_: str) -> int:
    return 1


def _wide(sign: str) -> int:
    return 2 if east_asian_width(sign) in "WF" else 1


def _agreeing(lines: Sequence[str], widths: Widths) -> int:
    """How many numbers end where one of the line before does."""
    agreeing, before = 0, set[int]()
    for line in lines:
        ends = {sum(map(widths, line[: found.end()])) for found in NUMBER.finditer(line)}
        agreeing += len(ends & before)
        before = ends or before
    return agreeing


def _pages(lines: Sequence[str]) -> Iterator[_Page]:
    """Pages; the sign for a new one stands at the start of its first line."""
    first, page = 1, list[str]()
    for number, line in enumerate(lines, 1):
        if (line.startswith("\f") and page) or len(page) >= _MOST_LINES:
            yield _Page(first, page)
            first, page = number, []
        page.append(line.replace("\f", ""))
    if page:
        yield _Page(first, page)


def _without_margins(pages: Sequence[_Page], is_title: IsTitle) -> list[_Page]:
    """Blank the lines at the ends of pages that return page after page, and page numbers.

    Titles, units and headings of columns return too, with their tables: they stay.
    """
    edges = [_edges(page.lines) for page in pages]
    counts = Counter(
        key for page, ends in zip(pages, edges, strict=True) for key in {_key(page.lines[i]) for i in ends}
    )
    found = []
    for number, (page, ends) in enumerate(zip(pages, edges, strict=True), 1):
        lines = list(page.lines)
        for i in ends:
            is_content = NUMBER.search(lines[i]) or _OF_TABLE.search(lines[i]) or is_title(lines[i].strip())
            returns = _key(lines[i]) and counts[_key(lines[i])] >= _RETURNS
            if _is_page_number(lines[i].strip(), number) or (returns and not is_content):
                lines[i] = ""
        found.append(replace(page, lines=lines))
    return found


def _is_page_number(text: str, page: int) -> bool:
    """Whether a line numbers its page; bare digits, which may be an amount, only where they are near to it."""
    found = PAGE_NUMBER.fullmatch(text)
    if found is None:
        return False
    return not text.lstrip("-—–· ").isdecimal() or abs(int(found["page"]) - page) <= _UNCOUNTED_PAGES


def _edges(lines: Sequence[str]) -> set[int]:
    full = [i for i, line in enumerate(lines) if line.strip()]
    return {*full[:_EDGE], *full[-_EDGE:]}


def _key(line: str) -> str:
    return re.sub(r"[\d\s]", "", line)


def _model(page: Sequence[str], widths: Widths) -> tuple[PageModel, list[float]]:
    """Put the signs of a page in their places; give the tops of its lines, too."""
    model = PageModel(0.0, 0.0)
    run = Run(0, _TYPE, 0.0, 0, (0, 0, 0), 1.0, True, None, "")
    number, tops, top = 0, list[float](), 0.0
    for line, step in zip(page, steps(page, widths), strict=True):
        top += step * _TYPE
        tops.append(top)
        column = 0
        covered = {found.start() - 1 for found in _WITHIN.finditer(line)}
        for place, sign in enumerate(line):
            wide = widths(sign)
            if not sign.isspace():
                advance = wide + (place in covered)
                model.chars.append(Char(sign, (column + 1) * _COLUMN, top + _BASELINE, advance * _COLUMN, run, number))
            column += wide
            number += 1
        model.width = max(model.width, (column + 2) * _COLUMN)
        number += 1
    model.height = top + 2 * _TYPE
    return model, tops


@dataclass(frozen=True, slots=True)
class _Places:
    """Turns places on a page into those of source lines."""

    first: int
    tops: list[float]

    def of(self, place: Place) -> Place:
        """A place with its source line."""
        if place.box is None:
            return replace(place, line=self.first)
        middle = min((place.box.top + place.box.bottom) / 2, place.box.top + _TYPE / 2)
        return replace(place, line=self.first + max(bisect(self.tops, middle) - 1, 0))

    def of_block(self, block: Block) -> Block:
        """A block, and its cells, with their source lines."""
        place = self.of(block.place)
        if isinstance(block, Line):
            return replace(block, place=place)
        cells = [replace(cell, place=self.of(cell.place)) for cell in block.cells]
        return Grid(block.rows, block.cols, cells, place, block.edges, block.method)
