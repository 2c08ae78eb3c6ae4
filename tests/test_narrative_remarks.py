"""Remarks that rules read, found in the lines of a document."""

from __future__ import annotations

from appendix_documents import document, grid

from pipelines.core.document import Document, Place
from pipelines.extraction.tables import interpret
from pipelines.narrative.remarks import remark_rows
from pipelines.performance.budget_execution import flat_budget_row


def found(read: Document, *kinds: str) -> list[tuple[str, str | None, str]]:
    rows = remark_rows(read, interpret(read).tables)
    return [(r["kind"], r["form"], r["text"]) for r in rows if r["kind"] in kinds]


def test_formulas_belong_to_the_table_above() -> None:
    read = document("某局2024年度收入决算表", "单位：万元", "1 栏各行 =（2+3+…+7）栏各行；31行＝（27＋28）行。")
    forms = {text: form for _, form, text in found(read, "formula")}
    assert set(forms) == {"1栏各行=(2+3+...+7)栏各行", "31行=(27+28)行"}


def test_words_of_the_template_and_what_surrounds_them() -> None:
    read = document(
        "比上年增加（减少）0万元", "（按“部门预算公开06表”填写）", "收入总计XXX万元", "比上年增加3万元（含税）"
    )
    texts = [text for _, _, text in found(read, "template")]
    assert texts == ["比上年增加(减少)0万元", "(按部门预算公开06表填写)", "收入总计XXX万元"]


def test_statements_of_no_data_name_their_table() -> None:
    read = document("说明：本部门2024年度没有政府性基金预算财政拨款收入和支出，故本表无数据。")
    assert [(kind, form) for kind, form, _ in found(read, "no_data")] == [("no_data", "fund")]


def test_titles_in_the_list_of_contents_promise_tables_and_are_none() -> None:
    contents = ["一、收入支出决算总表", "二、收入决算表 5", "三、支出决算表", "四、财政拨款收入支出决算总表"]
    title = "2024年度政府性基金预算财政拨款收入支出决算表"
    told = [("title", "fund", title)]
    assert found(document("目录", *contents, "第一部分 概况", "主要职责", "内设机构", title), "title") == told
    few = ["政府性基金预算财政拨款收入支出决算表", "国有资本经营预算财政拨款支出决算表", "本单位无此项收支"]
    assert [form for _, form, _ in found(document(*few), "title")] == ["fund", "state_capital"]


def test_what_is_left_of_a_project() -> None:
    assert found(document("合理安排，全年剩余指标金额 0 元。"), "remainder") == [("remainder", None, "剩余指标金额0元")]
    assert found(document("使用上年结余资金5万元，年末结转资金3万元。"), "remainder") == []


def test_expenditure_explained_by_what_was_carried_over() -> None:
    told = "年初预算为0万元，支出决算为 3.00 万元，支出决算数大于年", "初预算数的主要原因：2022 年度结转资金。"
    assert found(document(*told), "carried_over") == [
        ("carried_over", None, "支出决算为3.00万元,支出决算数大于年初预算数的主要原因:2022年度结转资金")
    ]
    other = "支出决算为3.00万元，大于预算数的主要原因：上年结转资金安排了新增项目。"
    assert found(document(other), "carried_over") == []


def test_targets_in_the_list_of_a_performance_table() -> None:
    table = grid([["目标 1：保障运行。", "目标2：改善服务。 目标 3：提高效率。"], ["年度目标 4：", "目标值"]])
    read = document("目标 5：在正文中。", table)
    assert [text for _, _, text in found(read, "target")] == ["目标1", "目标2", "目标3"]


def test_codes_of_projects_with_their_names() -> None:
    read = document(
        "项目名称：运维经费 项目编码：42011622032T0001", "项目名称", "网络经费", "项目编码", "42011622032T0002"
    )
    assert [text for _, _, text in found(read, "project_code")] == [
        "42011622032T0001 运维经费",
        "42011622032T0002 网络经费",
    ]


def test_a_heading_in_another_unit_than_the_caption() -> None:
    assert found(document("单位：元", "资金情况（万元）"), "unit") == [("unit", None, "单位:元 资金情况(万元)")]
    assert found(document("单位：万元", "资金情况（万元）"), "unit") == []


def test_the_budget_of_a_table_that_lost_its_order() -> None:
    row = flat_budget_row(
        "预算数(A) 执行数(B) 执行率(B/A) 年度财政 13 5.84 45% (20分) 资金总额 年初目标值", Place(line=1)
    )
    assert row is not None
    assert row.values == {"target": "13", "actual": "5.84", "rate": "45%", "score": "", "weight": "20"}
    assert flat_budget_row("完成 13 5.84 45% 的任务", Place(line=1)) is None
