"""Matrices, boxes and clips of PDF pages as plain tuples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f of x' = ax + cy + e, y' = bx + dy + f."""
Point = tuple[float, float]
Rect = tuple[float, float, float, float]
"""Left, top, right, bottom; in page space left, bottom, right, top."""

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Clip(NamedTuple):
    """What a clipping path lets through: the box around it, and whether that is all of the box."""

    box: Rect
    whole: bool = True


def multiply(inner: Matrix, outer: Matrix) -> Matrix:
    """Give the matrix that applies ``inner`` first, ``outer`` after it."""
    if outer == IDENTITY:
        return inner
    a, b, c, d, e, f = inner
    oa, ob, oc, od, oe, of = outer
    return (
        oa * a + oc * b,
        ob * a + od * b,
        oa * c + oc * d,
        ob * c + od * d,
        oa * e + oc * f + oe,
        ob * e + od * f + of,
    )


def placed(points: Iterable[Point], matrix: Matrix) -> list[Point]:
    """Apply a matrix to points."""
    a, b, c, d, e, f = matrix
    return [(a * x + c * y + e, b * x + d * y + f) for x, y in points]


def box_around(points: Iterable[Point]) -> Rect:
    """Give the smallest box around points."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def common(one: Rect, other: Rect) -> Rect:
    """Give what two boxes share; right is left of left where they share nothing."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def both(one: Clip | None, other: Clip | None) -> Clip | None:
    """Give what two clips let through together."""
    if one is None or other is None:
        return one or other
    return Clip(common(one.box, other.box), one.whole and other.whole)


def display(box: Rect, quarters: int) -> tuple[Matrix, float, float]:
    """Give the matrix from page space to the page as it is read, and its width and height.

    Args:
        box: The part of the page that is displayed: left, bottom, right, top, in points.
        quarters: Quarter turns clockwise.

    Returns:
        A matrix whose y runs down from the top left, the width and the height in points.
    """
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    if quarters == 1:
        return (0.0, 1.0, 1.0, 0.0, -bottom, -left), height, width
    if quarters == 2:
        return (-1.0, 0.0, 0.0, 1.0, right, -bottom), width, height
    if quarters == 3:
        return (0.0, -1.0, -1.0, 0.0, top, right), height, width
    return (1.0, 0.0, 0.0, -1.0, -left, top), width, height


def placed_clip(clip: Clip, matrix: Matrix) -> Clip:
    """Apply a matrix of quarter turns to a clip; one that lets nothing through stays such."""
    x0, y0, x1, y1 = clip.box
    if x0 > x1 or y0 > y1:
        return Clip((1.0, 1.0, 0.0, 0.0), whole=True)
    return Clip(box_around(placed([(x0, y0), (x1, y1)], matrix)), clip.whole)
