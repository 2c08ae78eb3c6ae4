"""Open the warehouse for reading, and tell statements that only read from others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_EXPLAIN = re.compile(r"\s*explain\b(?:\s+analyze\b|\s*\([\w\s,]*\))?(?P<explained>.+)", re.IGNORECASE | re.DOTALL)
_PIVOT = re.compile(r"[\s(]*(?:pivot|from|select|with)\b", re.IGNORECASE)
"""How a question with a pivot begins: DuckDB makes several statements of it, and of ``copy (pivot …) to`` just so."""


class NoQuestion(ValueError):  # noqa: N818 (nobody is to blame)
    """A text is not one statement that only reads; the message says so in Chinese and English."""


@contextmanager
def read_only(
    database: Path, *, external: bool = False, sealed: bool = False, memory: str | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database for reading only; nothing outside it can be reached unless ``external``.

    DuckDB lets statements write to the database's own file, its log and its folder of temporary files whatever is set:
    statements of others go through `question` first, or the database is ``sealed``.

    Args:
        database: The DuckDB file; whoever opens it after a swap sees the new one.
        external: Whether files may be read and written.
        sealed: Whether no file is opened any more, not even one for what memory does not hold.
        memory: The most memory a query may take, such as ``1GB``; DuckDB's own limit by default.
    """
    import duckdb

    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")  # standard output is for answers
        if memory is not None:
            connection.execute("set memory_limit = ?", [memory])
        if not external:
            if sealed:
                connection.execute("set temp_directory = ''")
            connection.execute("set enable_external_access = false")
            if sealed:
                connection.execute("set disabled_filesystems = 'LocalFileSystem'")
            connection.execute("set lock_configuration = true")
        yield connection


def question(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """Give the one statement of a text, if it only reads.

    Raises:
        NoQuestion: There is none or there are several, or it may write or change something.
        duckdb.Error: The text is no SQL.
    """

    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise NoQuestion("请写一条查询 / write one statement")
    if not _reads(connection, statements[0]):
        raise NoQuestion("仓库只读，不能写入或更改 / the warehouse is read-only, writes are refused")
    return statements[0]


def _reads(connection: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> bool:
    import duckdb

    kinds = duckdb.StatementType
    if statement.type == kinds.EXPLAIN:  # `explain analyze` runs what it explains
        found = _EXPLAIN.fullmatch(statement.query)
        try:
            explained = connection.extract_statements(found["explained"]) if found else []
        except duckdb.ParserException:  # a comment before what is explained
            return False
        return len(explained) == 1 and explained[0].type == kinds.SELECT
    if statement.type == kinds.MULTI:
        return _PIVOT.match(statement.query) is not None
    return statement.type == kinds.SELECT
