"""A second look at single numbers of a text: a line is cut into numbers without a thought about columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.numbers import MINUS, NEGATIVE, read_amount, read_number
from pipelines.formats.text.decoding import decode
from pipelines.formats.text.lines import joined, source_lines
from pipelines.formats.text.marked import BARS
from pipelines.formats.text.markup import plain

if TYPE_CHECKING:
    from pipelines.core.tasks import Spot

_SIGN = rf"(?:[{re.escape(MINUS)}(（]|[{NEGATIVE}]\s?)?"
_NUMBER = re.compile(rf"(?<![A-Za-z\d.,]){_SIGN}\d(?:\d|\s*[.,，．]\s*(?=\d))*[)）]?(?![A-Za-z\d])")
_BORDER = re.compile(rf"[\t|{BARS}]")
_CELL_TAG = re.compile(r"</?(?:table|thead|tbody|tfoot|tr|td|th|caption)\b[^<>]*>", re.IGNORECASE)


def reread(path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
    """Give the number of each spot as its line shows it, by cell key."""
    lines = source_lines(decode(path.read_bytes()))
    return {spot.cell_key: found_at(lines, spot, _numbers) for spot in spots}


def found_at(lines: Sequence[str], spot: Spot, numbers: Callable[[str], Iterable[tuple[str, Decimal]]]) -> str | None:
    """The number of a line that was read before, else the only one that nobody has read.

    Args:
        lines: Of the source.
        spot: Where to look.
        numbers: Gives the numbers of a line, as printed and as values.
    """
    if spot.source_line is None or spot.source_line > len(lines):
        return None
    found = list(numbers(lines[spot.source_line - 1]))
    same = [text for text, value in found if value == spot.value]
    unread = [text for text, value in found if value not in spot.others]
    if same:
        return same[0]
    return unread[0] if len(unread) == 1 else None


def _numbers(line: str) -> Iterator[tuple[str, Decimal]]:
    return numbers_of(_BORDER.split(joined(plain(_CELL_TAG.sub("\t", line)))))


def numbers_of(parts: Iterable[str]) -> Iterator[tuple[str, Decimal]]:
    """Numbers of the parts of a line, as printed and as values."""
    for part in parts:
        whole = read_amount(part.strip('"'))
        found = [part.strip('" ')] if whole is not None and whole.value is not None else _NUMBER.findall(part)
        for text in found:
            number = whole if whole is not None and whole.value is not None else read_number(text)
            if number is not None and number.value is not None:
                yield text, number.value
