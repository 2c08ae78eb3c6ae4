"""Grids find their titles, join over page breaks and state their unit."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.core.document import Cell, Document, Grid, Line, Place
from pipelines.formats.text.reader import read_text
from pipelines.layout.balances import balance_rows
from pipelines.layout.rows import data_rows, header_height, headings_of, is_data_row
from pipelines.layout.tables import tables_of
from pipelines.layout.unit_words import unit_of


def grid(*rows: tuple[str, ...], page: int = 1) -> Grid:
    place = Place(page=page)
    cells = [Cell(text, r, c, 1, 1, place) for r, row in enumerate(rows) for c, text in enumerate(row)]
    return Grid(len(rows), len(rows[0]), cells, place, [100.0 * n for n in range(len(rows[0]) + 1)], "ruled")


def line(text: str, page: int = 1) -> Line:
    return Line(text, Place(page=page))


HEAD = ("科目编码", "科目名称", "合计", "基本支出", "项目支出")
ROW = ("201", "一般公共服务支出", "3.00", "1.00", "2.00")


def test_a_sign_in_a_counting_row_is_no_heading() -> None:
    """What a scan makes of ``**`` stands below headings; a word without a heading above it is one."""
    head = ("单位名称", "总计", "小计", "结转")
    assert [h.text for h in headings_of(grid(head, ("冰*", "1", "2", "3")), 2)] == list(head)
    assert [h.text for h in headings_of(grid(("项目", "1", "2", "3")), 1)] == ["项目"]


def test_a_grid_belongs_to_the_title_above_it() -> None:
    document = Document("pdf", [line("支出决算表"), line("单位：万元"), grid(HEAD, ROW)])
    (table,) = tables_of(document)
    assert table.form is not None
    assert (table.form.name, table.unit, table.unit_from) == ("expenditure", "万元", "table")


def test_a_table_of_captions_above_a_table_is_no_table() -> None:
    captions = grid(("部门名称：某局", "单位：万元"))
    rows = (
        ("预算单位", "科目编码", "科目名称", "支出总计", "基本支出", "项目支出"),
        ("", "201", "一般公共服务支出", "3.00", "1.00", "2.00"),
    )
    (table,) = tables_of(Document("word", [line("支出总表"), captions, grid(*rows)]))
    assert (table.title, table.form and table.form.name, table.unit) == ("支出总表", "expenditure", "万元")
    assert [g.rows for g in table.grids] == [2]


def test_a_title_over_two_lines_is_one() -> None:
    document = Document("pdf", [line("一般公共预算财政拨款"), line("支出决算表"), line("单位：元"), grid(HEAD, ROW)])
    (table,) = tables_of(document)
    assert table.form is not None
    assert table.form.name == "general_expenditure"


@pytest.mark.parametrize("second", [grid(ROW, page=2), grid(HEAD, ROW, page=2)])
def test_a_table_goes_on_over_a_page_break(second: Grid) -> None:
    document = Document("pdf", [line("支出决算表"), line("单位：万元"), grid(HEAD, ROW), line("- 5 -", 2), second])
    (table,) = tables_of(document)
    assert [g.place.page for g in table.grids] == [1, 2]


def test_a_table_nobody_declared_stays_apart() -> None:
    other = grid(("资产类别", "数量", "账面原值"), ("房屋", "3", "1.00"))
    document = Document(
        "pdf", [line("支出决算表"), line("单位：万元"), grid(HEAD, ROW), line("国有资产占用情况表"), other]
    )
    assert [t.form.name if t.form else None for t in tables_of(document)] == ["expenditure", None]


def test_a_table_without_unit_takes_the_documents() -> None:
    document = Document(
        "pdf",
        [line("收入决算表"), line("单位：元"), grid(HEAD, ROW), line("支出决算表"), grid(HEAD, ROW)],
    )
    assert [(t.unit, t.unit_from) for t in tables_of(document)] == [("元", "table"), ("元", "document")]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("单位：万元", "万元"),
        ("金额单位：人民币千元", "千元"),
        ("单位:元", "元"),
        ("单位名称：某局 单位：亿元", "亿元"),
        ("预算数（万元）", "万元"),
        ("编制单位：示例市财政局", None),
    ],
)
def test_captions_name_the_unit(text: str, unit: str | None) -> None:
    assert unit_of(text) == unit


def test_formulas_in_a_row_that_counts_the_columns_are_no_amounts() -> None:
    counted = grid(HEAD, ("栏次", "", "1=2+3", "2", "3"), ROW)
    assert [cells[0].text for _, cells in data_rows(counted, header_height(counted))] == ["201"]


def test_amounts_of_another_year_and_stage_beside_a_balance_are_told() -> None:
    document = Document(
        "pdf",
        [
            line("收入支出决算总表"),
            line("单位：万元"),
            grid(
                ("收入", "", "", "支出", "", ""),
                ("项目", "全年预算数", "决算数", "项目", "2022年决算数", "决算数"),
                ("一、财政拨款收入", "9.50", "9.00", "一、一般公共服务支出", "6.50", "6.00"),
                ("收入总计", "9.50", "9.00", "支出总计", "6.50", "6.00"),
            ),
        ],
    )
    (table,) = tables_of(document)
    rows, unread = balance_rows(table, "final", 2023)
    assert [r.number.value for row in rows for r in row.readings.values()] == [9, 6, 9, 6]
    assert unread == ["全年预算数 9.50", "2022年决算数 6.50"] * 2


def test_an_amount_without_a_name_is_told_and_a_column_number_is_not() -> None:
    document = Document(
        "pdf",
        [
            line("收入支出决算总表"),
            line("单位：万元"),
            grid(
                ("收入", "", "支出", ""),
                ("项目", "决算数", "项目", "决算数"),
                ("", "1", "", "2"),
                ("一、财政拨款收入", "9.00", "一、一般公共服务支出", "6.00"),
                ("", "", "", "3.00"),
                ("收入总计", "9.00", "支出总计", "9.00"),
            ),
        ],
    )
    (table,) = tables_of(document)
    rows, unread = balance_rows(table, "final", 2023)
    assert len(rows) == 4
    assert unread == ["3.00"]


def test_headings_of_a_balance_that_have_lost_their_reach(tmp_path: Path) -> None:
    """A converter has put 支出 over the amounts of its half, and blanks over the names."""
    file = tmp_path / "a.md"
    file.write_text(
        "财政拨款收支总体情况表\n\n单位：万元\n\n|收入|||支出||\n|---|---|---|---|---|\n"
        "|项目|预算数|项目|总计|一般公共预算|\n"
        "|一、本年收入|9.00|一、本年支出|9.00|7.00|\n"
        "|（一）一般公共预算资金|7.00|（一）教育支出|4.00|4.00|\n"
        "|（二）政府性基金预算资金|2.00|（二）城乡社区支出|5.00|3.00|\n"
    )
    (table,) = tables_of(read_text(file))
    rows, _ = balance_rows(table, "budget", 2024)
    sides = {row.name: row.side for row in rows}
    assert sides["一、本年收入"] == "revenue"
    assert sides["一、本年支出"] == sides["（二）城乡社区支出"] == "expenditure"


def test_a_cell_over_a_table_may_hold_title_body_and_unit() -> None:
    head = ("公开02表\n收入总表\n部门：某市审计局 单位：万元", "", "", "", "")
    document = Document("pdf", [grid(head, HEAD, ROW)])
    (table,) = tables_of(document)
    assert (table.form and table.form.name, table.title, table.unit) == ("revenue", "收入总表", "万元")


def test_the_rest_of_a_torn_name_below_repeated_headings_is_no_heading() -> None:
    head = [("收入", "", "支出", ""), ("项目", "决算数", "项目", "决算数"), ("栏次", "1", "栏次", "2")]
    first = grid(*head, ("一、财政拨款", "5.00", "一、自然资源海洋气象等", "5.00"), page=1)
    second = grid(*head, ("", "", "支出", ""), ("合计", "5.00", "合计", "5.00"), page=2)
    (table,) = tables_of(Document("pdf", [line("收入支出决算总表"), line("单位：元"), first, second]))
    rows, unread = balance_rows(table, "final", 2023)
    assert [r.name for r in rows] == ["一、财政拨款", "一、自然资源海洋气象等支出", "合计", "合计"]
    assert not unread


@pytest.mark.parametrize(
    ("row", "is_data"),
    [
        (["某市林业局", "2025年", "74", "30", "10", "34"], True),
        (["某市林业局", "0", "0", "0"], True),
        (["科目编码", "科目名称", "合计", "301", "302", "303", "310"], False),
        (["项目", "2023", "2024", "2025"], False),
        (["单位", "名称", "2", "3", "4", "5"], False),
    ],
)
def test_whole_numbers_beside_words_may_be_amounts(row: list[str], is_data: bool) -> None:
    assert is_data_row([Cell(text, 0, n, 1, 1, Place()) for n, text in enumerate(row)]) is is_data
