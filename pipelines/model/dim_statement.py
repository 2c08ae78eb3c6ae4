"""Table ``dim_statement``."""

from __future__ import annotations

import polars as pl

from pipelines.reference.lookup import statements
from pipelines.storage.tables import conform


def dim_statement() -> pl.DataFrame:
    """Return the statutory forms, from ``statements.yml``."""
    rows = pl.DataFrame(statements(), schema_overrides={"may_add_to": pl.List(pl.String)})
    return conform(rows.sort("statement"), "dim_statement")
