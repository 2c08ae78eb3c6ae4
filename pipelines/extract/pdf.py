"""PDF reader: pdfium's fast text decides which pages need table work, pdfplumber does it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pdfplumber
import pypdfium2
from pdfplumber.page import Page

from pipelines.extract.document import Block, Document, Grid, Line, Place, UnreadableError
from pipelines.extract.glyphs import Glyph, box_of, group_lines, interpret_page, line_text, visible_glyphs, words_of
from pipelines.extract.lattice import ruled_grid, ruled_tables
from pipelines.extract.rules import ruling_edges
from pipelines.extract.stream import NUMBER, aligned_grid, holds_several_numbers

_TABLE_LINE = re.compile(r"(?:^|\s)-?\d[\d,]*\.\d+(?:\s|$)|^\s*\d{3,7}(?:\s|$)|单位[:：]", re.MULTILINE)
_MAX_RULED_CELLS = 20_000
_SENTENCE = re.compile(r"[，。；,;].*[，。；]|。$")

IsTitle = Callable[[str], bool]


def read_pdf(path: Path, is_title: IsTitle) -> Document:
    """Read a PDF into text lines and grids.

    Args:
        path: The file.
        is_title: Tells whether a line is the title of a declared form; a table without rules begins after it.

    Returns:
        The document; every block carries its page and box in points from the top left of the page as displayed.

    Raises:
        UnreadableError: The file is no PDF, is locked, or breaks off.
    """
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        fast = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError("pdf_broken", f"PDF 无法打开：{error}；PDF cannot be opened") from error
    with closing(fast), pdfplumber.open(path, unicode_norm=None) as pdf:
        if len(fast) != len(pdf.pages):
            raise UnreadableError(
                "pdf_pages",
                f"PDF 页数不一致（{len(fast)} / {len(pdf.pages)}），文件可能被截断；page counts disagree, the file may be cut off",
            )
        blocks: list[Block] = []
        for number, page in enumerate(pdf.pages, 1):
            blocks.extend(_read_page(fast[number - 1], page, number, is_title))
            page.close()
        return Document("pdf", blocks, pages=len(pdf.pages), created_on=_created_on(pdf.metadata))


def _read_page(fast: pypdfium2.PdfPage, page: Page, number: int, is_title: IsTitle) -> Iterator[Block]:
    text = fast.get_textpage().get_text_bounded()
    if not text.strip():
        return
    interpret_page(page)
    glyphs = visible_glyphs(page)
    grids = list(_ruled(page, glyphs, number)) if _needs_tables(text, page) else []
    outside = [g for g in glyphs if not any(_inside(g, grid) for grid in grids)]
    blocks: list[tuple[float, Block]] = [(_top(grid), grid) for grid in grids]
    blocks += [(_top(b), b) for b in _free_blocks(outside, number, is_title, [_top(g) for g in grids])]
    for _, block in sorted(blocks, key=lambda b: b[0]):
        yield block


def _needs_tables(text: str, page: Page) -> bool:
    """A page without a table line in its fast text and without rules is running text."""
    return len(_TABLE_LINE.findall(text)) >= 2 or len(page.lines) + len(page.rects) + len(page.curves) > 8


def _ruled(page: Page, glyphs: list[Glyph], number: int) -> Iterator[Grid]:
    for rects in ruled_tables(ruling_edges(page)):
        if len(rects) > _MAX_RULED_CELLS:
            continue
        inside = [
            g
            for g in glyphs
            if min(r[0] for r in rects) <= (g.x0 + g.x1) / 2 <= max(r[2] for r in rects)
            and min(r[1] for r in rects) <= g.middle <= max(r[3] for r in rects)
        ]
        grid = ruled_grid(rects, inside, number)
        if holds_several_numbers(grid, inside):
            bands = sorted({r[1] for r in rects} | {r[3] for r in rects})
            grid = aligned_grid(inside, number, bands) or grid
        yield grid


def _inside(glyph: Glyph, grid: Grid) -> bool:
    return grid.place.box is not None and grid.place.box.holds((glyph.x0 + glyph.x1) / 2, glyph.middle)


def _top(block: Block) -> float:
    return block.place.box.top if block.place.box else 0.0


def _free_blocks(glyphs: list[Glyph], number: int, is_title: IsTitle, grid_tops: list[float]) -> Iterator[Block]:
    """Text lines, and grids from runs of lines that look like a table without rules."""
    lines = group_lines(glyphs)
    run: list[list[Glyph]] = []

    def flush() -> Iterator[Block]:
        with_numbers = sum(_is_row(line) for line in run)
        grid = aligned_grid([g for line in run for g in line], number) if with_numbers >= 2 else None
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
        else:
            run.append(line)
    yield from flush()


def _box_bottom(line: list[Glyph]) -> float:
    return max(g.bottom for g in line)


def _is_row(line: list[Glyph]) -> bool:
    words = [line_text(w).replace(" ", "") for w in words_of(line)]
    return len(words) > 1 and any(NUMBER.fullmatch(w) and ("." in w or "," in w or len(w) > 2) for w in words)


def _line(glyphs: list[Glyph], number: int) -> Line:
    return Line(line_text(glyphs), Place(page=number, box=box_of(glyphs)))


def _created_on(metadata: dict[str, object]) -> date | None:
    for key in ("CreationDate", "ModDate"):
        found = re.match(r"D:(\d{4})(\d\d)(\d\d)", str(metadata.get(key, "")))
        if found:
            try:
                return date(*(int(part) for part in found.groups()))  # type: ignore[arg-type]
            except ValueError:
                continue
    return None
