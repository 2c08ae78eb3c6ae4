"""One question to the warehouse: refused when it is no question, stopped when it takes too long."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.publish import output
from pipelines.publish.database import NoQuestion, question, read_only

MOST_ROWS = 10_000
MOST_SECONDS = 30.0
_MEMORY = "2GB"


class Unanswered(Exception):  # noqa: N818 (nobody is to blame)
    """The message, in Chinese and English, says why there is no answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of a query.

    Attributes:
        columns: Their names, as the query gives them.
        rows: The first rows.
        is_cut: Whether there are more.
        seconds: Time it took.
    """

    columns: list[str]
    rows: list[tuple[Any, ...]]
    is_cut: bool
    seconds: float

    def csv(self) -> str:
        """Write the rows as CSV for spreadsheets: no text becomes a formula."""
        stream = io.StringIO()
        harmless = (tuple(map(output.harmless, row)) for row in self.rows)
        output.write_csv(stream, [output.harmless(column) for column in self.columns], harmless)
        return "\ufeff" + stream.getvalue()  # spreadsheets take UTF-8 for something else without it


def ask(database: Path, sql: str, most_rows: int = MOST_ROWS, most_seconds: float = MOST_SECONDS) -> Answer:
    """Answer one query from the database as it is now.

    Args:
        database: Opened for this query only, so that the next one sees what a nightly run put in its place.
        sql: One statement that only reads.
        most_rows: Rows beyond are not fetched.
        most_seconds: The query is interrupted then.

    Raises:
        Unanswered: No database, no single reading statement, an error of the query, or out of time.
    """
    started = time.monotonic()
    with answering(database, sql, most_seconds) as answer:
        columns = [column[0] for column in answer.description or []]
        rows = answer.fetchmany(most_rows + 1)
    return Answer(columns, rows[:most_rows], len(rows) > most_rows, time.monotonic() - started)


@contextmanager
def answering(
    database: Path, sql: str, most_seconds: float, *, sealed: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Run one query and give the connection to fetch its rows from, until time is up.

    Args:
        database: See `ask`.
        sql: See `ask`.
        most_seconds: The query is interrupted then, and so is the fetching.
        sealed: See `read_only`.

    Raises:
        Unanswered: See `ask`; while rows are fetched, too.
    """
    if not database.exists():
        raise Unanswered(f"还没有仓库，请先运行 mingzhang ingest / no warehouse yet, run mingzhang ingest: {database}")
    try:
        with read_only(database, sealed=sealed, memory=_MEMORY) as connection:
            timer = threading.Timer(most_seconds, connection.interrupt)
            timer.start()
            try:
                yield connection.execute(question(connection, sql))
            finally:
                timer.cancel()
    except NoQuestion as refused:
        raise Unanswered(str(refused)) from None
    except duckdb.InterruptException:
        raise Unanswered(f"查询超过 {most_seconds:g} 秒，已中止 / stopped after {most_seconds:g} seconds") from None
    except duckdb.Error as error:
        raise Unanswered(f"查询有误 / the query failed: {error}") from None
