"""Reads any table of a page into points: which form it is, its columns, its lines, and the rows they make."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from pipelines.core.document import Grid
from pipelines.core.folding import key
from pipelines.layout.columns import Column, columns_of, is_value, moved_columns
from pipelines.layout.measures import Limits
from pipelines.layout.point_rows import PointRows
from pipelines.layout.printed_lines import PATH, LineReader, PrintedLine, join_years
from pipelines.layout.rows import Heading, Row, header_height, headings_of, repeated_header
from pipelines.layout.table import Table
from pipelines.layout.units import is_unit_name
from pipelines.reference.lookup import economic_names, functional_names
from pipelines.statements.catalogue import Form, catalogue
from pipelines.statements.lexicon import Coordinates, limits_of
from pipelines.statements.lookups import form_within

_LEAST_KNOWN = 3
"""One name in this many must be a subject's before a table without codes is one of that classification."""


_APART = 5.0
"""Points between the left edges of a table and its continuation that put them on different halves of a sheet."""


@dataclass(frozen=True, slots=True)
class TableReading:
    """What reading one table gives: rows in printed order, and the numbers not understood, each with its heading."""

    form: str | None
    rows: list[Row]
    unread: list[str]


def has_blocks(table: Table) -> bool:
    """Whether a table prints blocks side by side, each with codes or names and numbers of its own."""
    grid = table.grids[0]
    height = header_height(grid)
    has_values, blocks = False, 0
    for column in columns_of(grid, headings_of(grid, height), height):
        if is_value(column):
            has_values = True
        elif column.role in ("code", "name") and has_values:
            blocks, has_values = blocks + 1, False
    return blocks > 0 and has_values


def read_table(
    table: Table, titled: Form, stage: str, year: int | None, body: str | None, *, own_year: int | None = None
) -> TableReading:
    """Read a table of a page.

    Args:
        table: The table, over all its pages.
        titled: The form its title names; the row axis may decide otherwise.
        stage: ``budget`` or ``final``: the report's.
        year: Its fiscal year.
        body: The reporting body, whose own row is no sub-unit.
        own_year: The year of the table where it is another.
    """
    columns, lines = _lines_of(table, titled)
    said = limits_of(key(table.title)) if table.title else {**(titled.limits or {})}
    axis = _axis(lines, columns, said)
    form = _form(titled, said, axis, is_titled=bool(table.title))
    if form is None:
        return TableReading(None, [], [])
    own = form.fund_scope if form.fund_scope in ("fund", "state_capital") else said.get("source", "")
    source = "" if form.facts == "fact_revenue" else own
    if form.stages:
        columns = _with_stages(columns, lines)
    closes = any((c.coordinates or {}).get("time") == "closing" for c in columns)
    stages = {(c.coordinates or {}).get("stage") for c in columns}
    has_stages = {"budget", "final"} <= stages
    time = "" if form.facts == "fact_revenue" else _time_of(columns)
    limits = Limits(form, stage, year, source, said.get("nature", ""), own_year, closes, has_stages, time)
    rows, unread = PointRows(limits, axis, columns, body).of(lines)
    return TableReading(form.name, rows, unread)


def _time_of(columns: list[Column]) -> str:
    """``current_year`` where a heading over all columns of amounts says it (当年财政拨款安排), else nothing."""
    times = {(c.coordinates or {}).get("time", "") for c in columns if is_value(c)}
    several = len({c.heading for c in columns if is_value(c)}) > 1
    return "current_year" if several and times == {"current_year"} else ""


def _with_stages(columns: list[Column], lines: list[PrintedLine]) -> list[Column]:
    """Columns of two stages side by side, each with its stage.

    Without rulings 预算数 may seem to stand over some columns of its half only; headings that return in the same order
    tell the halves, and the columns whose stage is known tell which half is which.
    """
    values = [c for c in columns if is_value(c)]
    half, odd = divmod(len(values), 2)
    bare = [{axis: v for axis, v in (c.coordinates or {}).items() if axis != "stage"} for c in values]
    if odd or not half or bare[:half] != bare[half:]:
        return columns
    said = [
        {c.coordinates["stage"] for c in part if c.coordinates and "stage" in c.coordinates}
        for part in (values[:half], values[half:])
    ]
    if [len(stages) for stages in said] != [1, 1] or said[0] == said[1]:
        return columns
    filled = {
        id(c): replace(c, coordinates={**own, "stage": next(iter(said[n >= half]))})
        for n, (c, own) in enumerate(zip(values, bare, strict=True))
    }
    for line in lines:
        line.numbers = [(filled.get(id(c), c), reading) for c, reading in line.numbers]
    return [filled.get(id(c), c) for c in columns]


def _form(titled: Form, said: Coordinates, axis: str, *, is_titled: bool) -> Form | None:
    """Of titles that differ in one word the row axis decides; a table that prints no subject is one of totals.

    Returns:
        ``None`` for a table whose rows fit no form: of names that are no subjects, or told by its headings alone and
        then led by another classification.
    """
    if titled.without_subjects and axis in ("none", "unit"):
        return catalogue().form(titled.without_subjects)
    if axis in ("none", "unit"):
        return titled
    found = form_within(said.get("source", ""), said.get("nature", ""), axis) if titled.limits and is_titled else None
    return found or (titled if _fits(titled, axis) else None)


def _fits(form: Form, axis: str) -> bool:
    """Whether rows of an axis may be a form's: of its own classification, and names only where it prints no codes."""
    if form.classification == "none":
        return True
    return axis == form.classification or (axis == "name" and form.limits is None)


def _lines_of(table: Table, form: Form) -> tuple[list[Column], list[PrintedLine]]:
    reader = LineReader()
    columns: list[Column] = []
    known: list[Heading] = []
    every: list[Column] = []
    for index, grid in enumerate(table.grids):
        settled = bool(reader.lines) and any(is_value(c) for c in columns)
        height = repeated_header(grid, known) if known and settled else header_height(grid)
        if height or not columns:
            found = headings_of(grid, height)
            if not reader.lines and {h.text for h in found}.isdisjoint(h.text for h in known):
                found = [*known, *found]  # a page break parts the headings
            columns = _resumed(columns_of(grid, found, height), columns, grid, height, _are_same(found, known))
            columns = _of_items(columns) if form.stages else columns
            known = found
        else:
            columns = moved_columns(columns, grid, height)
        every += columns
        if index == 0:
            reader.by_path = form.rows == "path" or (form.rows == "group" and _is_grouped(columns))
        reader.read(grid, height, columns, resumed=index > 0)
    join_years(reader.lines)
    return every, reader.lines


def _of_items(columns: list[Column]) -> list[Column]:
    """Columns of a form whose rows are items: 项目名称 in front of the numbers names them, and no projects."""
    first = columns[0] if columns else None
    if first is None or first.role != "project":
        return columns
    return [replace(first, role="name"), *columns[1:]]


def _are_same(found: list[Heading], known: list[Heading]) -> bool:
    """Whether a page repeats the headings of the page before word for word."""
    return bool(known) and sorted(h.text for h in found) == sorted(h.text for h in known)


def _resumed(fresh: list[Column], before: list[Column], grid: Grid, height: int, is_same: bool) -> list[Column]:
    """Columns of a page; those that repeat all headings are what they were on the page before.

    A page without rulings and with few rows tells less of which columns there are and how far a heading reaches.
    """
    if not is_same or not before or len(fresh) > len(before):
        return fresh
    if len(fresh) == len(before):
        return [_as_before(column, old) for column, old in zip(fresh, before, strict=True)]
    is_beside = abs(fresh[0].start - before[0].start) > _APART
    return fresh if is_beside else moved_columns(before, grid, height)


def _as_before(column: Column, before: Column) -> Column:
    if before.role is None and before.coordinates is None:
        return column
    return replace(before, start=column.start, stop=column.stop)


def _is_grouped(columns: list[Column]) -> bool:
    """Whether rows without codes are led by two or more columns of names, the first of which head several rows."""
    return sum(c.role in PATH for c in columns) > 1 and not any(c.role == "code" or c.digits for c in columns)


def _axis(lines: list[PrintedLine], columns: list[Column], said: Coordinates) -> str:
    """What the rows are: ``functional``, ``economic``, ``name`` (neither), ``unit``, ``none``."""
    codes = Counter(kind for line in lines for kind in line.codes)
    classes = {c.classification for c in columns if c.role in ("name", "code")}
    texts = [key(name) for line in lines for name in (*line.names.values(), line.project) if name]
    names = [name for name in texts if not is_unit_name(name)]
    if codes or classes - {None}:
        kinds = set(codes) or classes
        return "functional" if "functional" in kinds else "economic"
    if not names:
        return "unit" if texts or any(line.unit for line in lines) else "none"
    functional, economic = (sum(n in known for n in names) for known in (functional_names(), economic_names()))
    if max(functional, economic) >= max(1, len(names) / _LEAST_KNOWN):
        return "functional" if functional > economic else "economic"
    return said.get("axis", "name")
