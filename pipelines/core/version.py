"""Which code is at work."""

from __future__ import annotations

import hashlib
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def code_digest() -> str:
    """Name the code that makes the warehouse: every file of the package, the suites and the views."""
    digest = hashlib.sha256()
    for folder in ("pipelines", "expectations", "sql"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in {".py", ".yml", ".csv", ".sql", ".html", ".css", ".js"}:
                digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def commit() -> str | None:
    """Name the commit of the code, where it runs from a clone; ``-dirty`` when files differ from it."""
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
