"""The main job from the command line: the same assets, in this process, as the only writer."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.collect.discover import FAULTS, Skipped, Survey, survey
from pipelines.collect.lock import writer_lock
from pipelines.settings import Settings
from pipelines.store import FrameStore
from pipelines.version import code_digest

if TYPE_CHECKING:
    from pipelines.collect.readings import Reader, Task

_SAME_FILE = ["report_key", "path", "file_name", "published_on", "source_url"]
_DAGSTER_YAML = """\
# Written by mingzhang. 明账写入。
telemetry:
  enabled: false
"""


@dataclass(slots=True)
class Outcome:
    """What an ingest came to.

    Attributes:
        reports: Reports in the warehouse.
        read: Contents read in this run.
        forms: Forms published by all reports.
        cells: Published cells.
        facts: Rows of the fact tables.
        quarantined: Reports in quarantine, given now or before.
        given_quarantined: Those among the files given now, and files that could not be read at all.
        skipped: Paths that were passed over.
        seconds: Duration.
        unchanged: Nothing was new, the warehouse was left as it is.
    """

    reports: int = 0
    read: int = 0
    forms: int = 0
    cells: int = 0
    facts: int = 0
    quarantined: int = 0
    given_quarantined: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    seconds: float = 0.0
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Watcher:
    """Callbacks of a progress display."""

    on_plan: Callable[[int], None] = lambda _: None
    on_read: Callable[[Task], None] = lambda _: None
    on_step: Callable[[str], None] = lambda _: None


def ingest(
    paths: Iterable[Path],
    settings: Settings,
    watcher: Watcher = Watcher(),
    reader: tuple[Reader, str] | None = None,
) -> Outcome:
    """Load files and folders into the warehouse; what is there already stays.

    Args:
        paths: Files and folders.
        settings: Where to write and how much to use.
        watcher: Told how the run goes on.
        reader: Another reader and its version, for tests.

    Raises:
        OSError: A given path cannot be read; nothing was changed.
        WarehouseLocked: Another ingest holds the warehouse.
        RuntimeError: The run failed; the database is as it was before.
    """
    started = time.monotonic()
    found = survey(paths)
    with writer_lock(settings.lock, settings.lock_wait):
        outcome = Outcome(skipped=found.skipped)
        if _nothing_new(found, settings):
            outcome.unchanged = True
        else:
            settings.state.unlink(missing_ok=True)
            outcome.read = _materialize(found, settings, watcher, reader)
        _note_state(settings, outcome.unchanged)
        _count(outcome, found, settings)
    outcome.seconds = time.monotonic() - started
    return outcome


def _materialize(found: Survey, settings: Settings, watcher: Watcher, reader: tuple[Reader, str] | None) -> int:
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    import dagster as dg

    from pipelines.definitions import JOB, defs, every_year
    from pipelines.session import Session

    read: list[str] = []

    def on_read(task: Task) -> None:
        read.append(task.report_key)
        watcher.on_read(task)

    session = Session(
        settings,
        found,
        reader=reader[0] if reader else None,
        extractor_version=reader[1] if reader else None,
        on_plan=watcher.on_plan,
        on_read=on_read,
        on_step=watcher.on_step,
    )
    job = defs.resolve_job_def(JOB)
    with dg.DagsterInstance.from_config(str(dagster_home(settings))) as instance:
        result = job.execute_in_process(
            instance=instance,
            tags=every_year(),
            resources={"session": session},
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=True,
        )
    if not result.success:
        raise RuntimeError("the run failed")
    return len(read)


def dagster_home(settings: Settings) -> Path:
    """Make Dagster's home inside the warehouse folder, with its telemetry off."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    if not config.exists():
        config.write_text(_DAGSTER_YAML, encoding="utf-8")
    return home


def _nothing_new(found: Survey, settings: Settings) -> bool:
    """Say whether a completed run of the same code already holds every file given."""
    if not settings.database.exists() or _state(settings).get("code") != code_digest():
        return False
    known = FrameStore(settings.frames).read("source_file")
    return found.files.join(known, on=_SAME_FILE, how="anti", nulls_equal=True).is_empty()


def _state(settings: Settings) -> dict[str, Any]:
    try:
        state: dict[str, Any] = json.loads(settings.state.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state


def _note_state(settings: Settings, unchanged: bool) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    state = _state(settings) if unchanged else {"code": code_digest(), "loaded_at": now}
    settings.state.parent.mkdir(parents=True, exist_ok=True)
    temporary = settings.state.with_suffix(".tmp")
    temporary.write_text(json.dumps(state | {"checked_at": now}), encoding="utf-8")
    temporary.replace(settings.state)


def _count(outcome: Outcome, found: Survey, settings: Settings) -> None:
    import duckdb

    with duckdb.connect(str(settings.database), read_only=True) as connection:
        row = connection.execute(
            """
            select
                (select count(*) from dim_report),
                (select count(*) from report_form),
                (select count(*) from published_cell),
                (select count(*) from fact_expenditure)
                + (select count(*) from fact_revenue)
                + (select count(*) from fact_three_public)
            """
        ).fetchone()
        stopped = connection.execute("select report_key from dim_report where status = 'quarantined'").fetchall()
    assert row is not None
    outcome.reports, outcome.forms, outcome.cells, outcome.facts = row
    quarantined = pl.Series("report_key", [key for (key,) in stopped], dtype=pl.String)
    given = found.files.filter(pl.col("report_key").is_in(quarantined.implode()))
    unread = [s.file_name for s in found.skipped if s.code in FAULTS]
    outcome.quarantined = len(quarantined) + len(unread)
    outcome.given_quarantined = [*given["file_name"], *unread]
