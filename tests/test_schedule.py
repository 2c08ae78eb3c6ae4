"""The night: a tick of the daemon gives what the command line gives, and is over at once when nothing is new."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import dagster._daemon
import duckdb
import pytest
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import ModuleTarget
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon
from dagster._scheduler.scheduler import launch_scheduled_runs

from pipelines.collect.samples import SAMPLE_FOLDER as RAW
from pipelines.core.settings import Settings
from pipelines.orchestration import run_state as state
from pipelines.orchestration.instance import dagster_home
from pipelines.orchestration.nightly import every_year, fresh, hourly_freshness, ingest, nightly, raw_files
from pipelines.orchestration.run import ingest as by_command_line
from pipelines.orchestration.writer_lock import writer_lock

pytestmark = pytest.mark.xdist_group("schedule")

SAMPLE = "jiangsu-npc-2018-budget.pdf"
OF_THE_RUN = {"run", "expectation_result", "meta"}
SHANGHAI = ZoneInfo("Asia/Shanghai")


def tables(settings: Settings) -> dict[str, list[str]]:
    found = {}
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        names = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        for schema, name in names:
            if name not in OF_THE_RUN:
                columns = "* exclude (ingested_at)" if name == "dim_report" else "*"
                found[name] = sorted(map(repr, connection.execute(f"select {columns} from {schema}.{name}").fetchall()))
    return found


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("MINGZHANG_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("MINGZHANG_RAW", str(tmp_path / "raw"))
    (tmp_path / "raw").mkdir()
    shutil.copy(RAW / SAMPLE, tmp_path / "raw" / SAMPLE)
    return Settings.from_environment()


def next_night() -> datetime:
    """A moment after the next 02:00 in Shanghai."""
    now = datetime.now(SHANGHAI)
    night = now.replace(hour=2, minute=0, second=5, microsecond=0)
    return (night if night > now else night + timedelta(days=1)).astimezone(UTC)


@pytest.fixture
def daemon(settings: Settings) -> Iterator[WorkspaceProcessContext]:
    """What the daemon has: the instance of the warehouse folder, and the definitions in a server of their own."""
    with dg.DagsterInstance.from_config(str(dagster_home(settings))) as instance:
        target = ModuleTarget("pipelines.definitions", None, str(Path(__file__).parents[1]), "mingzhang")
        with WorkspaceProcessContext(instance, target) as context:
            yield context


def finished(daemon: WorkspaceProcessContext, seconds: float = 300) -> dg.DagsterRun:
    """Let the daemon take runs from its queue, one at a time, until the main job is done."""
    queue = QueuedRunCoordinatorDaemon(interval_seconds=1)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        list(queue.run_iteration(daemon))
        runs = [run for run in daemon.instance.get_runs() if run.job_name == "ingest" and run.is_finished]
        if runs:
            return runs[0]
        time.sleep(0.5)
    raise TimeoutError([run.status for run in daemon.instance.get_runs()])


def test_a_tick_of_the_daemon_loads_what_the_command_line_loads(
    daemon: WorkspaceProcessContext, settings: Settings, tmp_path: Path
) -> None:
    logger = logging.getLogger("daemon")
    list(launch_scheduled_runs(daemon, logger, datetime.now(UTC), {}))  # from now on schedules are running
    list(launch_scheduled_runs(daemon, logger, next_night(), {}))
    run = finished(daemon)
    assert run.status == dg.DagsterRunStatus.SUCCESS
    assert run.tags["dagster/schedule_name"] == "nightly"
    other = Settings(tmp_path / "by-hand", settings.raw, workers=1, lock_wait=5, site_pictures=False)
    by_command_line([settings.raw], other)
    assert len(tables(other)["published_cell"]) > 100
    assert tables(settings) == tables(other)
    assert isinstance(nightly(dg.build_schedule_context()), dg.SkipReason), "nothing new: the night is over at once"
    assert by_command_line([settings.raw], settings).unchanged, "the command line knows what the daemon did"


def test_retries_and_one_run_at_a_time(settings: Settings) -> None:
    assert ingest.tags == {"dagster/max_retries": "2", "dagster/retry_strategy": "ALL_STEPS"}
    assert ingest.op_retry_policy is not None and ingest.op_retry_policy.max_retries == 1
    with dg.DagsterInstance.from_config(str(dagster_home(settings))) as instance:
        assert instance.run_retries_enabled
        assert instance.run_monitoring_enabled
        config = instance.get_concurrency_config()
        assert config.run_queue_config is not None and config.run_queue_config.max_concurrent_runs == 1


def sense(cursor: str | None) -> tuple[object, str | None]:
    with dg.build_sensor_context(cursor=cursor) as context:
        [result] = list(raw_files(context))  # type: ignore[call-overload]
        return result, context.cursor


def age(folder: Path, seconds: float) -> None:
    for file in folder.iterdir():
        os.utime(file, (time.time() - seconds, time.time() - seconds))


def test_the_sensor_waits_then_runs_each_content_once(settings: Settings) -> None:
    waits, cursor = sense(None)
    assert isinstance(waits, dg.SkipReason) and cursor is None
    age(settings.raw, 60)
    first, cursor = sense(None)
    assert isinstance(first, dg.RunRequest) and every_year().items() <= first.tags.items()
    same, _ = sense(cursor)
    assert isinstance(same, dg.SkipReason)
    age(settings.raw, 90)  # touched, not changed
    touched, cursor = sense(cursor)
    assert isinstance(touched, dg.RunRequest) and touched.run_key == first.run_key
    (settings.raw / "b.txt").write_text("something else", encoding="utf-8")
    age(settings.raw, 60)
    other, _ = sense(cursor)
    assert isinstance(other, dg.RunRequest) and other.run_key != first.run_key


def test_a_file_from_the_future_does_not_stop_the_sensor(settings: Settings) -> None:
    age(settings.raw, -3600)
    found, _ = sense(None)
    assert isinstance(found, dg.RunRequest)


@pytest.mark.parametrize(("hours", "passed"), [(None, False), (1, True), (35, True), (37, False)])
def test_nights_are_looked_after(settings: Settings, hours: int | None, passed: bool) -> None:
    if hours is not None:
        settings.last_night.parent.mkdir(parents=True)
        settings.last_night.write_text((datetime.now(UTC) - timedelta(hours=hours)).isoformat(), encoding="utf-8")
    result = fresh()
    assert isinstance(result, dg.AssetCheckResult)
    assert result.passed == passed
    assert hourly_freshness.default_status == dg.DefaultScheduleStatus.RUNNING


def test_a_night_that_finds_the_lock_taken_still_asks_for_its_run(settings: Settings) -> None:
    with writer_lock(settings.lock, 0):
        assert isinstance(nightly(dg.build_schedule_context()), dg.RunRequest)


def test_a_run_that_died_is_done_again(settings: Settings) -> None:
    settings.database.parent.mkdir(parents=True)
    settings.database.write_bytes(b"")
    settings.state.parent.mkdir(parents=True)
    settings.state.write_text(json.dumps({"code": "x"}), encoding="utf-8")
    leftover = settings.warehouse / ".mingzhang.duckdb.1.building"
    leftover.write_bytes(b"half")
    spilled = settings.warehouse / ".mingzhang.duckdb.1.building.tmp" / "duckdb_temp_storage-0.tmp"
    spilled.parent.mkdir()
    spilled.write_bytes(b"rows")
    state.begin(settings)
    assert not leftover.exists() and not spilled.parent.exists() and state.read(settings) == {}
