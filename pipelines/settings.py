"""Where things are and how much to use: one typed object, read from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path


class Exit(IntEnum):
    """Exit codes of ``mingzhang ingest``; other commands use ``DONE`` and ``USAGE``."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    QUARANTINED = 3
    LOCKED = 4


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths and limits of one warehouse folder.

    Attributes:
        warehouse: Folder that holds everything a run writes.
        raw: Folder read when no path is given.
        workers: Worker processes that read reports.
        lock_wait: Seconds a second ingest waits for the first.
    """

    warehouse: Path
    raw: Path
    workers: int
    lock_wait: float

    @classmethod
    def from_environment(cls, warehouse: Path | None = None, workers: int | None = None) -> Settings:
        """Read ``MINGZHANG_*`` variables; arguments win over them.

        Raises:
            ValueError: A variable or argument is not a usable number.
        """
        workers = workers if workers is not None else int(os.environ.get("MINGZHANG_WORKERS") or _cores())
        if workers < 1:
            raise ValueError(f"workers must be at least 1, not {workers}")
        return cls(
            warehouse=(warehouse or Path(os.environ.get("MINGZHANG_WAREHOUSE") or "warehouse")).absolute(),
            raw=Path(os.environ.get("MINGZHANG_RAW") or "raw").absolute(),
            workers=workers,
            lock_wait=float(os.environ.get("MINGZHANG_LOCK_WAIT") or 60),
        )

    @property
    def database(self) -> Path:
        """The DuckDB file that readers open."""
        return self.warehouse / "mingzhang.duckdb"

    @property
    def frames(self) -> Path:
        """One folder of Parquet files per asset."""
        return self.warehouse / "parquet"

    @property
    def readings(self) -> Path:
        """Cache: what was read from each content, by extractor version."""
        return self.warehouse / "cache" / "readings"

    @property
    def gates(self) -> Path:
        """Last expectation results of each asset."""
        return self.warehouse / "cache" / "gates"

    @property
    def state(self) -> Path:
        """What the last completed run had loaded; absent while a run is under way."""
        return self.warehouse / "cache" / "state.json"

    @property
    def data_docs(self) -> Path:
        """Great Expectations Data Docs."""
        return self.warehouse / "data_docs"

    @property
    def quarantine(self) -> Path:
        """One YAML record per report that was stopped."""
        return self.warehouse / "quarantine"

    @property
    def dagster_home(self) -> Path:
        """Dagster's runs, events and schedules."""
        return self.warehouse / "dagster"

    @property
    def lock(self) -> Path:
        """Held by the one writer."""
        return self.warehouse / "ingest.lock"
