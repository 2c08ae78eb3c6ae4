"""The witness of a page: each number of pdfium's text must stand whole in a block, else it is told as unread."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from pipelines.core.document import Block, Box, Grid, Place, Unread
from pipelines.formats.pdf.glyphs import Glyph
from pipelines.formats.pdf.model import Char

_MONEY = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+")  # with a point or thousands: nobody misses a page number
_RAISED = 0.5  # of the type size: what stands further up or down belongs to another word
_GAP = 0.25  # of the type size between the characters of a word
_OF_NUMBERS = frozenset("0123456789.,０１２３４５６７８９．，")
_BLANK = re.compile(r"\s+")


def lost_numbers(
    chars: Sequence[Char], blocks: Sequence[Block], margins: Iterable[Glyph], page: int, scale: float
) -> list[Unread]:
    """Numbers of a page that no block holds as often as pdfium's text does.

    Args:
        chars: The characters that are seen, in pdfium's order; those next to each other have numbers in a row.
        blocks: The grids and lines of the page.
        margins: Glyphs of headers and footers, which are in no block.
        page: Number of the page.
        scale: What the places of the blocks were multiplied with.
    """
    words = _words(chars)
    spoken = Counter(number for text, _ in words for number in _MONEY.findall(text))
    if not spoken:
        return []
    held = Counter(n for block in blocks for n in _numbers(block))
    missing = spoken - held
    if not missing:
        return []
    left = Counter(_MONEY.findall(_plain("".join(g.text for g in margins))))
    surplus = held - spoken
    lost: list[Unread] = []
    for text, word in words:
        for number in _MONEY.findall(text):
            if missing[number] <= 0:
                continue
            missing[number] -= 1
            if left[number] > 0:
                left[number] -= 1
            elif not _is_there(number, surplus):
                box = _box(word, scale)
                lost.append(Unread("number_lost", number, Place(page=page, box=box)))
    return lost


def _words(chars: Sequence[Char]) -> list[tuple[str, list[Char]]]:
    """Runs of digits, points and commas as pdfium parts them and as they stand, those with a point or a comma."""
    found: list[tuple[str, list[Char]]] = []
    word: list[Char] = []
    texts: list[str] = []
    next_index, end, line = -1, 0.0, 0.0
    for char in chars:
        text = char.text
        if text not in _OF_NUMBERS:
            continue
        _, x, y, advance, run, index = char
        if index != next_index or not (
            run.quarter or (abs(y - line) < _RAISED * run.size and abs(x - end) < _GAP * run.size)
        ):
            if "." in texts or "," in texts or "．" in texts or "，" in texts:
                found.append((_plain("".join(texts)), word))
            word, texts = [], []
        word.append(char)
        texts.append(text)
        next_index, end, line = index + 1, x + advance, y
    if texts:
        found.append((_plain("".join(texts)), word))
    return found


def _plain(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _numbers(block: Block) -> Iterable[str]:
    """Numbers of a block; in a cell one may go on in the next line, but a blank between two makes them none."""
    if not isinstance(block, Grid):
        yield from _MONEY.findall(_plain(block.text))
        return
    for cell in block.cells:
        if "." in cell.text or "," in cell.text or not cell.text.isascii():
            text = _plain(cell.text)
            if "\n" not in text:
                yield from _MONEY.findall(text.replace(" ", ""))
                continue
            apart = Counter(n for line in text.split("\n") for n in _MONEY.findall(line.replace(" ", "")))
            yield from (apart | Counter(_MONEY.findall(_BLANK.sub("", text)))).elements()


def _is_there(number: str, surplus: Counter[str]) -> bool:
    """Whether a number stands in the blocks after all, as the beginning of one whose end is on the next line."""
    for longer, count in surplus.items():
        if count > 0 and longer.startswith(number):
            surplus[longer] -= 1
            return True
    return False


def _box(word: Sequence[Char], scale: float) -> Box:
    size = max(c.run.size for c in word) * scale
    x0, x1 = min(c.x for c in word), max(c.x + c.advance for c in word)
    top, bottom = min(c.y for c in word), max(c.y for c in word)
    return Box(x0 * scale, top * scale - size, x1 * scale, bottom * scale)
