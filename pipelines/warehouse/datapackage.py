"""The export's ``datapackage.json`` (Frictionless Data Package), from ``tables.yml`` and the headers of ``sql/``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.storage import tables as metadata
from pipelines.warehouse import views

TYPES = {
    "VARCHAR": "string",
    "SMALLINT": "integer",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "DOUBLE": "number",
}

# Frictionless reads Parquet through pandas, which has no whole numbers beside nulls: it checks such files as files.
FORMATS = {
    ".csv": {"type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"},
    ".parquet": {"type": "file", "format": "parquet", "mediatype": "application/vnd.apache.parquet"},
}


def field_type(type_: str) -> str:
    """Return the Frictionless type of a DuckDB type; a decimal is a ``number`` with all its digits."""
    if type_.endswith("[]"):
        return "array"
    return "number" if type_.startswith("DECIMAL") else TYPES[type_]


def _table_field(table: metadata.Table, column: metadata.Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": field_type(column.type),
        "title": column.zh,
        "description": column.en,
    }
    # An empty text is a value of its own to us; in a CSV file it is nothing.
    may_be_empty = column.type == "VARCHAR" and column.name not in (*table.key, *table.references)
    if not column.nullable and not may_be_empty:
        field["constraints"] = {"required": True}
    return field | {name: text for name in ("unit", "source") if (text := getattr(column, name))}


def _table(table: metadata.Table, exported: Mapping[str, Path]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_table_field(table, column) for column in table.columns]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    keys = [
        {
            "fields": [column],
            "reference": {"resource": "" if target_table == table.name else target_table, "fields": [target_column]},
        }
        for column, target in table.references.items()
        for target_table, _, target_column in [target.rpartition(".")]
        if target_table in exported
    ]
    if keys:
        schema["foreignKeys"] = keys
    return _described(table.zh, table.en, table.grain, table.warnings) | {"schema": schema}


def _view(view: views.View, types: Mapping[str, str]) -> dict[str, Any]:
    fields = []
    for column, comment in view.columns.items():
        zh, en, *unit = comment.split(" | ")
        field = {"name": column, "type": field_type(types[column]), "title": zh, "description": en}
        fields.append(field | ({"unit": unit[0].removeprefix("unit: ")} if unit else {}))
    zh, en = view.comment.split(" | ")
    return _described(zh, en, view.grain, view.warnings) | {"schema": {"fields": fields}}


def _described(zh: str, en: str, grain: str, warnings: tuple[metadata.UsageWarning, ...]) -> dict[str, Any]:
    said: dict[str, Any] = {"title": zh, "description": f"{en}. One row: {grain}."}
    if warnings:
        said["warnings"] = [{"name": w.name, "title": w.zh, "description": w.en} for w in warnings]
    return said


def datapackage(
    files: Mapping[str, Path],
    types: Mapping[str, Mapping[str, str]],
    checksums: Mapping[Path, str],
    *,
    created: str,
    version: str,
    folder: Path | None = None,
) -> dict[str, Any]:
    """Describe exported files.

    Args:
        files: File of each table or view, by its name.
        types: DuckDB type of each column of the views among them.
        checksums: SHA-256 of each file.
        created: When the database was built, ISO 8601 in UTC.
        version: Schema version and extractor version.
        folder: Where ``datapackage.json`` will be; beside the files if not given.
    """
    resources = []
    for name, file in files.items():
        table = metadata.tables().get(name)
        described = _table(table, files) if table else _view(views.views()[name], types[name])
        resource = {
            "name": name,
            "path": file.relative_to(folder or file.parent).as_posix(),
            "scheme": "file",
        } | FORMATS[file.suffix]
        resources.append(resource | described | {"bytes": file.stat().st_size, "hash": f"sha256:{checksums[file]}"})
    return {
        "name": "mingzhang",
        "title": "明账：部门预算与决算",
        "description": "Budgets and final accounts of Chinese departments, read from the published reports and proved.",
        "version": version,
        "created": created,
        "licenses": [
            {"name": "Apache-2.0", "path": "https://www.apache.org/licenses/LICENSE-2.0", "title": "Apache License 2.0"}
        ],
        "sources": [
            {"title": "各部门公开的预算、决算报告，见 dim_report.source_url / reports published by the departments"}
        ],
        "resources": resources,
    }
