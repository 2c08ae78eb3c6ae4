"""Every module, test and preset that docs/traps.md names exists."""

from __future__ import annotations

import re
from pathlib import Path

from tests.corpus.layout import PRESETS

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "traps.md").read_text(encoding="utf-8")
ROWS = [row.strip("|").split("|") for row in PAGE.splitlines() if row.startswith("|") and not row.startswith("|---")]


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_module_is_there() -> None:
    named = [name for row in ROWS for name in quoted(row[1])]
    assert named and [name for name in named if not (ROOT / "pipelines" / name).exists()] == []


def test_every_test_and_preset_is_there() -> None:
    named = [name for row in ROWS for name in quoted(row[2])] + re.findall(r"`(tests/[^`]+)`", PAGE)
    missing = []
    for name in named:
        file, _, test = name.partition("::")
        if file.startswith("tests/"):
            there = (ROOT / file).is_file() and (
                not test or f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")
            )
        else:
            there = name in PRESETS
        if not there:
            missing.append(name)
    assert named and missing == []
