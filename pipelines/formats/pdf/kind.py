"""PDF among the kinds of file; what needs pdfium is imported when it is called for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipelines.formats.kind import Excerpt, Format, IsTitle, Marks, PagePicture, Withheld

if TYPE_CHECKING:
    from pipelines.core.document import Document, Place
    from pipelines.core.tasks import Spot


class Pdf(Format):
    """Portable Document Format: pages with a text layer."""

    name = "pdf"
    label = "PDF"
    suffixes = (".pdf",)
    magic = (b"%PDF-",)
    paged = True
    measured = True
    limits = MappingProxyType({"pages": 2000})

    def load(self) -> None:
        """Import the readers; see `Format.load`."""
        from pipelines.formats.pdf import boxes, reader, reread  # noqa: F401

    def prepare_worker(self) -> None:
        """Leave the machine's fonts aside, so that the same is read everywhere."""
        from pipelines.formats.pdf.boxes import use_boxes

        use_boxes()

    def read(self, path: Path, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
        """See `pipelines.formats.pdf.reader`."""
        from pipelines.formats.pdf.reader import read_pdf

        return read_pdf(path, is_title, limits["pages"])

    def reread(self, path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
        """See `pipelines.formats.pdf.reread`."""
        from pipelines.formats.pdf.reread import reread

        return reread(path, spots)

    def excerpt(self, path: Path, place: Place) -> Excerpt:
        """See `pipelines.formats.pdf.excerpt`."""
        from pipelines.formats.pdf.excerpt import outlined

        return outlined(path, place)

    def pages(self, path: Path, numbers: Sequence[int], withheld: Withheld) -> list[PagePicture]:
        """See `pipelines.formats.pdf.excerpt`."""
        from pipelines.formats.pdf.excerpt import pictures

        return pictures(path, numbers, withheld)

    def marks(self, path: Path, wanted: Mapping[int, Sequence[str]]) -> Marks:
        """See `pipelines.formats.pdf.marks`."""
        from pipelines.formats.pdf.marks import marks

        return marks(path, wanted)

    def texts(self, path: Path) -> Iterable[str]:
        """See `pipelines.formats.pdf.excerpt`."""
        from pipelines.formats.pdf.excerpt import page_texts

        return page_texts(path)
