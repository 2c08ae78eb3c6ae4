"""The same tables whatever runs the assets: the command line, a process for each step, or one part after the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pipelines.core.settings import Settings
from pipelines.definitions import defs, every_year
from pipelines.orchestration import run_state as state
from pipelines.orchestration.asset_names import DIMENSIONS, PROOF, READING, STAR
from pipelines.orchestration.instance import dagster_home
from pipelines.orchestration.run import ingest
from pipelines.orchestration.session import Session
from pipelines.orchestration.writer_lock import WarehouseLocked, writer_lock
from tests.compare_warehouses import differences
from tests.corpus.generate import make_report
from tests.dagster_executors import in_processes

pytestmark = pytest.mark.xdist_group("dagster_executors")  # one worker builds what they share


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three small reports, one of which nobody can read, and a path that is passed over."""
    folder = tmp_path_factory.mktemp("raw")
    for seed in range(2):
        (folder / f"{seed}.txt").write_bytes(make_report(seed, "tabbed").data)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing")
    (folder / "nowhere.pdf").symlink_to(folder / "gone.pdf")
    return folder


def settings_in(folder: Path, raw: Path) -> Settings:
    return Settings(folder / "warehouse", raw, workers=1, lock_wait=0, site_pictures=False)


@pytest.fixture(scope="module")
def by_command_line(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = settings_in(tmp_path_factory.mktemp("cli"), raw)
    assert ingest([raw], settings).cells > 100
    return settings


def configured(settings: Settings) -> dict[str, Any]:
    return {"resources": {"session": {"config": Session(settings).as_config()}}}


class Intruder(threading.Thread):
    """Tries to write all the time once a run has the lock; tells how often it could not, and how often it could."""

    def __init__(self, lock: Path) -> None:
        super().__init__(daemon=True)
        self.lock, self.done = lock, threading.Event()
        self.refused = self.let_in = 0

    def run(self) -> None:
        while not (self.lock.exists() and '"run"' in self.lock.read_text()) and not self.done.wait(0.02):
            pass
        while not self.done.wait(0.002):
            try:
                with writer_lock(self.lock, 0):
                    self.let_in += 1
            except WarehouseLocked:
                self.refused += 1


def test_a_process_for_each_step_gives_the_same_tables(
    raw: Path, by_command_line: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path, raw)
    monkeypatch.chdir(Path(__file__).parents[1])
    intruder = Intruder(settings.lock)
    with dg.DagsterInstance.from_config(str(dagster_home(settings))) as instance:
        intruder.start()
        result = dg.execute_job(
            dg.reconstructable(in_processes), instance, run_config=configured(settings), tags=every_year()
        )
        intruder.done.set()
        intruder.join()
        assert result.success
        steps = {event.pid for event in result.all_events if event.is_step_start}
    assert len(steps) == 7, "each step had a process of its own"
    assert intruder.refused > 20 and intruder.let_in == 0, "the run held the lock between its steps, too"
    assert differences(by_command_line.database, settings.database) == []
    assert names(settings) == names(by_command_line)
    assert ingest([raw], settings).unchanged, "the command line knows that the run has ended and was complete"


def names(settings: Settings) -> tuple[set[str], tuple[Any, ...] | None]:
    """Records of quarantine, and what the record of the run says that no clock decides."""
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        run = connection.execute(
            "from quality.run select files, reports_read, extractor_version, quarantined, cells, exit_code"
        ).fetchall()
    return {record.name for record in settings.quarantine.iterdir()}, run[-1]


@pytest.fixture
def parts(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Settings, Any]]:
    """A warehouse and a function that materialises some assets, each time in a run of its own."""
    settings = settings_in(tmp_path, raw)
    with dg.DagsterInstance.from_config(str(dagster_home(settings))) as instance:
        job = defs.resolve_implicit_global_asset_job_def()

        def materialise(*assets: str, year: str | None = None) -> dg.ExecuteInProcessResult:
            tags = every_year() if year is None else {}
            selection = [dg.AssetKey(name) for name in assets]
            return job.execute_in_process(
                instance=instance,
                run_config=configured(settings),
                tags=tags,
                partition_key=year,
                asset_selection=selection,
            )

        yield settings, materialise


def test_parts_one_after_the_other_give_the_same_tables(by_command_line: Settings, parts: tuple[Settings, Any]) -> None:
    settings, materialise = parts
    materialise("source_file", *READING)
    materialise(*DIMENSIONS)
    materialise(*STAR)
    materialise(*PROOF)
    materialise("expectation_result")
    materialise("warehouse")
    assert differences(by_command_line.database, settings.database) == []
    assert state.read(settings) == {}, "none of these runs did all the work"
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        [(year,)] = connection.execute("select min(year_key) from dim_report").fetchall()
    materialise(*STAR, year=str(year))
    materialise("fact_expenditure", year=str(year))
    materialise(*PROOF, "warehouse", year=str(year))
    alone = materialise("finding", year=str(year))
    assert {event.asset_key.to_user_string() for event in alone.asset_materializations_for_node("proof")} == {"finding"}
    materialise("extracted_cell")
    materialise("dim_unit", "warehouse")
    assert differences(by_command_line.database, settings.database, frozenset({"quality.expectation_result"})) == []
    assert names(settings)[0] == names(by_command_line)[0]
