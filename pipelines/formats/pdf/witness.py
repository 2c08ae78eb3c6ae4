"""The witness of a page: every number that pdfium's text holds must stand whole in a block, else it is told as unread."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipelines.extract.document import Block, Box, Grid, Place, Unread
from pipelines.extract.glyphs import Glyph
from pipelines.formats.pdf.page import Char

_MONEY = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+")  # with a point or thousands: nobody misses a page number
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
    texts = [_BLANK.sub("", t) for t in _texts(blocks)]
    held = Counter(number for text in texts for number in _MONEY.findall(_plain(text)))
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
            elif not _is_there(number, texts, surplus):
                box = _box(word, scale)
                lost.append(Unread("number_lost", number, Place(page=page, box=box)))
    return lost


def _words(chars: Sequence[Char]) -> list[tuple[str, list[Char]]]:
    """Words as pdfium parts them, with digits only half as wide as Chinese characters."""
    words: list[list[Char]] = [[c] for c in chars[:1]]
    for last, char in pairwise(chars):
        if char.index == last.index + 1 and abs(char.y - last.y) < 0.5 * char.run.size:
            words[-1].append(char)
        else:
            words.append([char])
    plain = ((_plain("".join([c.text for c in word])), word) for word in words)
    return [(text, word) for text, word in plain if "." in text or "," in text]


def _plain(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _texts(blocks: Sequence[Block]) -> Iterable[str]:
    for block in blocks:
        if isinstance(block, Grid):
            yield from (cell.text for cell in block.cells)
        else:
            yield block.text


def _is_there(number: str, texts: Sequence[str], surplus: Counter[str]) -> bool:
    """Whether a number that pdfium ran together with its neighbour stands in the blocks as two."""
    for cut in range(4, len(number) - 3):
        first, second = number[:cut], number[cut:]
        if surplus[first] > 0 and any(second in text for text in texts):
            surplus[first] -= 1
            return True
    return False


def _box(word: Sequence[Char], scale: float) -> Box:
    size = max(c.run.size for c in word) * scale
    x0, x1 = min(c.x for c in word), max(c.x + c.advance for c in word)
    top, bottom = min(c.y for c in word), max(c.y for c in word)
    return Box(x0 * scale, top * scale - size, x1 * scale, bottom * scale)
