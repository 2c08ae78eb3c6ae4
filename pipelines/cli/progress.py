"""How a run goes on, for whoever waits: a bar on a terminal, a line every ten seconds where there is none."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from pipelines.cli.console import err
from pipelines.core.recognising import listening

if TYPE_CHECKING:
    from pipelines.core.tasks import ReportReading, Task
    from pipelines.orchestration.watcher import Watcher

READING = "读取报告 / reading reports"

EVERY_SECONDS = 10.0
"""Between two lines where there is no terminal; a log of a night stays short."""


class Pace:
    """How far a step has come, and how fast."""

    def __init__(self) -> None:
        self.step = "准备 / preparing"
        self.total = 0
        self.done = 0
        self.scanned = 0
        self.began = time.monotonic()

    def start(self, step: str, total: int = 0) -> None:
        """Begin a step of some reports, or of no number of them."""
        self.step, self.total, self.done, self.scanned, self.began = step, total, 0, 0, time.monotonic()

    def count_page(self) -> None:
        """Count a page that is being recognised: reports that are scans take minutes."""
        self.scanned += 1

    def line(self) -> str:
        """Say it in a line: step, how many of how many, how many in a second, how long it may take, scanned pages."""
        elapsed = time.monotonic() - self.began
        pages = f" · 扫描页 / scanned pages {self.scanned:,}" if self.scanned else ""
        if not self.total:
            return f"{self.step} · {clock(elapsed)}{pages}"
        rate = self.done / elapsed if elapsed > 0 else 0.0
        left = clock((self.total - self.done) / rate) if rate > 0 else "?"
        return f"{self.step} {self.done:,}/{self.total:,} · {rate:.1f}/s · 剩余 / left {left}{pages}"


def clock(seconds: float) -> str:
    """Write a duration: ``3:05``, ``1:03:05``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@contextmanager
def shown(*, quiet: bool, each: bool) -> Iterator[Watcher]:
    """Show how a run goes on.

    Args:
        quiet: Whether to show nothing.
        each: Whether to write a line per report as it ends; then there is no bar, lines and a bar spoil each other.
    """
    from pipelines.orchestration.watcher import UNWATCHED

    if quiet:
        yield UNWATCHED
    elif err.is_terminal and not each:
        with _bar() as watcher:
            yield watcher
    else:
        with _lines(each) as watcher:
            yield watcher


@contextmanager
def _bar() -> Iterator[Watcher]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from pipelines.orchestration.watcher import Watcher

    pace = Pace()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[pace]}"),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        bar = progress.add_task(pace.step, total=None, pace="")

        def on_plan(total: int) -> None:
            pace.start(READING, total)
            progress.update(bar, description=READING, total=total, completed=0)

        def on_read(_: Task) -> None:
            pace.done += 1
            progress.update(bar, advance=1, pace=pace.line().partition(" · ")[2])

        def on_step(name: str) -> None:
            pace.start(name)
            progress.update(bar, description=escape(name), pace="")

        def on_page() -> None:
            pace.count_page()
            progress.update(bar, pace=pace.line().partition(" · ")[2])

        with listening(on_page):
            yield Watcher(on_plan=on_plan, on_reread=_tell_of_rereading, on_read=on_read, on_step=on_step)


@contextmanager
def _lines(each: bool) -> Iterator[Watcher]:
    from pipelines.orchestration.watcher import Watcher

    pace, over = Pace(), threading.Event()

    def tick() -> None:
        while not over.wait(EVERY_SECONDS):
            _say(pace.line())

    def on_read(_: Task) -> None:
        pace.done += 1

    def on_reading(task: Task, reading: ReportReading) -> None:
        if each:
            _say(report_line(task.path, reading, pace))

    ticker = threading.Thread(target=tick, name="progress", daemon=True)
    ticker.start()
    try:
        with listening(pace.count_page):
            yield Watcher(
                on_plan=lambda total: pace.start(READING, total),
                on_reread=_tell_of_rereading,
                on_read=on_read,
                on_reading=on_reading,
                on_step=pace.start,
            )
    finally:
        over.set()
        ticker.join()


def report_line(path: Path, reading: ReportReading, pace: Pace) -> str:
    """Say of a report how it ended: its place in the queue, name, status, pages, seconds, and why it was stopped."""
    row = reading.report.row(0, named=True)
    from pipelines.publish.output import visible  # it brings tables, which starting does without

    parts = [f"[{pace.done}/{pace.total}] {visible(path.name)}", row["status"]]
    parts += [f"{row['pages']} 页 / pages"] if row["pages"] else []
    parts += [f"{row['seconds']:.1f} s"] if row["seconds"] is not None else []
    parts += [row["reason"]] if row["reason"] else []
    return " · ".join(parts)


def _tell_of_rereading(reports: int, versions: Iterable[str]) -> None:
    by = ", ".join(versions)
    _say(
        f"读取程序（代码、数据或库）已变，{reports} 份已读报告须重读一次（原版本 {by}）；先新后旧，旧仓库照常可用 / "
        f"the extractor (its code, data or libraries) changed: {reports} reports are read once more (before: {by}), "
        "newest first, behind the old warehouse"
    )


def _say(line: str) -> None:
    err.print(line, highlight=False, soft_wrap=True, markup=False)
