"""Numbers that OCR read: proven by identities, set right by one digit, or marked; they accuse nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from pipelines.core.ocr import TWICE, UNPROVEN, is_doubtful
from pipelines.core.tasks import Spot
from pipelines.prove.identities import comparisons, findings
from pipelines.repair.second_reading import examine
from tests.identities_truth import no_tables, readings, tiny


def scan(pensions: str, sure: str = "0.97") -> pl.DataFrame:
    """A table of two subjects as OCR read it; pensions are 40.00."""
    rows = [
        ("合计", {"total": "100.00", "basic": "50.00", "project": "50.00"}),
        ("201 一般公共服务支出", {"total": "60.00", "basic": "30.00", "project": "30.00"}),
        ("208 社会保障和就业支出", {"total": pensions, "basic": "20.00", "project": "20.00"}),
    ]
    return tiny("expenditure", rows).with_columns(method=pl.lit(f"ruled; ocr {sure}"))


def nothing(_: Mapping[str, Sequence[Spot]]) -> dict[str, str | None]:
    return {}


def settled(cells: pl.DataFrame, second: Mapping[str, str] | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    return examine(cells, lambda _: dict(second or {}), comparisons)


def pensions_of(cells: pl.DataFrame) -> dict[str, object]:
    return cells.filter(pl.col("subject_code") == "208", pl.col("measure") == "total").row(0, named=True)


def found_in(cells: pl.DataFrame) -> pl.DataFrame:
    frames = {
        "extracted_cell": cells,
        "published_table": no_tables(),
        "report_reading": readings(cells).with_columns(recognised_pages=pl.lit([1], pl.List(pl.Int32()))),
    }
    return findings(frames)[0].filter(pl.col("severity") != "info")


def test_what_identities_cover_is_proven() -> None:
    cells, record = settled(scan("40.00"))
    assert record.is_empty()
    assert not cells["method"].str.contains(UNPROVEN).any()
    assert found_in(cells).filter(pl.col("rule_id") == "unread_scan").is_empty()


def test_one_wrong_digit_is_set_right_and_recorded() -> None:
    cells, record = settled(scan("70.00"))
    cell = pensions_of(cells)
    assert (cell["value"], cell["amount"]) == (Decimal(40), Decimal(400000))
    assert "one digit set right by identities, read as 70.0" in str(cell["method"])
    corrected = record.filter(pl.col("decision") == "corrected")
    assert corrected["cell_key"].unique().to_list() == [cell["cell_key"]]
    assert corrected["way"].unique().to_list() == ["single_digit"]
    assert not cells["method"].str.contains(UNPROVEN).any()


def test_a_digit_that_several_numbers_could_change_is_left() -> None:
    rows = [("合计", {"total": "130.00"}), ("201 甲", {"total": "60.00"}), ("208 乙", {"total": "40.00"})]
    before = tiny("expenditure", rows).with_columns(method=pl.lit("ruled; ocr 0.97"))
    cells, _ = settled(before)
    assert cells["value"].equals(before["value"])
    assert cells["method"].str.contains(UNPROVEN).all()


def test_two_wrong_digits_are_left_and_are_one_finding_of_ours() -> None:
    cells, _ = settled(scan("72.00"))
    assert pensions_of(cells)["value"] == Decimal(72)
    assert UNPROVEN in str(pensions_of(cells)["method"])
    found = found_in(cells)
    assert found["rule_id"].to_list() == ["unread_scan"]
    assert found["severity"].to_list() == ["warning"]
    assert "2 处勾稽关系不符" in found["message"][0]


def test_what_was_read_twice_alike_is_the_publishers_mistake() -> None:
    before = scan("70.00")
    cells, record = settled(before, dict(before.select("cell_key", "raw_text").iter_rows()))
    assert record["decision"].unique().to_list() == ["confirmed"]
    assert record["way"].unique().to_list() == ["finer_picture"]
    assert pensions_of(cells)["value"] == Decimal(70)
    assert TWICE in str(pensions_of(cells)["method"])
    assert {"subject_total", "row_natures"} <= set(found_in(cells)["rule_id"])
    assert set(found_in(cells).filter(pl.col("rule_id") != "unread_scan")["severity"]) == {"error"}


def test_an_unsure_number_that_nothing_proves_is_no_fact() -> None:
    lonely = tiny("three_public", [("合计", {"budget_reception": "8.00"})])
    for sure, doubtful in (("0.70", True), ("0.99", False)):
        cells, _ = examine(lonely.with_columns(method=pl.lit(f"ruled; ocr {sure}")), nothing, comparisons)
        assert cells.filter(is_doubtful()).height == doubtful
    assert lonely.with_columns(method=pl.lit("ruled")).filter(is_doubtful()).is_empty()
