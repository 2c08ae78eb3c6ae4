"""What a sentence of the narrative says: one short text per kind of statement."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.document import Box, Cell, Document, Grid, Line, Place
from pipelines.identity.report_identity import Identity
from pipelines.layout.results import ReadCell
from pipelines.narrative import Disclosure, narrative, resolve_items
from tests.narrative_texts import COUNTS, ITEMS, TOTALS, Stated

HEADING = "五、一般公共预算财政拨款支出决算情况说明\n"


def identity(stage: str = "final") -> Identity:
    name = "示例市示例区财政局"
    return Identity(stage, 2023, "财政局", name, "unit", "", None, None)


def read(text: str, stage: str = "final") -> list[Disclosure]:
    lines = [Line(line, Place(line=n)) for n, line in enumerate(text.split("\n"), 1)]
    return narrative(Document("txt", list(lines)), identity(stage), []).disclosures


def stated(text: str, stage: str = "final") -> list[Stated]:
    return [
        (d.fact, "/".join(d.path), None if d.value is None else f"{d.value:f}", d.unit)
        for d in read(text, stage)
        if d.fact != "prior_year"
    ]


@pytest.mark.parametrize(("text", "expected"), TOTALS)
def test_totals_changes_and_shares(text: str, expected: list[Stated]) -> None:
    assert stated(HEADING + text) == expected


@pytest.mark.parametrize(("text", "expected"), ITEMS)
def test_items(text: str, expected: list[Stated]) -> None:
    assert stated(HEADING + text) == expected


def test_an_item_of_a_budget_is_a_budget() -> None:
    text = "五、财政拨款支出预算情况说明\n（一）公共安全（类）\n1．法院（款）行政运行（项）支出775万元，与上年一致。"
    path = "公共安全支出/法院/行政运行"
    assert stated(text, "budget") == [("budget", path, "775", "万元"), ("change_amount", path, "0", "万元")]


@pytest.mark.parametrize(("text", "expected"), COUNTS)
def test_counts(text: str, expected: list[Stated]) -> None:
    assert stated("九、“三公”经费支出决算情况说明\n" + text) == expected


def test_head_counts_are_read_in_the_overview_and_nothing_else() -> None:
    text = (
        "第一部分 概况\n三、部门人员构成\n总编制人数18人，其中：事业编制18人。在职实有人数12人，其中：事业12人。"
        "离退休人员0人，经费3万元。\n一、部门主要职责\n编制规划9人。"
    )
    assert stated(text) == [
        ("headcount_establishment", "总编制人数", "18", "人"),
        ("headcount_establishment", "事业编制", "18", "人"),
        ("headcount_in_service", "在职实有人数", "12", "人"),
        ("headcount_in_service", "事业", "12", "人"),
        ("headcount_retired", "离退休人员", "0", "人"),
    ]


def test_glossary_achievements_and_tables_state_nothing() -> None:
    parts = "第二部分 部门决算表", "第四部分 重点工作完成情况", "第五部分 名词解释"
    assert stated("\n".join(f"{part}\n一、事项\n基本支出10万元，占5%。" for part in parts)) == []


def test_what_is_no_number_is_text() -> None:
    text = HEADING + "年初预算为1091.53万元，完成年初预算的72.83.1%。整体支出绩效自评，资金万元，从评价情况来看。"
    found = [d for d in read(text) if d.value is None]
    assert [(d.fact, d.printed, d.unit) for d in found] == [
        ("completion_percent", "72.83.1", "%"),
        ("amount", "", "万元"),
    ]
    assert found[0].quote == "完成年初预算的72.83.1%"


def test_numbers_set_off_their_line_go_back() -> None:
    text = (
        HEADING + "9、教育支出（类）教育管理事务（款）行政运行（项）。年初预算为 万元，"
        "支出决算为 万元。决\n62.29 60.99\n算数小于预算数。"
    )
    assert [d.value for d in read(text)] == [Decimal("62.29"), Decimal("60.99")]


def test_a_quote_is_the_clause_as_printed() -> None:
    found = read(HEADING + "2023年度收入合计2,098.74万元，与 2022 年度相比，增长 5%。")
    assert [(d.quote, d.place.line) for d in found] == [
        ("2023年度收入合计2,098.74万元", 2),
        ("2023年度收入合计2,098.74万元，与2022年度相比", 2),
        ("与2022年度相比，增长5%", 2),
    ]


def test_headings_are_the_section() -> None:
    text = "九、“三公”经费支出预算情\n况说明\n（一）总体情况。\n因公出国（境）费1万元。"
    assert [d.section for d in read(text)] == ["九、“三公”经费支出预算情况说明/（一）总体情况"]


def test_names_and_numbers_of_people_are_not_read() -> None:
    text = HEADING + "填报人：张三 联系电话 83426338\n项目负责人 李四 电话号码 13912345678\n支出合计3万元。"
    found = read(text)
    assert [d.value for d in found] == [Decimal(3)]
    assert not re.search(r"张三|李四|\d{7}", "".join(d.quote for d in found))


def test_running_text_taken_for_a_table_is_read() -> None:
    rows = ["反映支出预算安排情况。", "基本支出预算21968万", "元，其中：", "（一）人员经费18387.95万元。主要包括："]
    cells = [Cell(t, n, 0, 1, 1, Place(page=3, box=Box(0, n, 9, n + 1))) for n, t in enumerate(rows)]
    document = Document("pdf", [Grid(len(rows), 1, cells, Place(page=3), method="aligned")], pages=3)
    assert [(d.path, d.value, d.place.page) for d in narrative(document, identity(), []).disclosures] == [
        (("基本支出",), Decimal(21968), 3),
        (("人员经费",), Decimal("18387.95"), 3),
    ]


def test_overview_of_the_budget() -> None:
    text = "总体资金情况\n2019 年 2020 年\n收入构成\n财政拨款 2120.2 100 283.6 604.4\n合计 2120.2 100 283.6 604.4"
    assert stated(text)[:4] == [
        ("amount", "收入构成/财政拨款", "2120.2", "万元"),
        ("share_percent", "收入构成/财政拨款", "100", "%"),
        ("prior_amount", "收入构成/财政拨款/2019年", "283.6", "万元"),
        ("prior_amount", "收入构成/财政拨款/2020年", "604.4", "万元"),
    ]


def test_annexes_give_completion_scores_and_indicators() -> None:
    text = (
        "第六部分 附件\n2023年度机房维护项目自评结果\n一、自评结论\n(一)自评得分\n84分。自评得分9分\n1.执行率情况。\n"
        "年初预算数152万元，执行数31.18万元，执行率20.51%，设备100万元。共设置了69个指标，完成了69个。"
    )
    assert stated(text) == [
        ("performance_score", "机房维护", "9", "分"),
        ("initial_budget", "机房维护", "152", "万元"),
        ("final", "机房维护", "31.18", "万元"),
        ("completion_percent", "机房维护", "20.51", "%"),
        ("performance_indicators", "机房维护", "69", "个"),
        ("performance_indicators_done", "机房维护", "69", "个"),
    ]


def cell(code: str, name: str) -> ReadCell:
    return ReadCell(
        1, "general_expenditure", "", 1, None, code, name, "total", Decimal(1), "万元", Place(), "1", "lines"
    )


PRINTED = [
    cell(code, name)
    for code, name in (
        ("201", "一般公共服务支出"),
        ("20106", "财政事务"),
        ("2010601", "行政运行"),
        ("2010602", "一般行政管理事务"),
        ("204", "公共安全支出"),
        ("20405", "法院"),
        ("2040501", "行政运行"),
    )
]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (("一般公共服务支出", "财政事务", "行政运行"), "2010601"),
        (("公共安全支出", "法院", "行政运行"), "2040501"),
        (("一般公共服务支出", "行政运行"), "2010601"),
        (("一般公共服务", "财政事务"), "20106"),
        (("公共安全支出",), "204"),
        (("一般公共服务支出", "财政事务行政运行"), "2010601"),
        (("一般公共服务支出", "财政事务", "一般行政事务管理"), "2010602"),
        (("住房保障支出", "住房改革支出", "住房公积金"), "2210201"),
        (("一般公共服务支出", "财政事务", "从来没有的科目"), None),
        (("没有的类", "财政事务", "行政运行"), None),
    ],
)
def test_codes_by_name_path(path: tuple[str, ...], code: str | None) -> None:
    one = Disclosure("", "final", path, Decimal(1), "1", "万元", "1万元", Place(), is_item=True)
    assert [d.code for d in resolve_items([one], PRINTED, 2023)] == [code]


def test_only_subjects_of_the_classification_get_a_code() -> None:
    found = resolve_items(read(HEADING + "机关运行经费3万元。"), PRINTED, 2023)
    assert [d.code for d in found] == [None]


WORDS = st.sampled_from(
    [
        "一、情况说明",
        "第三部分 决算情况说明",
        "（一）",
        "1.",
        "一般公共服务支出(类)",
        "财政事务(款)",
        "行政运行(项)",
        "年初预算为",
        "支出决算为",
        "完成年初预算的",
        "比上年",
        "增加",
        "减少（增加）",
        "占",
        "，",
        "。",
        "；",
        "、",
        "：",
        "主要原因",
        "与上年持平",
        "资金",
        "万元",
        "元",
        "%",
        "个",
        "辆",
        "台（套）",
        "人次",
        "共有车辆",
        "团组",
        "_",
        "-",
        "12",
        "3.4",
        "5,678.9",
        "7.8.9",
        "1,23",
        "0",
        "０",
        "２",
        "\n",
        " ",
        "\t",
        "“三公”经费",
        "其中",
        "收入构成",
        "2020年",
        "附件1",
        "联系电话",
        "单价",
        "以上",
        ")",
        "(",
        "<b>",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(WORDS, st.text(max_size=4)), max_size=60).map("".join))
def test_any_text_is_read_and_every_quote_holds_its_number(text: str) -> None:
    for found in read(HEADING + text):
        assert len(found.quote) <= 240
        if found.value is not None:
            assert found.printed
            assert found.printed in found.quote
