"""The real documents and hand-checked figures, where they stand beside the clone."""

from __future__ import annotations

from pathlib import Path

SHARED = Path(__file__).parents[2] / "shared"
FOLDERS = ("text", "shanghai", "jiangsu")
"""Folders of reports that are read without a difference; the others are measured (docs/accuracy.md)."""


def real_reports() -> list[Path]:
    """The real reports that must be read without a difference, none where they are not at hand."""
    files = (path for name in FOLDERS for path in (SHARED / "reports" / name).rglob("*"))
    return sorted(path for path in files if path.suffix in {".pdf", ".txt"})
