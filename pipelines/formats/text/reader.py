"""Reader of text and Markdown dumps: tab-separated runs of lines become grids."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.core.document import Block, Cell, Document, Grid, Line, Place
from pipelines.formats.text.decoding import decode

_TAG = re.compile(r"</?(?:b|i|u|sup|sub|strong|em|p|span|font)(?:\s[^<>]*)?>|<br\s*/?>", re.IGNORECASE)
_PIPE_RULE = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*\|)+\s*(?::?-{2,}:?)?\s*")
_MARKUP = re.compile(r"^#{1,6}\s+|\*\*|\\(?=[_*#])")
_BLANKS = {0x3000: " ", 0xA0: " ", **dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])}
"""Other blanks become plain ones, those without a width nothing: they would cut a number in two."""


def read_text(path: Path) -> Document:
    """Read a text dump into text lines and grids; places are source lines counted from 1.

    Raises:
        UnreadableError: The file is empty or in no known encoding.
    """
    text = decode(path.read_bytes())
    blocks: list[Block] = []
    run: list[tuple[int, list[str]]] = []

    def flush() -> None:
        if run:
            blocks.append(_grid(run))
            run.clear()

    for number, raw in enumerate(text.splitlines(), 1):
        line = _MARKUP.sub("", _TAG.sub("", raw)).translate(_BLANKS)
        if "\t" in line and line.strip():
            run.append((number, [cell.strip() for cell in line.split("\t")]))
        elif line.count("|") >= 2:
            if not _PIPE_RULE.fullmatch(line):
                run.append((number, [cell.strip() for cell in line.strip().strip("|").split("|")]))
        else:
            flush()
            if line.strip():
                blocks.append(Line(line.strip(), Place(line=number)))
    flush()
    return Document("text", blocks)


def _grid(run: list[tuple[int, list[str]]]) -> Grid:
    """A grid of a run of rows; short rows are filled up with blanks at the right."""
    cols = max(len(cells) for _, cells in run)
    cells = [
        Cell(cells[c] if c < len(cells) else "", r, c, 1, 1, Place(line=number))
        for r, (number, cells) in enumerate(run)
        for c in range(cols)
    ]
    return Grid(len(run), cols, cells, Place(line=run[0][0]))
