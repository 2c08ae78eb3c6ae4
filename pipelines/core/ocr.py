"""What ``method`` says of numbers that OCR read (``ruled; ocr 0.98; unproven``), and the command that installs it."""

from __future__ import annotations

import polars as pl

OCR = "ocr"
"""Begins the part that says how sure the recogniser was of the least sure character, from 0 to 1."""

UNPROVEN = "unproven"
"""No identity that holds covers the number: nothing but the recogniser vouches for it."""

TWICE = "read twice alike"
"""A second reading, of a finer picture and of figures only, gave the same number."""

LEAST_SURE = 0.9
"""Confidence below which an unproven number is no fact; measured, see docs/scans.md."""

INSTALL = "make ocr"
"""The one command that brings what reading pictures needs (``uv sync --extra ocr`` where uv is at hand)."""


def is_recognised() -> pl.Expr:
    """Whether OCR read a cell."""
    return pl.col("method").fill_null("").str.contains(rf"; {OCR} \d", literal=False)


def confidence() -> pl.Expr:
    """How sure the recogniser was of a cell; null where nothing had to be recognised."""
    return pl.col("method").str.extract(rf"; {OCR} (\d\.\d+)").cast(pl.Float64)


def is_doubtful() -> pl.Expr:
    """Whether neither an identity nor the recogniser vouches for a cell that OCR read."""
    return (pl.col("method").str.contains(UNPROVEN, literal=True) & (confidence() < LEAST_SURE)).fill_null(value=False)


def with_note(cells: pl.DataFrame, keys: pl.Series, note: str) -> pl.DataFrame:
    """Put a note behind the method of some cells."""
    noted = pl.format("{}; {}", "method", pl.lit(note))
    return cells.with_columns(method=pl.when(pl.col("cell_key").is_in(keys.implode())).then(noted).otherwise("method"))
