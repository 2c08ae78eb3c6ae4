"""Corrections by hand: applied with their reason, and noticed when they no longer apply."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.prove.expectations import read_suite
from pipelines.prove.judge import Judge
from pipelines.repair.correction import correct, read_corrections
from tests.identities_truth import readings, tiny

ENTRY = """
- report: "r"
  form: "expenditure"
  side: ""
  row: "201"
  measure: "total"
  printed: "60.00"
  corrected: "80.00"
  reason: "第 1 页的 8 读成 6"
  author: "某某"
  date: 2026-11-21
"""


def corrected(tmp_path: Path, entries: str, amount: str = "60.00") -> tuple[pl.DataFrame, pl.DataFrame]:
    file = tmp_path / "corrections.yml"
    file.write_text(entries, encoding="utf-8")
    rows = [
        ("合计", {"total": "100.00"}),
        ("201 一般公共服务支出", {"total": amount}),
        ("208 社会保障", {"total": "20.00"}),
    ]
    cells = tiny("expenditure", rows).with_columns(method=pl.lit("ruled"))
    frames = correct({"extracted_cell": cells, "report_reading": readings(cells)}, read_corrections(file))
    return frames["extracted_cell"], frames["correction"]


def test_a_correction_is_applied_and_says_so(tmp_path: Path) -> None:
    cells, made = corrected(tmp_path, ENTRY)
    cell = cells.filter(pl.col("subject_code") == "201").row(0, named=True)
    assert (cell["value"], cell["amount"]) == (Decimal(80), Decimal(800_000))
    assert cell["raw_text"] == "60.00", "what was read stays in sight"
    assert cell["method"] == "ruled; corrected by hand, read as 60.00000000: 第 1 页的 8 读成 6 (某某)"
    assert cells["value"].to_list() == [Decimal(100), Decimal(80), Decimal(20)]
    assert made.select("cell_key", "state").rows() == [(cell["cell_key"], "applied")]


@pytest.mark.parametrize("change", [("60.00", "61.00"), ('"201"', '"202"'), ('"total"', '"basic"')])
def test_a_correction_that_no_longer_applies_fails_its_suite(change: tuple[str, str], tmp_path: Path) -> None:
    cells, made = corrected(tmp_path, ENTRY.replace(*change))
    assert cells["value"].to_list() == [Decimal(100), Decimal(60), Decimal(20)]
    assert made["state"].to_list() == ["stale"]
    results = Judge().results(read_suite("correction"), made, {"extracted_cell": cells})
    failed = results.filter(~pl.col("success"))
    assert failed.select("expectation_id", "severity").rows() == [("still_applies", "fault")]


def test_a_report_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    cells, made = corrected(tmp_path, ENTRY.replace('"r"', '"elsewhere"'))
    assert made.is_empty()
    assert cells["value"].to_list() == [Decimal(100), Decimal(60), Decimal(20)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('  reason: "第 1 页的 8 读成 6"\n', ""), "the fields are"),
        (('"80.00"', "80.00"), "text in quotes"),
        (('"80.00"', '"eighty"'), "are numbers"),
        (('"某某"', '""'), "only the side"),
    ],
)
def test_an_entry_must_be_whole(change: tuple[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        corrected(tmp_path, ENTRY.replace(*change))


def test_one_entry_per_cell(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two entries for one cell"):
        corrected(tmp_path, ENTRY + ENTRY)


def test_the_file_of_the_project_can_be_read() -> None:
    assert read_corrections().columns[:2] == ["report_key", "form"]
