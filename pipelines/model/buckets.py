"""Stable buckets of reports: all reports of a body stand in one, whatever else is in the warehouse.

What a report replaces, is compared with or adds to is a report of the same body. So the rows of a bucket follow from
the readings of its reports alone, and a new report changes one bucket.
"""

from __future__ import annotations

import hashlib

import polars as pl

from pipelines.model.bodies import report_units

BUCKETS = 128
"""How many there are; another number moves every report. At 10,000 reports a bucket holds some 80 of them, which are
worked on again when one of them changes; each has a file for each table, so many more would cost small warehouses."""

FIRST = 0
"""A bucket that is always there, if need be without rows: it tells the columns."""


def report_bucket(report_reading: pl.DataFrame) -> pl.DataFrame:
    """Say in which bucket each report stands: by its body, or by its own key where it names none.

    Args:
        report_reading: ``REPORT_READING``.

    Returns:
        ``report_key``, ``bucket`` (from 0 to below ``BUCKETS``), by report key.
    """
    bodies = report_units(report_reading).select("report_key", "body_key")
    placed = report_reading.select("report_key").join(bodies, on="report_key", how="left").sort("report_key")
    about = placed.select(pl.coalesce("body_key", "report_key")).to_series()
    return placed.select("report_key", bucket=pl.Series([bucket_of(key) for key in about], dtype=pl.Int32))


def bucket_of(key: str) -> int:
    """Number the bucket of a key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % BUCKETS
