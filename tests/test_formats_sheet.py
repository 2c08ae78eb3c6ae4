"""Workbooks: what is shown is read, what nobody sees is told, and every number says where it stands."""

from __future__ import annotations

import re
import shutil
import subprocess
from decimal import Decimal
from html import unescape
from pathlib import Path

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from office_files import ABOVE, REPORT, SHEET, cell, report_rows, rows, sheet, xlsx

from pipelines.core.document import Document, Grid, Line, UnreadableError
from pipelines.core.tasks import Spot
from pipelines.extraction.report import read_document, read_report
from pipelines.formats import registry
from pipelines.formats.sheet.number_format import builtin, shown, shown_text

ACCOUNTING = '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)'
SHOWN = [
    ("100.005", "0.00", "100.01"),  # halves go up, of the decimal number that is stored
    ("1.0049999999999999", "0.00", "1.01"),  # what a binary fraction makes of 1.005
    ("-100.005", "0.00", "-100.01"),
    ("0.30000000000000004", "General", "0.3"),
    ("15.123456789012", "General", "15.123456789012"),
    ("32365.090089000001", "General", "32365.090089"),
    ("-0.00001230", "General", "-0.0000123"),
    ("2010101", "General", "2010101"),
    ("2010101", "0", "2010101"),
    ("1234567.891", "#,##0.00", "1,234,567.89"),
    ("12345678", "0.00,", "12345.68"),
    ("12345678", "0!.0,", "1234.6"),  # 万元, as people make it
    ("123456789", '0!.0000,"万元"', "12.3457万元"),
    ("0.1234", "0.00%", "12.34%"),
    ("-5.5", ACCOUNTING, "(5.50)"),
    ("0", ACCOUNTING, "-"),
    ("1234.5", builtin(43), "1,234.50"),
    ("0", builtin(43), "-"),
    ("0", "0.00;-0.00;;@", ""),
    ("3", ";;;", ""),
    ("-3", "#,##0.00;[Red]-#,##0.00", "-3.00"),
    ("-12345", "#,##0_);(#,##0)", "(12,345)"),
    ("0.5", "#.##", ".5"),
    ("1234", "0000,000", "0,001,234"),
    ("7", "000", "007"),
    ("8", "@", "8"),
    ("20000", '[>=10000]0.00,"千";0.00', "20.00千"),
    ("500", '[>=10000]0.00,"千";0.00', "500.00"),
    ("3", "[$¥-804]#,##0.00", "¥3.00"),
    ("2023", '0"年"', "2023年"),
    ("45000", 'yyyy"年"m"月"d"日"', "2023年3月15日"),
    ("45000.5", "yyyy/m/d h:mm", "2023/3/15 12:00"),
    ("1.5", "[h]:mm", "36:00"),
    ("1e400", "0.00", "1.0000E+400"),
    ("1e-200", "0.00", "0.00"),
]


@pytest.mark.parametrize(("stored", "code", "text"), SHOWN)
def test_numbers_are_shown_as_their_format_says(stored: str, code: str, text: str) -> None:
    assert shown(Decimal(stored), code) == text


def test_words_follow_the_part_for_words() -> None:
    assert shown_text("合计", "0.00;-0.00;;@") == "合计"
    assert shown_text("合计", ";;;") == ""
    assert shown_text("合计", '0.00;@"："') == "合计："


@given(st.integers(-(10**13), 10**13), st.integers(0, 4))
def test_grouped_numbers_say_the_rounded_number(units: int, places: int) -> None:
    code = "#,##0" + ("." + "0" * places if places else "")
    text = shown(Decimal(units).scaleb(-places), code)
    assert Decimal(text.replace(",", "")) == Decimal(units).scaleb(-places)


@given(st.text(alphabet='0#?.,%;@"\\!_*[]hmsyd年General$-¥E+/', max_size=20), st.decimals(-1e9, 1e9))
def test_no_format_breaks_the_reader(code: str, value: Decimal) -> None:
    assert isinstance(shown(value, code), str)
    assert isinstance(shown_text("字", code), str)


def read(data: bytes, folder: Path, name: str = "a.xlsx") -> Document:
    path = folder / name
    path.write_bytes(data)
    return read_document(path, path.suffix[1:])


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def texts(grid: Grid) -> list[list[str]]:
    return [[c.text for c in grid.row(row)] for row in range(grid.rows)]


def test_titles_and_captions_are_lines_and_the_table_a_grid(tmp_path: Path) -> None:
    document = read(xlsx(sheet(report_rows())), tmp_path)
    assert [line.text for line in document.lines()] == ABOVE
    (grid,) = grids(document)
    assert texts(grid) == REPORT
    assert (grid.at(2, 2).place.origin, grid.at(2, 2).place.line) == ("Sheet1!C6", 6)
    assert grid.edges == [0, 1, 2, 3, 4, 5]


def test_the_shown_number_is_read_and_the_stored_one_kept(tmp_path: Path) -> None:
    data = (
        [[line] for line in ABOVE]
        + [REPORT[0]]
        + [[*row[:2], *map(float, filter(None, row[2:]))] for row in REPORT[1:4]]
    )
    inner = rows(data).replace("<v>9.5</v>", "<v>9.4951</v>").replace('<c r="C5" s="0">', '<c r="C5" s="1">')
    (tmp_path / "a.xlsx").write_bytes(xlsx(sheet(inner), formats=["0.00"]))
    reading = read_report(tmp_path / "a.xlsx", "k", "s", "xlsx")
    first = reading.cells.row(0, named=True)
    assert (first["raw_text"], first["value"], first["method"]) == ("9.50", Decimal("9.50"), "sheet; stored 9.4951")


def test_merged_cells_are_one_and_what_they_cover_is_not_read(tmp_path: Path) -> None:
    data = rows([["项目", "", "决算数"], ["编码", "名称", ""], ["201", "一般", "1.50"]])
    inner = data.replace('<c r="C2" s="0"/>', '<c r="C2" s="0"><v>99</v></c>')
    merged = '<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="C1:C2"/></mergeCells>'
    (grid,) = grids(read(xlsx(sheet(inner, merged)), tmp_path))
    assert [(c.text, c.row_span, c.col_span) for c in grid.row(0)] == [("项目", 1, 2), ("决算数", 2, 1)]
    assert grid.at(1, 2) is grid.at(0, 2)


def test_hidden_rows_columns_and_sheets_are_told_and_not_read(tmp_path: Path) -> None:
    lines = rows(
        [["编码", "名称", "内部", "金额"], ["201", "甲", 7, 1.5], ["202", "乙", 8, 2.5], ["203", "丙", 9, 3.5]]
    )
    lines = lines.replace('<row r="3">', '<row r="3" hidden="1">')
    columns = '<cols><col min="3" max="3" width="0" customWidth="1"/></cols>'
    data = xlsx(sheet(lines, before=columns), sheet(rows([["x", 5.5]])), states={2: "veryHidden"})
    document = read(data, tmp_path)
    assert texts(grids(document)[0]) == [["编码", "名称", "金额"], ["201", "甲", "1.5"], ["203", "丙", "3.5"]]
    assert [(u.reason, u.text, u.place.sheet) for u in document.unread] == [
        ("hidden_row", "3", "Sheet1"), ("hidden_column", "C", "Sheet1"), ("hidden_sheet", "Sheet2", "Sheet2"),
    ]  # fmt: skip


def test_a_merged_cell_shows_in_what_is_left_of_it(tmp_path: Path) -> None:
    lines = rows([["支出", "", "", "x"], ["甲", "乙", "丙", "丁"], ["1.5", "2.5", "3.5", "4.5"]])
    columns = '<cols><col min="1" max="1" hidden="1"/></cols>'
    document = read(xlsx(sheet(lines, '<mergeCells><mergeCell ref="A1:C1"/></mergeCells>', columns)), tmp_path)
    assert [(c.text, c.col_span) for c in grids(document)[0].row(0)] == [("支出", 2), ("x", 1)]


def test_a_formula_without_a_result_is_told_in_its_place(tmp_path: Path) -> None:
    inner = report_rows().replace(cell("D6", "6.50"), '<c r="D6"><f>SUM(D7:D8)</f></c>')
    inner = inner.replace(cell("C8", "6.50"), '<c r="C8"><f>D8</f><v>6.5</v></c>')
    (tmp_path / "a.xlsx").write_bytes(xlsx(sheet(inner)))
    reading = read_report(tmp_path / "a.xlsx", "k", "s", "xlsx")
    told = "\n".join(filter(None, reading.tables["unread"].to_list()))
    assert "201 一般公共服务支出 basic #CALC!" in told
    assert "工作表“Sheet1”的公式没有计算结果（D6），请用 Excel 或 WPS 打开并保存一次" in told
    assert reading.cells.height == 12


def test_a_workbook_nobody_has_computed_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in [*([t] for t in ABOVE), REPORT[0], ["201", "甲", "=SUM(D5:E5)", "=1+1", "=2+2"]]:
        book.active.append(line)
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(UnreadableError, match="请用 Excel 或 WPS 打开并保存一次") as error:
        read_document(tmp_path / "a.xlsx", "xlsx")
    assert error.value.code == "formulas_uncached"


@pytest.mark.parametrize("gap", [0, 1, 2])
def test_several_forms_on_one_sheet(gap: int, tmp_path: Path) -> None:
    second = [["收入决算表"], ["单位：万元"], ["科目编码", "科目名称", "合计", "财政拨款"]]
    second += [["合计", "", "9.50", "9.50"], ["201", "一般公共服务支出", "9.50", "9.50"]]
    inner = report_rows() + rows(second, 10 + gap)
    (tmp_path / "a.xlsx").write_bytes(xlsx(sheet(inner)))
    reading = read_report(tmp_path / "a.xlsx", "k", "s", "xlsx")
    assert reading.tables["form"].to_list() == ["expenditure", "revenue"]
    assert reading.tables["cell_count"].to_list() == [13, 4]


def test_forms_side_by_side_are_two(tmp_path: Path) -> None:
    second = [["收入决算表"], ["单位：万元"], ["科目编码", "科目名称", "合计", "财政拨款"]]
    second += [["合计", "", "9.50", "9.50"], ["201", "一般公共服务支出", "9.50", "9.50"]]
    first = [[line] for line in ABOVE] + REPORT
    both = [[*line, *[""] * (6 - len(line)), *([""] * 4 if n == 0 else (second + [[]] * 9)[n - 1])]
            for n, line in enumerate(first)]  # fmt: skip
    (tmp_path / "a.xlsx").write_bytes(xlsx(sheet(rows(both))))
    reading = read_report(tmp_path / "a.xlsx", "k", "s", "xlsx")
    assert reading.tables.select("form", "cell_count").rows() == [("expenditure", 13), ("revenue", 4)]
    assert reading.cells["origin"].to_list()[-1] == "Sheet1!J6"


def test_a_heading_alone_over_all_columns_is_a_heading(tmp_path: Path) -> None:
    lines = [["支出决算表"], ["2023年预算数", "", ""], ["科目", "基本支出", "项目支出"], ["201", "1.50", "2.50"]]
    merged = '<mergeCells><mergeCell ref="A2:C2"/></mergeCells>'
    document = read(xlsx(sheet(rows(lines), merged)), tmp_path)
    assert [line.text for line in document.lines()] == ["支出决算表"]
    assert texts(grids(document)[0])[0] == ["2023年预算数"]


def test_one_form_over_several_sheets_is_one_table(tmp_path: Path) -> None:
    head, more = rows([[line] for line in ABOVE]), rows([[line] for line in ABOVE[1:]])
    parts = head + rows(REPORT[:4], 4), more + rows([REPORT[0], *REPORT[4:]], 3)
    (tmp_path / "a.xlsx").write_bytes(xlsx(*map(sheet, parts)))
    reading = read_report(tmp_path / "a.xlsx", "k", "s", "xlsx")
    assert reading.tables["cell_count"].to_list() == [13]
    assert reading.cells["origin"].to_list()[-1] == "Sheet2!E5"


def test_the_same_form_on_two_sheets_is_two_tables_whose_money_counts_once(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(xlsx(sheet(report_rows()), sheet(report_rows())))
    reading = read_report(tmp_path / "a.xlsx", "k", "s", "xlsx")
    assert reading.tables["cell_count"].to_list() == [13, 0]
    assert reading.tables["unread"].to_list()[0] is None
    assert reading.tables["unread"].to_list()[1]


def test_forms_of_two_bodies_on_two_sheets_stay_two(tmp_path: Path) -> None:
    other = report_rows().replace("9.50", "8.50").replace("6.50", "5.50")
    (tmp_path / "a.xlsx").write_bytes(xlsx(sheet(report_rows()), sheet(other)))
    reading = read_report(tmp_path / "a.xlsx", "k", "s", "xlsx")
    assert reading.tables["cell_count"].to_list() == [13, 0]
    assert "数字不同，且未写明分属何单位" in reading.tables["unread"].to_list()[1]


def test_the_name_of_a_sheet_may_be_its_only_title(tmp_path: Path) -> None:
    data = xlsx(sheet(rows([["封面"], [ABOVE[0]]])), sheet(rows([[ABOVE[2]], *REPORT])), names=["封面", "支出决算表"])
    (tmp_path / "a.xlsx").write_bytes(data)
    reading = read_report(tmp_path / "a.xlsx", "k", "s", "xlsx")
    assert reading.tables.select("form", "cell_count").rows() == [("expenditure", 13)]


def test_frames_tell_a_table_from_what_stands_around_it(tmp_path: Path) -> None:
    framed = rows(
        [["科目编码", "科目名称", "合计"], ["201", "一般公共服务支出", "1.50"], ["", "单独一行的名称", ""]], 3, 2
    )
    inner = rows([["某某表", "", ""], ["部门：某局", "", "单位：万元"]]) + framed + rows([["注：", "说明文字"]], 6)
    document = read(xlsx(sheet(inner), formats=[]), tmp_path)
    kinds = [block.text if isinstance(block, Line) else block.rows for block in document.blocks]
    assert kinds == ["某某表", "部门：某局 单位：万元", 3, "注： 说明文字"]


def test_codes_that_became_numbers_are_codes(tmp_path: Path) -> None:
    lines = [["科目编码", "科目名称", "合计"], ["2010101.0", "行政运行", "1.50"], ["2010102.0", "事务", "2.50"]]
    (grid,) = grids(read(xlsx(sheet(rows(lines))), tmp_path))
    assert [row[0] for row in texts(grid)[1:]] == ["2010101", "2010102"]
    numbers = [["科目编码", "科目名称", "合计"], [2010101, "行政运行", 1.5], [201, "事务", 2.5]]
    (grid,) = grids(read(xlsx(sheet(rows(numbers))), tmp_path))
    assert [row[0] for row in texts(grid)[1:]] == ["2010101", "201"]


def test_struck_out_numbers_are_not_read(tmp_path: Path) -> None:
    inner = rows([["编码", "名称", "金额"], ["201", "甲", "1.50"]]).replace('<c r="C2" s="0"', '<c r="C2" s="1"')
    document = read(xlsx(sheet(inner), formats=[]), tmp_path)
    assert texts(grids(document)[0])[1] == ["201", "甲", ""]
    assert [(u.reason, u.text, u.place.origin) for u in document.unread] == [("struck_out", "1.50", "Sheet1!C2")]


def test_rich_text_phonetics_and_escapes(tmp_path: Path) -> None:
    strings = (
        f'<sst xmlns="{SHEET}"><si><r><t>支出</t></r><r><t>决算表</t></r>'
        '<rPh sb="0" eb="1"><t>ZHI</t></rPh></si><si><t>单位：_x000D_万元</t></si></sst>'
    )
    inner = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
    document = read(xlsx(sheet(inner), more={"xl/strings.xml": strings}), tmp_path)
    assert " ".join(line.text for line in document.lines()) == "支出决算表 单位： 万元"


def test_the_strict_variant_of_the_standard(tmp_path: Path) -> None:
    strict = sheet(report_rows()).replace(
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"
    )
    assert texts(grids(read(xlsx(strict), tmp_path))[0]) == REPORT


def old_workbook(folder: Path) -> Path:
    """The small report as .xls, with what people do to it."""
    book = xlwt.Workbook(encoding="utf-8")
    page, away = book.add_sheet("表1"), book.add_sheet("底稿")
    away.visibility = 1
    away.write(0, 0, 5.5)
    amount, struck = xlwt.easyxf(num_format_str=builtin(43)), xlwt.easyxf("font: struck_out on")
    for r, text in enumerate(ABOVE):
        page.write_merge(r, r, 0, 4, text) if r == 1 else page.write(r, 0, text)
    for r, line in enumerate(REPORT, 3):
        for c, text in enumerate(line):
            is_amount = r > 3 and c > 1
            value = float(text) - 0.0001 if is_amount and text else text
            page.write(r, c, value, amount) if is_amount else page.write(r, c, value)
    page.write(9, 0, "202")
    page.write(9, 2, 77.5)
    page.row(9).hidden = True
    page.write(10, 0, "299", struck)
    book.save(str(folder / "a.xls"))
    return folder / "a.xls"


def test_old_workbooks_are_read_alike(tmp_path: Path) -> None:
    path = old_workbook(tmp_path)
    document = read_document(path, "xls")
    (grid,) = grids(document)
    assert texts(grid) == REPORT
    assert [line.text for line in document.lines()] == ABOVE
    assert {u.reason for u in document.unread} == {"hidden_row", "hidden_sheet", "struck_out"}
    assert document.stored[grid.at(1, 2).place] == "9.4999"


@pytest.mark.parametrize("make", ["xlsx", "xls"])
def test_another_library_reads_numbers_a_second_time(make: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    if make == "xls":
        path = old_workbook(tmp_path)
    else:
        inner = rows([["x"], [""], ["", "", 100.005, 12345678, 0.1234, "1,234.50", 0.30000000000000004]])
        path.write_bytes(xlsx(sheet(inner, before="")))

    def spot(cell_key: str, origin: str, value: str) -> Spot:
        return Spot(cell_key, None, None, 3, origin, Decimal(value), frozenset())

    if make == "xls":
        found = registry.reread(path, "xls", [spot("a", "表1!C5", "9.50"), spot("b", "表1!C99", "1")])
        assert found == {"a": "9.50", "b": None}
        return
    spots = [
        spot("half", "Sheet1!C3", "100.01"), spot("scaled", "Sheet1!D3", "1234.6"),
        spot("percent", "Sheet1!E3", "12.34"),
        spot("words", "Sheet1!F3", "1234.50"), spot("noise", "Sheet1!G3", "0.3"), spot("other", "Sheet1!C3", "100.02"),
        spot("none", "Sheet1!Z9", "1"), spot("sheet", "没有!A1", "1"),
    ]  # fmt: skip
    assert registry.reread(path, "xlsx", spots) == {
        "half": "100.01", "scaled": "1234.6", "percent": "12.34", "words": "1,234.50", "noise": "0.3",
        "other": "100.01", "none": None, "sheet": None,
    }  # fmt: skip


def test_the_excerpt_shows_the_rows_around(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(xlsx(sheet(report_rows())))
    document = read_document(tmp_path / "a.xlsx", "xlsx")
    excerpt = registry.named("xlsx").excerpt(tmp_path / "a.xlsx", grids(document)[0].at(2, 2).place)
    assert dict(excerpt.lines)[6] == "201 │ 一般公共服务支出 │ 9.50 │ 9.50 │ 9.50" or dict(excerpt.lines)[6].startswith(
        "201 │"
    )


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_libreoffice_shows_the_same(tmp_path: Path) -> None:
    """It is right of what is shown, where it has no taste of its own; ``!`` it does not know."""
    own = re.compile(r"General|@|!|\[h\]")
    ours = [(stored, code, text) for stored, code, text in SHOWN if not own.search(code) and "e" not in stored]
    book = openpyxl.Workbook()
    for row, (stored, code, _) in enumerate(ours, 1):
        at = book.active.cell(row, 1, float(stored))
        at.number_format = code
    book.save(tmp_path / "a.xlsx")
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to"]
    command += ["html:HTML (StarCalc)", "--outdir", str(tmp_path), str(tmp_path / "a.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    cells = re.findall("<td[^>]*>(.*?)</td>", (tmp_path / "a.html").read_text("utf-8"), re.DOTALL)
    theirs = [" ".join(unescape(re.sub("<[^>]*>", "", found)).split()) for found in cells]
    assert [(c, t) for _, c, t in ours] == [(c, found) for (_, c, _), found in zip(ours, theirs, strict=True)]
