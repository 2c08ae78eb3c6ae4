"""Tables of a text document: the file says which cells there are; deleted and hidden rows are no part of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from pipelines.core.document import Cell, Grid, Place
from pipelines.formats.spans import counted_edges, refuse_too_large, with_codes
from pipelines.formats.text.lines import joined
from pipelines.formats.word.names import is_on, number, value, w

METHOD = "word"
"""How grids of a text document are found: its cells say it."""

_MOST_SPAN = 63
"""Columns of a table of a word processor."""

_WRAPPERS = frozenset(map(w, ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")))
"""Elements around rows and cells that say nothing of the table."""


@dataclass(slots=True)
class WordCell:
    """A cell before its text is known.

    Attributes:
        element: Where its paragraphs stand.
        row: Of the rows that are seen, from 0.
        col: Of the grid.
        rows: Over which it reaches.
        cols: The same.
        index: Number of its row among all rows of the table, from 0.
    """

    element: etree._Element
    row: int
    col: int
    rows: int
    cols: int
    index: int


@dataclass(slots=True)
class WordTable:
    """A table before its texts are known."""

    cells: list[WordCell] = field(default_factory=list)
    rows: int = 0
    cols: int = 0
    hidden: list[etree._Element] = field(default_factory=list)
    merged: list[etree._Element] = field(default_factory=list)


def table_of(element: etree._Element) -> WordTable:
    """Give the cells of a table where they stand.

    Raises:
        UnreadableError: They cover more than any table has.
    """
    table = WordTable()
    above: dict[int, WordCell] = {}  # cells by the column in which they begin, for what goes on below
    for index, row in enumerate(_parts(element, "tr")):
        properties = row.find(w("trPr"))
        if properties is not None and properties.find(w("del")) is not None:
            continue
        if properties is not None and is_on(properties.find(w("hidden"))):
            table.hidden.append(row)
            continue
        col = min(number(value(None if properties is None else properties.find(w("gridBefore")))), _MOST_SPAN)
        for cell in _parts(row, "tc"):
            col += _place(table, cell, col, index, above)
        table.rows += 1
        table.cols = max(table.cols, col)
        refuse_too_large(table.rows * table.cols)
    return table


def _place(table: WordTable, cell: etree._Element, col: int, index: int, above: dict[int, WordCell]) -> int:
    """Put a cell into its table.

    Returns:
        How many columns it takes of its row.
    """
    properties = cell.find(w("tcPr"))
    span = 1
    down = across = None
    if properties is not None:
        span = max(1, min(number(value(properties.find(w("gridSpan"))), 1), _MOST_SPAN))
        down, across = properties.find(w("vMerge")), properties.find(w("hMerge"))
        if properties.find(w("cellDel")) is not None:
            above.pop(col, None)
            return span
    if across is not None and value(across) != "restart" and table.cells and table.cells[-1].row == table.rows:
        table.cells[-1].cols += span
        table.merged.append(cell)
        return span
    over = above.get(col)
    if down is not None and value(down) != "restart" and over is not None and over.row + over.rows == table.rows:
        over.rows += 1
        table.merged.append(cell)
        return max(span, over.cols)
    made = WordCell(cell, table.rows, col, 1, span, index)
    table.cells.append(made)
    for taken in range(col, col + span):
        above.pop(taken, None)
    above[col] = made
    return span


def _parts(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Rows of a table or cells of a row, also those within content controls and tracked insertions."""
    for child in parent:
        if child.tag == w(name):
            yield child
        elif child.tag in _WRAPPERS:
            yield from _parts(child, name)


def grid_of(table: WordTable, texts: list[str], places: list[Place], blank: Place) -> Grid:
    """Give a table as a grid.

    Args:
        table: Its cells.
        texts: Of the cells, paragraphs parted by soft returns.
        places: Of the cells.
        blank: Place of positions without a cell.
    """
    cells = [
        Cell(joined(text).strip(), c.row, c.col, c.rows, c.cols, place)
        for c, text, place in zip(table.cells, texts, places, strict=True)
    ]
    taken = {(r, c) for cell in table.cells for r in range(cell.row, cell.row + cell.rows)
             for c in range(cell.col, cell.col + cell.cols)}  # fmt: skip
    lines = {c.row: place for c, place in zip(table.cells, places, strict=True)}
    cells += [
        Cell("", row, col, 1, 1, lines.get(row, blank))
        for row in range(table.rows)
        for col in range(table.cols)
        if (row, col) not in taken
    ]
    cells = with_codes(sorted(cells, key=lambda cell: (cell.row, cell.col)))
    return Grid(table.rows, table.cols, cells, cells[0].place, counted_edges(table.cols), METHOD)
