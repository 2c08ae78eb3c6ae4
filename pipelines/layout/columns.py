"""What the columns of a grid hold: their headings, the role of those that lead, the coordinates of the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipelines.core.document import Grid
from pipelines.core.folding import key, squeeze
from pipelines.core.lexicon import TOTALS
from pipelines.layout.rows import FILLERS, Heading, borders, column_span, has_words, reading_of, split_code
from pipelines.statements.lexicon import Coordinates, below, classification_of, coordinates_of, levels_of, role_of

CLASS_OF_DIGIT = {"2": "functional", "3": "economic", "5": "gov_economic"}
"""The classification whose classes begin with this digit."""

CODES = ("code", "category_code", "unit_code", "project_code")
COUNTS = ("count", "rate")
"""Columns that hold no money; their numbers are told, not stored."""

GROUPS = ("other", "unit_funds")
"""Sources that as upper headings only group what stands below (其他资金收入/上年结转结余)."""

_WHOLES = ("合计", "总计")
_GROUP_SUM = "小计"

_DOUBLED = re.compile(r"(.)\1")
"""A letter printed twice to make it bold."""
_CODE_TEXT = re.compile(r"[235]\d\d(?:\d\d){0,2}")
_CODE_PIECE = re.compile(r"\d{1,2}|[235]\d\d(?:\d\d){0,2}|[235]\d{5,12}")
OVERFLOWN = re.compile(
    r"((?!.*(?:[增减升降涨约近超逾负負盈亏借贷余达至]|加|少|不足)\s*-?\d)[\u3400-\u9fff()（）、，]{1,6})\s*(-?[\d,]+(?:\.\d+)?)"
)
"""A name too long for its cell that runs on into that of the number; words that change a number are no name."""

_LEVEL_PIECE = re.compile(r"\d\d")
_UNIT_CODE = re.compile(r"\d{3}(?:\d{3}){0,2}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a grid.

    ``levels`` are its headings as far as understood, ``pieces`` as printed. A column has a ``role`` when it leads the
    rows, or ``coordinates`` when its numbers are points; it has neither when nobody declared its headings.
    """

    index: int
    start: float
    stop: float
    pieces: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    role: str | None = None
    classification: str | None = None
    coordinates: Coordinates | None = None
    digits: tuple[str, ...] = field(default=())

    @property
    def heading(self) -> str:
        """The headings as printed, levels joined by ``/``."""
        return "/".join(self.levels or self.pieces)


def columns_of(grid: Grid, headings: list[Heading], height: int) -> list[Column]:
    """Tell the columns of a grid apart by their headings, and by what they hold where the headings are silent."""
    asked = f"columns below {height}"  # asked twice of most tables: whether they have blocks, and to read them
    known = grid.facts.get(asked)
    if known is None or known[0] != headings:
        known = grid.facts[asked] = headings, _columns_of(grid, headings, height)
    return list(known[1])


def _columns_of(grid: Grid, headings: list[Heading], height: int) -> list[Column]:
    stop = _end_of_numbers(grid, height)
    heads = {h.text for h in headings}  # a table may print them again on its page
    ignored = heads | FILLERS
    texts = [[t for t in _texts(grid, n, height, stop) if key(t) not in ignored] for n in range(grid.cols)]
    columns = [_by_headings(grid, headings, index) for index in range(grid.cols)]
    for index, column in enumerate(columns):
        if texts[index] and not column.pieces:
            columns[index] = _with_headings_beside(columns, texts, index)
        elif texts[index]:
            columns[index] = _with_torn_heading(columns, texts, index)
    columns = [_by_content(column, own) for column, own in zip(columns, texts, strict=True)]
    columns = _with_pieces(columns, texts)
    columns = [_out_of_group(column, columns) for column in columns]
    columns = [_unless_part(column, columns) for column in columns]
    shared = _shared(grid, headings, columns, height)
    return [replace(c, levels=(), coordinates=None) if c.index in shared else c for c in columns]


def _shared(grid: Grid, headings: list[Heading], columns: list[Column], height: int) -> set[int]:
    """Columns whose lowest heading is also that of another one with amounts beside it, on a page that OCR read.

    A ruling between their headings was lost; which of them is whose, only sums can say.
    """
    lowest: dict[int, list[int]] = {}
    for column in filter(is_value, columns):
        middle = (column.start + column.stop) / 2
        over = [n for n, h in enumerate(headings) if h.start - 0.1 <= middle <= h.stop + 0.1]
        if over:
            lowest.setdefault(over[-1], []).append(column.index)
    found: set[int] = set()
    for group in lowest.values():
        for r in range(height, grid.rows) if len(group) > 1 else ():
            cells = {id(c): c for i in group if (c := grid.at(r, i)) is not None}
            sure = [c.col for c in cells.values() if c.place.confidence is not None and reading_of(c) is not None]
            if len(sure) > 1:
                found.update(group)
                break
    return found


def _out_of_group(column: Column, columns: list[Column]) -> Column:
    """A 合计 beside the 小计 of a group is the whole: a page without rulings let the group's heading reach over it."""
    whole = column.levels[-1:]
    if len(column.levels) < 2 or whole[0] not in _WHOLES or not column.coordinates:
        return column
    has_own = any((*column.levels[:-1], _GROUP_SUM) == c.levels and c.coordinates for c in columns)
    return replace(column, levels=whole, coordinates=coordinates_of(whole[0])) if has_own else column


def _with_pieces(columns: list[Column], texts: list[list[str]]) -> list[Column]:
    """Columns of two digits right of a column of codes are its lower levels, whose headings stand elsewhere."""
    made: list[Column] = []
    for column, own in zip(columns, texts, strict=True):
        is_bare = column.role == "unit_code" and not column.levels
        pieces = is_bare and all(_LEVEL_PIECE.fullmatch(squeeze(text)) for text in own)
        made.append(replace(column, role="code") if pieces and made and made[-1].role == "code" else column)
    return made


def _unless_part(column: Column, columns: list[Column]) -> Column:
    """A kind of project expenditure (特定目标类) beside others below 项目支出 is a part of it, for which no name is."""
    if column.role is not None or len(column.levels) < 2 or not column.coordinates:
        return column
    above, own = (coordinates_of(level) or {} for level in column.levels[-2:])
    if own.keys() != {"nature"} or own != {"nature": above.get("nature")} or column.levels[-1] == column.levels[-2]:
        return column
    beside = any(c is not column and c.pieces[:-1] == column.pieces[:-1] for c in columns)
    return replace(column, levels=(), coordinates=None) if beside else column


def _with_headings_beside(columns: list[Column], texts: list[list[str]], index: int) -> Column:
    """A column without headings beside one without content: a page without rules set the heading off its column."""
    for other in (index + 1, index - 1):
        if 0 <= other < len(columns) and columns[other].levels and not texts[other]:
            return replace(columns[other], index=index, start=columns[index].start, stop=columns[index].stop)
    return columns[index]


def _with_torn_heading(columns: list[Column], texts: list[list[str]], index: int) -> Column:
    """A column whose spread-out heading (科 目 编 码, 基 本 支 出) a page without rulings broke into columns."""
    column = columns[index]
    first, last = index, index
    while first and columns[first - 1].pieces and not texts[first - 1]:
        first -= 1
    while last + 1 < len(columns) and columns[last + 1].pieces and not texts[last + 1]:
        last += 1
    runs = [(a, b) for a in range(first, index + 1) for b in range(index, last + 1) if a < b]
    for a, b in sorted(runs, key=lambda run: run[0] - run[1]):
        parts = columns[a : b + 1]
        levels = levels_of(_unique([*parts[0].pieces[:-1], "".join(part.pieces[-1] for part in parts)]))
        role = role_of(levels[-1]) if levels else None
        given = [coordinates_of(level) for level in levels or []]
        if role == "code":
            return replace(column, levels=tuple(levels or ()), role=role, coordinates=None)
        if role is None and levels and not column.coordinates and None not in given:
            merged = {axis: value for own in given if own for axis, value in own.items()}
            if merged:
                return replace(column, levels=tuple(levels), coordinates=merged)
    return column


def moved_columns(columns: list[Column], grid: Grid, height: int) -> list[Column]:
    """The columns of a page that prints no headings: each takes those of the column that stood in its place."""
    moved = []
    for index in range(grid.cols):
        start, stop = column_span(grid, index)
        middle = (start + stop) / 2
        above = next((c for c in columns if c.start <= middle <= c.stop), None)
        if above is None and len(columns) == grid.cols:
            above = columns[index]
        if above is None and columns:
            above = min(columns, key=lambda c: abs((c.start + c.stop) / 2 - middle))
        if above is None:
            moved.append(_by_content(Column(index, start, stop), _texts(grid, index, height, grid.rows)))
        else:
            moved.append(replace(above, index=index))
    return moved


def _end_of_numbers(grid: Grid, height: int) -> int:
    """The row below the last one with a number: a page without rulings may carry on with its narrative."""
    rows = [r for r in range(height, grid.rows) if any(reading_of(c) is not None for c in grid.row(r))]
    return rows[-1] + 1 if rows else grid.rows


def _texts(grid: Grid, index: int, height: int, stop: int) -> list[str]:
    """The texts of a column below its headings, each cell once."""
    cells = {id(c): c for r in range(height, stop) if (c := grid.at(r, index)) is not None and c.col == index}
    return [c.text for c in cells.values() if c.text.strip()]


def _by_headings(grid: Grid, headings: list[Heading], index: int) -> Column:
    start, stop = column_span(grid, index)
    middle = (start + stop) / 2
    over = [h for h in headings if h.start - 0.1 <= middle <= h.stop + 0.1]
    if len(over) > 1 and coordinates_of(over[-1].text):  # a heading of the leading columns reaches too far
        edge = column_span(grid, 0)[0]
        over = [h for h in over if not (role_of(h.text) == "name" and h.start <= edge + 0.1)]
    pieces: list[str] = []
    for heading in over:
        if heading.text not in pieces[-1:]:
            pieces.append(heading.text)
    column = Column(index, start, stop, tuple(pieces))
    ways = _ways(over, middle, *borders(grid, index), surely=_has_borders(grid))
    levels = next((found for way in ways if (found := levels_of(way)) is not None), None)
    if levels is None:
        return column
    role = role_of(levels[-1]) if levels else None
    given: Coordinates | None = {}
    for level in levels:
        own = coordinates_of(level)
        if own is not None and given is not None and "time" in own and given.get("source") in GROUPS:
            del given["source"]
        given = None if own is None or given is None else below(given, own)
    return replace(
        column,
        levels=tuple(levels),
        role=role,
        classification=classification_of("".join(levels)),
        coordinates=given if role is None else None,
    )


def _has_borders(grid: Grid) -> bool:
    """Whether rulings, or the file itself, say how far each heading reaches."""
    return grid.method == "ruled" or grid.place.cell is not None


def _ways(over: list[Heading], middle: float, start: float, stop: float, *, surely: bool) -> Iterator[list[str]]:
    """Ways to take the texts over a column, the plainest first.

    A page without rules runs the headings of neighbours together (公务用车购置公务用车运行), or lets one reach over
    columns it does not belong to; only texts that say nothing alone are halved, unless each ``surely`` has its borders,
    or left out.
    """
    width = stop - start
    yield _unique([h.text for h in over])
    halves = []
    for heading in over:
        half, odd = divmod(len(heading.text), 2)
        is_wide = heading.stop - heading.start > width + 0.1
        if half and not odd and is_wide and not surely and not _is_word(heading.text):
            left = middle < (heading.start + heading.stop) / 2
            halves.append(heading.text[:half] if left else heading.text[half:])
        else:
            halves.append(heading.text)
    yield _unique(halves)
    yield _unique([_DOUBLED.sub(r"\1", h.text) for h in over])
    wide = [h for h in over if h.stop - h.start > width + 0.1 and not _is_word(h.text)]
    if wide:
        yield _unique([h.text for h in over if h not in wide])


def _unique(texts: list[str]) -> list[str]:
    return [text for n, text in enumerate(texts) if n == 0 or text != texts[n - 1]]


def _is_word(text: str) -> bool:
    return coordinates_of(text) is not None or role_of(text) is not None


def _by_content(column: Column, texts: list[str]) -> Column:
    """Correct or fill what the headings say by what the column holds."""
    tight = [squeeze(t) for t in texts]
    words = [t for t in tight if has_words(t) and key(t) not in TOTALS and not OVERFLOWN.fullmatch(t)]
    codes = [t for t in tight if _CODE_PIECE.fullmatch(t)]
    embedded = [code for t in tight if (code := split_code(t)[0]) and _CODE_TEXT.fullmatch(code)]
    whole = [t for t in tight if _CODE_TEXT.fullmatch(t)] or embedded
    column = replace(column, digits=tuple(sorted({t[0] for t in whole})))
    role = column.role
    others = len(tight) - sum(key(t) in TOTALS for t in tight)
    if role is None and not column.levels and codes and len(codes) >= others:
        role = "code" if whole else "unit_code"
    elif role is None and len(words) > others / 2 and not column.coordinates:
        role = "name" if not column.pieces else ("remark" if column.coordinates is None else "name")
    elif role is None and words and len(words) > others / 2:
        role = "remark"
    elif role in ("name", "unit", "project") and codes and len(codes) == others and whole:
        role = "code"
    if role == "code" and codes and not whole and all(_UNIT_CODE.fullmatch(t) and len(t) > 2 for t in codes):
        role = "unit_code" if "科目" not in column.heading else role
    if role == column.role:
        return column
    return replace(column, role=role, coordinates=None)


def is_value(column: Column) -> bool:
    """Whether the numbers of a column are points."""
    return column.role is None and column.coordinates is not None and bool(column.levels)
