"""Rows that a page break tears inside their cells: 2,642. at the foot of a page, 75 at the head of the next."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.core.document import Cell, Grid
from pipelines.core.folding import key
from pipelines.core.lexicon import CJK
from pipelines.layout.rows import CODE, borders, header_height, headings_of, repeated_header

_NUMBER = re.compile(r"[-−△▲]?[(]?-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[)]?%?")
_PIECE = re.compile(r"[\d,.]+[)]?%?")


def mend_torn_rows(grids: Sequence[Grid]) -> None:
    """Put the rest of a row that begins a page to the row that ended the page before; the first keeps its place.

    Args:
        grids: Of one table, in order. What is put together is changed in place.
    """
    if len(grids) < 2 or any(grid.edges is None for grid in grids):
        return
    known = headings_of(grids[0], header_height(grids[0]))
    places = _usual_places(cell.text for grid in grids for cell in grid.cells)
    for above, below in pairwise(grids):
        row = repeated_header(below, known)
        joined = _joined(above, below, row, places) if row < below.rows else {}
        if joined:
            above.put([joined.get(id(cell), cell) for cell in above.cells])
            below.put([replace(cell, text="") if cell.row == row else cell for cell in below.cells])


def _joined(upper: Grid, lower: Grid, row: int, places: int) -> dict[int, Cell]:
    """Whole cells by the ``id`` of the upper parts; nothing where the lower row is one by itself."""
    above = [(*borders(upper, cell.col, cell.col_span), cell) for cell in upper.row(upper.rows - 1)]
    found: dict[int, Cell] = {}
    numbers = 0
    for cell in lower.row(row):
        if not cell.text.strip():
            continue
        middle = sum(borders(lower, cell.col, cell.col_span)) / 2
        first = next((held for start, stop, held in above if start < middle < stop), None)
        if first is None or not first.text.strip() or id(first) in found:
            return {}
        if CJK.search(cell.text):
            if not CJK.search(first.text):
                return {}
            whole = f"{first.text}\n{cell.text}"
        elif _goes_on(key(first.text), key(cell.text), places):
            whole = key(first.text) + key(cell.text)
            numbers += 1
        else:
            return {}
        found[id(first)] = replace(first, text=whole)
    return found if numbers else {}


def _goes_on(upper: str, lower: str, places: int) -> bool:
    """Whether two texts are one number or code of which the first is none as the table prints them."""
    if not _PIECE.fullmatch(lower):
        return False
    whole = upper + lower
    if upper.isdecimal() and lower.isdecimal() and not places:
        return CODE.fullmatch(whole) is not None and CODE.fullmatch(upper) is None
    if upper.isdecimal() and CODE.fullmatch(whole) and CODE.fullmatch(upper) is None:
        return True
    return _is_whole(whole, places) and not _is_whole(upper, places)


def _is_whole(text: str, places: int) -> bool:
    return _NUMBER.fullmatch(text) is not None and len(text.partition(".")[2].rstrip("%)")) == places


def _usual_places(texts: Iterable[str]) -> int:
    """Digits behind the point that most numbers have."""
    found = [key(text) for text in texts]
    counts = Counter(len(t.partition(".")[2]) for t in found if "." in t and _NUMBER.fullmatch(t))
    return counts.most_common(1)[0][0] if counts else 0
