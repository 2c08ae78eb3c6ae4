"""Sheets to lines and grids: titles, captions and notes above, between and below tables are lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from pipelines.core.document import Block, Cell, Grid, Line, Place
from pipelines.core.folding import key
from pipelines.core.numbers import read_amount
from pipelines.formats.kind import IsTitle
from pipelines.formats.sheet.visible import Piece, View
from pipelines.formats.sheet.workbook import address
from pipelines.formats.spans import counted_edges, merged_again, refuse_too_large, with_codes
from pipelines.formats.text.lines import joined, parted

METHOD = "sheet"
"""How grids of a sheet are found: its cells say it."""

_MOST_OF_WIDTH = 0.5
"""Share of a table's columns over which a lone text is its title or a note, not the name of a row."""

_LONG_TEXT = 40
"""Characters of a lone text between rows that is no name of a row."""

_NAMES_A_TABLE = re.compile(r"[^。；，,;:：]{2,40}表(?:\([^()]*\))?|附件?\d*[:：]?|(?:预算)?公开\d*表?")
_HEADS_COLUMNS = re.compile(r".{0,20}(?:数|金额|比率?|\(?(?:万|千)?元\)?)|.{1,4}")
"""What may stand alone over all columns of a table and still be a heading: 2023年预算数, 支出."""

_NOTE = re.compile(r"注[:：]|备注[:：]|说明[:：]")


@dataclass(slots=True)
class Band:
    """Rows of a view that follow each other: of a table, or of text."""

    first: int
    last: int
    is_table: bool


def blocks_of(
    view: View, is_title: IsTitle, numbers: count[int], before: Sequence[int]
) -> tuple[list[Block], dict[Place, str], Sequence[int]]:
    """Cut a sheet into blocks.

    Args:
        view: What is seen of it.
        is_title: Tells whether a line is the title of a declared form.
        numbers: Gives every row of the workbook its number.
        before: Columns of the table that the sheet before ends with.

    Returns:
        The blocks in reading order, the numbers as stored of places that show others, and the columns of the last
        table.

    Raises:
        UnreadableError: A table is larger than any.
    """
    line_of = [next(numbers) for _ in view.rows]
    sheets = [_Sheet(part, line_of, is_title, before) for part in beside(view, is_title)]
    blocks = [block for sheet in sheets for block in sheet.blocks()]
    if is_title(view.name) and blocks and not any(is_title(_words(p.text)) for p in view.pieces.values()):
        first = Line(view.name, Place(line=line_of[0], sheet=view.name))
        blocks.insert(0, first)  # nothing else says which form it is
    row_at = {row: n for n, row in enumerate(view.rows)}
    exact = {sheets[0].place(row_at[at[0]], at): text for at, text in view.exact.items() if at[0] in row_at}
    return blocks, exact, sheets[-1].columns


def beside(view: View, is_title: IsTitle) -> list[View]:
    """Cut a view where a blank column parts forms that stand side by side; only their titles tell them from one."""
    cuts = [
        col for col in sorted(view.col_gaps)
        if not any(piece.col < col < piece.col + piece.col_span for piece in view.pieces.values())
    ]  # fmt: skip
    if not cuts:
        return [view]
    titled = {bisect_right(cuts, p.col) for p in view.pieces.values() if is_title(_words(p.text))}
    if len(titled) < 2:
        return [view]
    parts = []
    for part in range(len(cuts) + 1):
        pieces = {at: piece for at, piece in view.pieces.items() if bisect_right(cuts, piece.col) == part}
        framed = {(row, col) for row, col in view.framed if bisect_right(cuts, col) == part}
        used = {row for row, _ in [*pieces, *framed]}
        gaps = view.gaps | {row + 1 for row in range(len(view.rows)) if row not in used}
        parts.append(replace(view, pieces=pieces, framed=framed, gaps=gaps))
    return parts


class _Sheet:
    def __init__(self, view: View, line_of: list[int], is_title: IsTitle, before: Sequence[int]) -> None:
        self.view, self.line_of, self.is_title = view, line_of, is_title
        self.columns, self._read = before, 0
        self.rows: list[list[Piece]] = [[] for _ in view.rows]
        for piece in sorted(view.pieces.values(), key=lambda p: (p.row, p.col)):
            self.rows[piece.row].append(piece)
        self.is_framed = [False] * len(self.rows)
        for row, _ in view.framed:
            self.is_framed[row] = True
        self.has_frames = any(self.is_framed)

    def place(self, row: int, at: tuple[int, int]) -> Place:
        """Where a cell stands."""
        return Place(line=self.line_of[row], sheet=self.view.name, cell=address(*at))

    def blocks(self) -> Iterator[Block]:
        for band in self._bands():
            if band.is_table:
                yield from self._table(band)
            else:
                for row in range(band.first, band.last + 1):
                    yield from self._lines(row)

    def _bands(self) -> list[Band]:
        bands: list[Band] = []
        for row in range(len(self.rows)):
            blank = bool(bands) and not self.rows[row] and not self.is_framed[row]
            is_table = bands[-1].is_table if blank else self._is_of_table(row)
            if bands and bands[-1].is_table == is_table and row not in self.view.gaps:
                bands[-1].last = row
            else:
                bands.append(Band(row, row, is_table))
        return bands

    def _is_of_table(self, row: int) -> bool:
        """Whether a row is one of a table: it has borders, else several texts side by side."""
        pieces = self.rows[row]
        lone = pieces[0] if len(pieces) == 1 else None
        if lone is not None and self.is_title(_words(lone.text)):
            return False
        if self.is_framed[row]:
            return True
        if self.has_frames:
            return _amounts(pieces) > 0 and len(pieces) > 1 and row > 0 and row not in self.view.gaps
        if lone is None:
            return bool(pieces)
        if self._is_name(lone) and self._is_between(row):
            return True
        return self._is_heading(lone) and self._leads_to_cells(row, 1)

    def _is_between(self, row: int) -> bool:
        """Whether rows of several texts stand above and below, with nothing between but names of rows."""
        return all(self._leads_to_cells(row, step) for step in (-1, 1))

    def _is_heading(self, piece: Piece) -> bool:
        """Whether a lone text over several columns may be a heading of them."""
        text = key(piece.text)
        return (
            piece.col_span > 1 and _HEADS_COLUMNS.fullmatch(text) is not None and not self.is_title(_words(piece.text))
        )

    def _leads_to_cells(self, row: int, step: int) -> bool:
        while True:
            if (row if step < 0 else row + 1) in self.view.gaps:
                return False
            row += step
            if not 0 <= row < len(self.rows):
                return False
            if len(self.rows[row]) != 1:
                return len(self.rows[row]) > 1
            if not self._is_name(self.rows[row][0]) or self.is_title(_words(self.rows[row][0].text)):
                return False

    def _is_name(self, piece: Piece) -> bool:
        """Whether a lone text may be the name of a row."""
        text = key(piece.text)
        is_wide = piece.col_span > 1 and piece.col_span >= _MOST_OF_WIDTH * len(self.view.cols)
        return not is_wide and len(text) <= _LONG_TEXT and not _NAMES_A_TABLE.fullmatch(text)

    def _lines(self, row: int) -> Iterator[Line]:
        pieces = self.rows[row]
        if not pieces:
            return
        place = self.place(row, pieces[0].at)
        if len(pieces) == 1:
            yield from (Line(text, place) for text in parted(pieces[0].text))
        else:
            yield Line(" ".join(_words(piece.text) for piece in pieces), place)

    def _table(self, band: Band) -> Iterator[Block]:
        """The grid of a band; lone texts at its ends that reach over it are lines."""
        first, last = band.first, band.last
        while first <= last and self._is_caption(first, band, leads=True):
            yield from self._lines(first)
            first += 1
        stop = last
        while stop >= first and self._is_caption(stop, band, leads=False):
            stop -= 1
        if first <= stop:
            yield from self._grid(first, stop)
        for row in range(stop + 1, last + 1):
            yield from self._lines(row)

    def _is_caption(self, row: int, band: Band, *, leads: bool) -> bool:
        pieces = self.rows[row]
        if len(pieces) != 1:
            return not pieces  # a frame without anything in it
        (piece,) = pieces
        text = _words(piece.text)
        if read_amount(text) is not None:
            return False
        width = self._width(band)
        is_wide = piece.col_span > 1 and piece.col_span >= _MOST_OF_WIDTH * width
        if leads:
            covered = piece.row_span > 1 and piece.col_span < width  # a heading beside others in the row below
            is_name = _NAMES_A_TABLE.fullmatch(key(text)) is not None
            return not covered and (is_name or (is_wide and not self._is_heading(piece)))
        return _NOTE.match(key(text)) is not None or (is_wide and len(text) > _LONG_TEXT)

    def _width(self, band: Band) -> int:
        cols = {p.col for row in self.rows[band.first : band.last + 1] for p in row if len(row) > 1}
        return max(cols) - min(cols) + 1 if cols else 1

    def _grid(self, first: int, last: int) -> Iterator[Block]:
        pieces = [piece for row in self.rows[first : last + 1] for piece in row]
        if not pieces:
            return
        shown = self.view.cols  # the sheet's own columns, of which a view has those that are used
        cols = self._columns(first, sorted({shown[piece.col] for piece in pieces}))
        height, width = last - first + 1, len(cols)
        refuse_too_large(height * width)
        index = {col: n for n, col in enumerate(cols)}
        cells: dict[tuple[int, int], Cell] = {}
        taken: set[tuple[int, int]] = set()
        for piece in pieces:
            row, col = piece.row - first, index[shown[piece.col]]
            rows = min(piece.row_span, height - row)
            until = shown[min(piece.col + piece.col_span, len(shown)) - 1]
            span = sum(shown[piece.col] <= c <= until for c in cols) if piece.col_span > 1 else 1
            cells[row, col] = Cell(_words(piece.text), row, col, rows, span, self.place(piece.row, piece.at))
            taken.update((row + r, col + c) for r in range(rows) for c in range(span))
        for row in range(height):
            for col in range(width):
                if (row, col) not in taken:
                    at = (self.view.rows[first + row], cols[col])
                    cells[row, col] = Cell("", row, col, 1, 1, self.place(first + row, at))
        ordered = with_codes(merged_again([cells[at] for at in sorted(cells)]))
        yield Grid(height, width, ordered, ordered[0].place, counted_edges(width), METHOD)

    def _columns(self, first: int, used: Sequence[int]) -> Sequence[int]:
        """The columns of a table: those with anything in them, the others are frames; if it goes on, all it had before.

        A table goes on where amounts stand in the first row of the next, below nothing that names another.
        """
        titled = any(self.is_title(_words(piece.text)) for row in self.rows[self._read : first] for piece in row)
        goes_on = _amounts(self.rows[first]) and not titled and set(used) <= set(self.columns)
        self.columns, self._read = self.columns if goes_on else used, first + 1
        return self.columns


def _amounts(pieces: list[Piece]) -> int:
    return sum(read_amount(piece.text) is not None for piece in pieces)


def _words(text: str) -> str:
    """Text of a cell whose line breaks came from its width."""
    return joined(text).strip()
