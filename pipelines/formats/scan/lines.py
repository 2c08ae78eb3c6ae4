"""Rulings of a picture: long level and upright strokes of ink, taken out of it so that type stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipelines.formats.scan.mending import TOUCH, Line, joined, mended, one_of, wiped
from pipelines.formats.scan.picture import PAPER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[Any]

_INK = 70  # of 255 greys below paper: hairlines blurred by a scanner are no darker
_FAINT = 30  # of 255 greys that a faint ruling is darker than what lies on either side of it; noise is half of that
_RIDGE = 0.045  # inches on either side: wider than a ruling
_LEVEL = 0.4  # inches: shorter level strokes are strokes of large type
_UPRIGHT = 0.17  # inches: rows are higher, strokes of the type in them shorter
_GAP = 0.02  # inches of a break in a ruling, by noise or a light press
_THICK = 0.035  # inches; what is thicker is a bar, or black border of a scan
_SLANT = 0.004  # of its length that a ruling may lean after the page was set level
_MOST_STROKES = 5_000  # of one direction; the densest table has some hundreds
_AROUND = 1  # pixels beside a ruling that are of it
_LONG = 1.5  # inches: shorter level strokes are rulings only from one upright ruling to another; bold type joins up
_HIGH = 0.45  # inches: shorter upright strokes are rulings only from one level ruling to another, longer ones if they
# meet one: the strokes of a title are as long


def lines_of(grey: Image, dpi: float) -> tuple[list[Line], Image]:
    """Find the rulings of a picture.

    Args:
        grey: Dark on white, level.
        dpi: Its pixels per inch.

    Returns:
        The rulings, and the picture without them.
    """
    import cv2
    import numpy as np

    plain = grey.copy()
    ink = (grey < PAPER - _INK).astype(np.uint8)
    level = _strokes(ink, dpi, _LEVEL, level=True)
    level += _strokes(_ridges(grey, dpi, level=True), dpi, _LONG, level=True)
    upright = _strokes(ink, dpi, _UPRIGHT, level=False)
    upright += _strokes(_ridges(grey, dpi, level=False), dpi, _HIGH, level=False)
    level, upright = _joined(level, upright, dpi), _joined(upright, level, dpi)
    upright = [one for one in upright if _is_ruling(one[0], [line for line, _ in level], _HIGH * dpi, dpi)]
    level = [one for one in level if _is_ruling(one[0], [line for line, _ in upright], _LONG * dpi, dpi)]
    upright = [one for one in upright if _is_ruling(one[0], [line for line, _ in level], _HIGH * dpi, dpi)]
    for _, masks in [*level, *upright]:
        for x, y, mask in masks:
            reach = 2 * _AROUND + 1
            wide = cv2.dilate(np.pad(mask, _AROUND), np.ones((reach, reach), np.uint8))
            top, left = max(y - _AROUND, 0), max(x - _AROUND, 0)
            wide = wide[top - y + _AROUND :, left - x + _AROUND :]
            piece = plain[top : top + wide.shape[0], left : left + wide.shape[1]]
            piece[wide[: piece.shape[0], : piece.shape[1]] > 0] = PAPER
    broken = [line for line, _ in [*level, *upright]]
    whole = mended([line for line, _ in level], [line for line, _ in upright], grey, dpi)
    rulings = [*whole[0], *whole[1]]
    wiped(plain, broken, rulings, dpi)
    return rulings, plain


_Mask = tuple[int, int, "Image"]
"""Where a piece of a picture stands, and which of its pixels are meant."""


_Stroke = tuple[Line, "list[_Mask]"]
"""A ruling and its pixels, piece by piece."""


def _joined(strokes: Sequence[_Stroke], across: Sequence[_Stroke], dpi: float) -> list[_Stroke]:
    """Strokes, the pieces of one ruling put together."""
    lines = [line for line, _ in strokes]
    return [
        (one_of([lines[n] for n in numbers]), [mask for n in numbers for mask in strokes[n][1]])
        for numbers in joined(lines, [line for line, _ in across], dpi)
    ]


def _ridges(grey: Image, dpi: float, *, level: bool) -> Image:
    """Pixels that are a little darker than those on either side: rulings so faint, or beside shaded cells."""
    import cv2
    import numpy as np

    beside = max(round(_RIDGE * dpi), 3) | 1
    ridge = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((beside, 1) if level else (1, beside), np.uint8))
    faint: Image = (ridge > _FAINT).astype(np.uint8)
    return faint


def _strokes(ink: Image, dpi: float, least: float, *, level: bool) -> list[_Stroke]:
    """Long thin strokes of one direction."""
    import cv2
    import numpy as np

    long, gap = max(round(least * dpi), 3), max(round(_GAP * dpi), 1)
    shape, across = ((1, long), (1, gap)) if level else ((long, 1), (gap, 1))
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones(across, np.uint8))
    strokes = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
    # a ruling that leans by a pixel is two strokes that touch
    count, labels, sizes, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    found: list[_Stroke] = []
    for label in range(1, min(count, _MOST_STROKES)):
        line = _line(sizes[label], level, dpi)
        if line is not None:
            x, y, width, height, _area = (int(v) for v in sizes[label])
            mask = (labels[y : y + height, x : x + width] == label).astype(np.uint8)
            found.append((line, [(x, y, mask)]))
    return found


def _is_ruling(stroke: Line, across: list[Line], long: float, dpi: float) -> bool:
    """Whether a stroke is very long, is long and meets a ruling, or goes from one to another; else it is type."""
    length, near = stroke.stop - stroke.start, TOUCH * dpi
    if length >= _LONG * dpi:
        return True
    met = [
        line.at
        for line in across
        if line.start - near <= stroke.at <= line.stop + near and stroke.start - near <= line.at <= stroke.stop + near
    ]
    if length >= long:
        return bool(met)
    return all(any(abs(at - end) <= near for at in met) for end in (stroke.start, stroke.stop))


def _line(size: Any, level: bool, dpi: float) -> Line | None:
    x, y, width, height, area = (int(v) for v in size)
    length, across = (width, height) if level else (height, width)
    thickness = area / length
    if thickness > _THICK * dpi or across > thickness + 2 + _SLANT * length + _THICK * dpi / 2:
        return None
    if level:
        return Line(True, y + height / 2, x, x + width, thickness)
    return Line(False, x + width / 2, y, y + height, thickness)
