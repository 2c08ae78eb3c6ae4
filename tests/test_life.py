"""The life of a report: samples make way, corrections replace, removals hold until undone, findings are accepted."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as sampled
from hypothesis import strategies as st

from pipelines.collect.samples import SAMPLE_FOLDER
from pipelines.core.frames import REPORT_READING, SOURCE_FILE
from pipelines.core.settings import Settings
from pipelines.model.removed import ALL_SAMPLES, BY_HAND, SAMPLE, removed, without_removed
from pipelines.orchestration import decisions, raw_folder
from pipelines.orchestration.run import ingest, record
from pipelines.storage.frame_store import FrameStore
from pipelines.storage.tables import schema
from tests.corpus.generate import make_report

pytestmark = pytest.mark.xdist_group("life")

NIGHTLY = {"run", "expectation_result", "meta", "removal"}


def settings_in(folder: Path) -> Settings:
    raw = folder / "raw"
    raw.mkdir(exist_ok=True)
    return Settings(folder / "warehouse", raw, workers=1, lock_wait=5, site_pictures=False)


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def tables(settings: Settings) -> dict[str, list[str]]:
    """Every row of every table, without what runs and clocks decide and without what does not count."""
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        names = connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        found = {}
        for schema_name, table in names:
            if table not in NIGHTLY:
                what = "* exclude (ingested_at)" if table == "dim_report" else "*"
                where = "where status <> 'removed'" if table == "dim_report" else ""
                answer = connection.execute(f"select {what} from {schema_name}.{table} {where}").fetchall()
                found[f"{schema_name}.{table}"] = sorted(map(repr, answer))
        return found


def files(*described: tuple[str, bool]) -> pl.DataFrame:
    return pl.DataFrame([{"report_key": key, "is_sample": flag} for key, flag in described]).match_to_schema(
        SOURCE_FILE, missing_columns="insert"
    )


def removals(*keys: str, undone: bool = False) -> pl.DataFrame:
    when = datetime(2026, 1, 1)
    rows = [{"report_key": k, "removed_at": when, "reason": None, "undone_at": when if undone else None} for k in keys]
    return pl.DataFrame(rows, schema=schema("quality.removal"))


def test_samples_count_only_where_nothing_else_does() -> None:
    none = removals()
    assert removed(files(("s", True)), none).is_empty()
    both = files(("s", True), ("r", False))
    assert removed(both, none).select("report_key", "reason_code").rows() == [("s", SAMPLE)]
    assert removed(both, removals("r")).select("report_key", "reason_code").rows() == [("r", BY_HAND)], "samples return"
    assert removed(both, removals("r", undone=True))["report_key"].to_list() == ["s"]
    assert removed(files(("s", True)), removals(ALL_SAMPLES))["report_key"].to_list() == ["s"]
    assert removed(files(("s", True), ("s", False)), none).is_empty(), "a copy that somebody made is theirs"


def test_a_removed_report_names_no_body() -> None:
    reading = pl.DataFrame(
        [{"report_key": key, "status": "loaded", "unit_name": "局", "fiscal_year": 2020} for key in "ab"]
    )
    frames = {"report_reading": reading.match_to_schema(REPORT_READING, missing_columns="insert")}
    out = pl.DataFrame({"report_key": ["b"], "reason_code": [BY_HAND], "reason": ["x"]})
    left = without_removed(frames, out)["report_reading"].select("report_key", "status", "unit_name", "fiscal_year")
    assert left.rows() == [("a", "loaded", "局", 2020), ("b", "removed", None, None)]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A warehouse where only samples are, as after a fresh clone."""
    settings = settings_in(tmp_path_factory.mktemp("shown"))
    assert ingest([settings.raw], settings).reports >= 11
    return settings


def test_samples_make_way_and_come_back(shown: Settings) -> None:
    assert rows(shown, "select distinct is_sample from dim_report") == [(True,)]
    text = make_report(1, "tabbed").data
    (shown.raw / "own.txt").write_bytes(text)
    assert ingest([shown.raw], shown).reports == 1
    assert rows(shown, "select file_name from dim_report where status <> 'removed'") == [("own.txt",)]
    assert rows(shown, "select count(distinct unit_name), count(*) > 10 from unit_profile, published_cell") == [
        (1, True)
    ]
    own = rows(shown, "select report_key from dim_report where not is_sample")[0][0]
    again = record("remove", lambda store: decisions.remove(store, [own], "nicht"), shown)
    assert again.reports >= 11, "nothing else is left to show"
    gone = record("remove", lambda store: decisions.remove(store, [ALL_SAMPLES], None), shown)
    assert gone.reports == 0 and ingest([shown.raw], shown).reports == 0


def test_a_removal_is_recorded_survives_and_can_be_undone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    for seed in (1, 2):
        (settings.raw / f"{seed}.txt").write_bytes(make_report(seed, "tabbed").data)
    ingest([settings.raw], settings)
    before = tables(settings)
    [[key]] = rows(settings, "select report_key from dim_report where file_name = '1.txt'")
    record("remove", lambda store: decisions.remove(store, [key], "试"), settings)
    [row] = rows(settings, f"select status, reason_code, reason, unit_key from dim_report where report_key = '{key}'")
    assert row[:2] == ("removed", "removed") and "试" in row[2] and row[3] is None
    assert rows(settings, "select report_key, reason, undone_at from quality.removal") == [(key, "试", None)]
    for table in ("published_cell", "fact_expenditure", "quality.outcome", "quality.finding", "quality_by_report"):
        assert rows(settings, f"select count(*) from {table} where report_key = '{key}'") == [(0,)], table
    (settings.raw / "again.txt").write_bytes((settings.raw / "1.txt").read_bytes())
    ingest([settings.raw], settings)
    assert rows(settings, f"select status from dim_report where report_key = '{key}'") == [("removed",)]
    (settings.raw / "again.txt").unlink()
    record("remove", lambda store: decisions.undo_removal(store, [key]), settings)
    after = tables(settings)
    assert {name for name in before if before[name] != after[name]} <= {"main.dim_report"}, "but for a second name"


def test_files_that_are_gone_are_told(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    texts = [make_report(seed, "tabbed").data for seed in (1, 2, 3)]
    for name, text in zip(("gone", "moved", "changed"), texts, strict=True):
        (settings.raw / f"{name}.txt").write_bytes(text)
    ingest([settings.raw], settings)
    assert raw_folder.gone(settings) == []
    (settings.raw / "gone.txt").unlink()
    (settings.raw / "moved.txt").rename(settings.raw / "there.txt")
    with (settings.raw / "changed.txt").open("ab") as file:
        file.write("\n更正\n".encode())
    ingest([settings.raw], settings)
    assert [one.file_name for one in raw_folder.gone(settings)] == ["changed.txt", "gone.txt"]
    keys = [one.report_key for one in raw_folder.gone(settings)]
    decisions.remove(FrameStore(settings.frames), keys, None)
    assert raw_folder.gone(settings) == []


def test_an_empty_raw_is_no_success(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    (settings.raw / "1.txt").write_bytes(make_report(1, "tabbed").data)
    ingest([settings.raw], settings)
    good = settings.last_night.read_text(encoding="utf-8")
    (settings.raw / "1.txt").rename(tmp_path / "1.txt")
    with pytest.raises(raw_folder.RawFolderError, match="empty"):
        ingest([settings.raw], settings)
    settings.raw.rmdir()
    with pytest.raises(OSError, match="raw"):
        ingest([settings.raw], settings)
    assert settings.last_night.read_text(encoding="utf-8") == good


def correction(text: bytes, published: str) -> tuple[bytes, str]:
    """A report with one digit changed, as a publisher corrects it, and the card that dates it."""
    return text + f"\n更正于{published}\n".encode(), f"published_on: {published}\n"


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["add", "correct", "remove", "undo"]), st.integers(0, 1)), min_size=2, max_size=5
)


@sampled(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(ACTIONS)
def test_any_order_gives_what_a_fresh_build_gives(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("order")
    settings = settings_in(folder)
    out: set[str] = set()
    for action, which in [("add", 0), *actions]:
        text = make_report(which + 1, "tabbed").data
        first, second = settings.raw / f"{which}-first.txt", settings.raw / f"{which}-second.txt"
        if action == "add":
            first.write_bytes(text)
            Path(f"{first}.meta.yml").write_text("published_on: 2024-01-01\n", encoding="utf-8")
        elif action == "correct":
            corrected, card = correction(text, "2024-02-02")
            second.write_bytes(corrected)
            Path(f"{second}.meta.yml").write_text(card, encoding="utf-8")
        else:
            name = second.name if second.exists() else first.name
            found = rows(settings, f"select report_key from dim_report where file_name = '{name}'")
            if found and action == "remove":
                out.add(name)
                record("remove", lambda store, key=found[0][0]: decisions.remove(store, [key], None), settings)
            elif found:
                out.discard(name)
                record("remove", lambda store, key=found[0][0]: decisions.undo_removal(store, [key]), settings)
            continue
        ingest([settings.raw], settings)
    left = settings_in(folder_of(folder))
    for file in settings.raw.iterdir():
        if file.name.removesuffix(".meta.yml") not in out:
            shutil.copy(file, left.raw / file.name)
    if any(left.raw.iterdir()):
        ingest([left.raw], left)
        assert tables(settings) == tables(left)
    elif not rows(settings, "select 1 from dim_report where is_sample"):
        assert rows(settings, "select count(*) from published_cell") == [(0,)]


def folder_of(folder: Path) -> Path:
    fresh = folder / "fresh"
    fresh.mkdir()
    return fresh


def test_accepting_a_finding_keeps_it_in_sight(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    (settings.raw / "1.pdf").write_bytes((SAMPLE_FOLDER / "wuhan-huangpi-2022-final.pdf").read_bytes())
    ingest([settings.raw], settings)
    findings = pl.DataFrame(
        rows(settings, "select finding_key, report_key, rule_id from quality.finding order by all limit 1"),
        schema=["finding_key", "report_key", "rule_id"],
        orient="row",
    )
    key = findings["finding_key"].item()
    assert rows(settings, "select count(*) = count(distinct finding_key) from quality.finding") == [(True,)]
    counts = "select sum(error_count + warning_count + info_count) from quality_by_report"
    open_before = rows(settings, counts)[0][0]
    record("accept", lambda store: decisions.accept(store, findings, "已核对"), settings)
    sql = "select finding_key, accepted_reason from quality.finding where accepted_at is not null"
    assert rows(settings, sql) == [(key, "已核对")]
    assert rows(settings, counts)[0][0] == open_before - 1
    assert ingest([settings.raw], settings).unchanged, "the quick way leaves a complete warehouse"
    settings.state.unlink()
    assert not ingest([settings.raw], replace(settings, workers=1)).unchanged
    assert rows(settings, sql) == [(key, "已核对")], "it holds for the same finding in every later run"
    record("accept", lambda store: decisions.withdraw_acceptance(store, [key]), settings)
    assert rows(settings, sql) == []
    assert json.loads(settings.state.read_text(encoding="utf-8"))["code"]
