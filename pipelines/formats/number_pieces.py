"""Numbers that the width of a cell broke into pieces, whatever the kind of file."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipelines.core.document import Cell
from pipelines.core.folding import remembered

CODE_LENGTHS = frozenset({3, 5, 7})
"""Digits of the code of a 类, 款 or 项."""

ONE_NUMBER = re.compile(r"[-+−△▲]?[(]?-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[)]?%?")
"""A number as a whole, in half-width characters."""

_CENTS = 2  # places behind the point of most money
_TWO_PIECES = re.compile(r"\s*([-+−△▲(]*\d[\d,.]*)\s+([\d,.]+[)]?)\s*")


def with_whole_numbers(cells: Sequence[Cell]) -> list[Cell]:
    """Cells of a grid with the numbers whole that a program broke at the width of a cell (``116,780.6 2``).

    A blank between two pieces goes only where what they make together has the places behind the point that most
    numbers of the grid have, and the first alone has not.
    """
    found = list(cells)
    broken = [number for number, cell in enumerate(cells) if _TWO_PIECES.fullmatch(cell.text)]
    if not broken:
        return found
    places = usual_places([half_width(c.text)] for c in cells if c.text and not _TWO_PIECES.fullmatch(c.text))
    for number in broken if places else ():
        first, second = cells[number].text.split()
        if places_of(first + second) == places and are_pieces(first, second, full=False, places=places):
            found[number] = replace(cells[number], text=first + second)
    return found


@remembered
def half_width(text: str) -> str:
    """A text in half-width characters without blanks."""
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def usual_places(cells: Iterable[Sequence[str]]) -> int:
    """Digits behind the point that most numbers have; two where as many have others.

    Args:
        cells: Lines one below the other that may be pieces of one number, in half-width characters.
    """
    counts: Counter[int] = Counter()
    for first, *rest in cells:
        text = first
        for lower in rest:
            if "." in text and lower.isdecimal() and ONE_NUMBER.fullmatch(text):
                counts[places_of(text)] += 1  # whole perhaps, and the next number stands below
            elif text[-1:] not in (".", ",") and lower[:1] not in (".", ","):
                break
            text += lower
        if "." in text and ONE_NUMBER.fullmatch(text):
            counts[places_of(text)] += 1
    return max(counts, key=lambda n: (counts[n], n == _CENTS, n), default=0)


def places_of(text: str) -> int:
    """Digits behind the point of a number."""
    return len(text.partition(".")[2].rstrip("%)"))


def are_pieces(above: str, below: str, *, full: bool, places: int = 0) -> bool:
    """Whether two lines of a cell are pieces of one number or code rather than two.

    Two whole amounts never make one. Where the upper line had room for more, only pieces that cannot stand alone
    (``576,`` or ``.11``) are joined, and those that together have the ``places`` behind the point that others have.
    """
    first, second = half_width(above), half_width(below)
    whole = first + second
    if not second or second[0] not in "0123456789.,)%" or not ONE_NUMBER.fullmatch(whole):
        return False
    if first.isdecimal() and second.isdecimal():
        return full and (len(whole) in CODE_LENGTHS or not whole.startswith("0"))
    open_end = first[-1] in ".,-−(" or second[0] in ".,)%" or not ONE_NUMBER.fullmatch(first)
    short = "." in first and places_of(first) < places == places_of(whole)
    return full or open_end or short
