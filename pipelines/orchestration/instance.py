"""Dagster's instance in the warehouse folder: its settings, and runs of command lines that died."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.atomic_replace import replacing
from pipelines.core.files import plainly_named
from pipelines.core.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance

COMMAND_LINE = "mingzhang/pid"
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
compute_logs:  # logs are events of the run; files of each step's output would cost four processes a step
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
python_logs:
  python_log_level: INFO
  managed_python_loggers: [pipelines]
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days: 7
"""


def bury(instance: DagsterInstance) -> None:
    """Mark runs of earlier command lines that died as failed; we hold the lock, so none of them can be alive."""
    import dagster as dg

    alive = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    for run in instance.get_runs(dg.RunsFilter(statuses=alive)):
        if COMMAND_LINE in run.tags:
            instance.report_run_failed(run, "the process died / 进程已终止")


def dagster_home(settings: Settings) -> Path:
    """Make Dagster's home inside the warehouse folder; a ``dagster.yaml`` that somebody else wrote is kept."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    written = config.read_text(encoding="utf-8") if config.exists() else _OURS
    if written.startswith(_OURS) and written != _OURS + _DAGSTER_YAML:
        with replacing(config) as file:
            file.write_text(_OURS + _DAGSTER_YAML, encoding="utf-8")
    return plainly_named(home)


def is_over(settings: Settings, run_id: str) -> bool:
    """Whether a run that Dagster recorded in the warehouse folder has ended."""
    import dagster as dg

    with dg.DagsterInstance.from_config(str(dagster_home(settings))) as instance:
        run = instance.get_run_by_id(run_id)
        return run is not None and run.is_finished
