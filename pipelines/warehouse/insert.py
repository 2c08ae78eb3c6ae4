"""Rows into tables of the database that is being made."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import polars as pl

from pipelines.storage import tables as metadata

_ROWS_AT_A_TIME = 2 * 122_880
"""Held a second time while DuckDB takes them over; less than a group of its rows would cost three times as much."""


class LoadError(Exception):
    """The database that was built does not hold; the one before is untouched."""


def insert(connection: duckdb.DuckDBPyConnection, table: str, frames: pl.DataFrame | Iterable[pl.DataFrame]) -> None:
    """Insert one part after the other, some rows at a time, so that little is held.

    Raises:
        LoadError: a row does not fit the table.
    """
    for frame in [frames] if isinstance(frames, pl.DataFrame) else frames:
        for rows in metadata.conform(frame, table).iter_slices(_ROWS_AT_A_TIME):
            connection.register("incoming", rows.to_arrow())
            try:
                connection.execute(f"insert into {metadata.quoted(table)} select * from incoming")
            except duckdb.Error as error:
                raise LoadError(f"{table}: {error}") from error
            finally:
                connection.unregister("incoming")
