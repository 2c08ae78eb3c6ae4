"""Table ``dim_statement``."""

from __future__ import annotations

import polars as pl

from pipelines.statements.lookups import statement_rows
from pipelines.storage.tables import conform


def dim_statement() -> pl.DataFrame:
    """Return the statutory forms, as ``pipelines/statements`` declares them."""
    rows = pl.DataFrame(statement_rows(), schema_overrides={"may_add_to": pl.List(pl.String)}, infer_schema_length=None)
    return conform(rows.sort("statement"), "dim_statement")
