"""Which lines of a text that is laid out go on with the line above, or belong to the one below: wrapped names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NUMBER = re.compile(r"(?<!\S)[-(（]?\d[\d,]*\.\d+[)）]?(?!\S)")
Widths = Callable[[str], int]
"""Columns of a sign."""

_ROW, _LINE, _NEAR = 2.0, 1.4, 1.1  # type sizes from line to line: of numbers, of words alone, within a row
_PIECE = re.compile(r"\S+(?: \S+)*")
_FIGURES = re.compile(r"[-(（]?\d[\d,.]*[)）]?%?")
_OWN_ROW = re.compile(
    r"[一二三四五六七八九十]+[、.．]|[(（][一二三四五六七八九十\d]+[)）]|\d+[、.．]\D|.*[，。；：:]|.*(?:合计|总计|小计)$"
)
"""What begins a row, or is none of a table."""

_TOTAL = re.compile("(?:合计|总计|小计)$")

_SLIP = 1  # columns that the lines of a name may begin off each other
_FULL = 0.8  # of the longest piece that begins at a column: a name as long as that may go on
_REACH = 40  # lines above and below in which that is looked for


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    stop: int
    text: str
    is_figure: bool


def steps(lines: Sequence[str], widths: Widths) -> list[float]:
    """Give the distance of each line from the one above, in type sizes."""
    pieces = [_pieces(line, widths) for line in lines]
    up = [_goes_on(pieces, i) for i in range(len(lines))]
    down = [not up[i] and _belongs_below(pieces, i) for i in range(len(lines))]
    found = []
    for i in range(len(lines)):
        numbers = any(p.is_figure for p in (pieces[i] + pieces[i - 1] if i else pieces[i]))
        near = up[i] or (i > 0 and down[i - 1])
        found.append(_NEAR if near else _ROW if numbers else _LINE)
    return found


def _pieces(line: str, widths: Widths) -> list[_Piece]:
    found = []
    for piece in _PIECE.finditer(line):
        start = sum(map(widths, line[: piece.start()]))
        text = piece.group()
        found.append(_Piece(start, start + sum(map(widths, text)), text, _FIGURES.fullmatch(text) is not None))
    return found


def _is_words(pieces: Sequence[_Piece]) -> bool:
    return bool(pieces) and not any(p.is_figure or _OWN_ROW.match(p.text) for p in pieces)


def _goes_on(pieces: Sequence[list[_Piece]], i: int) -> bool:
    """Whether every piece of a line goes on with one above, which fills its column, or names numbers without a name."""
    if i == 0 or not _is_words(pieces[i]) or not pieces[i - 1]:
        return False
    row = i - 1
    while row > 0 and _is_words(pieces[row]) and pieces[row - 1]:
        row -= 1
    if not any(p.is_figure for p in pieces[row]):
        return False
    return all(_is_rest(piece, pieces, i) for piece in pieces[i])


def _is_rest(piece: _Piece, pieces: Sequence[list[_Piece]], i: int) -> bool:
    above = [p for p in pieces[i - 1] if p.start < piece.stop and piece.start < p.stop]
    if not above:
        return all(p.is_figure for p in pieces[i - 1])
    (first, *others) = above
    if others or first.is_figure or abs(first.start - piece.start) > _SLIP:
        return False
    if _TOTAL.search(first.text):  # stands by itself
        return False
    near = pieces[max(0, i - _REACH) : i + _REACH]
    longest = max(p.stop - p.start for line in near for p in line if abs(p.start - piece.start) <= _SLIP)
    return first.stop - first.start >= max(_FULL * longest, piece.stop - piece.start)


def _belongs_below(pieces: Sequence[list[_Piece]], i: int) -> bool:
    """Whether a line of words stands above numbers that have no name of their own."""
    if i + 1 >= len(pieces) or not _is_words(pieces[i]):
        return False
    below = pieces[i + 1]
    if not any(p.is_figure and "." in p.text for p in below) or any(not p.is_figure for p in below):
        return False
    return all(not any(p.start < piece.stop and piece.start < p.stop for p in below) for piece in pieces[i])
