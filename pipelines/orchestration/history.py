"""Dagster's record of a run, kept in SQLite: written without waiting for the disk after every one of its events.

Dagster opens and closes a connection for each event, and the last one to close writes the whole log back. Here one
connection per file stays open for the run, and a commit no longer waits: a power cut may cost the last events of the
record, which nothing depends on.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

LOG = logging.getLogger(__name__)


def mend(home: Path) -> None:
    """Put databases of Dagster's home aside that cannot be opened: a run must not fail for its record."""
    for file in home.rglob("*.db"):
        try:
            with closing(sqlite3.connect(file)) as connection:
                connection.execute("select count(*) from sqlite_master").fetchone()
        except sqlite3.OperationalError:
            continue  # locked, or no permission: not damaged
        except sqlite3.DatabaseError:
            LOG.warning("a damaged record of runs is put aside", extra={"file": str(file)})
            # with its log, which would else be taken for that of the new one
            for part in (file, *file.parent.glob(f"{file.name}-*")):
                part.replace(part.with_name(f"{part.name}.damaged"))


@contextmanager
def quick_history() -> Iterator[None]:
    """Make SQLite databases that SQLAlchemy opens meanwhile quick to write to."""
    kept: dict[str, sqlite3.Connection] = {}

    def opened(connection: Any, _: Any) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.execute("pragma synchronous = normal")
        file = connection.execute("pragma database_list").fetchone()[2]
        if file and file not in kept and connection.execute("pragma journal_mode").fetchone()[0] == "wal":
            kept[file] = sqlite3.connect(file, check_same_thread=False)
            kept[file].execute("select count(*) from sqlite_master")

    event.listen(Engine, "connect", opened)
    try:
        yield
    finally:
        event.remove(Engine, "connect", opened)
        for connection in kept.values():
            connection.close()
