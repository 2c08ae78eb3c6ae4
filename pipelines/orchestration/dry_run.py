"""What an ingest would read and why, without doing it: nothing is written, no lock is taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from pipelines.collect.discover import survey
from pipelines.collect.samples import SAMPLE_FOLDER
from pipelines.core.frames import SOURCE_FILE
from pipelines.core.settings import Settings
from pipelines.extraction.cache import ReadingCache
from pipelines.extraction.subprocess_pool import PASSING
from pipelines.model.removed import removed
from pipelines.orchestration import decisions, reading, stages
from pipelines.orchestration.run import samples_wanted
from pipelines.orchestration.session import Session
from pipelines.storage.frame_store import FrameStore

NEW = "新内容 / new content"
OTHER_EXTRACTOR = "读取程序已变 / the extractor changed"
OTHER_CARD = "来源卡片或文件名已变 / its source card or its name changed"
FAILED_TO_OPEN = "上次未能打开 / could not be opened last time"


@dataclass(frozen=True, slots=True)
class Planned:
    """A report that would be read.

    Attributes:
        report_key: The report.
        file_name: Its name.
        bytes: Size of its file.
        why: In Chinese and English.
    """

    report_key: str
    file_name: str
    bytes: int
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an ingest would do.

    Attributes:
        reports: What it would read, in this order.
        unchanged: Contents given or known that it need not read.
    """

    reports: list[Planned]
    unchanged: int


def plan(paths: Iterable[Path], settings: Settings) -> Plan:
    """Say what an ingest of some paths would read.

    Args:
        paths: Files and folders.
        settings: Of the warehouse.

    Raises:
        OSError: A path cannot be read.
    """
    given = [path.absolute() for path in paths]
    with TemporaryDirectory(prefix="mingzhang-") as folder:  # archives leave nothing behind
        found = survey(given, unpacked=Path(folder))
        if found.files.is_empty() and settings.raw in given and samples_wanted(settings):
            found = survey([*given, SAMPLE_FOLDER], unpacked=Path(folder))
    store, cache = FrameStore(settings.frames), ReadingCache(settings.readings)
    files = stages.source_file(store.remembered("source_file", SOURCE_FILE), found.files)
    counting = files.join(removed(files, decisions.removals(store)), on="report_key", how="anti")
    version = reading.extractor_digest()
    due = reading.due(Session(settings), counting, version)
    before = {row["report_key"]: row for row in cache.reports().iter_rows(named=True)}
    names = dict(files.group_by("report_key").agg(pl.col("file_name").sort().first()).iter_rows())
    sizes = dict(files.group_by("report_key").agg(pl.col("bytes").first()).iter_rows())
    reports = [
        Planned(key, names[key], sizes[key], _why(before.get(key), version))
        for key in (task.report_key for task in due.tasks)
    ]
    return Plan(reports, counting["report_key"].n_unique() - len(reports))


def _why(before: dict[str, object] | None, version: str) -> str:
    if before is None:
        return NEW
    if before["reason_code"] in PASSING:
        return FAILED_TO_OPEN
    return OTHER_EXTRACTOR if before["extractor_version"] != version else OTHER_CARD
