"""What the assets of a run are told: the settings and what was asked for. All of it stands in the run's configuration.

What one asset hands on to the next goes through the frames on disk, never through the session: the steps of a run may
live in different processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.core import logs
from pipelines.core.files import open_path, stored_path
from pipelines.core.settings import Settings
from pipelines.extraction.cache import ReadingCache
from pipelines.orchestration.writer_lock import Run, writer_lock
from pipelines.storage.frame_store import FrameStore

LOOKS = ("night", "ingest")
"""Commands that look at files; the others work on what is known."""

CONFIG = {
    "settings": dg.Field(
        dict,
        default_value={},
        description="设置，未给出者取自环境变量 / Fields of Settings; what is not given comes from the environment",
    ),
    "paths": dg.Field(
        [str], default_value=[], description="文件与文件夹，默认 raw / Files and folders; the folder raw by default"
    ),
    "reread": dg.Field(
        [str], default_value=[], description="须重读的报告 / Keys of reports to be read whatever was read before"
    ),
    "reader": dg.Field(
        str, default_value="", description="其他读取函数 module:function / Another reader, for tests and benchmarks"
    ),
    "reader_version": dg.Field(str, default_value="", description="其版本 / Version of that reader"),
    "command": dg.Field(
        str, default_value="night", description="何事：night、ingest、retry、remove、accept / What the run is for"
    ),
}
"""Configuration of the resource ``session``."""


@dataclass(frozen=True, slots=True)
class Session:
    """Configuration of one run; the Dagster resource ``session``.

    Attributes:
        settings: Paths and limits.
        run_id: The run.
        paths: Files and folders given to it.
        reread: Keys of reports to be read whatever an earlier reading came to.
        reader: ``module:function`` of another reader than the project's own.
        reader_version: Version of that reader.
        command: What the run is for: ``night``, ``ingest``, ``retry``, ``remove``, ``accept``.
    """

    settings: Settings
    run_id: str = ""
    paths: tuple[Path, ...] = ()
    reread: frozenset[str] = frozenset()
    reader: str = ""
    reader_version: str = ""
    command: str = "night"

    @classmethod
    def from_config(cls, config: dict[str, Any], run_id: str) -> Session:
        """Read what `as_config` wrote; settings that it does not give come from the environment."""
        settings = Settings.from_environment().overlaid(config["settings"])
        return cls(
            settings=settings,
            run_id=run_id,
            paths=tuple(open_path(path).absolute() for path in config["paths"]) or (settings.raw,),
            reread=frozenset(config["reread"]),
            reader=config["reader"],
            reader_version=config["reader_version"],
            command=config["command"],
        )

    def as_config(self) -> dict[str, Any]:
        """Write the session as run configuration, all but the run itself."""
        return {
            "settings": self.settings.as_config(),
            "paths": [stored_path(path) for path in self.paths],
            "reread": sorted(self.reread),
            "reader": self.reader,
            "reader_version": self.reader_version,
            "command": self.command,
        }

    @property
    def over_raw(self) -> bool:
        """Whether the run looks at the whole folder ``raw``."""
        return self.command in LOOKS and self.settings.raw in self.paths

    @property
    def store(self) -> FrameStore:
        """Frames of the assets."""
        return FrameStore(self.settings.frames, self.run_id)

    @property
    def cache(self) -> ReadingCache:
        """What was ever read."""
        return ReadingCache(self.settings.readings)


@dg.resource(config_schema=CONFIG, description="设置与本次运行的参数；持有写锁 / Settings and options; the writer lock")
@contextmanager
def session(context: dg.InitResourceContext) -> Iterator[Session]:
    """Give a run, or one step of it in a process of its own, its configuration, as part of the only writer."""
    assert context.run is not None and context.instance is not None
    run_id = context.run.run_id
    configured = Session.from_config(context.resource_config, run_id)
    logs.run_id = run_id
    run = Run(run_id, _driver(context.instance, run_id))
    settings = configured.settings
    with writer_lock(settings.lock, settings.lock_wait, run, lambda other: is_over(context.instance, other)):
        yield configured


def is_over(instance: dg.DagsterInstance | None, run_id: str) -> bool:
    """Whether Dagster knows a run and that it has ended."""
    run = instance.get_run_by_id(run_id) if instance else None
    return run is not None and run.is_finished


def _driver(instance: dg.DagsterInstance, run_id: str) -> int | None:
    """Find the process that drives the steps of a run: executors record it before the first step."""
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT).records
    for record in reversed(records):
        event = record.event_log_entry.dagster_event
        if event is not None and event.step_key is None and "pid" in event.engine_event_data.metadata:
            return int(str(event.engine_event_data.metadata["pid"].value))
    return None
