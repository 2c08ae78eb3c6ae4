"""Stored views after an update: rows of what changed, and of its relatives, as a database built anew has them."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from model_frames import cell, report, star

from pipelines.warehouse import update, views
from pipelines.warehouse.load import load
from pipelines.warehouse.renewal import Renewal
from pipelines.warehouse.update import Parts

OFFICE, SCHOOL, OTHER = "武汉市硚口区教育局", "武汉市硚口区教育局第一小学", "武汉市江岸区司法局"


def given(name: str, year: int, amount: int, code: str = "2010101", **identity: Any) -> dict[str, Any]:
    cells = [
        cell("balance", None, "amount", amount + 1, name="本年支出合计", side="expenditure"),
        cell("expenditure", None, "total", amount),
        cell("expenditure", code, "basic", amount - 1),
        cell("expenditure", code, "project", 1),
        cell("revenue", None, "amount", amount),
        cell("three_public", None, "final_total", 1),
    ]
    return report(cells, unit_name=name, fiscal_year=year, **identity)


BEFORE = [
    given(OFFICE, 2022, 30),
    given(SCHOOL, 2022, 12, scope="unit"),
    given(SCHOOL, 2023, 13, scope="unit"),
    given(OTHER, 2022, 50),
    given(OTHER, 2023, 60),
]


def put(reports: list[dict[str, Any]], database: Path, buckets: int = 1 << 28) -> None:
    frames = star(reports)
    keys = frames["dim_report"]["report_key"]
    members = pl.DataFrame({"report_key": keys, "bucket": pl.Series(range(len(keys)), dtype=pl.Int32)})
    number = pl.col("report_key").str.slice(0, 7).str.to_integer(base=16) % buckets
    members = members.with_columns(bucket=number.cast(pl.Int32))

    def read(name: str, buckets: list[int]) -> list[pl.DataFrame]:
        some = members.filter(pl.col("bucket").is_in(buckets))
        return [frames[name].join(some, on="report_key", how="semi")]

    kept = [name for name, frame in frames.items() if "report_key" in frame.columns]
    digests = {
        bucket: str([frames[name].join(members.filter(bucket=bucket), on="report_key", how="semi").hash_rows().sum()
                     for name in kept])
        for bucket in members["bucket"]
    }  # fmt: skip
    parts = Parts("code", digests, members, {name: partial(read, name) for name in kept})
    load(frames, database, extractor_version="test", built_at=datetime(2026, 11, 26), parts=parts)


def rows(database: Path) -> dict[str, list[str]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        names = [f"stored.{view.name}" for view in views.views().values() if view.stored] + ["dim_unit", "dim_report"]
        return {name: sorted(map(repr, connection.execute(f"from {name}").fetchall())) for name in names}


@pytest.mark.parametrize(
    "after",
    [
        pytest.param([*BEFORE, given(OTHER, 2024, 70)], id="one more year"),
        pytest.param([*BEFORE, given(OFFICE, 2023, 31)], id="a department comes above its unit"),
        pytest.param(BEFORE[1:], id="a department goes"),
        pytest.param([*BEFORE[:-1], given(OTHER, 2023, 61)], id="another number"),
        pytest.param([*BEFORE, given("武汉市江岸区档案馆", 2023, 5, "2012604")], id="a new unit with a new code"),
        pytest.param([*BEFORE, given(OTHER, 2023, 66, key="later")], id="a correction"),
    ],
)
def test_an_update_leaves_what_a_new_database_has(
    after: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update, "MOST_CHANGED", 1)
    updated, anew = tmp_path / "updated.duckdb", tmp_path / "anew.duckdb"
    put(BEFORE, updated)
    taken_apart: list[Renewal] = []
    take_apart = Renewal._take_apart
    monkeypatch.setattr(Renewal, "_take_apart", lambda self: (taken_apart.append(self), take_apart(self)))
    put(after, updated)
    put(after, anew)
    assert len(taken_apart) == 1, "by relatives, not as a whole"
    assert rows(updated) == rows(anew)


def test_reports_of_a_bucket_that_stay_as_they_are_are_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update, "MOST_CHANGED", 0)
    monkeypatch.setattr(Renewal, "_dimensions_changed", lambda _: False)
    database = tmp_path / "one.duckdb"
    put(BEFORE, database, buckets=1)
    put([*BEFORE[:-1], given(OTHER, 2023, 61)], database, buckets=1)
    with duckdb.connect(str(database), read_only=True) as connection:
        made = update.made(connection)
        [body, unit] = connection.execute(
            "select body_key, unit_key from dim_unit where unit_name = ?", [OTHER]
        ).fetchone() or [None, None]
    assert made is not None and made.touched == ([body, unit],)


def test_a_code_that_changes_renews_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update, "MOST_CHANGED", 1)
    updated, anew = tmp_path / "updated.duckdb", tmp_path / "anew.duckdb"
    unknown = [*BEFORE, given("武汉市江岸区档案馆", 2023, 5, "2019999")]
    put(unknown, updated)
    renamed = [*unknown, given("武汉市江岸区文联", 2023, 5, "2019999")]
    put(renamed, updated)
    put(renamed, anew)
    assert rows(updated) == rows(anew)
