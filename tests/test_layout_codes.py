"""Codes of subjects in their columns: split, inherited, glued, of two classifications."""

from __future__ import annotations

import pytest

from tests.tables_by_points import printed, read


def test_an_amount_in_a_column_of_codes_is_told() -> None:
    head = "项目|项目|项目|项目|本年收入|财政拨款\n类|款|项|名称|合计|收入\n"
    found = read("收入决算表", head + "合计|3,368.18|3,368.18\n208||||317.46|317.46", stage="final")
    assert [text.split()[-1] for text in found.unread] == ["3,368.18", "3,368.18"]


def test_split_codes_inherit_over_a_page_break() -> None:
    first = "科目编码|<|<|科目名称|合计\n类|款|项|^|^\n210|||卫生健康支出|3.00\n|11||行政事业单位医疗|3.00"
    found = read("支出总体情况表", first, "科目编码|<|<|科目名称|合计\n类|款|项|^|^\n||01|行政单位医疗|3.00")
    assert [row.code for row in found.rows] == ["210", "21011", "2101101"]


def test_classes_and_sections_in_one_column() -> None:
    """A converter has put 类 and 款 into one column."""
    head = "科目编码类款|项|科目名称|合计|基本支出|项目支出\n"
    rows = [
        "213||农林水支出|9.00|9.00|",
        "02||林业和草原|9.00|9.00|",
        "|01|行政运行|5.00|5.00|",
        "|04|事业机构|4.00|4.00|",
    ]
    found = read(
        "支出总体情况表", head + "\n".join([*rows, "221||住房保障支出|1.00|1.00|", "02||住房改革支出|1.00|1.00|"])
    )
    assert [row.code for row in found.rows] == ["213", "21302", "2130201", "2130204", "221", "22102"]


@pytest.mark.parametrize("codes", ["301|1|501|1", "301|01|501|01"])
def test_codes_of_both_economic_classifications(codes: str) -> None:
    head = "科目编码|<|部门预算支出经济分类科目名称|科目编码|<|政府预算支出经济分类科目名称|小计\n类|款|^|类|款|^|^\n"
    a, b, c, d = codes.split("|")
    found = read("一般公共预算基本支出情况表", head + f"{a}|{b}|基本工资|{c}|{d}|工资奖金津补贴|6.50")
    assert printed(found.rows) == [("30101", "total", "6.50", "50101")]


def test_glued_codes_are_parted() -> None:
    head = "部门经济科目编码|部门经济科目名称|合计|人员经费|公用经费\n"
    found = read("一般公共预算基本支出表", head + "3010150101|基本工资|6.50|6.50|")
    assert printed(found.rows)[0] == ("30101", "total", "6.50", "50101")


def test_levels_of_codes_without_headings_of_their_own() -> None:
    head = "|科目编码||科目名称|合计\n|类款项|||\n"
    found = read("部门支出总表", head + "213|02|01|行政运行|5.00\n213|03|99|其他水利支出|4.00")
    assert [row.code for row in found.rows] == ["2130201", "2130399"]
