"""Headings and columns of a table without upright rulings: where columns stand, and over which a heading does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations, pairwise

from pipelines.core.document import Box, Cell, Place
from pipelines.core.lexicon import CJK
from pipelines.formats.pdf.headings import Heading, is_filler
from pipelines.formats.pdf.words import Word

_LEVEL = 0.28  # of the type size: headings whose middles differ by less stand in one row
_OFF_MIDDLE = 0.5  # of the type size that a heading stands beside the middle of its columns, at most
_FLUSH = 0.3  # of the type size that a heading begins beside its first column, if it is set to the left
_OFF_COLUMN = 0.25  # of the type size that a heading set in the middle ends beside the words of its column, at most
_TOUCH = 0.1  # of the type size that words may reach into another column by the shape of their letters
_CODE_LEVELS = frozenset({"类", "款", "项"})
_CODE_HEADING = re.compile(r"序号|行次|.*(?:编码|代码|编号)")  # of a column that holds whole numbers, no amounts
_CODE_LENGTHS = (3, 5, 7)  # digits of the code of a 类, 款 or 项
_BLANK = 1.0  # type sizes between a code and its name in one cell, at most
_LONGEST_CODE = 9  # digits of a code of a subject or a body
_LONGEST_PIECE = 3  # digits of a code that stand in the column of one level


@dataclass(slots=True)
class Column:
    """Where a column stands, and the lowest heading over it."""

    start: float
    stop: float
    holds_data: bool = False
    leaf: Heading | None = None

    @property
    def centre(self) -> float:
        """The middle of its heading, else of what it holds."""
        return self.leaf.word.centre if self.leaf else (self.start + self.stop) / 2


# --- spans --------------------------------------------------------------------------------------------------------


def heading_cells(headings: list[Heading], spans: list[tuple[int, int]], page: int) -> list[Cell]:
    """Cells of headings; the letters of one word set wide apart (小  计) come together again."""
    cells: dict[tuple[int, int, int], Cell] = {}
    for h, (i, j) in zip(headings, spans, strict=True):
        before = cells.get((h.line, i, j))
        text, box, lines = h.word.text, h.word.box, h.lines
        if before is not None and before.place.box is not None:
            text, box, lines = before.text + text, before.place.box.union(box), max(lines, before.row_span)
        cells[h.line, i, j] = Cell(text, h.line, i, lines, j - i + 1, Place(page=page, box=box))
    return list(cells.values())


def spans_of(headings: list[Heading], columns: list[Column]) -> list[tuple[int, int]]:
    """The first and last column each heading stands over.

    Without rules a heading over several columns shows only where their middle is. The headings of one row share out
    the columns whose own headings stand below, so that each has its middle over its columns as nearly as can be.
    """
    leaves = {id(c.leaf) for c in columns}
    spans = {id(h): _touched(h, columns) for h in headings}
    groups = [h for h in headings if id(h) not in leaves]
    while groups:
        level = [h for h in groups if abs(h.word.middle - groups[0].word.middle) < _LEVEL * h.word.size]
        groups = [h for h in groups if h not in level]
        below = [i for i, c in enumerate(columns) if _is_below(c.leaf, level[0])]
        for run in _runs(below):
            over = [h for h in level if columns[run[0]].start <= h.word.centre <= columns[run[-1]].stop]
            over.sort(key=lambda h: h.word.centre)
            spans |= {id(h): s for h, s in zip(over, _share(over, run, columns), strict=True)}
    return [spans[id(h)] for h in headings]


def _touched(heading: Heading, columns: list[Column]) -> tuple[int, int]:
    """The columns a heading reaches by itself."""
    touched = [i for i, c in enumerate(columns) if _covers(heading.word.box, c)]
    if touched:
        return touched[0], touched[-1]
    middles = [abs((c.start + c.stop) / 2 - heading.word.centre) for c in columns]
    return middles.index(min(middles)), middles.index(min(middles))


def _runs(places: list[int]) -> list[list[int]]:
    """Stretches of neighbouring numbers."""
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _share(headings: list[Heading], run: list[int], columns: list[Column]) -> list[tuple[int, int]]:
    """The columns of a run cut into as many pieces as there are headings, each heading over the middle of its piece."""
    if len(headings) > len(run):
        return [_touched(h, columns) for h in headings]

    def pieces(cuts: tuple[int, ...]) -> list[tuple[int, int]]:
        return [(run[a], run[b - 1]) for a, b in pairwise((0, *cuts, len(run)))]

    def distance(cuts: tuple[int, ...]) -> float:
        return sum(
            min(
                abs((columns[i].centre + columns[j].centre) / 2 - h.word.centre),
                abs((columns[i].start + columns[j].stop) / 2 - h.word.centre),
            )
            for (i, j), h in zip(pieces(cuts), headings, strict=True)
        )

    if not headings:
        return []
    each, rest = divmod(len(run), len(headings))
    leaves = ["".join(leaf.word.text.split()) if (leaf := columns[i].leaf) else "" for i in run]
    if len(headings) > 1 and not rest and all(leaves) and leaves[each:] == leaves[:-each]:  # the same under each
        return pieces(tuple(range(each, len(run), each)))
    best = min(combinations(range(1, len(run)), len(headings) - 1), key=distance)
    if distance(best) > _OFF_MIDDLE * len(headings) * headings[0].word.size and (
        flush := _flush(headings, run, columns)
    ):
        return pieces(tuple(flush[1:]))
    return pieces(best)


def _flush(headings: list[Heading], run: list[int], columns: list[Column]) -> list[int]:
    """Where in a run the headings begin, if each is set to the left of its first column, and the first of the run."""
    lefts = [min(columns[i].start, leaf.word.box.x0 if (leaf := columns[i].leaf) else columns[i].start) for i in run]
    found = [
        next((n for n, left in enumerate(lefts) if abs(left - h.word.box.x0) < _FLUSH * h.word.size), -1)
        for h in headings
    ]
    return found if found[0] == 0 and found == sorted(set(found)) else []


def _is_below(leaf: Heading | None, heading: Heading) -> bool:
    """Whether the lowest heading of a column stands in a row under ``heading`` rather than beside it."""
    return leaf is not None and leaf is not heading and leaf.cell_top > heading.word.middle


# --- columns ---------------------------------------------------------------------------------------------------------


def _fill_from_below(found: list[Column], below: list[list[Word]]) -> None:
    """Let columns without words beside numbers hold the names of groups (预算单位), which have lines of their own."""
    filled = [c for c in found if c.holds_data]
    words = [w for line in below for w in line if CJK.search(w.tight)]
    names = [w for w in words if not any(_reaches(w.box, c) for c in filled)]
    for column in found:
        own = [w for w in names if not column.holds_data and _reaches(w.box, column)]
        others = [c for c in found if c is not column and any(_reaches(w.box, c) for w in own)]
        if own and not others:
            column.start = min(column.start, *(w.box.x0 for w in own))
            column.stop = max(column.stop, *(w.box.x1 for w in own))
            column.holds_data = True


def columns_of(
    body: list[list[Word]], below: list[list[Word]], headings: list[Heading], counted: list[Word]
) -> list[Column]:
    """The columns: what numbers and names cover, and headings and column numbers of columns left blank.

    A name that stands across a column of numbers (合计 over code and name) does not join the columns it touches.

    Args:
        body: Lines with numbers.
        below: All lines below the headings.
        headings: The headings, from top to bottom.
        counted: The numbers of the columns, where they are printed.
    """
    numbers = _clusters([w for line in body for w in line if w.is_number])
    texts = [[w for w in line if not w.is_number and not is_filler(w)] for line in body]
    names = [[w for w in line if not any(_reaches(w.box, c) for c in numbers)] for line in texts]
    found = _join_names([*numbers, *_clusters([w for line in names for w in line])], names, below, headings)
    found = sorted([*found, *_blank_columns(found, counted)], key=lambda c: c.start)
    for heading in sorted(headings, key=lambda h: -h.word.middle):
        box = heading.word.box
        near = [c for c in found if box.x0 < c.stop and c.start < box.x1]
        touched = [c for c in near if _covers(box, c)] or near
        if len(touched) == 1:
            _widen(found, touched[0], box)
            touched[0].leaf = touched[0].leaf or heading
        elif not near and not _stands_over(heading, found):
            found.append(Column(box.x0, box.x1, leaf=heading))
            found.sort(key=lambda c: c.start)
    _fill_from_below(found, below)
    merged: list[Column] = []
    for column in found:
        # Numbers set to the right of their column need not touch the heading set in its middle.
        last = merged[-1] if merged else None
        if last is not None and _is_split(last, column, body):
            last.stop, last.leaf = column.stop, last.leaf or column.leaf
            continue
        if last is not None and (
            _is_head_of_names(last, column, body)
            or _is_head_of_codes(last, column, body)
            or (len(merged) == 1 and _is_code_of_names(last, column, body))
        ):
            last.stop, last.leaf = column.stop, column.leaf
            continue
        leaf = last.leaf if last is not None and not last.holds_data else None
        headless = leaf and column.holds_data and (column.leaf is None or _has_sisters(leaf, column, found))
        if last is not None and headless:
            last.stop, last.holds_data = column.stop, True
        else:
            merged.append(column)
    return merged


def _blank_columns(columns: list[Column], counted: list[Word]) -> list[Column]:
    """Columns that hold no number but are counted; half way to its neighbours a column ends."""
    centres = [w.centre for w in counted]
    if len(centres) < 2:
        return []
    middles = [(a + b) / 2 for a, b in pairwise(centres)]
    lows = [2 * centres[0] - middles[0], *middles]
    highs = [*middles, 2 * centres[-1] - middles[-1]]
    return [
        Column(word.box.x0, word.box.x1)
        for word, low, high in zip(counted, lows, highs, strict=True)
        if not any(min(c.stop, high) - max(c.start, low) > 0.5 * (c.stop - c.start) for c in columns)
        and not any(c.start < word.box.x1 and word.box.x0 < c.stop for c in columns)
    ]


def _clusters(words: list[Word]) -> list[Column]:
    """Columns that overlapping words form."""
    found: list[Column] = []
    for word in sorted(words, key=lambda w: w.box.x0):
        if found and word.box.x0 < found[-1].stop - _TOUCH / 2 * word.size:
            found[-1].stop = max(found[-1].stop, word.box.x1)
        else:
            found.append(Column(word.box.x0, word.box.x1, holds_data=True))
    return found


def _reaches(box: Box, column: Column) -> bool:
    touch = _TOUCH * (box.bottom - box.top)
    return box.x0 < column.stop - touch and column.start + touch < box.x1


def _join_names(
    columns: list[Column], names: list[list[Word]], below: list[list[Word]], headings: list[Heading]
) -> list[Column]:
    """Columns from left to right; neighbours are one whose names never share a line, unless each has its heading.

    Args:
        columns: The columns.
        names: Names on the lines with numbers.
        below: All lines, for a name may be wrapped around the line of its numbers.
        headings: The headings.
    """
    joined: list[Column] = []
    ordered = sorted(columns, key=lambda c: c.start)
    for n, column in enumerate(ordered):
        last = joined[-1] if joined else None
        meet = last is None or not _never_meet(last, column, names) or _meet(last, column, below)
        if last is not None and not meet and not _have_own_headings(last, column, [*joined, *ordered[n:]], headings):
            last.stop = column.stop
        else:
            joined.append(column)
    return joined


def _have_own_headings(left: Column, right: Column, columns: list[Column], headings: list[Heading]) -> bool:
    """Whether two headings stand side by side, each over one of two columns only, or nearer to it than to any other."""
    owners = [(_owner(h.word, columns), h.word) for h in headings]
    own, beside = ([word for owner, word in owners if owner is column] for column in (left, right))
    return any(abs(a.middle - b.middle) < a.size / 2 for a in own for b in beside)


def _owner(word: Word, columns: list[Column]) -> Column | None:
    """The only column that a heading stands over or, where it stands over none, close beside."""
    over = [c for c in columns if _reaches(word.box, c)]
    if over:
        return over[0] if len(over) == 1 else None
    gaps = [(max(word.box.x0 - c.stop, c.start - word.box.x1), c) for c in columns]
    gap, nearest = min(gaps, key=lambda pair: pair[0])
    return nearest if gap < _OFF_COLUMN * word.size else None


def _never_meet(left: Column, right: Column, names: list[list[Word]]) -> bool:
    """Whether both columns hold names, but never on one line."""
    beside = [any(_reaches(w.box, left) for w in line) for line in names]
    own = [any(_reaches(w.box, right) for w in line) for line in names]
    return any(beside) and any(own) and not any(a and b for a, b in zip(beside, own, strict=True))


def _meet(left: Column, right: Column, lines: list[list[Word]]) -> bool:
    """Whether two words, none a number, stand beside each other on some line, one in each column."""
    for line in lines:
        words = [w for w in line if not w.is_number]
        if any(_reaches(a.box, left) and _reaches(b.box, right) for a, b in pairwise(words)):
            return True
    return False


def _stands_over(heading: Heading, columns: list[Column]) -> bool:
    """Whether a heading between two columns stands over both rather than over a blank column of its own."""
    left = next((c for c in reversed(columns) if c.stop <= heading.word.box.x0), None)
    right = next((c for c in columns if c.start >= heading.word.box.x1), None)
    return left is not None and right is not None and all(_is_below(c.leaf, heading) for c in (left, right))


def _is_split(left: Column, right: Column, body: list[list[Word]]) -> bool:
    """Whether two stretches of numbers are one ragged column: one heading, and never a number of each in a line."""
    if not (left.holds_data and right.holds_data) or (left.leaf is None) == (right.leaf is None):
        return False
    numbers = [[w for w in line if w.is_number] for line in body]
    beside = [([w for w in n if _reaches(w.box, left)], [w for w in n if _reaches(w.box, right)]) for n in numbers]
    # Pieces of codes (201 | 06 | 01) never meet either, but they are no amounts.
    amounts = any(w.text == "0" or set(".,") & set(w.text) for pair in beside for side in pair for w in side)
    both = any(a for a, _ in beside) and any(b for _, b in beside)
    return both and amounts and not any(a and b for a, b in beside)


def _is_head_of_names(names: Column, blank: Column, body: list[list[Word]]) -> bool:
    """Whether a heading set in the middle of its column stands right of names that are set to its left."""
    if not names.holds_data or names.leaf is not None or blank.holds_data or blank.leaf is None:
        return False
    return not any(w.is_number and _reaches(w.box, names) for line in body for w in line)


def _is_head_of_codes(codes: Column, blank: Column, body: list[list[Word]]) -> bool:
    """Whether a heading of codes or ordinals stands right of them, which are set to the left of their column."""
    if not codes.holds_data or blank.holds_data or blank.leaf is None:
        return False
    heading = blank.leaf.word
    is_level = heading.tight in _CODE_LEVELS
    if not is_level and _CODE_HEADING.fullmatch(heading.tight) is None:
        return False
    own_heading = codes.leaf is not None and codes.leaf.word.middle > heading.middle - heading.size
    held = [w.tight for line in body for w in line if _reaches(w.box, codes)]
    longest = _LONGEST_PIECE if is_level else _LONGEST_CODE
    return not own_heading and all(text.isdecimal() and len(text) <= longest for text in held)


def _is_code_of_names(codes: Column, names: Column, body: list[list[Word]]) -> bool:
    """Whether codes and names stand in one column under one heading (201 一般公共服务支出): a blank is between them."""
    if not codes.holds_data or codes.leaf is not None or names.leaf is None:
        return False
    gaps: list[float] = []
    for line in body:
        for code, name in pairwise(line):
            if code.is_number and _reaches(code.box, codes):
                if name.is_number or not code.tight.isdecimal() or len(code.tight) not in _CODE_LENGTHS:
                    return False
                gaps.append((name.box.x0 - code.box.x1) / code.size)
    return bool(gaps) and max(gaps) < _BLANK


def _has_sisters(leaf: Heading, column: Column, columns: list[Column]) -> bool:
    """Whether a column's only heading stands over a row of headings that begins with ``leaf``."""
    if column.leaf is None or not _is_below(leaf, column.leaf):
        return False
    right = [c.leaf for c in columns if c.start > column.start and c.leaf is not None]
    return any(abs(other.word.middle - leaf.word.middle) < _LEVEL * leaf.word.size for other in right)


def _covers(box: Box, column: Column) -> bool:
    """Whether a word stands over a column rather than reaching into it a little."""
    overlap = min(box.x1, column.stop) - max(box.x0, column.start)
    return overlap > 0.35 * min(box.x1 - box.x0, column.stop - column.start)


def _widen(columns: list[Column], column: Column, box: Box) -> None:
    """Let a column reach as far as its heading, but not into its neighbours."""
    i = columns.index(column)
    low = columns[i - 1].stop if i else -1e9
    high = columns[i + 1].start if i + 1 < len(columns) else 1e9
    column.start = max(low, min(column.start, box.x0))
    column.stop = min(high, max(column.stop, box.x1))
