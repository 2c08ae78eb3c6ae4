"""Table ``fact_project``."""

from __future__ import annotations

import polars as pl

from pipelines.storage.tables import conform, known


def fact_project(extracted_project: pl.DataFrame, dim_report: pl.DataFrame) -> pl.DataFrame:
    """Return one row per statement of a project's money: the project itself, its sources, cost lines and purchases.

    Args:
        extracted_project: ``EXTRACTED_PROJECT``.
        dim_report: table ``dim_report``.

    Returns:
        Table ``fact_project``, amounts in yuan, sorted by report and order of print. A project stands in it once for
        every place that states its money, so rows are not to be added up across sections or kinds.
    """
    reports = dim_report.select("report_key", "unit_key", "year_key", is_current=pl.col("status") != "superseded")
    rows = extracted_project.join(reports, on="report_key").sort("report_key", "row_no")
    return conform(known(rows, "fact_project"), "fact_project")
