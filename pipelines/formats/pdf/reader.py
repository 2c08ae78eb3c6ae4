"""PDF reader: pdfium's fast text decides which pages need table work, pdfplumber does it."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pdfplumber
import pypdfium2
from pdfplumber.pdf import PDF

from pipelines.core.document import Block, Box, Document, Grid, Line, Place, Turn, UnreadableError
from pipelines.core.lexicon import PAGE_NUMBER
from pipelines.formats.pdf.aligned import NUMBER, aligned_grid, holds_several_numbers
from pipelines.formats.pdf.content import ContentReader, PageContent
from pipelines.formats.pdf.glyphs import Glyph, box_of, group_lines, line_text, visible_glyphs, words_of
from pipelines.formats.pdf.integrity import inflate_content, parsing, refuse_repaired
from pipelines.formats.pdf.ruled import Rect, ruled_grid, ruled_tables
from pipelines.formats.pdf.rulings import ruling_edges

_TABLE_LINE = re.compile(r"(?:^|\s)-?\d[\d,]*\.\d+(?:\s|$)|^\s*\d{3,7}(?:\s|$)|单位[:：]", re.MULTILINE)
_YEAR = re.compile(r"20\d\d")
_UNCOUNTED_PAGES = 8
_MARGIN = 0.09  # of the height of a page: where headers and footers stand
_MAX_GLYPHS = 100_000  # a page of the smallest print holds a tenth of it
_ENOUGH_TEXT = 30
_LOST = 0.6  # of the characters of a page; the two readers count joined characters differently
_MAX_RULED_CELLS = 20_000
_SENTENCE = re.compile(r"[，。；,;].*[，。；]|。$")

IsTitle = Callable[[str], bool]


def read_pdf(path: Path, is_title: IsTitle, max_pages: int) -> Document:
    """Read a PDF into text lines and grids.

    Args:
        path: The file.
        is_title: Tells whether a line is the title of a declared form; a table without rules begins after it.
        max_pages: More pages than this are refused.

    Returns:
        The document; every block carries its page and box in points from the top left of the page as displayed.

    Raises:
        UnreadableError: The file is no PDF, is locked, breaks off, or has too many pages.
    """
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    fast = _open(path)
    with closing(fast):
        if len(fast) > max_pages:
            raise UnreadableError(
                "too_many_pages",
                f"PDF 有 {len(fast)} 页，超过上限 {max_pages} 页；{len(fast)} pages, the limit is {max_pages}",
            )
        with parsing():
            pdf = pdfplumber.open(path, unicode_norm=None)
        return _read(fast, pdf, path, is_title)


def _open(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableError("pdf_locked", "PDF 有打开密码；the PDF is locked by a password") from error
        raise UnreadableError("pdf_broken", f"PDF 无法打开：{error}；the PDF cannot be opened") from error


def _read(fast: pypdfium2.PdfDocument, pdf: PDF, path: Path, is_title: IsTitle) -> Document:
    with closing(pdf.stream):  # closing the whole would look at every page once more, broken ones too
        with parsing():
            refuse_repaired(pdf.doc, path)
            pages = pdf.pages
            texts = [page.get_textpage().get_text_bounded() for page in fast]
            reader = ContentReader(pdf.doc, pdf.rsrcmgr)
        if len(texts) != len(pages):
            raise UnreadableError(
                "pdf_pages",
                f"PDF 页数不一致（{len(texts)} / {len(pages)}），文件可能被截断；"
                "page counts disagree, the file may be cut off",
            )
        crowded = next((number for number, text in enumerate(texts, 1) if len(text) > _MAX_GLYPHS), None)
        if crowded is not None:
            raise UnreadableError(
                "too_many_glyphs",
                f"第 {crowded} 页的字符超过 {_MAX_GLYPHS} 个；page {crowded} holds more than {_MAX_GLYPHS} characters",
            )
        running = _running_lines(texts)
        blocks: list[Block] = []
        turned: dict[int, Turn] = {}
        for number, (text, page) in enumerate(zip(texts, pages, strict=True), 1):
            with parsing():
                inflate_content(page.page_obj, number)
                content = reader.read(page) if text.strip() else None
            if content is not None:
                _refuse_lost(text, content, number)
                if content.turned:
                    turned[number] = Turn(content.turned, content.bbox[2], content.bbox[3])
                blocks.extend(_read_page(text, content, number, is_title, running))
            page.close()
        return Document("pdf", blocks, pages=len(pages), created_on=_created_on(pdf.metadata), turned=turned)


def _refuse_lost(text: str, content: PageContent, number: int) -> None:
    """Raise when pdfium sees much more text on a page than we do, or nobody can tell what its characters are.

    Raises:
        UnreadableError: Text of the page would be lost.
    """
    if content.unmapped > _ENOUGH_TEXT and content.unmapped > _LOST * content.painted:
        raise UnreadableError(
            "text_unmapped",
            f"第 {number} 页的字体不说明是什么字，无法读出文字；"
            f"the fonts of page {number} do not say which characters they show",
        )
    seen = len("".join(text.split()))
    if seen > _ENOUGH_TEXT and content.painted < _LOST * seen:
        raise UnreadableError(
            "page_lost",
            f"第 {number} 页应有约 {seen} 个字符，只读出 {content.painted} 个；"
            f"page {number} holds about {seen} characters, only {content.painted} were read",
        )


def _running_lines(texts: list[str]) -> frozenset[str]:
    """Headers and footers: lines, digits apart, that several pages share."""
    counts = Counter(line for text in texts for line in {_without_digits(x) for x in text.splitlines()} if line)
    return frozenset(line for line, count in counts.items() if count >= 3)


def _without_digits(text: str) -> str:
    return re.sub(r"[\d\s]", "", text)


def _read_page(
    text: str, page: PageContent, number: int, is_title: IsTitle, running: frozenset[str]
) -> Iterator[Block]:
    tables = ruled_tables(ruling_edges(page)) if _needs_tables(text, page) else []
    tables = [rects for rects in tables if len(rects) <= _MAX_RULED_CELLS]
    glyphs = _without_margins(visible_glyphs(page), running, page.bbox[3] - page.bbox[1], number, tables)
    grids = list(_ruled(tables, glyphs, number, is_title))
    held = [grid.place.box for grid in grids if grid.place.box is not None]
    outside = [g for g in glyphs if not any(_centre_in(g, box) for box in held)]
    blocks: list[tuple[float, Block]] = [(_top(grid), grid) for grid in grids]
    blocks += [(_top(b), b) for b in _free_blocks(outside, number, is_title, [_top(g) for g in grids])]
    for _, block in sorted(blocks, key=lambda b: b[0]):
        yield block


def _without_margins(
    glyphs: list[Glyph], running: frozenset[str], height: float, number: int, tables: list[list[Rect]]
) -> list[Glyph]:
    """Glyphs without the header, footer and page number at the edges of the page (at most two lines at either).

    What stands in a ruled table is content, though a repeated heading returns page after page.
    """
    frames = [_frame(rects) for rects in tables if len(rects) > 1]
    lines = group_lines(glyphs)
    for end in (0, -1):
        for _ in range(2):
            if not lines or any(_centre_in(g, frame) for g in lines[end] for frame in frames):
                break
            if _is_margin(lines[end], running, height, number):
                del lines[end]
    return [g for line in lines for g in line]


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
    if PAGE_NUMBER.fullmatch(text) is not None:
        return True
    return len(numbers) <= 1 and bool(_without_digits(text)) and _without_digits(text) in running


def _needs_tables(text: str, page: PageContent) -> bool:
    """A page without a table line in its fast text and without rules is running text."""
    return len(_TABLE_LINE.findall(text)) >= 2 or len(page.lines) + len(page.rects) + len(page.curves) > 8


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


def _created_on(metadata: dict[str, object]) -> date | None:
    for key in ("CreationDate", "ModDate"):
        found = re.match(r"D:(\d{4})(\d\d)(\d\d)", str(metadata.get(key, "")))
        if found:
            try:
                return date(*(int(part) for part in found.groups()))
            except ValueError:
                continue
    return None
