"""A second look at single numbers of a PDF: pdfium's text at the place of the number, whatever the table.

A number in a picture is recognised once more, in a finer picture and among figures only.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pypdfium2

from pipelines.core.tasks import Spot
from pipelines.formats.pdf.attached import opened
from pipelines.formats.scan.again import figures_at

_MARGIN = 1.0  # points left and right of a number
_INSET = 0.3  # of its height
_SCALE = 100  # steps of pdfium's coordinates per point


def reread(path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
    """Give pdfium's text at some spots, by cell key."""
    found: dict[str, str | None] = {}
    for origin in sorted({spot.origin for spot in spots}, key=lambda one: one or ""):
        with opened(path, origin) as document:
            there = sorted((spot for spot in spots if spot.origin == origin), key=_page)
            for number, on_page in groupby(there, key=_page):
                if 0 < number <= len(document):
                    page = document[number - 1]
                    found |= _on_page(page, [spot for spot in on_page if spot.box])
                    page.close()
    return found


def _page(spot: Spot) -> int:
    return spot.page or 0


def _on_page(page: pypdfium2.PdfPage, spots: Sequence[Spot]) -> dict[str, str | None]:
    text = page.get_textpage()
    width, height = page.get_size()
    displayed = pypdfium2.PdfPosConv(page, (0, 0, int(width * _SCALE), int(height * _SCALE), 0))
    found = {spot.cell_key: _text_at(text, displayed, spot.box) for spot in spots if spot.box and not spot.is_ocr}
    return found | figures_at(page, [spot for spot in spots if spot.is_ocr])


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
