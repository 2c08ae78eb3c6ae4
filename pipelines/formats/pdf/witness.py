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
_RAISED = 0.5  # of the type size: what stands further up or down belongs to another word
_GAP = 0.25  # of the type size between the characters of a word
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
    held = Counter(n for text in _texts(blocks) for n in _MONEY.findall(_plain(_BLANK.sub("", text))))
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
    """Words as pdfium parts them and as they stand, those with a point or a comma."""
    words: list[list[Char]] = [[c] for c in chars[:1]]
    for last, char in pairwise(chars):
        size = char.run.size
        near = abs(char.y - last.y) < _RAISED * size and abs(char.x - last.x - last.advance) < _GAP * size
        turned = round(char.run.angle / 90) % 4 != 0
        if char.index == last.index + 1 and (near or turned):
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
