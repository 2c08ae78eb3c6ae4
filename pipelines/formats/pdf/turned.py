"""Headings turned by 90 degrees, set level in their place so that they are read like all others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipelines.formats.pdf.glyphs import Glyph, box_of

_SIDES = frozenset({1, 3})  # quarter turns of type that lies on its side
_SAME_COLUMN = 0.5  # of the type size that middles of one turned line may differ
_NEXT_LINE = 0.7  # of the type size between two lines of one turned heading
_BREAK = 2.0  # type sizes between two headings one over the other


def set_level(glyphs: Sequence[Glyph], uprights: Sequence[float]) -> list[Glyph]:
    """Replace every turned heading by one level line over its box.

    Args:
        glyphs: In content order.
        uprights: Where upright rulings stand, in points from the left: lines on two sides of one are two headings.

    Returns:
        The glyphs; level ones as they are.
    """
    lying = [g for g in glyphs if g.turns in _SIDES]
    if not lying:
        return list(glyphs)
    level = [g for g in glyphs if g.turns not in _SIDES]
    for turns in _SIDES:
        lines = _turned_lines([g for g in lying if g.turns == turns])
        for heading in _headings(lines, uprights):
            level += _level([g for line in (heading if turns == 1 else reversed(heading)) for g in line])
    return level


def _turned_lines(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Lines of turned type from left to right, each in the order it is written in."""
    columns: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: g.x0 + g.x1):
        last = columns[-1][0] if columns else None
        if last is not None and abs(last.x0 + last.x1 - glyph.x0 - glyph.x1) < 2 * _SAME_COLUMN * glyph.size:
            columns[-1].append(glyph)
        else:
            columns.append([glyph])
    lines: list[list[Glyph]] = []
    for column in columns:
        column.sort(key=lambda g: g.top)
        lines.append(column[:1])
        for last, glyph in pairwise(column):
            if glyph.top - last.bottom < _BREAK * glyph.size:
                lines[-1].append(glyph)
            else:
                lines.append([glyph])
    return [line[::-1] if line[0].turns == 1 else line for line in lines]  # one turn sets upright what runs upwards


def _headings(lines: list[list[Glyph]], uprights: Sequence[float]) -> list[list[list[Glyph]]]:
    """Turned lines side by side that are one heading."""
    headings: list[list[list[Glyph]]] = []
    for line in lines:
        box = box_of(line)
        near = None
        for heading in headings:
            last = box_of(heading[-1])
            meets = last.top < box.bottom and box.top < last.bottom
            parted = any(last.x1 - 1 <= x <= box.x0 + 1 for x in uprights)
            if meets and not parted and box.x0 - last.x1 < _NEXT_LINE * line[0].size:
                near = heading
        if near is None:
            headings.append([line])
        else:
            near.append(line)
    return headings


def _level(heading: list[Glyph]) -> list[Glyph]:
    """The glyphs of a heading side by side over its box, in a single line."""
    box = box_of(heading)
    step, middle = (box.x1 - box.x0) / len(heading), (box.top + box.bottom) / 2
    return [
        Glyph(g.text, box.x0 + i * step, box.top, box.x0 + (i + 1) * step, box.bottom, g.size, middle)
        for i, g in enumerate(heading)
    ]
