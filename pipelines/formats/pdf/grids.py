"""Grids and text lines of a page, from its glyphs and rulings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from pipelines.core.document import Block, Box, Grid, Line, Place
from pipelines.core.folding import key
from pipelines.core.lexicon import CHINESE_NUMBER, TABLE_LABEL, TOTALS
from pipelines.formats.pdf.aligned import aligned_grid, holds_several_numbers
from pipelines.formats.pdf.cells import Rect, runs_of
from pipelines.formats.pdf.edges import Edge
from pipelines.formats.pdf.glyphs import Glyph, box_of, group_lines, line_text, words_of
from pipelines.formats.pdf.margins import holds_middle, without_margins
from pipelines.formats.pdf.open_rows import parted_rows
from pipelines.formats.pdf.ruled import nearness, ruled_grid, ruled_tables
from pipelines.formats.pdf.sheets import SheetSizes, halves
from pipelines.formats.pdf.words import joined_numbers, word_of

_YEAR = re.compile(r"20\d\d")
_DIGIT = re.compile(r"\d")
_MAX_RULED_CELLS = 20_000
_SENTENCE = re.compile(r"[，。；,;].*[，。；]|。$")
_OF_A_NUMBER = re.compile(r"(?:(?<=\d)|(?<!\S))[，,](?=\d)|(?<=\d)[，,](?!\S)")  # separators, wrapped ones too
_PERIOD = re.compile(r"[(（]\s*20\d\d\s*年度?\s*[)）]")  # below a title, of any table
_LABEL = re.compile(
    rf"{TABLE_LABEL}|附[表件]\S{{0,3}}|(?:部门)?(?:公开)?表(?:{CHINESE_NUMBER}|\d{{1,3}}(?:-\d{{1,2}})*)"
)  # of the next table
_ENOUGH_ROWS = 2  # rows of numbers that make a table without a title
_AMOUNTS = 2  # in one row that are enough by themselves
_NAMELESS_AMOUNTS = 4  # in one row without a name: the three public expenses, their title on the page before

_HEAD_GAP = 1.5  # type sizes between a table without an upper ruling and the headings above it
_NO_HEADING = re.compile(r"[:：。；]|\d[,.]\d|^\S{0,4}表$")
_FRAME = 0.5  # of the area of a page: one lonely cell as large as this is the frame of the page

IsTitle = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it is read.

    Attributes:
        box: The page, in points.
        number: From 1.
        running: Lines, digits apart, that several pages share.
        sizes: Of all sheets of the document: some may hold two pages.
    """

    box: Box
    number: int
    running: frozenset[str]
    sizes: SheetSizes


def blocks_of(
    glyphs: list[Glyph], edges: list[Edge], sheet: Sheet, is_title: IsTitle
) -> tuple[list[Block], list[Glyph]]:
    """Text lines and grids of a page, from top to bottom; two pages on one sheet one after the other.

    Args:
        glyphs: The visible ones, in content order.
        edges: The rulings; none where the page is running text.
        sheet: The page.
        is_title: Tells whether a line is the title of a declared form.

    Returns:
        The blocks, all with the number of the sheet as their page, and the glyphs of headers, footers and page numbers,
        which are in none of them.
    """
    numbers = [sheet.number]
    parts = halves(glyphs, edges, sheet.box, is_title, sheet.sizes)
    if len(parts) > 1:
        numbers.append(2 * sheet.number)
    near = nearness(glyphs)
    blocks: list[Block] = []
    margins: list[Glyph] = []
    for box, held, rulings in parts:
        tables = [t for t in ruled_tables(rulings, near) if len(t) <= _MAX_RULED_CELLS]
        tables = [t for t in tables if len(t) > 1 or not _is_page_frame(t[0], box, tables)]
        frames = [_frame(rects) for rects in tables if len(rects) > 1]
        content, dropped = without_margins(held, box, numbers, sheet.running, frames)
        blocks += _blocks(content, tables, rulings, sheet.number, is_title)
        margins += dropped
    return blocks, margins


def _is_page_frame(rect: Rect, page: Box, tables: Sequence[list[Rect]]) -> bool:
    """Whether a lonely cell is the frame of a page: half of it, or with tables inside."""
    x0, top, x1, bottom = rect
    if (x1 - x0) * (bottom - top) > _FRAME * (page.x1 - page.x0) * (page.bottom - page.top):
        return True
    box = Box(x0 - 1, top - 1, x1 + 1, bottom + 1)
    inside = [r for rects in tables for r in rects if r is not rect]
    return any(box.holds(r[0], r[1]) and box.holds(r[2], r[3]) for r in inside)


def _blocks(
    glyphs: list[Glyph], tables: list[list[Rect]], rulings: list[Edge], number: int, is_title: IsTitle
) -> Iterator[Block]:
    grids: list[Grid] = []
    held: set[int] = set()
    runs = runs_of(glyphs) if tables else []
    for rects in tables:
        frame = _frame(rects)
        inside = _inside(runs, frame)
        grid = _ruled(rects, inside, partial(_head_above, frame, inside, glyphs, is_title), number, is_title)
        if grid is not None:
            grids.append(grid)
            held.update(map(id, inside))
            if grid.method == "aligned" and grid.place.box is not None:  # headings above the rulings
                held.update(id(g) for g in glyphs if holds_middle(grid.place.box, g))
    outside = [g for g in glyphs if id(g) not in held]
    blocks: list[tuple[float, Block]] = [(_top(grid), grid) for grid in grids]
    level = [(e["x0"], e["top"], e["x1"], e["bottom"]) for e in rulings if e["orientation"] == "h"]
    blocks += [(_top(b), b) for b in _free_blocks(outside, level, number, is_title, [_top(g) for g in grids])]
    for _, block in sorted(blocks, key=lambda b: b[0]):
        yield block


def _inside(runs: list[list[Glyph]], frame: Box) -> list[Glyph]:
    """The glyphs in a frame, with what of their runs reaches beyond it."""
    return [g for run in runs if holds_middle(frame, run[0]) or any(holds_middle(frame, g) for g in run) for g in run]


def _head_above(frame: Box, inside: list[Glyph], glyphs: list[Glyph], is_title: IsTitle) -> list[Glyph]:
    """Headings above the first ruling of a table that has none over them: lines close above it, up to its caption."""
    first = group_lines(inside)[:1]
    if not first or not any(word_of(w).is_number for w in words_of(first[0])):
        return []  # it begins with its headings
    above = [g for g in glyphs if g.middle < frame.top and frame.x0 - g.size < g.x0 and g.x1 < frame.x1 + g.size]
    found: list[Glyph] = []
    edge = frame.top
    for line in reversed(group_lines(above)):
        text = line_text(line)
        if edge - _box_bottom(line) > _HEAD_GAP * line[0].size or is_title(text) or _NO_HEADING.search(text):
            break
        found += line
        edge = min(g.top for g in line)
    return found


def _ruled(
    rects: list[Rect], inside: list[Glyph], above: Callable[[], list[Glyph]], number: int, is_title: IsTitle
) -> Grid | None:
    """The grid of a ruled table; where rulings do not part rows or columns, by alignment, with headings above it.

    Few rulings may enclose two tables with a title between them; such a region is left to the free blocks.
    """
    grid = ruled_grid(rects, inside, number)
    if not holds_several_numbers(grid, inside):
        return parted_rows(grid, inside)
    if any(is_title(line_text(line)) for line in group_lines(inside)[1:]):
        return None
    return aligned_grid([*above(), *inside], number, rects) or grid


def _frame(rects: Sequence[Rect]) -> Box:
    """The box around all cells of a table."""
    x0s, tops, x1s, bottoms = zip(*rects, strict=True)
    return Box(min(x0s), min(tops), max(x1s), max(bottoms))


def _top(block: Block) -> float:
    return block.place.box.top if block.place.box else 0.0


def _free_blocks(
    glyphs: list[Glyph], level: list[Rect], number: int, is_title: IsTitle, grid_tops: list[float]
) -> Iterator[Block]:
    """Text lines, and grids from runs of lines that look like a table without rules."""
    lines = group_lines(glyphs)
    run: list[list[Glyph]] = []
    titled = False

    def flush() -> Iterator[Block]:
        enough = _rows_in(run) >= (1 if titled else _ENOUGH_ROWS)
        grid = aligned_grid([g for line in run for g in line], number, level=level) if enough else None
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
        stands_apart = _LABEL.fullmatch(text) or _PERIOD.fullmatch(text)
        if is_title(text) or _is_sentence(text) or text.startswith(("注", "说明")) or stands_apart:
            is_labelled = titled and not run and stands_apart is not None  # 公开07表 below its title
            yield from flush()
            yield _line(line, number)
            titled = is_title(text) or is_labelled
        else:
            run.append(line)
    yield from flush()


def _box_bottom(line: list[Glyph]) -> float:
    return max(g.bottom for g in line)


def _is_sentence(text: str) -> bool:
    return _SENTENCE.search(_OF_A_NUMBER.sub("", text)) is not None


def _rows_in(run: list[list[Glyph]]) -> int:
    """Rows of numbers in a run of lines; a row with several amounts counts as enough."""
    if not _DIGIT.search(unicodedata.normalize("NFKC", "".join([g.text for line in run for g in line]))):
        return 0
    count = 0
    for words in joined_numbers([[word_of(w) for w in words_of(line)] for line in run], ()):
        numbers = [w.tight for w in words if w.is_number and not _YEAR.fullmatch(w.tight)]
        amounts = sum("." in n or "," in n for n in numbers)
        is_total = len(numbers) >= _AMOUNTS and key(words[0].tight) in TOTALS  # 合计 0 0 0
        if len(words) > 1 and (is_total or any("." in n or "," in n or len(n) > 2 for n in numbers)):
            alone = amounts >= (_AMOUNTS if len(words) > amounts else _NAMELESS_AMOUNTS)
            count += _ENOUGH_ROWS if alone else 1
    return count


def _line(glyphs: list[Glyph], number: int) -> Line:
    return Line(line_text(glyphs), Place(page=number, box=box_of(glyphs)))
