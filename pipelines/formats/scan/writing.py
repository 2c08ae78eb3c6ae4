"""Lines of text of a picture: where each stands, cut out for the recogniser, and its characters as placed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from pipelines.formats.scan.engine import Box, Engine, Sign
from pipelines.formats.scan.mending import Line
from pipelines.formats.scan.picture import PAPER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[Any]

_DETECTED_AT = 120.0  # pixels per inch: finds the same lines as at 200 in a quarter of the time
_STRIP = 360  # pixels of height that the detector sees at a time: what bounds its memory
_OVERLAP = 64  # pixels that two strips share, more than the highest line
_INK = 80  # of 255 greys below paper
_FAINT_INK = 50  # of a stroke in a box of the detector, such as a thin 一; noise is paler
_HEART = 0.15  # of the fullest row of a line: rows with less ink are tails of commas
_PART_OF_LINE = 0.5  # of the height of a line: rows of ink that are lower are strokes, or tails of other lines
_WHOLE_LINE = 1.2  # of the height of a line: rows of ink that make more than this together are two lines
_WHOLE_ROW = 0.6  # of the height of a line: a row of ink as high as this is one
_SLIT = 0.15  # of the height of a row of ink; lines are further apart
_OF_BOX = 0.5  # of the height of a box of the detector: what the line in it has
_TIGHT_SET = 0.5  # of the height of a line: lines set so tight that their boxes overlap by less are two
_TAIL = 0.15  # of the height of a line: how far commas hang below it
_JOIN = 0.3  # of the height of a line: ink that near on its left or right belongs to it
_MARGIN = 0.12  # of the height of a line, left around it for the recogniser
_STACKED = 1.6  # times as high as wide: characters one below the other
_SEVERAL = 2.2  # times the usual height of a line: a tall box of several characters
_FLAT, _WIDE = 0.3, 1.5  # of the usual height of a line, and times as wide as high: a level stroke that stands alone
_SURE = 0.9  # mean confidence of characters that certainly stand upright
_SMALL, _LARGE = 0.4, 1.7  # times the usual height of a line: of ink that the detector passed over
_SPECKS = 3_000  # pieces of ink passed over that are looked at: more are dirt
_LEAST_SURE = 0.5  # of a piece of ink to be a character at all
_CHINESE, _LATIN = 0.9, 0.72  # of the type size: the height of the ink of Chinese characters and of figures


@dataclass(frozen=True, slots=True)
class Written:
    """A line of text.

    Attributes:
        box: Around its ink, in pixels.
        signs: Its characters from left to right; their middles are in pixels of the picture.
    """

    box: Box
    signs: tuple[Sign, ...]

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(sign.text for sign in self.signs)

    @property
    def size(self) -> float:
        """The size of its type in pixels."""
        chinese = any(is_wide(sign.text) for sign in self.signs)
        return (self.box.bottom - self.box.top) / (_CHINESE if chinese else _LATIN)


def is_wide(sign: str) -> bool:
    """Whether a character takes the whole square of its type."""
    return unicodedata.east_asian_width(sign) in "WF"


def detected(engine: Engine, plain: Image, dpi: float) -> list[Box]:
    """Find lines of text in a picture without rulings, strip by strip."""
    import cv2

    scale = min(_DETECTED_AT / dpi, 1.0)
    small = cv2.resize(plain, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found: list[Box] = []
    height = small.shape[0]
    top = 0
    while top < height:
        bottom = min(top + _STRIP, height)
        if height - bottom < _OVERLAP:
            bottom = height
        for box in engine.detect(small[top:bottom]):
            cut_above = top > 0 and box.top + box.bottom < _OVERLAP
            cut_below = bottom < height and box.top + box.bottom >= 2 * (bottom - top) - _OVERLAP
            if not cut_above and not cut_below:
                found.append(Box(*(int(v / scale) for v in (box.x0, box.top + top, box.x1, box.bottom + top))))
        if bottom == height:
            break
        top = bottom - _OVERLAP
    return found


def lines_of_text(engine: Engine, plain: Image, rulings: Sequence[Line], lines: Sequence[Box]) -> list[Written]:
    """Read all text of a picture.

    Args:
        engine: The recogniser.
        plain: The picture without rulings, level.
        rulings: Which part lines.
        lines: Those that the detector found.
    """
    ink, faint = _ink(plain), _ink(plain, _FAINT_INK)
    pieces = [piece for box in lines for piece in _parted(box, rulings)]
    usual = _usual_height(pieces, ink)
    boxes = [fit for piece in pieces if (fit := _fitted(piece, ink, faint, rulings, usual)) is not None]
    boxes = _shaved(_without_copies(boxes), ink)
    if boxes:
        boxes += _passed_over(boxes, ink, rulings, usual)
    tall = [box for box in boxes if _is_tall(box) and box.bottom - box.top >= _SEVERAL * usual]
    flat = [box for box in boxes if _is_flat(box, usual)]
    flat = [box for box in flat if not any(_leads(box, other, usual, rulings) for other in boxes)]
    written = read_boxes(engine, plain, [box for box in boxes if box not in tall and box not in flat])
    written += [_dash(box, usual) for box in flat]
    return [*written, *(line for box in tall for line in _read_tall(engine, plain, box, ink))]


def _is_flat(box: Box, usual: float) -> bool:
    """Whether a box holds nothing but a level stroke: a dash for nothing, of which a recogniser makes 1, 8 or 一."""
    height = box.bottom - box.top
    return height <= _FLAT * usual and box.x1 - box.x0 >= _WIDE * height


def _leads(box: Box, other: Box, usual: float, rulings: Sequence[Line]) -> bool:
    """Whether a level stroke stands close before other type of its line and cell: 一 before 、 is no dash."""
    middle = (box.top + box.bottom) / 2
    if not (0 <= other.x0 - box.x1 <= usual and other.top <= middle <= other.bottom):
        return False
    return not any(not r.level and box.x1 <= r.at <= other.x0 and r.start <= middle <= r.stop for r in rulings)


def _dash(box: Box, usual: float) -> Written:
    """A dash, in the middle of a line of usual height."""
    middle, half = (box.top + box.bottom) / 2, usual / 2
    around = Box(box.x0, round(middle - half), box.x1, round(middle + half))
    return Written(around, (Sign("—", (box.x0 + box.x1) / 2, 1.0),))


def _read_tall(engine: Engine, plain: Image, box: Box, ink: Image) -> list[Written]:
    """Read characters one below the other, or a line that is turned by a quarter; one character a line either way."""
    import numpy as np

    stacked = read_boxes(engine, plain, list(_unstacked(box, ink)))
    best, found = _mean([sign for line in stacked for sign in line.signs]), stacked
    if best >= _SURE:
        return found
    _, piece = _cut(plain, box)
    for quarters in (1, 3):
        (signs,) = engine.recognise([np.ascontiguousarray(np.rot90(piece, quarters))])
        signs = [sign for sign in signs if not sign.text.isspace()]
        if _mean(signs) > best:
            best, found = _mean(signs), _below_each_other(signs, box)
    return found


def _mean(signs: Sequence[Sign]) -> float:
    return sum(sign.confidence for sign in signs) / len(signs) if signs else 0.0


def _below_each_other(signs: Sequence[Sign], box: Box) -> list[Written]:
    """Characters of a turned line as if they stood upright, the first on top."""
    step = (box.bottom - box.top) / len(signs)
    middle = (box.x0 + box.x1) / 2
    return [
        Written(
            Box(box.x0, round(box.top + n * step), box.x1, round(box.top + (n + 1) * step)),
            (sign._replace(middle=middle),),
        )
        for n, sign in enumerate(signs)
    ]


def fitted(box: Box, plain: Image, rulings: Sequence[Line]) -> Box | None:
    """A box about the ink of one line in it; none where it holds no ink."""
    return _fitted(box, _ink(plain), _ink(plain, _FAINT_INK), rulings)


def _ink(plain: Image, least: int = _INK) -> Image:
    import numpy as np

    return (plain < PAPER - least).astype(np.uint8)


def read_boxes(engine: Engine, plain: Image, boxes: Sequence[Box], only: str = "") -> list[Written]:
    """Read boxes of a picture; those that show nothing are left out."""
    cut = [_cut(plain, box) for box in boxes]
    spoken = engine.recognise([piece for _, piece in cut], only)
    found: list[Written] = []
    for (left, piece), box, signs in zip(cut, boxes, spoken, strict=True):
        width = piece.shape[1]
        placed = tuple(Sign(s.text, left + s.middle * width, s.confidence) for s in signs if not s.text.isspace())
        if placed and max(s.confidence for s in placed) >= _LEAST_SURE:
            found.append(Written(box, placed))
    return found


def _cut(plain: Image, box: Box) -> tuple[int, Image]:
    """A line with a margin, and where its left side stands."""
    margin = max(round(_MARGIN * (box.bottom - box.top)), 2)
    left, top = max(box.x0 - margin, 0), max(box.top - margin, 0)
    return left, plain[top : box.bottom + margin, left : box.x1 + margin]


def _parted(box: Box, rulings: Sequence[Line]) -> Iterator[Box]:
    """The pieces of a box between the rulings that cross it."""
    height = box.bottom - box.top
    cuts = sorted(
        r.at for r in rulings
        if not r.level and box.x0 < r.at < box.x1
        and min(r.stop, box.bottom) - max(r.start, box.top) > height / 2
    )  # fmt: skip
    for x0, x1 in zip([box.x0, *cuts], [*cuts, box.x1], strict=True):
        if x1 - x0 >= 2:
            yield Box(int(x0), box.top, int(x1), box.bottom)


def _rows(box: Box, ink: Image) -> list[tuple[int, int]]:
    """Where rows of ink begin and end in a box: the lines it holds or touches, from top to bottom."""
    import numpy as np

    top = max(box.top, 0)
    rows = ink[top : max(box.bottom, 0), max(box.x0, 0) : max(box.x1, 0)].sum(axis=1)
    if not rows.any():
        return []
    full = (rows > _HEART * rows.max()).astype(np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], full, [0]]))) + top
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _usual_height(boxes: Sequence[Box], ink: Image) -> float:
    """The usual height of the ink of a line, in pixels."""
    heights = [max(stop - start for start, stop in rows) for box in boxes if (rows := _rows(box, ink))]
    return median(heights) if heights else 0.0


def _line_in(box: Box, ink: Image, usual: float) -> tuple[int, int] | None:
    """Top and bottom of the line in the middle of a box; those above and below may reach into it."""
    rows = _rows(box, ink)
    if not rows:
        return None
    if _is_tall(box):
        return rows[0][0], rows[-1][1]
    height, middle = _OF_BOX * (box.bottom - box.top), (box.top + box.bottom) / 2
    tall = [row for row in rows if row[1] - row[0] >= _PART_OF_LINE * height] or rows
    top, bottom = min(tall, key=lambda row: abs(row[0] + row[1] - 2 * middle))
    whole = _WHOLE_LINE * max(height, usual)
    is_part = bottom - top < _WHOLE_ROW * height  # of a character such as 三 or 合
    for start, stop in sorted(rows, key=lambda row: abs(row[0] + row[1] - top - bottom)):
        together, gap = max(bottom, stop) - min(top, start), max(start - bottom, top - stop)
        if gap <= _SLIT * (bottom - top) or (is_part and together <= whole):
            top, bottom = min(top, start), max(bottom, stop)
    return top, bottom


def _is_tall(box: Box) -> bool:
    """Whether a box of the detector holds characters one below the other, or a turned line."""
    return box.bottom - box.top >= _STACKED * (box.x1 - box.x0)


def _fitted(box: Box, ink: Image, faint: Image, rulings: Sequence[Line], usual: float = 0.0) -> Box | None:
    """A box around the ink of a line, longer where a character was cut off; none where there is no ink."""
    import numpy as np

    line = _line_in(box, ink, usual)
    if line is None:
        return None
    x0, x1 = max(box.x0, 0), min(box.x1, ink.shape[1])
    top, bottom = line
    height = bottom - top
    reach = max(round(_JOIN * height), 2)
    low, high = _limits(x0, x1, top, bottom, rulings, ink.shape[1])
    columns = np.flatnonzero(ink[top:bottom, low:high].any(axis=0)) + low
    inside = np.flatnonzero(faint[top:bottom, x0:x1].any(axis=0)) + x0
    if not inside.size:
        return None
    left, right = int(inside[0]), int(inside[-1])
    for column in columns[columns < left][::-1]:
        if left - column > reach:
            break
        left = int(column)
    for column in columns[columns > right]:
        if column - right > reach:
            break
        right = int(column)
    return Box(left, top, right + 1, bottom)


def _limits(x0: int, x1: int, top: int, bottom: int, rulings: Sequence[Line], width: int) -> tuple[int, int]:
    """How far left and right of a box the next rulings are."""
    middle = (top + bottom) / 2
    beside = [r.at for r in rulings if not r.level and r.start <= middle <= r.stop]
    low = max((at for at in beside if at <= x0 + 2), default=0.0)
    high = min((at for at in beside if at >= x1 - 2), default=float(width))
    return min(int(low), x0), max(int(high), x1)


def _without_copies(boxes: Sequence[Box]) -> list[Box]:
    """Boxes without those that lie in another one, and lines that were found in two pieces put together."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda b: (b.top, b.x0)):
        for place in range(len(kept) - 1, max(len(kept) - 200, -1), -1):
            other = kept[place]
            high = min(box.bottom, other.bottom) - max(box.top, other.top)
            wide = min(box.x1, other.x1) - max(box.x0, other.x0)
            if wide > 0 and high > 0.6 * min(box.bottom - box.top, other.bottom - other.top):
                kept[place] = Box(min(box.x0, other.x0), min(box.top, other.top),
                                  max(box.x1, other.x1), max(box.bottom, other.bottom))  # fmt: skip
                break
        else:
            kept.append(box)
    return kept


def _shaved(boxes: Sequence[Box], ink: Image) -> list[Box]:
    """Boxes of lines set so tight that one reaches into the other, parted where there is least ink between them."""
    import numpy as np

    found = sorted(boxes, key=lambda b: (b.top, b.x0))
    shaved: set[int] = set()
    for n in range(len(found)):
        for above in range(max(n - 200, 0), n):
            upper, lower = found[above], found[n]
            high, x0, x1 = upper.bottom - lower.top, max(upper.x0, lower.x0), min(upper.x1, lower.x1)
            least = min(upper.bottom - upper.top, lower.bottom - lower.top)
            if x0 < x1 and 0 < high < _TIGHT_SET * least and not (_is_tall(upper) or _is_tall(lower)):
                cut = lower.top + int(np.argmin(ink[lower.top : upper.bottom, x0:x1].sum(axis=1)))
                found[above], found[n] = upper._replace(bottom=cut), lower._replace(top=cut)
                shaved |= {above, n}
    return [_narrowed(box, ink) if n in shaved else box for n, box in enumerate(found)]


def _narrowed(box: Box, ink: Image) -> Box:
    """A box without what is blank on its left and right."""
    import numpy as np

    columns = np.flatnonzero(ink[box.top : box.bottom, box.x0 : box.x1].any(axis=0))
    return box._replace(x0=box.x0 + int(columns[0]), x1=box.x0 + int(columns[-1]) + 1) if columns.size else box


def _passed_over(boxes: Sequence[Box], ink: Image, rulings: Sequence[Line], usual: float) -> list[Box]:
    """Pieces of ink as high as type that the detector passed over: lonely figures mostly."""
    import cv2
    import numpy as np

    rest = ink.copy()
    for x0, top, x1, bottom in boxes:
        beside, over = round(_JOIN * (bottom - top)), round(_TAIL * (bottom - top))
        rest[max(top - over, 0) : bottom + over, max(x0 - beside, 0) : x1 + beside] = 0
    reach = max(round(_JOIN * usual), 2)
    joined = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, _, sizes, _ = cv2.connectedComponentsWithStats(joined)
    if count > _SPECKS:
        return []
    found: list[Box] = []
    for x, y, width, height, _area in sizes[1:count]:
        if _SMALL * usual <= height <= _LARGE * usual and width >= 0.1 * height:
            found += _parted(Box(int(x), int(y), int(x + width), int(y + height)), rulings)
    return _without_copies(found)


def _unstacked(box: Box, ink: Image) -> Iterator[Box]:
    """The characters of a box one below the other; the box itself where they stand side by side."""
    import numpy as np

    width, height = box.x1 - box.x0, box.bottom - box.top
    filled = ink[box.top : box.bottom, box.x0 : box.x1].any(axis=1)
    if height < _STACKED * width:
        yield box
        return
    edges = np.flatnonzero(np.diff(np.concatenate([[0], filled.astype(np.int8), [0]])))
    rows: list[tuple[int, int]] = []
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        # parts of one character, as of 三, are nearer to each other than they are wide
        if rows and stop - rows[-1][0] <= 1.15 * width:
            rows[-1] = (rows[-1][0], stop)
        else:
            rows.append((start, stop))
    if len(rows) < 2:
        yield box
        return
    for start, stop in rows:
        yield Box(box.x0, box.top + start, box.x1, box.top + stop)
