"""HTML tables inside a text, on one line each or over many; places are the lines on which the cells begin."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from pipelines.core.document import Block, Line, Place
from pipelines.core.numbers import raised
from pipelines.formats.spans import Spanned, filled, grid_of, span
from pipelines.formats.text.lines import SOFT_RETURN, joined, parted
from pipelines.formats.text.marked import unquoted
from pipelines.formats.text.markup import plain

OPENS = re.compile(r"<(?:table|tr|td|th|thead|tbody|tfoot|caption|colgroup)\b", re.IGNORECASE)
"""A tag with which a table begins, or a piece of one whose beginning was cut off."""

_STRAY_LINES = 3  # of text between rows after which a table that nobody closed is over
_LONGEST_CELL = 60  # lines of one cell after which it is no cell
_LONGEST_TAG = 5_000  # characters after which a tag or comment that is still open is none
_EMBEDDED = re.compile(r"data:[\w/+.-]{1,80};base64,[A-Za-z0-9+/=]*", re.ASCII)  # a picture
_CELLS = {"td", "th"}
_BREAKS = {"br", "p", "div", "li"}
_STRUCK = {"s", "del", "strike"}
_UNSEEN = {"script", "style"}


@dataclass(slots=True)
class _Cell:
    line: int
    rows: int
    cols: int
    texts: list[str] = field(default_factory=list)


class HtmlTable(HTMLParser):
    """One table, or one piece of a table, read line by line.

    Attributes:
        open: Whether further lines belong to it.
    """

    def __init__(self, first_line: int, most_cells: int) -> None:
        super().__init__(convert_charrefs=True)
        self.open = True
        self._first, self._most = first_line, most_cells
        self._outer: list[list[list[_Cell]]] = []  # rows of the tables around the one under way
        self._depth = 0
        self._rows: list[list[_Cell]] = []
        self._in_row = False
        self._cell: _Cell | None = None
        self._hidden: list[str] = []  # elements whose text nobody sees
        self._raised = False
        self._stray: list[tuple[int, str]] = []
        self._strays = 0  # lines with text between rows, since the last cell
        self._blocks: list[Block] = []

    def goes_on(self, line: str) -> bool:
        """Whether a line is of the table too; a piece without its beginning ends with the last line that has cells."""
        if self._cell is not None:
            return self._line - self._cell.line <= _LONGEST_CELL
        return self._strays < _STRAY_LINES if self._depth else OPENS.search(line) is not None

    def take(self, line: str) -> None:
        """Read one more line."""
        strays = len(self._stray)
        text = f"{_EMBEDDED.sub('', line)}\n"
        for start in range(0, len(text), _LONGEST_TAG):
            self.feed(text[start : start + _LONGEST_TAG])
            if len(self.rawdata) > _LONGEST_TAG:
                self.close()  # what is still open is no tag; the parser would look for its end again and again
        self._strays += len(self._stray) > strays

    def blocks(self) -> list[Block]:
        """What was read: the grids, with the text that stood between them."""
        self.close()
        while self._outer:
            self._flush()
            self._rows = self._outer.pop()
        self._flush()
        return self._blocks

    @property
    def _line(self) -> int:
        return self._first + self.getpos()[0] - 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what a tag opens; end tags are often left out."""
        if tag == "table":
            self._begin()
        elif tag == "tr" or (tag in _CELLS and not self._in_row):
            self._rows.append([])
            self._in_row, self._cell = True, None
        if tag in _CELLS:
            spans = {name: span(value) for name, value in attrs if name in {"rowspan", "colspan"}}
            self._cell = _Cell(self._line, spans.get("rowspan", 1), spans.get("colspan", 1))
            self._rows[-1].append(self._cell)
            self._strays = 0
        elif tag in _BREAKS:
            self.handle_data(SOFT_RETURN)
        elif tag in _STRUCK | _UNSEEN:
            self._hidden.append(tag)
        self._raised = tag == "sup" or (self._raised and tag not in _CELLS)

    def handle_endtag(self, tag: str) -> None:
        """Close what a tag closes."""
        if tag in _CELLS or tag == "tr":
            self._cell = None
            self._in_row = tag != "tr" and bool(self._rows)
        elif tag == "sup":
            self._raised = False
        elif tag in self._hidden:
            self._hidden.remove(tag)
        elif tag == "table" and self._depth:
            self._depth -= 1
            self._flush()
            if self._depth:
                self._rows = self._outer.pop()
            self.open = self._depth > 0

    def handle_data(self, data: str) -> None:
        """Take text into the open cell, else it stands between the rows."""
        if self._hidden:
            return
        text = raised(data) if self._raised else data
        if self._cell is not None:
            if not "".join(self._cell.texts).strip():
                self._cell.line = self._line + data[: len(data) - len(data.lstrip())].count("\n")
            self._cell.texts.append(text)
        elif text.strip():
            self._stray.append((self._line, text))

    def _begin(self) -> None:
        if self._depth:
            self._outer.append(self._rows)
            self._rows = []
        else:
            self._flush()
        self._depth += 1
        self._in_row, self._cell, self.open = False, None, True

    def _flush(self) -> None:
        for line, text in self._stray:
            self._blocks += [Line(piece, Place(line=line)) for piece in parted(plain(text.replace("\n", SOFT_RETURN)))]
        self._stray.clear()
        rows = list(filled([[_spanned(cell) for cell in row] for row in self._rows]))
        self._rows, self._cell, self._in_row = [], None, False
        if rows:
            self._blocks.append(grid_of(rows, self._most))


def _spanned(cell: _Cell) -> Spanned:
    text = unquoted(joined(plain("".join(cell.texts).strip().replace("\n", SOFT_RETURN))).strip())
    return Spanned(text, cell.rows, cell.cols, Place(line=cell.line))
