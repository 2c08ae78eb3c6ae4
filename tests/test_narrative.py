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

Stated = tuple[str, str, str | None, str]
"""Fact, subject path, value and unit."""

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


TOTALS: list[tuple[str, list[Stated]]] = [
    (
        "2023年度收、支总计2,098.74万元。与2022年度相比，收、支总计各增加709.32万元，增长51.1%，主要原因是新增项目。",
        [
            ("amount", "收支总计", "2098.74", "万元"),
            ("change_amount", "收支总计", "709.32", "万元"),
            ("change_percent", "收支总计", "51.1", "%"),
        ],
    ),
    (
        "本年支出合计 2940.05 万元，其中：基本支出 2336.91 万元，占 79.49%；项目支出\n603.14 万元，占 20.51%；",
        [
            ("amount", "支出合计", "2940.05", "万元"),
            ("amount", "基本支出", "2336.91", "万元"),
            ("share_percent", "基本支出", "79.49", "%"),
            ("amount", "项目支出", "603.14", "万元"),
            ("share_percent", "项目支出", "20.51", "%"),
        ],
    ),
    (
        "一般公共预算财政拨款支出100万元。与2022年度相比，一般公共预算财政拨款支出减少5万元，下降4.8%。",
        [
            ("amount", "一般公共预算财政拨款支出", "100", "万元"),
            ("change_amount", "一般公共预算财政拨款支出", "-5", "万元"),
            ("change_percent", "一般公共预算财政拨款支出", "-4.8", "%"),
        ],
    ),
    (
        "项目支出预算数为20万元。与上年持平。",
        [("budget", "项目支出", "20", "万元"), ("change_amount", "项目支出", "0", "万元")],
    ),
    (
        "会议费预算支出1305.25万元，本年数小于上年预算数403.75万元。",
        [("budget", "会议费", "1305.25", "万元"), ("change_amount", "会议费", "-403.75", "万元")],
    ),
    (
        "政府性基金收入预算0万元，与上年相比增加（减少）0万元，增长（减少）0%。",
        [
            ("budget", "政府性基金预算财政拨款收入", "0", "万元"),
            ("change_amount", "政府性基金预算财政拨款收入", "0", "万元"),
            ("change_percent", "政府性基金预算财政拨款收入", "0", "%"),
        ],
    ),
    (
        "机关运行经费支出18元，比2022年度增加2元，增长5.2个百分点。",
        [
            ("amount", "机关运行经费", "18", "元"),
            ("change_amount", "机关运行经费", "2", "元"),
            ("change_percent", "机关运行经费", "5.2", "个百分点"),
        ],
    ),
    (
        "案件执行支出950万元，与上年相比减少100万元，减少9.52，主要原因是压减。",
        [
            ("amount", "案件执行支出", "950", "万元"),
            ("change_amount", "案件执行支出", "-100", "万元"),
            ("change_percent", "案件执行支出", "-9.52", "%"),
        ],
    ),
    (
        "支出决算数大于预算数的主要原因是基本支出增加人员经费3万元、项目支出减少2万元；二是压减10%。",
        [
            ("reason_amount", "", "3", "万元"),
            ("reason_amount", "", "-2", "万元"),
            ("reason_percent", "", "-10", "%"),
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), TOTALS)
def test_totals_changes_and_shares(text: str, expected: list[Stated]) -> None:
    assert stated(HEADING + text) == expected


ITEM = "一般公共服务支出/财政事务/行政运行"
ITEMS: list[tuple[str, list[Stated]]] = [
    (
        "1. 一般公共服务支出(类)财政事务(款)行政\n运行(项)。年初预算为50万元，支出决算为45万元，完成年初预算的90%，"
        "支出决算数小于年初预算数的主要原因：在职转退休1人，年初预算列入8万元。",
        [
            ("initial_budget", ITEM, "50", "万元"),
            ("final", ITEM, "45", "万元"),
            ("completion_percent", ITEM, "90", "%"),
            ("reason_amount", ITEM, "8", "万元"),
        ],
    ),
    (
        "1、一般公共服务（类）财政事务（款）行政运行（项）。主要用于：人员经费。年初预算为1560.05万\n元，决算1511.89万元。",
        [("initial_budget", ITEM, "1560.05", "万元"), ("final", ITEM, "1511.89", "万元")],
    ),
    (
        "(1)一般公共服务支出[类]财政事务[款]行政运行[项]。 年初预算为_643.29万元,支出决算为 -340_万元,"
        "完成年初预算的-33.87-%。",
        [
            ("initial_budget", ITEM, "643.29", "万元"),
            ("final", ITEM, "340", "万元"),
            ("completion_percent", ITEM, "33.87", "%"),
        ],
    ),
    (
        "1．“一般公共服务支出”（类）2023年度决算100万元，比2023年年初预算减少5万元，下降5%。",
        [
            ("final", "一般公共服务支出", "100", "万元"),
            ("deviation_amount", "一般公共服务支出", "-5", "万元"),
            ("deviation_percent", "一般公共服务支出", "-5", "%"),
        ],
    ),
    (
        "2. 科学技术支出类支出 1391. 75 万元, 占 21. 22%。",
        [("final", "科学技术支出", "1391.75", "万元"), ("share_percent", "科学技术支出", "21.22", "%")],
    ),
    (
        "（二）社会保障和就业（类）\n1．行政事业单位离退休（类）机关服务（项）607.1万元，与上年相比增加27.09万元。",
        [
            ("final", "社会保障和就业支出/行政事业单位离退休/机关服务", "607.1", "万元"),
            ("change_amount", "社会保障和就业支出/行政事业单位离退休/机关服务", "27.09", "万元"),
        ],
    ),
    (
        "1.一般公共服务支出(类)財政事務(款)行政运行(項)。年初預算為5萬元，支出決算為-4.5萬元。",
        [("initial_budget", ITEM, "5", "万元"), ("final", ITEM, "-4.5", "万元")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), ITEMS)
def test_items(text: str, expected: list[Stated]) -> None:
    assert stated(HEADING + text) == expected


def test_an_item_of_a_budget_is_a_budget() -> None:
    text = "五、财政拨款支出预算情况说明\n（一）公共安全（类）\n1．法院（款）行政运行（项）支出775万元，与上年一致。"
    path = "公共安全支出/法院/行政运行"
    assert stated(text, "budget") == [("budget", path, "775", "万元"), ("change_amount", path, "0", "万元")]


COUNTS: list[tuple[str, list[Stated]]] = [
    (
        "1.因公出国(境)费全年预算为0万元，支出决算为0万元，完成全年预算的0%。\n全年支出涉及出国(境)团组0个，累计0人次。",
        [
            ("adjusted_budget", "因公出国(境)费", "0", "万元"),
            ("final", "因公出国(境)费", "0", "万元"),
            ("completion_percent", "因公出国(境)费", "0", "%"),
            ("groups", "因公出国(境)费", "0", "个"),
            ("persons", "因公出国(境)费", "0", "人次"),
        ],
    ),
    (
        "国内公务接待支出1万元，国内公务接待批次12批次，接待人数98人次。公务用车购置为0，公务用车保有量为3辆。",
        [
            ("amount", "公务接待费/国内公务接待", "1", "万元"),
            ("groups", "公务接待费/国内公务接待", "12", "批次"),
            ("persons", "公务接待费/国内公务接待", "98", "人次"),
            ("amount", "公务用车购置费", "0", "万元"),
            ("vehicles_retained", "公务用车保有量", "3", "辆"),
        ],
    ),
    (
        "共有车辆２辆，其中，主要负责人用车0辆、其他用车2辆；单价100万元（含）以上设备（不含车辆）69台\n（套）。",
        [
            ("vehicles", "车辆", "2", "辆"),
            ("vehicles", "车辆/主要负责人用车", "0", "辆"),
            ("vehicles", "车辆/其他用车", "2", "辆"),
            ("equipment", "设备/单价100万元(含)以上设备(不含车辆)", "69", "台(套)"),
        ],
    ),
    (
        "授予中小企业合同金额116.92万元，占政府采购支出总额的66%，工程采购授予中小企业合同金额占工程支出金额的0%。",
        [
            ("amount", "政府采购/授予中小企业", "116.92", "万元"),
            ("share_percent", "政府采购/授予中小企业", "66", "%"),
            ("share_percent", "政府采购/工程/授予中小企业", "0", "%"),
        ],
    ),
    (
        "对2023年度一般公共预算项目支出全面开展绩效自评，共涉及项目8个，资金175.5万元，占一般公共预算项目支出总额的10%。",
        [
            ("performance_projects", "一般公共预算项目支出", "8", "个"),
            ("amount", "一般公共预算项目支出", "175.5", "万元"),
            ("share_percent", "一般公共预算项目支出", "10", "%"),
        ],
    ),
    (
        "1. 7. 机房维护项目项目绩效自评综述：项目全年预算数为13万元，执行数为_5.84_万元，"
        "完成预算的45%。网站在线率不低于99.9%。",
        [
            ("adjusted_budget", "机房维护", "13", "万元"),
            ("final", "机房维护", "5.84", "万元"),
            ("completion_percent", "机房维护", "45", "%"),
        ],
    ),
]


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
