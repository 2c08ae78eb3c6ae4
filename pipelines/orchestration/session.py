"""What a run works with: settings, the files found, the reader, and the frames on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import dagster as dg

from pipelines.collect.discover import Survey, survey
from pipelines.collect.lock import writer_lock
from pipelines.core import logs
from pipelines.core.settings import Settings
from pipelines.core.tasks import Reader, Task
from pipelines.extraction.cache import ReadingCache
from pipelines.storage.frame_store import FrameStore


@dataclass(slots=True)
class Session:
    """Everything the assets of one run share; the Dagster resource ``session``.

    Attributes:
        settings: Paths and limits.
        found: Files given to this run; the folder ``raw`` when nobody walked before.
        reader: Reads one file; the project's own by default.
        extractor_version: Version of the reader; readings of other versions are done again.
        started_at: When the run began.
        reports_read: Contents read in this run.
        over_raw: Whether the run is over the whole folder ``raw``.
        again: Reports to be read whatever an earlier reading came to.
        reads: Whether the run lists and reads files; only then can it say at its end that nothing is missing.
        site_fault: Why the site was not updated; empty when it was.
        on_plan: Told how many contents will be read.
        on_read: Told of each content that was read.
        on_step: Told of each step that begins.
    """

    settings: Settings
    found: Survey | None = None
    reader: Reader | None = None
    extractor_version: str | None = None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    reports_read: int = 0
    over_raw: bool = True
    again: frozenset[str] = frozenset()
    reads: bool = False
    site_fault: str = ""
    on_plan: Callable[[int], None] = field(default=lambda _: None)
    on_read: Callable[[Task], None] = field(default=lambda _: None)
    on_step: Callable[[str], None] = field(default=lambda _: None)

    @property
    def store(self) -> FrameStore:
        """Frames of the assets."""
        return FrameStore(self.settings.frames)

    @property
    def cache(self) -> ReadingCache:
        """What was ever read."""
        return ReadingCache(self.settings.readings)

    def survey(self) -> Survey:
        """Give the files of this run, walking the folder ``raw`` once if need be."""
        if self.found is None:
            self.found = survey([self.settings.raw])
        return self.found

    def how_to_read(self) -> tuple[Reader, str]:
        """Give the reader and its version."""
        if self.reader is None or self.extractor_version is None:
            from pipelines.extraction import EXTRACTOR_VERSION
            from pipelines.extraction.report import read_report_in_worker

            return partial(read_report_in_worker, max_pages=self.settings.limits.pages), EXTRACTOR_VERSION
        return self.reader, self.extractor_version


@dg.resource(description="Settings from the environment, and the writer lock held for the whole run.")
@contextmanager
def locked_session(context: dg.InitResourceContext) -> Iterator[Session]:
    """Open a session for a run that Dagster started, as the only writer."""
    settings = Settings.from_environment()
    logs.run_id = context.run.run_id if context.run else ""
    with writer_lock(settings.lock, settings.lock_wait):
        yield Session(settings)
