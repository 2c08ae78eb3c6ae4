"""Table ``dim_report``."""

from __future__ import annotations

import polars as pl

from pipelines.model.report_form import GROUP, LATER, report_identity, superseded_reports
from pipelines.storage.tables import conform, known


def dim_report(report_reading: pl.DataFrame, source_file: pl.DataFrame, report_form: pl.DataFrame) -> pl.DataFrame:
    """Return one row per distinct content that was read.

    Args:
        report_reading: ``REPORT_READING``.
        source_file: ``SOURCE_FILE``; a report whose file has disappeared stays, without a name.
        report_form: table ``report_form``.

    Returns:
        Table ``dim_report``, sorted by key. ``version`` counts the reports of the same unit, year and stage that had
        been superseded before this one was published.
    """
    files = (
        source_file.sort("file_name")
        .group_by("report_key", maintain_order=True)
        .agg(
            pl.col("file_name").first(),
            pl.col("bytes").first(),
            pl.col("source_url").drop_nulls().first(),
            pl.col("published_on").min(),
            file_names=pl.col("file_name").unique(maintain_order=True),
            ingested_at=pl.col("first_seen_at").min(),
            is_sample=pl.col("is_sample").fill_null(False).all(),
        )
    )
    identity = report_identity(report_reading, source_file)
    superseded = superseded_reports(report_form, identity)
    supersedes = (
        superseded.join(identity.select(LATER), on="report_key")
        .sort(LATER)
        .group_by(report_key="superseded_by_report_key", maintain_order=True)
        .agg(supersedes_report_key=pl.col("report_key").last())
    )
    is_superseded = pl.col("superseded_by_report_key").is_not_null()
    reports = (
        identity.join(report_reading.drop("stage", "unit_name", "scope"), on="report_key")
        .join(files, on="report_key", how="left")
        .join(superseded, on="report_key", how="left")
        .join(supersedes, on="report_key", how="left")
        .sort(*GROUP, *LATER)
        .with_columns(
            version=is_superseded.cast(pl.Int32).cum_sum().over(GROUP) - is_superseded.cast(pl.Int32) + 1,
            status=pl.when(is_superseded).then(pl.lit("superseded")).otherwise("status"),
            file_names=pl.col("file_names").fill_null([]),
            is_sample=pl.col("is_sample").fill_null(False),
        )
    )
    return conform(known(reports.sort("report_key"), "dim_report"), "dim_report")
