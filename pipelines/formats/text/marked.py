"""Runs of lines whose cells are parted by tabs, pipes or bars; what converters did to them is undone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from pipelines.core.document import Cell, Grid, Place
from pipelines.core.lexicon import CJK
from pipelines.core.numbers import read_amount
from pipelines.formats.text.lines import joined

_DRAWN = "│┃║╎┆┊╏"
BARS = f"{_DRAWN}｜¦"
"""Characters that draw the border between two cells, besides the pipe."""

_DASHES = "─━═┄┅┈┉╌╍┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬╒╓╕╖╘╙╛╜╞╟╡╢╤╥╧╨╪╫╭╮╯╰－＋"
_RULE_SIGNS = f" \t\u3000|:=+-{BARS}{_DASHES}"
_DASHED = re.compile(rf"-{{2}}|={{2}}|[{_DASHES}]{{2}}")
_PIPE = re.compile(r"(?<!\\)\|")
_MOST_HEADINGS = 6  # rows
_MOST_PIECES = 4  # lines of one row between two rules
_CODE = re.compile(r"[2-5]\d\d(?:\d\d){0,2}")
_CODE_LETTER = re.compile(r"[类款项]")
_FLOAT_CODE = re.compile(r"[2-5]\d{4}(?:\d\d)?\.0")
_FLOAT = re.compile(r"(\d{1,7})\.0|\d{1,7}")
_CODE_HEADING = re.compile(r"编码|代码|^[类款项]$")
_TEXT_MARK = re.compile(r"['’‘`](\d+)|=\"(.*)\"|\"(.*)\"", re.DOTALL)
_MUST_QUOTE = re.compile(r"\"\"|[\v,]")


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of a cell and the line it stands on."""

    text: str
    line: int


@dataclass(slots=True)
class Run:
    """Rows that follow each other, and after which of them a rule is drawn."""

    rows: list[list[Piece]] = field(default_factory=list)
    rules: set[int] = field(default_factory=set)

    def add(self, cells: list[Piece]) -> None:
        """Add a row."""
        self.rows.append([replace(cell, text=joined(unquoted(cell.text.strip())).strip()) for cell in cells])

    def rule(self) -> None:
        """Note that a rule is drawn here."""
        self.rules.add(len(self.rows))

    def grid(self) -> Grid:
        """The grid of the rows; short rows are filled up with blanks at the right."""
        rows = _whole_rows(self.rows, self.rules)
        cols = max(map(len, rows))
        table = [[*row, *[Piece("", row[0].line)] * (cols - len(row))] for row in rows]
        if self.rules and len({len(row) for row in rows}) == 1:
            return ruled_grid(table)
        _mend_codes(table)
        cells = [Cell(p.text, r, c, 1, 1, Place(line=p.line)) for r, row in enumerate(table) for c, p in enumerate(row)]
        return Grid(len(rows), cols, cells, Place(line=rows[0][0].line))


def ruled_grid(table: list[list[Piece]], *, repeated: bool = True) -> Grid:
    """The grid of rows of equal length whose columns are certain; the borders are their numbers.

    Args:
        table: At least one row.
        repeated: Whether a merged cell may be written once for each column it covers.
    """
    _mend_codes(table)
    edges = [float(edge) for edge in range(len(table[0]) + 1)]
    return Grid(len(table), len(table[0]), _merged(table, repeated=repeated), Place(line=table[0][0].line), edges)


def _mend_codes(table: list[list[Piece]]) -> None:
    for col in range(len(table[0])):
        codes = without_float_codes([row[col].text for row in table])
        for row, text in zip(table, codes, strict=True):
            row[col] = replace(row[col], text=text)


def is_rule(line: str) -> bool:
    """Whether a line draws a border between rows."""
    return not line.strip(_RULE_SIGNS) and _DASHED.search(line) is not None


def is_drawn(line: str) -> bool:
    """Whether a border is drawn in a line; tabs in it only fill up its cells."""
    return any(bar in line for bar in _DRAWN)


def split_bars(line: str) -> list[str] | None:
    """Cells of a line with pipes or bars, without those at its ends.

    Returns:
        Nothing where no border is drawn and there are fewer than two pipes, which words may hold too.
    """
    piped = _PIPE.sub("\0", re.sub(f"[{BARS}]", "\0", line)).strip()
    if piped.count("\0") < 2 and not is_drawn(line):
        return None
    return piped.removeprefix("\0").removesuffix("\0").split("\0")


def unquoted(text: str) -> str:
    """A cell without what a spreadsheet puts around text: an apostrophe before a code, quotation marks.

    A name in quotation marks is its own, unless it holds what a spreadsheet must quote.
    """
    found = _TEXT_MARK.fullmatch(text)
    if found is None or (found[3] is not None and CJK.search(text) and not _MUST_QUOTE.search(found[3])):
        return text
    return next(part for part in found.groups() if part is not None).replace('""', '"').strip()


def _whole_rows(rows: list[list[Piece]], rules: set[int]) -> list[list[Piece]]:
    """Rows that wrap over several lines put together, where every row is drawn between two rules."""
    bounds = sorted({0, len(rows), *rules})
    groups = [rows[start:stop] for start, stop in pairwise(bounds)]
    widths = {len(row) for row in rows}
    if len(groups) < 3 or len(widths) > 1 or max(map(len, groups)) > _MOST_PIECES or len(groups) == len(rows):
        return rows
    return [[_together([row[col] for row in group]) for col in range(len(group[0]))] for group in groups]


def _together(pieces: list[Piece]) -> Piece:
    filled = [piece for piece in pieces if piece.text]
    return Piece(joined("\v".join(p.text for p in filled)), (filled or pieces)[0].line)


def without_float_codes(column: list[str]) -> list[str]:
    """Codes of a column that a data frame took for numbers (``2010101.0``) become codes again."""
    numbers = [text for text in column if text and not CJK.search(text)]
    coded = any(map(_FLOAT_CODE.fullmatch, numbers)) or any(map(_CODE_HEADING.search, column))
    if not coded or not numbers or not all(map(_FLOAT.fullmatch, numbers)):
        return column
    return [_FLOAT.sub(lambda found: found[1] or found[0], text) if text in numbers else text for text in column]


def _merged(table: list[list[Piece]], *, repeated: bool) -> list[Cell]:
    """Cells of a table; one that was written once for each column it covers, or for the first alone, is one again."""
    texts = [[piece.text for piece in row] for row in table]
    height = heading_height(texts)
    coded = [_is_coded([row[col] for row in texts[height:]]) for col in range(len(table[0]))] if repeated else []
    cells: list[Cell] = []
    for number, row in enumerate(table):
        for _, group in groupby(enumerate(row), key=lambda pair: _repeated(pair[1].text, pair[0], coded) or pair[0]):
            (place, first), *others = group
            cells.append(Cell(first.text, number, place, 1, 1 + len(others), Place(line=first.line)))
    return over_blanks(cells, texts)


def over_blanks(cells: Iterable[Cell], texts: list[list[str]]) -> list[Cell]:
    """Let headings cover the columns that are left blank beside them and have a heading further down.

    Args:
        cells: Of a grid, by row and column.
        texts: The same by row and column, blank where no cell begins.
    """
    height = heading_height(texts)
    found: list[Cell] = []
    for cell in cells:
        left = found[-1] if found and found[-1].row == cell.row else None
        if cell.row < height and left is not None and left.text and _is_under(texts[cell.row : height], cell.col):
            found[-1] = replace(left, col_span=left.col_span + 1)
        else:
            found.append(cell)
    return found


def _is_coded(column: list[str]) -> bool:
    """Whether all numbers of a column may be codes; in 千元 an amount may look like one, but hardly all do."""
    return all(_CODE.fullmatch(text) or read_amount(text) is None for text in column if text)


def _repeated(text: str, col: int, coded: list[bool]) -> str | None:
    """What tells that neighbours are one cell: words and codes; amounts may well be equal."""
    if not coded:
        return None
    return text if _is_words(text) or (coded[col] and _CODE.fullmatch(text)) else None


def _is_words(text: str) -> bool:
    return CJK.search(text) is not None and read_amount(text) is None


def heading_height(texts: list[list[str]]) -> int:
    """How many rows at the top of a table may be headings: those above the first amount."""
    height = next((r for r, row in enumerate(texts) if any(map(read_amount, row))), len(texts))
    for number, row in enumerate(texts[:_MOST_HEADINGS]):  # the last row of headings may run into the first below
        height = max(height, number + 1) if any(map(_CODE_LETTER.fullmatch, row)) else height
    return min(height, _MOST_HEADINGS)


def _is_under(texts: list[list[str]], col: int) -> bool:
    """Whether a heading is left blank in a column that has one further down."""
    return not texts[0][col] and any(_is_words(row[col]) for row in texts[1:])
