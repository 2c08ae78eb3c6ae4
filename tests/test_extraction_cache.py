"""Each content is read once, in workers that may die."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from dagster_readers import counting

from pipelines.collect.discover import discover
from pipelines.core.frames import REPORT_READING
from pipelines.core.settings import Limits
from pipelines.extraction import cache as readings
from pipelines.extraction.cache import ReadingCache, read_into
from pipelines.extraction.due import tasks


def read(folder: Path, cache: ReadingCache, version: str = "1") -> list[str]:
    """Read what is due and give the contents that a worker really opened."""
    marks = folder / ".read"
    marks.unlink(missing_ok=True)
    due = tasks(discover([folder]), cache.reports(), version)
    with ThreadPoolExecutor(2) as pool:
        read_into(cache, due, counting, pool, extractor_version=version, limits=Limits(seconds=2))
    return sorted(set(marks.read_text(encoding="utf-8").split())) if marks.exists() else []


def test_a_content_is_read_once(tmp_path: Path) -> None:
    raw, cache = tmp_path / "raw", ReadingCache(tmp_path / "cache")
    raw.mkdir()
    (raw / "a.txt").write_text("a")
    (raw / "same.txt").write_text("a")
    (raw / "b.txt").write_text("b")
    assert len(read(raw, cache)) == 2
    assert read(raw, cache) == []
    (raw / "b.txt").write_text("changed")
    assert len(read(raw, cache)) == 1
    assert cache.reports().height == 3, "what was read once stays"


@pytest.mark.parametrize(("part", "expected"), [(256, "bca"), (2, "bac")])
def test_large_files_are_read_first_within_the_order_of_parts(part: int, expected: str, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for name, size in (("a", 10), ("b", 30), ("c", 20)):
        (raw / f"{name}.txt").write_text(name * size)
    due = tasks(discover([raw]), pl.DataFrame(schema=REPORT_READING), "1")
    due = sorted(due, key=lambda task: task.path.name)
    read_first: list[str] = []
    with ThreadPoolExecutor(1) as pool, pytest.MonkeyPatch.context() as patch:
        patch.setattr(readings, "UNDER_WAY", 1)
        patch.setattr(readings, "REPORTS_PER_PART", part)
        read_into(
            ReadingCache(tmp_path / "cache"),
            due,
            counting,
            pool,
            extractor_version="1",
            limits=Limits(seconds=60),
            on_read=lambda task: read_first.append(task.path.name),
        )
    assert read_first == [f"{name}.txt" for name in expected]


def test_another_version_reads_again_what_is_still_there(tmp_path: Path) -> None:
    raw, cache = tmp_path / "raw", ReadingCache(tmp_path / "cache")
    raw.mkdir()
    (raw / "a.txt").write_text("version 2")
    (raw / "gone.txt").write_text("gone")
    read(raw, cache)
    known = discover([raw])
    (raw / "gone.txt").unlink()
    due = tasks(known, cache.reports(), "3")
    assert [task.path.name for task in due] == ["a.txt"]


def test_a_copy_under_a_wrong_name_does_not_keep_the_right_one_out(tmp_path: Path) -> None:
    (tmp_path / "a copy.txt").write_bytes(b"%PDF-1.7 ...")
    (tmp_path / "z.pdf").write_bytes(b"%PDF-1.7 ...")
    files = discover([tmp_path])
    nothing = pl.DataFrame(schema=REPORT_READING)
    assert [task.format for task in tasks(files, nothing, "1")] == ["pdf"]
    row = {"report_key": files["report_key"][0], "format": "txt", "status": "quarantined"}
    refused = pl.DataFrame([row | {"reason_code": "wrong_kind", "extractor_version": "1"}], schema=REPORT_READING)
    assert [task.format for task in tasks(files, refused, "1")] == ["pdf"], "the right name may come later"
    assert tasks(files.filter(pl.col("format") == "txt"), refused, "1") == []
    assert tasks(files, refused.with_columns(format=pl.lit("pdf")), "1") == [], "it is no better under the other name"


def test_a_dying_or_failing_reader_costs_its_report_only(tmp_path: Path) -> None:
    raw, cache = tmp_path / "raw", ReadingCache(tmp_path / "cache")
    raw.mkdir()
    for n in range(6):
        (raw / f"{n}.txt").write_text(str(n))
    (raw / "bomb.txt").write_text("die")
    (raw / "fault.txt").write_text("fail")
    read(raw, cache)
    reports = cache.reports()
    assert reports.height == 8
    stopped = reports.filter(pl.col("status") == "quarantined").sort("reason_code")
    assert stopped["reason_code"].to_list() == ["reader_crashed", "reader_failed"]
    assert "a fault of the reader" in stopped["reason"][1]


@pytest.mark.parametrize("table", ["report_reading", "extracted_cell"])
def test_a_part_that_a_power_cut_emptied_is_read_again(tmp_path: Path, table: str) -> None:
    raw, cache = tmp_path / "raw", ReadingCache(tmp_path / "cache")
    raw.mkdir()
    (raw / "a.txt").write_text("a")
    read(raw, cache)
    (raw / "b.txt").write_text("b")
    read(raw, cache)
    (tmp_path / "cache" / table / "000001.parquet").write_bytes(b"")
    left = tmp_path / "cache" / "extracted_cell" / "000009.parquet"
    left.write_bytes(b"of a part whose removal was cut short")
    cache.mend()
    assert not left.exists()
    assert len(read(raw, cache)) == 1
    assert cache.reports().height == 2 and cache.tables()["report_reading"].height == 2


def test_neighbours_are_put_together_each_part_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "REPORTS_PER_PART", 4)
    groups = list(readings._filled(range(1, 8), {1: 1, 2: 3, 4: 2, 5: 1, 6: 3}))
    assert groups == [[1, 2], [3, 4, 5, 6], [7]]


def test_many_small_parts_are_put_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "PARTS_BEFORE_MERGE", 3)
    monkeypatch.setattr(readings, "REPORTS_PER_PART", 4)
    raw, cache = tmp_path / "raw", ReadingCache(tmp_path / "cache")
    raw.mkdir()

    def add(*names: int, version: str) -> None:
        paths = [raw / f"{n}.txt" for n in names]
        for path in paths:
            path.write_text(path.stem)
        rows = [discover([path]).row(0, named=True) for path in paths]
        read = [
            counting(path, row["report_key"], row["content_sha256"], "txt")
            for path, row in zip(paths, rows, strict=True)
        ]
        cache.add(read, version)

    add(0, 1, version="1")
    whole = tmp_path / "cache" / "report_reading" / "000001.parquet"
    untouched = whole.stat().st_mtime_ns
    for n in (2, 3, 4, 4):
        add(n, version="1")
    assert whole.stat().st_mtime_ns == untouched, "a part that is half full is not written again"
    assert len(list(whole.parent.iterdir())) == 2
    assert cache.tables()["report_reading"].height == cache.reports().height == 5
    add(0, 1, version="2")
    for n in (2, 3, 4):
        add(n, version="2")
    assert cache.reports()["extractor_version"].to_list() == ["2"] * 5
    assert not whole.exists(), "nothing in it is the latest"
