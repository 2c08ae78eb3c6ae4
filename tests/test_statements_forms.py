"""Titles tell forms, headings tell measures; both are data."""

import pytest

from pipelines.statements.catalogue import catalogue
from pipelines.statements.forms import clean_title, form_of_headings, form_of_title, measure_of


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("收入支出决算总表", "balance"),
        ("2024年部门财务收支预算总表", "balance"),
        ("公开01表 收支总表", "balance"),
        ("二、收入决算表（表2）", "revenue"),
        ("部门收入总体情况表", "revenue"),
        ("支出决算表", "expenditure"),
        ("部门支出预算总表", "expenditure"),
        ("财政拨款收入支出决算总表", "appropriation_balance"),
        ("财政拨款收支总体情况表", "appropriation_balance"),
        ("财政拨款支出预算表（功能科目）", "appropriation_expenditure"),
        ("一般公共预算财政拨款支出决算表", "general_expenditure"),
        ("一般公共预算支出功能分类预算表", "general_expenditure"),
        ("一般公共预算财政拨款基本支出决算明细表", "basic_economic"),
        ("一般公共预算基本支出部门预算经济分类预算表", "basic_economic"),
        ("财政拨款基本支出预算表（经济科目）", "appropriation_basic_economic"),
        ("政府性基金预算财政拨款收入支出决算表", "fund"),
        ("国有资本经营预算支出表", "state_capital"),
        ("“三公”经费和机关运行经费预算表", "three_public"),
        ("一般公共预算机关运行经费支出预算表", "operating_cost"),
        ("政府采购支出预算表", "procurement"),
        ("表2：2026年部门收入预算总表部门名称：某局单位：万元", "revenue"),
    ],
)
def test_titles_tell_the_form(title: str, form: str) -> None:
    found = form_of_title(title)
    assert found is not None
    assert found.name == form


@pytest.mark.parametrize(
    "text",
    ["项目支出绩效自评表", "部门整体支出绩效目标表", "收入决算情况说明", "本表反映部门收入。", "非税收入征收计划表"],
)
def test_other_titles_tell_none(text: str) -> None:
    assert form_of_title(text) is None


def test_labels_and_numbering_are_no_part_of_a_title() -> None:
    assert clean_title("附件1-2 公开02表 收入决算表（续表）") == "收入决算表"


def test_headings_tell_a_table_without_title() -> None:
    found = form_of_headings("科目名称 公务接待费 公务用车购置 因公出国（境）费")
    assert found is not None
    assert found.name == "three_public"


@pytest.mark.parametrize(
    ("form", "path", "measure"),
    [
        ("expenditure", ["本年支出", "基本支出", "小计"], "basic"),
        ("expenditure", ["对下级单位补助支出"], "subsidy_to_affiliates"),
        ("expenditure", ["本年支出", "小计"], "total"),
        ("general_expenditure", ["基本支出", "人员经费"], "personnel"),
        ("revenue", ["本年收入", "小计"], "current_year"),
        ("revenue", ["事业单位经营收入"], "operating"),
        ("revenue", ["本年收入", "事业收入"], "institutional"),
        ("revenue", ["上年结转结余"], "carried_over"),
        ("fund", ["年末结转和结余"], "closing"),
        ("basic_economic", ["决算数"], "amount"),
        ("expenditure", ["备注"], None),
    ],
)
def test_headings_tell_the_measure(form: str, path: list[str], measure: str | None) -> None:
    assert measure_of(path, catalogue().form(form).measures) == measure
