"""Table ``fact_performance``."""

from __future__ import annotations

import polars as pl

from pipelines.storage.tables import conform, known


def fact_performance(extracted_performance: pl.DataFrame, dim_report: pl.DataFrame) -> pl.DataFrame:
    """Return one row per performance indicator of the reports.

    Args:
        extracted_performance: ``EXTRACTED_PERFORMANCE``.
        dim_report: table ``dim_report``.

    Returns:
        Table ``fact_performance``, sorted by report and order of print; blanks are null, values are text as printed. A
        row of a superseded report is not current.
    """
    reports = dim_report.select("report_key", "unit_key", "year_key", is_current=pl.col("status") != "superseded")
    rows = extracted_performance.join(reports, on="report_key").with_columns(pl.col(pl.String()).replace("", None))
    return conform(known(rows.sort("report_key", "row_no"), "fact_performance"), "fact_performance")
