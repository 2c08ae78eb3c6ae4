"""What all commands share: consoles, the option ``--warehouse``, answers as tables, and how a command fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
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

_MOST_ROWS = 1_000
"""Rows of a table for the eye; CSV and JSON give all."""

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


JsonOption = Annotated[bool, typer.Option("--json", help="JSON，供程序读取 / for machines, on standard output")]


class QueryFormat(StrEnum):
    """How ``query`` and ``findings`` print their rows."""

    table = "table"
    csv = "csv"
    json = "json"


def settings_of(warehouse: Path | None, workers: int | None = None) -> Settings:
    """Read the settings; what the command says wins over the environment, and what makes no sense ends the command."""
    try:
        return Settings.from_environment(warehouse, workers)
    except ValueError as error:
        fail(Exit.USAGE, "环境变量 MINGZHANG_* 有误", "a MINGZHANG_* variable is wrong", str(error))


def bare_settings(warehouse: Path | None) -> Settings:
    """Say where a warehouse stands when its other settings make no sense."""
    folder = warehouse or Path(os.environ.get("MINGZHANG_WAREHOUSE") or "warehouse")
    raw = Path(os.environ.get("MINGZHANG_RAW") or "raw")
    return Settings(folder.absolute(), raw.absolute(), workers=1, lock_wait=0)


def print_json(value: Any) -> None:
    """Print a value for machines, on a line of standard output."""
    from pipelines.publish.output import json_text

    sys.stdout.write(json_text(value) + "\n")


@contextmanager
def connect(settings: Settings, external: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the database read-only; where there is none yet, say how to come by one and end the command."""
    from pipelines.publish.database import read_only

    if not settings.database.exists():
        fail(
            Exit.USAGE,
            f"还没有仓库 {settings.database}，请先运行 mingzhang ingest",
            "no warehouse yet, run ingest first",
        )
    with read_only(settings.database, external=external) as connection:
        yield connection


def reports_named(connection: duckdb.DuckDBPyConnection, name: str, *, by_unit: bool = True) -> list[str]:
    """Find reports by key, by file name (its last part will do), else by a part of the unit's name if ``by_unit``."""
    for condition in (
        "report_key = $name",
        "len(list_filter(file_names, lambda f: f = $name or ends_with(f, '/' || $name))) > 0",
        *(["contains(unit_name, $name)"] if by_unit else []),
    ):
        found = connection.execute(
            f"select report_key from dim_report left join dim_unit using (unit_key) where {condition} order by 1",
            {"name": name},
        ).fetchall()
        if found:
            return [key for (key,) in found]
    fail(Exit.USAGE, f"没有此报告 {name}", "no such report")


def print_answer(answer: duckdb.DuckDBPyConnection, format: QueryFormat) -> None:
    """Print the rows of a query: all of them as CSV or JSON, the first of them as a table."""
    from pipelines.publish import output

    columns = [column[0] for column in answer.description or []]
    if format is QueryFormat.csv:
        output.write_csv(sys.stdout, columns, rows_in_batches(answer))
    elif format is QueryFormat.json:
        output.write_json(sys.stdout, columns, rows_in_batches(answer))
    else:
        rows = answer.fetchmany(_MOST_ROWS + 1)
        out.print(output.fitting_table(columns, rows[:_MOST_ROWS], out.width))
        if len(rows) > _MOST_ROWS:
            err.print(
                f"只列前 {_MOST_ROWS:,} 行 / the first {_MOST_ROWS:,} rows; --format csv 列出全部 / gives all",
                highlight=False,
                soft_wrap=True,
            )


def rows_in_batches(answer: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query without holding them all."""
    while rows := answer.fetchmany(10_000):
        yield from rows


def fail(code: Exit, chinese: str, english: str, detail: str = "") -> NoReturn:
    """End the command with a message in two languages and an exit code."""
    message = f"{chinese} / {english}{': ' + detail if detail else ''}"
    err.print(f"[red]错误 / error[/red]: {escape(message)}", highlight=False, soft_wrap=True)
    raise typer.Exit(code)
