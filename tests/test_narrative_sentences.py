"""Sentences of kinds met in reports of many cities: whose each figure is, what kind, and what it must not be.

Bodies and figures are invented. Each reading was checked by eye; the rules these figures feed are tried below.
"""

from decimal import Decimal

import polars as pl
import pytest

from pipelines.prove.identities import comparisons
from tests.identities_truth import tiny
from tests.reading_frames import Frames, said, together
from tests.test_narrative import read, stated

SECTION = "一、收支情况说明\n"

SENTENCES: list[tuple[str, str, list[str]]] = [
    (
        "budget",
        "本年支出64.00万元，年末结转和结余3.45万元。\n收入支出总体与上年相比，减少8.00万元，下降11.11%。",
        [
            "amount 本年支出 64.00万元",
            "amount 年末结转和结余 3.45万元",
            "change_amount 收支总计 -8.00万元",
            "change_percent 收支总计 -11.11%",
        ],
    ),
    (
        "budget",
        "上年结转资金2.00万元。\n收支总体比上年增加9.00万元，增长4.50%。",
        [
            "amount 上年结转资金 2.00万元",
            "change_amount 收支总计 9.00万元",
            "change_percent 收支总计 4.50%",
        ],
    ),
    (
        "final",
        "本年收入72.10万元，支出70.30万元。",
        [
            "amount 本年收入 72.10万元",
            "amount 本年支出 70.30万元",
        ],
    ),
    (
        "budget",
        "财政拨款收入88.00万元，支出88.00万元。",
        [
            "amount 财政拨款收入 88.00万元",
            "amount 财政拨款支出 88.00万元",
        ],
    ),
    (
        "final",
        "支出合计31.50万元，收入32.00万元。",
        [
            "amount 支出合计 31.50万元",
            "amount 收入合计 32.00万元",
        ],
    ),
    (
        "final",
        "国内公务接待共9批次（其中外事接待2批次），84人次（其中外事接待11人次）。",
        [
            "groups 公务接待费/国内公务接待 9批次",
            "groups 公务接待费/外宾接待 2批次",
            "persons 公务接待费/国内公务接待 84人次",
            "persons 公务接待费/外宾接待 11人次",
        ],
    ),
    (
        "budget",
        "公务用车购置及运行维护费24.00万元（公务用车购置费18.00万元，比上年增加18.00万元；公务用车运行维护费6.00万元，比上年减少1.00万元。）比上年增加17.00万元，增长242.9%。",
        [
            "amount 公务用车购置及运行费 24.00万元",
            "amount 公务用车购置费 18.00万元",
            "change_amount 公务用车购置费 18.00万元",
            "amount 公务用车运行费 6.00万元",
            "change_amount 公务用车运行费 -1.00万元",
            "change_amount 公务用车购置及运行费 17.00万元",
            "change_percent 公务用车购置及运行费 242.9%",
        ],
    ),
    (
        "budget",
        "公务用车购置及运行费（其中：公务用车购置费7.00万元）12.00万元，比上年增加2.00万元。",
        [
            "amount 公务用车购置费 7.00万元",
            "amount 公务用车购置及运行费 12.00万元",
            "change_amount 公务用车购置及运行费 2.00万元",
        ],
    ),
    (
        "budget",
        "会议费4.40万元，较上年减少1.10万元（20%）。",
        [
            "amount 会议费 4.40万元",
            "change_amount 会议费 -1.10万元",
            "change_percent 会议费 -20%",
        ],
    ),
    (
        "final",
        "公务接待费支出2.75万元，比预算减少0.25万元，比去年增加0.75万元，增长37.5%。",
        [
            "amount 公务接待费 2.75万元",
            "deviation_amount 公务接待费 -0.25万元",
            "change_amount 公务接待费 0.75万元",
            "change_percent 公务接待费 37.5%",
        ],
    ),
    (
        "final",
        "培训费支出6.00万元，与年初预算相比增加1.00万元，与上年相比减少2.00万元，下降25%。",
        [
            "amount 培训费 6.00万元",
            "deviation_amount 培训费 1.00万元",
            "change_amount 培训费 -2.00万元",
            "change_percent 培训费 -25%",
        ],
    ),
    (
        "final",
        "项目支出40.00万元。决算数大于预算数7.20万元，主要原因是追加经费。",
        [
            "amount 项目支出 40.00万元",
            "deviation_amount 项目支出 7.20万元",
        ],
    ),
    (
        "final",
        "决算数小于年初预算数3.90万元，主要原因是厉行节约。",
        [
            "deviation_amount - -3.90万元",
        ],
    ),
    (
        "final",
        "机关运行经费支出21.00万元，比上年多1.50万元。",
        [
            "amount 机关运行经费 21.00万元",
            "change_amount 机关运行经费 1.50万元",
        ],
    ),
    (
        "budget",
        "事业收入6.60万元。\n支出预算91.00万元，其中项目支出33.00万元。",
        [
            "amount 事业收入 6.60万元",
            "budget 支出合计 91.00万元",
            "amount 项目支出 33.00万元",
        ],
    ),
    (
        "budget",
        "2026年收入预算91.00万元，其中：一般公共预算收入84.40万元，事业收入6.60万元。\n（二）支出预算：2026年支出预算91.00万元，其中：基本支出58.00万元。",
        [
            "budget 收入合计 91.00万元",
            "budget 一般公共预算财政拨款收入 84.40万元",
            "amount 事业收入 6.60万元",
            "budget 支出合计 91.00万元",
            "amount 基本支出 58.00万元",
        ],
    ),
    (
        "budget",
        "本部门当年预算支出55.50万元，其中：基本支出50.00万元。",
        [
            "budget 支出合计 55.50万元",
            "amount 基本支出 50.00万元",
        ],
    ),
    (
        "budget",
        "收支预算91.00万元，比上年增加4.00万元，其中：1.收入预算增加4.00万元，其中事业收入增加1.00万元。2.支出预算增加4.00万元，其中基本支出增加3.00万元。",
        [
            "budget 收支总计 91.00万元",
            "change_amount 收支总计 4.00万元",
            "change_amount 收入合计 4.00万元",
            "change_amount 事业收入 1.00万元",
            "change_amount 支出合计 4.00万元",
            "change_amount 基本支出 3.00万元",
        ],
    ),
    (
        "final",
        "会议费预算支出1.20万元，比上年减少0.30万元。",
        [
            "budget 会议费 1.20万元",
            "change_amount 会议费 -0.30万元",
        ],
    ),
    (
        "budget",
        "“三公”经费预算19.00万元，比上年减少2.00万元，下降9.52%。（一）因公出国（境）费用。预算数4.00万元，比上年减少0.50万元。（二）公务接待费。预算数1.00万元，与上年持平。（三）公务用车购置和运行维护费。预算数14.00万元，其中：公务用车运行维护费14.00万元。",
        [
            "budget “三公”经费 19.00万元",
            "change_amount “三公”经费 -2.00万元",
            "change_percent “三公”经费 -9.52%",
            "budget 因公出国(境)费 4.00万元",
            "change_amount 因公出国(境)费 -0.50万元",
            "budget 公务接待费 1.00万元",
            "change_amount 公务接待费 0万元",
            "budget 公务用车购置及运行费 14.00万元",
            "amount 公务用车运行费 14.00万元",
        ],
    ),
    (
        "budget",
        "本部门预算收入47.00万元，其中：一般公共预算拨款40.00万元、其他收入7.00万元，较上年增加2.00万元，增长4.44%。",
        [
            "budget 收入合计 47.00万元",
            "amount 一般公共预算拨款 40.00万元",
            "amount 其他收入 7.00万元",
            "change_amount 收入合计 2.00万元",
            "change_percent 收入合计 4.44%",
        ],
    ),
    (
        "budget",
        "4.调研活动60.00万元，主要包括：文稿起草45.00万元，用于起草；专题培训15.00万元，用于培训。"
        "较上年增加10.00万元，增幅20.0%。",
        [
            "amount 调研活动 60.00万元",
            "amount 文稿起草 45.00万元",
            "amount 专题培训 15.00万元",
            "change_amount 调研活动 10.00万元",
            "change_percent 调研活动 20.0%",
        ],
    ),
    (
        "budget",
        "收入合计80.00万元，其中财政拨款收入50.00万元，比上年增加16.00万元，增长25%。",
        [
            "amount 收入合计 80.00万元",
            "amount 财政拨款收入 50.00万元",
            "change_amount 收入合计 16.00万元",
            "change_percent 收入合计 25%",
        ],
    ),
    (
        "budget",
        "收入合计80.00万元，其中财政拨款收入50.00万元，比上年增加10.00万元，增长25%。",
        [
            "amount 收入合计 80.00万元",
            "amount 财政拨款收入 50.00万元",
            "change_amount 财政拨款收入 10.00万元",
            "change_percent 财政拨款收入 25%",
        ],
    ),
    (
        "budget",
        "收入合计30.00万元，其中其他收入5.00万元，比上年减少30.00万元，下降50%。",
        [
            "amount 收入合计 30.00万元",
            "amount 其他收入 5.00万元",
            "change_amount 收入合计 -30.00万元",
            "change_percent 收入合计 -50%",
        ],
    ),
    (
        "budget",
        "支出合计30.00万元，其中：基本支出20.00万元，比上年增加4.00万元，增长25%；项目支出10.00万元，比上年减少6.00万元，下降37.5%。",
        [
            "amount 支出合计 30.00万元",
            "amount 基本支出 20.00万元",
            "change_amount 基本支出 4.00万元",
            "change_percent 基本支出 25%",
            "amount 项目支出 10.00万元",
            "change_amount 项目支出 -6.00万元",
            "change_percent 项目支出 -37.5%",
        ],
    ),
    (
        "final",
        "1.初中教育（2050203），年度决算数为88.40万元。",
        [
            "final 初中教育 88.40万元",
        ],
    ),
    (
        "budget",
        "（2）行政运行（2010301）120.00万元，较上年增加20.00万元，增长20.00%。",
        [
            "budget 行政运行 120.00万元",
            "change_amount 行政运行 20.00万元",
            "change_percent 行政运行 20.00%",
        ],
    ),
    (
        "budget",
        "（三）2210201-住房公积金33.00万元，主要用于缴存。",
        [
            "budget 住房公积金 33.00万元",
        ],
    ),
    (
        "budget",
        "机关工资福利支出（501）75.00万元，对个人和家庭的补助（509）5.00万元。",
        [
            "amount 机关工资福利支出 75.00万元",
            "amount 对个人和家庭的补助 5.00万元",
        ],
    ),
    (
        "budget",
        "人员经费：工资福利支出（301）75.00万元，对个人和家庭的补助（303）5.00万元。",
        [
            "amount 人员经费/工资福利支出 75.00万元",
            "amount 人员经费/对个人和家庭的补助 5.00万元",
        ],
    ),
    (
        "final",
        "收入总额3,400.00万元，其中财政拨款2,550.00元，占75.00%。",
        [
            "amount 收入合计 3400.00万元",
            "amount 财政拨款 2550.00元",
            "share_percent 财政拨款 75.00%",
        ],
    ),
    (
        "final",
        "年初结转12.00万元，本年收入230.00万元，本年支出240.50万元，年末结转1,500.00元。",
        [
            "amount 年初结转和结余 12.00万元",
            "amount 本年收入 230.00万元",
            "amount 本年支出 240.50万元",
            "amount 年末结转和结余 1500.00元",
        ],
    ),
    (
        "budget",
        "收入总计1.20亿元，其中财政拨款收入9,000.00万元，占75%。",
        [
            "amount 收入合计 1.20亿元",
            "amount 财政拨款收入 9000.00万元",
            "share_percent 财政拨款收入 75%",
        ],
    ),
    (
        "budget",
        "会议费2.00万元，与上年持平；培训费1.00万元，比上年无变化；公务接待费0.50万元，上年无此项支出。",
        [
            "amount 会议费 2.00万元",
            "change_amount 会议费 0万元",
            "amount 培训费 1.00万元",
            "change_amount 培训费 0万元",
            "amount 公务接待费 0.50万元",
        ],
    ),
    (
        "budget",
        "会议费2.00万元，与去年一致。",
        [
            "amount 会议费 2.00万元",
            "change_amount 会议费 0万元",
        ],
    ),
    (
        "budget",
        "支出合计50.00万元，比上年增加0.20万元，增长0.40%，与上年基本持平。",
        [
            "amount 支出合计 50.00万元",
            "change_amount 支出合计 0.20万元",
            "change_percent 支出合计 0.40%",
        ],
    ),
    (
        "budget",
        "城乡社区支出（类）国有土地使用权出让收入安排的支出（款）土地开发支出（项）支出9.00万元，与上年相比增加9.00万元（去年预算数为0万元，无法计算增减比率）。",
        [
            "budget 城乡社区支出/国有土地使用权出让收入安排的支出/土地开发支出 9.00万元",
            "change_amount 城乡社区支出/国有土地使用权出让收入安排的支出/土地开发支出 9.00万元",
            "prior_amount 城乡社区支出/国有土地使用权出让收入安排的支出/土地开发支出 0万元",
        ],
    ),
    (
        "final",
        "培训费支出3.00万元。2022年度培训费支出5.00万元。",
        [
            "amount 培训费 3.00万元",
            "prior_amount 培训费 5.00万元",
        ],
    ),
    (
        "final",
        "支出合计70.00万元，比2022年决算数64.00万元增加6.00万元，增长9.38%。",
        [
            "amount 支出合计 70.00万元",
            "prior_amount 支出合计 64.00万元",
            "change_amount 支出合计 6.00万元",
            "change_percent 支出合计 9.38%",
        ],
    ),
]
"""Stage, text, and per figure: fact, subject (- for none), number with unit."""


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
