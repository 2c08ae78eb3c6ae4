"""Reports that count no longer: taken out by hand, and samples as soon as there is a report."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

ALL_SAMPLES = "samples"
"""Stands for the key of every shipped sample in ``quality.removal``, those of later versions included."""

BY_HAND = "removed"
SAMPLE = "sample"

REMOVED: dict[str, pl.DataType] = {
    "report_key": pl.String(),
    "reason_code": pl.String(),  # removed, sample
    "reason": pl.String(),
}
"""One row per report that is known and does not count."""

_SAMPLE_REASON = "样本：已有真实报告，或样本已移出 / a sample; there are reports, or the samples were removed"
_BY_HAND_REASON = "已移出 / removed"

_SAYS_WHOSE = ("stage", "fiscal_year", "unit_name", "unit_aliases", "scope", "sub_units", "stated_otherwise")
"""Columns of a reading that would make a body, a year or a finding of it."""


def in_force(removal: pl.DataFrame) -> pl.DataFrame:
    """Give the removals that were not undone, one row per report: the latest.

    Args:
        removal: Table ``quality.removal``.
    """
    return (
        removal.filter(pl.col("undone_at").is_null())
        .sort("removed_at")
        .unique("report_key", keep="last", maintain_order=True)
    )


def samples(source_file: pl.DataFrame) -> pl.DataFrame:
    """Give the keys of contents that are found as shipped samples only.

    Args:
        source_file: ``SOURCE_FILE``.
    """
    flag = pl.col("is_sample").fill_null(False).all()
    return source_file.group_by("report_key").agg(flag).filter("is_sample").select("report_key")


def removed(source_file: pl.DataFrame, removal: pl.DataFrame) -> pl.DataFrame:
    """Say which reports do not count, whatever their order of coming and going.

    Args:
        source_file: ``SOURCE_FILE``, all files ever given.
        removal: Table ``quality.removal``.

    Returns:
        ``REMOVED``, by report key: what was taken out by hand; and the samples, where anything else is left or they
        were taken out as a whole.
    """
    taken = in_force(removal)
    by_hand = (
        source_file.select("report_key")
        .unique()
        .join(taken, on="report_key")
        .select(
            "report_key",
            reason_code=pl.lit(BY_HAND),
            reason=pl.format("{}：{}", pl.lit(_BY_HAND_REASON), "reason").fill_null(_BY_HAND_REASON),
        )
    )
    shipped = samples(source_file)
    left = source_file.join(shipped, on="report_key", how="anti").join(by_hand, on="report_key", how="anti")
    gone = not left.is_empty() or ALL_SAMPLES in taken["report_key"]
    hidden = shipped.join(by_hand, on="report_key", how="anti") if gone else shipped.clear()
    hidden = hidden.with_columns(reason_code=pl.lit(SAMPLE), reason=pl.lit(_SAMPLE_REASON))
    return pl.concat([by_hand, hidden]).cast(REMOVED).sort("report_key")  # type: ignore[arg-type]


def without_removed(read: Mapping[str, pl.DataFrame], removed: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Take all rows of removed reports out; ``report_reading`` keeps a row that says why, and names no body or year.

    Args:
        read: The reading tables, with a column ``report_key`` each.
        removed: ``REMOVED``.
    """
    clean = {name: frame.join(removed, on="report_key", how="anti") for name, frame in read.items()}
    reading = read["report_reading"]
    kept = (
        reading.drop("status", "reason_code", "reason", *_SAYS_WHOSE)
        .join(removed, on="report_key")
        .with_columns(
            status=pl.lit("removed"),
            **{name: pl.lit(None, reading.schema[name]) for name in _SAYS_WHOSE},
        )
    )
    both = pl.concat([clean["report_reading"], kept.select(reading.columns)])
    return clean | {"report_reading": both.sort("report_key")}
