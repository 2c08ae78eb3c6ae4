"""Grids from alignment, for tables whose rules are missing or do not separate their cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    edges = [columns[0][0], *((a[1] + b[0]) / 2 for a, b in zip(columns, columns[1:], strict=False)), columns[-1][1]]
    return Grid(len(rows), len(columns), cells, Place(page=page, box=box_of(glyphs)), edges, "aligned")


def _word(glyphs: list[Glyph]) -> _Word:
    return _Word(line_text(glyphs), box_of(glyphs), glyphs)


def _columns(lines: list[list[_Word]], data: list[int]) -> list[tuple[float, float]]:
    """Horizontal extents of the columns: what numbers and names cover, and headings of columns left blank."""
    columns: list[tuple[float, float]] = []
    for word in sorted((w for i in data for w in lines[i]), key=lambda w: w.box.x0):
        if columns and word.box.x0 < columns[-1][1] - 0.5:
            columns[-1] = (columns[-1][0], max(columns[-1][1], word.box.x1))
        else:
            columns.append((word.box.x0, word.box.x1))
    for line in reversed(lines[: data[0]]):
        for word in line:
            touched = [i for i, c in enumerate(columns) if word.box.x0 < c[1] and c[0] < word.box.x1]
            if len(touched) == 1:
                i = touched[0]
                low = columns[i - 1][1] if i else -1e9
                high = columns[i + 1][0] if i + 1 < len(columns) else 1e9
                columns[i] = (max(low, min(columns[i][0], word.box.x0)), min(high, max(columns[i][1], word.box.x1)))
            elif not touched and len(line) > 1:
                columns = sorted([*columns, (word.box.x0, word.box.x1)])
    return columns


def _rows(
    lines: list[list[_Word]], columns: list[tuple[float, float]], first: int, bands: list[float]
) -> list[list[_Word]]:
    """Lines put together into rows: a wrapped name joins the line of its numbers.

    Lines above the first number stay apart: they are the header.
    """
    centres = [sum((w.box.top + w.box.bottom) / 2 for w in line) / len(line) for line in lines]
    anchored = [i for i in range(first, len(lines)) if any(w.is_number for w in lines[i])]
    pitch = median([centres[b] - centres[a] for a, b in zip(anchored, anchored[1:], strict=False)] or [0.0])
    owner: dict[int, int] = {}
    for i in range(first, len(lines)):
        if i in anchored or any(_ORDINAL.match(w.text) for w in lines[i]):
            continue
        near = [a for a in anchored if not any(min(centres[i], centres[a]) < y < max(centres[i], centres[a]) for y in bands)]
        if near:
            best = min(near, key=lambda a: abs(centres[a] - centres[i]))
            if bands or abs(centres[best] - centres[i]) < 0.8 * pitch:
                owner[i] = best
    return [
        [*line, *(w for j, o in owner.items() if o == i for w in lines[j])]
        for i, line in enumerate(lines)
        if i not in owner
    ]


def _place_words(
    words: list[_Word], columns: list[tuple[float, float]], *, header: bool
) -> dict[tuple[int, int], list[_Word]]:
    """Words by the span of columns they stand in; only headings span several."""
    placed: dict[tuple[int, int], list[_Word]] = {}
    for word in words:
        overlap = [min(word.box.x1, c[1]) - max(word.box.x0, c[0]) for c in columns]
        touched = [i for i, o in enumerate(overlap) if o > 0]
        if header and len(touched) > 1:
            span = (touched[0], touched[-1])
        else:
            best = max(range(len(columns)), key=lambda i: overlap[i])
            span = (best, best)
        placed.setdefault(span, []).append(word)
    return placed
