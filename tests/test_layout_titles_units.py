"""Titles and units of dumps that mislead: a unit in the title, money of another form, words before a number."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.extraction.report import ReportReading, read_report
from pipelines.layout.columns import OVERFLOWN
from pipelines.layout.unit_words import unit_of

HEADINGS = "|科目编码|科目名称|合计|基本支出|项目支出|\n|---|---|---|---|---|\n"


def rows(factor: int, last: str = "") -> str:
    amounts = [(300, 200, 100), (300, 200, 100), (200, 200, None), (100, None, 100)]
    names = ["|合计", "201|一般公共服务支出", "2010101|行政运行", "2010102|一般行政管理事务"]
    lines = [
        "|".join(["", name, *("" if a is None else f"{a * factor:.2f}" for a in row), ""])
        for name, row in zip(names, amounts, strict=True)
    ]
    lines[2] = lines[2][:-1] + last + "|"
    return HEADINGS + "\n".join(lines) + "\n"


def read(folder: Path, *tables: tuple[str, str, str]) -> ReportReading:
    text = "# 2024年度青川市水务局部门预算公开\n"
    for title, caption, body in tables:
        text += f"\n## {title}\n\n{caption}\n\n{body}"
    file = folder / "report.md"
    file.write_text(text, encoding="utf-8")
    return read_report(file, "k" * 16, "k" * 64, "md")


MAIN = ("部门支出总表", "部门：青川市水务局　单位：万元", rows(1))


@pytest.mark.parametrize(
    "title", ["一般公共预算支出表（元）", "一般公共预算支出表（单位：元）", "一般公共预算支出表 单位：元"]
)
def test_a_unit_in_the_title_is_that_of_the_table(tmp_path: Path, title: str) -> None:
    reading = read(tmp_path, MAIN, (title, "部门：青川市水务局", rows(10_000)))
    tables = reading.tables.select("form", "unit").rows()
    assert tables == [("expenditure", "万元"), ("general_expenditure", "元")]
    totals = reading.cells.filter(subject_name="合计", measure="total")
    assert set(totals["amount"]) == {3_000_000}


@pytest.mark.parametrize("text", ["单位：万美元", "单位：港元"])
def test_other_money_is_no_unit_of_ours(text: str) -> None:
    assert unit_of(text) is None


@pytest.mark.parametrize("title", ["财政专户管理资金支出表", "单位资金支出表", "事业收入支出表"])
def test_a_table_of_other_money_is_not_that_of_all_money(tmp_path: Path, title: str) -> None:
    reading = read(tmp_path, MAIN, (title, "部门：青川市水务局　单位：万元", rows(1)))
    forms = reading.tables["form"].to_list()
    assert forms == ["expenditure", None]


@pytest.mark.parametrize("text", ["减少7.00", "减7.00", "约300.00", "增加 1.00"])
def test_a_word_that_changes_a_number_is_no_name_that_runs_on(tmp_path: Path, text: str) -> None:
    assert OVERFLOWN.fullmatch(text) is None
    body = rows(1, text)
    reading = read(tmp_path, ("部门支出总表", "部门：青川市水务局　单位：万元", body))
    assert text.replace(" ", "") in "".join(reading.tables["unread"].drop_nulls())
