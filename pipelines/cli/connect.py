"""The command ``connect``: what other engines have to be told."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.console import WarehouseOption, fail, settings_of
from pipelines.core.settings import Exit


class Engine(StrEnum):
    """Engines on which every view gives DuckDB's answer."""

    spark = "spark"


def connect(
    engine: Annotated[Engine, typer.Argument(help="引擎：spark / engine")],
    place: Annotated[
        str | None,
        typer.Option("--at", metavar="URL", help="Parquet 所在，默认本机 / where the engine finds the lake, s3a://…"),
    ] = None,
    compute: Annotated[
        bool,
        typer.Option("--compute", help="先算好视图 / compute views at once, as DuckDB stores them"),
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="写入文件 / file to write", dir_okay=False)
    ] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """在 Spark 上声明表、注释与视图的 SQL / SQL that declares tables, comments and views on another engine."""
    from pipelines.publish import spark
    from pipelines.warehouse.lake import manifest_of

    lake = settings_of(warehouse).lake
    try:
        manifest = manifest_of(lake)
    except FileNotFoundError:
        fail(Exit.USAGE, f"尚无 Parquet：{lake}", "nothing is published yet; run mingzhang ingest first")
    except ValueError as error:
        fail(Exit.USAGE, "Parquet 的版本不同", "the lake is of another version", str(error))
    text = spark.script(manifest, place or str(lake), computed=compute)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(Exit.USAGE, f"无法写入 {output}", "cannot write the file", str(error))
