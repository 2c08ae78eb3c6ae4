"""Where the cells of a row end whose words stand in lines without column marks.

A cell goes on only after a line as wide as its column, and lines set directly under each other are different cells when
the rest of the dump parts its lines by blank ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from pipelines.core.document import Place
from pipelines.core.folding import key
from pipelines.performance.row import words

NUMBER = re.compile(r"[≥≤<>=]?\s*\d[\d.,]*")
"""A number with the sign of its target."""

_RAGGED = 1.5
"""Characters by which a full line may fall short: a word or a number is not broken."""

_FULL_VALUE = 3.0
"""Width of a full line of a column of values, in characters: these columns are narrow."""

_WIDE = 0.75
"""Share of a full line of the indicator from which on a word is too wide for a column of values."""

_LONGEST_VALUE, _LONGEST_ENDING = 8, 6
"""Width of a text that is a value by a word at its start (达到100%以上), or by one further on (基本完成)."""

# Cells and cuts are weighed in points against each other.
_SAME_LINE, _NEXT_LINE, _AFTER_FULL, _AFTER_SHORT = -1.0, -3.0, 1.0, -3.0
"""That a word goes on with a cell: after a space in its line, on the line set directly below, on a line further down
after a full one, or after a short one."""

_TOO_WIDE, _NUMBER_IN_NAME = 2.0, 1.0
"""What a word too wide costs a value, and a number at the start of a line the indicator."""

_CUT_AT_VALUE, _CUT_IN_LINE, _CUT_AT_LINE, _CUT_AFTER_FULL = 0.5, -1.0, 1.0, -0.5
"""That a cell begins: before a value in a line, before another word in it, on the line directly below, after a full
line that no full stop ends."""

_VALUE, _NO_VALUE = 1.0, -1.0
"""A cell after the indicator that looks like a value, or does not."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word: how it is parted from the one before (``space``, ``line``, ``blank``), and its line's width."""

    text: str
    place: Place
    parted: str
    width: float = 0.0
    words: bool = False
    """Whether the line the word ends says more than values."""
    flat: bool = False


def cut(tokens: list[Token], values: int, full: float) -> list[list[str]]:
    """Cut the words of a row into the indicator and at most ``values`` values, at the least cost."""
    # best[cuts so far, last cut]: score with the current word in the last cell, and the cuts that lead there
    best: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {(0, 0): (0.0, ())}
    for i in range(1, len(tokens)):
        after: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {}
        for (cell, start), (score, cuts) in best.items():
            after[cell, start] = (score + _going_on(tokens, i, cell, full), cuts)
            parted = score + _parting(tokens, i, cell, full) + (_worth(tokens, start, i) if cell else 0.0)
            if cell < values and parted > after.get((cell + 1, i), (float("-inf"), ()))[0]:
                after[cell + 1, i] = (parted, (*cuts, i))
        best = after
    _, cuts = max(
        (score + (_worth(tokens, start, len(tokens)) if cell else 0.0), cuts)
        for (cell, start), (score, cuts) in best.items()
    )
    edges = [0, *cuts, len(tokens)]
    return [[t.text for t in tokens[a:b]] for a, b in pairwise(edges)]


def _going_on(tokens: list[Token], i: int, cell: int, full: float) -> float:
    """What it is worth that a word goes on with the cell of the word before it."""
    token, before = tokens[i], tokens[i - 1]
    wide = _TOO_WIDE if cell and width(token.text) > full * _WIDE else 0.0
    if token.parted == "space":
        return (_SAME_LINE if cell else 0.0) - wide
    if token.parted == "line":
        return _NEXT_LINE - wide
    if cell == 0 and NUMBER.match(key(token.text)):
        wide = _NUMBER_IN_NAME
    return (_AFTER_FULL if _is_full(before, cell, full) else _AFTER_SHORT) - wide


def _parting(tokens: list[Token], i: int, cell: int, full: float) -> float:
    """What it is worth that a cell begins with a word."""
    token, before = tokens[i], tokens[i - 1]
    if token.parted == "space":
        return _CUT_AT_VALUE if like_value(token.text) else _CUT_IN_LINE
    if token.parted == "line":
        return _CUT_AT_LINE
    return _CUT_AFTER_FULL if _is_full(before, cell, full) and not before.text.endswith("。") else 0.0


def _is_full(token: Token, cell: int, full: float) -> bool:
    """Whether a line is as wide as its column: the indicator's, or that of a value."""
    return token.width >= (_FULL_VALUE if cell else full - _RAGGED)


def _worth(tokens: list[Token], start: int, stop: int) -> float:
    """What a value is worth that is made of these words."""
    return _VALUE if like_value("".join(t.text for t in tokens[start:stop])) else _NO_VALUE


def width(text: str) -> float:
    """Width of a text in Chinese characters."""
    return sum(0.5 if ord(c) < 0x2000 else 1.0 for c in text)


def like_value(text: str) -> bool:
    """Whether a text looks like a value: a number with its unit, or words such as 及时 and 完成."""
    folded = key(text)
    if re.fullmatch(r"[≥≤<>=]?\d[\d.,]*(?:%|[^%]{0,4})", folded):
        return True
    found = words().values.search(folded)
    return found is not None and width(text) <= (_LONGEST_VALUE if found.start() == 0 else _LONGEST_ENDING)
