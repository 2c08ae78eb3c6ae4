"""The rows of a grid as printed: what leads each of them, and its numbers by column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import groupby

from pipelines.core.document import Cell, Grid, Place
from pipelines.core.folding import key, squeeze
from pipelines.core.lexicon import CJK, TOTALS
from pipelines.layout.columns import CLASS_OF_DIGIT, CODES, Column, is_value
from pipelines.layout.rows import Reading, data_rows, reading_of, split_code

_GLUED = re.compile(r"(3\d\d(?:\d\d){0,2})(5\d\d(?:\d\d){0,2})")
PATH = ("catalogue", "project", "name", "unit_or_project")
"""Columns that are levels of a path where a table's rows are paths."""
_OVERFLOWN = re.compile(r"([\u3400-\u9fff()（）、，]{1,6})\s*(-?[\d,]+(?:\.\d+)?)")
_DIGIT = re.compile(r"\d")
_UNIT_CODE = re.compile(r"\d{6}|\d{9}|[0146-9]\d\d")
"""Numbers of bodies that some tables print in the column of subject codes."""
_WHOLE = (3, 5, 7)
"""Lengths of the codes of class, section and item."""


@dataclass(slots=True)
class PrintedLine:
    """One row: codes and names by classification, unit, project, period, catalogue path, and its numbers."""

    place: Place
    codes: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    unit_code: str = ""
    project: str = ""
    period: str = ""
    category: str = ""
    path: list[str] = field(default_factory=list)
    is_total: bool = False
    numbers: list[tuple[Column, Reading]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lost: list[tuple[Column, str]] = field(default_factory=list)

    @property
    def is_bare(self) -> bool:
        """Whether nothing leads the row."""
        lead = self.codes or self.names or self.unit or self.project or self.period or self.is_total
        return not (lead or any(self.path) or self.category)


@dataclass(slots=True)
class LineReader:
    """Reads grids of one table; remembers the codes above, which split columns print once.

    ``by_path``: the names of a row are levels of a path (procurement), in the order of their columns.
    """

    by_path: bool = False
    above: dict[int, list[str]] = field(default_factory=dict)
    lines: list[PrintedLine] = field(default_factory=list)

    def read(self, grid: Grid, height: int, columns: list[Column], *, resumed: bool) -> None:
        """Append the rows of a grid, putting together what a page break tore."""
        fresh = [self._line(grid, index, cells, columns) for index, cells in data_rows(grid, height)]
        for number, line in enumerate(fresh):
            last = self.lines[-1] if self.lines else None
            if last is not None and number == 0 and resumed and _is_rest(line):
                _append_name(last, line)
            elif last is not None and line.is_bare and line.numbers and not last.numbers and not last.is_bare:
                last.numbers = line.numbers
            elif not line.is_bare or line.numbers:
                self.lines.append(line)

    def _line(self, grid: Grid, index: int, cells: list[Cell], columns: list[Column]) -> PrintedLine:
        line = PrintedLine(grid.place)
        leads = [c for c in columns if c.role is not None]
        levels = [c.index for c in leads if c.role in PATH and (self.by_path or c.role == "catalogue")]
        line.path = [""] * len(levels)
        taken: set[int] = set()
        pieces: list[tuple[Column, str]] = []
        for column in leads:
            cell = grid.at(index, column.index)
            if cell is None or id(cell) in taken or not cell.text.strip():
                continue
            if cell.col != column.index and any(c.index == cell.col for c in leads):
                continue
            taken.add(id(cell))
            line.place = cell.place if line.place is grid.place else line.place
            text = squeeze(cell.text)
            if key(text) in TOTALS or key(text).rstrip(":") in TOTALS:
                line.is_total = True
            elif column.role in CODES or column.role in ("name", "unit", "project", "unit_or_project", "catalogue"):
                self._lead(line, column, text, cell.row == index, pieces, levels)
            elif column.role == "period":
                line.period = key(text)
        if line.unit_code and not line.unit and not pieces:
            line.unit, line.names = "".join(line.names.values()), {}
        self._codes(line, pieces, columns)
        for column in columns:
            if column.role is not None and column.role not in ("count", "rate"):
                continue
            cell = grid.at(index, column.index)
            if cell is None or cell.col != column.index or cell.row != index or id(cell) in taken:
                continue
            reading = reading_of(cell)
            if reading is None and (parted := _OVERFLOWN.fullmatch(cell.text.strip())):
                # A name too long for its cell runs on into that of the number.
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
        return line

    def _lead(
        self,
        line: PrintedLine,
        column: Column,
        text: str,
        begins: bool,
        pieces: list[tuple[Column, str]],
        levels: list[int],
    ) -> None:
        """Take one text in front of the numbers."""
        if column.role in PATH and (self.by_path or column.role == "catalogue"):
            line.path[levels.index(column.index)] = text if begins else ""
            return
        if column.role == "category_code":
            line.category = text
            return
        code, name = split_code(text)
        glued = _GLUED.fullmatch(text) if len(text) not in _WHOLE else None
        if glued:
            line.codes["economic"], line.codes["gov_economic"] = glued.groups()
            return
        if column.role in ("unit", "unit_or_project", "project"):
            if column.role == "unit" or not text.isdigit():
                value = name or text
                line.unit = value if column.role == "unit" else line.unit
                line.project = value if column.role != "unit" else line.project
            return
        if column.role == "unit_code" or column.role == "project_code":
            line.unit = line.unit or (name if CJK.search(name) else "")
            return
        if column.role == "code" and _UNIT_CODE.fullmatch(code):
            line.unit_code = code
            code = ""
        if code and (column.role == "code" or name or not CJK.search(text)):
            pieces.append((column, code))
        if name:
            line.names[column.classification or ""] = line.names.get(column.classification or "", "") + name

    def _codes(self, line: PrintedLine, pieces: list[tuple[Column, str]], columns: list[Column]) -> None:
        """Join the pieces of each run of code columns (201 | 06 | 01) into codes."""
        runs = code_runs(columns)
        found = {column.index: code for column, code in pieces}
        for number, run in enumerate(runs):
            above = self.above.setdefault(number, [])
            own = {n: found[c.index] for n, c in enumerate(run) if c.index in found}
            if not own:
                continue
            code = _joined(own, len(run), above[-1] if above else "")
            if len(code) == 2 and above:  # only the section's own digits are printed below its class
                code = above[-1][:3] + code
                line.notes.append(f"code completed from {code[3:]}")
            above[:] = [code]
            kind = CLASS_OF_DIGIT.get(code[:1]) if len(code) >= 3 else None
            kind = kind or run[0].classification or "functional"
            line.codes.setdefault(kind, code)


def code_runs(columns: list[Column]) -> list[list[Column]]:
    """Columns of codes that stand side by side, each run one code; a combined column of code and name is its own."""
    runs: list[list[Column]] = []
    coded = [c for c in columns if c.role == "code" or (c.role in ("name",) and c.digits)]
    for _, group in groupby(coded, key=lambda c: (c.role, c.index - coded.index(c), c.role == "name" and c.index)):
        run = list(group)
        # Codes of two classifications without a name between them.
        part: list[Column] = []
        for column in run:
            if part and column.digits and part[0].digits and not set(column.digits) & set(part[0].digits):
                runs.append(part)
                part = []
            part.append(column)
        runs.append(part)
    return runs


def _joined(own: dict[int, str], columns: int, above: str) -> str:
    """One code out of the pieces of a run; a piece alone in a later column goes on with the code above."""
    code = ""
    first = min(own)
    if columns > 1 and first > 0 and len(own[first]) <= 2:
        code = above[: 1 + 2 * first]
    for column in sorted(own):
        piece = own[column]
        if len(piece) == 1 and code:
            piece = piece.zfill(2)
        code = piece if code and piece.startswith(code) else code + piece
    return code


def _is_rest(line: PrintedLine) -> bool:
    """Whether a first row on a page only carries on names from the page before."""
    named = line.names or line.unit or line.project or any(line.path)
    return bool(named) and not line.codes and not line.numbers and not line.is_total


def _append_name(last: PrintedLine, rest: PrintedLine) -> None:
    for kind, name in rest.names.items():
        target = kind if kind in last.names or not last.names else next(reversed(last.names))
        last.names[target] = last.names.get(target, "") + name
    last.unit += rest.unit
    last.project += rest.project
    if len(rest.path) == len(last.path):
        last.path = [a + b for a, b in zip(last.path, rest.path, strict=True)]
