"""A second look at single numbers of a source, by another way than the first reading.

The text layer of a PDF comes from pdfium instead of our own interpreter of content streams, by the place of the number
instead of a table. A line of a text source is cut into numbers without a thought about columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path

import pypdfium2

from pipelines.core.tasks import Spot
from pipelines.formats.text.reader import decode

_MARGIN = 1.0  # points left and right of a number
_INSET = 0.3  # of its height
_SCALE = 100  # steps of pdfium's coordinates per point
_NUMBER = re.compile(r"(?<![A-Za-z\d.,])[-−(]?\d(?:\d|\s*[.,]\s*(?=\d))*\)?(?![A-Za-z\d])")


def look_again(path: Path, format: str, spots: Sequence[Spot]) -> dict[str, str | None]:
    """Read some numbers of a file a second time.

    Args:
        path: The file.
        format: ``pdf``, or that of a text source.
        spots: The numbers.

    Returns:
        The text found for each cell key; ``None`` where this way finds no single number.
    """
    return _look_in_pdf(path, spots) if format == "pdf" else _look_in_text(path, spots)


def _look_in_pdf(path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    with closing(pypdfium2.PdfDocument(path)) as document:
        for number, on_page in groupby(sorted(spots, key=lambda s: s.page or 0), key=lambda s: s.page or 0):
            if not 0 < number <= len(document):
                continue
            page = document[number - 1]
            text = page.get_textpage()
            width, height = page.get_size()
            displayed = pypdfium2.PdfPosConv(page, (0, 0, int(width * _SCALE), int(height * _SCALE), 0))
            found |= {spot.cell_key: _text_at(text, displayed, spot.box) for spot in on_page if spot.box}
    return found


def _text_at(
    text: pypdfium2.PdfTextPage, displayed: pypdfium2.PdfPosConv, box: tuple[float, float, float, float]
) -> str | None:
    """Text within a box; pdfium turns displayed coordinates into those of the page."""
    x0, top, x1, bottom = box
    top += (bottom - top) * _INSET  # commas of the line above may reach into the box
    corners = [
        displayed.to_page(int(x * _SCALE), int(y * _SCALE)) for x, y in ((x0 - _MARGIN, top), (x1 + _MARGIN, bottom))
    ]
    (left, right), (low, high) = (sorted(axis) for axis in zip(*corners, strict=True))
    found: str = text.get_text_bounded(left, low, right, high)
    return " ".join(found.split()) or None


def _look_in_text(path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
    lines = decode(path.read_bytes()).splitlines()
    return {spot.cell_key: _text_in(lines, spot) for spot in spots}


def _text_in(lines: list[str], spot: Spot) -> str | None:
    """The number of a line that was read before, else the only one that nobody has read."""
    if spot.source_line is None or spot.source_line > len(lines):
        return None
    line = unicodedata.normalize("NFKC", lines[spot.source_line - 1])
    texts: list[str] = [text for part in re.split(r"[\t|]", line) for text in _NUMBER.findall(part)]
    numbers = [(text, _value(text)) for text in texts]
    same = [text for text, value in numbers if value == spot.value]
    unread = [text for text, value in numbers if value is not None and value not in spot.others]
    if same:
        return same[0]
    return unread[0] if len(unread) == 1 else None


def _value(text: str) -> Decimal | None:
    tight = re.sub(r"[\s,()]", "", text).replace("−", "-")
    try:
        return -Decimal(tight) if text.startswith("(") else Decimal(tight)
    except InvalidOperation:
        return None
