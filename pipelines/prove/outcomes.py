"""How every rule ended for every report."""

from __future__ import annotations

import polars as pl

from pipelines.prove.catalogue import catalogue
from pipelines.prove.schemas import BROKEN, OUTCOME, RAN, UNREAD, conformed


def outcomes(
    compared: pl.DataFrame, reports: pl.DataFrame, rules: pl.DataFrame, printed_empty: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the outcome of every rule for every report; only a comparison that ran can pass.

    Args:
        compared: ``COMPARISON``.
        reports: ``report_key`` and ``status`` of the reports.
        rules: Rows of the catalogue.
        printed_empty: ``report_key``, ``rule_id`` where the forms are printed without a number.

    Returns:
        ``OUTCOME``.
    """
    empty = pl.DataFrame(schema={"report_key": pl.String(), "rule_id": pl.String()})
    ended = compared.group_by("report_key", "rule_id").agg(
        failed=pl.col("result").is_in(BROKEN).any(),
        ran=pl.col("result").is_in(RAN).any(),
        unread=(pl.col("result") == UNREAD).any(),
    )
    status = reports.select("report_key", "status").unique("report_key", keep="first", maintain_order=True)
    every = (
        status.join(rules.select("rule_id"), how="cross")
        .join(ended, on=["report_key", "rule_id"], how="left", maintain_order="left")
        .join(
            (empty if printed_empty is None else printed_empty).with_columns(printed_empty=pl.lit(value=True)),
            on=["report_key", "rule_id"],
            how="left",
            maintain_order="left",
        )
    )
    outcome = (
        pl.when(pl.col("failed"))
        .then(pl.lit("failed"))
        .when((pl.col("status") == "quarantined") | pl.col("unread"))
        .then(pl.lit("unreadable"))
        .when(pl.col("ran"))
        .then(pl.lit("passed"))
        .when(pl.col("ran").is_not_null() | pl.col("printed_empty").is_not_null())
        .then(pl.lit("insufficient_data"))
        .otherwise(pl.lit("not_applicable"))
    )
    return conformed(every.with_columns(outcome=outcome), OUTCOME).sort("report_key", "rule_id")


def printed_empty(cells: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """Rules whose forms are all printed, at least one of them without a number."""
    printed = pl.concat([cells.select("report_key", "form"), tables.select("report_key", "form")]).drop_nulls().unique()
    empty = printed.join(cells.select("report_key", "form").unique(), on=["report_key", "form"], how="anti")
    need = (
        catalogue()
        .select("rule_id", "needs", need=pl.col("forms").str.split(" "))
        .explode("need")
        .with_columns(form=pl.col("need").str.split("|"))
        .explode("form")
    )
    met = (
        need.join(printed, on="form")
        .join(empty.with_columns(is_empty=pl.lit(value=True)), on=["report_key", "form"], how="left")
        .group_by("report_key", "rule_id", "needs")
        .agg(met=pl.col("need").n_unique(), is_empty=pl.col("is_empty").fill_null(value=False).any())
        .join(need.group_by("rule_id").agg(wanted=pl.col("need").n_unique()), on="rule_id")
    )
    return met.filter(pl.col("is_empty") & ((pl.col("needs") == "any") | (pl.col("met") == pl.col("wanted")))).select(
        "report_key", "rule_id"
    )
