"""Rows of queries in the shape of tables and charts; pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipelines.site.read import Row
from pipelines.site.text import in_wan, label

_SERIES = 9
"""Members of a stacked chart; the smaller ones are one member 其他."""

_PAIRS = 15
_STAGES = ["initial_budget", "budget", "adjusted_budget", "final"]

Period = tuple[int, str]
ChartRows = list[dict[str, Any]]


@dataclass(slots=True)
class Table:
    """A table of rows by columns.

    Attributes:
        columns: Periods, in order.
        lines: Name of a line and its cells by period; a cell is a row of the query.
    """

    columns: list[Period]
    lines: dict[Any, dict[Period, Row]]


def pivot(rows: Iterable[Row], line: Callable[[Row], Any]) -> Table:
    """Turn rows into a table with a column per period; lines keep their order."""
    lines: dict[Any, dict[Period, Row]] = {}
    for row in rows:
        lines.setdefault(line(row), {})[period(row)] = row
    columns = {key for cells in lines.values() for key in cells}
    return Table(sorted(columns, key=lambda key: (key[0], _STAGES.index(key[1]))), lines)


def period(row: Row) -> Period:
    """Give year and stage."""
    return row["year_key"], row["stage"]


def trend_chart(rows: Iterable[Row]) -> ChartRows:
    """Amounts over the years, one series per stage; a year without an amount is there, so that the line breaks."""
    amounts = {(row["stage"], row["year_key"]): in_wan(row["amount"]) for row in rows}
    years = [year for _, year in amounts]
    return [
        {"x": str(year), "y": amounts.get((stage, year)), "series": label("stage", stage)}
        for stage in _STAGES
        if any(stage == found for found, _ in amounts)
        for year in range(min(years), max(years) + 1)
    ]


def stacked_chart(table: Table, name: Callable[[Any], str]) -> ChartRows:
    """Parts of each column of a table; the largest parts by name, the rest as one."""
    size = {line: max(cell["amount"] for cell in cells.values()) for line, cells in table.lines.items()}
    largest = sorted(size, key=lambda line: -size[line])
    shown = largest if len(largest) <= _SERIES + 1 else largest[:_SERIES]
    points: ChartRows = []
    for column in table.columns:
        rest = None
        for rank, line in enumerate(largest):
            cell = table.lines[line].get(column)
            if cell is None:
                continue
            if line in shown:
                points.append(_part(column, cell["amount"], name(line), rank))
            else:
                rest = cell["amount"] + (rest or 0)
        if rest is not None:
            points.append(_part(column, rest, "其他 / other", len(largest)))
    return points


def _part(column: Period, amount: Decimal, series: str, rank: int) -> dict[str, Any]:
    year, stage = column
    return {"x": f"{year} {label('stage', stage)}", "y": in_wan(amount), "series": series, "rank": rank}


def paired_chart(rows: list[Row]) -> ChartRows:
    """Budget and final account of the largest subjects."""
    points: ChartRows = []
    for row in rows[:_PAIRS]:
        for side, stage in (("budget_amount", row["budget_from"]), ("final_amount", "final")):
            if row[side] is not None:
                name = f"{row['subject_code'] or ''} {row['subject_name']}".strip()
                points.append({"x": name, "y": in_wan(row[side]), "series": label("stage", stage)})
    return points


def counted_chart(rows: Iterable[Row]) -> ChartRows:
    """Findings by class and severity."""
    return [
        {"x": label("class", row["class"]), "y": row["findings"], "series": label("severity", row["severity"])}
        for row in rows
    ]
