"""What stands in the cells of a ruled table: whole runs of type, and pieces of one number on several lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import chain

from pipelines.formats.number_pieces import ONE_NUMBER, are_pieces, half_width, places_of, usual_places
from pipelines.formats.pdf.glyphs import Glyph, group_lines, line_text

_JOINT = 0.12  # of the type size: glyphs of one run stand closer; the padding at a ruling is wider
_TIGHT = 0.05  # of the type size: the same for words, of which two may fill their cells to the rulings
_OVERLAP = 0.5  # of the type size that neighbours of one run may overlap
_SAME_LINE = 0.15  # of the type size that middles within a run may differ
_FULL = 2.0  # type sizes of room left in a line (padding and a digit) from which on it was not broken for want of room
_PADDING, _A_DIGIT = 12.0, 0.75  # the same in points of padding, as word processors set it, and type sizes
_CENTRED = 0.5  # of the type size that the middle of centred type may be off the middle of its cell
_MOST_LINES = 8  # of one number in a cell that holds two digits to a line
_CENTS = 2  # places behind the point of most money
_AMOUNT = re.compile(r"[-+−△▲(]*\d[\d,]*(?:\.\d+|,\d{3})[)]?")
_NUMERIC = frozenset("0123456789.,-+−()%０１２３４５６７８９．，－（）％△▲")

Rect = tuple[float, float, float, float]


def runs_of(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs in content order cut into runs: set one after the other without a gap, all of a number or none."""
    runs: list[list[Glyph]] = []
    run: list[Glyph] = []
    was_numeric = False
    last_x1 = last_size = last_middle = 0.0
    for glyph in glyphs:
        text, x0, _, x1, _, size, middle = glyph
        numeric = text in _NUMERIC
        least = size if size < last_size else last_size
        if (
            run
            and numeric is was_numeric
            and abs(last_middle - middle) <= _SAME_LINE * least
            and -_OVERLAP * least < x0 - last_x1 < (_JOINT if numeric else _TIGHT) * least
        ):
            run.append(glyph)
        else:
            run = [glyph]
            runs.append(run)
        was_numeric, last_x1, last_size, last_middle = numeric, x1, size, middle
    return runs


def contents_of(rects: Sequence[Rect], glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Share out the glyphs of a table among its cells; no ruling cuts a run.

    Args:
        rects: The cells as (x0, top, x1, bottom).
        glyphs: In content order.

    Returns:
        The glyphs of each cell. Those of a run that no cell holds are left out.
    """
    inside: list[list[Glyph]] = [[] for _ in rects]
    crossing: list[tuple[list[Glyph], list[int]]] = []
    held = -1
    for run in runs_of(glyphs):
        owners: list[int] = []
        for glyph in run:
            held = _holding(rects, held, (glyph.x0 + glyph.x1) / 2, glyph.middle)
            owners.append(held)
        if len(set(owners)) == 1:
            if held >= 0:
                inside[held] += run
        elif _is_one(run):
            crossing.append((run, owners))
        else:
            for glyph, owner in zip(run, owners, strict=True):
                if owner >= 0:
                    inside[owner].append(glyph)
    taken = [bool(cell) for cell in inside]
    for run, owners in crossing:
        for glyph, owner in zip(run, _owners(run, owners, rects, taken.__getitem__), strict=True):
            if owner >= 0:
                inside[owner].append(glyph)
    return inside


def _holding(rects: Sequence[Rect], last: int, x: float, y: float) -> int:
    """Where the cell stands that holds a point, -1 if none does; mostly it is the last one, or the next."""
    if last >= 0:
        x0, top, x1, bottom = rects[last]
        if x0 <= x < x1 and top <= y < bottom:
            return last
    for i in chain(range(last + 1, len(rects)), range(max(last, 0))):
        x0, top, x1, bottom = rects[i]
        if x0 <= x < x1 and top <= y < bottom:
            return i
    return -1


def _is_one(run: Sequence[Glyph]) -> bool:
    """Whether a run is a word or one number; digits of two numbers that touch are neither."""
    return run[0].text not in _NUMERIC or ONE_NUMBER.fullmatch(_folded(run)) is not None


def _folded(run: Sequence[Glyph]) -> str:
    return unicodedata.normalize("NFKC", "".join(g.text for g in run))


def _owners(
    run: Sequence[Glyph], owners: list[int], rects: Sequence[Rect], is_taken: Callable[[int], bool]
) -> list[int]:
    """The cell of each glyph of a run that reaches over rulings: one for all, if its neighbours are blank."""
    cells = sorted({o for o in owners if o >= 0}, key=lambda o: rects[o][0])
    blank = [o for o in cells if not is_taken(o)]
    if len(cells) == 1 or (run[0].text in _NUMERIC and len(blank) == 1):
        return [(blank or cells)[0]] * len(run)
    if run[0].text not in _NUMERIC:
        origin = owners[0] if owners[0] >= 0 else cells[0]
        others = [o for o in cells if o != origin]
        return owners if any(is_taken(o) for o in others) else [origin] * len(run)
    if not blank:
        return owners
    return [_aligned(run, blank, rects)] * len(run)


def _aligned(run: Sequence[Glyph], cells: list[int], rects: Sequence[Rect]) -> int:
    """Which of some blank neighbours a number belongs to: the one it is centred in, or whose end it keeps to."""
    x0, x1, size = run[0].x0, run[-1].x1, run[0].size
    middle = next((o for o in cells[1:-1] if abs(rects[o][0] + rects[o][2] - x0 - x1) < 2 * _CENTRED * size), None)
    if middle is not None:
        return middle
    to_left, to_right = abs(x0 - rects[cells[0]][0]), abs(rects[cells[-1]][2] - x1)
    return cells[-1] if to_right <= to_left else cells[0]


def cell_texts(contents: Sequence[Sequence[Glyph]], widths: Sequence[float]) -> list[str]:
    """Texts of the cells of a table: lines in order, joined by a newline; pieces of one number or code come together.

    Args:
        contents: The glyphs of each cell.
        widths: Of the cells, in points: a line is broken where it is full.
    """
    lines = [group_lines(glyphs) for glyphs in contents]
    texts = [[line_text(line) for line in cell] for cell in lines]
    places = usual_places([half_width(text) for text in cell] for cell in texts if cell)
    return [
        "\n".join(_joined(cell, [_is_full(line, width) for line in held], places) if len(cell) > 1 else cell)
        for cell, held, width in zip(texts, lines, widths, strict=True)
    ]


def _is_full(line: Sequence[Glyph], width: float) -> bool:
    """Whether beside a line there is no room for another digit."""
    size = max(g.size for g in line)
    return width - (line[-1].x1 - line[0].x0) < max(_FULL * size, _PADDING + _A_DIGIT * size)


def _joined(texts: list[str], full: list[bool], places: int) -> list[str]:
    """Lines of a cell, those that are pieces of one number put together."""
    count = _lines_of_number(texts, full, places)
    out = ["".join(texts[:count])]
    was_full = full[count - 1]
    for text, is_full in zip(texts[count:], full[count:], strict=True):
        if are_pieces(out[-1], text, full=was_full, places=places):
            out[-1] += text
        else:
            out.append(text)
        was_full = is_full
    return out


def _lines_of_number(texts: list[str], full: list[bool], places: int) -> int:
    """How many full lines a cell's only number takes if it takes three or more (7,21 over 5,58 over 6.08), else one."""
    tight = [half_width(text) for text in texts]
    whole = "".join(tight)
    places = places or _CENTS
    if not 2 < len(tight) <= _MOST_LINES or not ONE_NUMBER.fullmatch(whole) or places_of(whole) != places:
        return 1
    begun = "".join(tight[:-1])
    is_done = ONE_NUMBER.fullmatch(begun) is not None and places_of(begun) == places
    is_broken = all(line[-1:] in ",.-−(" or is_full for line, is_full in zip(tight[:-1], full, strict=False))
    return len(tight) if is_broken and not is_done else 1


def is_amount(text: str) -> bool:
    """Whether a cell holds one amount, with a point or a separator."""
    return _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip()) is not None
