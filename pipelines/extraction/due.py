"""Which contents are due to be read: what this version of the extractor has not read, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipelines.core.files import open_path, sha256
from pipelines.core.tasks import CardedTask, Task
from pipelines.extraction.subprocess_pool import PASSING
from pipelines.formats.registry import holds_kind


def tasks(files: pl.DataFrame, known: pl.DataFrame, extractor_version: str) -> list[Task]:
    """List the contents that this version of the extractor has not read and that can still be found.

    A content that nobody ever read is listed even if its file has gone meanwhile, so that it is reported.

    Args:
        files: ``SOURCE_FILE``, all files ever seen; a content under several names is read once.
        known: ``REPORT_READING`` of the cache.
        extractor_version: Version (a digest) that a reading must have to be used.
    """
    passing = pl.col("reason_code").is_in(PASSING).fill_null(False)
    current = known.filter(pl.col("extractor_version") == extractor_version, ~passing)
    misnamed = _misnamed(files, current)
    cards = _cards(files)
    carded = current.join(cards, on="report_key", how="left", suffix="_now")
    otherwise = carded.filter(~pl.col("stated").eq_missing(pl.col("stated_now")))
    settled = current.filter(~pl.col("report_key").is_in([*misnamed, *otherwise["report_key"]]))
    said = dict(cards.iter_rows())
    due = files.join(settled, on="report_key", how="anti").sort("report_key", "file_name", "path")
    ever_read = set(known["report_key"])
    found = []
    for (key,), rows in due.group_by("report_key", maintain_order=True):
        there: dict[str, Task] = {}
        places = [
            _task(open_path(row["path"]), str(key), row["content_sha256"], row["format"], said.get(str(key)))
            for row in rows.iter_rows(named=True)
        ]
        for task in places:
            if task.format not in there and holds(task.path, task.content_sha256):
                there[task.format] = task
        best = _by_content(list(there.values()))
        if best is not None and best.format != misnamed.get(str(key)):
            found.append(best)
        elif best is None and key not in ever_read:
            found.append(places[0])
    return found


def _task(path: Path, report_key: str, content_sha256: str, format: str, stated: str | None) -> Task:
    about = (path, report_key, content_sha256, format)
    return CardedTask(*about, stated) if stated else Task(*about)


def _cards(files: pl.DataFrame) -> pl.DataFrame:
    """What the cards of a content say of its identity, the first name's that says something: report key and text."""
    return (
        files.filter(pl.col("stated").is_not_null())
        .sort("file_name", "path")
        .unique("report_key", keep="first", maintain_order=True)
        .select("report_key", "stated")
    )


def _misnamed(files: pl.DataFrame, current: pl.DataFrame) -> dict[str, str]:
    """Find contents that were refused for the name they were read under and have another now; give that format."""
    refused = current.filter(pl.col("reason_code") == "wrong_kind").select("report_key", read_as="format")
    named = files.select("report_key", "format").unique()
    return dict(
        refused.join(named, on="report_key")
        .filter(pl.col("format") != pl.col("read_as"))
        .select("report_key", "read_as")
        .iter_rows()
    )


def _by_content(tasks: Sequence[Task]) -> Task | None:
    """Choose among names of one content: a copy under a wrong name must not keep the right one out."""
    if len(tasks) > 1:
        return next((task for task in tasks if holds_kind(task.path, task.format)), tasks[0])
    return tasks[0] if tasks else None


def holds(path: Path, content_sha256: str) -> bool:
    """Whether a file is there and still has this content."""
    try:
        return sha256(path)[0] == content_sha256
    except OSError:
        return False
