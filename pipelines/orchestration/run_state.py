"""What the last completed run had loaded, so that a run with nothing new is over at once.

The file is absent while a run is under way: whatever ends a run early, the next one does all its work.
Change it only under the writer lock.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.collect.discover import FAULTS, Survey
from pipelines.core.atomic_replace import replacing
from pipelines.core.settings import Settings
from pipelines.core.version import code_digest
from pipelines.extraction.subprocess_pool import PASSING
from pipelines.prove.quarantine import record_name
from pipelines.storage.frame_store import FrameStore
from pipelines.storage.parquet import SchemaVersionError

_SAME_FILE = ["report_key", "path", "file_name", "published_on", "source_url", "stated"]


_WRITTEN_FILE_BY_FILE = ("parquet", "cache", "quarantine", "unpacked", "dagster")
"""Folders in which single files are replaced; the site has many more files and changes places as a whole."""


def begin(settings: Settings) -> None:
    """Say that a run is under way; files that only a dead run can have left are removed."""
    settings.state.unlink(missing_ok=True)
    for left in list(_leftovers(settings.warehouse)):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink(missing_ok=True)


def _leftovers(folder: Path) -> Iterable[Path]:
    """Half-written files: hidden names that every writer of ours uses until a file is whole; DuckDB's spilled rows."""
    yield from folder.glob(".*.building*")
    yield from folder.glob(".*.new")  # pages half written, or those before
    yield from folder.glob(".*.old")
    yield from folder.glob(".*.tmp")
    for name in _WRITTEN_FILE_BY_FILE:
        yield from (folder / name).glob("**/.*.tmp")
        yield from (folder / name).glob("**/.*.new")


def finish(settings: Settings, *, over_raw: bool) -> None:
    """Say that a run is complete.

    Args:
        settings: The warehouse.
        over_raw: Whether it looked at the whole folder ``raw``.
    """
    _write(settings, {"code": code_digest(), "loaded_at": _now()}, over_raw)


def still_complete(settings: Settings, *, over_raw: bool) -> None:
    """Say that a look at the files found nothing new."""
    _write(settings, read(settings), over_raw)


def write(settings: Settings, state: dict[str, Any]) -> None:
    """Say again what `read` gave, after work that leaves what was read as it is."""
    settings.state.parent.mkdir(parents=True, exist_ok=True)
    with replacing(settings.state) as file:
        file.write_text(json.dumps(state), encoding="utf-8")


def _write(settings: Settings, state: dict[str, Any], over_raw: bool) -> None:
    write(settings, state)
    if over_raw:
        with replacing(settings.last_night) as file:
            file.write_text(_now(), encoding="utf-8")


def read(settings: Settings) -> dict[str, Any]:
    """Give what the last completed run noted; nothing while one is under way."""
    try:
        state: dict[str, Any] = json.loads(settings.state.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state


def is_complete(settings: Settings) -> bool:
    """Say whether a run of the same code was completed, and nothing has been decided or begun since."""
    there = settings.database.exists() and (settings.site / "index.html").exists()
    return there and read(settings).get("code") == code_digest()


def nothing_new(found: Survey, settings: Settings) -> bool:
    """Say whether a completed run of the same code already holds every file given, and recorded every fault."""
    if not is_complete(settings):
        return False
    store = FrameStore(settings.frames)
    given = found.files
    try:
        known, readings = store.read("source_file"), store.read("report_reading")
    except (OSError, pl.exceptions.ComputeError, SchemaVersionError):  # lost or cut off: the next run makes it again
        return False
    if not given.join(known, on=_SAME_FILE, how="anti", nulls_equal=True).is_empty():
        return False
    passing = readings.filter(pl.col("reason_code").is_in(PASSING))
    recorded = all((settings.quarantine / record_name(s)).exists() for s in found.skipped if s.code in FAULTS)
    return recorded and given.join(passing, on="report_key", how="semi").is_empty()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
