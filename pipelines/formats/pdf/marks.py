"""Where words stand on a page: boxes of clauses to mark, and of what nobody is to see."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from pipelines.formats.kind import Marks

_MOST_PLACES = 8
"""Places of one clause on a page that are marked: 与上年持平 may stand in every paragraph."""

_LEAST_PART = 6
"""Characters of a clause that are enough to know it by, where a page break or a foreign sign cuts it."""

_FINE = 10
"""Steps per point in which pdfium gives positions."""

_SAME_LINE = 0.5
"""Part of its height by which a character may stand off the line and still be on it."""

Box = tuple[float, float, float, float]


class PageText:
    """The characters of a page in the order of its text layer, folded so that widths and spaces do not matter."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._text = page.get_textpage()
        width, height = page.get_size()
        self._where = pypdfium2.PdfPosConv(page, (0, 0, round(width * _FINE), round(height * _FINE), 0))
        self.text = "".join(
            chr(pdfium.FPDFText_GetUnicode(self._text, place)) for place in range(self._text.count_chars())
        )
        folded, places = [], []
        for place, sign in enumerate(self.text):
            for part in fold(sign):
                folded.append(part)
                places.append(place)
        self._folded, self._places = "".join(folded), places

    def boxes(self, words: str, most: int = _MOST_PLACES) -> list[Box]:
        """Give a box per line of the places where words stand, or a good part of them where they do not as a whole."""
        wanted = fold(words)
        found = list(islice(self._found(wanted), most))
        while not found and len(wanted) >= 2 * _LEAST_PART:
            half = len(wanted) // 2
            found = list(islice(self._found(wanted[:half]), 1)) or list(islice(self._found(wanted[-half:]), 1))
            wanted = wanted[:half]
        return [box for first, last in found for box in self._lines(first, last)]

    def _found(self, wanted: str) -> Iterator[tuple[int, int]]:
        start = self._folded.find(wanted) if wanted else -1
        while start >= 0:
            yield self._places[start], self._places[start + len(wanted) - 1]
            start = self._folded.find(wanted, start + len(wanted))

    def _lines(self, first: int, last: int) -> list[Box]:
        lines: list[Box] = []
        for place in range(first, last + 1):
            if not fold(self.text[place]):
                continue
            x0, top, x1, bottom = self._box(place)
            if x1 <= x0 or bottom <= top:
                continue
            before = lines[-1] if lines else None
            if before and abs(before[3] - bottom) <= _SAME_LINE * (bottom - top) and x1 >= before[0]:
                lines[-1] = (min(before[0], x0), min(before[1], top), max(before[2], x1), max(before[3], bottom))
            else:
                lines.append((x0, top, x1, bottom))
        return lines

    def _box(self, place: int) -> Box:
        left, bottom, right, top = self._text.get_charbox(place, loose=True)
        (x0, y0), (x1, y1) = self._where.to_bitmap(left, top), self._where.to_bitmap(right, bottom)
        return min(x0, x1) / _FINE, min(y0, y1) / _FINE, max(x0, x1) / _FINE, max(y0, y1) / _FINE


def fold(words: str) -> str:
    """Give words in plain widths, without spaces and signs that nobody sees."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", words) if sign.isprintable() and not sign.isspace())


def marks(path: Path, wanted: Mapping[int, Sequence[str]]) -> Marks:
    """Find words on pages; see `Format.marks`."""
    found: Marks = {}
    with pypdfium2.PdfDocument(path) as document:
        for number, words in wanted.items():
            if 1 <= number <= len(document):
                page = document[number - 1]
                text = PageText(page)
                found[number] = {word: text.boxes(word) for word in words}
                page.close()
    return found
