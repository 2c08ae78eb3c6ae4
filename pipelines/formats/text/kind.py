"""Text and Markdown among the kinds of file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.formats.kind import Excerpt, Format, IsTitle

if TYPE_CHECKING:
    from pipelines.core.document import Document, Place
    from pipelines.core.tasks import Spot


class Text(Format):
    """Plain text, as crawlers and recognisers leave it."""

    name = "txt"
    label = "文本 text"
    suffixes = (".txt",)

    def read(self, path: Path, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
        """See `pipelines.formats.text.reader`."""
        from pipelines.formats.text.reader import read_text

        return read_text(path, is_title)

    def reread(self, path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
        """See `pipelines.formats.text.reread`."""
        from pipelines.formats.text.reread import reread

        return reread(path, spots)

    def excerpt(self, path: Path, place: Place) -> Excerpt:
        """See `pipelines.formats.text.excerpt`."""
        assert place.line is not None
        (run,) = self.passages(path, [place.line]) or [[]]
        return Excerpt(lines=tuple(run))

    def passages(self, path: Path, lines: Iterable[int]) -> list[list[tuple[int, str]]]:
        """See `pipelines.formats.text.excerpt`."""
        from pipelines.formats.text.excerpt import passages

        return passages(path, lines)


class Markdown(Text):
    """Markdown, as document converters write it."""

    name = "md"
    label = "Markdown"
    suffixes = (".md",)
