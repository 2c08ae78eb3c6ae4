"""Table ``fact_procurement``: government procurement by kind and by who gets it."""

from __future__ import annotations

import polars as pl

from pipelines.model.fact_stated import declared, unless_printed
from pipelines.statements.lookups import WHOLES, forms_with
from pipelines.storage.tables import conform

KEY = ["report_key", "stage", "category"]

KINDS = ("goods", "works", "services")
"""Categories that divide the total; the others are parts of it by who gets the contract."""


def categories() -> tuple[str, ...]:
    """Return the categories of procurement, the total first."""
    return tuple(declared()["procurement"])


def fact_procurement(
    published_cell: pl.DataFrame, report_form: pl.DataFrame, dim_report: pl.DataFrame, fact_stated: pl.DataFrame
) -> pl.DataFrame:
    """Return one row per report, stage and category: by the procurement table, else by columns, else as stated.

    Args:
        published_cell: table ``published_cell``.
        report_form: table ``report_form``.
        dim_report: table ``dim_report``.
        fact_stated: table ``fact_stated``.

    Returns:
        Table ``fact_procurement``, amounts in yuan, sorted by key. ``is_kind`` rows divide the total.
    """
    reports = dim_report.select("report_key", "unit_key", "year_key")
    printed = (
        pl.concat([_of_table(published_cell), _of_columns(published_cell)])
        .join(report_form.select("report_key", "form", "is_current"), on=["report_key", "form"])
        .join(reports, on="report_key")
        .with_columns(disclosure_key=pl.lit(None, pl.String), rank=pl.col("form") != "procurement")
    )
    names = {entry["stated"]: category for category, entry in declared()["procurement"].items()}
    stated = (
        fact_stated.filter(pl.col("measure").is_in(list(names)), pl.col("amount").is_not_null())
        .with_columns(
            category=pl.col("measure").replace_strict(names, default=None, return_dtype=pl.String),
            cell_key=pl.lit(None, pl.String),
        )
        .join(printed, on=KEY, how="anti")
    )
    columns = [*KEY, "unit_key", "year_key", "amount", "cell_key", "disclosure_key", "is_current"]
    first = printed.sort(*KEY, "rank", "form").unique(KEY, keep="first", maintain_order=True)
    rows = pl.concat([first.select(columns), unless_printed(stated, first, "category").select(columns)]).with_columns(
        is_kind=pl.col("category").is_in(KINDS)
    )
    return conform(rows.sort(KEY), "fact_procurement")


def _whole_cells(published_cell: pl.DataFrame) -> pl.DataFrame:
    """Cells of this year that concern the body as a whole and all its money, in the order of print."""
    return published_cell.filter(
        pl.col("amount").is_not_null(),
        pl.col("period").fill_null("current") == "current",
        pl.col("sub_unit").is_null(),
        pl.col("fund").is_null(),
        pl.col("project").is_null(),
    ).sort("report_key", "form", "row_no", "cell_key")


def _of_table(published_cell: pl.DataFrame) -> pl.DataFrame:
    """The whole rows of the procurement table; a kind that repeats below a unit counts by its first row."""
    cells = _whole_cells(published_cell).filter(
        pl.col("form").is_in(forms_with(layout="procurement")), pl.col("measure").is_in(WHOLES)
    )
    named = [
        cells.filter(pl.col("subject_name").str.contains(f"^(?:{entry['rows']})$")).with_columns(
            category=pl.lit(category)
        )
        for category, entry in declared()["procurement"].items()
        if "rows" in entry
    ]
    return _first(pl.concat(named))


def _of_columns(published_cell: pl.DataFrame) -> pl.DataFrame:
    """The procurement columns in the total row of forms about something else."""
    columns = {e["column"]: c for c, e in declared()["procurement"].items() if "column" in e}
    cells = _whole_cells(published_cell).filter(
        "is_total", pl.col("measure").is_in(list(columns)), ~pl.col("form").is_in(forms_with(layout="procurement"))
    )
    return _first(
        cells.with_columns(category=pl.col("measure").replace_strict(columns, default=None, return_dtype=pl.String))
    )


def _first(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.select(*KEY, "form", "amount", "cell_key").unique([*KEY, "form"], keep="first", maintain_order=True)
