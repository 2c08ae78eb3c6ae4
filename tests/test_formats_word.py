"""Text documents: what a reader sees is read, with the numbers before headings, without what was deleted or hidden."""

from __future__ import annotations

import shutil
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from office_files import ABOVE, REPORT, docx, paragraph, part, run, table, word_report

from pipelines.core.document import Document, Grid, UnreadableError
from pipelines.core.numbers import read_number
from pipelines.core.tasks import Spot
from pipelines.extraction.report import read_document, read_report
from pipelines.formats import registry
from pipelines.formats.word import convert
from pipelines.formats.word.numbering import chinese
from tests.corpus.word import old

needs_libreoffice = pytest.mark.skipif(convert.converter() is None, reason="needs LibreOffice with Writer")


def read(data: bytes, folder: Path) -> Document:
    (folder / "a.docx").write_bytes(data)
    return read_document(folder / "a.docx", "docx")


def lines(document: Document) -> list[str]:
    return [line.text for line in document.lines()]


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def texts(grid: Grid) -> list[list[str]]:
    return [[c.text for c in grid.row(row)] for row in range(grid.rows)]


def test_paragraphs_are_lines_and_tables_grids(tmp_path: Path) -> None:
    document = read(docx(word_report()), tmp_path)
    assert lines(document) == ABOVE
    (grid,) = grids(document)
    assert texts(grid) == REPORT
    assert (grid.at(2, 2).place.origin, grid.at(2, 2).place.line) == ("表1!C3", 6)
    assert [line.place.origin for line in document.lines()] == ["段1", "段2", "段3"]


def test_insertions_count_and_deletions_do_not(tmp_path: Path) -> None:
    body = paragraph(
        run("支出"), f"<w:ins>{run('1')}</w:ins>", "<w:del><w:r><w:delText>9</w:delText></w:r></w:del>",
        f"<w:moveFrom>{run('7')}</w:moveFrom>", f"<w:moveTo>{run('2.50')}</w:moveTo>", run("万元"),
    )  # fmt: skip
    document = read(docx(body), tmp_path)
    assert lines(document) == ["支出12.50万元"]
    assert document.unseen == {"deleted": 2}


def test_a_deleted_end_of_a_paragraph_joins_two(tmp_path: Path) -> None:
    body = paragraph("支出", properties="<w:rPr><w:del/></w:rPr>") + paragraph("决算表")
    assert lines(read(docx(body), tmp_path)) == ["支出决算表"]


def test_hidden_text_is_not_read_however_it_is_hidden(tmp_path: Path) -> None:
    styles = part(
        "styles",
        '<w:style w:type="character" w:styleId="gone"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="heir"><w:basedOn w:val="gone"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="away"><w:rPr><w:vanish/></w:rPr></w:style>',
    )
    body = (
        paragraph("a", run("1", "<w:vanish/>"), run("2", '<w:vanish w:val="0"/>'), run("3", '<w:rStyle w:val="heir"/>'))
        + paragraph("4", properties='<w:pStyle w:val="away"/>')
        + paragraph(run("5", '<w:vanish w:val="false"/>'), properties='<w:pStyle w:val="away"/>')
    )
    document = read(docx(body, {"word/styles.xml": styles}, ["styles"]), tmp_path)
    assert lines(document) == ["a2", "5"]
    assert document.unseen == {"hidden": 3}


def test_struck_out_numbers_are_told(tmp_path: Path) -> None:
    document = read(docx(paragraph("支出", run("9.00", "<w:strike/>"), run("8.00", "<w:dstrike/>"), "7.00")), tmp_path)
    assert lines(document) == ["支出7.00"]
    assert [(u.reason, u.text) for u in document.unread] == [("struck_out", "9.00"), ("struck_out", "8.00")]


def test_footnotes_follow_and_their_marks_are_no_digits(tmp_path: Path) -> None:
    notes = part("footnotes", f'<w:footnote w:id="2">{paragraph("含上年结转")}</w:footnote>'
                 f'<w:footnote w:id="1">{paragraph("没有引用")}</w:footnote>')  # fmt: skip
    raised = run("1", '<w:vertAlign w:val="superscript"/>')
    body = paragraph("支出12.50", '<w:r><w:footnoteReference w:id="2"/></w:r>')
    body += table([["a", paragraph("3.50", raised)]])
    document = read(docx(body, {"word/footnotes.xml": notes}, ["footnotes"]), tmp_path)
    assert lines(document) == ["支出12.50", "含上年结转"]
    assert grids(document)[0].at(0, 1).text == "3.50¹"
    assert read_number("3.50¹").value == Decimal("3.50")


def test_numbers_of_lists_are_read_with_their_paragraphs(tmp_path: Path) -> None:
    def level(n: int, format: str, text: str) -> str:
        return (
            f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{format}"/><w:lvlText w:val="{text}"/></w:lvl>'
        )

    numbering = part(
        "numbering",
        '<w:abstractNum w:abstractNumId="0">'
        + level(0, "chineseCountingThousand", "%1、") + level(1, "chineseCounting", "（%2）")
        + level(2, "decimal", "%3.") + level(3, "decimal", "%1.%4") + level(4, "bullet", "•")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
        "</w:lvlOverride></w:num>",
    )  # fmt: skip
    styles = part(
        "styles",
        '<w:style w:type="paragraph" w:styleId="h1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>',
    )

    def listed(text: str, n: int, number: int = 1) -> str:
        return paragraph(text, properties=f'<w:numPr><w:ilvl w:val="{n}"/><w:numId w:val="{number}"/></w:numPr>')

    body = (
        paragraph("概况", properties='<w:pStyle w:val="h1"/>') + listed("职能", 1) + listed("机构", 1) + listed("甲", 2)
        + paragraph("收支", properties='<w:pStyle w:val="h1"/>') + listed("收入", 1) + listed("乙", 3)
        + listed("点", 4) + listed("", 0) + listed("续", 0) + listed("从头", 0, 2)
        + paragraph("没有", properties='<w:pStyle w:val="h1"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    )  # fmt: skip
    document = read(
        docx(body, {"word/numbering.xml": numbering, "word/styles.xml": styles}, ["numbering", "styles"]), tmp_path
    )
    assert lines(document) == [
        "一、概况", "（一）职能", "（二）机构", "1. 甲", "二、收支", "（一）收入", "二.1 乙", "点",
        "四、续", "一、从头", "没有",
    ]  # fmt: skip


def test_chinese_numbers() -> None:
    assert [chinese(n) for n in (1, 10, 11, 20, 103, 110, 111, 1001)] == [
        "一", "十", "十一", "二十", "一百零三", "一百一十", "一百一十一", "一千零一",
    ]  # fmt: skip


def test_merged_cells(tmp_path: Path) -> None:
    def c(text: str, properties: str) -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    wide = '<w:gridSpan w:val="2"/>'
    down, more = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = (
        "<w:tbl>"
        f"<w:tr>{c('项目', wide)}{c('金额', down)}</w:tr>"
        f"<w:tr>{c('编码', '')}{c('名称', '')}{c('看不见', more)}</w:tr>"
        f'<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>{c("合计", "")}{c("1.50", "")}</w:tr></w:tbl>'
    )
    document = read(docx(body), tmp_path)
    (grid,) = grids(document)
    assert [[(x.text, x.row_span, x.col_span) for x in grid.row(r)] for r in range(3)] == [
        [("项目", 1, 2), ("金额", 2, 1)], [("编码", 1, 1), ("名称", 1, 1), ("金额", 2, 1)],
        [("", 1, 1), ("合计", 1, 1), ("1.50", 1, 1)],
    ]  # fmt: skip
    assert document.unseen == {"merged": 3}


def test_deleted_and_hidden_rows_are_no_rows(tmp_path: Path) -> None:
    def row(text: str, properties: str) -> str:
        return f"<w:tr><w:trPr>{properties}</w:trPr><w:tc>{paragraph(text)}</w:tc><w:tc>{paragraph('1')}</w:tc></w:tr>"

    body = f"<w:tbl>{row('a', '<w:ins/>')}{row('b', '<w:del/>')}{row('c', '<w:hidden/>')}<w:sdt><w:sdtContent>" \
           f"{row('d', '')}</w:sdtContent></w:sdt></w:tbl>"  # fmt: skip
    document = read(docx(body), tmp_path)
    assert texts(grids(document)[0]) == [["a", "1"], ["d", "1"]]
    assert grids(document)[0].at(1, 0).place.cell == "A4"
    assert [u.reason for u in document.unread] == ["hidden_table_row"]


def test_nested_tables_are_tables_of_their_own(tmp_path: Path) -> None:
    inner = table([["科目", "金额"], ["甲", "1.50"]])
    laid_out = table([[paragraph("支出决算表") + inner + paragraph("注：略")]])
    beside = table([["a", "b", "c"], ["1", paragraph("外") + inner, "2"]])
    document = read(docx(laid_out + beside), tmp_path)
    assert lines(document) == ["支出决算表", "注：略"]
    assert [texts(grid) for grid in grids(document)] == [
        [["科目", "金额"], ["甲", "1.50"]], [["a", "b", "c"], ["1", "外", "2"]], [["科目", "金额"], ["甲", "1.50"]],
    ]  # fmt: skip
    assert [grid.place.element for grid in grids(document)] == ["表2", "表3", "表4"]


def test_text_boxes_are_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph('框内标题')}{table([['a', '1.50'], ['b', '2.50']])}</w:txbxContent>"
    body = paragraph(
        "之前",
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
    ) + paragraph(f"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>{paragraph('旧框')}</w:txbxContent></v:textbox>"
                  "</v:shape></w:pict></w:r>")  # fmt: skip
    document = read(docx(body), tmp_path)
    assert lines(document) == ["之前", "框内标题", "旧框"]
    assert [grid.place.element for grid in grids(document)] == ["表1"]


def test_instructions_of_fields_are_no_text(tmp_path: Path) -> None:
    def char(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    body = paragraph(
        "合计", char("begin"), "<w:r><w:instrText>=SUM(1.50,9)</w:instrText></w:r>", run("1.50"), char("separate"),
        run("10.50"), char("end"), f"<w:fldSimple w:instr='PAGE'>{run('万元')}</w:fldSimple>",
    )  # fmt: skip
    assert lines(read(docx(body), tmp_path)) == ["合计10.50万元"]


def test_headers_are_no_content_and_links_are_text(tmp_path: Path) -> None:
    header = part("hdr", paragraph("页眉 9.99"))
    body = paragraph(f"<w:hyperlink>{run('支出决算表')}</w:hyperlink>", "<w:r><w:tab/></w:r>", run("5"))
    assert lines(read(docx(body, {"word/header1.xml": header}), tmp_path)) == ["支出决算表 5"]


def test_a_table_that_became_paragraphs_and_an_embedded_one_are_told(tmp_path: Path) -> None:
    row = paragraph(run("甲"), "<w:r><w:tab/></w:r>", run("1.50"), "<w:r><w:tab/></w:r>", run("2.50"))
    thing = '<w:r><w:object><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r>'
    (tmp_path / "a.docx").write_bytes(docx(word_report() + row * 3 + paragraph("完") + paragraph(thing)))
    document = read_document(tmp_path / "a.docx", "docx")
    assert [(u.reason, u.place.origin) for u in document.unread] == [("embedded", "段8"), ("table_as_text", "段4")]
    reading = read_report(tmp_path / "a.docx", "k", "s", "docx")
    told = reading.tables["unread"].to_list()[-1]
    assert told == "段8嵌入的对象（Excel.Sheet.12）未读入，请将其内容粘贴为表格\n" \
                   "段4起像表格却没有单元格（“甲 1.50 2.50”），未能按表格读入"  # fmt: skip


def test_numbers_run_together_are_a_lost_table(tmp_path: Path) -> None:
    document = read(
        docx(paragraph("合计9.506.503.00201一般公共服务支出1,009.506.503.00") + paragraph("版本1.2.3")), tmp_path
    )
    assert [(u.reason, u.place.origin) for u in document.unread] == [("table_as_text", "段1")]


@pytest.mark.parametrize("titled", [False, True])
def test_a_table_in_two_parts_is_one(titled: bool, tmp_path: Path) -> None:
    again = "".join(map(paragraph, ABOVE[1:])) if titled else paragraph("")
    body = "".join(map(paragraph, ABOVE)) + table(REPORT[:4]) + again + table([REPORT[0], *REPORT[4:]])
    (tmp_path / "a.docx").write_bytes(docx(body))
    reading = read_report(tmp_path / "a.docx", "k", "s", "docx")
    assert reading.tables["cell_count"].to_list() == [13]


def test_raw_xml_reads_numbers_a_second_time(tmp_path: Path) -> None:
    nested = table([["1.50", "<w:p><w:del><w:r><w:t>9</w:t></w:r></w:del>" + run("2.50") + "</w:p>"], ["3.50", "x"]])
    (tmp_path / "a.docx").write_bytes(docx(word_report() + table([["a", "b"], [nested + paragraph("外4.50"), "c"]])))
    wanted = {"表1!C3": "9.50", "表3!B1": "2.50", "表2!A2": "外4.50", "表3!A9": None, "表9!A1": None, "段1": None}
    spots = [Spot(at, None, None, 1, at, Decimal(1), frozenset()) for at in wanted]
    assert registry.reread(tmp_path / "a.docx", "docx", spots) == wanted


def test_without_libreoffice_the_message_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "converter", lambda target: None)
    (tmp_path / "a.doc").write_bytes(b"{\\rtf1 a}")
    with pytest.raises(
        UnreadableError, match=r"请安装 libreoffice-writer，或另存为 \.docx.*install libreoffice"
    ) as error:
        read_document(tmp_path / "a.doc", "doc")
    assert error.value.code == "converter_missing"


@needs_libreoffice
def test_old_documents_are_read_through_libreoffice(tmp_path: Path) -> None:
    (tmp_path / "a.wps").write_bytes(old(docx(word_report() + paragraph(""))))
    assert registry.named("doc").holds(tmp_path / "a.wps")
    document = read_document(tmp_path / "a.wps", "doc")
    assert lines(document) == ABOVE
    assert texts(grids(document)[0]) == REPORT
    assert not document.unread


@needs_libreoffice
def test_open_documents_are_read_through_libreoffice(tmp_path: Path) -> None:
    (tmp_path / "a.odt").write_bytes(old(docx(word_report() + paragraph("")), to="odt"))
    kind = registry.of_file(tmp_path / "a.odt")
    assert kind is registry.named("odt")
    assert not registry.is_archive(tmp_path / "a.odt")
    document = read_document(tmp_path / "a.odt", "odt")
    assert lines(document) == ABOVE
    assert texts(grids(document)[0]) == REPORT


@needs_libreoffice
def test_an_open_document_behind_a_password_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.odt", "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("META-INF/manifest.xml", "<m><encryption-data/></m>")
    with pytest.raises(UnreadableError) as error:
        read_document(tmp_path / "a.odt", "odt")
    assert error.value.code == "office_locked"


@pytest.mark.skipif(convert.converter(convert.WORKBOOK) is None, reason="needs LibreOffice with Calc")
def test_open_workbooks_are_read_through_libreoffice(tmp_path: Path) -> None:
    (tmp_path / "a.ods").write_bytes(old("收入决算表\n科目,金额\n合计,9.50\n".encode(), "csv", "ods"))
    assert registry.of_file(tmp_path / "a.ods") is registry.named("ods")
    found = [b for b in read_document(tmp_path / "a.ods", "ods").blocks if isinstance(b, Grid)]
    assert any(read_number(cell.text) == read_number("9.5") for block in found for cell in block.cells)


@needs_libreoffice
@pytest.mark.skipif(shutil.which("antiword") is None and shutil.which("catdoc") is None, reason="needs antiword")
def test_numbers_that_another_program_sees_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.doc").write_bytes(old(docx(word_report() + paragraph(""))))
    monkeypatch.setattr(convert, "_texts", lambda document: ["6.50 3.00"])
    assert [(u.reason, u.text) for u in read_document(tmp_path / "a.doc", "doc").unread] == [("number_missing", "9.50")]


@needs_libreoffice
def test_a_converter_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.doc").write_bytes(b"{\\rtf1 a}")
    hanging = tmp_path / "hang"
    hanging.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nsleep 60\n")
    hanging.chmod(0o755)
    monkeypatch.setattr(convert, "converter", lambda target: hanging)
    monkeypatch.setattr(convert, "SECONDS", 1)
    with pytest.raises(UnreadableError) as error:
        read_document(tmp_path / "a.doc", "doc")
    assert error.value.code == "converter_time_limit"
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()
