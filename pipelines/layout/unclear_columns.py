"""Columns whose headings are missing or unclear: placed where exactly one measure closes the sums along the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from pipelines.layout.columns import Column, is_value
from pipelines.layout.measures import Limits, points_of
from pipelines.layout.printed_lines import PrintedLine
from pipelines.statements.catalogue import Form

ColumnKey = tuple[int, str]
Amounts = dict[str, Decimal]


def settle_unclear(lines: list[PrintedLine], limits: Limits) -> dict[ColumnKey, str]:
    """The measure of every unclear column that has exactly one.

    Args:
        lines: The rows of a table.
        limits: Its form; forms that print every measure per stage are left alone.

    Returns:
        Measure by index and heading of the column. A column of zeros closes any sum and is never placed.
    """
    form = limits.form
    if form.stages or not form.sums:
        return {}
    known: list[Amounts] = []
    unclear: dict[ColumnKey, dict[int, Decimal]] = {}
    for number, line in enumerate(lines):
        known.append({})
        for column, reading in line.numbers:
            value = reading.number.value
            if value is None:
                continue
            if is_value(column):
                point = next(iter(points_of(column.coordinates or {}, limits)), None)
                if point is not None and not point.fund and point.period == "current":
                    known[number].setdefault(point.measure, value)
            elif column.role is None:
                unclear.setdefault(column_key(column), {})[number] = value
    printed = {measure for row in known for measure in row}
    free = [m for m in _summed(form) if m not in printed]
    placed: dict[ColumnKey, str] = {}
    for column_of, values in unclear.items():
        closing = [m for m in free if _closes(form, m, values, known)]
        if len(closing) == 1 and closing[0] not in placed.values():
            placed[column_of] = closing[0]
    return placed


def column_key(column: Column) -> ColumnKey:
    """What tells a column of a table over its pages."""
    return column.index, column.heading


def _summed(form: Form) -> Iterator[str]:
    """The measures that stand in a sum of a form, each once."""
    yield from dict.fromkeys(m for whole in form.sums for m in (whole, *(p for p, _, _ in form.parts_of(whole))))


def _closes(form: Form, measure: str, values: Mapping[int, Decimal], known: list[Amounts]) -> bool:
    """Whether every sum that a measure stands in holds in every row, and one of them says something."""
    told = False
    for number, value in values.items():
        row = {**known[number], measure: value}
        for whole in form.sums:
            parts = [
                (part, sign * row[part])
                for part, sign, between in form.parts_of(whole)
                if part in row and not any(name in row for name in between)
            ]
            if whole not in row or not parts or measure not in (whole, *(part for part, _ in parts)):
                continue
            amounts = [amount for _, amount in parts]
            place = min(int(a.as_tuple().exponent) for a in (row[whole], *amounts))
            if abs(row[whole] - sum(amounts)) > Decimal(10) ** place / 2 * (len(amounts) + 1):
                return False
            told = told or (value != 0 and (measure == whole or len(parts) > 1))
    return told
