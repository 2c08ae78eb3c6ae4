"""Text that stands over a picture of the page: compared with what the picture shows, number by number."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby

import pypdfium2
import pypdfium2.raw as pdfium

from pipelines.formats.pdf.model import Char, PageModel
from pipelines.formats.pdf.visible import Seen
from pipelines.formats.scan.page import ScannedPage
from pipelines.formats.scan.picture import turned_point

COVERS = 0.5
"""Of the area of a page: a picture that large may be the page itself."""

CONTRADICTED = 0.5
"""How sure a number of the picture is at most where the text says another one: below what a fact takes."""

_NUMBER = re.compile(r"\d[\d.,，．]*\d")
_FIGURE = re.compile(r"[\d.,，．]")
_ALIKE = 0.6  # of the figures of the longer of two numbers: text that stands a little aside takes in some of the next
_MOST_FALSE = 0.2  # of the numbers of a page: where more differ its text is no witness, and its words are none either
_NEAR = 0.8  # of the type size: a character that near is the same one
_ROW = 0.5  # of the type size: characters that stand lower or higher are of other lines


class Text:
    """Characters of the text of a page, set level as its picture is, asked for by where they stand."""

    def __init__(self, seen: Seen, level: PageModel) -> None:
        self.chars = sorted((_set_level(c, level) for c in seen.chars), key=lambda c: (c.y, c.x))
        self._heights = [c.y for c in self.chars]

    def near(self, y: float, size: float) -> Sequence[Char]:
        """Those on a line."""
        low, high = y - _ROW * size, y + _ROW * size
        return self.chars[bisect_left(self._heights, low) : bisect_right(self._heights, high)]

    def says(self, char: Char) -> bool:
        """Whether a character stands where OCR read one."""
        size = char.run.size
        return any(abs(other.x - char.x) < _NEAR * size for other in self.near(char.y, size))

    def figures(self, number: Sequence[Char]) -> str:
        """The figures that stand where OCR read a number."""
        first, last, size = number[0], number[-1], number[0].run.size
        there = [c for c in self.near(first.y, size) if first.x - size / 2 < c.x < last.x + last.advance]
        return "".join(c.text for c in sorted(there, key=lambda c: c.x) if c.text.isdigit())


def is_covered(model: PageModel) -> bool:
    """Whether a picture covers most of a page."""
    size = model.width * model.height
    return any((x1 - x0) * (bottom - top) > COVERS * size for x0, top, x1, bottom in (p.box for p in model.pictures))


@contextmanager
def without_text(page: pypdfium2.PdfPage, number: int) -> Iterator[pypdfium2.PdfPage]:
    """A page as it would be without its text."""
    assert page.pdf is not None
    bare = page.pdf[number - 1]
    try:
        for text in bare.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
            pdfium.FPDFTextObj_SetTextRenderMode(text.raw, pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)
        yield bare
    finally:
        bare.close()


@dataclass(frozen=True, slots=True)
class Compared:
    """Numbers that both picture and text show, as characters of the picture: alike, and differing."""

    alike: list[list[int]] = field(default_factory=list)
    differing: list[list[int]] = field(default_factory=list)


def compared(scanned: ScannedPage, text: Text) -> Compared:
    """Compare the numbers of a picture with those of the text over it."""
    found = Compared()
    chars = scanned.model.chars
    for _, line in groupby(range(len(chars)), key=lambda n: chars[n].run.order):
        numbers = list(line)
        said = "".join(chars[n].text[:1] for n in numbers)
        for match in _NUMBER.finditer(said):
            there = numbers[match.start() : match.end()]
            own = "".join(sign for sign in match[0] if sign.isdigit())
            other = text.figures([chars[n] for n in there])
            if other:
                (found.alike if _is_alike(own, other) else found.differing).append(there)
    return found


def _is_alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return short in long and len(short) >= _ALIKE * len(long)


def settle(scanned: ScannedPage, text: Text, found: Compared) -> None:
    """Have the picture decide: surely where text says the same, doubtfully where it says otherwise.

    What the text says beside that is added. Where too many numbers differ it is no witness of the others.
    """
    if len(found.differing) <= _MOST_FALSE * (len(found.differing) + len(found.alike)):
        for n in (n for number in found.alike for n in number):
            scanned.confidences[n] = 1.0
    for n in (n for number in found.differing for n in number):
        scanned.confidences[n] = min(scanned.confidences[n], CONTRADICTED)
    chars = sorted(scanned.model.chars, key=lambda c: c.y)
    heights = [c.y for c in chars]

    def is_held(char: Char) -> bool:
        size, middle = char.run.size, char.x + char.advance / 2
        beside = size / 4 if _FIGURE.fullmatch(char.text) is None else size  # numbers end at their last figure
        low, high = bisect_left(heights, char.y - _ROW * size), bisect_right(heights, char.y + _ROW * size)
        return any(c.x - beside < middle < c.x + c.advance + beside for c in chars[low:high])

    _add(scanned, [c for c in text.chars if not is_held(c)])


def add(scanned: ScannedPage, text: Text) -> None:
    """Put text and picture together, each character once, as the text says it."""
    kept = [n for n, char in enumerate(scanned.model.chars) if not text.says(char)]
    scanned.confidences = [scanned.confidences[n] for n in kept]
    scanned.model.chars = [scanned.model.chars[n] for n in kept]
    _add(scanned, text.chars)


def _add(scanned: ScannedPage, text: Sequence[Char]) -> None:
    chars = scanned.model.chars
    last = max((c.number for c in chars), default=0) + 2
    order = max((c.run.order for c in chars), default=0) + 1
    chars += (c._replace(number=c.number + last, run=c.run._replace(order=c.run.order + order)) for c in text)
    scanned.confidences += [1.0] * len(text)
    scanned.text += "\n" + "".join(c.text for c in sorted(text, key=lambda c: c.number))


def _set_level(char: Char, level: PageModel) -> Char:
    x, y = turned_point(char.x, char.y, level.width, level.height, -level.lean)
    return char._replace(x=x, y=y)
