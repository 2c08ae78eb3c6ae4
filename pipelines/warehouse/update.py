"""A copy of the database in place, brought up to date with the buckets of reports that have changed since.

The database says of which buckets it was made, in the macro ``stored.made_of``; a database that says nothing, or that
other code has made, is built anew.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from pipelines.storage.tables import conform, literal, quoted, tables
from pipelines.warehouse.insert import insert
from pipelines.warehouse.renewal import Renewal

MOST_CHANGED = 4
"""A quarter of the reports at most: beyond that a new database costs less."""

MOST_UPDATES = 50
"""Then it is built anew: blocks that deleted rows have left are reused, but the order of rows suffers."""

MOST_COMPARED = 2000
"""Reports whose rows are compared with those in place: a bucket is made anew for one of its reports, others stay."""

MOST_TOUCHED = 1000
"""Units that the note lists by name."""

CHANGED = "report_key in (select report_key from replaced)"
"""Which rows `bring_up_to_date` has replaced, in the connection that it used."""

ACCEPTED = """
    update quality.finding set accepted_at = acceptance.accepted_at, accepted_reason = acceptance.reason
    from quality.acceptance as acceptance where acceptance.finding_key = finding.finding_key and (
        acceptance.accepted_at is distinct from finding.accepted_at
        or acceptance.reason is distinct from finding.accepted_reason
    )
    returning finding.report_key
"""
WITHDRAWN = """
    update quality.finding set accepted_at = null, accepted_reason = null
    where accepted_at is not null and finding_key not in (select finding_key from quality.acceptance)
    returning report_key
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the frames of a load are made of.

    Attributes:
        made_by: names the code; frames and databases of other code are not compared.
        digests: of each bucket of reports.
        members: ``report_key``, ``bucket`` of all reports.
        read: gives rows of a table in some buckets, for each table that is kept by buckets.
    """

    made_by: str
    digests: Mapping[int, str]
    members: pl.DataFrame
    read: Mapping[str, Callable[[list[int]], Iterable[pl.DataFrame]]]


@dataclass(frozen=True, slots=True)
class Made:
    """What a database says of how it was made.

    Attributes:
        by: names the code.
        of: digests of its buckets of reports.
        base: names the database that was built anew and has been brought up to date since.
        touched: for each time it was, the units that views may say something else of since; None if it may be any.
    """

    by: str
    of: Mapping[int, str]
    base: str
    touched: tuple[list[str] | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """What a copy of the database in place lacks: the buckets that have changed since ``made``."""

    buckets: list[int]
    made: Made


def made(connection: duckdb.DuckDBPyConnection, database: str = "") -> Made | None:
    """Ask a database how it was made; None for one of an earlier version, or that is none of ours.

    Args:
        connection: to it.
        database: its name, where it is attached to the connection.
    """
    try:
        row = connection.execute(f"select {f'{database}.' if database else ''}stored.made_of()").fetchone()
        said = json.loads(row[0]) if row else {}
        buckets = {int(n): digest for n, digest in said["buckets"].items()}
        return Made(said["made_by"], buckets, said["base"], tuple(said["touched"]))
    except (duckdb.Error, LookupError):
        return None


def note(parts: Parts, base: str | None = None, touched: Iterable[list[str] | None] = ()) -> str:
    """Give the statement that notes in a database how it was made, for `made`; it gets a new name if none is given."""
    said = {
        "made_by": parts.made_by,
        "buckets": dict(parts.digests),
        "base": base or uuid.uuid4().hex,
        "touched": [units if units is None or len(units) <= MOST_TOUCHED else None for units in touched],
    }
    return f"create or replace macro stored.made_of() as {literal(json.dumps(said))}"


def due(database: Path, parts: Parts) -> Due | None:
    """Say what the database in place lacks; None if it is to be built anew."""
    if not database.exists():
        return None
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            before = made(connection)
    except duckdb.Error:
        return None
    if before is None or before.by != parts.made_by or len(before.touched) >= MOST_UPDATES:
        return None
    changed = [n for n, digest in parts.digests.items() if before.of.get(n) != digest]
    reports = parts.members.filter(pl.col("bucket").is_in(changed)).height
    if reports * MOST_CHANGED > parts.members.height:
        return None
    return Due(changed, before)


def bring_up_to_date(
    connection: duckdb.DuckDBPyConnection,
    frames: Mapping[str, pl.DataFrame | Iterable[pl.DataFrame]],
    parts: Parts,
    lacking: Due,
) -> None:
    """Replace what has changed: rows of reports in changed buckets, and tables that are not kept by buckets.

    Args:
        connection: to a copy of the database.
        frames: all tables.
        parts: what they are made of.
        lacking: what `due` gave.
    """
    connection.execute("set threads = 1")  # many small statements, for which threads wait longer than they work
    changed = parts.members.filter(pl.col("bucket").is_in(lacking.buckets)).select("report_key")
    connection.register("known_report", parts.members.select("report_key").to_arrow())
    connection.register("changed_report", changed.to_arrow())
    if changed.height <= MOST_COMPARED:
        _compare(connection, parts, lacking.buckets)
    else:
        connection.execute("create temp table differing as from changed_report")
    connection.execute(
        "create temp table replaced as select report_key from differing union "
        "select report_key from dim_report where report_key not in (select report_key from known_report)"
    )
    replaced = connection.sql("from replaced").pl()["report_key"]
    renewal = Renewal(connection)
    renewal.touch("select report_key from replaced")
    whole = [name for name in frames if name not in parts.read]
    connection.begin()
    for name in parts.read:
        connection.execute(f"delete from {quoted(name)} where {CHANGED}")
    for name in whole:
        connection.execute(f"delete from {quoted(name)}")
    connection.commit()  # a key may come back in another transaction only
    connection.begin()
    for name in tables():
        if name in parts.read:
            rows = parts.read[name](lacking.buckets) if lacking.buckets else []
            insert(connection, name, (part.filter(pl.col("report_key").is_in(replaced.implode())) for part in rows))
        elif name in frames:
            insert(connection, name, frames[name])
    decided = [key for query in (ACCEPTED, WITHDRAWN) for (key,) in connection.execute(query).fetchall()]
    connection.commit()
    connection.register("decided_report", pl.DataFrame({"report_key": decided}, {"report_key": pl.String()}).to_arrow())
    renewal.touch("select report_key from replaced union select report_key from decided_report")
    touched = renewal.renew()
    connection.execute(note(parts, lacking.made.base, [*lacking.made.touched, touched]))


def _compare(connection: duckdb.DuckDBPyConnection, parts: Parts, buckets: list[int]) -> None:
    """Note in ``differing`` the reports of some buckets of which any table says something else than before."""
    connection.execute("create temp table differing (report_key varchar)")
    for name, read in parts.read.items():
        frames = list(read(buckets)) if buckets else []
        if frames:
            connection.register("incoming", conform(pl.concat(frames), name).to_arrow())
            says = "select report_key, count(*) as many, sum(hash(one)) as what from {} as one {} group by report_key"
            now, before = (
                says.format("incoming", ""),
                says.format(quoted(name), "where report_key in (from changed_report)"),
            )
            connection.execute(
                f"insert into differing select report_key from ({now}) as now full join ({before}) as before "
                "using (report_key, many, what) where (now.many is null) <> (before.many is null)"
            )
            connection.unregister("incoming")
