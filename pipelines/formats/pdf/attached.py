"""PDFs inside a PDF: a cover with its tables attached is one report.

While a report is laid out, pages of attachments follow those of the file itself, so that every page has a number of its
own; what is found on them is told by the number within the attachment, whose name is its origin.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2

from pipelines.core.document import Document, Grid, Line, Place, Unread

_MOST = 20  # attachments that are looked into
_MOST_BYTES = 50 * 1024**2  # of one of them
_LONGEST_NAME = 80
_MAGIC, _HEADER_BYTES = b"%PDF-", 1024


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a PDF.

    Attributes:
        name: As a viewer lists it.
        origin: What tells it from others of the same name.
    """

    name: str
    origin: str
    _file: pypdfium2.PdfAttachment | None

    def pdf(self) -> bytes:
        """Give its content where it is a PDF, without what comes before; else nothing.

        Nobody knows how large it is before it is there: it is asked for only where it is wanted.
        """
        try:
            data = bytes(self._file.get_data()) if self._file else b""
        except pypdfium2.PdfiumError:  # an entry without a file
            return b""
        start = data.find(_MAGIC, 0, _HEADER_BYTES)
        return data[start:] if start >= 0 and len(data) <= _MOST_BYTES else b""


def attachments(document: pypdfium2.PdfDocument) -> Iterator[Attachment]:
    """List the files inside a PDF."""
    for i in range(document.count_attachments()):
        one = document.get_attachment(i)
        name = _name(one)
        yield Attachment(name, f"附件{i + 1}“{name}”", one if i < _MOST else None)


def add(whole: Document, part: Document, origin: str) -> None:
    """Let what was read of an attachment follow what was read before it."""
    before = whole.pages or 0
    whole.starts.append(before)

    def moved(place: Place) -> Place:
        return replace(place, page=before + place.page, element=origin) if place.page is not None else place

    for block in part.blocks:
        if isinstance(block, Grid):
            block.put([replace(cell, place=moved(cell.place)) for cell in block.cells])
            block.place = moved(block.place)
            whole.blocks.append(block)
        else:
            whole.blocks.append(Line(block.text, moved(block.place)))
    whole.unread += [Unread(one.reason, one.text, moved(one.place)) for one in part.unread]
    whole.turned |= {before + page: turn for page, turn in part.turned.items()}
    whole.recognised += [before + page for page in part.recognised]
    for reason, count in part.unseen.items():
        whole.unseen[reason] = whole.unseen.get(reason, 0) + count
    whole.pages = before + (part.pages or 0)


@contextmanager
def opened(path: Path, origin: str | None) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF, or the one inside it that has this origin.

    Raises:
        LookupError: There is none.
        pypdfium2.PdfiumError: pdfium cannot open it.
    """
    with pypdfium2.PdfDocument(path) as document:
        if origin is None:
            yield document
            return
        data = next((one.pdf() for one in attachments(document) if one.origin == origin), b"")
        if not data:
            raise LookupError(f"{path}: {origin}")
        with pypdfium2.PdfDocument(data) as inside:
            yield inside


def _name(attachment: pypdfium2.PdfAttachment) -> str:
    name = str(attachment.get_name())
    if name.startswith("\xfe\xff"):  # UTF-16, which pdfium takes for Latin letters in name trees
        name = name.encode("latin-1", "replace")[2:].decode("utf-16-be", "replace")
    return "".join(sign for sign in unicodedata.normalize("NFC", name) if sign.isprintable())[:_LONGEST_NAME]
