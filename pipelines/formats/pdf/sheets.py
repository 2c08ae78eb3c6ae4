"""Sheets that are not pages: two pages on one sheet, and right-hand columns of a table on a page of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from pipelines.core.document import Block, Box, Grid, Line
from pipelines.core.lexicon import column_number
from pipelines.formats.pdf.edges import Edge
from pipelines.formats.pdf.glyphs import Glyph, group_lines, line_text, words_of

_ROUNDED = 2  # points that sizes of pages may differ by
_WIDE = 1.2  # width by height of a sheet that may hold two pages
_GUTTER = 0.75  # type sizes free of everything on either side of the middle: two columns of a table stand nearer
_BRIDGES = 4  # rulings that close the open ends of two tables at once: at most two above and two below
_TITLE_LINES = 4  # lines from the top of a page in which its table's title stands
_PROSE_LINES = 3  # full lines that make a half a column of text
_LINE_LENGTH = 12  # characters: shorter lines are names
_FULL_LINE = 0.7  # of the width of its column: a line of running text
_ENOUGH_ROWS = 3  # rows that stand at the same heights on two pages are no chance
_SAME_ROW = 0.35  # of the distance of the nearest rows: rows on two pages that are nearer are one
_ENOUGH_HEADINGS = 3  # side by side that are no chance, said again
_LEADER = re.compile(r"[.．…·]{4,}\s*\d+\s*$")  # dots up to the number of a page
_CJK = re.compile(r"[\u4e00-\u9fff]")
_DIGITS = re.compile(r"\d")
_ANY_TITLE = re.compile(r"[^，。；]{2,30}表")  # or a label: 公开03表
_DATA = re.compile(r"\d{3,}|-?\d[\d,]*\.\d+|0")  # a code, an amount

Part = tuple[Box, list[Glyph], list[Edge]]


# --- two pages on one sheet ------------------------------------------------------------------------------------------


class SheetSizes:
    """Which sheets of a document may hold two pages: those twice as wide as a page, and those like one that does."""

    def __init__(self, sizes: Iterable[tuple[float, float]]) -> None:
        self._sizes = {(round(width), round(height)) for width, height in sizes}
        self._proven: set[tuple[int, int]] = set()

    def may_hold_two(self, page: Box) -> bool:
        """Whether another page is as high and half as wide, or a sheet of this size has held two."""
        width, height = page.x1 - page.x0, page.bottom - page.top
        half = any(abs(2 * w - width) <= _ROUNDED and abs(h - height) <= _ROUNDED for w, h in self._sizes)
        return half or (round(width), round(height)) in self._proven

    def hold_two(self, page: Box) -> None:
        """Remember that a sheet of this size holds two pages."""
        self._proven.add((round(page.x1 - page.x0), round(page.bottom - page.top)))


def halves(
    glyphs: list[Glyph], edges: list[Edge], page: Box, is_title: Callable[[str], bool], sizes: SheetSizes
) -> list[Part]:
    """Cut a sheet that holds two pages side by side.

    A free stripe in the middle is not enough, a table may have one too. What tells two pages: other pages of the
    document are half as wide; a page number, or a title, or running text on either side; a list of contents on one; the
    headings of a table, said again where it goes on.

    Args:
        glyphs: Of the sheet.
        edges: Its rulings.
        page: The sheet.
        is_title: Tells whether a line is the title of a declared form.
        sizes: Of the sheets of the document.

    Returns:
        Box, glyphs and rulings of each page; of the sheet as it is if it holds one.
    """
    whole = [(page, glyphs, edges)]
    middle = (page.x0 + page.x1) / 2
    left = [g for g in glyphs if g.x1 <= middle]
    right = [g for g in glyphs if g.x0 >= middle]
    if not left or not right or len(left) + len(right) < len(glyphs):
        return whole
    free = _GUTTER * median(g.size for g in glyphs)
    if max(g.x1 for g in left) > middle - free or min(g.x0 for g in right) < middle + free:
        return whole
    if not _part(edges, middle, free):
        return whole
    sides = [group_lines(left), group_lines(right)]
    wide = page.x1 - page.x0 > _WIDE * (page.bottom - page.top)
    told = _are_numbered(sides) or all(_has_title(side, is_title) for side in sides)
    told = told or any(map(_is_contents, sides)) or _goes_on(sides)
    columns = not edges and all(_is_prose(side) for side in sides)
    two_pages = wide and (told or columns or sizes.may_hold_two(page))
    if two_pages:
        sizes.hold_two(page)
    elif not columns:
        return whole
    return [
        (replace(page, x1=middle), left, _clipped(edges, page.x0, middle - free)),
        (replace(page, x0=middle), right, _clipped(edges, middle + free, page.x1)),
    ]


def _part(edges: list[Edge], middle: float, free: float) -> bool:
    """Whether rulings leave the middle free.

    Where tables of two pages begin and end alike, a few level rulings that close their open ends may bridge them.
    """
    level = [e for e in edges if e["orientation"] == "h"]
    bridges = [e for e in level if e["x0"] < middle - free and e["x1"] > middle + free]
    left = [e for e in level if e["x1"] <= middle]
    right = [e for e in level if e["x0"] >= middle]
    return not bridges or (len(bridges) <= _BRIDGES and min(len(left), len(right)) > len(bridges))


def _clipped(edges: list[Edge], low: float, high: float) -> list[Edge]:
    """What of the rulings stands between two places from the left."""
    inside = [e for e in edges if e["x0"] < high and e["x1"] > low]
    return [{**e, "x0": max(e["x0"], low), "x1": min(e["x1"], high)} for e in inside]


def _are_numbered(sides: list[list[list[Glyph]]]) -> bool:
    """Whether both halves end, or begin, with lines that differ only in their page number, which goes on."""
    for end in (-1, 0):
        texts = [line_text(side[end]) for side in sides]
        found = [re.findall(r"\d+", text) for text in texts]
        alike = len({re.sub(r"[\d\s]", "", text) for text in texts}) == 1
        if alike and all(len(numbers) == 1 for numbers in found) and int(found[1][0]) == int(found[0][0]) + 1:
            return True
    return False


def _has_title(lines: list[list[Glyph]], is_title: Callable[[str], bool]) -> bool:
    return any(is_title(line_text(line)) for line in lines[:_TITLE_LINES])


def _is_contents(lines: list[list[Glyph]]) -> bool:
    """Whether a half is a list of contents: titles and their pages, joined by dots."""
    return sum(bool(_LEADER.search(line_text(line))) for line in lines) >= _ENOUGH_ROWS


def _goes_on(sides: list[list[list[Glyph]]]) -> bool:
    """Whether the right half begins with headings of a table of the left, not beside them as those of a balance do."""
    left, right = sides
    first = right[0]
    headings = words_of(first)
    elsewhere = (line for line in left if abs(line[0].bottom - first[0].bottom) > first[0].size)
    return len(headings) >= _ENOUGH_HEADINGS and any(line_text(line) == line_text(first) for line in elsewhere)


def _is_prose(lines: list[list[Glyph]]) -> bool:
    """Whether a half is a column of running text: full lines without gaps, and marks of sentences."""
    left, right = min(line[0].x0 for line in lines), max(line[-1].x1 for line in lines)
    full = [line for line in lines if line[-1].x1 - line[0].x0 > _FULL_LINE * (right - left)]
    prose = [line for line in full if len(line) >= _LINE_LENGTH and len(words_of(line)) == 1]
    marks = sum(any(g.text in "，。；" for g in line) for line in lines)
    return len(prose) >= _PROSE_LINES and marks > 0


# --- right-hand columns on a page of their own -----------------------------------------------------------------------


@dataclass(slots=True)
class _Left:
    """A grid with names, where it stands among the blocks, and how many others were set beside it."""

    grid: Grid
    index: int
    joined: int = 0


def joined_columns(blocks: Sequence[Block], is_title: Callable[[str], bool]) -> list[Block]:
    """Set the right-hand columns of a wide table, printed on pages of their own, beside its rows again.

    A spreadsheet prints either all left-hand pages first or left and right in turn. A right-hand page has no title,
    no names and no codes; its rows stand as far from each other as those of its left-hand page.

    Args:
        blocks: Of the document, in reading order.
        is_title: Tells whether a line is the title of a declared form.

    Returns:
        The blocks, right-hand grids taken into their tables; their cells keep their own page and box.
    """
    out: list[Block] = []
    lefts: list[_Left] = []
    titles: set[str] = set()
    for block in blocks:
        if isinstance(block, Line):
            text = "".join(block.text.split())
            if text not in titles and (is_title(block.text) or _ANY_TITLE.fullmatch(text)):
                titles = {text} if lefts else titles | {text}
                lefts = []
            out.append(block)
            continue
        least = min(lefts, key=lambda left: left.joined, default=None)
        if least is not None and (block.place.page or 0) > (least.grid.place.page or 0):
            right = block if _is_nameless(block) else _without_names(least.grid, block)
            joined = _beside(least.grid, right) if right is not None else None
            if joined is not None:
                least.grid, least.joined = joined, least.joined + 1
                out[least.index] = joined
                continue
        if not _is_nameless(block):
            lefts.append(_Left(block, len(out)))
        out.append(block)
    return out


def _is_nameless(grid: Grid) -> bool:
    """Whether the rows of a grid, its headings apart, hold numbers only, and no codes lead them."""
    head = _head(grid)
    body = [c for c in grid.cells if c.row >= head and c.text.strip()]
    if head == 0 or not body or any(_CJK.search(c.text) for c in body):
        return False
    first = [c.text.strip() for c in body if c.col == 0 and c.row != head]
    return not first or not all(t.isdecimal() and len(t) >= 3 for t in first)


def _without_names(left: Grid, grid: Grid) -> Grid | None:
    """A grid without the columns of names it repeats from its left-hand page; ``None`` if it repeats none.

    Every row has to be the same, and the columns beside them others: a table printed twice is no right-hand page.
    """
    if grid.rows != left.rows or grid.edges is None:
        return None

    def column(of: Grid, col: int) -> list[str]:
        return ["".join(c.text.split()) if (c := of.at(r, col)) is not None else "" for r in range(of.rows)]

    same = 0
    while same < min(left.cols, grid.cols) and column(left, same) == column(grid, same):
        same += 1
    names = [c for c in grid.cells if c.col < same and c.row >= _first_row(grid) and _CJK.search(c.text)]
    if not names or same == grid.cols or any(c.col < same < c.col + c.col_span for c in grid.cells):
        return None
    cells = [replace(c, col=c.col - same) for c in grid.cells if c.col >= same]
    return Grid(grid.rows, grid.cols - same, cells, grid.place, grid.edges[same:], grid.method)


def _head(grid: Grid) -> int:
    """Number of rows at the top that hold words."""
    for row in range(grid.rows):
        texts = [c.text for c in grid.row(row) if c.text.strip()]
        if texts and not any(_CJK.search(t) for t in texts):
            return row
    return grid.rows


def _beside(left: Grid, right: Grid) -> Grid | None:
    """One grid of two that stand side by side on a sheet; ``None`` if their rows do not go together."""
    head = _head(right)
    rows = _matching(left, right, head) if _may_follow(left, right) else None
    if rows is None or left.edges is None or right.edges is None:
        return None
    top = min(rows.values())
    if head > top or top != _first_row(left) or (right.method == "ruled" and len(rows) != left.rows - top):
        return None
    cells = list(left.cells)
    for cell in right.cells:
        col = left.cols + cell.col
        if cell.row >= head:
            if cell.row in rows:
                cells.append(replace(cell, row=rows[cell.row], col=col, row_span=1))
            continue
        span = cell.row_span if cell.row + cell.row_span < head else top - cell.row
        over = left.at(cell.row, left.cols - 1)
        if not cell.text.strip() and cell.col == 0 and over is not None and over.row + over.row_span < top:
            wider = replace(over, col_span=over.col_span + cell.col_span)
            cells[cells.index(over)] = wider
        else:
            cells.append(replace(cell, col=col, row_span=span))
    shift = left.edges[-1] - right.edges[0]
    edges = [*left.edges, *(edge + shift for edge in right.edges[1:])]
    return Grid(left.rows, left.cols + right.cols, cells, left.place, edges, "joined")


def _may_follow(left: Grid, right: Grid) -> bool:
    """Whether the columns of one grid may go on with those of the other: their numbers do, else rows are many."""
    here, there = _counting(left), _counting(right)
    if here is not None and there is not None:
        numbers = [_numbers(g, r) for g, r in ((left, here), (right, there))]
        return numbers[1][0] == numbers[0][-1] + 1
    return here is None and there is None and right.rows - _head(right) >= _ENOUGH_ROWS


def _numbers(grid: Grid, row: int) -> list[int]:
    return [n for c in grid.row(row) if (n := column_number(c.text)) is not None]


def _first_row(grid: Grid) -> int:
    """The first row below the headings: it counts the columns, or holds an amount or a code."""
    counting = _counting(grid)
    if counting is not None:
        return counting
    data = (r for r in range(grid.rows) if any(_DATA.fullmatch(c.text.strip()) for c in grid.row(r) if c.row == r))
    return next(data, grid.rows)


def _matching(left: Grid, right: Grid, head: int) -> dict[int, int] | None:
    """The row of the left grid beside each row of the right one below its ``head``.

    Heights on the page decide, up to one shift for all: the left page has a title above its table. Rows that count
    the columns stand beside each other, else the last rows do.
    """
    here, there = _middles(left), _middles(right)
    body = [r for r in sorted(there) if r >= head]
    distances = [b - a for a, b in pairwise(sorted(here.values()))]
    if not body or not distances:
        return None
    near = _SAME_ROW * min(d for d in distances if d > 0)
    counted = (_counting(left), _counting(right))
    starts = [counted] if None not in counted else []
    starts += [(max(here), max(there))]
    if left.method != "ruled":
        starts += [(r, body[0]) for r in sorted(here)]
    for a, b in starts:
        if a not in here or b not in there:
            continue
        shift = here[a] - there[b]
        found = {r: min(here, key=lambda h: abs(here[h] - there[r] - shift)) for r in body}
        if all(abs(here[h] - there[r] - shift) <= near for r, h in found.items()) and len(set(found.values())) == len(
            body
        ):
            return found
    return None


def _middles(grid: Grid) -> dict[int, float]:
    """Height of the middle of each row."""
    found: dict[int, list[float]] = {}
    for cell in grid.cells:
        if cell.row_span == 1 and cell.place.box is not None:
            found.setdefault(cell.row, []).append((cell.place.box.top + cell.place.box.bottom) / 2)
    return {row: median(values) for row, values in found.items()}


def _counting(grid: Grid) -> int | None:
    """The row that counts the columns: whole numbers, each one more than the last, and one word at most."""
    for row in range(grid.rows):
        texts = [t for c in grid.row(row) if (t := c.text.strip())]
        words = [t for t in texts if column_number(t) is None]
        numbers = [n for t in texts if (n := column_number(t)) is not None]
        told = len(words) == 1 and _DIGITS.search(words[0]) is None
        follow = bool(numbers) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        if follow and (told or (not words and len(numbers) > 1)):
            return row
    return None
