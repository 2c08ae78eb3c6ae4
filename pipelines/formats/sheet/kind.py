"""Workbooks among the kinds of file; what reads them is imported when it is called for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pipelines.formats.kind import IsTitle
from pipelines.formats.listed import ListedFormat
from pipelines.formats.office import (
    HEAD,
    LIMITS,
    LOCKED,
    ODF_SHEET,
    OLE,
    ZIP,
    is_locked,
    is_open_document,
    part_names,
    stream_names,
)

if TYPE_CHECKING:
    from pipelines.core.document import Document
    from pipelines.core.tasks import Spot

_BARE = (b"\x09\x08\x10\x00\x00\x06\x05\x00", b"\x09\x08\x08\x00\x00\x05\x05\x00")
"""First record of a workbook that a program wrote without the streams around it (Excel 97, Excel 5)."""


class Xlsx(ListedFormat):
    """Workbooks of XML parts, as Excel, WPS and reporting systems save them."""

    name = "xlsx"
    label = "Excel 工作簿 an Excel workbook"
    suffixes: ClassVar[tuple[str, ...]] = (".xlsx", ".xlsm", ".xltx", ".xltm")
    magic: ClassVar[tuple[bytes, ...]] = (ZIP,)
    limits = LIMITS

    def claims(self, path: Path, head: bytes) -> bool:
        """Whether the parts of a package are sheets; a new Office file behind a password counts, so that it is told."""
        if head.startswith(ZIP):
            names = part_names(path)
            if not names:
                return path.suffix.lower() in self.suffixes  # broken: reading it will say so
            return "xl/workbook.bin" not in names and any(name.startswith("xl/") for name in names)
        return head.startswith(OLE) and is_locked(stream_names(path))

    def holds(self, path: Path) -> bool:
        """Whether a file is of this kind by its content."""
        with path.open("rb") as stream:
            return self.claims(path, stream.read(HEAD))

    def read(self, path: Path, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
        """See `pipelines.formats.sheet.xlsx` and `pipelines.formats.sheet.reader`."""
        from pipelines.core.document import UnreadableError
        from pipelines.formats.sheet.reader import document_of
        from pipelines.formats.sheet.xlsx import read_xlsx

        with path.open("rb") as stream:
            if stream.read(len(OLE)) == OLE:
                raise UnreadableError("office_locked", LOCKED)
        return document_of(self.name, read_xlsx(path, limits), is_title)

    def reread(self, path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
        """See `pipelines.formats.sheet.reread`."""
        from pipelines.formats.sheet.reread import reread

        return reread(path, spots)


class Xls(Xlsx):
    """Workbooks as Excel 97 to 2003 and WPS save them."""

    name = "xls"
    label = "旧版 Excel 工作簿 an old Excel workbook"
    suffixes: ClassVar[tuple[str, ...]] = (".xls", ".et", ".xlt", ".ett")
    magic: ClassVar[tuple[bytes, ...]] = (OLE, *_BARE)

    def claims(self, path: Path, head: bytes) -> bool:
        """Whether a file is such a workbook by its streams, or by its first record where it has none."""
        if head.startswith(OLE):
            names = stream_names(path)
            if not names:
                return path.suffix.lower() in self.suffixes  # broken: reading it will say so
            return bool({"workbook", "book"} & names)
        return head.startswith(_BARE)

    def read(self, path: Path, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
        """See `pipelines.formats.sheet.xls` and `pipelines.formats.sheet.reader`."""
        from pipelines.formats.sheet.reader import document_of
        from pipelines.formats.sheet.xls import read_xls

        return document_of(self.name, read_xls(path), is_title)


class Ods(Xlsx):
    """Workbooks of OpenDocument, as LibreOffice and WPS save them; LibreOffice makes Excel workbooks of them."""

    name = "ods"
    label = "OpenDocument 表格 an OpenDocument spreadsheet"
    suffixes: ClassVar[tuple[str, ...]] = (".ods", ".ots")

    def claims(self, path: Path, head: bytes) -> bool:
        """Whether a package says that it is such a workbook."""
        return is_open_document(head, ODF_SHEET)

    def read(self, path: Path, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
        """See `pipelines.formats.word.convert` and `pipelines.formats.sheet.xlsx`."""
        from pipelines.formats.sheet.reader import document_of
        from pipelines.formats.sheet.xlsx import read_xlsx
        from pipelines.formats.word.convert import WORKBOOK, converted

        with converted(path, WORKBOOK) as made:
            return document_of(self.name, read_xlsx(made, limits), is_title)

    def reread(self, path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
        """See `pipelines.formats.sheet.reread`."""
        from pipelines.formats.sheet.reread import reread
        from pipelines.formats.word.convert import WORKBOOK, converted

        with converted(path, WORKBOOK) as made:
            return reread(made, spots)
