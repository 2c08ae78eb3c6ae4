"""The main job from the command line: the same assets, in this process, as the only writer."""

from __future__ import annotations

import logging
import os
import time
import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from pipelines.collect.discover import FAULTS, Skipped, Survey, survey
from pipelines.collect.lock import writer_lock
from pipelines.core import logs
from pipelines.core.files import open_path
from pipelines.core.settings import Settings
from pipelines.extraction.cache import holds
from pipelines.orchestration import run_state as state
from pipelines.storage.frame_store import FrameStore

if TYPE_CHECKING:
    from dagster import DagsterInstance

    from pipelines.core.tasks import Reader, Task

_HERE = "mingzhang/pid"
"""Tag of a run that lives in the process of a command line."""

_OURS = "# Written by mingzhang. 明账写入。\n"
_DAGSTER_YAML = """\
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
run_retries:
  enabled: true
  max_retries: 2
run_monitoring:
  enabled: true
python_logs:
  python_log_level: INFO
  managed_python_loggers: [pipelines]
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days: 7
"""

LOG = logging.getLogger(__name__)


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
        reasons: Why each of those was stopped, by name.
        skipped: Paths that were passed over.
        seconds: Duration.
        unchanged: Nothing was new, the warehouse was left as it is.
        site_fault: Why the site was not updated; empty when it was.
    """

    reports: int = 0
    read: int = 0
    forms: int = 0
    cells: int = 0
    facts: int = 0
    quarantined: int = 0
    given_quarantined: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    seconds: float = 0.0
    unchanged: bool = False
    site_fault: str = ""


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
    given = [path.absolute() for path in paths]
    return _run(survey(given), settings, watcher, reader, over_raw=settings.raw in given)


def retry(
    reports: Collection[str],
    settings: Settings,
    watcher: Watcher = Watcher(),
    reader: tuple[Reader, str] | None = None,
) -> Outcome:
    """Read reports again from where they were found, whatever an earlier reading came to.

    Args:
        reports: Keys of reports that were given before.
        settings: Where to write and how much to use.
        watcher: Told how the run goes on.
        reader: Another reader and its version, for tests.

    Returns:
        The outcome; a report whose file is gone stays what it is, and its reason says so.

    Raises:
        WarehouseLocked: Another ingest holds the warehouse.
        RuntimeError: The run failed; the database is as it was before.
    """
    files = FrameStore(settings.frames).read("source_file").filter(pl.col("report_key").is_in(list(reports)))
    places = files.select("report_key", "path", "content_sha256").iter_rows()
    there = {key for key, path, content in places if holds(open_path(path), content)}
    outcome = _run(Survey(files), settings, watcher, reader, again=frozenset(there))
    for key, name in files.select("report_key", "file_name").iter_rows():
        if key not in there and name in outcome.reasons:
            outcome.reasons[name] += "；原件已不在，无法重读 / the file is gone and cannot be read again"
    return outcome


def _run(
    found: Survey,
    settings: Settings,
    watcher: Watcher,
    reader: tuple[Reader, str] | None,
    *,
    over_raw: bool = False,
    again: frozenset[str] = frozenset(),
) -> Outcome:
    started = time.monotonic()
    with writer_lock(settings.lock, settings.lock_wait):
        outcome = Outcome(skipped=found.skipped)
        if not again and state.nothing_new(found, settings):
            outcome.unchanged = True
            state.still_complete(settings, over_raw=over_raw)
        else:
            outcome.read, outcome.site_fault = _materialize(
                found, settings, watcher, reader, over_raw=over_raw, again=again
            )
        _count(outcome, found, settings)
    outcome.seconds = time.monotonic() - started
    LOG.info(
        "nothing new" if outcome.unchanged else "loaded",
        extra={"reports": outcome.reports, "read": outcome.read, "seconds": round(outcome.seconds, 1)},
    )
    return outcome


def _materialize(
    found: Survey,
    settings: Settings,
    watcher: Watcher,
    reader: tuple[Reader, str] | None,
    *,
    over_raw: bool,
    again: frozenset[str],
) -> tuple[int, str]:
    """Run the job; give the number of contents read, and why the site was not updated."""
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    import dagster as dg

    from pipelines.orchestration.assets import ASSETS
    from pipelines.orchestration.history import mend, quick_history
    from pipelines.orchestration.nightly import JOB, every_year, main_job
    from pipelines.orchestration.session import Session

    read: list[str] = []

    def on_read(task: Task) -> None:
        read.append(task.report_key)
        watcher.on_read(task)

    session = Session(
        settings,
        found,
        reader=reader[0] if reader else None,
        extractor_version=reader[1] if reader else None,
        over_raw=over_raw,
        again=again,
        on_plan=watcher.on_plan,
        on_read=on_read,
        on_step=watcher.on_step,
    )
    resources = {"session": session}
    job = dg.Definitions(assets=ASSETS, jobs=[main_job()], resources=resources).resolve_job_def(JOB)
    logs.run_id = str(uuid.uuid4())
    home = dagster_home(settings)
    mend(home)
    with quick_history(), dg.DagsterInstance.from_config(str(home)) as instance:
        _bury(instance)
        result = job.execute_in_process(
            instance=instance,
            run_id=logs.run_id,
            tags={**every_year(), _HERE: str(os.getpid())},
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=True,
        )
    if not result.success:
        raise RuntimeError("the run failed")
    return len(read), session.site_fault


def _bury(instance: DagsterInstance) -> None:
    """Mark runs of earlier command lines that died as failed; we hold the lock, so none of them can be alive."""
    import dagster as dg

    alive = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    for run in instance.get_runs(dg.RunsFilter(statuses=alive)):
        if _HERE in run.tags:
            instance.report_run_failed(run, "the process died / 进程已终止")


def dagster_home(settings: Settings) -> Path:
    """Make Dagster's home inside the warehouse folder; a ``dagster.yaml`` that somebody else wrote is kept."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    written = config.read_text(encoding="utf-8") if config.exists() else _OURS
    if written.startswith(_OURS) and written != _OURS + _DAGSTER_YAML:
        temporary = home / ".dagster.yaml.tmp"
        temporary.write_text(_OURS + _DAGSTER_YAML, encoding="utf-8")
        temporary.replace(config)
    return home


def _count(outcome: Outcome, found: Survey, settings: Settings) -> None:
    import duckdb

    with duckdb.connect(str(settings.database), read_only=True) as connection:
        row = connection.execute(
            """
            select
                (select count(*) from dim_report),
                (select count(*) from report_form),
                (select count(*) from published_cell),
                (select count(*) from fact_disclosure)
                + (select count(*) from fact_expenditure)
                + (select count(*) from fact_performance)
                + (select count(*) from fact_project)
                + (select count(*) from fact_revenue)
                + (select count(*) from fact_three_public)
            """
        ).fetchone()
        stopped = connection.execute(
            "select report_key, reason from dim_report where status = 'quarantined'"
        ).fetchall()
    assert row is not None
    outcome.reports, outcome.forms, outcome.cells, outcome.facts = row
    reasons = {key: reason or "" for key, reason in stopped}
    for key, name in found.files.select("report_key", "file_name").iter_rows():
        if key in reasons:
            outcome.reasons[name] = reasons[key]
    unread = {s.file_name: s.reason for s in found.skipped if s.code in FAULTS}
    outcome.reasons |= unread
    outcome.quarantined = len(reasons) + len(unread)
    outcome.given_quarantined = list(outcome.reasons)
