"""Rows of cells that span rows and columns, as HTML writes them, made into a grid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.core.document import Cell, Grid, Place, UnreadableError
from pipelines.formats.text.marked import without_float_codes

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
            if covered > most_cells:
                raise UnreadableError(
                    "table_too_large",
                    f"表格的单元格超过 {most_cells} 个；a table covers more than {most_cells} cells",
                )
            cells.append(Cell(found.text, number, col, height, found.cols, found.place))
            until |= dict.fromkeys(range(col, col + found.cols), number + height)
            col += found.cols
            cols = max(cols, col)
    columns: dict[int, list[int]] = {}
    for place, cell in enumerate(cells):
        columns.setdefault(cell.col, []).append(place)
    for places in columns.values():
        codes = without_float_codes([cells[place].text for place in places])
        for place, text in zip(places, codes, strict=True):
            cells[place] = replace(cells[place], text=text)
    edges = [float(edge) for edge in range(cols + 1)]
    return Grid(len(rows), cols, cells, cells[0].place, edges)
