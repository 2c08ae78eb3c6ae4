"""Rows of queries in the shape of tables and charts; pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

from pipelines.site.read import Row
from pipelines.site.text import colour, in_wan, label

_SERIES = 9
"""Members of a stacked chart; the smaller ones are one member 其他."""

_PAIRS = 15
_TREND = 2
"""Years that make a trend; fewer are in the table only."""

_ALIKE = 3
"""Findings of one rule that are shown one by one; more of them are folded away."""

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


@dataclass(frozen=True, slots=True)
class Break:
    """Two years of a series that cannot be compared.

    Attributes:
        year: The later one.
        stage: Of the series.
        chinese: Why, in Chinese.
        english: Why, in English.
    """

    year: int
    stage: str
    chinese: str
    english: str


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


def breaks(rows: Iterable[Row]) -> list[Break]:
    """Tell where a unit's series break: other money from a year on, or other units in it."""
    found = []
    for stage, years in _series(rows):
        for before, row in pairwise(years):
            if before.get("coverage") != row.get("coverage"):
                was, now = label("coverage", before["coverage"]), label("coverage", row["coverage"])
                found.append(
                    Break(
                        row["year_key"], stage, f"资金范围由{was}变为{now}", "covers other money than the year before"
                    )
                )
            if row.get("is_break"):
                found.append(Break(row["year_key"], stage, "单位承继，含被承继单位的年份不同", "a succession of units"))
    return found


def trend_chart(rows: Iterable[Row]) -> ChartRows:
    """Amounts of one unit over the years, one series per stage.

    A line ends where the next year cannot be compared with it: no amount, other money, other units in it. ``part``
    numbers the pieces, ``mark`` is what stands at a break. A year without an amount is there, for a whole axis.
    """
    rows = list(rows)
    years = [row["year_key"] for row in rows]
    if len(set(years)) < _TREND:
        return []
    broken = {(one.year, one.stage) for one in breaks(rows)}
    points: ChartRows = []
    for stage, found in _series(rows):
        amounts = {row["year_key"]: in_wan(row["amount"]) for row in found}
        part = 0
        for year in range(min(years), max(years) + 1):
            is_break = (year, stage) in broken
            part += is_break or year not in amounts or year - 1 not in amounts
            points.append(
                {
                    "x": str(year),
                    "y": amounts.get(year),
                    "series": label("stage", stage),
                    "part": f"{stage} {part}",
                    "mark": "断" if is_break else "",
                }
            )
    return points


def _series(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    ordered = sorted(rows, key=lambda row: (_STAGES.index(row["stage"]), row["year_key"]))
    return [(stage, list(found)) for stage, found in groupby(ordered, key=lambda row: row["stage"])]


def summed_chart(rows: Iterable[Row]) -> ChartRows:
    """Sums over units by year: bars, since other units are in each of them and no line may join these."""
    return [
        {
            "x": str(row["year_key"]),
            "y": in_wan(row["amount"]),
            "series": label("stage", row["stage"]),
            "units": row["units"],
        }
        for row in sorted(rows, key=lambda row: (row["year_key"], _STAGES.index(row["stage"])))
    ]


def stacked_chart(table: Table, kind: str, name: Callable[[Any], str]) -> ChartRows:
    """Parts of each column of a table; the largest parts by name, the rest as one, each in its colour.

    Parts that are zero throughout are not drawn: the table has them.
    """
    size = {line: max(cell["amount"] for cell in cells.values()) for line, cells in table.lines.items()}
    size = {line: amount for line, amount in size.items() if any(cell["amount"] for cell in table.lines[line].values())}
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
                points.append(_part(column, cell["amount"], name(line), colour(kind, line), rank))
            else:
                rest = cell["amount"] + (rest or 0)
        if rest is not None:
            points.append(_part(column, rest, "其他 / other", colour(kind, None), len(largest)))
    return points


def _part(column: Period, amount: Decimal, series: str, tint: str, rank: int) -> dict[str, Any]:
    year, stage = column
    return {
        "x": f"{year} {label('stage', stage)}",
        "y": in_wan(amount),
        "series": series,
        "colour": tint,
        "rank": rank,
    }


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


def bases(rows: Iterable[Row]) -> dict[Period, Row]:
    """Give by period a row that names what its shares are of; periods without shares are left out."""
    return {period(row): row for row in rows if row["share"] is not None and row["base_amount"] is not None}


def folded(findings: list[Row]) -> tuple[list[Row], list[tuple[Row, list[Row]]]]:
    """Part findings into those shown one by one, and groups that repeat one of them.

    Returns:
        Rows to show, in order; and for each rule with many more, one of its rows and the others.
    """
    alike: dict[tuple[str, str, bool], list[Row]] = {}
    for row in findings:
        alike.setdefault((row["severity"], row["rule_id"], row["accepted_reason"] is not None), []).append(row)
    shown: list[Row] = []
    groups: list[tuple[Row, list[Row]]] = []
    for (severity, _, _), rows in alike.items():
        if severity == "info":
            groups.append((rows[0], rows))
        elif len(rows) > _ALIKE:
            shown.append(rows[0])
            groups.append((rows[0], rows[1:]))
        else:
            shown.extend(rows)
    return shown, groups
