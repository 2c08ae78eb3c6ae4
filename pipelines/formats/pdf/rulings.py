"""Ruling lines of a PDF page: the visible ones, with open ends of tables closed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from pdfplumber.table import merge_edges

from pipelines.formats.pdf.colours import is_pale
from pipelines.formats.pdf.content import PageContent

_THIN = 3.0  # a rectangle not wider than this is a drawn line
_SNAP = 3.0
_MIN_EDGE = 4.0

Edge = dict[str, Any]


def ruling_edges(page: PageContent) -> list[Edge]:
    """Visible rules of a page as pdfplumber edges, snapped and joined, inside the page.

    White fills that lie behind text and grey shading shatter a grid if their borders count, so a filled
    rectangle is a rule only when it is thin, and a stroked one gives its four sides.
    """
    edges: list[Edge] = []
    for line in page.lines:
        if line.stroke and not is_pale(line.stroke_colour):
            edges += _segment(line.x0, line.top, line.x1, line.bottom)
    for rect in page.rects:
        if rect.stroke and not is_pale(rect.stroke_colour):
            edges += _sides(rect.x0, rect.top, rect.x1, rect.bottom)
        elif rect.fill and not is_pale(rect.fill_colour) and min(rect.x1 - rect.x0, rect.bottom - rect.top) <= _THIN:
            edges += _segment(rect.x0, rect.top, rect.x1, rect.bottom)
    for curve in page.curves:
        if curve.stroke and not is_pale(curve.stroke_colour):
            for (ax, ay), (bx, by) in pairwise(curve.points):
                edges += _segment(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
    clipped = [e for e in (_clip(e, page.bbox) for e in edges) if e is not None]
    merged = merge_edges(clipped, _SNAP, _SNAP, _SNAP, _SNAP)
    long = [e for e in merged if max(e["x1"] - e["x0"], e["bottom"] - e["top"]) >= _MIN_EDGE]
    return _close_open_ends(long)


def _edge(orientation: str, x0: float, top: float, x1: float, bottom: float) -> Edge:
    return {
        "object_type": "line",
        "orientation": orientation,
        "x0": x0,
        "top": top,
        "x1": x1,
        "bottom": bottom,
        "width": x1 - x0,
        "height": bottom - top,
    }


def _segment(x0: float, top: float, x1: float, bottom: float) -> list[Edge]:
    if bottom - top <= _THIN and x1 - x0 > bottom - top:
        y = (top + bottom) / 2
        return [_edge("h", x0, y, x1, y)]
    if x1 - x0 <= _THIN and bottom - top > x1 - x0:
        x = (x0 + x1) / 2
        return [_edge("v", x, top, x, bottom)]
    return []


def _sides(x0: float, top: float, x1: float, bottom: float) -> list[Edge]:
    if min(x1 - x0, bottom - top) <= _THIN:
        return _segment(x0, top, x1, bottom)
    return [
        _edge("h", x0, top, x1, top),
        _edge("h", x0, bottom, x1, bottom),
        _edge("v", x0, top, x0, bottom),
        _edge("v", x1, top, x1, bottom),
    ]


def _clip(edge: Edge, bbox: tuple[float, float, float, float]) -> Edge | None:
    x0, top, x1, bottom = bbox
    if edge["x1"] < x0 or edge["x0"] > x1 or edge["bottom"] < top or edge["top"] > bottom:
        return None
    if edge["x0"] >= x0 and edge["x1"] <= x1 and edge["top"] >= top and edge["bottom"] <= bottom:
        return edge
    return _edge(
        edge["orientation"],
        max(edge["x0"], x0),
        max(edge["top"], top),
        min(edge["x1"], x1),
        min(edge["bottom"], bottom),
    )


def _close_open_ends(edges: list[Edge]) -> list[Edge]:
    """Add the rule that a table lost at a page break, or never had at its sides.

    Where several parallel rules end on one line and nothing crosses them there, the missing rule is drawn, so
    that the outermost row or column becomes a cell.
    """
    vertical = [e for e in edges if e["orientation"] == "v"]
    horizontal = [e for e in edges if e["orientation"] == "h"]
    added: list[Edge] = []
    for end in ("top", "bottom"):
        for ends in _clusters(vertical, end):
            y = sum(e[end] for e in ends) / len(ends)
            x0, x1 = min(e["x0"] for e in ends), max(e["x0"] for e in ends)
            along = [(e["x0"], e["x1"]) for e in horizontal if abs(e["top"] - y) <= _SNAP + 1]
            if len(ends) >= 3 and x1 - x0 > 40 and not _covered(along, x0, x1):
                added.append(_edge("h", x0, y, x1, y))
    for end in ("x0", "x1"):
        for ends in _clusters(horizontal, end):
            x = sum(e[end] for e in ends) / len(ends)
            y0, y1 = min(e["top"] for e in ends), max(e["top"] for e in ends)
            along = [(e["top"], e["bottom"]) for e in vertical if abs(e["x0"] - x) <= _SNAP + 1]
            if len(ends) >= 3 and y1 - y0 > 10 and not _covered(along, y0, y1):
                added.append(_edge("v", x, y0, x, y1))
    return edges + added


def _clusters(edges: list[Edge], end: str) -> list[list[Edge]]:
    groups: list[list[Edge]] = []
    for edge in sorted(edges, key=lambda e: e[end]):
        if groups and edge[end] - groups[-1][-1][end] <= _SNAP:
            groups[-1].append(edge)
        else:
            groups.append([edge])
    return groups


def _covered(pieces: list[tuple[float, float]], low: float, high: float) -> bool:
    """Whether pieces of rules on one line cover most of the span from ``low`` to ``high``."""
    return sum(max(0.0, min(stop, high) - max(start, low)) for start, stop in pieces) >= 0.6 * (high - low)
