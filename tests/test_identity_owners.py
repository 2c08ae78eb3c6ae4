"""Tables of another body, scope or year than their report's are never taken for the body's."""

from __future__ import annotations

import pytest

from pipelines.extraction.tables import Interpretation
from tests.printed_tables import read

UNIT = "单位：万元"
COVER = "青川县林业局2024年度部门决算"
HEAD = "科目编码|科目名称|合计|基本支出|项目支出\n"
BODY = HEAD + "|合计|5.00|3.00|2.00\n213|农林水支出|5.00|3.00|2.00"
PART = HEAD + "|合计|3.00|2.00|1.00\n213|农林水支出|3.00|2.00|1.00"
BALANCE = "收入|<|支出|<\n项目|决算数|项目|决算数\n一、财政拨款收入|9.00|一、教育支出|9.00\n收入总计|9.00|支出总计|9.00"


def whose(found: Interpretation) -> list[tuple[str, str]]:
    """Form and sub-unit of the tables that were read."""
    return list(dict.fromkeys((cell.form, cell.sub_unit) for cell in found.cells))


def told(found: Interpretation) -> str:
    return "".join(text for table in found.tables for text in table.unread)


@pytest.mark.parametrize(
    "second",
    [
        ("支出决算表", "单位名称：青川县种苗站", UNIT),
        ("单位名称：青川县种苗站", "支出决算表", UNIT),
        ("青川县种苗站2024年度支出决算表", UNIT),
        ("支出决算表（青川县种苗站）", UNIT),
        ("支出决算表", "部门：青川县林业局种苗站", UNIT),
    ],
)
def test_a_table_of_a_unit_below_is_that_units(second: tuple[str, ...]) -> None:
    found = read("支出决算表", "部门：青川县林业局", UNIT, BODY, "---", *second, PART, cover=COVER)
    (_, own), (_, unit) = whose(found)
    assert own == ""
    assert unit.endswith("种苗站")


def test_a_balance_of_a_unit_below_is_that_units() -> None:
    caption = "单位名称：青川县种苗站"
    found = read("收入支出决算总表", UNIT, BALANCE, "---", "收入支出决算总表", caption, UNIT, BALANCE, cover=COVER)
    assert whose(found) == [("balance", ""), ("balance", "青川县种苗站")]


def test_tables_of_several_units_without_the_bodys_own_are_the_units() -> None:
    tables = [
        text
        for name in ("第一小学", "第二小学")
        for text in ("支出决算表", f"单位名称：青川县{name}", UNIT, PART, "---")
    ]
    found = read(*tables, cover="青川县教育局2024年度部门决算（汇总）")
    assert whose(found) == [("expenditure", "青川县第一小学"), ("expenditure", "青川县第二小学")]


@pytest.mark.parametrize(
    ("cover", "caption"),
    [
        ("青川县林业局2024年度部门决算", "单位名称：泸定县种苗站"),  # another place
        ("青川县种苗站2024年度单位决算", "单位名称：青川县水库管理所"),  # nothing is below a unit
    ],
)
def test_a_table_of_a_stranger_is_told(cover: str, caption: str) -> None:
    found = read("支出决算表", UNIT, BODY, "---", "收入支出决算总表", caption, UNIT, BALANCE, cover=cover)
    assert whose(found) == [("expenditure", "")]
    assert "4 个数字未读入" in told(found)


@pytest.mark.parametrize(
    "caption", ["部门：青川县林业局", "部门：县林业局", "单位名称：林业局", "编制单位：青川县林业局（盖章）"]
)
def test_other_spellings_of_the_body_are_the_body(caption: str) -> None:
    found = read("支出决算表", UNIT, BODY, "---", "收入支出决算总表", caption, UNIT, BALANCE, cover=COVER)
    assert whose(found) == [("expenditure", ""), ("balance", "")]


def test_the_department_above_may_caption_the_tables_of_a_unit() -> None:
    cover = "青川县林业局种苗站2024年度单位决算"
    found = read("支出决算表", "部门：青川县林业局", UNIT, BODY, cover=cover)
    assert whose(found) == [("expenditure", "")]


def test_of_two_scopes_the_reports_own_is_the_bodys() -> None:
    def tables(cover: str) -> Interpretation:
        own, whole = ("青川县林业局（本级）支出决算表", UNIT, PART), ("青川县林业局（汇总）支出决算表", UNIT, BODY)
        return read(*own, "---", *whole, cover=cover)

    assert whose(tables("青川县林业局2024年度部门决算")) == [
        ("expenditure", "青川县林业局（本级）"),
        ("expenditure", ""),
    ]
    found = tables("青川县林业局（本级）2024年度单位决算")
    assert whose(found) == [("expenditure", "")]
    assert [cell.value for cell in found.cells if cell.name == "合计"] == [3, 2, 1]
    assert "未读入" in told(found)


def test_a_scope_on_every_table_is_the_reports_affair() -> None:
    found = read("青川县林业局（本级）支出决算表", UNIT, BODY, cover=COVER)
    assert whose(found) == [("expenditure", "")]


def test_a_table_of_the_year_before_is_prior() -> None:
    head = "科目编码|科目名称|合计\n213|农林水支出|"
    found = read(
        *("2024年支出预算表", UNIT, head + "5.00", "---", "2023年支出预算表", UNIT, head + "4.00"),
        cover="青川县林业局2024年部门预算",
    )
    assert [(c.measure, c.period, c.value) for c in found.cells] == [
        ("total", "current", 5),
        ("prior_total", "prior", 4),
    ]


@pytest.mark.parametrize(
    ("title", "year"),
    [
        (("2023年度收入支出决算总表",), 2023),
        (("收入支出决算总表", "（2021年度）"), 2021),
        (("收入支出决算总表（2022年）",), 2022),
    ],
)
def test_a_table_of_another_year_is_told(title: tuple[str, ...], year: int) -> None:
    found = read("2024年度支出决算表", UNIT, BODY, "---", *title, UNIT, BALANCE, cover=COVER)
    assert whose(found) == [("expenditure", "")]
    assert f"表为 {year} 年" in told(found)


def test_a_title_of_two_years_is_of_this_one() -> None:
    found = read("2023—2024年度收入支出决算总表", UNIT, BALANCE, cover=COVER)
    assert whose(found) == [("balance", "")]


@pytest.mark.parametrize(("second", "reason"), [(BODY, "数字相同"), (PART, "数字不同")])
def test_a_form_printed_twice_for_nobody_in_particular_counts_once(second: str, reason: str) -> None:
    found = read("支出决算表", UNIT, BODY, "---", "部门支出决算总表", UNIT, second, cover=COVER)
    assert [cell.value for cell in found.cells if cell.measure == "total"] == [5, 5]
    assert reason in told(found)


def test_the_second_part_of_a_table_is_no_second_printing() -> None:
    rest = (
        HEAD + "|合计|5.00|3.00|2.00\n205|教育支出|1.00|1.00|\n20502|普通教育|1.00|1.00|\n2050201|学前教育|1.00|1.00|"
    )
    found = read("支出决算表", UNIT, BODY, "---", "部门支出决算总表", UNIT, rest, cover=COVER)
    assert {cell.code for cell in found.cells} == {"", "213", "205", "20502", "2050201"}
