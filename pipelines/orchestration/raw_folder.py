"""The folder ``raw``: that it is there and not suddenly empty, and which reports have gone from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.collect.samples import flagged
from pipelines.core.files import open_path, sha256
from pipelines.core.frames import SOURCE_FILE
from pipelines.core.settings import Settings
from pipelines.model.removed import removed, samples
from pipelines.orchestration import decisions
from pipelines.storage.frame_store import FrameStore


class RawFolderError(RuntimeError):
    """``raw`` is not what it was: a disk that is not mounted must not pass for a quiet night."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A report that counts although its file is no longer where it was.

    Attributes:
        report_key: The report.
        file_name: Its name.
        path: Where it was seen last.
    """

    report_key: str
    file_name: str
    path: Path


def known_files(settings: Settings) -> pl.DataFrame:
    """Give the ``SOURCE_FILE`` rows of all reports that count, without samples."""
    store = FrameStore(settings.frames)
    files = flagged(store.remembered("source_file", SOURCE_FILE))
    counting = files.join(removed(files, decisions.removals(store)), on="report_key", how="anti")
    return counting.join(samples(files), on="report_key", how="anti")


def fault(settings: Settings, found: pl.DataFrame) -> str:
    """Say what is wrong with ``raw``; empty where nothing is.

    Args:
        settings: The warehouse.
        found: ``SOURCE_FILE`` of a walk that ``raw`` was part of.
    """
    if not settings.raw.is_dir():
        return f"原始文件夹不在了 {settings.raw} / the folder of raw reports has vanished"
    if not found.filter(~pl.col("is_sample")).is_empty():
        return ""
    before = sum(open_path(path).is_relative_to(settings.raw) for path in known_files(settings)["path"])
    if not before:
        return ""
    return (
        f"原始文件夹空了 {settings.raw}，而 {before} 个已入库的文件出自其中 / "
        f"the folder of raw reports is empty; {before} files in the warehouse came from it"
    )


def gone(settings: Settings) -> list[Gone]:
    """List the reports that count and whose content is no longer in any of the files it was seen in."""
    files = known_files(settings).select("report_key", "path", "content_sha256", "file_name")
    shared = set(files.filter(pl.col("path").is_duplicated())["path"])
    there: set[str] = set()
    lost: dict[str, Gone] = {}
    for key, path, content, name in files.iter_rows():
        if key not in there:
            file = open_path(path)
            if _holds(file, content, path in shared):
                there.add(key)
            else:
                lost.setdefault(key, Gone(key, name, file))
    found = [one for key, one in lost.items() if key not in there]
    return sorted(found, key=lambda one: (one.file_name, one.report_key))


def _holds(file: Path, content_sha256: str, contested: bool) -> bool:
    """Whether a file is there; where several contents stood at one place, whether it holds this one."""
    try:
        if not contested:
            file.stat()
            return True
        return sha256(file)[0] == content_sha256
    except OSError:
        return False
