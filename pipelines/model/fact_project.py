"""Table ``fact_project``."""

from __future__ import annotations

import polars as pl

from pipelines.core.frames import EXTRACTED_PROJECT
from pipelines.model.nested_rows import leaves
from pipelines.storage.tables import conform, known

FORM = "project_expenditure"

KINDS = ("total", "amount", "project")
"""Measures of a table of projects that state the project's money of the year."""


def fact_project(
    extracted_project: pl.DataFrame, dim_report: pl.DataFrame, published_cell: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return one row per statement of a project's money: the project itself, its sources, cost lines and purchases.

    Args:
        extracted_project: ``EXTRACTED_PROJECT``.
        dim_report: table ``dim_report``.
        published_cell: table ``published_cell``, for the tables of projects.

    Returns:
        Table ``fact_project``, amounts in yuan, sorted by report and order of print. A project stands in it once for
        every place that states its money, so rows are not to be added up across sections or kinds.
    """
    reports = dim_report.select("report_key", "unit_key", "year_key", is_current=pl.col("status") != "superseded")
    stated = [extracted_project.with_columns(is_leaf=pl.lit(value=True))]
    if published_cell is not None:
        stated.append(_of_tables(published_cell, extracted_project))
    rows = pl.concat(stated).join(reports, on="report_key").sort("report_key", "row_no")
    return conform(known(rows, "fact_project"), "fact_project")


def _of_tables(published_cell: pl.DataFrame, extracted_project: pl.DataFrame) -> pl.DataFrame:
    """The rows of the tables of projects: the project, and its money by source."""
    after = extracted_project.group_by("report_key").agg(last=pl.col("row_no").max())
    cells = published_cell.filter(
        pl.col("form") == FORM,
        pl.col("project").is_not_null(),
        pl.col("measure").is_in(KINDS),
        pl.col("period").fill_null("current") == "current",
        pl.col("amount").is_not_null(),
    ).sort("report_key", "row_no", "fund", "cell_key", nulls_last=False)
    cells = _with_leaves(cells, published_cell)
    is_whole = pl.col("fund").is_null()
    return (
        cells.join(after, on="report_key", how="left")
        .with_columns(
            fiscal_year=pl.col("year_key"),
            row_no=pl.col("last").fill_null(0) + pl.int_range(1, pl.len() + 1).over("report_key"),
            item=pl.when(is_whole).then(pl.lit("")).otherwise("fund"),
            kind=pl.when(is_whole).then(pl.lit("current")).otherwise(pl.lit("source_of_funds")),
            budget_amount=pl.when(pl.col("stage") == "budget").then("amount"),
            final_amount=pl.when(pl.col("stage") == "final").then("amount"),
            section=pl.lit("项目支出表"),
        )
        .select(*(pl.col(c).cast(t) for c, t in EXTRACTED_PROJECT.items()), "is_leaf")
    )


def _with_leaves(cells: pl.DataFrame, published_cell: pl.DataFrame) -> pl.DataFrame:
    """Mark the rows that are groups of the rows below them, where the rows of a table exceed its printed total."""
    totals = (
        published_cell.filter(
            pl.col("form") == FORM,
            "is_total",
            pl.col("fund").is_null(),
            pl.col("project").is_null(),
            pl.col("measure").is_in(KINDS),
            pl.col("period").fill_null("current") == "current",
            pl.col("amount").is_not_null(),
        )
        .sort("row_no")
        .unique("report_key", keep="first", maintain_order=True)
        .select("report_key", "measure", total="amount")
    )
    whole = cells.filter(pl.col("fund").is_null()).join(totals, on=["report_key", "measure"])
    over = whole.filter(pl.col("amount").sum().over("report_key") > pl.col("total"))
    groups = []
    for rows in over.partition_by("report_key"):
        found = leaves(rows["amount"].to_list(), rows["total"][0])
        if found is not None:
            groups.append(rows.select("cell_key").filter(~pl.Series(found)))
    divided = pl.concat(groups)["cell_key"].implode() if groups else pl.Series([], dtype=pl.String).implode()
    return cells.with_columns(is_leaf=~pl.col("cell_key").is_in(divided))
