"""What a person sees of a page: the one place where it is decided, with a count of all that is left out, by reason."""

from __future__ import annotations

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import median
from typing import NamedTuple

from pipelines.formats.pdf.cut_off import CUT_OFF, cut_beside, is_one_number
from pipelines.formats.pdf.geometry import Rect, common
from pipelines.formats.pdf.model import Char, Colour, PageModel, Run

_PAPER = (255, 255, 255)
_GONE = 0.05  # opacity below which nothing is left to see
_DENSE = 0.9  # opacity above which nothing shines through
_PALE_PART = 237  # of 255; a colour with all parts above this is as good as white on paper
_SAME_PART = 8  # of 255; parts of two colours that differ by less look the same
_FAINT = 0.35  # difference of brightness, of 1, between a watermark and its ground
_LARGE = 2.0  # times the usual type size: where pale text becomes a watermark
_SPECK = 0.0008  # of the height of the page: smaller type is dust
_DUST = 0.05  # of the largest type of the page: only what is smaller than this can be dust
_SLANT = 5.0  # degrees off the upright; scans lean by one or two
_TWICE = 0.12  # of the type size: nearer than this, the same character is printed twice for bold
_HEART = 0.35  # of the type size above the baseline: the middle of a figure, and of what is looked up for it
_SLIVER = 0.1  # of a character: when a clip leaves less than this at an edge, it is clipped away
_THIN = 0.35  # of the type size: narrower areas are rules and hide nothing
_STRIP = 20.0  # points; areas and strokes are looked up by strips of this height
_STRUCK = (0.12, 0.62)  # of the type size above the baseline: where a stroke crosses out
_STROKE = 0.25  # of the type size: a thicker bar hides text rather than strike it out
_OVERHANG = 0.8  # of the type size that such a stroke may reach beyond its text
_MAX_STRIPS = 2000  # of one area: pages are not higher than that


class Stroke(NamedTuple):
    """A level rule that is painted: its ends, its height on the page and its thickness in points."""

    x0: float
    x1: float
    y: float
    thickness: float


class _Fill(NamedTuple):
    box: Rect
    order: int
    colour: Colour
    whole: bool


@dataclass(slots=True)
class Seen:
    """What is seen of a page.

    Attributes:
        chars: In the order of pdfium.
        unseen: How many characters are left out, by reason: ``blank`` (no outline), ``invisible``, ``clipped``,
            ``off_page``, ``covered``, ``ground`` (in the colour of what lies below), ``speck``, ``slanted`` and
            ``pale`` (watermarks), ``double`` (printed twice for bold), ``struck``.
        struck: The texts that are struck out, each with its first character.
        strikes: The strokes that strike them out; they part nothing.
    """

    chars: list[Char]
    unseen: Counter[str] = field(default_factory=Counter)
    struck: list[tuple[str, Char]] = field(default_factory=list)
    strikes: list[Stroke] = field(default_factory=list)


def seen_on(page: PageModel, strokes: Sequence[Stroke]) -> Seen:  # noqa: PLR0912, PLR0915 (one loop over all characters)
    """Decide what a person sees of a page.

    Args:
        page: As painted.
        strokes: The level rules of the page, visible ones only.

    Returns:
        The characters, and what became of the others.
    """
    unseen: Counter[str] = Counter({"blank": page.blank})
    sizes = [c.run.size for c in page.chars]
    usual = median(sizes) if sizes else 0.0
    dust = 0.0
    if min(sizes, default=0.0) < _SPECK * page.height:
        largest = max([c.run.size for c in page.chars if c.run.painted], default=0.0)
        dust = min(_SPECK * page.height, _DUST * largest)
    strips = _by_strips(_fills(page, _THIN * usual))
    width, height = page.width, page.height
    kept: list[Char] = []
    faint: list[Char] = []
    last, reason, contrast, clip = -1, "", 1.0, None
    before, was_cut = None, False  # the character before, and whether it is cut off
    for char in page.chars:
        run = char.run
        if run.order != last:
            last = run.order
            reason = _run_fault(run, dust)
            contrast = _contrast(run.colour, run.opacity, _PAPER)
            clip = run.clip and run.clip.box
        why = reason
        if not why:
            if run.quarter:
                x, y = _heart(char)
            else:
                x, y = char.x + char.advance / 2, char.y - _HEART * run.size
            seen_as = contrast
            if not (0 <= x <= width and 0 <= y <= height):
                why = "off_page"
            elif clip is not None and not _is_in(clip, x, y) and _is_clipped(char, x, y, clip):
                why = "clipped"
            elif strips and (fills := strips.get(int(y // _STRIP))):
                why, seen_as = _on_ground(run, x, y, fills, contrast)
            if not why and seen_as < _FAINT:
                if seen_as:
                    faint.append(char)
                else:
                    why = "ground"
        is_cut = why in CUT_OFF
        if is_cut and before is not None and kept and before is kept[-1] and is_one_number(before, char):
            kept.append(cut_beside(before, at_end=True))
        if why:
            unseen[why] += 1
        else:
            if was_cut and before is not None and is_one_number(before, char):
                kept.append(cut_beside(char, at_end=False))
            kept.append(char)
        before, was_cut = char, is_cut
    marks = _watermarks(faint, kept, usual)
    if marks:
        unseen["pale"] += len(marks)
        kept = [c for c in kept if id(c) not in marks]
    once = _printed_once(kept)
    unseen["double"] += len(kept) - len(once)
    seen = Seen(once, +unseen)
    _strike_out(seen, strokes)
    return seen


def _run_fault(run: Run, dust: float) -> str:
    """Why a whole text object is not seen; empty where nothing is wrong."""
    if not run.painted or run.opacity < _GONE:
        return "invisible"
    if run.size < dust:
        return "speck"
    if run.angle:
        off = (run.angle + 45) % 90 - 45
        return "slanted" if abs(off) > _SLANT else ""
    return ""


def _is_in(box: Rect, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _is_clipped(char: Char, x: float, y: float, clip: Rect) -> bool:
    """Whether (nearly) nothing of a character with its heart at a place is inside a box."""
    along, across = char.advance * (0.5 - _SLIVER), char.run.size * (0.5 - _SLIVER)
    wide, high = (across, along) if char.run.quarter % 2 else (along, across)
    x0, top, x1, bottom = clip
    return x + wide < x0 or x - wide > x1 or y + high < top or y - high > bottom or x0 > x1 or top > bottom


def _heart(char: Char) -> tuple[float, float]:
    """The middle of a character's shape."""
    quarter = char.run.quarter
    along, above = char.advance / 2, _HEART * char.run.size
    if quarter == 0:
        return char.x + along, char.y - above
    if quarter == 1:
        return char.x + above, char.y + along
    return (char.x - along, char.y + above) if quarter == 2 else (char.x - above, char.y - along)


# --- covers and grounds ----------------------------------------------------------------------------------------------


def _by_strips(fills: Iterable[_Fill]) -> dict[int, list[_Fill]]:
    strips: dict[int, list[_Fill]] = {}
    for fill in fills:
        _, top, _, bottom = fill.box
        first = int(top // _STRIP)
        for strip in range(first, min(int(bottom // _STRIP), first + _MAX_STRIPS) + 1):
            strips.setdefault(strip, []).append(fill)
    return strips


def _on_ground(run: Run, x: float, y: float, fills: Sequence[_Fill], on_paper: float) -> tuple[str, float]:
    """Why a character cannot be seen among painted areas, and how much it differs from its ground.

    Where nobody can tell, on a picture say, it is taken for visible.
    """
    below: Colour = _PAPER
    order = -1
    for fill in fills:
        x0, top, x1, bottom = fill.box
        if x0 <= x <= x1 and top <= y <= bottom:
            if fill.order < run.order:
                below = None if fill.order == order else fill.colour  # two parts of one shape may be a hole
                order = fill.order
            elif fill.whole:
                return "covered", 0.0
    return "", on_paper if below is _PAPER else _contrast(run.colour, run.opacity, below)


def _fills(page: PageModel, thin: float) -> list[_Fill]:
    """Painted areas that are no rules, in order, as far as they are not clipped away or off the page."""
    whole_page = (0.0, 0.0, page.width, page.height)
    fills = [_Fill(p.box, p.order, None, p.opaque) for p in page.pictures]
    for shape in page.shapes:
        if not shape.filled:
            continue
        dense = shape.opacity > _DENSE and not shape.blended
        if shape.opacity < _GONE:
            continue
        for part, around in zip(shape.parts, shape.boxes, strict=True):
            box = common(around, whole_page)
            if shape.clip is not None:
                box = common(box, shape.clip.box)
            if min(box[2] - box[0], box[3] - box[1]) <= thin:
                continue
            rectangle = not shape.curved and is_rectangle(part)
            known = shape.fill if dense and rectangle else None
            whole = (
                rectangle
                and len(shape.parts) == 1
                and dense
                and shape.fill is not None
                and (shape.clip is None or shape.clip.whole)
            )
            fills.append(_Fill(box, shape.order, known, whole))
    return sorted(fills, key=lambda f: f.order)


def is_rectangle(part: Sequence[tuple[float, float]]) -> bool:
    """Whether a subpath is a rectangle with level and upright sides."""
    corners = part[:-1] if part[0] == part[-1] else part
    if len(corners) != 4:
        return False
    xs, ys = {round(x, 2) for x, _ in corners}, {round(y, 2) for _, y in corners}
    return len(xs) == 2 and len(ys) == 2


@lru_cache(4096)
def _contrast(colour: Colour, opacity: float, below: Colour) -> float:
    """Difference of brightness between a colour and its ground, 0 to 1; 0 where they cannot be told apart."""
    if colour is None or below is None:
        return 1.0
    red, green, blue = (opacity * a + (1 - opacity) * b for a, b in zip(colour, below, strict=True))
    shown = (int(red), int(green), int(blue))
    if alike(shown, below):
        return 0.0
    return max(max(abs(a - b) for a, b in zip(shown, below, strict=True)) / 255, 1e-3)


def is_pale(colour: Colour) -> bool:
    """Whether a colour is white or nearly so."""
    return colour is not None and all(part >= _PALE_PART for part in colour)


def alike(one: Colour, other: Colour) -> bool:
    """Whether two colours cannot be told apart; white and nearly white are one."""
    if one is None or other is None:
        return False
    if is_pale(one) and is_pale(other):
        return True
    return all(abs(a - b) < _SAME_PART for a, b in zip(one, other, strict=True))


# --- watermarks and bold ---------------------------------------------------------------------------------------------


def _watermarks(faint: Sequence[Char], kept: Sequence[Char], usual: float) -> set[int]:
    """Faint characters that are a mark under the text: large, or with other text printed across them or their like."""
    if not faint:
        return set()
    pale_runs: dict[int, list[Char]] = defaultdict(list)
    for char in faint:
        pale_runs[char.run.order].append(char)
    solid: dict[int, list[Char]] = defaultdict(list)
    for char in kept:
        if char.run.order not in pale_runs:
            solid[int(char.y // _STRIP)].append(char)
    alike_runs: dict[tuple[str, Colour], list[list[Char]]] = defaultdict(list)
    for chars in pale_runs.values():
        alike_runs["".join([c.text for c in chars]), chars[0].run.colour].append(chars)
    marks: set[int] = set()
    for runs in alike_runs.values():
        large = any(chars[0].run.size >= _LARGE * usual for chars in runs)
        if large or any(_is_crossed(c, solid) for chars in runs for c in chars):
            marks.update(id(c) for chars in runs for c in chars)
    return marks


def _is_crossed(char: Char, solid: dict[int, list[Char]]) -> bool:
    """Whether the heart of another character lies within a character's body."""
    x, y = _heart(char)
    half_width, half_height = 0.4 * char.advance, 0.3 * char.run.size
    first, last = int((y - char.run.size) // _STRIP), int((y + 2 * char.run.size) // _STRIP)
    for strip in range(first, min(last, first + _MAX_STRIPS) + 1):
        for other in solid.get(strip, ()):
            ox, oy = _heart(other)
            if abs(ox - x) < half_width and abs(oy - y) < half_height:
                return True
    return False


def _printed_once(chars: list[Char]) -> list[Char]:
    """Characters without those that stand where another text object has put the same one."""
    if not chars:
        return chars
    heights = sorted({c.y for c in chars})
    near = _TWICE * max(c.run.size for c in chars)
    rows: dict[float, int] = {}
    row, last = 0, heights[0]
    for height in heights:
        row += height - last > near
        rows[height] = row
        last = height
    alike: dict[tuple[str, int], list[tuple[float, int]]] = defaultdict(list)
    for i, char in enumerate(chars):
        alike[char.text, rows[char.y]].append((char.x, i))
    twice: set[int] = set()
    for places in alike.values():
        if len(places) == 1:
            continue
        (kept_x, kept_at), *others = sorted(places)
        for x, i in others:
            if x - kept_x < near and _is_same(chars[kept_at], chars[i]):
                twice.add(i)
            else:
                kept_x, kept_at = x, i
    return [c for i, c in enumerate(chars) if i not in twice] if twice else chars


def _is_same(one: Char, other: Char) -> bool:
    near = _TWICE * min(one.run.size, other.run.size)
    return abs(one.x - other.x) < near and abs(one.y - other.y) < near and one.run.order != other.run.order


# --- struck out ------------------------------------------------------------------------------------------------------


def _strike_out(seen: Seen, strokes: Sequence[Stroke]) -> None:
    """Take out the characters with a stroke through them, one that begins and ends where they do."""
    if not strokes or not seen.chars:
        return
    by_line: dict[float, list[Char]] = defaultdict(list)
    for char in seen.chars:
        if not char.run.quarter:
            by_line[char.y].append(char)
    lines = sorted(by_line)
    largest = max(c.run.size for c in seen.chars)
    gone: set[int] = set()
    for stroke in _joined(strokes):
        near = lines[bisect(lines, stroke.y) : bisect(lines, stroke.y + _STRUCK[1] * largest)]
        struck = sorted((c for y in near for c in by_line[y] if _is_crossed_out(c, stroke)), key=lambda c: c.x)
        if not struck:
            continue
        room = _OVERHANG * max(c.run.size for c in struck)
        first, last = struck[0], struck[-1]
        if first.x - room <= stroke.x0 and stroke.x1 <= last.x + last.advance + room:
            seen.strikes.append(stroke)
            seen.struck.append(("".join(c.text for c in struck if id(c) not in gone), first))
            gone.update(id(c) for c in struck)
    if gone:
        seen.unseen["struck"] += len(gone)
        seen.chars = [c for c in seen.chars if id(c) not in gone]
        seen.struck = [(text, char) for text, char in seen.struck if text]


def _is_crossed_out(char: Char, stroke: Stroke) -> bool:
    size = char.run.size
    thin = stroke.thickness < _STROKE * size
    low, high = _STRUCK
    return thin and low < (char.y - stroke.y) / size < high and stroke.x0 <= char.x + char.advance / 2 <= stroke.x1


def _joined(strokes: Sequence[Stroke]) -> list[Stroke]:
    """Strokes of one line put together: a rule drawn cell by cell is one rule."""
    joined: list[Stroke] = []
    for stroke in sorted(strokes, key=lambda s: (round(s.y, 1), s.x0)):
        last = joined[-1] if joined else None
        if last is not None and abs(last.y - stroke.y) < 0.6 and stroke.x0 - last.x1 < 3.0:
            joined[-1] = last._replace(x1=max(last.x1, stroke.x1))
        else:
            joined.append(stroke)
    return joined
