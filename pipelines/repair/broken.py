"""Which numbers stand under identities that do not hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

Compare = Callable[[Mapping[str, pl.DataFrame]], pl.DataFrame]
"""The accounting rules: from reading tables to one row per instance (`pipelines.prove.identities.comparisons`)."""

INSTANCE = ["report_key", "rule_id", "form", "side", "subject_code", "subject_name", "measure", "target"]
"""What names an instance of a rule whatever its numbers are."""

_NO_SUM = "duplicate_row"
"""The rule that says nothing of amounts: a code stands only once."""


def broken_in(compared: pl.DataFrame) -> pl.DataFrame:
    """One row per cell of an instance whose difference is beyond tolerance."""
    beyond = compared.filter(pl.col("result") == "beyond", pl.col("rule_id") != _NO_SUM)
    return (
        beyond.with_columns(target=pl.col("cell_keys").list.first())
        .explode("cell_keys")
        .select(*INSTANCE, "difference", "unit", cell_key="cell_keys")
        .drop_nulls("cell_key")
    )


def proven_in(compared: pl.DataFrame) -> pl.Series:
    """Keys of the cells that an identity of several numbers covers and that holds."""
    holding = compared.filter(
        pl.col("result").is_in(["equal", "rounding"]), pl.col("rule_id") != _NO_SUM, pl.col("cell_keys").list.len() > 1
    )
    return holding["cell_keys"].explode().drop_nulls().unique()
