"""Tables that are no form are told with one line each, those that other readers took are not."""

from __future__ import annotations

from pathlib import Path

from pipelines.extraction.report import ReportReading, read_report

FORM = """## 支出决算表

部门：青川县水务局　单位：万元

|科目编码|科目名称|合计|基本支出|项目支出|
|---|---|---|---|---|
||合计|5.00|3.00|2.00|
|213|农林水支出|5.00|3.00|2.00|
"""
DEBT = """## 债务支出表

单位：万元

|债务种类|年初余额|本年偿还|
|---|---|---|
|一般债务|3.00|1.00|
|专项债务|1,234.00|2.00|
"""
PROJECT = """## 2024年度河道清淤项目自评结果

|项目名称|河道清淤|||
|---|---|---|---|
|一级指标|二级指标|三级指标|年初目标值|实际完成值|
|产出指标|数量指标|清淤长度|12.50公里|12.50公里|
"""


def read(folder: Path, *parts: str) -> ReportReading:
    file = folder / "report.md"
    file.write_text("# 2024年度青川县水务局部门决算\n\n" + "\n".join(parts), encoding="utf-8")
    return read_report(file, "k" * 16, "k" * 64, "md")


def test_an_unknown_table_is_told_with_one_line(tmp_path: Path) -> None:
    tables = read(tmp_path, FORM, DEBT).tables
    assert tables["form"].to_list() == ["expenditure", None]
    assert tables["unread"].to_list() == [None, "表“债务支出表”的 4 个数字未读入：不是已知的报表"]


def test_a_table_that_another_reader_took_is_not_told(tmp_path: Path) -> None:
    found = read(tmp_path, FORM, PROJECT)
    assert found.performance.height > 0
    assert found.tables["unread"].drop_nulls().to_list() == []
