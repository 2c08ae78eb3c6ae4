"""Dimensions: years, units, subjects, reports."""

import polars as pl
import pytest
from model_frames import cell, report, star

from pipelines.model.dim_year import five_year_plan


@pytest.mark.parametrize(
    ("year", "plan"), [(2005, "十五"), (2010, "十一五"), (2020, "十三五"), (2021, "十四五"), (2026, "十五五")]
)
def test_five_year_plan(year: int, plan: str) -> None:
    assert five_year_plan(year) == plan


def test_years_without_a_gap() -> None:
    years = star([report([], fiscal_year=year) for year in (2017, 2020)])["dim_year"]
    assert years["year_key"].to_list() == [2017, 2018, 2019, 2020]
    assert years["label"].to_list()[0] == "2017年度" and years["plan_year"].to_list() == [2, 3, 4, 5]


def test_no_reports_at_all() -> None:
    tables = star([])
    assert tables["dim_year"].is_empty() and tables["dim_unit"].is_empty() and tables["fact_expenditure"].is_empty()
    assert tables["dim_subject"].height > 1000


def test_department_and_unit_are_two_rows_of_one_body() -> None:
    names = [
        ("武汉市硚口区大数据中心", "department"),
        ("硚口区大数据中心（本级）", "unit"),
        ("硚口区大数据中心", "department"),
    ]
    units = star([report([], unit_name=name, scope=scope) for name, scope in names])["dim_unit"]
    assert units.height == 2 and units["body_key"].n_unique() == 1
    by_scope = {row["scope"]: row for row in units.iter_rows(named=True)}
    assert by_scope["unit"]["parent_unit_key"] == by_scope["department"]["unit_key"]
    assert by_scope["department"]["aliases"] == ["硚口区大数据中心"]
    assert by_scope["department"]["short_name"] == "大数据中心"
    assert (by_scope["unit"]["province"], by_scope["unit"]["city"], by_scope["unit"]["county"]) == (
        "湖北省",
        "武汉市",
        "硚口区",
    )


def test_a_report_in_quarantine_has_no_cells() -> None:
    tables = star([report([cell("fund", None, "total", 1)], status="quarantined", reason_code="torn", reason="…")])
    assert tables["published_cell"].is_empty() and tables["fact_expenditure"].is_empty()
    assert tables["dim_report"]["status"].item() == "quarantined" and tables["dim_unit"].height == 1


def test_a_report_about_nobody() -> None:
    tables = star([report([], unit_name=None, fiscal_year=None, stage=None)])
    assert tables["dim_unit"].is_empty() and tables["dim_report"]["unit_key"].item() is None


def test_decimals_are_what_is_printed() -> None:
    cells = [cell("fund", f"20{n}", "total", value) for n, value in enumerate(("5", "5.10", "6.558"))]
    cells[2] |= {"raw_text": "6, 558. 53_", "value": 6558}
    assert star([report(cells)])["published_cell"]["decimals"].to_list() == [0, 2, 2]


def test_subjects_carry_names_years_and_hierarchy() -> None:
    reports = [
        report([cell("expenditure", "2060499", "total", 1, name=name)], fiscal_year=year)
        for name, year in (("其他技术与 开发支出", 2020), ("其他技术研究与开发支出", 2021))
    ]
    subjects = star(reports)["dim_subject"]
    [subject] = subjects.filter(pl.col("code") == "2060499").iter_rows(named=True)
    assert subject["name"] == "其他技术研究与开发支出" and subject["aliases"] == ["其他技术与开发支出"]
    assert subject["years_seen"] == [2020, 2021]
    assert (subject["class_name"], subject["section_name"]) == ("科学技术支出", "技术研究与开发")
    assert subjects["subject_key"].is_unique().all()
    assert subjects.filter(pl.col("succeeded_by").is_not_null())["succeeded_by_key"].null_count() == 0
