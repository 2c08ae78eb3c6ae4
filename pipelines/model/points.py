"""Every point once: of what a statement prints along several axes, the cells that add up to its total."""

from __future__ import annotations

import polars as pl

from pipelines.core.money import UNITS
from pipelines.statements.lookups import WHOLES, parts_by_whole, statements_of

STATEMENT = ["report_key", "form"]
BESIDE = ["sub_unit", "economic_code", "gov_economic_code", "project", "fund"]
"""Coordinates beside subject and measure that a cell may have."""

OF_WHICH = ("general_earmarked", "appropriation_funding")
"""Kinds of money that are only a part of another that is printed too."""


def each_once(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells of this year that are no sum of others along money or units, and no second printing.

    A total over the units of a table gives way to them where they add up to it, and so does a total over kinds of
    money; where they do not, the total stays and they go: a fact must add up to what is printed.

    Args:
        cells: Rows of ``published_cell`` of statements whose rows are facts.
    """
    current = cells.filter(pl.col("period").fill_null("current") == "current", ~_is_of_which())
    once = current.sort("report_key", "form", "row_no", "cell_key").unique(
        [*STATEMENT, "side", "row_no", "measure", *BESIDE], keep="first", maintain_order=True
    )
    return _one_body(_one_money(once))


def _is_of_which() -> pl.Expr:
    return pl.col("fund").fill_null("").is_in(OF_WHICH)


def _half() -> pl.Expr:
    """Half the last place of a cell, in yuan."""
    unit = pl.col("unit").replace_strict(UNITS, default=1, return_dtype=pl.Float64)
    return unit * (0.5 * pl.lit(10.0).pow(-pl.col("decimals")))


def _one_money(cells: pl.DataFrame) -> pl.DataFrame:
    """Keep the kinds of money of a number where they add up to it, else the number itself."""
    if not cells["fund"].is_not_null().any():
        return cells
    point = [*STATEMENT, "side", "row_no", "measure", "sub_unit"]
    kinds = pl.col("fund")
    sums = pl.lit(value=False)
    for form in statements_of("fact_revenue"):
        for whole, parts in parts_by_whole(form).items():
            sums = sums | ((kinds == whole) & kinds.is_in(parts).any().over(point))
    cells = cells.filter(~sums.fill_null(value=False))
    amount, of_kind = pl.col("amount").cast(pl.Float64), kinds.is_not_null()
    over_kinds = amount.filter(of_kind).sum().over(point)
    itself = amount.filter(~of_kind).first().over(point)
    slack = _half().max().over(point) * (pl.len().over(point) + 1)
    # A sum of nothing is no sum: a row may print its total only.
    agree = of_kind.any().over(point) & (itself.is_null() | ((over_kinds - itself).abs() <= slack))
    return cells.filter(pl.when(agree).then(of_kind).otherwise(~of_kind))


def _one_body(cells: pl.DataFrame) -> pl.DataFrame:
    """Keep the rows of the units where they add up to the body's total, else the body's."""
    if not cells["sub_unit"].is_not_null().any():
        return cells
    of_unit = pl.col("sub_unit").is_not_null()
    totals = cells.filter(pl.col("is_total") & pl.col("measure").is_in(WHOLES)).unique(
        [*STATEMENT, "sub_unit", "measure", "fund"], keep="first", maintain_order=True
    )
    amount = pl.col("amount").cast(pl.Float64)
    settled = (
        totals.with_columns(half=_half())
        .group_by(STATEMENT)
        .agg(
            units=amount.filter(of_unit).sum(),
            n=of_unit.sum(),
            whole=amount.filter(~of_unit).sum(),
            wholes=(~of_unit).sum(),
            half=pl.col("half").max(),
        )
        .select(
            *STATEMENT,
            by_unit=(pl.col("n") > 0)
            & (
                (pl.col("wholes") == 0)
                | ((pl.col("units") - pl.col("whole")).abs() <= pl.col("half") * (pl.col("n") + 1))
            ),
        )
    )
    return (
        cells.join(settled, on=STATEMENT, how="left")
        .filter(pl.when(pl.col("by_unit").fill_null(value=False)).then(of_unit).otherwise(~of_unit))
        .drop("by_unit")
    )
