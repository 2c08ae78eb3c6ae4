"""What Dagster loads, compared with what is expected."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from pipelines.definitions import defs, every_year, nightly
from pipelines.orchestration import checks
from pipelines.orchestration.asset_names import FINDING_CELL, GATED
from pipelines.orchestration.assets import FISCAL_YEARS
from pipelines.orchestration.stages import TABLES
from pipelines.prove.catalogue import catalogue
from pipelines.prove.tally import tally
from pipelines.storage.tables import conform

WITHOUT_YEAR = {
    "source_file",
    "report_reading",
    "published_table",
    "extracted_cell",
    "extracted_disclosure",
    "extracted_performance",
    "extracted_project",
    "extracted_remark",
    "second_reading",
    "correction",
    "dim_year",
    "dim_unit",
    "dim_subject",
    "dim_statement",
    "expectation_result",
    "warehouse",
    "site",
}
BY_YEAR = {
    "published_cell",
    "dim_report",
    "report_form",
    "fact_disclosure",
    "fact_expenditure",
    "fact_performance",
    "fact_project",
    "fact_revenue",
    "fact_three_public",
    "fact_stated",
    "fact_staff",
    "fact_procurement",
    "finding",
    "outcome",
    "coverage",
}
UPSTREAM = {
    "source_file": set(),
    "report_reading": {"source_file"},
    "dim_unit": {"report_reading", "extracted_cell"},
    "fact_expenditure": {
        "source_file",
        "report_reading",
        "extracted_cell",
        "extracted_disclosure",
        "extracted_performance",
        "extracted_project",
        "dim_year",
        "dim_unit",
        "dim_subject",
    },
    "finding": {
        "published_cell",
        "report_form",
        "dim_report",
        "report_reading",
        "published_table",
        "extracted_cell",
        "extracted_disclosure",
        "extracted_performance",
        "extracted_project",
        "extracted_remark",
    },
}


@pytest.fixture(scope="module")
def graph() -> dg.AssetGraph:
    return defs.resolve_asset_graph()


def test_assets_and_their_partitions(graph: dg.AssetGraph) -> None:
    nodes = {node.key.to_user_string(): node for node in graph.asset_nodes}
    assert set(nodes) == WITHOUT_YEAR | BY_YEAR
    assert {name for name, node in nodes.items() if node.partitions_def is not None} == BY_YEAR
    for name, node in nodes.items():
        assert node.group_name in {"collect", "extraction", "model", "prove", "warehouse"}
        assert node.kinds, name
        assert " / " in (node.description or ""), name
        if name in BY_YEAR:
            assert node.partitions_def == FISCAL_YEARS
            assert node.backfill_policy == dg.BackfillPolicy.single_run()
    for name, parents in UPSTREAM.items():
        assert {key.to_user_string() for key in nodes[name].parent_keys} == parents, name


def test_every_suite_is_a_check(graph: dg.AssetGraph) -> None:
    keys = {(key.asset_key.to_user_string(), key.name) for key in graph.asset_check_keys}
    rules = {("finding", rule) for rule in catalogue()["rule_id"]}
    assert keys == {(asset, "expectations") for asset in GATED} | {("warehouse", "fresh"), ("site", "built")} | rules


def test_a_rule_shows_its_failing_rows() -> None:
    found = pl.DataFrame(
        [
            ("r1", "subject_total", "error", "差 <b>1</b>", ["c1", "c2"]),
            ("r2", "subject_total", "info", "舍入", ["c3"]),
        ],
        schema=["report_key", "rule_id", "severity", "message", "cell_keys"],
        orient="row",
    )
    ended = pl.DataFrame({"report_key": ["r1", "r2"], "rule_id": "subject_total", "outcome": ["failed", "passed"]})
    frames = conform(found.with_columns(**{"class": pl.lit("arithmetic")}), "quality.finding"), ended
    proved = tally(*([frame, frame.clear()] for frame in frames))
    results = {result.check_name: result for result in checks.rule_results(proved)}
    assert set(results) == set(catalogue()["rule_id"])
    total = results["subject_total"]
    assert not total.passed
    assert (total.metadata["failed"].value, total.metadata["passed"].value) == (1, 1)
    assert total.metadata["reports"].value == ["r1"]
    assert total.metadata["cell_keys"].value == ["c1", "c2"]
    assert "差 \\<b\\>1" in total.metadata["failing_rows"].value
    assert results["subject_class"].passed


def test_partitions_reach_the_coming_year_in_shanghai() -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    shanghai = ZoneInfo("Asia/Shanghai")
    keys = FISCAL_YEARS.get_partition_keys(current_time=datetime(2026, 11, 21, tzinfo=shanghai))
    assert keys == [str(year) for year in range(2010, 2028)]
    assert FISCAL_YEARS.timezone == "Asia/Shanghai"


def test_the_night_runs_over_every_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGZHANG_WAREHOUSE", str(tmp_path / "warehouse"))
    assert nightly.cron_schedule == "0 2 * * *"
    assert nightly.execution_timezone == "Asia/Shanghai"
    assert nightly.default_status == dg.DefaultScheduleStatus.RUNNING
    request = nightly(dg.build_schedule_context())
    assert isinstance(request, dg.RunRequest)
    assert every_year().items() <= request.tags.items()
    assert defs.resolve_job_def("ingest").executor_def.name == "in_process"


def test_every_loaded_frame_is_an_asset_or_made_with_one() -> None:
    assert set(TABLES) - {"run", FINDING_CELL} <= WITHOUT_YEAR | BY_YEAR


def test_loading_the_definitions_imports_no_great_expectations() -> None:
    code = "import sys, pipelines.definitions; print({'great_expectations', 'pandas', 'pdfplumber'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
