"""Kinds of file without pages or lines of their own: a line is a paragraph or a row, counted in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipelines.formats.kind import Excerpt, Format, ShownCell, ShownRow

if TYPE_CHECKING:
    from pipelines.core.document import Document, Grid, Place

T = TypeVar("T")

AROUND = 2
"""Lines shown before and after one."""


class ListedFormat(Format):
    """Shows where a number stands by the paragraphs and rows around it."""

    def excerpt(self, path: Path, place: Place) -> Excerpt:
        """Give the rows around a place, as the reader counts them."""
        assert place.line is not None
        (run,) = self.rows(path, [place.line]) or [[]]
        return Excerpt(lines=tuple((row.number, row.text) for row in run), rows=tuple(run), marked=place.origin)

    def passages(self, path: Path, lines: Iterable[int]) -> list[list[tuple[int, str]]]:
        """See `Format.passages`."""
        return [[(row.number, row.text) for row in run] for run in self.rows(path, lines)]

    def rows(self, path: Path, lines: Iterable[int], document: Document | None = None) -> list[list[ShownRow]]:
        """See `Format.rows`."""
        document = document or self.read(path, lambda _: False, self.limits)
        return around(listing(document), lines)


def listing(document: Document) -> dict[int, ShownRow]:
    """Lines of a document by number: paragraphs as they are, rows with their cells side by side."""
    from pipelines.core.document import Grid

    found: dict[int, list[ShownCell]] = {}
    for block in document.blocks:
        rows = _rows(block) if isinstance(block, Grid) else [(block.place.line, [_shown(block.text, 1, block.place)])]
        for line, cells in rows:
            if line is not None:
                found.setdefault(line, []).extend(cells)
    return {number: ShownRow(number, tuple(found[number])) for number in sorted(found)}


def _rows(grid: Grid) -> Iterable[tuple[int | None, list[ShownCell]]]:
    """Rows of a grid by their lines; a cell that reaches down from above is blank in the rows below its first."""
    for row in range(grid.rows):
        covering = grid.row(row)
        line = next((cell.place.line for cell in covering if cell.row == row), None)
        yield (
            line,
            [_shown(c.text if c.row == row else "", c.col_span, c.place if c.row == row else None) for c in covering],
        )


def _shown(text: str, cols: int, place: Place | None) -> ShownCell:
    return ShownCell(" ".join(text.split()), cols, place.origin if place else None)


def around(texts: Mapping[int, T], lines: Iterable[int]) -> list[list[T]]:
    """Give numbered lines around those wanted, in runs without a gap.

    Args:
        texts: By number from 1.
        lines: Numbers wanted.
    """
    near = {near for line in lines for near in range(line - AROUND, line + AROUND + 1)}
    runs = groupby(enumerate(sorted(near & texts.keys())), key=lambda pair: pair[1] - pair[0])
    return [[texts[number] for _, number in run] for _, run in runs]
