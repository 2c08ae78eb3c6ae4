"""Commands that look something up: ``query``, ``findings`` and ``trace``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipelines.cli.console import (
    JsonOption,
    QueryFormat,
    WarehouseOption,
    connect,
    fail,
    out,
    print_answer,
    reports_named,
    settings_of,
)
from pipelines.cli.queries import named_value, sql_given, write_answer
from pipelines.core.settings import Exit


class Severity(StrEnum):
    """How bad a finding is."""

    error = "error"
    warning = "warning"
    info = "info"


def query(
    sql: Annotated[
        str, typer.Argument(help="只读 SQL；- 或不写则读标准输入 / read-only SQL; - or nothing: stdin")
    ] = "-",
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="SQL 文件 / file with the SQL", dir_okay=False)
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="NAME=VALUE", help="SQL 中的 $NAME，可多次给出 / for $NAME, repeatable"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="写入文件，格式依后缀 / file, format by its suffix", dir_okay=False
        ),
    ] = None,
    format: Annotated[QueryFormat | None, typer.Option(help="输出格式 / output format")] = None,
    bom: Annotated[bool, typer.Option("--bom", help="CSV 带字节序标记，供 Excel 打开 / CSV for Excel")] = False,
    warehouse: WarehouseOption = None,
) -> None:
    """查询仓库 / Ask the warehouse, read-only."""
    import duckdb

    from pipelines.publish.database import NoQuestion, question

    text = sql_given(sql, file)
    named = dict(map(named_value, param or []))
    with connect(settings_of(warehouse)) as connection:
        try:
            write_answer(connection.execute(question(connection, text), named), output, format, bom=bom)
        except (NoQuestion, duckdb.Error) as error:
            fail(Exit.USAGE, "查询有误", "the query failed", str(error))


def findings(
    report: Annotated[
        str, typer.Option("--report", metavar="REPORT", help="报告键、文件名或单位名 / report key, file or unit name")
    ] = "",
    severity: Annotated[list[Severity] | None, typer.Option(help="程度，可多次给出 / severity, repeatable")] = None,
    class_: Annotated[
        list[str] | None, typer.Option("--class", metavar="CLASS", help="类别，可多次给出 / class, repeatable")
    ] = None,
    format: Annotated[QueryFormat, typer.Option(help="输出格式 / output format")] = QueryFormat.table,
    json: JsonOption = False,
    warehouse: WarehouseOption = None,
) -> None:
    """发现：哪里不符、印的是什么、应为什么 / Findings: what does not hold, what is printed, what it should be."""
    format = QueryFormat.json if json else format
    with connect(settings_of(warehouse)) as connection:
        reports = reports_named(connection, report) if report else []
        if format is QueryFormat.table:
            columns = (
                "finding_key[:8] as finding, severity, class, file_name, form, page, rule_id, message, accepted_reason"
            )
        else:
            columns = (
                "severity, class, rule_id, report_key, file_name, form, page, printed, expected, difference, message, "
                "cell_keys, finding_key, accepted_at, accepted_reason"
            )
        print_answer(
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


def trace(
    cell_key: Annotated[str, typer.Argument(help="单元格键或叙述键 / cell key, or disclosure key")],
    out_png: Annotated[Path | None, typer.Option("--out", metavar="PNG", help="标出单元格的页面图 / picture")] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """一个数字在原件中的位置 / Where a number stands in its source."""
    from pipelines.publish import tracing

    settings = settings_of(warehouse)
    with connect(settings) as connection:
        place = tracing.find(connection, cell_key)
    if place is None:
        fail(Exit.USAGE, f"没有此单元格 {cell_key}", "no such cell")
    file = tracing.source(settings, place)
    for label, value in tracing.describe(place, file).items():
        out.print(f"[bold]{label}[/bold]: {escape(value)}", highlight=False, soft_wrap=True)
    if out_png is None:
        return
    try:
        fault = tracing.picture(place, file, out_png)
    except tracing.NoPicture as error:
        fail(Exit.USAGE, str(error), error.english)
    except OSError as error:
        fail(Exit.USAGE, f"无法写入 {out_png}", "cannot write the picture", error.strerror or repr(error))
    out.print(f"[bold]图 / picture[/bold]: {escape(str(out_png))}", highlight=False, soft_wrap=True)
    if fault:
        out.print(fault, highlight=False, soft_wrap=True)
