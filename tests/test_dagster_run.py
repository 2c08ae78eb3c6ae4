"""The main job through the command line and through Dagster: the same tables, and gates that stop what they must."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest
import yaml
from dagster_readers import misreading

from pipelines.collect.samples import SAMPLE_FOLDER as RAW
from pipelines.core.settings import Settings
from pipelines.definitions import JOB, defs, every_year
from pipelines.orchestration.asset_names import PROOF, STAR
from pipelines.orchestration.instance import dagster_home
from pipelines.orchestration.outcome import Outcome
from pipelines.orchestration.run import ingest
from tests.corpus.samples import SAMPLES as TYPESET
from tests.mutations import misprinted

pytestmark = pytest.mark.xdist_group("dagster_run")  # one worker builds what they share

SAMPLES = ["jiangsu-npc-2017-budget.pdf", "jiangsu-npc-2018-budget.pdf", "wuhan-qiaokou-2023-final.pdf"]
MINGZHANG = Path(sys.executable).with_name("mingzhang")
OF_THE_RUN = {"quality.run", "quality.expectation_result", "main.meta"}


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three sample reports: two years of one unit, and another unit."""
    folder = tmp_path_factory.mktemp("raw")
    for name in SAMPLES:
        shutil.copy(RAW / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def by_command_line(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings.from_environment(tmp_path_factory.mktemp("cli"), workers=2)
    command = [MINGZHANG, "ingest", raw, "--warehouse", settings.warehouse, "--workers", "2"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return settings


@pytest.fixture(scope="module")
def by_dagster(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, dg.DagsterInstance]]:
    """The job as the web server and the daemon run it: settings from the environment, lock taken by the run."""
    folder = tmp_path_factory.mktemp("dagster")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINGZHANG_WAREHOUSE", str(folder))
        patch.setenv("MINGZHANG_RAW", str(raw))
        settings = Settings.from_environment()
        with dg.DagsterInstance.from_config(str(dagster_home(settings))) as instance:
            result = defs.resolve_job_def(JOB).execute_in_process(instance=instance, tags=every_year())
            assert result.success
            yield settings, instance


def tables(settings: Settings) -> dict[str, list[str]]:
    """Every row of every table as text, sorted, without what only the clock and the run decide."""
    found = {}
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        names = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        for (name,) in names:
            if name not in OF_THE_RUN:
                columns = "* exclude (ingested_at)" if name == "main.dim_report" else "*"
                found[name] = sorted(map(repr, connection.execute(f"select {columns} from {name}").fetchall()))
    return found


def test_dagster_gives_the_same_tables_as_the_command_line(
    by_command_line: Settings, by_dagster: tuple[Settings, dg.DagsterInstance]
) -> None:
    expected, given = tables(by_command_line), tables(by_dagster[0])
    assert expected.keys() == given.keys()
    assert len(expected["main.published_cell"]) > 400
    for name, rows in expected.items():
        assert given[name] == rows, name


def test_checks_and_partitions_are_recorded(by_dagster: tuple[Settings, dg.DagsterInstance]) -> None:
    settings, instance = by_dagster
    years = instance.get_materialized_partitions(dg.AssetKey("fact_expenditure"))
    assert {"2017", "2018", "2023", "2027"} <= years
    event = instance.get_latest_materialization_event(dg.AssetKey("published_cell"))
    assert event is not None
    metadata = event.asset_materialization.metadata  # type: ignore[union-attr]
    assert {"dagster/row_count", "sample", "reports", "amount"} <= metadata.keys()
    parts = [pl.read_parquet(file) for file in (settings.frames / "dim_report").glob("*.parquet")]
    assert sorted(part["unit_key"].n_unique() for part in parts)[-1] == 1, "reports of a body stand together"


def test_one_year_alone_leaves_the_others(by_dagster: tuple[Settings, dg.DagsterInstance]) -> None:
    settings, instance = by_dagster
    before = tables(settings)
    selection = dg.AssetSelection.assets(*STAR, *PROOF, "warehouse")
    job = defs.resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(
        instance=instance,
        partition_key="2018",
        asset_selection=list(selection.resolve(defs.resolve_asset_graph())),
    )
    assert result.success
    assert tables(settings) == before


def test_a_second_ingest_reads_nothing(by_command_line: Settings, raw: Path) -> None:
    before = tables(by_command_line)
    outcome = ingest([raw], by_command_line)
    assert outcome.read == 0
    assert tables(by_command_line) == before


def test_data_docs_show_the_reports(by_command_line: Settings) -> None:
    index = by_command_line.data_docs / "index.html"
    text = index.read_text(encoding="utf-8")
    for name in SAMPLES:
        assert name in text
    assert "published_cell" in text


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Outcome]:
    """A good report, one with a structural fault, one that is misread, and one whose publisher added up wrongly."""
    folder = tmp_path_factory.mktemp("faulty")
    for name, sample in zip(["good.pdf", "structural.pdf", "misread.pdf"], SAMPLES, strict=True):
        shutil.copy(RAW / sample, folder / name)
    wrong = next(sample for sample in TYPESET if sample.report == "huangpi-2022-final")
    (folder / "sum.pdf").write_bytes(misprinted(wrong))
    settings = Settings.from_environment(folder / "warehouse", workers=2)
    return settings, ingest([folder], settings, reader=(misreading, "test"))


def rows(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_structural_fault_stops_its_report_only(faulty: tuple[Settings, Outcome]) -> None:
    settings, outcome = faulty
    assert outcome.given_quarantined == ["structural.pdf"]
    status = dict(rows(settings, "select file_name, status from dim_report"))
    assert status == {
        "good.pdf": "loaded",
        "structural.pdf": "quarantined",
        "sum.pdf": "loaded",
        "misread.pdf": "loaded",
    }
    stopped = "report_key in (select report_key from dim_report where status = 'quarantined')"
    for table in ("published_cell", "published_table", "report_form", "fact_expenditure", "fact_revenue"):
        assert rows(settings, f"select count(*) from {table} where {stopped}") == [(0,)], table


def test_a_stopped_report_says_why_everywhere(faulty: tuple[Settings, Outcome]) -> None:
    settings, _ = faulty
    [(key, code, reason)] = rows(
        settings, "select report_key, reason_code, reason from dim_report where status = 'quarantined'"
    )
    assert code == "expectation"
    assert "extracted_cell.measure_in_vocabulary" in str(reason) and "nonsense" in str(reason)
    record = yaml.safe_load((settings.quarantine / f"{key}.yml").read_text(encoding="utf-8"))
    assert record["file_names"] == ["structural.pdf"]
    assert record["expectations"][0]["expectation"] == "measure_in_vocabulary"
    assert rows(
        settings,
        "select report_keys from quality.expectation_result "
        "where not success and asset = 'extracted_cell' and kind = 'structural'",
    ) == [([key],)]
    docs = (settings.data_docs / "index.html").read_text(encoding="utf-8")
    assert "measure_in_vocabulary" in docs and str(key) in docs
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        check = dg.AssetCheckKey(dg.AssetKey("extracted_cell"), "expectations")
        record = instance.event_log_storage.get_latest_asset_check_execution_by_key([check])[check]
        evaluation = record.event.dagster_event.asset_check_evaluation_data
        assert not evaluation.passed
        assert evaluation.severity == dg.AssetCheckSeverity.ERROR


def test_a_publishers_wrong_sum_is_loaded_with_its_finding(faulty: tuple[Settings, Outcome]) -> None:
    settings, _ = faulty
    found = rows(
        settings,
        "select difference from quality.finding join dim_report using (report_key) "
        "where file_name = 'sum.pdf' and severity = 'error' and form = 'expenditure'",
    )
    assert found
    assert rows(
        settings,
        "select distinct kind from quality.expectation_result, unnest(report_keys) as t (report_key) "
        "join dim_report using (report_key) where asset = 'finding' and not success and file_name = 'sum.pdf'",
    ) == [("publisher",)]


def test_whose_mistake_it_is_can_be_looked_up(faulty: tuple[Settings, Outcome]) -> None:
    settings, _ = faulty
    decided = rows(
        settings,
        "select file_name, list(distinct decision order by decision) from quality.second_reading "
        "join dim_report using (report_key) group by 1 order by 1",
    )
    assert [(name, decisions) for name, decisions in decided] == [
        ("misread.pdf", ["confirmed", "corrected"]),
        ("sum.pdf", ["confirmed"]),
    ]
    assert rows(
        settings,
        "select file_name, corrected_count, undecided_count, coverage > 0.9, error_count > 0 from quality_by_report "
        "where file_name in ('misread.pdf', 'sum.pdf') order by 1",
    ) == [("misread.pdf", 1, 0, True, False), ("sum.pdf", 0, 0, True, True)]
