"""Cells that the file itself gives, of any kind: rows of cells that span others made into a grid, codes, limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.core.document import Cell, Grid, Place, UnreadableError
from pipelines.formats.number_pieces import with_whole_numbers
from pipelines.formats.text.marked import heading_height, over_blanks, without_float_codes

MOST_COLUMNS = 1_000
"""That a cell may span; browsers do not go further either."""

MOST_CELLS = 200_000
"""Cells that one table may cover; the largest of a whole city's departments has a tenth of it."""


@dataclass(frozen=True, slots=True)
class Spanned:
    """A cell: its text, how many rows and columns it covers, where it stands."""

    text: str
    rows: int
    cols: int
    place: Place


def span(value: str | None) -> int:
    """A span as an attribute gives it: 1 where it is none."""
    digits = (value or "").strip()
    return max(1, min(int(digits), MOST_COLUMNS)) if digits.isdecimal() and len(digits) < 9 else 1


def filled(rows: Sequence[Sequence[Spanned]]) -> Iterator[Sequence[Spanned]]:
    """Rows without those that have no cell, unless a cell from above reaches over them."""
    reach = 0
    for number, row in enumerate(rows):
        reach = max(reach, *(number + cell.rows for cell in row)) if row else reach
        if row or number < reach:
            yield row


def grid_of(rows: Sequence[Sequence[Spanned]], most_cells: int = MOST_CELLS) -> Grid:
    """Put cells where their spans and those above leave room.

    Args:
        rows: At least one of them has a cell.
        most_cells: That all spans together may cover.

    Raises:
        UnreadableError: The spans cover more cells than any table has.
    """
    cells: list[Cell] = []
    until: dict[int, int] = {}  # the row at which a column is free again
    covered = cols = 0
    for number, row in enumerate(rows):
        col = 0
        for found in row:
            while until.get(col, 0) > number:
                col += 1
            height = min(found.rows, len(rows) - number)
            covered += height * found.cols
            refuse_too_large(covered, most_cells)
            cells.append(Cell(found.text, number, col, height, found.cols, found.place))
            until |= dict.fromkeys(range(col, col + found.cols), number + height)
            col += found.cols
            cols = max(cols, col)
    return Grid(len(rows), cols, with_codes(cells), cells[0].place, counted_edges(cols))


def refuse_too_large(cells: int, most: int = MOST_CELLS) -> None:
    """Raise where a table covers more cells than any.

    Raises:
        UnreadableError: It does.
    """
    if cells > most:
        raise UnreadableError("table_too_large", f"表格的单元格超过 {most} 个；a table covers more than {most} cells")


def with_codes(cells: Sequence[Cell]) -> list[Cell]:
    """Cells of a grid with the codes that a data frame took for numbers (``2010101.0``) as codes, and numbers whole."""
    found = with_whole_numbers(cells)
    columns: dict[int, list[int]] = {}
    for place, cell in enumerate(found):
        columns.setdefault(cell.col, []).append(place)
    for places in columns.values():
        texts = [found[place].text for place in places]
        for place, text, before in zip(places, without_float_codes(texts), texts, strict=True):
            if text != before:
                found[place] = replace(found[place], text=text)
    return found


def counted_edges(cols: int) -> list[float]:
    """Column borders of a grid whose columns are certain but only counted."""
    return [float(edge) for edge in range(cols + 1)]


def merged_again(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Cells of a grid whose merged headings a program wrote once and left blank beside, merged again.

    Args:
        cells: All cells of the grid, by row and column. Where any heading is merged, blank ones are what they are.
    """
    texts = [[""] * (1 + max(cell.col for cell in cells)) for _ in range(1 + cells[-1].row)]
    for cell in cells:
        texts[cell.row][cell.col] = cell.text
    height = heading_height(texts)
    if any(cell.col_span > 1 or cell.row_span > 1 for cell in cells if cell.row < height):
        return cells
    return over_blanks(cells, texts)
