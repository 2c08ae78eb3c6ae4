"""Commands that write to the warehouse: ``ingest`` and ``retry``."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from pipelines.cli.console import WarehouseOption, connect, err, fail, out, reports_named, settings_of
from pipelines.core.settings import Exit, Settings

if TYPE_CHECKING:
    from pipelines.orchestration.outcome import Outcome
    from pipelines.orchestration.watcher import Watcher

_READING = "读取报告 / reading reports"


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

    settings = settings_of(warehouse, workers)
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
    from pipelines.orchestration.writer_lock import WarehouseLocked

    try:
        outcome = _with_progress(work, silent=silent)
    except WarehouseLocked as error:
        fail(Exit.LOCKED, "另一个 ingest 正在写入仓库", "another ingest holds the warehouse", str(error))
    except Exception as error:
        log = _write_log(settings)
        fail(
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
            fail(Exit.USAGE, f"无法读取路径 {path}", "cannot read this path", error.strerror or repr(error))
        if path.is_file() and registry.of_file(path) is None and not registry.is_archive(path):
            known = ", ".join(registry.suffixes())
            what = f"：{found}" if (found := registry.foreign(path)) else ""
            fail(
                Exit.USAGE,
                f"尚不支持此格式 {path}{what}（支持 {known}）",
                f"format not supported yet, known are {known}",
            )


def _with_progress(work: Callable[[Watcher], Outcome], *, silent: bool) -> Outcome:
    """Work with a progress bar, unless ``silent``."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from pipelines.orchestration.watcher import Watcher

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

        def on_reread(reports: int, versions: Iterable[str]) -> None:
            if silent:
                return
            by = ", ".join(versions)
            err.print(
                f"读取程序（代码、数据或库）已变，{reports} 份已读报告须重读一次（原版本 {by}） / "
                f"the extractor (its code, data or libraries) changed: {reports} reports are read once more "
                f"(before: {by})",
                highlight=False,
                soft_wrap=True,
                markup=False,
            )

        watcher = Watcher(
            on_plan=lambda total: progress.update(bar, description=_READING, total=total, completed=0),
            on_reread=on_reread,
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
    if outcome.reread:
        rows.insert(2, ("其中重读 / read before by another version", outcome.reread))
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

    settings = settings_of(warehouse, workers)
    logs.configure(settings)
    with connect(settings) as connection:
        rows = connection.execute(
            "select report_key from dim_report where status = 'quarantined' order by 1"
        ).fetchall()
        stopped = [key for (key,) in rows]
        named = [key for name in reports or [] for key in reports_named(connection, name)]
    if loaded := [key for key in named if key not in stopped]:
        fail(Exit.USAGE, f"不在隔离中 {', '.join(loaded)}", "not in quarantine")
    keys = list(dict.fromkeys(named)) or stopped
    if not keys:
        out.print("没有隔离的报告 / nothing is in quarantine")
        return
    _watched(lambda watcher: run.retry(keys, settings, watcher), settings)


def _write_log(settings: Settings) -> Path:
    """Keep the traceback of a failed run out of the user's way."""
    log = settings.warehouse / "ingest-error.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(traceback.format_exc(), encoding="utf-8")
    except OSError:
        err.print_exception()
    return log
