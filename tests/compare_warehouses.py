"""Whether two warehouses hold the same: every table, every column but run times and versions, keys included.

``python -m tests.compare_warehouses OLD NEW`` takes warehouse folders or DuckDB files, prints one line per table that
differs with a sample of rows that only one of them has, and exits 1 when any does. Use it before and after a change
that must not change a number; the inputs that count are the real reports, the samples and a generated corpus.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

RUN_COLUMNS = frozenset(
    {
        "built_at",
        "commit",
        "evaluated_at",
        "extractor_version",
        "finished_at",
        "first_seen_at",
        "ingested_at",
        "run_id",
        "seconds",
        "started_at",
    }
)
"""Columns that say when and by which code, never what was read."""

RUN_TABLES = frozenset({"quality.run", "meta"})
"""Tables about runs alone."""

_SAMPLE = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare two warehouses; the exit code says whether they agree."""
    parser = argparse.ArgumentParser(prog="python -m tests.compare_warehouses")
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--ignore", nargs="*", default=[], metavar="TABLE", help="tables that are not compared")
    given = parser.parse_args(arguments)
    told = differences(_file(given.old), _file(given.new), frozenset(given.ignore))
    print("\n".join(told) or "equal: every table, every row")
    return 1 if told else 0


def differences(old: Path, new: Path, ignored: frozenset[str] = frozenset()) -> list[str]:
    """Say where two database files differ, a line per table.

    Args:
        old: DuckDB file.
        new: DuckDB file.
        ignored: Tables, with their schema where it is not ``main``.
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach '{old}' as old (read_only)")
        connection.execute(f"attach '{new}' as new (read_only)")
        tables = {side: _tables(connection, side) for side in ("old", "new")}
        told = [f"{name}: only in one of them" for name in sorted(tables["old"].keys() ^ tables["new"].keys())]
        for name in sorted((tables["old"].keys() & tables["new"].keys()) - RUN_TABLES - ignored):
            told += _compared(connection, name, tables["old"][name], tables["new"][name])
        return told


def _file(given: Path) -> Path:
    return given / "mingzhang.duckdb" if given.is_dir() else given


def _tables(connection: duckdb.DuckDBPyConnection, side: str) -> dict[str, list[str]]:
    """Columns of every base table of a database, by table, in order of their names."""
    found: dict[str, list[str]] = {}
    rows = connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "join (select table_oid, database_oid from duckdb_tables()) using (table_oid, database_oid) "
        "where database_name = ? order by 1, 2, 3",
        [side],
    ).fetchall()
    for schema, table, column in rows:
        if column not in RUN_COLUMNS:
            found.setdefault(table if schema == "main" else f"{schema}.{table}", []).append(column)
    return found


def _compared(connection: duckdb.DuckDBPyConnection, name: str, old: list[str], new: list[str]) -> list[str]:
    if old != new:
        return [f"{name}: columns differ: {sorted(set(old) ^ set(new))}"]
    columns = ", ".join(f'"{column}"' for column in old)
    qualified = name if "." in name else f"main.{name}"
    only = {}
    for side, other in (("old", "new"), ("new", "old")):
        only[side] = connection.execute(
            f"select {columns} from {side}.{qualified} except all select {columns} from {other}.{qualified}"
        ).fetchall()
    if not only["old"] and not only["new"]:
        return []
    told = [f"{name}: {len(only['old'])} rows only in old, {len(only['new'])} only in new"]
    for side, rows in only.items():
        told += [f"  {side}: {dict(zip(old, row, strict=True))}" for row in sorted(rows, key=str)[:_SAMPLE]]
    return told


if __name__ == "__main__":
    sys.exit(main())
