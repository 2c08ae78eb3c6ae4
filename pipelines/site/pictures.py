"""Pictures of the pages that numbers come from: each page drawn once, in a worker process, and kept.

The cache holds one folder per report: ``<page>.png`` and ``pages.json`` with the size of each page in points and, where
drawing failed, the reason. Contents never change, so a picture is drawn once in the life of a warehouse.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipelines.core.settings import Settings
from pipelines.core.tasks import Task
from pipelines.extraction.cache import UNDER_WAY
from pipelines.extraction.executors import executor
from pipelines.extraction.personal_data import personal_in
from pipelines.extraction.subprocess_pool import PASSING, Answer, ReadingFailure, call_in_subprocess
from pipelines.formats import registry
from pipelines.formats.kind import Marks, PagePicture

_MOST_PAGES = 150
_SECONDS = 60
_INDEX = "drawn.json"

Answered = tuple[list[PagePicture], Marks]

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PictureTask(Task):
    """Pages of one content to draw, and clauses to find on them by page."""

    pages: tuple[int, ...]
    clauses: Mapping[int, tuple[str, ...]]


@dataclass(slots=True)
class Drawn:
    """What is kept of one report.

    Attributes:
        pages: Width and height in points of each page that has a picture.
        marks: Boxes of clauses by page and words; of those that were looked for in vain none.
        fault: Why the others have none, in Chinese and English.
    """

    pages: dict[int, tuple[float, float]] = field(default_factory=dict)
    marks: Marks = field(default_factory=dict)
    fault: str = ""


def draw(
    path: Path,
    report_key: str,
    content_sha256: str,
    format: str,
    pages: tuple[int, ...],
    clauses: Mapping[int, tuple[str, ...]],
) -> Answered:
    """Draw pages of a report without names and numbers of officials, and find clauses; runs in a worker process."""
    kind = registry.named(format)
    return kind.pages(path, pages, personal_in), kind.marks(path, clauses)


class PictureCache:
    """Pictures in one folder per report."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def drawn(self, report_key: str) -> Drawn:
        """Give what is there of a report."""
        try:
            kept = json.loads((self._folder / report_key / _INDEX).read_text(encoding="utf-8"))
            return Drawn(
                {int(page): (size[0], size[1]) for page, size in kept["pages"].items()},
                {int(page): words for page, words in kept["marks"].items()},
                kept["fault"],
            )
        except (OSError, ValueError, LookupError):
            return Drawn()

    def keep(self, report_key: str, drawn: Drawn, pictures: Iterable[PagePicture]) -> None:
        """Add pictures of a report; the index is written last and makes them count."""
        folder = self._folder / report_key
        folder.mkdir(parents=True, exist_ok=True)
        for picture in pictures:
            _write(folder / f"{picture.page}.png", picture.png)
            drawn.pages[picture.page] = (picture.width, picture.height)
        kept = {"pages": drawn.pages, "marks": drawn.marks, "fault": drawn.fault}
        _write(folder / _INDEX, json.dumps(kept, ensure_ascii=False).encode())

    def place(self, report_key: str, page: int, target: Path) -> None:
        """Give a picture a second name in the site; where links cannot be had it is copied."""
        source = self._folder / report_key / f"{page}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():  # contents never change
            return
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)


def _write(file: Path, data: bytes) -> None:
    temporary = file.with_name(f".{file.name}.tmp")
    temporary.write_bytes(data)
    temporary.replace(file)


def draw_missing(tasks: Iterable[PictureTask], cache: PictureCache, settings: Settings) -> None:
    """Draw what the cache lacks, on the processes that read reports; a report that fails is told and passed over."""
    limits = replace(settings.limits, seconds=min(_SECONDS, settings.limits.seconds))
    missing = _missing(tasks, cache)
    first = next(missing, None)
    if first is None:
        return
    with executor(settings) as pool:
        running: dict[Future[Answer], PictureTask] = {}
        upcoming: PictureTask | None = first
        while upcoming or running:
            while upcoming and len(running) < UNDER_WAY:
                running[pool.submit(call_in_subprocess, upcoming, draw, limits)] = upcoming
                upcoming = next(missing, None)
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                _keep(cache, running.pop(future), future.result().reading)


def _missing(tasks: Iterable[PictureTask], cache: PictureCache) -> Iterator[PictureTask]:
    for task in tasks:
        drawn = cache.drawn(task.report_key)
        room = _MOST_PAGES - len(drawn.pages)
        pages = tuple(sorted(set(task.pages) - drawn.pages.keys())[: max(room, 0)])
        clauses = {page: words for page, words in task.clauses.items() if set(words) - drawn.marks.get(page, {}).keys()}
        if (pages or clauses) and not drawn.fault:
            yield replace(task, pages=pages, clauses=clauses)


def _keep(cache: PictureCache, task: PictureTask, answer: Answered | ReadingFailure) -> None:
    drawn = cache.drawn(task.report_key)
    if isinstance(answer, ReadingFailure):
        LOG.warning("no picture: %s", answer.reason, extra={"report": task.report_key, "file": str(task.path)})
        if answer.code not in PASSING:
            drawn.fault = answer.reason
            cache.keep(task.report_key, drawn, [])
        return
    pictures, marks = answer
    drawn.marks |= marks
    cache.keep(task.report_key, drawn, pictures)
