"""The shipped samples: typeset by this project to show what a warehouse looks like, never data.

They stand outside ``raw`` and are loaded only where no report is there.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

from pipelines.core.files import open_path
from pipelines.core.frames import SOURCE_FILE
from pipelines.core.version import ROOT

SAMPLE_FOLDER = ROOT / "samples"
"""Where they stand; nothing else names the folder."""

_SHIPPED_IN_RAW = ROOT / "raw"
"""Where they stood until they were told from data."""


def is_sample(file: Path) -> bool:
    """Whether a file is one of the shipped samples: by its place, since a copy that somebody made is theirs."""
    return file.is_relative_to(SAMPLE_FOLDER)


def flagged(known: pl.DataFrame) -> pl.DataFrame:
    """Say of files that earlier versions remembered without a flag whether they were samples.

    Args:
        known: ``SOURCE_FILE`` with nulls in ``is_sample``.
    """
    flags = [
        _was_sample(path, content) if flag is None else flag
        for path, content, flag in known.select("path", "content_sha256", "is_sample").iter_rows()
    ]
    return known.with_columns(is_sample=pl.Series(flags, dtype=SOURCE_FILE["is_sample"]))


def _was_sample(path: str, content_sha256: str) -> bool:
    """Whether a file stood where samples used to be shipped, holds one, and is gone with the move."""
    file = open_path(path)
    return file.parent == _SHIPPED_IN_RAW and content_sha256 in _ever_shipped() and not file.exists()


@cache
def _ever_shipped() -> frozenset[str]:
    return frozenset((SAMPLE_FOLDER / ".shipped").read_text(encoding="ascii").split())
