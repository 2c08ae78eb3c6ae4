"""Table ``fact_stated``: what the narrative states of the body as a whole, one row per measure."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl

from pipelines.core import data_files
from pipelines.storage.tables import conform

KEY = ["report_key", "stage", "measure"]

_BUDGET_COLUMN = "budget_column"
"""Stage of a budget that a final account states without saying which: that of its 三公 table."""


@cache
def declared() -> dict[str, Any]:
    """Return ``stated.yml``: which subjects and facts of the narrative are which measure."""
    return data_files.declared(__file__, "stated.yml")


def measures() -> tuple[str, ...]:
    """Return every measure the narrative may state, staff left out."""
    return tuple(name for group in ("money", "percent", "counts") for name in declared()[group])


def fact_stated(fact_disclosure: pl.DataFrame, dim_report: pl.DataFrame, report_reading: pl.DataFrame) -> pl.DataFrame:
    """Return one row per report, stage and measure that the narrative states of the body as a whole.

    A stated zero is a row. Where the text states two values, the larger counts for measures whose second figure is a
    part of the first (``largest``); for all others neither does.

    Args:
        fact_disclosure: table ``fact_disclosure``.
        dim_report: table ``dim_report``.
        report_reading: ``REPORT_READING``, for ``three_public_budget_stage``.

    Returns:
        Table ``fact_stated``, sorted by key: ``value`` in ``unit``, ``amount`` in yuan where it is money.
    """
    said = _placed(fact_disclosure, dim_report, report_reading)
    best = said.filter(pl.col("rank") == pl.col("rank").min().over(KEY))
    number = pl.coalesce(pl.col("amount").cast(pl.Decimal(24, 8)), "value")
    takes_largest = pl.col("measure").is_in(declared()["largest"])
    settled = best.filter((number.n_unique().over(KEY) == 1) | (takes_largest & (number == number.max().over(KEY))))
    first = settled.sort(*KEY, "page", "source_line", "disclosure_key", nulls_last=True).unique(
        KEY, keep="first", maintain_order=True
    )
    return conform(latest_counts(first, dim_report, "measure").drop("rank", "fact"), "fact_stated")


def latest_counts(stated: pl.DataFrame, dim_report: pl.DataFrame, *what: str) -> pl.DataFrame:
    """Leave current, of several reports of one unit, year and stage, what the latest states.

    Args:
        stated: figures of narratives, with ``unit_key``, ``year_key``, ``stage`` and ``is_current``.
        dim_report: table ``dim_report``.
        what: columns that tell one figure of a report from another.
    """
    dated = pl.coalesce("published_on", "cover_date", "document_date", pl.col("ingested_at").dt.date())
    accounts = ["unit_key", "year_key", "stage", *what]
    with_date = stated.join(dim_report.select("report_key", dated=dated), on="report_key", how="left")
    latest = (
        with_date.filter("is_current")
        .sort("dated", "report_key", nulls_last=False)
        .group_by(accounts, maintain_order=True)
        .agg(latest_key=pl.col("report_key").last())
    )
    return (
        with_date.join(latest, on=accounts, how="left")
        .with_columns(is_current=pl.col("is_current") & (pl.col("report_key") == pl.col("latest_key")))
        .drop("dated", "latest_key")
    )


def unless_printed(stated: pl.DataFrame, printed: pl.DataFrame, what: str) -> pl.DataFrame:
    """Leave current what no current table of the same unit, year and stage prints, in whichever report.

    Args:
        stated: figures of narratives.
        printed: figures of tables; both with ``unit_key``, ``year_key``, ``stage`` and ``is_current``.
        what: column that tells one figure of a report from another.
    """
    accounts = ["unit_key", "year_key", "stage", what]
    known = printed.filter("is_current").select(accounts).unique().with_columns(known=pl.lit(value=True))
    return (
        stated.join(known, on=accounts, how="left")
        .with_columns(is_current=pl.col("is_current") & pl.col("known").is_null())
        .drop("known")
    )


def _placed(fact_disclosure: pl.DataFrame, dim_report: pl.DataFrame, report_reading: pl.DataFrame) -> pl.DataFrame:
    """Give the figures that are a measure of the body their measure, their stage, and how much they weigh."""
    known = declared()
    stages = dim_report.select("report_key", report_stage="stage").join(
        report_reading.select("report_key", "three_public_budget_stage"), on="report_key", how="left"
    )
    weights = pl.DataFrame(
        [
            {"report_stage": stage, "fact": entry["fact"], "stage": entry["stage"], "rank": rank}
            for stage, entries in known["stages"].items()
            for rank, entry in enumerate(entries)
        ]
    )
    figures = fact_disclosure.filter(
        ~pl.col("is_subject"), pl.col("value").is_not_null(), ~pl.col("quote").str.contains(known["barred"])
    ).join(stages, on="report_key")
    money = pl.concat(
        [
            _of_path(figures.filter(pl.col("amount").is_not_null()), measure, path)
            for measure, path in known["money"].items()
        ]
    ).join(weights, on=["report_stage", "fact"])
    others = pl.concat(
        [
            _of_path(figures.filter(pl.col("fact") == entry["fact"]), measure, entry["path"])
            for group in ("percent", "counts")
            for measure, entry in known[group].items()
        ]
    ).with_columns(stage=pl.col("report_stage"), rank=pl.lit(0, pl.Int64))
    in_column = pl.coalesce("three_public_budget_stage", pl.lit("initial_budget"))
    of_budget = (
        (pl.col("report_stage") == "final")
        & (pl.col("fact") == "amount")
        & pl.col("quote").str.contains(known["of_budget"])
        & ~pl.col("quote").str.contains(known["of_accounts"])
    )
    stage = pl.when((pl.col("stage") == _BUDGET_COLUMN) | of_budget).then(in_column).otherwise("stage")
    return pl.concat([money.select(others.columns), others]).select(
        "report_key",
        "unit_key",
        "year_key",
        "measure",
        "fact",
        "value",
        "unit",
        "amount",
        "disclosure_key",
        "page",
        "source_line",
        "is_current",
        "rank",
        stage=stage,
    )


def _of_path(figures: pl.DataFrame, measure: str, path: str) -> pl.DataFrame:
    """Return the figures of a subject under the name of their measure."""
    return figures.filter(pl.col("subject_path").str.contains(f"^(?:{path})$")).with_columns(measure=pl.lit(measure))
