"""Headings above a table without upright rulings: which words are one, and the row that counts the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.core.lexicon import column_number
from pipelines.formats.pdf.cells import Rect
from pipelines.formats.pdf.words import NUMBER, Word

CAPTION = re.compile(r"(?:单位|部门)(?:名称)?[:：]")  # of a table, above its headings
_NEAR = 1.0  # points that words may reach over a ruling
_TALL = 2.0  # type sizes: a heading that was turned is higher


@dataclass(slots=True)
class Heading:
    """A heading, wrapped or not, that begins in ``line``; ``foot`` is where the last row of headings ends."""

    word: Word
    line: int
    foot: float
    lines: int = 1

    @property
    def cell_top(self) -> float:
        """Where its cell begins if it reaches down to the data: as far above its middle as the foot is below."""
        return 2 * self.word.middle - self.foot


def headings_of(lines: list[list[Word]], first: int, rects: Sequence[Rect] = ()) -> list[Heading]:
    """Headings above line ``first``, those wrapped over several lines put together, from top to bottom.

    Args:
        lines: All lines.
        first: The first line below the headings.
        rects: Areas that rulings enclose, and level rulings: no heading goes on below another ruling.
    """
    head = [[] if is_counting(line) else line for line in lines[:first]]
    stop = next((i for i, line in enumerate(lines) if i >= first or is_counting(line)), first)
    floor = min((w.box.top for w in lines[stop]), default=0.0)
    bottoms = [w.box.bottom for line in head[:stop] for w in line]
    bottoms = [b for b in bottoms if b <= floor + 1] or bottoms  # 栏次 may be written downwards, beside the numbers
    foot = _foot(max(bottoms), floor, rects) if bottoms else 0.0
    found: list[Heading] = []
    for i, line in enumerate(head):
        for word in line:
            above = next(
                (h for h in reversed(found) if _is_wrapped(h.word, word) and not _parted(h.word, word, rects)), None
            )
            if above is None:
                found.append(Heading(word, i, foot))
            else:
                above.word = Word(f"{above.word.text}\n{word.text}", above.word.box.union(word.box), word.glyphs)
                above.lines = i - above.line + 1
    return found


def _foot(lowest: float, floor: float, rects: Sequence[Rect]) -> float:
    """Where the headings end: at the ruling between them and what is below, else half way."""
    tops = [top for _, top, _, _ in rects if lowest - _NEAR <= top <= floor + _NEAR]
    return max(tops, default=(lowest + floor) / 2)


def _is_wrapped(above: Word, word: Word) -> bool:
    """Whether a word is the next line of a heading: close below it, and centred or flush with it."""
    height = word.box.bottom - word.box.top
    if CAPTION.search(above.tight) or CAPTION.search(word.tight):
        return False
    if any(g.bottom - g.top > _TALL * g.size for w in (above, word) for g in w.glyphs):
        return False
    if not -0.5 * height < word.box.top - above.box.bottom < 0.3 * height or NUMBER.fullmatch(word.text):
        return False
    return abs(above.centre - word.centre) < 0.6 * height or abs(above.box.x0 - word.box.x0) < 0.3 * height


def _parted(above: Word, below: Word, rects: Sequence[Rect]) -> bool:
    """Whether a ruling runs between two words one above the other."""
    middle = (max(above.box.x0, below.box.x0) + min(above.box.x1, below.box.x1)) / 2
    return any(x0 <= middle < x1 and above.middle < top < below.middle for x0, top, x1, _ in rects)


def is_filler(word: Word) -> bool:
    """Whether a word says that a column is not counted (**)."""
    return not word.text.strip("*")


def is_counting(line: list[Word]) -> bool:
    """Whether a line counts the columns (栏次 1 2 3 …, 栏次 1=2+3 2 3 …)."""
    numbers = [n for w in line if (n := column_number(w.text)) is not None]
    words = sum(not w.is_number and not is_filler(w) and column_number(w.text) is None for w in line)
    return len(numbers) >= 2 and numbers == list(range(1, len(numbers) + 1)) and words <= 4
