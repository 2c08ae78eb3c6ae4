"""Grids from ruling lines."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import Any

from pdfplumber.table import cells_to_tables, edges_to_intersections

from pipelines.core.document import Box, Cell, Grid, Place
from pipelines.formats.pdf.cells import Rect, cell_texts, contents_of, is_amount
from pipelines.formats.pdf.edges import Edge
from pipelines.formats.pdf.glyphs import Glyph

_SNAP = 3.0  # points within which rulings meet, on a page of usual type
_USUAL_TYPE = (5.0, 12.0)  # points: below and above, what is near grows and shrinks with the type

Point = tuple[float, float]


def nearness(glyphs: Sequence[Glyph]) -> float:
    """Points within which rulings of a page meet: a drawing error on usual type, less on a page scaled down."""
    size = median(g.size for g in glyphs) if glyphs else _USUAL_TYPE[0]
    return _SNAP * size / min(max(size, _USUAL_TYPE[0]), _USUAL_TYPE[1])


def ruled_tables(edges: list[Edge], near: float = _SNAP) -> list[list[Rect]]:
    """Groups of touching cells enclosed by rulings, top to bottom, each a list of (x0, top, x1, bottom).

    Args:
        edges: The rulings.
        near: Points within which they meet.
    """
    cells = _smallest_cells(edges_to_intersections(edges, near, near))
    tables = [list(group) for group in cells_to_tables(cells)]
    return sorted(tables, key=lambda t: (min(c[1] for c in t), min(c[0] for c in t)))


def _smallest_cells(intersections: dict[Point, dict[str, Any]]) -> list[Rect]:
    """For each crossing of rules the smallest cell to its lower right, as pdfplumber finds it.

    pdfplumber compares every crossing with every other one; here those on one line are looked up.
    """
    upright = {point: {_ends(edge) for edge in edges["v"]} for point, edges in intersections.items()}
    level = {point: {_ends(edge) for edge in edges["h"]} for point, edges in intersections.items()}
    in_column: dict[float, list[Point]] = defaultdict(list)
    in_row: dict[float, list[Point]] = defaultdict(list)
    points = sorted(intersections)
    for point in points:
        in_column[point[0]].append(point)
        in_row[point[1]].append(point)

    def smallest(point: Point) -> Rect | None:
        x, y = point
        row, column = in_row[y], in_column[x]
        for below in column[bisect(column, point) :]:
            if upright[point].isdisjoint(upright[below]):
                continue
            for right in row[bisect(row, point) :]:
                corner = (right[0], below[1])
                if (
                    corner in upright
                    and not level[point].isdisjoint(level[right])
                    and not upright[corner].isdisjoint(upright[right])
                    and not level[corner].isdisjoint(level[below])
                ):
                    return (x, y, *corner)
        return None

    return [cell for cell in map(smallest, points) if cell is not None]


def _ends(edge: Edge) -> Rect:
    return (edge["x0"], edge["top"], edge["x1"], edge["bottom"])


def ruled_grid(rects: list[Rect], glyphs: list[Glyph], page: int) -> Grid:
    """A grid over enclosed cells, which hold their text whole; an amount merged over several rows counts in the first.

    Args:
        rects: The cells, as `ruled_tables` gives them.
        glyphs: In content order.
        page: Page number for the lineage.
    """
    near = nearness(glyphs)
    xs = _positions([c[0] for c in rects] + [c[2] for c in rects], near)
    ys = _positions([c[1] for c in rects] + [c[3] for c in rects], near)
    row_at = {y: _nearest(ys, y) for y in {c[1] for c in rects} | {c[3] for c in rects}}
    col_at = {x: _nearest(xs, x) for x in {c[0] for c in rects} | {c[2] for c in rects}}
    texts = cell_texts(contents_of(rects, glyphs), [rect[2] - rect[0] for rect in rects])
    cells: list[Cell] = []
    for rect, text in sorted(zip(rects, texts, strict=True), key=lambda c: (c[0][1], c[0][0])):
        x0, top, x1, bottom = rect
        row, col = row_at[top], col_at[x0]
        row_span, col_span = row_at[bottom] - row, col_at[x1] - col
        if row_span and col_span:
            if row_span > 1 and is_amount(text):
                row_span = 1
            cells.append(Cell(text, row, col, row_span, col_span, Place(page=page, box=Box(*rect))))
    place = Place(page=page, box=Box(xs[0], ys[0], xs[-1], ys[-1]))
    return Grid(len(ys) - 1, len(xs) - 1, cells, place, xs, "ruled")


def _positions(values: list[float], near: float) -> list[float]:
    """Distinct coordinates, those near each other taken together."""
    out: list[list[float]] = []
    for value in sorted(values):
        if out and value - out[-1][0] <= near:
            out[-1].append(value)
        else:
            out.append([value])
    return [sum(group) / len(group) for group in out]


def _nearest(positions: list[float], value: float) -> int:
    after = bisect(positions, value)
    if after == 0 or (after < len(positions) and positions[after] - value < value - positions[after - 1]):
        return after
    return after - 1
