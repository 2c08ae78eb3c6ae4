"""``sql/`` is clean SQL."""

import subprocess
import sys

from pipelines.warehouse.views import FOLDER


def test_sqlfluff_is_clean() -> None:
    command = [sys.executable, "-m", "sqlfluff", "lint", FOLDER.name]
    linted = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout
