"""Tables as provinces and ministries print them: one tiny grid per wording or nesting of headings."""

from __future__ import annotations

import pytest

from pipelines.layout.balances import balance_rows
from pipelines.layout.tables import tables_of
from tests.printed_tables import document, grid
from tests.tables_by_points import printed, read

THREE = "合计|因公出国（境）费|公务用车购置及运行费|公务接待费"


def test_money_of_this_year_under_every_column_says_nothing_new() -> None:
    """Sichuan: 当年财政拨款安排 beside 上年结转安排 in one table, over all columns in another."""
    split = read(
        "一般公共预算支出预算表", "科目编码|科目名称|合计|当年财政拨款安排|上年结转安排\n213|农林水支出|5.00|3.00|2.00"
    )
    assert [m for _, m, _ in printed(split.rows)] == ["total", "current_year", "carried_over"]
    under = read(
        "一般公共预算三公经费支出预算表",
        f"单位编码|单位名称（科目）|当年财政拨款预算安排|<|<|<\n^|^|{THREE}\n||合计|7.00|1.00|4.00|2.00".replace(
            "||合计", "|合计"
        ),
    )
    assert [m for _, m, _ in printed(under.rows)] == [
        *("budget_total", "budget_abroad", "budget_vehicle", "budget_reception")
    ]


def test_three_years_of_the_three_public_expenses() -> None:
    """Ministries print the budget and the execution of the year before beside the budget."""
    years = "2025年预算数|<|<|<|2025年预算执行数|<|<|<|2026年预算数|<|<|<"
    amounts = "9.00|1.00|5.00|3.00|8.00|1.00|5.00|2.00|7.00|1.00|4.00|2.00"
    found = read("一般公共预算三公经费支出表", f"{years}\n{'|'.join([THREE] * 3)}\n{amounts}")
    totals = {m: text for _, m, text in printed(found.rows) if m.endswith("_total")}
    assert totals == {"prior_budget_total": "9.00", "prior_execution_total": "8.00", "budget_total": "7.00"}
    assert not found.unread


def test_a_heading_that_names_several_items_is_their_total() -> None:
    head = "单位名称|三公经费、会议费、培训费合计|三公经费|<|会议费|培训费\n^|^|小计|公务接待费|^|^\n"
    found = read("一般公共预算三公经费、会议费、培训费支出情况表", head + "某市林业局|9.00|2.00|2.00|3.00|4.00")
    assert [(m.removeprefix("budget_"), text) for _, m, text in printed(found.rows)] == [
        *(("total", "9.00"), ("three_public", "2.00"), ("reception", "2.00"), ("meeting", "3.00"), ("training", "4.00"))
    ]


def test_education_fees_below_institutional_revenue_are_a_part_of_it() -> None:
    head = "科目编码|科目名称|合计|事业收入|<|财政专户管理资金|<\n^|^|^|金额|其中：教育收费|小计|教育收费\n"
    found = read("部门收入总表", head + "205|教育支出|9.00|5.00|4.00|3.00|3.00")
    assert [m for _, m, _ in printed(found.rows)] == [
        *("total", "institutional", "institutional_education", "special_account", "special_account_education")
    ]


def test_money_carried_over_of_a_project_is_not_this_years() -> None:
    """A heading over ruled columns is never halved: 财政拨款 | 结转结余 would make money of this year."""
    head = "项目名称|合计|本年拨款|<|财政拨款结转结余|<\n^|^|一般公共预算|政府性基金预算|一般公共预算|政府性基金预算\n"
    found = read("项目支出表", head + "造林|9.00|1.00|2.00|3.00|3.00")
    assert [row.fund for row in found.rows] == ["", "general", "fund", "carried_over_general", "carried_over_fund"]


@pytest.mark.parametrize("heading", ["单位（科目名称）", "单位名称（科目）", "单位名称（功能科目名称）"])
def test_names_of_units_and_subjects_in_one_column(heading: str) -> None:
    found = read("部门支出总体情况表", f"类|款|项|单位代码|{heading}|合计\n||||合计|5.00\n213|02|01|131|行政运行|5.00")
    assert [(row.code, row.name) for row in found.rows] == [("", "合计"), ("2130201", "行政运行")]


def test_a_sum_called_gongji_is_the_total() -> None:
    found = read("一般公共预算三公经费支出情况表", "项目|三公经费预算数\n共计|5.00\n1、公务接待费|5.00\n2、因公出国费|")
    assert [m for _, m, _ in printed(found.rows)] == ["budget_total", "budget_reception"]


def test_a_caption_beside_a_heading_makes_no_second_column_of_amounts() -> None:
    """Without rulings a caption set to the right stands over the amounts, and their heading left of them."""
    page = document("收支预算总表", "单位：万元")
    table = grid("收入|<|支出|<|\n项目|预算数|项目|预算数|\n一、其他收入|5.00|一、农林水支出||5.00")
    table.method = "aligned"
    page.blocks.append(table)
    rows, _ = balance_rows(tables_of(page)[0], "budget", 2024)
    assert [(row.side, *row.readings) for row in rows] == [("revenue", "amount"), ("expenditure", "amount")]


def test_one_kind_of_projects_is_not_all_of_them() -> None:
    head = "科目编码|科目名称|合计|基本支出|项目支出|<\n^|^|^|^|其他运转类|特定目标类\n"
    found = read("部门支出总体情况表", head + "213|农林水支出|9.00|2.00|3.00|4.00")
    assert [m for _, m, _ in printed(found.rows)] == ["total", "basic"]
    assert len(found.unread) == 2


@pytest.mark.parametrize("words", ["公共预算", "公共财政预算"])
def test_general_budgets_of_before_2015(words: str) -> None:
    functional = read(f"{words}财政拨款支出决算表", "科目编码|科目名称|合计\n213|农林水支出|5.00", stage="final")
    economic = read(f"{words}财政拨款基本支出决算表", "科目编码|科目名称|合计\n301|工资福利支出|5.00", stage="final")
    assert (functional.form, economic.form) == ("general_expenditure", "basic_economic")
