"""How much room a warehouse takes, and what goes from it with time: records of runs, their logs, old pages.

What people decided, what was read, and the frames never go; nor does the last record of a run.
"""

from __future__ import annotations

import logging
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance

LOG = logging.getLogger(__name__)

MOST_RUNS_AT_ONCE = 50
"""Records of runs removed after one run, so that a long neglected warehouse does not hold one night up."""

KEPT_AT_LEAST = 5
"""Latest records of runs that are kept however old."""

PARTS = {
    "database": "mingzhang.duckdb",
    "frames": "parquet",
    "lake": "lake",
    "readings": "cache",
    "data_docs": "data_docs",
    "site": "site",
    "runs_and_logs": "dagster",
    "quarantine": "quarantine",
    "unpacked": "unpacked",
}
"""Parts of the warehouse folder that are told of one by one."""


def disk_use(settings: Settings) -> dict[str, int]:
    """Give the bytes of each part of a warehouse, of all of it, and what is free beside it."""
    found = {part: _size(settings.warehouse / name) for part, name in PARTS.items()}
    found["all"] = _size(settings.warehouse)
    folder = next(path for path in (settings.warehouse, *settings.warehouse.parents) if path.exists())
    found["free"] = shutil.disk_usage(folder).free
    return found


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    found: dict[tuple[int, int], int] = {}  # releases of the lake have files in common with the frames
    for file in path.rglob("*"):
        try:
            if not file.is_dir():
                stat = file.lstat()
                found[stat.st_dev, stat.st_ino] = stat.st_size
        except OSError:  # gone while we looked: a run replaces pages
            continue
    return sum(found.values())


def forget_old_runs(settings: Settings, instance: DagsterInstance) -> int:
    """Remove Dagster's records and logs of runs that ended long ago.

    Args:
        settings: Says how many days they are kept.
        instance: Dagster's.

    Returns:
        How many went.
    """
    import dagster as dg

    before = datetime.now(UTC) - timedelta(days=settings.keep_days)
    old = instance.get_run_records(dg.RunsFilter(created_before=before), limit=MOST_RUNS_AT_ONCE, ascending=True)
    latest = {record.dagster_run.run_id for record in instance.get_run_records(limit=KEPT_AT_LEAST)}
    gone = 0
    for record in old:
        run = record.dagster_run
        if run.is_finished and run.run_id not in latest:
            instance.delete_run(run.run_id)
            for left in (settings.dagster_home / "storage" / run.run_id, *_logs_of(settings, run.run_id)):
                _remove(left)
            gone += 1
    return gone


def _logs_of(settings: Settings, run_id: str) -> list[Path]:
    return [file for file in (settings.dagster_home / "history" / "runs").glob(f"{run_id}*") if file.is_file()]


def forget_old_files(settings: Settings) -> None:
    """Remove logs of errors and databases of Dagster put aside that are old."""
    before = time.time() - timedelta(days=settings.keep_days).total_seconds()
    old = [*settings.warehouse.glob("ingest-error.log"), *settings.dagster_home.rglob("*.damaged")]
    for file in old:
        if file.stat().st_mtime < before:
            _remove(file)


def _remove(path: Path) -> None:
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError:
        LOG.warning("could not be removed", extra={"file": str(path)})
