"""The examples of the READMEs and the cookbook: SQL blocks and the answers printed below them.

``python -m tests.docs WAREHOUSE`` rewrites the answers.
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


def rewrite(path: Path, warehouse: Path) -> None:
    """Put the answers of a warehouse below the examples of a file."""

    def block(found: re.Match[str]) -> str:
        return f"```sql\n{found['sql']}```\n\n```text\n{answer(found['sql'].strip(), warehouse)}```\n"

    path.write_text(EXAMPLE.sub(block, path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    for document in (*READMES, COOKBOOK):
        rewrite(document, Path(sys.argv[1]))
