"""Rows of statutory tables as read, before they become cells; and what all layouts share in reading a grid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipelines.core.document import Cell, Grid, Place
from pipelines.core.folding import has_ordinal, key, squeeze
from pipelines.core.lexicon import CJK, TOTALS, column_number
from pipelines.core.numbers import Number, read_amount, read_value

TOTAL = "合计"
"""What the row is named that all others add up to, whatever is printed (总计)."""

CODE = re.compile(r"\d{3}(?:\d\d){0,2}")
_DIGIT = re.compile(r"[\d#]")
_YEAR = re.compile(r"(20\d\d)年")
_PRIOR = re.compile(r"^(?:上年|去年|上一年)(?!.*(?:结转|结余))|执行数")
_FUND_NAMES = re.compile(r"(?:一般公共|政府性基金|国有资本(?:经营)?)预算")
FILLERS = frozenset({"**", "*", "类", "款", "项", "栏次", "类款项", "类款", "栏", "…", "..."})
"""What stands in cells of which nothing is to be said, in rows that count the columns and elsewhere."""


_LONGEST_FILLER = 2
"""Characters of a sign below a heading, in a row that counts the columns: a scan may make 冰 of ``**``."""


@dataclass(slots=True)
class Reading:
    """One printed number with its place; ``notes`` say how it was read or restored."""

    number: Number
    text: str
    place: Place
    notes: list[str] = field(default_factory=list)
    heading: str = ""


@dataclass(slots=True)
class Row:
    """One row (in a table of several blocks: one block of it), or the part of it that shares fund and period.

    ``same_line`` says that it is printed on the line of the row before it.
    """

    name: str = ""
    code: str = ""
    line_no: str | None = None
    side: str = ""
    readings: dict[str, Reading] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    place: Place = field(default_factory=Place)
    form: str | None = None  # where it is not that of its table
    sub_unit: str = ""
    economic_code: str = ""
    gov_economic_code: str = ""
    project: str = ""
    fund: str = ""
    period: str = "current"
    same_line: bool = False
    unread: list[str] = field(default_factory=list)  # words in columns of numbers


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and the columns it stands over, in the coordinates of its grid (points, or column numbers)."""

    text: str
    start: float
    stop: float


def column_span(grid: Grid, col: int, span: int = 1) -> tuple[float, float]:
    """Where the content of columns stands: in points when the grid knows its borders, else counted.

    Without rules the borders on a page depend on what it prints; the words themselves stand alike on every page.
    """
    if grid.method == "aligned" and span == 1:
        boxes = [c.place.box for c in grid.cells if c.col == col and c.col_span == 1 and c.place.box is not None]
        if boxes:
            return min(b.x0 for b in boxes), max(b.x1 for b in boxes)
    return borders(grid, col, span)


def borders(grid: Grid, col: int, span: int = 1) -> tuple[float, float]:
    """The borders of columns: in points when the grid knows them, else counted."""
    if grid.edges is None:
        return float(col), float(col + span)
    return grid.edges[col], grid.edges[col + span]


def is_counting_row(cells: list[Cell]) -> bool:
    """Whether a row counts the columns (栏次 1 2 3 …, 栏次 1=2+3 2 3 …)."""
    texts = [squeeze(c.text) for c in cells if c.text.strip()]
    numbers = [n for t in texts if (n := column_number(t)) is not None]
    if not numbers or numbers[0] != 1:
        return False
    words = [t for t in texts if column_number(t) is None]
    told = any("栏" in t or t in FILLERS for t in words)
    return numbers == list(range(1, len(numbers) + 1)) and (len(numbers) >= 3 or (told and len(numbers) >= 1))


def is_data_row(cells: list[Cell]) -> bool:
    """Whether a row carries data rather than headings."""
    texts = [key(c.text) for c in cells if c.text.strip()]  # digits and points may be full-width
    if not texts or is_counting_row(cells):
        return False
    numbers = [t for t in texts if read_amount(t) is not None]
    words = [t for t in texts if has_words(t)]
    if any("." in t or "," in t for t in numbers) or (any(CODE.fullmatch(t) for t in texts[:3]) and words):
        return True
    others = [t for t in words if key(t) not in TOTALS and t not in FILLERS]
    is_total = any(key(t) in TOTALS for t in words)
    if is_total and (not others or (numbers and all(_YEAR_LABEL.fullmatch(t) for t in others))):
        return True
    if len(others) == len(words) == 1 and others[0].endswith("合计") and len(numbers) > 1:
        return True  # 三公经费合计 before whole numbers
    return any(has_ordinal(t) for t in words) or (bool(numbers) and not others) or _has_amounts(numbers, len(others))


def _has_amounts(numbers: list[str], words: int) -> bool:
    """Whether whole numbers are amounts: more than the words beside them, no years, codes or column numbers."""
    if len(numbers) < _ENOUGH_AMOUNTS or len(numbers) <= words or all(_YEAR_NUMBER.fullmatch(t) for t in numbers):
        return False
    if all(_ECONOMIC.fullmatch(t) for t in numbers) and numbers == sorted(numbers):
        return False
    whole = [int(t) if t.isdecimal() else None for t in numbers]
    return any(a is None or b is None or b - a != 1 for a, b in pairwise(whole))


def has_words(text: str) -> bool:
    """Whether a cell holds words; the unit beside an amount is none."""
    return CJK.search(text) is not None and read_amount(text) is None


def is_amount(text: str) -> bool:
    """Whether a text is a number that can be no code: in a column of codes or names nothing says what it is."""
    number = read_amount(text)
    return number is not None and number.value is not None and _POINTED.search(text) is not None


_POINTED = re.compile(r"[.,．，]\d")
_YEAR_LABEL = re.compile(r"20\d\d年度?")
"""What leads a row of a year: beside 合计 and whole numbers it is no heading."""

_ENOUGH_AMOUNTS = 3
"""So many whole numbers in a row are no headings (the unit, the year, then 74 30 10)."""

_ECONOMIC = re.compile(r"[35]\d\d(?:\d\d)?")
"""A code of an economic subject, which may head a column."""

_YEAR_NUMBER = re.compile(r"(?:19|20)\d\d")

_FEW_HEADINGS = 2
"""So many headings may stand in a row of data too (科目编码, 科目名称)."""


def header_height(grid: Grid) -> int:
    """Number of heading rows at the top of a grid."""
    found = grid.facts.get("header_height")
    if found is None:
        found = next((row for row in range(grid.rows) if is_data_row(grid.row(row))), grid.rows)
        grid.facts["header_height"] = found
    return int(found)


def repeated_header(grid: Grid, known: list[Heading]) -> int:
    """Number of rows at the top of a continued grid that repeat the headings; what else stands there is data."""
    height = header_height(grid)
    found = headings_of(grid, height)
    texts = [h.text for h in known]
    if len(texts) > _FEW_HEADINGS and [h.text for h in found[: len(texts)]] == texts:
        known = found[: len(texts)]  # all of them, on another half of a sheet
    # A row may be named like a heading (政府性基金预算财政拨款), but it stands elsewhere.
    same = sum(_repeats(h, known) for h in found)
    if same < 2 or same < len(found) / 2:
        return 0
    while height > 1 and _is_torn(grid, height - 1, known):
        height -= 1
    return height


def _repeats(heading: Heading, known: list[Heading]) -> bool:
    """Whether a heading stands among the known ones, over the same columns."""
    return any(heading.text == k.text and heading.start < k.stop and k.start < heading.stop for k in known)


def _is_torn(grid: Grid, row: int, known: list[Heading]) -> bool:
    """Whether the last row above the numbers repeats no heading: it ends a row that the page break tore."""
    texts = headings_of(grid, row + 1, row)
    above = [h.text for h in headings_of(grid, row)]
    left = [k for k in known if above.count(k.text) < sum(k.text == other.text for other in known)]
    return bool(texts) and not any(_repeats(h, left) for h in texts)


def headings_of(grid: Grid, height: int, first: int = 0) -> list[Heading]:
    """The headings of a grid, top to bottom, from a row on."""
    found: list[Heading] = []
    counting = {row for row in range(first, height) if is_counting_row(grid.row(row))}
    for cell in sorted([c for c in grid.cells if first <= c.row < height], key=lambda c: (c.row, c.col)):
        if CJK.search(cell.text) and key(cell.text) not in ("栏次", "栏"):
            heading = Heading(key(cell.text), *borders(grid, cell.col, cell.col_span))
            if not (cell.row in counting and len(heading.text) <= _LONGEST_FILLER and _has_heading(found, heading)):
                found.append(heading)
    return found


def _has_heading(headings: list[Heading], below: Heading) -> bool:
    return any(above.start < below.stop and below.start < above.stop for above in headings)


def path_over(headings: list[Heading], start: float, stop: float) -> list[str]:
    """The headings over a column, top to bottom, each once."""
    middle = (start + stop) / 2
    path: list[str] = []
    for heading in headings:
        if heading.start - 0.1 <= middle <= heading.stop + 0.1 and heading.text not in path[-1:]:
            path.append(heading.text)
    return path


def counting_columns(grid: Grid, height: int) -> list[int]:
    """Columns that a counting row numbers, in order; empty without such a row."""
    for row in range(height):
        cells = grid.row(row)
        if is_counting_row(cells):
            return [c.col for c in cells if column_number(c.text) is not None]
    return []


def is_other_year(path: list[str], year: int | None) -> bool:
    """Whether the headings above a column speak of another year than the report's."""
    years = {int(y) for text in path for y in _YEAR.findall(text)}
    return (bool(years) and year is not None and year not in years) or any(_PRIOR.search(text) for text in path)


def is_other_stage(path: list[str], stage: str) -> bool:
    """Whether the headings name budget figures in a final account, or final figures in a budget."""
    said = _FUND_NAMES.sub("", "/".join(path))
    return ("预算" in said and "决算" not in said) if stage == "final" else "决算" in said


def reading_of(cell: Cell | None) -> Reading | None:
    """The number of a cell, if it holds one."""
    if cell is None or not cell.text.strip():
        return None
    number = read_amount(cell.text)
    return None if number is None else Reading(_in_unit(number, cell), cell.text, cell.place)


def _in_unit(number: Number, cell: Cell) -> Number:
    """A number with the unit that its row or column names, unless it stands beside one itself."""
    return number if cell.unit is None or number.unit is not None else replace(number, unit=cell.unit)


def value_of(cell: Cell | None, unread: list[str]) -> Reading | None:
    """The number of a cell of a column of numbers; words that are none are added to ``unread``."""
    number = None if cell is None else read_value(cell.text)
    if cell is None or number is None:
        return None
    if number.value is None and not _DIGIT.search(cell.text):
        unread.append(squeeze(cell.text))
        return None
    return Reading(_in_unit(number, cell), cell.text, cell.place)


def data_rows(grid: Grid, height: int) -> Iterator[tuple[int, list[Cell]]]:
    """Rows below the headings, counting rows left out."""
    for row in range(height, grid.rows):
        cells = grid.row(row)
        if not is_counting_row(cells):
            yield row, cells


def split_code(text: str) -> tuple[str, str]:
    """Code and name of a cell that holds either or both (``201 一般公共服务支出``, ``[201]…``)."""
    tight = squeeze(text)
    if tight in FILLERS or key(tight) in FILLERS:
        return "", ""
    found = re.fullmatch(r"[\[【(（]?(\d{1,9})[\]】)）]?[-—.、]?(.*)", tight, re.DOTALL)
    if found and (not found.group(2) or (len(found.group(1)) > 2 and CJK.match(found.group(2)))):
        return found.group(1), found.group(2)
    return "", tight if CJK.search(tight) else ""
