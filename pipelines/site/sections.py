"""Sections of a unit's page that are made of several tables."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from pipelines.site import shape, text
from pipelines.site.read import Row

_KEY_FIGURES = (
    "revenue",
    "expenditure",
    "basic",
    "project",
    "personnel",
    "public",
    "three_public",
    "procurement",
    "operating_cost",
    "carried_in",
    "carried_out",
    "staff_in_service",
    "staff_establishment",
    "vehicle_count",
    "execution_rate",
    "expenditure_per_head",
    "three_public_per_head",
)
"""Measures of the table at the top of a unit's page, in this order."""


def figures(found: list[Row]) -> shape.Table:
    """Give the key figures of a unit: a line per measure, a column per period."""
    known = {measure: place for place, measure in enumerate(_KEY_FIGURES)}
    rows = sorted((row for row in found if row["measure"] in known), key=lambda row: known[row["measure"]])
    return shape.pivot(rows, lambda row: row["measure"])


def structures(found: list[Row]) -> Iterator[dict[str, Any]]:
    """Give the breakdowns of a unit's expenditure that say something."""
    for breakdown in ("functional_class", "nature", "economic_class"):
        parts = [row for row in found if row["breakdown"] == breakdown]
        if {row["member"] for row in parts} - {"undivided"}:
            names = {row["member"]: row["member_name"] for row in parts}
            if breakdown == "nature":
                names = {member: text.label("nature", member) for member in names}
            table = shape.pivot(parts, lambda row: row["member"])
            yield {
                "breakdown": breakdown,
                "names": names,
                "table": table,
                "coverage": {shape.period(row): row["coverage"] for row in parts},
                "bases": shape.bases(parts),
                "is_broken": any(row["is_break"] for row in parts),
                "chart": shape.stacked_chart(table, breakdown, names.__getitem__),
            }


def executions(found: list[Row]) -> Iterator[dict[str, Any]]:
    """Give budget against final account, year by year."""
    for (year, budget_from), group in groupby(found, key=lambda row: (row["year_key"], row["budget_from"])):
        lines = list(group)
        yield {
            "year": year,
            "budget_from": budget_from,
            "coverage": max(row["budget_coverage"] or "" for row in lines),
            "lines": lines,
            "chart": shape.paired_chart(lines),
        }
