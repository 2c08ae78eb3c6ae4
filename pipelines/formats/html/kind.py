"""Web pages among the kinds of file; what needs the parser is imported when it is called for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from pipelines.formats.kind import IsTitle
from pipelines.formats.listed import ListedFormat

if TYPE_CHECKING:
    from pipelines.core.document import Document
    from pipelines.core.tasks import Spot

_BEFORE = re.compile(r"(?:\s|\ufeff|\0|<!--.*?-->|<\?.*?\?>|<%.*?%>)*", re.DOTALL)
_PAGE = re.compile(r"<!doctype\s+html|<html\b(?=.*?<(?:head|meta|title|body\s))|<html[^>]*xmlns|<head\b|<frameset\b",
                   re.IGNORECASE | re.DOTALL)  # fmt: skip
_MAIL = re.compile(
    rb"(?:[\w-]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)*?Content-Type:\s*multipart/(?:related|mixed|alternative)",
    re.IGNORECASE,
)


class Html(ListedFormat):
    """A web page, as a browser saves it."""

    name = "html"
    label = "网页 web page"
    suffixes: ClassVar[tuple[str, ...]] = (".html", ".htm", ".xhtml", ".shtml", ".jhtml", ".jsp", ".aspx")
    limits = MappingProxyType({"pages": 2000})
    measured = True

    def recognises(self, head: bytes) -> bool:
        """Whether a content begins as a page does; pieces of tables in a dump of text do not."""
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
        else:
            text = head.decode("latin-1")
            text = text.removeprefix("\xef\xbb\xbf")
        start = _BEFORE.match(text)
        return _PAGE.match(text, start.end() if start else 0) is not None

    def load(self) -> None:
        """Import the readers; see `Format.load`."""
        from selectolax import lexbor  # noqa: F401

        from pipelines.formats.html import reader, reread  # noqa: F401

    def read(self, path: Path, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
        """See `pipelines.formats.html.reader`."""
        from pipelines.formats.html.reader import read_page

        return read_page(path, is_title, limits)

    def reread(self, path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
        """See `pipelines.formats.html.reread`."""
        from pipelines.formats.html.reread import reread

        return reread(path, spots)

    def texts(self, path: Path) -> Iterable[str]:
        """Give the text of each table; see `pipelines.formats.html.reread`."""
        from pipelines.formats.html.decoding import decode_page
        from pipelines.formats.html.reread import table_texts

        return table_texts(decode_page(path.read_bytes()))


class Mhtml(Html):
    """A web page with all it shows in one file, as browsers and Office save it."""

    name = "mhtml"
    label = "网页存档 MHTML"
    suffixes = (".mhtml", ".mht")

    def recognises(self, head: bytes) -> bool:
        """Whether a content begins as a letter of several parts that belong together."""
        return _MAIL.match(head.lstrip(b"\xef\xbb\xbf\r\n\t ")) is not None

    def read(self, path: Path, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
        """See `pipelines.formats.html.archive`."""
        from pipelines.formats.html.archive import read_archive

        return read_archive(path, is_title, limits)

    def reread(self, path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
        """See `pipelines.formats.html.reread`."""
        from pipelines.formats.html.archive import page_of
        from pipelines.formats.html.reread import texts_of

        return texts_of(page_of(path), spots)

    def texts(self, path: Path) -> Iterable[str]:
        """Give the text of each table; see `pipelines.formats.html.reread`."""
        from pipelines.formats.html.archive import page_of
        from pipelines.formats.html.reread import table_texts

        return table_texts(page_of(path))
