"""Grids from alignment, for tables whose rules are missing or do not separate their cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipelines.extract.document import Box, Cell, Grid, Place
from pipelines.extract.glyphs import Glyph, box_of, group_lines, line_text, words_of

NUMBER = re.compile(r"[-−(（]?\d[\d,，]*(?:\.\d+)?%?[)）]?")
_ORDINAL = re.compile(r"(?:[一二三四五六七八九十]+[、.．]|[(（][一二三四五六七八九十\d]+[)）]|\d+[、.．]\D)")


@dataclass(slots=True)
class _Word:
    text: str
    box: Box
    glyphs: list[Glyph]

    @property
    def is_number(self) -> bool:
        return NUMBER.fullmatch(self.text.replace(" ", "")) is not None


@dataclass(slots=True)
class _Column:
    start: float
    stop: float
    holds_data: bool = False
    heading: int = -1  # the lowest line of headings that stands over it


def holds_several_numbers(grid: Grid, glyphs: list[Glyph]) -> bool:
    """Whether rules leave several numbers in one cell, so that they do not separate rows or columns."""
    for cell in grid.cells:
        if cell.place.box is None or cell.text.count("\n") == 0 and " " not in cell.text:
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
    lines = [[_word(w) for w in words_of(line)] for line in group_lines(glyphs)]
    data = [i for i, line in enumerate(lines) if any(w.is_number for w in line)]
    data = [i for i in data if not _is_counting(lines[i])] or data
    if not data:
        return None
    columns = _columns(lines, data)
    rows = _rows(lines, columns, data[0], bands or [])
    cells: list[Cell] = []
    for r, row in enumerate(rows):
        for (first, last), words in sorted(_place_words(row, columns, header=r < data[0]).items()):
            text = "\n".join(line_text(line) for line in group_lines([g for w in words for g in w.glyphs]))
            box = words[0].box
            for word in words[1:]:
                box = box.union(word.box)
            cells.append(Cell(text, r, first, 1, last - first + 1, Place(page=page, box=box)))
    cells = _join_headings(cells, data[0])
    edges = [columns[0][0], *((a[1] + b[0]) / 2 for a, b in zip(columns, columns[1:], strict=False)), columns[-1][1]]
    return Grid(len(rows), len(columns), cells, Place(page=page, box=box_of(glyphs)), edges, "aligned")


def _join_headings(cells: list[Cell], height: int) -> list[Cell]:
    """Put a heading wrapped over several lines into one cell."""
    joined: list[Cell] = []
    for cell in sorted(cells, key=lambda c: (c.row >= height, c.col, c.col_span, c.row)):
        last = joined[-1] if joined else None
        if (
            last is not None
            and cell.row < height
            and (cell.col, cell.col_span) == (last.col, last.col_span)
            and cell.place.box is not None
            and last.place.box is not None
            and cell.place.box.top - last.place.box.bottom < 0.3 * (cell.place.box.bottom - cell.place.box.top)
            and not NUMBER.fullmatch(cell.text)
        ):
            place = Place(page=cell.place.page, box=last.place.box.union(cell.place.box))
            span = cell.row + cell.row_span - last.row
            joined[-1] = Cell(f"{last.text}\n{cell.text}", last.row, last.col, span, last.col_span, place)
        else:
            joined.append(cell)
    return joined


def _word(glyphs: list[Glyph]) -> _Word:
    return _Word(line_text(glyphs), box_of(glyphs), glyphs)


def _columns(lines: list[list[_Word]], data: list[int]) -> list[tuple[float, float]]:
    """Horizontal extents of the columns: what numbers and names cover, and headings of columns left blank."""
    found: list[_Column] = []
    rows = [i for i in data if not _is_counting(lines[i])] or data
    for word in sorted((w for i in rows for w in lines[i]), key=lambda w: w.box.x0):
        if found and word.box.x0 < found[-1].stop - 0.5:
            found[-1].stop = max(found[-1].stop, word.box.x1)
        else:
            found.append(_Column(word.box.x0, word.box.x1, holds_data=True))
    above = [i for i in range(rows[0]) if len(lines[i]) > 1]
    for i, word in ((i, w) for i in reversed(above) for w in lines[i]):
        touched = [c for c in found if _covers(word.box, c.start, c.stop)]
        if len(touched) == 1:
            _widen(found, touched[0], word.box)
            touched[0].heading = max(touched[0].heading, i)
        elif not any(word.box.x0 < c.stop and c.start < word.box.x1 for c in found):
            found.append(_Column(word.box.x0, word.box.x1, heading=i))
            found.sort(key=lambda c: c.start)
    merged: list[_Column] = []
    for column in found:
        # Numbers set to the right of their column need not touch the heading set in its middle.
        last = merged[-1] if merged else None
        if last is not None and not last.holds_data and column.holds_data and column.heading < last.heading:
            last.stop, last.holds_data = column.stop, True
        else:
            merged.append(column)
    return [(c.start, c.stop) for c in merged]


def _covers(box: Box, start: float, stop: float) -> bool:
    """Whether a word stands over a column rather than reaching into it a little."""
    overlap = min(box.x1, stop) - max(box.x0, start)
    return overlap > 0.35 * min(box.x1 - box.x0, stop - start)


def _widen(columns: list[_Column], column: _Column, box: Box) -> None:
    """Let a column reach as far as its heading, but not into its neighbours."""
    i = columns.index(column)
    low = columns[i - 1].stop if i else -1e9
    high = columns[i + 1].start if i + 1 < len(columns) else 1e9
    column.start = max(low, min(column.start, box.x0))
    column.stop = min(high, max(column.stop, box.x1))


def _is_counting(line: list[_Word]) -> bool:
    """Whether a line counts the columns (栏次 1 2 3 …)."""
    numbers = [int(w.text) for w in line if w.text.isdecimal() and len(w.text) <= 2]
    words = sum(not w.is_number for w in line)
    return len(numbers) >= 2 and numbers == list(range(1, len(numbers) + 1)) and words <= 4


def _rows(
    lines: list[list[_Word]], columns: list[tuple[float, float]], first: int, bands: list[float]
) -> list[list[_Word]]:
    """Lines put together into rows: a wrapped name joins the line of its numbers.

    Lines above the first number stay apart: they are the header.
    """
    centres = [sum((w.box.top + w.box.bottom) / 2 for w in line) / len(line) for line in lines]
    size = median(g.size for line in lines for w in line for g in w.glyphs)
    anchored = [i for i in range(first, len(lines)) if any(w.is_number for w in lines[i])]
    pitch = median([centres[i + 1] - centres[i] for i in range(first, len(lines) - 1)] or [0.0])
    owner: dict[int, int] = {}
    for i in range(first, len(lines)):
        if i in anchored or any(_ORDINAL.match(w.text) for w in lines[i]):
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


def _parted(bands: list[float], centres: list[float], anchored: list[int]) -> bool:
    """Whether rules part the rows of numbers from each other."""
    pairs = list(pairwise(anchored))
    parted = sum(any(centres[a] < y < centres[b] for y in bands) for a, b in pairs)
    return bool(pairs) and parted >= 0.8 * len(pairs)


def _place_words(
    words: list[_Word], columns: list[tuple[float, float]], *, header: bool
) -> dict[tuple[int, int], list[_Word]]:
    """Words by the span of columns they stand in; only headings span several."""
    placed: dict[tuple[int, int], list[_Word]] = {}
    for word in words:
        overlap = [min(word.box.x1, c[1]) - max(word.box.x0, c[0]) for c in columns]
        touched = [i for i, c in enumerate(columns) if _covers(word.box, *c)]
        if header and len(touched) > 1:
            span = (touched[0], touched[-1])
        else:
            best = max(range(len(columns)), key=lambda i: overlap[i])
            span = (best, best)
        placed.setdefault(span, []).append(word)
    return placed
