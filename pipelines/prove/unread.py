"""Findings about numbers that stand in a recognised table and could not be read: nothing failing is silent."""

from __future__ import annotations

import polars as pl

from pipelines.warehouse.tables import conform

RULE = "unread_number"
SHOWN = 200
"""Characters of what was not understood that a message shows."""


def unread_finding(published_table: pl.DataFrame) -> pl.DataFrame:
    """Return one finding per recognised table that holds numbers or headings nobody understood.

    Args:
        published_table: ``PUBLISHED_TABLE`` of reports that were not stopped.

    Returns:
        Table ``quality.finding``.
    """
    unread = published_table.filter(pl.col("form").is_not_null() & pl.col("unread").is_not_null())
    what = pl.col("unread").str.replace_all("\n", "；").str.head(SHOWN)
    return conform(
        unread.sort("report_key", "table_no").select(
            "report_key",
            "form",
            "page",
            rule_id=pl.lit(RULE),
            **{"class": pl.lit("malformed")},
            severity=pl.lit("warning"),
            message=pl.format("表“{}”中有未能读懂的数字或表头，未入库：{}", pl.coalesce("title", "form"), what),
            cell_keys=pl.lit([], pl.List(pl.String())),
        ),
        "quality.finding",
    )
