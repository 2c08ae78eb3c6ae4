"""Where things are and how much to use: one typed object, read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import IntEnum
from pathlib import Path
from typing import Any

from pipelines.core.files import open_path, stored_path


class Exit(IntEnum):
    """Exit codes of ``mingzhang ingest``; other commands use ``DONE`` and ``USAGE``.

    ``UNHEALTHY`` is that of ``status`` and ``health`` from a failed, killed or missed night to the next success;
    ``INTERRUPTED`` is what shells expect after Ctrl-C; SIGTERM ends in the same way.
    """

    DONE = 0
    FAILED = 1
    USAGE = 2
    QUARANTINED = 3
    LOCKED = 4
    UNHEALTHY = 5
    INTERRUPTED = 130


LOG_FORMATS = ("text", "json")
NIGHTS = ("", "on", "off")


def _number(variable: str, default: float, least: float = 1) -> float:
    """Read a number from the environment.

    Raises:
        ValueError: It is no number, or smaller than ``least``.
    """
    text = os.environ.get(variable, "").strip()
    try:
        number = float(text) if text else default
    except ValueError:
        raise ValueError(f"{variable} must be a number, not {text!r}") from None
    if not least <= number < float("inf"):
        raise ValueError(f"{variable} must be at least {least:g}, not {text}")
    return number


def _switch(variable: str, default: bool) -> bool:
    """Read ``on`` or ``off`` from the environment.

    Raises:
        ValueError: It is neither.
    """
    text = os.environ.get(variable, "").strip()
    if text not in {"", "on", "off"}:
        raise ValueError(f"{variable} is on or off, not {text!r}")
    return text == "on" if text else default


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1


LONGEST_SECONDS = 7200.0
"""What pages that have to be recognised may add up to: a night has other reports too."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one report may cost; a report beyond it goes into quarantine.

    Attributes:
        seconds: Time for one report of text.
        page_seconds: More time for each page that has to be recognised.
        memory_mb: Memory of a worker process.
        ocr_memory_mb: More memory for a process once it recognises pages.
        pages: Pages of one report.
        file_mb: Size of a file.
    """

    seconds: float = 300
    page_seconds: float = 10
    memory_mb: int = 512
    ocr_memory_mb: int = 512
    pages: int = 2000
    file_mb: int = 100

    @classmethod
    def from_environment(cls) -> Limits:
        """Read ``MINGZHANG_MAX_*`` variables."""
        default = cls()
        return cls(
            seconds=_number("MINGZHANG_MAX_SECONDS", default.seconds),
            page_seconds=_number("MINGZHANG_MAX_PAGE_SECONDS", default.page_seconds, least=0),
            memory_mb=int(_number("MINGZHANG_MAX_MEMORY_MB", default.memory_mb)),
            ocr_memory_mb=int(_number("MINGZHANG_MAX_OCR_MEMORY_MB", default.ocr_memory_mb, least=0)),
            pages=int(_number("MINGZHANG_MAX_PAGES", default.pages)),
            file_mb=int(_number("MINGZHANG_MAX_FILE_MB", default.file_mb)),
        )

    def seconds_with(self, scanned: int) -> float:
        """Time for a report of which so many pages have been recognised so far."""
        return max(self.seconds, min(self.seconds + scanned * self.page_seconds, LONGEST_SECONDS))

    def memory_with(self, *, ocr: bool) -> int:
        """Memory of a process in megabytes, once it recognises pages or before."""
        return self.memory_mb + (self.ocr_memory_mb if ocr else 0)


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths and limits of one warehouse folder; every field is one line of ``.env.example``.

    Attributes:
        warehouse: Folder that holds everything a run writes.
        raw: Folder read when no path is given.
        workers: Worker processes that read reports.
        lock_wait: Seconds a second ingest waits for the first.
        limits: What reading one report may cost.
        dask: Address of a Dask scheduler whose workers read the reports; empty for processes of this machine.
        log_format: ``text``, or ``json`` for one object per line.
        site_pictures: Whether the site shows pictures of the pages its numbers come from.
        nights: Whether a missed night is a failure: ``on``, ``off``, or empty: since the daemon was first started.
        keep_days: Days that records of runs, their logs and old pages are kept.
    """

    warehouse: Path
    raw: Path
    workers: int
    lock_wait: float
    limits: Limits = Limits()
    dask: str = ""
    log_format: str = "text"
    site_pictures: bool = True
    nights: str = ""
    keep_days: int = 90

    @classmethod
    def from_environment(cls, warehouse: Path | None = None, workers: int | None = None) -> Settings:
        """Read ``MINGZHANG_*`` variables; arguments win over them.

        Raises:
            ValueError: A variable or argument is not a usable number.
        """
        workers = workers if workers is not None else int(_number("MINGZHANG_WORKERS", _cores()))
        log_format = os.environ.get("MINGZHANG_LOG_FORMAT") or "text"
        if log_format not in LOG_FORMATS:
            raise ValueError(f"MINGZHANG_LOG_FORMAT is one of {', '.join(LOG_FORMATS)}, not {log_format!r}")
        nights = os.environ.get("MINGZHANG_NIGHTS", "").strip()
        if nights not in NIGHTS:
            raise ValueError(f"MINGZHANG_NIGHTS is on or off, not {nights!r}")
        return cls(
            warehouse=(warehouse or Path(os.environ.get("MINGZHANG_WAREHOUSE") or "warehouse")).absolute(),
            raw=Path(os.environ.get("MINGZHANG_RAW") or "raw").absolute(),
            workers=workers,
            lock_wait=_number("MINGZHANG_LOCK_WAIT", 60, least=0),
            limits=Limits.from_environment(),
            dask=os.environ.get("MINGZHANG_DASK") or "",
            log_format=log_format,
            site_pictures=_switch("MINGZHANG_SITE_PICTURES", True),
            nights=nights,
            keep_days=int(_number("MINGZHANG_KEEP_DAYS", 90)),
        )

    def as_config(self) -> dict[str, Any]:
        """Write all fields as text, numbers and mappings, as a Dagster run records them."""
        return asdict(self) | {"warehouse": stored_path(self.warehouse), "raw": stored_path(self.raw)}

    def overlaid(self, config: Mapping[str, Any]) -> Settings:
        """Take over fields that `as_config` wrote; those that are not given stay.

        Raises:
            ValueError: There is no such field.
        """
        if unknown := set(config) - {field.name for field in fields(self)}:
            raise ValueError(f"settings have no {', '.join(sorted(unknown))}")
        paths = {name: open_path(config[name]).absolute() for name in ("warehouse", "raw") if name in config}
        limits = {"limits": replace(self.limits, **config["limits"])} if "limits" in config else {}
        return replace(self, **{**config, **paths, **limits})

    @property
    def database(self) -> Path:
        """The DuckDB file that readers open."""
        return self.warehouse / "mingzhang.duckdb"

    @property
    def frames(self) -> Path:
        """One folder of Parquet files per asset."""
        return self.warehouse / "parquet"

    @property
    def lake(self) -> Path:
        """Releases of all tables as Parquet, for other engines, and the manifest that names one of them."""
        return self.warehouse / "lake"

    @property
    def readings(self) -> Path:
        """Cache: what was read from each content, by extractor version."""
        return self.warehouse / "cache" / "readings"

    @property
    def extractor(self) -> Path:
        """The extractor that the code at work makes, as found once."""
        return self.warehouse / "cache" / "extractor.json"

    @property
    def unpacked(self) -> Path:
        """Members of archives, named by their content, for as long as the warehouse lives."""
        return self.warehouse / "unpacked"

    @property
    def gates(self) -> Path:
        """What Great Expectations said of each kind of row."""
        return self.warehouse / "cache" / "gates"

    @property
    def buckets(self) -> Path:
        """What each bucket of reports was made of, stage by stage."""
        return self.warehouse / "cache" / "buckets"

    @property
    def state(self) -> Path:
        """What the last completed run had loaded; absent while a run is under way."""
        return self.warehouse / "cache" / "state.json"

    @property
    def last_night(self) -> Path:
        """When everything in ``raw`` was last known to be loaded."""
        return self.warehouse / "cache" / "last_night"

    @property
    def data_docs(self) -> Path:
        """Great Expectations Data Docs."""
        return self.warehouse / "data_docs"

    @property
    def site(self) -> Path:
        """Pages for people; ``index.html`` is the first."""
        return self.warehouse / "site"

    @property
    def site_cache(self) -> Path:
        """Pictures of pages and the code of charts, which stay the same from site to site."""
        return self.warehouse / "cache" / "site"

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
