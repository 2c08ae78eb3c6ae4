"""Reader of text and Markdown dumps: runs of marked lines and HTML tables become grids, the rest text lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pipelines.core.document import Block, Document, Line, Place
from pipelines.formats.kind import IsTitle
from pipelines.formats.spans import MOST_CELLS
from pipelines.formats.text.decoding import decode
from pipelines.formats.text.html_tables import OPENS, HtmlTable
from pipelines.formats.text.laid_out import is_laid_out, read_laid_out
from pipelines.formats.text.lines import joined, parted, source_lines
from pipelines.formats.text.marked import Piece, Run, is_drawn, is_rule, split_bars
from pipelines.formats.text.markup import plain, without_tags

_AMOUNT_AT_END = re.compile(r"\d\.\d+\s*$")
_OPEN_QUOTE = re.compile(r'(?:^|\t)=?"[^"\t]*$')
_CLOSED_QUOTE = re.compile(r'[^"\t]*"(?:\t|$)')
_MOST_QUOTED = 8  # lines of one quoted cell


def read_text(path: Path, is_title: IsTitle = lambda _: False, most_cells: int = MOST_CELLS) -> Document:
    """Read a text dump into text lines and grids; places are source lines counted from 1.

    Args:
        path: The file.
        is_title: Tells whether a line is the title of a declared form.
        most_cells: A table of more cells is none.

    Raises:
        UnreadableError: The file is empty or in no known encoding, or a table is larger than any.
    """
    lines = source_lines(decode(path.read_bytes()))
    if is_laid_out(lines):
        blocks, unread = read_laid_out(lines, is_title)
        return Document("text", blocks, unread=unread)
    return Document("text", list(_blocks(lines, most_cells)), is_dump=True)


def _blocks(lines: list[str], most_cells: int) -> Iterator[Block]:
    run = Run()
    table: HtmlTable | None = None
    number = 0
    while number < len(lines):
        number += 1
        raw = lines[number - 1]
        if table is not None and not table.goes_on(raw):
            yield from table.blocks()
            table = None
        if table is None and "<" in raw and (found := OPENS.search(raw)):
            yield from _end(run)
            run = Run()
            yield from _text(without_tags(raw[: found.start()]), number)
            table = HtmlTable(number, most_cells)
            raw = " " * found.start() + raw[found.start() :]
        if table is not None:
            table.take(raw)
            if not table.open:
                yield from table.blocks()
                table = None
            continue
        more = _quoted_lines(lines, number)
        cells = _cells(lines[number - 1 : number + more], number)
        number += more
        if cells is not None:
            run.add(cells)
        elif is_rule(plain(raw)) and (run.rows or _is_drawn(lines, number) or raw.strip("-=+ ")):
            run.rule()
        else:
            yield from _end(run)
            run = Run()
            yield from _text(raw, number)
    yield from _end(run)
    if table is not None:
        yield from table.blocks()


def _end(run: Run) -> Iterator[Block]:
    if run.rows:
        yield run.grid()


def _is_drawn(lines: list[str], number: int) -> bool:
    """Whether the line after one begins a row, so that the rule above it is the upper border of a table."""
    return number < len(lines) and split_bars(lines[number]) is not None


def _text(raw: str, number: int) -> Iterator[Line]:
    """Text lines of a line; only where numbers end it was it broken for the width of a column."""
    text = plain(raw)
    for piece in [joined(text).strip()] if _AMOUNT_AT_END.search(text) else parted(text):
        if piece:
            yield Line(piece, Place(line=number))


def _cells(raw: list[str], number: int) -> list[Piece] | None:
    """Cells of a line (or of the lines that a quoted cell goes on over) with tabs, else with pipes or bars."""
    text = plain("\n".join(raw))
    if "\t" in text and text.strip() and not is_drawn(text):
        pieces, line = [], number
        for cell in text.split("\t"):
            pieces.append(Piece(cell.replace("\n", "\v"), line))
            line += cell.count("\n")
        return pieces
    if is_rule(text):
        return None
    bars = split_bars("\n".join(raw))
    return None if bars is None else [Piece(plain(cell), number) for cell in bars]


def _quoted_lines(lines: list[str], number: int) -> int:
    """How many further lines belong to a row of which a quoted cell holds line ends."""
    more = 0
    while _OPEN_QUOTE.search(lines[number - 1 + more]):
        end = next((n for n in range(number + more, len(lines)) if '"' in lines[n] or "\t" in lines[n]), len(lines))
        if end >= len(lines) or end - number >= _MOST_QUOTED or not _CLOSED_QUOTE.match(lines[end]):
            break
        more = end - number + 1
    return more if any("\t" in line for line in lines[number - 1 : number + more]) else 0
