"""Reports of one unit against each other: stated changes, initial budgets, series.

Each report gives the few figures it can be compared by (`comparable`); the comparison (`across`) needs nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import polars as pl

from pipelines.core.frames import AMOUNT
from pipelines.prove.catalogue import catalogue, sql
from pipelines.prove.identities import in_order, instances, prepared, union
from pipelines.prove.messages import worded
from pipelines.prove.outcomes import outcomes
from pipelines.prove.schemas import conformed

COMPARABLE: dict[str, pl.DataType] = {
    "report_key": pl.String(),
    "role": pl.String(),  # change, initial, amount
    "name": pl.String(),  # the code of a subject, else the name the narrative uses
    "form": pl.String(),  # which amount of that name; null for what the narrative states
    "key": pl.String(),
    "section": pl.String(),
    "label": pl.String(),
    "yuan": AMOUNT,
    "half": pl.Decimal(24, 9),  # what rounding may have cost, yuan
    "amount": AMOUNT,  # change: the amount it is stated of, where it is told
    "unit": pl.String(),
    "unit_per_yuan": pl.Decimal(28, 8),
    "page": pl.Int32(),
    "cell_key": pl.String(),
    "note": pl.String(),
}
"""One row per figure that reports of one unit are compared by."""


def comparable(read: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the figures of some reports that other reports of their units are compared by.

    Args:
        read: Reading tables (``pipelines.prove.identities.READ``).

    Returns:
        ``COMPARABLE``.
    """
    with prepared(read) as con:
        return comparable_in(con)


def comparable_in(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return ``COMPARABLE`` of what `pipelines.prove.identities.prepared` opened."""
    return conformed(con.sql(sql("_comparable")).pl(), COMPARABLE)


def across(figures: pl.DataFrame, dim_report: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Compare reports of one unit with each other.

    Args:
        figures: ``COMPARABLE`` of all reports that may be compared.
        dim_report: table ``dim_report``; superseded and quarantined reports are not compared.

    Returns:
        ``FINDING`` and ``OUTCOME`` of the rules of kind ``across``.
    """
    report = dim_report.filter(pl.col("status") == "loaded").select("report_key", "unit_key", "year_key", "stage")
    with duckdb.connect() as con:
        con.register("comparable", conformed(figures, COMPARABLE).to_arrow())
        con.register("report", report.to_arrow())
        con.execute(f"create temp table across_pair as {union('across')}")
        compared = in_order(instances(con.sql(sql("_across")).pl()))
    rules = catalogue().filter(pl.col("kind") == "across")
    return worded(compared), outcomes(compared, dim_report, rules)
