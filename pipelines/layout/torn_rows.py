"""Rows that a page break tears inside their cells: 2,642. at the foot of a page, 75 at the head of the next."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.core.document import Cell, Grid
from pipelines.core.folding import bare, key
from pipelines.core.lexicon import CHINESE_NUMBER, CJK, TOTALS
from pipelines.layout.rows import CODE, borders, header_height, headings_of, is_data_row, repeated_header
from pipelines.reference.lookup import economic_names, functional_names
from pipelines.statements.catalogue import catalogue

_NUMBER = re.compile(r"[-−△▲]?[(]?-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[)]?%?")
_NUMERAL = re.compile(rf"{CHINESE_NUMBER}[、.]?")
_NEARLY_ALL = 0.8  # of the numbers of a table; torn ones have fewer places
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
        upper, lower = above.row(above.rows - 1), below.row(row)
        if row >= below.rows or not is_data_row(upper) or any(key(c.text) in TOTALS for c in lower):
            continue
        parts = _parts(above, below, row)
        if parts and _are_torn(parts, places):
            whole = {id(first): replace(first, text=_together(first, rest)) for first, rest in parts}
            above.put([whole.get(id(cell), cell) for cell in above.cells])
            below.put([replace(cell, text="") if cell.row == row else cell for cell in below.cells])


def _parts(upper: Grid, lower: Grid, row: int) -> list[tuple[Cell, Cell]]:
    """The cells of a row with what stands over them at the end of the page before; none where one is blank there."""
    above = [(*borders(upper, cell.col, cell.col_span), cell) for cell in upper.row(upper.rows - 1)]
    found: list[tuple[Cell, Cell]] = []
    for cell in lower.row(row):
        if not cell.text.strip():
            continue
        middle = sum(borders(lower, cell.col, cell.col_span)) / 2
        first = next((held for start, stop, held in above if start < middle < stop and held.text.strip()), None)
        if first is None or any(first is other for other, _ in found):
            return []
        found.append((first, cell))
    return found


def _are_torn(parts: Sequence[tuple[Cell, Cell]], places: int) -> bool:
    """Whether every cell of a row is the rest of the one over it, and one of them shows that for certain."""
    texts = [(key(first.text), key(rest.text)) for first, rest in parts]
    words = [(first, rest) for first, rest in texts if CJK.search(rest)]
    numbers = [(first, rest) for first, rest in texts if not CJK.search(rest)]
    if any(not CJK.search(first) or CJK.search(rest) is None for first, rest in words):
        return False
    if not numbers:
        return len(words) == 1 and _is_torn_name(*words[0])
    kinds = {_kind(first, rest, places) for first, rest in numbers}
    return "whole" not in kinds and ("torn" in kinds or not words)


def _kind(upper: str, lower: str, places: int) -> str:
    """``torn``: the upper text is none by itself; ``unclear``: both may be; ``whole``: the two are not one."""
    whole = upper + lower
    if not _PIECE.fullmatch(lower):
        return "whole"
    if upper.isdecimal() and lower.isdecimal() and CODE.fullmatch(whole):
        return "code" if CODE.fullmatch(upper) else "torn"
    if not places or not _is_whole(whole, places) or _is_whole(upper, places):
        return "whole"
    return "unclear" if _NUMBER.fullmatch(upper) and "." not in upper and _is_whole(lower, places) else "torn"


def _together(first: Cell, rest: Cell) -> str:
    if CJK.search(rest.text):
        return f"{first.text}\n{rest.text}"
    return key(first.text) + key(rest.text)


def _is_torn_name(upper: str, lower: str) -> bool:
    """Whether two texts are the name of one subject or line of a statement, and neither is one by itself."""
    names = functional_names() | economic_names()
    whole = bare(upper + lower)
    if whole not in names and not catalogue().line_names.fullmatch(whole):
        return False
    return _NUMERAL.fullmatch(upper) is not None or (bare(upper) not in names and bare(lower) not in names)


def _is_whole(text: str, places: int) -> bool:
    return _NUMBER.fullmatch(text) is not None and len(text.partition(".")[2].rstrip("%)")) == places


def _usual_places(texts: Iterable[str]) -> int:
    """Digits behind the point that nearly all numbers have; 0 where they differ."""
    found = [key(text) for text in texts]
    counts = Counter(len(t.partition(".")[2]) for t in found if "." in t and _NUMBER.fullmatch(t))
    if not counts:
        return 0
    (places, count), *_ = counts.most_common(1)
    return places if count >= _NEARLY_ALL * counts.total() else 0
