"""Numbers of a picture recognised once more: in a finer picture, each for itself, nothing but figures, by two models.

One model repeats its mistakes. What it read twice counts as read twice only if the other one says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pypdfium2

from pipelines.core.numbers import read_number
from pipelines.core.recognising import page_begins
from pipelines.core.tasks import Spot
from pipelines.formats.scan.engine import Box, Engine, engine, is_installed, second_engine
from pipelines.formats.scan.page import level_page
from pipelines.formats.scan.pages import draw
from pipelines.formats.scan.picture import turned_point
from pipelines.formats.scan.writing import fitted, read_boxes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[Any]

_DPI = 300.0  # pixels per inch, against the 200 of the first reading
_FIGURES = "0123456789.,-()%"
_MARGIN = 0.15  # of the height of a number: its box came from a coarser picture


def figures_at(page: pypdfium2.PdfPage, spots: Sequence[Spot]) -> dict[str, str | None]:
    """Give the figures at some spots of a page, by cell key; ``None`` where there are none.

    They are those of the second model where the first repeats what it said before and the second differs.
    """
    if not spots or not is_installed():
        return {}
    page_begins()
    recogniser = engine()
    drawn = draw(page, _DPI)
    level = level_page(recogniser, drawn.colour, drawn.dpi)
    width, height = page.get_size()
    found: dict[str, str | None] = {}
    for spot in spots:
        assert spot.box is not None
        place = _on_level(spot.box, level.quarters, level.lean, (width, height))
        box = _grown(Box(*(round(v * drawn.scale) for v in place)))
        ink = fitted(box, level.plain, level.rulings)
        found[spot.cell_key] = None if ink is None else _figures(level.plain, ink, spot)
    return found


def _figures(plain: Image, ink: Box, spot: Spot) -> str | None:
    """What a box shows; another reading than the first if there is one."""
    text = _read(engine(), plain, ink)
    other = second_engine()
    if other is None or text is None or _value(text) != spot.value:
        return text
    second = _read(other, plain, ink)
    return text if second is not None and _value(second) == spot.value else second


def _read(recogniser: Engine, plain: Image, ink: Box) -> str | None:
    lines = read_boxes(recogniser, plain, [ink], _FIGURES)
    return lines[0].text if lines else None


def _value(text: str) -> Decimal | None:
    number = read_number(text)
    return None if number is None else number.value


def _grown(box: Box) -> Box:
    margin = round(_MARGIN * (box.bottom - box.top))
    return Box(box.x0 - margin, box.top - margin, box.x1 + margin, box.bottom + margin)


def _on_level(
    box: tuple[float, float, float, float], quarters: int, lean: float, size: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Where a box of a page as displayed stands once the page is set level and turned."""
    width, height = size
    x, y = turned_point((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, width, height, -lean)
    wide, high = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
    if quarters == 1:
        x, y, wide, high = height - y, x, high, wide
    elif quarters == 2:
        x, y = width - x, height - y
    elif quarters == 3:
        x, y, wide, high = y, width - x, high, wide
    return x - wide, y - high, x + wide, y + high
