"""The leaf rule and the natures of ``fact_expenditure``."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_frames import cell, report, star


def facts(cells: list[dict[str, Any]], **identity: Any) -> dict[tuple[str, str], Decimal]:
    """Amounts in 万元 by code and nature."""
    tables = star([report(cells, **identity)])
    found = tables["fact_expenditure"].join(tables["dim_subject"].select("subject_key", "code"), on="subject_key")
    assert found.height == found.select("statement", "subject_key", "nature").n_unique()
    return {
        (code or "", nature): amount / 10_000 for code, nature, amount in found["code", "nature", "amount"].iter_rows()
    }


def test_branches_are_no_rows() -> None:
    cells = [
        cell("expenditure", None, "total", 10),
        cell("expenditure", "201", "total", 6),
        cell("expenditure", "20101", "total", 6),
        cell("expenditure", "2010101", "total", 6),
        cell("expenditure", "208", "total", 4),
    ]
    assert facts(cells) == {("2010101", "undivided"): 6, ("208", "undivided"): 4}


def test_a_branch_two_levels_up_is_no_row() -> None:
    cells = [cell("fund", "212", "total", 5), cell("fund", "2120803", "total", 5)]
    assert facts(cells) == {("2120803", "undivided"): 5}


def test_rows_need_not_stand_in_order() -> None:
    codes = ["2080505", "201", "208", "2010101", "20805", "20101"]
    cells = [cell("expenditure", code, "total", 1) for code in codes]
    assert set(facts(cells)) == {("2010101", "undivided"), ("2080505", "undivided")}


def test_another_statement_makes_no_branch() -> None:
    cells = [cell("expenditure", "201", "total", 5), cell("general_expenditure", "20101", "total", 5)]
    assert set(facts(cells)) == {("201", "undivided"), ("20101", "undivided")}


@pytest.mark.parametrize(
    ("printed", "natures"),
    [
        ({"total": 3, "basic": 1, "project": 2}, {"basic": 1, "project": 2}),
        ({"total": 3}, {"undivided": 3}),
        ({"total": 3, "basic": 3}, {"basic": 3}),
        ({"total": 0}, {"undivided": 0}),
        ({"total": 3, "basic": 3, "project": 0}, {"basic": 3, "project": 0}),
        (
            {"total": 6, "basic": 3, "personnel": 2, "public": 1, "project": 3},
            {"personnel": 2, "public": 1, "project": 3},
        ),
        ({"total": 3, "operating": 1, "remitted_to_superior": 2}, {"operating": 1, "remitted_to_superior": 2}),
    ],
)
def test_natures_of_a_row(printed: dict[str, int], natures: dict[str, int]) -> None:
    cells = [cell("general_expenditure", "2010101", measure, value) for measure, value in printed.items()]
    assert facts(cells) == {("2010101", nature): value for nature, value in natures.items()}


def test_natures_are_the_row_s_own() -> None:
    cells = [
        cell("expenditure", "2010101", "basic", 1),
        cell("expenditure", "2010101", "personnel", 1),
        cell("expenditure", "2010102", "total", 2),
        cell("expenditure", "2010103", "basic", 3),
    ]
    assert facts(cells) == {("2010101", "personnel"): 1, ("2010102", "undivided"): 2, ("2010103", "basic"): 3}


def test_economic_classes_divide_by_code() -> None:
    cells = [
        cell("basic_economic", "301", "amount", 3),
        cell("basic_economic", "30101", "amount", 3),
        cell("basic_economic", "30201", "amount", 2),
        cell("basic_economic", "30302", "amount", 1),
        cell("basic_economic", "310", "amount", 4),
        cell("basic_economic", None, "amount", 4, name="人员经费合计"),
        cell("basic_economic", None, "amount", 6, name="公用经费合计"),
    ]
    natures = {("30101", "personnel"): 3, ("30201", "public"): 2, ("30302", "personnel"): 1, ("310", "public"): 4}
    assert facts(cells) == natures


def test_economic_columns_divide_where_printed() -> None:
    cells = [
        cell("basic_economic", "30239", "total", 3),
        cell("basic_economic", "30239", "personnel", 1),
        cell("basic_economic", "30239", "public", 2),
        cell("basic_economic", "30201", "total", 5),
    ]
    assert facts(cells) == {("30239", "personnel"): 1, ("30239", "public"): 2, ("30201", "public"): 5}


def test_fund_balances_are_no_expenditure() -> None:
    measures = {"opening": 1, "revenue": 5, "total": 4, "project": 4, "closing": 2}
    cells = [cell("fund", "2120803", measure, value) for measure, value in measures.items()]
    assert facts(cells) == {("2120803", "project"): 4}


def test_totals_alone_are_unclassified() -> None:
    cells = [
        cell("expenditure_total", None, m, v) for m, v in {"total": 6, "basic": 3, "project": 2, "reserve": 1}.items()
    ]
    assert facts(cells) == {("", "basic"): 3, ("", "project"): 2, ("", "reserve"): 1}
    assert facts([cell("fund", None, "total", 0)]) == {("", "undivided"): 0}
    subtotals = [
        cell("basic_economic", None, "amount", v, name=n) for n, v in (("人员经费合计", 4), ("公用经费合计", 6))
    ]
    assert facts([*subtotals, cell("basic_economic", None, "amount", 10)]) == {("", "personnel"): 4, ("", "public"): 6}


def test_balances_three_public_and_procurement_are_no_facts() -> None:
    cells = [
        cell("balance", None, "amount", 1, name="本年支出合计", side="expenditure"),
        cell("appropriation_balance", None, "total", 1, name="本年支出合计", side="expenditure"),
        cell("three_public", None, "final_total", 1),
        cell("procurement", None, "amount", 1),
    ]
    assert facts(cells) == {}


def test_a_subject_on_several_rows_is_one_fact() -> None:
    cells = [cell("expenditure", "2010101", "total", value, name=name) for name, value in (("甲", 1), ("乙", 2))]
    tables = star([report(cells)])
    [fact] = tables["fact_expenditure"].iter_rows(named=True)
    assert (fact["amount"], fact["cell_count"]) == (30_000, 2)


def test_one_code_has_the_meaning_of_its_year() -> None:
    cells = [cell("basic_economic", "30307", "amount", 1), cell("basic_economic", "30311", "amount", 1)]
    names = {}
    for year in (2017, 2018, 2019):
        tables = star([report(cells, fiscal_year=year)])
        used = tables["fact_expenditure"].join(tables["dim_subject"], on="subject_key").sort("code")
        names[year] = list(zip(used["name"], used["succeeded_by"], strict=True))
    assert names[2017] == [("医疗费", "30114"), ("住房公积金", "30113")]
    # 2018 still printed with a code that ended in 2017: the nearest meaning, so that nothing is lost
    assert names[2018][0] == ("医疗费补助", None) and names[2018][1][0] == "住房公积金"


def test_a_code_nobody_knows_gets_a_subject() -> None:
    cells = [cell("expenditure", "2998877", "total", 1, name="新 科目"), cell("expenditure", "201", "total", 2)]
    tables = star([report(cells)])
    [subject] = tables["dim_subject"].filter(~pl.col("is_reference")).iter_rows(named=True)
    assert (subject["code"], subject["name"], subject["level"], subject["years_seen"]) == (
        "2998877",
        "新科目",
        3,
        [2023],
    )
    assert subject["class_code"] == "299" and subject["class_name"] is None


@st.composite
def trees(draw: st.DrawFn) -> dict[str, int]:
    """Codes and totals of a statement in which some branches go down to 项 and others stop at 类 or 款."""
    totals: dict[str, int] = {}
    leaves = draw(st.dictionaries(st.sampled_from(range(30)), st.integers(0, 10**6), min_size=1))
    for number, amount in leaves.items():
        klass, section = f"2{number % 5:02}", f"2{number % 5:02}{number % 3 + 1:02}"
        code = draw(st.sampled_from([f"{section}{number:02}", section, klass]))
        for ancestor in {klass, section, code}:
            if code.startswith(ancestor):
                totals[ancestor] = totals.get(ancestor, 0) + amount
    return totals


@settings(max_examples=30, deadline=None)
@given(trees(), st.randoms(use_true_random=False))
def test_leaves_add_up_whatever_their_level_and_order(totals: dict[str, int], random: Any) -> None:
    """An amount printed at a branch only (beside deeper ones) is the one thing the leaf rule leaves out."""
    codes = list(totals)
    random.shuffle(codes)
    got = facts([cell("expenditure", code, "total", totals[code]) for code in codes])
    leaves = {code for code in codes if not any(other != code and other.startswith(code) for other in codes)}
    assert got == {(code, "undivided"): totals[code] for code in leaves}
