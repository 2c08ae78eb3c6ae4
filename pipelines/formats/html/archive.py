"""Web pages with all they show in one file: the page is taken out of the letter it is packed in; nothing else is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email import policy
from email.message import MIMEPart
from email.parser import BytesParser
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.document import Document, UnreadableError
from pipelines.formats.html.decoding import decode_page
from pipelines.formats.html.reader import read_html

if TYPE_CHECKING:
    from pipelines.formats.kind import IsTitle

_MOST_PARTS = 1_000  # of a page: pictures, style sheets, the sheets of a workbook
_DEEPEST = 5  # letters in letters
_BODY = re.compile(r"<(?:frameset|body)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def read_archive(path: Path, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
    """Read the page of a saved archive.

    Raises:
        UnreadableError: There is no page in it; see also `pipelines.formats.html.reader`.
    """
    document = read_html(page_of(path), is_title, limits)
    document.format = "mhtml"
    return document


def page_of(path: Path) -> str:
    """The first page of an archive; of a workbook, whose first page only frames others, all of them."""
    try:
        with path.open("rb") as stream:
            message = BytesParser(policy=policy.default).parse(stream)
        pages = [text for part in _parts(message, 0) if (text := _text(part))]
    except (RecursionError, ValueError, LookupError):  # letters in letters without end, headers that are none
        pages = []
    if not pages:
        raise UnreadableError("no_page", "网页存档里没有网页；the archive holds no web page")
    if "<frameset" not in pages[0].lower():
        return pages[0]
    return "\n".join(pages[1:]) or pages[0]


def _parts(message: MIMEPart, depth: int) -> Iterator[MIMEPart]:
    for count, part in enumerate(message.iter_parts() if message.is_multipart() else [message]):
        if count > _MOST_PARTS or depth > _DEEPEST:
            return
        if part.is_multipart():
            yield from _parts(part, depth + 1)
        else:
            yield part


def _text(part: MIMEPart) -> str:
    if part.get_content_type() not in {"text/html", "application/xhtml+xml"}:
        return ""
    data = part.get_payload(decode=True)
    return decode_page(data, part.get_content_charset()) if isinstance(data, bytes) and data.strip() else ""
