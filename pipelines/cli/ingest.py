"""Commands that write to the warehouse: ``ingest`` and ``retry``."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import traceback
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.markup import escape

from pipelines.cli import progress
from pipelines.cli.console import (
    JsonOption,
    WarehouseOption,
    bare_settings,
    connect,
    err,
    fail,
    out,
    print_json,
    reports_named,
    settings_of,
)
from pipelines.cli.told import SAMPLES_SHOWN, show_gone
from pipelines.core.settings import Exit, Settings

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

    from pipelines.orchestration.outcome import Outcome
    from pipelines.orchestration.watcher import Watcher


def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH ...]", help="文件或文件夹，默认 raw/")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="读取进程数，默认为处理器核数 / worker processes")] = None,
    warehouse: WarehouseOption = None,
    verbose: Annotated[
        int,
        typer.Option("--verbose", "-v", count=True, help="逐份报告一行，-vv 另记细节 / a line per report, -vv details"),
    ] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只报告错误 / errors only")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只说会读哪些、为何，不改动 / say what would be read and why")
    ] = False,
    json: JsonOption = False,
) -> None:
    """读入报告，更新仓库 / Load reports into the warehouse (the main job)."""
    from pipelines.core import logs
    from pipelines.orchestration import raw_folder, run
    from pipelines.orchestration.alerts import Channels

    try:
        settings = Settings.from_environment(warehouse, workers)
        Channels.from_environment()
    except ValueError as error:
        detail = str(error)
        _refused(
            bare_settings(warehouse), f"环境变量 MINGZHANG_* 有误 / a MINGZHANG_* variable is wrong: {detail}", paths
        )
        fail(Exit.USAGE, "环境变量 MINGZHANG_* 有误", "a MINGZHANG_* variable is wrong", detail)
    logs.configure(settings, -1 if quiet else verbose)
    given = paths or [settings.raw]
    _check_paths(given, lambda why: _refused(settings, why, paths))
    if dry_run:
        _show_plan(given, settings, json=json)
        return
    try:
        watched(
            lambda watcher: run.ingest(given, settings, watcher), settings, quiet=quiet, each=verbose > 0, json=json
        )
    except raw_folder.RawFolderError as error:
        _refused(settings, str(error), paths)
        chinese, _, english = str(error).partition(" / ")
        fail(Exit.USAGE, chinese, english)


def _refused(settings: Settings, reason: str, paths: list[Path] | None) -> None:
    """Note a night that failed before it began; a path that somebody typed wrongly is no night."""
    from pipelines.orchestration import journal
    from pipelines.orchestration.writer_lock import WarehouseLocked, writer_lock

    if paths or not settings.warehouse.is_dir():
        return
    with suppress(WarehouseLocked, OSError), writer_lock(settings.lock, 0):
        journal.failed(settings, str(uuid.uuid4()), "ingest", reason, over_raw=True, exit_code=Exit.USAGE)


def watched(
    work: Callable[[Watcher], Outcome],
    settings: Settings,
    *,
    quiet: bool = False,
    each: bool = False,
    json: bool = False,
) -> None:
    """Run the job, show how it goes on and what came of it, and end with its exit code.

    Args:
        work: The job.
        settings: Of the warehouse.
        quiet: Whether to show nothing but errors.
        each: Whether to write a line per report.
        json: Whether to say what came of it for machines.
    """
    from pipelines.orchestration.raw_folder import RawFolderError
    from pipelines.orchestration.run import is_interrupt
    from pipelines.orchestration.writer_lock import WarehouseLocked

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service that is stopped ends as after Ctrl-C
    sys.unraisablehook = _raise_interrupts
    try:
        with progress.shown(quiet=quiet, each=each) as watcher:
            outcome = work(watcher)
    except WarehouseLocked as error:
        fail(Exit.LOCKED, "另一个 ingest 正在写入仓库", "another ingest holds the warehouse", str(error))
    except RawFolderError:
        raise
    except BaseException as error:
        if is_interrupt(error):
            _interrupted()
        if not isinstance(error, Exception):
            raise
        log = _write_log(settings)
        fail(
            Exit.FAILED,
            f"入库失败，仓库保持原样，详情见 {log}",
            "the run failed, the warehouse is as before",
            repr(error),
        )
    code = Exit.QUARANTINED if outcome.given_quarantined else Exit.DONE
    if json:
        print_json({"exit_code": int(code), **asdict(outcome)})
    elif not quiet:
        _show(outcome, settings)
    if code:
        raise typer.Exit(code)


def _raise_interrupts(unraisable: UnraisableHookArgs) -> None:
    """Send an interrupt again that arrived where Python cannot raise it, such as in the middle of clearing memory."""
    if isinstance(unraisable.exc_value, KeyboardInterrupt):
        _thread.interrupt_main()
    else:
        sys.__unraisablehook__(unraisable)


def _interrupted() -> NoReturn:
    """End after Ctrl-C or SIGTERM."""
    err.print(
        "已中断，仓库保持原样；已读的报告大多保留，再次运行从中断处继续 / "
        "interrupted, the warehouse is as before; what was read is mostly kept, run again to go on from here",
        highlight=False,
        soft_wrap=True,
    )
    raise typer.Exit(Exit.INTERRUPTED)


def _check_paths(paths: list[Path], refused: Callable[[str], None]) -> None:
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
            refused(f"无法读取路径 {path} / cannot read this path: {error.strerror or error!r}")
            fail(Exit.USAGE, f"无法读取路径 {path}", "cannot read this path", error.strerror or repr(error))
        if path.is_file() and registry.of_file(path) is None and not registry.is_archive(path):
            known = ", ".join(registry.suffixes())
            refused(f"不是文件夹 {path} / not a folder")
            what = f"：{found}" if (found := registry.foreign(path)) else ""
            fail(
                Exit.USAGE,
                f"尚不支持此格式 {path}{what}（支持 {known}）",
                f"format not supported yet, known are {known}",
            )


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
    for name, reason in outcome.removed.items():
        shown = f"已移出，未计入 / removed, does not count: {escape(repr(name))}: {escape(visible(reason))}"
        out.print(shown, highlight=False, soft_wrap=True)
    if outcome.samples:
        out.print(SAMPLES_SHOWN, highlight=False, soft_wrap=True)
    show_gone(outcome.gone)
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


def _show_plan(given: list[Path], settings: Settings, *, json: bool) -> None:
    """Say what an ingest would read, and why."""
    from pipelines.orchestration.dry_run import plan
    from pipelines.publish import output

    planned = plan(given, settings)
    if json:
        print_json({"reports": [asdict(one) for one in planned.reports], "unchanged": planned.unchanged})
        return
    columns = ("文件 / file", "为何 / why", "MB")
    rows = [(one.file_name, one.why, round(one.bytes / 1_000_000, 2)) for one in planned.reports]
    out.print(output.fitting_table(columns, rows, out.width))
    out.print(
        f"将读取 {len(planned.reports)} 份，其余 {planned.unchanged} 份不必读；什么也没有改动 / {len(planned.reports)} "
        f"reports would be read, {planned.unchanged} need not be; nothing was changed",
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
    watched(lambda watcher: run.retry(keys, settings, watcher), settings)


def _write_log(settings: Settings) -> Path:
    """Keep the traceback of a failed run out of the user's way."""
    log = settings.warehouse / "ingest-error.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(traceback.format_exc(), encoding="utf-8")
    except OSError:
        err.print_exception()
    return log
