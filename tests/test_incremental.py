"""What is loaded is not read again; what changed costs one report; a new extractor reads behind the old warehouse."""

from __future__ import annotations

import json
import re
import shutil

import duckdb
import pytest

from pipelines.core.settings import Settings
from pipelines.extraction.report import read_report
from pipelines.orchestration import bucket_log
from pipelines.orchestration.outcome import Outcome
from pipelines.orchestration.run import ingest
from pipelines.orchestration.watcher import Watcher
from pipelines.warehouse import update
from tests.corpus.generate import make_report

pytestmark = pytest.mark.xdist_group("incremental")  # each test goes on where the one before it stopped

FIRST, NEXT = "first", "next"
CHANGING = {"run", "expectation_result", "meta"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("incremental")
    raw = folder / "raw"
    raw.mkdir()
    for seed in range(3):
        (raw / f"{seed}.txt").write_bytes(make_report(seed, "tabbed").data)
    settings = Settings(folder / "warehouse", raw, workers=2, lock_wait=5, site_pictures=False)
    assert run(settings).read == 3
    return settings


def run(settings: Settings, version: str = FIRST, watcher: Watcher = Watcher()) -> Outcome:  # noqa: B008 (frozen)
    return ingest([settings.raw], settings, watcher, reader=(read_report, version))


def tables(settings: Settings) -> dict[str, list[str]]:
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        names = connection.execute(
            "select schema_name || '.' || table_name, table_name from duckdb_tables()"
        ).fetchall()
        return {
            name: sorted(map(repr, connection.execute(f"from {name}").fetchall()))
            for name, short in names
            if short not in CHANGING
        }


def site(settings: Settings) -> dict[str, str]:
    """All pages, without the time at their foot that says when the database was built."""
    pages = {file: file.read_text(encoding="utf-8") for file in settings.site.rglob("*.html")}
    return {file.name: re.sub("<footer>.*</footer>", "", text, flags=re.DOTALL) for file, text in pages.items()}


def test_a_second_ingest_changes_nothing(settings: Settings) -> None:
    before = tables(settings)
    again = run(settings)
    assert (again.read, again.unchanged) == (0, True)
    settings.state.unlink()  # as if the run before had died: all is done again, but nothing is read
    whole = run(settings)
    assert (whole.read, whole.unchanged) == (0, False)
    assert tables(settings) == before


def test_passes_are_the_same_as_one_pass(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables(settings)
    settings.state.unlink()
    shutil.rmtree(settings.buckets)
    monkeypatch.setattr(bucket_log, "REPORTS_PER_PASS", 1)
    assert not run(settings).unchanged
    assert tables(settings) == before


def test_a_changed_file_costs_one_report(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update, "MOST_CHANGED", 1)  # of four reports two are of its body
    with (settings.raw / "1.txt").open("a", encoding="utf-8") as file:
        file.write("\n更正\n")
    changed = run(settings)
    assert changed.read == 1
    assert changed.reports == 4, "what was loaded before stays"


def test_brought_up_to_date_is_as_built_anew(settings: Settings) -> None:
    before = tables(settings)
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        [(said,)] = connection.execute("select stored.made_of()").fetchall()
    assert json.loads(said)["touched"]
    pages = site(settings)
    for gone in (settings.database, settings.state):
        gone.unlink()
    for folder in (settings.buckets, settings.gates, settings.site, settings.site_cache):
        shutil.rmtree(folder)
    assert run(settings).read == 0
    assert tables(settings) == before
    [lacking] = json.loads((settings.site_cache / "pages.json").read_text())["lacking"]  # its text was overwritten
    assert {**site(settings), f"{lacking}.html": ""} == {**pages, f"{lacking}.html": ""}


def test_a_new_extractor_reads_behind_the_old_warehouse(settings: Settings) -> None:
    served: list[int] = []

    def look(_: object) -> None:
        with duckdb.connect(str(settings.database), read_only=True) as connection:
            [row] = connection.execute("select count(*) from published_cell").fetchall()
        served.append(row[0])

    with duckdb.connect(str(settings.database), read_only=True) as reader:
        [old] = reader.execute("select count(*) from published_cell").fetchall()
        settings.state.unlink()
        outdated: list[tuple[int, list[str]]] = []
        watcher = Watcher(on_read=look, on_reread=lambda reports, versions: outdated.append((reports, list(versions))))
        outcome = run(settings, NEXT, watcher)
        assert outdated == [(3, [FIRST])] and outcome.reread == 3
        assert outcome.read == 3, "the text that was replaced can be read no more and stays as it was read"
        assert served == [old[0]] * 3
        assert reader.execute("select count(*) from published_cell").fetchall() == [old], "who holds it keeps it"


def test_a_file_that_goes_away_stays_loaded(settings: Settings) -> None:
    before = run(settings, NEXT).reports
    (settings.raw / "2.txt").unlink()
    assert run(settings, NEXT).reports == before


def test_a_damaged_record_of_runs_stops_no_run(settings: Settings) -> None:
    """Dagster's databases hold nothing that the warehouse is made of."""
    before = run(settings, NEXT).reports
    emptied, *garbled = sorted((settings.dagster_home / "history").rglob("*.db"), key=lambda file: file.name)[::-1]
    assert emptied.name == "runs.db" and garbled
    emptied.write_bytes(b"")
    for file in garbled:
        file.write_bytes(b"no database at all" * 100)
        file.with_name(f"{file.name}-wal").write_bytes(b"nor its log")
    (settings.raw / "3.txt").write_bytes(make_report(3, "tabbed").data)
    after = run(settings, NEXT)
    assert (after.read, after.reports) == (1, before + 1)
    for file in garbled:
        assert file.with_name(f"{file.name}.damaged").exists()
