"""The commands ``status`` and ``health``: what is in a warehouse, and whether it is looked after."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from pipelines.cli.console import JsonOption, WarehouseOption, connect, out, print_json, settings_of
from pipelines.cli.told import SAMPLES_SHOWN, show_gone
from pipelines.core.settings import Exit, Settings

if TYPE_CHECKING:
    import duckdb

    from pipelines.orchestration.health import Health

_QUERIES = {
    "reports": "select status, count(*) as reports, count(*) filter (where is_sample) as samples "
    "from dim_report group by 1 order by 1",
    "last_run": "from quality.run select started_at, seconds, files, reports_read, loaded, empty, quarantined, "
    "superseded, cells, facts, findings, extractor_version, exit_code, command, status "
    "where status = 'done' order by started_at desc limit 1",
    "findings": "select severity, class, count(*) filter (where accepted_at is null) as open, "
    "count(accepted_at) as accepted, count(distinct report_key) as reports from quality.finding "
    "group by 1, 2 order by severity, 3 desc, 2",
    "cells": "select sum(cell_count) as cells, sum(covered_count) as under_an_identity, "
    "sum(corrected_count) as corrected, sum(undecided_count) as undecided, "
    "(select count(*) from quality.correction where state = 'stale') as stale_corrections from quality_by_report",
    "quarantined": "select report_key, file_name, reason_code, reason from dim_report where status = 'quarantined' "
    "order by 2",
    "removed": "select report_key, file_name, reason from dim_report where reason_code = 'removed' order by 2",
}
_TITLES = {
    "reports": "报告 / reports",
    "last_run": "最近运行（UTC） / last run",
    "findings": "发现 / findings",
    "cells": "数字 / cells",
    "quarantined": "隔离 / quarantined",
    "removed": "已移出 / removed",
}
_MB = 1_000_000


def status(json: JsonOption = False, warehouse: WarehouseOption = None) -> None:
    """仓库现状；失败后退出码 5，直到下次成功 / What is there; exit code 5 from a failure to the next success."""
    from pipelines.orchestration import health, retention

    settings = settings_of(warehouse)
    found = health.look(settings)
    if not settings.database.exists() and found.problems:
        print_json(asdict(found)) if json else _show_problems(found)
        raise typer.Exit(Exit.UNHEALTHY)
    with connect(settings) as connection:
        answers = {name: _rows(connection, sql) for name, sql in _QUERIES.items()}
    gone = _gone(settings)
    disk = retention.disk_use(settings)
    if json:
        last = next(iter(answers["last_run"]), None)
        print_json(asdict(found) | answers | {"last_run": last, "gone": gone, "disk": disk})
    else:
        _show_problems(found)
        _show(answers, gone, disk)
    if not found.healthy:
        raise typer.Exit(Exit.UNHEALTHY)


def health(json: JsonOption = False, warehouse: WarehouseOption = None) -> None:
    """退出码 0 正常，5 有问题，供容器与 systemd / Exit code 0, or 5 with reasons, for containers and systemd."""
    from pipelines.orchestration.health import look

    found = look(settings_of(warehouse))
    if json:
        print_json(asdict(found))
    elif found.healthy:
        out.print("正常 / healthy", highlight=False)
    else:
        _show_problems(found)
    if not found.healthy:
        raise typer.Exit(Exit.UNHEALTHY)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    answer = connection.execute(sql)
    columns = [column[0] for column in answer.description or []]
    return [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]


def _gone(settings: Settings) -> list[dict[str, str]]:
    from pipelines.orchestration.raw_folder import gone

    return [{"report_key": one.report_key, "file_name": one.file_name, "path": str(one.path)} for one in gone(settings)]


def _show_problems(found: Health) -> None:
    for problem in found.problems:
        out.print(f"[red]有问题 / unhealthy[/red]: {escape(problem)}", highlight=False, soft_wrap=True)
    if found.running:
        out.print("正在运行 / a run is under way", highlight=False)


def _show(answers: dict[str, list[dict[str, Any]]], gone: list[dict[str, str]], disk: dict[str, int]) -> None:
    from pipelines.publish import output

    shown = {row["status"]: row["samples"] for row in answers["reports"] if row["status"] != "removed"}
    if any(shown.values()):
        out.print(SAMPLES_SHOWN, highlight=False, soft_wrap=True)
    for name, title in _TITLES.items():
        rows = answers[name]
        if name == "last_run":
            pairs = [pair for row in rows for pair in row.items()]
            out.print(output.table(title, ["", ""], pairs))
        elif rows or name != "removed":
            columns = list(rows[0]) if rows else []
            out.print(output.table(title, columns, [list(row.values()) for row in rows]))
    sizes = [(part, f"{size / _MB:,.1f} MB") for part, size in disk.items()]
    out.print(output.table("磁盘 / disk", ["", ""], sizes))
    show_gone([(one["report_key"], one["file_name"]) for one in gone])
