"""Words of a table without rulings between its columns, pieces of wrapped numbers put together."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.core.document import Box
from pipelines.core.folding import remembered
from pipelines.core.numbers import MINUS, NEGATIVE
from pipelines.formats.number_pieces import CODE_LENGTHS, ONE_NUMBER, places_of, usual_places
from pipelines.formats.pdf.glyphs import Glyph, box_of, line_text

_SIGN = rf"[{re.escape(MINUS)}{NEGATIVE}(]?"
NUMBER = re.compile(rf"{_SIGN}-?\d[\d,]*(?:\.\d+)?%?[)]?\*?|-?\d[\d,]{{2,}}[.,]")  # a mark of a note may follow
_PIECE = re.compile(rf"{_SIGN}[.,]?\d[\d,]*(?:\.\d*)?[)]?%?\*?")  # of a number that is wrapped in its cell
_MOST_PIECES = 4  # lines of one number
_PITCH = 1.7  # type sizes from one line of a wrapped number to the next, at most
_FLUSH = 0.6  # of the type size that the ends of the lines of one cell may differ
_FULL = 0.75  # type sizes that a full line may be narrower than the widest: a digit
_SAME_LINE = 0.42  # of the type size that the middles of words in one line may differ


@remembered
def _tight(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(" ", "")


@remembered
def is_number(text: str) -> bool:
    """Whether a text is a number, or the upper piece of one."""
    return NUMBER.fullmatch(_tight(text)) is not None


def is_pointed(text: str) -> bool:
    """Whether a text is a number with a point or a separator, which no count and no code has."""
    return is_number(text) and not {".", ","}.isdisjoint(_tight(text))


@remembered
def _is_piece(text: str) -> bool:
    return _PIECE.fullmatch(_tight(text)) is not None


@dataclass(slots=True)
class Word:
    """A piece of a line with its box; a wrapped number is one word."""

    text: str
    box: Box
    glyphs: list[Glyph]

    @property
    def tight(self) -> str:
        """The text without blanks, in half-width characters."""
        return _tight(self.text)

    @property
    def is_number(self) -> bool:
        """Whether it is a number, or the upper piece of one."""
        return is_number(self.text)

    @property
    def is_pointed(self) -> bool:
        """Whether it is a number with a point or a separator."""
        return is_pointed(self.text)

    @property
    def is_piece(self) -> bool:
        """Whether it is a number, or any piece of one."""
        return _is_piece(self.text)

    @property
    def middle(self) -> float:
        """Its height on the page."""
        return (self.box.top + self.box.bottom) / 2

    @property
    def centre(self) -> float:
        """Its middle from the left."""
        return (self.box.x0 + self.box.x1) / 2

    @property
    def size(self) -> float:
        """The type size."""
        return self.glyphs[0].size


def word_of(glyphs: list[Glyph]) -> Word:
    """The word that some glyphs of a line make."""
    return Word(line_text(glyphs), box_of(glyphs), glyphs)


def joined_numbers(lines: Sequence[Sequence[Word]], bands: Sequence[float]) -> list[list[Word]]:
    """Lines of words in which the pieces of a number on several lines of its cell are one word.

    Nothing shows where the cells end; that an upper piece is none by itself is told by the places behind the point
    that the other numbers have.

    Args:
        lines: From top to bottom.
        bands: Heights of rulings, from top to bottom; a number does not go on behind one.
    """
    words = [w for line in lines for w in line]
    numbers = [w for w in words if w.is_piece]
    chains = _chains(numbers, bands)
    places = usual_places([w.tight for w in chain] for chain in chains)
    widest = max((w.box.x1 - w.box.x0 for w in numbers), default=0.0)
    gone: set[int] = set()
    for chain in chains:
        if id(chain[0]) in gone:
            continue
        count = next((n for n in range(2, len(chain) + 1) if _are_pieces(chain[:n], places, widest)), 1)
        upper, rest = chain[0], chain[1:count]
        for lower in rest:
            gone.add(id(lower))
            upper.text += lower.text
            upper.box = upper.box.union(lower.box)
            upper.glyphs = [*upper.glyphs, *lower.glyphs]
    if not gone:
        return [list(line) for line in lines]
    return _lines([w for w in words if id(w) not in gone])


def joined_codes(lines: Sequence[Sequence[Word]], bands: Sequence[float]) -> list[list[Word]]:
    """Lines of words in which the pieces of a code on several lines of its cell are one word (20106 over 50).

    Codes stand flush left in a column of their own, and what a longer one begins with is printed above it.

    Args:
        lines: From top to bottom.
        bands: Heights of rulings, from top to bottom.
    """
    words = [w for line in lines for w in line]
    digits = [w for w in words if w.tight.isdecimal()]
    printed = {w.tight for w in digits if len(w.tight) in CODE_LENGTHS}
    gone: set[int] = set()
    for upper, lower in _neighbours(digits, bands):
        whole = upper.tight + lower.tight
        flush = abs(upper.box.x0 - lower.box.x0) < _FLUSH * upper.size / 2
        if id(upper) in gone or not flush or len(upper.tight) < 3 or len(lower.tight) > 4:
            continue
        if len(whole) in CODE_LENGTHS and whole[:-2] in printed and len(lower.tight) < len(upper.tight):
            gone.add(id(lower))
            upper.text += lower.text
            upper.box = upper.box.union(lower.box)
            upper.glyphs = [*upper.glyphs, *lower.glyphs]
    return _lines([w for w in words if id(w) not in gone]) if gone else [list(line) for line in lines]


def _neighbours(numbers: Sequence[Word], bands: Sequence[float]) -> Iterator[tuple[Word, Word]]:
    """Numbers one above the other as lines of one cell are: close, flush or centred, no ruling between."""
    downwards = sorted(numbers, key=lambda w: w.middle)  # words of a line stand a little higher or lower
    for i, upper in enumerate(downwards):
        near = _FLUSH * upper.size
        for lower in downwards[i + 1 :]:
            pitch = lower.middle - upper.middle
            if pitch > _PITCH * upper.size:
                break
            ends = (upper.box.x1 - lower.box.x1, upper.box.x0 - lower.box.x0, upper.centre - lower.centre)
            close = 0.5 * upper.size < pitch and any(abs(end) < near for end in ends)
            if close and bisect(bands, upper.middle) == bisect(bands, lower.middle):
                yield upper, lower
                break


def _chains(numbers: Sequence[Word], bands: Sequence[float]) -> list[list[Word]]:
    """Each number with those below it that may be further lines of its cell."""
    below = {id(upper): lower for upper, lower in _neighbours(numbers, bands)}
    chains = []
    for number in numbers:
        chain = [number]
        while len(chain) < _MOST_PIECES and (lower := below.get(id(chain[-1]))) is not None:
            chain.append(lower)
        chains.append(chain)
    return chains


def _are_pieces(words: Sequence[Word], places: int, widest: float) -> bool:
    """Whether words one below the other are the pieces of one number."""
    upper = words[0]
    whole = "".join(w.tight for w in words)
    if not ONE_NUMBER.fullmatch(whole) or _is_complete(upper.tight, places):
        return False
    broken = not all(ONE_NUMBER.fullmatch(w.tight) for w in words)
    if broken and not places:
        return True
    full = upper.box.x1 - upper.box.x0 > widest - _FULL * upper.size
    return _is_complete(whole, places) and (broken or full or "." in upper.tight)


def _is_complete(text: str, places: int) -> bool:
    """Whether a text is a whole number as the table prints them."""
    return ONE_NUMBER.fullmatch(text) is not None and places_of(text) == places and (places > 0 or "," in text)


def _lines(words: list[Word]) -> list[list[Word]]:
    """Words grouped into lines by their middles."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.middle):
        last = lines[-1] if lines else None
        middle = sum(w.middle for w in last) / len(last) if last else 0.0
        if last is not None and abs(word.middle - middle) <= _SAME_LINE * min(word.size, last[0].size):
            last.append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda w: w.box.x0) for line in lines]
