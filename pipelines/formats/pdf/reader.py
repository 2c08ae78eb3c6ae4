"""PDF reader: a page as a person sees it becomes lines and grids, and whatever is not read is told."""

from __future__ import annotations

import io
import logging
import mmap
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser

from pipelines.core.document import Document, Grid, Place, Unread, UnreadableError
from pipelines.formats.pdf import raw
from pipelines.formats.pdf.annotations import flatten
from pipelines.formats.pdf.attached import add, attachments
from pipelines.formats.pdf.grids import IsTitle
from pipelines.formats.pdf.integrity import inflate_content, parsing, refuse_repaired
from pipelines.formats.pdf.layers import has_hidden_layers, hidden_objects
from pipelines.formats.pdf.margins import running_lines
from pipelines.formats.pdf.model import PageModel
from pipelines.formats.pdf.page import PageReader
from pipelines.formats.pdf.painted import PageRead, Sheets, read_page
from pipelines.formats.pdf.sheets import SheetSizes, joined_columns
from pipelines.formats.pdf.visible import Seen
from pipelines.formats.scan.page import ScannedPage
from pipelines.formats.scan.pages import read_scanned, recognised

_MAX_GLYPHS = 100_000  # a page of the smallest print holds a tenth of it
_MAX_KEPT = 150  # pages that stay loaded between the two looks at a document
_ENOUGH_TEXT = 30
_UNMAPPED = 0.6  # of the characters of a page: where nobody can tell any more what it says
_PRIVATE = 0.2  # of the characters of a page: bullets and rare names are fewer, digits of a table are more
_MONEY = re.compile(r"\d\.\d|\d,\d{3}")  # pages of a list of contents are no money
_HEADER_BYTES = 1024  # within which a PDF may begin


def read_pdf(path: Path, is_title: IsTitle, max_pages: int) -> Document:
    """Read a PDF into text lines and grids.

    Args:
        path: The file.
        is_title: Tells whether a line is the title of a declared form; a table without rules begins after it.
        max_pages: More pages than this are refused.

    Returns:
        The document; every block carries its page and box in points from the top left of the page as it was read.

    Raises:
        UnreadableError: The file is no PDF, is locked, breaks off, or has too many pages.
    """
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = max(data.find(b"%PDF-", 0, _HEADER_BYTES), 0)
        with closing(_open(data[start:] if start else path)) as fast:
            found = _read(fast, data, start, is_title, max_pages)
            _read_attached(fast, found, is_title, max_pages)
            return found


def _read(
    fast: pypdfium2.PdfDocument, data: mmap.mmap | bytes, start: int, is_title: IsTitle, max_pages: int
) -> Document:
    """Read what pdfium has opened, once a second witness finds it whole."""
    if len(fast) > max_pages:
        raise UnreadableError(
            "too_many_pages",
            f"PDF 有 {len(fast)} 页，超过上限 {max_pages} 页；{len(fast)} pages, the limit is {max_pages}",
        )
    with parsing():
        structure = _structure(data, start)
        pages = list(PDFPage.create_pages(structure))
    if not pages:
        raise UnreadableError("pdf_broken", "PDF 没有可读的页；the PDF is broken, it has no page that can be read")
    if len(fast) != len(pages):
        raise UnreadableError(
            "pdf_pages",
            f"PDF 页数不一致（{len(fast)} / {len(pages)}），文件可能被截断；"
            "page counts disagree, the file may be cut off",
        )
    for number, page in enumerate(pages, 1):
        with parsing():
            inflate_content(page, number)
    with parsing():
        layered = has_hidden_layers(structure)
    del pages, structure
    return _Reader(fast, is_title, layered).read()


def _read_attached(document: pypdfium2.PdfDocument, found: Document, is_title: IsTitle, max_pages: int) -> None:
    """Read the PDFs inside one that shows no tables of its own; tell of what is not read, and of other files."""
    wanted = _has_no_tables(found)
    for one in attachments(document):
        part = None
        data = one.pdf() if wanted else b""
        if data:
            try:
                with closing(_open(data)) as inside:
                    part = _read(inside, data, 0, is_title, max_pages - (found.pages or 0))
                    part.unread += [Unread("attachment", deeper.name, Place()) for deeper in attachments(inside)]
            except MemoryError:
                raise
            except Exception:  # whatever is wrong with it, the file around it can be read
                part = None
        if part is None:
            found.unread.append(Unread("attachment", one.name, Place()))
        else:
            add(found, part, one.origin)


def _has_no_tables(document: Document) -> bool:
    """Whether a document is words alone, or a list of contents, so that its tables must be elsewhere."""
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    return not any(_MONEY.search(cell.text) for grid in grids for cell in grid.cells)


def _open(source: Path | bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableError("pdf_locked", "PDF 有打开密码；the PDF is locked by a password") from error
        raise UnreadableError("pdf_broken", f"PDF 无法打开：{error}；the PDF cannot be opened") from error


def _structure(data: mmap.mmap | bytes, start: int) -> PDFDocument:
    """The document as pdfminer sees it: a witness of how many pages it has and whether its objects are whole.

    Bytes before the PDF are no damage: its places are counted from where it begins, or from the start of the file.

    Raises:
        UnreadableError: The file is damaged.
    """
    if start:
        whole = data[start:]
        try:
            document = PDFDocument(PDFParser(io.BytesIO(whole)))
            refuse_repaired(document, whole)
        except UnreadableError:
            pass
        else:
            return document
    document = PDFDocument(PDFParser(io.BytesIO(data[:])))
    refuse_repaired(document, data)
    return document


class _Reader:
    """Reads the pages of one document."""

    def __init__(self, document: pypdfium2.PdfDocument, is_title: IsTitle, layered: bool) -> None:
        self._document = document
        self._is_title = is_title
        self._layered = layered
        self._kept: dict[int, tuple[pypdfium2.PdfPage, pypdfium2.PdfTextPage]] = {}
        self._pages = PageReader(raw.address(document.raw))

    def read(self) -> Document:
        document = self._document
        if document.get_formtype() != pypdfium2.raw.FORMTYPE_NONE:
            document.init_forms()
        texts = [self._text(number) for number in range(1, len(document) + 1)]
        found = Document("pdf", [], pages=len(document), created_on=_created_on(document.get_metadata_dict()))
        unseen: Counter[str] = Counter()
        sizes = SheetSizes(document.get_page_size(i) for i in range(len(document)))
        sheets = Sheets(running_lines(texts), sizes, self._is_title)
        pages: dict[int, PageRead] = {}
        scans: dict[int, ScannedPage] = {}
        for number in range(1, len(document) + 1):
            with self._page(number) as (page, text_page, text):
                hidden = hidden_objects(page.raw) if self._layered else frozenset()
                model = self._pages.read(page.raw, text_page.raw, hidden)
                page_read = read_page(model, text, number, sheets)
                lost = _is_unmapped(model, page_read.seen)
                shown = recognised(page, model, page_read.seen, number, lost=lost)
            unseen += page_read.seen.unseen
            if shown.scanned is not None:
                scans[number], texts[number - 1] = shown.scanned, shown.scanned.text
                found.unread += filter(None, [shown.unread])
                continue
            if lost:
                raise _unmapped(number)
            pages[number] = replace(page_read, seen=Seen([]))  # characters of all pages would be too many to keep
            found.unread += [*_not_read(model, page_read.seen, number), *filter(None, [shown.unread])]
        if scans:  # what returns page after page is known once all are recognised
            sheets = Sheets(running_lines(texts), sizes, self._is_title)
            pages |= {number: read_scanned(scan, number, sheets) for number, scan in scans.items()}
            found.recognised = list(scans)
        for number, page_read in sorted(pages.items()):
            found.unread += page_read.lost
            found.blocks += page_read.blocks
            if page_read.turn is not None:
                found.turned[number] = page_read.turn
        found.blocks = joined_columns(found.blocks, self._is_title)
        found.unseen = dict(unseen)
        return found

    def _text(self, number: int) -> str:
        with self._page(number) as (_, _, text):
            if len(text) > _MAX_GLYPHS:
                raise UnreadableError(
                    "too_many_glyphs",
                    f"第 {number} 页的字符超过 {_MAX_GLYPHS} 个；"
                    f"page {number} holds more than {_MAX_GLYPHS} characters",
                )
            return text

    @contextmanager
    def _page(self, number: int) -> Iterator[tuple[pypdfium2.PdfPage, pypdfium2.PdfTextPage, str]]:
        """A page with its annotations and form fields as a viewer shows them, its text page, and its text."""
        kept = self._kept.pop(number, None)
        if kept is not None:
            page, text_page = kept
        else:
            with parsing():
                page = self._document[number - 1]
                if pdfium.FPDFPage_GetAnnotCount(page.raw) > 0 and flatten(page.raw):
                    page.close()
                    page = self._document[number - 1]
                text_page = page.get_textpage()
        yield page, text_page, text_page.get_text_range()
        if kept is None and len(self._kept) < _MAX_KEPT:
            self._kept[number] = page, text_page
        else:
            page.close()


def _is_unmapped(model: PageModel, seen: Seen) -> bool:
    """Whether nobody can tell what most characters of a page are: its text would be lost."""
    lost = model.unmapped > _ENOUGH_TEXT and model.unmapped > _UNMAPPED * (len(seen.chars) + model.unmapped)
    return lost or (model.private > _ENOUGH_TEXT and model.private > _PRIVATE * len(seen.chars))


def _unmapped(number: int) -> UnreadableError:
    """The error that tells of such a page."""
    return UnreadableError(
        "text_unmapped",
        f"第 {number} 页的字体不说明是什么字，无法读出文字；"
        f"the fonts of page {number} do not say which characters they show",
    )


def _not_read(model: PageModel, seen: Seen, number: int) -> Iterator[Unread]:
    """What of a page is seen and is no text: what is struck out, or a font is without names for its signs."""
    if model.unmapped:
        yield Unread("unmapped", str(model.unmapped), Place(page=number))
    for text, _ in seen.struck:
        yield Unread("struck_out", text, Place(page=number))


def _created_on(metadata: dict[str, str]) -> date | None:
    for key in ("CreationDate", "ModDate"):
        found = re.match(r"D:(\d{4})(\d\d)(\d\d)", metadata.get(key, ""))
        if found:
            try:
                return date(*(int(part) for part in found.groups()))
            except ValueError:
                continue
    return None
