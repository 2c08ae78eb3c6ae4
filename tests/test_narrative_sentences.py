"""Sentences of kinds met in reports of many cities: whose each figure is, what kind, and what it must not be.

Bodies and figures are invented. Each reading was checked by eye; the rules these figures feed are tried below.
"""

from decimal import Decimal

import polars as pl
import pytest

from pipelines.prove.identities import comparisons
from tests.identities_truth import tiny
from tests.narrative_sentences import SENTENCES
from tests.reading_frames import Frames, said, together
from tests.test_narrative import read, stated

SECTION = "一、收支情况说明\n"


@pytest.mark.parametrize(("stage", "text", "expected"), SENTENCES, ids=range(len(SENTENCES)))
def test_every_figure_has_the_subject_of_its_own_clause(stage: str, text: str, expected: list[str]) -> None:
    found = stated(SECTION + text, stage)
    assert [f"{fact} {path or '-'} {value}{unit}" for fact, path, value, unit in found] == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.初中教育（2050203），年度决算数为88.40万元。", "2050203"),
        ("（三）2210201-住房公积金33.00万元。", "2210201"),
        ("工资福利支出（301）75.00万元。", None),
        ("机关工资福利支出（501）75.00万元。", None),
    ],
)
def test_a_printed_code_is_that_of_a_functional_subject(text: str, code: str | None) -> None:
    assert [(d.code, d.is_item) for d in read(SECTION + text)] == [(code, code is not None)]


def results(rule: str, *frames: Frames) -> list[str]:
    """How the instances of a rule ended."""
    return comparisons(together(*frames)).filter(pl.col("rule_id") == rule)["result"].to_list()


TOTAL = "一般公共预算财政拨款支出"


@pytest.mark.parametrize(
    ("percent", "result"), [("11.1%", "equal"), ("11%", "equal"), ("11.13%", "equal"), ("11.3%", "beyond")]
)
def test_a_percentage_is_as_exact_as_its_decimals(percent: str, result: str) -> None:
    figures = ((TOTAL, "amount", "111.13"), (TOTAL, "change_amount", "11.13"), (TOTAL, "change_percent", percent))
    assert results("change_percent", said(*figures)) == [result]


def test_a_base_that_is_not_told_settles_nothing() -> None:
    change, percent = ("收支总计", "change_amount", "30.00"), ("收支总计", "change_percent", "12.00%")
    assert results("change_percent", said(change, percent)) == ["insufficient"]
    assert results("change_percent", said(("收支总计", "amount", "9.00"), change, percent)) == ["insufficient"]


CLASSES = {
    "extracted_cell": tiny(
        "basic_economic",
        [
            ("301 工资福利支出", {"amount": "30.00"}),
            ("302 商品和服务支出", {"amount": "9.00"}),
            ("303 对个人和家庭的补助", {"amount": "1.00"}),
        ],
    )
}


@pytest.mark.parametrize(
    ("personnel", "public", "expected"),
    [("31.00", "9.00", {"equal"}), ("29.50", "10.50", {"insufficient"}), ("29.50", "9.00", {"equal", "beyond"})],
)
def test_a_split_of_their_own_is_no_fault(personnel: str, public: str, expected: set[str]) -> None:
    figures = said(("人员经费", "amount", personnel), ("公用经费", "amount", public), section="五、基本支出情况")
    assert set(results("narrative_nature", CLASSES, figures)) == expected


@pytest.mark.parametrize(("whole", "result"), [(TOTAL, "insufficient"), ("基本支出", "beyond")])
def test_economic_classes_of_more_than_basic_expenditure_are_no_row_of_the_basic_table(whole: str, result: str) -> None:
    figures = said((whole, "amount", "99.00"), ("人员经费/工资福利支出", "amount", "44.00"))
    assert results("narrative_table", CLASSES, figures)[-1:] == [result]


GENERAL = {
    "extracted_cell": tiny(
        "general_expenditure",
        [
            ("合计", {"total": "9.00", "basic": "5.00", "project": "4.00"}),
            ("204 公共安全支出", {"total": "9.00", "basic": "5.00", "project": "4.00"}),
        ],
    )
}


@pytest.mark.parametrize(("amount", "result"), [("9.00", "equal"), ("4.00", "equal"), ("4.50", "beyond")])
def test_a_subject_may_be_stated_of_the_projects_alone(amount: str, result: str) -> None:
    assert results("narrative_subject", GENERAL, said(("公共安全支出", "final", amount, "204"))) == [result]


EXACT = {"extracted_cell": tiny("general_expenditure", [("合计", {"total": "93.487843"})])}


@pytest.mark.parametrize(("text", "result"), [("93.49", "equal"), ("93.48", "rounding"), ("93.47", "beyond")])
def test_a_figure_may_be_cut_as_well_as_rounded(text: str, result: str) -> None:
    other = ("机关运行经费", "amount", "0.125")  # finer than the rest, which holds for itself alone
    assert results("narrative_table", EXACT, said((TOTAL, "final", text), other)) == [result]


def test_a_share_tells_a_wrong_unit() -> None:
    parts = ("财政拨款", "amount", "2550.00元"), ("财政拨款", "share_percent", "75.00%")
    found = comparisons(together(said(("收入合计", "amount", "3400.00"), *parts)))
    fault = found.filter(pl.col("rule_id") == "narrative_unit", pl.col("result") == "beyond").row(0, named=True)
    assert "应以万元计" in fault["note"]
    assert fault["printed"] == Decimal(2550)


def test_a_closing_balance_is_what_the_other_three_leave() -> None:
    text = SECTION + "年初结转12.00万元，本年收入230.00万元，本年支出240.50万元，年末结转1,500.00元。"
    figures = [("/".join(d.path), d.fact, d.printed.replace(",", "") + d.unit) for d in read(text)]
    found = comparisons(together(said(*[(p, f, v.removesuffix("万元")) for p, f, v in figures])))
    closing = found.filter(pl.col("rule_id") == "narrative_closing").row(0, named=True)
    assert (closing["result"], closing["printed"], closing["expected"], closing["unit"]) == (
        "beyond",
        1500,
        15000,
        "元",
    )
