"""Source cards that state an identity, and what a reading makes of documents that state none or that are none."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from test_identity_openings import identity

from pipelines.collect.card import BadCardError, card_path, read_card
from pipelines.collect.discover import discover
from pipelines.core.document import Document, Line, Place
from pipelines.core.frames import REPORT_READING
from pipelines.core.stated import Stated
from pipelines.core.tasks import CardedTask
from pipelines.extraction.due import tasks
from pipelines.extraction.report import read_report
from pipelines.identity.report_identity import identity_of
from pipelines.layout.tables import tables_of

NARRATIVE = """资阳市雁江区水文站2022年度部门决算公开说明
一、部门概况
二、收入支出决算情况说明
2022年度收入总计1,234.56万元，其中财政拨款收入1,000.00万元。
2022年度支出总计1,234.56万元，其中基本支出900.00万元。
"""


def with_card(stated: Stated, *texts: str):  # type: ignore[no-untyped-def]
    document = Document("text", [Line(text, Place(line=n)) for n, text in enumerate(texts, 1)])
    return identity_of(document, tables_of(document), stated)


def card(folder: Path, text: str) -> Path:
    file = folder / "a.txt"
    file.write_text("数字", encoding="utf-8")
    card_path(file).write_text(text, encoding="utf-8")
    return file


def test_a_card_states_body_year_stage_and_scope(tmp_path: Path) -> None:
    file = card(tmp_path, "unit_name: 资阳市雁江区 水文站\nfiscal_year: 2022年度\nstage: 决算\nscope: unit\n")
    assert read_card(card_path(file)).stated == Stated("资阳市雁江区水文站", 2022, "final", "unit")


@pytest.mark.parametrize(
    "text",
    [
        "fiscal_year: soon",
        "fiscal_year: 1022",
        "fiscal_year: true",
        "stage: maybe",
        "scope: [unit]",
        "unit_name: 3",
        f"unit_name: {'长' * 101}",
    ],
)
def test_a_card_with_a_fault_is_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadCardError):
        read_card(card_path(card(tmp_path, text)))


def test_a_card_counts_where_the_document_does_not_say() -> None:
    found = with_card(Stated("内江市东兴区审计局", 2021, "final", "unit"), "单位：万元", "收入支出情况")
    assert (found.unit_name, found.fiscal_year, found.stage, found.scope) == (
        "内江市东兴区审计局",
        2021,
        "final",
        "unit",
    )
    assert found.stated_otherwise == ()
    assert "来源卡片" in "".join(found.evidence)


def test_the_document_counts_where_the_card_says_otherwise() -> None:
    found = with_card(Stated("内江市审计局", 2020, "budget", "unit"), "内江市东兴区审计局2021年部门决算（汇总）")
    assert (found.unit_name, found.fiscal_year, found.stage) == ("内江市东兴区审计局", 2021, "final")
    assert found.scope == "department"
    assert len(found.stated_otherwise) == 3, "the shorter name of a body is no other body"


def test_a_card_settles_what_does_not_agree_by_naming_one_of_it() -> None:
    lines = ["内江市东兴区审计局2021年部门决算", *["部门：内江市市中区水利局"] * 3]
    assert with_card(Stated(), *lines).unit_name is None
    assert with_card(Stated(unit_name="内江市市中区水利局"), *lines).unit_name == "内江市市中区水利局"
    assert with_card(Stated(unit_name="内江市威远县水利局"), *lines).unit_name is None


def test_a_card_that_changes_what_it_states_has_its_content_read_again(tmp_path: Path) -> None:
    file = card(tmp_path, "title: 一份报告")
    files = discover([tmp_path])
    read = files.select("report_key", "content_sha256", "format", "stated").with_columns(
        status=pl.lit("loaded"), extractor_version=pl.lit("1")
    )
    known = read.match_to_schema(REPORT_READING, missing_columns="insert")
    assert tasks(files, known, "1") == []
    card_path(file).write_text("fiscal_year: 2020", encoding="utf-8")
    due = tasks(discover([tmp_path]), known, "1")
    assert [type(task) for task in due] == [CardedTask]
    again = read.with_columns(stated=pl.lit(Stated(fiscal_year=2020).as_text()))
    assert tasks(discover([tmp_path]), again.match_to_schema(REPORT_READING, missing_columns="insert"), "1") == []


def reading(folder: Path, text: str, stated: Stated | None = None):  # type: ignore[no-untyped-def]
    file = folder / "2031年某局预算.txt"
    file.write_text(text, encoding="utf-8")
    read = read_report(file, "key", "sha", "txt", stated and stated.as_text())
    return read.report.row(0, named=True), read


def test_a_narrative_without_tables_is_a_report(tmp_path: Path) -> None:
    report, read = reading(tmp_path, NARRATIVE)
    assert (report["status"], report["unit_name"], report["fiscal_year"]) == ("loaded", "资阳市雁江区水文站", 2022)
    assert read.cells.is_empty() and not read.disclosures.is_empty()


def test_a_narrative_of_no_year_is_not_loaded_without_its_figures(tmp_path: Path) -> None:
    text = NARRATIVE.replace("2022年度", "")
    report, _ = reading(tmp_path, text)
    assert (report["status"], report["reason_code"]) == ("quarantined", "identity_unknown")
    assert "年度 fiscal year" in report["reason"]
    report, read = reading(tmp_path, text, Stated(fiscal_year=2022))
    assert (report["status"], report["fiscal_year"]) == ("loaded", 2022)
    assert not read.disclosures.is_empty()


def test_bodies_that_do_not_agree_are_shown_in_quarantine(tmp_path: Path) -> None:
    report, _ = reading(tmp_path, NARRATIVE + "部门名称：资阳市安岳县水利局\n" * 3)
    assert (report["status"], report["reason_code"], report["unit_name"]) == ("quarantined", "identity_conflict", None)
    assert "资阳市雁江区水文站" in report["reason"] and "资阳市安岳县水利局" in report["reason"]


def test_a_governments_budget_is_refused_as_one_and_filed_under_nobody(tmp_path: Path) -> None:
    text = "关于资阳市2022年预算执行情况和2023年预算草案的报告\n资阳市财政局\n全市收入12.34亿元。\n"
    report, _ = reading(tmp_path, text)
    assert (report["status"], report["reason_code"]) == ("quarantined", "not_a_department_report")
    assert report["unit_name"] is None
    assert "预算草案的报告" in report["reason"] and "government" in report["reason"]


def test_nothing_is_known_of_nothing() -> None:
    found = identity("")
    assert (found.unit_name, found.fiscal_year, found.stage, found.kind) == (None, None, None, None)
