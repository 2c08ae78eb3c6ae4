"""What every reader gives: text lines and grids, in reading order, with page and box or source line."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page in points, measured from the top left of the page as displayed."""

    x0: float
    top: float
    x1: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies inside."""
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom

    def union(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.x0, other.x0), min(self.top, other.top), max(self.x1, other.x1), max(self.bottom, other.bottom)
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """A page that was turned or scaled to be read.

    Attributes:
        quarters: Quarter turns clockwise.
        width: Of the page after the turn, in points of the page as displayed.
        height: The same.
        scale: What all places were multiplied with after the turn, so that very small or large type reads as usual.
        lean: Degrees clockwise that the page lies askew, about its middle; it was set level before anything else.
    """

    quarters: int
    width: float
    height: float
    scale: float = 1.0
    lean: float = 0.0

    def displayed(self, box: Box) -> Box:
        """Where a box of the page as it was read stands on the page as displayed."""
        if self.scale != 1.0:
            x0, top, x1, bottom = (v / self.scale for v in (box.x0, box.top, box.x1, box.bottom))
            box = Box(x0, top, x1, bottom)
        if self.lean:
            box = self._askew(box)
        if self.quarters == 0:
            return box
        if self.quarters == 1:
            return Box(box.top, self.width - box.x1, box.bottom, self.width - box.x0)
        if self.quarters == 2:
            return Box(self.width - box.x1, self.height - box.bottom, self.width - box.x0, self.height - box.top)
        return Box(self.height - box.bottom, box.x0, self.height - box.top, box.x1)

    def _askew(self, box: Box) -> Box:
        """A box of the same size about the place where its middle stands on a page that lies askew."""
        cos, sin = math.cos(math.radians(self.lean)), math.sin(math.radians(self.lean))
        across, down = (box.x0 + box.x1 - self.width) / 2, (box.top + box.bottom - self.height) / 2
        dx = across * (cos - 1) - down * sin
        dy = across * sin + down * (cos - 1)
        return Box(box.x0 + dx, box.top + dy, box.x1 + dx, box.bottom + dy)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in its source; what the kind of file has not, or the reader does not know, is ``None``.

    Attributes:
        page: From 1, of a source with pages.
        box: On that page, in points.
        line: From 1, of a source without pages. Lines of a text end where ``grep`` and editors end them; of other
            kinds of file a line is a paragraph or a row of a table, counted in reading order.
        sheet: Name of a sheet of a workbook.
        cell: Address on that sheet (``B7``).
        paragraph: From 1, of a source in paragraphs.
        element: Path of an element of a marked-up source, the name of a table of a source in paragraphs, or the file
            inside the file.
        confidence: Of a recogniser that it read this right, from 0 to 1; ``None`` where nothing had to be recognised.
    """

    page: int | None = None
    box: Box | None = None
    line: int | None = None
    sheet: str | None = None
    cell: str | None = None
    paragraph: int | None = None
    element: str | None = None
    confidence: float | None = None

    @property
    def origin(self) -> str | None:
        """Where it stands in a source that has neither pages nor lines of its own, or in which file: ``Sheet1!B7``."""
        if self.paragraph is not None:
            return f"段{self.paragraph}"
        return "!".join(filter(None, [self.sheet or self.element, self.cell])) or None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of running text."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid; a merged cell spans several rows or columns.

    ``unit`` is the unit of money that its row or column names; empty where these do not say which it is.
    """

    text: str
    row: int
    col: int
    row_span: int
    col_span: int
    place: Place
    unit: str | None = None


@dataclass(slots=True)
class Grid:
    """A table as it stands on one page (or between two blank lines of a text dump).

    ``edges`` are the column borders in points; ``None`` for text sources, whose columns are only counted.
    ``method`` tells how it was found: ``ruled`` (by its rules), ``aligned`` (by the way its words line up),
    ``marked`` (by tabs or pipes), ``sheet`` and ``word`` (the file says which cells there are).
    """

    rows: int
    cols: int
    cells: list[Cell]
    place: Place
    edges: list[float] | None = None
    method: str = "marked"
    facts: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was found out about the grid and is asked again, by who asks; `put` forgets it."""
    _index: dict[tuple[int, int], Cell] = field(default_factory=dict, init=False, repr=False)
    _rows: dict[int, list[Cell]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.put(self.cells)

    def put(self, cells: list[Cell]) -> None:
        """Take other cells for the same positions; what was found out about the old ones is forgotten."""
        self.cells = cells
        for known in (self.facts, self._index, self._rows):
            known.clear()
        for cell in cells:
            for r in range(cell.row, cell.row + cell.row_span):
                for c in range(cell.col, cell.col + cell.col_span):
                    self._index[r, c] = cell

    def at(self, row: int, col: int) -> Cell | None:
        """The cell that covers a position, if any."""
        return self._index.get((row, col))

    def row(self, row: int) -> list[Cell]:
        """The distinct cells that cover a row, from left to right; the list is not to be changed."""
        seen = self._rows.get(row)
        if seen is None:
            seen = self._rows[row] = []
            last = None
            for col in range(self.cols):
                cell = self._index.get((row, col))
                if cell is not None and cell is not last:
                    seen.append(cell)
                    last = cell
        return seen


Block = Line | Grid


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that a person finds in a source and that is in no block of it.

    Attributes:
        reason: ``number_lost`` (a number of a page that no block holds whole), ``picture_page`` (a page that is a
            picture), ``struck_out`` (an amount that was crossed out), ``attachment`` (a file inside the file),
            ``unmapped`` (characters whose font does not say which they are), ``hidden_sheet``, ``hidden_row`` and
            ``hidden_column`` (numbers where nobody sees them), ``uncached_formula`` (its result is not stored).
        text: What it is: the number, the name of the attachment.
        place: Where it stands; without a page if it stands on none.
    """

    reason: str
    text: str
    place: Place


@dataclass(slots=True)
class Document:
    """One source file as read.

    Attributes:
        format: Kind of the file.
        blocks: What was read, in reading order.
        pages: Number of pages of a page-based source.
        created_on: Date the file gives of itself.
        turned: Pages that were turned or scaled, by number; the places of their blocks are those after it.
        unread: What was found and not read.
        unseen: Number of characters that nobody sees and that were left out, by reason.
        stored: Numbers as stored, where they are shown rounded or scaled.
        recognised: Pages that OCR read, wholly or in part.
        is_dump: Whether it is what a program made of a report, where pieces may have got lost on the way.
        starts: How many pages stand before each file inside the file that was read with it, in their order.
    """

    format: str
    blocks: list[Block]
    pages: int | None = None
    created_on: date | None = None
    turned: dict[int, Turn] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    unseen: dict[str, int] = field(default_factory=dict)
    stored: dict[Place, str] = field(default_factory=dict)
    recognised: list[int] = field(default_factory=list)
    is_dump: bool = False
    starts: list[int] = field(default_factory=list)

    def own_page(self, page: int) -> int:
        """Give the number of a page within the file it stands in."""
        return page - self._start_before(page)

    def tell_own_pages(self, rows: Iterable[dict[str, Any]]) -> None:
        """Put these numbers into the fields ``page`` and ``last_page`` of rows; what goes on in another file ends."""
        for row in rows if self.starts else ():
            page, last = row.get("page"), row.get("last_page")
            if page is not None:
                row["page"] = self.own_page(page)
            if page is not None and last is not None:
                same = self._start_before(last) == self._start_before(page)
                row["last_page"] = self.own_page(last if same else page)

    def _start_before(self, page: int) -> int:
        return max((before for before in self.starts if before < page), default=0)

    def displayed(self, place: Place) -> Box | None:
        """Where something stands on its page as displayed."""
        turn = self.turned.get(place.page or 0)
        return turn.displayed(place.box) if turn and place.box else place.box

    def lines(self) -> list[Line]:
        """The running text."""
        return [b for b in self.blocks if isinstance(b, Line)]


class UnreadableError(Exception):
    """A source that cannot be read; ``code`` is stable, the message is for people (Chinese and English)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
