"""Units of money: each number has that of the nearest word, and none where the words do not settle it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.extraction.tables import Interpretation
from pipelines.layout.rows import header_height
from tests.printed_tables import grid, read

TITLE = "一般公共预算财政拨款支出决算表"
BODY = "\n201|一般公共服务支出|3.00|20000.00|10000.00"


def units(found: Interpretation) -> dict[str, str]:
    return {cell.measure: cell.unit for cell in found.cells}


@pytest.mark.parametrize("caption", ["单位：万元", "单位：元", "部门：某市林业局"])
def test_a_column_keeps_the_unit_of_its_heading(caption: str) -> None:
    head = "科目编码|科目名称|合计（万元）|基本支出（元）|项目支出（元）"
    assert units(read(TITLE, caption, head + BODY)) == {"total": "万元", "basic": "元", "project": "元"}


def test_every_row_has_the_units_of_its_columns_the_first_one_too() -> None:
    head = "科目编码|科目名称|合计（万元）|基本支出（元）|项目支出（元）"
    found = read(TITLE, "单位：万元", head + "\n|合计|3.00|20000.00|10000.00" + BODY)
    assert [cell.unit for cell in found.cells] == ["万元", "元", "元"] * 2


def test_what_was_asked_of_a_grid_is_asked_again_of_other_cells() -> None:
    made = grid("科目编码|科目名称|预算数\n|合计|3.00")
    assert (header_height(made), made.row(1)[2].unit) == (1, None)
    made.put([replace(cell, unit="元") for cell in made.cells])
    assert (header_height(made), made.row(1)[2].unit) == (1, "元")


def test_a_heading_above_names_the_unit_of_all_below_it() -> None:
    head = "科目编码|科目名称|合计（万元）|明细（单位：元）|<\n^|^|^|基本支出|项目支出"
    assert units(read(TITLE, "单位：千元", head + BODY)) == {"total": "万元", "basic": "元", "project": "元"}


def test_a_column_without_a_unit_takes_the_captions() -> None:
    head = "科目编码|科目名称|合计（万元）|基本支出|项目支出"
    assert units(read(TITLE, "单位：元", head + BODY)) == {"total": "万元", "basic": "元", "project": "元"}


def test_a_column_without_a_unit_beside_two_units_is_unread() -> None:
    found = read(TITLE, "科目编码|科目名称|合计（万元）|基本支出（元）|项目支出" + BODY)
    assert units(found) == {"total": "万元", "basic": "元"}
    assert "10000.00" in "".join(found.tables[0].unread)


@pytest.mark.parametrize(
    "caption", ["单位：合计为万元，基本支出为元，项目支出为元", "合计单位：万元；基本支出单位：元；项目支出单位：元"]
)
def test_a_caption_gives_units_to_columns(caption: str) -> None:
    found = read(TITLE, caption, "科目编码|科目名称|合计|基本支出|项目支出" + BODY)
    assert units(found) == {"total": "万元", "basic": "元", "project": "元"}


def test_a_caption_of_two_units_settles_nothing() -> None:
    found = read(TITLE, "单位：万元、元", "科目编码|科目名称|合计|基本支出|项目支出" + BODY)
    assert found.cells == []
    assert len(found.tables[0].unread) == 3


def test_a_page_without_headings_keeps_the_units_of_its_columns() -> None:
    head = "科目编码|科目名称|合计（万元）|基本支出（元）|项目支出（元）"
    found = read(TITLE, "单位：万元", head + BODY, "---", "205|教育支出|1.00|6000.00|4000.00")
    assert [(c.code, c.unit) for c in found.cells] == [
        *[("201", unit) for unit in ("万元", "元", "元")],
        *[("205", unit) for unit in ("万元", "元", "元")],
    ]


def test_lines_of_a_balance_name_their_unit() -> None:
    found = read(
        "收入支出决算总表",
        "单位：万元",
        "收入|<|支出|<\n项目|决算数（元）|项目|决算数（万元）\n一、财政拨款收入|90000.00|一、教育支出|9.00",
    )
    assert [(c.side, c.unit) for c in found.cells] == [("revenue", "元"), ("expenditure", "万元")]


def test_a_row_names_its_unit() -> None:
    found = read(
        "“三公”经费支出决算表",
        "单位：万元",
        "项目|决算数\n合计|3.00\n公务接待费（元）|10000.00\n公务用车运行维护费|2.00",
    )
    assert [(c.value, c.unit) for c in found.cells] == [(3, "万元"), (10000, "元"), (2, "万元")]


HEAD = "科目编码|科目名称|合计|基本支出|项目支出"
OTHER = ("支出决算表", "单位：万元", HEAD + "\n201|一般公共服务支出|30.00|20.00|10.00")


@pytest.mark.parametrize("below", ["单位：元", "金额单位：人民币元", "注：本表以“元”为金额单位。"])
def test_a_unit_below_a_table_is_its_own(below: str) -> None:
    found = read(*OTHER, "---", TITLE, HEAD + BODY, below, "---", *OTHER)
    assert [t.table.unit for t in found.tables] == ["万元", "元", "万元"]


def test_a_unit_in_the_last_row_is_that_of_the_table() -> None:
    found = read(*OTHER, TITLE, HEAD + BODY + "\n单位：元|<|<|<|<")
    assert [t.table.unit for t in found.tables] == ["万元", "元"]


def test_a_unit_above_the_title_is_that_of_the_table_below() -> None:
    found = read(*OTHER, "---", "单位：元", TITLE, HEAD + BODY, "---", *OTHER)
    assert [t.table.unit for t in found.tables] == ["万元", "元", "万元"]
