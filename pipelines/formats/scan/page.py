"""From the picture of a page to the model of a page that all pages have: placed characters and rulings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import mean, median
from typing import TYPE_CHECKING, Any

from pipelines.formats.pdf.model import Char, PageModel, Run, Shape
from pipelines.formats.scan.engine import Box, Engine, second_engine
from pipelines.formats.scan.figures import FIGURES, agreed, is_doubled, punctuated
from pipelines.formats.scan.lines import lines_of
from pipelines.formats.scan.mending import Line
from pipelines.formats.scan.picture import skew_of, turned, without_seals, without_shadows
from pipelines.formats.scan.writing import Written, detected, is_wide, lines_of_text, read_boxes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[Any]

_BLACK = (0, 0, 0)
_MIDDLE = 0.38  # of the type size: the middle of a line over its baseline
_ADVANCE = 0.5  # of the type size, of figures and letters; Chinese characters advance 1
_PITCH = 1.45  # times what a character advances: further apart there is a blank between two
_PITCH_OF_SEPARATORS = 2.2  # the same about points and commas of a number, which stand on either side of their place
_PITCH_OF_COLUMNS = 1.12  # the same between an amount and a word of the column beside it, in a table without rulings
_AMOUNT = re.compile(r"\d\.\d{1,2}(?=[^\d.,%‰％])(?![万亿元个人辆次])")
_SPREAD = re.compile(r"\d{1,3}(?:,?\d{3})*\.\d{1,2}")
_EVEN = 1.5  # times the least distance of two figures: in a number set in wide figures all are alike, as far as is told
_OVER_SEPARATOR = 2.5  # times the largest distance: from figure to figure where a point or a comma stands between
_NEXT_ROW = re.compile(r"\d\.\d{1,2}(?=[一二三四五六七八九十]{1,3}、)")
_HEART = 0.1  # of the type size before the middle of the first character of such a name: there it stands for sure
_FIGURES = frozenset("0123456789")
_SEPARATORS = frozenset(".,")
_ALIKE = 0.25  # of the usual type size: a line whose size differs by less is set in it
_TALL = 1.5  # times as high as wide: a line that runs from top to bottom
_SAMPLE = 12  # lines by which it is told which way up a page lies
_LEAST_SIGNS = 3  # in such a line: of shorter ones nobody can tell
_UPRIGHT = 0.9  # mean confidence of lines of a page that certainly lies the right way up


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as drawn.

    Attributes:
        colour: Rows of pixels of red, green and blue.
        dpi: Pixels per inch of the paper that it was, whatever size the file claims.
        scale: Pixels per point of the page.
    """

    colour: Image
    dpi: float
    scale: float


@dataclass(slots=True)
class ScannedPage:
    """A page as read by OCR.

    Attributes:
        model: Its characters and rulings, set level.
        text: Its lines, one below the other.
        confidences: Of the characters of the model, from 0 to 1, in the same order.
    """

    model: PageModel
    text: str = ""
    confidences: list[float] = field(default_factory=list)

    @property
    def confidence(self) -> float:
        """Mean of all letters and figures; 0 where there are none. Dashes and dots say nothing of a page."""
        sure = [c for char, c in zip(self.model.chars, self.confidences, strict=True) if char.text.isalnum()]
        return mean(sure) if sure else 0.0


@dataclass(frozen=True, slots=True)
class LevelPage:
    """A picture made ready: turned and level, its rulings and what is left without them."""

    plain: Image
    rulings: list[Line]
    boxes: list[Box]
    quarters: int
    lean: float


def level_page(engine: Engine, colour: Image, dpi: float) -> LevelPage:
    """Clean a picture, find out how it lies, and set it level.

    Args:
        engine: The recogniser.
        colour: Rows of pixels of red, green and blue.
        dpi: Pixels per inch.
    """
    import numpy as np

    grey = without_shadows(without_seals(colour, dpi), dpi)
    lean = skew_of(grey)
    level = turned(grey, -lean)
    rulings, plain = lines_of(level, dpi)
    boxes = detected(engine, plain, dpi)
    quarters = _quarters(engine, plain, boxes)
    if quarters:
        rulings, plain = lines_of(np.ascontiguousarray(np.rot90(level, -quarters)), dpi)
        boxes = detected(engine, plain, dpi)
    return LevelPage(plain, rulings, boxes, quarters, lean)


def read_picture(engine: Engine, drawn: Drawn) -> ScannedPage:
    """Read the picture of a page."""
    page = level_page(engine, drawn.colour, drawn.dpi)
    height, width = page.plain.shape
    points = 1 / drawn.scale
    model = PageModel(width * points, height * points, page.quarters, lean=page.lean)
    model.shapes = [_shape(ruling, points) for ruling in page.rulings]
    found = ScannedPage(model)
    written = [_settled(line, page.plain) for line in lines_of_text(engine, page.plain, page.rulings, page.boxes)]
    _place(punctuated(written), found, points)
    return found


def _settled(line: Written, plain: Image) -> Written:
    """A line; a number with two points or commas side by side is read by the second recogniser too."""
    other = second_engine() if is_doubled(line.text) else None
    second = read_boxes(other, plain, [line.box], FIGURES) if other is not None else []
    return agreed(line, second[0].signs) if second else line


def _quarters(engine: Engine, plain: Image, boxes: Sequence[Box]) -> int:
    """Quarter turns clockwise that bring a page the right way up."""
    import numpy as np

    if not boxes:
        return 0
    tall = [b for b in boxes if b.bottom - b.top > _TALL * (b.x1 - b.x0)]
    lying = sum(b.bottom - b.top for b in tall) > sum(b.x1 - b.x0 for b in boxes if b not in tall)
    chosen = sorted(boxes, key=lambda b: -max(b.x1 - b.x0, b.bottom - b.top))[:_SAMPLE]
    best, surest = 0, 0.0
    for quarters in (3, 1) if lying else (0, 2):
        picture = np.ascontiguousarray(np.rot90(plain, -quarters)) if quarters else plain
        there = [_moved(b, quarters, plain.shape) for b in chosen]
        lines = [w for w in read_boxes(engine, picture, there) if len(w.signs) >= _LEAST_SIGNS]
        sure = mean(s.confidence for w in lines for s in w.signs) if lines else 0.0
        if sure > surest:
            best, surest = quarters, sure
        if surest >= _UPRIGHT:
            break
    return best


def _moved(box: Box, quarters: int, shape: tuple[int, ...]) -> Box:
    """Where a box stands after quarter turns clockwise of the picture."""
    height, width = shape[:2]
    if quarters == 1:
        return Box(height - box.bottom, box.x0, height - box.top, box.x1)
    if quarters == 2:
        return Box(width - box.x1, height - box.bottom, width - box.x0, height - box.top)
    if quarters == 3:
        return Box(box.top, width - box.x1, box.bottom, width - box.x0)
    return box


def _shape(line: Line, points: float) -> Shape:
    at, start, stop = line.at * points, line.start * points, line.stop * points
    width = min(line.thickness * points, 2.0)
    ends = ((start, at), (stop, at)) if line.level else ((at, start), (at, stop))
    return Shape(0, (ends,), ((*ends[0], *ends[1]),), False, _BLACK, True, None, False, width, 1.0, False, None)


def _place(written: Sequence[Written], found: ScannedPage, points: float) -> None:
    """Put the characters of lines onto a page, in reading order."""
    if not written:
        return
    usual = median(line.size for line in written)
    number = 0
    for order, line in enumerate(sorted(written, key=lambda w: (w.box.top, w.box.x0)), 1):
        size = usual if abs(line.size - usual) <= _ALIKE * usual else line.size
        y = ((line.box.top + line.box.bottom) / 2 + _MIDDLE * size) * points
        run = Run(order, size * points, 0.0, 0, _BLACK, 1.0, True, None, "")
        for (x0, x1), sign in zip(_spans(line, size), line.signs, strict=True):
            found.model.chars.append(Char(sign.text, x0 * points, y, (x1 - x0) * points, run, number))
            found.confidences.append(sign.confidence)
            number += 1
        number += 2
    found.text = "\n".join(" ".join(line.text for line in row) for row in _rows(written))


def _rows(written: Sequence[Written]) -> list[list[Written]]:
    """Lines that stand side by side, from top to bottom, each row from left to right."""
    rows: list[list[Written]] = []
    for line in sorted(written, key=lambda w: w.box.top + w.box.bottom):
        last = rows[-1][-1].box if rows else None
        if last is not None and line.box.top + line.box.bottom < 2 * last.bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda w: w.box.x0) for row in rows]


def _is_spread(line: Written) -> bool:
    """Whether a line is one number in figures as wide as Chinese characters: they stand evenly all along it."""
    if _SPREAD.fullmatch(line.text) is None:
        return False
    beside: list[float] = []
    over: list[float] = []
    figures = [(n, sign.middle) for n, sign in enumerate(line.signs) if sign.text in _FIGURES]
    for (n, middle), (m, after) in pairwise(figures):
        (beside if m == n + 1 else over).append(after - middle)
    return bool(beside) and max(beside) <= _EVEN * min(beside) and max(over) <= _OVER_SEPARATOR * max(beside)


def _spans(line: Written, size: float) -> list[tuple[float, float]]:
    """From where to where each character of a line goes: up to the next one, unless a blank is between them."""
    signs, box = line.signs, line.box
    half = [size * (1.0 if is_wide(s.text) else _ADVANCE) / 2 for s in signs]
    amounts = {match.end() - 1 for match in _AMOUNT.finditer(line.text)}
    ends = {match.end() - 1 for match in _NEXT_ROW.finditer(line.text)}
    spans: list[tuple[float, float]] = []
    left, is_spread = float(box.x0), _is_spread(line)
    for n, sign in enumerate(signs):
        if n + 1 == len(signs):
            spans.append((left, max(float(box.x1), left + 1)))
            break
        after = signs[n + 1].middle
        pair = {sign.text, signs[n + 1].text}
        pitch = _PITCH_OF_SEPARATORS if pair & _SEPARATORS and pair <= _FIGURES | _SEPARATORS else _PITCH
        if n in amounts and is_wide(signs[n + 1].text):
            pitch = _PITCH_OF_COLUMNS
        if n in ends:  # however close the name of the next column stands
            spans.append((left, max(min(sign.middle + half[n], after - half[n + 1]), left + 0.5)))
            left = max(after - _HEART * size, spans[-1][1])
        elif is_spread or after - sign.middle <= pitch * (half[n] + half[n + 1]):
            right = (sign.middle + after) / 2
            spans.append((left, max(right, left + 0.5)))
            left = max(right, left + 0.5)
        else:
            spans.append((left, max(sign.middle + half[n], left + 0.5)))
            left = max(after - half[n + 1], spans[-1][1])
    return spans
