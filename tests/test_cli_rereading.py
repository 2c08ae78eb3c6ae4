"""What the command line reads once more: what was our fault, and what an older extractor read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from dagster_readers import structural_fault

from pipelines.core.settings import Settings
from pipelines.extraction.report import read_report
from pipelines.orchestration import run
from pipelines.orchestration.reading import extractor_digest
from pipelines.orchestration.run import ingest
from tests.corpus.generate import make_report
from tests.test_cli_commands import SAMPLE, asked, call

pytestmark = pytest.mark.xdist_group("cli_commands")  # one worker builds what they share


def test_what_was_our_fault_loads_when_retried(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    shutil.copy(SAMPLE, raw / "structural.pdf")
    (raw / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing")
    (raw / "dangling.pdf").symlink_to(tmp_path / "nowhere.pdf")
    warehouse = tmp_path / "w"
    settings = Settings.from_environment(warehouse, workers=1)
    first = ingest([raw], settings, reader=(structural_fault, "test"))
    assert sorted(first.given_quarantined) == ["broken.pdf", "dangling.pdf", "structural.pdf"]
    assert ingest([raw], settings, reader=(read_report, "test")).unchanged, "an ingest does not read them again"
    stopped = [str(key) for (key,) in asked(warehouse, "select report_key from dim_report order by file_name")]
    records = {key: (warehouse / "quarantine" / f"{key}.yml").read_text(encoding="utf-8") for key in stopped}
    assert all(f"mingzhang retry {key}" in record for key, record in records.items())
    assert str(raw / "broken.pdf") in records[stopped[0]]
    again = run.retry(stopped, settings, reader=(read_report, "test"))
    assert (again.read, again.given_quarantined) == (2, ["broken.pdf"])
    status = asked(warehouse, "select file_name, status from dim_report order by 1")
    assert status == [("broken.pdf", "quarantined"), ("structural.pdf", "loaded")]
    left = sorted(file.stem.split("-")[0] for file in (warehouse / "quarantine").glob("*.yml"))
    assert left == sorted([stopped[0], "path"]), "paths that a retry did not look at keep their record"


def test_a_warehouse_of_an_older_kind_is_read_once_more_and_says_so(tmp_path: Path) -> None:
    raw, settings = tmp_path / "raw", Settings.from_environment(tmp_path / "warehouse", workers=1)
    raw.mkdir()
    for seed in range(2):
        (raw / f"{seed}.txt").write_bytes(make_report(seed, "tabbed").data)
    ingest([raw], settings, reader=(read_report, "9"))
    settings.state.unlink()
    code, text = call("ingest", raw, "--warehouse", settings.warehouse)
    assert code == 0
    assert "2 份已读报告须重读一次（原版本 9）" in text and "2 reports are read once more (before: 9)" in text
    assert "read before by another version" in text
    settings.state.unlink()
    code, text = call("ingest", raw, "--warehouse", settings.warehouse)
    assert code == 0 and "once more" not in text and "another version" not in text
    assert asked(settings.warehouse, "select extractor_version from meta") == [(extractor_digest(),)]
    assert asked(settings.warehouse, "select distinct extractor_version from dim_report") == [(extractor_digest(),)]
