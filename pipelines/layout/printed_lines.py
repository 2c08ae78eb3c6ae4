"""The rows of a grid as printed: what leads each of them, and its numbers by column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from pipelines.core.document import Cell, Grid, Place
from pipelines.core.folding import key, squeeze
from pipelines.core.lexicon import CJK, TOTALS
from pipelines.layout.columns import CLASS_OF_DIGIT, CODES, COUNTS, OVERFLOWN, Column, is_value
from pipelines.layout.rows import Reading, data_rows, is_amount, reading_of, split_code
from pipelines.statements.lexicon import coordinates_of

PATH = ("catalogue", "project", "name", "unit_or_project")
"""Columns that are levels of a path where a table's rows are paths."""

_LEADS = (*CODES, *PATH, "unit")
_GLUED = re.compile(r"(3\d\d(?:\d\d){0,2})(5\d\d(?:\d\d){0,2})")
"""The department's and the government's code run together."""

_GROUP_SUM = "小计"
_WHOLE = (3, 5, 7)
"""Lengths of the codes of class, section and item."""

_UNIT_CODE = re.compile(r"\d{6}|\d{9}|[0146-9]\d\d")
"""Numbers of bodies that some tables print in the column of subject codes."""

_DIGIT = re.compile(r"\d")


@dataclass(slots=True)
class PrintedLine:
    """One row: codes and names by classification, unit, project, period, path, and its numbers.

    ``category`` is a code of its own kind (A 货物); ``lost`` are texts with digits in a column of numbers that are no
    number; ``pieces`` are the codes as printed by column, ``kinds`` the classification of those that one column holds;
    ``goes_on`` says that a cell of the row above leads this row, too, or an attribute stands in it (分散采购).
    """

    place: Place
    codes: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    unit_code: str = ""
    unit_level: int = 0  # of the path, where the unit stands among its levels
    project: str = ""
    period: str = ""
    category: str = ""
    path: list[str] = field(default_factory=list)
    is_total: bool = False
    numbers: list[tuple[Column, Reading]] = field(default_factory=list)
    lost: list[tuple[Column, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    goes_on: bool = False
    pieces: dict[int, str] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)

    @property
    def is_bare(self) -> bool:
        """Whether nothing leads the row."""
        lead = self.codes or self.names or self.unit or self.project or self.period or self.is_total
        return not (lead or any(self.path) or self.category)


@dataclass(slots=True)
class LineReader:
    """Reads the grids of one table; remembers the codes above, which split columns print once.

    ``by_path``: the names of a row are levels of a path (procurement), in the order of their columns.
    """

    by_path: bool = False
    above: dict[int, str] = field(default_factory=dict)
    shared: set[int] = field(default_factory=set)  # runs of two columns, classes and their sections in the first
    lines: list[PrintedLine] = field(default_factory=list)

    def read(self, grid: Grid, height: int, columns: list[Column], *, resumed: bool) -> None:
        """Append the rows of a grid, putting together what a page break tore."""
        is_loose = grid.method != "ruled"  # numbers may stand off the line of their name
        start = len(self.lines)
        for number, (index, cells) in enumerate(data_rows(grid, height)):
            if _repeats_headings(cells, columns):
                continue
            line = self._line(grid, index, columns)
            last = self.lines[-1] if self.lines else None
            if last is not None and number == 0 and resumed and _is_rest(line, last):
                _append_name(last, line)
                self._append_codes(last, line, columns)
            elif last is not None and _ends_period(line):
                last.period += line.period
            elif last is not None and _ends_row(line, last) and (is_loose or line.goes_on or (resumed and not number)):
                last.numbers = line.numbers
            elif last is not None and is_loose and _are_halves(line, last):
                last.numbers += line.numbers
            elif not line.is_bare or line.numbers or line.lost:
                self.lines.append(line)
        if grid.method == "aligned":
            _raise_labels(self.lines[start:])

    def _line(self, grid: Grid, index: int, columns: list[Column]) -> PrintedLine:
        line = PrintedLine(grid.place)
        leads = [c for c in columns if c.role is not None and c.role not in COUNTS]
        levels = [c.index for c in leads if c.role in PATH and (self.by_path or c.role == "catalogue")]
        line.path = [""] * len(levels)
        pieces: dict[int, str] = {}
        taken: set[int] = set()
        for column in leads:
            cell = grid.at(index, column.index)
            beside = cell is not None and cell.col != column.index and any(c.index == cell.col for c in leads)
            if cell is None or id(cell) in taken or beside or not cell.text.strip():
                continue
            line.goes_on = line.goes_on or cell.row < index or column.role == "attribute"
            taken.add(id(cell))
            line.place = cell.place if line.place is grid.place else line.place
            text = squeeze(cell.text)
            if key(text).rstrip(":") in TOTALS:
                line.is_total = True
            elif column.index in levels:
                line.path[levels.index(column.index)] = text if cell.row == index else ""
            elif column.role == "period":
                line.period = key(text)
            elif column.role in _LEADS:
                _take_lead(line, column, text, pieces)
        if line.unit_code and not line.unit and not pieces and line.names:
            line.unit, line.names = "".join(line.names.values()), {}
        self._take_codes(line, pieces, columns)
        for column in columns:
            cell = grid.at(index, column.index)
            begins = cell is not None and (cell.row, cell.col) == (index, column.index)
            if column.role in (None, *COUNTS) and cell is not None and begins and id(cell) not in taken:
                _take_number(line, column, cell)
        return line

    def _take_codes(self, line: PrintedLine, pieces: dict[int, str], columns: list[Column]) -> None:
        """Join the pieces of each run of code columns (201 | 06 | 01) into codes."""
        for number, run in enumerate(code_runs(columns)):
            own = {n: pieces[c.index] for n, c in enumerate(run) if c.index in pieces}
            if not own:
                continue
            above = self.above.get(number, "")
            code = _joined(own, len(run), above, levels=2 if number in self.shared else 1)
            line.pieces |= {run[n].index: piece for n, piece in own.items()}
            if len(code) < _WHOLE[0] and above:  # only the section's own digits are printed below its class
                line.notes.append(f"code completed from {code}")
                code = above[: _WHOLE[0]] + code.zfill(2)
                if len(run) == 2 and own.keys() == {0}:
                    self.shared.add(number)
            self.above[number] = code
            kind = CLASS_OF_DIGIT.get(code[:1]) if len(code) >= _WHOLE[0] else None
            kind = kind or run[0].classification or "functional"
            line.codes.setdefault(kind, code)
            if len(run) == 1:
                line.kinds[run[0].index] = kind

    def _append_codes(self, last: PrintedLine, rest: PrintedLine, columns: list[Column]) -> None:
        """Put codes together that a page break tore, and remember them as the codes above."""
        for number, run in enumerate(code_runs(columns)):
            if (piece := rest.pieces.get(run[0].index)) is not None:
                kind = last.kinds[run[0].index]
                self.above[number] = last.codes[kind] = last.codes[kind] + piece


def _raise_labels(lines: list[PrintedLine]) -> None:
    """Give the label of a group that is set in the middle of its rows to the first of them, its 小计.

    Without rulings nothing else tells where a group begins; rows below inherit the label from there.
    """
    sums = [n for n, line in enumerate(lines) if _GROUP_SUM in map(key, line.path)]
    for head, stop in pairwise([*sums, len(lines)]):
        level = [key(text) for text in lines[head].path].index(_GROUP_SUM) - 1
        below = [line for line in lines[head + 1 : stop] if len(line.path) > level >= 0]
        labelled = [line for line in below if line.path[level]]
        members = [line for line in labelled if line.path[level + 1] or line.numbers]
        if level < 0 or any(lines[head].path[: level + 1]) or not labelled or len(members) > 1:
            continue
        if labelled[0] in (members or labelled):
            lines[head].path[level], labelled[0].path[level] = labelled[0].path[level], ""


def _repeats_headings(cells: list[Cell], columns: list[Column]) -> bool:
    """Whether a row prints the headings again, as the second part of a table on the same page may."""
    printed = {c.col: key(c.text) for c in cells if c.text.strip()}
    heads = {c.index: c.pieces for c in columns}
    return len(printed) > 2 and all(text in heads.get(col, ()) for col, text in printed.items())


def _take_lead(line: PrintedLine, column: Column, text: str, pieces: dict[int, str]) -> None:
    """Take one text in front of the numbers."""
    code, name = split_code(text)
    glued = _GLUED.fullmatch(text) if len(text) not in _WHOLE else None
    if column.role == "category_code":
        line.category = text
    elif glued:
        line.codes["economic"], line.codes["gov_economic"] = glued.groups()
    elif column.role in ("unit_code", "project_code"):
        line.unit = line.unit or (name if CJK.search(name) else "")
        if column.role == "unit_code" and _UNIT_CODE.fullmatch(text):
            line.unit_code = text
    elif column.role == "unit":
        line.unit = name or text
    elif column.role in ("unit_or_project", "project"):
        line.project = line.project if text.isdigit() else name or text
    else:
        if column.role == "code" and _UNIT_CODE.fullmatch(code):
            line.unit_code, code = code, ""
        if code and (column.role == "code" or name or not CJK.search(text)):
            pieces[column.index] = code
        if name:
            kind = column.classification or ""
            line.names[kind] = line.names.get(kind, "") + name
        elif not code and is_amount(text):
            line.lost.append((column, text))


def _take_number(line: PrintedLine, column: Column, cell: Cell) -> None:
    """Take one text among the numbers."""
    reading = reading_of(cell)
    if reading is None and (parted := OVERFLOWN.fullmatch(cell.text.strip())):
        reading = reading_of(replace(cell, text=parted.group(2)))
        if reading is not None:
            reading.text = cell.text
            reading.notes.append("name run into the cell left out")
            for kind in list(line.names)[-1:]:
                line.names[kind] += squeeze(parted.group(1))
    if reading is not None:
        line.numbers.append((column, reading))
    elif key(cell.text) in TOTALS:
        line.is_total = True
    elif is_value(column) and _DIGIT.search(cell.text):
        line.lost.append((column, squeeze(cell.text)))


def code_runs(columns: list[Column]) -> list[list[Column]]:
    """Columns of codes that stand side by side, each run one code; a combined column of code and name is its own."""
    coded = [c for c in columns if c.role == "code" or (c.role == "name" and c.digits)]
    runs: list[list[Column]] = []
    for _, group in groupby(
        enumerate(coded), key=lambda nc: (nc[1].index - nc[0], nc[1].role, nc[1].role == "name" and nc[0])
    ):
        part: list[Column] = []
        for _, column in group:
            # Codes of two classifications without a name between them.
            if part and column.digits and part[0].digits and not set(column.digits) & set(part[0].digits):
                runs.append(part)
                part = []
            part.append(column)
        runs.append(part)
    return runs


def _joined(own: dict[int, str], columns: int, above: str, levels: int) -> str:
    """One code out of the pieces of a run; a piece alone in a later column goes on with the code above.

    ``levels``: how many of a code stand in the first column, one to a row.
    """
    code = ""
    first = min(own)
    if columns > 1 and first > 0 and len(own[first]) <= 2:
        code = above[: 1 + 2 * (first + levels - 1)]
    for column in sorted(own):
        piece = own[column].zfill(2) if code else own[column]
        code = piece if code and piece.startswith(code) else code + piece  # a dump may repeat the class
    return code


def _is_rest(line: PrintedLine, last: PrintedLine) -> bool:
    """Whether a first row on a page only carries on names and codes from the page before."""
    named = line.names or line.unit or line.project or any(line.path) or line.pieces
    torn = all(
        column in last.kinds and len(last.codes[last.kinds[column]] + piece) in _WHOLE[1:]
        for column, piece in line.pieces.items()
    )
    return bool(named) and (torn if line.pieces else not line.codes) and not line.numbers and not line.is_total


def _are_halves(line: PrintedLine, last: PrintedLine) -> bool:
    """Whether two rows of numbers alone are one that lies on two lines: no column has a number in both."""
    taken = {column.index for column, _ in last.numbers}
    return line.is_bare and last.is_bare and taken.isdisjoint(column.index for column, _ in line.numbers)


def _ends_row(line: PrintedLine, last: PrintedLine) -> bool:
    """Whether a row of numbers alone may belong to the names above, which have none."""
    return line.is_bare and bool(line.numbers) and not last.numbers and not last.is_bare


def _ends_period(line: PrintedLine) -> bool:
    """Whether a row only carries on the year of the row above (增减变化 over 金额)."""
    alone = line.period and not (line.numbers or line.codes or line.names or line.unit or line.is_total or line.lost)
    return bool(alone) and coordinates_of(line.period) == {}


def join_years(lines: list[PrintedLine]) -> None:
    """Rows of one unit's years share its name, wherever beside them a page without rulings prints it."""
    labels = list(dict.fromkeys(line.period for line in lines))
    size = len(labels)
    if size < 2 or not all(labels) or [line.period for line in lines] != labels * (len(lines) // size):
        return
    for start in range(0, len(lines), size):
        group = lines[start : start + size]
        unit = "".join(dict.fromkeys(line.unit for line in group))
        is_total = any(line.is_total for line in group)
        for line in group:
            line.unit, line.is_total = unit, is_total


def _append_name(last: PrintedLine, rest: PrintedLine) -> None:
    for kind, name in rest.names.items():
        target = kind if kind in last.names or not last.names else next(reversed(last.names))
        last.names[target] = last.names.get(target, "") + name
    last.unit += rest.unit
    last.project += rest.project
    if len(rest.path) == len(last.path):
        last.path = [a + b for a, b in zip(last.path, rest.path, strict=True)]
