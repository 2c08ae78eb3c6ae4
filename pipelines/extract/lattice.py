"""Grids from ruling lines."""

from __future__ import annotations

from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells

from pipelines.extract.document import Box, Cell, Grid, Place
from pipelines.extract.glyphs import Glyph, cell_text
from pipelines.extract.rules import Edge

_SNAP = 3.0

Rect = tuple[float, float, float, float]


def ruled_tables(edges: list[Edge]) -> list[list[Rect]]:
    """Groups of touching cells enclosed by rules, top to bottom, each a list of (x0, top, x1, bottom)."""
    cells = intersections_to_cells(edges_to_intersections(edges, _SNAP, _SNAP))
    tables = [list(group) for group in cells_to_tables(cells)]
    return sorted(tables, key=lambda t: (min(c[1] for c in t), min(c[0] for c in t)))


def ruled_grid(rects: list[Rect], glyphs: list[Glyph], page: int) -> Grid:
    """A grid over enclosed cells; a glyph belongs to the cell that holds its centre."""
    xs = _positions([c[0] for c in rects] + [c[2] for c in rects])
    ys = _positions([c[1] for c in rects] + [c[3] for c in rects])
    by_rect: dict[Rect, list[Glyph]] = {rect: [] for rect in rects}
    for glyph in glyphs:
        x, y = (glyph.x0 + glyph.x1) / 2, glyph.middle
        for rect in rects:
            if rect[0] <= x < rect[2] and rect[1] <= y < rect[3]:
                by_rect[rect].append(glyph)
                break
    cells: list[Cell] = []
    for rect in sorted(rects, key=lambda c: (c[1], c[0])):
        row, col = _nearest(ys, rect[1]), _nearest(xs, rect[0])
        row_span, col_span = _nearest(ys, rect[3]) - row, _nearest(xs, rect[2]) - col
        if row_span and col_span:
            place = Place(page=page, box=Box(*rect))
            cells.append(Cell(cell_text(by_rect[rect]), row, col, row_span, col_span, place))
    place = Place(page=page, box=Box(xs[0], ys[0], xs[-1], ys[-1]))
    return Grid(len(ys) - 1, len(xs) - 1, cells, place, xs, "ruled")


def _positions(values: list[float]) -> list[float]:
    """Distinct coordinates, those within the snapping distance taken together."""
    out: list[list[float]] = []
    for value in sorted(values):
        if out and value - out[-1][0] <= _SNAP:
            out[-1].append(value)
        else:
            out.append([value])
    return [sum(group) / len(group) for group in out]


def _nearest(positions: list[float], value: float) -> int:
    return min(range(len(positions)), key=lambda i: abs(positions[i] - value))
