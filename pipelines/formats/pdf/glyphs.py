"""Glyphs of a PDF page: how they form lines and words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from pipelines.core.document import Box

BLANK = 0.35  # of the type size: a wider gap between glyphs is a blank
_SLIP = 2.0  # points that the middles of one line may differ
_SAME_LINE = 0.42  # of the height of the lower one
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


_MIDDLE = attrgetter("middle")
_LEFT = attrgetter("x0")


def group_lines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs grouped into lines by their vertical centres, top to bottom, each from left to right."""
    ordered = sorted(glyphs, key=_MIDDLE)
    if ordered and ordered[-1].middle - ordered[0].middle <= _SLIP:
        return [sorted(ordered, key=_LEFT)]
    lines: list[list[Glyph]] = []
    line: list[Glyph] = []
    centre = tallest = 0.0
    for glyph in ordered:
        middle = glyph.middle
        height = glyph.bottom - glyph.top
        off = middle - centre
        if line and (off <= _SLIP or off <= _SAME_LINE * (height if height < tallest else tallest)):
            line.append(glyph)
            centre += off / len(line)
            tallest = max(tallest, height)
        else:
            line = [glyph]
            lines.append(line)
            centre, tallest = middle, height
    return [sorted(line, key=_LEFT) for line in lines]


def line_text(line: Sequence[Glyph]) -> str:
    """Text of a line; a gap of more than a third of the type size becomes a blank."""
    parts: list[str] = []
    end = math.inf
    for text, x0, _, x1, _, size, _ in line:
        if x0 - end > BLANK * size:
            parts.append(" ")
        parts.append(text)
        end = x1
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
