"""Outlines of characters: some producers draw bold type as characters and strokes around them, which are no rules."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.formats.pdf.geometry import Point, Rect
from pipelines.formats.pdf.model import Char, PageModel, Shape

_STRIP = 20.0  # points; characters are looked up by strips of this height
_ABOVE, _BELOW, _BESIDE = 1.1, 0.35, 0.2  # of the type size: how far a character reaches around its baseline
_FEWEST_POINTS = 4  # of an outline; what has fewer is a stroke
_LARGEST = 100.0  # points: no type is as large


def shapes_but_outlines(page: PageModel) -> list[Shape]:
    """Give the shapes of a page without the closed strokes that stay within one character, for these draw it."""
    bodies: dict[int, list[Rect]] | None = None
    kept: list[Shape] = []
    for shape in page.shapes:
        if not shape.stroked or shape.filled or not any(map(_may_outline, shape.parts, shape.boxes)):
            kept.append(shape)
            continue
        bodies = _bodies(page.chars) if bodies is None else bodies
        outside = [
            (part, box)
            for part, box in zip(shape.parts, shape.boxes, strict=True)
            if not (_may_outline(part, box) and _is_within(box, bodies))
        ]
        if outside:
            parts, boxes = zip(*outside, strict=True)
            kept.append(shape._replace(parts=parts, boxes=boxes))
    return kept


def _may_outline(part: Sequence[Point], box: Rect) -> bool:
    closed = len(part) >= _FEWEST_POINTS and part[0] == part[-1]
    return closed and box[2] - box[0] < _LARGEST and box[3] - box[1] < _LARGEST


def _is_within(box: Rect, bodies: dict[int, list[Rect]]) -> bool:
    x0, top, x1, bottom = box
    near = bodies.get(int((top + bottom) / 2 // _STRIP), ())
    return any(b[0] <= x0 and x1 <= b[2] and b[1] <= top and bottom <= b[3] for b in near)


def _bodies(chars: Sequence[Char]) -> dict[int, list[Rect]]:
    """The places of painted characters, by the strips of the page that they reach into."""
    found: dict[int, list[Rect]] = {}
    for char in chars:
        if char.run.painted and char.run.size < _LARGEST:
            body = _body(char)
            for strip in range(int(body[1] // _STRIP), int(body[3] // _STRIP) + 1):
                found.setdefault(strip, []).append(body)
    return found


def _body(char: Char) -> Rect:
    size, quarter = char.run.size, char.run.quarter
    above, below, beside = _ABOVE * size, _BELOW * size, _BESIDE * size
    before, after = (beside, char.advance + beside) if quarter in {0, 1} else (char.advance + beside, beside)
    if quarter in {0, 2}:
        up, down = (above, below) if quarter == 0 else (below, above)
        return char.x - before, char.y - up, char.x + after, char.y + down
    left, right = (below, above) if quarter == 1 else (above, below)
    return char.x - left, char.y - before, char.x + right, char.y + after
