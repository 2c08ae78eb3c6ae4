"""Seen characters as the glyphs that grids and lines are made of.

A glyph's box is the square of its type about its baseline, whatever its font says of itself. Words that are turned by
90 degrees on an upright page, as headings of narrow columns are, become glyphs side by side in the place of the word.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from pipelines.formats.pdf.geometry import Rect
from pipelines.formats.pdf.glyphs import Glyph
from pipelines.formats.pdf.model import Char
from pipelines.formats.pdf.rulings import Rule

_ABOVE, _BELOW = 0.88, 0.12  # of the type size over and under the baseline: the square of a Chinese character
_MIDDLE = 0.38  # of the type size: the middle of that square over the baseline
_CUT = 0.1  # of the type size: how far in its clip the middle of a cut off character stands at least
_WORD_GAP = 0.35  # of the type size: a wider gap in a turned line is a blank
_LINE_GAP = 1.5  # of the type size: a wider gap in a turned line parts two words
_SPREAD_GAP = 6.0  # of the type size: the same between letters each of which stands alone
_LEADING = 1.7  # of the type size: turned lines further apart are no lines of one word
_USUAL = (4.5, 30.0)  # points: sizes of type that the tolerances of grids are made for
_READ_AS = 9.0  # points: what type outside of that is brought to


class _Turned(NamedTuple):
    """A character in the frame of its writing: ``u`` along the line, ``v`` down from line to line."""

    u: float
    v: float
    char: Char


def scale_of(chars: Sequence[Char]) -> float:
    """What to multiply places with, so that tolerances in points fit the type: 1 for type of a usual size."""
    if not chars:
        return 1.0
    usual = median([c.run.size for c in chars])
    return 1.0 if _USUAL[0] <= usual <= _USUAL[1] else _READ_AS / usual


def glyphs_of(chars: Iterable[Char], rules: Sequence[Rule], scale: float = 1.0) -> list[Glyph]:
    """Glyphs of the seen characters of a page.

    Args:
        chars: Characters.
        rules: Rules of the page; lines of a turned word that a rule parts are two words.
        scale: What all places are multiplied with.

    Returns:
        Glyphs in the order of the characters, turned words last.
    """
    glyphs: list[Glyph] = []
    turned: dict[int, list[Char]] = {}
    keep, new = glyphs.append, tuple.__new__
    for char in chars:
        text, x, y, advance, run, _ = char
        if run.quarter:
            turned.setdefault(run.quarter, []).append(char)
            continue
        size = run.size
        if run.clip is not None:
            y = _within(y, size, run.clip.box)
        if scale != 1.0:
            size, x, y, advance = size * scale, x * scale, y * scale, advance * scale
        glyph = (text, x, y - _ABOVE * size, x + advance, y + _BELOW * size, size, y - _MIDDLE * size)
        keep(new(Glyph, glyph))  # what a named tuple does, without a call in between
    for quarter, some in turned.items():
        for word in _turned_words(some, quarter, rules):
            glyphs += _side_by_side(word, quarter, scale)
    return glyphs


def _within(y: float, size: float, clip: Rect) -> float:
    """The baseline of a character, moved so far that its middle is in its clip.

    A cell of fixed height cuts off the lines that it has no room for; what shows of them is still text of that cell.
    """
    middle = y - _MIDDLE * size
    top, bottom = clip[1] + _CUT * size, clip[3] - _CUT * size
    return y + max(min(middle, bottom), top) - middle


def _turned_words(chars: Sequence[Char], quarter: int, rules: Sequence[Rule]) -> list[list[list[_Turned]]]:
    """Words, each a list of lines, of characters turned by quarters clockwise."""
    framed = sorted((_framed(c, quarter) for c in chars), key=lambda t: t.v)
    rows: list[list[_Turned]] = []
    for one in framed:
        if rows and one.v - rows[-1][-1].v <= 0.4 * one.char.run.size:
            rows[-1].append(one)
        else:
            rows.append([one])
    lines: list[list[_Turned]] = []
    for row in rows:
        row.sort(key=lambda t: t.u)
        gaps = [math.inf, *((b.u - a.u - a.char.advance) / b.char.run.size for a, b in pairwise(row)), math.inf]
        for i, one in enumerate(row):
            is_spread = i > 0 and min(gaps[i - 1], gaps[i + 1]) > _LINE_GAP  # single letters: 合    计
            if gaps[i] > (_SPREAD_GAP if is_spread else _LINE_GAP) or _parted(row[i - 1].char, one.char, rules):
                lines.append([])
            lines[-1].append(one)
    words: list[list[list[_Turned]]] = []
    for line in lines:
        above = next((w for w in words if _continues(w[-1], line, rules)), None)
        if above is None:
            words.append([line])
        else:
            above.append(line)
    return words


def _framed(char: Char, quarter: int) -> _Turned:
    if quarter == 1:
        return _Turned(char.y, -char.x, char)
    return _Turned(-char.x, -char.y, char) if quarter == 2 else _Turned(-char.y, char.x, char)


def _continues(above: Sequence[_Turned], line: Sequence[_Turned], rules: Sequence[Rule]) -> bool:
    size = line[0].char.run.size
    shared = min(above[-1].u, line[-1].u) - max(above[0].u, line[0].u)
    near = 0 < line[0].v - above[0].v <= _LEADING * size and shared > -size
    return near and not _parted(above[0].char, line[0].char, rules)


def _parted(one: Char, other: Char, rules: Sequence[Rule]) -> bool:
    """Whether a rule runs between two characters of a turned word."""
    for rule in rules:
        a, b = (one.y, other.y) if rule.level else (one.x, other.x)
        along = (one.x + other.x) / 2 if rule.level else (one.y + other.y) / 2
        if min(a, b) < rule.at < max(a, b) and rule.start <= along <= rule.stop:
            return True
    return False


def _side_by_side(word: Sequence[Sequence[_Turned]], quarter: int, scale: float) -> list[Glyph]:
    """Glyphs of a turned word, from left to right in the place of the word."""
    boxes = [_box(t.char, quarter) for line in word for t in line]
    x0s, tops, x1s, bottoms = zip(*boxes, strict=True)
    left, right = min(x0s) * scale, max(x1s) * scale
    middle = (min(tops) + max(bottoms)) / 2 * scale
    texts: list[tuple[str, float]] = []
    for line in word:
        for i, one in enumerate(line):
            gap = one.u - line[i - 1].u - line[i - 1].char.advance if i else 0.0
            blank = " " if gap > _WORD_GAP * one.char.run.size else ""
            texts.append((blank + one.char.text, one.char.run.size * scale))
    step = (right - left) / len(texts)
    return [
        Glyph(
            text,
            left + i * step,
            middle - size / 2,
            left + (i + 1) * step,
            middle + size / 2,
            size,
            middle,
        )
        for i, (text, size) in enumerate(texts)
    ]


def _box(char: Char, quarter: int) -> tuple[float, float, float, float]:
    over, under = _ABOVE * char.run.size, _BELOW * char.run.size
    x, y, advance = char.x, char.y, char.advance
    if quarter == 1:
        return x - under, y, x + over, y + advance
    if quarter == 2:
        return x - advance, y - under, x, y + over
    return x - over, y - advance, x + under, y
