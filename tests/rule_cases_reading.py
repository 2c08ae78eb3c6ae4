"""Cases of the rules that look beyond the cells: for each a report in which it holds, breaks, and cannot be run."""

from __future__ import annotations

import polars as pl

from tests.identities_truth import tiny
from tests.reading_frames import Frames, projects, reading, remarks, said, scored, tables, together


def cells(form: str, *rows: tuple[str, dict[str, str]], side: str = "") -> Frames:
    return {"extracted_cell": tiny(form, list(rows), side=side)}


def numbered(form: str, rows: list[tuple[str, str, str]], side: str = "expenditure") -> Frames:
    """Balance lines with their printed numbers: number, name, amount."""
    frame = tiny(form, [(name, {"total": amount}) for _, name, amount in rows], side=side)
    return {"extracted_cell": frame.with_columns(line_no=pl.Series([number for number, _, _ in rows]))}


GENERAL = cells(
    "general_expenditure",
    ("合计", {"total": "9.00", "basic": "5.00", "project": "4.00"}),
    ("201 一般公共服务支出", {"total": "6.00", "basic": "3.00", "project": "3.00"}),
    ("208 社会保障和就业支出", {"total": "3.00", "basic": "2.00", "project": "1.00"}),
)
PUBLIC = cells("basic_economic", ("人员经费合计", {"amount": "4.00"}), ("公用经费合计", {"amount": "1.00"}))
CLASSES = cells(
    "basic_economic",
    ("301 工资福利支出", {"amount": "3.00"}),
    ("302 商品和服务支出", {"amount": "1.00"}),
    ("303 对个人和家庭的补助", {"amount": "1.00"}),
)
PERSONNEL = "人员经费"
TOTAL, SERVICES, PENSIONS = "一般公共预算财政拨款支出", "一般公共服务支出", "社会保障和就业支出"
EXECUTION = "预算执行情况"
LINES = [("31", "一、一般公共服务支出", "6.00"), ("32", "二、外交支出", "3.00"), ("33", "本年支出合计", "9.00")]
FORMS = ("balance", "revenue", "expenditure", "appropriation_balance", "general_expenditure", "basic_economic")
FORM = "项目申报表"


def tiny_balance() -> Frames:
    """The expenditure side of an appropriation balance."""
    lines = [("一、一般公共服务支出", {"total": "9.00"}), ("本年支出合计", {"total": "9.00"})]
    return {"extracted_cell": tiny("appropriation_balance", lines, side="expenditure")}


def items(budget: str = "8.00", *parts: str, final: str = "9.00") -> Frames:
    """A section that states a total and its two subjects, budget and final account."""
    first, second = parts or ("5.00", "3.00")
    return said(
        (TOTAL, "initial_budget", budget),
        (TOTAL, "final", final),
        (SERVICES, "initial_budget", first, "201"),
        (SERVICES, "final", "6.00", "201"),
        (PENSIONS, "initial_budget", second, "208"),
        (PENSIONS, "final", "3.00", "208"),
    )


def scanned(method: str) -> Frames:
    """A report of which OCR read one page with one number."""
    cells = tiny("three_public", [("合计", {"budget_reception": "8.00"})]).with_columns(method=pl.lit(method))
    pages = pl.lit([1], pl.List(pl.Int32()))
    return {**together({"extracted_cell": cells}),
            "report_reading": reading()["report_reading"].with_columns(recognised_pages=pages)}  # fmt: skip


def parted(part: str) -> Frames:
    """A total, a part of it, and the part's share."""
    return said(("收入合计", "amount", "5.00"), ("财政拨款", "amount", part), ("财政拨款", "share_percent", "80.00%"))


def carried(closing: str) -> Frames:
    """What one sentence says of the money carried over, received, spent and left."""
    return said(
        ("年初结转和结余", "amount", "1.00"),
        ("本年收入", "amount", "9.00"),
        ("本年支出", "amount", "8.00"),
        ("年末结转和结余", "amount", closing),
    )


def cost(*details: str, project: str = "10000", kind: str = "detail", section: str = FORM) -> Frames:
    rows = [("甲", f"费用{n}", kind, amount, "", section) for n, amount in enumerate(details)]
    return projects(("甲", "", "current", project, "", section), *rows)


def evaluated(stated: str, *finals: str) -> Frames:
    rows = [(f"项目{n}", "", "current", final, final, "项目自评结果") for n, final in enumerate(finals)]
    count = ("一般公共预算项目支出", "performance_projects", "2")
    return together(said(("一般公共预算项目支出", "amount", stated), count, section="十三、绩效"), projects(*rows))


def under_goals(stated: str, *budgets: str) -> Frames:
    rows = [(f"项目{n}", "", "current", budget, "", "表11：项目支出绩效表") for n, budget in enumerate(budgets)]
    count = ("绩效目标管理项目", "performance_projects", "2")
    return together(said(("绩效目标管理项目", "amount", stated), count, section="十、绩效"), projects(*rows))


def bought(whole: str, goods: str) -> Frames:
    return said(("政府采购", "amount", whole), ("政府采购/货物", "amount", goods), ("政府采购/服务", "amount", "2.00"))


def shared(share: str) -> Frames:
    return said(
        ("政府采购/货物", "amount", "1.00"),
        ("政府采购/服务", "amount", "100.00"),
        ("政府采购/授予中小企业", "amount", "51.00"),
        ("政府采购/货物/授予中小企业", "share_percent", "100%"),
        ("政府采购/服务/授予中小企业", "share_percent", share),
    )


def column(formula: str) -> Frames:
    return together(GENERAL, remarks(("formula", "general_expenditure", formula)))


def purchase(stated: str) -> Frames:
    line = ("甲", "计算机设备", "procurement", "20000", "", FORM)
    return together(reading("budget"), said(("政府采购", "budget", stated)), projects(line))


def repeated(first: str, second: str, project: str) -> Frames:
    """Two targets of the unit, and a table of the first one's project."""
    return together(
        scored(("产出指标", "甲", "1", "1", first), title="整体自评表", target="1"),
        scored(("产出指标", "乙", "1", "1", second), title="整体自评表", target="2"),
        scored(("产出指标", "甲", "1", "1", project), title="甲项目自评表"),
    )


def aimed(*targets: str, projects: str = "甲乙") -> Frames:
    """Targets of the unit and tables of projects, each with the one indicator it is called by."""
    unit = [scored(("产出指标", name), title="整体自评表", target=f"{n}") for n, name in enumerate(targets, 1)]
    return together(*unit, *[scored(("产出指标", name), title=f"{name}项目自评表") for name in projects])


CARRIED = ("carried_over", None, "支出决算为3.00万元,大于预算数的主要原因:2023年度结转资金")


def opened(grand: str) -> Frames:
    """A balance with nine of revenue."""
    lines = (
        ("一、财政拨款收入", {"amount": "9.00"}),
        ("本年收入合计", {"amount": "9.00"}),
        ("总计", {"amount": grand}),
    )
    return cells("balance", *lines, side="revenue")


def listing(*targets: str) -> Frames:
    """A table of the unit with two targets, and the list above it."""
    listed = remarks(*[("target", None, text) for text in targets])["extracted_remark"]
    table = aimed("甲", "乙", projects="")
    below = {"extracted_performance": table["extracted_performance"].with_columns(source_line=pl.lit(200, pl.Int32))}
    return together(below, {"extracted_remark": listed})


# rule: (a report in which it holds, one in which it breaks, printed, expected, one in which it cannot be run)
NOTHING = together()
CASES: dict[str, tuple[Frames, Frames, str | None, str | None, Frames]] = {
    "narrative_table": (
        together(GENERAL, said((TOTAL, "final", "9.00"))),
        together(GENERAL, said((TOTAL, "final", "9.10"))),
        "9.10",
        "9.00",
        together(GENERAL, said((TOTAL, "final", "无"))),
    ),
    "narrative_subject": (
        together(GENERAL, said((SERVICES, "final", "6.00", "201"))),
        together(GENERAL, said((SERVICES, "final", "6.50", "201"))),
        "6.50",
        "6.00",
        together(GENERAL, said((SERVICES, "final", "6.50", ""))),
    ),
    "narrative_nature": (
        together(CLASSES, said((PERSONNEL, "amount", "4.00"), section="六、基本支出情况说明")),
        together(CLASSES, said((PERSONNEL, "amount", "5.00"), section="六、基本支出情况说明")),
        "5.00",
        "4.00",
        together(CLASSES, said((PERSONNEL, "amount", "5.00"), section="一、项目支出情况说明")),
    ),
    "narrative_part": (
        together(GENERAL, said((SERVICES, "amount", "2.00", "201"))),
        together(GENERAL, said((SERVICES, "amount", "7.00", "201"))),
        "7.00",
        "6.00",
        together(said((SERVICES, "amount", "7.00", "201"))),
    ),
    "narrative_items": (
        together(GENERAL, items()),
        together(GENERAL, items(final="9.10")),
        "9.10",
        "9.00",
        together(GENERAL, said((TOTAL, "final", "9.00"), (SERVICES, "final", "6.00", "201"))),
    ),
    "narrative_initial": (
        together(GENERAL, items()),
        together(GENERAL, items("7.00")),
        "7.00",
        "8.00",
        together(GENERAL, items("8.50")),  # a subject without expenditure may have had the rest
    ),
    "initial_part": (
        together(said((TOTAL, "initial_budget", "8.00"), ("某项目", "initial_budget", "2.00"))),
        together(said((TOTAL, "initial_budget", "8.00"), ("某项目", "initial_budget", "9.00"))),
        "9.00",
        "8.00",
        together(said(("某项目", "initial_budget", "9.00"))),
    ),
    "operating_cost": (
        together(PUBLIC, said(("机关运行经费", "amount", "0.90"))),
        together(PUBLIC, said(("机关运行经费", "amount", "1.90"))),
        "1.90",
        "1.00",
        together(
            PUBLIC, cells("operating_cost", ("合计", {"amount": "1.90"})), said(("机关运行经费", "amount", "1.90"))
        ),
    ),
    "carried_over": (
        together(opened("12.00"), remarks(CARRIED)),
        together(opened("9.00"), remarks(CARRIED)),
        "3",
        "0",
        together(remarks(CARRIED)),
    ),
    "procurement_kinds": (
        together(bought("3.00", "1.00")),
        together(bought("3.00", "1.50")),
        "3.00",
        "3.50",
        together(said(("政府采购", "amount", "3.00"))),
    ),
    "procurement_small": (
        together(said(("政府采购", "amount", "3.00"), ("政府采购/授予中小企业", "amount", "2.00"))),
        together(said(("政府采购", "amount", "3.00"), ("政府采购/授予中小企业", "amount", "4.00"))),
        "4.00",
        "3.00",
        together(said(("政府采购/授予中小企业", "amount", "4.00"))),
    ),
    "procurement_awarded": (
        together(said(("政府采购", "amount", "3.00"), ("政府采购/中小企业中标或成交", "amount", "2.00"))),
        together(said(("政府采购", "amount", "3.00"), *[("政府采购/中小企业中标或成交", "amount", "2.00")] * 2)),
        "3.00",
        "4.00",
        together(said(("政府采购", "amount", "3.00"))),
    ),
    "procurement_projects": (
        purchase("2.00"),
        purchase("2.50"),
        "2.50",
        "2.00",
        together(said(("政府采购", "amount", "2.50"))),
    ),
    "completion_percent": (
        together(
            said((TOTAL, "initial_budget", "8.00"), (TOTAL, "final", "9.00"), (TOTAL, "completion_percent", "112.5%"))
        ),
        together(
            said((TOTAL, "initial_budget", "8.00"), (TOTAL, "final", "9.00"), (TOTAL, "completion_percent", "88.9%"))
        ),
        "88.9",
        "112.5",
        together(said((TOTAL, "final", "9.00"), (TOTAL, "completion_percent", "88.9%"))),
    ),
    "change_percent": (
        together(said((TOTAL, "final", "9.00"), (TOTAL, "change_amount", "1.00"), (TOTAL, "change_percent", "12.5%"))),
        together(said((TOTAL, "final", "9.00"), (TOTAL, "change_amount", "-1.00"), (TOTAL, "change_percent", "12.5%"))),
        "12.5",
        "-10",
        together(said((TOTAL, "final", "9.00"), (TOTAL, "change_percent", "12.5%"))),
    ),
    "share_percent": (
        together(
            said(
                (TOTAL, "final", "9.00"),
                (SERVICES, "final", "6.00", "201"),
                (SERVICES, "share_percent", "66.67%", "201"),
            )
        ),
        together(
            said(
                (TOTAL, "final", "9.00"),
                (SERVICES, "final", "6.00", "201"),
                (SERVICES, "share_percent", "76.67%", "201"),
            )
        ),
        "76.67",
        "66.67",
        together(said((SERVICES, "final", "6.00", "201"), (SERVICES, "share_percent", "76.67%", "201"))),
    ),
    "narrative_unit": (
        together(parted("4.00")),
        together(parted("4.00元")),
        "4.00",
        "40000",
        {},
    ),
    "narrative_closing": (
        together(carried("2.00")),
        together(carried("300.00元")),
        "300",
        "20000",
        together(said(("年末结转和结余", "amount", "2.00"))),
    ),
    "procurement_share": (
        together(shared("50.0%")),
        together(shared("60.0%")),
        "60.0",
        "50.0",
        together(said(("政府采购/服务/授予中小企业", "share_percent", "60.0%"))),
    ),
    "execution_rate": (
        together(scored((EXECUTION, "总额", "8.00", "6.00", "", "", "75%"))),
        together(scored((EXECUTION, "总额", "8.00", "6.00", "", "", "85%"))),
        "85",
        "75",
        together(scored((EXECUTION, "总额", "8.00", "6.00"))),
    ),
    "execution_score": (
        together(scored((EXECUTION, "总额", "8.00", "6.00", "15", "20"))),
        together(scored((EXECUTION, "总额", "8.00", "6.00", "19", "20"))),
        "19",
        "15",
        together(scored((EXECUTION, "总额", "8.00", "6.00", "19"))),
    ),
    "performance_weight": (
        together(scored(("产出指标", "数量", "1", "1", "10", "10"))),
        together(scored(("产出指标", "数量", "1", "1", "12", "10"))),
        "12",
        "10",
        together(scored(("产出指标", "数量", "1", "1", "12"))),
    ),
    "performance_total": (
        together(
            scored(
                (EXECUTION, "总额", "8", "8", "20"),
                ("产出指标", "数量", "1", "1", "74"),
                ("总分", "总分", "", "", "94"),
            )
        ),
        together(
            scored(
                (EXECUTION, "总额", "8", "8", "20"),
                ("产出指标", "数量", "1", "1", "74"),
                ("总分", "总分", "", "", "96"),
            )
        ),
        "96",
        "94",
        together(
            scored(
                (EXECUTION, "总额", "8", "8", ""), ("产出指标", "数量", "1", "1", "74"), ("总分", "总分", "", "", "96")
            )
        ),
    ),
    "indicator_score": (
        repeated("80", "78", "80"),
        repeated("80", "78", "74"),
        "80",
        "74",
        repeated("40", "40", "80"),  # the targets of the unit share one scale
    ),
    "target_list": (
        listing("目标1", "目标2"),
        listing("目标1", "目标2", "目标3"),
        "3",
        "2",
        listing(),
    ),
    "target_project": (
        aimed("甲", "乙"),
        aimed("甲", "乙", projects="甲乙丙"),
        "2",
        "3",
        aimed("甲", "丁"),
    ),
    "performance_points": (
        together(scored(("产出指标", "数量", "1", "1", "60"), ("效益指标", "效益", "1", "1", "40"))),
        together(scored(("产出指标", "数量", "1", "1", "60"), ("效益指标", "效益", "1", "1", "50"))),
        "110",
        "100",
        together(scored(("产出指标", "数量", "1", "1"))),
    ),
    "score_blank": (
        together(scored(("产出指标", "数量", "1", "1", "60"), ("效益指标", "效益", "1", "1", "40"))),
        together(scored(("产出指标", "数量", "1", "1", "60"), ("效益指标", "效益", "1", "1"))),
        None,
        None,
        together(scored(("产出指标", "数量", "1", "1"))),
    ),
    "performance_budget": (
        together(scored((EXECUTION, "总额", "8.00", "6.00", "15"))),
        together(scored((EXECUTION, "总额", "6.00", "8.00", "15"))),
        "6",
        "8",
        together(scored((EXECUTION, "总额", "6.00", "8.00"))),
    ),
    "performance_projects": (
        evaluated("3.00", "10000", "20000"),
        evaluated("5.00", "10000", "20000"),
        "5.00",
        "3.00",
        evaluated("5.00", "10000"),
    ),
    "performance_goals": (
        under_goals("3.00", "10000", "20000"),
        under_goals("5.00", "10000", "20000"),
        "5.00",
        "3.00",
        under_goals("5.00", "10000"),
    ),
    "project_details": (
        together(cost("4000", "6000")),
        together(cost("4000", "7000")),
        "10000",
        "11000",
        together(cost()),
    ),
    "project_parts": (
        together(cost("4000"), projects(("甲", "费用0/其一", "detail", "4000", "", FORM))),
        together(cost("4000"), projects(("甲", "费用0/其一", "detail", "5000", "", FORM))),
        "4000",
        "5000",
        together(cost("4000")),
    ),
    "project_examples": (
        together(cost("4000", "6000", section="项目支出主要用于")),
        together(cost("4000", "7000", section="项目支出主要用于")),
        "10000",
        "11000",
        together(cost("4000", section="项目支出主要用于")),  # others may go unnamed
    ),
    "project_named": (
        together(cost("4000"), cost("4000", section="项目支出主要用于")),
        together(cost("4000"), cost("5000", section="项目支出主要用于")),
        "5000",
        "4000",
        together(cost("5000", section="项目支出主要用于")),
    ),
    "project_sources": (
        together(cost("4000", "6000", kind="source_of_funds")),
        together(cost("4000", "7000", kind="source_of_funds")),
        "10000",
        "11000",
        together(cost()),
    ),
    "project_statements": (
        together(projects(("甲", "", "current", "", "500", "主要用于"), ("“甲”项目", "", "current", "", "500", FORM))),
        together(projects(("甲", "", "current", "", "700", "主要用于"), ("“甲”项目", "", "current", "", "500", FORM))),
        "700",
        "500",
        together(projects(("甲", "", "current", "", "700", "主要用于"))),
    ),
    "project_remainder": (
        together(projects(("甲", "", "current", "700", "500", FORM)), remarks(("remainder", None, "剩余资金200元"))),
        together(projects(("甲", "", "current", "700", "500", FORM)), remarks(("remainder", None, "剩余资金0元"))),
        "0",
        "200",
        together(remarks(("remainder", None, "剩余资金0元"))),
    ),
    "duplicate_indicator": (
        together(scored(("产出指标", "甲", "1", "1", "60"), ("产出指标", "乙", "1", "1", "40"))),
        together(scored(("产出指标", "甲", "1", "1", "60"), ("产出指标", "甲", "1", "1", "40"))),
        None,
        None,
        NOTHING,
    ),
    "duplicate_project": (
        together(projects(("甲", "", "current", "", "500", FORM), ("乙", "", "current", "", "500", FORM))),
        together(projects(("甲", "", "current", "", "500", FORM), ("甲", "", "current", "", "500", FORM))),
        "1000",
        "500",
        NOTHING,
    ),
    "duplicate_code": (
        together(remarks(("project_code", None, "420116001 甲"), ("project_code", None, "420116002 乙"))),
        together(remarks(("project_code", None, "420116001 甲"), ("project_code", None, "420116001 乙"))),
        None,
        None,
        NOTHING,
    ),
    "unread_number": (together(tables("revenue")), together(tables("revenue", unread="1,23,4.5")), None, None, NOTHING),
    "unread_page": (
        together(tables(None)),
        together(tables(None, unread="第 2 页是图片，没有文字")),
        None,
        None,
        together(tables("revenue")),
    ),
    "unread_scan": (
        together(scanned("ruled; ocr 0.70")),
        together(scanned("ruled; ocr 0.70; unproven")),
        None,
        None,
        NOTHING,
    ),
    "unread_figure": (
        together(said((TOTAL, "final", "9.00"))),
        together(said((TOTAL, "final", "9.0.0"))),
        None,
        None,
        NOTHING,
    ),
    "unresolved_subject": (
        together(said((SERVICES, "final", "6.00", "201"))),
        together(said(("没有的类", "final", "6.00", ""))),
        None,
        None,
        together(said((TOTAL, "final", "9.00"))),
    ),
    "source_card": (
        reading(stated='{"fiscal_year": 2024}'),
        reading(stated='{"fiscal_year": 2023}', stated_otherwise="年度：文件为 2024，来源卡片为 2023"),
        None,
        None,
        reading(),
    ),
    "template_text": (
        together(said((TOTAL, "final", "9.00"))),
        together(said((TOTAL, "final", "9.00")), remarks(("template", None, "增加(减少)0万元"))),
        None,
        None,
        together(
            reading(status="empty"), remarks(("template", None, "增加(减少)XX万元"))
        ),  # a blank template is no report
    ),
    "percent_sign": (
        together(scored(*[("产出指标", f"成功率{n}", "100%") for n in range(4)])),
        together(scored(*[("产出指标", f"成功率{n}", "100%") for n in range(3)], ("产出指标", "成功率", "100"))),
        "100",
        None,
        together(scored(("产出指标", "数量", "100"))),
    ),
    "missing_count": (
        together(scored(("产出指标", "处理量不低于4条", "≥4条"))),
        together(scored(("产出指标", "处理量不低于条", "≥4条"))),
        None,
        None,
        NOTHING,
    ),
    "heading_unit": (
        together(tables("revenue")),
        together(tables("revenue"), remarks(("unit", "revenue", "单位:元 金额(万元)"))),
        None,
        None,
        NOTHING,
    ),
    "missing_form": (
        together(tables(*FORMS, "three_public", "fund", "state_capital")),
        together(tables(*FORMS, "three_public", "fund")),
        None,
        None,
        together(tables("balance", "revenue")),  # a companion file
    ),
    "empty_form": (
        together(tables(*FORMS), tables("fund", cells=0), remarks(("no_data", "fund", "本部门无政府性基金"))),
        together(tables(*FORMS), tables("fund", cells=0)),
        None,
        None,
        together(tables("fund", cells=0)),
    ),
    "footnote_line": (
        together(numbered("balance", LINES), remarks(("formula", "balance", "33行=(31+32)行"))),
        together(numbered("balance", LINES), remarks(("formula", "balance", "32行=(31+32)行"))),
        "32",
        "33",
        together(numbered("balance", LINES), remarks(("formula", "balance", "9行=(7+8)行"))),
    ),
    "footnote_column": (
        column("1栏各行=(2+3)栏各行"),
        column("2栏各行=(2+3)栏各行"),
        "2",
        "1",
        together(remarks(("formula", "general_expenditure", "1栏各行=(2+3)栏各行"))),
    ),
    "unread_report": (NOTHING, reading(status="quarantined", reason="没有文字层"), None, None, {}),
}
