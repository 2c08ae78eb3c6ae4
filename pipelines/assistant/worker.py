"""One question of an assistant, in a process of its own, whose end ends whatever the question began.

Usage::

    python -m pipelines.assistant.worker < question.json

Standard output has ``{"answer": "…"}``, the text to hand on, or ``{"refused": "…"}``.
"""

from __future__ import annotations

import json
import re
import resource
import signal
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.assistant import catalogue
from pipelines.assistant.answers import plain, text
from pipelines.assistant.questions import GRACE_SECONDS, Question
from pipelines.publish.ask import Unanswered, answering
from pipelines.publish.database import read_only

if TYPE_CHECKING:
    import duckdb

_MEMORY_BYTES = 4 << 30
"""Twice what DuckDB may take: some functions take memory beside its limit."""

_BATCH = 50


def answer(asked: Question) -> dict[str, Any]:
    """Ask the warehouse.

    Raises:
        Unanswered: See `pipelines.publish.ask.answering`.
    """
    started = time.monotonic()
    database = Path(asked.database)
    rows: list[Any] = []
    left = asked.most_bytes
    cut = ""
    with answering(database, asked.sql, asked.most_seconds, sealed=True) as found:
        columns = [{"name": plain(name), "type": str(kind)} for name, kind, *_ in found.description or []]
        left -= len(json.dumps(columns, ensure_ascii=False).encode())
        for row in islice(_rows(found), asked.most_rows + 1):
            if len(rows) == asked.most_rows:
                cut = f"只给前 {len(rows)} 行，还有更多 / the first {len(rows)} rows only, there are more"
                break
            shown = [plain(value) for value in row]
            left -= len(json.dumps(shown, ensure_ascii=False).encode())
            if left < 0:
                cut = f"答案过大，只给前 {len(rows)} 行 / the answer is too large, the first {len(rows)} rows only"
                break
            rows.append(shown)
        said = {"columns": columns, "rows": rows, "row_count": len(rows)} | ({"cut": cut} if cut else {})
    return said | {"warnings": warnings(database, asked.sql), "seconds": round(time.monotonic() - started, 3)}


def _rows(found: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := found.fetchmany(_BATCH):
        yield from batch


def warnings(database: Path, sql: str) -> dict[str, list[str]]:
    """Give the warnings of the views and tables that a query names."""
    with read_only(database) as connection:
        known = catalogue.relations(connection)
    named = set(re.findall(r"\w+", sql.lower()))
    return {n: said["warnings"] for n, said in known.items() if n.split(".")[-1] in named and said["warnings"]}


def main() -> None:
    """Answer the question of standard input."""
    asked = Question(**json.load(sys.stdin))
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(int(asked.most_seconds + GRACE_SECONDS))  # should nobody be left to end it
    try:
        said = {"answer": text(answer(asked))}
    except Unanswered as refused:
        said = {"refused": str(refused)}
    except UnicodeError as error:
        said = {"refused": f"查询有误 / the query failed: {error}"}
    except MemoryError:
        said = {"refused": "查询所需内存超限 / the query needs too much memory"}
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
