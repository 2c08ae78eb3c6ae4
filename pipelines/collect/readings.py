"""Read each content once: worker processes, and a cache of what they gave.

The cache holds numbered parts, each one Parquet file per reading table. The file of ``report_reading`` is written
last and makes the part count; a report in several parts is what the latest part says.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

import polars as pl

from pipelines.collect.discover import open_path, sha256
from pipelines.frames import EXTRACTED_CELL, PUBLISHED_TABLE, REPORT_READING
from pipelines.warehouse import parquet

TABLES = {
    "extracted_cell": EXTRACTED_CELL,
    "published_table": PUBLISHED_TABLE,
    "report_reading": REPORT_READING,  # last: it makes a part count
}
REPORTS_PER_PART = 256
PARTS_BEFORE_MERGE = 64
CRASHED = "reader_crashed"
FAILED = "reader_failed"
REASONS = {
    CRASHED: "读取进程崩溃，未读入 / the reading process crashed, nothing was read",
    FAILED: "读取程序出错，未读入 / the reader failed, nothing was read",
}


class ReportReading(Protocol):
    """What a reader gives for one content (see `pipelines.interpret.report`)."""

    @property
    def report(self) -> pl.DataFrame:
        """One row, ``REPORT_READING``."""

    @property
    def tables(self) -> pl.DataFrame:
        """``PUBLISHED_TABLE``."""

    @property
    def cells(self) -> pl.DataFrame:
        """``EXTRACTED_CELL``."""


class Reader(Protocol):
    """Signature of `pipelines.interpret.report.read_report`; a function that worker processes can import."""

    def __call__(self, path: Path, report_key: str, content_sha256: str, format: str) -> ReportReading:
        """Read one file; never raises for a bad document."""


@dataclass(frozen=True, slots=True)
class Task:
    """One content to read."""

    path: Path
    report_key: str
    content_sha256: str
    format: str


@dataclass(frozen=True, slots=True)
class _Failure:
    """Stands for the reading of a content that could not be read."""

    report: pl.DataFrame
    tables: pl.DataFrame
    cells: pl.DataFrame


class ReadingCache:
    """Numbered Parquet parts of readings in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def reports(self) -> pl.DataFrame:
        """Give the latest ``REPORT_READING`` row of every content ever read, by report key."""
        return self._latest().drop("part")

    def tables(self) -> dict[str, pl.DataFrame]:
        """Give all reading tables, latest rows only, ordered by report key."""
        latest = self._latest()
        keys = latest.select("report_key", "part")
        frames = {"report_reading": latest.drop("part")}
        for table, schema in TABLES.items():
            if table != "report_reading":
                frames[table] = (
                    self._scan(table, schema)
                    .join(keys.lazy(), on=["report_key", "part"], how="semi")
                    .drop("part")
                    .sort("report_key", maintain_order=True)
                    .collect()
                )
        return frames

    def add(self, readings: list[ReportReading]) -> None:
        """Store readings as one new part; merge all parts when there are many."""
        if readings:
            self._write(
                {
                    "report_reading": pl.concat([r.report for r in readings]),
                    "published_table": pl.concat([r.tables for r in readings]),
                    "extracted_cell": pl.concat([r.cells for r in readings]),
                }
            )
        old = self._parts()
        if len(old) > PARTS_BEFORE_MERGE:
            self._write(self.tables())
            for part in old:
                for table in reversed(TABLES):
                    self._file(table, part).unlink(missing_ok=True)

    def _write(self, frames: dict[str, pl.DataFrame]) -> None:
        part = max(self._parts(), default=0) + 1
        for table, schema in TABLES.items():
            parquet.write(frames[table].match_to_schema(schema), self._file(table, part))

    def _file(self, table: str, part: int) -> Path:
        return self._folder / table / f"{part:06}.parquet"

    def _parts(self) -> list[int]:
        folder = self._folder / "report_reading"
        return sorted(int(f.stem) for f in folder.glob("*.parquet") if re.fullmatch(r"\d{6}", f.stem))

    def _scan(self, table: str, schema: dict[str, pl.DataType]) -> pl.LazyFrame:
        parts = [
            pl.scan_parquet(self._file(table, part))
            .match_to_schema(schema, missing_columns="insert", extra_columns="ignore")
            .with_columns(part=pl.lit(part, pl.Int64))
            for part in self._parts()
        ]
        return pl.concat(parts) if parts else pl.LazyFrame(schema=schema | {"part": pl.Int64()})

    def _latest(self) -> pl.DataFrame:
        return (
            self._scan("report_reading", REPORT_READING)
            .sort("report_key", "part")
            .unique("report_key", keep="last", maintain_order=True)
            .collect()
        )


def tasks(files: pl.DataFrame, known: pl.DataFrame, extractor_version: str) -> list[Task]:
    """List the contents that are not yet read by this version of the reader and can still be found.

    Args:
        files: ``SOURCE_FILE``, all files ever seen; a content under several names is read once.
        known: ``REPORT_READING`` of the cache.
        extractor_version: Version that a reading must have to be used again.
    """
    current = known.filter(pl.col("extractor_version") == extractor_version)
    due = files.join(current, on="report_key", how="anti").sort("report_key", "file_name", "path")
    found = []
    for (key,), rows in due.group_by("report_key", maintain_order=True):
        for row in rows.iter_rows(named=True):
            path = open_path(row["path"])
            if _holds(path, row["content_sha256"]):
                found.append(Task(path, str(key), row["content_sha256"], row["format"]))
                break
    return found


def _holds(path: Path, content_sha256: str) -> bool:
    try:
        return sha256(path)[0] == content_sha256
    except OSError:
        return False


def read_into(
    cache: ReadingCache,
    due: list[Task],
    reader: Reader,
    *,
    workers: int,
    extractor_version: str,
    on_read: Callable[[Task], None] = lambda _: None,
) -> None:
    """Read contents in worker processes and store what they give, part by part."""
    batch: list[ReportReading] = []
    for task, reading in read_all(due, reader, workers, extractor_version):
        batch.append(reading)
        on_read(task)
        if len(batch) >= REPORTS_PER_PART:
            cache.add(batch)
            batch = []
    cache.add(batch)


def read_all(
    due: Iterable[Task], reader: Reader, workers: int, extractor_version: str
) -> Iterator[tuple[Task, ReportReading]]:
    """Yield readings as they are done; a failing reader costs its own report only.

    A content that is under way when a worker process dies is read again alone, and given up if that dies too.
    """
    pending = deque(due)
    while pending:
        suspects: list[Task] = []
        with _pool(min(workers, len(pending))) as pool:
            for task, future in _window(pool, pending, reader, 2 * workers):
                try:
                    yield task, future.result()
                except BrokenExecutor:
                    suspects.append(task)
                except Exception as error:
                    yield task, _failed(task, extractor_version, FAILED, f"{type(error).__name__}: {error}")
        for task in suspects:
            with _pool(1) as pool:
                try:
                    yield task, _submit(pool, reader, task).result()
                except BrokenExecutor:
                    yield task, _failed(task, extractor_version, CRASHED)


def _pool(workers: int) -> Executor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def _submit(pool: Executor, reader: Reader, task: Task) -> Future[ReportReading]:
    return pool.submit(reader, task.path, task.report_key, task.content_sha256, task.format)


def _window(
    pool: Executor, pending: deque[Task], reader: Reader, size: int
) -> Iterator[tuple[Task, Future[ReportReading]]]:
    """Keep ``size`` readings under way, so that finished ones do not pile up; stop when the pool breaks."""
    running: dict[Future[ReportReading], Task] = {}
    while True:
        while pending and len(running) < size:
            try:
                running[_submit(pool, reader, pending[0])] = pending[0]
            except BrokenExecutor:
                break
            pending.popleft()
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            yield running.pop(future), future


def _failed(task: Task, extractor_version: str, code: str, detail: str = "") -> ReportReading:
    row = {
        "report_key": task.report_key,
        "content_sha256": task.content_sha256,
        "format": task.format,
        "status": "quarantined",
        "reason_code": code,
        "reason": f"{REASONS[code]}{' (' + detail[:300] + ')' if detail else ''}",
        "extractor_version": extractor_version,
    }
    return _Failure(
        report=pl.DataFrame([row], schema=REPORT_READING, orient="row"),
        tables=pl.DataFrame(schema=PUBLISHED_TABLE),
        cells=pl.DataFrame(schema=EXTRACTED_CELL),
    )
