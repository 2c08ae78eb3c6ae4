"""Reader of separated values: rows that follow each other make a grid, a row of one cell before or after it a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.document import Block, Document, Grid, Line, Place, UnreadableError
from pipelines.core.folding import key
from pipelines.core.numbers import read_amount
from pipelines.formats.csv.separated import Row, rows_of
from pipelines.formats.spans import refuse_too_large
from pipelines.formats.text.decoding import decode
from pipelines.formats.text.lines import joined, parted, source_lines
from pipelines.formats.text.marked import Piece, ruled_grid, unquoted
from pipelines.formats.text.markup import BLANKS

if TYPE_CHECKING:
    from pipelines.formats.kind import IsTitle

_SENTENCE = 25  # characters: a cell alone in its row that is longer is running text
_TITLE = re.compile(r"[^。；，,;]{2,40}表(?:\(.*\))?")
_NOTES = ("注", "说明", "备注")


def read_csv(path: Path, is_title: IsTitle) -> Document:
    """Read separated values into lines and grids; places are lines of the file, counted from 1.

    Raises:
        UnreadableError: The file is empty, binary or in no known encoding, or a table is larger than any.
    """
    rows = rows_of(source_lines(decode(path.read_bytes())))
    blocks = list(_blocks(rows, is_title))
    if not blocks:
        raise UnreadableError("empty_file", "文件里没有内容；the file holds no values")
    return Document("csv", blocks)


def _blocks(rows: list[Row], is_title: IsTitle) -> Iterator[Block]:
    table: list[list[Piece]] = []
    for line, cells in rows:
        pieces = [_piece(cell, line) for cell in cells]
        filled = [piece for piece in pieces if piece.text]
        if len(filled) > 1 or (table and filled and not _is_line(filled[0].text, is_title)):
            table.append(pieces)
            continue
        if table and not filled and not _has_amount(table):
            continue  # a row of headings that those above reach over
        above = _single_rows(table) if filled else []
        yield from _grid(table[: len(table) - len(above)])
        for row in above:
            yield from (Line(piece.text, Place(line=piece.line)) for piece in row if piece.text)
        table = []
        for cell in cells:
            for text in parted(cell.translate(BLANKS).replace("\n", "\v")):
                yield Line(unquoted(text), Place(line=line))
    yield from _grid(table)


def _piece(cell: str, line: int) -> Piece:
    text = cell.translate(BLANKS).replace("\n", "\v").strip()
    return Piece(joined(unquoted(text)).strip(), line)


def _single_rows(table: list[list[Piece]]) -> list[list[Piece]]:
    """Rows of one word at the end of a table, above a title: labels of the next table, as ``公开02表``."""
    count = 0
    for row in reversed(table):
        filled = [piece.text for piece in row if piece.text]
        if len(filled) != 1 or read_amount(filled[0]) is not None:
            break
        count += 1
    return table[len(table) - count :]


def _has_amount(table: list[list[Piece]]) -> bool:
    return any(read_amount(piece.text) is not None for row in table for piece in row)


def _is_line(text: str, is_title: IsTitle) -> bool:
    """Whether a cell alone in its row ends the table above it: a title, a note, running text."""
    folded = key(text)
    return len(text) > _SENTENCE or is_title(text) or folded.startswith(_NOTES) or _TITLE.fullmatch(folded) is not None


def _grid(table: list[list[Piece]]) -> Iterator[Block]:
    if not table:
        return
    width = max(max(n for n, piece in enumerate(row, 1) if piece.text) for row in table)
    refuse_too_large(width * len(table))
    rows = [[*row[:width], *[Piece("", row[0].line)] * (width - len(row))] for row in table]
    grid = ruled_grid(rows, repeated=False)
    cells = [replace(cell, place=replace(cell.place, cell=f"列{cell.col + 1}")) for cell in grid.cells]
    yield Grid(grid.rows, grid.cols, cells, grid.place, grid.edges)
