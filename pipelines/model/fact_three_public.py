"""Table ``fact_three_public``."""

from __future__ import annotations

import polars as pl

from pipelines.statements.lookups import parts_by_whole, value_sets
from pipelines.storage.tables import conform

FORM = "three_public"


def _one_row(cells: pl.DataFrame) -> pl.DataFrame:
    """Return one cell per category: the body's own, of all money.

    A second row repeats the first for a page; units below it are left to the cells. A table that prints kinds of money
    alone has their sum.
    """
    category = ["report_key", "stage", "category"]
    own = cells.filter(pl.col("sub_unit").is_null() | pl.col("sub_unit").is_not_null().all().over(category))
    by_kind = own.unique([*category, "sub_unit", "fund"], keep="first", maintain_order=True)
    whole = by_kind.filter(pl.col("fund").is_null() | pl.col("fund").is_not_null().all().over(category))
    summed = pl.col("amount").sum().over(category)
    return whole.with_columns(amount=summed).unique(category, keep="first", maintain_order=True)


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
        .filter(pl.col("category").is_in(value_sets()["three_public_categories"]))
        .join(reports, on="report_key")
        .with_columns(
            stage=pl.when(pl.col("kind") == "final")
            .then(pl.lit("final"))
            .when(pl.col("stage") == "budget")
            .then(pl.lit("budget"))
            .otherwise(pl.col("three_public_budget_stage").fill_null("initial_budget"))
        )
        .sort("report_key", "row_no", "cell_key")
        .pipe(_one_row)
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
