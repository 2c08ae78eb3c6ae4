"""The main job from the command line: the same assets, in this process, as the only writer."""

from __future__ import annotations

import logging
import os
import time
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.collect.discover import Survey, survey
from pipelines.core import logs
from pipelines.core.files import open_path
from pipelines.core.settings import Settings
from pipelines.extraction.cache import holds
from pipelines.orchestration import run_state as state
from pipelines.orchestration.instance import COMMAND_LINE, bury, dagster_home, is_over
from pipelines.orchestration.outcome import Outcome, count
from pipelines.orchestration.watcher import UNWATCHED, Watcher
from pipelines.orchestration.writer_lock import Run, writer_lock
from pipelines.storage.frame_store import FrameStore

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

    from pipelines.core.tasks import Reader
    from pipelines.orchestration.session import Session

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Request:
    """What a run is asked for: the files found below some paths, or reports to be read whatever was read before."""

    found: Survey
    paths: tuple[Path, ...] = ()
    reread: frozenset[str] = frozenset()
    reader: tuple[Reader, str] | None = None


def ingest(
    paths: Iterable[Path],
    settings: Settings,
    watcher: Watcher = UNWATCHED,
    reader: tuple[Reader, str] | None = None,
) -> Outcome:
    """Load files and folders into the warehouse; what is there already stays.

    Args:
        paths: Files and folders.
        settings: Where to write and how much to use.
        watcher: Told how the run goes on.
        reader: Another reader, a function that can be imported, and its version, for tests.

    Raises:
        OSError: A given path cannot be read; nothing was changed.
        WarehouseLocked: Another ingest holds the warehouse.
        RuntimeError: The run failed; the database is as it was before.
    """
    given = tuple(path.absolute() for path in paths)
    return _run(_Request(survey(given, unpacked=settings.unpacked), given, reader=reader), settings, watcher)


def retry(
    reports: Collection[str],
    settings: Settings,
    watcher: Watcher = UNWATCHED,
    reader: tuple[Reader, str] | None = None,
) -> Outcome:
    """Read reports again from where they were found, whatever an earlier reading came to.

    Args:
        reports: Keys of reports that were given before.
        settings: Where to write and how much to use.
        watcher: Told how the run goes on.
        reader: Another reader, a function that can be imported, and its version, for tests.

    Returns:
        The outcome; a report whose file is gone stays what it is, and its reason says so.

    Raises:
        WarehouseLocked: Another ingest holds the warehouse.
        RuntimeError: The run failed; the database is as it was before.
    """
    files = FrameStore(settings.frames).read("source_file").filter(pl.col("report_key").is_in(list(reports)))
    places = files.select("report_key", "path", "content_sha256").iter_rows()
    there = {key for key, path, content in places if holds(open_path(path), content)}
    outcome = _run(_Request(Survey(files), reread=frozenset(there), reader=reader), settings, watcher)
    for key, name in files.select("report_key", "file_name").iter_rows():
        if key not in there and name in outcome.reasons:
            outcome.reasons[name] += "；原件已不在，无法重读 / the file is gone and cannot be read again"
    return outcome


def _run(asked: _Request, settings: Settings, watcher: Watcher) -> Outcome:
    started = time.monotonic()
    run = Run(str(uuid.uuid4()))
    with writer_lock(settings.lock, settings.lock_wait, run, partial(is_over, settings)):
        outcome = Outcome(skipped=asked.found.skipped)
        if not asked.reread and state.nothing_new(asked.found, settings):
            outcome.unchanged = True
            state.still_complete(settings, over_raw=settings.raw in asked.paths)
        else:
            outcome = replace(outcome, **_materialize(asked, settings, watcher, run.run_id))
        count(outcome, asked.found, settings)
    outcome.seconds = time.monotonic() - started
    LOG.info(
        "nothing new" if outcome.unchanged else "loaded",
        extra={"reports": outcome.reports, "read": outcome.read, "seconds": round(outcome.seconds, 1)},
    )
    return outcome


def _materialize(asked: _Request, settings: Settings, watcher: Watcher, run_id: str) -> dict[str, Any]:
    """Run the job; give the fields of the outcome that its materialisations tell."""
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    import dagster as dg

    from pipelines.orchestration import given_files
    from pipelines.orchestration.assets import ASSETS
    from pipelines.orchestration.history import mend, quick_history
    from pipelines.orchestration.nightly import JOB, every_year, main_job
    from pipelines.orchestration.reading import name_of
    from pipelines.orchestration.session import Session, session

    reader, version = asked.reader or (None, "")
    options = Session(settings, run_id, asked.paths, asked.reread, name_of(reader) if reader else "", version)
    resources = {"session": session, "watcher": dg.ResourceDefinition.hardcoded_resource(watcher)}
    job = dg.Definitions(assets=ASSETS, jobs=[main_job()], resources=resources).resolve_job_def(JOB)
    logs.run_id = run_id
    given_files.keep(options.store, asked.found, walked=not asked.reread)
    home = dagster_home(settings)
    mend(home)
    with quick_history(), dg.DagsterInstance.from_config(str(home)) as instance:
        bury(instance)
        result = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            tags={**every_year(), COMMAND_LINE: str(os.getpid())},
            run_config=_run_config(options),
            raise_on_error=True,
        )
    if not result.success:
        raise RuntimeError("the run failed")
    return _told(result)


def _run_config(options: Session) -> dict[str, Any]:
    return {
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
        "resources": {"session": {"config": options.as_config()}},
    }


def _told(result: ExecuteInProcessResult) -> dict[str, Any]:
    """Give what the assets recorded with their materialisations."""
    [extracted] = [
        event.metadata
        for event in result.asset_materializations_for_node("extraction")
        if event.asset_key.to_user_string() == "report_reading"
    ]
    [built] = [check.metadata for check in result.get_asset_check_evaluations() if check.check_name == "built"]
    return {
        "read": extracted["reports_read"].value,
        "reread": extracted["reread"].value,
        "site_fault": built["fault"].value,
    }
