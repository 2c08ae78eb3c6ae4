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
_BELOW = 1.8  # of the type size: how far below a number the rest of it may stand


def is_one_number(one: Char, other: Char) -> bool:
    """Whether a character and the next are of one number: side by side, or broken at the border of a cell."""
    if not (one.text in _FIGURES and other.text in _FIGURES):
        return False
    size = one.run.size
    beside = other.x - one.x - one.advance
    if abs(one.y - other.y) < _SAME_LINE * size:
        return abs(beside) < _APART * size
    return one.run.clip is not None and one.run.clip == other.run.clip and 0 < other.y - one.y < _BELOW * size


def cut_beside(char: Char, *, at_end: bool) -> Char:
    """A sign to go with the last or first character that is left of a number: where that is surely in its cell."""
    return char._replace(text=CUT_SIGN, x=char.x if at_end else char.x + char.advance, advance=0.0)
