"""How a run goes on is said without a terminal too, in lines that a log can keep."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from pipelines.cli import progress
from pipelines.core.settings import Settings
from pipelines.core.tasks import Task
from pipelines.extraction.cache import ReadingCache
from pipelines.orchestration import dry_run, reading
from pipelines.orchestration.session import Session
from tests.corpus.generate import make_report


def task(name: str) -> Task:
    return Task(Path(name), name, name, "txt")


def reading_of(**fields: Any) -> Any:
    row = {"report_key": "a", "status": "loaded", "pages": 3, "seconds": 1.25, "reason": None} | fields
    return SimpleNamespace(report=pl.DataFrame([row]))


@pytest.mark.parametrize(("seconds", "shown"), [(0.4, "0:00"), (65, "1:05"), (3605, "1:00:05")])
def test_durations(seconds: float, shown: str) -> None:
    assert progress.clock(seconds) == shown


def test_rate_and_time_left() -> None:
    pace = progress.Pace()
    pace.start("reading", 100)
    assert "0/100" in pace.line() and "left ?" in pace.line()
    pace.done, pace.began = 20, time.monotonic() - 10
    assert pace.line() == "reading 20/100 · 2.0/s · 剩余 / left 0:40"
    pace.count_page()
    assert pace.line().endswith("0:40 · 扫描页 / scanned pages 1")
    pace.start("loading")
    assert pace.line() == "loading · 0:00"


def test_lines_where_there_is_no_terminal(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.05)
    monkeypatch.setattr(progress, "err", progress.err.__class__(stderr=True))
    with progress.shown(quiet=False, each=True) as watcher:
        watcher.on_plan(2)
        for name, status in (("a.txt", "loaded"), ("b [red].txt", "quarantined")):
            watcher.on_read(task(name))
            watcher.on_reading(task(name), reading_of(status=status, reason="坏" if status == "quarantined" else None))
        time.sleep(0.2)
        watcher.on_step("loading")
        time.sleep(0.2)
    said = capfd.readouterr().err
    assert "[1/2] a.txt · loaded · 3 页 / pages · 1.2 s" in said
    assert "[2/2] b [red].txt · quarantined · 3 页 / pages · 1.2 s · 坏" in said
    assert "2/2" in said and "loading · 0:00" in said
    with progress.shown(quiet=True, each=True) as watcher:
        watcher.on_plan(2)
    assert capfd.readouterr().err == ""


def test_an_upgrade_reads_what_is_new_and_then_the_newest_first(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for seed in range(4):
        (raw / f"{seed}.txt").write_bytes(make_report(seed, "tabbed").data)
    settings = Settings(tmp_path / "warehouse", raw, workers=1, lock_wait=0)
    planned = dry_run.plan([raw], settings)
    assert [one.why for one in planned.reports] == [dry_run.NEW] * 4 and planned.unchanged == 0
    assert not settings.warehouse.exists(), "nothing was changed"
    keys = [one.report_key for one in planned.reports]
    rows = [
        {"report_key": key, "content_sha256": key, "fiscal_year": year, "status": "loaded", "extractor_version": "old"}
        for key, year in zip(keys[:3], (2019, 2021, 2020), strict=True)
    ]
    before = pl.DataFrame(rows, schema_overrides={"fiscal_year": pl.Int32})
    cache = ReadingCache(settings.readings)
    empty = {name: pl.DataFrame(schema=schema) for name, schema in cache_tables().items()}
    cache._write(
        empty | {"report_reading": before.match_to_schema(cache_tables()["report_reading"], missing_columns="insert")}
    )
    again = dry_run.plan([raw], settings)
    assert [one.report_key for one in again.reports] == [keys[3], keys[1], keys[2], keys[0]]
    assert [one.why for one in again.reports] == [dry_run.NEW, *[dry_run.OTHER_EXTRACTOR] * 3]
    assert reading.due(Session(settings), pl.DataFrame(schema=files_schema()), "new").tasks == []


def cache_tables() -> dict[str, Any]:
    from pipelines.extraction.cache import TABLES

    return dict(TABLES)


def files_schema() -> dict[str, Any]:
    from pipelines.core.frames import SOURCE_FILE

    return dict(SOURCE_FILE)
