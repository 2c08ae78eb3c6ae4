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
