"""Open the warehouse for reading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


@contextmanager
def read_only(
    database: Path, *, external: bool = False, memory: str | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database for reading only; nothing outside it can be reached unless ``external``.

    Args:
        database: The DuckDB file; whoever opens it after a swap sees the new one.
        external: Whether files may be read and written.
        memory: The most memory a query may take, such as ``1GB``; DuckDB's own limit by default.
    """
    import duckdb

    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")  # standard output is for answers
        if memory is not None:
            connection.execute("set memory_limit = ?", [memory])
        if not external:
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")
        yield connection
