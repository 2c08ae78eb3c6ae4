"""PDF reader: pdfium's fast text decides which pages need table work, pdfplumber does it."""

from __future__ import annotations

import logging
import re
from contextlib import closing
from datetime import date
from pathlib import Path

import pdfplumber
import pypdfium2
from pdfplumber.pdf import PDF

from pipelines.core.document import Block, Box, Document, Turn, UnreadableError
from pipelines.formats.pdf.content import ContentReader, PageContent
from pipelines.formats.pdf.glyphs import visible_glyphs
from pipelines.formats.pdf.grids import IsTitle, Sheet, blocks_of
from pipelines.formats.pdf.integrity import inflate_content, parsing, refuse_repaired
from pipelines.formats.pdf.margins import running_lines
from pipelines.formats.pdf.rulings import ruling_edges
from pipelines.formats.pdf.sheets import SheetSizes, joined_columns

_TABLE_LINE = re.compile(r"(?:^|\s)-?\d[\d,]*\.\d+(?:\s|$)|^\s*\d{3,7}(?:\s|$)|单位[:：]", re.MULTILINE)
_MAX_GLYPHS = 100_000  # a page of the smallest print holds a tenth of it
_ENOUGH_TEXT = 30
_LOST = 0.6  # of the characters of a page; the two readers count joined characters differently


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
        running = running_lines(texts)
        sizes = SheetSizes(page.get_size() for page in fast)
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
                edges = ruling_edges(content) if _needs_tables(text, content) else []
                sheet = Sheet(Box(*content.bbox), number, running, sizes)
                blocks.extend(blocks_of(visible_glyphs(content), edges, sheet, is_title))
            page.close()
        blocks = joined_columns(blocks, is_title)
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


def _needs_tables(text: str, page: PageContent) -> bool:
    """A page without a table line in its fast text and without rulings is running text."""
    return len(_TABLE_LINE.findall(text)) >= 2 or len(page.lines) + len(page.rects) + len(page.curves) > 8


def _created_on(metadata: dict[str, object]) -> date | None:
    for key in ("CreationDate", "ModDate"):
        found = re.match(r"D:(\d{4})(\d\d)(\d\d)", str(metadata.get(key, "")))
        if found:
            try:
                return date(*(int(part) for part in found.groups()))
            except ValueError:
                continue
    return None
