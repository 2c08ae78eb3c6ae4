"""What ``query`` is given and where its answer goes: SQL from a file or standard input, parameters, files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cli.console import QueryFormat, fail, print_answer, rows_in_batches
from pipelines.core.atomic_replace import replacing
from pipelines.core.settings import Exit

if TYPE_CHECKING:
    import duckdb

_SUFFIXES = {".csv": QueryFormat.csv, ".json": QueryFormat.json}
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def sql_given(sql: str, file: Path | None) -> str:
    """Return the SQL of the argument, of a file, or of standard input where the argument is ``-``."""
    if file is not None and sql != "-":
        fail(Exit.USAGE, "SQL 与 --file 只给一个", "give either SQL or --file")
    try:
        if file is not None:
            return file.read_text(encoding="utf-8-sig")
        return sys.stdin.read() if sql == "-" else sql
    except (OSError, UnicodeDecodeError) as error:
        fail(Exit.USAGE, f"无法读取 {file or '标准输入'}", "cannot read the SQL", str(error))


def named_value(said: str) -> tuple[str, str]:
    """Return the name and value of ``NAME=VALUE``; the database turns it into the type it is compared with."""
    name, equals, value = said.partition("=")
    if not equals or not name.isidentifier():
        fail(Exit.USAGE, f"参数应写作 NAME=VALUE：{said}", "a parameter is NAME=VALUE")
    return name, value


def write_answer(
    answer: duckdb.DuckDBPyConnection, file: Path | None, format: QueryFormat | None, *, bom: bool = False
) -> None:
    """Print the rows of a query, or write them to a file that is replaced once all of them are there.

    Args:
        answer: an executed query.
        file: where to; standard output if not given.
        format: by the file's suffix if not given, else a table.
        bom: whether CSV begins with a byte order mark, as Excel wants it.
    """
    from pipelines.publish import output

    if file is None:
        if bom and format is QueryFormat.csv:
            sys.stdout.write(_BOM)
        print_answer(answer, format or QueryFormat.table)
        return
    chosen = format or _SUFFIXES.get(file.suffix.lower())
    if chosen not in (QueryFormat.csv, QueryFormat.json):
        fail(Exit.USAGE, f"请用 .csv 或 .json：{file.name}", "write .csv or .json, or give --format")
    columns = [column[0] for column in answer.description or []]
    write = output.write_csv if chosen is QueryFormat.csv else output.write_json
    try:
        with replacing(file) as new, new.open("w", encoding="utf-8", newline="") as stream:
            if bom and chosen is QueryFormat.csv:
                stream.write(_BOM)
            write(stream, columns, rows_in_batches(answer))
    except OSError as error:
        fail(Exit.USAGE, f"无法写入 {file}", "cannot write the answer", error.strerror or repr(error))
