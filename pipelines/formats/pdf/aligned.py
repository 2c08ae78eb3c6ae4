"""Grids from alignment, for tables whose rules are missing or do not separate their cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import median

from pipelines.core.document import Box, Cell, Grid, Place
from pipelines.core.lexicon import NUMBERING
from pipelines.formats.pdf.glyphs import Glyph, box_of, group_lines, line_text, words_of

NUMBER = re.compile(r"[-−(（]?\d[\d,，]*(?:\.\d+)?%?[)）]?")
_SET_APART = frozenset({"合计", "小计", "总计", "项目", "科目", "名称", "编码", "金额", "收入", "支出", "行次", "栏次"})
_CAPTION = re.compile(r"单位[:：]")
_ENOUGH_LINES = 5
_LEVEL = 2.5  # headings whose middles differ by less stand in one row


@dataclass(slots=True)
class _Word:
    text: str
    box: Box
    glyphs: list[Glyph]

    @property
    def is_number(self) -> bool:
        return NUMBER.fullmatch(self.text.replace(" ", "")) is not None

    @property
    def middle(self) -> float:
        return (self.box.top + self.box.bottom) / 2

    @property
    def centre(self) -> float:
        return (self.box.x0 + self.box.x1) / 2


@dataclass(slots=True)
class _Column:
    """Where a column stands, and the lowest heading over it."""

    start: float
    stop: float
    holds_data: bool = False
    leaf: _Heading | None = None

    @property
    def centre(self) -> float:
        return self.leaf.word.centre if self.leaf else (self.start + self.stop) / 2


@dataclass(slots=True)
class _Heading:
    """A heading, wrapped or not, that begins in ``line``; ``foot`` is where the last row of headings ends."""

    word: _Word
    line: int
    foot: float
    lines: int = 1

    @property
    def cell_top(self) -> float:
        """Where its cell begins if it reaches down to the data: as far above its middle as the foot is below."""
        return 2 * self.word.middle - self.foot


def holds_several_numbers(grid: Grid, glyphs: list[Glyph]) -> bool:
    """Whether rules leave several numbers in one cell, so that they do not separate rows or columns."""
    for cell in grid.cells:
        apart = "\n" in cell.text or " " in cell.text
        if cell.place.box is None or not apart or cell.text.count(".") + cell.text.count(",") < 2:
            continue
        inside = [g for g in glyphs if cell.place.box.holds((g.x0 + g.x1) / 2, g.middle)]
        words = [line_text(w) for line in group_lines(inside) for w in words_of(line)]
        if sum(NUMBER.fullmatch(w) is not None and ("." in w or "," in w) for w in words) > 1:
            return True
    return False


def aligned_grid(glyphs: list[Glyph], page: int, bands: list[float] | None = None) -> Grid | None:
    """A grid from the way words line up.

    Args:
        glyphs: The glyphs of the region, in page points.
        page: Page number for the lineage.
        bands: Heights of horizontal rules in the region, if it has any: a rule always parts two rows.

    Returns:
        The grid, or ``None`` when no line of the region holds a number.
    """
    printed = group_lines(glyphs)
    rivers = _rivers(printed)
    lines = [_words(_cut(line, rivers)) for line in printed]
    data = [i for i, line in enumerate(lines) if any(w.is_number for w in line)]
    data = [i for i in data if not _is_counting(lines[i])] or data
    if not data:
        return None
    first = data[0]
    lines[:first] = [_words(_cut_headings(line)) for line in printed[:first]]
    headings = _headings(lines, first)
    columns = _columns([lines[i] for i in data], [h for h in headings if not _CAPTION.search(h.word.text)])
    cells = _heading_cells(headings, _spans(headings, columns), page)
    rows = _rows(lines, first, bands or [])
    for r, row in enumerate(rows):
        if r < first and not _is_counting(row):
            continue
        for col, words in sorted(_place_words(row, columns).items()):
            cells.append(Cell(_text(words), r, col, 1, 1, Place(page=page, box=_box(words))))
    edges = [columns[0].start, *((a.stop + b.start) / 2 for a, b in pairwise(columns)), columns[-1].stop]
    return Grid(len(rows), len(columns), cells, Place(page=page, box=box_of(glyphs)), edges, "aligned")


def _words(pieces: list[list[Glyph]]) -> list[_Word]:
    """Words of a line; the two letters of a short word may stand far apart in their cell."""
    joined: list[list[Glyph]] = []
    for piece in pieces:
        if joined and len(joined[-1]) == len(piece) == 1 and joined[-1][0].text + piece[0].text in _SET_APART:
            joined[-1] = joined[-1] + piece
        else:
            joined.append(piece)
    return [_word(piece) for piece in joined]


def _word(glyphs: list[Glyph]) -> _Word:
    return _Word(line_text(glyphs), box_of(glyphs), glyphs)


def _text(words: list[_Word]) -> str:
    return "\n".join(line_text(line) for line in group_lines([g for w in words for g in w.glyphs]))


def _box(words: list[_Word]) -> Box:
    return box_of([g for w in words for g in w.glyphs])


# --- words -----------------------------------------------------------------------------------------------------------


def _rivers(lines: list[list[Glyph]]) -> list[tuple[float, float]]:
    """Stretches of the width that stay white on (nearly) every line with numbers: what parts two columns.

    A few lines have such stretches by chance, so they tell nothing.
    """
    numbered = [line for line in lines if any(_word(w).is_number for w in words_of(line))]
    if len(numbered) < _ENOUGH_LINES:
        return []
    changes: dict[float, int] = {}
    for line in numbered:
        for word in words_of(line, gap=0.25):
            changes[word[0].x0] = changes.get(word[0].x0, 0) + 1
            changes[word[-1].x1] = changes.get(word[-1].x1, 0) - 1
    rivers: list[tuple[float, float]] = []
    depth = 0
    for x, following in pairwise(sorted(changes)):
        depth += changes[x]
        if depth <= len(numbered) // 20 and following - x > 1.0:
            rivers.append((x, following))
    return rivers


def _cut(line: list[Glyph], rivers: list[tuple[float, float]]) -> list[list[Glyph]]:
    """Words of a line; a small gap parts two of them where it lies in a river."""
    words: list[list[Glyph]] = []
    for piece in words_of(line):
        words.append(piece[:1])
        for last, glyph in pairwise(piece):
            if glyph.x0 - last.x1 > 0.3 * glyph.size and any(a < glyph.x0 and last.x1 < b for a, b in rivers):
                words.append([glyph])
            else:
                words[-1].append(glyph)
    return words


def _cut_headings(line: list[Glyph]) -> list[list[Glyph]]:
    """Words of a line of headings: neighbours may stand close, but the letters of one may stand apart (项 目)."""
    words: list[list[Glyph]] = []
    for piece in words_of(line):
        parts = words_of(piece, gap=0.3)
        whole = any(len(part) == 1 for part in parts)
        words += [piece] if whole else parts
    return words


# --- headings --------------------------------------------------------------------------------------------------------


def _headings(lines: list[list[_Word]], first: int) -> list[_Heading]:
    """Headings above line ``first``, those wrapped over several lines put together, from top to bottom."""
    head = [[] if _is_counting(line) else line for line in lines[:first]]
    stop = next((i for i, line in enumerate(lines) if i >= first or _is_counting(line)), first)
    bottoms = [w.box.bottom for line in head[:stop] for w in line]
    foot = (max(bottoms) + min(w.box.top for w in lines[stop])) / 2 if bottoms else 0.0
    found: list[_Heading] = []
    for i, line in enumerate(head):
        for word in line:
            above = next((h for h in reversed(found) if _is_wrapped(h.word, word)), None)
            if above is None:
                found.append(_Heading(word, i, foot))
            else:
                above.word = _Word(f"{above.word.text}\n{word.text}", above.word.box.union(word.box), [])
                above.lines = i - above.line + 1
    return found


def _is_wrapped(above: _Word, word: _Word) -> bool:
    """Whether a word is the next line of a heading: close below it, and centred or flush with it."""
    height = word.box.bottom - word.box.top
    if not -0.5 * height < word.box.top - above.box.bottom < 0.3 * height or NUMBER.fullmatch(word.text):
        return False
    return abs(above.centre - word.centre) < 0.6 * height or abs(above.box.x0 - word.box.x0) < 0.3 * height


def _heading_cells(headings: list[_Heading], spans: list[tuple[int, int]], page: int) -> list[Cell]:
    """Cells of headings; the letters of one word set wide apart (小  计) come together again."""
    cells: dict[tuple[int, int, int], Cell] = {}
    for h, (i, j) in zip(headings, spans, strict=True):
        before = cells.get((h.line, i, j))
        text, box, lines = h.word.text, h.word.box, h.lines
        if before is not None and before.place.box is not None:
            text, box, lines = before.text + text, before.place.box.union(box), max(lines, before.row_span)
        cells[h.line, i, j] = Cell(text, h.line, i, lines, j - i + 1, Place(page=page, box=box))
    return list(cells.values())


def _spans(headings: list[_Heading], columns: list[_Column]) -> list[tuple[int, int]]:
    """The first and last column each heading stands over.

    Without rules a heading over several columns shows only where their middle is. The headings of one row share out
    the columns whose own headings stand below, so that each has its middle over its columns as nearly as can be.
    """
    leaves = {id(c.leaf) for c in columns}
    spans = {id(h): _touched(h, columns) for h in headings}
    groups = [h for h in headings if id(h) not in leaves]
    while groups:
        level = [h for h in groups if abs(h.word.middle - groups[0].word.middle) < _LEVEL]
        groups = [h for h in groups if h not in level]
        below = [i for i, c in enumerate(columns) if _is_below(c.leaf, level[0])]
        for run in _runs(below):
            over = [h for h in level if columns[run[0]].start <= h.word.centre <= columns[run[-1]].stop]
            over.sort(key=lambda h: h.word.centre)
            spans |= {id(h): s for h, s in zip(over, _share(over, run, columns), strict=True)}
    return [spans[id(h)] for h in headings]


def _touched(heading: _Heading, columns: list[_Column]) -> tuple[int, int]:
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


def _share(headings: list[_Heading], run: list[int], columns: list[_Column]) -> list[tuple[int, int]]:
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
    return pieces(min(combinations(range(1, len(run)), len(headings) - 1), key=distance))


def _is_below(leaf: _Heading | None, heading: _Heading) -> bool:
    """Whether the lowest heading of a column stands in a row under ``heading`` rather than beside it."""
    return leaf is not None and leaf is not heading and leaf.cell_top > heading.word.middle


# --- columns ---------------------------------------------------------------------------------------------------------


def _columns(body: list[list[_Word]], headings: list[_Heading]) -> list[_Column]:
    """The columns: what numbers and names cover, and headings of columns left blank.

    A name that stands across a column of numbers (合计 over code and name) does not join the columns it touches.
    """
    numbers = _clusters([w for line in body for w in line if w.is_number])
    names = [[w for w in line if not w.is_number and not any(_reaches(w.box, c) for c in numbers)] for line in body]
    found = _join_names([*numbers, *_clusters([w for line in names for w in line])], names)
    for heading in sorted(headings, key=lambda h: -h.word.middle):
        box = heading.word.box
        near = [c for c in found if box.x0 < c.stop and c.start < box.x1]
        touched = [c for c in near if _covers(box, c)] or near
        if len(touched) == 1:
            _widen(found, touched[0], box)
            touched[0].leaf = touched[0].leaf or heading
        elif not near and not _stands_over(heading, found):
            found.append(_Column(box.x0, box.x1, leaf=heading))
            found.sort(key=lambda c: c.start)
    merged: list[_Column] = []
    for column in found:
        # Numbers set to the right of their column need not touch the heading set in its middle.
        last = merged[-1] if merged else None
        if last is not None and _is_split(last, column, body):
            last.stop, last.leaf = column.stop, last.leaf or column.leaf
            continue
        leaf = last.leaf if last is not None and not last.holds_data else None
        headless = leaf and column.holds_data and (column.leaf is None or _has_sisters(leaf, column, found))
        if last is not None and headless:
            last.stop, last.holds_data = column.stop, True
        else:
            merged.append(column)
    return merged


def _clusters(words: list[_Word]) -> list[_Column]:
    """Columns that overlapping words form."""
    found: list[_Column] = []
    for word in sorted(words, key=lambda w: w.box.x0):
        if found and word.box.x0 < found[-1].stop - 0.5:
            found[-1].stop = max(found[-1].stop, word.box.x1)
        else:
            found.append(_Column(word.box.x0, word.box.x1, holds_data=True))
    return found


def _reaches(box: Box, column: _Column) -> bool:
    return box.x0 < column.stop - 1 and column.start + 1 < box.x1


def _join_names(columns: list[_Column], names: list[list[_Word]]) -> list[_Column]:
    """Columns from left to right; neighbours whose names never share a line are one."""
    joined: list[_Column] = []
    for column in sorted(columns, key=lambda c: c.start):
        last = joined[-1] if joined else None
        beside = [line for line in names if last and any(_reaches(w.box, last) for w in line)]
        own = [line for line in names if any(_reaches(w.box, column) for w in line)]
        if last is not None and beside and own and not any(line is other for line in own for other in beside):
            last.stop = column.stop
        else:
            joined.append(column)
    return joined


def _stands_over(heading: _Heading, columns: list[_Column]) -> bool:
    """Whether a heading between two columns stands over both rather than over a blank column of its own."""
    left = next((c for c in reversed(columns) if c.stop <= heading.word.box.x0), None)
    right = next((c for c in columns if c.start >= heading.word.box.x1), None)
    return left is not None and right is not None and all(_is_below(c.leaf, heading) for c in (left, right))


def _is_split(left: _Column, right: _Column, body: list[list[_Word]]) -> bool:
    """Whether two stretches of numbers are one ragged column: one heading, and never a number of each in a line."""
    if not (left.holds_data and right.holds_data) or (left.leaf is None) == (right.leaf is None):
        return False
    numbers = [[w for w in line if w.is_number] for line in body]
    beside = [([w for w in n if _reaches(w.box, left)], [w for w in n if _reaches(w.box, right)]) for n in numbers]
    # Pieces of codes (201 | 06 | 01) never meet either, but they are no amounts.
    amounts = any(w.text == "0" or set(".,") & set(w.text) for pair in beside for side in pair for w in side)
    return amounts and not any(a and b for a, b in beside)


def _has_sisters(leaf: _Heading, column: _Column, columns: list[_Column]) -> bool:
    """Whether a column's only heading stands over a row of headings that begins with ``leaf``."""
    if column.leaf is None or not _is_below(leaf, column.leaf):
        return False
    right = [c.leaf for c in columns if c.start > column.start and c.leaf is not None]
    return any(abs(other.word.middle - leaf.word.middle) < _LEVEL for other in right)


def _covers(box: Box, column: _Column) -> bool:
    """Whether a word stands over a column rather than reaching into it a little."""
    overlap = min(box.x1, column.stop) - max(box.x0, column.start)
    return overlap > 0.35 * min(box.x1 - box.x0, column.stop - column.start)


def _widen(columns: list[_Column], column: _Column, box: Box) -> None:
    """Let a column reach as far as its heading, but not into its neighbours."""
    i = columns.index(column)
    low = columns[i - 1].stop if i else -1e9
    high = columns[i + 1].start if i + 1 < len(columns) else 1e9
    column.start = max(low, min(column.start, box.x0))
    column.stop = min(high, max(column.stop, box.x1))


# --- rows ------------------------------------------------------------------------------------------------------------


def _is_counting(line: list[_Word]) -> bool:
    """Whether a line counts the columns (栏次 1 2 3 …)."""
    numbers = [int(w.text) for w in line if w.text.isdecimal() and len(w.text) <= 2]
    words = sum(not w.is_number for w in line)
    return len(numbers) >= 2 and numbers == list(range(1, len(numbers) + 1)) and words <= 4


def _rows(lines: list[list[_Word]], first: int, bands: list[float]) -> list[list[_Word]]:
    """Lines put together into rows: a wrapped name joins the line of its numbers.

    Lines above the first number stay apart: they are the header.
    """
    centres = [sum((w.box.top + w.box.bottom) / 2 for w in line) / len(line) for line in lines]
    size = median(g.size for line in lines for w in line for g in w.glyphs)
    anchored = _anchors(lines, centres, first, size)
    gaps = sorted(centres[b] - centres[a] for a, b in pairwise(anchored)) or [0.0]
    pitch = gaps[len(gaps) // 10]  # of the lowest rows, a slip of the pen apart
    owner: dict[int, int] = {}
    for i in range(first, len(lines)):
        if i in anchored or any(NUMBERING.match(w.text) for w in lines[i]):
            continue
        near = [
            a for a in anchored if not any(min(centres[i], centres[a]) < y < max(centres[i], centres[a]) for y in bands)
        ]
        if near:
            best = min(near, key=lambda a: abs(centres[a] - centres[i]))
            distance = abs(centres[best] - centres[i])
            if (bands and _parted(bands, centres, anchored)) or distance < min(1.45 * size, 0.93 * pitch):
                owner[i] = best
    return [
        [*line, *(w for j, o in owner.items() if o == i for w in lines[j])]
        for i, line in enumerate(lines)
        if i not in owner
    ]


def _anchors(lines: list[list[_Word]], centres: list[float], first: int, size: float) -> list[int]:
    """The lines that carry a row: those with numbers.

    The pieces of a code wrapped beside its amounts carry none, nor do amounts set a little off the line of their name.
    """
    numbered = [i for i in range(first, len(lines)) if any(w.is_number for w in lines[i])]
    amounts = [i for i in numbered if any(w.is_number and ("." in w.text or "," in w.text) for w in lines[i])]
    if len(amounts) < len(numbered) / 4:
        return numbered
    named = [i for i in amounts if any(not w.is_number for w in lines[i])]
    floating = {i for i in amounts if i not in named and any(abs(centres[i] - centres[n]) < 0.8 * size for n in named)}
    amounts = [i for i in amounts if i not in floating]
    apart = [i for i in numbered if all(abs(centres[i] - centres[a]) > 1.3 * size for a in amounts)]
    return sorted({*amounts, *apart} - floating)


def _parted(bands: list[float], centres: list[float], anchored: list[int]) -> bool:
    """Whether rules part the rows of numbers from each other."""
    pairs = list(pairwise(anchored))
    parted = sum(any(centres[a] < y < centres[b] for y in bands) for a, b in pairs)
    return bool(pairs) and parted >= 0.8 * len(pairs)


def _place_words(words: list[_Word], columns: list[_Column]) -> dict[int, list[_Word]]:
    """Words by the column they stand in."""
    placed: dict[int, list[_Word]] = {}
    for word in words:
        overlap = [min(word.box.x1, c.stop) - max(word.box.x0, c.start) for c in columns]
        placed.setdefault(max(range(len(columns)), key=overlap.__getitem__), []).append(word)
    return placed
