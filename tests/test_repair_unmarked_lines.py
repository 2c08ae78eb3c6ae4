"""Tables of text dumps without column marks: which numbers are line numbers, codes or amounts, and of which column."""

from __future__ import annotations

from pipelines.core.document import Line, Place
from pipelines.layout.rows import Row
from pipelines.layout.table import Table
from pipelines.repair.unmarked_balances import balance_rows_of_lines
from pipelines.repair.unmarked_lines import Evidence, subject_rows_of_lines
from pipelines.statements.forms import form_of_title


def table_of(title: str, text: str) -> Table:
    lines = [Line(line.strip(), Place(line=n)) for n, line in enumerate(text.strip().splitlines(), 1)]
    return Table(form_of_title(title), title, Place(line=0), [], lines=lines, unit="万元")


def subjects(title: str, text: str) -> tuple[list[tuple[object, ...]], list[str]]:
    table = table_of(title, text)
    assert table.form is not None
    rows, unread = subject_rows_of_lines(table, table.form, Evidence())
    return printed(rows), unread


def printed(rows: list[Row]) -> list[tuple[object, ...]]:
    return [(r.code or r.name, *((m, v.text) for m, v in r.readings.items())) for r in rows]


def test_line_numbers_of_a_balance_are_no_amounts() -> None:
    rows, unread = balance_rows_of_lines(
        table_of(
            "收入支出决算总表",
            """
            项目 行次 决算数 项目 行次 决算数
            一、一般公共预算财政拨款收入 1 7.50 一、一般公共服务支出 4 6.10
            二、政府性基金预算财政拨款收入 2 二、教育支出 5 1.40
            年初结转和结余 3 12 年末结转和结余 6 12
            """,
        )
    )
    assert [(r.side, *p) for r, p in zip(rows, printed(rows), strict=True)] == [
        ("revenue", "一、一般公共预算财政拨款收入", ("amount", "7.50")),
        ("expenditure", "一、一般公共服务支出", ("amount", "6.10")),
        ("expenditure", "二、教育支出", ("amount", "1.40")),
        ("revenue", "年初结转和结余", ("amount", "12")),
        ("expenditure", "年末结转和结余", ("amount", "12")),
    ]
    assert unread == []


def test_kinds_of_money_beside_a_line_are_placed_where_they_add_up_in_one_way_only() -> None:
    rows, unread = balance_rows_of_lines(
        table_of(
            "财政拨款收支总表",
            """
            项目 金额 项目 合计 一般公共预算 政府性基金预算
            一、一般公共预算 7.50 一、一般公共服务支出 7.50 6.10 1.40
            上年结转 1.00 二、教育支出 1.00 1.00
            收入总计 8.50 结转下年 0.00 0.00 0.00
            """,
        )
    )
    found = {p[0]: p[1:] for p in printed([r for r in rows if r.side == "expenditure"])}
    assert found["一、一般公共服务支出"] == (("total", "7.50"), ("general", "6.10"), ("fund", "1.40"))
    assert found["二、教育支出"] == (("total", "1.00"),)
    assert "结转下年" in found
    assert unread == ["1.00"]


def test_sources_of_revenue_stand_in_the_order_of_their_headings() -> None:
    head = "科目编码 科目名称 本年收入合计 财政拨款收入 上级补助收入 其他收入\n栏次 1=2+3+4 2 3 4\n"
    rows, unread = subjects("收入决算表", f"{head}合计 9.00 7.00 0.00 2.00\n205 教育支出 9.00 7.00 0.00 2.00")
    values = (("total", "9.00"), ("appropriation", "7.00"), ("superior_subsidy", "0.00"), ("other", "2.00"))
    assert (rows, unread) == ([("合计", *values), ("205", *values)], [])
    rows, unread = subjects("收入决算表", f"{head}合计 9.00 7.00 2.00\n205 教育支出 9.00 7.00 2.00")
    assert rows == [("合计", ("total", "9.00")), ("205", ("total", "9.00"))]  # superior or other?
    assert unread == ["合计 9.00 7.00 2.00", "205 教育支出 9.00 7.00 2.00"]


def test_blocks_side_by_side_give_a_row_each() -> None:
    rows, unread = subjects(
        "一般公共预算财政拨款基本支出决算表",
        """
        人员经费 公用经费
        科目编码 科目名称 决算数 科目编码 科目名称 决算数
        301 工资福利支出 5.50 302 商品和服务支出 2.50
        30101 基本工资 5.50 30201 办公费 2.50
        人员经费合计 5.50 公用经费合计 2.50
        """,
    )
    assert rows == [
        ("301", ("amount", "5.50")),
        ("302", ("amount", "2.50")),
        ("30101", ("amount", "5.50")),
        ("30201", ("amount", "2.50")),
        ("人员经费合计", ("amount", "5.50")),
        ("公用经费合计", ("amount", "2.50")),
    ]
    assert unread == []


def test_split_codes_are_no_amounts() -> None:
    head = "类 款 项 科目名称 合计 基本支出 项目支出\n合计 3.00 1.00 2.00\n"
    rows, _ = subjects("支出决算表", f"{head}205 教育支出 3.00 1.00 2.00\n205 08 03 培训支出 3.00 1.00 2.00")
    values = (("total", "3.00"), ("basic", "1.00"), ("project", "2.00"))
    assert rows == [("合计", *values), ("205", *values), ("2050803", *values)]


def test_flows_of_a_fund_and_last_years_budget_are_not_guessed() -> None:
    head = "科目编码 科目名称 年初结转和结余 本年收入 小计 基本支出 项目支出 年末结转和结余\n"
    rows, unread = subjects(
        "政府性基金预算财政拨款收入支出决算表",
        f"{head}合计 0.00 9.00 8.00 0.00 8.00 1.00\n212 城乡社区支出 9.00 8.00 8.00 1.00",
    )
    measures = ("opening", "revenue", "total", "basic", "project", "closing")
    assert rows == [("合计", *zip(measures, ("0.00", "9.00", "8.00", "0.00", "8.00", "1.00"), strict=True))]
    assert unread == ["212 城乡社区支出 9.00 8.00 8.00 1.00"]
    head = "科目编码 科目名称 2023年预算数 2024年预算数\n"
    assert subjects("一般公共预算支出表", f"{head}205 教育支出 3.00 4.00") == ([], ["205 教育支出 3.00 4.00"])
