"""Cases of the rules about cells: for each a table in which it holds, breaks, and cannot be run."""

from __future__ import annotations

Rows = list[tuple[str, dict[str, str]]]
Form = tuple[str, str, Rows]  # form, side, rows
Cell = tuple[str, str, int, str]  # form, side, row from 1, measure


def amounts(*rows: str) -> Rows:
    """Rows of one column, each given as its name and its amount."""
    return [(name, {"amount": text}) for name, text in (row.rsplit(" ", 1) for row in rows)]


TREE: Rows = [
    ("合计", {"total": "30.00"}),
    ("201 一般公共服务支出", {"total": "20.00"}),
    ("20101 人大事务", {"total": "20.00"}),
    ("2010101 行政运行", {"total": "12.00"}),
    ("2010102 一般行政管理事务", {"total": "8.00"}),
    ("208 社会保障和就业支出", {"total": "10.00"}),
]
ECONOMIC: Rows = [
    ("合计", {"amount": "10.00"}),
    ("301 工资福利支出", {"amount": "6.00"}),
    ("302 商品和服务支出", {"amount": "3.00"}),
    ("303 对个人和家庭的补助", {"amount": "1.00"}),
    ("人员经费合计", {"amount": "7.00"}),
    ("公用经费合计", {"amount": "3.00"}),
]
REVENUE_SIDE = amounts(
    "一、一般公共预算财政拨款收入 9.00",
    "二、上级补助收入 1.00",
    "本年收入合计 10.00",
    "年初结转和结余 2.00",
    "总计 12.00",
)
SPENDING_SIDE = amounts(
    "一、一般公共服务支出 7.00",
    "八、社会保障和就业支出 4.00",
    "本年支出合计 11.00",
    "年末结转和结余 1.00",
    "总计 12.00",
)
APPROPRIATED: Rows = [
    ("一、一般公共服务支出", {"total": "7.00", "general": "7.00"}),
    ("二、城乡社区支出", {"total": "4.00", "fund": "4.00"}),
    ("本年支出合计", {"total": "11.00", "general": "7.00", "fund": "4.00"}),
    ("年末财政拨款结转和结余", {"total": "1.00", "general": "1.00"}),
    ("总计", {"total": "12.00", "general": "8.00", "fund": "4.00"}),
]
APPROPRIATED_REVENUE = amounts(
    "一、一般公共预算财政拨款 7.00",
    "二、政府性基金预算财政拨款 4.00",
    "本年收入合计 11.00",
    "年初财政拨款结转和结余 1.00",
    "一般公共预算财政拨款 1.00",
    "总计 12.00",
)
GENERAL: Rows = [
    ("合计", {"total": "7.00", "basic": "5.00", "project": "2.00"}),
    ("201 一般公共服务支出", {"total": "7.00", "basic": "5.00", "project": "2.00"}),
]
FUND: Rows = [
    ("合计", {"total": "4.00", "revenue": "4.00"}),
    ("212 城乡社区支出", {"total": "4.00", "revenue": "4.00"}),
]
USAGE = amounts("一、基本支出 5.00", "二、项目支出 6.00", "当年支出小计 11.00")
BOTH = [
    ("appropriation_balance", "revenue", APPROPRIATED_REVENUE),
    ("appropriation_balance", "expenditure", APPROPRIATED),
]
ALL_APPROPRIATED: list[Form] = [
    ("balance", "expenditure", amounts("一、一般公共服务支出 7.00", "二、城乡社区支出 4.00", "本年支出合计 11.00")),
    *BOTH,
    ("general_expenditure", "", GENERAL),
    ("fund", "", FUND),
]

# rule: (forms in which it holds, a cell of which another text breaks it, that text, printed, expected,
#        the cells without which it cannot be run)
CASES: dict[str, tuple[list[Form], Cell, str, str, str, list[Cell]]] = {
    "subject_total": (
        [("general_expenditure", "", TREE)],
        ("general_expenditure", "", 6, "total"),
        "11.00",
        "30.00",
        "31.00",
        [("general_expenditure", "", 1, "total")],
    ),
    "subject_class": (
        [("general_expenditure", "", TREE)],
        ("general_expenditure", "", 3, "total"),
        "21.00",
        "20.00",
        "21.00",
        [("general_expenditure", "", n, "total") for n in (3, 4, 5)],
    ),
    "subject_section": (
        [("general_expenditure", "", TREE)],
        ("general_expenditure", "", 5, "total"),
        "8.10",
        "20.00",
        "20.10",
        [("general_expenditure", "", n, "total") for n in (4, 5)],
    ),
    "row_natures": (
        [("expenditure", "", [("合计", {"total": "9.00", "basic": "5.00", "project": "3.00", "operating": "1.00"})])],
        ("expenditure", "", 1, "project"),
        "3.50",
        "9.00",
        "9.50",
        [("expenditure", "", 1, "total")],
    ),
    "row_basic": (
        [("general_expenditure", "", [("合计", {"basic": "5.00", "personnel": "4.00", "public": "1.00"})])],
        ("general_expenditure", "", 1, "public"),
        "2.00",
        "5.00",
        "6.00",
        [("general_expenditure", "", 1, "basic")],
    ),
    "row_personnel_public": (
        [("basic_economic", "", [("301 工资福利支出", {"total": "4.00", "personnel": "4.00"})])],
        ("basic_economic", "", 1, "personnel"),
        "4.10",
        "4.00",
        "4.10",
        [("basic_economic", "", 1, "total")],
    ),
    "row_sources": (
        [
            (
                "revenue",
                "",
                [("合计", {"total": "9.00", "current_year": "8.00", "general": "8.00", "carried_over": "1.00"})],
            )
        ],
        ("revenue", "", 1, "carried_over"),
        "2.00",
        "9.00",
        "10.00",
        [("revenue", "", 1, "total")],
    ),
    "row_current_year": (
        [
            (
                "revenue",
                "",
                [("合计", {"current_year": "9.00", "appropriation": "7.00", "general": "7.00", "other": "2.00"})],
            )
        ],
        ("revenue", "", 1, "other"),
        "2.50",
        "9.00",
        "9.50",
        [("revenue", "", 1, "current_year")],
    ),
    "row_appropriation": (
        [("revenue", "", [("合计", {"appropriation": "9.00", "general": "7.00", "fund": "2.00"})])],
        ("revenue", "", 1, "fund"),
        "3.00",
        "9.00",
        "10.00",
        [("revenue", "", 1, "appropriation")],
    ),
    "row_unit_funds": (
        [("revenue", "", [("合计", {"unit_funds": "9.00", "institutional": "7.00", "operating": "2.00"})])],
        ("revenue", "", 1, "operating"),
        "3.00",
        "9.00",
        "10.00",
        [("revenue", "", 1, "unit_funds")],
    ),
    "row_special_account": (
        [
            (
                "revenue",
                "",
                [
                    (
                        "合计",
                        {
                            "special_account": "9.00",
                            "special_account_education": "7.00",
                            "special_account_other": "2.00",
                        },
                    )
                ],
            )
        ],
        ("revenue", "", 1, "special_account_other"),
        "3.00",
        "9.00",
        "10.00",
        [("revenue", "", 1, "special_account")],
    ),
    "row_carried_over": (
        [
            (
                "revenue",
                "",
                [("合计", {"carried_over": "9.00", "carried_over_general": "7.00", "carried_over_fund": "2.00"})],
            )
        ],
        ("revenue", "", 1, "carried_over_fund"),
        "3.00",
        "9.00",
        "10.00",
        [("revenue", "", 1, "carried_over")],
    ),
    "row_closing": (
        [("fund", "", [("合计", {"opening": "1.00", "revenue": "5.00", "total": "4.00", "closing": "2.00"})])],
        ("fund", "", 1, "revenue"),
        "6.00",
        "2.00",
        "3.00",
        [("fund", "", 1, m) for m in ("opening", "revenue", "total")],
    ),
    "row_funds": (
        BOTH,
        ("appropriation_balance", "expenditure", 1, "general"),
        "7.10",
        "7.00",
        "7.10",
        [("appropriation_balance", "expenditure", n, "total") for n in range(1, 6)],
    ),
    "three_public_total": (
        [
            (
                "three_public",
                "",
                [("合计", {"budget_total": "9.00", "budget_three_public": "4.00", "budget_meeting": "5.00"})],
            )
        ],
        ("three_public", "", 1, "budget_meeting"),
        "6.00",
        "9.00",
        "10.00",
        [("three_public", "", 1, "budget_three_public"), ("three_public", "", 1, "budget_meeting")],
    ),
    "three_public_three": (
        [
            (
                "three_public",
                "",
                [("合计", {"final_three_public": "4.00", "final_vehicle_running": "3.00", "final_reception": "1.00"})],
            )
        ],
        ("three_public", "", 1, "final_reception"),
        "2.00",
        "4.00",
        "5.00",
        [("three_public", "", 1, "final_three_public")],
    ),
    "three_public_vehicle": (
        [
            (
                "three_public",
                "",
                [("合计", {"final_vehicle": "3.00", "final_vehicle_purchase": "0", "final_vehicle_running": "3.00"})],
            )
        ],
        ("three_public", "", 1, "final_vehicle_purchase"),
        "1.00",
        "3.00",
        "4.00",
        [("three_public", "", 1, "final_vehicle")],
    ),
    "line_total": (
        [("balance", "revenue", REVENUE_SIDE)],
        ("balance", "revenue", 4, "amount"),
        "3.00",
        "12.00",
        "13.00",
        [("balance", "revenue", 3, "amount"), ("balance", "revenue", 5, "amount")],
    ),
    "line_part": (
        [("balance", "revenue", amounts("一、财政拨款 9.00", "1.一般公共预算 8.00", "2.政府性基金 1.00"))],
        ("balance", "revenue", 3, "amount"),
        "2.00",
        "9.00",
        "10.00",
        [("balance", "revenue", 1, "amount")],
    ),
    "balance_sides": (
        [("balance", "revenue", REVENUE_SIDE), ("balance", "expenditure", SPENDING_SIDE)],
        ("balance", "expenditure", 5, "amount"),
        "12.50",
        "12.00",
        "12.50",
        [("balance", "expenditure", 5, "amount")],
    ),
    "balance_blocks": (
        [("balance", "expenditure", SPENDING_SIDE[:2]), ("balance", "usage", USAGE)],
        ("balance", "usage", 3, "amount"),
        "12.00",
        "12.00",
        "11.00",
        [("balance", "usage", 3, "amount")],
    ),
    "appropriation_funds": (
        BOTH,
        ("appropriation_balance", "revenue", 5, "amount"),
        "1.10",
        "8.00",
        "8.10",
        [("appropriation_balance", "expenditure", 5, m) for m in ("general", "fund")],
    ),
    "economic_personnel": (
        [("basic_economic", "", ECONOMIC)],
        ("basic_economic", "", 4, "amount"),
        "2.00",
        "7.00",
        "8.00",
        [("basic_economic", "", n, "amount") for n in (2, 4)],
    ),
    "economic_public": (
        [("basic_economic", "", ECONOMIC)],
        ("basic_economic", "", 3, "amount"),
        "4.00",
        "3.00",
        "4.00",
        [("basic_economic", "", 3, "amount")],
    ),
    "economic_total": (
        [("basic_economic", "", ECONOMIC)],
        ("basic_economic", "", 1, "amount"),
        "11.00",
        "11.00",
        "10.00",
        [("basic_economic", "", 1, "amount")],
    ),
    "path_total": (
        [
            (
                "procurement",
                "",
                amounts("合计 5.00", "一、货物A 3.00", "三、服务C 2.00", "三、服务C/印刷费/印刷费 2.00"),
            )
        ],
        ("procurement", "", 2, "amount"),
        "4.00",
        "5.00",
        "6.00",
        [("procurement", "", 1, "amount")],
    ),
    "path_part": (
        [
            (
                "procurement",
                "",
                [
                    ("三、服务C/物业", {"amount": "5.00"}),
                    ("三、服务C/物业/服务", {"amount": "2.00"}),
                    ("三、服务C/物业/服务", {"amount": "3.00"}),
                ],
            )
        ],
        ("procurement", "", 3, "amount"),
        "4.00",
        "5.00",
        "6.00",
        [("procurement", "", 1, "amount")],
    ),
    "balance_class": (
        [
            ("balance", "expenditure", SPENDING_SIDE),
            ("expenditure", "", [("208 社会保障和就业支出", {"total": "4.00"})]),
        ],
        ("balance", "expenditure", 2, "amount"),
        "4.10",
        "4.10",
        "4.00",
        [("expenditure", "", 1, "total")],
    ),
    "balance_expenditure": (
        [("balance", "expenditure", SPENDING_SIDE), ("expenditure", "", [("合计", {"total": "11.00"})])],
        ("expenditure", "", 1, "total"),
        "12.00",
        "12.00",
        "11.00",
        [("expenditure", "", 1, "total")],
    ),
    "balance_revenue": (
        [
            ("balance", "revenue", REVENUE_SIDE),
            ("revenue", "", [("合计", {"total": "10.00"}), ("201 一般公共服务支出", {"total": "10.00"})]),
        ],
        ("revenue", "", 1, "total"),
        "10.10",
        "10.10",
        "10.00",
        [("revenue", "", 1, "total")],
    ),
    "balance_source": (
        [
            ("balance", "revenue", REVENUE_SIDE),
            ("revenue", "", [("合计", {"superior_subsidy": "1.00"}), ("201 一般公共服务支出", {"total": "10.00"})]),
        ],
        ("balance", "revenue", 2, "amount"),
        "2.00",
        "1.00",
        "2.00",
        [("revenue", "", 1, "superior_subsidy")],
    ),
    "balance_revenue_line": (
        [
            ("balance", "revenue", amounts("一.财政拨款 9.00", "（一）公共预算 9.00")),
            ("revenue", "", amounts("一.财政拨款 9.00", "（一）公共预算 9.00")),
        ],
        ("revenue", "", 1, "amount"),
        "9.10",
        "9.10",
        "9.00",
        [("revenue", "", 1, "amount"), ("revenue", "", 2, "amount")],
    ),
    "balance_appropriation": (
        [
            ("balance", "revenue", REVENUE_SIDE),
            ("appropriation_balance", "revenue", amounts("一、一般公共预算财政拨款 9.00")),
        ],
        ("balance", "revenue", 1, "amount"),
        "8.00",
        "8.00",
        "9.00",
        [("balance", "revenue", 1, "amount")],
    ),
    "balance_usage": (
        [("balance", "usage", USAGE), ("expenditure_total", "", [("合计", {"basic": "5.00", "project": "6.00"})])],
        ("balance", "usage", 2, "amount"),
        "7.00",
        "7.00",
        "6.00",
        [("expenditure_total", "", 1, m) for m in ("basic", "project")],
    ),
    "appropriation_class": (
        [*BOTH, ("general_expenditure", "", GENERAL)],
        ("appropriation_balance", "expenditure", 1, "general"),
        "7.10",
        "7.10",
        "7.00",
        [("general_expenditure", "", 2, "total")],
    ),
    "appropriation_total": (
        [*BOTH, ("general_expenditure", "", GENERAL), ("fund", "", FUND)],
        ("fund", "", 1, "total"),
        "5.00",
        "11.00",
        "12.00",
        [("general_expenditure", "", 1, "total"), ("fund", "", 1, "total")],
    ),
    "appropriation_split": (
        [
            ("appropriation_expenditure", "", [("合计", {"total": "11.00"})]),
            ("general_expenditure", "", GENERAL),
            ("fund", "", FUND),
        ],
        ("appropriation_expenditure", "", 1, "total"),
        "11.10",
        "11.10",
        "11.00",
        [("appropriation_expenditure", "", 1, "total")],
    ),
    "expenditure_appropriated": (
        [*ALL_APPROPRIATED, ("expenditure", "", [("合计", {"total": "11.00"})])],
        ("expenditure", "", 1, "total"),
        "11.10",
        "11.10",
        "11.00",
        [("balance", "expenditure", 3, "amount")],
    ),
    "general_basic": (
        [
            ("general_expenditure", "", GENERAL),
            ("basic_economic", "", amounts("人员经费合计 4.00", "公用经费合计 1.00")),
        ],
        ("basic_economic", "", 1, "amount"),
        "4.10",
        "5.00",
        "5.10",
        [("general_expenditure", "", 1, "basic")],
    ),
    "appropriation_basic": (
        [("appropriation_balance", "usage", USAGE), ("appropriation_basic_economic", "", amounts("合计 5.00"))],
        ("appropriation_basic_economic", "", 1, "amount"),
        "6.00",
        "5.00",
        "6.00",
        [("appropriation_balance", "usage", 1, "amount")],
    ),
    "economic_forms": (
        [
            ("appropriation_basic_economic", "", [("301 工资福利支出", {"amount": "5.00"})]),
            ("basic_economic", "", [("301 工资福利支出", {"amount": "5.00"})]),
        ],
        ("basic_economic", "", 1, "amount"),
        "6.00",
        "5.00",
        "6.00",
        [("basic_economic", "", 1, "amount")],
    ),
    "fund_balance": (
        [*BOTH, ("fund", "", FUND)],
        ("fund", "", 1, "revenue"),
        "5.00",
        "5.00",
        "4.00",
        [("fund", "", 1, "revenue")],
    ),
}
