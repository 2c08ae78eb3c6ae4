"""Workbooks and lists that a program made of pages: tables cut where a page ended, headings no longer merged."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from pipelines.core.document import Cell, Place
from pipelines.extraction.report import ReportReading, read_report
from pipelines.formats.spans import merged_again

Pages = list[list[list[str]]]

TOP = [["云州市水务局2026年部门预算"], ["部门名称", "", "云州市水务局"]]
TRIPLE = [
    ["财政拨款“三公”经费支出表"],
    ["单位：万元"],
    ["2025年预算数", "", "", "", "", "2026年预算数", "", "", "", ""],
    ["合计", "因公出国（境）费", "公务用车购置及运行费", "", "公务接待费"] * 2,
    ["", "", "公务用车购置费", "公务用车运行费", ""] * 2,
    ["10.50", "1.00", "2.00", "3.00", "4.50", "21.50", "2.00", "4.00", "6.00", "9.50"],
]
HEAD = [
    ["支出总表"],
    ["单位：万元"],
    ["科目编码", "", "", "科目名称", "合计", "基本支出"],
    ["类", "款", "项", "", "", ""],
]
FIRST = [
    ["", "", "", "合计", "9.00", "9.00"],
    ["210", "", "", "卫生健康支出", "9.00", "9.00"],
    ["", "11", "", "行政事业单位医疗", "9.00", "9.00"],
    ["", "", "01", "行政单位医疗", "3.00", "3.00"],
]
SECOND = [["", "", "02", "事业单位医疗", "2.00", "2.00"], ["", "", "03", "公务员医疗补助", "4.00", "4.00"]]


def as_workbook(folder: Path, pages: Pages) -> ReportReading:
    book = openpyxl.Workbook()
    for number, page in enumerate(pages):
        sheet = book.create_sheet(f"第{number + 1}页")
        for row in page:
            sheet.append([text or None for text in row])
    book.remove(book.worksheets[0])
    book.save(folder / "a.xlsx")
    return read_report(folder / "a.xlsx", "k", "s", "xlsx")


def as_list(folder: Path, pages: Pages) -> ReportReading:
    with (folder / "a.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(row for page in pages for row in page)
    return read_report(folder / "a.csv", "k", "s", "csv")


Reader = Callable[[Path, Pages], ReportReading]
each = pytest.mark.parametrize("read", [as_workbook, as_list])


def of_codes(found: ReportReading) -> dict[str, float]:
    total = found.cells.filter(pl.col("subject_code").str.len_chars() > 0, measure="total")
    return dict(zip(total["subject_code"], total["value"].cast(float), strict=True))


@each
def test_a_heading_left_blank_beside_covers_what_is_below(read: Reader, tmp_path: Path) -> None:
    found = read(tmp_path, [TOP + TRIPLE])
    assert found.report["unit_name"].to_list() == ["云州市水务局"], "the cell beside its label is blank"
    values = dict(zip(found.cells["measure"], found.cells["value"].cast(float), strict=True))
    assert values["prior_budget_vehicle_running"] == 3 and values["prior_budget_reception"] == 4.5
    assert values["budget_abroad"] == 2 and values["budget_vehicle_running"] == 6 and values["budget_reception"] == 9.5


@each
def test_a_page_with_title_and_headings_once_more_goes_on(read: Reader, tmp_path: Path) -> None:
    found = read(tmp_path, [TOP + HEAD + FIRST, HEAD + SECOND])
    assert of_codes(found) == {"210": 9, "21011": 9, "2101101": 3, "2101102": 2, "2101103": 4}


def test_a_page_without_headings_has_the_columns_of_the_page_before(tmp_path: Path) -> None:
    found = of_codes(as_workbook(tmp_path, [TOP + HEAD + FIRST, [["- 2 -"], *SECOND]]))
    assert found["2101102"] == 2 and found["2101103"] == 4, "its columns of classes and sections are blank"


def test_where_headings_are_merged_blank_ones_are_blank() -> None:
    place = Place(line=1)
    texts = [["收入", "", "支出"], ["项目", "金额", "项目"], ["甲", "1.00", "乙"]]
    cells = [Cell(text, r, c, 1, 1, place) for r, row in enumerate(texts) for c, text in enumerate(row)]
    assert [cell.col_span for cell in merged_again(cells)[:2]] == [2, 1]
    cells[2] = Cell("支出", 0, 2, 2, 1, place)
    assert merged_again(cells) == cells
