"""What changed between two databases: by table, report, unit and figure by figure; SQL over both, no loop over rows.

Rows are compared by their content keys. Reports none of whose rows changed are found by one sum of hashes each and
passed over, so that a night's change costs what it touches. DuckDB's hash only ever compares rows within one call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.storage.tables import literal, quoted, tables

if TYPE_CHECKING:
    import duckdb

NOW, BEFORE = "mingzhang", "before"
"""Names of the two databases: that of its file, and that under which the other is attached."""

LISTS = ("change_table", "change_unit", "change_report", "change_figure")
"""Lists of changes for people and programs; ``change_row`` is for programs only."""

_QUERIES = Path(__file__).with_name("release_queries")
_OF_RUNS = ("meta", "quality.run", "quality.expectation_result")
"""Tables that differ after every run, whatever it found."""

_KEYS = {"quality.outcome": ("report_key", "rule_id")}
"""What tells the rows of a table apart that declares no key."""


@dataclass(frozen=True, slots=True)
class Changes:
    """How much changed.

    Attributes:
        rows: Rows of all tables that were added, removed or changed.
        figures: Current figures of the facts that were corrected, added and removed; ``None`` where the database
            before is of a schema too old to tell.
        definitions: Whether columns, comments or views differ.
    """

    rows: int
    figures: Mapping[str, int] | None
    definitions: bool

    @property
    def any(self) -> bool:
        """Whether there is anything to tell."""
        return self.rows > 0 or self.definitions


def compare(connection: duckdb.DuckDBPyConnection) -> Changes:
    """Fill temporary tables of the names of `LISTS`, and ``change_row``.

    Args:
        connection: Is of the database now, and has the one before attached as `BEFORE`.
    """
    _run(connection, "prepare")
    for name, table in tables().items():
        if name not in _OF_RUNS:
            _compare_table(connection, name, table.key or _KEYS[name])
    compared = _figures(connection)
    _run(connection, "change_figure")
    _run(connection, "change_report")
    counted = "select coalesce(sum(added + removed + changed), 0)::bigint from change_table"
    [rows] = connection.execute(counted).fetchone() or [0]
    figures = dict(connection.execute("select change, count(*) from change_figure group by 1").fetchall())
    return Changes(
        rows, figures if compared else None, _definitions(connection, NOW) != _definitions(connection, BEFORE)
    )


def _figures(connection: duckdb.DuckDBPyConnection) -> bool:
    """Gather the figures of both databases; tell whether the one before has the columns that takes."""
    import duckdb

    _run(connection, "touched_year", NOW)
    try:
        _run(connection, "touched_year", BEFORE)
        _run(connection, "figure", BEFORE)
    except (duckdb.BinderException, duckdb.CatalogException):
        _run(connection, "figure", NOW)
        connection.execute(f"create or replace temp table figure_{BEFORE} as from figure_{NOW}")
        return False
    _run(connection, "figure", NOW)
    return True


def _run(connection: duckdb.DuckDBPyConnection, name: str, database: str = "") -> None:
    connection.execute((_QUERIES / f"{name}.sql").read_text(encoding="utf-8").replace("{database}", database))


def _columns(connection: duckdb.DuckDBPyConnection, database: str, table: str) -> list[str]:
    schema, _, name = ("main." + table).rpartition(".")
    found = connection.execute(
        "select column_name from duckdb_columns() where database_name = ? and schema_name = ? and table_name = ? "
        "order by column_index",
        [database, schema.removeprefix("main."), name],
    )
    return [column for (column,) in found.fetchall()]


def _compare_table(connection: duckdb.DuckDBPyConnection, name: str, key: Sequence[str]) -> None:
    """Count the rows of a table that differ; note the reports they are of, and the rows themselves if it is a fact."""
    is_now, was = _columns(connection, NOW, name), _columns(connection, BEFORE, name)
    shared = [column for column in is_now if column in was]
    if not is_now or not was or not set(key) <= set(shared):
        counts = [_count(connection, BEFORE, name) if was else 0, _count(connection, NOW, name) if is_now else 0]
        connection.execute("insert into change_table values ($1, $2, $3, $3, $2, 0)", [name, *counts])
        return
    said = ", ".join(map(quoted, shared))
    by_report = "report_key" in shared
    if by_report:
        sums = f"select report_key, count(*) as rows, sum(hash({said})) as digest from {{}}.{quoted(name)} group by all"
        connection.execute(
            f"""
            insert into touched
            select {literal(name)}, report_key
            from ({sums.format(NOW)}) as n full join ({sums.format(BEFORE)}) as b using (report_key)
            where (n.rows, n.digest) is distinct from (b.rows, b.digest)
            """
        )
    of_table = f"(select report_key from touched where table_name = {literal(name)})"
    touched = f"where report_key in {of_table}" if by_report else ""
    keys = ", ".join(f"{literal(column)}, {quoted(column)}::varchar" for column in key)
    values = ", ".join(f"{literal(c)}, {quoted(c)}::varchar" for c in shared if c not in key)
    rows = f"""
        select {"report_key" if by_report else "null"} as report_key, json_object({keys})::varchar as row_key,
            hash({said}) as digest, json_object({values})::varchar as said
        from {{}}.{quoted(name)} {touched}
    """
    connection.execute(
        f"""
        create or replace temp table differing as
        select coalesce(n.report_key, b.report_key) as report_key, row_key, b.said as said_before, n.said as said_now,
            case when b.row_key is null then 'added' when n.row_key is null then 'removed' else 'changed' end as change
        from ({rows.format(NOW)}) as n full join ({rows.format(BEFORE)}) as b using (row_key)
        where n.digest is distinct from b.digest
        """
    )
    connection.execute(
        f"""
        insert into change_table
        select {literal(name)},
            (select count(*) from {BEFORE}.{quoted(name)}), (select count(*) from {NOW}.{quoted(name)}),
            count(*) filter (where change = 'added'), count(*) filter (where change = 'removed'),
            count(*) filter (where change = 'changed')
        from differing
        """
    )
    if name.startswith("fact_"):
        connection.execute(
            f"""
            insert into change_row
            select {literal(name)}, change, report_key, row_key, said_before, said_now from differing
            order by report_key, row_key
            """
        )


def _count(connection: duckdb.DuckDBPyConnection, database: str, table: str) -> int:
    [count] = connection.execute(f"select count(*) from {database}.{quoted(table)}").fetchone() or [0]
    return int(count)


def _definitions(connection: duckdb.DuckDBPyConnection, database: str) -> tuple[object, ...] | None:
    """Everything of a database that is not rows, as one digest."""
    return connection.execute(
        """
        with said as (
            select concat_ws('|', schema_name, view_name, sql, comment) as line from duckdb_views()
            where database_name = $name and not internal
            union all
            select concat_ws('|', schema_name, table_name, comment) from duckdb_tables()
            where database_name = $name and not internal
            union all
            select concat_ws('|', schema_name, table_name, column_index, column_name, data_type, comment)
            from duckdb_columns() where database_name = $name and not internal
        )
        select sha256(string_agg(line, chr(10) order by line)) from said
        """,
        {"name": database},
    ).fetchone()
