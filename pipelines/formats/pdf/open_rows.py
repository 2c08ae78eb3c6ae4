"""Rows that a table does not rule although it rules its headings: a page may show only one or two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.core.document import Box, Cell, Grid
from pipelines.formats.pdf.glyphs import Glyph, group_lines, line_text, words_of
from pipelines.formats.pdf.words import Word, word_of

_FEWEST = 3  # columns, and words: two words may be a sentence


def parted_rows(grid: Grid, glyphs: Sequence[Glyph]) -> Grid:
    """A ruled grid whose cells over the whole width are cut where each of their words stands under one heading.

    Args:
        grid: With borders of its columns.
        glyphs: What stands in it.

    Returns:
        The grid, or one with more cells; a cell that is no row of several columns stays as it is.
    """
    whole = [c for c in grid.cells if c.col == 0 and c.col_span == grid.cols >= _FEWEST and " " in c.text]
    if not whole or not any(c.col_span == 1 for c in grid.cells):
        return grid
    parts = {id(cell): _parts(cell, grid, glyphs) for cell in whole}
    cells = [part for cell in grid.cells for part in parts.get(id(cell), [cell])]
    return grid if len(cells) == len(grid.cells) else replace(grid, cells=cells)


def _parts(cell: Cell, grid: Grid, glyphs: Sequence[Glyph]) -> list[Cell]:
    """The cells of a row, or the cell itself."""
    edges, box = grid.edges, cell.place.box
    if edges is None or box is None:
        return [cell]
    lines = group_lines(g for g in glyphs if box.holds((g.x0 + g.x1) / 2, g.middle))
    words = [word_of(piece) for line in lines for piece in words_of(line)]
    held: dict[int, list[Word]] = {}
    for word in words:
        col = next((i for i in range(grid.cols) if edges[i] <= word.box.x0 and word.box.x1 <= edges[i + 1]), None)
        if col is None or (col in held and (word.is_number or held[col][-1].is_number)):
            return [cell]
        held.setdefault(col, []).append(word)
    amounts = [w for w in words if w.is_pointed]
    if len(held) < _FEWEST or not amounts or len(amounts) == len(words):
        return [cell]
    return [
        replace(
            cell,
            text="\n".join(line_text(line) for line in group_lines(g for w in some for g in w.glyphs)),
            col=col,
            col_span=1,
            place=replace(cell.place, box=Box(edges[col], box.top, edges[col + 1], box.bottom)),
        )
        for col, some in sorted(held.items())
    ]
