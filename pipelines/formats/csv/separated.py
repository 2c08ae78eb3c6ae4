"""Rows of a text of separated values, and which sign separates them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import groupby, islice

SEPARATORS = "\t,;|"
"""What separates values; of equal ones the first counts."""

_LOOKED_AT = 2_000  # rows by which the separator is told
_LONGEST_ROW = 60  # lines of one row, after which a quotation mark was none
_DIRECTIVE = re.compile(r"sep=(.)\s*", re.IGNORECASE)

Row = tuple[int, list[str]]
"""The line on which a row begins, from 1, and its cells."""


def rows_of(lines: Sequence[str]) -> list[Row]:
    """Cut the lines of a file into rows of cells.

    Args:
        lines: As ``grep`` counts them; a quoted cell may go on over several.
    """
    sign, start = separator_of(lines)
    return list(_rows(lines, sign, start))


def separator_of(lines: Sequence[str]) -> tuple[str, int]:
    """The sign that separates values, and how many lines at the beginning only say so.

    It is the one by which most rows are as wide as a neighbour: a comma inside amounts makes widths that change.
    """
    said = _DIRECTIVE.fullmatch(lines[0]) if lines else None
    if said is not None:
        return said[1], 1
    return max(SEPARATORS, key=lambda sign: _agreement(lines, sign)), 0


def _agreement(lines: Sequence[str], sign: str) -> tuple[int, int]:
    """Number of rows of several cells that are as wide as the row before or after, and of cells in all."""
    widths = [len(cells) for _, cells in islice(_rows(lines[:_LOOKED_AT], sign, 0), _LOOKED_AT)]
    runs = [(width, len(list(run))) for width, run in groupby(widths)]
    return sum(length for width, length in runs if width > 1 and length > 1), sum(widths)


def _rows(lines: Sequence[str], sign: str, start: int) -> Iterator[Row]:
    number = start
    while number < len(lines):
        count, cells = _row(lines, number, sign)
        yield number + 1, cells
        number += count


def _row(lines: Sequence[str], number: int, sign: str) -> tuple[int, list[str]]:
    """How many lines a row takes, and its cells."""
    line = lines[number]
    if '"' not in line:
        return 1, line.split(sign)
    reader = csv.reader((f"{each}\n" for each in lines[number : number + _LONGEST_ROW]), delimiter=sign)
    try:
        cells = next(reader)
    except (csv.Error, StopIteration):
        return 1, line.split(sign)
    count = reader.line_num
    closed = count < _LONGEST_ROW and (number + count < len(lines) or _is_closed(lines[number : number + count]))
    if not closed:  # a quotation mark that nobody closed is a sign like any other
        return 1, line.split(sign)
    return count, cells


def _is_closed(lines: Sequence[str]) -> bool:
    return sum(line.count('"') for line in lines) % 2 == 0
