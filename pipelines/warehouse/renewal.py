"""Stored views brought up to date: rows of units that changed, and of their relatives, are computed anew.

What a view says of a unit follows from the reports of the unit and of its relatives: its body, its departments and
their units, its predecessors and successors. The view itself runs, over tables that hold no other reports. Views whose
header does not say ``follows: relatives`` are computed as a whole.
"""

from __future__ import annotations

import duckdb

from pipelines.storage.tables import quoted, tables
from pipelines.warehouse import views

_KNOWN_BY = {"dim_subject": "code", "dim_statement": "statement", "dim_year": "year_key"}
"""Dimensions without reports, and by what untouched rows may know them: what nothing had before is in none of those."""

_NO_SAY = {"dim_subject": ("aliases", "years_seen")}
"""Columns that no stored view shows or asks for; they change with many a report."""

_RELATIVES = """
    create table memory.relative as
    with recursive kin as (
        select unit_key as one, body_key as other from memory.any_unit
        union select unit_key, parent_unit_key from memory.any_unit where parent_unit_key is not null
        union select unit_key, succeeded_by from memory.any_unit where succeeded_by is not null
    ),
    tie as (select one, other from kin union select other, one from kin),
    reached as (
        select unit_key as one from memory.any_unit where unit_key in (select unit_key from memory.touched)
        union
        select tie.other from reached join tie using (one)
    )
    select distinct one as unit_key from reached
"""


class Renewal:
    """What is known of the database before it changes, and the views brought up to date after it has.

    The connection has the database that is changed as ``building``, and nothing of its own in ``memory``.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Note the dimensions as they are."""
        self._connection = connection
        connection.execute("create table memory.touched (unit_key varchar)")
        for name in ("dim_unit", *_KNOWN_BY):
            connection.execute(f"create table memory.{name}_before as from building.{name}")

    def touch(self, reports: str) -> None:
        """Say that reports change, before they do or after.

        Args:
            reports: query that gives their ``report_key``.
        """
        self._connection.execute(
            f"insert into memory.touched select unit_key from building.dim_report where report_key in ({reports})"
        )

    def renew(self) -> list[str] | None:
        """Bring all stored views up to date, in transactions of its own.

        Returns:
            The units that views may say something else of now, with those that are gone; None if it may be any.
        """
        stored = [view for view in views.views().values() if view.stored]
        some = [] if self._dimensions_changed() else [view for view in stored if view.of_relatives]
        if some:
            self._take_apart()
        self._connection.begin()
        for view in stored:
            rows = quoted(f"stored.{view.name}")
            if view in some:
                self._connection.execute(f"delete from {rows} where unit_key in (select unit_key from memory.relative)")
                self._connection.execute(f"insert into {rows} from memory.{quoted(view.name)}")
            else:
                self._connection.execute(f"delete from {rows}")
                self._connection.execute(f"insert into {rows}\n{view.query}")
        self._connection.commit()
        if not some:
            return None
        return [key for (key,) in self._connection.execute("from memory.relative order by all").fetchall()]

    def _dimensions_changed(self) -> bool:
        """Whether anything but units has changed that rows of untouched reports may say."""
        asked = (
            f"{self._difference(name)} where {column} in (select {column} from memory.{name}_before) limit 1"
            for name, column in _KNOWN_BY.items()
        )
        return any(self._connection.execute(query).fetchone() for query in asked)

    def _difference(self, name: str) -> str:
        """Give the query of rows that one of both has, as it is now and as it was."""
        columns = ", ".join(quoted(c.name) for c in tables()[name].columns if c.name not in _NO_SAY.get(name, ()))
        now, before = f"select {columns} from building.{name}", f"select {columns} from memory.{name}_before"
        return f"from (({now} except {before}) union ({before} except {now}))"

    def _take_apart(self) -> None:
        """Make a small warehouse in memory, of touched units and their relatives: its tables, then its views."""
        connection = self._connection
        units = self._difference("dim_unit")
        connection.execute(f"insert into memory.touched select unit_key {units}")
        connection.execute("create table memory.any_unit as from building.dim_unit union from memory.dim_unit_before")
        connection.execute(_RELATIVES)
        connection.execute(
            "create table memory.relative_report as select report_key from building.dim_report "
            "where unit_key in (select unit_key from memory.relative)"
        )
        for schema in dict.fromkeys(name.split(".")[0] for name in tables() if "." in name):
            connection.execute(f"create schema memory.{quoted(schema)}")
        for table in tables().values():
            there, here = f"building.{quoted(table.name)}", f"memory.{quoted(table.name)}"
            if any(column.name == "report_key" for column in table.columns):
                rows = "where report_key in (select report_key from memory.relative_report)"
                connection.execute(f"create table {here} as from {there} {rows}")
            else:
                connection.execute(f"create view {here} as from {there}")
        connection.execute("use memory")
        for macro in views.macros():
            connection.execute(macro)
        for view in views.views().values():
            if view.stored and not view.of_relatives:
                continue
            rows = f"select * from ({view.query}) where unit_key in (select unit_key from memory.relative)"
            kind, query = ("table", rows) if view.stored else ("view", view.query)
            connection.execute(f"create {kind} {quoted(view.name)} as {query}")
        connection.execute("use building")
