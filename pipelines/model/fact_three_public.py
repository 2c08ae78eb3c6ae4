"""Table ``fact_three_public``."""

from __future__ import annotations

import polars as pl

from pipelines.statements.lookups import parts_by_whole
from pipelines.storage.tables import conform

FORM = "three_public"


def fact_three_public(
    published_cell: pl.DataFrame, report_form: pl.DataFrame, dim_report: pl.DataFrame, report_reading: pl.DataFrame
) -> pl.DataFrame:
    """Return one row per report, stage and category of the 三公 table, sums included.

    In a final account the budget columns are ``adjusted_budget`` where note or text says so, else ``initial_budget``.

    Args:
        published_cell: table ``published_cell``.
        report_form: table ``report_form``.
        dim_report: table ``dim_report``.
        report_reading: ``REPORT_READING``, for ``three_public_budget_stage``.

    Returns:
        Table ``fact_three_public``, amounts in yuan, sorted by key; only ``is_leaf`` rows may be added up.
    """
    reports = dim_report.select("report_key", "unit_key", "year_key").join(
        report_reading.select("report_key", "three_public_budget_stage"), on="report_key"
    )
    cells = (
        published_cell.filter((pl.col("form") == FORM) & pl.col("amount").is_not_null())
        .with_columns(
            kind=pl.col("measure").str.extract(r"^(budget|final)_"),
            category=pl.col("measure").str.extract(r"^(?:budget|final)_(\w+)$"),
        )
        .filter(pl.col("category").is_not_null())
        .join(reports, on="report_key")
        .with_columns(
            stage=pl.when(pl.col("kind") == "final")
            .then(pl.lit("final"))
            .when(pl.col("stage") == "budget")
            .then(pl.lit("budget"))
            .otherwise(pl.col("three_public_budget_stage").fill_null("initial_budget"))
        )
        .sort("report_key", "row_no", "cell_key")
        # The table has one row; a second one repeats it for a page or breaks it down by unit below the total.
        .unique(["report_key", "stage", "category"], keep="first", maintain_order=True)
    )
    is_sum = pl.lit(value=False)
    for whole, parts in parts_by_whole(FORM).items():
        printed = pl.col("category").is_in(parts).any().over("report_key", "stage")
        is_sum = is_sum | ((pl.col("category") == whole) & printed)
    facts = (
        cells.with_columns(is_leaf=~is_sum)
        .join(report_form.select("report_key", "form", "is_current"), on=["report_key", "form"])
        .select(
            "report_key", "unit_key", "year_key", "category", "stage", "amount", "is_leaf", "cell_key", "is_current"
        )
        .sort("report_key", "stage", "category")
    )
    return conform(facts, "fact_three_public")
