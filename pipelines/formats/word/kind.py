"""Text documents among the kinds of file; what reads them is imported when it is called for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pipelines.formats.kind import IsTitle
from pipelines.formats.listed import ListedFormat
from pipelines.formats.office import HEAD, LIMITS, ODF_TEXT, OLE, ZIP, is_open_document, part_names, stream_names

if TYPE_CHECKING:
    from pipelines.core.document import Document
    from pipelines.core.tasks import Spot

_RTF = b"{\\rtf"
"""First bytes of a text document in rich text, which many programs save under the name ``.doc``."""


class Docx(ListedFormat):
    """Text documents of XML parts, as Word and WPS save them."""

    name = "docx"
    label = "Word 文档 a Word document"
    suffixes: ClassVar[tuple[str, ...]] = (".docx", ".docm", ".dotx", ".dotm")
    magic: ClassVar[tuple[bytes, ...]] = (ZIP,)
    limits = LIMITS

    def claims(self, path: Path, head: bytes) -> bool:
        """Whether the parts of a package are those of a text document."""
        if not head.startswith(ZIP):
            return False
        names = part_names(path)
        if not names:
            return path.suffix.lower() in self.suffixes  # broken: reading it will say so
        return any(name.startswith("word/") for name in names)

    def holds(self, path: Path) -> bool:
        """Whether a file is of this kind by its content."""
        with path.open("rb") as stream:
            return self.claims(path, stream.read(HEAD))

    def read(self, path: Path, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
        """See `pipelines.formats.word.reader`."""
        from pipelines.formats.word.reader import read_docx

        return read_docx(path, self.name, limits)

    def reread(self, path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
        """See `pipelines.formats.word.reread`."""
        from pipelines.formats.word.reread import reread

        return reread(path, spots)


class Doc(Docx):
    """Text documents as Word 97 to 2003 and WPS save them; LibreOffice makes new ones of them."""

    name = "doc"
    label = "旧版 Word 文档 an old Word document"
    suffixes: ClassVar[tuple[str, ...]] = (".doc", ".wps", ".dot", ".wpt", ".rtf")
    magic: ClassVar[tuple[bytes, ...]] = (OLE, _RTF)

    def claims(self, path: Path, head: bytes) -> bool:
        """Whether a file is such a document by its streams, or is rich text."""
        if head.startswith(OLE):
            names = stream_names(path)
            if not names:
                return path.suffix.lower() in self.suffixes  # broken: reading it will say so
            return "worddocument" in names
        return head.startswith(_RTF)

    def read(self, path: Path, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
        """See `pipelines.formats.word.convert`."""
        from pipelines.formats.word.convert import read_doc

        return read_doc(path, self.name, limits)

    def reread(self, path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
        """See `pipelines.formats.word.reread`."""
        from pipelines.formats.word.convert import converted
        from pipelines.formats.word.reread import reread

        with converted(path) as made:
            return reread(made, spots)


class Odt(Doc):
    """Text documents of OpenDocument, as LibreOffice and WPS save them; LibreOffice makes Word documents of them."""

    name = "odt"
    label = "OpenDocument 文档 an OpenDocument text"
    suffixes: ClassVar[tuple[str, ...]] = (".odt", ".ott")
    magic: ClassVar[tuple[bytes, ...]] = (ZIP,)

    def claims(self, path: Path, head: bytes) -> bool:
        """Whether a package says that it is such a document."""
        return is_open_document(head, ODF_TEXT)
