"""Words of a table without rulings between its columns, pieces of wrapped numbers put together."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.core.document import Box
from pipelines.formats.pdf.cells import ONE_NUMBER
from pipelines.formats.pdf.glyphs import Glyph, box_of, line_text

NUMBER = re.compile(r"[-−△▲(]?-?\d[\d,]*(?:\.\d+)?%?[)]?|-?\d[\d,]{2,}[.,]")
_PITCH = 1.7  # type sizes from one line of a wrapped number to the next, at most
_FLUSH = 0.6  # of the type size that the ends of the lines of one cell may differ
_FULL = 0.75  # type sizes that a full line may be narrower than the widest: a digit
_SAME_LINE = 0.42  # of the type size that the middles of words in one line may differ


@dataclass(slots=True)
class Word:
    """A piece of a line with its box; a wrapped number is one word."""

    text: str
    box: Box
    glyphs: list[Glyph]

    @property
    def tight(self) -> str:
        """The text without blanks, in half-width characters."""
        return unicodedata.normalize("NFKC", self.text).replace(" ", "")

    @property
    def is_number(self) -> bool:
        """Whether it is a number, or the upper piece of one."""
        return NUMBER.fullmatch(self.tight) is not None

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
        return self.glyphs[0].size if self.glyphs else self.box.bottom - self.box.top


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
    numbers = [w for w in words if w.is_number or ONE_NUMBER.fullmatch(w.tight)]
    places = _usual_places(numbers)
    pieces = _Pieces(places, max((w.box.x1 - w.box.x0 for w in numbers), default=0.0), bands)
    gone: set[int] = set()
    for i, upper in enumerate(numbers):
        if id(upper) in gone:
            continue
        for lower in numbers[i + 1 :]:
            if lower.box.top - upper.box.bottom > _PITCH * upper.size:
                break
            if id(lower) not in gone and pieces.are(upper, lower):
                gone.add(id(lower))
                upper.text += lower.text
                upper.box = upper.box.union(lower.box)
                upper.glyphs = [*upper.glyphs, *lower.glyphs]
    if not gone:
        return [list(line) for line in lines]
    return _lines([w for w in words if id(w) not in gone])


def _usual_places(numbers: Sequence[Word]) -> int:
    """Digits behind the point that most numbers with a point have."""
    counts = Counter(len(w.tight.partition(".")[2].rstrip("%)")) for w in numbers if "." in w.tight)
    del counts[0]
    return counts.most_common(1)[0][0] if counts else 0


@dataclass(frozen=True, slots=True)
class _Pieces:
    places: int
    widest: float
    bands: Sequence[float]

    def are(self, upper: Word, lower: Word) -> bool:
        """Whether two words one above the other are pieces of one number."""
        size = upper.size
        last = max((g.middle for g in upper.glyphs), default=upper.middle)
        if not 0.5 * size < lower.middle - last <= _PITCH * size:
            return False
        if bisect(self.bands, last) != bisect(self.bands, lower.middle):
            return False
        near = _FLUSH * size
        ends = (upper.box.x1 - lower.box.x1, upper.box.x0 - lower.box.x0, upper.centre - lower.centre)
        if not any(abs(end) < near for end in ends):
            return False
        whole = upper.tight + lower.tight
        if not ONE_NUMBER.fullmatch(whole) or self._is_complete(upper.tight):
            return False
        if not self.places and upper.tight[-1] in ".,":
            return True
        broken = not all(ONE_NUMBER.fullmatch(w.tight) for w in (upper, lower))
        full = upper.box.x1 - upper.box.x0 > self.widest - _FULL * size
        return self._is_complete(whole) and (broken or full or "." in upper.tight)

    def _is_complete(self, text: str) -> bool:
        if not ONE_NUMBER.fullmatch(text):
            return False
        return len(text.partition(".")[2].rstrip("%)")) == self.places and (self.places > 0 or "," in text)


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
