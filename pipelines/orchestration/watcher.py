"""Callbacks of a progress display."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.core.tasks import ReportReading, Task


@dataclass(frozen=True, slots=True)
class Watcher:
    """What is told how a run goes on, in the same process; the Dagster resource ``watcher``.

    Attributes:
        on_plan: Told how many contents will be read.
        on_reread: Told how many of these were read before, by which versions of the extractor.
        on_read: Told of each content that was read.
        on_reading: Told of each content that was read, and of what came of it.
        on_step: Told of each step that begins.
    """

    on_plan: Callable[[int], None] = field(default=lambda _: None)
    on_reread: Callable[[int, Iterable[str]], None] = field(default=lambda *_: None)
    on_read: Callable[[Task], None] = field(default=lambda _: None)
    on_reading: Callable[[Task, ReportReading], None] = field(default=lambda *_: None)
    on_step: Callable[[str], None] = field(default=lambda _: None)


UNWATCHED = Watcher()
"""Nobody looks on."""
