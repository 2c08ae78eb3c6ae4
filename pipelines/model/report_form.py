"""Table ``report_form``: which copy of a form counts when several reports print it.

Of the reports of one unit (scope included), year and stage, in order of publication:

- a form in one report only counts (companion files);
- a copy is *replaced* when a later report prints the form with different numbers;
- a report is *superseded* when one of its forms is replaced and later reports print all the others too, so that nothing
  of it is left that is not said again;
- of the copies that are neither, all equal by then, the first counts.
"""

from __future__ import annotations

import polars as pl

from pipelines.model.bodies import report_units
from pipelines.model.points import BESIDE
from pipelines.storage.tables import conform

GROUP = ["unit_key", "year_key", "stage"]
"""Reports that agree in these are about the same accounts."""

LATER = ["dated", "seen_at", "report_key"]
"""What puts reports about the same accounts in order; the last of them is the latest."""


def report_identity(report_reading: pl.DataFrame, source_file: pl.DataFrame) -> pl.DataFrame:
    """Return what a report is about and when it was published.

    Args:
        report_reading: ``REPORT_READING``.
        source_file: ``SOURCE_FILE``; the earliest date of several copies of a content counts.

    Returns:
        ``report_key``, ``unit_key``, ``year_key``, ``stage`` (null where unknown) and ``dated``: the source card's
        date, else the cover's, else the document's, else the day first seen in Shanghai (``dated_by`` says which).
        Of reports of one day the one first seen later (``seen_at``) is the later; of those seen at once their key
        decides, so that the order within an ingestion never matters.
    """
    files = source_file.group_by("report_key").agg(pl.col("published_on").min(), pl.col("first_seen_at").min())
    first_seen_on = pl.col("first_seen_at").dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Shanghai").dt.date()
    return (
        report_reading.join(files, on="report_key", how="left")
        .join(report_units(report_reading).select("report_key", "unit_key"), on="report_key", how="left")
        .select(
            "report_key",
            "unit_key",
            "stage",
            year_key=pl.col("fiscal_year"),
            dated=pl.coalesce("published_on", "cover_date", "document_date", first_seen_on),
            dated_by=pl.when(pl.col("published_on").is_not_null())
            .then(pl.lit("published_on"))
            .when(pl.col("cover_date").is_not_null())
            .then(pl.lit("cover_date"))
            .when(pl.col("document_date").is_not_null())
            .then(pl.lit("document_date"))
            .when(pl.col("first_seen_at").is_not_null())
            .then(pl.lit("first_seen")),
            seen_at="first_seen_at",
        )
    )


def _contents(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the numbers of each report's form as one text; equal texts mean equal numbers.

    A printed zero and a blank are the same number here, and names do not matter: a retyped copy is a copy.
    """
    line = pl.concat_str(
        "side",
        pl.lit(" "),
        pl.col("subject_code").fill_null(""),
        pl.lit(" "),
        *(pl.col(axis).fill_null("") + " " for axis in BESIDE),
        "measure",
        pl.lit(" "),
        pl.coalesce("amount", "value").cast(pl.Decimal(24, 2)).cast(pl.String),
    )
    return cells.group_by("report_key", "form").agg(content=line.filter(pl.col("value") != 0).sort().str.join("\n"))


def report_form(published_cell: pl.DataFrame, report_reading: pl.DataFrame, source_file: pl.DataFrame) -> pl.DataFrame:
    """Return the forms of each report and which copy of each counts.

    Args:
        published_cell: table ``published_cell``.
        report_reading: ``REPORT_READING``.
        source_file: ``SOURCE_FILE``.

    Returns:
        Table ``report_form``, sorted by key.
    """
    same = [*GROUP, "form"]
    forms = (
        published_cell.group_by("report_key", "form")
        .agg(cell_count=pl.len())
        .join(report_identity(report_reading, source_file), on="report_key")
        .with_columns(copies=pl.len().over(same))
    )
    several = forms.filter(pl.col("copies") > 1)
    forms = (
        forms.join(
            _contents(published_cell.join(several, on=["report_key", "form"], how="semi")),
            on=["report_key", "form"],
            how="left",
        )
        .with_columns(pl.col("content").fill_null(""))
        .sort(*same, *LATER, nulls_last=False)
        .with_columns(
            has_later=pl.int_range(pl.len()).over(same) < pl.len().over(same) - 1,
            differs=pl.col("content") != pl.col("content").last().over(same),
        )
        .with_columns(replaced=pl.col("differs").cast(pl.UInt8).cum_max(reverse=True).over(same) == 1)
        .with_columns(superseded=(pl.col("replaced").any() & pl.col("has_later").all()).over("report_key"))
        .with_columns(eligible=~pl.col("replaced") & ~pl.col("superseded"))
        .with_columns(is_current=pl.col("eligible") & (pl.col("eligible").cum_sum().over(same) == 1))
        .with_columns(
            replaced_by_report_key=pl.when("replaced").then(
                pl.col("report_key").filter(pl.col("is_current")).first().over(same)
            )
        )
    )
    return conform(
        forms.select("report_key", "form", "cell_count", "is_current", "replaced_by_report_key").sort(
            "report_key", "form"
        ),
        "report_form",
    )


def superseded_reports(report_form: pl.DataFrame, identity: pl.DataFrame) -> pl.DataFrame:
    """Return the reports of which no form counts because later reports say all of it again, some of it otherwise.

    Args:
        report_form: table ``report_form``.
        identity: result of ``report_identity``.

    Returns:
        ``report_key``, ``superseded_by_report_key`` (the latest of the replacing reports).
    """
    dates = identity.select("dated", "seen_at", replaced_by_report_key="report_key")
    return (
        report_form.with_columns(gone=~pl.col("is_current").any().over("report_key"))
        .filter(pl.col("gone") & pl.col("replaced_by_report_key").is_not_null())
        .join(dates, on="replaced_by_report_key")
        .sort("dated", "seen_at", "replaced_by_report_key")
        .group_by("report_key", maintain_order=True)
        .agg(superseded_by_report_key=pl.col("replaced_by_report_key").last())
    )
