"""The command ``capture``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipelines.cli.console import WarehouseOption, connect, fail, out, settings_of
from pipelines.core.settings import Exit

_COLUMNS = (
    "文件 / file",
    "状态 / status",
    "单位 / body",
    "年度 / year",
    "数字 / numbers",
    "入库 / captured",
    "错误 / errors",
)


def capture(
    path: Annotated[Path | None, typer.Argument(metavar="[PATH]", help="文件或文件夹，默认 raw/")] = None,
    show: Annotated[int, typer.Option(min=0, help="每份列出几个未读入的数 / missing numbers listed per report")] = 0,
    warehouse: WarehouseOption = None,
) -> None:
    """报表页上的数字有多少入了库 / How many of the numbers on table pages are in the warehouse."""
    from pipelines.collect.discover import survey
    from pipelines.publish import output
    from pipelines.publish.capture import capture as measured

    settings = settings_of(warehouse)
    given = path or settings.raw
    if not given.exists():
        fail(Exit.USAGE, f"没有此路径 {given}", "no such path")
    with connect(settings) as connection:
        files = survey([given], unpacked=settings.unpacked).files
        found = list(measured(connection, files))
    rows = [
        (f.file_name, f.status or "unknown", f.unit_name, f.year, f.numbers, _share(f.captured, f.numbers), f.errors)
        for f in found
    ]
    numbers, captured = sum(f.numbers for f in found), sum(f.captured for f in found)
    rows.append(("合计 / all", "", "", None, numbers, _share(captured, numbers), sum(f.errors for f in found)))
    out.print(output.fitting_table(_COLUMNS, rows, out.width))
    if passed_over := files.height - len(found):
        out.print(
            f"{passed_over} 个文件没有页面或表格，或内容重复 / without pages or tables, or copies: not measured",
            highlight=False,
        )
    for one in found:
        for page, number in one.missing[:show]:
            where = f"第 {page} 页 / page {page}" if one.paged else f"第 {page} 张表 / table {page}"
            out.print(f"{escape(output.visible(one.file_name))} · {where} · {number:f}", highlight=False)


def _share(part: int, whole: int) -> str:
    """A percentage; of nothing there is none."""
    return f"{100 * part / whole:.2f}%" if whole else "—"
