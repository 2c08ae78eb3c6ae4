"""Rows of tables without rulings between them: which lines make one."""

from __future__ import annotations

import re
from bisect import bisect
from itertools import pairwise
from statistics import median

from pipelines.core.lexicon import TOTALS
from pipelines.formats.pdf.words import Word

_ENOUGH_BANDS = 2  # stretches between level rulings that hold something: fewer are the frame of a table
_SAME_ROW = 0.8  # of the type size that numbers of one row may be set off each other
_LED = re.compile(r"[235]\d\d(?:\d\d){0,2}(?!\d)")  # a code, or a code and its name
_ENOUGH_LED = 3  # lines led by codes, that tell a column of codes
_OFTEN = 0.3  # of the rows at least have amounts off the line of their code, before the codes carry the rows
_LEAST_PITCH = 1.3  # type sizes between rows: closer lines are those of one row
_OFF_A_ROW = 0.6  # of the pitch: a line so far from all codes is a row without one
_MUCH_LESS = 0.8  # of the distance between rows: lines so close are one row though each could be a row
_CLEARLY = 0.1  # of the type size: the least difference between the white in rows and that between them
_CODE_PIECE = re.compile(r"\d{1,2}")
_TOTAL = re.compile("合计$|总计$")
_PROSE = re.compile("[，。；]|万元")  # signs of running text
ORDINAL = re.compile(r"(?:[一二三四五六七八九十]+[、.．]|[(（][一二三四五六七八九十\d]+[)）]|\d+[、.．]\D)")


def rows_of(lines: list[list[Word]], first: int, bands: list[float]) -> list[list[Word]]:
    """Put lines together into rows: parted by level rulings, else by their numbers and names, else by the white.

    Args:
        lines: Words of each line, top to bottom.
        first: The first line below the headings, which stay apart.
        bands: Heights of level rulings.
    """
    rows = _rows_between(lines, first, bands) or _joined_rows(lines, first, bands)
    is_broken = any(not _is_whole(row) for row in rows[first:])
    by_white = _rows_by_white(lines, first, at_most=1.0 if is_broken else _MUCH_LESS)
    return by_white if by_white and (is_broken or len(by_white) < len(rows)) else rows


def centre_of(line: list[Word]) -> float:
    """The height of the middle of a line."""
    return sum((w.box.top + w.box.bottom) / 2 for w in line) / len(line)


def _rows_between(lines: list[list[Word]], first: int, bands: list[float]) -> list[list[Word]]:
    """Rows as level rulings part them; none where between two of them numbers stand one above the other."""
    inside: dict[int, list[Word]] = {}
    for line in lines[first:]:
        for word in line:
            inside.setdefault(bisect(bands, word.middle), []).append(word)
    if len(inside) < _ENOUGH_BANDS or any(_are_stacked(words) for words in inside.values()):
        return []
    return [*lines[:first], *(inside[band] for band in sorted(inside))]


def _is_whole(row: list[Word]) -> bool:
    """Whether a row has a name and numbers, no two of which stand one above the other."""
    return any(w.is_number for w in row) and any(not w.is_number for w in row) and not _are_stacked(row)


def _rows_by_white(lines: list[list[Word]], first: int, at_most: float) -> list[list[Word]]:
    """Rows as the white between lines parts them: between rows there is more of it than between the lines of one.

    Args:
        lines: All lines.
        first: The first one below the headings.
        at_most: Share of the distance between rows that the one between the lines of a row may be.

    Returns:
        Headings and rows; nothing where no width of the white makes every row a whole one.
    """
    if any(_PROSE.search(word.text) for line in lines[first:] for word in line):
        return []
    body = sorted(lines[first:], key=centre_of)
    gaps = [centre_of(b) - centre_of(a) for a, b in pairwise(body)]
    steps = sorted({*gaps})
    clear = [
        (wide - narrow, wide)
        for narrow, wide in pairwise(steps)
        if wide - narrow > _CLEARLY * body[0][0].size and narrow <= at_most * wide
    ]
    for _, least in sorted(clear, reverse=True):
        rows = [list(body[0])]
        for gap, line in zip(gaps, body[1:], strict=True):
            if gap >= least:
                rows.append([])
            rows[-1] += line
        if len(rows) > 1 and all(_is_whole(row) and not _has_total_among_names(row) for row in rows):
            return [*lines[:first], *rows]
    return []


def _has_total_among_names(row: list[Word]) -> bool:
    """Whether a total, which is a row by itself, stands above or below another name."""
    names = [w for w in row if not w.is_number]
    return any(
        _TOTAL.search(w.tight) and any(o is not w and o.box.x0 < w.box.x1 and w.box.x0 < o.box.x1 for o in names)
        for w in names
    )


def _are_stacked(words: list[Word]) -> bool:
    """Whether two amounts, or a code and another, stand one above the other."""
    numbers = sorted((w for w in words if w.is_number), key=lambda w: w.box.x0)
    return any(b.box.x0 < a.box.x1 and abs(a.middle - b.middle) > _SAME_ROW * a.size for a, b in pairwise(numbers))


def _joined_rows(lines: list[list[Word]], first: int, bands: list[float]) -> list[list[Word]]:
    """Lines put together into rows: a wrapped name joins the line of its numbers.

    Lines above the first number stay apart: they are the header.
    """
    centres = [centre_of(line) for line in lines]
    size = median(g.size for line in lines for w in line for g in w.glyphs)
    anchored = _anchors(lines, centres, first, size)
    gaps = sorted(centres[b] - centres[a] for a, b in pairwise(anchored)) or [0.0]
    pitch = gaps[len(gaps) // 10]  # of the lowest rows, a slip of the pen apart
    owner: dict[int, int] = {}
    for i in range(first, len(lines)):
        if i in anchored:
            continue
        near = [
            a for a in anchored if not any(min(centres[i], centres[a]) < y < max(centres[i], centres[a]) for y in bands)
        ]
        if any(ORDINAL.match(w.text) for w in lines[i]):  # begins a row: at most the rest of it stands below
            near = [a for a in near if a > i and _go_on(lines[i], lines[a])]
        near = [a for a in near if not _has_total_among_names([*lines[i], *lines[a]])]
        if near:
            best = min(near, key=lambda a: abs(centres[a] - centres[i]))
            distance = abs(centres[best] - centres[i])
            if (bands and _parted(bands, centres, anchored)) or distance < min(1.45 * size, 0.93 * pitch):
                owner[i] = best
    return [
        [*line, *(w for j, o in owner.items() if o == i for w in lines[j])]
        for i, line in enumerate(lines)
        if i not in owner
    ]


def _go_on(above: list[Word], line: list[Word]) -> bool:
    """Whether below every numbered name of a line there is the rest of one."""
    rest = [w for w in line if not w.is_number and not ORDINAL.match(w.text)]
    return all(any(abs(w.box.x0 - name.box.x0) < w.size for w in rest) for name in above if ORDINAL.match(name.text))


def _anchors(lines: list[list[Word]], centres: list[float], first: int, size: float) -> list[int]:
    """The lines that carry a row: those with numbers.

    The pieces of a code wrapped beside its amounts carry none, nor do amounts set a little off the line of their name.
    """
    numbered = [i for i in range(first, len(lines)) if any(w.is_number for w in lines[i])]
    amounts = [i for i in numbered if any(w.is_pointed for w in lines[i])]
    if led := _led_by_codes(lines, centres, first, amounts):
        return led
    if len(amounts) < len(numbered) / 4:
        return numbered
    named = [i for i in amounts if any(not w.is_number for w in lines[i])]
    floating = {i for i in amounts if i not in named and any(abs(centres[i] - centres[n]) < 0.8 * size for n in named)}
    amounts = [i for i in amounts if i not in floating]
    apart = [i for i in numbered if all(abs(centres[i] - centres[a]) > 1.3 * size for a in amounts)]
    return sorted({*amounts, *apart} - floating)


def _led_by_codes(lines: list[list[Word]], centres: list[float], first: int, amounts: list[int]) -> list[int]:
    """The lines that carry a row where each is led by a code, and amounts stand off the line of their code.

    A name behind the code may wrap; the centre of such a line becomes that of the whole name.

    Returns:
        Lines led by a code at the left edge, and lines with amounts that stand apart from all of them (合计); nothing
        where amounts stand on the lines of the codes, or a code stands in pieces.
    """
    edge = min((line[0].box.x0 for line in lines[first:]), default=0.0)
    leading = [i for i in range(first, len(lines)) if lines[i][0].box.x0 - edge < lines[i][0].size]
    led = [i for i in leading if _LED.match(lines[i][0].tight)]
    off = [i for i in amounts if i not in led]
    if any(_LED.match(lines[i][0].tight) for i in off):  # codes of lower levels stand further right
        return []
    in_pieces = any(_CODE_PIECE.fullmatch(lines[i][0].tight) for i in range(first, len(lines)))
    if in_pieces or len(led) < _ENOUGH_LED or len(off) < _OFTEN * len(led):
        return []
    middles = {i: centres[i] if len(lines[i]) > 1 else lines[i][0].middle for i in led}
    for i, following in pairwise([*led, len(lines)]):
        rest = [j for j in leading if i < j < following and not _is_total(lines[j][0])]
        block = [lines[i][0].middle]
        for j in rest:
            if lines[j][0].middle - block[-1] < _LEAST_PITCH * lines[j][0].size:
                block.append(lines[j][0].middle)
        middles[i] = sum(block) / len(block)
    pitch = min(middles[b] - middles[a] for a, b in pairwise(led))
    if pitch < _LEAST_PITCH * lines[led[0]][0].size:
        return []
    for i, middle in middles.items():
        centres[i] = middle
    apart = [i for i in off if all(abs(centres[i] - middle) > _OFF_A_ROW * pitch for middle in middles.values())]
    whole = [i for n, i in enumerate(apart) if n == 0 or centres[i] - centres[apart[n - 1]] > _OFF_A_ROW * pitch]
    return sorted({*led, *whole})


def _is_total(word: Word) -> bool:
    return word.tight in TOTALS


def _parted(bands: list[float], centres: list[float], anchored: list[int]) -> bool:
    """Whether rules part the rows of numbers from each other."""
    pairs = list(pairwise(anchored))
    parted = sum(any(centres[a] < y < centres[b] for y in bands) for a, b in pairs)
    return bool(pairs) and parted >= 0.8 * len(pairs)
