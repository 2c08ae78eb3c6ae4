"""The main job from the command line: the same assets, in this process, as the only writer."""

from __future__ import annotations

import gc
import logging
import os
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.collect.discover import Survey, survey
from pipelines.collect.samples import SAMPLE_FOLDER
from pipelines.core import logs
from pipelines.core.files import open_path
from pipelines.core.frames import SOURCE_FILE
from pipelines.core.settings import Exit, Settings
from pipelines.extraction.due import holds
from pipelines.model.removed import ALL_SAMPLES, in_force
from pipelines.orchestration import decisions, journal, raw_folder, retention
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

_DAGSTERS_INTERRUPT = "DagsterExecutionInterruptedError"
"""By name: whoever asks has not imported Dagster."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What a run is asked for: the files found below some paths, reports to be read again, or decisions to record."""

    command: str
    found: Survey
    paths: tuple[Path, ...] = ()
    reread: frozenset[str] = frozenset()
    reader: tuple[Reader, str] | None = None
    record: Callable[[FrameStore], None] | None = None

    def over_raw(self, settings: Settings) -> bool:
        """Whether it looks at the whole folder ``raw``."""
        return self.command == "ingest" and settings.raw in self.paths


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
        RawFolderError: ``raw`` is empty, and reports in the warehouse came from it; nothing was changed.
        WarehouseLocked: Another ingest holds the warehouse.
        RuntimeError: The run failed; the database is as it was before.
    """
    given = tuple(path.absolute() for path in paths)
    found = survey(given, unpacked=settings.unpacked)
    asked = _Request("ingest", found, given, reader=reader)
    if asked.over_raw(settings):
        if fault := raw_folder.fault(settings, found.files):
            raise raw_folder.RawFolderError(fault)
        if found.files.is_empty() and samples_wanted(settings):
            asked = replace(asked, found=survey([*given, SAMPLE_FOLDER], unpacked=settings.unpacked))
    return _run(asked, settings, watcher)


def samples_wanted(settings: Settings) -> bool:
    """Whether the shipped samples are to be shown: no report is known, and nobody took the samples out."""
    taken = in_force(decisions.removals(FrameStore(settings.frames)))
    return ALL_SAMPLES not in taken["report_key"] and raw_folder.known_files(settings).is_empty()


def record(
    command: str,
    decision: Callable[[FrameStore], None],
    settings: Settings,
    watcher: Watcher = UNWATCHED,
    reader: tuple[Reader, str] | None = None,
) -> Outcome:
    """Record a decision about reports or findings and bring the warehouse up to date with it.

    Args:
        command: Which: ``remove`` or ``accept``.
        decision: Writes it; the frames it writes are those of `decisions`.
        settings: Of the warehouse.
        watcher: Told how the run goes on.
        reader: As for `ingest`.

    Raises:
        WarehouseLocked: Another ingest holds the warehouse; nothing was recorded.
        RuntimeError: The run failed; the database is as before, and the next run brings it up to date.
    """
    nothing = Survey(pl.DataFrame(schema=SOURCE_FILE))
    return _run(_Request(command, nothing, reader=reader, record=decision), settings, watcher)


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
    outcome = _run(_Request("retry", Survey(files), reread=frozenset(there), reader=reader), settings, watcher)
    for key, name in files.select("report_key", "file_name").iter_rows():
        if key not in there and name in outcome.reasons:
            outcome.reasons[name] += "；原件已不在，无法重读 / the file is gone and cannot be read again"
    return outcome


def _run(asked: _Request, settings: Settings, watcher: Watcher) -> Outcome:
    started, began = time.monotonic(), datetime.now(UTC)
    run = Run(str(uuid.uuid4()))
    over_raw = asked.over_raw(settings)
    with writer_lock(settings.lock, settings.lock_wait, run, partial(is_over, settings)), _little_collecting():
        try:
            outcome = _under_lock(asked, settings, watcher, run.run_id)
        except BaseException as error:  # an interrupt, too, is told of
            interrupt = is_interrupt(error)
            journal.failed(
                settings,
                run.run_id,
                asked.command,
                "运行被中断 / the run was interrupted" if interrupt else _in_a_line(error),
                over_raw=over_raw,
                status="killed" if interrupt else "failed",
                started_at=began,
                exit_code=Exit.INTERRUPTED if interrupt else Exit.FAILED,
            )
            raise
    outcome.seconds = time.monotonic() - started
    LOG.info(
        "nothing new" if outcome.unchanged else "loaded",
        extra={"reports": outcome.reports, "read": outcome.read, "seconds": round(outcome.seconds, 1)},
    )
    return outcome


@contextmanager
def _little_collecting() -> Iterator[None]:
    """Look for cycles seldom: in all that is imported there are none, and going through it takes a tenth of a run."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _under_lock(asked: _Request, settings: Settings, watcher: Watcher, run_id: str) -> Outcome:
    outcome = Outcome(skipped=asked.found.skipped)
    over_raw = asked.over_raw(settings)
    if asked.record is not None:
        complete = state.read(settings) if state.is_complete(settings) else None
        settings.state.unlink(missing_ok=True)  # from here on the database is behind
        asked.record(FrameStore(settings.frames))
        if asked.command == "accept" and complete is not None:
            journal.begin(settings, run_id, asked.command, over_raw=False)
            _materialize(asked, settings, watcher, run_id, ["expectation_result", "warehouse", "site"])
            state.write(settings, complete)
            journal.succeeded(settings, run_id, asked.command, over_raw=False)
            count(outcome, asked.found, settings)
            return outcome
    elif not asked.reread and state.nothing_new(asked.found, settings):
        outcome.unchanged = True
        state.still_complete(settings, over_raw=over_raw)
        journal.succeeded(settings, run_id, asked.command, over_raw=over_raw)
    if not outcome.unchanged:
        outcome = replace(outcome, **_materialize(asked, settings, watcher, run_id))
    count(outcome, asked.found, settings)
    return outcome


def is_interrupt(error: BaseException) -> bool:
    """Whether a run ended since somebody ended it: Ctrl-C, SIGTERM, or what Dagster makes of them."""
    behind = _behind(error, lambda one: one.__cause__ or one.__context__)
    return any(isinstance(one, KeyboardInterrupt) or type(one).__name__ == _DAGSTERS_INTERRUPT for one in behind)


def _in_a_line(error: BaseException) -> str:
    """Say what went wrong in few words: Dagster wraps what a step raised."""
    *_, first = _behind(error, lambda one: one.__cause__)
    return " ".join(f"{type(first).__name__}: {first}".split())[:300]


def _behind(
    error: BaseException, following: Callable[[BaseException], BaseException | None]
) -> Iterator[BaseException]:
    """An error and those behind it, each once: what is raised again while it is handled may stand behind itself."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = following(one)


def _materialize(
    asked: _Request, settings: Settings, watcher: Watcher, run_id: str, only: Collection[str] = ()
) -> dict[str, Any]:
    """Run the job, or some of its assets; give the fields of the outcome that its materialisations tell."""
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    import dagster as dg

    from pipelines.orchestration import check_events, given_files
    from pipelines.orchestration.asset_names import JOB
    from pipelines.orchestration.assets import without_years
    from pipelines.orchestration.history import held_open, mend
    from pipelines.orchestration.nightly import main_job
    from pipelines.orchestration.reading import name_of
    from pipelines.orchestration.session import Session, session

    reader, version = asked.reader or (None, "")
    read_by = name_of(reader) if reader else ""
    options = Session(settings, run_id, asked.paths, asked.reread, read_by, version, asked.command)
    resources = {"session": session, "watcher": dg.ResourceDefinition.hardcoded_resource(watcher)}
    job = dg.Definitions(
        assets=without_years(), jobs=[main_job(every_check=False)], resources=resources
    ).resolve_job_def(JOB)
    logs.run_id = run_id
    given_files.keep(options.store, asked.found, walked=asked.command == "ingest")
    home = dagster_home(settings)
    mend(home)
    with dg.DagsterInstance.from_config(str(home)) as instance, held_open(home):
        bury(instance)
        retention.forget_old_runs(settings, instance)
        retention.forget_old_files(settings)
        result = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            tags={COMMAND_LINE: str(os.getpid())},
            run_config=_run_config(options),
            raise_on_error=True,
            asset_selection=[dg.AssetKey(name) for name in only] or None,
        )
        if not only:
            check_events.report(instance, options)
    if not result.success:
        raise RuntimeError("the run failed")
    return {} if only else _told(result)


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
