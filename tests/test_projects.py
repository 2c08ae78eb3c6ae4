"""Projects: appendix tables, lines without column marks, narrative, and the hand-checked truth."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.folding import key
from tests.appendix_documents import BUDGET, FINAL, document, grid, lines, needs_truth, projects, read, reports, truth

UNITS = {"元": 1, "万元": 10_000}


def told(rows: list[dict[str, Any]]) -> list[tuple[str, str, str, str | None, str | None]]:
    def text(amount: Decimal | None) -> str | None:
        return None if amount is None else str(amount)

    return [(r["project"], r["item"], r["kind"], text(r["budget_amount"]), text(r["final_amount"])) for r in rows]


def test_self_evaluation_table() -> None:
    rows = [
        ["项目名称", "城管专项", "", "", "", ""],
        ["预算执行情况（万元）（20分）", "", "预算数（A）", "执行数（B）", "执行率（B/A）", "得分"],
        ["", "年度财政资金总额", "1,120.50", "1,000", "89%", "18"],
    ]
    found = projects(document("2023年度城管专项项目自评表", grid(rows)), FINAL)
    assert told(found) == [("城管专项", "", "current", "11205000.00", "10000000.00")]
    assert found[0]["section"] == "2023年度城管专项项目自评表" and found[0]["source_line"] == 12


def test_application_with_cost_lines_sources_and_purchases() -> None:
    rows = [
        ["项目名称", "网络运行维护", "", "项目编码", "4201", ""],
        ["项目负责人", "张三", "", "联系电话", "85910000", ""],
        ["项目决算", "314.65", "", "", "", ""],
        ["项目资金来源", "", "来源项目", "", "金额", ""],
        ["", "", "合计", "", "314.65", ""],
        ["", "", "1. 一般公共预算财政拨款收入", "", "310.65", ""],
        ["", "", "其中：申请当年预算拨款", "", "310.65", ""],
        ["", "", "4. 单位资金", "", "4", ""],
        ["项目支出明细测算", "", "", "", "", ""],
        ["项目活动", "活动内容表述", "支出经济分类", "金额", "测算依据及说明", "备注"],
        ["事业运行", "设备维护费", "商品和服务支出", "314.65", "1、机房 14.65万元；2、网络共计300万元。", ""],
        ["项目采购", "", "", "", "", ""],
        ["品名", "", "数量", "", "金额", ""],
        ["家具用具", "", "6", "", "0.87", ""],
        ["项目绩效总目标", "", "", "", "", ""],
    ]
    found = projects(document("2023年度网络运行维护绩效自评表", "单位: 万元", grid(rows)), FINAL)
    assert told(found) == [
        ("网络运行维护", "", "current", None, "3146500.00"),
        ("网络运行维护", "", "source_of_funds", "3106500.00", None),
        ("网络运行维护", "单位资金", "source_of_funds", "40000.00", None),
        ("网络运行维护", "设备维护费", "detail", "3146500.00", None),
        ("网络运行维护", "设备维护费/机房", "detail", "146500.00", None),
        ("网络运行维护", "设备维护费/网络", "detail", "3000000.00", None),
        ("网络运行维护", "家具用具（数量6）", "procurement", "8700.00", None),
    ]


def test_national_application() -> None:
    rows = [
        ["项目名称", "城市管理专项", "", ""],
        ["项目资金（万元）", "年度资金总额：", "500", ""],
        ["", "其中：财政拨款", "500", ""],
    ]
    found = projects(document("项目支出绩效目标申报表", grid(rows)), BUDGET)
    assert told(found) == [("城市管理专项", "", "current", "5000000.00", None)]


def test_one_project_in_a_row() -> None:
    rows = [
        ["单位名称", "项目名称", "合计", "一般公共预算"],
        ["", "合计", "30.00", "30.00"],
        ["某局", "专项业务费", "20.00", "20.00"],
        ["", "设备购置", "10.00", "10.00"],
    ]
    found = projects(document("表九 项目支出预算表", "单位：万元", grid(rows), "说明", grid(rows[2:3])), BUDGET)
    assert told(found)[:2] == [
        ("专项业务费", "", "current", "200000.00", None),
        ("设备购置", "", "current", "100000.00", None),
    ]


def test_lines_without_column_marks() -> None:
    found = projects(
        lines(
            """表 10-1.2023部门项目支出绩效目标表
单位：元
项目名称 信息化运行
项目总预算 3000.00 项目当年预算 1000.00
项目前两年预算编制
2023 年变动说明
2022 年度项目预算 900 元，2023 年专项业务项目
-信息化运行项目预算 1000 元。
项目资金来源
资金来源项目 金额
1.财政拨款收入 1000.00
2.事业收入 0
项目支出明细测算
经济科目 金额 测算依据及说明 备注
租赁费 1000.00 1、光纤租用费，两家共计 400元；
2、市政务网光纤租用 600
元。
项目采购
采购品名 采购数量 金额
家具用具 6 300.00
项目绩效总目标
"""
        ),
        BUDGET,
    )
    assert told(found) == [
        ("信息化运行", "", "total", "3000.00", None),
        ("信息化运行", "", "current", "1000.00", None),
        ("信息化运行", "", "prior_year", "900.00", None),
        ("信息化运行", "", "current", "1000.00", None),
        ("信息化运行", "", "source_of_funds", "1000.00", None),
        ("信息化运行", "租赁费", "detail", "1000.00", None),
        ("信息化运行", "租赁费/光纤租用费，两家", "detail", "400.00", None),
        ("信息化运行", "租赁费/市政务网光纤租用", "detail", "600.00", None),
        ("信息化运行", "家具用具（数量6）", "procurement", "300.00", None),
    ]


def test_narrative_of_a_final_account() -> None:
    found = projects(
        lines(
            """项目支出主要用于群众工作经费 239.2 万元，主要成效是办结率 100%；科技支出 643.29
万元，主要成效是采购设备。
1. 一般公共服务支出(类)。年初预算为 1,084.53 万元，支出决算为 1,059.76 万元。
（三）项目支出自评结果，共涉及 3 个一级项目。
1. 群众工作经费项目绩效自评综述：项目全年预算数为_13_万元，执行数为 5.84 万元，完成预算的 45%。
项目绩效自评综述：项目全年预算数为 717.67 万元，执行数为 717.67 万元。
执行率情况。群众工作经费项目年初预算为 13 万元，执行数 5.84 万元，资金执行率 45%。
部门整体预算数 100 万元，执行数 90 万元。
"""
        ),
        FINAL,
    )
    assert told(found) == [
        ("群众工作经费", "", "current", None, "2392000.00"),
        ("科技支出", "", "current", None, "6432900.00"),
        ("群众工作经费", "", "current", "130000.00", "58400.00"),
        ("（3个项目合计）", "", "current", "7176700.00", "7176700.00"),
        ("群众工作经费", "", "current", "130000.00", "58400.00"),
    ]


def test_narrative_of_a_budget_with_parts() -> None:
    found = projects(
        lines(
            """项目名称 信息化运行
2、项目支出 1888.50 万元，其中：一般行政管理事务1888.50万元，主要用于：1、信息化
运行支出1700.67万元,包括机房设备维护费28.56万元、光纤租用费76.99万元；2、其他
0.87万元。
六、一般公共预算基本支出安排情况说明
主要用于办公费 3 万元。
"""
        ),
        BUDGET,
    )
    assert told(found) == [
        ("信息化运行", "", "current", "17006700.00", None),
        ("信息化运行", "机房设备维护费", "detail", "285600.00", None),
        ("信息化运行", "光纤租用费", "detail", "769900.00", None),
        ("其他", "", "current", "8700.00", None),
    ]


LABELS = [
    "项目名称",
    "项目决算",
    "项目资金来源",
    "经济科目",
    "项目支出明细测算",
    "测算依据及说明",
    "项目采购",
    "年度资金总额",
]
words = st.sampled_from([*LABELS, "合计", "金额", "100.00", "12万元", "预算数", "执行数", "租赁费", "1、机房 14元；"])
cells = st.one_of(words, st.text(max_size=10))
grids = st.lists(st.lists(cells, min_size=1, max_size=7), min_size=1, max_size=9).map(grid)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(grids, st.lists(cells).map(" ".join), st.just("2023年度项目自评表"))))
def test_nothing_crashes_the_reader(parts: list[Any]) -> None:
    for row in projects(document(*parts), FINAL):
        assert row["project"] and (row["budget_amount"] is not None or row["final_amount"] is not None)


EXCEPTIONS = {
    ("qiaokou-2023-final", "硚口区社会治安视频监控系统三期租用费(2021-2022年度)", None, "11893455.00"): (
        "a remark on when the money was booked, not the project's budget or final account"
    ),
    ("caidian-2024-final", "中小企业服务体系建设资金", "130000.00", "58400.00"): (
        "printed three times, the third in a table the OCR set as one line in which the cells lost their order"
    ),
}


@needs_truth
def test_rows_equal_the_truth() -> None:
    want: Counter[tuple[str | None, ...]] = Counter()
    for r in truth("projects"):
        amounts = [
            str((Decimal(r[c].replace(",", "")) * UNITS[r["unit"]]).quantize(Decimal("0.01"))) if r[c] else None
            for c in ("budget", "final")
        ]
        want[r["report"], key(r["project"]), *amounts] += 1
    got: Counter[tuple[str | None, ...]] = Counter()
    for report in reports():
        for project, item, _, budget, final in told(projects(*read(report))):
            got[report, key("/".join(filter(None, (project, item)))), budget, final] += 1
    missing = want - got
    assert got - want == Counter()
    assert [row for row in missing if row not in EXCEPTIONS] == []
    assert 1 - missing.total() / want.total() >= 0.97
