"""The command ``export``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipelines.cli.console import WarehouseOption, connect, fail, out, settings_of
from pipelines.core.settings import Exit


class ExportFormat(StrEnum):
    """File formats of ``export``."""

    parquet = "parquet"
    csv = "csv"
    xlsx = "xlsx"


def export(
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="目标文件夹 / target folder", file_okay=False)],
    format: Annotated[ExportFormat, typer.Option(help="文件格式 / file format")] = ExportFormat.parquet,
    bom: Annotated[bool, typer.Option("--bom", help="CSV 带字节序标记，供 Excel 打开 / CSV for Excel")] = False,
    warehouse: WarehouseOption = None,
) -> None:
    """导出事实、维度与数据字典 / Facts, dimensions and the data dictionary as files."""
    import duckdb

    from pipelines.publish import export as files

    with connect(settings_of(warehouse), external=True) as connection:
        try:
            written = files.export(connection, folder, format.value, bom=bom)
        except (OSError, duckdb.IOException) as error:
            fail(Exit.USAGE, f"无法写入 {folder}", "cannot write the files", str(error))
    out.print(f"{len(written)} 个文件 / files: {escape(str(folder))}", highlight=False, soft_wrap=True)
