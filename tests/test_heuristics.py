"""Every constant of a heuristic decides something: with another value the example beside it comes out differently."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from types import ModuleType

import polars as pl
import pytest

from pipelines.core.document import Document, Grid, Place
from pipelines.core.numbers import Number, read_number
from pipelines.extraction import personal_data
from pipelines.layout import appendix
from pipelines.layout.appendix import Piece, Record
from pipelines.layout.results import ReadCell
from pipelines.layout.rows import Reading, Row
from pipelines.narrative import disclosures, items, narrative, overview, prose, remarks, sentences, subjects
from pipelines.narrative.items import resolve_items
from pipelines.performance import align, budget_execution, line_cells, lines, table
from pipelines.performance.align import Heading
from pipelines.performance.row import IndicatorRow, IndicatorTable
from pipelines.projects import running_text
from pipelines.projects import table as project_table
from pipelines.repair import damaged_rows, second_reading, torn_indicators, unmarked_columns
from pipelines.repair.damaged_rows import Coded
from tests.appendix_documents import FINAL, document, grid, indicator_rows, projects

Give = Callable[[], object]


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    forget()


def forget() -> None:
    """Forget what functions gave with other constants."""
    align.fit.cache_clear()
    align._skip.cache_clear()
    items._likeness.cache_clear()


# --- narrative -------------------------------------------------------------------------------------------------------


def quotes(text: str) -> list[str]:
    return [d.quote for d in narrative(document(*text.split("\n")), FINAL, []).disclosures]


def paths(text: str) -> list[str]:
    return ["/".join(d.path) for d in narrative(document(*text.split("\n")), FINAL, []).disclosures]


def sections(text: str) -> list[str]:
    return [d.section for d in narrative(document(*text.split("\n")), FINAL, []).disclosures]


def code(name: str) -> str | None:
    stated = disclosures.Disclosure("", "final", (name,), Decimal(1), "1", "万元", "", Place(), is_item=True)
    cell = ReadCell(
        1, "expenditure", "", 1, None, "201", "一般公共服务支出", "total", Decimal(1), "万元", Place(), "1", ""
    )
    return resolve_items([stated], [cell], 2023)[0].code


def aligned(rows: list[list[str]]) -> Document:
    found = grid(rows, pages=True)
    found.method = "aligned"
    return document("一、支出决算情况说明", found)


def remark_texts(*blocks: str | Grid) -> list[tuple[str, str]]:
    return [(row["kind"], row["text"]) for row in remarks.remark_rows(document(*blocks), [])]


OVERVIEW = ["收入构成", *["说明"] * 12, "财政拨款 100 100%"]

NARRATIVE: list[tuple[ModuleType, str, object, Give]] = [
    (disclosures, "_FEWEST_WORDS", 0, lambda: quotes("项目支出决算，为5万元。")),
    (disclosures, "_MANY_WORDS", 0, lambda: quotes("甲项目，项目支出决算为5万元。\n乙项目，项目支出决算为5万元。")),
    (disclosures, "_LONGEST_PART", 0, lambda: paths("年末在职人数10人，其中：行政人员8人、事业人员2人。")),
    (sentences, "_LONGEST_TAIL", 0, lambda: quotes("项目支出决算为5万元的一半。")),
    (sentences, "_LONGEST_QUOTE", 8, lambda: quotes("某某某某某某某某某某项目支出决算为5万元。")),
    (subjects, "_LONGEST_NAME", 5, lambda: paths("信息化系统维护经费为5万元。")),
    (subjects, "_SHORTEST_NAME", 1, lambda: paths("项目支出10万元。款5万元。")),
    (items, "_LIKE", 0.99, lambda: code("一般公用服务支出")),
    (items, "_SAME_LETTERS", 0.1, lambda: code("公共一般服务支出")),
    (overview, "_REACH", 5, lambda: paths("\n".join(OVERVIEW))),
    (prose, "_LONGEST_HEADING", 5, lambda: sections("一、一般公共预算支出情况说明\n项目支出5万元。")),
    (prose, "_LONGEST_REST", 1, lambda: sections("一、一般公共预算财政拨款支出决算\n情况说明\n项目支出5万元。")),
    (prose, "_LONGEST_CAPTION", 4, lambda: quotes("填报人王小明，项目支出5万元。")),
    (
        prose,
        "_PROSE_ROWS",
        1,
        lambda: [d.quote for d in narrative(aligned([["项目支出5万元。"], ["和"]]), FINAL, []).disclosures],
    ),
    (remarks, "_REACH", 1, lambda: remark_texts("单位：万元", "科目", "金额（元）")),
    (remarks, "_AROUND", 0, lambda: list(remarks._said("收入增加(减少)5万元", in_table=False))),
    (remarks, "_LONGEST_MATCH", 5, lambda: list(remarks._said("收入增加(减少)5万元", in_table=False))),
    (remarks, "_HEADING_SHOWN", 1, lambda: remark_texts("单位：万元", "金额（元）")),
    (remarks, "_MOST", 1, lambda: remark_texts("1栏=（2+3）栏", "2栏=（4+5）栏")),
    (
        remarks,
        "_NEAR",
        0,
        lambda: remark_texts("1.收入决算表", "2.支出决算表", "3.收入支出决算总表", "4.财政拨款收入支出决算总表"),
    ),
    (
        remarks,
        "_LISTED",
        9,
        lambda: remark_texts("1.收入决算表", "2.支出决算表", "3.收入支出决算总表", "4.财政拨款收入支出决算总表"),
    ),
]


# --- performance -----------------------------------------------------------------------------------------------------

HEADS = ["", "一级指标", "二级指标", "三级指标", "年初目标值", "实际完成值", "得分"]
COLUMNS = ("level1", "level2", "indicator", "target_value", "actual_value", "score")


def indicators(*rows: list[str], title: str = "2023年度某局整体绩效自评表") -> list[tuple[str, ...]]:
    return [tuple(r[c] for c in COLUMNS) for r in indicator_rows(document(title, grid([HEADS, *rows])), FINAL)]


def laid(texts: dict[float, str], cols: int = 7, *, geometric: bool = False) -> dict[str, str]:
    """A row laid over the usual headings."""
    record = Record(tuple(Piece(text, col) for col, text in texts.items()), 7, Place(), geometric)
    names = ("level1", "level2", "indicator", "target", "actual", "score")
    headings = [Heading(name, col) for col, name in enumerate(names, 1)]
    return align.align(record, headings, cols, align.fit, align.MISSING).texts


def cells(*words: tuple[str, str], width: float = 0.0, full: float = 8.0, values: int = 2) -> list[str]:
    """Words with what parts them from the word before, cut into cells."""
    return [
        "".join(c) for c in line_cells.cut([line_cells.Token(t, Place(), p, width) for t, p in words], values, full)
    ]


def repaired(*rows: tuple[str, str, set[str]], text: str = "") -> list[str]:
    """The indicators of tables of one row each, with what is doubted in them, after repair."""
    tables = [
        IndicatorTable(
            str(n),
            [
                IndicatorRow(
                    Place(),
                    level1="产出指标",
                    level2="数量指标",
                    indicator=i,
                    values={"target": t},
                    doubt=set(d),
                    torn=frozenset(d),
                )
            ],
        )
        for n, (i, t, d) in enumerate(rows)
    ]
    torn_indicators.mend_indicators(tables, text)
    return [row.indicator + "|" + row.values["target"] for t in tables for row in t.rows]


def of_lines(*texts: str) -> list[tuple[str, str, str, dict[str, str]]]:
    """Indicators of lines below headings that name a target; blank texts are blank lines."""
    placed = [(text, Place(line=n)) for n, text in enumerate(texts, 1) if text]
    rows = lines.line_rows(placed, lines.Layout(("target", "actual")), 2023)
    return [(row.level1, row.level2, row.indicator, row.values) for row in rows]


def outvoted() -> list[str]:
    """A text with a slip that two other tables print without it."""
    slip = NAME.replace("高", "髙")
    doubted = ("别的指标名称", "x", {"indicator"})
    return repaired((NAME[:9], slip, set()), (NAME[:9], NAME, set()), (NAME[:9], NAME, set()), doubted)


def after_lines() -> list[tuple[str, ...]]:
    """Headings in lines, and a grid that has other columns than they."""
    found = document(
        "2023年度某局整体绩效自评表",
        "一级指标 二级指标 三级指标 年初目标值 实际完成值",
        grid([["", "产出指标", "数量指标", "培训次数", "", "", "3次"]], pages=True),
    )
    return [tuple(r[c] for c in COLUMNS) for r in indicator_rows(found, FINAL)]


def budget() -> list[tuple[str, ...]]:
    heads = ["预算执行情况（万元）", "", "预算数", "执行数", "执行率", "得分"]
    rows = [heads, ["", "年度财政资金总额", "10", "9", "90%", "20"]]
    return [
        tuple(r[c] for c in COLUMNS) for r in indicator_rows(document("2023年度某局整体绩效自评表", grid(rows)), FINAL)
    ]


def printed(code: str, name: str, *texts: str) -> Row:
    read = zip(("total", "basic", "project"), texts, strict=False)
    return Row(name, code, readings={m: Reading(read_number(t) or Number(None), t, Place(line=1)) for m, t in read})


def restored(name: str, code: str, *texts: str) -> list[str]:
    """Code, name, readings and their notes of a damaged row below two whole ones, after repair."""

    above = [("201", "一般公共服务支出", "3.00", "3.00"), ("20132", "组织事务", "3.00", "3.00")]
    last = printed(code, name, *(texts or ("3.00", "3.00")))
    whole = [printed(*each) for each in (*above, ("2013299", "其他组织事务支出", "3.00", "3.00"))]
    tables = [
        Coded("expenditure", [*(printed(*each) for each in above), last], "万元"),
        Coded("general_expenditure", whole, "万元"),
    ]
    damaged_rows.restore(tables)
    return [last.code, last.name, *(f"{m} {r.number.value} {r.notes}" for m, r in last.readings.items())]


def astray() -> list[tuple[str, str]]:
    """A number of one measure in a column of six numbers of another."""
    place = {"report_key": "r", "form": "f", "side": "", "table_no": 1, "page": 1, "x0": 10.0, "x1": 20.0}
    cells = pl.DataFrame([place | {"cell_key": str(n), "measure": "basic" if n else "project"} for n in range(7)])
    return second_reading._astray(cells, cells.select("cell_key")).rows()


def divided() -> object:
    """The numbers of a child whose parent is known."""
    parent = {"total": Decimal(5), "basic": Decimal(5)}
    return unmarked_columns.divide(parent, [[Decimal(5), Decimal(5)]], ["total", "basic", "project"], Decimal("0.01"))


WHOLE_ROW = {1: "产出指标", 2: "数量指标", 3: "培训次数", 4: "3次", 5: "3次", 6: "5"}
NAME = "促进企业高质量发展培训班"
PERFORMANCE: list[tuple[ModuleType, str, object, Give]] = [
    (align, "IMPOSSIBLE", 0.0, lambda: laid({3: "培训次数", 4: "3次", 5: "完成", 6: "良好"})),
    (align, "WRONG", 4.0, lambda: laid({3: "产出指标", 4: "3次", 5: "3次"})),
    (align, "UNLIKELY", 4.0, lambda: laid({2: "培训次数", 3: "3次", 4: "4次"})),
    (align, "NEUTRAL", -9.0, lambda: laid({3: "培训次数", 4: "全区企业", 5: "3次"})),
    (align, "LIKELY", -9.0, lambda: laid({3: "培训次数", 4: "3次", 5: "3次"})),
    (align, "STRONG", -9.0, lambda: laid({2: "质量达标指标", 3: "培训次数", 4: "3次"})),
    (align, "CERTAIN", -9.0, lambda: laid({1: "产出指标", 2: "数量指标", 3: "培训次数", 4: "3次"})),
    (align, "_REACH", -9, lambda: laid({3: "培训次数", 4: "3次"}, geometric=True)),
    (align, "_FARTHEST", 0, lambda: laid({3: "培训次数", 5: "3次"}, geometric=True)),
    (align, "_GEOMETRIC", 0.0, lambda: laid({3: "培训次数", 5: "3次"}, geometric=True)),
    (align, "_COUNTED", 9.0, lambda: laid({3: "培训次数", 6: "3次"})),
    (align, "_UNRELATED", 9.0, lambda: laid({3: "培训次数", 6: "3次"}, cols=12)),
    (align, "_OTHER_COLUMNS", 0, lambda: laid({3: "培训次数", 5: "3次"}, cols=8, geometric=True)),
    (align, "_TEAR", 9.0, lambda: laid({3: "培训次数", 4: "3次", 5: "完成", 6: "良好"})),
    (align, "_LABEL_LEFT", 99.0, lambda: laid({0: "年度绩效指标", **WHOLE_ROW})),
    (align, "_SIGN_LEFT", 9.0, lambda: laid(WHOLE_ROW | {7: "*"})),
    (align, "_TEXT_LEFT", 0.0, lambda: laid({3: "培训次数", 4: "3次", 5: "完成", 6: "无"})),
    (align, "_LEVEL_LENGTH", 2, lambda: laid({2: "质量达标指标", 3: "培训次数", 4: "3次"})),
    (align, "_ALIKE", 1.0, lambda: align.fit("level2", "社会公众满以度")),
    (align, "_OVERLAP", 0, lambda: align.join(["促进企业高", "高质量发展"])),
    (
        align,
        "_MEASURE_LENGTH",
        0,
        lambda: align._fit_measure(align._Seen("平方米", level1=False, level2=False, number=False, like_value=False)),
    ),
    (align, "MISSING", dict.fromkeys(align.MISSING, -9.0), lambda: laid({3: "培训次数", 4: "3次"})),
    (budget_execution, "MISSING", dict.fromkeys(budget_execution.MISSING, -99.0), budget),
    (
        lines,
        "_LONG",
        2.0,
        lambda: of_lines("数量指标", "每季度线路运行情况", "", "4份", "质量指标", "造价", "", "评估"),
    ),
    (lines, "_LEVEL1_WORDS", 1, lambda: of_lines("产出", "指标", "数量指标", "报告数量 4份")),
    (lines, "_LEVEL2_WORDS", 1, lambda: of_lines("产出指标", "数量", "指标", "报告数量 4份")),
    (
        lines,
        "_HEADINGS_BEFORE",
        0,
        lambda: [
            r.values
            for r in lines.line_rows(
                [(t, Place()) for t in ("指标值 二级指标 指标名称", "数量指标 报告数量 4份")], lines.Layout(), 2023
            )
        ],
    ),
    (
        line_cells,
        "_RAGGED",
        0.0,
        lambda: cells(("每季度线路运行情", "space"), ("况报告数量", "blank"), ("4份", "space"), width=7.0),
    ),
    (
        line_cells,
        "_FULL_VALUE",
        9.0,
        lambda: cells(("造价", "space"), ("完成造价", "line"), ("评估", "blank"), width=4.0),
    ),
    (
        line_cells,
        "_WIDE",
        9.0,
        lambda: cells(("造价", "space"), ("4份", "space"), ("造价评估情况说明文", "blank"), width=4.0),
    ),
    (line_cells, "_SAME_LINE", 9.0, lambda: cells(("造价", "space"), ("4份", "space"), ("5份", "space"))),
    (line_cells, "_NEXT_LINE", 9.0, lambda: cells(("造价", "space"), ("4份", "line"))),
    (line_cells, "_AFTER_FULL", -9.0, lambda: cells(("每季度线路运行情况", "space"), ("报告数量", "blank"), width=8.0)),
    (line_cells, "_AFTER_SHORT", 9.0, lambda: cells(("造价", "space"), ("4份", "blank"), width=2.0)),
    (line_cells, "_TOO_WIDE", -9.0, lambda: cells(("造价", "space"), ("4份", "space"), ("完成造价评估情况", "space"))),
    (line_cells, "_NUMBER_IN_NAME", -9.0, lambda: cells(("每季度线路运行情况", "space"), ("4份", "blank"), width=8.0)),
    (line_cells, "_CUT_AT_VALUE", -9.0, lambda: cells(("造价", "space"), ("4份", "space"))),
    (line_cells, "_CUT_IN_LINE", 9.0, lambda: cells(("造价", "space"), ("评估", "space"))),
    (line_cells, "_CUT_AT_LINE", -9.0, lambda: cells(("造价", "space"), ("4份", "line"))),
    (
        line_cells,
        "_CUT_AFTER_FULL",
        9.0,
        lambda: cells(("每季度线路运行情况", "space"), ("报告数量", "blank"), width=8.0),
    ),
    (line_cells, "_VALUE", -9.0, lambda: cells(("造价", "space"), ("4份", "space"))),
    (line_cells, "_NO_VALUE", 9.0, lambda: cells(("造价", "space"), ("评估", "space"))),
    (line_cells, "_LONGEST_VALUE", 1, lambda: line_cells.like_value("及时完成")),
    (line_cells, "_LONGEST_ENDING", 1, lambda: line_cells.like_value("基本完成")),
    (torn_indicators, "_LIKE", 1.0, lambda: repaired((NAME[:5], "3次", {"indicator"}), (NAME, "3次", set()))),
    (torn_indicators, "_SAME", 1.0, lambda: repaired((NAME[:9], "3次", {"indicator"}), (NAME, "3次", set()))),
    (torn_indicators, "_WHOLE", 99, lambda: repaired((NAME[:5] + "高" + NAME[5:], "3次", {"indicator"}), text=NAME)),
    (torn_indicators, "_CLOSE", 1.0, outvoted),
    (torn_indicators, "_OUTVOTED", 9, outvoted),
    (torn_indicators, "_LONG_ENOUGH", 99, outvoted),
    (
        table,
        "_SAME_COLUMN",
        -1,
        lambda: indicators(
            ["", "产出指标", "数量指标", "报告，全年", "12份", "12份", "2"], ["", "", "", "总计12份", "", "", ""]
        ),
    ),
    (table, "_NOWHERE", 7, after_lines),
]


# --- repair ----------------------------------------------------------------------------------------------------------

REPAIR: list[tuple[ModuleType, str, object, Give]] = [
    (damaged_rows, "_CODED", 2, lambda: restored("其他组织事务支出", "201329")),
    (damaged_rows, "_CUT_NAME", 99, lambda: restored("其他组织事务", "201329")),
    (damaged_rows, "_ROUNDING", Decimal(9), lambda: damaged_rows._is_suspicious(printed("201", "", "3.00", "2.00"))),
    (second_reading, "_VOTES", 9, astray),
    (second_reading, "_MOST", 0.99, astray),
    (unmarked_columns, "_MAX_STATES", 0, divided),
]


# --- projects, appendices, people ------------------------------------------------------------------------------------


def project_names(*blocks: str | Grid) -> list[tuple[str, str]]:
    return [
        (row["project"], str(row["budget_amount"] or row["final_amount"])) for row in projects(document(*blocks), FINAL)
    ]


def titles(*blocks: str | Grid) -> list[str]:
    return [part.title for part in appendix.appendices(document(*blocks))]


LISTED = grid([["项目名称", "预算数"], ["网络运行维护", "5"]])
USES = "项目支出50万元，主要用于：\n1.网络运行维护20万元。\n二、其他说明\n3.会议保障30万元。"
PROJECTS: list[tuple[ModuleType, str, object, Give]] = [
    (project_table, "_LONGEST_TITLE", 1, lambda: project_names("单位：万元", "项目支出预算表", LISTED)),
    (
        project_table,
        "_LONGEST_NAME",
        1,
        lambda: project_names("项目自评表", grid([["项目名称", "网络运行维护"], ["项目决算数", "5"]])),
    ),
    (running_text, "_LONGEST_NUMBERING", 1, lambda: project_names(*USES.split("\n"))),
    (appendix, "_LONGEST_TITLE", 5, lambda: titles("2023年度某局整体绩效自评表")),
    (appendix, "_TITLE_LINES", 1, lambda: titles("2023年度某局", "网络运行维护绩效", "评价表")),
    (appendix, "FLAT", 2, lambda: [r.cols for r in appendix.records_of(grid([["一 二 三 四 五 六 七", "八"]]))]),
    (personal_data, "_NAME_LENGTH", (2, 2), lambda: personal_data.is_name("王小明")),
]


@pytest.mark.parametrize(
    ("module", "constant", "other", "give"),
    [*NARRATIVE, *PERFORMANCE, *REPAIR, *PROJECTS],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_another_value_reads_another_thing(
    module: ModuleType, constant: str, other: object, give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = give()
    monkeypatch.setattr(module, constant, other)
    forget()
    assert give() != usual
