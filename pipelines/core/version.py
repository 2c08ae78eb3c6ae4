"""Which code is at work."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def code_digest() -> str:
    """Name what makes the warehouse: every file of the package, the suites and the views; Python and its libraries."""
    digest = hashlib.sha256(sys.version.encode())
    installed = {kept.name for folder in sys.path for kept in Path(folder).glob("*.dist-info")}
    digest.update("\n".join(sorted(installed)).encode())
    for folder in ("pipelines", "expectations", "sql"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and file.parent.name != "__pycache__":
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
