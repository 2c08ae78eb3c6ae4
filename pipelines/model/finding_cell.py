"""The table ``quality.finding_cell``: a finding and each cell it is about."""

from __future__ import annotations

import polars as pl


def finding_cell(finding: pl.DataFrame) -> pl.DataFrame:
    """Give a row for each finding and cell; a cell that a finding names twice stands at its first place.

    Args:
        finding: Rows of ``quality.finding`` with their keys.
    """
    columns = ("finding_key", "cell_keys", "report_key", "rule_id", "severity")
    pairs = (
        finding.lazy()
        .filter(pl.col("finding_key").is_not_null() & (pl.col("cell_keys").list.len() > 0))
        .select(*columns, position=pl.int_ranges(1, pl.col("cell_keys").list.len() + 1, dtype=pl.Int32))
        .explode("cell_keys", "position")
        .unique(["finding_key", "cell_keys"], keep="first", maintain_order=True)
    )
    in_order = ("finding_key", "cell_key", "position", "report_key", "rule_id", "severity")
    return pairs.rename({"cell_keys": "cell_key"}).select(in_order).collect()
