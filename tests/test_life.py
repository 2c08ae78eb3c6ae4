"""The life of a report: samples make way, corrections replace, removals hold until undone, findings are accepted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as sampled
from hypothesis import strategies as st

from pipelines.core.frames import REPORT_READING, SOURCE_FILE
from pipelines.core.settings import Settings
from pipelines.model.dim_subject import printed_subject
from pipelines.model.removed import ALL_SAMPLES, BY_HAND, SAMPLE, removed, without_removed
from pipelines.orchestration import decisions, raw_folder, stages
from pipelines.orchestration.asset_names import STAR_READING
from pipelines.orchestration.run import ingest, record
from pipelines.storage.frame_store import FrameStore
from pipelines.storage.tables import schema
from tests.corpus.generate import make_report
from tests.model_frames import cell, frames, report, star

pytestmark = pytest.mark.xdist_group("life")

OPEN = "select sum(error_count + warning_count + info_count) from quality_by_report"
ACCEPTED = "select finding_key, accepted_reason from quality.finding where accepted_at is not null"
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
    known = {name: REPORT_READING[name] for name in ("report_key", "status", "unit_name", "fiscal_year")}
    reading = pl.DataFrame([(key, "loaded", "局", 2020) for key in "ab"], schema=known, orient="row")
    read = {"report_reading": reading.match_to_schema(REPORT_READING, missing_columns="insert")}
    out = pl.DataFrame({"report_key": ["b"], "reason_code": [BY_HAND], "reason": ["x"]})
    left = without_removed(read, out)["report_reading"].select(*known)
    assert left.rows() == [("a", "loaded", "局", 2020), ("b", "removed", None, None)]


def test_an_empty_raw_is_no_success(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    known = pl.DataFrame([{"report_key": "a", "path": str(settings.raw / "a.txt"), "is_sample": False}])
    FrameStore(settings.frames).write("source_file", known.match_to_schema(SOURCE_FILE, missing_columns="insert"))
    with pytest.raises(raw_folder.RawFolderError, match="empty"):
        ingest([settings.raw], settings)
    settings.raw.rmdir()
    with pytest.raises(OSError, match="raw"):
        ingest([settings.raw], settings)
    assert not settings.last_night.exists()
    settings.raw.mkdir()
    decisions.remove(FrameStore(settings.frames), ["a"], None)
    assert raw_folder.fault(settings, pl.DataFrame(schema=SOURCE_FILE)) == "", "nothing that counts came from it"


class TestOneWarehouse:
    """A few runs, each of which shows several things: a run costs more than all the rest."""

    before: dict[str, list[str]]

    @pytest.fixture(scope="class")
    def settings(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
        folder = tmp_path_factory.mktemp("life")
        samples = folder / "samples"
        samples.mkdir()
        (samples / "sample.txt").write_bytes(make_report(9, "tabbed").data)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pipelines.collect.samples.SAMPLE_FOLDER", samples)
            patch.setattr("pipelines.orchestration.run.SAMPLE_FOLDER", samples)
            yield settings_in(folder)

    def test_samples_are_shown_where_nothing_is(self, settings: Settings) -> None:
        assert ingest([settings.raw], settings).reports == 1
        assert rows(settings, "select status, is_sample from dim_report") == [("loaded", True)]

    def test_samples_make_way(self, settings: Settings) -> None:
        for name, seed in {"gone": 1, "moved": 2, "changed": 3}.items():
            (settings.raw / f"{name}.txt").write_bytes(make_report(seed, "tabbed").data)
        assert ingest([settings.raw], settings).reports == 3
        assert rows(settings, "select reason_code from dim_report where is_sample") == [("sample",)]
        assert rows(settings, "select count(*) from quality_by_report") == [(3,)]
        assert raw_folder.gone(settings) == []

    def test_an_accepted_finding_stays_in_sight(self, settings: Settings) -> None:
        assert rows(settings, "select count(*) = count(distinct finding_key) from quality.finding") == [(True,)]
        columns = ["finding_key", "report_key", "rule_id"]
        sql = f"select {', '.join(columns)} from quality.finding join dim_report using (report_key) "
        sql += "where file_name = 'moved.txt' order by all limit 1"
        found = pl.DataFrame(rows(settings, sql), schema=columns, orient="row")
        before = rows(settings, OPEN)[0][0]
        record("accept", lambda store: decisions.accept(store, found, "已核对"), settings)
        assert rows(settings, ACCEPTED) == [(found["finding_key"].item(), "已核对")]
        assert rows(settings, OPEN) == [(before - 1,)]
        assert ingest([settings.raw], settings).unchanged, "the quick way leaves a complete warehouse"

    def test_a_removal_takes_everything_out(self, settings: Settings) -> None:
        TestOneWarehouse.before = tables(settings)
        [[key]] = rows(settings, "select report_key from dim_report where file_name = 'changed.txt'")
        record("remove", lambda store: decisions.remove(store, [key], "试"), settings)
        row = rows(
            settings, f"select status, reason_code, unit_key, reason from dim_report where report_key = '{key}'"
        )[0]
        assert row[:3] == ("removed", "removed", None) and "试" in row[3]
        assert rows(settings, "select report_key, reason, undone_at from quality.removal") == [(key, "试", None)]
        for table in ("published_cell", "fact_expenditure", "quality.outcome", "quality.finding", "quality_by_report"):
            assert rows(settings, f"select count(*) from {table} where report_key = '{key}'") == [(0,)], table

    def test_removals_and_acceptances_survive_the_next_run(self, settings: Settings) -> None:
        shutil.copy(settings.raw / "changed.txt", settings.raw / "again.txt")
        (settings.raw / "gone.txt").unlink()
        (settings.raw / "moved.txt").rename(settings.raw / "there.txt")
        assert ingest([settings.raw], settings).reports == 2
        assert len(rows(settings, ACCEPTED)) == 1
        assert [one.file_name for one in raw_folder.gone(settings)] == ["gone.txt"]
        with (settings.raw / "there.txt").open("ab") as file:
            file.write(b"corrected")
        assert [one.file_name for one in raw_folder.gone(settings)] == ["gone.txt"], "a look at names only"

    def test_undone_is_as_before(self, settings: Settings) -> None:
        [[key]] = rows(settings, "select report_key from quality.removal")
        record("remove", lambda store: decisions.undo_removal(store, [key]), settings)
        after = tables(settings)
        assert {name for name in after if after[name] != TestOneWarehouse.before[name]} == {"main.dim_report"}, "names"
        assert rows(settings, "select count(undone_at) from quality.removal") == [(1,)]


def described(which: int, version: int, form_amount: int) -> dict[str, Any]:
    """A report of one of two bodies, in one of its versions: the later is dated later, whenever it comes."""
    amount = form_amount + version
    cells = [cell("expenditure", "2010101", "total", amount), cell("fund", "2120801", "total", 7)]
    about = {"unit_name": f"武汉市第{which}局", "published_on": date(2024, 1, 1 + version)}
    return report(cells, file_name=f"{which}-{version}.txt", key=f"{which}-{version}", **about)


EVERY = [described(which, version, 5) for which in range(2) for version in range(3)]
GIVEN = frames(EVERY)
KEYS = GIVEN.source_file["report_key"].to_list()
ACTIONS = st.lists(st.tuples(st.sampled_from(["add", "remove", "undo"]), st.integers(0, len(KEYS) - 1)), max_size=12)


def built(files: pl.DataFrame, removal: pl.DataFrame) -> dict[str, list[tuple[Any, ...]]]:
    """What the assets make of the files known and of what people decided, without what does not count."""
    read_ever = {name: getattr(GIVEN, name) for name in STAR_READING}
    known = {name: frame.join(files, on="report_key", how="semi") for name, frame in read_ever.items()}
    read = without_removed(known, removed(files, removal))
    subjects = stages.dimensions(
        read["report_reading"], printed_subject(read["extracted_cell"], read["report_reading"])
    )
    star = stages.star(files, **read, dim_subject=subjects["dim_subject"])
    star["dim_report"] = star["dim_report"].filter(pl.col("status") != "removed").drop("ingested_at")
    return {name: frame.rows() for name, frame in (subjects | star).items()}


@sampled(max_examples=25, deadline=None)
@given(ACTIONS)
def test_any_order_gives_what_a_fresh_build_gives(actions: list[tuple[str, int]]) -> None:
    """Additions, corrections (a later version of a body's report), removals and undos."""
    known, out, clock = pl.DataFrame(schema=SOURCE_FILE), set(), datetime(2026, 1, 1)
    with TemporaryDirectory() as folder:
        store = FrameStore(Path(folder))
        for number, (action, which) in enumerate([("add", 0), *actions]):
            key = KEYS[which]
            if action == "add":
                one = GIVEN.source_file.filter(pl.col("report_key") == key)
                when = pl.lit(clock + timedelta(days=number), pl.Datetime("us"))
                known = stages.source_file(known, one.with_columns(first_seen_at=when))
            elif action == "remove":
                decisions.remove(store, [key], None)
                out.add(key)
            else:
                decisions.undo_removal(store, [key])
                out.discard(key)
        left = GIVEN.source_file.filter(pl.col("report_key").is_in(known["report_key"].implode()))
        left = left.filter(~pl.col("report_key").is_in(list(out)))
        assert built(known, decisions.removals(store)) == built(left, removals())


def test_of_two_undated_versions_the_later_seen_wins_and_the_tie_is_told() -> None:
    def told(hours: int) -> tuple[str, str]:
        when = datetime(2026, 1, 1, 1)
        tables = star(
            [
                report([cell("fund", "2120801", "total", 7)], file_name="first", first_seen_at=when),
                report(
                    [cell("fund", "2120801", "total", 8)],
                    file_name="later",
                    first_seen_at=when + timedelta(hours=hours),
                ),
            ]
        )
        names = tables["dim_report"].select("report_key", "file_name", "status", "dated_by")
        assert names["dated_by"].unique().to_list() == ["first_seen"]
        [current] = names.filter(pl.col("status") == "loaded")["file_name"]
        return current, tables["quality.finding"]["message"].item()

    current, message = told(1)
    assert current == "later" and "以后入库者为准" in message and "published_on" in message
    assert "先后无从判断" in told(0)[1]
    assert "以后公布者为准" in told(48)[1]


def correction(text: bytes, published: str) -> tuple[bytes, str]:
    """A report with one digit changed, as a publisher corrects it, and the card that dates it."""
    return text + f"\n更正于{published}\n".encode(), f"published_on: {published}\n"


WHOLE = st.lists(
    st.tuples(st.sampled_from(["add", "correct", "remove", "undo"]), st.integers(0, 1)), min_size=2, max_size=5
)


@pytest.mark.slow
@sampled(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(WHOLE)
def test_any_order_of_whole_runs_gives_what_a_fresh_build_gives(
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
