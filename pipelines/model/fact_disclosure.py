"""Table ``fact_disclosure``: every figure the narrative states."""

from __future__ import annotations

import polars as pl

from pipelines.model.dim_subject import with_subject_key
from pipelines.model.names import UNCLASSIFIED
from pipelines.storage.tables import conform, known


def fact_disclosure(
    extracted_disclosure: pl.DataFrame, dim_report: pl.DataFrame, dim_subject: pl.DataFrame
) -> pl.DataFrame:
    """Return one row per figure of the narratives.

    Args:
        extracted_disclosure: ``EXTRACTED_DISCLOSURE``.
        dim_report: table ``dim_report``.
        dim_subject: table ``dim_subject``; the path of a figure becomes its subject where the code was resolved.

    Returns:
        Table ``fact_disclosure``, sorted by report and key. A figure of a superseded report is not current.
    """
    reports = dim_report.select("report_key", "unit_key", "year_key", is_current=pl.col("status") != "superseded")
    figures = extracted_disclosure.join(reports, on="report_key").with_columns(form=pl.lit("narrative"))
    keyed = with_subject_key(figures, dim_subject).with_columns(
        subject_key=pl.when(pl.col("subject_key") != UNCLASSIFIED).then("subject_key")
    )
    return conform(known(keyed.sort("report_key", "disclosure_key"), "fact_disclosure"), "fact_disclosure")
