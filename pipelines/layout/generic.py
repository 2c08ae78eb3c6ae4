"""Reads any table of a page into points: lines with codes, names and units, and columns with coordinates."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from pipelines.core.folding import bare, key
from pipelines.layout.columns import Column, columns_of, is_value, moved_columns
from pipelines.layout.measures import BESIDE_THE_THREE, ECONOMIC, Limits, Point, points_of
from pipelines.layout.printed_lines import PATH, LineReader, PrintedLine
from pipelines.layout.rows import Reading, Row, header_height, headings_of, repeated_header
from pipelines.layout.tables import Table
from pipelines.layout.units import is_own, is_unit_name, settle_units
from pipelines.reference.lookup import economic_names, functional_names
from pipelines.statements.lexicon import Coordinates, coordinates_of, limits_of, table_of

ROW_AXIS = frozenset(
    {
        "expenditure",
        "general_expenditure",
        "basic_economic",
        "appropriation_expenditure",
        "appropriation_basic_economic",
        "general_economic",
        "general_basic",
        "basic_by_source",
        "project_expenditure",
    }
)
"""Forms that differ from one another by the classification of their rows."""

BY_PATH = ("procurement", "purchase_of_services")
BY_GROUP = ("revenue", "expenditure")
_WHOLE_UNIT = re.compile(r"全额|差额|自收自支")  # how a unit is financed; heads the rows below in the same column
_SCOPE = {"revenue": "", "fund": "fund", "state_capital": "state_capital"}


@dataclass(slots=True)
class TableReading:
    """What reading one table gives."""

    form: str | None
    rows: list[Row] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def has_blocks(table: Table) -> bool:
    """Whether a table prints blocks side by side, each with codes or names and numbers of its own."""
    grid = table.grids[0]
    height = header_height(grid)
    seen_value, blocks = False, 0
    for column in columns_of(grid, headings_of(grid, height), height):
        if is_value(column):
            seen_value = True
        elif column.role in ("code", "name") and seen_value:
            blocks, seen_value = blocks + 1, False
    return blocks > 0 and seen_value


def table_rows(table: Table, form: str, stage: str, year: int | None, body: str | None) -> TableReading:
    """Read a table of a page.

    Args:
        table: The table, over all its pages.
        form: What its title says it is; the row axis may decide otherwise.
        stage: ``budget`` or ``final``: the report's.
        year: Its fiscal year.
        body: The reporting body, whose own row is no sub-unit.

    Returns:
        The form, rows in printed order (one per printed row and coordinate point beside the measure), and the numbers
        that were not understood, each with its heading.
    """
    columns, lines = _lines_of(table, form)
    said = limits_of(key(table.title))
    source = _SCOPE.get(form, said.get("source", ""))
    axis = _axis(lines, columns, said)
    if form in ROW_AXIS and axis in ("functional", "economic", "name", "project"):
        form = table_of(source, said.get("nature", ""), axis) or form
    elif form == "expenditure" and axis in ("none", "unit"):
        form = "expenditure_total"
    limits = Limits(form, stage, year, source, said.get("nature", ""))
    return _Assembly(limits, axis, columns, lines, body, said).result()


def _lines_of(table: Table, form: str) -> tuple[list[Column], list[PrintedLine]]:
    reader = LineReader()
    columns: list[Column] = []
    known = None
    every: list[Column] = []
    for index, grid in enumerate(table.grids):
        settled = any(is_value(c) for c in columns)
        height = repeated_header(grid, known) if known and settled else header_height(grid)
        if height or not columns:
            known = headings_of(grid, height)
            columns = columns_of(grid, known, height)
        else:
            columns = moved_columns(columns, grid, height)
        every += columns
        if index == 0:
            reader.by_path = form in BY_PATH or (form in BY_GROUP and _is_grouped(columns))
        reader.read(grid, height, columns, resumed=index > 0)
    return every, reader.lines


def _is_grouped(columns: list[Column]) -> bool:
    """Whether rows without codes are led by two or more columns of names, the first of which head several rows."""
    return sum(c.role in PATH for c in columns) > 1 and not any(c.role == "code" or c.digits for c in columns)


def _axis(lines: list[PrintedLine], columns: list[Column], said: Coordinates) -> str:
    """What the rows are: ``functional``, ``economic``, ``item`` (the three public expenses), ``unit``, ``none``."""
    codes: Counter[str] = Counter(kind for line in lines for kind in line.codes)
    if codes.get("functional"):
        return "functional"
    if codes:
        return "economic"
    kinds = {c.classification for c in columns if c.role in ("name", "code")}
    if "functional" in kinds:
        return "functional"
    if kinds & {"economic", "gov_economic"}:
        return "economic"
    names = {key(name) for line in lines for name in (*line.names.values(), line.project) if name}
    if names:
        functional, economic = len(names & functional_names()), len(names & economic_names())
        if max(functional, economic) >= max(1, len(names) / 3):
            return "functional" if functional > economic else "economic"
        return said.get("axis", "name")
    return "unit" if any(line.unit for line in lines) else "none"


@dataclass(slots=True)
class _Assembly:
    limits: Limits
    axis: str
    columns: list[Column]
    lines: list[PrintedLine]
    body: str | None
    said: Coordinates
    unread: list[str] = field(default_factory=list)

    def result(self) -> TableReading:
        form = self.limits.form
        self._part_units_from_projects()
        units = settle_units(self.lines, self.body)
        rows: list[Row] = []
        above: dict[str, tuple[str, str]] = {}
        path: list[str] = []
        for number, (line, unit) in enumerate(zip(self.lines, units, strict=True)):
            if number == 0 and line.is_bare:
                line.is_total = True
            given = self._of_line(line)
            rows += self._rows(line, unit, given, above, path)
        if form == "three_public":
            _settle_total(rows)
        return TableReading(form, rows, self.unread)

    def _part_units_from_projects(self) -> None:
        """In a column of units and projects a text named like a body is a unit."""
        for line in self.lines:
            if line.project and not line.unit and (is_own(line.project, self.body) or is_unit_name(line.project)):
                mixed = not any(c.role in ("unit", "unit_code") for c in self.columns) or is_own(
                    line.project, self.body
                )
                if mixed:
                    line.unit, line.project = line.project, ""

    def _of_line(self, line: PrintedLine) -> Coordinates | None:
        """What the name or year of a row says besides subject and unit (三公 items down, years down)."""
        given: Coordinates = {}
        if line.period:
            own = coordinates_of(line.period)
            if own is None:
                return None
            given |= own
        if self.limits.form == "three_public" and line.names and not line.is_total:
            name = "".join(line.names.values())
            if is_own(name, self.body) or is_unit_name(name):
                return given
            own = coordinates_of(_bare_item(name))
            if own is None:
                return None
            given |= own
        return given

    def _rows(
        self,
        line: PrintedLine,
        unit: str,
        given: Coordinates | None,
        above: dict[str, tuple[str, str]],
        path: list[str],
    ) -> list[Row]:
        base = self._lead(line, unit, above, path)
        found: dict[tuple[str, ...], Row] = {}
        plain = self._has_single_value()
        for column, reading in line.numbers:
            points: list[Point] = []
            if given is not None and base is not None and is_value(column):
                points = points_of({**(column.coordinates or {}), **given}, self.limits)
            if base is None or not self._place(column, reading, points, plain, base, line, found):
                self.unread.append(f"{column.heading} {reading.text}".strip())
        self.unread += [f"{column.heading} {text}".strip() for column, text in line.lost]
        if not found and base is not None and (base.code or base.name):
            return [base]
        return list(found.values())

    def _place(
        self,
        column: Column,
        reading: Reading,
        points: list[Point],
        plain: bool,
        base: Row,
        line: PrintedLine,
        found: dict[tuple[str, ...], Row],
    ) -> bool:
        """Put a number where it belongs; what repeats an equal number of its line is a second cell of that point."""
        reading.heading = column.heading
        for again in ("", "again"):
            for point in points:
                settled = self._single(column, point) if plain else point
                place = (settled.fund, settled.period, settled.form, again)
                if place in found and settled.measure in found[place].readings:
                    continue
                if again and found[place[:3] + ("",)].readings[settled.measure].number != reading.number:
                    continue
                row = found.setdefault(place, self._row(base, settled, line, first=not found))
                row.readings[settled.measure] = reading
                return True
        return False

    def _row(self, base: Row, point: Point, line: PrintedLine, *, first: bool) -> Row:
        name = base.name
        if point.form == "operating_cost" and line.names:
            name = _bare_item("".join(line.names.values()))
        return Row(
            name=name,
            code=base.code,
            place=base.place,
            form=point.form or None,
            sub_unit=base.sub_unit,
            economic_code=base.economic_code,
            gov_economic_code=base.gov_economic_code,
            project=base.project,
            fund=point.fund,
            period=point.period,
            same_line=not first,
        )

    def _has_single_value(self) -> bool:
        distinct = {c.heading for c in self.columns if is_value(c)}
        return len(distinct) == 1

    def _single(self, column: Column, point: Point) -> Point:
        """One column of numbers is the ``amount`` where its heading names no total."""
        if self.limits.form in ECONOMIC and point.measure in ("total", "basic"):
            if self.limits.nature == "project":
                return Point("project", point.fund, point.period)
            if "total" not in (column.coordinates or {}) or self.limits.form in ("general_economic", "operating_cost"):
                return Point("amount", point.fund, point.period)
        if self.limits.form == "revenue" and point.measure == "total" and "total" not in (column.coordinates or {}):
            return Point("amount", point.fund, point.period)
        return point

    def _lead(self, line: PrintedLine, unit: str, above: dict[str, tuple[str, str]], path: list[str]) -> Row | None:
        """Code, name and the other coordinates of a row."""
        row = Row(place=line.place, sub_unit=unit, project=line.project)
        form = self.limits.form
        main = "economic" if self.axis == "economic" else "functional"
        if self.axis == "economic" and not any("economic" in x.codes for x in self.lines):
            main = "gov_economic"
        if line.is_total or (line.unit and not line.codes and not line.names and not line.project):
            row.name = "合计"
            above.clear()
            path.clear()
            return row
        if form in BY_PATH or any(line.path):
            return self._path_row(row, line, path)
        code, name = line.codes.get(main, ""), self._name(line, main)
        if not code and line.codes and main in above and len(line.codes) > 0 and not name:
            code, name = above[main]
        row.code, row.name = code, name
        if code:
            above[main] = (code, name)
        for kind in ("economic", "gov_economic"):
            if kind != main and kind in line.codes:
                setattr(row, f"{kind}_code", line.codes[kind])
        if form == "three_public":
            row.name, row.code = "合计", ""
        if not row.name and line.project:
            row.name = line.project
        return row

    def _name(self, line: PrintedLine, main: str) -> str:
        if main in line.names:
            return line.names[main]
        if "" in line.names:
            return line.names[""]
        if "functional" in line.names and len(line.names) == 1:
            return line.names["functional"]
        return next(iter(line.names.values()), "") if len(line.names) == 1 else ""

    def _path_row(self, row: Row, line: PrintedLine, path: list[str]) -> Row:
        """A row whose name is the path of its levels; blank levels inherit, a unit is no level."""
        texts = line.path or list(line.names.values())
        own = [n for n in texts if n]
        row.code = line.codes.get("functional", "") or line.category
        for kind in ("economic", "gov_economic"):
            setattr(row, f"{kind}_code", line.codes.get(kind, ""))
        if not line.path:
            row.name = "".join(own) or line.project
            return row
        first = next((n for n, text in enumerate(texts) if text), None)
        if len(path) != len(texts) + 1:
            path[:] = [""] * (len(texts) + 1)
        if first is not None and _WHOLE_UNIT.fullmatch(key(texts[first])):
            path[:] = [texts[first]] + [""] * len(texts)
        elif first is not None and is_own(texts[first], self.body):
            row.name = "/".join(filter(None, path[: first + 2]))
            return row
        elif first is not None:
            path[:] = [*path[: first + 1], *texts[first:]]
        row.name = "/".join(filter(None, path))
        return row


def _bare_item(name: str) -> str:
    """The name of an item without the numbering and 其中 in front of it, however many."""
    previous, name = "", key(name)
    while previous != name:
        previous, name = name, bare(name.removeprefix("其中:").removeprefix("其中"))
    return name


def _settle_total(rows: list[Row]) -> None:
    """A sole total of the three public expenses is the table's total, unless other items stand beside the three."""
    measures = {m for row in rows for m in row.readings}
    beside = any(m.rpartition("_")[2] in BESIDE_THE_THREE for m in measures) or any(r.form for r in rows)
    if beside or any(m.endswith("_total") for m in measures):
        return
    for row in rows:
        row.readings = {
            (m.removesuffix("three_public") + "total" if m.endswith("three_public") else m): r
            for m, r in row.readings.items()
        }
