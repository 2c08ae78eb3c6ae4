"""The examples of the README: SQL blocks and the answers printed below them.

``python -m tests.docs WAREHOUSE`` rewrites the answers.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
EXAMPLE = re.compile(r"```sql\n(?P<sql>.+?)```\n(?:\n```text\n(?P<answer>.*?)```\n)?", re.DOTALL)


def answer(sql: str, warehouse: Path) -> str:
    """What ``mingzhang query`` prints."""
    command = [str(ROOT / ".venv/bin/mingzhang"), "query", sql, "--warehouse", str(warehouse)]
    environment = {**os.environ, "COLUMNS": "110"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n"


def examples(text: str) -> list[tuple[str, str]]:
    """SQL and printed answer of every example."""
    return [(m["sql"].strip(), m["answer"] or "") for m in EXAMPLE.finditer(text)]


def rewrite(path: Path, warehouse: Path) -> None:
    """Put the answers of a warehouse below the examples of a file."""

    def block(found: re.Match[str]) -> str:
        return f"```sql\n{found['sql']}```\n\n```text\n{answer(found['sql'].strip(), warehouse)}```\n"

    path.write_text(EXAMPLE.sub(block, path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    for readme in READMES:
        if readme.exists():
            rewrite(readme, Path(sys.argv[1]))
