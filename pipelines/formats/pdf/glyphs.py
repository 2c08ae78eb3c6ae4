"""Glyphs of a PDF page: which of them a person can see, and how they form lines and words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from pipelines.core.document import Box
from pipelines.formats.pdf.colours import alike
from pipelines.formats.pdf.content import Char, Fill, PageContent

_PAPER = (1.0,)
_SPECK = 0.0008  # of the height of the page: smaller type is no more than dust
_THIN = 3  # points; narrower areas are rules
_STRIP = 20  # points
_WHOLE_AMOUNT = re.compile(r"[-(（]?\d[\d,，]*[.．]\d{2,}[)）]?")
_UPPER_PIECE = re.compile(r"[-(（]?\d[\d,，]*[.．,，]")  # of a number that is wrapped in its cell
_DIGITS = frozenset("0123456789.,%０１２３４５６７８９．，％")


class Glyph(NamedTuple):
    """One visible character and its box."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    middle: float
    """Vertical centre; steadier than the baseline where two fonts disagree about their boxes."""
    turns: int = 0
    """Quarter turns clockwise that would set it upright."""


_MIDDLE = attrgetter("middle")
_LEFT = attrgetter("x0")


def visible_glyphs(page: PageContent) -> list[Glyph]:
    """The characters a person sees: on the page, not in the colour of what lies below, not covered, each once.

    Returns:
        Glyphs in content order; blanks are left out, gaps tell them.
    """
    seen: set[tuple[str, int, int]] = set()
    glyphs: list[Glyph] = []
    x_low, y_low, x_high, y_high = page.shown
    hides = _hiding(page.fills, y_low, y_high)
    smallest = _SPECK * (page.bbox[3] - page.bbox[1])
    for c in page.chars:
        x, y = (c.x0 + c.x1) / 2, (c.top + c.bottom) / 2
        if not (x_low <= x <= x_high and y_low <= y <= y_high) or c.size < smallest or hides(c, x, y):
            continue
        key = (c.text, round(c.x0), round(c.top))  # bold made by printing twice
        if key in seen:
            continue
        seen.add(key)
        glyphs.append(Glyph(c.text, c.x0, c.top, c.x1, c.bottom, c.size, y, c.turns))
    return glyphs


def _hiding(fills: Sequence[Fill], y_low: float, y_high: float) -> Callable[[Char, float, float], bool]:
    """Make a function that tells whether a character is covered, or has the colour of what it stands on.

    Where nobody can tell, on a picture say, it is taken for visible. A fill may reach far beyond the page, which is
    between ``y_low`` and ``y_high``.
    """
    strips: dict[int, list[Fill]] = {}
    for fill in fills:
        if min(fill.x1 - fill.x0, fill.bottom - fill.top) > _THIN:
            top, bottom = max(fill.top, y_low), min(fill.bottom, y_high)
            for strip in range(int(top // _STRIP), int(bottom // _STRIP) + 1):
                strips.setdefault(strip, []).append(fill)
    told: dict[tuple[Any, Any], bool] = {}

    def hides(char: Char, x: float, y: float) -> bool:
        below: Any = _PAPER
        for fill in strips.get(int(y // _STRIP), ()):
            if fill.x0 <= x <= fill.x1 and fill.top <= y <= fill.bottom:
                if fill.order < char.order:
                    below = fill.colour
                elif fill.whole:
                    return True
        pair = (char.colour, below)
        if pair not in told:
            told[pair] = alike(*pair)
        return told[pair]

    return hides


def group_lines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs grouped into lines by their vertical centres, top to bottom, each from left to right."""
    lines: list[list[Glyph]] = []
    centre = tallest = 0.0
    for glyph in sorted(glyphs, key=_MIDDLE):
        height = glyph.bottom - glyph.top
        if lines and abs(glyph.middle - centre) <= max(2.0, 0.42 * min(height, tallest)):
            lines[-1].append(glyph)
            centre += (glyph.middle - centre) / len(lines[-1])
            tallest = max(tallest, height)
        else:
            lines.append([glyph])
            centre, tallest = glyph.middle, height
    return [sorted(line, key=_LEFT) for line in lines]


def line_text(line: Sequence[Glyph]) -> str:
    """Text of a line; a gap of more than a third of the type size becomes a blank."""
    parts: list[str] = []
    for i, glyph in enumerate(line):
        if i and glyph.x0 - line[i - 1].x1 > 0.35 * glyph.size:
            parts.append(" ")
        parts.append(glyph.text)
    return "".join(parts)


def words_of(line: Sequence[Glyph], gap: float = 0.9) -> list[list[Glyph]]:
    """A line cut where the gap exceeds ``gap`` times the type size, or a smaller one ends a number or begins one."""
    words: list[list[Glyph]] = []
    for glyph in line:
        last = words[-1][-1] if words else None
        room = 0.0 if last is None else (glyph.x0 - last.x1) / glyph.size
        if last is None or room > gap or _parts(words[-1], glyph, room):
            words.append([glyph])
        else:
            words[-1].append(glyph)
    return words


def _parts(word: list[Glyph], glyph: Glyph, room: float) -> bool:
    """Whether a small gap between a word and the next glyph parts a number from something else."""
    text = "".join(g.text for g in word) if room > 0.05 else ""
    if text and _WHOLE_AMOUNT.fullmatch(text):
        return room > 0.2 or not _is_digit(glyph)
    if room > 0.3 and _UPPER_PIECE.fullmatch(text):
        return True
    return room > 0.2 and _is_digit(word[-1]) != _is_digit(glyph)


def _is_digit(glyph: Glyph) -> bool:
    return glyph.text in _DIGITS


def box_of(glyphs: Sequence[Glyph]) -> Box:
    """The box around some glyphs."""
    return Box(
        min(g.x0 for g in glyphs),
        min(g.top for g in glyphs),
        max(g.x1 for g in glyphs),
        max(g.bottom for g in glyphs),
    )
