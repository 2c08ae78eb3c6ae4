"""A picture of a page made ready to be read: red seals and shadows taken away, set level."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[Any]

PAPER = 255
_RED = 45  # of 255: how much red outshines green and blue in the ink of a seal, pale ink too
_SEAL = 0.6  # inches: red marks of less are writing, and red figures are figures
_GROUND = 0.12  # inches: wider than a stroke of any type, narrower than a shadow
_DARKEST_GROUND = 40  # of 255: darker areas are bars or black borders, and are left as they are
_COARSE = 0.25  # of the resolution at which the ground is looked at
_SKEW_PIXELS = 900  # of the longer side when the lean of a page is measured
_MOST_SKEW = 6.0  # degrees; pages lie askew by less, photographs by more
_COARSE_STEP, _FINE_STEP = 0.5, 0.05  # degrees
_STRAIGHT = 0.04  # degrees: over the width of a page less than a ruling is thick


def without_seals(colour: Image, dpi: float) -> Image:
    """Give the greys of a picture of red, green and blue, large red marks taken for paper.

    Black type under a seal stays: where both overlap, red is dark too.
    """
    import cv2
    import numpy as np

    grey: Image = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY)
    red = colour[:, :, 0]
    others = np.maximum(colour[:, :, 1], colour[:, :, 2])
    marks = (red.astype(np.int16) - others > _RED).astype(np.uint8)
    if not marks.any():
        return grey
    reach = max(round(0.05 * dpi), 1)
    joined = cv2.dilate(marks, np.ones((reach, reach), np.uint8))
    count, _, sizes, _ = cv2.connectedComponentsWithStats(joined)
    for x, y, width, height, _area in sizes[1:count]:
        if min(width, height) >= _SEAL * dpi:
            piece = np.s_[y : y + height, x : x + width]
            grey[piece] = np.where(joined[piece] > 0, red[piece], grey[piece])
    return grey


def without_shadows(grey: Image, dpi: float) -> Image:
    """Make paper white wherever a shadow, a tint or a shaded cell lies on it; type stays as dark as it was to it."""
    import cv2
    import numpy as np

    small = cv2.resize(grey, None, fx=_COARSE, fy=_COARSE, interpolation=cv2.INTER_AREA)
    reach = max(round(_GROUND * dpi * _COARSE), 1) | 1
    ground = cv2.medianBlur(cv2.dilate(small, np.ones((reach, reach), np.uint8)), reach)
    ground = cv2.resize(ground, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    ground = np.where(ground < _DARKEST_GROUND, PAPER, ground).astype(np.uint8)
    lit: Image = cv2.divide(grey, ground, scale=PAPER)
    return lit


def skew_of(grey: Image) -> float:
    """By how many degrees clockwise a page leans: where its rows of ink stand out most when it is set level."""
    import cv2
    import numpy as np

    scale = min(_SKEW_PIXELS / max(grey.shape), 1.0)
    ink = PAPER - cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float32)
    ink[ink < 0.2 * PAPER] = 0

    def sharpness(angle: float) -> float:
        rows = turned(ink, -angle, 0).sum(axis=1)
        return float(np.square(np.diff(rows)).sum())

    best = max(np.arange(-_MOST_SKEW, _MOST_SKEW + _COARSE_STEP, _COARSE_STEP), key=sharpness)
    near = np.arange(best - _COARSE_STEP, best + _COARSE_STEP + _FINE_STEP / 2, _FINE_STEP)
    return round(float(max(near, key=sharpness)), 2) or 0.0


def turned(picture: Image, degrees: float, ground: int = PAPER) -> Image:
    """Turn a picture clockwise about its middle, its size kept."""
    import cv2

    if abs(degrees) < _STRAIGHT:
        return picture
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1.0)
    level: Image = cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=ground)
    return level


def turned_point(x: float, y: float, width: float, height: float, degrees: float) -> tuple[float, float]:
    """Where a point of a page stands when the page is turned clockwise about its middle."""
    across, down = x - width / 2, y - height / 2
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return width / 2 + across * cos - down * sin, height / 2 + across * sin + down * cos
