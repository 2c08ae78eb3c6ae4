"""What the headings of a grid say of its columns."""

from __future__ import annotations

from dataclasses import replace

from pipelines.core.document import Place
from pipelines.layout.table import Table
from pipelines.layout.table_reading import read_table
from pipelines.statements.forms import form_of_title
from tests.printed_tables import grid


def test_a_heading_over_several_amounts_of_a_scan_names_none_of_them() -> None:
    form = form_of_title("支出总表")
    assert form is not None
    page = grid("科目编码|科目名称|合计|<|项目支出\n213|农林水支出|5.00|3.00|2.00\n221|住房保障支出|4.00|4.00|")
    page = replace(page, cells=[replace(c, place=replace(c.place, confidence=0.99)) for c in page.cells])
    found = read_table(Table(form, "支出总表", Place(1), [page], unit="万元"), form, "budget", 2026, "某市林业局")
    assert [(row.code, measure) for row in found.rows for measure in row.readings] == [("213", "project")]
    assert sorted(found.unread) == ["合计 3.00", "合计 4.00", "合计 4.00", "合计 5.00"]


def test_a_general_budget_table_may_print_the_flows_of_its_money() -> None:
    title = "一般公共预算财政拨款收入支出决算表"
    form = form_of_title(title)
    assert form is not None
    page = grid(
        """
        科目编码|科目名称|年初结转和结余|本年收入|本年支出|基本支出|项目支出|年末结转和结余
        栏次||1|2|3=4+5|4|5|6=1+2-3
        合计||1.10|7.20|6.30|4.20|2.10|2.00
        201|一般公共服务支出|1.10|7.20|6.30|4.20|2.10|2.00
        """
    )
    found = read_table(Table(form, title, Place(1), [page], unit="万元"), form, "final", 2023, "某市林业局")
    printed = {"opening": "1.10", "revenue": "7.20", "total": "6.30", "basic": "4.20", "project": "2.10"}
    assert found.form == "general_expenditure"
    assert [{m: r.text for m, r in row.readings.items()} for row in found.rows] == [printed | {"closing": "2.00"}] * 2
    assert found.unread == []


def test_a_column_of_units_and_subjects_names_both() -> None:
    title = "部门支出总表"
    form = form_of_title(title)
    assert form is not None
    page = grid(
        """
        类|款|项|单位代码|单位名称（科目）|合计|支出类别/基本支出|支出类别/项目支出
        ||||合计|9.00|7.00|2.00
        |||305001|某市林业局|9.00|7.00|2.00
        213|02|01|305001|行政运行|9.00|7.00|2.00
        """
    )
    found = read_table(Table(form, title, Place(1), [page], unit="万元"), form, "budget", 2026, "某市林业局")
    values = {"total": "9.00", "basic": "7.00", "project": "2.00"}
    assert [(row.code, row.name) for row in found.rows] == [("", "合计"), ("", "合计"), ("2130201", "行政运行")]
    assert [{m: r.text for m, r in row.readings.items()} for row in found.rows] == [values] * 3
    assert found.unread == []


def test_halves_of_two_stages_are_told_by_the_columns_whose_stage_is_known() -> None:
    title = "财政拨款“三公”经费支出决算表"
    form = form_of_title(title)
    assert form is not None

    def read(text: str) -> tuple[dict[str, str], list[str]]:
        found = read_table(Table(form, title, Place(1), [grid(text)], unit="万元"), form, "final", 2023, "某市林业局")
        return {m: r.text for row in found.rows for m, r in row.readings.items()}, found.unread

    head = "合计|预算数/公务接待费|因公出国（境）费|合计|决算数/公务接待费|因公出国（境）费"
    items = ("total", "reception", "abroad")
    names = [f"{stage}_{item}" for stage in ("budget", "final") for item in items]
    values = ["9.00", "4.00", "5.00", "7.00", "3.00", "4.00"]
    assert read(f"{head}\n{'|'.join(values)}") == (dict(zip(names, values, strict=True)), [])
    lopsided, unread = read("合计|预算数/公务接待费|决算数/公务接待费\n9.00|4.00|3.00")
    assert lopsided == {"budget_reception": "4.00", "final_reception": "3.00"}
    assert unread == ["合计 9.00"]
