"""Findings about two reports of one unit, year and stage that print a form with different numbers."""

from __future__ import annotations

import polars as pl

from pipelines.model.finding_key import keyed
from pipelines.model.names import plain
from pipelines.storage.tables import conform

RULE = "cross_report.different_numbers"

SHANGHAI = "Asia/Shanghai"

SHOWN = 50
"""Cells listed in a finding at most; a report replaced as a whole would list thousands."""


def cross_report_finding(
    published_cell: pl.DataFrame, report_form: pl.DataFrame, dim_report: pl.DataFrame
) -> pl.DataFrame:
    """Return one finding per form that a later report prints with different numbers.

    Args:
        published_cell: table ``published_cell``.
        report_form: table ``report_form``.
        dim_report: table ``dim_report``, for the file names in the message.

    Returns:
        Rows of ``quality.finding`` of the report that counts: ``printed`` is its number of the first differing cell,
        ``expected`` the replaced report's, in yuan; null where only one of them prints the cell.
    """
    pairs = report_form.filter(pl.col("replaced_by_report_key").is_not_null()).select(
        "form", old="report_key", new="replaced_by_report_key"
    )
    row = pl.coalesce("subject_code", plain(pl.col("subject_name")))
    cells = (
        published_cell.join(
            pl.concat([pairs.select("form", report_key="old"), pairs.select("form", report_key="new")]),
            on=["report_key", "form"],
            how="semi",
        )
        .sort("report_key", "form", "row_no", "measure", "cell_key")
        .select(
            "report_key", "form", "side", "measure", "amount", "cell_key", "page", "row_no", "subject_name", row=row
        )
        # Names can stand twice in a form; the first is compared with the first.
        .with_columns(nth=pl.int_range(pl.len()).over("report_key", "form", "side", "row", "measure"))
    )
    place = ["old", "new", "form", "side", "row", "measure", "nth"]
    new = pairs.join(cells.rename({"report_key": "new"}), on=["new", "form"])
    old = pairs.join(cells.rename({"report_key": "old"}), on=["old", "form"])
    differing = (
        new.join(old, on=place, how="full", coalesce=True, suffix="_old", nulls_equal=True)
        .with_columns(printed=pl.col("amount"), expected=pl.col("amount_old"))
        .filter(pl.col("printed").fill_null(0) != pl.col("expected").fill_null(0))
        # two sides of a balance have the same row: without them the first would be that of the join
        .sort("new", "old", "form", pl.coalesce("row_no", "row_no_old"), "side", "row", "measure", "nth")
    )
    names = dim_report.select("report_key", name=pl.coalesce("file_name", "title", "report_key"))
    seen_on = pl.col("ingested_at").dt.replace_time_zone("UTC").dt.convert_time_zone(SHANGHAI).dt.date()
    dates = dim_report.select(
        "report_key", "ingested_at", dated=pl.coalesce("published_on", "cover_date", "document_date", seen_on)
    )

    def yuan(column: str) -> pl.Expr:
        return pl.col(column).cast(pl.String).fill_null("（空白）")

    found = (
        differing.group_by("new", "old", "form", maintain_order=True)
        .agg(
            pl.col("page").first(),
            pl.col("printed").first(),
            pl.col("expected").first(),
            count=pl.len(),
            cell_keys=pl.concat([pl.col("cell_key"), pl.col("cell_key_old")]).drop_nulls().unique().sort().head(SHOWN),
            first_name=pl.coalesce("subject_name", "subject_name_old").first().fill_null("合计"),
        )
        .join(names.rename({"report_key": "old"}), on="old")
        .join(dates.rename({"report_key": "new"}), on="new")
        .join(dates.rename({"report_key": "old"}), on="old", suffix="_old")
        .select(
            "form",
            "page",
            "printed",
            "expected",
            "cell_keys",
            report_key="new",
            rule_id=pl.lit(RULE),
            **{"class": pl.lit("cross_report")},
            severity=pl.lit("warning"),
            difference=pl.col("printed").fill_null(0) - pl.col("expected").fill_null(0),
            message=pl.format(
                "报表 {} 与同一单位、年度、阶段的另一份报告（{}）有 {} 处数字不同，{}；"
                "首处“{}”：本报告 {} 元，另一份 {} 元",
                "form",
                "name",
                "count",
                _what_decided(),
                "first_name",
                yuan("printed"),
                yuan("expected"),
            ),
        )
        .sort("report_key", "form", "message")
    )
    return conform(keyed(found), "quality.finding")


def _what_decided() -> pl.Expr:
    """Say why one report is the later of two, and that it is a tie where no date tells."""
    tie = (pl.col("dated") == pl.col("dated_old")).fill_null(True)
    at_once = (pl.col("ingested_at") == pl.col("ingested_at_old")).fill_null(True)
    return (
        pl.when(tie & at_once)
        .then(pl.lit("两份日期相同且同时入库，先后无从判断，暂按内容摘要取一份，请在来源卡片中写明 published_on"))
        .when(tie)
        .then(pl.lit("两份日期相同或都没有日期，以后入库者为准，请在来源卡片中写明 published_on"))
        .otherwise(pl.lit("以后公布者为准"))
    )


def cross_report_outcome(report_form: pl.DataFrame, dim_report: pl.DataFrame) -> pl.DataFrame:
    """Return how the rule ended for each report; it is compared where another of its unit and year prints a form too.

    Args:
        report_form: table ``report_form``.
        dim_report: table ``dim_report``.

    Returns:
        ``report_key``, ``rule_id``, ``outcome``; of two reports that differ, both failed.
    """
    forms = report_form.join(dim_report.select("report_key", "unit_key", "year_key", "stage"), on="report_key")
    compared = (
        forms.with_columns(copies=pl.len().over("unit_key", "year_key", "stage", "form"))
        .group_by("report_key")
        .agg(has_copy=(pl.col("copies") > 1).any(), replaced=pl.col("replaced_by_report_key").is_not_null().any())
    )
    replacing = report_form.select(report_key="replaced_by_report_key").drop_nulls().unique()
    outcome = (
        pl.when(pl.col("status") == "quarantined")
        .then(pl.lit("unreadable"))
        .when(pl.col("replaced") | pl.col("replaces"))
        .then(pl.lit("failed"))
        .when("has_copy")
        .then(pl.lit("passed"))
        .otherwise(pl.lit("not_applicable"))
    )
    return (
        dim_report.select("report_key", "status")
        .join(compared, on="report_key", how="left")
        .join(replacing.with_columns(replaces=pl.lit(value=True)), on="report_key", how="left")
        .with_columns(pl.col("has_copy", "replaced", "replaces").fill_null(value=False))
        .select("report_key", rule_id=pl.lit(RULE), outcome=outcome)
    )
