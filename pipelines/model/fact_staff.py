"""Table ``fact_staff``: posts and people, as the narrative states them."""

from __future__ import annotations

import polars as pl

from pipelines.model.fact_stated import declared, latest_counts
from pipelines.storage.tables import conform

KEY = ["report_key", "stage", "kind"]


def fact_staff(fact_disclosure: pl.DataFrame, dim_report: pl.DataFrame) -> pl.DataFrame:
    """Return one row per report, kind of staff and group that is stated, the whole of a kind among them.

    The whole is the largest figure of its kind. Where only parts are stated (行政编制, 事业编制), it is their sum: a
    row with ``is_derived`` and the key of its first part.

    Args:
        fact_disclosure: table ``fact_disclosure``.
        dim_report: table ``dim_report``.

    Returns:
        Table ``fact_staff``, sorted by key; one row of a report and kind is ``is_total``.
    """
    known = declared()
    kinds = {fact: kind for kind, fact in known["staff"].items()}
    said = (
        fact_disclosure.filter(
            pl.col("fact").is_in(list(kinds)),
            pl.col("unit").is_in(known["staff_units"]),
            pl.col("value").is_not_null(),
        )
        .join(dim_report.select("report_key", "stage"), on="report_key")
        .with_columns(
            kind=pl.col("fact").replace_strict(kinds, return_dtype=pl.String),
            group=pl.col("subject_path").fill_null(""),
            persons=pl.col("value").cast(pl.Int64),
        )
        .sort(*KEY, "page", "source_line", "disclosure_key", nulls_last=True)
        .unique([*KEY, "group", "persons"], keep="first", maintain_order=True)
    )
    names = pl.col("group")
    is_part = names.str.contains(f"^(?:{known['staff_parts']})$") & ~names.str.contains(known["staff_wholes"])
    only_parts = is_part.all().over(KEY) & (pl.col("group").n_unique().over(KEY) > 1)
    largest = pl.col("persons") == pl.col("persons").max().over(KEY)
    stated = said.with_columns(
        # of two figures as large, the one that is no part by its name
        is_total=(~only_parts & largest & (pl.int_range(pl.len()) == _first(largest, is_part))).over(KEY),
        is_derived=pl.lit(value=False),
    )
    sums = (
        said.filter(only_parts)
        .group_by(KEY, maintain_order=True)
        .agg(
            pl.col("unit_key", "year_key", "disclosure_key", "page", "source_line", "is_current").first(),
            pl.col("persons").sum(),
            group=pl.lit(""),
        )
        .with_columns(is_total=pl.lit(value=True), is_derived=pl.lit(value=True))
    )
    columns = [*KEY, "unit_key", "year_key", "group", "persons", "is_total", "is_derived", "disclosure_key"]
    rows = pl.concat([frame.select(*columns, "is_current") for frame in (stated, sums)])
    current = latest_counts(rows, dim_report, "kind")
    return conform(current.sort(*KEY, "group", "persons"), "fact_staff")


def _first(largest: pl.Expr, is_part: pl.Expr) -> pl.Expr:
    """The place of the row to take: among the largest, one whose name is no part's, else the first."""
    return pl.when(largest).then(is_part.cast(pl.Int8)).otherwise(2).arg_min()
