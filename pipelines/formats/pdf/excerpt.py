"""Pictures of pages: one with a number outlined for who asks, whole ones in few greys for the site."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2

from pipelines.core.document import UnreadableError
from pipelines.formats.kind import Excerpt, PagePicture, Withheld
from pipelines.formats.pdf.attached import opened
from pipelines.formats.pdf.marks import PageText

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipelines.core.document import Place

_SCALE = 2.0  # pixels per point of an excerpt
_MARGIN = 3.0  # points between the number and its outline
_COLOUR = (214, 39, 40)
_BAR = 3  # pixels
_WHITE = 255
_LOOKED_AT = 20  # Chinese characters of a page looked for in its picture
_SITE_SCALE = 1.6  # pixels per point of a whole page: small print stays legible
_LONGEST = 1600  # pixels of the longer side, whatever size a page claims
_NO_FONT = (
    "图中缺汉字：原件未嵌入字体，本机也没有中文字体（如 fonts-noto-cjk） / Chinese characters are missing:"
    " the file embeds no font and this machine has none (install fonts-noto-cjk)"
)


def outlined(path: Path, place: Place) -> Excerpt:
    """Draw a page with a place outlined, as PNG; without a box, the page alone.

    Returns:
        The picture, and what is wrong with it: the page may need fonts nobody has here.
    """
    assert place.page is not None
    with opened(path, place.origin) as document:
        page = document[place.page - 1]
        image = page.render(scale=_SCALE).to_pil().convert("RGB")
        fault = _NO_FONT if loses_chinese(page, image) else None
    if place.box is not None:
        box = place.box
        outline(
            image,
            int((box.x0 - _MARGIN) * _SCALE),
            int((box.top - _MARGIN) * _SCALE),
            int((box.x1 + _MARGIN) * _SCALE),
            int((box.bottom + _MARGIN) * _SCALE),
        )
    data = io.BytesIO()
    image.save(data, format="PNG", compress_level=1)  # a third of the time, no larger
    return Excerpt(png=data.getvalue(), fault=fault)


def pictures(path: Path, numbers: Sequence[int], withheld: Withheld) -> list[PagePicture]:
    """Draw whole pages in 16 greys, which are small and let outlines over them stand out.

    What is withheld is painted over wherever the text layer has it.
    """
    drawn = []
    with pypdfium2.PdfDocument(path) as document:
        for number in numbers:
            if not 1 <= number <= len(document):
                continue
            page = document[number - 1]
            width, height = page.get_size()
            scale = min(_SITE_SCALE, _LONGEST / max(width, height))
            image = page.render(scale=scale, grayscale=True).to_pil()
            _withhold(image, scale, PageText(page), withheld)
            page.close()
            data = io.BytesIO()
            image.point(lambda grey: grey & 0xF0 | grey >> 4).save(data, format="PNG")
            drawn.append(PagePicture(number, width, height, data.getvalue()))
    return drawn


def _withhold(image: Image, scale: float, text: PageText, withheld: Withheld) -> None:
    for words in withheld(text.text):
        for box in text.boxes(words, most=len(text.text)):
            x0, top, x1, bottom = (round(side * scale) for side in box)
            image.paste(_WHITE, (x0 - 1, top - 1, x1 + 1, bottom + 1))


def outline(image: Image, left: int, top: int, right: int, bottom: int) -> None:
    """Draw a frame of four bars; Pillow's drawing module takes as long to import as the page to render."""
    for bar in (
        (left, top, right, top + _BAR),
        (left, bottom - _BAR, right, bottom),
        (left, top, left + _BAR, bottom),
        (right - _BAR, top, right, bottom),
    ):
        image.paste(_COLOUR, bar)


def loses_chinese(page: pypdfium2.PdfPage, image: Image) -> bool:
    """Whether the page has Chinese characters of which the picture shows none."""
    text = page.get_textpage()
    words = text.get_text_range()
    shown = pypdfium2.PdfPosConv(page, (0, 0, *image.size, 0))
    places = [place for place, sign in enumerate(words) if "\u4e00" <= sign <= "\u9fff"][:_LOOKED_AT]
    for place in places:
        left, bottom, right, top = text.get_charbox(place)
        (x0, y0), (x1, y1) = shown.to_bitmap(left, top), shown.to_bitmap(right, bottom)
        inside = image.crop((min(x0, x1), min(y0, y1), max(x0, x1) + 1, max(y0, y1) + 1))
        darkest, brightest = inside.convert("L").getextrema()
        if darkest != brightest:
            return False
    return bool(places)


def page_texts(path: Path) -> Iterator[str]:
    """Give pdfium's text of each page, one page held at a time.

    Raises:
        UnreadableError: pdfium cannot open the file.
    """
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError("pdf_broken", f"PDF 无法打开：{error}；the PDF cannot be opened") from error
    with document:
        for page in document:
            yield page.get_textpage().get_text_range()
            page.close()
