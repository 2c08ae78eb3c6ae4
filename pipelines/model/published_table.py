"""Table ``published_table``."""

from __future__ import annotations

import polars as pl

from pipelines.storage.tables import conform, known


def published_table(tables: pl.DataFrame, report_reading: pl.DataFrame) -> pl.DataFrame:
    """Return every table found in a report that was read, recognised or not.

    Args:
        tables: ``PUBLISHED_TABLE`` of ``pipelines.core.frames``.
        report_reading: ``REPORT_READING``.

    Returns:
        Table ``published_table``, sorted by report and order.
    """
    read = tables.join(report_reading, on="report_key", how="semi").sort("report_key", "table_no")
    return conform(known(read, "published_table"), "published_table")
