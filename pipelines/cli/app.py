"""The command ``mingzhang``. Heavy libraries are imported where they are used, so that help is quick."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from pipelines.core.settings import Exit, Settings

if TYPE_CHECKING:
    import duckdb

    from pipelines.orchestration.run import Outcome, Watcher

_READING = "读取报告 / reading reports"
_MOST_ROWS = 1_000
"""Rows of a table for the eye; CSV and JSON give all."""

app = typer.Typer(
    name="mingzhang",
    help="明账：部门预决算公开报告的数据仓库 / Mingzhang: departments' budgets and final accounts as a warehouse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(emoji=False)  # what stands between two colons in a report is no picture
err = Console(stderr=True, emoji=False)

WarehouseOption = Annotated[
    Path | None,
    typer.Option(
        "--warehouse",
        metavar="DIR",
        envvar="MINGZHANG_WAREHOUSE",
        help="仓库文件夹，默认 warehouse / warehouse folder",
        file_okay=False,
    ),
]


class QueryFormat(StrEnum):
    """How ``query`` and ``findings`` print their rows."""

    table = "table"
    csv = "csv"
    json = "json"


class Severity(StrEnum):
    """How bad a finding is."""

    error = "error"
    warning = "warning"
    info = "info"


class Part(StrEnum):
    """Parts of Dagster that ``serve`` runs."""

    web = "web"
    daemon = "daemon"


class ExportFormat(StrEnum):
    """File formats of ``export``."""

    parquet = "parquet"
    csv = "csv"
    xlsx = "xlsx"


def main() -> None:
    """Run the command line."""
    app()


@app.command()
def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH ...]", help="文件或文件夹，默认 raw/")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="读取进程数，默认为处理器核数 / worker processes")] = None,
    warehouse: WarehouseOption = None,
    verbose: Annotated[
        int,
        typer.Option("--verbose", "-v", count=True, help="记录经过，-vv 逐份报告 / log what happens, -vv each report"),
    ] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只报告错误 / errors only")] = False,
) -> None:
    """读入报告，更新仓库 / Load reports into the warehouse (the main job)."""
    from pipelines.core import logs
    from pipelines.orchestration import run

    settings = _settings(warehouse, workers)
    logs.configure(settings, -1 if quiet else verbose)
    given = paths or [settings.raw]
    _check_paths(given)
    _watched(lambda watcher: run.ingest(given, settings, watcher), settings, quiet=quiet, silent=quiet or verbose > 0)


def _watched(
    work: Callable[[Watcher], Outcome], settings: Settings, *, quiet: bool = False, silent: bool = False
) -> None:
    """Run the job with a progress bar, show what came of it, and end with its exit code.

    Args:
        work: The job.
        settings: Of the warehouse.
        quiet: Whether to show nothing but errors.
        silent: Whether to show no bar: lines of a log and a bar spoil each other.
    """
    from pipelines.collect.lock import WarehouseLocked

    try:
        outcome = _with_progress(work, silent=silent)
    except WarehouseLocked as error:
        _fail(Exit.LOCKED, "另一个 ingest 正在写入仓库", "another ingest holds the warehouse", str(error))
    except Exception as error:
        log = _write_log(settings)
        _fail(
            Exit.FAILED,
            f"入库失败，仓库保持原样，详情见 {log}",
            "the run failed, the warehouse is as before",
            repr(error),
        )
    if not quiet:
        _show(outcome, settings)
    if outcome.given_quarantined:
        raise typer.Exit(Exit.QUARANTINED)


def _check_paths(paths: list[Path]) -> None:
    from pipelines.formats import registry

    for path in paths:
        try:
            if path.is_dir():
                os.scandir(path).close()
                continue
            path.stat()
            if path.is_file():
                path.open("rb").close()
        except OSError as error:
            _fail(Exit.USAGE, f"无法读取路径 {path}", "cannot read this path", error.strerror or repr(error))
        if registry.of_path(path) is None:
            known = ", ".join(registry.suffixes())
            _fail(Exit.USAGE, f"尚不支持此格式 {path}（支持 {known}）", f"format not supported yet, known are {known}")


def _with_progress(work: Callable[[Watcher], Outcome], *, silent: bool) -> Outcome:
    """Work with a progress bar, unless ``silent``."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from pipelines.orchestration.run import Watcher

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=silent) as progress:
        bar = progress.add_task("准备 / preparing", total=None)

        def on_step(name: str) -> None:
            progress.update(bar, description=escape(name))

        watcher = Watcher(
            on_plan=lambda total: progress.update(bar, description=_READING, total=total, completed=0),
            on_read=lambda _: progress.advance(bar),
            on_step=on_step,
        )
        return work(watcher)


def _show(outcome: Outcome, settings: Settings) -> None:
    from rich.table import Table

    from pipelines.publish.output import visible

    table = Table(title="入库结果 / ingest", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    rows: list[tuple[str, Any]] = [
        ("报告 / reports", outcome.reports),
        ("其中本次读取 / read now", outcome.read),
        ("报表 / forms", outcome.forms),
        ("单元格 / cells", outcome.cells),
        ("事实 / facts", outcome.facts),
        ("隔离 / quarantined", outcome.quarantined),
    ]
    for label, value in rows:
        table.add_row(label, f"{value:,}")
    table.add_row("用时 / seconds", f"{outcome.seconds:.1f}")
    out.print(table)
    if outcome.unchanged:
        out.print("没有新内容，仓库未变 / nothing new, the warehouse is unchanged")
    for skipped in (s for s in outcome.skipped if s.file_name not in outcome.reasons):
        out.print(
            f"跳过 / skipped: {escape(repr(skipped.file_name))}: {escape(visible(skipped.reason))}", highlight=False
        )
    for name, reason in outcome.reasons.items():
        shown = f"隔离 / quarantined: {escape(repr(name))}: {escape(visible(reason))}"
        out.print(shown, highlight=False, soft_wrap=True)
    if outcome.given_quarantined:
        out.print(f"原因见 / reasons: {escape(str(settings.quarantine))}", highlight=False, soft_wrap=True)
    if outcome.site_fault:
        out.print(
            f"网页未能更新，数据已入库 / the data are loaded, the site was not updated: {escape(outcome.site_fault)}",
            highlight=False,
            soft_wrap=True,
        )
    out.print(
        f'接下来 / next: mingzhang status · mingzhang query "from expenditure" · {escape(str(settings.database))} · '
        f"{escape(str(settings.site / 'index.html'))} · {escape(str(settings.data_docs / 'index.html'))}",
        highlight=False,
        soft_wrap=True,
    )


@app.command()
def status(warehouse: WarehouseOption = None) -> None:
    """仓库现状：报告、最近运行、未决发现 / Reports loaded, the last run, open findings."""
    from pipelines.publish import output

    settings = _settings(warehouse)
    with _connect(settings) as connection:
        _print_rows(
            "报告 / reports", connection, "select status, count(*) reports from dim_report group by 1 order by 1"
        )
        last = connection.execute(
            "from quality.run select started_at, seconds, files, reports_read, loaded, empty, quarantined, superseded, "
            "cells, facts, findings, extractor_version, exit_code order by started_at desc limit 1"
        )
        names = [column[0] for column in last.description or []]
        rows = [pair for row in last.fetchall() for pair in zip(names, row, strict=True)]
        out.print(output.table("最近运行（UTC） / last run", ["", ""], rows))
        _print_rows(
            "发现 / findings",
            connection,
            "select severity, class, count(*) findings, count(distinct report_key) reports from quality.finding "
            "group by 1, 2 order by severity, 3 desc, 2",
        )
        _print_rows(
            "数字 / cells",
            connection,
            "select sum(cell_count) cells, sum(covered_count) under_an_identity, sum(corrected_count) corrected, "
            "sum(undecided_count) undecided, "
            "(select count(*) from quality.correction where state = 'stale') stale_corrections from quality_by_report",
        )
        _print_rows(
            "隔离 / quarantined",
            connection,
            "select report_key, file_name, reason_code, reason from dim_report where status = 'quarantined' order by 2",
        )


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="只读 SQL / read-only SQL")],
    format: Annotated[QueryFormat, typer.Option(help="输出格式 / output format")] = QueryFormat.table,
    warehouse: WarehouseOption = None,
) -> None:
    """查询仓库 / Ask the warehouse, read-only."""
    import duckdb

    with _connect(_settings(warehouse)) as connection:
        try:
            statements = connection.extract_statements(sql)
            if len(statements) != 1:
                _fail(Exit.USAGE, "请写一条查询", "write one statement")
            _print_answer(connection.execute(statements[0]), format)
        except duckdb.Error as error:
            _fail(Exit.USAGE, "查询有误", "the query failed", str(error))


@app.command()
def findings(
    report: Annotated[
        str, typer.Option("--report", metavar="REPORT", help="报告键、文件名或单位名 / report key, file or unit name")
    ] = "",
    severity: Annotated[list[Severity] | None, typer.Option(help="程度，可多次给出 / severity, repeatable")] = None,
    class_: Annotated[
        list[str] | None, typer.Option("--class", metavar="CLASS", help="类别，可多次给出 / class, repeatable")
    ] = None,
    format: Annotated[QueryFormat, typer.Option(help="输出格式 / output format")] = QueryFormat.table,
    warehouse: WarehouseOption = None,
) -> None:
    """发现：哪里不符、印的是什么、应为什么 / Findings: what does not hold, what is printed, what it should be."""
    with _connect(_settings(warehouse)) as connection:
        reports = _reports_named(connection, report) if report else []
        if format is QueryFormat.table:
            columns = "severity, class, file_name, form, page, rule_id, message"
        else:
            columns = (
                "severity, class, rule_id, report_key, file_name, form, page, printed, expected, difference, message, "
                "cell_keys"
            )
        _print_answer(
            connection.execute(
                f"""
                select {columns}
                from quality.finding join dim_report using (report_key)
                where (len($reports) = 0 or report_key in $reports)
                    and (len($severities) = 0 or severity in $severities)
                    and (len($classes) = 0 or class in $classes)
                order by
                    list_position(['error', 'warning', 'info'], severity), file_name, report_key, page, rule_id, message
                """,
                {"reports": reports, "severities": [str(s) for s in severity or []], "classes": class_ or []},
            ),
            format,
        )


def _reports_named(connection: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """Find reports by key, by file name (its last part will do), else by a part of the unit's name."""
    for condition in (
        "report_key = $name",
        "len(list_filter(file_names, lambda f: f = $name or ends_with(f, '/' || $name))) > 0",
        "contains(unit_name, $name)",
    ):
        found = connection.execute(
            f"select report_key from dim_report left join dim_unit using (unit_key) where {condition} order by 1",
            {"name": name},
        ).fetchall()
        if found:
            return [key for (key,) in found]
    _fail(Exit.USAGE, f"没有此报告 {name}", "no such report")


@app.command()
def retry(
    reports: Annotated[
        list[str] | None, typer.Argument(metavar="[REPORT ...]", help="隔离的报告，键或文件名，默认全部 / default all")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="读取进程数，默认为处理器核数 / worker processes")] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """重读隔离的报告（退出码同 ingest） / Read reports in quarantine again; exit codes as for ingest."""
    from pipelines.core import logs
    from pipelines.orchestration import run

    settings = _settings(warehouse, workers)
    logs.configure(settings)
    with _connect(settings) as connection:
        rows = connection.execute(
            "select report_key from dim_report where status = 'quarantined' order by 1"
        ).fetchall()
        stopped = [key for (key,) in rows]
        named = [key for name in reports or [] for key in _reports_named(connection, name)]
    if loaded := [key for key in named if key not in stopped]:
        _fail(Exit.USAGE, f"不在隔离中 {', '.join(loaded)}", "not in quarantine")
    keys = list(dict.fromkeys(named)) or stopped
    if not keys:
        out.print("没有隔离的报告 / nothing is in quarantine")
        return
    _watched(lambda watcher: run.retry(keys, settings, watcher), settings)


@app.command()
def trace(
    cell_key: Annotated[str, typer.Argument(help="单元格键或叙述键 / cell key, or disclosure key")],
    out_png: Annotated[Path | None, typer.Option("--out", metavar="PNG", help="标出单元格的页面图 / picture")] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """一个数字在原件中的位置 / Where a number stands in its source."""
    from pipelines.publish import tracing

    settings = _settings(warehouse)
    with _connect(settings) as connection:
        place = tracing.find(connection, cell_key)
    if place is None:
        _fail(Exit.USAGE, f"没有此单元格 {cell_key}", "no such cell")
    file = tracing.source(settings, place)
    for label, value in tracing.describe(place, file).items():
        out.print(f"[bold]{label}[/bold]: {escape(value)}", highlight=False, soft_wrap=True)
    if out_png is None:
        return
    try:
        fault = tracing.picture(place, file, out_png)
    except tracing.NoPicture as error:
        _fail(Exit.USAGE, str(error), error.english)
    except OSError as error:
        _fail(Exit.USAGE, f"无法写入 {out_png}", "cannot write the picture", error.strerror or repr(error))
    out.print(f"[bold]图 / picture[/bold]: {escape(str(out_png))}", highlight=False, soft_wrap=True)
    if fault:
        out.print(fault, highlight=False, soft_wrap=True)


@app.command()
def export(
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="目标文件夹 / target folder", file_okay=False)],
    format: Annotated[ExportFormat, typer.Option(help="文件格式 / file format")] = ExportFormat.parquet,
    warehouse: WarehouseOption = None,
) -> None:
    """导出事实、维度与数据字典 / Facts, dimensions and the data dictionary as files."""
    import duckdb

    from pipelines.publish import export as files

    with _connect(_settings(warehouse), external=True) as connection:
        try:
            written = files.export(connection, folder, format.value)
        except (OSError, duckdb.IOException) as error:
            _fail(Exit.USAGE, f"无法写入 {folder}", "cannot write the files", str(error))
    out.print(f"{len(written)} 个文件 / files: {escape(str(folder))}", highlight=False, soft_wrap=True)


@app.command()
def dev(
    port: Annotated[int, typer.Option(help="端口 / port")] = 3000,
    warehouse: WarehouseOption = None,
) -> NoReturn:
    """启动 Dagster 界面与计划任务（仅本机） / The Dagster UI on 127.0.0.1 with schedules on."""
    _dagster(_settings(warehouse), "dagster", "dev", "-h", "127.0.0.1", "-p", str(port))


@app.command()
def explore(
    port: Annotated[int, typer.Option(help="端口 / port")] = 8501,
    warehouse: WarehouseOption = None,
) -> NoReturn:
    """在浏览器中查询仓库（仅本机，只读） / SQL in the browser on 127.0.0.1, read-only."""
    from pipelines.explore import command

    settings = _settings(warehouse)
    arguments = command(port)
    os.execve(arguments[0], arguments, os.environ | {"MINGZHANG_WAREHOUSE": str(settings.warehouse)})


@app.command()
def serve(
    part: Annotated[Part, typer.Argument(help="web 界面，daemon 计划任务 / web server or daemon")],
    host: Annotated[str, typer.Option(help="界面的地址 / address of the web server")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口 / port")] = 3000,
    warehouse: WarehouseOption = None,
) -> NoReturn:
    """长期运行 Dagster 的一部分（容器、systemd） / One part of Dagster as a service, for containers and systemd."""
    settings = _settings(warehouse)
    if part is Part.daemon:
        _dagster(settings, "dagster-daemon", "run")
    _dagster(settings, "dagster-webserver", "-h", host, "-p", str(port))


def _dagster(settings: Settings, program: str, *arguments: str) -> NoReturn:
    """Become a Dagster program whose state lies in the warehouse folder."""
    from pipelines.orchestration.run import dagster_home

    settings.raw.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "DAGSTER_HOME": str(dagster_home(settings)),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "MINGZHANG_WAREHOUSE": str(settings.warehouse),
        "MINGZHANG_RAW": str(settings.raw),
    }
    for tick in ("SCHEDULE", "SENSOR"):  # both read all of raw before they ask for a run; 60 s are few for a slow disk
        environment.setdefault(f"DAGSTER_{tick}_GRPC_TIMEOUT_SECONDS", "1800")
    executable = Path(sys.executable).with_name(program)
    os.execve(executable, [str(executable), *arguments, "-m", "pipelines.definitions"], environment)


def _settings(warehouse: Path | None, workers: int | None = None) -> Settings:
    try:
        return Settings.from_environment(warehouse, workers)
    except ValueError as error:
        _fail(Exit.USAGE, "环境变量 MINGZHANG_* 有误", "a MINGZHANG_* variable is wrong", str(error))


@contextmanager
def _connect(settings: Settings, external: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    from pipelines.publish.database import read_only

    if not settings.database.exists():
        _fail(
            Exit.USAGE,
            f"还没有仓库 {settings.database}，请先运行 mingzhang ingest",
            "no warehouse yet, run ingest first",
        )
    with read_only(settings.database, external=external) as connection:
        yield connection


def _print_answer(answer: duckdb.DuckDBPyConnection, format: QueryFormat) -> None:
    from pipelines.publish import output

    columns = [column[0] for column in answer.description or []]
    if format is QueryFormat.csv:
        output.write_csv(sys.stdout, columns, _batches(answer))
    elif format is QueryFormat.json:
        output.write_json(sys.stdout, columns, _batches(answer))
    else:
        rows = answer.fetchmany(_MOST_ROWS + 1)
        out.print(output.fitting_table(columns, rows[:_MOST_ROWS], out.width))
        if len(rows) > _MOST_ROWS:
            err.print(
                f"只列前 {_MOST_ROWS:,} 行 / the first {_MOST_ROWS:,} rows; --format csv 列出全部 / gives all",
                highlight=False,
                soft_wrap=True,
            )


def _batches(answer: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := answer.fetchmany(10_000):
        yield from rows


def _print_rows(title: str, connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    from pipelines.publish import output

    answer = connection.execute(sql)
    out.print(output.table(title, [column[0] for column in answer.description or []], answer.fetchall()))


def _write_log(settings: Settings) -> Path:
    """Keep the traceback of a failed run out of the user's way."""
    log = settings.warehouse / "ingest-error.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(traceback.format_exc(), encoding="utf-8")
    except OSError:
        err.print_exception()
    return log


def _fail(code: Exit, chinese: str, english: str, detail: str = "") -> NoReturn:
    message = f"{chinese} / {english}{': ' + detail if detail else ''}"
    err.print(f"[red]错误 / error[/red]: {escape(message)}", highlight=False, soft_wrap=True)
    raise typer.Exit(code)
