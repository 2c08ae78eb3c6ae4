"""The examples of the READMEs and the cookbook: SQL blocks and the answers printed below them.

``python -m tests.docs WAREHOUSE REPORTS`` rewrites the answers: of the samples, and of the real reports in what follows
the mark ``REAL`` of the cookbook.
"""

from __future__ import annotations

import re
import sys
from io import StringIO
from pathlib import Path

import duckdb
from rich.console import Console

from pipelines.publish.output import fitting_table

ROOT = Path(__file__).parent.parent
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
COOKBOOK = ROOT / "docs" / "cookbook.md"
REAL = "<!-- reports -->"
WIDTH = 110
EXAMPLE = re.compile(r"```sql\n(?P<sql>.+?)```\n(?:\n```text\n(?P<answer>.*?)```\n)?", re.DOTALL)


def answer(sql: str, warehouse: Path) -> str:
    """What ``mingzhang query`` prints."""
    console = Console(width=WIDTH, file=StringIO(), force_terminal=False)
    with duckdb.connect(str(warehouse / "mingzhang.duckdb"), read_only=True) as connection:
        found = connection.execute(sql)
        columns = [column[0] for column in found.description or ()]
        console.print(fitting_table(columns, found.fetchall(), WIDTH))
    assert isinstance(console.file, StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()) + "\n"


def examples(text: str) -> list[tuple[str, str]]:
    """SQL and printed answer of every example."""
    return [(m["sql"].strip(), m["answer"] or "") for m in EXAMPLE.finditer(text)]


def halves(text: str) -> tuple[str, str]:
    """What the samples answer, and what the real reports do."""
    samples, mark, reports = text.partition(REAL)
    return samples, mark + reports


def rewrite(path: Path, warehouse: Path, reports: Path | None = None) -> None:
    """Put the answers of a warehouse below the examples of a file, those of real reports below its second half."""

    def answered(text: str, asked: Path) -> str:
        def block(found: re.Match[str]) -> str:
            return f"```sql\n{found['sql']}```\n\n```text\n{answer(found['sql'].strip(), asked)}```\n"

        return EXAMPLE.sub(block, text)

    first, second = halves(path.read_text(encoding="utf-8"))
    path.write_text(answered(first, warehouse) + (answered(second, reports) if reports else second), encoding="utf-8")


if __name__ == "__main__":
    asked = [Path(argument) for argument in sys.argv[1:]]
    for document in (*READMES, COOKBOOK):
        rewrite(document, *asked)
