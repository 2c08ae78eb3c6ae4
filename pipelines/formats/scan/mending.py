"""Rulings that noise, a light press or a fold broke, made whole again.

Rulings of a table end at rulings: where one is merged away its ends stand on others. So an end that stands on none is
a break, and what it was broken from lies ahead of it: its other piece, or the next ruling across.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.formats.scan.picture import PAPER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[Any]

TOUCH = 0.05
"""Inches between a ruling and where another one ends at it."""

_IN_LINE = 0.02  # inches that pieces of one ruling stand beside each other, on a page that leans a little
_GAP = 0.12  # inches: rows are higher and columns wider, so pieces that far from each other are one ruling
_BREAK = (1.5, 1.0)  # inches of the longest break of a level and of an upright ruling: wider than most columns are,
# higher than most rows
_BESIDE = (0.015, 0.035)  # inches from a ruling: type that stands across it shows there, remains of it do not
_INK = 70  # of 255 greys below paper
_LEFT = 0.3  # of the side of a cell: with that much ink it is a ruling still
_END, _LEFT_AT_ENDS = 0.2, 0.5  # of an upright side: its ends, and how much ink they have; figures that stand in line
# with a ruling do not reach from row to row
_FAINT = 30  # of 255 greys that a ruling is darker than what lies on either side of it; noise is half of that
_BLANK = 0.1  # of the length of a break: with more ink beside it there is type in the way


class Line(NamedTuple):
    """A ruling in pixels: level or upright, where it stands across, where it begins and ends, its thickness."""

    level: bool
    at: float
    start: int
    stop: int
    thickness: float


class _Crossing:
    """Rulings of one direction, asked for by where they stand."""

    def __init__(self, lines: Sequence[Line], touch: float) -> None:
        self._lines = sorted(lines, key=lambda line: line.at)
        self._at = [line.at for line in self._lines]
        self._touch = touch

    def between(self, low: float, high: float, place: float) -> Iterator[Line]:
        """Those that stand from ``low`` to ``high`` and go over ``place``."""
        for line in self._lines[bisect_left(self._at, low) : bisect_right(self._at, high)]:
            if line.start - self._touch <= place <= line.stop + self._touch:
                yield line

    def meets(self, end: float, place: float) -> bool:
        """Whether an end stands on one."""
        return any(True for _ in self.between(end - self._touch, end + self._touch, place))


def in_line(lines: Sequence[Line], dpi: float) -> list[list[int]]:
    """Numbers of lines of one direction that stand in one line, each list from start to stop."""
    groups: list[list[int]] = []
    for number in sorted(range(len(lines)), key=lambda n: lines[n].at):
        if groups and lines[number].at - lines[groups[-1][0]].at <= _IN_LINE * dpi:
            groups[-1].append(number)
        else:
            groups.append([number])
    return [sorted(group, key=lambda n: lines[n].start) for group in groups]


def joined(lines: Sequence[Line], across: Sequence[Line], dpi: float) -> list[list[int]]:
    """Say which strokes are pieces of one ruling: they overlap, or are nearer to each other than any cell is wide.

    Args:
        lines: Strokes of one direction.
        across: Those of the other; between two pieces there is none.
        dpi: Pixels per inch.

    Returns:
        Numbers of the strokes, those of one ruling together.
    """
    crossing = _Crossing(across, TOUCH * dpi)
    found: list[list[int]] = []
    for group in in_line(lines, dpi):
        stop = 0
        for place, number in enumerate(group):
            line = lines[number]
            near = place > 0 and line.start - stop <= _GAP * dpi
            if near and (line.start <= stop or not any(crossing.between(stop, line.start, line.at))):
                found[-1].append(number)
            else:
                found.append([number])
            stop = max(stop, line.stop)
    return found


def one_of(lines: Sequence[Line]) -> Line:
    """The ruling that pieces make; it stands where the longest stands."""
    longest = max(lines, key=lambda line: line.stop - line.start)
    return longest._replace(start=min(line.start for line in lines), stop=max(line.stop for line in lines))


def mended(level: Sequence[Line], upright: Sequence[Line], grey: Image, dpi: float) -> tuple[list[Line], list[Line]]:
    """Make broken rulings whole.

    Args:
        level: Level rulings.
        upright: Upright ones.
        grey: The picture.
        dpi: Its pixels per inch.

    Returns:
        Both, broken ones longer or joined.
    """
    level, upright = _continued(level, upright, grey, dpi), _continued(upright, level, grey, dpi)
    level, upright = _bridged(level, upright, grey, dpi), _bridged(upright, level, grey, dpi)
    for _ in range(2):  # what one direction lacked may have been what the other one ends at
        level, upright = _extended(level, upright, grey, dpi), _extended(upright, level, grey, dpi)
        level, upright = _cornered(level, upright, grey, dpi), _cornered(upright, level, grey, dpi)
    return _meeting(level, upright, dpi), _meeting(upright, level, dpi)


def _meeting(lines: Sequence[Line], across: Sequence[Line], dpi: float) -> list[Line]:
    """Rulings whose ends lack a few pixels to the ruling they stand on, as long as that."""
    touch = TOUCH * dpi
    crossing = _Crossing(across, touch)
    found: list[Line] = []
    for line in lines:
        starts = [one.at for one in crossing.between(line.start - touch, line.start + touch, line.at)]
        stops = [one.at for one in crossing.between(line.stop - touch, line.stop + touch, line.at)]
        found.append(
            line._replace(
                start=min(line.start, *map(int, starts)) if starts else line.start,
                stop=max(line.stop, *(int(at) + 1 for at in stops)) if stops else line.stop,
            )
        )
    return found


def _continued(lines: Sequence[Line], across: Sequence[Line], grey: Image, dpi: float) -> list[Line]:
    """Rulings with the sides of cells in line with them of which some ink is left."""
    touch, far = TOUCH * dpi, max(grey.shape)
    crossing = _Crossing(across, touch)
    found = list(lines)
    for group in in_line(lines, dpi):
        pieces = [lines[number] for number in group]
        ends = sorted({round(one.at) for one in crossing.between(0, far, one_of(pieces).at)})
        for start, stop in pairwise(ends):
            is_whole = any(one.start <= start + touch and one.stop >= stop - touch for one in pieces)
            side = max(pieces, key=lambda one: min(one.stop, stop) - max(one.start, start))
            side = side._replace(start=start, stop=stop)
            if stop - start > 2 * touch and not is_whole and _has_ink(side, grey, dpi):
                found.append(side)
    return found


def _has_ink(line: Line, grey: Image, dpi: float) -> bool:
    """Whether enough of a ruling is left, and no type stands there."""
    import numpy as np

    reach = max(round(_BESIDE[0] * dpi) - 1, 1)
    at, far = round(line.at), round(_BESIDE[1] * dpi)
    darkest = _strip(line, max(at - reach, 0), at + reach + 1, grey).min(axis=0).astype(int)
    ground = np.median(_strip(line, max(at - far, 0), at + far + 1, grey), axis=0)
    inked = ground - darkest > _FAINT  # a hairline beside a shaded cell is no darker
    end = max(round(_END * inked.size), 1)
    if not line.level and min(inked[:end].mean(), inked[-end:].mean()) < _LEFT_AT_ENDS:
        return False
    return bool(inked.mean() >= _LEFT) and _is_blank(line, grey, dpi)


def _strip(line: Line, low: int, high: int, grey: Image) -> Image:
    """Pixels along a line, one column for each pixel of its length."""
    if line.level:
        return grey[low:high, line.start : line.stop]
    return grey[line.start : line.stop, low:high].T


def _longest_break(lines: Sequence[Line], dpi: float) -> float:
    return _BREAK[0 if lines and lines[0].level else 1] * dpi


def _bridged(lines: Sequence[Line], across: Sequence[Line], grey: Image, dpi: float) -> list[Line]:
    """Rulings whose pieces both end at nothing, put together."""
    crossing, longest = _Crossing(across, TOUCH * dpi), _longest_break(lines, dpi)
    found: list[Line] = []
    for group in in_line(lines, dpi):
        pieces = [lines[number] for number in group]
        found.append(pieces[0])
        for before, after in pairwise(pieces):
            stop = found[-1].stop
            is_break = (
                after.start - stop <= longest
                and not crossing.meets(stop, before.at)
                and not crossing.meets(after.start, after.at)
                and _is_blank(after._replace(start=stop, stop=after.start), grey, dpi)
            )
            if is_break:
                found[-1] = one_of([found[-1], after])
            else:
                found.append(after)
    return found


def _extended(lines: Sequence[Line], across: Sequence[Line], grey: Image, dpi: float) -> list[Line]:
    """Rulings that end at nothing, led to the next one across; those that meet no other are no part of a table."""
    touch, longest = TOUCH * dpi, _longest_break(lines, dpi)
    crossing = _Crossing(across, touch)
    found: list[Line] = []
    for line in lines:
        whole = line
        if any(True for _ in crossing.between(line.start - touch, line.stop + touch, line.at)):
            ahead = [one.at for one in crossing.between(line.stop, line.stop + longest, line.at)]
            if not crossing.meets(line.stop, line.at) and ahead:
                whole = _longer(whole, whole.start, round(min(ahead)), grey, dpi)
            behind = [one.at for one in crossing.between(line.start - longest, line.start, line.at)]
            if not crossing.meets(line.start, line.at) and behind:
                whole = _longer(whole, round(max(behind)), whole.stop, grey, dpi)
        found.append(whole)
    return found


def _cornered(lines: Sequence[Line], across: Sequence[Line], grey: Image, dpi: float) -> list[Line]:
    """Rulings at the edge of a table, led on along the ends of others that end at nothing in line with them."""
    touch, longest = TOUCH * dpi, _longest_break(lines, dpi)
    beside = _Crossing(lines, touch)
    ends = sorted((end, one.at) for one in across for end in (one.start, one.stop) if not beside.meets(end, one.at))
    places = [end for end, _ in ends]
    found: list[Line] = []
    for line in lines:
        low, high = bisect_left(places, line.at - touch), bisect_right(places, line.at + touch)
        there = sorted(at for _, at in ends[low:high])
        whole = line
        for at in there:
            if whole.stop < at <= whole.stop + longest:
                whole = _longer(whole, whole.start, round(at), grey, dpi)
        for at in reversed(there):
            if whole.start - longest <= at < whole.start:
                whole = _longer(whole, round(at), whole.stop, grey, dpi)
        found.append(whole)
    return found


def _longer(line: Line, start: int, stop: int, grey: Image, dpi: float) -> Line:
    """A ruling from another start or to another stop, unless type is in the way."""
    if start < line.start and not _is_blank(line._replace(start=start, stop=line.start), grey, dpi):
        return line
    if stop > line.stop and not _is_blank(line._replace(start=line.stop, stop=stop), grey, dpi):
        return line
    return line._replace(start=start, stop=stop)


def _is_blank(line: Line, grey: Image, dpi: float) -> bool:
    """Whether no type stands across a line."""
    near, far = (round(inches * dpi) for inches in _BESIDE)
    line = line._replace(start=line.start + far, stop=line.stop - far)  # what ends there is no type
    if line.stop <= line.start:
        return True
    at = round(line.at)
    sides = ((max(at - far, 0), max(at - near, 0)), (at + near, at + far))
    for low, high in sides:
        strip = _strip(line, low, high, grey)
        if strip.size and (strip < PAPER - _INK).any(axis=0).mean() > _BLANK:
            return False
    return True


def wiped(plain: Image, before: Sequence[Line], after: Sequence[Line], dpi: float) -> None:
    """Take what remained of broken rulings out of a picture, where they were made whole."""
    near = round(_BESIDE[0] * dpi)
    for line in after:
        at = round(line.at)
        strip = slice(max(at - near, 0), at + near + 1)
        for start, stop in _added(line, [one for one in before if one.level == line.level and abs(one.at - at) <= 1]):
            if line.level:
                plain[strip, start:stop] = PAPER
            else:
                plain[start:stop, strip] = PAPER


def _added(line: Line, before: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """The parts of a ruling that were not seen before."""
    start = max(line.start, 0)
    for one in sorted(before, key=lambda one: one.start):
        if one.start > start:
            yield start, min(one.start, line.stop)
        start = max(start, one.stop)
    if start < line.stop:
        yield start, line.stop
