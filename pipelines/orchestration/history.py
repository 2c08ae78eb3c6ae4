"""Dagster's record of runs, kept in SQLite: nothing depends on it, so that damage to it must stop no run."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

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
def held_open(home: Path) -> Iterator[None]:
    """Keep a connection to the record of events, which Dagster opens and closes for each of them.

    When the last connection closes, SQLite writes its log back into the database: work that one connection that stays
    saves a run of hundreds of events.
    """
    with closing(sqlite3.connect(":memory:")) as connection:
        with suppress(sqlite3.Error):
            connection.execute("attach ? as events", [str(home / "history" / "runs" / "index.db")])
            connection.execute("select count(*) from events.sqlite_master").fetchone()
        yield
