"""What pages show, read from the warehouse in one pass over each query, whatever the number of reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.files import is_there
from pipelines.core.settings import Settings
from pipelines.storage.frame_store import FrameStore
from pipelines.storage.tables import literal
from pipelines.warehouse import update

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]

_QUERIES = Path(__file__).with_name("queries")
_KEPT = ("leaf", "total", "attached", "place", "leader")
"""Queries that others select from, in this order."""

_BATCH = 2_000
_MEMORY = "1GB"


@contextmanager
def opened(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse, read-only, beside tables of our own; what does not fit into memory goes to the cache."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"set memory_limit = '{_MEMORY}'")
        connection.execute("set threads = 1")  # most time goes into pages, and waiting threads cost, too
        connection.execute(f"set temp_directory = {literal(str(settings.site_cache / 'spill'))}")
        connection.execute(f"attach {literal(str(settings.database))} as mingzhang (read_only)")
        seen = FrameStore(settings.frames).read("source_file").select("report_key", "path")
        connection.register("seen", seen.to_arrow())
        connection.execute("create table source as from seen")
        connection.execute("create table wanted (key varchar)")
        for name in _KEPT:
            connection.execute(f"create table {name} as {query(name)}")
        yield connection


def ask_about(connection: duckdb.DuckDBPyConnection, keys: Iterable[str]) -> None:
    """Say which units and reports may have changed: what follows asks about them, and about what all say together.

    Args:
        connection: The warehouse, as `opened` gives it.
        keys: Of the units and reports.
    """
    want(connection, keys)
    connection.execute(f"create or replace table structure as {query('structure')}")


def want(connection: duckdb.DuckDBPyConnection, keys: Iterable[str] | None = None) -> None:
    """Say which units, classes or reports the next queries are about.

    Args:
        connection: The warehouse, as `opened` gives it.
        keys: Their keys; all units and reports if there are none.
    """
    connection.execute("delete from wanted")
    if keys is None:
        connection.execute("insert into wanted select unit_key from mingzhang.dim_unit")
        connection.execute("insert into wanted select report_key from mingzhang.dim_report")
    else:
        connection.execute("insert into wanted select unnest($1::varchar[])", [list(keys)])


def digests(connection: duckdb.DuckDBPyConnection, names: Iterable[str], key: str) -> dict[str, str]:
    """Give a digest of what some queries have on each key of the first of them, whatever the order of their rows.

    DuckDB's hash differs from version to version of DuckDB: who keeps digests has to keep that, too.
    """
    found: dict[str, str] = {}
    for place, name in enumerate(names):
        sql = f"select {key}, count(*), sum(hash(answer)) from ({query(name)}) as answer group by {key}"
        for value, count, total in connection.execute(sql).fetchall():
            if place == 0 or value in found:
                found[value] = f"{found.get(value, '')} {name} {count} {total}"
    return found


def touched(connection: duckdb.DuckDBPyConnection, made_from: Sequence[object]) -> tuple[list[object], set[str] | None]:
    """Say which units the warehouse may say something else of.

    Args:
        connection: The warehouse, as `opened` gives it.
        made_from: What this gave first, the time before.

    Returns:
        What tells this state of the warehouse from later ones; the units, those that are gone too, or None for any.
    """
    made = update.made(connection, "mingzhang")
    if made is None:
        return [], None
    now = [made.base, len(made.touched)]
    base, before = made_from if len(made_from) == len(now) else (None, 0)
    if base != made.base or not isinstance(before, int) or before > len(made.touched):
        return now, None
    found: set[str] = set()
    for units in made.touched[before:]:
        if units is None:
            return now, None
        found.update(units)
    return now, found


def files_there(connection: duckdb.DuckDBPyConnection, reports: Iterable[str]) -> set[str]:
    """Give those of some reports of which a file is where one was seen, whatever it holds now."""
    query = "select report_key, path from source where report_key in (select unnest($1::varchar[]))"
    seen = connection.execute(query, [list(reports)]).fetchall()
    return {key for key, path in seen if is_there(path)}


def query(name: str) -> str:
    """Read a query by name."""
    return (_QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def rows(connection: duckdb.DuckDBPyConnection, name: str) -> Iterator[Row]:
    """Run a query and give its rows one by one; several may be under way at a time."""
    return _answers(connection, query(name))


def pages(
    connection: duckdb.DuckDBPyConnection, name: str, key: str, size: int
) -> Iterator[tuple[int, int, Callable[[], Iterator[Row]], bool]]:
    """Run a query and cut its rows into pages, in their order; there is always a first page.

    Args:
        connection: The warehouse, as `opened` gives it.
        name: Of the query.
        key: The column that tells its rows apart.
        size: Rows of a page, on average.

    Yields:
        Its number from 1, a hash of its rows as of `digests`, what gives its rows, and whether it is the last.
    """
    connection.execute(f"create or replace table page_{name} as {query(name)}")
    ends = connection.execute(
        f"select hash({key}) % {max(size // 2, 1)} = 0 from page_{name} order by rowid"
    ).fetchall()
    firsts = cuts([end for (end,) in ends], size)
    hashes = f"""
        select sum(hash(answer, answer.rowid - page.first))
        from page_{name} as answer
        asof join (select unnest($1::bigint[]) as first) as page on answer.rowid >= page.first
        group by page.first order by page.first"""
    hashed = [value for (value,) in connection.execute(hashes, [firsts]).fetchall()] or [0]
    for place, (first, after) in enumerate(pairwise([*firsts, len(ends)])):
        some = f"from page_{name} where rowid >= {first} and rowid < {after} order by rowid"
        yield place + 1, hashed[place], partial(_answers, connection, some), after == len(ends)


def of_wanted(connection: duckdb.DuckDBPyConnection, name: str, key: str) -> Iterator[Row]:
    """Run a query about all and give the rows of the keys that `want` asked for, by key."""
    return _answers(connection, f"from ({query(name)}) where {key} in (from wanted) order by {key}")


def cuts(ends: Sequence[bool], size: int) -> list[int]:
    """Cut a list where what stands in it says so: a row more moves the rows of its own page only, not all that follow.

    Args:
        ends: For each row whether a page may end with it; every ``size / 2``-th may, by a hash.
        size: Rows of a page, on average; it has at least half as many, the last one apart, and at most twice.

    Returns:
        The first row of each page; there is always one.
    """
    firsts = [0]
    for row, is_end in enumerate(ends[:-1], start=1):
        if row - firsts[-1] >= (size + 1) // 2 and (is_end or row - firsts[-1] >= 2 * size):
            firsts.append(row)
    return firsts


def _answers(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[Row]:
    answer = connection.cursor().execute(sql)
    columns = [column[0] for column in answer.description or ()]
    while batch := answer.fetchmany(_BATCH):
        for row in batch:
            yield dict(zip(columns, row, strict=True))


class Stream:
    """Rows of a query sorted by a key, handed out key after key in that order."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, key: str) -> None:
        self._groups = groupby(rows(connection, name), key=lambda row: row[key])
        self._next = next(self._groups, None)

    def take(self, key: str) -> list[Row]:
        """Give the rows of a key; those of smaller keys are passed over."""
        while self._next is not None and self._next[0] < key:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != key:
            return []
        found = list(self._next[1])
        self._next = next(self._groups, None)
        return found
