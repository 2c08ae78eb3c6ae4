"""What a person sees of a sheet: visible rows and columns, merged cells as one, every number as its format shows it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from pipelines.core.document import Place, Unread, UnreadableError
from pipelines.formats.sheet.number_format import shown, shown_text
from pipelines.formats.sheet.workbook import Position, Sheet, Stored, address, column_letters
from pipelines.formats.text.lines import SOFT_RETURN

UNCACHED = "#CALC!"
"""What stands for a formula without a result: no number parser takes it for a number, and none overlooks it."""

MOST_COVERED = 500_000
"""Positions that the merged cells of a sheet may cover together; a sheet of this size has no merged cell for each."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell that is seen.

    Attributes:
        text: What it shows, paragraphs parted by soft returns.
        row: Of those seen, from 0.
        col: The same.
        row_span: Of those seen.
        col_span: The same.
        at: Its address on the sheet.
    """

    text: str
    row: int
    col: int
    row_span: int
    col_span: int
    at: Position


@dataclass(slots=True)
class View:
    """The seen part of a sheet; rows and columns without anything are left out.

    Attributes:
        name: Of the sheet.
        rows: Rows of the sheet that are seen and hold anything.
        cols: Columns of the sheet that are seen and hold anything.
        pieces: The cells with anything in them, by row and column of those seen.
        framed: Rows and columns seen that have a border at their left or right.
        gaps: Rows seen before which the sheet leaves a row blank.
        col_gaps: Columns seen before which it leaves one blank.
        exact: Numbers as stored, by address, where something else is shown.
        unread: What is there and is not shown.
        unseen: Characters that nobody sees, by reason.
    """

    name: str
    rows: list[int]
    cols: list[int]
    pieces: dict[Position, Piece] = field(default_factory=dict)
    framed: set[Position] = field(default_factory=set)
    gaps: set[int] = field(default_factory=set)
    col_gaps: set[int] = field(default_factory=set)
    exact: dict[Position, str] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    unseen: dict[str, int] = field(default_factory=dict)


def view_of(sheet: Sheet, *, since_1904: bool) -> View:
    """Give what is seen of a sheet.

    Raises:
        UnreadableError: Merged cells cover more than any table has.
    """
    held = {
        (row, col)
        for row, col in {*sheet.cells, *sheet.uncached, *sheet.framed}
        if row not in sheet.hidden_rows and col not in sheet.hidden_cols
    }
    rows = sorted({row for row, _ in held})
    cols = sorted({col for _, col in held})
    view = View(sheet.name, rows, cols)
    row_at = {row: n for n, row in enumerate(rows)}
    col_at = {col: n for n, col in enumerate(cols)}
    view.framed = {(row_at[r], col_at[c]) for r, c in sheet.framed if r in row_at and c in col_at}
    spans, covered = _merged(sheet, view)
    texts = {place: _text(stored, place, view, since_1904) for place, stored in sheet.cells.items()}
    texts |= dict.fromkeys(sheet.uncached, UNCACHED)
    for place, text in texts.items():
        if place in spans:
            row, col, row_span, col_span = spans[place]
        elif place in covered or place[0] not in row_at or place[1] not in col_at:
            continue
        else:
            row, col, row_span, col_span = row_at[place[0]], col_at[place[1]], 1, 1
        if text.strip():
            view.pieces[row, col] = Piece(text, row, col, row_span, col_span, place)
    view.gaps = _gaps(sheet, rows)
    hidden = set(sheet.hidden_cols)
    view.col_gaps = {
        n for n, (before, col) in enumerate(pairwise(cols), 1)
        if any(between not in hidden for between in range(before + 1, col))
    }  # fmt: skip
    _tell(sheet, view)
    return view


def _merged(sheet: Sheet, view: View) -> tuple[dict[Position, tuple[int, int, int, int]], set[Position]]:
    """Where merged cells are seen, by the address of their first, and the addresses that they cover besides."""
    spans: dict[Position, tuple[int, int, int, int]] = {}
    covered: set[Position] = set()
    area = 0
    for top, left, bottom, right in sheet.merged:
        row, below = bisect_left(view.rows, top), bisect_right(view.rows, bottom)
        col, beside = bisect_left(view.cols, left), bisect_right(view.cols, right)
        if row >= below or col >= beside:
            continue  # nobody sees it
        area += (below - row) * (beside - col)
        if area > MOST_COVERED:
            raise UnreadableError(
                "table_too_large",
                f"工作表“{sheet.name}”的合并单元格过多；merged cells cover more than {MOST_COVERED} cells of a sheet",
            )
        spans[top, left] = (row, col, below - row, beside - col)
        covered.update((r, c) for r in view.rows[row:below] for c in view.cols[col:beside])
    return spans, covered


def _text(stored: Stored, place: Position, view: View, since_1904: bool) -> str:
    """What a cell shows; what it stores besides is noted in the view."""
    if isinstance(stored.value, Decimal):
        text = shown(stored.value, stored.code, since_1904=since_1904)
        if _number(text) not in (None, stored.value):
            view.exact[place] = stored.exact or str(stored.value)
        whole = stored.exact or str(stored.value)
    else:
        text, whole = shown_text(stored.value, stored.code), stored.value
    if stored.struck:
        view.unread.append(Unread("struck_out", text, Place(sheet=view.name, cell=address(*place))))
        _count(view, "struck_out", text)
        return ""
    if not text.strip():
        _count(view, "number_format", whole)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", SOFT_RETURN).strip()


def _number(text: str) -> Decimal | None:
    plain = text.replace(",", "")
    return Decimal(plain) if plain.lstrip("-").replace(".", "", 1).isdecimal() and plain.isascii() else None


def _count(view: View, reason: str, text: str) -> None:
    view.unseen[reason] = view.unseen.get(reason, 0) + len(text.strip())


def _gaps(sheet: Sheet, rows: list[int]) -> set[int]:
    """Rows before which one is left blank; neither hidden rows nor those that a merged cell reaches over are."""
    reach: dict[int, int] = {}
    for top, _, bottom, _ in sheet.merged:
        reach[top] = max(reach.get(top, top), bottom)
    gaps, lowest = set(), -1
    for number, (before, row) in enumerate(pairwise(rows), 1):
        lowest = max(lowest, reach.get(before, before))
        blank = range(max(before, lowest) + 1, row)
        hidden = sum(before < r < row for r in sheet.hidden_rows) if blank else 0
        if len(blank) > hidden:
            gaps.add(number)
    return gaps


def _tell(sheet: Sheet, view: View) -> None:
    """Note what rows and columns that nobody sees hold."""
    numbers = [place for place, stored in sheet.cells.items() if isinstance(stored.value, Decimal)]
    where = Place(sheet=sheet.name)
    rows = sorted({row for row, _ in numbers} & set(sheet.hidden_rows))
    cols = sorted({col for _, col in numbers} & set(sheet.hidden_cols))
    if rows:
        view.unread.append(Unread("hidden_row", _runs(rows, lambda row: str(row + 1)), where))
    if cols:
        view.unread.append(Unread("hidden_column", _runs(cols, column_letters), where))
    if sheet.uncached:
        first = "、".join(address(*place) for place in sheet.uncached[:3])
        view.unread.append(Unread("uncached_formula", f"{first}{'…' if len(sheet.uncached) > 3 else ''}", where))


def _runs(numbers: Iterable[int], name: Callable[[int], str]) -> str:
    """Names of numbers, those that follow each other as a range."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return "、".join(name(run[0]) if len(run) == 1 else f"{name(run[0])}–{name(run[-1])}" for run in found)
