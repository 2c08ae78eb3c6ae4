"""Numbers of which a part is cut off, by a cell that is too small or by the edge of the page."""

from __future__ import annotations

from pipelines.formats.pdf.model import Char

CUT_SIGN = "…"
"""Stands where the rest of a number is cut off by a clip or the edge of the page: such a number is not whole."""

CUT_OFF = ("clipped", "off_page")
"""Reasons of `pipelines.formats.pdf.visible` that may take a part of a number."""

_FIGURES = frozenset("0123456789.,，")
_SAME_LINE = 0.2  # of the type size: how far baselines of one line differ
_APART = 0.3  # of the type size: a wider gap parts two numbers
_CELL = 6.0  # type sizes: a clip as high as this is no cell with a number of some lines, but a table or a page
_BELOW = 1.8  # of the type size: how far below a number the rest of it may stand


def is_one_number(one: Char, other: Char) -> bool:
    """Whether a character and the next are of one number: side by side, or broken at the border of a cell."""
    if not (one.text in _FIGURES and other.text in _FIGURES):
        return False
    size = one.run.size
    beside = other.x - one.x - one.advance
    if abs(one.y - other.y) < _SAME_LINE * size:
        return abs(beside) < _APART * size
    return 0 < other.y - one.y < _BELOW * size and _are_in_a_cell(one, other)


def _are_in_a_cell(one: Char, other: Char) -> bool:
    """Whether the clip of the one that is cut off is a cell that holds the other; what fits into it has no clip."""
    clip = one.run.clip or other.run.clip
    if clip is None:
        return False
    x0, top, x1, bottom = clip.box
    holds = any(top < char.y <= bottom for char in (one, other)) and x0 <= one.x <= x1 and x0 <= other.x <= x1
    return holds and bottom - top < _CELL * one.run.size


def cut_beside(char: Char, *, at_end: bool) -> Char:
    """A sign to go with the last or first character that is left of a number: where that is surely in its cell."""
    return char._replace(text=CUT_SIGN, x=char.x if at_end else char.x + char.advance, advance=0.0)
