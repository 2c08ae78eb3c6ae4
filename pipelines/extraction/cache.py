"""Read each content once: an executor, and a cache of what it gave.

A reading counts as long as it was made by the extractor at work: the digest of code, data and libraries that
`pipelines.core.dependencies` gives.

The cache holds numbered parts, each one Parquet file per reading table. The file of ``report_reading`` is written
last and makes the part count; a report in several parts is what the latest part says.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.core.frames import (
    EXTRACTED_CELL,
    EXTRACTED_DISCLOSURE,
    EXTRACTED_PERFORMANCE,
    EXTRACTED_PROJECT,
    EXTRACTED_REMARK,
    PUBLISHED_TABLE,
    REPORT_READING,
    SECOND_READING,
)
from pipelines.core.settings import Limits
from pipelines.core.tasks import CardedTask, Examine, Reader, ReportReading, Spot, Task
from pipelines.extraction.subprocess_pool import (
    Answer,
    ReadingFailure,
    read_in_subprocess,
    reread_in_subprocess,
)
from pipelines.storage import parquet

TABLES = {
    "extracted_cell": EXTRACTED_CELL,
    "extracted_disclosure": EXTRACTED_DISCLOSURE,
    "extracted_performance": EXTRACTED_PERFORMANCE,
    "extracted_project": EXTRACTED_PROJECT,
    "extracted_remark": EXTRACTED_REMARK,
    "published_table": PUBLISHED_TABLE,
    "second_reading": SECOND_READING,
    "report_reading": REPORT_READING | {"reading_id": pl.String()},  # last: it makes a part count
}
REPORTS_PER_PART = 256
SECONDS_PER_PART = 60.0
"""What is lost at most when a run is interrupted or killed; what was stored is not read again."""

PARTS_BEFORE_MERGE = 64
UNDER_WAY = 64
"""Readings given to the executor at a time; enough for a small cluster."""


LOG = logging.getLogger(__name__)

_NO_SECOND_READING = pl.DataFrame(schema=SECOND_READING)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Stands for the reading of a content that could not be read."""

    report: pl.DataFrame
    tables: pl.DataFrame
    cells: pl.DataFrame
    disclosures: pl.DataFrame
    performance: pl.DataFrame
    projects: pl.DataFrame
    remarks: pl.DataFrame


class ReadingCache:
    """Numbered Parquet parts of readings in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def reports(self) -> pl.DataFrame:
        """Give the latest ``REPORT_READING`` row of every content ever read, by report key."""
        return self.latest().drop("part", "reading_id")

    def readings(self) -> pl.DataFrame:
        """Name the latest reading of every content: ``report_key``, ``reading_id``; another reading has another."""
        part = pl.col("part").cast(pl.String)  # readings of earlier versions have none
        return self.latest().select("report_key", pl.coalesce("reading_id", part))

    def mend(self) -> None:
        """Remove what a run that died left of parts; what a part that is not whole held is read again."""
        for part in self._parts():
            files = [self._file(table, part) for table in TABLES]
            if not all(parquet.is_whole(file) for file in files if file.exists()):
                LOG.warning("a damaged part of the cache is read again", extra={"part": part})
                self._remove(part)
        there = {f"{part:06}" for part in self._parts()}
        for file in self._folder.glob("*/*.parquet"):
            if file.stem not in there:
                file.unlink()

    def tables(self, reports: pl.Series | None = None, parts: Iterable[int] | None = None) -> dict[str, pl.DataFrame]:
        """Give the reading tables of some reports (their keys, and the parts `latest` finds them in), else of all."""
        latest = self.latest(parts)
        if reports is not None:
            latest = latest.filter(pl.col("report_key").is_in(reports.implode()))
        return self._rows(latest)

    def add(
        self,
        readings: list[ReportReading],
        extractor_version: str,
        examine: Callable[[pl.DataFrame], tuple[pl.DataFrame, pl.DataFrame]] = lambda cells: (
            cells,
            _NO_SECOND_READING,
        ),
    ) -> None:
        """Store readings as one new part; merge small parts when there are many.

        Args:
            readings: What readers gave.
            extractor_version: Of the readers; written into ``report_reading``.
            examine: Gives their cells back as they are to be stored, and ``SECOND_READING``.
        """
        if readings:
            cells, second = examine(pl.concat([r.cells for r in readings]))
            self._write(
                {
                    "report_reading": pl.concat([r.report for r in readings]).with_columns(
                        extractor_version=pl.lit(extractor_version), reading_id=pl.lit(uuid.uuid4().hex)
                    ),
                    "published_table": pl.concat([r.tables for r in readings]),
                    "extracted_cell": cells,
                    "second_reading": second,
                    "extracted_disclosure": pl.concat([r.disclosures for r in readings]),
                    "extracted_performance": pl.concat([r.performance for r in readings]),
                    "extracted_project": pl.concat([r.projects for r in readings]),
                    "extracted_remark": pl.concat([r.remarks for r in readings]),
                }
            )
        self._merge()

    def _merge(self) -> None:
        """Put small parts together when there are many; what a later reading replaced in them goes.

        Small is less than half full: a part of which a few readings were replaced is not written again for each of
        them. Neighbours go together, so that every part is read once.
        """
        parts = self._parts()
        if len(parts) <= PARTS_BEFORE_MERGE:
            return
        latest = self.latest()
        reports = dict(latest["part"].value_counts().iter_rows())
        small = [part for part in parts if 2 * reports.get(part, 0) < REPORTS_PER_PART]
        if len(small) <= PARTS_BEFORE_MERGE:
            return
        for together in _filled(small, reports):
            rows = latest.filter(pl.col("part").is_in(together))
            if rows.height:
                named = self._rows(rows)
                ids = rows.select("report_key", "reading_id")
                named["report_reading"] = named["report_reading"].join(ids, on="report_key", maintain_order="left")
                self._write(named)
            for part in together:
                self._remove(part)

    def _remove(self, part: int) -> None:
        """Remove a part, first what makes it count."""
        for table in reversed(TABLES):
            self._file(table, part).unlink(missing_ok=True)

    def _write(self, frames: dict[str, pl.DataFrame]) -> None:
        part = max(self._parts(), default=0) + 1
        for table, schema in TABLES.items():
            parquet.write(frames[table].match_to_schema(schema), self._file(table, part), lasting=True)

    def _file(self, table: str, part: int) -> Path:
        return self._folder / table / f"{part:06}.parquet"

    def _parts(self) -> list[int]:
        folder = self._folder / "report_reading"
        return sorted(int(f.stem) for f in folder.glob("*.parquet") if re.fullmatch(r"\d{6}", f.stem))

    def _scan(self, table: str, parts: Iterable[int]) -> pl.LazyFrame:
        """Rows of some parts, with their ``part``; one that an earlier version wrote may lack a table or columns."""
        schema = TABLES[table]
        there = {str(file): part for part in parts if (file := self._file(table, part)).exists()}
        if not there:
            return pl.LazyFrame(schema=schema | {"part": pl.Int64()})
        part = pl.col("file").replace_strict(list(there), list(there.values()), return_dtype=pl.Int64)
        rows = pl.scan_parquet(
            list(there),
            glob=False,
            schema=schema,
            missing_columns="insert",
            extra_columns="ignore",
            include_file_paths="file",
        )
        return rows.with_columns(part=part).drop("file")

    def _rows(self, latest: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """Give the reading tables of some rows of `latest`, by report key."""
        held = latest.select("report_key", "part")
        parts = held["part"].unique().sort().to_list()
        frames = {"report_reading": latest.drop("part", "reading_id")}
        for table in [name for name in TABLES if name not in frames]:
            # filtered as it is scanned, so that the parts are not held whole
            rows = self._scan(table, parts).filter(pl.col("report_key").is_in(held["report_key"].implode()))
            rows = rows.join(held.lazy(), on=["report_key", "part"], how="semi", maintain_order="left").drop("part")
            frames[table] = rows.sort("report_key", maintain_order=True).collect()
        return frames

    def latest(self, parts: Iterable[int] | None = None) -> pl.DataFrame:
        """Give the latest ``REPORT_READING`` row of every report, by report key, with the ``part`` it stands in."""
        rows = self._scan("report_reading", parts or self._parts()).sort("report_key", "part")
        return rows.unique("report_key", keep="last", maintain_order=True).collect()


def _filled(parts: Iterable[int], reports: Mapping[int, int]) -> Iterator[list[int]]:
    """Group parts, in their order, so that each group fills a part; the last may not."""
    group: list[int] = []
    for part in parts:
        group.append(part)
        if sum(reports.get(one, 0) for one in group) >= REPORTS_PER_PART:
            yield group
            group = []
    if group:
        yield group


def read_into(
    cache: ReadingCache,
    due: list[Task],
    reader: Reader,
    executor: Executor,
    *,
    extractor_version: str,
    limits: Limits,
    on_read: Callable[[Task], None] = lambda _: None,
    on_reading: Callable[[Task, ReportReading], None] = lambda *_: None,
    examine: Examine = lambda cells, _: (cells, _NO_SECOND_READING),
) -> None:
    """Read contents on an executor and store what they give, part by part.

    Args:
        cache: Where readings are kept.
        due: What to read.
        reader: Reads one file; other processes can import it.
        executor: Runs `subprocess_pool.read_in_subprocess`; its size is how many reports are read at a time.
        extractor_version: Version of the reader, a digest.
        limits: What reading one report may cost.
        on_read: Told of each content that is done.
        on_reading: Told of each content that is done and of its reading.
        examine: Looks at the cells of a part before they are stored.
    """
    batch: list[ReportReading] = []
    stored = time.monotonic()
    where = {task.report_key: task for task in due}

    def look(spots: Mapping[str, Sequence[Spot]]) -> dict[str, str | None]:
        looks = [executor.submit(reread_in_subprocess, where[key], seen, reader, limits) for key, seen in spots.items()]
        return {cell: text for answer in looks for cell, text in answer.result().items()}

    def examined(cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        return examine(cells, look)

    for task, reading in _read_all(due, reader, executor, limits):
        batch.append(reading)
        on_read(task)
        on_reading(task, reading)
        if len(batch) >= REPORTS_PER_PART or time.monotonic() - stored > SECONDS_PER_PART:
            cache.add(batch, extractor_version, examined)
            batch, stored = [], time.monotonic()
    cache.add(batch, extractor_version, examined)


def _read_all(
    due: Iterable[Task], reader: Reader, executor: Executor, limits: Limits
) -> Iterator[tuple[Task, ReportReading]]:
    """Yield readings as they are done; only some are under way, so that finished ones do not pile up.

    The order given (newest first) is kept part by part; within one large files come first, so that at the end no
    worker is left alone with one.
    """
    tasks = list(due)
    blocks = (tasks[start : start + REPORTS_PER_PART] for start in range(0, len(tasks), REPORTS_PER_PART))
    pending = deque(task for block in blocks for task in sorted(block, key=_size, reverse=True))
    running: dict[Future[Answer], Task] = {}
    while pending or running:
        while pending and len(running) < UNDER_WAY:
            task = pending.popleft()
            running[executor.submit(read_in_subprocess, task, reader, limits)] = task
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            task, answer = running.pop(future), future.result()
            about = {"report": task.report_key, "file": str(task.path)}
            LOG.debug("read", extra=about | {"peak_mb": answer.peak_bytes // 1024**2})
            reading = answer.reading
            if isinstance(reading, ReadingFailure):
                reading = _failed(task, reading)
            if reading.report["status"][0] == "quarantined":
                LOG.info(reading.report["reason"][0], extra=about)
            yield task, reading


def _size(task: Task) -> int:
    try:
        return task.path.stat().st_size
    except OSError:
        return 0


def _failed(task: Task, failure: ReadingFailure) -> ReportReading:
    row = {
        "stated": task.stated if isinstance(task, CardedTask) else None,
        "report_key": task.report_key,
        "content_sha256": task.content_sha256,
        "format": task.format,
        "status": "quarantined",
        "reason_code": failure.code,
        "reason": failure.reason,
    }
    return _Failure(
        report=pl.DataFrame([row], schema=REPORT_READING, orient="row"),
        tables=pl.DataFrame(schema=PUBLISHED_TABLE),
        cells=pl.DataFrame(schema=EXTRACTED_CELL),
        disclosures=pl.DataFrame(schema=EXTRACTED_DISCLOSURE),
        performance=pl.DataFrame(schema=EXTRACTED_PERFORMANCE),
        projects=pl.DataFrame(schema=EXTRACTED_PROJECT),
        remarks=pl.DataFrame(schema=EXTRACTED_REMARK),
    )
