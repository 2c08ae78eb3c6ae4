"""One question to the warehouse: refused when it is no question, stopped when it takes too long."""

from __future__ import annotations

import io
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.publish import output
from pipelines.publish.database import read_only

MOST_ROWS = 10_000
MOST_SECONDS = 30.0
_MEMORY = "2GB"
_ASKING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI}  # MULTI is pivot


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
    if not database.exists():
        raise Unanswered(f"还没有仓库，请先运行 mingzhang ingest / no warehouse yet, run mingzhang ingest: {database}")
    started = time.monotonic()
    try:
        with read_only(database, memory=_MEMORY) as connection:
            statements = connection.extract_statements(sql)
            if len(statements) != 1:
                raise Unanswered("请写一条查询 / write one statement")
            if statements[0].type not in _ASKING:
                raise Unanswered("仓库只读，不能写入或更改 / the warehouse is read-only, writes are refused")
            timer = threading.Timer(most_seconds, connection.interrupt)
            timer.start()
            try:
                answer = connection.execute(statements[0])
                columns = [column[0] for column in answer.description or []]
                rows = answer.fetchmany(most_rows + 1)
            finally:
                timer.cancel()
    except duckdb.InterruptException:
        raise Unanswered(f"查询超过 {most_seconds:g} 秒，已中止 / stopped after {most_seconds:g} seconds") from None
    except duckdb.Error as error:
        raise Unanswered(f"查询有误 / the query failed: {error}") from None
    return Answer(columns, rows[:most_rows], len(rows) > most_rows, time.monotonic() - started)
