"""Rules of a page: whatever looks like one, however it was drawn.

Strokes, thin rectangles and other thin polygons (mitred ones too), the ring around a box, dashes, pictures one pixel
wide. The frame of a page is none, nor is a stroke that strikes out text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipelines.formats.pdf.geometry import Point, Rect, common
from pipelines.formats.pdf.model import PageModel, Shape
from pipelines.formats.pdf.outlines import shapes_but_outlines
from pipelines.formats.pdf.visible import Stroke, is_pale, is_rectangle

_THIN = 3.0  # points; what is not thicker is a drawn line
_LEVEL = 0.1  # of its length that a stroke may lean and still be level or upright
_GONE = 0.05  # opacity below which nothing is left to see
_WHITE = 250  # of 255: what has a part below this is shaded, however lightly
_ENOUGH_SHADED = 4  # areas that make a table of shaded cells
_MOST_SHADED = 2_000  # areas and pale rules of a page that are compared
_SLENDER = 2.0  # times as long as thick: shorter pieces are dots, unless they make a dashed line
_DASH_GAP = 6.0  # points between the dashes of one line
_DASH_OFF = 1.0  # points that a dash may stand beside the line of the one before


class Rule(NamedTuple):
    """A piece of a rule: ``level`` or upright, where it stands across, where it begins and ends, its thickness."""

    level: bool
    at: float
    start: float
    stop: float
    thickness: float


def rules_of(page: PageModel) -> list[Rule]:
    """All pieces of visible rules of a page, as drawn, inside the page and what their clips let through."""
    whole = (0.0, 0.0, page.width, page.height)
    found: list[Rule] = []
    pale: list[Rule] = []
    shaded: list[Rect] = []
    for shape in shapes_but_outlines(page):
        if shape.opacity < _GONE:
            continue
        limits = whole if shape.clip is None else common(whole, shape.clip.box)
        inked = shape.stroked and not is_pale(shape.stroke)
        if shape.stroked:
            for part in shape.parts:
                for a, b in pairwise(part):
                    _add(found if inked else pale, _of_stroke(a, b, shape.width), limits)
        if shape.filled and not shape.curved and not inked:  # an area may have a pale outline
            for box in _thin_parts(shape):
                _add(pale if is_pale(shape.fill) else found, _of_box(box), limits)
        if shape.filled and shape.fill is not None and min(shape.fill) < _WHITE:
            shaded += [box for box in shape.boxes if _is_area(box)]
    for picture in page.pictures:
        _add(found, _of_box(picture.box), whole)
    return _with_dashes([*found, *_on_shade(pale, shaded)])


def _is_area(box: Rect) -> bool:
    return min(box[2] - box[0], box[3] - box[1]) > _THIN


def _on_shade(pale: list[Rule], shaded: Sequence[Rect]) -> Iterable[Rule]:
    """Pale rules that part shaded cells; elsewhere on a page nobody sees them."""
    if len(shaded) < _ENOUGH_SHADED or not pale:
        return
    areas = [(x0 - 1, top - 1, x1 + 1, bottom + 1) for x0, top, x1, bottom in shaded[:_MOST_SHADED]]
    for rule in pale[:_MOST_SHADED]:
        along = (rule.start + rule.stop) / 2
        x, y = (along, rule.at) if rule.level else (rule.at, along)
        if any(x0 < x < x1 and top < y < bottom for x0, top, x1, bottom in areas):
            yield rule


def strokes_of(rules: Iterable[Rule]) -> list[Stroke]:
    """The level rules, as what may strike out text."""
    return [Stroke(r.start, r.stop, r.at, r.thickness) for r in rules if r.level]


def without(rules: Iterable[Rule], strikes: Sequence[Stroke]) -> list[Rule]:
    """Rules but for those that strike out text."""
    if not strikes:
        return list(rules)
    return [
        r
        for r in rules
        if not (r.level and any(abs(r.at - s.y) < 0.6 and s.x0 - 1 <= r.start and r.stop <= s.x1 + 1 for s in strikes))
    ]


def _add(found: list[Rule], rule: Rule | None, limits: Rect) -> None:
    """Keep as much of a rule as lies within limits."""
    if rule is None:
        return
    x0, top, x1, bottom = limits
    low, high = (x0, x1) if rule.level else (top, bottom)
    across_low, across_high = (top, bottom) if rule.level else (x0, x1)
    reach = rule.thickness / 2 + 0.5
    if rule.at < across_low - reach or rule.at > across_high + reach:
        return
    start, stop = max(rule.start, low), min(rule.stop, high)
    if start < stop:
        at = min(max(rule.at, across_low), across_high)
        found.append(Rule(rule.level, at, start, stop, rule.thickness))


def _of_stroke(a: Point, b: Point, width: float) -> Rule | None:
    across, down = abs(b[0] - a[0]), abs(b[1] - a[1])
    if down <= max(_LEVEL * across, 0.0) and across > 0:
        if width > across and width > _THIN:  # a short stroke with a broad pen is an upright line
            middle, half = (a[1] + b[1]) / 2, width / 2
            return Rule(False, (a[0] + b[0]) / 2, middle - half, middle + half, across) if across <= _THIN else None
        return Rule(True, (a[1] + b[1]) / 2, min(a[0], b[0]), max(a[0], b[0]), width) if width <= 2 * _THIN else None
    if across <= _LEVEL * down and down > 0:
        if width > down and width > _THIN:
            middle, half = (a[0] + b[0]) / 2, width / 2
            return Rule(True, (a[1] + b[1]) / 2, middle - half, middle + half, down) if down <= _THIN else None
        return Rule(False, (a[0] + b[0]) / 2, min(a[1], b[1]), max(a[1], b[1]), width) if width <= 2 * _THIN else None
    return None


def _of_box(box: Rect) -> Rule | None:
    """The rule that a thin box looks like."""
    x0, top, x1, bottom = box
    across, down = x1 - x0, bottom - top
    if down <= _THIN and across >= down:
        return Rule(True, (top + bottom) / 2, x0, x1, down)
    if across <= _THIN and down > across:
        return Rule(False, (x0 + x1) / 2, top, bottom, across)
    return None


def _thin_parts(shape: Shape) -> Iterable[Rect]:
    """Boxes of the thin parts of a filled path, and the sides of a ring (a box with a little smaller box in it)."""
    boxes = shape.boxes
    thick = [b for b in boxes if min(b[2] - b[0], b[3] - b[1]) > _THIN]
    if len(shape.parts) == 1 and thick and not is_rectangle(shape.parts[0]):
        yield from _ring(shape.parts[0])
    yield from (b for b in boxes if min(b[2] - b[0], b[3] - b[1]) <= _THIN)
    for outer, inner in pairwise(thick):
        if inner[2] - inner[0] > outer[2] - outer[0]:
            outer, inner = inner, outer  # noqa: PLW2901 (whichever was drawn first)
        gaps = (inner[0] - outer[0], inner[1] - outer[1], outer[2] - inner[2], outer[3] - inner[3])
        if all(0 <= gap <= _THIN for gap in gaps) and max(gaps) > 0:
            x0, top, x1, bottom = outer
            yield (x0, top, x1, inner[1])
            yield (x0, inner[3], x1, bottom)
            yield (x0, top, inner[0], bottom)
            yield (inner[2], top, x1, bottom)


def _ring(part: Sequence[Point]) -> Iterable[Rect]:
    """The sides of a polygon all of whose body is thin: an L, a U or a frame in one go.

    Two long sides that run side by side, one there and one back, not further apart than a rule is thick, are its edges.
    """
    if len(part) < 7:
        return
    sides = [(a, b) for a, b in pairwise(part) if max(abs(b[0] - a[0]), abs(b[1] - a[1])) > _THIN]
    for level in (True, False):
        along, across = (0, 1) if level else (1, 0)
        lines = sorted(
            (
                ((a[across] + b[across]) / 2, min(a[along], b[along]), max(a[along], b[along]))
                for a, b in sides
                if abs(b[across] - a[across]) <= _LEVEL * abs(b[along] - a[along])
            ),
        )
        for (at, start, stop), (other, low, high) in pairwise(lines):
            if other - at <= _THIN and min(stop, high) - max(start, low) > _THIN:
                first, last = min(start, low), max(stop, high)
                yield (first, at, last, other) if level else (at, first, other, last)


def _with_dashes(rules: list[Rule]) -> list[Rule]:
    """Rules with dashes and dots in a line put together; lonely dots are none."""
    short = [r for r in rules if r.stop - r.start < _SLENDER * _THIN]
    if len(short) < 3:
        return [r for r in rules if r.stop - r.start >= _SLENDER * min(r.thickness, _THIN)]
    kept = [r for r in rules if r.stop - r.start >= _SLENDER * _THIN]
    # A dot is as long as it is thick: which way it runs, only its neighbours tell.
    chains = {level: _chains([r for r in short if r.level == level or _is_dot(r)], level) for level in (True, False)}
    for level, found in chains.items():
        longest = {id(dot): rule.stop - rule.start for rule, dots in chains[not level] for dot in dots}
        kept += [
            rule
            for rule, dots in found
            if rule.stop - rule.start >= _SLENDER * min(rule.thickness, _THIN)
            and not all(longest.get(id(dot), 0.0) > rule.stop - rule.start for dot in dots)
        ]
    return kept


def _is_dot(rule: Rule) -> bool:
    return rule.stop - rule.start <= 1.2 * rule.thickness


def _lying(rule: Rule, level: bool) -> Rule:
    if rule.level == level:
        return rule
    half = rule.thickness / 2
    middle = (rule.start + rule.stop) / 2
    return Rule(level, middle, rule.at - half, rule.at + half, rule.stop - rule.start)


def _chains(short: Sequence[Rule], level: bool) -> list[tuple[Rule, list[Rule]]]:
    """Pieces in a line put together, with the pieces of each."""
    chains: list[tuple[Rule, list[Rule]]] = []
    laid = sorted(((_lying(r, level), r) for r in short), key=lambda pair: (round(pair[0].at), pair[0].start))
    for piece, drawn in laid:
        last, pieces = chains[-1] if chains else (None, [])
        goes_on = last is not None and last.start <= piece.start <= last.stop + _DASH_GAP
        if last is not None and goes_on and abs(last.at - piece.at) < _DASH_OFF:
            pieces.append(drawn)
            chains[-1] = last._replace(stop=max(last.stop, piece.stop)), pieces
        else:
            chains.append((piece, [drawn]))
    return chains
