"""Blocks of a page: text lines, and grids from rules or from the way words line up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from pipelines.core.document import Block, Box, Grid, Line, Place
from pipelines.formats.pdf.aligned import NUMBER, aligned_grid, holds_several_numbers
from pipelines.formats.pdf.edges import Edge
from pipelines.formats.pdf.glyphs import Glyph, box_of, group_lines, line_text, words_of
from pipelines.formats.pdf.ruled import Rect, ruled_grid, ruled_tables

_PAGE_NUMBER = re.compile(r"[-—–·\s]*(?:第\s*)?(\d{1,4})(?:\s*页)?(?:\s*[/,，]?\s*共?\s*\d{1,4}\s*页?)?[-—–·\s]*")
_YEAR = re.compile(r"20\d\d")
_UNCOUNTED_PAGES = 8
_MARGIN = 0.09  # of the height of a page: where headers and footers stand
_MAX_RULED_CELLS = 20_000
_FRAME = 0.5  # of the area of a page: one lonely cell as large as this is the frame of the page
_SENTENCE = re.compile(r"[，。；,;].*[，。；]|。$")

IsTitle = Callable[[str], bool]


class Sheet(NamedTuple):
    """A page as it is cut into blocks.

    Attributes:
        number: From 1.
        width: In points.
        height: The same.
        glyphs: Those that a person sees.
        edges: Of tables; none on a page of running text.
    """

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    edges: list[Edge]


def page_blocks(sheet: Sheet, is_title: IsTitle, running: frozenset[str]) -> tuple[list[Block], list[Glyph]]:
    """Blocks of a page from top to bottom.

    Args:
        sheet: The page.
        is_title: Tells whether a line is the title of a declared form; a table without rules begins after it.
        running: Headers and footers, without digits, as `without_digits` leaves them.

    Returns:
        The blocks, and the glyphs of headers, footers and page numbers, which are in none of them.
    """
    number, width, height, glyphs, edges = sheet
    tables = [rects for rects in ruled_tables(edges) if len(rects) <= _MAX_RULED_CELLS] if edges else []
    tables = [rects for rects in tables if len(rects) > 1 or not _is_page_frame(rects[0], (width, height), tables)]
    inner, margins = _without_margins(glyphs, running, height, number, tables)
    grids = list(_ruled(tables, inner, number, is_title))
    held = [grid.place.box for grid in grids if grid.place.box is not None]
    outside = [g for g in inner if not any(_centre_in(g, box) for box in held)]
    blocks: list[tuple[float, Block]] = [(_top(grid), grid) for grid in grids]
    blocks += [(_top(b), b) for b in _free_blocks(outside, number, is_title, [_top(g) for g in grids])]
    return [block for _, block in sorted(blocks, key=lambda b: b[0])], margins


def without_digits(text: str) -> str:
    """What of a line is the same on every page."""
    return re.sub(r"[\d\s]", "", text)


def _is_page_frame(rect: Rect, size: tuple[float, float], tables: Sequence[list[Rect]]) -> bool:
    """Whether a lonely cell is the frame of a page: half of it, or with tables inside."""
    x0, top, x1, bottom = rect
    if (x1 - x0) * (bottom - top) > _FRAME * size[0] * size[1]:
        return True
    box = Box(x0 - 1, top - 1, x1 + 1, bottom + 1)
    inside = [r for rects in tables for r in rects if r is not rect]
    return any(box.holds(r[0], r[1]) and box.holds(r[2], r[3]) for r in inside)


def _without_margins(
    glyphs: list[Glyph], running: frozenset[str], height: float, number: int, tables: list[list[Rect]]
) -> tuple[list[Glyph], list[Glyph]]:
    """Glyphs without the header, footer and page number at the edges of the page (at most two lines at either).

    What stands in a ruled table is content, though a repeated heading returns page after page.
    """
    frames = [_frame(rects) for rects in tables if len(rects) > 1]
    lines = group_lines(glyphs)
    margins: list[Glyph] = []
    for end in (0, -1):
        for _ in range(2):
            if not lines or any(_centre_in(g, frame) for g in lines[end] for frame in frames):
                break
            if _is_margin(lines[end], running, height, number):
                margins += lines.pop(end)
    return [g for line in lines for g in line], margins


def _is_margin(line: list[Glyph], running: frozenset[str], height: float, number: int) -> bool:
    """Whether a line at the edge of a page is no content: a page number, or words that return page after page.

    The same row may well stand at the foot of several pages, so a line with any number but the page's own is content.
    """
    if _MARGIN * height < line[0].middle < (1 - _MARGIN) * height:
        return False
    text = line_text(line)
    numbers = re.findall(r"\d+(?:[.,]\d+)*", text)
    if not all(
        n.isdecimal() and not n.startswith("0") and abs(int(n) - number) <= _UNCOUNTED_PAGES for n in numbers[:1]
    ):
        return False
    if _PAGE_NUMBER.fullmatch(text) is not None:
        return True
    return len(numbers) <= 1 and bool(without_digits(text)) and without_digits(text) in running


def _ruled(tables: list[list[Rect]], glyphs: list[Glyph], number: int, is_title: IsTitle) -> Iterator[Grid]:
    """Grids of ruled tables; where rules do not part rows or columns, by alignment.

    Few rules may enclose two tables with a title between them; such a region is left to the free blocks.
    """
    for rects in tables:
        frame = _frame(rects)
        inside = [g for g in glyphs if _centre_in(g, frame)]
        grid = ruled_grid(rects, inside, number)
        if holds_several_numbers(grid, inside):
            if any(is_title(line_text(line)) for line in group_lines(inside)[1:]):
                continue
            bands = sorted({r[1] for r in rects} | {r[3] for r in rects})
            grid = aligned_grid(inside, number, bands) or grid
        yield grid


def _frame(rects: list[Rect]) -> Box:
    """The box around all cells of a table."""
    x0s, tops, x1s, bottoms = zip(*rects, strict=True)
    return Box(min(x0s), min(tops), max(x1s), max(bottoms))


def _centre_in(glyph: Glyph, box: Box) -> bool:
    return box.holds((glyph.x0 + glyph.x1) / 2, glyph.middle)


def _top(block: Block) -> float:
    return block.place.box.top if block.place.box else 0.0


def _free_blocks(glyphs: list[Glyph], number: int, is_title: IsTitle, grid_tops: list[float]) -> Iterator[Block]:
    """Text lines, and grids from runs of lines that look like a table without rules."""
    lines = group_lines(glyphs)
    run: list[list[Glyph]] = []
    titled = False

    def flush() -> Iterator[Block]:
        enough = sum(_is_row(line) for line in run) >= (1 if titled else 2)
        grid = aligned_grid([g for line in run for g in line], number) if enough else None
        if grid is not None and grid.cols >= 2:
            yield grid
        else:
            for line in run:
                yield _line(line, number)
        run.clear()

    for line in lines:
        text = line_text(line)
        crossed = run and any(_box_bottom(run[-1]) <= top <= line[0].top for top in grid_tops)
        if crossed:
            yield from flush()
        if is_title(text) or _SENTENCE.search(text) or text.startswith(("注", "说明")):
            yield from flush()
            yield _line(line, number)
            titled = is_title(text)
        else:
            run.append(line)
    yield from flush()


def _box_bottom(line: list[Glyph]) -> float:
    return max(g.bottom for g in line)


def _is_row(line: list[Glyph]) -> bool:
    words = [line_text(w).replace(" ", "") for w in words_of(line)]
    numbers = [w for w in words if NUMBER.fullmatch(w) and not _YEAR.fullmatch(w)]
    return len(words) > 1 and any("." in w or "," in w or len(w) > 2 for w in numbers)


def _line(glyphs: list[Glyph], number: int) -> Line:
    return Line(line_text(glyphs), Place(page=number, box=box_of(glyphs)))
