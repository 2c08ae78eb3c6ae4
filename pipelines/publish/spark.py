"""The warehouse on Spark: statements that declare its tables, functions and views over the Parquet of a release."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pipelines.storage.tables import described, tables
from pipelines.warehouse import views

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DATABASE = "mingzhang"
"""Schema of the tables and views; findings and runs stand in `quality`, as in DuckDB."""

STORED = "stored"
"""Schema of rows of views that are computed once."""

NOT_THERE = frozenset({"data_dictionary"})
"""It reads DuckDB's own catalogue; in Spark the comments are in ``describe``."""

_FUNCTIONS = views.FOLDER / "spark"
_TYPES = {
    "VARCHAR": "string",
    "SMALLINT": "smallint",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp_ntz",
    "DOUBLE": "double",
}


def statements(manifest: Mapping[str, Any], place: str, *, computed: bool = False) -> Iterator[str]:
    """Give the statements that declare everything, in order; all may be run again for another release.

    Args:
        manifest: Of the lake.
        place: Path or address of the lake as Spark reaches it, such as ``s3a://bucket/lake``.
        computed: Whether the views whose header says ``stored`` are computed at once into the schema ``stored`` of
            Spark's own warehouse, as the load does in DuckDB; otherwise whoever asks computes them.
    """
    schemas = [DATABASE, *(name.split(".")[0] for name in tables() if "." in name), *([STORED] if computed else [])]
    for schema in dict.fromkeys(schemas):
        yield f"create database if not exists {schema}"
    yield f"use {DATABASE}"
    for name, table in tables().items():
        folder = f"{place.rstrip('/')}/{manifest['release']}/{name}"
        columns = [f"{_name(c.name)} {type_of(c.type)} comment {_literal(c.comment)}" for c in table.columns]
        declared = ",\n  ".join(columns)
        yield f"drop table if exists {name}"
        # folders of buckets are walked through, not declared: a catalogue takes minutes for some thousand partitions
        yield (
            f"create table {name} (\n  {declared}\n)\nusing parquet\noptions (recursiveFileLookup 'true')"
            f"\nlocation {_literal(folder)}\ncomment {_literal(table.comment)}"
        )
    for file in sorted(_FUNCTIONS.glob("*.sql")):
        yield file.read_text(encoding="utf-8").strip()
    for view in views.views().values():
        if view.name not in NOT_THERE:
            columns = [f"{_name(column)} comment {_literal(says)}" for column, says in view.columns.items()]
            comment = _literal(described(view.comment, view.grain, view.warnings))
            query = view.query.strip()
            if computed and view.stored:
                rows = f"{STORED}.{view.name}"
                yield f"drop table if exists {rows}"
                yield f"create table {rows} using parquet as\n{query}"
                query = f"select * from {rows}"
            declared = ",\n  ".join(columns)
            yield f"create or replace view {view.name} (\n  {declared}\n)\ncomment {comment} as\n{query}"


def script(manifest: Mapping[str, Any], place: str, *, computed: bool = False) -> str:
    """Give the statements as one file, for ``spark-sql -i``."""
    return "".join(f"{statement};\n\n" for statement in statements(manifest, place, computed=computed))


def register(spark: SparkSession, manifest: Mapping[str, Any], place: str, *, computed: bool = False) -> None:
    """Declare everything in a session and its catalogue.

    Args:
        spark: Spark 4.3 or later.
        manifest: Of the lake.
        place: Path or address of the lake.
        computed: Whether views are computed at once that DuckDB keeps computed.
    """
    for statement in statements(manifest, place, computed=computed):
        spark.sql(statement)


def type_of(name: str) -> str:
    """Give Spark's name of a type."""
    if name.endswith("[]"):
        return f"array<{type_of(name[:-2])}>"
    return name.lower() if name.startswith("DECIMAL") else _TYPES[name]


def _name(name: str) -> str:
    return f"`{name}`"


def _literal(text: str) -> str:
    escaped = re.sub(r"(['\\])", r"\\\1", text)
    return f"'{escaped}'"
