"""Glyphs of a PDF page: which of them a person can see, and how they form lines and words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from pipelines.extract.content import PageContent
from pipelines.extract.document import Box

_PALE = 0.93  # a component above this on paper is as good as white
_WHOLE_AMOUNT = re.compile(r"[-(（]?\d[\d,]*\.\d{2,}[)）]?")


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


_MIDDLE = attrgetter("middle")
_LEFT = attrgetter("x0")


def is_pale(colour: Any) -> bool:
    """Whether a PDF colour is white or nearly so (grey, RGB or CMYK components; unknown colours are not)."""
    try:
        return _known_pale(colour)
    except TypeError:  # a colour that is a list
        return _pale(colour)


@lru_cache(1024)
def _known_pale(colour: Any) -> bool:
    """Documents use few colours: each is judged once."""
    return _pale(colour)


def _pale(colour: Any) -> bool:
    if isinstance(colour, (int, float)):
        colour = (colour,)
    if not isinstance(colour, Sequence) or not colour or not all(isinstance(c, (int, float)) for c in colour):
        return False
    if len(colour) == 4:
        return all(c <= 1 - _PALE for c in colour)
    return all(c >= _PALE for c in colour)


def visible_glyphs(page: PageContent) -> list[Glyph]:
    """The characters a person sees: on the page, not white on white, not under a picture, each once.

    Returns:
        Glyphs in content order; blanks are left out, gaps tell them.
    """
    dark = [r for r in page.rects if r.fill and not is_pale(r.fill_colour) and min(r.x1 - r.x0, r.bottom - r.top) > 3]
    seen: set[tuple[str, int, int]] = set()
    glyphs: list[Glyph] = []
    pictures = page.pictures
    x_low, y_low, x_high, y_high = page.shown
    for c in page.chars:
        x, y = (c.x0 + c.x1) / 2, (c.top + c.bottom) / 2
        if not (x_low <= x <= x_high and y_low <= y <= y_high):
            continue
        if is_pale(c.colour) and not any(r.x0 <= x <= r.x1 and r.top <= y <= r.bottom for r in dark):
            continue
        if pictures and any(p.order > c.order and p.x0 <= x <= p.x1 and p.top <= y <= p.bottom for p in pictures):
            continue
        key = (c.text, round(c.x0), round(c.top))  # bold made by printing twice
        if key in seen:
            continue
        seen.add(key)
        glyphs.append(Glyph(c.text, c.x0, c.top, c.x1, c.bottom, c.size, y))
    return glyphs


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
    if room > 0.05 and _WHOLE_AMOUNT.fullmatch("".join(g.text for g in word)):
        return room > 0.2 or not _is_digit(glyph)
    return room > 0.2 and _is_digit(word[-1]) != _is_digit(glyph)


def _is_digit(glyph: Glyph) -> bool:
    return glyph.text in "0123456789.,%"


def box_of(glyphs: Sequence[Glyph]) -> Box:
    """The box around some glyphs."""
    return Box(
        min(g.x0 for g in glyphs),
        min(g.top for g in glyphs),
        max(g.x1 for g in glyphs),
        max(g.bottom for g in glyphs),
    )


def cell_text(glyphs: Iterable[Glyph]) -> str:
    """Text of a cell: its lines in order, joined by a newline."""
    return "\n".join([line_text(line) for line in group_lines(glyphs)])
