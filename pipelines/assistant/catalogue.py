"""Which views and tables there are, what they mean and what must not be added up: the comments of the database."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pipelines.assistant.answers import records
from pipelines.publish.ask import Unanswered

if TYPE_CHECKING:
    import duckdb

_WARNING, _GRAIN = "warning: ", "grain: "

_CODES_SHOWN = 80
"""Codes of a column that are listed; the rest is in ``code_label``."""

_RELATIONS = """
    select if(schema_name = 'main', '', schema_name || '.') || name as name, kind, comment
    from (
        select schema_name, view_name as name, 'view' as kind, comment from duckdb_views() where not internal
        union all
        select schema_name, table_name, 'table', comment from duckdb_tables() where not internal
    )
    where schema_name <> 'stored'
    order by kind desc, name
"""
_COLUMNS = """
    select column_name as name, data_type as type, is_nullable as may_be_null, comment
    from duckdb_columns()
    where if(schema_name = 'main', '', schema_name || '.') || table_name = $name
    order by column_index
"""
_CODES = """
    select column_name, list([code, zh, en] order by position) as codes
    from coded_column join code_label using (code_list)
    where table_name = $name
    group by all
"""
_BUILT = """
    select built_at, schema_version, (select count(*) from dim_report where status = 'loaded') as reports,
        (select count(distinct unit_key) from dim_report where status = 'loaded') as units,
        (select min(year_key) from dim_report) as first_year, (select max(year_key) from dim_report) as last_year,
        (select coalesce(bool_and(is_sample), false) from dim_report) as only_samples
    from meta
"""


def relations(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Give every view and table by name: what it is, in Chinese and English, its grain and its warnings."""
    return {
        name: {"name": name, "kind": kind} | described(comment or "")
        for name, kind, comment in connection.execute(_RELATIONS).fetchall()
    }


def described(comment: str) -> dict[str, Any]:
    """Take the comment of a view or table apart: ``中文 | English | grain: … | warning: …``."""
    zh, _, rest = comment.partition(" | ")
    en, *parts = rest.split(" | ")
    said: dict[str, Any] = {"zh": zh, "en": en}
    said["one_row"] = next((part.removeprefix(_GRAIN) for part in parts if part.startswith(_GRAIN)), "")
    said["warnings"] = [part.removeprefix(_WARNING) for part in parts if part.startswith(_WARNING)]
    return said


def overview(connection: duckdb.DuckDBPyConnection, *, tables: bool) -> dict[str, Any]:
    """Say what the warehouse holds, and which views (and tables) there are."""
    shown = [said for said in relations(connection).values() if tables or said["kind"] == "view"]
    return {"warehouse": records(connection.execute(_BUILT))[0], "relations": shown}


def columns(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """Describe a view or table column by column, with the words of coded values.

    Raises:
        Unanswered: There is none of this name.
    """
    known = relations(connection)
    if name not in known:
        near = get_close_matches(name, known, n=5) or [said for said in known if name.lower() in said]
        raise Unanswered(f"没有此表或视图 / no such table or view: {name}. {', '.join(near)}".rstrip(". "))
    codes = dict(connection.execute(_CODES, {"name": name}).fetchall())
    found = []
    for column in records(connection.execute(_COLUMNS, {"name": name})):
        zh, _, rest = (column.pop("comment") or "").partition(" | ")
        en, *more = rest.split(" | ")
        column.update({"zh": zh, "en": en} | dict(part.split(": ", 1) for part in more if ": " in part))
        if values := codes.get(column["name"]):
            column["values"] = {code: f"{chinese} / {english}" for code, chinese, english in values[:_CODES_SHOWN]}
            if len(values) > _CODES_SHOWN:
                column["more_values"] = f"共 {len(values)} 个，见 code_label / {len(values)} in all, see code_label"
        found.append(column)
    return known[name] | {"columns": found}
