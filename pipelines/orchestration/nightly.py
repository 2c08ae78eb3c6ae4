"""Every night, unattended: the schedule, the sensor on ``raw``, and the check that nights succeed."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from pipelines.collect.discover import Survey, survey
from pipelines.core.settings import Settings
from pipelines.orchestration import checks, journal, raw_folder
from pipelines.orchestration import run_state as state
from pipelines.orchestration.asset_names import GATED, JOB
from pipelines.orchestration.assets import ASSETS, FISCAL_YEARS
from pipelines.orchestration.assets import warehouse as warehouse_asset
from pipelines.orchestration.instance import COMMAND_LINE
from pipelines.orchestration.writer_lock import WarehouseLocked, writer_lock

LOG = logging.getLogger(__name__)

LOOKING = os.environ.get("MINGZHANG_LOOKING") == "on"
"""Set by ``mingzhang dev``, whose user looks: nothing is ingested because something stands in ``raw``."""

LONGEST_SILENCE = timedelta(hours=36)
"""A night may be late, not missing."""

SKEW_HOURS = journal.SKEW.total_seconds() / 3600
"""A last good night further in the future comes from a clock that was set back, and says nothing."""

SETTLED_SECONDS = 30
"""Files younger than this may still be written to; the sensor waits for them."""


def every_year() -> dict[str, str]:
    """Tags of a run over all fiscal years there are, in one pass."""
    years = FISCAL_YEARS.get_partition_keys()
    return {"dagster/asset_partition_range_start": years[0], "dagster/asset_partition_range_end": years[-1]}


def main_job(
    retry_policy: dg.RetryPolicy | None = None,
    executor: dg.ExecutorDefinition = dg.in_process_executor,
    *,
    every_check: bool = True,
) -> UnresolvedAssetJobDefinition:
    """Define the main job.

    Args:
        retry_policy: Of its steps; whoever waits at a terminal wants none tried again.
        executor: Where its steps run; each needs the one before it, so a process of its own makes none faster.
        every_check: Whether what each suite and each rule said is an event of the run; the command line tells what has
            changed instead (`check_events`).
    """
    selection: dg.AssetSelection = dg.AssetSelection.assets(*ASSETS)
    if not every_check:
        specs = [*checks.specs(GATED), *checks.rule_specs()]
        selection = selection - dg.AssetSelection.checks(*(spec.key for spec in specs))
    return dg.define_asset_job(
        JOB,
        selection=selection,
        executor_def=executor,
        description="主任务：原始报告入库 / The main job: raw reports into the warehouse",
        tags={"dagster/max_retries": "2", "dagster/retry_strategy": "ALL_STEPS"},
        op_retry_policy=retry_policy,
    )


ingest = main_job(dg.RetryPolicy(max_retries=1, delay=5))


@dg.schedule(
    job=ingest,
    cron_schedule="0 2 * * *",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="每夜两点，读入所有新报告 / Every night at two, everything new",
)
def nightly() -> dg.RunRequest | dg.SkipReason:
    """Run over everything new, whatever its fiscal year; a night with nothing new is over here.

    A night that finds ``raw`` gone, unreadable or suddenly empty has failed, and starts no run.
    """
    settings = Settings.from_environment()
    try:
        found = survey([settings.raw], unpacked=settings.unpacked)
        fault = raw_folder.fault(settings, found.files)
    except OSError as error:
        fault = f"无法读取 {settings.raw} / cannot be read: {error.strerror or error!r}"
    if fault:
        _night_failed(settings, fault)
        return dg.SkipReason(fault)
    if _is_complete(found, settings):
        return dg.SkipReason("没有新内容 / nothing new")
    return dg.RunRequest(tags=every_year())


def _night_failed(settings: Settings, reason: str) -> None:
    """Note that a night failed before it became a run; whoever writes just now tells how that goes."""
    try:
        with writer_lock(settings.lock, settings.lock_wait):
            journal.failed(settings, str(uuid.uuid4()), "night", reason, over_raw=True)
    except (WarehouseLocked, OSError):
        LOG.exception("the failed night could not be noted: %s", reason)


@dg.sensor(
    job=ingest,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.STOPPED if LOOKING else dg.DefaultSensorStatus.RUNNING,
    description="raw 中有新内容时运行 / Runs when something new stands in raw",
)
def raw_files(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Look at names, sizes and times first, which is cheap, and at contents only where those changed.

    The cursor holds what was seen last; the run key is the digest of all contents, so that a content is run once.
    """
    settings = Settings.from_environment()
    if not settings.raw.is_dir():
        yield dg.SkipReason(f"没有文件夹 {settings.raw} / no such folder")
        return
    looks, newest = _looks(settings.raw)
    if looks == context.cursor:
        yield dg.SkipReason("没有变化 / no change")
        return
    if abs(datetime.now(UTC).timestamp() - newest) < SETTLED_SECONDS:  # a time to come says nothing, clocks differ
        yield dg.SkipReason("文件仍在写入 / files are still being written")
        return
    found = survey([settings.raw], unpacked=settings.unpacked)
    context.update_cursor(looks)
    if found.files.is_empty():
        yield dg.SkipReason("没有报告 / no reports")
        return
    if _is_complete(found, settings):
        yield dg.SkipReason("没有新内容 / nothing new")
        return
    yield dg.RunRequest(run_key=_contents(found), tags=every_year())


def _is_complete(found: Survey, settings: Settings) -> bool:
    """Whether the warehouse holds everything; while somebody writes to it nobody can tell."""
    try:
        with writer_lock(settings.lock, 0):
            complete = state.nothing_new(found, settings)
            if complete:
                state.still_complete(settings, over_raw=True)
                journal.succeeded(settings, str(uuid.uuid4()), "night", over_raw=True)
            return complete
    except WarehouseLocked:
        return False


def _looks(folder: Path) -> tuple[str, float]:
    """Digest names, sizes and times of all files; give it with the latest time."""
    seen: list[tuple[str, int, int]] = []
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                status = os.lstat(os.path.join(parent, name))  # noqa: PTH118 (names may be any bytes)
            except OSError:
                continue
            seen.append((os.fsencode(os.path.join(parent, name)).hex(), status.st_size, status.st_mtime_ns))  # noqa: PTH118
    digest = hashlib.sha256(json.dumps(sorted(seen)).encode()).hexdigest()
    return digest, max((time for _, _, time in seen), default=0) / 1e9


def _contents(found: Survey) -> str:
    """Digest all contents with their names and cards."""
    rows = found.files.select("content_sha256", "file_name", "published_on", "source_url", "stated").sort(
        "content_sha256", "file_name"
    )
    return hashlib.sha256(rows.write_csv().encode()).hexdigest()


@dg.asset_check(
    asset=warehouse_asset, description="最近成功的一夜不早于 36 小时 / The last good night is at most 36 hours old"
)
def fresh() -> dg.AssetCheckResult:
    """Fail when everything in ``raw`` was last known to be loaded longer ago than a night may be late."""
    settings = Settings.from_environment()
    with suppress(WarehouseLocked, OSError), writer_lock(settings.lock, 0):
        journal.note_missed_nights(settings)
    last = journal.last_good(settings)
    hours = None if last is None else (datetime.now(UTC) - last).total_seconds() / 3600
    return dg.AssetCheckResult(
        passed=hours is not None and -SKEW_HOURS <= hours <= LONGEST_SILENCE.total_seconds() / 3600,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"last_night": str(last), "hours": hours if hours is not None else "never / 从未"},
    )


freshness = dg.define_asset_job(
    "freshness",
    selection=dg.AssetSelection.checks(fresh),
    executor_def=dg.in_process_executor,
    description="检查每夜是否成功 / Looks whether nights succeed",
)
hourly_freshness = dg.ScheduleDefinition(
    name="hourly_freshness",
    job=freshness,
    cron_schedule="30 * * * *",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)


@dg.run_failure_sensor(
    monitored_jobs=[ingest],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="失败的运行记入 quality.run 并通知 / Failed runs become rows of quality.run and are told",
)
def failures(context: dg.RunFailureSensorContext) -> None:
    """Note a run that the daemon started and that failed; a command line notes its own."""
    settings = Settings.from_environment()
    run = context.dagster_run
    if COMMAND_LINE in run.tags:
        return
    with suppress(WarehouseLocked, OSError), writer_lock(settings.lock, settings.lock_wait):
        mark = journal.under_way(settings)
        started = mark["started_at"] if mark is not None and mark["run_id"] == run.run_id else None
        journal.failed(
            settings,
            run.run_id,
            "night",
            " ".join(str(context.failure_event.message).split())[:300],
            over_raw=True,
            started_at=datetime.fromisoformat(started) if started else None,
        )
