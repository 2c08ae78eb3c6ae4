"""Write ``docs/data-dictionary.md`` from ``tables.yml`` and the headers of ``sql/``.

Usage::

    python -m pipelines.warehouse.dictionary
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.storage import tables as metadata
from pipelines.warehouse import views

FILE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"

INTRODUCTION = """# 数据字典 · Data dictionary

由 `python -m pipelines.warehouse.dictionary` 生成，勿手改。
Generated; edit `pipelines/storage/tables.yml` and the headers of `sql/`.

金额为 `DECIMAL(18,2)` 元；`*_at` 为 UTC，日期为上海时间。
Money is `DECIMAL(18,2)` yuan; `*_at` is UTC, dates are Asia/Shanghai.
"""


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _warnings(warnings: tuple[metadata.UsageWarning, ...]) -> list[str]:
    return [line for w in warnings for line in (f"> ⚠ `{w.name}` {w.zh} {w.en}", "")]


def _table(table: metadata.Table) -> list[str]:
    key = f" Key: {', '.join(f'`{column}`' for column in table.key)}." if table.key else ""
    lines = [
        f"### {table.name}",
        f"{table.zh}。 {table.en}. One row: {table.grain}.{key}",
        "",
        *_warnings(table.warnings),
        _row("column", "type", "null", "中文", "English", "unit", "source"),
        "|---|---|---|---|---|---|---|",
    ]
    for column in table.columns:
        target = table.references.get(column.name)
        english = f"{column.en} (→ `{target}`)" if target else column.en
        null = "yes" if column.nullable else ""
        lines.append(_row(f"`{column.name}`", f"`{column.type}`", null, column.zh, english, column.unit, column.source))
    return [*lines, ""]


def _view(view: views.View, types: dict[str, str]) -> list[str]:
    chinese, english = view.comment.split(" | ")
    stored = f" Computed in the load: {view.stored}." if view.stored else ""
    lines = [
        f"### {view.name}",
        f"{chinese}。 {english}. One row: {view.grain}."
        f" Source: [`sql/{view.name}.sql`](../sql/{view.name}.sql).{stored}",
        "",
        *_warnings(view.warnings),
        _row("column", "type", "中文", "English", "unit"),
        "|---|---|---|---|---|",
    ]
    for column, comment in view.columns.items():
        zh, en, *unit = comment.split(" | ")
        lines.append(_row(f"`{column}`", f"`{types[column]}`", zh, en, "".join(unit).removeprefix("unit: ")))
    return [*lines, ""]


def dictionary() -> str:
    """Return the dictionary as Markdown; the types of view columns are asked of an empty database."""
    lines = [INTRODUCTION, "## 表 · Tables", ""]
    for table in metadata.tables().values():
        lines += _table(table)
    lines += ["## 视图 · Views", ""]
    with duckdb.connect() as connection:
        for statement in (*metadata.ddl(), *views.ddl()):
            connection.execute(statement)
        for name, view in sorted(views.views().items()):
            described = connection.execute(f"describe {metadata.quoted(name)}").fetchall()
            lines += _view(view, {column: type_ for column, type_, *_ in described})
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    FILE.write_text(dictionary(), encoding="utf-8")
