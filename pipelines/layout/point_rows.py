"""From printed lines to rows of points: what leads a row, and where each of its numbers belongs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from pipelines.core.folding import bare, key
from pipelines.layout.columns import Column, is_value
from pipelines.layout.measures import BESIDE_THE_THREE, Limits, Point, points_of
from pipelines.layout.printed_lines import PrintedLine
from pipelines.layout.rows import TOTAL, Reading, Row
from pipelines.layout.unclear_columns import ColumnKey, column_key, settle_unclear
from pipelines.layout.units import is_own, is_unit_name, settle_units, take_units_from_path
from pipelines.statements.lexicon import Coordinates, coordinates_of

_HOW_FINANCED = re.compile(r"全额|差额|自收自支")
"""How a unit is financed; the word heads the rows below it in its own column."""


@dataclass(slots=True)
class PointRows:
    """Makes the rows of one table; remembers the subject and the path of the row above.

    Attributes:
        limits: Form, stage, year, and what the title says of the money.
        axis: What the rows are.
        columns: The columns of all pages.
        body: The reporting body.
    """

    limits: Limits
    axis: str
    columns: list[Column]
    body: str | None
    above: tuple[str, str] = ("", "")
    path: list[str] = field(default_factory=list)
    main: str = ""
    unclear: dict[ColumnKey, str] = field(default_factory=dict)
    one_heading: bool | None = None

    def of(self, lines: list[PrintedLine]) -> tuple[list[Row], list[str]]:
        """Rows in printed order, one per line and point beside the measure, and numbers that were not understood."""
        kinds = {kind for line in lines for kind in line.codes}
        self.main = "functional" if self.axis != "economic" else "economic"
        if self.axis == "economic" and kinds == {"gov_economic"}:
            self.main = "gov_economic"
        self._part_units_from_projects(lines)
        if self.limits.form.rows == "path":
            take_units_from_path(lines, self.body)
        if lines and lines[0].is_bare:
            lines[0].is_total = True  # its name stands among the headings
        self.unclear = settle_unclear(lines, self.limits)
        rows: list[Row] = []
        unread: list[str] = []
        for line, unit in zip(lines, settle_units(lines, self.body), strict=True):
            made, left = self._rows(line, self._lead(line, unit))
            rows += made
            unread += left
        if self.limits.form.stages:
            _settle_total(rows)
        return rows, unread

    def _part_units_from_projects(self, lines: list[PrintedLine]) -> None:
        """In a column of units and projects a text named like a body is a unit."""
        is_apart = any(c.role in ("unit", "unit_code") for c in self.columns)
        for line in lines:
            own = is_own(line.project, self.body)
            if line.project and not line.unit and (own or (is_unit_name(line.project) and not is_apart)):
                line.unit, line.project = line.project, ""

    def _rows(self, line: PrintedLine, lead: Row) -> tuple[list[Row], list[str]]:
        """The rows of one line, and its numbers that have no place."""
        if line.is_bare and not line.goes_on:
            return [], [f"{column.heading} {reading.text}".strip() for column, reading in line.numbers]
        given = self._said_by(line)
        placing = Placing(lead, self._name_beside(line))
        unread = [f"{column.heading} {text}".strip() for column, text in line.lost]
        for column, reading in line.numbers:
            points: list[Point] = []
            if given is not None and is_value(column):
                points = points_of({**(column.coordinates or {}), **given}, self.limits)
            elif given is not None and column_key(column) in self.unclear:
                points = [Point(self.unclear[column_key(column)])]
                reading.notes.append("column placed by its sums")
            reading.heading = column.heading
            if not placing.put([self._single(column, point) for point in points], reading):
                unread.append(f"{column.heading} {reading.text}".strip())
        if not placing.rows and (lead.code or lead.name):
            return [lead], unread
        return list(placing.rows.values()), unread

    def _said_by(self, line: PrintedLine) -> Coordinates | None:
        """What the year or the name of a row says besides subject and unit; ``None`` where it is not understood."""
        texts = [line.period] if line.period else []
        name = "".join(line.names.values())
        if self.limits.form.stages and name and not line.is_total and not is_own(name, self.body):
            texts += [] if is_unit_name(name) else [_bare_item(name)]
        given: Coordinates = {}
        for text in texts:
            own = coordinates_of(text)
            if own is None:
                return None
            given |= own
        return given

    def _name_beside(self, line: PrintedLine) -> str:
        """The name a number keeps that belongs to another form (行政经费 beside the three public expenses)."""
        return _bare_item("".join(line.names.values()))

    def _single(self, column: Column, point: Point) -> Point:
        """One column of numbers is the ``amount`` where its heading names no total."""
        form = self.limits.form
        if "amount" not in form.measure_names or not self._has_one_heading():
            return point
        if form.classification == "economic" and self.limits.nature == "project" and point.measure == "total":
            return replace(point, measure="project")
        names_total = "total" in (column.coordinates or {}) and form.covers != "all"
        if point.measure in ("total", "basic") and not names_total:
            return replace(point, measure="amount")
        return point

    def _has_one_heading(self) -> bool:
        """Whether all columns of numbers are headed alike."""
        if self.one_heading is None:
            self.one_heading = len({c.heading for c in self.columns if is_value(c)}) <= 1
        return self.one_heading

    def _lead(self, line: PrintedLine, unit: str) -> Row:
        """Code, name and the other coordinates of a row."""
        row = Row(place=line.place, sub_unit=unit, project=line.project, notes=list(line.notes))
        for kind in ("economic", "gov_economic"):
            if kind != self.main or self.limits.form.rows == "path":
                setattr(row, f"{kind}_code", line.codes.get(kind, ""))
        is_path = self.limits.form.rows == "path" or any(line.path)
        is_unit = bool(line.unit) and not (is_path or line.codes or line.names or line.project)
        if line.is_total or is_unit or self.limits.form.stages:
            row.name = TOTAL
            self.above, self.path = ("", ""), []
        elif is_path:
            row.code = line.codes.get("functional", "") or line.category
            row.name = self._path_of(line)
        else:
            code, name = line.codes.get(self.main, ""), self._name(line)
            if line.codes and not code and not name:
                code, name = self.above  # printed once for several rows
            if code:
                self.above = (code, name)
            row.code, row.name = code, name or line.project
        return row

    def _name(self, line: PrintedLine) -> str:
        """The name of the row's subject, of the names of several classifications that it may print."""
        for kind in (self.main, "", "functional"):
            if kind in line.names:
                return line.names[kind]
        return next(iter(line.names.values()), "") if len(line.names) == 1 else ""

    def _path_of(self, line: PrintedLine) -> str:
        """The path of a row's levels; blank levels inherit from above, and a unit is no level."""
        texts = line.path or ["".join(line.names.values()) or line.project]
        if len(self.path) != len(texts) + 1:
            self.path = [""] * (len(texts) + 1)
        first = next((n for n, text in enumerate(texts) if text), None)
        if line.unit and self.limits.form.rows == "path":
            return "/".join(filter(None, self.path[: line.unit_level + 2]))
        if first is not None and _HOW_FINANCED.fullmatch(key(texts[first])):
            self.path = [texts[first], *[""] * len(texts)]
        elif first is not None:
            self.path = [*self.path[: first + 1], *texts[first:]]
        return "/".join(filter(None, self.path))


@dataclass(slots=True)
class Placing:
    """The rows that the numbers of one line fill, by what they have beside the measure."""

    lead: Row
    name_beside: str
    rows: dict[tuple[str, str, str, bool], Row] = field(default_factory=dict)

    def put(self, points: list[Point], reading: Reading) -> bool:
        """Put a number at the first free of its points; an equal number may repeat the one that stands there."""
        for point in points:
            row = self._row(point, again=False)
            if point.measure not in row.readings:
                row.readings[point.measure] = reading
                return True
        for point in points:
            row = self._row(point, again=True)
            taken = self._row(point, again=False).readings[point.measure]
            if point.measure not in row.readings and taken.number == reading.number:
                row.readings[point.measure] = reading
                return True
        self.rows = {place: row for place, row in self.rows.items() if row.readings}
        return False

    def _row(self, point: Point, *, again: bool) -> Row:
        place = (point.fund, point.period, point.form, again)
        if place not in self.rows:
            name = self.name_beside if point.form and self.name_beside else self.lead.name
            self.rows[place] = replace(
                self.lead,
                name=name,
                readings={},
                form=point.form or None,
                fund=point.fund,
                period=point.period,
                same_line=bool(self.rows),
            )
        return self.rows[place]


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
