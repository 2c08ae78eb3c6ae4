"""The command ``release``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipelines.cli.console import WarehouseOption, connect, fail, out, settings_of
from pipelines.core.settings import Exit


def release(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="各版所在文件夹 / folder of the releases", file_okay=False)
    ],
    warehouse: WarehouseOption = None,
) -> None:
    """发布一版：Parquet、数据库、字典、数据包、校验和与变更 / A release, and what changed since the one before."""
    import duckdb

    from pipelines.publish import release as releases

    settings = settings_of(warehouse)
    with connect(settings):
        pass
    try:
        made = releases.release(settings.database, folder)
    except releases.Busy:
        fail(Exit.LOCKED, f"另一进程正在发布到 {folder}", "another release is being made there")
    except (OSError, UnicodeError, duckdb.Error) as error:
        fail(
            Exit.USAGE,
            f"未能发布到 {folder}，各版未变",
            "no release was made, those there are as before",
            str(error),
        )
    if not made.is_new:
        said = f"与上一版相同，未发布新版 / nothing has changed since: {escape(str(made.folder))}"
    else:
        said = f"已发布 / released: {escape(str(made.folder))}"
    out.print(said, highlight=False, soft_wrap=True)
    if made.is_new and made.changes:
        figures = made.changes.figures or {}
        corrected, added, removed = (f"{figures.get(name, 0):,}" for name in ("corrected", "added", "removed"))
        out.print(
            f"{made.changes.rows:,} 行有变 / rows changed · 数字 / figures: 更正 corrected {corrected}, "
            f"新增 added {added}, 消失 removed {removed} · CHANGES.md",
            highlight=False,
            soft_wrap=True,
        )
