"""Kinds of file without pages or lines of their own: a line is a paragraph or a row, counted in reading order."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.formats.kind import Excerpt, Format

if TYPE_CHECKING:
    from pipelines.core.document import Document, Place

AROUND = 2
"""Lines shown before and after one."""

BETWEEN_CELLS = " │ "
"""What stands between the cells of a row that is shown as a line."""


class ListedFormat(Format):
    """Shows where a number stands by the paragraphs and rows around it."""

    def excerpt(self, path: Path, place: Place) -> Excerpt:
        """Give the lines around a place, as the reader counts them."""
        assert place.line is not None
        (run,) = self.passages(path, [place.line]) or [[]]
        return Excerpt(lines=tuple(run))

    def passages(self, path: Path, lines: Iterable[int]) -> list[list[tuple[int, str]]]:
        """See `Format.passages`."""
        return around(listing(self.read(path, lambda _: False, self.limits)), lines)


def listing(document: Document) -> dict[int, str]:
    """Texts of a document by line number: paragraphs as they are, cells of a row side by side."""
    from pipelines.core.document import Grid

    texts: dict[int, list[str]] = {}
    for block in document.blocks:
        pieces = block.cells if isinstance(block, Grid) else [block]
        for piece in pieces:
            if piece.place.line is not None:
                texts.setdefault(piece.place.line, []).append(" ".join(piece.text.split()))
    return {number: BETWEEN_CELLS.join(found) for number, found in sorted(texts.items())}


def around(texts: dict[int, str], lines: Iterable[int]) -> list[list[tuple[int, str]]]:
    """Give numbered texts around those wanted, in runs without a gap.

    Args:
        texts: By number from 1.
        lines: Numbers wanted.
    """
    near = {near for line in lines for near in range(line - AROUND, line + AROUND + 1)}
    runs = groupby(enumerate(sorted(near & texts.keys())), key=lambda pair: pair[1] - pair[0])
    return [[(number, texts[number]) for _, number in run] for _, run in runs]
