"""Grids from alignment, for tables whose rules are missing or do not separate their cells."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

from pipelines.core.document import Box, Cell, Grid, Place
from pipelines.core.lexicon import column_number
from pipelines.formats.pdf.aligned_rows import ORDINAL, centre_of, rows_of
from pipelines.formats.pdf.cells import Rect
from pipelines.formats.pdf.columns import Column, columns_of, heading_cells, spans_of
from pipelines.formats.pdf.glyphs import BLANK, Glyph, box_of, group_lines, line_text, words_of
from pipelines.formats.pdf.headings import CAPTION, headings_of, is_counting
from pipelines.formats.pdf.words import Word, is_pointed, joined_codes, joined_numbers, word_of

_SET_APART = frozenset({"合计", "小计", "总计", "项目", "科目", "名称", "编码", "金额", "收入", "支出", "行次", "栏次"})
_LEVELS = frozenset({"类款项", "类款", "款项"})  # headings of three columns, however evenly they stand
_WIDEST_SPREAD = 2.5  # type sizes between the letters of one word
_EVEN = 0.3  # of the type size that gaps between the letters of one word differ at most
_ALIKE = 0.1  # of the type size that two words may differ in how far their letters are spread
_SURELY_SPREAD = 2  # letters: more of them do not stand evenly by chance
_SPREAD_WORD = re.compile(r"(?:20\d\d年)?[^\d]*")
_ENOUGH_STACKED = 3  # letters one above the other
_STACK_OFF = 0.25  # of the type size that letters of a stack stand beside each other
_STACK_PITCH = 2.0  # type sizes from letter to letter of a stack, at most
_SPACED_NUMBER = re.compile(r"(?:^|\s)\d[\d,，.．]*(?:\s|$)")
_ENOUGH_ROWS = 3  # rows in which numbers stand beside other words in one cell over the whole width
_ENOUGH_NUMBERS = 4  # in one line of such a cell: a row by itself
_ENOUGH_LINES = 5  # with numbers, that tell the white between columns from chance
_SAME_START = 0.2  # points that words set flush left differ in their left end
_RIVER = 0.12  # of the type size: the least width of a white stretch that parts two columns


def holds_several_numbers(grid: Grid, glyphs: list[Glyph]) -> bool:
    """Whether rulings leave several numbers in one cell, so that they do not separate rows or columns.

    Whole numbers prove nothing in a single cell (a date, a list); in row after row across the whole table they do, and
    so do words that stand apart in most rows.
    """
    across = rows = apart = 0
    for cell in grid.cells:
        if cell.place.box is None or not ("\n" in cell.text or " " in cell.text):
            continue
        pointed = sum(is_pointed(text) for text in cell.text.split()) > 1  # pieces of one number are together
        whole = cell.col_span == grid.cols
        if not pointed and not whole:
            continue
        inside = [g for g in glyphs if cell.place.box.holds((g.x0 + g.x1) / 2, g.middle)]
        lines = [[word_of(w) for w in words_of(line)] for line in group_lines(inside)]
        if pointed and sum(w.is_pointed for line in lines for w in line) > 1:
            return True
        if whole and any(len(line) > 1 for line in lines):
            apart += 1
            if _SPACED_NUMBER.search(cell.text) is not None:
                most = max(sum(w.is_number for w in line) for line in lines)
                across += 1
                rows += _ENOUGH_ROWS if most >= _ENOUGH_NUMBERS else most > 0
    if rows >= _ENOUGH_ROWS and rows > across / 2:
        return True
    return rows > 0 and apart >= _ENOUGH_ROWS and apart > grid.rows / 2


def aligned_grid(glyphs: list[Glyph], page: int, rects: Sequence[Rect] = (), level: Sequence[Rect] = ()) -> Grid | None:
    """A grid from the way words line up.

    Args:
        glyphs: The glyphs of the region, in page points.
        page: Page number for the lineage.
        rects: Areas that rulings enclose in the region, if it has any: a level ruling always parts two rows.
        level: Other level rulings; they part headings.

    Returns:
        The grid, or ``None`` when no line of the region holds a number.
    """
    bands = sorted({r[1] for r in rects} | {r[3] for r in rects})
    printed = group_lines(glyphs)
    rivers = _rivers(printed)
    cut = [_cut(line, rivers) for line in printed]
    names = [piece[0] for pieces in cut for piece in pieces if not word_of(piece).is_number]
    edge = min((g.x0 for g in names), default=0.0)
    starts = sorted({g.x0 for g in names if g.x0 > edge + g.size})
    cut = [_cut_at(pieces, starts) for pieces in cut]
    stacked = _stacked(cut)
    lines = [_words(pieces, stacked) for pieces in cut]
    data = [i for i, line in enumerate(lines) if any(w.is_number for w in line)]
    data = [i for i in data if not is_counting(lines[i])] or data
    if not data:
        return None
    first = _first_row(lines, data[0])
    heads = [_cut_headings(line) for line in printed[:first]]
    pitches = _pitches(heads)
    lines[:first] = [_words(pieces, stacked, pitches) for pieces in heads]
    lines[first:] = joined_codes(joined_numbers(lines[first:], bands), bands)
    data = [i for i, line in enumerate(lines) if i >= first and any(w.is_number for w in line)]
    data = [i for i in data if not is_counting(lines[i])] or data
    headings = headings_of(lines, first, [*rects, *level])
    counted = [w for line in lines[:first] if is_counting(line) for w in line if column_number(w.text) is not None]
    columns = columns_of(
        [lines[i] for i in data], lines[first:], [h for h in headings if not CAPTION.search(h.word.text)], counted
    )
    cells = heading_cells(headings, spans_of(headings, columns), page)
    rows = rows_of(lines, first, bands)
    for r, row in enumerate(rows):
        if r < first and not is_counting(row):
            continue
        for col, words in sorted(_place_words(row, columns).items()):
            cells.append(Cell(_text(words), r, col, 1, 1, Place(page=page, box=_box(words))))
    edges = [columns[0].start, *((a.stop + b.start) / 2 for a, b in pairwise(columns)), columns[-1].stop]
    return Grid(len(rows), len(columns), cells, Place(page=page, box=box_of(glyphs)), edges, "aligned")


def _first_row(lines: list[list[Word]], numbered: int) -> int:
    """The first line below the headings: a name may begin above the line of its numbers.

    Args:
        lines: All lines.
        numbered: The first with an amount.
    """
    counted = next((i for i in reversed(range(numbered)) if is_counting(lines[i])), None)
    if counted is not None:
        floor = max(w.box.bottom for w in lines[counted] if column_number(w.text) is not None)
        return next(i for i in range(counted + 1, numbered + 1) if centre_of(lines[i]) > floor or i == numbered)
    while numbered and any(ORDINAL.match(w.text) for w in lines[numbered - 1]):
        numbered -= 1
    return numbered


def _stacked(lines: list[list[list[Glyph]]]) -> frozenset[int]:
    """Letters (by ``id``) that stand one above the other: a heading written downwards, one letter on each line."""
    found: set[int] = set()
    ends: list[list[Glyph]] = []  # stacks that the line above ends, from their first letter on
    for line in lines:
        grown = []
        for letter in (piece[0] for piece in line if len(piece) == 1 and _is_letter(piece[0], digits=False)):
            above = next((stack for stack in ends if _is_under(letter, stack[-1])), [])
            grown.append([*above, letter])
        found.update(id(g) for stack in grown if len(stack) >= _ENOUGH_STACKED for g in stack)
        ends = [*grown, *(stack for stack in ends if line and _reaches_below(stack[-1], line))]
    return frozenset(found)


def _is_under(letter: Glyph, above: Glyph) -> bool:
    off = abs(letter.x0 + letter.x1 - above.x0 - above.x1) / 2
    return off < _STACK_OFF * letter.size and 0 < letter.middle - above.middle < _STACK_PITCH * letter.size


def _reaches_below(letter: Glyph, line: list[list[Glyph]]) -> bool:
    """Whether a stack may go on below a line, which stands between two of its letters."""
    return line[0][0].middle - letter.middle < _STACK_PITCH * letter.size


def _words(pieces: list[list[Glyph]], stacked: frozenset[int], pitches: Sequence[float] = ()) -> list[Word]:
    """Words of a line; the letters of one may stand far apart in their cell (小  计, 本  年  收  入).

    Args:
        pieces: What stands close together.
        stacked: Letters that stand one above the other.
        pitches: White between the letters of spread words elsewhere in the table, in type sizes.
    """
    parts = [(part, n) for n, piece in enumerate(pieces) for part in _letters(piece)]
    spread = [part for part, _ in parts]
    joined: list[list[Glyph]] = []
    start = 0
    while start < len(parts):
        stop = start + (1 if id(spread[start][0]) in stacked else _spread(spread, start, pitches))
        while stop < len(parts) and parts[stop][1] == parts[stop - 1][1]:
            stop += 1
        joined.append([g for part, _ in parts[start:stop] for g in part])
        start = stop
    return [word_of(piece) for piece in joined]


def _letters(piece: list[Glyph]) -> list[list[Glyph]]:
    """A piece as its letters where white stands between any two of them, else as it is."""
    if all(b.x0 - a.x1 > BLANK * b.size for a, b in pairwise(piece)) and all(map(_is_letter, piece)):
        return [[g] for g in piece]
    return [piece]


def _pitches(lines: Iterable[list[list[Glyph]]]) -> list[float]:
    """White between the letters of words that are known to be spread, in type sizes."""
    found = []
    for pieces in lines:
        parts = [part for piece in pieces for part in _letters(piece)]
        for start in range(len(parts)):
            if _spread(parts, start) > _SURELY_SPREAD:
                first, second = parts[start][0], parts[start + 1][0]
                found.append((second.x0 - first.x1) / first.size)
    return found


def _spread(pieces: list[list[Glyph]], start: int, pitches: Sequence[float] = ()) -> int:
    """How many pieces from one on are the letters of one word: evenly spread, or known to be one."""
    first = pieces[start][0]
    size, gap, stop = first.size, 0.0, start + 1
    while stop < len(pieces) and all(len(p) == 1 and _is_letter(p[0]) for p in pieces[stop - 1 : stop + 1]):
        white = pieces[stop][0].x0 - pieces[stop - 1][0].x1
        if stop == start + 1:
            gap = white
        elif white >= _WIDEST_SPREAD * size or abs(white - gap) >= _EVEN * size:
            break
        stop += 1
    text = "".join(piece[0].text for piece in pieces[start:stop])
    if stop == start + 1 or not _SPREAD_WORD.fullmatch(text) or text in _LEVELS:
        return 1
    if stop - start > _SURELY_SPREAD and gap < _WIDEST_SPREAD * size:
        return stop - start
    alike = stop - start == _SURELY_SPREAD and any(abs(gap / size - pitch) < _ALIKE for pitch in pitches)
    return 2 if alike or text[:2] in _SET_APART else 1


def _is_letter(glyph: Glyph, *, digits: bool = True) -> bool:
    return "\u4e00" <= glyph.text <= "\u9fff" or glyph.text == "、" or (digits and glyph.text.isdecimal())


def _text(words: list[Word]) -> str:
    if any("\n" not in w.text and len(group_lines(w.glyphs)) > 1 for w in words):  # a wrapped number
        return "\n".join(w.text for w in sorted(words, key=lambda w: w.middle))
    return "\n".join(line_text(line) for line in group_lines([g for w in words for g in w.glyphs]))


def _box(words: list[Word]) -> Box:
    return box_of([g for w in words for g in w.glyphs])


# --- words -----------------------------------------------------------------------------------------------------------


def _rivers(lines: list[list[Glyph]]) -> list[tuple[float, float]]:
    """Stretches of the width that stay white on (nearly) every line with numbers: what parts two columns.

    A few lines have such stretches by chance, so they tell nothing.
    """
    numbered = [line for line in lines if any(word_of(w).is_number for w in words_of(line))]
    if len(numbered) < _ENOUGH_LINES:
        return []
    size = median(g.size for line in numbered for g in line)
    changes: dict[float, int] = {}
    for line in numbered:
        for word in words_of(line, gap=0.25):
            changes[word[0].x0] = changes.get(word[0].x0, 0) + 1
            changes[word[-1].x1] = changes.get(word[-1].x1, 0) - 1
    rivers: list[tuple[float, float]] = []
    depth = 0
    for x, following in pairwise(sorted(changes)):
        depth += changes[x]
        if depth <= len(numbered) // 20 and following - x > _RIVER * size:
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


def _cut_at(pieces: list[list[Glyph]], starts: Sequence[float]) -> list[list[Glyph]]:
    """Words of a line cut where white ends at the very place where a word of another line begins a column."""
    words: list[list[Glyph]] = []
    for piece in pieces:
        words.append(piece[:1])
        for last, glyph in pairwise(piece):
            if glyph.x0 - last.x1 > BLANK * glyph.size and _is_near(glyph.x0, starts):
                words.append([glyph])
            else:
                words[-1].append(glyph)
    return words


def _is_near(x: float, places: Sequence[float]) -> bool:
    """Whether one of some places, from left to right, is that one."""
    after = bisect(places, x - _SAME_START)
    return after < len(places) and places[after] < x + _SAME_START


def _cut_headings(line: list[Glyph]) -> list[list[Glyph]]:
    """Words of a line of headings: neighbours may stand close, but the letters of one may stand apart (项 目)."""
    words: list[list[Glyph]] = []
    for piece in words_of(line):
        parts = words_of(piece, gap=0.3)
        whole = any(len(part) == 1 for part in parts) and "".join(g.text for g in piece) not in _LEVELS
        words += [piece] if whole else parts
    return words


def _place_words(words: list[Word], columns: list[Column]) -> dict[int, list[Word]]:
    """Words by the column they stand in."""
    placed: dict[int, list[Word]] = {}
    for word in words:
        overlap = [min(word.box.x1, c.stop) - max(word.box.x0, c.start) for c in columns]
        placed.setdefault(max(range(len(columns)), key=overlap.__getitem__), []).append(word)
    return placed
