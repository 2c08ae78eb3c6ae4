"""Rows of units: which of them is the body itself, and which unit the rows below belong to."""

from __future__ import annotations

import re
from functools import cache

from pipelines.core.data_files import declared
from pipelines.core.folding import key
from pipelines.layout.printed_lines import PrintedLine
from pipelines.layout.rows import TOTAL, Row
from pipelines.statements import lexicon as statements_lexicon

_LEAST_NAME = 4
"""Letters of a printed name that may be the end of the body's full name."""


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    raw = declared(statements_lexicon.__file__, "lexicon.yml")
    return re.compile(raw["unit_names"]), re.compile(raw["own_marks"])


def is_unit_name(name: str) -> bool:
    """Whether a text is named like a body."""
    return _patterns()[0].fullmatch(key(name)) is not None


def is_own(name: str, body: str | None) -> bool:
    """Whether a printed name is the reporting body's, with or without 本级."""
    if not name or not body:
        return False
    printed, full = (_patterns()[1].sub("", key(text)) for text in (name, body))
    if not printed:
        return False
    return printed == full or (len(printed) >= _LEAST_NAME and (full.endswith(printed) or printed.endswith(full)))


def settle_units(lines: list[PrintedLine], body: str | None) -> list[str]:
    """The ``sub_unit`` of each line.

    A row named like the body is the body's own total where it repeats the row 合计 or is the only unit; among several
    units it is the 本级. Rows below a unit belong to it.
    """
    names = {key(line.unit) for line in lines if line.unit}
    several = len({n for n in names if not is_own(n, body)}) > 0
    total = next((_amounts(line) for line in lines if line.is_total and not line.unit), None)
    if total is None:
        own = [line for line in lines if line.unit and is_own(line.unit, body) and not line.codes]
        if len(own) > 1:
            total = _amounts(own[0])
    given: list[str] = []
    current = ""
    for line in lines:
        if not line.unit and (line.is_total or _heads_units(line)):
            current = ""
        elif line.unit:
            is_whole = is_own(line.unit, body) and (not several or (_amounts(line) == total and not line.codes))
            current = "" if is_whole else line.unit
        given.append(current)
    return given


def settle_named_units(rows: list[Row], body: str | None) -> None:
    """Let rows of a dump that are named like bodies be those of sub-units, or of the body itself."""
    named = [row for row in rows if not row.code and (is_own(row.name, body) or is_unit_name(row.name))]
    several = any(not is_own(row.name, body) for row in named)
    known = set(map(id, named))
    total = next((_values(row) for row in rows if row.name == TOTAL), None)
    current = ""
    for row in rows:
        if id(row) in known:
            is_whole = is_own(row.name, body) and (not several or _values(row) == total)
            current, row.name = "" if is_whole else row.name, TOTAL
        elif row.name == TOTAL:
            current = ""
        row.sub_unit = current


def _values(row: Row) -> dict[str, object]:
    return {measure: reading.number.value for measure, reading in row.readings.items()}


def _heads_units(line: PrintedLine) -> bool:
    """Whether a row of a path is a category over all units, so that the unit above it ends."""
    return bool(line.path) and bool(line.path[0]) and not any(line.path[1:])


def take_units_from_path(lines: list[PrintedLine], body: str | None) -> None:
    """Rows of units among the levels of a path: a unit is no level, the rows below it are its own."""
    for line in lines:
        level = next((n for n, text in enumerate(line.path) if text), None)
        if level is None:
            continue
        text = line.path[level]
        alone = level == 0 and not any(line.path[1:])
        if is_own(text, body) or (alone and is_unit_name(text)) or (line.unit_code and is_unit_name(text)):
            line.unit, line.unit_level, line.path[level] = text, level, ""


def _amounts(line: PrintedLine) -> list[tuple[int, object]]:
    return [(column.index, reading.number.value) for column, reading in line.numbers]
