"""Performance indicators: layouts of several places, dumps, damage, and the hand-checked truth."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.document import Document
from pipelines.performance.align import join
from tests.appendix_documents import (
    BUDGET,
    FINAL,
    document,
    grid,
    indicator_rows,
    lines,
    needs_truth,
    plain,
    read,
    reports,
    truth,
)

TITLE = "2023年度义务教育补助项目支出绩效自评表"
NATIONAL = [
    ["项目名称", "义务教育补助", "", "", "", "", "", "", ""],
    ["项目资金\n（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分", ""],
    ["", "年度资金总额", "100.00", "1,120.00", "110.00", "10", "91.67%", "9.17", ""],
    ["", "其中：当年财政拨款", "100.00", "120.00", "110.00", "—", "91.67%", "—", ""],
    ["年度总体目标", "预期目标", "", "", "", "实际完成情况", "", "", ""],
    ["", "保障学校正常运转", "", "", "", "已完成", "", "", ""],
    [
        "绩效指标",
        "一级指标",
        "二级指标",
        "三级指标",
        "年度指标值",
        "实际完成值",
        "分值",
        "得分",
        "偏差原因分析及改进措施",
    ],
    ["", "产出指标", "数量指标", "补助学生人数", "≥1000人", "1200人", "20", "20", ""],
    ["", "", "", "补助学校数量", "10所", "10所", "10", "10", ""],
    ["", "", "成本指标", "生均补助标准", "≤800元/人", "800元/人", "10", "10", ""],
    ["", "效益指标", "社会效益\n指标", "义务教育巩固率", "≥95%", "96%", "20", "20", "指标设置偏低，\n今后完善"],
    ["", "满意度\n指标", "服务对象满意度指标", "学生家长满意度", "≥90%", "88%", "10", "9", ""],
    ["总分", "", "", "", "", "", "100", "98.17", ""],
]
COLUMNS = ("level1", "level2", "indicator", "target_value", "actual_value", "score", "weight")


def told(rows: list[dict[str, Any]], *columns: str) -> list[tuple[str, ...]]:
    return [tuple(row[c] for c in columns or COLUMNS) for row in rows]


def test_national_layout_dump_and_pages() -> None:
    expected = [
        ("预算执行情况", "", "年度资金总额", "1120.00", "110.00", "9.17", "10"),
        ("产出指标", "数量指标", "补助学生人数", "≥1000人", "1200人", "20", "20"),
        ("产出指标", "数量指标", "补助学校数量", "10所", "10所", "10", "10"),
        ("产出指标", "成本指标", "生均补助标准", "≤800元/人", "800元/人", "10", "10"),
        ("效益指标", "社会效益指标", "义务教育巩固率", "≥95%", "96%", "20", "20"),
        ("满意度指标", "服务对象满意度指标", "学生家长满意度", "≥90%", "88%", "9", "10"),
        ("总分", "", "总分", "", "", "98.17", "100"),
    ]
    merged = {(6, 0): (6, 1), (7, 1): (3, 1), (7, 2): (2, 1), (12, 0): (1, 6)}
    for found in (grid(NATIONAL), grid(NATIONAL, merged, pages=True)):
        rows = indicator_rows(document(TITLE, found), FINAL)
        assert told(rows) == expected
        assert {r["table_title"] for r in rows} == {TITLE}


def test_integrated_budget_system_layout() -> None:
    """The sign, the number and the unit of a target stand in three columns; one table holds several projects."""
    rows = [
        [
            "单位名称",
            "项目名称",
            "年度绩效目标",
            "一级指标",
            "二级指标",
            "三级指标",
            "指标性质",
            "指标值",
            "度量单位",
            "权重",
        ],
        ["某局", "信息化运维", "保障系统稳定", "产出指标", "数量指标", "系统数量", "≥", "5", "个", "10"],
        ["", "", "", "", "质量指标", "故障率", "≤", "1", "%", "20"],
        ["", "宣传经费", "做好宣传", "产出指标", "数量指标", "宣传次数", "=", "12", "次", "10"],
    ]
    found = indicator_rows(document("部门预算项目支出绩效目标表", grid(rows)), BUDGET)
    assert told(found, "goal", "level1", "level2", "indicator", "target_value", "weight") == [
        ("信息化运维", "产出指标", "数量指标", "系统数量", "≥5个", "10"),
        ("信息化运维", "产出指标", "质量指标", "故障率", "≤1%", "20"),
        ("宣传经费", "产出指标", "数量指标", "宣传次数", "=12次", "10"),
    ]


def test_columns_collapse_and_cells_are_torn_after_a_page_break() -> None:
    first = [
        ["年度目标1：(20分)", "", "平台运行", "", "", "", ""],
        ["年度绩效指标", "一级指标", "二级指标", "三级指标", "年初目标值(A)", "实际完成值(B)", "得分"],
        ["", "产出指标", "数量指标(2分)", "按月提交运行报告，全年", "12份", "12份", "2"],
    ]
    second = [
        ["", "", "", "总计12份", "", "", ""],
        ["质量指标(3分)", "", "", "故障处理率100%", "100%", "99%", "2.5"],
        ["", "满意度指标(5分)", "服务对象满意度 平台用户满意度", "≥90%", "95%", "5"],
    ]
    found = indicator_rows(document("2023年度某局整体绩效自评表", grid(first), "备注页", grid(second)), FINAL)
    assert told(found) == [
        ("产出指标", "数量指标", "按月提交运行报告，全年总计12份", "12份", "12份", "2", "2"),
        ("产出指标", "质量指标", "故障处理率100%", "100%", "99%", "2.5", "3"),
        ("满意度指标", "服务对象满意度", "平台用户满意度", "≥90%", "95%", "5", "5"),
    ]
    assert {(r["target_no"], r["goal"]) for r in found} == {("1", "平台运行")}


def test_two_horizons_and_earlier_years() -> None:
    rows = [
        ["长期目标1：", "做好网站", "", "", "", "", "", ""],
        ["长期绩效指标", "一级指标", "二级指标", "三级指标", "指标值", "指标值确定依据", "", ""],
        ["", "效益指标", "社会效益指标", "安全运行", "98%", "行业标准", "", ""],
        ["年度目标1：", "做好网站", "", "", "", "", "", ""],
        ["年度绩效指标", "", "", "", "指标值", "", "", "指标值确定依据"],
        ["", "一级指标", "二级指标", "三级指标", "近两年指标值", "", "预期当年实现值", ""],
        ["", "", "", "", "2021年", "2022年", "", ""],
        ["", "效益指标", "社会效益指标", "安全运行", "96%", "97%", "98%", "行业标准"],
    ]
    found = indicator_rows(document("2023年度某中心整体绩效目标表", grid(rows)), FINAL)
    assert told(found, "target_no", "indicator", "target_value", "prior_2", "prior_1") == [
        ("长期1", "安全运行", "98%", "", ""),
        ("年度1", "安全运行", "98%", "96%", "97%"),
    ]


def test_lines_without_column_marks() -> None:
    found = indicator_rows(
        lines(
            """表9.2023部门整体支出绩效目标表

年度指标 1： 信息化运行

年度绩效指标

一级指标 二级指标 指标名称

指标值

绩效标准近两年指标值
预期当年

实现值
2021 年 2022 年

产出指标

数量指标
每季度线路运行情

况报告数量
4份 4份 4 份 行业标准

质量指标

视频监控系统一期

运维服务费的造价

评估完成的情况数

完成造价

评估
行业标准

时效指标 网络故障及时处理 及时 及时 及时 行业标准
"""
        ),
        FINAL,
    )
    assert told(found, "goal", "level1", "level2", "indicator", "prior_2", "prior_1", "target_value") == [
        ("信息化运行", "产出指标", "数量指标", "每季度线路运行情况报告数量", "4份", "4份", "4份"),
        (
            "信息化运行",
            "产出指标",
            "质量指标",
            "视频监控系统一期运维服务费的造价评估完成的情况数",
            "",
            "",
            "完成造价评估",
        ),
        ("信息化运行", "产出指标", "时效指标", "网络故障及时处理", "及时", "及时", "及时"),
    ]


def test_a_report_that_prints_a_table_twice_mends_itself() -> None:
    head = ["", "一级指标", "二级指标", "三级指标", "年初目标值", "实际完成值", "得分"]
    sound = ["", "产出指标", "数量指标", "服务企业数量", "全区工业企业", "全区工业企业", "1"]
    torn = ["", "产出指标", "数量指标", "服务企业数量", "全区工业企业", "全区\U0001f6ed企业", "1"]
    title = "2023年度某局整体绩效自评表"
    found = indicator_rows(document(title, grid([head, torn]), title, grid([head, sound])), FINAL)
    assert told(found, "actual_value") == [("全区工业企业",), ("全区工业企业",)]


def test_contents_templates_and_notes_give_no_rows() -> None:
    blank = [NATIONAL[6], ["", "产出指标", "数量指标", "……", "", "", "", "", ""], ["", "", "", "", "", "", "", "", ""]]
    assert (
        indicator_rows(document("一、2023年度部门整体绩效自评表", TITLE, grid(blank), "备注：定量指标计分"), FINAL)
        == []
    )


def test_torn_cells_are_put_together() -> None:
    assert join(["促进企业高", "高质量发展"]) == ("促进企业高质量发展", True)
    assert join(["三级", "三级指标"]) == ("三级指标", True)
    assert join(["大数据中心", "2网络运行"]) == ("大数据中心网络运行", True)
    assert join(["10", "00"]) == ("100", True)
    assert join([]) == ("", False)


HEADS = ["一级指标", "二级指标", "三级指标", "指标值", "得分", "预算数(A)", "执行数(B)", "项目名称", "年度目标1："]
words = st.sampled_from(
    [*HEADS, "", "产出指标", "数量指标", "满意度", "总分", "年度资金总额", "100", "95.5%", "≥3份", "及时"]
)
cells = st.one_of(words, st.sampled_from(["标", "行业标准", "\U0001f6ed", "\\(x", "…"]), st.text(max_size=12))
grids = st.lists(st.lists(cells, min_size=1, max_size=9), min_size=1, max_size=9).map(grid)
blocks = st.lists(st.one_of(grids, st.sampled_from([TITLE, "表10.项目支出绩效目标表"]), st.lists(cells).map(" ".join)))


@settings(max_examples=150, deadline=None)
@given(blocks)
def test_nothing_crashes_the_reader(parts: list[Any]) -> None:
    found: Document = document(*parts)
    for row in indicator_rows(found, FINAL):
        assert row["indicator"]


FLAT = "the OCR set the table as one line in which the cells lost their order, and no other printing mends it"
CUT = "the OCR lost half of the cell, in this printing and in the others"
SLIP = "the OCR misread a character; what is printed is kept"
EXCEPTIONS = {  # (report, table, indicator): reason
    ("caidian-2024-final", "整体", "企业政策宣传、评审服务工作经费"): CUT,
    ("caidian-2024-final", "整体", "市区下达任务"): CUT,
    ("caidian-2024-final", "企业政策宣传", "企业政策宣传、评审服务工作经费"): CUT,
    ("caidian-2024-final", "大数据中心网络经费", "完成及时率"): SLIP,
    ("caidian-2024-final", "中小企业", "年度财政资金总额"): FLAT,
    ("caidian-2024-final", "中小企业", "新增市、区年度小进规企业数"): FLAT,
    ("caidian-2024-final", "中小企业", "组织企业参加展销活动"): FLAT,
    ("caidian-2024-final", "中小企业", "清理政府部门和国有以及大型企业拖欠中小企业账款"): FLAT,
    ("caidian-2024-final", "中小企业", "帮助中小企业挺过去、活下来、发展好。"): SLIP,
}
DAMAGED = {"企业政策宣传作约"}  # what stands there instead of a named indicator
PRINTED = ("table", "target_no", "goal", "level1", "level2", "indicator", "target_value", "actual_value", "score")
READ = ("table_title", *PRINTED[1:])


@needs_truth
def test_rows_equal_the_truth() -> None:
    missing: Counter[tuple[str, ...]] = Counter()
    surplus: Counter[tuple[str, ...]] = Counter()
    total = 0
    for report in reports():
        want = [
            plain(r[c] for c in (*PRINTED, "prior2", "prior1", "weight"))
            for r in truth("performance")
            if r["report"] == report
        ]
        got = [plain(r[c] for c in (*READ, "prior_2", "prior_1", "weight")) for r in indicator_rows(*read(report))]
        total += len(want)
        missing += Counter((report, *row) for row in Counter(want) - Counter(got))
        surplus += Counter((report, *row) for row in Counter(got) - Counter(want))
    named = {(report, part, *plain([indicator])) for report, part, indicator in EXCEPTIONS}
    unexplained = [r for r in missing if not any(r[0] == n[0] and n[1] in r[1] and n[2] == r[6] for n in named)]
    assert unexplained == []
    assert [r for r in surplus if r[6] not in {n[2] for n in named} | DAMAGED] == []
    assert 1 - missing.total() / total >= 0.97
