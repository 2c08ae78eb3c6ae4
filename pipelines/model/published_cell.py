"""Table ``published_cell``."""

from __future__ import annotations

import polars as pl

from pipelines.model.names import is_total
from pipelines.statements.lookups import forms_with
from pipelines.storage.tables import conform, known


def loaded_cell(extracted_cell: pl.DataFrame, report_reading: pl.DataFrame) -> pl.DataFrame:
    """Keep the cells of reports that are loaded; those of reports in quarantine stay out."""
    loaded = report_reading.filter(pl.col("status") == "loaded")
    return extracted_cell.join(loaded, on="report_key", how="semi")


def published_cell(extracted_cell: pl.DataFrame, report_reading: pl.DataFrame) -> pl.DataFrame:
    """Return every numeric cell of every report that is loaded.

    Args:
        extracted_cell: ``EXTRACTED_CELL``.
        report_reading: ``REPORT_READING``.

    Returns:
        Table ``published_cell``, sorted by report, form, side, row and measure.
    """
    printed = pl.col("raw_text").str.replace_all(r"[\s_]", "").str.extract(r"[.．](\d+)\D*$").str.len_chars()
    exact = pl.col("value").cast(pl.String).str.strip_chars_end("0").str.extract(r"\.(\d+)$").str.len_chars()
    cells = (
        loaded_cell(extracted_cell, report_reading)
        .with_columns(
            year_key=pl.col("fiscal_year"),
            side=pl.col("side").fill_null(""),
            is_total=pl.col("subject_code").is_null()
            # lines of the balances are told apart by name; several of them are totals of different things
            & ~pl.col("form").is_in(forms_with(layout="balance"))
            & is_total(pl.col("subject_name")),
            decimals=pl.max_horizontal(printed.fill_null(0), exact.fill_null(0)).clip(upper_bound=8),
        )
        .sort("report_key", "form", "side", "row_no", "measure", "cell_key")
    )
    return conform(known(cells, "published_cell"), "published_cell")
