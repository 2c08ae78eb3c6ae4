"""Whether a PDF is whole: a reading that silently lost pages is no success."""

from __future__ import annotations

import mmap
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pdfminer.ascii85 import end_re, start_re
from pdfminer.pdfdocument import PDFDocument, PDFXRefFallback
from pdfminer.pdfexceptions import PDFKeyError
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSLiteral

from pipelines.core.document import UnreadableError

_MAX_CONTENT = 64 * 1024 * 1024  # bytes of the drawing instructions of one page; real ones stay below 2 MB
_PIECE = 4 * 1024 * 1024
_OBJECT = re.compile(rb"\s*(\d+)\s+\d+\s+obj")
_FLATE = ("FlateDecode", "Fl")
_ASCII85 = ("ASCII85Decode", "A85")
_DIGITS85 = bytes(range(33, 118))
_VALUES85 = bytes(max(0, n - 33) for n in range(256))


@contextmanager
def parsing() -> Iterator[None]:
    """Say of whatever a parser stumbles over that the PDF is broken; a hostile one can raise anything inside it.

    Raises:
        UnreadableError: The parser gave up.
    """
    try:
        yield
    except (UnreadableError, MemoryError):
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {error}"[:200]
        raise UnreadableError(
            "pdf_broken", f"PDF 损坏，无法解析；the PDF is broken and cannot be parsed ({what})"
        ) from error


def refuse_repaired(document: PDFDocument, data: bytes | mmap.mmap) -> None:
    """Raise when objects are not where the table of objects says: what was there is lost without a trace.

    Args:
        document: As pdfminer opened it.
        data: The bytes that it was opened from.

    Raises:
        UnreadableError: The file is damaged.
    """
    if any(isinstance(xref, PDFXRefFallback) for xref in document.xrefs) or not _objects_stand(document, data):
        raise UnreadableError(
            "pdf_damaged",
            "PDF 的交叉引用表损坏，文件可能被截断，请重新下载或另存；"
            "the cross-reference table is broken, the file may be cut off: download it again or save it anew",
        )


def _objects_stand(document: PDFDocument, data: bytes | mmap.mmap) -> bool:
    """Whether every object that stands alone begins where the newest table says."""
    seen: set[int] = set()
    for xref in document.xrefs:
        for number in set(xref.get_objids()) - seen:
            seen.add(number)
            try:
                packed_in, position, _ = xref.get_pos(number)
            except PDFKeyError:  # a number that is free
                continue
            if packed_in is None and position:
                found = _OBJECT.match(data, position)
                if found is None or int(found[1]) != number:
                    return False
    return True


def inflate_content(page: PDFPage, number: int) -> None:
    """Inflate the drawing instructions of a page once, and make sure that nothing of them is missing.

    Raises:
        UnreadableError: They break off, are damaged, or are larger than any page needs.
    """
    for reference in page.contents:
        stream = resolve1(reference)
        if not isinstance(stream, PDFStream):
            raise damaged_page(number)
        filters = [name.name if isinstance(name, PSLiteral) else name for name, _ in stream.get_filters()]
        if len(filters) == 1 and filters[0] in _FLATE and not stream.get_filters()[0][1]:
            stream.data = _inflate(_raw(stream), number)
        elif filters[:1] and filters[0] in _ASCII85 and stream.data is None and not stream.decipher:
            decoded = _ascii85(stream.rawdata or b"")
            if decoded is not None and len(filters) == 1:
                stream.data = decoded
            elif decoded is not None and len(filters) == 2 and filters[1] in _FLATE and not stream.get_filters()[1][1]:
                with suppress(zlib.error):  # pdfminer saves what it can
                    stream.data = zlib.decompress(decoded)


def _ascii85(data: bytes) -> bytes | None:
    """Decode base 85 as pdfminer does, several times as fast; nothing where it is not plain."""
    plain = end_re.sub(b"", start_re.sub(b"", data)).translate(None, b" \t\n\r\v")
    if plain.translate(None, _DIGITS85):
        return None
    missing = -len(plain) % 5
    digits = (plain + b"u" * missing).translate(_VALUES85)
    words = [
        (((a * 85 + b) * 85 + c) * 85 + d) * 85 + e
        for a, b, c, d, e in zip(*(digits[place::5] for place in range(5)), strict=True)
    ]
    try:
        return struct.pack(f">{len(words)}I", *words)[: 4 * len(words) - missing]
    except struct.error:
        return None


def _raw(stream: PDFStream) -> bytes:
    raw = stream.rawdata or b""
    if stream.decipher and stream.objid is not None and stream.genno is not None:
        return stream.decipher(stream.objid, stream.genno, raw, stream.attrs)
    return raw


def _inflate(raw: bytes, number: int) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    pieces: list[bytes] = []
    size = 0
    data = raw[2:]  # after the header, so that a missing checksum at the end does no harm
    try:
        while not inflater.eof:
            piece = inflater.decompress(data, _PIECE)
            data = inflater.unconsumed_tail
            size += len(piece)
            pieces.append(piece)
            if size > _MAX_CONTENT:
                raise UnreadableError(
                    "content_too_large",
                    f"第 {number} 页的内容解压后超过 {_MAX_CONTENT >> 20} MB；"
                    f"the content of page {number} inflates beyond what any page needs",
                )
            if not piece and not data:
                break
    except zlib.error as error:
        raise damaged_page(number) from error
    content = b"".join(pieces)
    checksum = inflater.unused_data[:4]
    if not inflater.eof or (len(checksum) == 4 and int.from_bytes(checksum) != zlib.adler32(content)):
        raise damaged_page(number)
    return content


def damaged_page(number: int) -> UnreadableError:
    """The error to raise when something of a page is missing."""
    return UnreadableError("pdf_damaged", f"第 {number} 页的内容损坏；the content of page {number} is damaged")
