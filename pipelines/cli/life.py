"""Commands about what counts: ``remove`` and ``accept``, each with its undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipelines.cli.console import WarehouseOption, connect, err, fail, out, reports_named, settings_of
from pipelines.cli.ingest import watched
from pipelines.core.settings import Exit, Settings

if TYPE_CHECKING:
    import polars as pl


def remove(
    reports: Annotated[
        list[str] | None, typer.Argument(metavar="[REPORT ...]", help="报告键或文件名 / report keys or file names")
    ] = None,
    reason: Annotated[str, typer.Option(help="理由，随报告记录 / why, kept with the report")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="撤销移出 / let them count again")] = False,
    gone: Annotated[bool, typer.Option("--gone", help="原件已不在的全部报告 / all whose file is gone")] = False,
    samples: Annotated[bool, typer.Option("--samples", help="随程序附带的样本 / the shipped samples")] = False,
    warehouse: WarehouseOption = None,
) -> None:
    """移出报告，其所取代的恢复有效；再次读入仍不计入，直到 --undo / Take reports out, until --undo."""
    from pipelines.core import logs
    from pipelines.model.removed import ALL_SAMPLES, in_force
    from pipelines.orchestration import decisions, raw_folder, run
    from pipelines.storage.frame_store import FrameStore

    settings = settings_of(warehouse)
    logs.configure(settings)
    if not (reports or gone or samples) or (gone and undo):
        fail(Exit.USAGE, "请指明报告，或用 --gone、--samples", "name reports, or use --gone or --samples")
    with connect(settings) as connection:
        keys = [key for name in reports or [] for key in reports_named(connection, name, by_unit=False)]
    keys += [one.report_key for one in raw_folder.gone(settings)] if gone else []
    keys += [ALL_SAMPLES] if samples else []
    taken = set(in_force(decisions.removals(FrameStore(settings.frames)))["report_key"])
    due = [key for key in dict.fromkeys(keys) if (key in taken) == undo]
    if not due:
        out.print("没有要改动的 / nothing to change", highlight=False)
        return

    def decide(store: FrameStore) -> None:
        if undo:
            decisions.undo_removal(store, due)
        else:
            decisions.remove(store, due, reason or None)

    watched(lambda watcher: run.record("remove", decide, settings, watcher), settings, quiet=True)
    said = "恢复计入 / counts again" if undo else "已移出 / removed"
    for key in due:
        out.print(f"{said}: {escape(_name(settings, key))}", highlight=False, soft_wrap=True)


def _name(settings: Settings, report_key: str) -> str:
    """Name a report for people: its key and its file."""
    with connect(settings) as connection:
        row = connection.execute("select file_name from dim_report where report_key = ?", [report_key]).fetchone()
    return f"{report_key} {row[0]!r}" if row and row[0] else report_key


def accept(
    findings: Annotated[
        list[str], typer.Argument(metavar="FINDING ...", help="发现键（findings 列出），前几位即可 / finding keys")
    ],
    reason: Annotated[str, typer.Option(help="理由 / why it may stand")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="重新列为未决 / let them count as open again")] = False,
    warehouse: WarehouseOption = None,
) -> None:
    """把发现标为已阅：仍可见，不再计入未决 / Mark findings as seen; they stay visible and no longer count as open."""
    from pipelines.core import logs
    from pipelines.orchestration import decisions, run
    from pipelines.storage.frame_store import FrameStore

    settings = settings_of(warehouse)
    logs.configure(settings)
    if not reason.strip() and not undo:
        fail(Exit.USAGE, "请用 --reason 写明理由", "give a --reason")
    rows = _findings(settings, findings)

    def decide(store: FrameStore) -> None:
        if undo:
            decisions.withdraw_acceptance(store, rows["finding_key"].to_list())
        else:
            decisions.accept(store, rows, reason.strip())

    watched(lambda watcher: run.record("accept", decide, settings, watcher), settings, quiet=True)
    said = "重新未决 / open again" if undo else "已阅 / accepted"
    for key, message in rows.select("finding_key", "message").iter_rows():
        out.print(f"{said}: {key} {escape(message)}", highlight=False, soft_wrap=True)


_SHORTEST = 4
"""Digits of a finding's key that are enough, where they name one only."""


def _findings(settings: Settings, keys: list[str]) -> pl.DataFrame:
    """Find findings by their keys, or by how these begin."""
    import polars as pl

    found: list[tuple[str, ...]] = []
    with connect(settings) as connection:
        for key in keys:
            rows = connection.execute(
                "select finding_key, report_key, rule_id, message from quality.finding "
                "where starts_with(finding_key, ?) order by 1",
                [key],
            ).fetchall()
            if not rows or len(key) < _SHORTEST:
                fail(Exit.USAGE, f"没有此发现 {key}", "no such finding")
            if len(rows) > 1:
                err.print("\n".join(row[0] for row in rows), highlight=False)
                fail(Exit.USAGE, f"不止一条发现 {key}", "more than one finding")
            found += rows
    columns = ("finding_key", "report_key", "rule_id", "message")
    return pl.DataFrame(found, schema=columns, orient="row").unique("finding_key", maintain_order=True)
