"""How contents are read in a run: by which reader, of which version, and which of them are due."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from types import FunctionType
from typing import Any, cast

import polars as pl

from pipelines.core import dependencies
from pipelines.core.atomic_replace import replacing
from pipelines.core.tasks import Reader, ReportReading, Task
from pipelines.core.version import code_digest
from pipelines.extraction.cache import read_into
from pipelines.extraction.due import tasks
from pipelines.extraction.executors import executor
from pipelines.orchestration.session import Session
from pipelines.orchestration.watcher import Watcher
from pipelines.prove.identities import comparisons
from pipelines.repair import correction, second_reading

_READER = "pipelines.extraction.report:read_report_in_subprocess"

NO_SAY = (correction.FILE,)
"""Corrections by hand are applied to readings after these have been stored."""

READING_RUN = "reading_run"
"""Frame of one row about the latest run that read, no asset and no table: ``extractor_version``, ``reports_read``."""


@cache
def extractor_digest() -> str:
    """Name the code, the data and the library versions that a reading hangs on; with any of them it changes."""
    return dependencies.digest([function.__module__ for function in made_by()], NO_SAY)


def made_by() -> list[Callable[..., object]]:
    """Give what makes a stored reading: the reader, and the second reading where an accounting rule does not hold."""
    from pipelines.extraction.report import read_report_in_subprocess
    from pipelines.formats.registry import reread

    return [read_report_in_subprocess, second_reading.examine, comparisons, reread]


def how_to_read(session: Session) -> tuple[Reader, str]:
    """Give the reader and its version."""
    if not session.reader:
        return partial(_Reader(_READER), max_pages=session.settings.limits.pages), _digest(session)
    reader: Reader = pkgutil.resolve_name(session.reader)
    return reader, session.reader_version


@dataclass(frozen=True, slots=True)
class _Reader:
    """A reader by its name: the process that unpickles it imports it, and whatever reads PDFs and tables with it."""

    name: str

    def __call__(self, *arguments: Any, **named: Any) -> ReportReading:
        return cast(ReportReading, pkgutil.resolve_name(self.name)(*arguments, **named))

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        return pkgutil.resolve_name, (self.name,)


def _digest(session: Session) -> str:
    """Give the digest of the extractor; following all its imports is saved while nothing of the code has changed."""
    file, code = session.settings.extractor, code_digest()
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
        if known["code"] == code:
            return str(known["extractor"])
    except (OSError, ValueError, LookupError, TypeError):
        pass
    found = extractor_digest()
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as new:
        new.write_text(json.dumps({"code": code, "extractor": found}), encoding="utf-8")
    return found


def name_of(reader: Reader) -> str:
    """Name a reader, a function that can be imported, as the configuration of a run does."""
    function = cast(FunctionType, reader)
    return f"{function.__module__}:{function.__qualname__}"


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be read.

    Attributes:
        tasks: The contents.
        reread: How many of them another version of the extractor has read before.
        versions: Those versions.
    """

    tasks: list[Task]
    reread: int
    versions: list[str]


def due(session: Session, files: pl.DataFrame, version: str) -> Due:
    """List the contents that are new, that another version of the extractor has read, or that are asked for again.

    Args:
        session: The run.
        files: ``SOURCE_FILE``, all files ever given.
        version: Of the extractor at work.
    """
    read_before = session.cache.reports()
    found = tasks(files, read_before.filter(~pl.col("report_key").is_in(list(session.reread))), version)
    outdated = read_before.filter(
        pl.col("report_key").is_in([task.report_key for task in found]), pl.col("extractor_version") != version
    )
    newest_first = _newest_first(found, files, read_before)
    return Due(newest_first, outdated.height, outdated["extractor_version"].unique().sort().to_list())


def _newest_first(found: list[Task], files: pl.DataFrame, read_before: pl.DataFrame) -> list[Task]:
    """Put contents in the order in which people wait for them: what was never read, then by year, the latest first."""
    years = dict(read_before.select("report_key", "fiscal_year").iter_rows())
    seen = dict(files.group_by("report_key").agg(pl.col("first_seen_at").max()).iter_rows())

    def age(task: Task) -> tuple[bool, int, float]:
        when = seen.get(task.report_key)
        return task.report_key in years, -(years.get(task.report_key) or 0), -(when.timestamp() if when else 0.0)

    return sorted(found, key=age)


def read_due(session: Session, found: Due, reader: Reader, version: str, watcher: Watcher) -> None:
    """Read contents on the executor of the settings, with second readings where identities are broken."""
    if not found.tasks:
        return
    with executor(session.settings) as pool:
        read_into(
            session.cache,
            found.tasks,
            reader,
            pool,
            extractor_version=version,
            limits=session.settings.limits,
            on_read=watcher.on_read,
            on_reading=watcher.on_reading,
            examine=partial(second_reading.examine, compare=comparisons),
        )


def keep_run(session: Session, version: str, reports_read: int) -> None:
    """Keep what the record of the run will say about reading."""
    session.store.write(READING_RUN, pl.DataFrame([{"extractor_version": version, "reports_read": reports_read}]))


def latest_run(session: Session) -> tuple[str, int]:
    """Give the version of the extractor that read last, and how many contents this very run has read."""
    row = session.store.read(READING_RUN).row(0, named=True)
    return row["extractor_version"], row["reports_read"] if session.store.is_of_this_run(READING_RUN) else 0
