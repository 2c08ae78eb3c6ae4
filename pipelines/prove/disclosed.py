"""Findings about figures of the narrative that are no number, and about subjects whose code nobody found."""

from __future__ import annotations

import polars as pl

from pipelines.warehouse.tables import conform

UNREAD = "unread_figure"
UNRESOLVED = "unresolved_subject"


def disclosed_finding(fact_disclosure: pl.DataFrame) -> pl.DataFrame:
    """Return one finding per figure that could not be read, and one per subject of a report without a code.

    Args:
        fact_disclosure: table ``fact_disclosure``.

    Returns:
        Table ``quality.finding``.
    """
    figures = fact_disclosure.with_columns(
        subject=pl.col("subject_path").fill_null("未具名"), words=pl.col("value_text").fill_null("")
    )
    unread = figures.filter(pl.col("value").is_null()).select(
        "report_key",
        "page",
        rule_id=pl.lit(UNREAD),
        **{"class": pl.lit("malformed")},
        message=pl.when(pl.col("words") == "")
        .then(pl.format("情况说明中“{}”的数字空缺：{}", "subject", "quote"))
        .otherwise(pl.format("情况说明中“{}”的“{}”不成数：{}", "subject", "words", "quote")),
    )
    unresolved = (
        figures.filter(pl.col("is_subject") & pl.col("subject_code").is_null())
        .unique(["report_key", "subject"], keep="first", maintain_order=True)
        .select(
            "report_key",
            "page",
            rule_id=pl.lit(UNRESOLVED),
            **{"class": pl.lit("narrative")},
            message=pl.format("情况说明中的科目“{}”在本报告各表与分类科目中均无对应编码：{}", "subject", "quote"),
        )
    )
    found = pl.concat([unread, unresolved]).with_columns(
        severity=pl.lit("warning"), cell_keys=pl.lit([], pl.List(pl.String()))
    )
    return conform(found, "quality.finding")
