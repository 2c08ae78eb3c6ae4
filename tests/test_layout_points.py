"""Tables read by coordinates: one tiny grid per kind of table met in the reports of cities, with other figures."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.core.document import Place
from pipelines.core.numbers import Number
from pipelines.layout.rows import Reading, Row
from pipelines.layout.table import Table
from pipelines.layout.table_reading import has_blocks, read_table
from pipelines.layout.units import settle_named_units
from pipelines.statements.catalogue import catalogue
from pipelines.statements.forms import form_of_title
from pipelines.statements.lexicon import coordinates_of, levels_of, role_of
from tests.printed_tables import grid
from tests.tables_by_points import BODY, printed, read


def test_whole_numbers_beside_a_unit_and_a_year_are_a_row() -> None:
    found = read(
        "财政拨款三公经费支出表",
        "预算单位|年度|合计|因公出国（境）费|公务接待费|公务用车运行维护费\n"
        "某市林业局|2025年|74|30|10|34\n某市林业局|2026年|87|12|15|60",
    )
    totals = [
        (row.period, row.readings["prior_budget_total" if n == 0 else "budget_total"].text)
        for n, row in enumerate(found.rows)
    ]
    assert totals == [("prior", "74"), ("current", "87")]


def test_a_title_that_differs_in_a_word_is_settled_by_the_rows() -> None:
    head = "科目编码|科目名称|合计|基本支出|项目支出\n"
    functional = read("一般公共预算支出表（按功能分类）", head + "213|农林水支出|5.00|3.00|2.00")
    economic = read("一般公共预算支出表（按经济分类）", head + "301|工资福利支出|5.00|3.00|2.00")
    assert (functional.form, economic.form) == ("general_expenditure", "general_economic")
    basic = read("一般公共预算基本支出明细表（按支出功能分类科目）", "科目编码|科目名称|合计\n213|农林水支出|5.00")
    assert basic.form == "general_basic"


def test_rows_of_units_and_the_body_among_them() -> None:
    found = read(
        "收入总表",
        """
        单位名称|合计|本年收入|<|上年结转结余
        ^|^|小计|一般公共预算|^
        合计|9.00|8.00|8.00|1.00
        某市林业局|4.00|4.00|4.00|
        某市种苗站|5.00|4.00|4.00|1.00
        """,
    )
    assert found.form == "revenue"
    assert printed(found.rows)[:4] == [
        *(("合计", "total", "9.00"), ("合计", "current_year", "8.00"), ("合计", "general", "8.00")),
        ("合计", "carried_over", "1.00"),
    ]
    assert [row.sub_unit for row in found.rows] == ["", "某市林业局", "某市种苗站"]


def test_a_body_that_repeats_the_total_is_no_unit() -> None:
    found = read("收入总表", "单位代码|单位名称|合计\n合计|<|9.00\n105001|某市林业局|9.00")
    assert [(row.name, row.sub_unit) for row in found.rows] == [("合计", ""), ("合计", "")]


def test_units_stand_among_the_subjects() -> None:
    found = read(
        "一般公共预算支出表",
        """
        功能科目编码|功能科目名称|合计
        |合计|9.00
        125001|某市林业局|4.00
        213|农林水支出|4.00
        02|林业和草原|4.00
        2130201|行政运行|4.00
        125002|某市种苗站|5.00
        213|农林水支出|5.00
        """,
    )
    assert [(row.code or row.name, row.sub_unit) for row in found.rows] == [
        *(
            ("合计", ""),
            ("合计", "某市林业局"),
            ("213", "某市林业局"),
            ("21302", "某市林业局"),
            ("2130201", "某市林业局"),
        ),
        *(("合计", "某市种苗站"), ("213", "某市种苗站")),
    ]


def test_function_by_economic_class_in_one_row() -> None:
    found = read(
        "支出总表",
        "支出功能分类科目|政府支出经济分类科目|部门支出经济分类科目|合计|基本支出\n"
        "2130201-行政运行|50101-工资奖金津补贴|30101-基本工资|3.138000|3.138000",
    )
    assert printed(found.rows)[0] == ("2130201", "total", "3.138000", "30101", "50101")


def test_last_year_beside_this_year() -> None:
    found = read(
        "2026年一般公共预算支出情况表",
        "科目编码|科目名称|2025年预算数|2026年预算数|<\n^|^|^|总计|基本支出\n213|农林水支出|7.00|8.00|8.00",
    )
    assert set(printed(found.rows)) == {
        *(("213", "prior_total", "7.00"), ("213", "total", "8.00"), ("213", "basic", "8.00"))
    }
    assert {row.period for row in found.rows} == {"current", "prior"}


def test_three_public_as_rows_with_money_as_columns() -> None:
    found = read(
        "财政拨款安排的行政经费及“三公”经费预算表",
        "项目|合计|一般公共预算\n行政经费|9.00|9.00\n“三公”经费|2.00|2.00\n其中：（一）因公出国（境）支出|2.00|2.00",
    )
    assert [(row.form, row.name, row.fund, *row.readings) for row in found.rows] == [
        *(("operating_cost", "行政经费", "", "amount"), ("operating_cost", "行政经费", "general", "amount")),
        *((None, "合计", "", "budget_three_public"), (None, "合计", "general", "budget_three_public")),
        *((None, "合计", "", "budget_abroad"), (None, "合计", "general", "budget_abroad")),
    ]


def test_three_public_by_unit_and_year() -> None:
    found = read(
        "财政拨款“三公”经费支出表",
        """
        预算单位|年度|总计|<|公务接待费|<
        ^|^|一般公共预算|政府性基金预算|一般公共预算|政府性基金预算
        某市林业局|2025年|4.00|0.00|4.00|0.00
        |2026年|3.00|0.00|3.00|0.00
        |增减变化金额|-1.00|0.00|-1.00|0.00
        """,
    )
    assert [m for row in found.rows for m in row.readings if row.fund == "general"] == [
        *("prior_budget_total", "prior_budget_reception", "budget_total", "budget_reception"),
        *("change_total", "change_reception"),
    ]


def test_procurement_by_money_and_path() -> None:
    found = read(
        "政府采购支出表",
        """
        采购品目大类|专项名称|经济科目|采购品目名称|采购组织形式|资金来源|<|总计
        ^|^|^|^|^|一般公共预算资金|政府性基金|^
        合计|||||2.00|5.00|7.00
        货物|||||2.00|5.00|7.00
        某市林业局|||||2.00|5.00|7.00
        |办公设备购置|办公费|复印机|分散采购|2.00|5.00|7.00
        """,
    )
    names = [row.name for row in found.rows if not row.fund]
    assert names == ["合计", "货物", "货物", "货物/办公设备购置/办公费/复印机"]
    assert {row.fund for row in found.rows} == {"", "general", "fund"}


def test_a_name_that_runs_into_its_number_gives_it_back() -> None:
    found = read("支出总表", "科目编码|科目名称|合计\n2080505|机关事业单位基本养老保险缴费|支 29.16")
    row = found.rows[0]
    assert (row.name, str(row.readings["total"].number.value)) == ("机关事业单位基本养老保险缴费支", "29.16")


def test_a_heading_nobody_declared_is_unread() -> None:
    found = read("支出总表", "科目编码|科目名称|合计|某种新支出\n213|农林水支出|5.00|3.21")
    assert printed(found.rows) == [("213", "total", "5.00")]
    assert found.unread == ["某种新支出 3.21"]


def test_an_unclear_column_is_placed_where_one_measure_closes_the_sums() -> None:
    head = "科目编码|科目名称|某数|基本支出|项目支出\n"
    found = read("支出总表", head + "213|农林水支出|5.00|3.00|2.00\n221|住房保障支出|4.00|4.00|")
    assert [reading.text for row in found.rows if (reading := row.readings.get("total"))] == ["5.00", "4.00"]
    apart = read("支出总表", head + "213|农林水支出|5.00|3.00|2.00\n221|住房保障支出|4.10|4.00|")
    assert apart.unread == ["某数 5.00", "某数 4.10"]


def test_an_unclear_column_that_two_measures_would_close_is_unread() -> None:
    found = read("支出总表", "科目编码|科目名称|合计|基本支出|某数\n213|农林水支出|5.00|3.00|2.00")
    assert found.unread == ["某数 2.00"]


def test_zeros_place_no_column() -> None:
    found = read("支出总表", "科目编码|科目名称|某数|基本支出|项目支出\n213|农林水支出|0.00|0.00|0.00")
    assert found.unread == ["某数 0.00"]


def test_another_classification_than_the_form_s_is_no_form() -> None:
    assert read("政府性基金预算支出表", "科目编码|科目名称|合计\n301|工资福利支出|5.00").form is None
    assert read("支出总表（按经济分类）", "科目编码|科目名称|合计\n301|工资福利支出|5.00").form is None


def test_two_columns_of_one_point_are_one_where_they_agree() -> None:
    same = read("收入总表", "单位名称|总计|合计|其他收入\n合计|5.00|5.00|5.00")
    assert [reading.text for row in same.rows for reading in row.readings.values()].count("5.00") == 3
    apart = read("收入总表", "单位名称|总计|合计|其他收入\n合计|5.00|4.00|5.00")
    assert apart.unread == ["合计 4.00"]


def test_projects_by_money() -> None:
    found = read(
        "项目支出预算表",
        "单位名称|项目名称|总计|财政拨款收入|<\n^|^|^|一般公共预算|政府性基金\n"
        "|合计|9.00|4.00|5.00\n某市林业局|造林补助|9.00|4.00|5.00",
    )
    assert found.form == "project_expenditure"
    assert [(row.project, row.fund) for row in found.rows[3:]] == [
        ("造林补助", ""),
        ("造林补助", "general"),
        ("造林补助", "fund"),
    ]


def test_a_table_of_other_names_is_no_form() -> None:
    assert read("支出预算表", "名称|金额\n甲村|1.00\n乙村|2.00").form is None


def test_blocks_side_by_side_are_seen() -> None:
    text = "科目编码|科目名称|决算数|科目编码|科目名称|决算数\n301|工资福利支出|1.00|302|商品和服务支出|2.00"
    assert has_blocks(Table(catalogue().form("basic_economic"), "", Place(1), [grid(text)]))


@pytest.mark.parametrize(
    ("pieces", "levels"),
    [
        (["其中:专项资", "金列入部门预", "算项目"], ["其中:专项资金列入部门预算项目"]),
        (["财政拨款收入", "一般公共预", "算"], ["财政拨款收入", "一般公共预算"]),
        (["2026年预算数", "基本支出", "小计"], ["2026年预算数", "基本支出", "小计"]),
        (["某种", "新支出"], None),
    ],
)
def test_wrapped_headings_become_levels(pieces: list[str], levels: list[str] | None) -> None:
    assert levels_of(pieces) == levels


@pytest.mark.parametrize(
    ("heading", "coordinates"),
    [
        ("上年结转结余", {"time": "carried_over"}),
        ("事业单位经营收入", {"source": "operating"}),
        ("公务用车购置及运行维护费", {"item": "vehicle"}),
        ("公务用车购置费", {"item": "vehicle_purchase"}),
        ("对附属单位补助支出", {"nature": "subsidy_to_affiliates"}),
        ("使用非财政拨款结余", {"source": "institutional_fund_used"}),
        ("增减变化金额", {"period": "change"}),
    ],
)
def test_words_state_coordinates(heading: str, coordinates: dict[str, str]) -> None:
    assert coordinates_of(heading) == coordinates


def test_words_of_leading_columns() -> None:
    assert [role_of(word) for word in ("科目编码", "功能科目名称", "预算单位", "项目名称", "年度", "数量")] == [
        *("code", "name", "unit", "project", "period", "count")
    ]


@pytest.mark.parametrize(
    ("title", "table"),
    [
        ("支出预算总表", "科目编码|科目名称|合计\n213|农林水支出|\n||7.00\n205|教育支出|1.00"),
        ("支出预算总表", "科目编码|科目名称|合计\n213|农林水支出|5.00\n||7.00"),
        ("“三公”经费支出预算表", "项目|预算数\n合计|3.00\n公务接待费|3.00\n|7.00"),
        ("政府采购预算表", "项目名称|采购品目|金额\n合计||1.00\n甲项目|计算机|1.00\n||7.00"),
        ("项目支出表", "单位名称|项目名称|合计\n合计||5.00\n甲站|甲项目|5.00\n||7.00"),
    ],
)
def test_a_row_without_a_name_gives_its_number_to_nobody(title: str, table: str) -> None:
    found = read(title, table)
    assert "7.00" in "".join(found.unread)
    assert "7.00" not in {reading.text for row in found.rows for reading in row.readings.values()}


def test_a_name_over_two_rows_takes_the_number_below() -> None:
    found = read("支出预算总表", "科目编码|科目名称|合计\n213|农林水支出|\n^|^|7.00\n205|教育支出|1.00")
    assert printed(found.rows)[:1] == [("213", "total", "7.00")]


def test_a_heading_off_its_column_counts_for_it_though_a_filler_stands_below() -> None:
    table = "|科目编码|科目名称|合计\n|**|**|1\n213||农林水支出|5.00\n21302||林业和草原|5.00"
    assert [row.code for row in read("支出总表", table).rows] == ["213", "21302"]


@pytest.mark.parametrize(("method", "abroad"), [("aligned", "6.00"), ("ruled", None)])
def test_a_row_of_numbers_alone_may_lie_on_two_lines_without_rulings(method: str, abroad: str | None) -> None:
    title = "“三公”经费支出预算表"
    form = form_of_title(title)
    assert form is not None
    printed_grid = grid("“三公”经费合计|因公出国（境）费|公务接待费\n9.00||3.00\n|6.00|")
    printed_grid.method = method
    found = read_table(Table(form, title, Place(1), [printed_grid], unit="万元"), form, "budget", 2026, BODY)
    read_numbers = {m: r.text for row in found.rows for m, r in row.readings.items()}
    assert read_numbers.get("budget_abroad") == abroad
    assert ("6.00" in "".join(found.unread)) == (abroad is None)


def test_a_label_in_the_middle_of_its_group_is_that_of_its_first_row() -> None:
    form = form_of_title("收入预算总表")
    assert form is not None
    unruled = grid(
        """
        项目名称|<|金额
        收入总计|<|9.00
        |小计|6.00
        一般公共预算资金|公共财政拨款|4.00
        |专项收入|2.00
        |小计|3.00
        |事业收入|1.00
        其他资金||
        |经营收入|2.00
        """
    )
    unruled.method = "aligned"
    table = Table(form, "收入预算总表", Place(1), [unruled], unit="万元")
    found = read_table(table, form, "budget", 2026, BODY)
    assert [row.name for row in found.rows if row.readings] == [
        "合计",
        *("一般公共预算资金/小计", "一般公共预算资金/公共财政拨款", "一般公共预算资金/专项收入"),
        *("其他资金/小计", "其他资金/事业收入", "其他资金/经营收入"),
    ]


def test_items_of_the_three_public_expenses_may_be_headed_like_projects() -> None:
    for head in ("项目名称", "收支项目", "费用项目", "“三公”经费项目"):
        found = read("三公经费支出表", f"{head}|预算数|决算数\n合计|52.54|26.27\n公务接待费|25.54|12.77", stage="final")
        assert printed(found.rows) == [
            ("合计", "budget_total", "52.54"),
            ("合计", "final_total", "26.27"),
            ("合计", "budget_reception", "25.54"),
            ("合计", "final_reception", "12.77"),
        ]


def test_rows_of_a_dump_named_like_bodies_are_units() -> None:
    def rows(*named: tuple[str, str]) -> list[Row]:
        made = [
            Row(name=name, readings={"total": Reading(Number(Decimal(value)), value, Place())}) for name, value in named
        ]
        settle_named_units(made, BODY)
        return made

    own = rows(("合计", "5"), (BODY, "5"))
    assert [(row.name, row.sub_unit) for row in own] == [("合计", ""), ("合计", "")]
    several = rows(("合计", "5"), (BODY, "3"), ("某市林业科学研究院", "2"))
    assert [(row.name, row.sub_unit) for row in several] == [
        ("合计", ""),
        ("合计", BODY),
        ("合计", "某市林业科学研究院"),
    ]
