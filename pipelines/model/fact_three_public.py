"""Table ``fact_three_public``."""

from __future__ import annotations

import polars as pl

from pipelines.model.fact_stated import unless_printed
from pipelines.statements.lookups import parts_by_whole, value_sets
from pipelines.storage.tables import conform

FORM = "three_public"

KEY = ["report_key", "stage", "category"]
GROUP = ["report_key", "stage"]

THREE = ("three_public", "abroad", "vehicle", "vehicle_purchase", "vehicle_running", "reception")
"""Categories that are 三公, or a part of it; meetings, training and whatever else is printed beside are not."""

_TOLERANCE = 200
"""Yuan by which three amounts of 0.01 万元 may miss their sum: half the last place times rows plus one."""


_FEWEST_ROWS = 3
"""Rows of units among which one may be the sum of the others; of two equal rows neither is the other's."""


def _one_row(cells: pl.DataFrame) -> pl.DataFrame:
    """Return one cell per category: the body's own, of all money.

    A second row repeats the first for a page; units below it are left to the cells. A table that prints kinds of money
    alone has their sum.
    """
    own = _without_parts(cells.filter(pl.col("sub_unit").is_null() | pl.col("sub_unit").is_not_null().all().over(KEY)))
    by_kind = own.unique([*KEY, "sub_unit", "fund"], keep="first", maintain_order=True)
    whole = by_kind.filter(pl.col("fund").is_null() | pl.col("fund").is_not_null().all().over(KEY))
    summed = pl.col("amount").sum().over(KEY)
    return whole.with_columns(amount=summed).unique(KEY, keep="first", maintain_order=True)


def _without_parts(cells: pl.DataFrame) -> pl.DataFrame:
    """Drop the units below the body where it stands among them under its own name: all others add up to it."""
    of_unit = pl.col("amount").cast(pl.Float64)
    sums = (
        cells.filter(pl.col("sub_unit").is_not_null())
        .group_by(*GROUP, "sub_unit")
        .agg(of_unit.sum().alias("sum"))
        .filter(pl.len().over(GROUP) >= _FEWEST_ROWS, pl.col("sum") == pl.col("sum").max().over(GROUP))
        .unique(GROUP, keep="any")
    )
    alone = (
        cells.group_by(GROUP)
        .agg(of_unit.sum().alias("all"))
        .join(sums, on=GROUP)
        .filter(pl.col("sum") > 0, (pl.col("all") - 2 * pl.col("sum")).abs() <= _TOLERANCE)
        .select(*GROUP, body="sub_unit")
    )
    return (
        cells.join(alone, on=GROUP, how="left")
        .filter(pl.col("body").is_null() | (pl.col("sub_unit") == pl.col("body")))
        .drop("body")
    )


def _of_table(
    published_cell: pl.DataFrame, report_form: pl.DataFrame, dim_report: pl.DataFrame, report_reading: pl.DataFrame
) -> pl.DataFrame:
    """The categories that the table prints, each once."""
    reports = dim_report.select("report_key", "unit_key", "year_key").join(
        report_reading.select("report_key", "three_public_budget_stage"), on="report_key"
    )
    return (
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
        .join(report_form.select("report_key", "form", "is_current"), on=["report_key", "form"])
        .pipe(_three_named)
        .select(
            *KEY,
            "unit_key",
            "year_key",
            "amount",
            "is_current",
            "cell_key",
            disclosure_key=pl.lit(None, pl.String),
        )
    )


def _three_named(cells: pl.DataFrame) -> pl.DataFrame:
    """Call a sole total what it is: the three. Beside 会议费 or 培训费 a total is more than that and stays one."""
    beside = (~pl.col("category").is_in([*THREE, "total"])).any().over(GROUP)
    has_three = (pl.col("category") == "three_public").any().over(GROUP)
    sole = (pl.col("category") == "total") & ~beside & ~has_three
    return cells.with_columns(category=pl.when(sole).then(pl.lit("three_public")).otherwise("category"))


def fact_three_public(
    published_cell: pl.DataFrame,
    report_form: pl.DataFrame,
    dim_report: pl.DataFrame,
    report_reading: pl.DataFrame,
    fact_stated: pl.DataFrame,
) -> pl.DataFrame:
    """Return one row per report, stage and category: as the 三公 table prints it, else as the narrative states it.

    ``three_public`` always means the three; ``total`` is there only where other items are included. A zero that the
    text states is a row like a printed one. In a final account the budget columns are ``adjusted_budget`` where note or
    text says so, else ``initial_budget``.

    Args:
        published_cell: table ``published_cell``.
        report_form: table ``report_form``.
        dim_report: table ``dim_report``.
        report_reading: ``REPORT_READING``, for ``three_public_budget_stage``.
        fact_stated: table ``fact_stated``.

    Returns:
        Table ``fact_three_public``, amounts in yuan, sorted by key; only ``is_leaf`` rows may be added up.
    """
    printed = _of_table(published_cell, report_form, dim_report, report_reading)
    stated = (
        fact_stated.rename({"measure": "category"})
        .filter(pl.col("category").is_in(value_sets()["three_public_categories"]), pl.col("amount").is_not_null())
        .join(printed, on=KEY, how="anti")
        .with_columns(cell_key=pl.lit(None, pl.String))
    )
    rows = pl.concat([printed, unless_printed(stated, printed, "category").select(printed.columns)])
    facts = rows.with_columns(topic=_topic(), is_leaf=_is_leaf())
    return conform(facts.sort(KEY), "fact_three_public")


def _topic() -> pl.Expr:
    """What a category is about: the three, or a topic of its own."""
    category = pl.col("category")
    return pl.when(category.is_in(THREE)).then(pl.lit("three_public")).otherwise(category)


def _is_leaf() -> pl.Expr:
    """Whether rows of a report and stage may be added up: the finest that a table prints, and zeros beside them.

    What the text adds to a table is no part of the table's sums. Where there is no table, the parts that are stated
    count where they come to what is stated of the three.
    """
    category, is_printed = pl.col("category"), pl.col("cell_key").is_not_null()
    has_table = is_printed.any().over(GROUP)

    def is_sum(among: pl.Expr) -> pl.Expr:
        found = pl.lit(value=False)
        for whole, parts in parts_by_whole(FORM).items():
            found = found | ((category == whole) & (category.is_in(parts) & among).any().over(GROUP))
        return found

    divided = is_sum(~is_printed)
    is_part = category.is_in([name for name in THREE if name != "three_public"])
    parts = pl.col("amount").cast(pl.Float64).filter(is_part & ~divided).sum().over(GROUP)
    three = pl.col("amount").cast(pl.Float64).filter(category == "three_public").first().over(GROUP)
    agrees = three.is_null() | ((parts - three).abs() <= _TOLERANCE)
    of_text = (
        pl.when(category == "three_public")
        .then(~agrees | ~divided)
        .when(is_part)
        .then(agrees & ~divided)
        .otherwise(~divided)
    )
    of_table = pl.when(is_printed).then(~is_sum(is_printed)).otherwise(pl.col("amount") == 0)
    # meetings and training are topics of their own
    return pl.when(~category.is_in([*THREE, "total"])).then(True).when(has_table).then(of_table).otherwise(of_text)
